"""Hierarchy: everything that is above a thing, from what is directly above each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def above(direct: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return all that is above each thing; in a circle, the thing itself too.

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
                todo += direct.get(next_one, ())
        found[name] = frozenset(seen)
    return found
