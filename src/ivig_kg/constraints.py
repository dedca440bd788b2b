"""Constraints: what property shapes ask of single values, answered from plain dictionaries.

Every answer is the one that pySHACL gives. Where a value is written in a way that engines read
differently, none is given, and pySHACL is asked.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from ivig_kg.indexed import Data
from ivig_kg.schema import RDF, SH, XSD, Triple
from ivig_kg.shapes import PropertyRule, Violation
from ivig_kg.stability import is_shortest

_NUMBERS = frozenset(XSD + name for name in ("decimal", "integer", "nonNegativeInteger"))
_DATE = XSD + "date"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTS = {XSD + "gYear": "-01-01", XSD + "gYearMonth": "-01", _DATE: ""}
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_DATATYPES = frozenset({*_NUMBERS, *_PARTS, XSD + "string", RDF + "langString", XSD + "hexBinary"})
_TEXTS = frozenset(ox.NamedNode(kind) for kind in (XSD + "string", RDF + "langString", XSD + "anyURI"))

# a store has one datatype for all whole numbers; the values of ours have the other one
_DATATYPE = re.compile(r"\bdatatype\s*[(]\s*([?$]\w+)\s*[)]", re.IGNORECASE)
_AS_TYPED = rf"IF(DATATYPE(\1) = <{XSD}integer>, <{XSD}nonNegativeInteger>, DATATYPE(\1))"
_COMPUTED = re.compile(r"\b(bind|strlen)\b|\bdatatype\s*[(]\s*[^?$\s]", re.IGNORECASE)

Check = Callable[[Data, Any, list[Any], Any], Iterator[Any]]


class UnsureError(Exception):
    """The answer is pySHACL's to give."""


def is_plain(term: Any) -> bool:
    """Tell whether every engine reads a term as the same value and leaves its text as it is written.

    A store makes one datatype of all whole numbers, so only one of them counts.

    >>> [is_plain(ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))) for text in ("0.4", "0.40", "1e1")]
    [True, False, False]
    """
    if not isinstance(term, ox.Literal):
        return isinstance(term, ox.NamedNode)
    number = term.datatype.value != XSD + "integer" and _number(term) is not None
    return number or term.datatype in _TEXTS or _begin(term, _PARTS) is not None


def all_plain(triples: Iterable[Triple]) -> bool:
    """Tell whether every literal of some triples is plain; see `is_plain`."""
    return all(is_plain(value) for value in {t.object for t in triples} if isinstance(value, ox.Literal))


@functools.lru_cache(maxsize=256)
def as_typed(text: str) -> str | None:
    """Return a query that sees the datatypes of whole numbers as they are typed, though a store has one for all.

    Returns:
        The query; None where it asks for the datatype of what may be computed, which no rewriting makes right.

    >>> as_typed("SELECT $this { $this ?p ?v . BIND (strlen(?v) AS ?n) FILTER (datatype(?n) = ?p) }") is None
    True
    """
    if _DATATYPE.search(text) and _COMPUTED.search(text):
        return None
    return _DATATYPE.sub(_AS_TYPED, text)


def _number(term: Any) -> Decimal | None:
    """Return a number that is written in its shortest form."""
    if not isinstance(term, ox.Literal) or term.datatype.value not in _NUMBERS or not is_shortest(term.value):
        return None
    odd = "." in term.value if term.datatype.value != XSD + "decimal" else False
    below = term.datatype.value == XSD + "nonNegativeInteger" and term.value.startswith("-")
    return None if odd or below else Decimal(term.value)


def _is_hex(term: Any) -> bool:
    return term.datatype.value == XSD + "hexBinary" and _HEX.fullmatch(term.value) is not None


def _day(term: Any) -> dt.date | None:
    return _begin(term, {_DATE: ""})


def _begin(term: Any, rest: Mapping[str, str]) -> dt.date | None:
    """Return the first day of a date, by what each datatype lacks of a day."""
    if not isinstance(term, ox.Literal) or term.datatype.value not in rest:
        return None
    day = term.value + rest[term.datatype.value]
    try:
        return dt.date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:
        return None


def check(rule: PropertyRule, data: Data) -> list[Violation]:
    """Return where a property shape is broken.

    Raises:
        UnsureError: A value or a parameter is one that only pySHACL judges.
    """
    found = []
    path = rule.paths[0] if len(rule.paths) == 1 else None
    checks = [(name, _CHECKS[name], _parameter(name, value)) for name, value in rule.parameters.items()]
    choices = tuple(c.value for c in rule.parameters.get("in", ()))
    for focus in data.judged(rule.targets):
        values = data.values(focus, *rule.paths)
        if any(isinstance(term, ox.BlankNode) for term in (focus, *values)):
            raise UnsureError
        for name, wrong, parameter in checks:
            component = name[0].upper() + name[1:]
            for value in wrong(data, focus, values, parameter):
                text = None if value is None else value.value
                found.append(rule.violation(focus.value, component, path=path, value=text, choices=choices))
    return found


