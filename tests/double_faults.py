"""The faults of the protocol double: a table of named behaviours, each a small function with its meaning.

A fault works at one of four moments: RECEIVE (while the request is read), CARRY (around the carrying out),
RESULT (on the table of a query before it is written) and ANSWER (on the answer, or instead of it).
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import itertools
import re
import threading
import urllib.parse
from collections.abc import Callable, Container
from dataclasses import KW_ONLY, dataclass
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from double_store import WRITES, Answer, clone

if TYPE_CHECKING:
    from double import Exchange

ALL = ("query", "update", "put", "post", "get", "head", "delete")
READS = ("query", "get")
BODIES = ("query", "update", "put", "post")
ADDS = ("update", "put", "post")
COUNTED = re.compile(r"\bCOUNT\b", re.IGNORECASE)


class Phase(Enum):
    """The moment at which a fault works."""

    RECEIVE = auto()
    CARRY = auto()
    RESULT = auto()
    ANSWER = auto()


@dataclass(frozen=True)
class Kind:
    """One kind of fault: when it works, what it does, and on which operations if the fault names none."""

    phase: Phase
    work: Callable[..., Any]
    operations: tuple[str, ...]
    meaning: str


KINDS: dict[str, Kind] = {}


def _kind(
    phase: Phase, name: str, meaning: str, *, on: tuple[str, ...] = ALL
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(work: Callable[..., Any]) -> Callable[..., Any]:
        KINDS[name] = Kind(phase, work, on, meaning)
        return work

    return keep


_receive, _carry, _result, _answer = (partial(_kind, phase) for phase in Phase)


@dataclass(frozen=True)
class Fault:
    """A fault to switch on.

    Args:
        name: A key of `KINDS`, or `status-` and any three digits.
        operation: One or several of query, update, put, post, get, head, delete; None: all that the kind is for.
        nth: Which of the matching requests, counted from 1: a number, a container of numbers, None: every one.
        size: Bytes let through before a cut, or bytes of a flood.
        seconds: The pause between bytes, or the delay.
        rows: How many rows or triples are left.
        value: Another text: the wrong number, the page, the Retry-After, the Location.
        carried: For an error status: whether the request was carried out all the same.
    """

    name: str
    operation: str | tuple[str, ...] | None = None
    _: KW_ONLY
    nth: int | Container[int] | None = None
    size: int = 20
    seconds: float = 0.2
    rows: int = 1
    value: str | None = None
    carried: bool = False

    def __post_init__(self) -> None:
        """Refuse a misspelt name."""
        unknown = [name for name in self.operations if name not in ALL]
        if self.kind is None or unknown:
            message = f"no such fault or operation: {self.name} {unknown or ''}"
            raise ValueError(message)

    @property
    def kind(self) -> Kind | None:
        """The kind of this fault."""
        return KINDS.get("status" if re.fullmatch(r"status-[1-9]\d\d", self.name) else self.name)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that it strikes."""
        if self.operation is None:
            return self.kind.operations if self.kind else ()
        return (self.operation,) if isinstance(self.operation, str) else self.operation

    def strikes(self, number: int) -> bool:
        """Whether it strikes the matching request of that number."""
        if isinstance(self.nth, int):
            return number == self.nth
        return self.nth is None or number in self.nth


# While the request is read


@_receive("reset-before-carrying-out", "The request is read, nothing is done, the connection is reset.")
def _reset_first(exchange: Exchange, _fault: Fault) -> None:
    exchange.read_body()
    exchange.reset()


@_receive(
    "cut-in-request-body",
    "The connection is reset after `size` bytes of the request's body were read; nothing is done.",
    on=BODIES,
)
def _cut_request(exchange: Exchange, fault: Fault) -> None:
    exchange.read_body(limit=fault.size)
    exchange.reset()


@_receive("slow-reader", "The body is read one byte at a time with `seconds` between.", on=BODIES)
def _slow_reader(exchange: Exchange, fault: Fault) -> None:
    exchange.read_body(pause=fault.seconds)


@_receive(
    "never-reads",
    "The body is never read and no answer is given, so a large upload fills the buffers and stops.",
    on=BODIES,
)
def _never_reads(exchange: Exchange, _fault: Fault) -> None:
    exchange.sleep()


