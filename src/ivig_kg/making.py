"""Making: a project checked, in whichever way it is worked on, and its exports ready to be written."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ivig_kg import export, loading, questions, reporting, runs, shards, sparql, workplaces
from ivig_kg.cache import Cache
from ivig_kg.errors import OutputError
from ivig_kg.findings import Severity
from ivig_kg.pipeline import Pipeline, Progress
from ivig_kg.reporting import Report
from ivig_kg.resources import Project
from ivig_kg.schema import Schema
from ivig_kg.terms import Table
from ivig_kg.validation import ENGINES


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """How a check or a build is done.

    Attributes:
        sources: The folder with the texts of the sources, where they are at hand.
        engine: What asks the shapes: one of `validation.ENGINES`.
        cache: Where what was found is kept; None where it is not.
        jobs: How many processes to work in.
        cluster: The address of the scheduler of a Dask cluster that a build is worked on by; None where it is not.
        progress: Is told how far a long run is.
    """

    sources: Path | None = None
    engine: str = ENGINES[0]
    cache: Cache | None = None
    jobs: int = 1
    cluster: str | None = None
    progress: Progress | None = None


DEFAULT = Options()


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder for what is needed on the way, and take it away at the end.

    Raises:
        OutputError: It cannot be written to.
    """
    try:
        with workplaces.apart() as made:
            yield made
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        place = tempfile.tempdir or "the temporary folder"
        message = f"{place}: what is needed on the way cannot be kept there: {reason}"
        raise OutputError(message) from error


@dataclasses.dataclass(frozen=True, slots=True)
class Exports:
    """All exports of a project, to be written into a folder.

    Attributes:
        run: The dataset.
        beside: Files that belong to the exports and are not the graph.
        arguments: What `export.files` or `export.parts` needs beside these.
        in_parts: Whether it is the second of them.
    """

    run: Iterable[bytes]
    beside: Mapping[str, bytes]
    arguments: Mapping[str, Any]
    in_parts: bool

    @property
    def names(self) -> list[str]:
        """The names of the files, the manifest last."""
        graph = export.part_names(self.run) if self.in_parts else export.NAMES
        return [*graph, *self.beside, export.MANIFEST]

    def fill(self, folder: Path, *, check: bool = False) -> None:
        """Write the files, and read them back where that is asked for."""
        make = export.parts if self.in_parts else export.files
        make(folder, self.run, beside=self.beside, check=check, **self.arguments)


@contextlib.contextmanager
def exports(
    project: Project,
    options: Options,
    *,
    fail_on: Severity,
    only: str | None = None,
    parts: bool = False,
    shards: Path | None = None,
) -> Iterator[tuple[Report, Exports | None]]:
    """Check a project, and give its exports where nothing is wrong with it, as long as they are needed.

    Args:
        project: Where the files are.
        options: How it is done.
        fail_on: What counts as wrong.
        only: The status of the facts that are exported; all where there is none.
        parts: Whether the exports are compressed N-Quads in parts.
        shards: A folder with the shards of the project, which were worked on before.
    """
    with workplace() as place:
        if options.sources or only is not None:
            found, run, schema, table = _whole(project, options, fail_on, only)
        else:
            found, run, schema, table = _in_portions(project, options, place, shards)
        if found.exit_code(fail_on=fail_on):
            yield found, None
            return
        queries = sparql.read(project.ontology / "queries")
        sparql.check(queries)
        beside = {questions.NAME: questions.serialize(queries)} if queries else {}
        arguments: dict[str, Any] = {"version": project.version, "jobs": options.jobs, "only": only}
        if not parts:
            arguments |= {"schema": schema, "prefixes": table.prefixes | schema.prefixes}
        yield found, Exports(run, beside, arguments, parts)


def _whole(
    project: Project, options: Options, fail_on: Severity, only: str | None
) -> tuple[Report, Iterable[bytes], Schema, Table]:
    loaded = loading.load(project)
    found = reporting.report(loaded, sources=options.sources, engine=options.engine)
    if not found.exit_code(fail_on=fail_on) and only is not None:
        loaded = loading.load(project, only=only)
        left = reporting.report(loaded, sources=options.sources, engine=options.engine)
        found = left if left.exit_code() else found
    return found, runs.of_quads(loaded.quads), loaded.schema, loaded.table


def _in_portions(
    project: Project, options: Options, place: Path, folder: Path | None
) -> tuple[Report, Iterable[bytes], Schema, Table]:
    with contextlib.ExitStack() as stack:
        if options.cluster:
            from ivig_kg import cluster  # noqa: PLC0415  (an extra)

            # every machine of the cluster sees the project, and not what is temporary on this one
            folder = stack.enter_context(workplaces.beside(project.home))
            cluster.work(options.cluster, project, folder, engine=options.engine, progress=options.progress)
        pipe = Pipeline(project, place, engine=options.engine, cache=options.cache, jobs=options.jobs)
        if folder is None:
            found, files = pipe.report(triples=True, progress=options.progress)
        else:
            found, files = shards.merge(shards.Shards(folder, pipe), pipe, place)
        return found, runs.merge(files, place / "dataset"), pipe.schema, pipe.table
