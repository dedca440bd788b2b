"""Engines: six of them answer every named question, over the default graph and over the named graphs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import programs
import pyoxigraph as ox
import rdflib
import servers
from answers import Answer, of, read

GRAPHS = tuple(
    f"https://w3id.org/ivig-kg/graph/{name}" for name in ("concepts", "derived", "facts", "ontology", "sources")
)
UNION = "https://w3id.org/ivig-kg/graph/union"
DEFAULT, NAMED = "default graph", "named graphs"
Given = Mapping[tuple[str, str], Answer | str]  # by question and by what was asked; a sentence where there is no answer
Queries = Mapping[str, Path]


def expected(exports: Path, queries: Queries) -> dict[str, Answer]:
    """Return the answers of pyoxigraph, which the answers written by hand are held against by the tests."""
    store = ox.Store()
    store.load(path=str(exports / "ivig-kg.nq"), format=ox.RdfFormat.N_QUADS)
    return {name: of(store.query(_text(path), use_default_graph_as_union=True)) for name, path in queries.items()}


def by_pyoxigraph(exports: Path, queries: Queries, folder: Path) -> Given:  # noqa: ARG001  (as the others)
    """Ask pyoxigraph."""
    whole, named = ox.Store(), ox.Store()
    whole.load(path=str(exports / "ivig-kg.ttl"), format=ox.RdfFormat.TURTLE)
    named.load(path=str(exports / "ivig-kg.trig"), format=ox.RdfFormat.TRIG)
    graphs = [ox.NamedNode(graph) for graph in GRAPHS]
    found: dict[tuple[str, str], Answer | str] = {}
    for name, path in queries.items():
        text = _text(path)
        found[name, DEFAULT] = _or_why(lambda t=text: of(whole.query(t)))
        found[name, NAMED] = _or_why(lambda t=text: of(named.query(t, default_graph=graphs)))
    return found


def by_rdflib(exports: Path, queries: Queries, folder: Path) -> Given:  # noqa: ARG001  (as the others)
    """Ask rdflib."""
    whole = rdflib.Graph().parse(exports / "ivig-kg.ttl")
    named = rdflib.Dataset(default_union=True)
    named.parse(exports / "ivig-kg.nq", format="nquads")
    found: dict[tuple[str, str], Answer | str] = {}
    for name, path in queries.items():
        text = _text(path)
        for kind, graph in ((DEFAULT, whole), (NAMED, named)):
            found[name, kind] = _or_why(lambda g=graph, t=text: read(g.query(t).serialize(format="json") or b""))
    return found


def by_oxigraph(exports: Path, queries: Queries, folder: Path) -> Given:
    """Ask an Oxigraph server."""
    with servers.oxigraph(folder / "oxigraph") as url:
        servers.request(
            f"{url}/store",
            data=(exports / "ivig-kg.nq").read_bytes(),
            method="PUT",
            headers={"Content-Type": "application/n-quads"},
        )
        servers.request(
            f"{url}/store?default",
            data=(exports / "ivig-kg.ttl").read_bytes(),
            method="PUT",
            headers={"Content-Type": "text/turtle"},
        )
        return _over_http(f"{url}/query", queries, {DEFAULT: (), NAMED: GRAPHS})


def by_virtuoso(exports: Path, queries: Queries, folder: Path) -> Given:
    """Ask a Virtuoso server; its default graph holds system triples, so a graph is named in both cases."""
    with servers.virtuoso(folder / "virtuoso") as url:
        with servers.virtuoso_store(url) as store:
            store.put(UNION, (exports / "ivig-kg.nt").read_bytes(), doing="take the union")
            for graph, data in by_graph(exports / "ivig-kg.nq").items():
                store.put(graph, data, doing="take a graph")
        return _over_http(f"{url}/sparql", queries, {DEFAULT: (UNION,), NAMED: GRAPHS})


def by_graph(path: Path) -> dict[str, bytes]:
    """Return the triples of each named graph of a file of N-Quads, as N-Triples."""
    found: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS):
        found.setdefault(quad.graph_name.value, []).append(quad.triple)
    return {graph: ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"" for graph, triples in found.items()}


def by_jena(exports: Path, queries: Queries, folder: Path) -> Given:
    """Ask Jena: ARQ over a file in memory for the default graph, TDB2 for the named graphs."""
    jobs = [["-", "open", "whole", "-", str(exports / "ivig-kg.ttl")]]
    jobs += [["-", "open", "named", str(folder / "tdb2"), str(exports / "ivig-kg.nq")]]
    asked = {(name, kind): folder / f"jena-{name}-{kind[:5]}.json" for name in queries for kind in (DEFAULT, NAMED)}
    over = {DEFAULT: ("whole", "default"), NAMED: ("named", " ".join(GRAPHS))}
    for (name, kind), path in asked.items():
        jobs.append([f"{name} {kind}", "ask", *over[kind], str(queries[name]), str(path)])
    return _of_files(programs.jena(jobs, folder), asked)


def by_comunica(exports: Path, queries: Queries, folder: Path) -> Given:
    """Ask Comunica."""
    files = {DEFAULT: ("default", exports / "ivig-kg.ttl"), NAMED: ("named", exports / "ivig-kg.nq")}
    asked = {(name, kind): folder / f"comunica-{name}-{kind[:5]}.json" for name in queries for kind in (DEFAULT, NAMED)}
    jobs = [
        [f"{name} {kind}", "ask", files[kind][0], str(files[kind][1]), str(queries[name]), str(path)]
        for (name, kind), path in asked.items()
    ]
    return _of_files(programs.node(jobs, folder), asked)


def _of_files(done: Iterator[tuple[str, bool, str]], asked: Mapping[tuple[str, str], Path]) -> Given:
    """Return the answers that jobs have written into files."""
    said = {name: (fine, words) for name, fine, words in done}
    return {
        (name, kind): _or_why(lambda p=path: read(p.read_bytes()))
        if said[f"{name} {kind}"][0]
        else said[f"{name} {kind}"][1]
        for (name, kind), path in asked.items()
    }


def _over_http(url: str, queries: Queries, graphs: Mapping[str, tuple[str, ...]]) -> Given:
    found: dict[tuple[str, str], Answer | str] = {}
    for name, path in queries.items():
        for kind, named in graphs.items():

            def ask(text: str = _text(path), over: tuple[str, ...] = named) -> Answer:
                """Ask the server."""
                return read(servers.query(url, text, accept="application/sparql-results+json", graphs=over))

            found[name, kind] = _or_why(ask)
    return found


def _or_why(give: Callable[[], Answer]) -> Answer | str:
    """Return an answer, or why there is none."""
    try:
        return give()
    except Exception as error:  # noqa: BLE001  (whatever an engine raises, it gave no answer)
        told = str(error)
        with contextlib.suppress(Exception):
            told += " " + error.read().decode("utf-8", "replace")[:200]  # type: ignore[attr-defined]
        return " ".join(f"{type(error).__name__}: {told}".split())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


ENGINES: Mapping[str, Callable[[Path, Queries, Path], Given]] = {
    "rdflib": by_rdflib,
    "pyoxigraph": by_pyoxigraph,
    "Oxigraph server": by_oxigraph,
    "Virtuoso": by_virtuoso,
    "Jena": by_jena,
    "Comunica": by_comunica,
}
