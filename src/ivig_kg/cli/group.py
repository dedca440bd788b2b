"""What the commands share: the group that turns errors into exit statuses, options, and the project."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from ivig_kg.console import progress, silence, tell
from ivig_kg.errors import IvigKgError, OutputError, UsageError

_FULL = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT})
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

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Run the command line; see `click.Group.main`."""
        words = sys.argv[1:] if args is None else list(args)
        if odd := next((word for word in words if not _is_text(word)), None):
            click.echo(f"ivig-kg: {_said(odd)}: this is not UTF-8, and nothing here has such a name", err=True)
            sys.exit(UsageError.exit_code)
        try:
            return super().main(words, *more, **extra)
        except OSError as error:  # even the help could not be printed
            silence()
            click.echo(f"ivig-kg: standard output: cannot be written: {error.strerror}", err=True)
            sys.exit(OutputError.exit_code)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; see `click.Group.invoke`."""
        try:
            _stand_somewhere()
            return super().invoke(ctx)
        except IvigKgError as error:
            click.echo(f"ivig-kg: {_said(error)}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            silence()
            ctx.exit(0)
        except click.ClickException as error:
            vars(error)["message"] = _said(error.message)  # which is final to a type checker alone
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except OSError as error:
            if error.errno not in _FULL or error.filename is not None:
                _bug(ctx, error)
            if _is_of_printing(error):  # the help of a command could not be printed
                raise
            told = f"what is needed on the way can be neither kept nor read again: {error.strerror}"
            click.echo(f"ivig-kg: {told}", err=True)
            ctx.exit(OutputError.exit_code)
        except Exception as error:  # noqa: BLE001  (a bug: its own exit status, and what a report needs)
            _bug(ctx, error)


def _is_of_printing(error: OSError) -> bool:
    """Tell whether Click could not print something; an error of a file that is written has no name of it either."""
    import traceback  # noqa: PLC0415  (keeps --help fast)

    return any(frame.f_code is click.echo.__code__ for frame, _ in traceback.walk_tb(error.__traceback__))


def _bug(ctx: click.Context, error: Exception) -> NoReturn:
    """Say that something is a bug, and what a report of it needs."""
    click.echo(f"ivig-kg: a bug of ours: {type(error).__name__}: {_said(error)}", err=True)
    if os.environ.get("IVIG_KG_TRACEBACK"):
        import traceback  # noqa: PLC0415  (keeps --help fast)

        for line in "".join(traceback.format_exception(error)).split("\n"):
            tell(line)
    click.echo("set IVIG_KG_TRACEBACK=1 to see where, and please report it", err=True)
    ctx.exit(IvigKgError.exit_code)


def _stand_somewhere() -> None:
    """Raise where the working folder is gone: no name without a folder before it means anything then."""
    try:
        Path.cwd()
    except OSError as error:
        message = f"the folder that you are in is gone or closed to you: {error.strerror}; go to another one"
        raise UsageError(message) from error


def _is_text(word: str) -> bool:
    """Tell whether a word of the command line is text, and no bytes that are none."""
    return not any("\ud800" <= char <= "\udfff" for char in word)


def _said(error: object) -> str:
    """Return what an error says, with nothing in it that a terminal might act on: names and answers are others'."""
    from ivig_kg.findings import sentence  # noqa: PLC0415  (keeps --help fast)

    return sentence(str(error))


def project_of(ctx: click.Context) -> Any:
    """Return the project that a command works on, and say so where it is the one that ships."""
    from ivig_kg import resources  # noqa: PLC0415  (keeps --help fast)

    project = resources.locate(ctx.obj)
    if project.is_shipped:
        tell("no facts/ here or above: these are the facts that ship with ivig-kg")
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
