"""Precautions: what is refused of a question, or of the query of a rule or a shape, before any engine reads it."""

from __future__ import annotations

from ivig_kg import patterns
from ivig_kg.errors import LimitError, UsageError

LONGEST = 1_000_000  # characters of a question
DEEPEST = 100  # brackets that stand in one another; an engine goes 864 EXISTS deep before it kills its process
MOST_UNENDED = 10  # texts that begin with three quotation marks and do not end: each is looked for to the end
JOINED = 500  # words and signs that join two parts, where no process of its own stands by: 2,688 kill one
_CHANGES = frozenset({"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})


def too_much(text: str, *, joined: int | None = JOINED) -> str | None:
    """Return what is too much in a query, which could make its engine fall, and with it the process.

    Args:
        text: SPARQL, or what was given as such.
        joined: How many words and signs may join two parts; any number where there is none.

    >>> too_much("ASK " + "{ " * 101), too_much("ASK { ?s ?p ?o }")
    ('has brackets in brackets more than 100 deep', None)
    """
    if len(text) > LONGEST:
        return f"has more than {LONGEST:,} characters; ask it in parts"
    if patterns.unended(text, MOST_UNENDED):
        return f"has more than {MOST_UNENDED} texts that begin with three quotation marks and do not end"
    if patterns.depth(text) > DEEPEST:
        return f"has brackets in brackets more than {DEEPEST} deep"
    if joined is not None and patterns.joins(text) > joined:
        return f"joins more than {joined} parts; write a list of values with VALUES or IN"
    return None


def refuse(text: str, *, joined: int | None = JOINED) -> None:
    """Raise where a text cannot be a question, or could hurt whoever asks it.

    Args:
        text: SPARQL, or what was given as such.
        joined: As for `too_much`.

    Raises:
        UsageError: It asks another server, or changes a graph.
        LimitError: It is too long, too deep or has too many parts.

    >>> refuse("DROP ALL")
    Traceback (most recent call last):
    ...
    ivig_kg.errors.UsageError: DROP changes a graph, and a question only asks
    """
    if said := too_much(text, joined=joined):
        message = f"the question {said}"
        raise LimitError(message)
    if patterns.asks_elsewhere(text):
        message = "SERVICE asks another server, and a question here asks this graph alone"
        raise UsageError(message)
    form = patterns.outline(text).form
    if form in _CHANGES:
        message = f"{form} changes a graph, and a question only asks"
        raise UsageError(message)
