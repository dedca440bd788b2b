"""Inquiry: questions are asked in a process of their own, since a question can be written that never ends.

See docs/decisions/0017-questions-in-a-child.md.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pyoxigraph as ox

from ivig_kg import precautions, reading, sparql
from ivig_kg.bounds import LIMITS, MANY, MEGABYTE, Limits, confine, portions, received, told
from ivig_kg.confinement import Child, Give
from ivig_kg.errors import LimitError, UsageError

ROWS = "rows"  # the form of an answer that has to have rows: JSON


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """One question: its text, the form of its answer, known prefixes, and the terms that a row must have."""

    text: str
    form: str
    prefixes: Mapping[str, str]
    wanted: Mapping[str, Collection[ox.NamedNode | ox.Literal]]


class Inquiry:
    """A process that answers one question, to be used in a `with`.

    It begins at once, so whoever begins it before reading the graph waits for it less.
    """

    def __init__(self, text: str, limits: Limits = LIMITS) -> None:
        """Begin.

        Raises:
            UsageError: The text asks another server, or changes a graph.
            LimitError: It is too long or too deep.
        """
        precautions.refuse(text, joined=None)
        self._text, self._limits = text, limits
        self._child = Child(_answer)

    def __enter__(self) -> Self:
        """Return the inquiry."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._child.__exit__()

    def answer(
        self,
        quads: Iterable[ox.Quad],
        *,
        form: str,
        prefixes: Mapping[str, str],
        wanted: Mapping[str, Collection[ox.NamedNode | ox.Literal]],
    ) -> bytearray:
        """Return the whole answer.

        Args:
            quads: The graph.
            form: As for `sparql.write`, or ROWS.
            prefixes: Prefixes that the text may use without declaring them.
            wanted: As for `sparql.pick`.

        Raises:
            UsageError: The text is not a query, cannot be answered, or not in this form.
            LimitError: A limit was reached.
        """
        question = Question(self._text, form, prefixes, wanted)
        made = bytearray()
        sent = itertools.chain([question, self._limits], portions(quads))
        with told(self._limits, lambda: "the question", options=True):
            for piece in self._child.results(sent, seconds=self._limits.seconds):
                made += piece
        return made


def file(path: Path) -> bytes:
    """Return what a query file holds.

    Raises:
        UsageError: It cannot be read.
        LimitError: It is far larger than a query is.
    """
    try:
        return reading.content(path, most=reading.TEXT)
    except OSError as error:
        message = f"{path}: the query cannot be read: {error.strerror}; a pipe is given as -"
        raise UsageError(message) from error


def decoded(data: bytes) -> str:
    """Return the text of a query file.

    Raises:
        UsageError: It is not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = "the file is not UTF-8 text, so it is no query"
        raise UsageError(message) from error


def columns(texts: Iterable[str], limits: Limits = MANY) -> Iterator[tuple[str, ...]]:
    """Yield the variables that each of some questions returns, none where it has no rows; nothing is asked.

    Raises:
        UsageError: The next one is not a query.
        LimitError: A limit was reached.
    """
    with Child(_columns) as child, told(limits, lambda: "the question", options=False):
        yield from child.results([limits, *texts], seconds=limits.seconds)


def _columns(items: Iterator[Any], give: Give) -> None:
    """Give the variables of each question that is sent, in a process of its own."""
    limits, nothing = next(items), ox.Store()
    texts = list(items)
    confine(limits)
    for text in texts:
        answer = sparql.ask(text, over=nothing)
        give(tuple(v.value for v in answer.variables) if isinstance(answer, ox.QuerySolutions) else ())


def _answer(items: Iterator[Any], give: Give) -> None:
    """Answer a question, in a process of its own: question, limits and graph are sent, pieces given back."""
    question, limits = next(items), next(items)
    store = received(items)
    if question.wanted:  # what looks for the value that was meant cannot be opened later
        import rapidfuzz.distance  # noqa: PLC0415
        import rapidfuzz.process  # noqa: F401, PLC0415
    confine(limits)
    answer = sparql.ask(question.text, over=store, prefixes=question.prefixes, joined=None)
    rows_only = question.form == ROWS
    if rows_only and not isinstance(answer, ox.QuerySolutions):
        message = "this is not a SELECT query; for the triples themselves use graph()"
        raise UsageError(message)
    left = limits.answer

    def bounded(piece: bytes) -> None:
        """Give a piece back, unless the answer gets too large."""
        nonlocal left
        left -= len(piece)
        if left < 0:
            message = (
                f"the answer has more than {limits.answer / MEGABYTE:g} MB; ask for less at a time (LIMIT, OFFSET)"
            )
            raise LimitError(message)
        give(piece)

    form = "json" if rows_only else question.form
    sparql.write(sparql.pick(answer, question.wanted), bounded, form=form, prefixes=question.prefixes)
