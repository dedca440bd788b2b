"""Appearance: where YAML, or the parser, would make of a text something else than the eye sees.

libyaml follows YAML 1.1 and is lenient: it joins, cuts and bends a few things that YAML 1.2 reads otherwise or
refuses. What is told here is refused, so that no two programs read one facts file in two ways.
Source: https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

_JOINTS = ("-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "/")
_CUT = re.compile(r" ?#(?! ivig-kg: )| +#[^ ]")
_HEADER = re.compile(r"[|>][-+0-9]*")
_BLOCKS = {"|", ">"}
_SYNTAX = "this cannot be read as YAML: "
_QUOTE = "put the value between quotation marks"
_TWO_BLANKS = "put the whole value between quotation marks; a comment stands two blanks away"


@dataclasses.dataclass(frozen=True, slots=True)
class Deceit:
    """One place where what would be read is not what the eye sees; line and column count from 0."""

    code: str
    message: str
    line: int
    column: int
    length: int
    hint: str


def ended(text: str) -> str:
    """Return a text whose last line has its end where it is of blanks: libyaml would take them for a value's."""
    last = text.rpartition("\n")[2]
    return text + "\n" if last and not last.strip(" ") else text


class Looks:
    """Looks at a text beside the events that libyaml makes of it, in their order."""

    def __init__(self, text: str) -> None:
        """Take the text."""
        self._text = text
        self._lines = [*text.split("\n"), ""]  # an empty value at the end stands on a line behind the last
        self._columns = [-1]  # of the block collections that are open
        self._read = 0  # how far the values went so far
        self._commented = (-1, False)  # the line that was looked at last, and whether it has a `#`

    def of_start(self, event: Any, *, is_value: bool) -> Iterable[Deceit]:
        """Tell what is odd about the beginning of a value, a list or a mapping."""
        start = event.start_mark
        if not is_value and not event.flow_style:
            self._columns.append(start.column)
        if self._text[start.index - 1 : start.index] != "?":
            return ()
        message = f"{_SYNTAX}a `?` at the beginning would be lost"
        return (Deceit("yaml-syntax", message, start.line, start.column - 1, 1, _QUOTE),)

    def of_end(self, event: Any, end: Any) -> Iterator[Deceit]:
        """Tell what is odd about a list or a mapping, by its first event and its last one."""
        if event.flow_style:
            yield from self._outside(event.start_mark.line, end.end_mark)
            yield from self._comment(end.start_mark)
            yield from self._cut(event, end.end_mark)
            self._read = end.end_mark.index
        else:
            self._columns.pop()

    def of_value(self, event: Any) -> Iterable[Deceit]:
        """Tell what is odd about a value; most have nothing that could be."""
        start, end = event.start_mark, event.end_mark
        gap = self._text[self._read : start.index]
        is_short = start.line == end.line and event.style not in _BLOCKS and event.value != "-"
        if self._commented[0] != start.line:
            self._commented = (start.line, "#" in self._lines[start.line])
        if is_short and "#" not in gap and not self._commented[1]:
            self._read = end.index
            return ()
        found = [*self._comment(start), *self._of_value(event)]
        self._read = end.index
        return found

    def _of_value(self, event: Any) -> Iterator[Deceit]:
        first, last = event.start_mark.line, event.end_mark.line
        if last > first:
            yield from self._broken(event, first + 1 if event.style in _BLOCKS else first, last)
        if event.style in _BLOCKS:
            yield from self._block(event)
            return
        if not event.style and event.value == "-":
            yield _at(event, "yaml-syntax", f"{_SYNTAX}a `-` alone is no value", _QUOTE)
        yield from self._outside(first, event.end_mark)
        yield from self._cut(event, event.end_mark)

    def _broken(self, event: Any, first: int, last: int) -> Iterator[Deceit]:
        """Tell of a value that goes on over lines and would get a blank where the eye sees none."""
        broken = any(line.rstrip().endswith(_JOINTS) for line in self._lines[first:last])
        if broken or any(line.lstrip().startswith("/") for line in self._lines[first + 1 : last + 1]):
            message = "a line broken at `-` or `/` would be joined to the next one with a blank"
            yield _at(event, "folded-hyphen", message, "break the line between two words")

    def _cut(self, event: Any, end: Any) -> Iterator[Deceit]:
        """Tell of a value that goes on, to the eye, behind a `#` that begins a comment."""
        if end.line < len(self._lines) and _CUT.match(self._lines[end.line], end.column):
            yield _at(event, "cut-by-comment", "what follows `#` would be read as a comment and lost", _TWO_BLANKS)

    def _comment(self, until: Any) -> Iterator[Deceit]:
        """Tell of a comment between two values whose `#` touches what stands before it."""
        for number, part in enumerate(reversed(self._text[self._read : until.index].split("\n"))):
            found = part.find("#")
            if found > 0 and part[found - 1] != " ":
                line = until.line - number
                column = found + (self._read - self._text.rfind("\n", 0, self._read) - 1 if self._is_first(line) else 0)
                message = "what follows `#` would be read as a comment and lost"
                yield Deceit("cut-by-comment", message, line, column, 1, _TWO_BLANKS)

    def _is_first(self, line: int) -> bool:
        """Tell whether a line is the one on which the last value ended."""
        return self._text.count("\n", 0, self._read) == line

    def _outside(self, first: int, end: Any) -> Iterator[Deceit]:
        """Tell of a line that belongs to a value or a list in brackets and does not stand further in than its key."""
        for number, line in enumerate(self._lines[first + 1 : end.line + 1], first + 1):
            bare = line.strip()
            inside = len(line) - len(line.lstrip(" ")) > self._columns[-1]
            if bare and not inside and not bare.startswith(("#", "]", "}")):
                message = f"{_SYNTAX}a value goes on here, and the line does not stand further in than its key"
                yield Deceit("yaml-syntax", message, number, 0, 1, "indent the line")

    def _block(self, event: Any) -> Iterator[Deceit]:
        """Tell of a block of lines whose beginning would be taken for a comment or for its indentation."""
        start = event.start_mark
        rest = self._lines[start.line][start.column :]
        if _HEADER.sub("", rest, count=1).startswith("#"):
            yield _at(event, "cut-by-comment", "what follows `#` would be read as a comment and lost", _TWO_BLANKS)
        empty = 0
        for number in range(start.line + 1, len(self._lines)):
            bare = self._lines[number].rstrip("\r")
            if bare.strip(" "):
                if self._columns[-1] < len(bare) - len(bare.lstrip(" ")) < empty:
                    message = f"{_SYNTAX}an empty line has more blanks than the first line of the text"
                    yield _at(event, "yaml-syntax", message, "take the blanks out")
                return
            empty = max(empty, len(bare))


def _at(event: Any, code: str, message: str, hint: str) -> Deceit:
    """Return what is odd, at the place of an event."""
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Deceit(code, message, start.line, start.column, max(1, length), hint)
