"""Quantities: do the numbers of a fact stand in its passages, and beside their units?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from ivig_kg import dates, shares, units
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Mapping as Node
from ivig_kg.nodes import Scalar
from ivig_kg.quotation import normal, numbers
from ivig_kg.schema import XSD, Schema

MAX_NUMBERS = 8
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OURS = frozenset({"curatedOn", "reviewedOn", "retractedOn"})
_NUMBERS = frozenset({XSD + "decimal", XSD + "nonNegativeInteger"})


def check(node: Node, *, passages: Mapping[str, str], schema: Schema) -> Iterator[Finding]:
    """Find numbers and units of a fact that stand in none of its passages, or not together.

    Args:
        node: The fact.
        passages: The words of all its passages, by their ids.
        schema: Its keys say which values are numbers.
    """
    there = {n.normalize() for words in passages.values() for n in numbers(words)}
    there |= {Decimal(1)} if any(map(units.has_one, passages.values())) else set()
    for value, number in numbers_of(node, schema):
        if number not in there:
            message = f"the number {quoted(value.text)} does not stand in passage {quoted(next(iter(passages)))}"
            stated = ", ".join(f"{n:f}" for n in sorted(there)[:MAX_NUMBERS])
            hint = f"the numbers there are {stated}" if there else "there is no number in it"
            yield Finding("number-not-in-passage", message, value.position, hint=hint, subject=node.name)
    yield from _units(node, passages, there)
    yield from _dates(node, passages, schema)


def numbers_of(node: Node, schema: Schema) -> Iterator[tuple[Scalar, Decimal]]:
    """Yield the values of a node that are numbers, and what they are."""
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        for value in entry.values if key and key.datatype in _NUMBERS else ():
            if isinstance(value, Scalar) and (number := _number(value.text)) is not None:
                yield value, number


def _dates(node: Node, passages: Mapping[str, str], schema: Schema) -> Iterator[Finding]:
    """Find dates that no passage gives; our own dates stand in none."""
    text = " ".join(normal(words) for words in passages.values())
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        if key is None or key.datatype != XSD + "date" or key.name in _OURS:
            continue
        for value in (v for v in entry.values if isinstance(v, Scalar) and _DATE.fullmatch(v.text)):
            day = dates.day(value.text)
            if day is None or not dates.gives(day, text):
                message = f"the date {quoted(value.text)} does not stand in passage {quoted(next(iter(passages)))}"
                hint = "write the date that the passage gives; one that it does not give is no part of the fact"
                yield Finding("number-not-in-passage", message, value.position, hint=hint, subject=node.name)


def _units(node: Node, passages: Mapping[str, str], there: Collection[Decimal]) -> Iterator[Finding]:
    """Find units that stand in no passage, and numbers that stand in one without their unit behind them."""
    text = " ".join(normal(words) for words in passages.values())
    for entry in node.entries:
        what, unit = entry.key.text.removesuffix("Unit"), node.get(entry.key.text)
        if unit is None or what == entry.key.text or units.is_spelt(unit.text, text) is None:
            continue
        if not units.is_spelt(unit.text, text):
            message = f"the unit {quoted(unit.text)} does not stand in passage {quoted(next(iter(passages)))}"
            hint = "write the unit that the passage gives with the number"
            yield Finding("unit-not-in-passage", message, unit.position, hint=hint, subject=node.name)
            continue
        for value in (v for end in ("Min", "Max") if (v := node.get(what + end))):
            number = _number(value.text)
            if number in there and number is not None and not units.stand_together(number, unit.text, text):
                message = f"the number {quoted(value.text)} does not stand before {quoted(unit.text)} in its passage"
                hint = "compare number and unit with the passage"
                severity = Severity.WARNING
                yield Finding("number-apart-from-unit", message, value.position, severity, hint=hint, subject=node.name)


def check_shares(node: Node, words: str, text: str) -> Iterator[Finding]:
    """Find a percentage, a count or a total that is another number of a text."""
    percent, count, total = (node.get(f"frequency{what}") for what in ("Percent", "Count", "Total"))
    number = _number(percent.text) if percent else None
    if percent and number is not None and not shares.is_percentage(number, text):
        yield _apart(node, percent, f"does not stand before {quoted('%')} in its passage")
    counted, of = (_number(value.text) if value else None for value in (count, total))
    wrong = shares.misplaced(counted, of, words, text)
    for value, what in ((count, "count"), (total, "total")):
        if value and _number(value.text) in wrong:
            yield _apart(node, value, f"is not the {what} of this in its passage")
            return


def _apart(node: Node, value: Scalar, what: str) -> Finding:
    message, hint = f"the number {quoted(value.text)} {what}", "compare the number with the passage"
    severity = Severity.WARNING
    return Finding("number-apart-from-unit", message, value.position, severity, hint=hint, subject=node.name)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None
