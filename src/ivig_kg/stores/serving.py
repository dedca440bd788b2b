"""Serving: the graph in a scratch Oxigraph on this machine, read-only, until it is ended."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from ivig_kg.errors import StoreError, UsageError
from ivig_kg.stores import profiles, sessions
from ivig_kg.stores.credentials import Credentials

HOST = "127.0.0.1"
WAIT = 30.0  # seconds for the server to answer
_LOOK = 0.1  # seconds between two looks
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def served(dataset: bytes, *, port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Give the address of a server that holds a dataset, and its process; nothing of either is left afterwards.

    Args:
        dataset: N-Quads; the default graph is the union of the named graphs.
        port: Where it listens; 0 for a port that is free.

    Raises:
        UsageError: Oxigraph is not installed, or the port is taken.
        StoreError: The server does not start.
    """
    program = _program()
    port = _free(port)
    url = f"http://{HOST}:{port}"
    with tempfile.TemporaryDirectory(prefix="ivig-kg-") as place:
        folder, file = Path(place) / "store", Path(place) / "ivig-kg.nq"
        file.write_bytes(dataset)
        loading = [program, "load", "--location", str(folder), "--file", str(file)]
        done = subprocess.run(loading, capture_output=True, check=False, start_new_session=True)  # noqa: S603  (ours)
        if done.returncode:
            message = f"Oxigraph did not load the graph: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}"
            raise StoreError(message)
        command = [program, "serve-read-only", "--location", str(folder), "--bind", f"{HOST}:{port}"]
        process = subprocess.Popen(  # noqa: S603  (ours)
            [*command, "--union-default-graph"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(url, process)
            yield url, process
        finally:
            _end(process)


def until_ended(process: subprocess.Popen[bytes], *, begun: Callable[[], None]) -> None:
    """Wait until somebody ends this program (Ctrl-C), or the server ends by itself.

    Args:
        process: The server.
        begun: Called once ending is heard.

    Raises:
        StoreError: The server ended by itself.
    """
    ended = False

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  (what a handler is called with)
        """Take note."""
        nonlocal ended
        ended = True

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        begun()
        while not ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = process.wait(_LOOK)
                message = f"the server ended by itself, with status {status}"
                raise StoreError(message)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _program() -> str:
    """Return the program of Oxigraph, of the environment of this Python before others."""
    found = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if found is None:
        message = "no Oxigraph is installed here: pip install 'ivig-kg[serve]'"
        raise UsageError(message)
    return found


def _free(port: int) -> int:
    """Return a port that nobody listens at.

    Raises:
        UsageError: Somebody listens at this one.
    """
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            message = f"port {port} cannot be used: {error.strerror}; name another one, or none"
            raise UsageError(message) from error
        number: int = tried.getsockname()[1]
        return number


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers, and is the one that was started."""
    end = time.monotonic() + WAIT
    while True:
        alive = process.poll() is None
        with (
            contextlib.suppress(StoreError),
            sessions.opened(profiles.profile("oxigraph", url), credentials=Credentials(), timeout=WAIT) as store,
        ):
            store.query("ASK {}", doing="answer")
            if alive and process.poll() is None:
                return
        if not alive or time.monotonic() > end:
            message = f"the server does not start at {url}"
            raise StoreError(message)
        time.sleep(_LOOK / 5)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server, and wait until it is gone."""
    process.terminate()
    try:
        process.wait(WAIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(WAIT)
