"""A real triple store loads the exports and gives the same answers."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT

PROGRAM = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
QUERIES = sorted((ROOT / "ontology/queries").glob("*.rq"))
GRAPH = "https://w3id.org/ivig-kg/graph/union"
WAIT = 30

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="no Oxigraph server is installed: no triple store was asked"),
]


def request(url: str, *, data: bytes | None = None, method: str = "GET", **headers: str) -> bytes:
    """Send a request to a server of ours."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = urllib.request.Request(url, data=data, method=method, headers=names)  # noqa: S310  (the loopback)
    with urllib.request.urlopen(sent, timeout=WAIT) as answer:  # noqa: S310  (the loopback)
        return answer.read()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start an Oxigraph server on a free port, and end it by its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(PROGRAM), "serve", "--location", tmp_path_factory.mktemp("store"), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(WAIT * 10):
            assert process.poll() is None, "the server ended before it answered"
            try:
                request(f"{url}/query?query=ASK%7B%7D")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        else:
            pytest.fail(f"the server did not answer within {WAIT} seconds")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=WAIT)


def ask(url: str, text: str, options: str = "") -> str:
    """Return the answer of a query as CSV."""
    query = urllib.parse.urlencode({"query": text})
    return request(f"{url}/query?{query}{options}", Accept="text/csv").decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("form", "kind"), [("nq", "application/n-quads"), ("trig", "application/trig")])
def test_named_graphs_are_loaded_and_answer(server: str, form: str, kind: str) -> None:
    """The dataset goes in whole; every question over the union of its graphs has its answer."""
    request(f"{server}/store", data=(ROOT / f"exports/ivig-kg.{form}").read_bytes(), method="PUT", Content_Type=kind)

    for path in QUERIES:
        found = ask(server, path.read_text(encoding="utf-8"), "&union-default-graph=")
        assert found == path.with_suffix(".csv").read_text(encoding="utf-8"), path.stem


@pytest.mark.parametrize(
    ("form", "kind"),
    [("ttl", "text/turtle"), ("nt", "application/n-triples"), ("jsonld", "application/ld+json")],
)
def test_the_union_is_loaded_and_answers(server: str, form: str, kind: str) -> None:
    """Each of the other formats, put into one graph, answers the same."""
    target = urllib.parse.urlencode({"graph": GRAPH})
    data = (ROOT / f"exports/ivig-kg.{form}").read_bytes()
    request(f"{server}/store?{target}", data=data, method="PUT", Content_Type=kind)
    option = "&" + urllib.parse.urlencode({"default-graph-uri": GRAPH})

    for path in QUERIES:
        found = ask(server, path.read_text(encoding="utf-8"), option)
        assert found == path.with_suffix(".csv").read_text(encoding="utf-8"), path.stem
