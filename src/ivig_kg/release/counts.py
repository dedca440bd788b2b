"""Counts: what VoID says of a set of triples, counted the same way when a release is written and when it is checked.

Source: https://www.w3.org/TR/void/#statistics
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from ivig_kg.schema import RDF


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a set of triples.

    Attributes:
        triples: How many there are.
        subjects: Distinct subjects.
        objects: Distinct objects, literals too.
        by_class: How many nodes each class has, by its IRI.
        by_property: How many triples each predicate has, by its IRI.
    """

    triples: int
    subjects: int
    objects: int
    by_class: Mapping[str, int]
    by_property: Mapping[str, int]


def count(triples: Iterable[Any]) -> Counts:
    """Count triples, each once."""
    found = {(t.subject, t.predicate, t.object) for t in triples}
    classes = collections.Counter(o.value for _, p, o in found if p.value == f"{RDF}type")
    properties = collections.Counter(p.value for _, p, _ in found)
    return Counts(
        len(found),
        len({s for s, _, _ in found}),
        len({o for _, _, o in found}),
        dict(sorted(classes.items())),
        dict(sorted(properties.items())),
    )
