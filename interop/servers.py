"""Servers: Oxigraph and Virtuoso, each on a free port of the loopback with its own folder, ended by its own process."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ivig_kg.stores import profiles, sessions
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.store import Store

WAIT = 60  # seconds for a start, a request, an end
PASSWORD = "interop"  # noqa: S105  (of a server that lives for a minute, on the loopback)
INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {allowed}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
MaxClientConnections = 10

[SPARQL]
ResultSetMaxRows = 100000
MaxQueryExecutionTime = 60
"""


class ServerError(Exception):
    """A server did not start, or refused what it was sent."""


def oxigraph_program() -> str | None:
    """Return the Oxigraph server that is installed beside this Python."""
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """Start an Oxigraph server, give its address, and end it."""
    (port,) = _free_ports(1)
    command = [str(oxigraph_program()), "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    url = f"http://127.0.0.1:{port}"
    with _running(command, folder.with_suffix(".log"), f"{url}/query?query=ASK%7B%7D"):
        yield url


@contextlib.contextmanager
def virtuoso(folder: Path, *, allowed: Path | None = None) -> Iterator[str]:
    """Start a Virtuoso server whose password is `PASSWORD`, give its address, and end it.

    Args:
        folder: Where its files go; it must not exist.
        allowed: A folder that its bulk loader may read.
    """
    sql, http = _free_ports(2)
    folder.mkdir()
    (folder / "virtuoso.ini").write_text(
        INI.format(folder=folder, sql=sql, http=http, allowed=allowed or folder), encoding="utf-8"
    )
    url = f"http://127.0.0.1:{http}"
    command = ["virtuoso-t", "-c", str(folder / "virtuoso.ini"), "-f"]
    with _running(command, folder.with_suffix(".log"), f"{url}/sparql"):
        _SQL_PORTS[url] = sql
        isql(url, f"user_set_password('dba', '{PASSWORD}');", password="dba")  # noqa: S106  (what it begins with)
        yield url


_SQL_PORTS: dict[str, int] = {}  # of Virtuoso servers of ours, by their addresses


def address_of_isql(url: str) -> str:
    """Return where the SQL of a Virtuoso server of ours listens."""
    return f"127.0.0.1:{_SQL_PORTS[url]}"


def isql(url: str, lines: str, *, password: str = PASSWORD) -> str:
    """Type lines into the SQL of a Virtuoso server of ours, and return what it says."""
    words = ["isql-vt", address_of_isql(url), "dba", password, "VERBOSE=OFF", "BANNER=OFF", "ERRORS=STDOUT"]
    asked = [*words, f"exec={' '.join(lines.split())}"]
    done = subprocess.run(asked, check=True, timeout=WAIT, capture_output=True, text=True)  # noqa: S603  (the words above)
    return done.stdout


def virtuoso_store(url: str) -> contextlib.AbstractContextManager[Store]:
    """Open a Virtuoso server of ours with the client of ivig-kg, which knows its HTTP Digest."""
    known = profiles.profile("virtuoso", url)
    return sessions.opened(known, credentials=Credentials("dba", PASSWORD), timeout=WAIT)


def _free_ports(number: int) -> list[int]:
    """Return ports of the loopback that nobody listens at."""
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


@contextlib.contextmanager
def _running(command: Sequence[str], log: Path, url: str) -> Iterator[None]:
    """Run a server until it has answered and for as long as it is needed."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=log.parent)  # noqa: S603
    try:
        _await(process, command[0], url)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=WAIT)


def _await(process: subprocess.Popen[bytes], name: str, url: str) -> None:
    """Wait until a server of ours answers: one left over from another run would answer at the same port too."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            request(url, timeout=2)
            if process.poll() is None:
                return
        if process.poll() is not None:
            message = f"{name} ended before it answered"
            raise ServerError(message)
        time.sleep(0.05)
    message = f"{name} did not answer within {WAIT} seconds"
    raise ServerError(message)


def request(
    url: str,
    *,
    data: bytes | None = None,
    method: str | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = WAIT,
) -> bytes:
    """Send a request to a server of ours."""
    sent = urllib.request.Request(url, data=data, method=method, headers=dict(headers or {}))  # noqa: S310
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sent, timeout=timeout) as answer:
        body: bytes = answer.read()
        return body


def query(url: str, text: str, *, accept: str, graphs: Sequence[str] = ()) -> bytes:
    """Ask a server by a form, over the union of some named graphs or over its default graph."""
    words = [("query", text), *(("default-graph-uri", graph) for graph in graphs)]
    kind = "application/x-www-form-urlencoded"
    data = urllib.parse.urlencode(words).encode("ascii")
    return request(url, data=data, method="POST", headers={"Content-Type": kind, "Accept": accept})
