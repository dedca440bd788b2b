"""Small releases in folders, to be loaded; and what a store shows of them, asked without the code under test."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
import urllib.request
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import export, runs

GRAPH = "https://w3id.org/ivig-kg/graph/"
CATALOG = GRAPH + "catalog"
NAMES = ("concepts", "derived", "facts", "ontology", "sources")
PREFIXES = """\
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
"""


def release(folder: Path, version: str, *, size: int = 40) -> Path:
    """Write a release whose every triple says its version, some in each named graph, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    quads = [
        ox.Quad(
            ox.NamedNode(f"https://w3id.org/ivig-kg/id/thing-{number}"),
            ox.NamedNode("https://w3id.org/ivig-kg/ontology/version"),
            ox.Literal(version),
            ox.NamedNode(GRAPH + name),
        )
        for name in NAMES
        for number in range(size)
    ]
    amount = ox.Literal("0.4", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    word = ox.Literal('頭痛 \\ "\n', language="ja")
    for value in (amount, word):
        of = (ox.NamedNode("https://w3id.org/ivig-kg/id/thing-0"), ox.NamedNode("https://w3id.org/ivig-kg/ontology/of"))
        quads.append(ox.Quad(*of, value, ox.NamedNode(GRAPH + "facts")))
    write(folder, version, quads)
    return folder


def write(folder: Path, version: str, quads: list[ox.Quad]) -> None:
    """Write a dataset and its manifest."""
    data = ox.serialize(sorted(quads, key=str), format=ox.RdfFormat.N_QUADS) or b""
    (folder / "ivig-kg.nq").write_bytes(data)
    manifest = {
        "version": version,
        "rdfc10": export.fingerprints(runs.of_quads(quads)),
        "files": {"ivig-kg.nq": {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def ask(url: str, text: str) -> list[dict[str, str]]:
    """Return the rows of a SELECT of a server of ours."""
    data = urllib.parse.urlencode({"query": PREFIXES + text}).encode()
    headers = {"Accept": "application/sparql-results+json"}
    sent = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310  (the loopback)
    with urllib.request.urlopen(sent, timeout=30) as answer:  # noqa: S310  (the loopback)
        rows = json.load(answer)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def shown(url: str) -> dict[str, str]:
    """Return in which graph each graph of the live release stands, by the pointer."""
    rows = ask(
        url,
        f"""SELECT ?of ?place WHERE {{ GRAPH <{CATALOG}> {{
            <https://w3id.org/ivig-kg/> dcat:hasCurrentVersion/dcterms:hasPart ?part .
            ?part dcterms:isVersionOf ?of ; sd:name ?place }} }}""",
    )
    assert len({row["of"] for row in rows}) == len(rows)
    return {row["of"].removeprefix(GRAPH): row["place"] for row in rows}


def versions(url: str) -> dict[str, set[str]]:
    """Return which versions the triples of the live release say, by graph; each once and all in a whole release."""
    found = {}
    for name, place in shown(url).items():
        text = f"SELECT DISTINCT ?v WHERE {{ GRAPH <{place}> {{ ?s <https://w3id.org/ivig-kg/ontology/version> ?v }} }}"
        found[name] = {row["v"] for row in ask(url, text)}
    return found


def graphs(url: str) -> set[str]:
    """Return the graphs of ours in a store, but for the catalog."""
    rows = ask(url, f'SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?g), "{GRAPH}")) }}')
    return {row["g"] for row in rows} - {CATALOG}


def left_over(url: str) -> set[str]:
    """Return what the catalog says of claims and of loads under way."""
    text = f"SELECT ?s WHERE {{ GRAPH <{CATALOG}> {{ ?s dcterms:valid ?until }} }}"
    return {row["s"] for row in ask(url, text)}


def whole(version: str) -> dict[str, set[str]]:
    """Return what `versions` gives for a whole release."""
    return {name: {version} for name in NAMES}
