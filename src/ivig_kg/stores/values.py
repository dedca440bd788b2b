"""Values: triples and answers compared by what they mean, since stores write numbers and dates in ways of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from ivig_kg.schema import XSD
from ivig_kg.stability import plain

_NUMBERS = frozenset(
    XSD + name
    for name in (
        *("decimal", "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)


def key(term: Any) -> str:
    """Return a text that is the same for two terms of the same value.

    A number is its value, whatever its type: stores give whole decimals back as integers. A language tag
    has no capitals, a boolean two spellings; everything else is itself.

    >>> key(ox.Literal("0.40", datatype=ox.NamedNode(XSD + "decimal")))
    '"0.4"^^number'
    >>> key(ox.Literal("1", datatype=ox.NamedNode(XSD + "boolean")))
    '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    """
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.language:
        return str(ox.Literal(term.value, language=term.language.lower()))
    datatype = term.datatype.value
    if datatype in _NUMBERS:
        value = plain(term.value)
        return str(term) if value is None else f'"{value}"^^number'
    if datatype == XSD + "boolean":
        spelt = {"1": "true", "0": "false"}.get(term.value, term.value)
        return str(ox.Literal(spelt, datatype=term.datatype))
    return str(term)


def keys(triples: Iterable[ox.Triple], *, most: int | None = None) -> frozenset[str]:
    """Return the triples of a graph as texts that are the same for the same values.

    Args:
        triples: The triples.
        most: How many are wanted: with one more nothing more is read, however many come.
    """
    found: set[str] = set()
    for triple in triples:
        found.add(f"{triple.subject} {triple.predicate} {key(triple.object)}")
        if most is not None and len(found) > most:
            break
    return frozenset(found)


def digest(found: Iterable[str]) -> str:
    """Return SHA-256 of the keys of a graph, sorted, one a line."""
    made = hashlib.sha256()
    for text in sorted(found):
        made.update(text.encode("utf-8") + b"\n")
    return made.hexdigest()


def difference(wanted: frozenset[str], found: frozenset[str]) -> str | None:
    """Return in words how a graph differs from the one that was wanted; None where it does not.

    Of a graph with more triples than were wanted it is not known what else it has: it was not read to its end.
    """
    missing, extra = wanted - found, found - wanted
    if not missing and not extra:
        return None
    if len(found) > len(wanted):
        count, missing = f"it has more than the {len(wanted):,} triples that were sent", frozenset()
    else:
        count = f"it has {len(wanted) - len(missing):,} of {len(wanted):,} triples"
        count += f" and {len(extra):,} that were not sent" if extra else ""
    subject, predicate, _ = min(missing or extra).split(" ", 2)
    return f"{count}; {'missing' if missing else 'not sent'}: a value of {predicate} of {subject}"
