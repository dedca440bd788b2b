"""The HTTP side of the protocol double: a server whose end waits for nobody, and answers written raw."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn

from double_store import Answer, Request

HOST = "127.0.0.1"
LIMIT = 30.0  # no handler waits longer, whatever a test forgets


class Gone(ConnectionError):
    """The connection was ended on purpose."""


class Server(ThreadingHTTPServer):
    """A server on the loopback whose handlers' errors are nobody's business and whose end waits for nobody."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, owner: object, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self.owner = owner
        self.open: set[socket.socket] = set()
        super().__init__((HOST, port), handler)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def server_bind(self) -> None:
        """Bind without asking for the name of this machine, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        """Remember the connection, to end it with the server."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        """Close a connection and forget it."""
        super().shutdown_request(request)
        self.open.discard(request)

    def handle_error(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        """Say nothing: clients that go away are what is tested here."""

    def deafen(self) -> None:
        """Accept no more connections; those that are open stay."""
        self.shutdown()
        self.server_close()
        self.thread.join()

    def end(self) -> None:
        """End the server and all its connections, waiting a second at most for the handlers."""
        self.deafen()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        patience = time.monotonic() + 1
        while self.open and time.monotonic() < patience:
            time.sleep(0.002)


class Handler(BaseHTTPRequestHandler):
    """What both servers do: read requests whole, write answers."""

    protocol_version = "HTTP/1.1"
    timeout = LIMIT
    server: Server
    record: Request
    expects = False
    read = False

    def __getattr__(self, name: str) -> Any:
        """Serve every method alike: GET, PUT, whatever."""
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def serve(self) -> None:
        """Answer one request."""
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it)
        """Say nothing."""

    def handle_expect_100(self) -> bool:
        """Wait with 100 Continue until the body is wanted."""
        self.expects = True
        return True

    def begin(self) -> Request:
        """Return the record of the request that has arrived."""
        self.read = False
        self.expects = self.headers.get("Expect", "").lower() == "100-continue"
        path, _, query = self.path.partition("?")
        self.record = Request(self.command, path, query, self.headers)
        return self.record

    def read_body(self, *, limit: int | None = None, pause: float = 0) -> None:
        """Read the body into the record, once: all of it, or `limit` bytes; with a pause, byte by byte."""
        if self.read:
            return
        self.read = True
        if self.expects:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if pause:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        pieces: list[bytes] = []
        try:
            for size in self._sizes(limit):
                self._take(size, pieces, pause)
            self.record.complete = limit is None
        finally:
            self.record.body = b"".join(pieces)

    def _sizes(self, limit: int | None) -> Iterator[int]:
        """Give the sizes of the chunks, or of the whole body, up to a limit."""
        left = limit if limit is not None else 1 << 62
        if not self.record.chunked:
            yield min(self.record.length or 0, left)
            return
        while left and (size := int(self.rfile.readline().partition(b";")[0].strip() or b"0", 16)):
            yield min(size, left)
            left -= min(size, left)
            if left:
                self.rfile.readline()
        while left and self.rfile.readline().strip():
            pass  # trailers

    def _take(self, size: int, pieces: list[bytes], pause: float) -> None:
        while size:
            piece = self.rfile.read(1 if pause else min(size, 65536))
            if not piece:
                self.hang_up()
            pieces.append(piece)
            size -= len(piece)
            if pause:
                self.sleep(pause)

    def head(self, answer: Answer, *, endless: bool = False) -> bytes:
        """Return the status line and the headers of an answer."""
        known = answer.status in {status.value for status in HTTPStatus}
        reason = HTTPStatus(answer.status).phrase if known else "Odd"
        headers = {"Server": "double", "Date": self.date_time_string()} | answer.headers
        if endless:
            headers["Connection"] = "close"
        elif answer.status not in {204, 304}:
            headers = {"Content-Length": str(len(answer.body))} | headers
        lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("utf-8", "replace")

    def send(self, answer: Answer, *, close: bool = False) -> None:
        """Send an answer."""
        if close:
            answer.headers["Connection"] = "close"
            self.close_connection = True
        self.record.status = answer.status
        self.write(self.head(answer) + (b"" if self.command == "HEAD" or answer.status == 204 else answer.body))

    def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.wfile.write(data)

    def sleep(self, seconds: float = LIMIT) -> None:
        """Wait, but not beyond the end of the double."""
        time.sleep(min(seconds, LIMIT))

    def hang_up(self) -> NoReturn:
        """Close the connection in order."""
        self.close_connection = True
        raise Gone


class Elsewhere(Handler):
    """The other host: records what it gets, and shows a login page."""

    def serve(self) -> None:
        """Answer any request."""
        self.server.owner.requests.append(self.begin())
        self.read_body()
        self.send(Answer.page(200, "Log in"), close=True)


class OtherHost:
    """A second listener, under another name of this machine, for redirects."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.server = Server(self, Elsewhere)
        self.url = f"http://localhost:{self.server.server_port}"
