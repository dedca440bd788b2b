"""Write docs/cli.md from the help of every command, or say with --check that it is stale."""

from __future__ import annotations

import sys
from pathlib import Path

from click.testing import CliRunner

from ivig_kg.cli import main

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# The command line

This page is made from the help of the commands by `make docs`.

Results go to standard output, everything else to standard error. Colours are for terminals; `NO_COLOR` and `TERM=dumb`
turn them off. `IVIG_KG_TRACEBACK=1` shows where a bug of ours is.

"""


def page() -> str:
    """Return the page: the help of the group, then that of each command."""
    parts = [HEAD]
    for words in ([], *([name] for name in sorted(main.commands))):
        title = " ".join(["ivig-kg", *words])
        text = CliRunner().invoke(main, [*words, "--help"], prog_name="ivig-kg", terminal_width=100).stdout
        parts.append(f"## {title}\n\n```text\n{text.rstrip()}\n```\n\n")
    return "".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv and PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/cli.md is stale: run make docs")
    PAGE.write_text(page(), encoding="utf-8")
