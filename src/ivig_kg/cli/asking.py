"""Commands that ask the graph."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ivig_kg.cli import completing
from ivig_kg.cli.group import project_of, workflow
from ivig_kg.cli.storing import identified, session, timeout
from ivig_kg.console import read, tell, write

if TYPE_CHECKING:
    from ivig_kg.resources import Project


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
@click.option(
    "--memory",
    type=click.IntRange(1, 1_000_000),
    default=500,
    show_default=True,
    metavar="MB",
    help="How much memory it may take, beside the graph.",
)
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
    memory: int,
    **remote: Any,
) -> None:
    """Answer a question in SPARQL: a named query, or one of your own.

    A question that changes something or asks another server (SERVICE) is refused; one that takes too
    long, too much memory, or answers more than 100 MB ends with 7. Nothing is printed then.

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
    wanted = _wanted(parameters)
    asked = _asked(name, text, file, project)
    if endpoint is None:
        _refuse(ctx, remote)
        limits = _limits(remote["timeout"], memory)
        _show(workflow().ask(asked, form, project=project, parameters=wanted, limits=limits), form, asked)
        return
    _refuse_memory(ctx)
    with session(remote.pop("profile"), endpoint, **remote, writing=False) as store:
        answer = workflow().remote_answer(asked, form, store=store, project=project, parameters=wanted)
        _show(answer.encode(), form, asked)
        if store.repeated:
            tell("the store repeated what it was told of who asks; `hidden` stands in its place")


def _asked(name: str | None, text: str | None, file: Path | None, project: Project) -> str:
    """Return the SPARQL of the one question that is named or given."""
    if name == "-" and file is None:
        name, file = None, Path("-")
    if sum(x is not None for x in (name, text, file)) != 1:
        message = "name one query, or give SPARQL with -e, -f or on a pipe (-); --list shows the named ones"
        raise click.UsageError(message)
    if file is not None:
        return _text(file)
    return workflow().named_query(name, project=project) if text is None else text


def _show(answer: bytes | bytearray, form: str, question: str) -> None:
    """Print an answer, what of it a spreadsheet would run, and what of its question asks for nothing.

    The answer is exact, for programs.
    """
    from ivig_kg import fruitless, spreadsheets  # noqa: PLC0415  (keeps --help fast)

    write(answer)
    if form in {"csv", "tsv"} and (count := spreadsheets.runs(answer.decode(), form=form)):
        cells = "1 cell of this answer begins" if count == 1 else f"{count} cells of this answer begin"
        tell(f"{cells} as a formula does, and a spreadsheet would run that; `export csv` makes a table for one")
    if why := fruitless.reason(question):
        tell(f"the question {why}")


def _wanted(parameters: Collection[str]) -> dict[str, str]:
    """Return the values of --param by variable."""
    if wrong := [p for p in parameters if p.find("=") < 1]:
        message = f"--param {wrong[0]}: write NAME=VALUE"
        raise click.UsageError(message)
    wanted = dict(p.split("=", 1) for p in parameters)
    if len(wanted) < len(parameters):
        message = "--param names a variable twice; a row has one value of it"
        raise click.UsageError(message)
    return wanted


def _refuse(ctx: click.Context, remote: Collection[str]) -> None:
    """Raise where an option is given that says nothing without a live store."""
    given = [name for name in remote if name != "timeout" and _is_given(ctx, name)]
    if given:
        message = f"--{given[0]} is about a live store: name it with --endpoint"
        raise click.UsageError(message)


def _refuse_memory(ctx: click.Context) -> None:
    """Raise where a limit is given that a live store is not held to."""
    if _is_given(ctx, "memory"):
        message = "--memory is about a question that is asked here, and --endpoint asks a live store"
        raise click.UsageError(message)


def _is_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _text(file: Path) -> str:
    """Return the text of a file or a pipe, or more of it than a question may have and no more."""
    from ivig_kg import inquiry, precautions  # noqa: PLC0415  (keeps --help fast)

    most = 4 * precautions.LONGEST + 1  # a character has at most four bytes
    return inquiry.decoded(read(most) if str(file) == "-" else inquiry.file(file))


def _limits(seconds: float, megabytes: int) -> Any:
    from ivig_kg.bounds import Limits  # noqa: PLC0415  (keeps --help fast)

    return Limits(seconds=seconds, memory=megabytes * 1_000_000)


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
