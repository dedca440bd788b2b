"""Pictures: the neighbourhood of a node, as data for a drawing and as rows of the table beside it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ivig_kg.release.statements import local
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.site import documents, rows
from ivig_kg.site.readings import FACT, Readings

MOST = 40  # edges of a picture: more cannot be read
_BESIDE = frozenset({f"{VOCABULARY}evidence", f"{VOCABULARY}status", f"{VOCABULARY}inSource"})


def of(readings: Readings, node: str) -> dict[str, Any] | None:
    """Return the picture of a node, and the table that says the same; None where it has no neighbour.

    A fact is joined to what it names. A concept is joined to what it is joined to by direct triples and by its own
    properties. The table has all of it; where there is too much, the drawing has the first of it.
    """
    said = readings.said
    every = sorted(_edges(readings, node), key=lambda e: (e[1], said.label(e[0]), said.label(e[2]), *e))
    if not every:
        return None
    found = every[:MOST]
    nodes = sorted({end for start, _, to in found for end in (start, to)} | {node})
    drawn = {
        "nodes": [
            {"id": local(n), "label": said.label(n), "path": readings.path(n), **({"centre": 1} if n == node else {})}
            for n in nodes
        ],
        "edges": [
            {"id": f"e{number}", "source": local(start), "target": local(to), "label": how}
            for number, (start, how, to) in enumerate(found)
        ],
    }
    return {
        "json": Markup(documents.in_script(drawn)),  # noqa: S704  (no `<` is left in it)
        "edges": [{"from": rows.link(readings, s), "how": how, "to": rows.link(readings, t)} for s, how, t in every],
        "drawn": len(found),
    }


def _edges(readings: Readings, node: str) -> set[tuple[str, str, str]]:
    """Return the edges from and to a node: subject, what the predicate is called, object."""
    is_fact = readings.kind(node) == FACT
    found = set()
    for triple in readings.triples(node):
        target = getattr(triple.object, "value", "")
        if hasattr(triple.object, "datatype") or not target.startswith(THINGS) or triple.predicate.value in _BESIDE:
            continue
        found.add((node, _how(readings, node, triple.predicate.value, target), target))
    if not is_fact:
        for subject, predicate in readings.joined.get(node, []):
            found.add((subject, _how(readings, subject, predicate, node), node))
    return found


def _how(readings: Readings, subject: str, predicate: str, target: str) -> str:
    """Return what a predicate is called; of what follows by a rule and is not stated, that too."""
    stated = any((p, v.value) == (predicate, target) for p, v in readings.said.stated(subject))
    return rows.called(readings, predicate) + ("" if stated else " (derived)")
