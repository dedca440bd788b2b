"""Commands that ask the graph."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ivig_kg.cli import completing
from ivig_kg.cli.group import project_of, workflow
from ivig_kg.cli.storing import identified, session, timeout
from ivig_kg.console import read, write


@click.command()
@click.argument("name", metavar="[NAME|-]", required=False, shell_complete=completing.queries)
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
    shell_complete=completing.parameters,
    help="Keep only rows in which a variable is this id, prefix:name, <address> or text.",
)
@click.option("--endpoint", metavar="URL", help="Ask a live triple store instead, over the release that is live there.")
@identified
@timeout(60)
@click.pass_context
def query(
    ctx: click.Context,
    /,
    name: str | None,
    text: str | None,
    file: Path | None,
    form: str,
    *,
    listed: bool,
    parameters: tuple[str, ...],
    endpoint: str | None,
    **remote: Any,
) -> None:
    """Answer a question in SPARQL: a named query, or one of your own.

    \b
    Examples:
      ivig-kg query --list
      ivig-kg query side-effects
      ivig-kg query - < my-question.rq
      ivig-kg query -e "SELECT ?fact { ?fact ivig:effect kg:headache }"
      ivig-kg query side-effects --endpoint http://127.0.0.1:7878
    """
    project = project_of(ctx)
    if listed:
        write(workflow().listing(form, project=project))
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
        text = workflow().query_text(read() if str(file) == "-" else workflow().query_file(file))
    asked = workflow().named_query(name, project=project) if text is None else text
    if endpoint is None:
        _refuse(ctx, remote)
        write(workflow().answer(asked, form, project=project, parameters=wanted))
        return
    with session(remote.pop("profile"), endpoint, **remote, writing=False) as store:
        write(workflow().remote_answer(asked, form, store=store, project=project, parameters=wanted))


def _refuse(ctx: click.Context, remote: Collection[str]) -> None:
    """Raise where an option is given that says nothing without a live store."""
    given = [name for name in remote if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        message = f"--{given[0]} is about a live store: name it with --endpoint"
        raise click.UsageError(message)


@click.command()
@click.argument("name", metavar="ID|TRIPLE", shell_complete=completing.ids)
@click.pass_context
def show(ctx: click.Context, name: str) -> None:
    """Show what the graph says of one fact, concept, source or passage, or where a triple comes from.

    A triple is three terms between quotation marks, as in a facts file or as in an export: the line
    that says it, the passage it rests on, the rule that derived it.

    \b
    Examples:
      ivig-kg show hig-effect-headache
      ivig-kg show 'human-immunoglobulin biolink:has_side_effect headache'
    """
    answer = workflow().trace if len(name.split()) > 1 else workflow().show
    write(answer(name, project=project_of(ctx)))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.pass_context
def find(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Find facts and concepts by WORDS of their labels and names.

    \b
    Example:
      ivig-kg find kidney
    """
    write(workflow().find(words, project=project_of(ctx)))
