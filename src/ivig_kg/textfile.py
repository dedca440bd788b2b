"""Text files: UTF-8, of bounded size, and free of characters that hide from the eye."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ivig_kg import reading
from ivig_kg.errors import FactsError, LimitError
from ivig_kg.findings import Finding, Position

MAX_BYTES = reading.TEXT
MAX_CHARACTER_FINDINGS = 20

_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks that show nothing
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_SUSPECT = re.compile(r"[^\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482]")


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """The text of a file without a byte order mark, and why it cannot be used as it is."""

    text: str
    findings: tuple[Finding, ...] = ()


def read(path: Path, *, shown: str, tabs: bool, data: bytes | None = None, first: int = 1) -> Text:
    """Read a text file.

    Args:
        path: The file.
        shown: Its name in findings.
        tabs: Whether the file may hold tabs.
        data: What it holds, where that was read already.
        first: The number of its first line, where it is a part of another file.

    Returns:
        The text; findings with exit code 3, or 7 for its size, say why it cannot be used.
    """
    if data is None and path.exists() and not path.is_file():
        return Text("", (_finding("unreadable-file", "this is not a file", shown),))
    if data is None:
        try:
            data = reading.begin(path, most=MAX_BYTES + 1)
        except OSError as error:
            message = f"the file cannot be opened: {error.strerror}"
            return Text("", (_finding("unreadable-file", message, shown),))
    if len(data) > MAX_BYTES:
        message = "the file is larger than 1 MiB"
        found = _finding(
            "file-too-large", message, shown, Position(shown, first, 1), hint="split it", code=LimitError.exit_code
        )
        return Text("", (found,))
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        at = Position(shown, before.count("\n") + first, len(before) - (before.rfind("\n") + 1) + 1)
        found = _finding("not-utf-8", "the file is not UTF-8 text", shown, at, hint="save it as UTF-8")
        return Text(data.decode("utf-8", "replace"), (found,))
    return Text(text, tuple(characters(text, shown=shown, tabs=tabs, first=first)))


@functools.lru_cache(maxsize=4096)
def forbidden(char: str) -> str | None:
    """Return what a character is called where no value may hold it, else None.

    >>> forbidden("\\u202e")
    'a character that turns the direction of text'
    """
    if char == "\t":
        return "a tab"
    category = unicodedata.category(char)
    if unicodedata.bidirectional(char) in _TURNS:
        return "a character that turns the direction of text"
    if category in {"Cc", "Cs", "Zl", "Zp"}:
        return "a control character"
    if category in {"Cn", "Co"}:
        return "a character without a meaning"
    selects = unicodedata.name(char, "").startswith(("VARIATION SELECTOR", "MONGOLIAN FREE VARIATION"))
    return "an invisible character" if category == "Cf" or char in _UNSEEN or selects else None


def characters(text: str, *, shown: str, tabs: bool = False, first: int = 1) -> Iterator[Finding]:
    """Find what no file may hold: control, bidi and invisible characters, and tabs; once a line."""
    if _SUSPECT.search(text.replace("\r\n", "\n")) is None:
        return
    count = 0
    for number, line in enumerate(text.split("\n"), first):
        found = ((m.start(), m.group(), forbidden(m.group())) for m in _SUSPECT.finditer(line.removesuffix("\r")))
        column, char, what = next(((c, s, w) for c, s, w in found if w and not (tabs and s == "\t")), (0, "", None))
        if what is None:
            continue
        count += 1
        if count > MAX_CHARACTER_FINDINGS:
            yield _finding("forbidden-character", "and more such characters follow", shown, Position(shown, number, 1))
            return
        message = f"{what} (U+{ord(char):04X}) is not allowed here"
        hint = "indent and separate with blanks" if char == "\t" else "delete it"
        yield _finding("forbidden-character", message, shown, Position(shown, number, column + 1), hint=hint)


def _finding(
    rule: str, message: str, shown: str, at: Position | None = None, *, hint: str | None = None, code: int = 0
) -> Finding:
    position = at or Position(shown, 1, 1)
    return Finding(rule, message, position, hint=hint, exit_code=code or FactsError.exit_code)
