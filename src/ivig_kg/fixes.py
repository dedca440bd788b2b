"""Fixes: put in what a finding says should stand there, and leave every other byte of the file as it is.

Only a finding with one possible repair has a fix: a misspelt key or word with one near word, capitals
of an id or a prefix, a blank too many, a letter whose accent is a separate character.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable

from ivig_kg.findings import Finding

_QUOTES = ("'", '"')
_BOM = b"\xef\xbb\xbf"


@dataclasses.dataclass(frozen=True, slots=True)
class Fixed:
    """A file with its repairs: the bytes before and after, and the findings that were repaired."""

    path: str
    before: bytes
    after: bytes
    repaired: tuple[Finding, ...]


def apply(data: bytes, findings: Iterable[Finding]) -> tuple[bytes, list[Finding]]:
    """Return the bytes of a file with its fixes put in, and the findings that these belong to.

    A place where the file does not hold what the finding speaks of, or that another fix has changed
    already, is left alone.

    Args:
        data: The file, UTF-8.
        findings: Findings about it.
    """
    start = len(_BOM) if data.startswith(_BOM) else 0
    lines = data[start:].decode("utf-8").split("\n")
    starts = [start]
    for line in lines:
        starts.append(starts[-1] + len(line.encode("utf-8")) + 1)
    edits: dict[tuple[int, int], tuple[bytes, Finding]] = {}
    for finding in findings:
        at = finding.position
        if finding.fix is None or at.line > len(lines):
            continue
        line = lines[at.line - 1]
        there = line[at.column - 1 : at.column - 1 + at.length]
        put = _in_place_of(there, finding)
        if put is not None:
            begin = starts[at.line - 1] + len(line[: at.column - 1].encode("utf-8"))
            edits.setdefault((begin, begin + len(there.encode("utf-8"))), (put.encode("utf-8"), finding))
    repaired = []
    for (begin, end), (new, finding) in sorted(edits.items(), key=lambda edit: edit[0], reverse=True):
        data = data[:begin] + new + data[end:]
        repaired.append(finding)
    return data, repaired[::-1]


def _in_place_of(there: str, finding: Finding) -> str | None:
    """Return what to write in place of some text: the fix, between the quotation marks that stand there."""
    fix = finding.fix or ""
    if there[:1] in _QUOTES and len(there) > 1 and there[-1] == there[0]:
        return None if {"\\", there[0]} & set(there[1:-1] + fix) else there[0] + fix + there[0]
    return fix


def diff(fixed: Fixed) -> str:
    """Return what changes in a file as a unified diff."""
    before, after = (d.decode("utf-8").splitlines(keepends=True) for d in (fixed.before, fixed.after))
    lines = difflib.unified_diff(before, after, fixed.path, fixed.path)
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
