"""What the protocol double does with a request: SPARQL 1.1 Query, Update and Graph Store Protocol on a Store."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlencode

import pyoxigraph as ox

import double_brands as brands
from double_brands import Brand
from double_virtuoso import as_exported, csv_text, distinct, refused_insert, result_text, without_optional

FORM = "application/x-www-form-urlencoded"
NIL = "http://www.openrdf.org/schema/sesame#nil"
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
DONE = b"""<sparql xmlns="http://www.w3.org/2005/sparql-results#">
 <head><variable name="callret-0"/></head>
 <results><result><binding name="callret-0"><literal>done</literal></binding></result></results>
</sparql>"""
WRITES = ("update", "put", "post", "delete")
RESULTS = {
    brands.JSON: ox.QueryResultsFormat.JSON,
    brands.XML: ox.QueryResultsFormat.XML,
    brands.CSV: ox.QueryResultsFormat.CSV,
    brands.TSV: ox.QueryResultsFormat.TSV,
}
_TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|'{3}(?s:.*?)(?<!\\)'{3}|"{3}(?s:.*?)(?<!\\)"{3}"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*|[{};]|[^<"'\#{};]+|.""",
)
_PROLOGUE = re.compile(r"\s*(?:#[^\n]*\n|(?:PREFIX\s+\S*:\s*|BASE\s*)<[^>]*>\s*)", re.IGNORECASE)
_CHANGES = re.compile(r"(?:INSERT|DELETE|WITH|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)\b", re.IGNORECASE)

Change = Callable[[dict], None]


