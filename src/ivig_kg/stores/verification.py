"""Verification: what a store holds is compared by value with what it was sent, first aside, then as readers see it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pyoxigraph as ox

from ivig_kg.errors import StoreError
from ivig_kg.stores import catalog, values
from ivig_kg.stores.catalog import Copy, Part
from ivig_kg.stores.client import MAX_ANSWER
from ivig_kg.stores.contents import Release
from ivig_kg.stores.store import Store

BY_VALUE = 200_000  # triples of a graph that are asked for one by one through the query address
PIECE = 5_000  # triples of a piece, about, where a store cuts answers short
COUNTED = "numbers by predicate"
COMPARED = "every triple"


class ChangedError(StoreError):
    """A release that the store has is not what was loaded."""


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """A graph that was compared; `seen` says how it was as readers see it, None where they were not asked yet."""

    name: str
    keys: frozenset[str]
    seen: str | None = None


def staged(store: Store, copy: Copy, release: Release) -> tuple[Compared, ...]:
    """Compare the graphs of a release that was sent with what the store gives back.

    Raises:
        StoreError: They differ, or the store cannot be asked.
    """
    found = []
    for part, graph in zip(copy.parts, release.graphs, strict=True):
        if told := values.difference(graph.keys, _given_back(store, part)):
            message = f"{store.profile.graphs}: it did not keep the graph {part.name} as it was sent: {told}"
            raise StoreError(message)
        found.append(Compared(part.name, graph.keys))
    return tuple(found)


def kept(store: Store, copy: Copy) -> tuple[Compared, ...]:
    """Compare the graphs of a release that the store has with what the catalog says of them.

    Raises:
        ChangedError: They differ.
        StoreError: The store cannot be asked.
    """
    found = []
    for part in copy.parts:
        keys = _given_back(store, part)
        if (len(keys), values.digest(keys)) != (part.triples, part.digest):
            message = (
                f"{store.profile.graphs}: release {copy.version} is not in the store as it was loaded: "
                f"its graph {part.name} has changed"
            )
            raise ChangedError(message)
        found.append(Compared(part.name, keys))
    return tuple(found)


def _given_back(store: Store, part: Part) -> frozenset[str]:
    """Return a graph as the store gives it back, piece by piece where it cuts the whole short.

    Where it has more triples than it should, one more than that, whatever else comes: the rest would fill the memory.
    """
    found = values.keys(store.get(part.place, doing=f"give back the graph {part.name}"), most=part.triples)
    return found if len(found) >= part.triples or not found else found | _in_pieces(store, part)


def _in_pieces(store: Store, part: Part) -> frozenset[str]:
    """Return a graph by the first digits of a hash of its subjects; some stores cut answers at 10,000 rows."""
    digits = 1 if part.triples <= PIECE * 16 else 2
    found: set[str] = set()
    for number in range(16**digits):
        chosen = f'FILTER (SUBSTR(MD5(STR(?s)), 1, {digits}) = "{number:0{digits}x}")'
        found |= _asked(store, part, chosen)
        if len(found) > part.triples:
            break
    return frozenset(found)


def _asked(store: Store, part: Part, chosen: str = "") -> frozenset[str]:
    """Return triples of a graph as the query address gives them; see `_given_back`."""
    doing = f"show the graph {part.name}"
    text = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{part.place}> {{ ?s ?p ?o }} {chosen} }}"
    rows = store.each_row(text, "s", "p", "o", doing=doing, most=MAX_ANSWER)
    try:
        return values.keys((ox.Triple(*row) for row in rows), most=part.triples)
    except (TypeError, ValueError) as error:
        message = f"{store.profile.query}: it answered with something that is no triple when asked to {doing}"
        raise StoreError(message) from error


def public(store: Store, copy: Copy, compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """Compare the live release, as the query address gives it, with what was sent.

    Raises:
        StoreError: It is another one, or differs, or the store cannot be asked.
    """
    found = catalog.read(store)
    if found.current != copy.iri or found.copies.get(copy.iri) != copy:
        message = f"{store.profile.query}: it does not show the new release as the live one"
        raise StoreError(message)
    return tuple(_seen(store, part, one) for part, one in zip(copy.parts, compared, strict=True))


def _seen(store: Store, part: Part, wanted: Compared) -> Compared:
    """Compare one graph as readers see it: triple by triple, or by numbers where it is very large."""
    if part.triples > BY_VALUE:
        _counted(store, part, wanted)
        return dataclasses.replace(wanted, seen=COUNTED)
    found = _asked(store, part)
    if found and len(found) < part.triples:
        found |= _in_pieces(store, part)
    if told := values.difference(wanted.keys, found):
        raise StoreError(_differs(store, part, told))
    return dataclasses.replace(wanted, seen=COMPARED)


def _counted(store: Store, part: Part, wanted: Compared) -> None:
    """Compare how often each predicate stands in a graph."""
    numbers: dict[str, int] = {}
    for text in wanted.keys:
        predicate = text.split(" ", 2)[1]
        numbers[predicate] = numbers.get(predicate, 0) + 1
    text = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ GRAPH <{part.place}> {{ ?s ?p ?o }} }} GROUP BY ?p"
    try:
        found = {str(p): int(n.value) for p, n in store.rows(text, "p", "n", doing=f"count the graph {part.name}")}
    except ValueError as error:
        message = f"{store.profile.query}: it answered with something that is no number when asked to count"
        raise StoreError(message) from error
    if found != numbers:
        told = f"it has {sum(found.values()):,} of {part.triples:,} triples"
        raise StoreError(_differs(store, part, told))


def _differs(store: Store, part: Part, told: str) -> str:
    return f"{store.profile.query}: readers do not see the graph {part.name} as it was sent: {told}"
