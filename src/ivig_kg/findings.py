"""Findings: what is wrong, where, and what to type instead; and how a finding prints."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
from collections.abc import Callable, Iterable

MAX_QUOTED = 60
MAX_EXCERPT = 120
MAX_SENTENCE = 2000
_ODD = re.compile(r"[^\n -~]")


class Severity(enum.Enum):
    """How much a finding weighs: only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


SHACL_SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.NOTE}


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: line and column count from 1, in characters; `length` is how many are meant."""

    path: str
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing, at one place.

    Attributes:
        code: The rule, as `misspelt-key` or the name of a shape.
        message: One sentence in plain words.
        position: Where it stands.
        hint: What to do about it, at most one sentence.
        subject: The label of the fact or concept concerned.
        related: Other places that belong to it, each with a few words.
        exit_code: 1 for facts that can be read, 3 or 7 where the file itself cannot.
        fix: The text that should stand at the place, where there is just one.
    """

    code: str
    message: str
    position: Position
    severity: Severity = Severity.ERROR
    hint: str | None = None
    subject: str | None = None
    related: tuple[tuple[str, Position], ...] = ()
    exit_code: int = 1
    fix: str | None = None


Paint = Callable[[str, str], str]


def plain(text: str, _role: str) -> str:
    """Return text as it is: the `Paint` for output without colours."""
    return text


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by place, then code, each once."""
    return sorted(set(findings), key=lambda f: (f.position, f.code, f.message))


def printable(text: str) -> str:
    """Return text with everything that a terminal might act on written as an escape.

    >>> printable("a\\x1b[31m")
    'a\\\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def sentence(text: str) -> str:
    """Return what is said of an error: printable and cut where it is long; a line of its own is set in by two blanks.

    >>> sentence("a\\nb\\n  c")
    'a\\\\nb\\n  c'
    """
    told = "\n  ".join(map(printable, text[: 2 * MAX_SENTENCE].split("\n  ")))
    return told if len(told) <= MAX_SENTENCE else told[: MAX_SENTENCE - 1] + "…"


def in_json(content: object) -> str:
    """Return the JSON of an object, in which everything that a terminal might act on is written as an escape.

    >>> print(in_json("a\\u202eb"), end="")
    "a\\u202eb"
    """
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return _ODD.sub(lambda match: match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1], text)


def quoted(text: str) -> str:
    """Return text between backquotes, printable and cut where it is long.

    >>> quoted("headache")
    '`headache`'
    """
    shown = text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
    return f"`{printable(shown)}`"


def concise(finding: Finding) -> str:
    """Return a finding as one line: `file:line:column: severity code: sentence; hint`."""
    parts = [finding.message, *(f"{words} {place}" for words, place in finding.related)]
    if finding.hint:
        parts.append(finding.hint)
    return printable(f"{finding.position}: {finding.severity.value} {finding.code}: {'; '.join(parts)}")


def full(finding: Finding, *, line: str | None, paint: Paint = plain) -> str:
    """Return a finding with the line it stands on and a mark under the place.

    Args:
        finding: What to print.
        line: The text of the line, or None where it is not at hand.
        paint: Colours a piece of text by role (`error`, `warning`, `note`, `place`).
    """
    role = finding.severity.value
    place = printable(str(finding.position)) + (f"   ({printable(finding.subject)})" if finding.subject else "")
    out = [
        f"{paint(f'{role}[{finding.code}]', role)}: {printable(finding.message)}",
        f"  {paint('-->', 'place')} {place}",
    ]
    gutter = " " * max(2, len(str(finding.position.line)))
    if line is not None:
        text, mark = _excerpt(line, finding.position)
        bar = paint("|", "place")
        out += [f"{gutter} {bar}", f"{finding.position.line:>2} {bar} {text}", f"{gutter} {bar} {paint(mark, role)}"]
    out += [f"{gutter} = note: {printable(f'{words} {place}')}" for words, place in finding.related]
    if finding.hint:
        out.append(f"{gutter} = help: {printable(finding.hint)}")
    return "\n".join(out) + "\n"


def _excerpt(line: str, position: Position) -> tuple[str, str]:
    """Return the part of a line around a place, and the row of marks under it."""
    begin = position.column - 1
    first = max(0, begin - MAX_EXCERPT // 2) if len(line) > MAX_EXCERPT else 0
    before, rest = line[first:begin], line[begin : first + MAX_EXCERPT]
    marked = printable(rest[: max(1, position.length)])
    lead = printable(before)
    return lead + printable(rest), " " * len(lead) + "^" * max(1, len(marked))


def as_json(finding: Finding) -> dict[str, object]:
    """Return a finding as a JSON object; absent parts are null or empty, never missing."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.position.path,
        "line": finding.position.line,
        "column": finding.position.column,
        "length": finding.position.length,
        "hint": finding.hint,
        "fix": finding.fix,
        "subject": finding.subject,
        "related": [
            {"message": words, "path": place.path, "line": place.line, "column": place.column}
            for words, place in finding.related
        ],
    }