@_receive("answer-before-body", "413 is answered and the connection closed before any of the body was read.", on=BODIES)
def _answer_early(exchange: Exchange, fault: Fault) -> None:
    exchange.send(Answer.plain(int(fault.value or 413), "too much"), close=True)
    exchange.hang_up()


@_receive(
    "continue-417", "A request that says Expect: 100-continue is answered 417 and closed; others as usual.", on=BODIES
)
def _expectation(exchange: Exchange, _fault: Fault) -> None:
    if exchange.expects:
        exchange.send(Answer.plain(417, "no expectations"), close=True)
        exchange.hang_up()


@_receive(
    "continue-never",
    "No 100 Continue is sent to a request that expects one; the body is read if it comes all the same.",
    on=BODIES,
)
def _no_continue(exchange: Exchange, _fault: Fault) -> None:
    exchange.expects = False


@_receive(
    "continue-many", "100 Continue, 102 Processing and 103 Early Hints are sent, asked for or not, before the answer."
)
def _continue_many(exchange: Exchange, _fault: Fault) -> None:
    exchange.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
    exchange.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
    exchange.expects = False


# Around the carrying out: `go` carries the request out


def _tampered(
    exchange: Exchange, go: Callable[[], Answer], tamper: Callable[[ox.Store, list[ox.Quad]], None]
) -> Answer:
    """Carry out, then let `tamper` damage the quads that were written."""
    store = exchange.double.store
    with exchange.double.service.lock:
        before = set(store)
        answer = go()
        target = exchange.double.service.target(exchange.record) if exchange.record.operation != "update" else None
        new = [quad for quad in store if quad not in before]
        tamper(
            store, sorted(new or ([] if target is None else store.quads_for_pattern(None, None, None, target)), key=str)
        )
    return answer


def _undone(exchange: Exchange, go: Callable[[], Answer]) -> Answer:
    """Carry out on a copy that is thrown away."""
    with exchange.double.service.lock:
        return exchange.double.on(clone(exchange.double.store), go)


