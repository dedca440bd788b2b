"""Indexed: triples by subject and property, and the classes of their subjects."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from typing import Any

import pyoxigraph as ox

from ivig_kg.hierarchy import above
from ivig_kg.kept import Kept
from ivig_kg.schema import RDF, RDFS, Triple


@dataclasses.dataclass(frozen=True, slots=True)
class Fixed:
    """Triples that come again and again in the same tuple.

    Attributes:
        triples: All of them.
        values: The values by subject and property.
        quads: The triples for the graph of a store that has no name.
        literals: The literals that they state.
    """

    triples: frozenset[Triple]
    values: dict[tuple[Any, str], list[Any]]
    quads: tuple[ox.Quad, ...]
    literals: frozenset[ox.Literal]


def _sorted(triples: tuple[Triple, ...]) -> Fixed:
    values: dict[tuple[Any, str], list[Any]] = {}
    once = dict.fromkeys(triples)
    for triple in once:
        values.setdefault((triple.subject, triple.predicate.value), []).append(triple.object)
    literals = frozenset(t.object for t in once if isinstance(t.object, ox.Literal))
    return Fixed(frozenset(once), values, tuple(ox.Quad(*t) for t in once), literals)


fixed: Kept[tuple[Triple, ...], Fixed] = Kept(_sorted)


class Data:
    """Triples by subject and property, and the classes of their subjects."""

    def __init__(
        self, triples: Iterable[Triple], about: Collection[Any] | None = None, same: tuple[Triple, ...] = ()
    ) -> None:
        """Sort the triples.

        Args:
            triples: All of them.
            about: The nodes that are judged; all where there is None.
            same: Those among them that come again and again in the same tuple, and are sorted once.
        """
        self._about = about
        self._judged: dict[frozenset[str], set[Any]] = {}
        self.triples = tuple(dict.fromkeys(triples))
        self.fixed = fixed(same)
        self.own = [t for t in self.triples if t not in self.fixed.triples]
        self._values: dict[tuple[Any, str], list[Any]] = dict(self.fixed.values)
        self._members: dict[str, list[Any]] = {}
        self._types: dict[Any, set[str]] = {}
        for triple in self.own:
            key = (triple.subject, triple.predicate.value)
            if key in self.fixed.values and self._values[key] is self.fixed.values[key]:
                self._values[key] = [*self._values[key]]
            self._values.setdefault(key, []).append(triple.object)
        direct: dict[str, list[str]] = {}
        for (subject, predicate), objects in self._values.items():
            if predicate == RDFS + "subClassOf":
                direct.setdefault(subject.value, []).extend(value.value for value in objects)
        wider = above(direct)
        for (subject, predicate), kinds in self._values.items():
            if predicate == RDF + "type":
                found = {k.value for k in kinds}
                self._types[subject] = found.union(*(wider.get(k, ()) for k in found))
                for kind in self._types[subject]:
                    self._members.setdefault(kind, []).append(subject)

    def values(self, node: Any, *paths: str) -> list[Any]:
        """Return the values that a node has for some properties, each once."""
        if len(paths) == 1:
            return self._values.get((node, paths[0]), [])
        return list(dict.fromkeys(v for path in paths for v in self._values.get((node, path), [])))

    def members(self, classes: Iterable[str]) -> set[Any]:
        """Return the nodes of some classes and the classes below them."""
        return {node for kind in classes for node in self._members.get(kind, [])}

    def judged(self, classes: frozenset[str]) -> set[Any]:
        """Return the members of some classes that are judged."""
        if classes not in self._judged:
            found = self.members(classes)
            self._judged[classes] = found if self._about is None else found.intersection(self._about)
        return self._judged[classes]

    def is_a(self, node: Any, kind: str) -> bool:
        """Tell whether a node belongs to a class or to one below it."""
        return kind in self._types.get(node, ())
