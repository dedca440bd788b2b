"""What the commands share: the group that turns errors into exit statuses, options, and the project."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ivig_kg.console import progress, silence
from ivig_kg.errors import IvigKgError

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json", "github", "sarif", "junit"]),
    default="full",
    show_default=True,
    help="How findings are printed: with the line they stand on, as one line each, or for other tools.",
)
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    default="error",
    show_default=True,
    help="What counts as a failure.",
)
_ENGINE = click.option(
    "--engine",
    type=click.Choice(["sets", "pyshacl", "shacl"]),
    default="sets",
    show_default=True,
    help="What asks the shapes: our own code, pySHACL (the reference, slow), or the package shacl (ivig-kg[fast]).",
)
STATISTICS = click.option(
    "--statistics", is_flag=True, help="Print how often each rule was broken instead of the findings."
)
SOURCES = click.option(
    "--sources", type=FOLDER, help="Folder with the texts of the sources, to check every passage against."
)
_JOBS = click.option(
    "-j", "--jobs", type=click.IntRange(1), default=1, show_default=True, help="How many processes to work in."
)
_CACHE = click.option(
    "--no-cache",
    is_flag=True,
    help="Find everything out anew. What was found is kept in $IVIG_KG_CACHE, or where your system keeps such files.",
)


OUTPUT = click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help="File to write; - is the screen.",
)
TEXT_OR_JSON = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is printed.",
)


class Group(click.Group):
    """Turns the project's errors into one line and an exit status, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; see `click.Group.invoke`."""
        try:
            return super().invoke(ctx)
        except IvigKgError as error:
            click.echo(f"ivig-kg: {_plain(str(error))}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            silence()
            ctx.exit(0)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001  (a bug: its own exit status, and what a report needs)
            click.echo(f"ivig-kg: a bug of ours: {type(error).__name__}: {_plain(str(error))}", err=True)
            if os.environ.get("IVIG_KG_TRACEBACK"):
                import traceback  # noqa: PLC0415  (keeps --help fast)

                click.echo("".join(traceback.format_exception(error)), err=True)
            click.echo("set IVIG_KG_TRACEBACK=1 to see where, and please report it", err=True)
            ctx.exit(70)


def _plain(text: str) -> str:
    """Return a message with everything that a terminal might act on as an escape: it may quote a hostile file."""
    from ivig_kg.findings import printable  # noqa: PLC0415  (keeps --help fast)

    return "\n".join(map(printable, text.split("\n")))


def project_of(ctx: click.Context) -> Any:
    """Return the project that a command works on, and say so where it is the one that ships."""
    from ivig_kg import resources  # noqa: PLC0415  (keeps --help fast)

    project = resources.locate(ctx.obj)
    if project.is_shipped:
        click.echo("no facts/ here or above: these are the facts that ship with ivig-kg", err=True)
    return project


def how(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of how facts are checked; `options` takes them."""
    for option in (_CACHE, _JOBS, _ENGINE, SOURCES):
        command = option(command)
    return command


def options(*, sources: Path | None, engine: str, jobs: int, no_cache: bool, dask: str | None = None) -> Any:
    """Return the options of how facts are checked, with a line on how far it is where somebody watches."""
    from ivig_kg import cache, making  # noqa: PLC0415  (keeps --help fast)

    place = None if no_cache else cache.folder()
    kept = cache.Cache(place) if place else None
    return making.Options(sources=sources, engine=engine, jobs=jobs, cluster=dask, cache=kept, progress=progress())


def workflow() -> Any:
    """Return the module `workflow`, imported once a command runs."""
    from ivig_kg import workflow as found  # noqa: PLC0415  (keeps --help fast)

    return found


def severity(name: str) -> Any:
    """Return the severity that an option names."""
    from ivig_kg.findings import Severity  # noqa: PLC0415  (keeps --help fast)

    return Severity(name)
