"""Commands that check facts and write exports."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ivig_kg.cli.group import FORMAT, SOURCES, project_of, workflow
from ivig_kg.console import show_report, write
from ivig_kg.findings import Severity


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@SOURCES
@FORMAT
@click.option(
    "--fail-on",
    type=click.Choice([s.value for s in Severity]),
    default="error",
    show_default=True,
    help="What counts as a failure.",
)
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...], sources: Path | None, form: str, fail_on: str) -> None:
    """Check facts: words, ids, evidence, terms and shapes.

    Everything is read; with PATHS, only what concerns those files and folders is reported. A file
    from outside is checked together with the project's, and its ids hide the same ids there.

    \b
    Example:
      ivig-kg check facts/monographs
    """
    report = workflow().check(paths, project=project_of(ctx), sources=sources)
    show_report(report, form, err=False)
    ctx.exit(report.exit_code(fail_on=Severity(fail_on)))


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
@SOURCES
@FORMAT
@click.pass_context
def build(ctx: click.Context, output: Path | None, *, compare: bool, sources: Path | None, form: str) -> None:
    """Check facts and write every export.

    Turtle, JSON-LD, N-Triples, N-Quads, TriG and a manifest. With findings nothing is written, and
    the exports that stood there stand.

    \b
    Example:
      ivig-kg build -o exports
    """
    project = project_of(ctx)
    folder = output or Path(os.path.relpath(project.home / "exports"))
    if compare:
        report, names = workflow().stale(folder, project=project, sources=sources)
        show_report(report, form, err=True)
        for name in names:
            click.echo(f"{folder / name}: stale", err=True)
        ctx.exit(report.exit_code() or bool(names))
    report, made = workflow().build(folder, project=project, sources=sources)
    show_report(report, form, err=True)
    for name, data in made.items():
        write(f"{folder / name}  {len(data)} bytes\n")
    ctx.exit(report.exit_code())


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(["ttl", "jsonld", "nt", "nq", "trig", "csv"]))
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help="File to write; - is the screen.",
)
@click.pass_context
def export(ctx: click.Context, form: str, output: Path) -> None:
    """Check facts and write one FORMAT: ttl, jsonld, nt, nq, trig, or csv with one row a fact.

    \b
    Example:
      ivig-kg export csv -o facts.csv
    """
    report, data = workflow().serialized(form, project=project_of(ctx))
    if report.exit_code():
        show_report(report, "full", err=True)
    elif str(output) == "-":
        write(data)
    else:
        workflow().save(output, data)
    ctx.exit(report.exit_code())
