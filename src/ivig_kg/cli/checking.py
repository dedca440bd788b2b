"""Commands that check facts and write exports."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ivig_kg.cli.group import ENGINE, FAIL_ON, FORMAT, OUTPUT, SOURCES, STATISTICS, project_of, severity, workflow
from ivig_kg.console import show_report, write


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@SOURCES
@FORMAT
@click.option(
    "--output-file", type=click.Path(dir_okay=False, path_type=Path), help="File to write the findings to, whole."
)
@FAIL_ON
@ENGINE
@STATISTICS
@click.option(
    "--fix", is_flag=True, help="Make the safe repairs first, byte by byte: one possible word, blanks, accents."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes; Control-C ends it.")
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    sources: Path | None,
    form: str,
    output_file: Path | None,
    fail_on: str,
    engine: str,
    statistics: bool,
    fix: bool,
    diff: bool,
    watch: bool,
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
    show = functools.partial(show_report, form=form, file=output_file, fail_on=least, statistics=statistics)
    if diff:
        ctx.exit(_show_repairs(paths, project))
    if watch:
        _watch(paths, project, sources, engine, show)
    if fix:
        _repair(paths, project)
    report = workflow().check(paths, project=project, sources=sources, engine=engine)
    show(report)
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
            click.echo(f"{finding.position}: {finding.code}: repaired: {now}", err=True)


def _watch(
    paths: tuple[Path, ...], project: Any, sources: Path | None, engine: str, show: Callable[[Any], None]
) -> None:
    from ivig_kg import watching  # noqa: PLC0415  (keeps --help fast)

    for report in watching.reports(paths, project=project, sources=sources, engine=engine):
        if isinstance(report, str):
            click.echo(f"ivig-kg: {report}", err=True)
        else:
            show(report)
        click.echo("watching; Control-C ends it", err=True)


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
@SOURCES
@FORMAT
@FAIL_ON
@ENGINE
@STATISTICS
@click.pass_context
def build(
    ctx: click.Context,
    output: Path | None,
    *,
    compare: bool,
    only: str | None,
    sources: Path | None,
    form: str,
    fail_on: str,
    engine: str,
    statistics: bool,
) -> None:
    """Check facts and write every export.

    Turtle, JSON-LD, N-Triples, N-Quads, TriG and a manifest. With findings nothing is written, and
    the exports that stood there stand.

    \b
    Example:
      ivig-kg build -o exports
    """
    project = project_of(ctx)
    if only and output is None:
        message = "--only needs -o: exports/ holds all facts"
        raise click.UsageError(message)
    folder = output or Path(os.path.relpath(project.home / "exports"))
    least = severity(fail_on)
    options = {"project": project, "sources": sources, "fail_on": least, "only": only, "engine": engine}
    if compare:
        report, names = workflow().stale(folder, **options)
        show_report(report, form, err=True, fail_on=least, statistics=statistics)
        for name in names:
            click.echo(f"{folder / name}: stale", err=True)
        ctx.exit(report.exit_code(fail_on=least) or bool(names))
    report, made = workflow().build(folder, **options)
    show_report(report, form, err=True, fail_on=least, statistics=statistics)
    for name, data in made.items():
        write(f"{folder / name}  {len(data)} bytes\n")
    ctx.exit(report.exit_code(fail_on=least))


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(["ttl", "jsonld", "nt", "nq", "trig", "csv"]))
@OUTPUT
@click.pass_context
def export(ctx: click.Context, form: str, output: Path) -> None:
    """Check facts and write one FORMAT: ttl, jsonld, nt, nq, trig, or csv with one row a fact.

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
    ctx.exit(report.exit_code())
