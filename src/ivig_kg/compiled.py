"""Compiled: the shapes asked by the package `shacl`, an engine in Rust that `ivig-kg[fast]` installs.

It names the shape of a SPARQL constraint but not the constraint, so each constraint is handed to it in
a node shape of its own. A row that a constraint returns twice is one violation, as for pySHACL. It holds
values as a store does: a graph or a query for which that makes a difference is pySHACL's.
Source: https://pypi.org/project/shacl/
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from ivig_kg.constraints import UnsureError, all_plain, as_typed
from ivig_kg.errors import ShapesError, UsageError
from ivig_kg.schema import RDF, SH, Triple
from ivig_kg.shapes import SPARQL, Shapes, Violation

_FORMAT = "ntriples"
_IRI = re.compile(r"<[^<>]*>")
_TYPE, _NODE_SHAPE = ox.NamedNode(RDF + "type"), ox.NamedNode(SH + "NodeShape")
# what says of which nodes a shape is asked, and how much it weighs
_WHOM = frozenset(
    SH + name
    for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "severity", "deactivated")
)


def validate(triples: Iterable[Triple], shapes: Shapes) -> list[Violation]:
    """Return what the package finds, in no order.

    Raises:
        ShapesError: A shape is broken, so there is no verdict.
        UsageError: The package is not installed.
        UnsureError: Only pySHACL can tell.
    """
    triples = tuple(triples)
    if not all_plain(triples):
        raise UnsureError
    engine, constraints = prepared(shapes.triples)
    try:
        report = engine.validate_text(_text(triples), format=_FORMAT)
    except ValueError as error:
        message = f"the shapes cannot be used: {error}"
        raise ShapesError(message) from error
    found = [_violation(result, shapes, constraints) for result in report.results]
    rows = dict.fromkeys(v for v in found if v.component == SPARQL)
    return [*rows, *(v for v in found if v.component != SPARQL)]


@functools.lru_cache(maxsize=4)
def prepared(triples: tuple[Triple, ...]) -> tuple[Any, dict[str, Any]]:
    """Return shapes as the package holds them, and the constraint of each node shape that was made for one.

    A shape that another one leads to keeps its constraints: there they say whether the other one holds.
    """
    try:
        import shacl  # noqa: PLC0415  (an extra)
    except ImportError as error:
        message = "the engine shacl is not installed: pip install 'ivig-kg[fast]'"
        raise UsageError(message) from error
    led_to = {t.object for t in triples}
    moved = {t for t in triples if t.predicate.value == SH + "sparql" and t.subject not in led_to}
    whom: dict[Any, list[Triple]] = {}
    for triple in triples:
        if triple.predicate.value in _WHOM:
            whom.setdefault(triple.subject, []).append(triple)
    constraints = {}
    made = [_as_typed(t) for t in triples if t not in moved]
    for number, triple in enumerate(sorted(moved, key=str)):
        own = ox.NamedNode(f"urn:constraint:{number}")
        constraints[str(own)] = triple.object
        made += [ox.Triple(own, triple.predicate, triple.object), ox.Triple(own, _TYPE, _NODE_SHAPE)]
        made += [ox.Triple(own, t.predicate, t.object) for t in whom.get(triple.subject, ())]
    try:
        return shacl.Shapes.from_text(_text(made), format=_FORMAT), constraints
    except ValueError as error:
        message = f"the shapes cannot be used: {error}"
        raise ShapesError(message) from error


def _as_typed(triple: Triple) -> Triple:
    """Return a triple of the shapes with a query that sees values as they are typed."""
    if triple.predicate.value != SH + "select":
        return triple
    text = as_typed(triple.object.value)
    if text is None:
        raise UnsureError
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(text))


def _text(triples: Iterable[Triple]) -> str:
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode("utf-8")


def _violation(result: Any, shapes: Shapes, constraints: dict[str, Any]) -> Violation:
    """Return a result of the package as a value of our own."""
    source = constraints.get(result.source_shape) or ox.NamedNode(result.source_shape.strip("<>"))
    said = shapes.described(source)
    return Violation(
        code=source.value.rpartition("/")[2],
        focus=result.focus_node.strip("<>"),
        path=result.path[1:-1] if result.path and _IRI.fullmatch(result.path) else None,
        value=result.value_plain,
        component=result.component,
        severity=result.severity,
        message=said.message or result.message or "",
        repair=said.repair,
        choices=said.choices,
    )
