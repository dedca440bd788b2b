"""The console: standard input and output are whole or there is an error, and findings print in three formats."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from ivig_kg.errors import OutputError, UsageError
from ivig_kg.findings import Finding, Paint, as_json, concise, full, plain

if TYPE_CHECKING:
    from ivig_kg.reporting import Report

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan", "place": "blue"}


def write(text: str | bytes) -> None:
    """Write to standard output, as UTF-8 and whole, or say that it could not be."""
    data = text.encode("utf-8") if isinstance(text, str) else text
    try:
        if sys.stdout is None:
            message = "standard output is closed"
            raise OutputError(message)
        left = memoryview(data)
        while left:
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence()
        message = f"standard output: cannot be written: {error.strerror}"
        raise OutputError(message) from error


def read() -> bytes:
    """Return all of standard input, or say that there is none."""
    if sys.stdin is None:
        message = "standard input is closed"
        raise UsageError(message)
    return sys.stdin.buffer.read()


def silence() -> None:
    """Let nothing more be written to standard output, not even when Python ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (it stays open to the end)


def _coloured(stream: Any) -> bool:
    """Tell whether to colour: only for a terminal that can, unless NO_COLOR is set."""
    return (
        stream is not None and stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def show_report(report: Report, form: str, *, err: bool) -> None:
    """Print findings in a format, then a line on what was checked."""
    stream = sys.stderr if err else sys.stdout
    paint = (
        (lambda text, role: click.style(text, fg=_COLOURS[role], bold=role == "error")) if _coloured(stream) else plain
    )
    if form == "json":
        content = {"findings": [as_json(f) for f in report.findings], "checked": dict(report.checked)}
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    else:
        text = "".join(_finding(f, report, form, paint) + "\n" for f in report.findings)
    if err:
        click.echo(text, err=True, color=True, nl=False)
    else:
        write(text)
    if form != "json":
        click.echo(report.summary(), err=True)


def _finding(finding: Finding, report: Report, form: str, paint: Paint) -> str:
    if form == "concise":
        return concise(finding)
    lines = report.lines.get(finding.position.path, ())
    line = lines[finding.position.line - 1].rstrip("\r") if finding.position.line <= len(lines) else None
    return full(finding, line=line, paint=paint)
