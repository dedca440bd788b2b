"""Validation: what must hold, said by SHACL shapes.

Most rules are answered here, over the whole graph at once; what is not understood to the last word is
left for pySHACL, with the same answers.
Source: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

from collections.abc import Iterable

from ivig_kg import constraints, selects
from ivig_kg.constraints import UnsureError
from ivig_kg.schema import Triple
from ivig_kg.shapes import PropertyRule, Rule, Shapes, Violation


def validate(triples: Iterable[Triple], shapes: Iterable[Triple]) -> list[Violation]:
    """Validate triples, those of the ontology among them, against shapes.

    Args:
        triples: The data, with the ontology that says which class is below which.
        shapes: The triples of the shapes.

    Returns:
        The violations, sorted; none where the data conform.

    Raises:
        ShapesError: A shape is broken or recursive, so there is no verdict.
    """
    asked, data = Shapes(shapes), constraints.Data(triples)
    store = selects.Store(data)
    done: list[Rule] = []
    found: list[Violation] = []
    for rule in asked.rules():
        try:
            found += constraints.check(rule, data) if isinstance(rule, PropertyRule) else store.check(rule)
        except UnsureError:
            continue
        done.append(rule)
    left = asked.left(done)
    if left:
        from ivig_kg import reference  # noqa: PLC0415  (rdflib and pyshacl are slow to import)

        found += reference.validate(data.triples, left)
    return sorted(found, key=lambda v: (v.focus, v.code, v.value or "", v.path or "", v.component))