def _parameter(name: str, value: Any) -> Any:
    """Return the value of a parameter as its check takes it."""
    if name in {"minCount", "maxCount", "maxLength"}:
        whole = isinstance(value, ox.Literal) and value.datatype.value == XSD + "integer"
        if not whole or not re.fullmatch(r"[0-9]{1,9}", value.value):
            raise UnsureError
        return int(value.value)
    if name in {"minInclusive", "maxInclusive", "minExclusive"}:
        return _sure(_number(value))
    if name == "pattern":
        try:
            return re.compile(value.value) if isinstance(value, ox.Literal) else _sure(None)
        except re.error as error:
            raise UnsureError from error
    if name == "in":
        return frozenset(value) or _sure(None)
    if name == "or":
        return frozenset(_parameter("datatype", datatype) for datatype in value) or _sure(None)
    known = {"datatype": _DATATYPES, "nodeKind": {SH + "IRI"}}
    if not isinstance(value, ox.NamedNode) or value.value not in known.get(name, {value.value}):
        raise UnsureError
    return value.value


def _sure(found: Any) -> Any:
    """Return what was found; raise where there is nothing."""
    if found is None:
        raise UnsureError
    return found


def _too_few(_data: Data, _focus: Any, values: list[Any], least: int) -> Iterator[Any]:
    if len(values) < least:
        yield None


def _too_many(_data: Data, _focus: Any, values: list[Any], most: int) -> Iterator[Any]:
    if len(values) > most:
        yield None


def _not_in(_data: Data, _focus: Any, values: list[Any], choices: frozenset[Any]) -> Iterator[Any]:
    return (v for v in values if v not in choices)


def _other_class(data: Data, _focus: Any, values: list[Any], kind: str) -> Iterator[Any]:
    return (v for v in values if not data.is_a(v, kind))


def _no_iri(_data: Data, _focus: Any, values: list[Any], _kind: str) -> Iterator[Any]:
    return (v for v in values if not isinstance(v, ox.NamedNode))


def _other_datatype(data: Data, focus: Any, values: list[Any], datatype: str) -> Iterator[Any]:
    return _other_datatypes(data, focus, values, frozenset({datatype}))


def _other_datatypes(_data: Data, _focus: Any, values: list[Any], datatypes: frozenset[str]) -> Iterator[Any]:
    for value in values:
        if not isinstance(value, ox.Literal) or value.datatype.value not in datatypes:
            yield value
        elif not (is_plain(value) or _number(value) is not None or _is_hex(value)):
            raise UnsureError


def _no_match(_data: Data, _focus: Any, values: list[Any], pattern: re.Pattern[str]) -> Iterator[Any]:
    return (v for v in values if not pattern.search(v.value))


def _too_long(_data: Data, _focus: Any, values: list[Any], most: int) -> Iterator[Any]:
    return (v for v in values if len(v.value) > most)


def _below(_data: Data, _focus: Any, values: list[Any], least: Decimal) -> Iterator[Any]:
    return (v for v in values if _sure(_number(v)) < least)


def _not_above(_data: Data, _focus: Any, values: list[Any], bound: Decimal) -> Iterator[Any]:
    return (v for v in values if not _sure(_number(v)) > bound)


def _above(_data: Data, _focus: Any, values: list[Any], most: Decimal) -> Iterator[Any]:
    return (v for v in values if _sure(_number(v)) > most)


def _shared(data: Data, focus: Any, values: list[Any], other: str) -> Iterator[Any]:
    return (v for v in values if v in data.values(focus, other))


def _not_before(data: Data, focus: Any, values: list[Any], other: str) -> Iterator[Any]:
    return (a for a, left, right in _pairs(data, focus, values, other) if not left < right)


def _after(data: Data, focus: Any, values: list[Any], other: str) -> Iterator[Any]:
    return (a for a, left, right in _pairs(data, focus, values, other) if not left <= right)


def _pairs(data: Data, focus: Any, values: list[Any], other: str) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each value with what is to be compared: two numbers or two days."""
    for one in values:
        for two in data.values(focus, other):
            both = _number(one), _number(two)
            yield one, *((_sure(_day(one)), _sure(_day(two))) if None in both else both)


_CHECKS: Mapping[str, Check] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "in": _not_in,
    "class": _other_class,
    "nodeKind": _no_iri,
    "datatype": _other_datatype,
    "or": _other_datatypes,
    "pattern": _no_match,
    "maxLength": _too_long,
    "minInclusive": _below,
    "maxInclusive": _above,
    "minExclusive": _not_above,
    "disjoint": _shared,
    "lessThan": _not_before,
    "lessThanOrEquals": _after,
}
