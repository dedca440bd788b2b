"""Editions: the two sides of a comparison, read from a folder, a facts file, a git revision or a release."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import folders, ids, inquiry, loading, reading, resources, revisions, sparql, syntax, terms, workplaces
from ivig_kg import schema as vocabulary
from ivig_kg.compare import compare
from ivig_kg.comparison import Comparison, Edition, Link, Query
from ivig_kg.errors import FactsError, IvigKgError, LimitError, ShapesError, UsageError
from ivig_kg.export import NAME
from ivig_kg.findings import Position, Severity, ordered
from ivig_kg.loading import Loaded
from ivig_kg.resources import GRAPHS, THINGS, Project
from ivig_kg.schema import SKOS, Form, Schema, Triple

FORMATS = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}

_MATCHES = frozenset(SKOS + kind + "Match" for kind in ("exact", "close", "broad", "narrow", "related"))


def differences(old: str, new: str | None, *, project: Project) -> Comparison:
    """Compare two editions, each named by a path or a git revision.

    Args:
        old: A folder with facts/ in it, a facts file, a folder or file of exports, or a revision of the
            git repository that the project stands in; a path that exists goes before a revision.
        new: The same; without one, the project as it is.
        project: The project at hand: its context names keys, and its repository has the revisions.

    Raises:
        UsageError: A side is neither a path nor a revision.
        FactsError: A side cannot be read.
        ShapesError: Ontology, context or queries of a side cannot be used.
    """
    return compare(read(old, project=project), _of_project(project) if new is None else read(new, project=project))


def read(name: str, *, project: Project) -> Edition:
    """Read one side; see `differences`."""
    path = Path(name)
    try:
        path.exists()
    except OSError as error:
        message = f"{name}: cannot be read: {error.strerror}"
        raise UsageError(message) from error
    folders.refuse_closed(path)
    if (path / "facts").is_dir():
        return _of_project(resources.locate(path), name=name)
    for folder in (path, path / "exports"):
        folders.refuse_closed(folder)
        release = next((p for form in FORMATS if (p := folder / f"{NAME}.{form}").is_file()), None)
        if release:
            queries = path / "ontology/queries"
            _refuse_links(path, (folder, release, queries.parent, queries, *queries.glob("*")))
            held = _queries(queries) if folder != path and queries.is_dir() else None
            return _of_release(release, name=name, project=project, queries=held)
    suffix = path.suffix.lower().removeprefix(".")
    if path.is_file() and suffix in FORMATS:
        return _of_release(path, name=name, project=project)
    if path.is_file() and suffix in {"yaml", "yml"}:
        return _of_file(path, name=name, project=project)
    if path.is_file():
        message = f"{name}: this is neither a facts file (.yaml) nor an export (.{', .'.join(FORMATS)})"
        raise UsageError(message)
    return _of_revision(name, project=project)


def _refuse_links(folder: Path, paths: Iterable[Path]) -> None:
    """Raise where what was received would have another file of this machine read and shown."""
    inside = [os.path.realpath(folder)]
    for path in paths:
        folders.refuse_outside(path, inside, of="what was received")


@dataclasses.dataclass(frozen=True, slots=True)
class _Revision(Project):
    """A project as it was at a revision, unpacked into a folder that nobody needs to see."""

    revision: str

    def shown(self, path: Path) -> str:
        """Return a file's name as git has it: `v0.1.0:facts/sources/hig.yaml`."""
        return f"{self.revision}:{path.relative_to(self.home).as_posix()}"


def _of_revision(name: str, *, project: Project) -> Edition:
    if project.is_shipped:
        message = f"`{name}` is no file or folder, and without facts/ here or above there is no repository to ask"
        raise UsageError(message)
    with workplaces.apart() as home:
        revisions.unpack(name, home=project.home, into=home)
        found = resources.locate(home)
        try:
            return _of_project(_Revision(home, found.facts, found.ontology, found.shapes, name), name=name)
        except IvigKgError as error:
            raise type(error)(str(error).replace(f"{home}/", f"{name}:")) from error


def _of_project(project: Project, *, name: str | None = None) -> Edition:
    loaded = loading.load(project)
    _refuse_unreadable(loaded, project.shown(project.facts))
    triples = _Triples(loaded.quads)
    notes = _notes(loaded, None)
    rows = {_link(row, loaded.prefixes): row for row in loaded.table.rows}
    return Edition(
        name=name or project.shown(project.home),
        stated=triples.stated,
        derived=triples.derived,
        ontology=frozenset(loaded.schema.ontology),
        mappings={link: row.cells for link, row in rows.items()},
        queries=_queries(project.ontology / "queries"),
        quads=loaded.quads,
        keys=_keys(loaded.schema),
        prefixes=loaded.prefixes,
        places=_places(loaded) | {link: row.at("object_id") for link, row in rows.items()},
        notes=notes,
    )


