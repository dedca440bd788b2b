"""Answers: what the named questions answer on two editions, each asked in the words of the older one."""

from __future__ import annotations

import collections
from collections.abc import Iterator

import pyoxigraph as ox

from ivig_kg import sparql
from ivig_kg.comparison import Difference, Edition, Field
from ivig_kg.errors import UsageError
from ivig_kg.impact import Change
from ivig_kg.resources import THINGS

Rows = collections.Counter[str]


def differences(old: Edition, new: Edition) -> Iterator[Difference]:
    """Yield the questions whose answers differ, and nothing where a side holds no whole graph.

    The old words of a question are asked on both sides: somebody who wrote them down goes on asking them. A question
    that only one side holds, as where the other is an export, is asked in the words of that side.

    Args:
        old: The older edition.
        new: The newer one.
    """
    said = [frozenset(quad.triple for quad in edition.quads) for edition in (old, new)]
    if not all(said) or said[0] == said[1]:
        return
    held = old.queries if old.queries is not None else new.queries or {}
    stores = [sparql.store(edition.quads) for edition in (old, new)]
    for name, query in sorted(held.items()):
        before, after = (_rows(query.sparql, store) for store in stores)
        if before != after:
            gone, came = (tuple(sorted(rows.elements())) for rows in (before - after, after - before))
            change = _change(before, after)
            fields = (Field("rows", gone, came, change),)
            yield Difference("answer", "changed", name, (change,), label=query.question, fields=fields)


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
