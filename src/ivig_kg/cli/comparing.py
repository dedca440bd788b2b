"""Commands that compare editions and count what is in one."""

from __future__ import annotations

from pathlib import Path

import click

from ivig_kg.cli.group import SOURCES, TEXT_OR_JSON, project_of
from ivig_kg.console import write


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, for release notes, or for programs.",
)
@click.option("--exit-code", "fail", is_flag=True, help="Exit with 1 where something differs.")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str | None, form: str, *, fail: bool) -> None:
    """Compare two editions fact by fact: is it a major, minor or patch change for those who query?

    OLD and NEW are a folder with facts/ in it, a facts file, a folder or file of exports, or a
    revision of the git repository, such as v0.1.0 or HEAD~1; NEW is the working folder by default.
    A path that exists goes before a revision. The exit status is 0 whether or not something differs,
    as with git diff.

    \b
    Example:
      ivig-kg diff exports/ivig-kg.nq --format markdown
    """
    from ivig_kg import changelog, editions  # noqa: PLC0415  (keeps --help fast)

    found = editions.differences(old, new, project=project_of(ctx))
    write(changelog.written(found, form))
    ctx.exit(1 if fail and found.differences else 0)


@click.command()
@TEXT_OR_JSON
@SOURCES
@click.pass_context
def stats(ctx: click.Context, form: str, *, sources: Path | None) -> None:
    """Count facts, evidence, coverage, review and mappings, and list concepts that are unmapped or unused.

    \b
    Example:
      ivig-kg stats
    """
    from ivig_kg import loading  # noqa: PLC0415  (keeps --help fast)
    from ivig_kg import stats as statistics  # noqa: PLC0415

    found = statistics.sections(loading.readable(project_of(ctx)), sources=sources)
    write(statistics.written(found, form))
