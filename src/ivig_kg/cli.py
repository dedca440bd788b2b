"""The command line: words to one call, to text and an exit status."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any

import click

from ivig_kg.console import read, show_report, silence, write
from ivig_kg.errors import IvigKgError
from ivig_kg.findings import Severity

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
    help="How findings are printed.",
)
_SOURCES = click.option(
    "--sources", type=_FOLDER, help="Folder with the texts of the sources, to check every passage against."
)


class _Group(click.Group):
    """Turns the project's errors into one line and an exit status, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except IvigKgError as error:
            click.echo(f"ivig-kg: {error}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            silence()
            ctx.exit(0)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001  (a bug: its own exit status, and what a report needs)
            click.echo(f"ivig-kg: a bug of ours: {type(error).__name__}: {error}", err=True)
            if os.environ.get("IVIG_KG_TRACEBACK"):
                click.echo("".join(traceback.format_exception(error)), err=True)
            click.echo("set IVIG_KG_TRACEBACK=1 to see where, and please report it", err=True)
            ctx.exit(70)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ivig-kg")
@click.option(
    "-C",
    "directory",
    type=_FOLDER,
    help="Folder with facts/ in it; else this one or the nearest above, else the facts of ivig-kg.",
)
@click.pass_context
def main(ctx: click.Context, directory: Path | None) -> None:
    """Curated facts about human immunoglobulin, checked and exported as RDF.

    \b
    Exit status:
      0  done                        4  shapes, rules or context are broken
      1  findings, or stale exports  6  the output could not be written
      2  wrong usage                 7  a limit of depth or size was reached
      3  unreadable facts, or none   70 a bug of ours      130 interrupted
    """
    ctx.obj = directory


def _project(ctx: click.Context) -> Any:
    from ivig_kg import resources  # noqa: PLC0415  (keeps --help fast)

    project = resources.locate(ctx.obj)
    if project.is_shipped:
        click.echo("no facts/ here or above: these are the facts that ship with ivig-kg", err=True)
    return project


def _workflow() -> Any:
    from ivig_kg import workflow  # noqa: PLC0415  (keeps --help fast)

    return workflow


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@_SOURCES
@_FORMAT
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
    report = _workflow().check(paths, project=_project(ctx), sources=sources)
    show_report(report, form, err=False)
    ctx.exit(report.exit_code(fail_on=Severity(fail_on)))


@main.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the exports.  [default: exports]",
)
@click.option(
    "--check", "compare", is_flag=True, help="Write nothing; fail where the exports are not what the facts say."
)
@_SOURCES
@_FORMAT
@click.pass_context
def build(ctx: click.Context, output: Path | None, *, compare: bool, sources: Path | None, form: str) -> None:
    """Check facts and write every export.

    Turtle, JSON-LD, N-Triples, N-Quads, TriG and a manifest. With findings nothing is written, and
    the exports that stood there stand.

    \b
    Example:
      ivig-kg build -o exports
    """
    project = _project(ctx)
    folder = output or Path(os.path.relpath(project.home / "exports"))
    if compare:
        report, names = _workflow().stale(folder, project=project, sources=sources)
        show_report(report, form, err=True)
        for name in names:
            click.echo(f"{folder / name}: stale", err=True)
        ctx.exit(report.exit_code() or bool(names))
    report, made = _workflow().build(folder, project=project, sources=sources)
    show_report(report, form, err=True)
    for name, data in made.items():
        write(f"{folder / name}  {len(data)} bytes\n")
    ctx.exit(report.exit_code())


@main.command()
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
    report, data = _workflow().serialized(form, project=_project(ctx))
    if report.exit_code():
        show_report(report, "full", err=True)
    elif str(output) == "-":
        write(data)
    else:
        _workflow().save(output, data)
    ctx.exit(report.exit_code())


@main.command()
@click.argument("name", metavar="[NAME|-]", required=False)
@click.option("-e", "text", help="The SPARQL text itself.")
@click.option(
    "-f",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True),
    help="File with SPARQL; - is a pipe.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "ttl"]),
    default="table",
    show_default=True,
    help="Format of the answer.",
)
@click.option("--list", "listed", is_flag=True, help="List the named queries with their questions.")
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Keep only rows in which a variable is this id, prefix:name, <address> or text.",
)
@click.pass_context
def query(
    ctx: click.Context,
    name: str | None,
    text: str | None,
    file: Path | None,
    form: str,
    *,
    listed: bool,
    parameters: tuple[str, ...],
) -> None:
    """Answer a question in SPARQL: a named query, or one of your own.

    \b
    Examples:
      ivig-kg query --list
      ivig-kg query side-effects
      ivig-kg query - < my-question.rq
      ivig-kg query -e "SELECT ?fact { ?fact ivig:effect kg:headache }"
    """
    workflow, project = _workflow(), _project(ctx)
    if listed:
        write(workflow.listing(form, project=project))
        return
    if name == "-" and file is None:
        name, file = None, Path("-")
    if sum(x is not None for x in (name, text, file)) != 1:
        message = "name one query, or give SPARQL with -e, -f or on a pipe (-); --list shows the named ones"
        raise click.UsageError(message)
    if wrong := [p for p in parameters if p.find("=") < 1]:
        message = f"--param {wrong[0]}: write NAME=VALUE"
        raise click.UsageError(message)
    wanted = dict(p.split("=", 1) for p in parameters)
    if len(wanted) < len(parameters):
        message = "--param names a variable twice; a row has one value of it"
        raise click.UsageError(message)
    if file is not None:
        text = workflow.query_text(read() if str(file) == "-" else file.read_bytes())
    asked = workflow.named_query(name, project=project) if text is None else text
    write(workflow.answer(asked, form, project=project, parameters=wanted))


@main.command()
@click.argument("name", metavar="ID")
@click.pass_context
def show(ctx: click.Context, name: str) -> None:
    """Show what the graph says of one fact, concept, source or passage.

    \b
    Example:
      ivig-kg show hig-effect-headache
    """
    write(_workflow().show(name, project=_project(ctx)))


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.pass_context
def find(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Find facts and concepts by WORDS of their labels and names.

    \b
    Example:
      ivig-kg find kidney
    """
    write(_workflow().find(words, project=_project(ctx)))
