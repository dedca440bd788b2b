"""Comparison: what two editions of the graph are made of, and what differs between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ivig_kg import impact
from ivig_kg.findings import Position
from ivig_kg.impact import Change, Impact
from ivig_kg.schema import Triple

Link = tuple[str, str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """A named query: its question, the columns of its answer, the rest of its text without blanks, and all of it."""

    question: str
    columns: tuple[str, ...]
    text: str
    sparql: str = dataclasses.field(compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Edition:
    """One side of a comparison.

    Attributes:
        name: What the user called it.
        stated: What the files say of nodes, mappings aside; in a release of the union what is derived too.
        derived: What follows by the rules, or None where it cannot be told apart.
        ontology: The vocabulary.
        mappings: The columns of each mapping by subject, predicate and object; none in a release.
        queries: The named queries by name, or None where the side does not hold them.
        keys: The name of each property in a facts file.
        prefixes: They shorten other IRIs.
        quads: The dataset, or the union where the side is one; none of a single facts file.
        places: Where nodes (by IRI), values (by triple) and mappings stand.
        notes: What a reader should know of this side.
        only: The ids of the nodes of a single facts file; None for all else.
    """

    name: str
    stated: frozenset[Triple]
    derived: frozenset[Triple] | None
    ontology: frozenset[Triple]
    mappings: Mapping[Link, Mapping[str, str]]
    queries: Mapping[str, Query] | None
    keys: Mapping[str, str]
    prefixes: Mapping[str, str]
    quads: tuple[Any, ...] = ()
    places: Mapping[Any, Position] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    only: frozenset[str] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One key of something that changed: the values that were taken away, and those that came."""

    key: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    change: Change
    place: Position | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was added, removed or changed.

    Attributes:
        what: fact, concept, source, passage, mapping, class, property, word, term, query, answer or direct triple.
        how: added, removed or changed.
        name: Its id.
        label: What a reader calls it.
        kind: The class of a node.
        changes: What kinds of change it is: one, or those of its fields.
        fields: Key by key, where it changed.
        place: Where it stands: in the new edition, or in the old one where it was removed.
        same_as: The id of what came, or went, with the same content.
    """

    what: str
    how: str
    name: str
    changes: tuple[Change, ...]
    label: str | None = None
    kind: str | None = None
    fields: tuple[Field, ...] = ()
    place: Position | None = None
    same_as: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two editions, sorted by what it is and its id; `notes` say what was not compared."""

    old: str
    new: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    @property
    def impact(self) -> Impact | None:
        """Whether it is a major, minor or patch change, or none."""
        return impact.heaviest(change for d in self.differences for change in d.changes)
