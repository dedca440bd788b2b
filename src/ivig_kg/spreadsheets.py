"""Spreadsheets: tables for people, in which a cell that a spreadsheet would run as a formula is text.

A spreadsheet that opens a table runs each cell that begins with `=`, and some run more. What a source says may begin
so, and what somebody wrote into a received table may do worse. An apostrophe before such a cell keeps it a text, and is
seen there, so nothing is changed unseen; `stated` takes it away again. See docs/decisions/0019-spreadsheets.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

MARK = "'"
_NUMBER = re.compile(r"-?[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?")  # it runs nothing
# what may stand before a formula, which is one all the same: blanks, and what is not seen
_UNSEEN = (
    '\\s"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f'
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_FORMULA = "=+\\-@\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"  # the last ones are small or wide forms
# a formula with all that stands unseen before it; an apostrophe keeps nobody from running what stands behind a break
_RUN = re.compile(f"(?<![{_UNSEEN}])[{_UNSEEN}]*+(?=[{_FORMULA}])")
_RISKY = re.compile(f"(?<![{_UNSEEN}'])[{_UNSEEN}']*+(?=[{_FORMULA}])")
_BREAK = re.compile(r"[\t\r\n]")
_LEADING = re.compile(r"'*[\t\r\n]")
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|\Z)')  # the module csv takes no long cell


def harmless(text: str) -> str:
    r"""Return a cell with an apostrophe wherever a spreadsheet would begin to run it; a number stays as it is.

    >>> harmless("=1+1"), harmless("-0.5"), harmless("headache"), harmless("a;=1+1")
    ("'=1+1", '-0.5', 'headache', "a;'=1+1")
    """
    if _NUMBER.fullmatch(text):
        return text
    starts = list(_starts(_RISKY, text))
    if _LEADING.match(text) and starts[:1] != [0]:
        starts.insert(0, 0)
    ends = [*starts[1:], len(text)]
    return text[: starts[0]] + "".join(MARK + text[a:b] for a, b in zip(starts, ends, strict=True)) if starts else text


def stated(text: str) -> str:
    """Return the text that `harmless` was given.

    >>> stated(harmless("=1+1")), stated("'tis")
    ('=1+1', "'tis")
    """
    if text.startswith(MARK) and _LEADING.match(text) and 0 not in _starts(_RISKY, text):
        text = text[1:]
    marks = {at for at in _starts(_RISKY, text) if text[at] == MARK}
    return "".join(char for at, char in enumerate(text) if at not in marks) if marks else text


def _starts(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    """Yield where cells begin with a formula, also where a program parts cells in another way than we do."""
    for found in pattern.finditer(text):
        if not found.start() or text[found.start() - 1] == ";":
            yield found.start()
        yield from (one.end() for one in _BREAK.finditer(text, found.start(), found.end()))


def written(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a table of comma-separated values that runs nothing."""
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows)


def _cell(text: str) -> str:
    """Return a cell, in quotation marks where a reader may need them, and always where it was changed."""
    kept = harmless(text)
    if kept != text or any(c in kept for c in '",\r\n'):
        return '"' + kept.replace('"', '""') + '"'
    return kept


def neutral(table: str) -> str:
    """Return a table of comma-separated values such that it runs nothing; the same where no cell has to change."""
    changes = any(harmless(cell) != cell for row in _rows(table) for cell in row)
    return written(_rows(table)) if changes else table


def runs(table: str, *, form: str = "csv") -> int:
    """Return how many cells of a table a spreadsheet may run.

    Args:
        table: The table, as a program wrote it.
        form: `csv`, or `tsv`, in which no cell holds a tab or the end of a line.
    """
    rows = _rows(table) if form == "csv" else (line.split("\t") for line in table.split("\n"))
    cells = [cell for row in rows for cell in row if not _NUMBER.fullmatch(cell)]
    return sum(any(True for _ in _starts(_RUN, cell)) or cell.startswith(("\t", "\r", "\n")) for cell in cells)


def marked(table: str) -> int:
    """Return how many cells of a table have an apostrophe that `harmless` put there."""
    return sum(stated(cell) != cell for row in _rows(table) for cell in row)


def _rows(table: str) -> Iterator[list[str]]:
    """Yield the rows of a table that a program wrote, each with its cells.

    Raises:
        ValueError: It is no such table.
    """
    row: list[str] = []
    at = 0
    while at < len(table):
        found = _CELL.match(table, at)
        if found is None:
            message = "a quotation mark stands where none may stand"
            raise ValueError(message)
        row.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        if found[3] != ",":
            yield row
            row = []
        elif found.end() == len(table):
            yield [*row, ""]
        at = found.end()
