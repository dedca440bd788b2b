"""Commands that check facts and write exports."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from ivig_kg.cli.group import FAIL_ON, FORMAT, OUTPUT, STATISTICS, how, options, project_of, severity, workflow
from ivig_kg.console import show, show_report, tell, write


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@how
@FORMAT
@click.option(
    "--output-file", type=click.Path(dir_okay=False, path_type=Path), help="File to write the findings to, whole."
)
@FAIL_ON
@STATISTICS
@click.option(
    "--fix", is_flag=True, help="Make the safe repairs first, byte by byte: one possible word, blanks, accents."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes; Control-C ends it.")
@click.pass_context
def check(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    *,
    form: str,
    output_file: Path | None,
    fail_on: str,
    statistics: bool,
    fix: bool,
    diff: bool,
    watch: bool,
    **given: Any,
) -> None:
    """Check facts: words, ids, evidence, terms and shapes.

    Everything is read; with PATHS, only what concerns those files and folders is reported. A file
    from outside is checked together with the project's, and its ids hide the same ids there. A
    comment `# ivig-kg: allow CODE - reason` takes a warning or a note off its line.

    \b
    Examples:
      ivig-kg check facts/monographs
      ivig-kg check --diff
    """
    if fix + diff + watch > 1 or (diff and (output_file or statistics)):
        message = "take one of --fix, --diff and --watch; --diff prints repairs and no findings"
        raise click.UsageError(message)
    project, least = project_of(ctx), severity(fail_on)
    if output_file:
        project.target(output_file)
    report_on = functools.partial(show_report, form=form, file=output_file, fail_on=least, statistics=statistics)
    if diff:
        ctx.exit(_show_repairs(paths, project))
    if watch:
        _watch(paths, project, options(**given), report_on)
    if fix:
        _repair(paths, project)
    report = workflow().check(paths, project=project, options=options(**given))
    report_on(report)
    ctx.exit(report.exit_code(fail_on=least))


def _show_repairs(paths: tuple[Path, ...], project: Any) -> bool:
    from ivig_kg import fixes, repairs  # noqa: PLC0415  (keeps --help fast)

    proposed = repairs.propose(paths, project=project)
    write("".join(fixes.diff(one) for one in proposed))
    return bool(proposed)


def _repair(paths: tuple[Path, ...], project: Any) -> None:
    from ivig_kg import repairs  # noqa: PLC0415  (keeps --help fast)

    proposed = repairs.propose(paths, project=project)
    repairs.save(proposed)
    for one in proposed:
        for finding in one.repaired:
            now = f"now `{finding.fix}`" if finding.fix else "taken off"
            tell(f"{finding.position}: {finding.code}: repaired: {now}")


def _watch(paths: tuple[Path, ...], project: Any, settings: Any, report_on: Callable[[Any], None]) -> None:
    from ivig_kg import watching  # noqa: PLC0415  (keeps --help fast)

    for report in watching.reports(paths, project=project, options=settings):
        if isinstance(report, str):
            tell(f"ivig-kg: {report}")
        else:
            report_on(report)
        tell("watching; Control-C ends it")


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the exports.  [default: exports]",
)
@click.option(
    "--check", "compare", is_flag=True, help="Write nothing; fail where the exports are not what the facts say."
)
@click.option(
    "--only", type=click.Choice(["reviewed"]), help="Export the facts that a second person has reviewed, and no others."
)
@click.option(
    "--parts", is_flag=True, help="Write sorted N-Quads alone, compressed, in parts of a million, for bulk loaders."
)
@click.option(
    "--shard", metavar="I/N", help="Work on one of N shards and write it to the folder; `ivig-kg merge` joins them."
)
@click.option("--dask", metavar="ADDRESS", help="Work on the Dask cluster with this scheduler (ivig-kg[dask]).")
@how
@FORMAT
@FAIL_ON
@STATISTICS
@click.pass_context
def build(
    ctx: click.Context,
    /,
    output: Path | None,
    *,
    compare: bool,
    only: str | None,
    parts: bool,
    shard: str | None,
    dask: str | None,
    form: str,
    fail_on: str,
    statistics: bool,
    **given: Any,
) -> None:
    """Check facts and write every export.

    Turtle, JSON-LD, N-Triples, N-Quads, TriG and a manifest. With findings nothing is written, and
    the exports that stood there stand.

    \b
    Examples:
      ivig-kg build -o exports
      ivig-kg build --parts -o parts --jobs 8
    """
    project = project_of(ctx)
    if (only or parts) and output is None:
        message = "--only and --parts need -o: exports/ holds all facts in all formats"
        raise click.UsageError(message)
    folder = output or Path(os.path.relpath(project.home / "exports"))
    least = severity(fail_on)
    if (shard or dask) and (compare or only or given["sources"]):
        message = "--shard and --dask go with none of --check, --only and --sources"
        raise click.UsageError(message)
    settings = options(**given, dask=dask)
    if shard:
        ctx.exit(_shard(shard, output, project, settings))
    asked = {"project": project, "options": settings, "fail_on": least, "only": only, "parts": parts}
    if compare:
        report, names = workflow().stale(folder, **asked)
        show_report(report, form, err=True, fail_on=least, statistics=statistics)
        for name in names:
            tell(f"{folder / name}: stale")
        ctx.exit(report.exit_code(fail_on=least) or bool(names))
    report, made = workflow().build(folder, **asked)
    show_report(report, form, err=True, fail_on=least, statistics=statistics)
    _list(folder, made)
    ctx.exit(report.exit_code(fail_on=least))


def _list(folder: Path, made: Mapping[str, int]) -> None:
    """Print what was written, with its size."""
    for name, size in made.items():
        show(f"{folder / name}  {size} bytes")


def _shard(shard: str, output: Path | None, project: Any, settings: Any) -> int:
    """Work on the shard that somebody typed, as 3/8."""
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", shard)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        message = f"'{shard}' is not a shard: write I/N, from 1/N to N/N"
        raise click.UsageError(message)
    if output is None:
        message = "--shard needs -o: the folder to which all shards go"
        raise click.UsageError(message)
    number, of = int(match[1]), int(match[2])
    findings = workflow().shard(number, of, output, project=project, options=settings)
    tell(f"shard {number} of {of}: {findings} findings, which `ivig-kg merge` tells")
    return 0


@click.command()
@click.argument("shards", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the exports.  [default: exports]",
)
@click.option(
    "--parts", is_flag=True, help="Write sorted N-Quads alone, compressed, in parts of a million, for bulk loaders."
)
@FORMAT
@FAIL_ON
@STATISTICS
@click.pass_context
def merge(
    ctx: click.Context,
    /,
    shards: Path,
    output: Path | None,
    *,
    parts: bool,
    form: str,
    fail_on: str,
    statistics: bool,
) -> None:
    """Join the SHARDS that `build --shard` wrote, tell what was found, and write every export.

    The exports are the same bytes as those of one build. With findings nothing is written, and the
    exports that stood there stand.

    \b
    Example:
      ivig-kg build --shard 1/1 -o shards && ivig-kg merge shards -o exports
    """
    project, least = project_of(ctx), severity(fail_on)
    if parts and output is None:
        message = "--parts needs -o: exports/ holds all formats"
        raise click.UsageError(message)
    folder = output or Path(os.path.relpath(project.home / "exports"))
    report, made = workflow().build(folder, project=project, fail_on=least, parts=parts, shards=shards)
    show_report(report, form, err=True, fail_on=least, statistics=statistics)
    _list(folder, made)
    ctx.exit(report.exit_code(fail_on=least))


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(["ttl", "jsonld", "nt", "nq", "trig", "csv"]))
@OUTPUT
@click.pass_context
def export(ctx: click.Context, form: str, output: Path) -> None:
    """Check facts and write one FORMAT: ttl, jsonld, nt, nq, trig, or csv with one row a fact.

    The csv is for a spreadsheet: a cell that would be run as a formula there has an apostrophe before
    it, and how many there are is said.

    \b
    Example:
      ivig-kg export csv -o facts.csv
    """
    project = project_of(ctx)
    report, data = workflow().serialized(form, project=project)
    if report.exit_code():
        show_report(report, "full", err=True)
    elif str(output) == "-":
        write(data)
    else:
        workflow().save(output, data, project=project)
    if form == "csv":
        _say_marked(data)
    ctx.exit(report.exit_code())


def _say_marked(table: bytes) -> None:
    """Say how many cells of a table have an apostrophe before them."""
    from ivig_kg import spreadsheets  # noqa: PLC0415  (keeps --help fast)

    if cells := spreadsheets.marked(table.decode("utf-8")):
        said, each = ("1 cell begins", "it") if cells == 1 else (f"{cells} cells begin", "each")
        message = (
            f"{said} like a formula, and would be run by a spreadsheet: an apostrophe (') stands before {each}; "
            "`ivig-kg query facts --format csv` has every value as it is"
        )
        tell(message)
