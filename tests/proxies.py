"""A proxy between a client and a store that cuts one connection at a point that a test names."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import struct
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"
WAIT = 30.0  # seconds for a peer
_BLOCK = 1 << 16


@dataclasses.dataclass(frozen=True)
class Cut:
    """Where a connection is cut: which one, counted from 1, and when.

    `before` anything reaches the store, `in-request` after half of it, `before-answer` once the store has
    answered and nothing of it went on, `in-answer` after some of it.
    """

    connection: int
    when: str

    def __str__(self) -> str:
        return f"{self.connection}-{self.when}"


class Proxy:
    """Passes on what a client and a store say, one request a connection, until a cut.

    Args:
        url: The address of the store.
        cut: Where to cut; connections after it are passed on again.
    """

    def __init__(self, url: str, cut: Cut) -> None:
        self._to = (HOST, urlsplit(url).port)
        self._cut = cut
        self._count = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self.done = False

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(WAIT)

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._count += 1
                number = self._count
            threading.Thread(target=self._serve, args=(client, number), daemon=True).start()

    def _serve(self, client: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(self._to, WAIT) as store:
            client.settimeout(WAIT)
            request = _request(client)
            when = self._cut.when if number == self._cut.connection else ""
            self.done = self.done or bool(when)
            if when == "before":
                _reset(client)
                return
            if when == "in-request":
                store.sendall(request[: len(request) // 2])
                _reset(store)
                _reset(client)
                return
            store.sendall(request)
            answer = _answer(store)
            if when == "before-answer":
                _reset(client)
                return
            client.sendall(answer[: len(answer) // 2] if when == "in-answer" else answer)
            if when == "in-answer":
                _reset(client)


def _request(client: socket.socket) -> bytes:
    """Read a request to its end, which its Content-Length tells."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(client)
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    missing = int(fields.get(b"content-length", b"0")) - len(body)
    while missing > 0:
        more = _some(client)
        data, missing = data + more, missing - len(more)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _answer(store: socket.socket) -> bytes:
    """Read an answer to the end of its connection."""
    data = b""
    while block := store.recv(_BLOCK):
        data += block
    return data


def _some(client: socket.socket) -> bytes:
    block = client.recv(_BLOCK)
    if not block:
        raise ConnectionResetError
    return block


def _reset(peer: socket.socket) -> None:
    """Break a connection off, with no word of its end."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