def _of_file(path: Path, *, name: str, project: Project) -> Edition:
    """Return the nodes of one facts file, read with the project at hand around it."""
    loaded = loading.load(project, extra=[path])
    shown = project.shown(path)
    _refuse_unreadable(loaded, shown)
    own = frozenset(i.text for i, _ in ids.defined(d for d in loaded.documents if d.path == shown))
    stated = (t for t in _Triples(loaded.quads).stated if t.subject.value.removeprefix(THINGS) in own)
    return Edition(
        name=name,
        stated=frozenset(stated),
        derived=frozenset(),
        ontology=frozenset(loaded.schema.ontology),
        mappings={},
        queries=None,
        keys=_keys(loaded.schema),
        prefixes=loaded.prefixes,
        places=_places(loaded),
        notes=_notes(loaded, shown),
        only=own,
    )


def _of_release(path: Path, *, name: str, project: Project, queries: Mapping[str, Query] | None = None) -> Edition:
    """Return what an export holds: the dataset, or the union, in which derived triples are not told apart."""
    try:
        quads = list(syntax.parse(reading.content(path), FORMATS[path.suffix.lower().removeprefix(".")]))
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise FactsError(message) from error
    except SyntaxError as error:
        message = f"{path}:{error.lineno or 1}:{error.offset or 1}: this is not an export: {error.msg}"
        raise FactsError(message) from error
    except MemoryError as error:  # of a parser
        message = f"{path}: this is not an export: it has a text or an address of more than 16 MiB"
        raise FactsError(message) from error
    triples = _Triples(quads)
    if not triples.stated:
        message = f"{path}: no fact, concept or source of ivig-kg is in this file"
        raise FactsError(message)
    schema = vocabulary.load(project)
    table = terms.read(project.mappings, shown=project.shown(project.mappings))
    return Edition(
        name=name,
        stated=triples.stated,
        derived=triples.derived or None,
        ontology=triples.ontology,
        mappings={link: {} for link in triples.mappings},
        queries=queries,
        quads=tuple(quads),
        keys=_keys(schema),
        prefixes=table.prefixes | schema.prefixes,
    )


class _Triples:
    """Quads of a project or a release, sorted into what an edition is made of."""

    def __init__(self, quads: Iterable[Any]) -> None:
        named = {(q.triple, getattr(q.graph_name, "value", "")) for q in quads}
        of_things = {t: g for t, g in named if getattr(t.subject, "value", "").startswith(THINGS)}
        self.derived = frozenset(t for t, g in of_things.items() if g == GRAPHS + "derived")
        links = frozenset(t for t in of_things if t.predicate.value in _MATCHES)
        self.mappings: set[Link] = {(t.subject.value, t.predicate.value, t.object.value) for t in links}
        self.stated: frozenset[Triple] = frozenset(of_things) - self.derived - links
        ours = (t for t, _ in named if isinstance(t.subject, ox.NamedNode) and t not in of_things)
        self.ontology: frozenset[Triple] = frozenset(ours)


def _refuse_unreadable(loaded: Loaded, shown: str) -> None:
    """Raise where a file cannot be read: all that it says would count as removed, or as added."""
    findings = ordered(f for f in loaded.findings if f.exit_code != 1)
    concerned = [f for f in findings if f.position.path == shown] or findings
    if concerned:
        kind = LimitError if concerned[0].exit_code == LimitError.exit_code else FactsError
        message = f"{concerned[0].position}: {concerned[0].message}"
        raise kind(message)


def _notes(loaded: Loaded, shown: str | None) -> tuple[str, ...]:
    """Say how many findings there are: what they speak of may be left out."""
    errors = [f for f in loaded.findings if f.severity is Severity.ERROR]
    count = sum(shown is None or f.position.path == shown for f in errors)
    if not count:
        return ()
    have = "1 finding" if count == 1 else f"{count} findings"
    return (f"{have}; the values they speak of are not compared; run `ivig-kg check`",)


def _link(row: terms.Row, prefixes: Mapping[str, str]) -> Link:
    subject, predicate, target = (row.cells[c] for c in ("subject_id", "predicate_id", "object_id"))
    start = prefixes.get(row.prefix, row.prefix + ":")
    return (
        THINGS + subject.removeprefix("kg:"),
        SKOS + predicate.removeprefix("skos:"),
        start + target.partition(":")[2],
    )


def _keys(schema: Schema) -> dict[str, str]:
    """Return the key of each property; of several, the first."""
    return {key.iri: key.name for key in reversed(schema.keys.values()) if key.form is not Form.NODES}


def _places(loaded: Loaded) -> dict[Any, Position]:
    places: dict[Any, Position] = {}
    for name, _ in ids.defined(loaded.documents):
        places.setdefault(THINGS + name.text, name.position)
    for leaf in loaded.leaves:
        places.setdefault(leaf.triple, leaf.position)
    return places


def _queries(folder: Path) -> dict[str, Query]:
    """Return the named queries of a project or a release with the columns of their answers."""
    found = {}
    queries = sparql.read(folder)
    answered = inquiry.columns(query.text for query in queries) if queries else iter(())
    for named in queries:
        try:
            columns = next(answered)
        except (UsageError, LimitError) as error:
            message = f"{folder / named.name}.rq: {error}"
            raise (ShapesError if isinstance(error, UsageError) else LimitError)(message) from error
        lines = (line.strip() for line in named.text.splitlines() if not line.startswith("#"))
        text = "\n".join(line for line in lines if line)
        found[named.name] = Query(named.question, columns, text, named.text)
    return found
