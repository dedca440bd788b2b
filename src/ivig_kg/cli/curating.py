"""Commands for those who mend what `check` finds."""

from __future__ import annotations

from pathlib import Path

import click

from ivig_kg.cli import completing
from ivig_kg.console import write


@click.command()
@click.argument("code", required=False, shell_complete=completing.codes)
@click.option("--list", "listed", is_flag=True, help="List every code with what its rule says.")
@click.pass_context
def explain(ctx: click.Context, code: str | None, *, listed: bool) -> None:
    """Explain a rule by its CODE: what it says, why, how to repair, and an example.

    The code is the word in brackets of a finding: error[unknown-key]. Without CODE every rule is
    listed. No facts are needed; where shapes/ is a folder of your own, its rules are explained too.

    \b
    Example:
      ivig-kg explain unknown-key
    """
    from ivig_kg import rulebook  # noqa: PLC0415  (keeps --help fast)

    directory: Path | None = ctx.obj
    if code is None or listed:
        write(rulebook.listing(directory=directory))
    else:
        write(rulebook.explain(code, directory=directory))
