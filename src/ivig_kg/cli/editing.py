"""The command for text editors."""

from __future__ import annotations

from pathlib import Path

import click

from ivig_kg.cli.group import OUTPUT, project_of, workflow
from ivig_kg.console import write


@click.command()
@OUTPUT
@click.pass_context
def schema(ctx: click.Context, output: Path) -> None:
    """Write the JSON Schema with which an editor completes and underlines facts files.

    It is made from ontology, shapes and context, those of your project where it has its own. What
    an editor cannot see, references and evidence above all, `check` finds.

    \b
    Example:
      ivig-kg schema -o facts.schema.json
    """
    from ivig_kg import editor  # noqa: PLC0415  (keeps --help fast)

    project = project_of(ctx)
    made = editor.text(project)
    if str(output) == "-":
        write(made)
    else:
        workflow().save(output, made.encode("utf-8"), project=project)
