"""Masking: the rows and triples of an answer without the secrets that a store repeats in them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from ivig_kg.stores.credentials import HIDDEN, Hide
from ivig_kg.stores.deadlines import Deadline, Timed

_FORMAT = ox.QueryResultsFormat.JSON
_IN_IRI = "%5Bhidden%5D"
_NAME = "hidden"
_LANGUAGE = "x-hidden"
_TRIPLES = "WHERE { ?s ?p ?o }"


def rows(answer: ox.QuerySolutions, hide: Hide, deadline: Deadline) -> Any:
    """Return the rows of an answer with terms in which no secret is: each stays a term of its kind.

    Args:
        answer: The rows; they are read to their end.
        hide: Takes the secrets out of a text; it may raise where there is no time left.
        deadline: When it must be done.
    """
    content = json.loads(answer.serialize(format=_FORMAT) or b"{}")
    told = _names(content["head"]["vars"], hide)
    found = [{told[name]: _term(term, hide) for name, term in row.items()} for row in content["results"]["bindings"]]
    made = {"head": {"vars": list(told.values())}, "results": {"bindings": found}}
    return ox.parse_query_results(Timed(json.dumps(made, ensure_ascii=False).encode(), deadline), format=_FORMAT)


def triples(found: ox.Store, hide: Hide, deadline: Deadline) -> ox.Store:
    """Return the triples of a default graph with terms in which no secret is; see `rows`."""
    asked: Any = found.query(f"SELECT ?s ?p ?o {_TRIPLES}")
    made = ox.Store()
    made.extend(ox.Quad(*row) for row in rows(asked, hide, deadline))
    return made


def _names(names: Sequence[str], hide: Hide) -> dict[str, str]:
    """Return the names of columns without secrets, by those that the store gave; all of them differ."""
    told = {name: name for name in names if hide(name) == name}
    free = (name for n in itertools.count() if (name := f"{_NAME}{n}") not in told)
    return {name: told.get(name) or next(free) for name in names}


def _term(term: dict[str, Any], hide: Hide) -> dict[str, Any]:
    """Return a term as the JSON of SPARQL has it, without secrets."""
    value, kind = term["value"], term["type"]
    if isinstance(value, dict):
        return {**term, "value": {part: _term(one, hide) for part, one in value.items()}}
    masked = dict(term)
    if (plain := hide(value)) != value:
        masked["value"] = _iri(plain) if kind == "uri" else _NAME if kind == "bnode" else plain
    if (named := term.get("datatype", "")) != hide(named):
        masked["datatype"] = _iri(hide(named))
    if (language := term.get("xml:lang", "")) != hide(language):
        masked["xml:lang"] = _LANGUAGE
    return masked


def _iri(text: str) -> str:
    """Return an address in which something was hidden, so that it still is one."""
    text = text.replace(HIDDEN, _IN_IRI)
    try:
        return ox.NamedNode(text).value
    except ValueError:
        return f"urn:{_NAME}"
