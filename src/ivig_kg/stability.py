"""Stability: does a value come back from every triple store as it went in?

Stores keep numbers by value, so of 0.40 they make 0.4. Virtuoso gives a double back as a decimal, and a time span as
a number of seconds or months. A node without an address has another name in each. Language tags need no look: the
parser writes them in small letters. What the facts say is held to this by `shapes/Data.ttl`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import reading
from ivig_kg.errors import ShapesError
from ivig_kg.findings import quoted

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = frozenset(_XSD + name for name in ("decimal", "integer", "nonNegativeInteger"))
_DOUBLES = frozenset(_XSD + name for name in ("double", "float"))
_SPANS = frozenset(_XSD + name for name in ("duration", "dayTimeDuration", "yearMonthDuration"))
# longer numbers are cut by some stores
_SHORTEST = re.compile(r"0|-?[1-9][0-9]{0,14}|-?(0|[1-9][0-9]{0,8})\.[0-9]{0,17}[1-9]")
_NUMBER = re.compile(r"[+-]?(?=\.?[0-9])(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?")
_LONG = "has more digits than every triple store keeps: at most 15, with a point 9 before it and 18 behind it"
_NAMELESS = re.compile(r"\[|\(|_:")


def is_shortest(number: str) -> bool:
    """Tell whether a number is in its shortest form, and of no more digits than every store keeps.

    >>> [is_shortest(number) for number in ("0.4", "-2", "0.40", "+1", "1" * 16)]
    [True, True, False, False, False]
    """
    return _SHORTEST.fullmatch(number) is not None


def shortest(number: str) -> str | None:
    """Return the shortest form of a number; None where it is none, or has too many digits for some store.

    >>> shortest("+02.50"), shortest("-0"), shortest("1" * 16), shortest("1,5")
    ('2.5', '0', None, None)
    """
    short = plain(number)
    return short if short is not None and is_shortest(short) else None


def plain(number: str) -> str | None:
    """Return a number without zeros and a sign that say nothing, however many digits it has; None where it is none.

    >>> plain("+02.50"), plain("1" * 16), plain("1e9"), plain("")
    ('2.5', '1111111111111111', None, None)
    """
    match = _NUMBER.fullmatch(number)
    if match is None:
        return None
    whole, part = match["whole"].lstrip("0") or "0", (match["part"] or "").rstrip("0")
    short = f"{whole}.{part}" if part else whole
    return f"-{short}" if number.startswith("-") and short != "0" else short


def is_decimal(literal: ox.Literal) -> bool:
    """Tell whether a literal is a decimal number in its shortest form.

    >>> [is_decimal(ox.Literal(text, datatype=ox.NamedNode(_XSD + "decimal"))) for text in ("0.4", "0.40", "2.0")]
    [True, False, False]
    """
    return literal.datatype.value == _XSD + "decimal" and is_shortest(literal.value)


def problem(term: Any) -> str | None:
    """Return why some store would not give a term back as it is, and what to write; None where all do."""
    if isinstance(term, ox.BlankNode):
        return "a node without an address has another name in each triple store: give it one"
    if not isinstance(term, ox.Literal):
        return None
    if term.direction:
        return f"{quoted(term.value)} has a direction, which not every triple store keeps: take it off"
    if term.datatype.value in _DOUBLES:
        return f"{quoted(term.value)} is a double, which some triple stores change: write a decimal number"
    if term.datatype.value in _SPANS:
        return f"{quoted(term.value)} is a time span, which some triple stores change: write a number and a unit"
    return long_form(term.value) if term.datatype.value in _NUMBERS else None


def long_form(number: str) -> str | None:
    """Return why some store would not give a number back as it is written, and what to write; None where all do."""
    if is_shortest(number):
        return None
    short = shortest(number)
    if short is None:
        return f"{quoted(number)} {_LONG if _NUMBER.fullmatch(number) else 'is no number: write digits and a point'}"
    return f"{quoted(number)} is not the shortest form of its number: write {quoted(short)}"


def check(path: Path, triples: Iterable[Any]) -> None:
    """Raise ShapesError for the first value of a Turtle file that some triple store would change, with its place.

    Args:
        path: The file.
        triples: What it says.
    """
    if not any(problem(term) for t in triples for term in (t.subject, t.object)):
        return
    lines = reading.content(path).splitlines(keepends=True)
    for number, term in _terms(lines):
        if said := problem(term):
            column = _column(lines[number - 1].decode("utf-8"), term)
            message = f"{path}:{number}:{column}: {said}"
            raise ShapesError(message)


class _Lines:
    """The lines of a file, given to a parser one by one, so that it is known how far it has read."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.number = 0

    def read(self, _size: int = -1) -> bytes:
        """Return the next line."""
        line = next(self._lines, b"")
        self.number += bool(line)
        return line


def _terms(lines: Iterable[bytes]) -> Iterator[tuple[int, Any]]:
    """Yield the subjects and objects of a Turtle file, each with the number of its line."""
    given: Any = _Lines(lines)
    for triple in ox.parse(given, ox.RdfFormat.TURTLE):
        yield given.number, triple.subject
        yield given.number, triple.object


def _column(line: str, term: Any) -> int:
    """Return where a term stands in its line; the first column where that cannot be seen."""
    if isinstance(term, ox.Literal):
        return max(1, line.find(term.value) + 1)
    match = _NAMELESS.search(line)
    return match.start() + 1 if match else 1
