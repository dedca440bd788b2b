"""What a store answers is taken for what it is, at a price in time and memory that is in proportion to it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from double import Double, Fault
from ivig_kg.errors import StoreError
from ivig_kg.schema import XSD
from ivig_kg.stores import adoption, client, sessions, swaps, values, verification
from ivig_kg.stores.catalog import Catalog, Copy, Part
from ivig_kg.stores.contents import Graph, Release
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.profiles import Swap, profile
from ivig_kg.stores.store import Store


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


@pytest.mark.parametrize("doing", ["compared aside", "compared again", "put in place", "adopted", "looked for"])
def test_no_more_is_kept_of_a_graph_than_it_can_have(doing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that gives back millions of triples where three were sent is told off before they fill the memory."""
    name, sent = ox.NamedNode("urn:graph"), [ox.Triple(*[ox.NamedNode(f"urn:{n}")] * 3) for n in range(3)]
    keys = values.keys(sent)
    release = Release("1.0.0", "", (Graph("facts", b"", keys),))
    new = Copy("urn:r", "1.0.0", "", "", None, (Part("facts", "urn:graph", "urn:graph", 3, values.digest(keys)),))
    known = Catalog(None, {}, {}, {})
    monkeypatch.setattr(adoption, "MOST", 10_000)
    acts: dict[str, Callable[[Store], object]] = {
        "compared aside": lambda store: verification.staged(store, new, release),
        "compared again": lambda store: verification.kept(store, new),
        "put in place": lambda store: swaps.apply(store, new, known=known, swap=Swap.PUT),
        "adopted": lambda store: adoption.adopt(store, tell=lambda _: None),
        "looked for": lambda store: swaps._is_there(store, name.value, "show it"),
    }
    data = [ox.Quad(*triple, name) for triple in sent]
    with Double(data=data, faults=[Fault("many-triples", "get", size=20_000_000)]) as double:
        address = profile("oxigraph", double.url)
        with sessions.opened(address, credentials=Credentials(), timeout=60) as store:
            received = store.client.send
            peak = []

            def send(request: client.Request, **more: Any) -> client.Answer:
                """Measure from here on what is made of the answer."""
                answer = received(request, **more)
                if request.method == "GET":
                    tracemalloc.start()
                return answer

            monkeypatch.setattr(store.client, "send", send)
            told = ""
            try:
                assert acts[doing](store) is True
            except StoreError as error:
                told = str(error)
            finally:
                peak.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()

    assert double.struck
    assert peak[0] < 20_000_000
    assert ("more than" in told or "has changed" in told) == (doing != "looked for"), told
