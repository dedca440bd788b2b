"""Hierarchy: everything that is above a thing, from what is directly above each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivig_kg.errors import LimitError
from ivig_kg.findings import quoted

MOST = 500  # things that may be above one: the largest public vocabularies have a hundred


def above(direct: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return all that is above each thing; in a circle, the thing itself too.

    Raises:
        LimitError: More are above one than a hierarchy that people use has.

    >>> sorted(above({"a": ["b"], "b": ["c"]})["a"])
    ['b', 'c']
    """
    found = {}
    for name in direct:
        seen: set[str] = set()
        todo = list(direct[name])
        while todo:
            next_one = todo.pop()
            if next_one not in seen:
                seen.add(next_one)
                if len(seen) > MOST:
                    message = f"more than {MOST} things are above {quoted(name)}: a hierarchy has fewer levels"
                    raise LimitError(message)
                todo += direct.get(next_one, ())
        found[name] = frozenset(seen)
    return found
