"""The console: standard input and output are whole or there is an error, and findings go where they are asked for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivig_kg.errors import OutputError, UsageError

if TYPE_CHECKING:
    from ivig_kg.findings import Paint, Severity
    from ivig_kg.reporting import Report

BAR = 30  # characters of a bar
EVERY = 0.2  # seconds between two looks at how far a run is
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan", "place": "blue"}


def write(text: str | bytes | bytearray) -> None:
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


def show(*lines: str) -> None:
    """Write lines for a person to standard output, with nothing in them that a terminal might act on."""
    from ivig_kg.findings import printable  # noqa: PLC0415  (keeps --help fast)

    write("".join(f"{printable(line)}\n" for line in lines))


def tell(line: str) -> None:
    """Write a line for a person to standard error; see `show`."""
    from ivig_kg.findings import printable  # noqa: PLC0415  (keeps --help fast)

    click.echo(printable(line), err=True)


def read(most: int = -1) -> bytes:
    """Return all of standard input, or no more than some bytes of it, or say that there is none."""
    if sys.stdin is None:
        message = "standard input is closed"
        raise UsageError(message)
    return sys.stdin.buffer.read(most)


def silence() -> None:
    """Let nothing more be written to standard output, not even when Python ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (it stays open to the end)


def _coloured(stream: Any) -> bool:
    """Tell whether to colour: only for a terminal that can, unless NO_COLOR is set."""
    return (
        stream is not None and stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def show_report(
    report: Report,
    form: str,
    *,
    err: bool = False,
    file: Path | None = None,
    fail_on: Severity | None = None,
    statistics: bool = False,
) -> None:
    """Print findings, or how often each rule was broken, in a format, then a line on what was checked.

    Args:
        report: What a check found.
        form: One of the formats of `formats`.
        err: Whether to print to standard error, where standard output is for something else.
        file: A file to write to instead.
        fail_on: From which severity on a finding is a failure, where the format tells them apart; an error
            where there is none.
        statistics: Whether to print how often each rule was broken instead of the findings.
    """
    from ivig_kg import findings, formats, writing  # noqa: PLC0415  (keeps --help fast)

    paint = _paint(sys.stderr if err else sys.stdout) if not file else None
    shown: dict[str, Any] = {"fail_on": fail_on or findings.Severity.ERROR, "paint": paint or findings.plain}
    text = formats.statistics(report, form) if statistics else formats.rendered(report, form, **shown)
    if file:
        writing.save(file, text.encode("utf-8"))
    elif err:
        click.echo(text, err=True, color=True, nl=False)
    else:
        write(text)
    if file or not err or form not in formats.FOR_MACHINES:
        tell(report.summary())


def progress() -> Callable[[int, int, int], None] | None:
    """Return what shows on a terminal how far a long run is: documents done, in all, findings, rate, time left.

    It says nothing in the first second, and there is nothing where standard error is no terminal.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    begun = time.monotonic()
    last = begun + 1 - EVERY

    def show(done: int, number: int, findings: int) -> None:
        """Write the line anew, and take it away at the end."""
        nonlocal last
        now = time.monotonic()
        if now - last < EVERY and (done < number or last < begun + 1):
            return
        last = now
        rate = done / (now - begun)
        left = f", {_duration((number - done) / rate)} left" if rate else ""
        text = f"{done} of {number} documents, {findings} findings, {rate:.1f} a second{left}"
        click.echo("\r\x1b[K" + (text if done < number else ""), err=True, nl=False)

    return show


def sending() -> Callable[[int, int], None] | None:
    """Return what shows on a terminal how much of a request was sent: bytes, and bytes in all; see `progress`."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    last = time.monotonic() + 1

    def show(done: int, size: int) -> None:
        """Write the line anew, and take it away at the end."""
        nonlocal last
        now = time.monotonic()
        if now - last >= EVERY or done >= size:
            last = max(now, last)
            full = BAR * done // max(size, 1)
            text = f"[{'#' * full}{'.' * (BAR - full)}] {done / 1e6:.1f} of {size / 1e6:.1f} MB sent"
            click.echo("\r\x1b[K" + (text if done < size else ""), err=True, nl=False)

    return show


def _duration(seconds: float) -> str:
    """Return a time in words.

    >>> [_duration(s) for s in (5.4, 150, 7300)]
    ['5 s', '2 min 30 s', '2 h 1 min']
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _paint(stream: Any) -> Paint | None:
    """Return what colours a text by its role; None where nothing is coloured."""
    return (
        (lambda text, role: click.style(text, fg=_COLOURS[role], bold=role == "error")) if _coloured(stream) else None
    )
