"""Workflow: what a command does, from the files of a project to findings, answers and exports."""

from __future__ import annotations

import os
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivig_kg import (
    export,
    folders,
    ids,
    inquiry,
    lookup,
    provenance,
    schema,
    sparql,
    spreadsheets,
    terms,
    writing,
)
from ivig_kg.bounds import LIMITS, Limits, try_out
from ivig_kg.errors import FactsError, UsageError
from ivig_kg.findings import Severity
from ivig_kg.loading import load, readable
from ivig_kg.making import DEFAULT, Options, exports, workplace
from ivig_kg.pipeline import Pipeline
from ivig_kg.reporting import Report, report
from ivig_kg.resources import THINGS, Project
from ivig_kg.shards import write as write_shard
from ivig_kg.spelling import did_you_mean

if TYPE_CHECKING:
    from ivig_kg.stores.store import Store


def check(paths: Sequence[Path] = (), *, project: Project, options: Options = DEFAULT) -> Report:
    """Check a project: words, ids, evidence, terms and shapes.

    Args:
        paths: Files and folders to report on; all of the project where there are none. A facts
            file from outside is read with the project.
        project: Where the files are.
        options: How it is done.

    Raises:
        FactsError: There was nothing to check.
        ShapesError: The shapes cannot be used.
        UsageError: The engine is not installed.
    """
    meant = named(paths, project)
    inside = {_real(p) for p in project.files()}
    extra = [p for p in meant if _real(p) not in inside]
    only = {project.shown(p) for p in meant} if paths else None
    if extra or options.sources:
        loaded = load(project, extra=extra)
        return report(loaded, sources=options.sources, only=only, engine=options.engine)
    with workplace() as place:
        pipe = Pipeline(project, place, engine=options.engine, cache=options.cache, jobs=options.jobs)
        return pipe.report(triples=False, only=only, progress=options.progress)[0]


def _real(path: Path) -> str:
    return os.path.realpath(path)


def named(paths: Sequence[Path], project: Project) -> list[Path]:
    """Return the files that paths stand for, each once, by the name the project has for them."""
    own = {_real(p): p for p in project.files()}
    found: dict[str, Path] = {}
    for path in paths:
        files = folders.facts_files(path, within=(project.home, project.facts, path)) if path.is_dir() else [path]
        if path.is_dir():
            files += [table for table in project.tables() if Path(_real(table)).is_relative_to(_real(path))]
        if not files:
            message = f"{path}: there is no facts file here, so nothing was checked"
            raise FactsError(message)
        for file in files:
            found.setdefault(_real(file), own.get(_real(file), file))
    return list(found.values())


def build(
    folder: Path,
    *,
    project: Project,
    options: Options = DEFAULT,
    fail_on: Severity = Severity.ERROR,
    only: str | None = None,
    parts: bool = False,
    shards: Path | None = None,
) -> tuple[Report, dict[str, int]]:
    """Check a project and write its exports where nothing is wrong.

    Args:
        folder: Where the exports go; it is made where it is missing.
        project: Where the files are.
        options: How it is done.
        fail_on: What counts as wrong.
        only: The status of the facts that are exported; all where there is none.
        parts: Whether the exports are compressed N-Quads in parts, as bulk loaders take them, instead of all formats.
        shards: A folder with the shards of the project, which were worked on before.

    Returns:
        The report and the size of each export by file name; none, and nothing written, where something is wrong.

    Raises:
        FactsError: No fact has the status, or a shard is missing.
        UsageError: The folder is one in which curators write.
        OutputError: The exports cannot be written; those that stood there stand as before.
    """
    project.target(folder)
    with exports(project, options, fail_on=fail_on, only=only, parts=parts, shards=shards) as (found, made):
        if made is None:
            return found, {}
        names = made.names
        writing.write(folder, names, fill=lambda new: made.fill(new, check=True), ours=export.is_export)
    return found, {name: (folder / name).stat().st_size for name in names}


def stale(
    folder: Path,
    *,
    project: Project,
    options: Options = DEFAULT,
    fail_on: Severity = Severity.ERROR,
    only: str | None = None,
    parts: bool = False,
) -> tuple[Report, list[str]]:
    """Check a project and return the names of the exports in a folder that are not what it says."""
    with exports(project, options, fail_on=fail_on, only=only, parts=parts) as (found, made):
        return found, export.stale(folder, made.names, made.fill) if made else []


def shard(number: int, of: int, folder: Path, *, project: Project, options: Options) -> int:
    """Work on one shard of a project, and return how many findings it has; see `shards.write`."""
    project.target(folder)
    return write_shard(
        project, number, of, folder, engine=options.engine, cache=options.cache, progress=options.progress
    )


def serialized(form: str, *, project: Project) -> tuple[Report, bytes]:
    """Check a project and return one export, `csv` (one row a fact) among them; nothing where the report has errors."""
    loaded = load(project)
    found = report(loaded, sources=None)
    if found.exit_code():
        return found, b""
    if form == "csv":
        query = named_query("facts", project=project)
        try_out(sparql.trials([sparql.NamedQuery("facts", "", query)]), loaded.quads)
        answer = sparql.ask(query, over=sparql.store(loaded.quads))
        return found, spreadsheets.neutral(sparql.written(answer, form="csv", prefixes={})).encode("utf-8")
    return found, export.serialize(loaded.quads, form, schema=loaded.schema, prefixes=loaded.prefixes)


