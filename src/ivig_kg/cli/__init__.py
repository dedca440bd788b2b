"""The command line: words to one call, to text and an exit status."""

from __future__ import annotations

from pathlib import Path

import click

from ivig_kg.cli import asking, authoring, checking, comparing, curating, editing, releasing, storing
from ivig_kg.cli.group import FOLDER, Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ivig-kg")
@click.option(
    "-C",
    "directory",
    type=FOLDER,
    help="Folder with facts/ in it; else this one or the nearest above, else the facts of ivig-kg.",
)
@click.pass_context
def main(ctx: click.Context, directory: Path | None) -> None:
    """Curated facts about human immunoglobulin, checked and exported as RDF.

    \b
    Exit status:
      0  done                        5  a triple store refused, lied or went away
      1  findings, or stale exports  6  the output could not be written
      2  wrong usage                 7  a limit of size, time or depth
      3  unreadable facts, or none   70 a bug of ours      130 interrupted
      4  shapes, rules or context are broken
    """
    ctx.obj = directory


for command in (
    checking.check,
    checking.build,
    checking.merge,
    checking.export,
    releasing.release,
    releasing.verify,
    releasing.site,
    storing.load,
    storing.serve,
    asking.query,
    asking.show,
    asking.find,
    editing.schema,
    authoring.new,
    authoring.init,
    authoring.doctor,
    curating.explain,
    comparing.diff,
    comparing.stats,
):
    main.add_command(command)
