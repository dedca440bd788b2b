"""Patterns: what a query says of itself, and the numbers that stand in its triple patterns.

Some triple stores compare such a number with the data by its value, others by its text and datatype, so the same
query would give two answers. In a FILTER all compare by value.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import sys
from collections.abc import Iterator, Mapping

# This takes time in proportion to the text: of a prefix of more than 64 letters only the last are looked at, and a text
# that does not end, which is an error, holds the rest of its line. Only what begins with three quotation marks and does
# not end is looked for to the end of all: see `unended`.
_TOKEN = re.compile(
    r"""(?P<skip>\s++|\#[^\n\r]*+)
    |(?P<text>"{3}(?:[^"\\]++|\\.|"(?!""))*+"{3}|'{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
        |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+'|["'][^\n\r]*+)
    |(?P<name><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>
        |[\w.-]{0,64}+:(?:[\w.:%-]|\\[_~.!$&'()*+,;=/?\#@%-])*+)
    |(?P<number>[+-]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
    |(?P<word>[?$@]?(?:[A-Za-z_]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})(?:\w|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+)
    |(?P<mark>\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
_NUMERIC = re.compile(r"[#:](decimal|double|float|int|long|short|byte|\w*[iI]nteger|unsigned\w+)>?$")
_COUNTS = frozenset({"limit", "offset"})
_SERVICE = "service"
_WORDS = frozenset({"word", "mark"})
_OPERANDS = frozenset({"text", "name", "number", "word", ")"})
_STEPS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}
_JOINS = frozenset({"as", "union", "minus", "optional", "filter", "having", "exists", *"|&+-*/!"})
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_GROUP, _DATA, _TEMPLATE, _EXPRESSION = "group", "data", "template", "expression"


@dataclasses.dataclass(frozen=True, slots=True)
class Outline:
    """The prefixes that a query declares with their addresses, its form in capitals, whether it names graphs (FROM)."""

    declared: Mapping[str, str]
    form: str
    names_graphs: bool


def tokens(query: str) -> Iterator[tuple[str, str]]:
    """Yield what a query is made of, without blanks and comments: each with its kind.

    >>> list(tokens("?a # b"))
    [('word', '?a')]
    """
    return ((t.lastgroup or "", t[0]) for t in _TOKEN.finditer(query) if t.lastgroup != "skip")


def outline(query: str) -> Outline:
    """Return the outline of a SPARQL query that can be read.

    >>> outline("PREFIX ask: <urn:a> # ASK\\nSELECT * FROM ask:b { ?s ?from ?o }")
    Outline(declared={'ask': 'urn:a'}, form='SELECT', names_graphs=True)
    """
    rest = tokens(query)
    declared: dict[str, str] = {}
    while (form := next(rest, ("", ""))[1].upper()) in {"PREFIX", "BASE"}:
        name = next(rest, ("", ""))[1]
        if form == "PREFIX":
            declared[name.removesuffix(":")] = next(rest, ("", ""))[1][1:-1]
    pairs = itertools.pairwise(kind if kind == "name" else said.lower() for kind, said in rest)
    return Outline(declared, form, any(pair in {("from", "name"), ("from", "named")} for pair in pairs))


def unended(query: str, most: int) -> bool:
    """Tell whether more than so many texts begin with three quotation marks and do not end.

    An engine takes such marks for an empty text and the beginning of another, so that one may stand in a question.

    >>> [unended("SELECT * { '''a", most) for most in (0, 1)]
    [True, False]
    """
    found = 0
    for token in _TOKEN.finditer(query):
        opens = query.startswith(('"""', "'''"), token.start()) and token.lastgroup == "text"
        found += opens and (len(token[0]) < len('""""""') or token[0][-3:] != token[0][:3])
        if found > most:
            return True
    return False


def asks_elsewhere(query: str) -> bool:
    """Tell whether a SPARQL query may ask another server: SERVICE goes out to the network.

    Engines read keywords where a grammar would see none (`trueSERVICE`), so the letters are enough wherever they are
    no text, comment, address, variable or second half of a name. The few questions in which only an engine can tell
    are taken for ones that ask.

    >>> [asks_elsewhere(q) for q in ("SELECT * { SERVICE <urn:a> { ?s ?p 1 } }", "SELECT ?service { ?s ?p 'service' }")]
    [True, False]
    """
    if _SERVICE not in _unescaped(query).lower():
        return False
    within, before = "", ""  # the brackets that are open; the kind of the last token
    for token in _TOKEN.finditer(query):
        kind, said = token.lastgroup or "", token[0]
        if kind == "skip":
            continue
        word = said.partition(":")[0] if kind == "name" and said[0] != "<" else said if kind in _WORDS else ""
        if _SERVICE in _unescaped(word).lower() and said[0] not in "?$":
            return True
        # in an expression `<` may be less-than: what seems to be an address could then hold where a text begins
        if said[0] == "<" and within[-1:] == "(" and before in _OPERANDS and ("'" in said or "#" in said):
            return True
        within = within + said if said in {"(", "{"} else within[:-1] if said in {")", "}"} else within
        before = said if kind == "mark" else kind
    return False


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(min(int(m[1] or m[2], 16), sys.maxunicode)), text)


def depth(query: str) -> int:
    """Return how deep the brackets of a SPARQL query are nested, and how many `!` stand in a row at most.

    >>> depth("ASK { FILTER (?x IN (1, 2)) } # ((((")
    3
    """
    deepest = level = row = 0
    for token in _TOKEN.finditer(query):
        if token.lastgroup != "skip":
            level += _STEPS.get(token[0], 0)
            row = row + 1 if token[0] == "!" else 0
            deepest = max(deepest, level, row)
    return deepest


def joins(query: str) -> int:
    """Return how many words and signs of a SPARQL query join two parts: engines may go one step deeper for each.

    >>> joins("SELECT (?x AS ?y) { { ?s ?p ?x } UNION { ?s ?q ?x } FILTER (?x > 1 && ?x < 9) }")
    5
    """
    said = (t[0].lower() for t in _TOKEN.finditer(query) if t.lastgroup in {"word", "mark"})
    return sum(word in _JOINS for word in said)


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
