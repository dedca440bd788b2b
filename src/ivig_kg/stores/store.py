"""Store: what the SPARQL 1.1 protocols can do, one method each.

Source: https://www.w3.org/TR/sparql11-protocol/ and https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import pyoxigraph as ox

from ivig_kg.errors import StoreError, UsageError
from ivig_kg.resources import GRAPHS
from ivig_kg.stores.client import MAX_ANSWER, MAX_SMALL, PATIENCE, Answer, Client, Request
from ivig_kg.stores.deadlines import Deadline, Timed
from ivig_kg.stores.profiles import Profile

RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
_TURTLE = "text/turtle"
_TERMS = (ox.NamedNode, ox.BlankNode, ox.Literal)
_SHORT = 1 << 15  # bytes of a body that arrives whole in any case
MAX_ODD = 1 << 24  # bytes of a table that is read as JSON, which takes ten times as many
MAX_COLUMNS = 1000  # of an answer
_HEAD = re.compile(rb'\s*\{\s*"head"\s*:')
_LOOK = 4096  # rows or triples that are read between two looks at the time
_BROKEN = (SyntaxError, ValueError, MemoryError)  # of an answer; the last one of a term of more than 16 MiB
_Read = TypeVar("_Read")
CATALOG = GRAPHS + "catalog"
_GRAPHS = {TRIPLES: ox.RdfFormat.N_TRIPLES, "text/plain": ox.RdfFormat.N_TRIPLES, _TURTLE: ox.RdfFormat.TURTLE}


class Store:
    """A live store.

    Args:
        profile: Its addresses.
        client: What sends.
    """

    def __init__(self, profile: Profile, client: Client) -> None:
        self.profile = profile
        self.client = client
        self.repeated = False  # whether an answer had a secret in it, which was taken out
        self.swapping = False  # whether it was asked to swap, and the former release is not known to be live

    def hidden(self, text: str) -> str:
        """Return a text without the secrets of who asks; all that is printed of a store goes through here."""
        return self.client.hidden(text)

    def require_writable(self) -> None:
        """Raise UsageError where the profile lacks an address that is written to."""
        if self.profile.update is None or self.profile.graphs is None:
            message = f"the profile {self.profile.name} needs --update-url and --graph-store-url to change a store"
            raise UsageError(message)

    def query(
        self, text: str, *, doing: str, graphs: Sequence[str] = (), accept: str = RESULTS, most: int = MAX_ANSWER
    ) -> Answer:
        """Ask a question, and return the answer, of `most` bytes.

        A form is sent, which every store takes; the question may stand over some graphs, as a dataset of the protocol.
        """
        form = [("query", text), *(("default-graph-uri", g) for g in graphs), *(("named-graph-uri", g) for g in graphs)]
        request = Request(
            "POST",
            self.profile.query,
            doing,
            body=urlencode(form).encode(),
            kind="application/x-www-form-urlencoded",
            accept=accept,
            most=most,
        )
        answer = self.client.send(request, identified=not self.profile.open_query)
        return answer if accept == RESULTS else self._whole(answer, doing)

    def rows(self, text: str, *names: str, doing: str, most: int = MAX_SMALL) -> list[list[Any]]:
        """Return the rows of a SELECT; see `each_row`."""
        return list(self.each_row(text, *names, doing=doing, most=most))

    def each_row(self, text: str, *names: str, doing: str, most: int) -> Iterator[list[Any]]:
        """Yield the rows of a SELECT with these variables, of `most` bytes; every one has a term in each row.

        Raises:
            StoreError: The answer is something else.
        """
        answer = self.query(text, doing=doing, most=most)
        found = solutions(answer, of=self.profile.query, doing=doing, deadline=self.client.deadline)
        if not isinstance(found, ox.QuerySolutions) or not set(names) <= {v.value for v in found.variables}:
            raise StoreError(_nonsense(self, doing))
        try:
            for solution in self.in_time(found):
                row = [solution[name] for name in names]
                if not all(isinstance(term, _TERMS) for term in row):
                    raise StoreError(_nonsense(self, doing))
                yield row
        except (*_BROKEN, KeyError) as error:
            raise StoreError(_nonsense(self, doing)) from error

    def update(self, text: str, *, doing: str, patience: float | None = PATIENCE) -> None:
        """Carry out an update; `patience` is how many seconds it may take, all that are left where there is None."""
        kind = "application/sparql-update"
        request = Request(
            "POST",
            self.profile.update or "",
            doing,
            wanted=(200, 201, 202, 204),
            body=text.encode(),
            kind=kind,
            patience=patience,
        )
        self.client.send(request)

    def put(self, graph: str, data: bytes, *, doing: str) -> None:
        """Put triples, as N-Triples, in the place of a graph.

        A store that asks who sends a long body may break off while it comes: it is told before, with a short request.
        """
        if self.client.is_challenged and len(data) > _SHORT:
            self.client.send(self._graph("GET", CATALOG, "say whom it lets in", wanted=(200, 204, 404)))
        self.client.send(self._graph("PUT", graph, doing, wanted=(200, 201, 204), body=data, kind=_TURTLE))

    def get(self, graph: str, *, doing: str) -> Iterator[ox.Triple]:
        """Ask for a graph, and return its triples one after another; none where there is no such graph.

        Triples take some ten times the memory of their text: whoever keeps them knows how many there can be.

        Raises:
            StoreError: The answer is something else; perhaps only once so much of it was read.
        """
        accept = f"{TRIPLES}, {_TURTLE};q=0.5"
        answer = self.client.send(
            self._graph("GET", graph, doing, wanted=(200, 204, 404), accept=accept, most=MAX_ANSWER)
        )
        if answer.status != 200:  # noqa: PLR2004  (HTTP: OK)
            return iter(())
        data = self._whole(answer, doing).data
        if not data or data.isspace():
            return iter(())
        if answer.kind not in _GRAPHS:
            raise StoreError(_nonsense(self, doing))
        return self._triples(answer, doing)

    def _whole(self, answer: Answer, doing: str) -> Answer:
        """Return an answer of triples, of which the first ones would do for all of them.

        Raises:
            StoreError: It did not say where it ends.
        """
        if not answer.is_ended:
            message = (
                f"{self.profile.graphs or self.profile.query}: it did not say where its answer ends, so triples may be "
                f"missing (neither Content-Length nor chunks), when asked to {doing}"
            )
            raise StoreError(message)
        return answer

    def _triples(self, answer: Answer, doing: str) -> Iterator[ox.Triple]:
        try:
            for quad in self.in_time(self.parsed(answer, _GRAPHS[answer.kind])):
                yield quad.triple
        except _BROKEN as error:
            raise StoreError(_nonsense(self, doing)) from error

    def parsed(self, answer: Answer, form: ox.RdfFormat) -> Iterator[ox.Quad]:
        """Yield what an answer of triples has, as long as there is time."""
        yield from ox.parse(Timed(answer.data, self.client.deadline), format=form)

    def drop(self, graph: str, *, doing: str) -> None:
        """Drop a graph; it may be gone already."""
        self.client.send(self._graph("DELETE", graph, doing, wanted=(200, 202, 204, 404)))

    def in_time(self, found: Iterable[_Read]) -> Iterator[_Read]:
        """Yield what is read of an answer, as long as there is time.

        Raises:
            StoreError: There is none left.
        """
        for number, one in enumerate(found):
            if number % _LOOK == 0:
                self.client.deadline.left()
            yield one

    def _graph(self, method: str, graph: str, doing: str, **more: Any) -> Request:
        """Return a request of the Graph Store Protocol."""
        place = ((self.profile.graph_parameter, graph),)
        return Request(method, self.profile.graphs or "", doing, parameters=place, patience=None, **more)


def solutions(answer: Answer, *, of: str, doing: str, deadline: Deadline) -> Any:
    """Return an answer in the JSON of SPARQL as pyoxigraph has it, read as long as there is time.

    Args:
        answer: The answer.
        of: Who gave it.
        doing: What for, in words.
        deadline: When it must be read.

    Raises:
        StoreError: It is something else, or there is no time left.
    """
    if answer.kind not in {RESULTS, "application/json"}:
        message = f"{of}: it answered with {answer.named}, which is no SPARQL result, when asked to {doing}"
        raise StoreError(message)
    try:
        found = ox.parse_query_results(Timed(_bare(answer.data), deadline), format=ox.QueryResultsFormat.JSON)
    except (*_BROKEN, RecursionError) as error:
        message = f"{of}: it answered with a damaged SPARQL result when asked to {doing}"
        raise StoreError(message) from error
    if isinstance(found, ox.QuerySolutions) and len(found.variables) > MAX_COLUMNS:
        message = f"{of}: it answered with more than {MAX_COLUMNS:,} columns when asked to {doing}"
        raise StoreError(message)
    return found


def _bare(data: bytes) -> bytes:
    """Return the JSON of SPARQL without what an engine says beside the answer, as Comunica does; a large one stays.

    Raises:
        ValueError: It is none.
    """
    if len(data) > MAX_ODD:
        if not _HEAD.match(data):
            message = "its rows come before their columns, so all of them would be kept first"
            raise ValueError(message)
        return data
    found = json.loads(data)
    if not isinstance(found, dict) or not isinstance(head := found.get("head"), dict):
        message = "it has no head"
        raise ValueError(message)  # noqa: TRY004  (told as what cannot be read)
    if "boolean" in found:
        return json.dumps({"head": {}, "boolean": found["boolean"]}).encode()
    results = found.get("results")
    rows = results.get("bindings") if isinstance(results, dict) else None
    made = {"head": {"vars": head.get("vars", [])}, "results": {"bindings": rows}}
    return json.dumps(made, ensure_ascii=False).encode()  # escapes would make a long text longer than a parser takes


def _nonsense(store: Store, doing: str) -> str:
    return f"{store.profile.query}: it answered with something that does not fit when asked to {doing}"
