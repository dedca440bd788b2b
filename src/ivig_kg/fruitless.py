"""Fruitless: does a query find nothing, or leave a column empty, whatever the facts say?

An engine answers such a query without a word, and a constraint with one is never broken. A misspelt variable is the
usual reason, or one that has its value in another part: a subquery that does not return it, NOT EXISTS, another UNION.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from collections.abc import Collection, Iterator, Sequence

import pyoxigraph as ox

from ivig_kg import patterns

_GROUP, _TEMPLATE, _EXPRESSION, _LIST = "group", "template", "expression", "list"
_ASKS = frozenset({"filter", "bind", "having"})
_APART = frozenset({"exists", "minus", _TEMPLATE})  # parts that give no variable a value for what is around them
_SEE_OUT = frozenset({"exists", "graph", "optional", _TEMPLATE})  # parts that know the values of what is around them
_OUTER = frozenset({0, 1})  # in so many braces stands what is said of the whole query
_PLAIN = frozenset({"mark", "number", "text"})
_Token = tuple[str, str]


def reason(query: str, *, given: Collection[str] = ()) -> str | None:
    """Return why a query that can be read finds nothing, as what it does; None where nothing says so.

    Args:
        query: SPARQL.
        given: The variables that have a value before it is asked.

    >>> reason("SELECT ?a { ?a ?b ?kind FILTER (?knid = 1) }")
    'asks about `?knid`, to which no pattern there gives a value'
    >>> reason("SELECT ?a { ?a ?b 'LIMIT 0' } LIMIT 0")
    'has LIMIT 0, so it finds nothing'
    """
    every = list(patterns.tokens(query))
    if nothing := next(_nothing(every), None):
        return f"has {nothing}, so it finds nothing"
    variables = _Variables({name.lstrip("?$") for name in given})
    for kind, said in every:
        variables.take(kind, said)
    name = next(iter(variables.left()), None)
    return None if name is None else f"asks about `{name}`, to which no pattern there gives a value"


def _nothing(every: Sequence[_Token]) -> Iterator[str]:
    """Yield what finds nothing where it stands: elsewhere it is said of a part of the query."""
    words = [said.lower() for _, said in every]
    depths = itertools.accumulate({"{": 1, "}": -1}.get(word, 0) for word in words)
    ends = _ends(words)
    opened = [n for n, word in enumerate(words) if word == "{"]
    for at, (word, depth) in enumerate(zip(words, depths, strict=True)):
        if (word, depth) == ("limit", 0) and "".join(words[at + 1 : at + 2]).strip("0") == "":
            yield "LIMIT 0"
        if (word, depth) in {("filter", 1), ("having", 0)} and at + 1 in ends:
            inside = [(k, s.lower() if k == "word" else s) for k, s in every[at + 2 : ends[at + 1]]]
            if _is_false(inside):
                yield f"{word.upper()} ({''.join(said for _, said in inside)})"
        brace = bisect.bisect(opened, at) if word == "values" and depth in _OUTER else len(opened)
        if brace < len(opened) and words[opened[brace] + 1 : opened[brace] + 2] == ["}"]:
            yield "VALUES without a row"


def _ends(words: Sequence[str]) -> dict[int, int]:
    """Return where each bracket is closed, by where it is opened."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for at, word in enumerate(words):
        if word == "(":
            opened.append(at)
        elif word == ")" and opened:
            ends[opened.pop()] = at
    return ends


def _is_false(expression: Sequence[_Token]) -> bool:
    """Tell whether an expression is false whatever is found: one of values alone, or that something is in no list."""
    if [said for _, said in expression[1:]] == ["in", "(", ")"]:
        return True
    if all(kind in _PLAIN or said in {"true", "false"} for kind, said in expression):
        return not bool(ox.Store().query(f"ASK {{ FILTER ({''.join(said for _, said in expression)}) }}"))
    return False


@dataclasses.dataclass(slots=True)
class _Part:
    """A part of a query: what stands between braces, or all of it.

    Attributes:
        kind: What it is, or the word before it that says how it is joined to what is around it.
        bound: The variables that have a value in it, without their sign.
        used: The others, as they stand there first.
        returned: Those that a SELECT in it returns; None where it has none, or returns all.
    """

    kind: str
    bound: set[str] = dataclasses.field(default_factory=set)
    used: dict[str, str] = dataclasses.field(default_factory=dict)
    returned: set[str] | None = None


class _Variables:
    """Which variables a query gives a value, and which it only uses, part by part."""

    def __init__(self, given: Collection[str]) -> None:
        self._given = given
        self._parts = [_Part(_GROUP)]
        self._within: list[str] = []  # what each open bracket holds
        self._missing: list[str] = []
        self._asking = False  # the next bracket holds an expression
        self._listing = False  # what follows is what a SELECT returns
        self._giving = False  # what follows is what VALUES gives a value
        self._before = ["", ""]  # the last two tokens, in small letters

    def take(self, kind: str, said: str) -> None:
        """Take the next token."""
        word = said.lower()
        if word in {"{", "("}:
            self._open(word)
        elif word in {"}", ")"} and self._within:
            self._within.pop()
            if word == "}":
                self._close(self._parts.pop())
        elif kind == "word" and word[0] in "?$":
            self._name(said)
        elif kind == "word":
            self._asking = self._asking or word in _ASKS
            self._giving = word == "values"
            if word == "select":
                self._listing, self._parts[-1].returned = True, set()
        elif word == "*" and self._listing and self._around() != _EXPRESSION:
            self._parts[-1].returned = None
        self._before = [self._before[1], word]

    def left(self) -> list[str]:
        """Return what is used where it has no value."""
        whole = self._parts[0]
        return self._missing + [s for name, s in whole.used.items() if name not in {*whole.bound, *self._given}]

    def _around(self) -> str:
        return self._within[-1] if self._within else _GROUP

    def _open(self, bracket: str) -> None:
        if bracket == "{":
            kinds = {"construct": _TEMPLATE, "exists": "exists", "minus": "minus", "optional": "optional"}
            self._parts.append(_Part("graph" if self._before[0] == "graph" else kinds.get(self._before[1], _GROUP)))
            self._within.append(_TEMPLATE if self._before[1] == "construct" else _GROUP)
            self._asking = self._listing = self._giving = False
            return
        is_list = self._giving or self._around() == _LIST
        is_list = is_list or (self._around() in {_GROUP, _TEMPLATE} and not (self._asking or self._listing))
        self._within.append(_LIST if is_list and (self._within or self._giving) else _EXPRESSION)
        self._asking = False

    def _close(self, part: _Part) -> None:
        """Give to the part around one what that knows of it; note what it uses and has no value for."""
        around = self._parts[-1]
        left = {name: s for name, s in part.used.items() if name not in part.bound and name not in self._given}
        if part.kind not in _APART:
            around.bound |= part.bound if part.returned is None else part.bound & part.returned
        if part.kind in _SEE_OUT:
            around.used = left | around.used
        else:
            self._missing += left.values()

    def _name(self, said: str) -> None:
        part, name = self._parts[-1], said[1:]
        if self._before[1] == "as":
            part.bound.add(name)
        elif self._giving or (self._within and self._around() in {_GROUP, _LIST} and not self._listing):
            part.bound.add(name)
            return
        else:
            part.used.setdefault(name, said)
        if self._listing and part.returned is not None and (self._around() != _EXPRESSION or self._before[1] == "as"):
            part.returned.add(name)
