"""Commands for those who write facts: a new node, a project to learn on, and whether all is well."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from ivig_kg.cli import completing
from ivig_kg.cli.group import FOLDER, SOURCES, TEXT_OR_JSON, project_of
from ivig_kg.console import show, tell, write

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("kind", shell_complete=completing.kinds)
@click.argument("words", nargs=-1, metavar="[SOURCE [WORDS]...]")
@click.option("--label", help="The claim as a short sentence, or the plain name of a concept.")
@click.option(
    "--about", metavar="ID", shell_complete=completing.ids, help="The drug, product or class that the fact is about."
)
@click.option(
    "--evidence",
    metavar="ID",
    multiple=True,
    shell_complete=completing.ids,
    help="A passage in which the claim stands.",
)
@click.option(
    "--set",
    "values",
    metavar="KEY=VALUE",
    multiple=True,
    shell_complete=completing.settings,
    help="Any key; twice for two values of it.",
)
@click.option("--in", "file", type=FILE, help="Put it at the end of this file, which stays as it is otherwise.")
@click.option("--bare", is_flag=True, help="Leave out the comments on what else it may have.")
@click.option("--sources", type=FOLDER, help="Passage: folder with the texts of the sources.")
@click.option("--exact", is_flag=True, help="Passage: take the words alone, not their whole sentence.")
@click.option("--nth", type=click.IntRange(min=1), help="Passage: which of several places is meant.")
@click.option("--write", "wanted", is_flag=True, help="Passage: put it under its source, in the source's file.")
@click.pass_context
def new(
    ctx: click.Context,
    /,
    kind: str,
    words: tuple[str, ...],
    label: str | None,
    about: str | None,
    evidence: tuple[str, ...],
    values: tuple[str, ...],
    file: Path | None,
    *,
    bare: bool,
    wanted: bool,
    **place: Any,
) -> None:
    """Write the skeleton of a new node of a KIND, such as AdverseEffect, Condition or Source.

    An id is proposed; keys that wait for a value say what to write, and `check` names their lines.
    `new passage SOURCE WORDS` finds the words in the text of the source, and gives the sentence that
    holds them with its place and digest. Without --in or --write it is printed and nothing is changed.

    \b
    Examples:
      ivig-kg new AdverseEffect --about human-immunoglobulin --evidence hig-s09 --set effect=fever
      ivig-kg new condition --label nausea --bare
    """
    from ivig_kg import authoring, excerpts  # noqa: PLC0415  (keeps --help fast)

    given = _given([("label", label), ("about", about), *(("evidence", e) for e in evidence)], values)
    is_passage = kind.casefold() == "passage"
    _refuse_mixed(words, is_passage=is_passage, mixed=wanted or any(place.values()))
    project = project_of(ctx)
    if is_passage:
        place["whole"] = not place.pop("exact")
        draft = excerpts.passage(words[0], " ".join(words[1:]), values=given, project=project, file=file, **place)
    else:
        draft = authoring.node(kind, given, project=project, file=file, bare=bare)
    for note in draft.notes:
        tell(note)
    if draft.stands is not None:
        show(f"{draft.stands}: {draft.name} is this passage already")
    elif file is not None or wanted:
        show(f"{authoring.save(draft, project=project, file=file)}: {draft.name}")
    else:
        write(draft.text)


def _refuse_mixed(words: tuple[str, ...], *, is_passage: bool, mixed: bool) -> None:
    """Refuse what belongs to passages on another kind, and a passage without its source."""
    if is_passage and not words:
        message = "name the source of the passage: new passage SOURCE WORDS"
        raise click.UsageError(message)
    if not is_passage and (words or mixed):
        message = "SOURCE, WORDS, --sources, --exact, --nth and --write belong to `new passage`; write --set KEY=VALUE"
        raise click.UsageError(message)


def _given(options: list[tuple[str, str | None]], values: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the values of the options by key."""
    if wrong := [v for v in values if v.find("=") < 1]:
        message = f"--set {wrong[0]}: write KEY=VALUE"
        raise click.UsageError(message)
    found: dict[str, list[str]] = {}
    for key, value in [*options, *((v.partition("=")[0], v.partition("=")[2]) for v in values)]:
        if value is not None:
            found.setdefault(key, []).append(value)
    return found


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make a small project in DIR to learn on: facts on an invented medicine, with their text.

    DIR must be empty or new. Its README.md has the steps.

    \b
    Example:
      ivig-kg init exemplin
    """
    from ivig_kg import lesson  # noqa: PLC0415  (keeps --help fast)

    for name in lesson.begin(folder):
        show(f"{folder / name}")
    tell(f"go on with the steps in {folder / 'README.md'}")


@click.command()
@SOURCES
@TEXT_OR_JSON
@click.pass_context
def doctor(ctx: click.Context, sources: Path | None, form: str) -> None:
    """Say what is installed, what is read, what is stale and what is unchecked.

    Each line is ok, warn or wrong, with what to do about it. Exit status 1 where something is wrong.

    \b
    Example:
      ivig-kg doctor
    """
    from ivig_kg import doctor as ward  # noqa: PLC0415  (keeps --help fast)

    found = ward.examine(
        ctx.obj,
        sources=sources,
        environment=os.environ,
        encoding=getattr(sys.stdout, "encoding", None),
        is_terminal=sys.stdout is not None and sys.stdout.isatty(),
    )
    write(ward.as_json(found) if form == "json" else ward.as_text(found))
    ctx.exit(ward.exit_code(found))