@dataclass
class Request:
    """A request as it arrived, kept so that a test can look at it; `status` is what was answered, if anything."""

    method: str
    path: str
    query: str
    headers: Message
    operation: str | None = None
    body: bytes = b""
    complete: bool = False
    user: str | None = None
    status: int | None = None

    def header(self, name: str) -> str | None:
        """Return the header of that name, or None."""
        return self.headers.get(name)

    @property
    def length(self) -> int | None:
        """The Content-Length that was announced."""
        text = self.headers.get("Content-Length")
        return int(text) if text and text.isdigit() else None

    @property
    def chunked(self) -> bool:
        """Whether the body came in chunks."""
        return "chunked" in self.headers.get("Transfer-Encoding", "").lower()

    @property
    def digest(self) -> str:
        """The SHA-256 of the body, as a hexadecimal number."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """All that was sent, as one text in which a test may look for a secret."""
        return f"{self.method} {self.path}?{self.query}\n{self.headers}\n{self.body.decode('utf-8', 'replace')}"

    def parameters(self) -> dict[str, list[str]]:
        """Return the parameters of the URL and of the form."""
        form = self.body.decode("utf-8", "replace") if self.media_type == FORM else ""
        return parse_qs("&".join(part for part in (self.query, form) if part), keep_blank_values=True)


@dataclass
class Answer:
    """An answer before it is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def page(cls, status: int, words: str) -> Answer:
        """Return an HTML page."""
        return cls(status, PAGE.format(words).encode(), {"Content-Type": "text/html; charset=utf-8"})

    @classmethod
    def plain(cls, status: int, words: str) -> Answer:
        """Return a text."""
        return cls(status, f"{words}\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})


class Refused(Exception):
    """A request is not carried out; `answer` says so."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def clone(store: ox.Store) -> ox.Store:
    """Return a copy of a store."""
    copy = ox.Store()
    copy.bulk_extend(store)
    for graph in store.named_graphs():
        copy.add_graph(graph)
    return copy


def negotiate(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return the media type that the Accept header likes best; among equals the first offered."""
    weights: dict[str, float] = {}
    for entry in (accept or "*/*").lower().split(","):
        kind, *options = [part.strip() for part in entry.split(";")]
        found = re.search(r"q=([\d.]+)", " ".join(options))
        weights[kind] = float(found.group(1)) if found else 1.0

    def weight(kind: str) -> float:
        patterns = (kind, kind.partition("/")[0] + "/*", "*/*")
        return next((weights[pattern] for pattern in patterns if pattern in weights), 0.0)

    best = max(offered, key=weight)
    return best if weight(best) else None


def prologue(text: str) -> str:
    """Return the PREFIX and BASE lines that an operation begins with."""
    end = 0
    while found := _PROLOGUE.match(text, end):
        end = found.end()
    return text[:end]


def changes(text: str) -> bool:
    """Whether a SPARQL text is an update."""
    return bool(_CHANGES.match(text[len(prologue(text)) :].lstrip()))


def operations(text: str) -> list[str]:
    """Split an update request into its operations, each with the prefixes that hold for it."""
    found, piece, depth, kept = [], "", 0, ""
    for word in [*_TOKEN.findall(text), ";"]:
        depth += (word == "{") - (word == "}")
        if word != ";" or depth:
            piece += word
            continue
        own = prologue(piece)
        if piece[len(own) :].strip():
            found.append(kept + piece)
        kept, piece = kept + own, ""
    return found


class Service:
    """One brand's protocol on a store.

    Args:
        brand: Whose paths and status codes.
        name: The name of the data set or repository in the paths.
        atomic: Whether a write is seen whole or not at all.
        integers: Whether whole decimals come back as integers.
        stop: Set when the double ends; pauses end with it.
        pace: Seconds between the steps of a write that is not atomic.
        step: Triples in such a step.
    """

    def __init__(
        self, brand: Brand, *, name: str, atomic: bool, integers: bool, stop: threading.Event, pace: float, step: int
    ) -> None:
        self.brand, self.atomic, self.integers = brand, atomic, integers
        self.stop, self.pace, self.step = stop, pace, step
        self.lock = threading.RLock()
        self.paths = {
            kind: [path.format(name=name) for path in getattr(brand, kind)] for kind in ("query", "update", "graphs")
        }

    def operation(self, request: Request) -> str | None:
        """Return which operation a request asks for: query, update, put, post, get, head, delete; None: none."""
        path, method = request.path.rstrip("/"), request.method
        kinds = [kind for kind, paths in self.paths.items() if path in paths]
        known = {"GET", "PUT", "POST", "DELETE", "HEAD"} if kinds == ["graphs"] else {"GET", "POST"}
        if not kinds or method not in known:
            return None
        if kinds == ["graphs"]:
            return method.lower()
        direct = request.media_type == "application/sparql-update"
        update = direct or changes(self.update_text(request))  # with GET too
        return kinds[0] if len(kinds) == 1 else ("update" if update else "query")

    def carry_out(
        self, request: Request, store: ox.Store, *, change: Change | None = None, rows: int | None = None
    ) -> Answer:
        """Carry a request out and return the answer; `change` may alter a result, `rows` cuts it."""
        try:
            answer = self._dispatch(request, store, change, rows)
        except Refused as refusal:
            answer = refusal.answer
        except (SyntaxError, ValueError, EOFError) as problem:
            answer = Answer.plain(400, str(problem))
        except (OSError, RuntimeError) as problem:
            answer = Answer.plain(500, str(problem))
        if self.brand.odd:
            answer.headers.setdefault("Content-Type", "text/html; charset=UTF-8")
        return answer

    def _dispatch(self, request: Request, store: ox.Store, change: Change | None, rows: int | None) -> Answer:
        if request.operation is None:
            known = any(request.path.rstrip("/") in paths for paths in self.paths.values())
            raise Refused(
                Answer.plain(
                    self.brand.not_allowed if known else 404, f"{request.method} {request.path} is not supported"
                )
            )
        if request.operation == "update":
            return self._update(request, store)
        if request.operation == "query":
            return self._query(request, store, change, rows)
        return self._graphs(request, store, rows)

    # Queries

    def _query(self, request: Request, store: ox.Store, change: Change | None, rows: int | None) -> Answer:
        text = self._query_text(request)
        if text is None:
            text = b"_:s a <http://www.w3.org/ns/sparql-service-description#Service> .\n"
            return Answer(200, text, {"Content-Type": brands.N_QUADS})
        with self.lock:
            found = store.query(text, **self._dataset(request, text))
            if isinstance(found, ox.QueryTriples):
                return self._export(list(found)[:rows], request)
            table = json.loads(found.serialize(format=ox.QueryResultsFormat.JSON))
        if rows is not None and "results" in table:
            table["results"]["bindings"] = table["results"]["bindings"][:rows]
        if change:
            change(table)
        return self._table(table, request)

    def _query_text(self, request: Request) -> str | None:
        if request.method == "POST" and request.media_type == "application/sparql-query":
            return request.body.decode()
        if request.method == "POST" and request.media_type != FORM:
            raise self._unsupported(request)
        given = request.parameters()
        if "query" in given:
            return given["query"][0]
        if self.brand.name == "oxigraph":
            return None
        raise Refused(Answer.page(200, "Query form") if self.brand.odd else Answer.plain(400, "no query= parameter"))

    def _dataset(self, request: Request, text: str) -> dict[str, Any]:
        """Return the graphs that a query sees: the parameters' (which win over FROM), else the brand's own choice."""
        given = request.parameters()
        named = given.get("named-graph-uri", [])
        if "default-graph-uri" in given or "named-graph-uri" in given:
            return {
                "default_graph": [
                    ox.DefaultGraph() if iri == NIL else ox.NamedNode(iri) for iri in given.get("default-graph-uri", [])
                ],
                "named_graphs": None if self.brand.odd and not named else [ox.NamedNode(iri) for iri in named],
            }
        union = self.brand.union and not re.search(r"\bFROM\b", text, re.IGNORECASE)
        return {"use_default_graph_as_union": True} if union else {}

    def _table(self, table: dict, request: Request) -> Answer:
        kind = negotiate(request.header("Accept"), [*self.brand.results, "application/json"])
        if kind is None:
            raise Refused(Answer.plain(406, "no acceptable format"))
        kind = brands.JSON if kind == "application/json" else kind
        if self.brand.odd:
            body = result_text(table, kind, integers=self.integers)
            if kind == brands.JSON:
                return Answer(200, json.dumps(body).encode(), {"Content-Type": kind})
            if kind in {brands.CSV, brands.TSV}:
                separator = "," if kind == brands.CSV else "\t"
                return Answer(200, csv_text(body, separator).encode(), {"Content-Type": f"{kind}; charset=UTF-8"})
            table = result_text(table, kind, integers=self.integers)
        text = json.dumps(table).encode()
        if kind != brands.JSON:
            parsed = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
            text = parsed.serialize(format=RESULTS[kind])
        return Answer(200, text, {"Content-Type": kind})

    def _export(self, triples: Iterable[ox.Triple | ox.Quad], request: Request) -> Answer:
        whole = any(isinstance(one, ox.Quad) for one in triples)
        offered = [brands.N_QUADS, "application/trig"] if whole else self.brand.formats
        kind = negotiate(request.header("Accept"), offered)
        if kind is None:
            return Answer.plain(406, "no acceptable format")
        if self.brand.odd:
            triples = [as_exported(one, turtle=kind == brands.TURTLE or self.integers) for one in triples]
        body = ox.serialize(triples, format=ox.RdfFormat.from_media_type(kind))
        return Answer(200, body, {"Content-Type": kind})

    def _unsupported(self, request: Request) -> Refused:
        words = f"no supported Content-Type: {request.media_type}"
        return Refused(Answer.page(200, "Query form") if self.brand.odd else Answer.plain(415, words))

    # Updates

    def update_text(self, request: Request) -> str:
        """Return the text of an update, from the body, the form or the URL."""
        if request.media_type == "application/sparql-update":
            return request.body.decode()
        given = request.parameters()
        return next((given[name][0] for name in self.brand.update_parameters if name in given), "")

    def first_only(self, request: Request) -> Request:
        """Return an update request cut down to its first operation."""
        text = operations(self.update_text(request))[0]
        form = request.media_type == FORM
        return replace(request, body=urlencode({"update": text}).encode() if form else text.encode())

    def _update(self, request: Request, store: ox.Store) -> Answer:
        form = request.media_type == FORM
        for piece in self._pieces(request):
            with self.lock:
                store.update(piece)
                self._tidy(store)
            if not self.atomic:
                self.stop.wait(self.pace)
        if self.brand.odd:
            return Answer(200, DONE, {"Content-Type": f"{brands.XML}; charset=UTF-8"})
        if form and self.brand.updated_form == 200:
            return Answer.page(200, "Update succeeded")
        return Answer(self.brand.updated_form if form else self.brand.updated)

    def _pieces(self, request: Request) -> list[str]:
        """Return the texts of an update that are one transaction each."""
        if request.method != "POST" and not self.brand.odd:
            raise Refused(Answer.plain(405, "updates are sent with POST"))
        if request.method == "POST" and request.media_type not in {FORM, "application/sparql-update"}:
            raise self._unsupported(request)
        if request.media_type == FORM and not set(self.brand.update_parameters) & set(request.parameters()):
            raise Refused(Answer.plain(400, "no update= parameter"))
        text = self.update_text(request)
        if self.brand.odd:
            if not request.path.rstrip("/").endswith("-auth"):
                raise Refused(Answer.plain(500, "Virtuoso 42000 Error SR186:SECURITY: No permission"))
            if problem := refused_insert(operations(text)):
                raise Refused(Answer.plain(400, problem))
            text = without_optional(text)
        for word in self.brand.silent:
            text = re.sub(rf"\b{word}\s+(?=GRAPH\b)", f"{word} SILENT ", text, flags=re.IGNORECASE)
        return [text] if self.atomic else operations(text)

    def _tidy(self, store: ox.Store) -> None:
        if self.brand.keeps_empty:
            return
        for graph in list(store.named_graphs()):
            if next(store.quads_for_pattern(None, None, None, graph), None) is None:
                store.remove_graph(graph)

    # Graph Store Protocol

    def target(self, request: Request) -> ox.NamedNode | ox.DefaultGraph | None:
        """Return the graph that a request of the Graph Store Protocol is for; None: the whole data set."""
        given = parse_qs(request.query, keep_blank_values=True)
        for name in self.brand.graph_parameters:
            if name in given:
                return ox.NamedNode(given[name][0])
        return ox.DefaultGraph() if "default" in given else None

    def exists(self, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph | None) -> bool:
        """Whether a graph is there, as the brand sees it."""
        if not isinstance(graph, ox.NamedNode):
            return True
        if self.brand.keeps_empty:
            return store.contains_named_graph(graph)
        return next(store.quads_for_pattern(None, None, None, graph), None) is not None

    def _graphs(self, request: Request, store: ox.Store, rows: int | None) -> Answer:
        graph = self.target(request)
        self._refuse(request, graph)
        if request.operation in {"put", "post"}:
            return self._store(request, store, graph)
        with self.lock:
            if not self.exists(store, graph) and self.brand.missing:
                words = f"the graph {graph} does not exist"
                return Answer(404) if self.brand.odd else Answer.plain(self.brand.missing, words)
            if request.operation == "delete":
                self._empty(store, graph)
                return Answer(self.brand.deleted)
            quads = list(store) if graph is None else list(store.quads_for_pattern(None, None, None, graph))
        return self._export([quad if graph is None else quad.triple for quad in quads[:rows]], request)

    def _refuse(self, request: Request, graph: ox.NamedNode | ox.DefaultGraph | None) -> None:
        """Refuse what the brand's Graph Store Protocol does not do."""
        if self.brand.odd:
            self._refuse_oddly(request, graph)
        if graph is None and not self.brand.whole:
            raise Refused(Answer.plain(400, "Named or default graph expected for indirect reference request."))
        if graph is None and request.operation == "delete" and self.brand.name == "fuseki":
            raise Refused(Answer.plain(405, "Method not allowed: DELETE"))

    def _refuse_oddly(self, request: Request, graph: ox.NamedNode | ox.DefaultGraph | None) -> None:
        if request.operation in WRITES and not request.path.rstrip("/").endswith("-auth"):
            raise Refused(Answer.page(403, "SPARQL Graph Protocol request failed"))
        if request.operation == "head":
            raise Refused(Answer.page(501, "Method Not Implemented"))
        if graph is None:
            raise Refused(Answer.page(200, "Graph Store form"))
        if isinstance(graph, ox.DefaultGraph):
            raise Refused(Answer.page(500, "the endpoint is not configured to have default graph"))

    def _empty(self, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph | None) -> None:
        if graph is None:
            store.clear()
        elif isinstance(graph, ox.NamedNode):
            store.remove_graph(graph)
        else:
            store.clear_graph(graph)

    def _store(self, request: Request, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph | None) -> Answer:
        body = request.body
        kind = ox.RdfFormat.from_media_type(request.media_type) if request.media_type else None
        encoding = request.header("Content-Encoding") or "identity"
        if self.brand.odd:
            kind = kind or ox.RdfFormat.TURTLE
            if encoding != "identity" or kind.supports_datasets:
                return Answer.page(500, "SPARQL Graph Protocol request failed")
            body = b"" if request.chunked else body
        elif kind is None:
            words = f"no supported Content-Type: {request.media_type or 'none'}"
            return Answer.plain(self.brand.untyped if request.header("Content-Type") is None else 415, words)
        if encoding == "gzip" and self.brand.ungzips:
            body = gzip.decompress(body)
        base = graph.value if isinstance(graph, ox.NamedNode) else None
        parsed = ox.parse(body, format=kind, base_iri=base, without_named_graphs=graph is not None)
        numbers = itertools.count()
        quads = (
            one if graph is None else ox.Quad(one.subject, one.predicate, one.object, graph)
            for one, _ in zip(parsed, numbers, strict=False)
        )
        with self.lock:
            before = self.exists(store, graph)
        failed = self._fill(store, graph, quads, clear=request.operation == "put")
        if failed:
            return Answer.page(500, failed) if self.brand.odd else Answer.plain(400, failed)
        status = self.brand.replaced if before else self.brand.created
        if self.brand.odd and request.chunked and before:
            status = 204
        if self.brand.name == "fuseki":
            count = {"count": next(numbers)}
            return Answer(status, json.dumps(count).encode(), {"Content-Type": "application/json"})
        return Answer(status)

    def _fill(
        self, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph | None, quads: Iterator[ox.Quad], *, clear: bool
    ) -> str | None:
        """Put triples into a graph; return the problem that ended this, if one did."""
        if self.atomic:
            found = list(quads)  # a SyntaxError ends it before anything was changed
            with self.lock:
                self._put(store, graph, found, clear=clear)
                self._tidy(store)
            return None
        with self.lock:
            self._put(store, graph, [], clear=clear)
        problem, step = None, []
        while problem is None:
            self.stop.wait(self.pace)
            try:
                while len(step) < self.step:
                    step.append(next(quads))
            except StopIteration:
                problem = ""
            except SyntaxError as error:
                problem = str(error) or "a syntax error"
            with self.lock:
                self._put(store, graph, step, clear=False)
            step = []
        with self.lock:
            self._tidy(store)
        return problem or None

    def _put(
        self, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph | None, quads: list[ox.Quad], *, clear: bool
    ) -> None:
        if clear:
            self._empty(store, graph)
        if isinstance(graph, ox.NamedNode):
            store.add_graph(graph)
        store.extend(quads if not self.brand.odd else distinct(store, quads))
