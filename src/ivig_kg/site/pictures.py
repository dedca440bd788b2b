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
    properties; where these are too many, the first ones in the order of their labels.
    """
    found = sorted(_edges(readings, node), key=lambda e: (readings.said.label(e[1]), *e))[:MOST]
    if not found:
        return None
    said = readings.said
    nodes = sorted({end for start, how, to in found for end in (start, to)} | {node})
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
        "edges": [{"from": rows.link(readings, s), "how": how, "to": rows.link(readings, t)} for s, how, t in found],
    }


def _edges(readings: Readings, node: str) -> set[tuple[str, str, str]]:
    """Return the edges from and to a node: subject, what the predicate is called, object."""
    is_fact = readings.kind(node) == FACT
    found = set()
    for triple in readings.triples(node):
        target = getattr(triple.object, "value", "")
        if hasattr(triple.object, "datatype") or not target.startswith(THINGS) or triple.predicate.value in _BESIDE:
            continue
        found.add((node, rows.called(readings, triple.predicate.value), target))
    if not is_fact:
        for subject, predicate in readings.joined.get(node, []):
            found.add((subject, rows.called(readings, predicate), node))
    return found
