"""What a store answers is taken for what it is, at a price in time and memory that is in proportion to it."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from double import Answer, Double, Fault
from ivig_kg.errors import StoreError
from ivig_kg.schema import XSD
from ivig_kg.stores import adoption, catalog, claims, client, remote, sessions, swaps, values, verification
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


HUGE = "HUGE"  # stands for a text of 17 MiB, which is made where it is needed
ROWS = '{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "literal", "value": "%s"}}]}}'
READING: dict[str, tuple[str, str, Callable[[Store], object]]] = {
    "triples": (
        "application/n-triples",
        f'<urn:a> <urn:b> "{HUGE}" .\n',
        lambda store: list(store.get("urn:g", doing="show it")),
    ),
    "rows": (
        "application/sparql-results+json",
        ROWS % HUGE,
        lambda store: list(store.each_row("SELECT ?s {}", "s", doing="show it", most=client.MAX_ANSWER)),
    ),
    "names": (
        "application/sparql-results+json",
        ROWS.replace('"s"]', f'"s", "{HUGE}"]') % "",
        lambda store: list(store.each_row("SELECT ?s {}", "s", doing="show it", most=client.MAX_ANSWER)),
    ),
}


@pytest.mark.parametrize(("kind", "text", "act"), READING.values(), ids=READING)
def test_a_term_without_end_is_no_bug_of_ours(kind: str, text: str, act: Callable[[Store], object]) -> None:
    """A reader has no room for a term of more than 16 MiB, which is told as what does not fit."""
    body = text.replace(HUGE, "a" * (17 << 20)).encode()
    with Double() as double:
        double.service.carry_out = lambda *_, **__: Answer(200, body, {"Content-Type": kind})  # type: ignore[method-assign]
        with (
            sessions.opened(profile("oxigraph", double.url), credentials=Credentials(), timeout=60) as store,
            pytest.raises(StoreError, match=r"(that does not fit|a damaged SPARQL result) when asked to show it"),
        ):
            act(store)


@pytest.mark.parametrize("size", [0, 100, 1 << 20])
@pytest.mark.parametrize("operation", ["get", "query"])
def test_triples_whose_end_is_not_said_are_none(operation: str, size: int) -> None:
    """Where a connection is closed between two lines, nobody sees that some are missing, or all."""
    triples = [ox.Quad(*[ox.NamedNode(f"urn:{n}")] * 3, ox.NamedNode("urn:g")) for n in range(100)]
    question = "CONSTRUCT { ?s ?p ?o } FROM <urn:g> { ?s ?p ?o }"
    acts: dict[str, Callable[[Store], object]] = {
        "get": lambda store: store.get("urn:g", doing="show it"),
        "query": lambda store: remote.ask(question, store=store, prefixes={}),
    }
    with (
        Double(data=triples, faults=[Fault("cut-without-length", operation, size=size)]) as double,
        sessions.opened(profile("oxigraph", double.url), credentials=Credentials(), timeout=60) as store,
        pytest.raises(StoreError, match="it did not say where its answer ends"),
    ):
        acts[operation](store)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Give the address of a server on this machine for which nobody vouches."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate")
    words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    where = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    subprocess.run(["openssl", *words.split(), *where], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    listening.handle_error = lambda *_: None  # type: ignore[method-assign]  (who does not trust it goes away)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"https://localhost:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.mark.parametrize(
    ("vouching", "told"),
    [
        (None, "its certificate is not trusted here: SSL_CERT_FILE and SSL_CERT_DIR say whose are"),
        ("nothing.pem", "the certificates that are to vouch for it cannot be read: see SSL_CERT_FILE and SSL_CERT_DIR"),
        ("key.pem", "the certificates that are to vouch for it cannot be read: see SSL_CERT_FILE and SSL_CERT_DIR"),
        ("cert.pem", "it answered 501 Not Implemented when asked to tell which releases it has"),
    ],
)
def test_who_is_not_trusted_is_not_nobody(
    vouching: str | None, told: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that nobody vouches for, and a file that is none, are told as what they are."""
    if vouching:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / vouching))
    with (
        sessions.opened(profile("oxigraph", server), credentials=Credentials(), timeout=60) as store,
        pytest.raises(StoreError) as error,
    ):
        catalog.read(store)

    assert str(error.value) == f"{server}: {told}"
    assert not isinstance(error.value, client.NoAnswerError)


def test_a_store_without_certificates_is_not_nobody() -> None:
    """Where an address should begin with http, something answers there all the same."""
    with Double() as double:
        address = double.url.replace("http:", "https:")
        with (
            sessions.opened(profile("oxigraph", address), credentials=Credentials(), timeout=60) as store,
            pytest.raises(StoreError, match="what answers there speaks no TLS that can be used"),
        ):
            catalog.read(store)


@pytest.mark.parametrize("seconds", [5.0, 3600.0, 604800.0])
def test_a_claim_outlasts_all_that_its_load_may_send(seconds: float) -> None:
    """However much time a load has: what it asked for may be done until then."""
    with (
        Double() as double,
        sessions.opened(profile("oxigraph", double.url), credentials=Credentials(), timeout=seconds) as store,
        claims.held(store) as known,
    ):
        (until,) = known.claims.values()
        last = catalog.now(after=store.client.deadline.last - 1)

    assert until > last
