"""Allowing: a comment `# ivig-kg: allow CODE - reason` takes a warning or a note off its line.

Errors cannot be allowed. A comment that allows nothing is told, so that none outlives its reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from ivig_kg.findings import Finding, Position, Severity, ordered, quoted
from ivig_kg.nodes import Document

Comment = tuple[Position, str]  # where it stands, and what it says

_COMMENT = re.compile(
    r"""^(?P<before>[^"]*|[^"]*"[^"]*"[^"]*)(?:(?<= )|(?<=^))(?P<comment>#\s*ivig-kg:(?P<rest>.*))$"""
)
_ALLOW = re.compile(r" allow (?P<code>[A-Za-z][\w-]*) - (?P<reason>\S.*)")
# found only in runs with the texts of the sources, or only without
SOMETIMES = frozenset(
    {
        *("passages-unchecked", "sections-unchecked", "sentence-uncovered", "passage-section"),
        *("quotation-negated", "number-apart-from-unit"),
    }
)


def apply(findings: Collection[Finding], *, comments: Iterable[Comment]) -> list[Finding]:
    """Return findings without those that are allowed, and with what is wrong about the comments.

    Args:
        findings: What was found.
        comments: The comments of the files that are reported on; see `comments`.
    """
    by_place: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in findings:
        by_place.setdefault((finding.position.path, finding.position.line, finding.code), []).append(finding)
    whole = all(f.exit_code == 1 for f in findings)
    allowed: set[Finding] = set()
    more: list[Finding] = []
    for at, rest in comments:
        match = _ALLOW.fullmatch(rest.rstrip())
        if match is None:
            hint = "write `# ivig-kg: allow CODE - reason`"
            more.append(Finding("bad-allow", "the comment allows nothing: it has no code or no reason", at, hint=hint))
            continue
        code = match["code"]
        there = by_place.get((at.path, at.line, code), [])
        if any(f.severity is Severity.ERROR for f in there):
            message = f"{quoted(code)} is an error, and errors cannot be allowed"
            more.append(Finding("bad-allow", message, at, hint="mend what the error says, and take the comment out"))
        elif there:
            allowed.update(there)
        elif code not in SOMETIMES and whole:
            message = f"the comment allows {quoted(code)}, and there is none on this line"
            more.append(Finding("unused-allow", message, at, Severity.WARNING, hint="take the comment out"))
    return ordered([f for f in findings if f not in allowed] + more)


def comments(document: Document) -> Iterator[Comment]:
    """Yield the place and the words of every comment for the tool."""
    return in_lines(document.lines, path=document.path, first=document.first)


def in_lines(lines: Iterable[str], *, path: str, first: int = 1) -> Iterator[Comment]:
    """Yield the place and the words of every comment for the tool in some lines of a file."""
    for number, line in enumerate(lines, first):
        match = _COMMENT.search(line.rstrip("\r")) if "ivig-kg:" in line else None
        if match:
            length = len(match["comment"].rstrip())
            yield Position(path, number, match.start("comment") + 1, length), match["rest"]
