"""Answers: what the named questions answer on two editions, each asked in the words of the older one."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from ivig_kg import bounds, sparql
from ivig_kg.bounds import Limits
from ivig_kg.comparison import Difference, Edition, Field
from ivig_kg.confinement import Child, Give
from ivig_kg.errors import UsageError
from ivig_kg.impact import Change
from ivig_kg.resources import THINGS

Rows = collections.Counter[str]


def differences(old: Edition, new: Edition, *, limits: Limits = bounds.MANY) -> Iterator[Difference]:
    """Yield the questions whose answers differ, and nothing where a side holds no whole graph.

    The old words of a question are asked on both sides: somebody who wrote them down goes on asking them. A question
    that only one side holds, as where the other is an export, is asked in the words of that side.

    Args:
        old: The older edition.
        new: The newer one.
        limits: How much all questions together may take.

    Raises:
        LimitError: They took more.
    """
    said = [frozenset(quad.triple for quad in edition.quads) for edition in (old, new)]
    if not all(said) or said[0] == said[1]:
        return
    held = old.queries if old.queries is not None else new.queries or {}
    for name, (before, after) in _answered({name: held[name].sparql for name in sorted(held)}, old, new, limits):
        gone, came = (tuple(sorted(rows.elements())) for rows in (before - after, after - before))
        change = _change(before, after)
        fields = (Field("rows", gone, came, change),)
        yield Difference("answer", "changed", name, (change,), label=held[name].question, fields=fields)


def _answered(
    asked: Mapping[str, str], old: Edition, new: Edition, limits: Limits
) -> Iterator[tuple[str, tuple[Rows, Rows]]]:
    """Yield the questions whose rows differ, with the rows of both sides, answered in a process of its own."""
    names = iter(asked)
    name = next(names, "")
    sent = itertools.chain([limits, asked], bounds.portions(old.quads), [b""], bounds.portions(new.quads))
    with (
        Child(_compare) as child,
        bounds.told(limits, lambda: f"the question `{name}`, one of all that are compared,", options=False),
    ):
        for found in child.results(sent, seconds=limits.seconds):
            if found is not None:
                yield name, found
            name = next(names, "")


def _compare(items: Iterator[Any], give: Give) -> None:
    """Give the rows of each question on both sides, or nothing where they are the same."""
    limits, asked = next(items), next(items)
    stores = [bounds.received(iter(lambda: next(items), b"")), bounds.received(items)]
    bounds.confine(limits)
    for text in asked.values():
        before, after = (_rows(text, store) for store in stores)
        give((before, after) if before != after else None)


def _change(before: Rows, after: Rows) -> Change:
    """Return what kind of change another answer is; rows in which only words changed are as many as before."""
    if after.total() < before.total():
        return Change.ANSWER_GONE
    return Change.ANSWER_MORE if after.total() > before.total() else Change.ANSWER_OTHER


def _rows(text: str, store: ox.Store) -> Rows:
    """Return the rows of an answer, each as its cells with bars between; of yes or no, a row for yes."""
    try:
        answer = sparql.ask(text, over=store)
        if isinstance(answer, ox.QueryBoolean):
            return collections.Counter(["yes"] if answer else [])
        if isinstance(answer, ox.QueryTriples):
            return collections.Counter(str(triple) for triple in answer)
        _, rows = sparql.rows(answer)
    except UsageError:
        return collections.Counter()
    return collections.Counter(" | ".join("" if t is None else _cell(t.value) for t in row) for row in rows)


def _cell(text: str) -> str:
    return text.removeprefix(THINGS)
