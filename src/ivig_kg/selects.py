"""Selects: SPARQL constraints, each asked once of the whole graph instead of once a node.

SHACL puts the node in place of `$this` before a query is evaluated. Where every part of a query finds
`$this` by a pattern of its own, that is the same as to find all answers and to keep those about a node
that the constraint is for. Other queries are pySHACL's, and so is every query over a graph that has a
number or a date in another form than the shortest: a store rewrites it, and a query could see that.
Source: https://www.w3.org/TR/shacl/#pre-binding
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from ivig_kg import originals
from ivig_kg.bounds import Query, try_out
from ivig_kg.constraints import UnsureError, all_plain, as_typed
from ivig_kg.indexed import Data, Fixed
from ivig_kg.kept import Kept
from ivig_kg.shapes import SelectRule, Violation

# what a text is made of: what may hold any letters, braces, variables, words
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>\s?$|&]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<![\w.-])[\w.-]*:[\w.-]*)"""
    r"""|[?$](?P<variable>\w+)|(?P<word>[A-Za-z]+)|(?P<mark>[(){}])"""
)
_KNOWN = frozenset(
    {"select", "distinct", "where", "filter", "not", "exists", "union", "optional", "bind", "as", "in", "a"}
) | {
    *(
        "if",
        "regex",
        "str",
        "lcase",
        "ucase",
        "strlen",
        "datatype",
        "lang",
        "isliteral",
        "isiri",
        "bound",
        "true",
        "false",
    )
}
_ODD = frozenset({"PATH", "currentShape", "shapesGraph", "failure"})


_are_plain: Kept[Fixed, bool] = Kept(lambda fixed: all_plain(fixed.triples))


class Store:
    """A graph to ask constraints of."""

    def __init__(self, data: Data) -> None:
        """Take the triples in, where a store leaves them as they are."""
        self._data = data
        self._store: ox.Store | None = None
        if _are_plain(data.fixed) and all_plain(data.own):
            self._store = ox.Store()
            self._store.extend(data.fixed.quads)
            self._store.extend(ox.Quad(*t) for t in data.own)

    def check(self, rule: SelectRule) -> list[Violation]:
        """Return where a constraint is broken.

        Raises:
            UnsureError: Only pySHACL can tell.
            LimitError: A constraint that does not ship takes too long or too much memory.
        """
        text = as_typed(rule.text)
        if self._store is None or text is None or not is_sound(rule.text):
            raise UnsureError
        if not originals.is_shipped(rule.text):
            name = f"the query of the constraint {rule.node.value.rpartition('/')[2]}"
            try_out([Query(name, text, tuple(rule.prefixes.items()))], self._data.triples)
        names = _names(text, tuple(rule.prefixes.items()))
        if "this" not in names:
            raise UnsureError
        if not self._data.members(rule.targets):
            return []  # whatever the answer is, it is about no node that the constraint is for
        try:
            answer: Any = self._store.query(text, prefixes=rule.prefixes)
            rows = dict.fromkeys(tuple(row) for row in answer)
        except (ValueError, OSError, RuntimeError) as error:
            raise UnsureError from error
        return list(self._violations(rule, names, rows))

    def _violations(
        self, rule: SelectRule, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
    ) -> Iterator[Violation]:
        members = self._data.members(rule.targets)
        for row in rows:
            said = dict(zip(names, row, strict=True))
            if said["this"] in members:
                value, path = said.get("value") or said["this"], said.get("path")
                yield rule.violation(
                    said["this"].value,
                    "SPARQL",
                    path=path.value if isinstance(path, ox.NamedNode) else None,
                    value=value.value,
                )


@functools.lru_cache(maxsize=256)
def _names(text: str, prefixes: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the variables that a query returns.

    Raises:
        UnsureError: It cannot be read.
    """
    try:
        answer: Any = ox.Store().query(text, prefixes=dict(prefixes))
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise UnsureError from error
    return tuple(v.value for v in answer.variables)


@functools.lru_cache(maxsize=256)
def is_sound(text: str) -> bool:
    """Tell whether a SELECT can be asked of the whole graph: each part finds `$this` before anything else uses it.

    Parts of an EXISTS need not: what stands around them is put in their place by SPARQL itself.

    >>> is_sound("SELECT $this { $this a ?kind . FILTER NOT EXISTS { $this ?any ?kind } }")
    True
    >>> is_sound("SELECT $this { { $this a ?kind } UNION { BIND ($this AS ?kind) } }")
    False
    """
    groups = _groups(text)
    return groups is not None and groups.finds()


@dataclasses.dataclass(slots=True)
class _Group:
    """A group of patterns and its parts.

    Attributes:
        kind: The word before it: `exists`, `optional` or another.
        late: Whether the group around it had found `$this` before it.
        found: Whether a pattern of its own has `$this`.
        used: Whether something else had it before.
        parts: The groups in it, those of an EXISTS left out.
    """

    kind: str
    late: bool = False
    found: bool = False
    used: bool = False
    depth: int = 0
    parts: list[_Group] = dataclasses.field(default_factory=list)

    def finds(self) -> bool:
        """Tell whether the group finds `$this` in a pattern, or in each of its parts."""
        joined = [part for part in self.parts if part.kind != "optional"]
        sound = all(p.finds() and (p.late or p.kind != "optional") for p in self.parts if p.names())
        return not self.used and sound and (self.found or (bool(joined) and all(p.names() for p in joined)))

    def names(self) -> bool:
        """Tell whether the group names `$this`, be it in a part."""
        return self.found or self.used or any(p.names() for p in self.parts)


def _groups(text: str) -> _Group | None:
    """Return the groups of a query; None where it has something that is not looked into."""
    root, before = _Group("where"), ""
    around: list[_Group] = []
    for token in _TOKEN.finditer(text):
        mark, word, variable = token["mark"], (token["word"] or "").lower(), token["variable"]
        unknown = (word and word not in _KNOWN) or (word == "select" and before) or variable in _ODD
        if unknown or (before == "end" and not token["skip"]):
            return None
        if mark == "{":
            group = _Group(before, late=around[-1].found) if around else root
            if around and before != "exists":
                around[-1].parts.append(group)
            around.append(group)
        elif mark == "}":
            around.pop()
            mark = mark if around else "end"
        elif mark and around:
            around[-1].depth += 1 if mark == "(" else -1
        elif variable == "this" and around:
            around[-1].found |= around[-1].depth == 0
            around[-1].used |= not around[-1].found
        before = word or mark or before
    return root if before == "end" else None
