"""Serving: the graph in a scratch Oxigraph on this machine, read-only, until it is ended."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from ivig_kg import workplaces
from ivig_kg.errors import OutputError, StoreError, UsageError
from ivig_kg.stores import profiles, sessions
from ivig_kg.stores.credentials import Credentials

HOST = "127.0.0.1"
WAIT = 30.0  # seconds for the server to answer
_LOOK = 0.02  # seconds between two looks
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def served(dataset: bytes, *, port: int) -> Iterator[Served]:
    """Serve a dataset; nothing of the server is left afterwards.

    Args:
        dataset: N-Quads; the default graph is the union of the named graphs.
        port: Where it listens; 0 for a port that is free.

    Raises:
        UsageError: Oxigraph is not installed, or the port is taken.
        OutputError: There is no room for the dataset.
        StoreError: The server does not start.
        KeyboardInterrupt: This program was ended before the server answered.
    """
    program = _program()
    port = _free(port)
    url = f"http://{HOST}:{port}"
    with _Ending() as ending, workplaces.apart() as place:
        folder, file = place / "store", place / "ivig-kg.nq"
        try:
            file.write_bytes(dataset)
        except OSError as error:
            message = f"{place.parent}: what is needed on the way cannot be kept there: {error.strerror}"
            raise OutputError(message) from error
        with _started([program, "load", "--location", str(folder), "--file", str(file)]) as loading:
            while loading.poll() is None:
                ending.look()
        if loading.returncode:
            message = f"Oxigraph did not load the graph, and ended with status {loading.returncode}"
            raise StoreError(message)
        words = ["--location", str(folder), "--bind", f"{HOST}:{port}", "--union-default-graph"]
        with _started([program, "serve-read-only", *words]) as process:
            _wait(url, process, ending)
            yield Served(url, process, ending)


class _Ending:
    """Notes that somebody ends this program (Ctrl-C, a signal) while it is entered, so that nothing breaks off."""

    asked = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  (what a handler is called with)
        self.asked = True

    def look(self) -> None:
        """Wait a moment, and raise KeyboardInterrupt where somebody ends this program."""
        time.sleep(_LOOK)
        if self.asked:
            raise KeyboardInterrupt


class Served:
    """A server that answers.

    Attributes:
        url: Its address.
    """

    def __init__(self, url: str, process: subprocess.Popen[bytes], ending: _Ending) -> None:
        self.url = url
        self._process = process
        self._ending = ending

    def until_ended(self) -> None:
        """Wait until somebody ends this program.

        Raises:
            StoreError: The server ended by itself.
        """
        while not self._ending.asked:
            time.sleep(_LOOK)
            if (status := self._process.poll()) is not None and not self._ending.asked:
                message = f"the server ended by itself, with status {status}"
                raise StoreError(message)


@contextlib.contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that no key of this terminal reaches, and end it if it has not ended."""
    process = subprocess.Popen(  # noqa: S603  (ours)
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(WAIT)


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


def _wait(url: str, process: subprocess.Popen[bytes], ending: _Ending) -> None:
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
        ending.look()
