"""A protocol double: a small HTTP server that speaks the SPARQL 1.1 protocols as several brands of triple store do.

Behind it is a pyoxigraph Store; on it are switches for faults. For tests of a client, on the loopback only.

    with Double(brand="fuseki", auth=Basic("u", "p"), faults=[Fault("cut-in-answer-body", "put", nth=2)]) as double:
        client(double.query_url, double.update_url, double.graphs_url)
        assert len(double.store) == 3
        assert all(request.length is not None for request in double.requests if request.method == "PUT")

Requests that fail the log-in are recorded and not counted by faults. `double.struck` lists the faults that struck.
Written to the published protocols (see `double_brands`), not a copy of the products.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn, Self
from urllib.parse import unquote_plus, urlencode

import pyoxigraph as ox

from double_auth import Basic, Bearer, Digest
from double_brands import BRANDS, Brand
from double_faults import KINDS, Counters, Fault, Phase, describe, results_change
from double_http import HOST, LIMIT, Gone, Handler, OtherHost, Server
from double_store import WRITES, Answer, Request, Service, clone
from double_virtuoso import system_quads


@dataclass
class Call:
    """What is carried out for a request: usually the request itself, and all rows of its answer."""

    carried: Request
    rows: int | None = None


class Exchange(Handler):
    """One connection of the double: requests and their answers, with the faults that strike them."""

    call: Call

    @property
    def double(self) -> Double:
        """The double whose connection this is."""
        return self.server.owner

    def serve(self) -> None:
        """Answer one request."""
        record = self.begin()
        self.call = Call(record)
        self.double.requests.append(record)
        if self.double.shared(record):
            self.read_body()
        record.operation = self.double.service.operation(record)
        if not self.double.admits(record):
            self._challenge()
            return
        if self.double.hangs(record):
            self.sleep()  # as Virtuoso does
            self.hang_up()
        struck = self.double.striking(record.operation)
        for fault in struck:
            if fault.kind.phase is Phase.RECEIVE:
                fault.kind.work(self, fault)
        self.read_body()
        self._answer(struck)

    def _challenge(self) -> None:
        close = self.expects and not self.read
        if not close:
            self.read_body()
        answer = Answer.plain(401, "Unauthorized")
        answer.headers["WWW-Authenticate"] = self.double.auth.challenge()
        if isinstance(self.double.auth, Digest) and self.double.auth.flood:
            answer.headers["Content-Encoding"] = "gzip"
            self.write(self.head(answer, endless=True))
            while not self.double.stop.is_set():
                self.write(bytes(1 << 16))
        self.send(answer, close=close)

    def _answer(self, struck: list[Fault]) -> None:
        double, call = self.double, self.call
        change = results_change(struck, unquote_plus(self.record.text))

        def go(store: ox.Store | None = None) -> Answer:
            return double.service.carry_out(
                call.carried, double.store if store is None else store, change=change, rows=call.rows
            )

        for fault in reversed([fault for fault in struck if fault.kind.phase is Phase.CARRY]):
            go = self._wrapped(fault, go)
        if self.record.operation in WRITES and any(fault.name == "stale-reads" for fault in double.faults):
            double.before = clone(double.store)
        answer = go()
        for fault in struck:
            if fault.kind.phase is Phase.ANSWER:
                self.record.status = answer.status
                answer = fault.kind.work(self, fault, answer)
                if answer is None:
                    self.close_connection = True
                    return
        self.send(answer)

    def _wrapped(self, fault: Fault, go: Callable[..., Answer]) -> Callable[..., Answer]:
        def wrapped(store: ox.Store | None = None) -> Answer:
            return fault.kind.work(self, fault, lambda other=None: go(store if other is None else other))

        return wrapped

    def sleep(self, seconds: float = LIMIT) -> None:
        """Wait, and end the connection if the double ends meanwhile."""
        if self.double.stop.wait(min(seconds, LIMIT)):
            self.hang_up()

    def drip(self, data: bytes, seconds: float) -> None:
        """Write bytes one by one."""
        for number in data:
            self.write(bytes([number]))
            self.sleep(seconds)

    def reset(self) -> NoReturn:
        """Reset the connection: the client sees ECONNRESET, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        raise Gone


