"""Nesting: a query of a rule or a shape that is so deep that the engine, and with it the whole process, would fall."""

from __future__ import annotations

import re

DEEPEST = 100  # brackets in brackets, and `!` in a row
LONGEST = 5_000  # characters: a chain of patterns or signs can be as deep as it is long
_STEPS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}
_ROW = re.compile(rf"(?:!\s*){{{DEEPEST}}}")


def problem(query: str) -> str | None:
    """Return why a query is not handed to the engine; None where it is.

    >>> problem("ASK " + "{ " * 101), problem("ASK { ?s ?p ?o }")
    ('its brackets are nested more than 100 deep', None)
    """
    if len(query) > LONGEST:
        return f"it has more than {LONGEST:,} characters"
    level = 0
    for char in query:
        level += _STEPS.get(char, 0)
        if level > DEEPEST:
            return f"its brackets are nested more than {DEEPEST} deep"
    return f"it says `!` more than {DEEPEST} times in a row" if _ROW.search(query) else None
