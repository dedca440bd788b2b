"""Precautions: what is refused of a question before any engine reads it."""

from __future__ import annotations

from ivig_kg import patterns
from ivig_kg.errors import LimitError, UsageError

LONGEST = 1_000_000  # characters of a question
DEEPEST = 100  # brackets that stand in one another; an engine goes 864 EXISTS deep before it kills its process
JOINED = 500  # words and signs that join two parts, where no process of its own stands by: 2,688 kill one
_CHANGES = frozenset({"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})


def refuse(text: str, *, joined: int | None = JOINED) -> None:
    """Raise where a text cannot be a question, or could hurt whoever asks it.

    Args:
        text: SPARQL, or what was given as such.
        joined: How many words and signs may join two parts; any number where there is none.

    Raises:
        UsageError: It asks another server, or changes a graph.
        LimitError: It is too long, too deep or has too many parts.

    >>> refuse("DROP ALL")
    Traceback (most recent call last):
    ...
    ivig_kg.errors.UsageError: DROP changes a graph, and a question only asks
    """
    if len(text) > LONGEST:
        message = f"the question has more than {LONGEST:,} characters; ask it in parts"
        raise LimitError(message)
    if patterns.asks_elsewhere(text):
        message = "SERVICE asks another server, and a question here asks this graph alone"
        raise UsageError(message)
    form = patterns.outline(text).form
    if form in _CHANGES:
        message = f"{form} changes a graph, and a question only asks"
        raise UsageError(message)
    if patterns.depth(text) > DEEPEST:
        message = f"the question has brackets in brackets more than {DEEPEST} deep"
        raise LimitError(message)
    if joined is not None and patterns.joins(text) > joined:
        message = f"the question joins more than {joined} parts; write a list of values with VALUES or IN"
        raise LimitError(message)