def named_queries(project: Project) -> list[sparql.NamedQuery]:
    """Return the named queries of a project."""
    return sparql.read(project.ontology / "queries")


def named_query(name: str, *, project: Project) -> str:
    """Return the text of a named query.

    Raises:
        UsageError: There is none of this name.
    """
    return sparql.by_name(named_queries(project), name).text


def ask(
    text: str,
    form: str,
    *,
    project: Project,
    parameters: MappingType[str, str] | None = None,
    limits: Limits = LIMITS,
) -> bytearray:
    """Answer a SPARQL query over the graph of a project, in a process of its own.

    Args:
        text: The query; it may use the prefixes of the context without declaring them.
        form: The form of the answer; see `sparql.write` and `inquiry.ROWS`.
        project: Where the files are.
        parameters: Values by variable: only rows that have them are kept; see `sparql.terms` for how they are read.
        limits: How much it may take.

    Raises:
        UsageError: The text is not a query, or a parameter is not a variable that it returns.
        FactsError: Something in the files would be missing from the answer.
        LimitError: A limit was reached.
    """
    with inquiry.Inquiry(text, limits) as asked:
        loaded = readable(project)
        wanted = _wanted(parameters or {}, loaded.schema, loaded.prefixes)
        return asked.answer(loaded.quads, form=form, prefixes=loaded.prefixes, wanted=wanted)


def _wanted(
    parameters: MappingType[str, str], words: schema.Schema, prefixes: MappingType[str, str]
) -> dict[str, list[Any]]:
    """Return the terms that the value of each parameter stands for."""
    languages = sorted({key.language for key in words.keys.values() if key.language})
    return {n: sparql.terms(v, languages=languages, prefixes=prefixes) for n, v in parameters.items()}


def remote_answer(text: str, form: str, *, store: Store, project: Project, parameters: MappingType[str, str]) -> str:
    """Answer a SPARQL query by a live store, as text; the project gives the prefixes.

    Raises:
        StoreError: The store refused, lied, broke off or took too long.
    """
    words = schema.load(project)
    prefixes = terms.read(project.mappings, shown=project.shown(project.mappings)).prefixes | words.prefixes
    from ivig_kg.stores import remote  # noqa: PLC0415  (httpx is slow to import)

    found = remote.ask(text, store=store, prefixes=prefixes)
    return sparql.written(sparql.pick(found, _wanted(parameters, words, prefixes)), form=form, prefixes=prefixes)


EXAMPLES = ("side-effects", "contraindications", "dosing")  # named queries that an invitation asks first


def invitation(url: str, *, project: Project) -> str:
    """Return what is printed once a server of the graph answers: its address, and three questions to ask it."""
    named = named_queries(project)
    chosen = sorted(named, key=lambda q: (q.name not in EXAMPLES, q.name))[:3]
    questions = "".join(f"\n  {q.question}\n  ivig-kg query {q.name} --endpoint {url}\n" for q in chosen)
    return f"{url}/query answers SPARQL, over the whole graph, until Ctrl-C\n{questions}"


def listing(form: str, *, project: Project) -> str:
    """Return the named queries with their questions, as a table or as JSON."""
    return sparql.listing(named_queries(project), form=form)


def save(path: Path, data: bytes, *, project: Project) -> None:
    """Write one file; see `writing.save`.

    Raises:
        UsageError: Curators write there.
        OutputError: It cannot be written.
    """
    writing.save(project.target(path), data)


def show(name: str, *, project: Project) -> str:
    """Return what the graph says of one node, as text.

    Raises:
        UsageError: There is no node of this id.
    """
    loaded = readable(project)
    places = {name.text: name.position for name, _ in ids.defined(loaded.documents)}
    slug = name.removeprefix(THINGS).removeprefix("kg:")
    if slug not in places:
        near = did_you_mean(slug, frozenset(places))
        message = f"there is no node `{name}`" + (f"; {near}" if near else "")
        raise UsageError(message)
    return lookup.card(slug, [q.triple for q in loaded.quads], position=str(places[slug]), prefixes=loaded.prefixes)


def trace(text: str, *, project: Project) -> str:
    """Return where a triple comes from: line, passage, rule, as text.

    Raises:
        UsageError: It is not a triple, or not one of the graph.
    """
    loaded = readable(project)
    triple = provenance.parse(text, loaded=loaded)
    origins = provenance.trace(triple, ledger=provenance.Ledger(loaded))
    if not origins:
        message = f"the graph does not say {triple}"
        raise UsageError(message)
    return provenance.text(triple, origins, prefixes=loaded.prefixes)


def find(wanted: Sequence[str], *, project: Project) -> str:
    """Return the nodes whose label or name holds every word, as a table with their ids."""
    loaded = readable(project)
    return lookup.listing(lookup.matches(wanted, [q.triple for q in loaded.quads]))
