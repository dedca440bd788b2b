"""Mentions: does a query speak of a name that is not known, though others of its vocabulary are?"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from ivig_kg import patterns
from ivig_kg.resources import GRAPHS, SHAPES, THINGS
from ivig_kg.shacl import SH

NOWHERE = "which neither the ontology defines nor the context has a key for"
_OURS = "https://w3id.org/ivig-kg/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# what a query is made of that may look like a name, and names
_QUERY = re.compile(
    r"""("{3}|'{3}).*?\1|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<(?P<iri>[^<>\s]*)>|\#[^\n]*"""
    r"""|(?<![\w?$:-])(?P<prefix>(?:[A-Za-z][\w.-]*)?):(?P<local>\w(?:[\w.-]*[\w-])?)""",
    re.DOTALL,
)
_BASE = re.compile(r"\bBASE\s+<([^<>\s]*)>", re.IGNORECASE)


def vocabulary(ontology: Collection[Any], properties: Collection[str] = ()) -> frozenset[str]:
    """Return the addresses that a query may speak of: what the ontology names, and the properties of the context."""
    terms = (term for t in ontology for term in (t.subject, t.predicate, t.object) if isinstance(term, ox.NamedNode))
    return frozenset(properties).union(term.value for term in terms)


def unknown(text: str, prefixes: Mapping[str, str], *, known: Collection[str]) -> list[str]:
    """Return the names in a query which are not known though others of their vocabulary are, as they stand there.

    Args:
        text: The query.
        prefixes: The prefixes that it uses beside those that it declares.
        known: The addresses that it may speak of; see `vocabulary`.

    >>> unknown('?a ivig:efect "ivig:b", <urn:c>', {"ivig": "http://e/"}, known=["http://e/effect"])
    ['ivig:efect']
    """
    known = frozenset(known)
    spaces = _spaces(known)
    return [
        said
        for said, iri in names(text, prefixes)
        if iri not in known and iri[-1:] not in {"#", "/"} and (_space(iri) in spaces or _is_ours(iri))
    ]


def names(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names in a query as they stand there, each with its address.

    >>> list(names("BASE <http://e/> ASK { <a> ?b f:c }", {"f": "http://f/"}))
    [('<http://e/>', 'http://e/'), ('<a>', 'http://e/a'), ('f:c', 'http://f/c')]
    """
    prefixes = {**prefixes, **patterns.outline(text).declared}
    base = next(iter(_BASE.findall(text)), "")
    for match in _QUERY.finditer(text):
        short = prefixes.get(match["prefix"], "") + match["local"] if match["local"] else ""
        if match["iri"] or short:
            yield match[0], _resolved(match["iri"], base) if match["iri"] else short


def _resolved(iri: str, base: str) -> str:
    """Return an address in full; one that cannot be resolved as it is."""
    try:
        return urljoin(base, iri)
    except ValueError:
        return iri


@functools.lru_cache(maxsize=8)
def _spaces(known: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_space, known)) - {_XSD, SH, THINGS, SHAPES}


def _is_ours(iri: str) -> bool:
    """Tell whether a name is below our address and in no space of ours in which names are free."""
    return iri.startswith(_OURS) and not iri.startswith((THINGS, SHAPES, GRAPHS))


def _space(iri: str) -> str:
    """Return the vocabulary of a name: its address up to the last `#` or `/`."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
