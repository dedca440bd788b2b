"""Remote: a question answered by a live store, over the graphs of the release that is live there."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pyoxigraph as ox

from ivig_kg import patterns
from ivig_kg.errors import StoreError
from ivig_kg.resources import GRAPHS
from ivig_kg.stores import catalog, masking
from ivig_kg.stores.client import Answer
from ivig_kg.stores.contents import NAMES
from ivig_kg.stores.store import TRIPLES, Store, solutions

MOST = 1_000_000  # rows or triples of an answer, which take up to a kilobyte each
MAX_MASKED = 1 << 24  # bytes of an answer that secrets are taken out of, with as many cells as it may have rows
_DOING = "answer the question"
_ROOM = 1 << 22  # characters of a text that can be parsed in any case: a parser of rows takes 8 MiB
_Read = TypeVar("_Read")


def graphs(store: Store) -> list[str]:
    """Return the graphs of the release that is live in a store, or none where its default graph has the data.

    Where no catalog says which they are, they have the fixed names, or what is asked is the default graph.
    """
    live = catalog.read(store).live
    if live:
        return [part.place for part in live.parts]
    names = [GRAPHS + name for name in NAMES]
    listed = " ".join(f"<{name}>" for name in names)
    found = store.rows(
        f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {listed} }} GRAPH ?g {{ ?s ?p ?o }} }}", "g", doing="show its graphs"
    )
    return sorted(term.value for (term,) in found)


def ask(text: str, *, store: Store, prefixes: Mapping[str, str]) -> Any:
    """Answer a SPARQL query by a live store; the default graph is the release that is live.

    Args:
        text: SELECT, ASK, CONSTRUCT or DESCRIBE.
        store: The store.
        prefixes: Prefixes that the text may use without declaring them.

    A question that names its graphs (FROM) is asked over these. A secret that the store repeats is taken out of
    the answer, and `store.repeated` says so.

    Returns:
        The answer as pyoxigraph gives it.

    Raises:
        StoreError: The store refused, answered with something else or too much, or cut the answer short.
    """
    outline = patterns.outline(text)
    added = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items() if name not in outline.declared)
    over = [] if outline.names_graphs else graphs(store)
    if outline.form not in {"CONSTRUCT", "DESCRIBE"}:
        return _rows(store, added + text, over, form=outline.form)
    answer = store.query(added + text, doing=_DOING, graphs=over, accept=f"{TRIPLES}, text/turtle;q=0.5")
    if answer.kind not in {TRIPLES, "text/plain", "text/turtle"}:
        message = f"{store.profile.query}: it answered with {answer.named}, and triples were asked for"
        raise StoreError(message)
    try:
        made = ox.Store()
        for quad in _bounded(store, store.parsed(answer, ox.RdfFormat.TURTLE)):
            made.add(quad)
            _note(store, quad.triple)
        if store.repeated:
            _maskable(store, answer)
            made = masking.triples(made, functools.partial(_hidden, store), store.client.deadline)
        return made.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    except (SyntaxError, ValueError) as error:
        message = f"{store.profile.query}: it answered with damaged triples"
        raise StoreError(message) from error
    except MemoryError as error:
        raise StoreError(_long(store)) from error


def _rows(store: Store, text: str, over: Sequence[str], *, form: str) -> Any:
    """Return the answer to SELECT or ASK, read to its end before any of it is used."""
    answer = store.query(text, doing=_DOING, graphs=over)
    found = _solutions(store, answer)
    if isinstance(found, ox.QueryBoolean):
        if form == "ASK":
            return found
        message = f"{store.profile.query}: it answered with yes or no when asked for rows"
        raise StoreError(message)
    try:
        first, number = None, 0
        for row in _bounded(store, map(list, found)):
            first = first or row
            number += 1
            _note(store, *row)
        _note(store, *found.variables)
    except (SyntaxError, ValueError) as error:
        message = f"{store.profile.query}: it answered with damaged rows when asked to {_DOING}"
        raise StoreError(message) from error
    except MemoryError as error:
        raise StoreError(_long(store)) from error
    if form == "ASK":
        return _boolean(first)
    if answer.most is not None and number >= answer.most:
        message = (
            f"{store.profile.query}: it gives {answer.most:,} rows at most, and these are as many, so some may be "
            "missing; ask for fewer at a time (LIMIT, OFFSET)"
        )
        raise StoreError(message)
    again = _solutions(store, answer)
    if not store.repeated:
        return again
    _maskable(store, answer, cells=number * len(found.variables))
    return masking.rows(again, functools.partial(_hidden, store), store.client.deadline)


def _solutions(store: Store, answer: Answer) -> Any:
    return solutions(answer, of=store.profile.query, doing=_DOING, deadline=store.client.deadline)


def _maskable(store: Store, answer: Answer, *, cells: int = 0) -> None:
    """Raise StoreError where an answer is so large that taking secrets out of it costs more than it is worth."""
    if len(answer.data) > MAX_MASKED or cells > MOST:
        message = (
            f"{store.profile.query}: it repeats what it was told of who asks, in an answer too large to hide it in"
        )
        raise StoreError(message)


def _bounded(store: Store, found: Iterable[_Read]) -> Iterator[_Read]:
    """Yield the rows or triples of an answer, as long as there is time and they are not too many."""
    for number, one in enumerate(store.in_time(found)):
        if number >= MOST:
            message = f"{store.profile.query}: it answered more than {MOST:,} rows or triples; ask for fewer (LIMIT)"
            raise StoreError(message)
        yield one


def _note(store: Store, *terms: Any) -> None:
    """Note whether a secret stands in terms."""
    store.repeated = store.repeated or any(_hidden(store, text) != text for text in map(str, terms))


def _hidden(store: Store, text: str) -> str:
    """Return a text without secrets, as long as there is time: it may be long, and they are looked for in each."""
    store.client.deadline.left()
    told = store.hidden(text)
    if len(told) > max(len(text), _ROOM):  # a short secret, again and again
        raise StoreError(_long(store))
    return told


def _long(store: Store) -> str:
    """Return the sentence on a text that the parser of answers does not hold."""
    return f"{store.profile.query}: it answered with a text of more than 8 MiB, or more than there is memory for"


def _boolean(row: Sequence[Any] | None) -> Any:
    """Return the answer to ASK where a store gives it as a row with a number, as Virtuoso does."""
    said = str(any(term is not None and term.value not in {"0", "false"} for term in row or ())).lower()
    return ox.parse_query_results(f'{{"head": {{}}, "boolean": {said}}}', format=ox.QueryResultsFormat.JSON)
