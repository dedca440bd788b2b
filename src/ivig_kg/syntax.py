"""Syntax: RDF text, read by an engine only where nothing in it could make the engine fall.

An engine goes one step deeper for each bracket in brackets and each triple in a triple; some tens of thousands of them
end its process. Nothing of ours is nested so.
"""

from __future__ import annotations

import re
from typing import Any

import pyoxigraph as ox

DEEPEST = 100  # brackets that stand in one another
_OPENING = (b"[", b"(", b"{")
_STEPS = {b"[": 1, b"(": 1, b"{": 1, b"]": -1, b")": -1, b"}": -1}
# texts, addresses, comments and escapes, in which a bracket is none; then what is looked for
_TOKEN = re.compile(
    rb"""(?:"{3}(?:[^"\\]++|\\.|"(?!""))*+"{3}|'{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
        |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+'|<[^<>\s]*+>|\#[^\n\r]*+|\\.)
    |(?P<triple><<|\{\|)
    |(?P<mark>[\[\](){}])""",
    re.VERBOSE | re.DOTALL,
)


def parse(text: str | bytes, form: ox.RdfFormat) -> Any:
    """Return the parser of a text, which yields its quads.

    Raises:
        SyntaxError: It has a triple in a triple, or is nested deeper than any of ours; with line and column. Whatever
            else is wrong is raised by the parser, where it comes to it.

    >>> [quad.object.value for quad in parse("<urn:a> <urn:b> 'c' .", ox.RdfFormat.TURTLE)]
    ['c']
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if b"<<" in data or b"{|" in data or sum(data.count(mark) for mark in _OPENING) > DEEPEST:
        _refuse(data)
    return ox.parse(text, form)


def _refuse(data: bytes) -> None:
    level = 0
    for token in _TOKEN.finditer(data):
        level += _STEPS.get(token["mark"], 0)
        if token["triple"] or level > DEEPEST:
            said = f"brackets stand in brackets more than {DEEPEST} deep"
            message = "a triple stands in a triple, which no file of ours has" if token["triple"] else said
            line = data.count(b"\n", 0, token.start()) + 1
            column = len(data[data.rfind(b"\n", 0, token.start()) + 1 : token.start()].decode("utf-8", "replace")) + 1
            raise SyntaxError(message, (None, line, column, None))
