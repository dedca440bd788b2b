"""Validation: what must hold, said by SHACL shapes, and asked by one of three engines with one answer.

`sets` answers most rules over the whole graph at once; what it does not understand to the last word is
left for pySHACL. `pyshacl` is the reference. `shacl` is an engine in Rust, an extra.
Source: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from ivig_kg import compiled, confinement, constraints, originals, selects
from ivig_kg.bounds import PATIENCE, SECONDS, Limits, told
from ivig_kg.constraints import UnsureError
from ivig_kg.findings import quoted
from ivig_kg.indexed import Data
from ivig_kg.kept import Kept
from ivig_kg.schema import SH, Triple
from ivig_kg.shapes import QUERIES, PropertyRule, Rule, Shapes, Violation

_PACE = 1_000  # triples for each second more that pySHACL may take
_REPEATS = re.compile(r"[*+{]")  # a pattern without it is looked for quickly
ENGINES = ("sets", "pyshacl", "shacl")


def validate(
    triples: Iterable[Triple],
    shapes: Iterable[Triple],
    *,
    engine: str = "sets",
    about: Collection[Any] | None = None,
    same: tuple[Triple, ...] = (),
) -> list[Violation]:
    """Validate triples, those of the ontology among them, against shapes.

    Args:
        triples: The data, with the ontology that says which class is below which.
        shapes: The triples of the shapes.
        engine: One of `ENGINES`.
        about: The nodes that are judged, beside others that they are judged by; all where there is None.
        same: Data that come again and again in the same tuple, which is sorted once.

    Returns:
        The violations, sorted; none where the data conform.

    Raises:
        ShapesError: A shape is broken or recursive, so there is no verdict.
        LimitError: A query among the shapes takes too long.
        UsageError: The engine is not installed.
    """
    asked, triples = _shapes(tuple(shapes)), tuple(triples)
    if patterns := _own_patterns(asked):
        limits = Limits(seconds=(PATIENCE if engine == ENGINES[0] else SECONDS) + len(triples) // _PACE)
        with told(limits, lambda: f"what the shapes ask with the pattern {quoted(patterns[0])}", options=False):
            given = (triples, asked.triples, engine, None if about is None else tuple(about))
            found = confinement.bounded(_anew, given, seconds=limits.seconds)
    else:
        found = _found(triples, asked, engine, about, same)
    if about is not None:
        judged = {node.value for node in about}
        found = [violation for violation in found if violation.focus in judged]
    return sorted(found, key=lambda v: (v.focus, v.code, v.value or "", v.path or "", v.component))


def _found(
    triples: tuple[Triple, ...],
    asked: Shapes,
    engine: str,
    about: Collection[Any] | None,
    same: tuple[Triple, ...] = (),
) -> list[Violation]:
    try:
        return _at_once(triples, asked, about, same) if engine == ENGINES[0] else _ENGINES[engine](triples, asked)
    except UnsureError:
        return _by_pyshacl(triples, asked)


def _anew(given: tuple[tuple[Triple, ...], Iterable[Triple], str, Collection[Any] | None]) -> list[Violation]:
    """Validate in a process of its own, since one can write a pattern that is looked for without end."""
    triples, shapes, engine, about = given
    return _found(triples, Shapes(shapes), engine, about)


def _by_pyshacl(triples: Iterable[Triple], asked: Shapes) -> list[Violation]:
    from ivig_kg import reference  # noqa: PLC0415  (rdflib and pyshacl are slow to import)

    return reference.validate(triples, asked.triples)


_shapes: Kept[tuple[Triple, ...], Shapes] = Kept(Shapes)
_own_patterns: Kept[Shapes, list[str]] = Kept(
    lambda asked: [
        t.object.value
        for t in asked.triples
        if t.predicate.value == f"{SH}pattern" and _REPEATS.search(t.object.value)
        if not originals.is_shipped(t.object.value)
    ]
)
_rest: Kept[Shapes, list[Triple]] = Kept(lambda asked: asked.left(asked.rules))


def _at_once(
    triples: Iterable[Triple], asked: Shapes, about: Collection[Any] | None, same: tuple[Triple, ...]
) -> list[Violation]:
    """Answer what is understood to the last word, and have pySHACL answer the rest."""
    data = Data(triples, about, same)
    store = selects.Store(data)
    done: list[Rule] = []
    found: list[Violation] = []
    for rule in asked.rules:
        try:
            found += constraints.check(rule, data) if isinstance(rule, PropertyRule) else store.check(rule)
        except UnsureError:
            continue
        done.append(rule)
    left = _rest(asked) if len(done) == len(asked.rules) else asked.left(done)
    if any(t.predicate.value in QUERIES for t in left):
        return found + _bounded(data.triples, left)
    return found + _by_pyshacl(data.triples, Shapes(left)) if left else found


def _bounded(triples: Collection[Triple], left: Iterable[Triple]) -> list[Violation]:
    """Have pySHACL answer in a process of its own, since a query among the shapes may never end."""
    limits = Limits(seconds=SECONDS + len(triples) // _PACE)
    with told(limits, lambda: "what pySHACL is asked, since only it can tell,", options=False):
        return confinement.bounded(_in_child, (tuple(triples), tuple(left)), seconds=limits.seconds)


def _in_child(given: tuple[Iterable[Triple], Iterable[Triple]]) -> list[Violation]:
    triples, left = given
    return _by_pyshacl(triples, Shapes(left))


_ENGINES = {"pyshacl": _by_pyshacl, "shacl": compiled.validate}
