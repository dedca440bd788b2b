"""Rendition: what a person sees of an answer, and how the rows of a file end."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import pyoxigraph as ox

MAX_CELL = 60
_LETTERS = "\n\t"  # what is no letter and yet harmless in Turtle on a screen


def short(value: Any, prefixes: Mapping[str, str]) -> str:
    """Return a term as a person reads it: an IRI by its prefix, a literal by its text.

    >>> short(ox.NamedNode("https://w3id.org/ivig-kg/id/headache"), {"kg": "https://w3id.org/ivig-kg/id/"})
    'kg:headache'
    """
    if value is None:
        return ""
    if isinstance(value, ox.NamedNode):
        fitting = [(len(iri), p, iri) for p, iri in prefixes.items() if value.value.startswith(iri)]
        if fitting:
            _, prefix, iri = max(fitting)
            return f"{prefix}:{value.value[len(iri) :]}"
    return str(value if isinstance(value, ox.Triple) else value.value)


def table(names: list[str], rows: list[list[str]]) -> str:
    """Return rows as a table for a person to read; long cells are cut with an ellipsis.

    What a terminal would obey, or show nothing of, is written out.

    >>> print(table(["effect"], [["headache"], ["\\x1b[2J"]]), end="")
    effect
    ---------
    headache
    \\u001B[2J
    (2 rows)
    """
    cut = [[visible(c if len(c) <= MAX_CELL else c[: MAX_CELL - 1] + "…") for c in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cut, strict=True)]
    lines = [names, ["-" * w for w in widths], *cut]
    text = "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)
    count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return f"{text}\n({count})\n"


def visible(text: str, *, but: str = "") -> str:
    """Return text in which each character that is no letter, sign or blank is written out, as Turtle does it.

    >>> visible("0.4\\xa0g\\u202e \\x9b1A")
    '0.4\\xa0g\\\\u202E \\\\u009B1A'
    """
    return text if text.isprintable() else "".join(c if c in but or _shows(c) else _escape(c) for c in text)


def visible_turtle(text: str) -> str:
    """Return Turtle that says the same, with such characters written out; they stand in literals alone."""
    return visible(text, but=_LETTERS)


def _shows(letter: str) -> bool:
    return letter.isprintable() or unicodedata.category(letter) == "Zs"


def _escape(letter: str) -> str:
    number = ord(letter)
    return f"\\U{number:08X}" if number > 0xFFFF else f"\\u{number:04X}"  # noqa: PLR2004  (the last of four digits)


class Lines:
    """A file to write an answer of the W3C's formats to: its rows end as those of all our files, and so does it."""

    def __init__(self, give: Callable[[bytes], None]) -> None:
        """Take what is called with each piece."""
        self._give = give
        self._quoted = False
        self._last = b""

    def write(self, data: bytes) -> int:
        """Take the next piece; a line that ends within quotation marks is part of a value and stays as it is."""
        parts = data.split(b'"')
        for number, part in enumerate(parts):
            self._quoted ^= number > 0
            parts[number] = part if self._quoted else part.replace(b"\r", b"")
        made = b'"'.join(parts)
        self._last = made[-1:] or self._last
        self._give(made)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what was written was given."""

    def end(self) -> None:
        """End the last line, where it does not end."""
        if self._last != b"\n":
            self._give(b"\n")
