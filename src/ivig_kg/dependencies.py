"""Dependencies: what the outcome of a document depends on besides facts files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import reading, resources
from ivig_kg.resources import Project
from ivig_kg.rules import Rule


def is_apart(project: Project, derives: Iterable[Rule]) -> bool:
    """Tell whether no shape and no rule looks further than `catalogue` says: those that ship with ivig-kg do not."""
    ours = resources.shipped()
    pairs = ((project.shapes, ours / "shapes", "*.ttl"), (project.ontology / "rules", ours / "ontology/rules", "*.rq"))
    return all(rule.is_about_facts for rule in derives) and all(
        mine == theirs or _texts(mine, what) <= _texts(theirs, what) for mine, theirs, what in pairs
    )


def _texts(folder: Path, what: str) -> set[bytes]:
    """Return what the files of a folder hold; nothing for one that cannot be read, which whoever needs it tells."""
    found = set()
    for path in folder.glob(what):
        try:
            found.add(reading.content(path))
        except OSError:
            found.add(b"")
    return found


def knowledge(project: Project) -> Iterator[bytes]:
    """Yield all that an outcome depends on but the facts."""
    import yaml  # noqa: PLC0415  (keeps --help fast)

    yield repr((sys.version, ox.__version__, yaml.__version__, project.shown(project.facts))).encode()
    yield from read_by(project)


def read_by(project: Project) -> Iterator[bytes]:
    """Yield what facts are read by: the code, and the ontology, context, rules, shapes and mappings of the project."""
    folders = (
        (Path(__file__).parent, "*.py"),
        (project.ontology, "*.ttl"),
        (project.ontology, "*.jsonld"),
        (project.ontology / "rules", "*.rq"),
        (project.shapes, "*.ttl"),
    )
    for path in (*(p for folder, what in folders for p in sorted(folder.glob(what))), project.mappings):
        yield path.name.encode()
        try:
            yield reading.content(path)
        except OSError:  # whoever needs it tells that it cannot be read
            yield b""
