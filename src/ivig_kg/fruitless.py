"""Fruitless: does a query find nothing, or leave a column empty, whatever the facts say?

An engine answers such a query without a word, and a constraint with one is never broken. A misspelt variable is the
usual reason.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Iterator

from ivig_kg import patterns

_GROUP, _TEMPLATE, _EXPRESSION, _LIST = "group", "template", "expression", "list"
# what finds nothing where it stands in so many braces: elsewhere it is said of a part of the query
_NOTHING = {"LIMIT 0": (0, ["limit", "0"]), "FILTER (false)": (1, ["filter", "(", "false", ")"])}
_ASKS = frozenset({"filter", "bind", "having"})


def reason(query: str, *, given: Collection[str] = ()) -> str | None:
    """Return why a query that can be read finds nothing, as what it does; None where nothing says so.

    Args:
        query: SPARQL.
        given: The variables that have a value before it is asked.

    >>> reason("SELECT ?a { ?a ?b ?kind FILTER (?knid = 1) }")
    'asks about `?knid`, to which no pattern gives a value'
    >>> reason("SELECT ?a { ?a ?b 'LIMIT 0' } LIMIT 0")
    'has LIMIT 0, so it finds nothing'
    """
    words = [said.lower() for _, said in patterns.tokens(query)]
    depths = list(itertools.accumulate({"{": 1, "}": -1}.get(word, 0) for word in words))
    for said, (depth, found) in _NOTHING.items():
        places = (n for n, word in enumerate(words) if word == found[0] and depths[n] == depth)
        if any(words[n : n + len(found)] == found for n in places):
            return f"has {said}, so it finds nothing"
    variables = _Variables({name.lstrip("?$") for name in given})
    for kind, said in patterns.tokens(query):
        variables.take(kind, said)
    return next((f"asks about `{name}`, to which no pattern gives a value" for name in variables.left()), None)


@dataclasses.dataclass(slots=True)
class _Variables:
    """Which variables a query gives a value, and which it only uses.

    Attributes:
        bound: Those that have a value, without their sign.
        used: The others, as they stand there first.
        within: What each open bracket holds.
        asking: Whether the next bracket holds an expression.
        listing: Whether what follows is what a SELECT returns.
        giving: Whether what follows is what VALUES gives a value.
        before: The token before, in small letters.
    """

    bound: set[str]
    used: dict[str, str] = dataclasses.field(default_factory=dict)
    within: list[str] = dataclasses.field(default_factory=list)
    asking: bool = False
    listing: bool = False
    giving: bool = False
    before: str = ""

    def take(self, kind: str, said: str) -> None:
        """Take the next token."""
        word = said.lower()
        if word == "{":
            self.within.append(_TEMPLATE if self.before == "construct" else _GROUP)
            self.asking = self.listing = self.giving = False
        elif word == "(":
            around = self.within[-1] if self.within else _EXPRESSION
            is_list = around in {_GROUP, _TEMPLATE} and not (self.asking or self.listing)
            is_list = is_list or around == _LIST or self.giving
            self.within.append(_LIST if is_list else _EXPRESSION)
            self.asking = False
        elif word in {"}", ")"} and self.within:
            self.within.pop()
        elif kind == "word" and word[0] in "?$":
            self._name(said)
        elif kind == "word":
            self.asking = self.asking or word in _ASKS
            self.listing = self.listing or word == "select"
            self.giving = word == "values"
        self.before = word

    def _name(self, said: str) -> None:
        open_now = self.within[-1] if self.within else _EXPRESSION
        is_found = open_now in {_GROUP, _LIST} and not self.listing
        if is_found or self.giving or self.before == "as":
            self.bound.add(said[1:])
        else:
            self.used.setdefault(said[1:], said)

    def left(self) -> Iterator[str]:
        """Yield what is used and has no value."""
        return (said for name, said in self.used.items() if name not in self.bound)
