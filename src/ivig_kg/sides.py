"""Sides: an edition with its triples grouped by node and property, and how its terms are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from ivig_kg.comparison import Edition
from ivig_kg.findings import Position
from ivig_kg.hierarchy import above
from ivig_kg.impact import Values
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import RDF, RDFS, SKOS, Triple

TYPE = RDF + "type"


class Side:
    """One edition, its triples grouped by node and property.

    Args:
        edition: What to group.
        known: The properties that a facts file can state.
        merged: Whether aliases and classes that are derived count as stated, because the other side does not tell.
    """

    def __init__(self, edition: Edition, *, known: Collection[str], merged: bool) -> None:
        def states(triple: Triple) -> bool:
            """Tell whether a facts file can state a triple."""
            iri = triple.predicate.value
            return iri == TYPE or iri in known or iri.startswith(VOCABULARY)

        derived = edition.derived or frozenset()
        everything = edition.stated | derived if merged else edition.stated
        stated = frozenset(t for t in everything if states(t))
        self.places: Mapping[Any, Position] = edition.places
        self.direct = (everything | derived) - stated
        self.terms = grouped(t for t in edition.ontology if t.subject.value.startswith(VOCABULARY))
        self.nodes = grouped(stated)
        self._wider = above(
            {iri: [t.value for t in values.get(RDFS + "subClassOf", ())] for iri, values in self.terms.items()}
        )
        for values in self.nodes.values():
            values[TYPE] = self._narrowest(values.get(TYPE, frozenset()))

    def _narrowest(self, classes: frozenset[Any]) -> frozenset[Any]:
        """Return classes without those that are above another one of them: they are derived."""
        wider = {w for c in classes for w in self._wider.get(c.value, frozenset()) - {c.value}}
        return frozenset(c for c in classes if c.value not in wider)

    def classes(self, iri: str) -> frozenset[Any]:
        """Return the classes of a node."""
        return self.nodes.get(iri, {}).get(TYPE, frozenset())

    def sort(self, iri: str) -> str:
        """Return what a node is: fact, source, passage or concept."""
        own = {c.value for c in self.classes(iri)}
        all_ = own.union(*(self._wider.get(c, frozenset()) for c in own))
        return next((n.lower() for n in ("Fact", "Source", "Passage") if VOCABULARY + n in all_), "concept")

    def label(self, iri: str) -> str | None:
        """Return the label of a node; a passage has its section."""
        values = self.nodes.get(iri, {})
        names = values.get(SKOS + "prefLabel") or values.get(VOCABULARY + "section") or frozenset()
        return min((t.value for t in names), default=None)

    def place(self, iri: str, predicate: str, terms: Iterable[Any]) -> Position | None:
        """Return the first place of some values of a node."""
        made = (ox.Triple(ox.NamedNode(iri), ox.NamedNode(predicate), t) for t in terms)
        return min((self.places[t] for t in made if t in self.places), default=None)


def grouped(triples: Iterable[Triple]) -> dict[str, Values]:
    """Return the values of every property of every subject."""
    found: dict[str, dict[str, set[Any]]] = {}
    for triple in triples:
        found.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, set()).add(triple.object)
    return {s: {p: frozenset(terms) for p, terms in values.items()} for s, values in found.items()}


class Names:
    """How terms are shown: ids and words as a curator writes them, everything else by its prefix."""

    def __init__(self, *, keys: Mapping[str, str], prefixes: Mapping[str, str]) -> None:
        self.keys = keys
        self.prefixes = sorted(((len(iri), prefix, iri) for prefix, iri in prefixes.items()), reverse=True)

    def show(self, term: Any) -> str:
        """Return a term as it stands in a facts file."""
        if not isinstance(term, ox.NamedNode):
            return str(term.value)
        iri = term.value
        return iri.removeprefix(THINGS) if iri.startswith(THINGS) else self.short(iri).removeprefix("ivig:")

    def short(self, iri: str) -> str:
        """Return an IRI by the longest prefix that fits."""
        fits = ((length, prefix) for length, prefix, start in self.prefixes if iri.startswith(start) and iri != start)
        length, prefix = next(fits, (0, ""))
        return f"{prefix}:{iri[length:]}" if length else iri

    def key(self, predicate: str) -> str:
        """Return a property as the key of a facts file, else by its prefix."""
        return "type" if predicate == TYPE else self.keys.get(predicate, self.short(predicate))

    def shown(self, gone: Iterable[Any], new: Iterable[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return values as text, in full where two that differ look alike."""
        gone, new = frozenset(gone), frozenset(new)
        old_texts, new_texts = (tuple(sorted(map(self.show, terms))) for terms in (gone, new))
        if set(old_texts) & set(new_texts):
            return tuple(sorted(map(str, gone))), tuple(sorted(map(str, new)))
        return old_texts, new_texts
