"""What a store answers is taken for what it is, at a price in time and memory that is in proportion to it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ivig_kg.schema import XSD
from ivig_kg.stores import values


def number(text: str, kind: str = "decimal") -> str:
    """Return the key of a number."""
    return values.key(ox.Literal(text, datatype=ox.NamedNode(XSD + kind)))


@pytest.mark.parametrize(
    "text", ["1e999999999", "1e99999999999999", "1E5", "NaN", "INF", "1_000", "\u0661", "", ".", "+"]
)
@pytest.mark.parametrize("kind", ["decimal", "integer"])
def test_what_is_no_number_is_compared_as_it_is_written(text: str, kind: str) -> None:
    """A decimal has digits, a sign and a point: an exponent would be worked out to as many zeros as it says."""
    assert number(text, kind) == str(ox.Literal(text, datatype=ox.NamedNode(XSD + kind)))


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("0.4", "0.40", "+.4", "00.4"), "0.4"),
        (("0", "-0", "0.0", "-.0", "000"), "0"),
        (("-2", "-2.", "-02.0"), "-2"),
        (("1" * 40, "0" + "1" * 40 + ".00"), "1" * 40),
    ],
)
def test_a_number_is_compared_by_its_value(texts: tuple[str, ...], value: str) -> None:
    """However a store writes it, and whatever its type and its length."""
    assert {number(text, kind) for text in texts for kind in ("decimal", "integer")} == {f'"{value}"^^number'}
