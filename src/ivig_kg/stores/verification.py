"""Verification: what a store holds is compared by value with what it was sent, first aside, then as readers see it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pyoxigraph as ox

from ivig_kg.errors import StoreError
from ivig_kg.stores import catalog, values
from ivig_kg.stores.catalog import Copy, Part
from ivig_kg.stores.contents import Release
from ivig_kg.stores.store import Store

BY_VALUE = 200_000  # triples of a graph that are asked for one by one through the query address
COUNTED = "the store answers so many rows at most: counted by predicate"
COMPARED = "every triple"


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
    return tuple(_same(store, part, graph.keys) for part, graph in zip(copy.parts, release.graphs, strict=True))


def _same(store: Store, part: Part, wanted: frozenset[str]) -> Compared:
    found = values.keys(store.get(part.place, doing=f"give back the graph {part.name}"))
    if told := values.difference(wanted, found):
        message = f"{store.profile.graphs}: it did not keep the graph {part.name} as it was sent: {told}"
        raise StoreError(message)
    return Compared(part.name, wanted)


def kept(store: Store, copy: Copy) -> tuple[Compared, ...]:
    """Compare the graphs of a release that the store has with what the catalog says of them.

    Raises:
        StoreError: They differ, or the store cannot be asked.
    """
    found = []
    for part in copy.parts:
        keys = values.keys(store.get(part.place, doing=f"give back the graph {part.name}"))
        if (len(keys), values.digest(keys)) != (part.triples, part.digest):
            message = (
                f"{store.profile.graphs}: release {copy.version} is not in the store as it was loaded: "
                f"its graph {part.name} has changed"
            )
            raise StoreError(message)
        found.append(Compared(part.name, keys))
    return tuple(found)


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
    """Compare one graph as readers see it: triple by triple, or by numbers where the store cuts answers short."""
    doing = f"show the graph {part.name}"
    if part.triples <= BY_VALUE:
        text = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{part.place}> {{ ?s ?p ?o }} }}"
        rows = store.rows(text, "s", "p", "o", doing=doing)
        try:
            found = values.keys(ox.Triple(*row) for row in rows)
        except (TypeError, ValueError) as error:
            message = f"{store.profile.query}: it answered with something that is no triple when asked to {doing}"
            raise StoreError(message) from error
        if len(found) >= len(wanted.keys) or found - wanted.keys:
            if told := values.difference(wanted.keys, found):
                raise StoreError(_differs(store, part, told))
            return dataclasses.replace(wanted, seen=COMPARED)
    _counted(store, part, wanted)
    return dataclasses.replace(wanted, seen=COUNTED)


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