class Double:
    """A triple store that is none.

    Args:
        brand: fuseki, rdf4j, graphdb, oxigraph or virtuoso.
        auth: `Basic`, `Digest` or `Bearer`; Virtuoso has Digest("dba", "dba") where none is given.
        faults: What goes wrong. The list may be changed while the double runs.
        name: The name of the data set or repository.
        data: Quads that are there from the start.
        atomic: Whether a write is seen whole or not at all; None: as the brand does.
        integers: Virtuoso only: whole decimals come back as integers.
        pace: Seconds between the steps of a write that is not atomic.
        step: Triples in such a step.

    After `with`: `url` (the address that users of the brand know), `root`, `query_url`, `update_url`, `graphs_url`,
    `graph_url(iri)`, `store`, `requests`, `struck`, `elsewhere` (with `url` and `requests`), `stop`.
    """

    def __init__(
        self,
        brand: str = "oxigraph",
        *,
        auth: Basic | Digest | Bearer | None = None,
        faults: Iterable[Fault] = (),
        name: str = "ds",
        data: Iterable[ox.Quad] = (),
        atomic: bool | None = None,
        integers: bool = False,
        pace: float = 0.002,
        step: int = 50,
    ) -> None:
        self.brand: Brand = BRANDS[brand]
        self.auth = auth or (Digest("dba", "dba") if self.brand.odd else None)
        self.faults = list(faults)
        self.requests: list[Request] = []
        self.struck: list[Fault] = []
        self.stop = threading.Event()
        self.store = ox.Store()
        self.store.extend([*data, *(system_quads() if self.brand.odd else ())])
        self.before = self.store
        self.service = Service(
            self.brand,
            name=name,
            atomic=self.brand.atomic if atomic is None else atomic,
            integers=integers,
            stop=self.stop,
            pace=pace,
            step=step,
        )
        self._counters = Counters(self.faults)
        self._timers: list[threading.Timer] = []
        self._deaf = threading.Lock()
        self._name = name

    def __enter__(self) -> Self:
        self.elsewhere = OtherHost()
        self.server = Server(self, Exchange)
        self.listening = True
        self.port = self.server.server_port
        self.root = f"http://{HOST}:{self.port}"
        self.url = self.root + self.brand.base.format(name=self._name)
        paths = self.service.paths
        self.query_url, self.update_url, self.graphs_url = (
            self.root + paths[kind][0] for kind in ("query", "update", "graphs")
        )
        if any(fault.name == "refuse" and fault.strikes(1) for fault in self.faults):
            self.deafen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop.set()
        for timer in self._timers:
            timer.cancel()
        self.server.end()
        self.elsewhere.server.end()

    def graph_url(self, graph: str | None = None) -> str:
        """Return the URL of a graph in the Graph Store Protocol; None: of the default graph."""
        name = self.brand.graph_parameters[0]
        return f"{self.graphs_url}?{'default' if graph is None else urlencode({name: graph})}"

    def named(self, graph: str) -> set[ox.Triple]:
        """Return the triples of a named graph."""
        return {quad.triple for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))}

    def deafen(self) -> None:
        """Close the listening socket: connections are refused."""
        with self._deaf:
            if self.listening:
                self.listening = False
                self.server.deafen()

    def listen(self) -> None:
        """Listen again, on the same port."""
        with self._deaf:
            if not self.listening:
                ended, self.server = self.server, Server(self, Exchange, self.port)
                self.server.open |= ended.open
                self.listening = True

    def admits(self, record: Request) -> bool:
        """Whether a request may pass; its user is recorded."""
        if self.auth is None:
            return True
        record.user = self.auth.user_of(record)
        guarded = not self.brand.guarded or record.path.rstrip("/") in self.brand.guarded
        return record.user is not None or not guarded

    def shared(self, record: Request) -> bool:
        """Whether only the body says if this is a query or an update."""
        path = record.path.rstrip("/")
        both = path in self.service.paths["query"] and path in self.service.paths["update"]
        return both and record.media_type == "application/x-www-form-urlencoded"

    def hangs(self, record: Request) -> bool:
        """Whether this is a query sent directly to Virtuoso, which never answers it."""
        return self.brand.odd and record.operation == "query" and record.media_type == "application/sparql-query"

    def striking(self, operation: str | None) -> list[Fault]:
        """Return the faults that strike this request, and count it."""
        struck = self._counters.striking(operation)
        self.struck += struck
        return struck

    def on(self, store: ox.Store, go: Callable[..., Answer]) -> Answer:
        """Carry out on another store."""
        return go(store)

    def later(self, seconds: float, go: Callable[[], Answer]) -> None:
        """Carry out after some seconds, if the double still runs."""

        def quietly() -> None:
            with contextlib.suppress(Exception):
                go()

        timer = threading.Timer(seconds, quietly)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()


__all__ = ["BRANDS", "KINDS", "Answer", "Basic", "Bearer", "Digest", "Double", "Fault", "Request", "describe"]