@_carry("lie-stored", "A write is answered as done, and nothing is changed.", on=WRITES)
def _lie_stored(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    return _undone(exchange, go)


@_carry("lie-swapped", "An update is answered as done, and nothing is changed.", on=("update",))
def _lie_swapped(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    return _undone(exchange, go)


@_carry("lie-emptied", "A write is answered as done; the old triples are gone and none of the new is there.", on=ADDS)
def _lie_emptied(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    return _tampered(exchange, go, lambda store, quads: [store.remove(quad) for quad in quads])


@_carry("lie-stored-half", "A write is answered as done, and only half of its triples are stored.", on=ADDS)
def _lie_half(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    return _tampered(exchange, go, lambda store, quads: [store.remove(quad) for quad in quads[::2]])


@_carry(
    "lie-changed-value", "A write is answered as done, and one literal of it is stored as another (`value`).", on=ADDS
)
def _lie_changed(exchange: Exchange, fault: Fault, go: Callable[[], Answer]) -> Answer:

    def tamper(store: ox.Store, quads: list[ox.Quad]) -> None:
        for quad in [quad for quad in quads if isinstance(quad.object, ox.Literal)][:1]:
            text = fault.value or quad.object.value + ("1" if quad.object.value[-1:].isdigit() else "x")
            one = quad.object
            plain = one.language is None
            new = ox.Literal(text, datatype=one.datatype) if plain else ox.Literal(text, language=one.language)
            store.remove(quad)
            store.add(ox.Quad(quad.subject, quad.predicate, new, quad.graph_name))

    return _tampered(exchange, go, tamper)


@_carry("lie-extra", "A write is answered as done, and one triple more than was sent is stored.", on=ADDS)
def _lie_extra(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:

    def tamper(store: ox.Store, quads: list[ox.Quad]) -> None:
        for quad in quads[:1]:
            store.add(ox.Quad(quad.subject, ox.NamedNode("urn:double:extra"), ox.Literal("extra"), quad.graph_name))

    return _tampered(exchange, go, tamper)


@_carry(
    "update-half", "Only the first operation of an update is carried out, and it is answered as done.", on=("update",)
)
def _update_half(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    exchange.call.carried = exchange.double.service.first_only(exchange.record)
    return go()


@_carry("read-only", "Writes are answered 403 and not done.", on=WRITES)
def _read_only(_exchange: Exchange, _fault: Fault, _go: Callable[[], Answer]) -> Answer:
    return Answer.plain(403, "The server is read-only")


@_carry("stale-reads", "A read is answered from the state before the last write.", on=READS)
def _stale(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    return exchange.double.on(exchange.double.before, go)


@_carry("slow-commit", "A write takes effect `seconds` after it was answered as done.", on=WRITES)
def _slow_commit(exchange: Exchange, fault: Fault, go: Callable[[], Answer]) -> Answer:
    answer = _undone(exchange, go)
    exchange.double.later(fault.seconds, go)
    return answer


@_carry("slow-answer", "The request is carried out at once and answered rightly, but only after `seconds`.")
def _slow_answer(exchange: Exchange, fault: Fault, go: Callable[[], Answer]) -> Answer:
    answer = go()
    exchange.sleep(fault.seconds)
    return answer


@_carry("status", "`status-500`, any number: not done unless `carried`; Retry-After with 413, 429 and 503.")
def _status(_exchange: Exchange, fault: Fault, go: Callable[[], Answer]) -> Answer:
    status = int(fault.name.removeprefix("status-"))
    if fault.carried:
        go()
    answer = Answer.plain(status, f"answered {status}")
    if status in {413, 429, 503}:
        answer.headers["Retry-After"] = fault.value or "1"
    if status == 401:
        answer.headers["WWW-Authenticate"] = fault.value or 'Basic realm="elsewhere"'
    return answer


# Redirects: nothing is carried out


def _redirect(status: int, location: str) -> Answer:
    answer = Answer.page(status, "Moved")
    answer.headers["Location"] = location
    return answer


@_carry("login-page", "302 to a page on another host (`double.elsewhere` records what it gets); nothing is done.")
def _login_page(exchange: Exchange, _fault: Fault, _go: Callable[[], Answer]) -> Answer:
    return _redirect(302, f"{exchange.double.elsewhere.url}/login?back=1")


@_carry("redirect-other-host-307", "307 to the same path on another host (`double.elsewhere`); nothing is done.")
def _redirect_other(exchange: Exchange, _fault: Fault, _go: Callable[[], Answer]) -> Answer:
    return _redirect(307, exchange.double.elsewhere.url + exchange.path)


@_carry("redirect-same-host-307", "307 to the same host with `redirected=1` added to the URL, where it is carried out.")
def _redirect_same(exchange: Exchange, _fault: Fault, go: Callable[[], Answer]) -> Answer:
    if "redirected=1" in exchange.record.query:
        return go()
    return _redirect(307, exchange.path + ("&" if exchange.record.query else "?") + "redirected=1")


@_carry("redirect-loop", "307 to the very same URL, for ever.")
def _redirect_loop(exchange: Exchange, _fault: Fault, _go: Callable[[], Answer]) -> Answer:
    return _redirect(307, exchange.path)


@_carry("redirect-strange", "302 to `value`, by default a file: URL.")
def _redirect_strange(_exchange: Exchange, fault: Fault, _go: Callable[[], Answer]) -> Answer:
    return _redirect(302, fault.value or "file:///etc/hostname")


# On the table of a query


@_result("lie-count", "Every integer in the answer to a query that counts is `value`, by default 0.", on=("query",))
def _lie_count(fault: Fault, text: str, table: dict) -> None:
    if not COUNTED.search(text):
        return
    for row in table.get("results", {}).get("bindings", []):
        for term in row.values():
            if term.get("datatype", "").endswith("#integer"):
                term["value"] = fault.value or "0"


@_result("lie-ask", "ASK is answered with the opposite.", on=("query",))
def _lie_ask(_fault: Fault, _text: str, table: dict) -> None:
    if "boolean" in table:
        table["boolean"] = not table["boolean"]


@_result(
    "missing-variables", "The last variable is missing in the results: in the head and in every row.", on=("query",)
)
def _missing(_fault: Fault, _text: str, table: dict) -> None:
    for name in table.get("head", {}).get("vars", [])[-1:]:
        table["head"]["vars"].remove(name)
        for row in table["results"]["bindings"]:
            row.pop(name, None)


@_result("unbound-variables", "The variables are named in the head, and every row is empty.", on=("query",))
def _unbound(_fault: Fault, _text: str, table: dict) -> None:
    for row in table.get("results", {}).get("bindings", []):
        row.clear()


@_result("duplicate-rows", "Every row comes twice.", on=("query",))
def _duplicate(_fault: Fault, _text: str, table: dict) -> None:
    if "results" in table:
        table["results"]["bindings"] = [row for row in table["results"]["bindings"] for _ in range(2)]


def _cut_short(exchange: Exchange, fault: Fault, go: Callable[[], Answer], headers: dict[str, str]) -> Answer:
    """Give only the first rows, and say so in headers where the brand does."""
    exchange.call.rows = fault.rows
    answer = go()
    if exchange.double.brand.odd:
        for name, value in headers.items():
            answer.headers[name] = value
    return answer


@_carry(
    "truncated-results",
    "SELECT, CONSTRUCT and GET give only the first `rows` rows or triples, with status 200.",
    on=READS,
)
def _truncated(exchange: Exchange, fault: Fault, go: Callable[[], Answer]) -> Answer:
    return _cut_short(exchange, fault, go, {"X-SPARQL-MaxRows": str(fault.rows)})


@_carry(
    "stopped-results",
    "A question is stopped when its time is over; the first `rows` rows or triples are given with status 200.",
    on=READS,
)
def _stopped(exchange: Exchange, fault: Fault, go: Callable[[], Answer]) -> Answer:
    told = "RC...: Returning incomplete results, query interrupted by result timeout."
    return _cut_short(exchange, fault, go, {"X-SQL-State": "S1TAT", "X-SQL-Message": told})


# On the answer, or instead of it


@_answer("refuse", "The nth request finds no listening socket: it is closed as the request before is answered.")
def _refuse(exchange: Exchange, _fault: Fault, answer: Answer) -> Answer:
    exchange.close_connection = True
    exchange.double.deafen()
    answer.headers["Connection"] = "close"
    return answer


@_answer("reset-before-answer", "The request is carried out, and the connection reset before a byte of the answer.")
def _reset(exchange: Exchange, _fault: Fault, _answer: Answer) -> None:
    exchange.reset()


@_answer(
    "closed-before-answer",
    "The request is carried out, and the connection closed in order before a byte of the answer.",
)
def _closed(exchange: Exchange, _fault: Fault, _answer: Answer) -> None:
    exchange.hang_up()


@_answer("closed-keep-alive", "The answer is right and promises a kept connection, which is then closed at once.")
def _closed_after(exchange: Exchange, _fault: Fault, answer: Answer) -> None:
    exchange.send(answer)
    exchange.hang_up()


@_answer("cut-in-answer-headers", "The connection is closed after `size` bytes of the head of the answer.")
def _cut_headers(exchange: Exchange, fault: Fault, answer: Answer) -> None:
    exchange.write(exchange.head(answer)[: fault.size])
    exchange.hang_up()


@_answer(
    "cut-in-answer-body",
    "Content-Length says more than is sent: the connection is closed after `size` bytes of the body.",
)
def _cut_body(exchange: Exchange, fault: Fault, answer: Answer) -> None:
    answer.headers["Content-Length"] = str(max(len(answer.body), fault.size + 1))
    answer.status = 200 if answer.status == 204 else answer.status
    exchange.write(exchange.head(answer) + answer.body[: fault.size])
    exchange.hang_up()


@_answer(
    "cut-without-length",
    "The answer has neither a length nor chunks, and the connection is closed after the last end of a line in the "
    "first `size` bytes of the body.",
)
def _cut_unseen(exchange: Exchange, fault: Fault, answer: Answer) -> None:
    answer.status = 200 if answer.status == 204 else answer.status
    exchange.write(exchange.head(answer, endless=True) + answer.body[: answer.body.rfind(b"\n", 0, fault.size) + 1])
    exchange.hang_up()


@_answer("hang", "The request is carried out and never answered.")
def _hang(exchange: Exchange, _fault: Fault, _answer: Answer) -> None:
    exchange.sleep()


@_answer("drip-headers", "The head of the answer comes one byte every `seconds`.")
def _drip_headers(exchange: Exchange, fault: Fault, answer: Answer) -> None:
    exchange.drip(exchange.head(answer), fault.seconds)
    exchange.write(answer.body)


@_answer("drip-body", "The body of the answer comes one byte every `seconds`.")
def _drip_body(exchange: Exchange, fault: Fault, answer: Answer) -> None:
    answer.body = answer.body or b"dripping\n"
    answer.status = 200 if answer.status == 204 else answer.status
    exchange.write(exchange.head(answer))
    exchange.drip(answer.body, fault.seconds)


@_answer("wrong-content-type", "An HTML page with status 200 instead of the answer; the request was carried out.")
def _html(_exchange: Exchange, fault: Fault, _answer: Answer) -> Answer:
    return Answer.page(200, fault.value or "Welcome")


@_answer(
    "200-with-error-text",
    "Status 200 and the usual Content-Type, and the text of an error; the request was carried out.",
)
def _error_text(_exchange: Exchange, fault: Fault, answer: Answer) -> Answer:
    answer.headers.setdefault("Content-Type", "text/plain")
    words = fault.value or "Virtuoso 42000 Error SQ200: out of memory"
    return Answer(200, words.encode(), answer.headers)


@_answer(
    "bad-json",
    "The results end in the middle, with the right Content-Length; `value` may be another text.",
    on=("query",),
)
def _bad_json(_exchange: Exchange, fault: Fault, answer: Answer) -> Answer:
    answer.body = fault.value.encode() if fault.value is not None else answer.body[: len(answer.body) // 2]
    return answer


@_answer(
    "deep-json",
    "The results are JSON of some 100,000 brackets (or `size`, if it is larger), one in another.",
    on=("query",),
)
def _deep_json(_exchange: Exchange, fault: Fault, answer: Answer) -> Answer:
    return Answer(200, b"[" * max(fault.size, 100_000), answer.headers)


@_answer("invalid-utf8", "The body of the answer holds bytes that are no UTF-8.")
def _invalid(_exchange: Exchange, _fault: Fault, answer: Answer) -> Answer:
    middle = max(answer.body.rfind(b'"'), 0)
    return Answer(200, answer.body[:middle] + b"\xff\xfe\xc3(" + answer.body[middle:], answer.headers)


@_answer(
    "echo-secrets", "An error (500, or `value`) that repeats Authorization, with ANSI escapes and control characters."
)
def _echo(exchange: Exchange, fault: Fault, _answer: Answer) -> Answer:
    secret = exchange.record.header("Authorization") or "none"
    text = f"denied: Authorization: {secret}\r\n\x1b[2J\x1b[31mred\x1b[0m\x07\x00\u202e\u2028{'!' * 50}\n"
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Echo": secret}
    return Answer(int(fault.value or 500), text.encode(), headers)


def _told(exchange: Exchange) -> str:
    """Return what a request said of who sends it, as it was sent and as it was meant, and what terminals act on."""
    sent = exchange.record.header("Authorization") or "none"
    meant = ""
    with contextlib.suppress(ValueError):
        meant = base64.b64decode(sent.rpartition(" ")[2]).decode()
    return f"{sent} {meant}\x9b31m\u202e{'x' * 5000}"


@_answer("echo-in-type", "200, and a Content-Type that repeats Authorization and holds a C1 control.", on=READS)
def _echo_type(exchange: Exchange, _fault: Fault, answer: Answer) -> Answer:
    return Answer(200, answer.body, answer.headers | {"Content-Type": f"text/{_told(exchange)}"})


@_answer("echo-in-triples", "A graph of one triple, whose names repeat Authorization and turn the text.", on=("get",))
def _echo_triples(exchange: Exchange, _fault: Fault, _answer: Answer) -> Answer:
    name = "urn:" + urllib.parse.quote(_told(exchange).replace("\x9b", ""), safe="=:/@\u202e")
    return Answer(200, f'<{name}> <{name}> "x" .\n'.encode(), {"Content-Type": "application/n-triples"})


@_answer("many-rows", "A right answer whose rows come again and again, 20 MB (or `size`) of them.", on=("query",))
def _many_rows(_exchange: Exchange, fault: Fault, answer: Answer) -> Answer:
    head, _, row = answer.body.rstrip(b"]} \n").partition(b'"bindings":')
    row = row.strip(b" \n[") or b'"x":{"type":"literal","value":"y"}'
    row = row if row.startswith(b"{") else b"{" + row
    row = (row + b"}" * max(row.count(b"{") - row.count(b"}"), 0)).rstrip()
    again = max(fault.size, 20_000_000) // (len(row) + 1)
    return Answer(200, head + b'"bindings":[' + b",".join([row] * (again + 1)) + b"]}}", answer.headers)


@_answer("many-triples", "A graph of many triples that nobody sent, 20 MB (or `size`) of them.", on=("get",))
def _many_triples(_exchange: Exchange, fault: Fault, _answer: Answer) -> Answer:
    lines = (f"<a:{number}> <a:b> <a:c> .\n".encode() for number in itertools.count())
    size, body = max(fault.size, 20_000_000), bytearray()
    while len(body) < size:
        body += next(lines)
    return Answer(200, bytes(body), {"Content-Type": "application/n-triples"})


@_answer("204-no-content", "204 without a body where results were asked for.", on=READS)
def _no_content(_exchange: Exchange, _fault: Fault, _answer: Answer) -> Answer:
    return Answer(204)


@_answer("empty-200", "200, the right Content-Type, and an empty body.", on=READS)
def _empty(_exchange: Exchange, _fault: Fault, answer: Answer) -> Answer:
    return Answer(200, b"", answer.headers)


@_answer("duplicate-header", "Content-Length comes twice with two values, and Content-Type twice.")
def _duplicate_header(exchange: Exchange, _fault: Fault, answer: Answer) -> None:
    more = f"Content-Length: {len(answer.body) + 7}\r\nContent-Type: text/html\r\n".encode()
    exchange.write(exchange.head(answer).removesuffix(b"\r\n") + more + b"\r\n" + answer.body)
    exchange.hang_up()


@_answer("header-flood", "The head has thousands of lines: 100,000 bytes, or `size` if that is more.")
def _header_flood(exchange: Exchange, fault: Fault, answer: Answer) -> None:
    count = max(fault.size, 100_000) // 20
    more = b"".join(b"X-Flood-%06d: xxxx\r\n" % number for number in range(count))
    exchange.write(exchange.head(answer).removesuffix(b"\r\n") + more + b"\r\n" + answer.body)


@_answer("http-0.9", "Bytes without a status line, then the end.")
def _garbage(exchange: Exchange, fault: Fault, _answer: Answer) -> None:
    exchange.write((fault.value or "\x16\x03\x01 hello, this is not HTTP\r\n").encode())
    exchange.hang_up()


@_answer("endless-answer", "The answer begins well, has no length and goes on for ever.")
def _endless(exchange: Exchange, _fault: Fault, answer: Answer) -> None:
    answer.status = 200 if answer.status == 204 else answer.status
    exchange.write(exchange.head(answer, endless=True) + answer.body[:-1])
    filler = (b" " * 1023 + b"\n") * 64
    while not exchange.double.stop.is_set():
        exchange.write(filler)


@_answer(
    "gzip-bomb", "Content-Encoding: gzip, not asked for: the answer and 50 MB (or `size`) of blanks in a small body."
)
def _bomb(_exchange: Exchange, fault: Fault, answer: Answer) -> Answer:
    answer.headers["Content-Encoding"] = "gzip"
    body = gzip.compress(answer.body + b" " * max(fault.size, 50_000_000), compresslevel=1)
    return Answer(200, body, answer.headers)


@_answer("gzip-broken", "Content-Encoding: gzip is said, and the body is not gzip.")
def _gzip_broken(_exchange: Exchange, _fault: Fault, answer: Answer) -> Answer:
    answer.headers["Content-Encoding"] = "gzip"
    return Answer(200, answer.body or b"plain", answer.headers)


def describe() -> str:
    """Return the table of faults: a line for each."""
    return "".join(f"{name:26} {kind.meaning}\n" for name, kind in KINDS.items())


class Counters:
    """Counts for each fault the requests that match it, and says which faults strike."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults, self.lock = faults, threading.Lock()
        self.counts = {id(fault): itertools.count(1) for fault in faults}

    def striking(self, operation: str | None) -> list[Fault]:
        """Count a request and return the faults that strike it, in their order."""
        with self.lock:
            for fault in self.faults:
                self.counts.setdefault(id(fault), itertools.count(1))
            found = [fault for fault in self.faults if operation in fault.operations]
            # the request before the one that is refused closes the door
            return [fault for fault in found if fault.strikes(next(self.counts[id(fault)]) + (fault.name == "refuse"))]


def results_change(faults: list[Fault], text: str) -> Callable[[dict], None]:
    """Return a function that lets the faults of the RESULT phase alter a table."""

    def change(table: dict) -> None:
        for fault in faults:
            if fault.kind and fault.kind.phase is Phase.RESULT:
                fault.kind.work(fault, text, table)

    return change


__all__ = ["KINDS", "Counters", "Fault", "Phase", "describe", "results_change"]
