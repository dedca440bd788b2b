"""Selects: SPARQL constraints, each asked once of the whole graph instead of once a node.

SHACL puts the node in place of `$this` before a query is evaluated. Where every part of a query finds
`$this` by a pattern of its own, that is the same as to find all answers and to keep those about a node
that the constraint is for. Other queries are pySHACL's, and so is every query over a graph that has a
number or a date in another form than the shortest: a store rewrites it, and a query could see that.
Source: https://www.w3.org/TR/shacl/#pre-binding
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from ivig_kg.constraints import Data, UnsureError, is_plain
from ivig_kg.shapes import SelectRule, Violation

# what a text is made of: what may hold any letters, braces, variables, words
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w.-]*:[\w.-]*)"""
    r"""|[?$](?P<variable>\w+)|(?P<word>[A-Za-z]+)|(?P<mark>[(){}])"""
)
_KNOWN = frozenset(
    "select distinct where filter not exists union optional bind as in a"
    " if regex str lcase ucase strlen datatype lang isliteral isiri bound true false".split()
)
_ODD = frozenset({"PATH", "currentShape", "shapesGraph", "failure"})


class Store:
    """A graph to ask constraints of."""

    def __init__(self, data: Data) -> None:
        """Take the triples in, where a store leaves them as they are."""
        self._data = data
        self._store: ox.Store | None = None
        if all(is_plain(t.object) for t in data.triples if isinstance(t.object, ox.Literal)):
            self._store = ox.Store()
            self._store.extend(ox.Quad(*t) for t in data.triples)

    def check(self, rule: SelectRule) -> list[Violation]:
        """Return where a constraint is broken.

        Raises:
            UnsureError: Only pySHACL can tell.
        """
        if self._store is None or not finds_this(rule.text):
            raise UnsureError
        try:
            answer = self._store.query(rule.text, prefixes=rule.prefixes)
            names = [v.value for v in answer.variables] if isinstance(answer, ox.QuerySolutions) else []
            rows = dict.fromkeys(tuple(row) for row in answer) if "this" in names else {}
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise UnsureError from error
        if "this" not in names:
            raise UnsureError
        return list(self._violations(rule, names, rows))

    def _violations(
        self, rule: SelectRule, names: list[str], rows: Iterable[tuple[object, ...]]
    ) -> Iterator[Violation]:
        members = self._data.members(rule.targets)
        for row in rows:
            said = {name: getattr(term, "value", None) for name, term in zip(names, row, strict=True)}
            focus = said["this"]
            if row[names.index("this")] in members and focus is not None:
                value = said.get("value") or focus
                yield rule.violation(focus, "SPARQL", path=said.get("path"), value=value)


def finds_this(text: str) -> bool:
    """Tell whether every part of a SELECT finds `$this` by a pattern of its own, before anything else uses it.

    Parts of an EXISTS need not: what stands around them is put in their place by SPARQL itself.

    >>> finds_this("SELECT $this { $this a ?kind . FILTER NOT EXISTS { $this ?any ?kind } }")
    True
    >>> finds_this("SELECT $this { { $this a ?kind } UNION { BIND ($this AS ?kind) } }")
    False
    """
    groups = _groups(text)
    return groups is not None and groups.finds()


class _Group:
    """A group of patterns: whether it finds `$this`, whether something else used it before, and its parts."""

    def __init__(self, *, exists: bool) -> None:
        self.exists = exists
        self.found = False
        self.used = False
        self.parts: list[_Group] = []

    def finds(self) -> bool:
        """Tell whether the group finds `$this` in a pattern or in each of its parts, which do so where they name it."""
        parts = [p for p in self.parts if not p.exists]
        sound = all(p.finds() for p in parts if p.names())
        return not self.used and sound and (self.found or bool(parts) and all(p.names() for p in parts))

    def names(self) -> bool:
        """Tell whether the group names `$this` anywhere but in an EXISTS."""
        return self.found or self.used or any(p.names() for p in self.parts if not p.exists)


def _groups(text: str) -> _Group | None:
    """Return the groups of a query; None where it has something that is not looked into."""
    root = _Group(exists=False)
    open_groups, depths, before = [root], [0], ""
    started = False
    for token in _TOKEN.finditer(text):
        mark, word, variable = token["mark"], (token["word"] or "").lower(), token["variable"]
        if word and (word not in _KNOWN or word == "select" and (started or before)) or variable in _ODD:
            return None
        group = open_groups[-1]
        if mark == "{" and started:
            open_groups.append(_Group(exists=before == "exists" or group.exists))
            group.parts.append(open_groups[-1])
            depths.append(0)
        elif mark == "{":
            started = True
        elif mark == "}":
            open_groups, depths = open_groups[:-1], depths[:-1]
            if not open_groups:
                return root if token.end() == len(text.rstrip()) else None
        elif mark:
            depths[-1] += 1 if mark == "(" else -1
        elif variable == "this" and started:
            group.found |= depths[-1] == 0
            group.used |= depths[-1] > 0 and not group.found
        before = word or mark or before if not token["skip"] else before
    return None
