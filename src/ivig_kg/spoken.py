"""Spoken of: the nodes that the shapes and derivations of somebody's own name, and which nothing defines.

A shape that is asked of a misspelt id is asked of nothing, and a list of choices with one can never be met.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import definitions, grammar, mentions, originals
from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.resources import THINGS, Project, read_text
from ivig_kg.shacl import SH, Said, place
from ivig_kg.spelling import did_you_mean


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """An id that a shape or a derivation names, with its place."""

    id: str
    position: Position


def read(project: Project) -> list[Named]:
    """Return the ids that the shapes and derivations of a project name where they are not those that ship."""
    files = originals.files(project)
    known, digests = originals.shipped()["files"], originals.of_files(project)
    own = [path for path, name in zip(files, digests, strict=True) if known.get(name) != digests[name]]
    shapes = [path for path in files if path.parent == project.shapes]
    said = Said([t for path in shapes for t in definitions.turtle(definitions.text(path)).triples]) if own else Said([])
    found = []
    for path in own:
        addresses = dict.fromkeys(_of_shapes(path, said) if path in shapes else _of_rule(path))
        for name in (iri.removeprefix(THINGS) for iri in addresses if iri.startswith(THINGS) and iri != THINGS):
            line, column = place(read_text(path), name, begins=False) or (1, 1)
            found.append(Named(name, Position(project.shown(path), line, column, len(name))))
    return found


def _of_shapes(path: Path, said: Said) -> Iterator[str]:
    for subject, predicate, value in definitions.turtle(definitions.text(path)).triples:
        if isinstance(value, ox.NamedNode):
            yield value.value
        elif predicate.value == f"{SH}select":
            yield from (iri for _, iri in mentions.names(value.value, grammar.prefixes(subject, said)))


def _of_rule(path: Path) -> Iterator[str]:
    return (iri for _, iri in mentions.names(read_text(path), {}) if path.suffix == ".rq")


def findings(named: Collection[Named], *, missing: Collection[str], near: Iterable[str]) -> Iterator[Finding]:
    """Yield a warning for each place that names a node which nothing defines.

    Args:
        named: What is named.
        missing: The ids that nothing defines.
        near: Ids for hints.
    """
    for one in named:
        if one.id in missing:
            message = f"this names {quoted(one.id)}, and there is no such node"
            hint = did_you_mean(one.id, frozenset(near))
            yield Finding("rule-names-nothing", message, one.position, Severity.WARNING, hint=hint)
