"""Commands for giving the graph away: a release, a site to read it in, and the check of what was received."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from ivig_kg.cli.group import FOLDER, FORMAT, how, options, project_of
from ivig_kg.console import show, show_report


@click.command()
@click.argument("version")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for it.  [default: ivig-kg-VERSION]",
)
@click.option("--previous", type=FOLDER, help="Folder of the release before: what has changed goes into CHANGES.md.")
@how
@FORMAT
@click.pass_context
def release(
    ctx: click.Context, /, version: str, output: Path | None, *, previous: Path | None, form: str, **given: Any
) -> None:
    """Write one folder with all that a partner needs: load it, understand it, check it, cite it.

    VERSION is that of facts/VERSION. In the folder are all exports, ontology, shapes, questions with
    their answers, tables, KGX, FHIR and schema.org, a description with numbers, licences and
    checksums, and recipes for stores. Its date is the newest one in the data, or SOURCE_DATE_EPOCH;
    the same facts give the same bytes. With findings nothing is written.

    \b
    Example:
      ivig-kg release 0.1.0 -o ivig-kg-0.1.0
    """
    from ivig_kg import publishing  # noqa: PLC0415  (keeps --help fast)

    folder = output or Path(f"ivig-kg-{version}")
    report, made = publishing.release(
        version,
        folder,
        project=project_of(ctx),
        environment=os.environ,
        options=options(**given),
        previous=previous,
    )
    show_report(report, form, err=True)
    if made is not None:
        size = sum(made.files.values())
        show(f"{folder}  {len(made.files)} files, {size} bytes", f"fingerprint of the dataset  {made.fingerprint}")
    ctx.exit(report.exit_code())


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--fingerprint", metavar="HEX", help="Fingerprint of the dataset, or of its union, known from elsewhere.")
@FORMAT
@click.pass_context
def verify(ctx: click.Context, /, path: Path, *, fingerprint: str | None, form: str) -> None:
    """Check a release that was received: a folder, or one file of it.

    PATH is the folder of a release, a folder of exports, or a file with the graph in any format, .gz
    too. Every file is held against its checksum, every format against the fingerprint, and what
    differs is named triple by triple; shapes, numbers, links and the answers of the questions are
    checked too. Exit status: 0 all is as it was sent, 1 it is not, 3 there is nothing to check.

    \b
    Examples:
      ivig-kg verify exports
      ivig-kg verify exports/ivig-kg.ttl
    """
    from ivig_kg.release import verification  # noqa: PLC0415  (keeps --help fast)

    report = verification.verify(path, fingerprint=fingerprint)
    show_report(report, form)
    ctx.exit(report.exit_code())


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="site",
    show_default=True,
    help="Folder for it.",
)
@click.option("--base-url", metavar="URL", help="Where it will be: pages then say their own address.")
@click.option(
    "--report-url", metavar="URL", default="mailto:", help="Where problems are reported.  [default: a message to write]"
)
@click.option("--previous", type=FOLDER, help="Folder of the release before: a page says what has changed.")
@how
@FORMAT
@click.pass_context
def site(
    ctx: click.Context,
    /,
    output: Path,
    *,
    base_url: str | None,
    report_url: str,
    previous: Path | None,
    form: str,
    **given: Any,
) -> None:
    """Write the graph as pages to read, follow and question in a browser.

    It is complete without a server and without the network: open index.html from the folder. With
    --sources, the texts of the sources are in it, their passages marked; they may belong to others.
    With errors nothing is written.

    \b
    Example:
      ivig-kg site -o site
    """
    from ivig_kg import showing  # noqa: PLC0415  (keeps --help fast)

    published = showing.Published(base_url, report_url, previous)
    report, made = showing.site(output, project=project_of(ctx), options=options(**given), published=published)
    show_report(report, form, err=True)
    if made:
        show(f"{output / 'index.html'}  {len(made)} files, {sum(made.values())} bytes")
    ctx.exit(report.exit_code())
