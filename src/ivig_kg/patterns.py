"""Patterns: what a query says of itself, and the numbers that stand in its triple patterns.

Some triple stores compare such a number with the data by its value, others by its text and datatype, so the same
query would give two answers. In a FILTER all compare by value.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
    |(?P<text>"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name><[^<>"{}|^`\\\s]*>|[\w.-]*:[\w.:%-]*)
    |(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[?$@]?[A-Za-z_]\w*)
    |(?P<mark>\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
_NUMERIC = re.compile(r"[#:](decimal|double|float|int|long|short|byte|\w*[iI]nteger|unsigned\w+)>?$")
_COUNTS = frozenset({"limit", "offset"})
_GROUP, _DATA, _TEMPLATE, _EXPRESSION = "group", "data", "template", "expression"


@dataclasses.dataclass(frozen=True, slots=True)
class Outline:
    """The prefixes that a query declares, its form in capitals, whether it names its graphs (FROM)."""

    declared: frozenset[str]
    form: str
    names_graphs: bool


def outline(query: str) -> Outline:
    """Return the outline of a SPARQL query that can be read.

    >>> outline("PREFIX ask: <urn:a> # ASK\\nSELECT * FROM ask:b { ?s ?from ?o }")
    Outline(declared=frozenset({'ask'}), form='SELECT', names_graphs=True)
    """
    tokens = [(t.lastgroup, t[0].lower(), t[0]) for t in _TOKEN.finditer(query) if t.lastgroup != "skip"]
    declared, at = set(), 0
    while at < len(tokens) and tokens[at][1] in {"prefix", "base"}:
        if tokens[at][1] == "prefix" and at + 1 < len(tokens):
            declared.add(tokens[at + 1][2].removesuffix(":"))
        at += 3 if tokens[at][1] == "prefix" else 2
    form = tokens[at][1].upper() if at < len(tokens) else ""
    after = [kind if kind == "name" else said for kind, said, _ in tokens[at:]]
    pairs = itertools.pairwise(after)
    return Outline(frozenset(declared), form, any(pair in {("from", "name"), ("from", "named")} for pair in pairs))


def asks_elsewhere(query: str) -> bool:
    """Tell whether a SPARQL query asks another server: SERVICE goes out to the network.

    >>> [asks_elsewhere(q) for q in ("SELECT * { SERVICE <urn:a> { ?s ?p 1 } }", "SELECT ?service { ?s ?p 'service' }")]
    [True, False]
    """
    return any(t.lastgroup == "word" and t[0].lower() == "service" for t in _TOKEN.finditer(query))


def numbers(query: str) -> Iterator[tuple[int, str]]:
    """Yield the numbers in the triple patterns of a SPARQL query that can be read, each with its line.

    >>> list(numbers("SELECT ?x { ?x ?p 0.4 . FILTER (?y = 1) }"))
    [(1, '0.4')]
    """
    within: list[str] = []  # what each open bracket holds
    before, text, data = "", "", False
    for token in _TOKEN.finditer(query):
        kind, said = token.lastgroup, token[0]
        if kind == "skip":
            continue
        if said == "{":
            within.append(_DATA if data else _TEMPLATE if before == "construct" else _GROUP)
            data = False
        elif said == "(":
            within.append(_EXPRESSION)
        elif said in {"}", ")"} and within:
            within.pop()
        typed = text if kind == "name" and before == "^^" and _NUMERIC.search(said) else ""
        found = said if kind == "number" and before not in _COUNTS else typed
        if found and within and within[-1] == _GROUP:
            yield query.count("\n", 0, token.start()) + 1, found
        text = said if kind == "text" else text
        data = data or (kind == "word" and said.lower() == "values")
        before = said.lower()
