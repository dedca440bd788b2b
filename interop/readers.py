"""Readers: each reads the exports in the formats it knows, and gives back the triples it found and its warnings."""

from __future__ import annotations

import dataclasses
import logging
import logging.handlers
import queue
import subprocess
import urllib.parse
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import engines
import programs
import pyoxigraph as ox
import rdflib
import servers
from checks import READ, WARN, Check
from exports import FORMS, KINDS, WITH_GRAPHS, Document, Exports

RDFLIB = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "nq": "nquads", "trig": "trig"}
RAPPER = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "trig": "trig"}
SAID_BY_RAPPER = ("rapper: Parsing URI ", "rapper: Serializing with ", "rapper: Parsing returned ")
VERSION = '"@version": 1.1,'  # of JSON-LD; the reader of Debian's Jena is older
OLDER = "jsonld as 1.0"
BY_VALUE = frozenset({"Oxigraph server"})  # it turns xsd:nonNegativeInteger into xsd:integer


class ReadError(Exception):
    """A reader did not take a file."""


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What a reader found in a file, and what it warned of."""

    quads: Iterable[ox.Quad]
    warned: str = ""


Tried = Exports | Document
Read = Iterator[tuple[str, Callable[[], Found]]]  # each format, and what reads it


def check(reader: str, exports: Tried, folder: Path) -> Iterator[Check]:
    """Yield what came of each format that a reader knows."""
    for form, give in READERS[reader](exports, folder):
        try:
            found = give()
            said = exports.difference(form, found.quads, by_value=reader in BY_VALUE)
        except Exception as error:  # noqa: BLE001  (whatever a reader raises, it did not read the file)
            yield Check(
                exports.kind, reader, _label(exports, form), " ".join(f"{type(error).__name__}: {error}".split())
            )
        else:
            yield Check(exports.kind, reader, _label(exports, form), said)
            yield Check(WARN, reader, _label(exports, form), found.warned or None)


def _label(exports: Tried, form: str) -> str:
    return form if form == OLDER and exports.kind == READ else exports.label(form)


def _both(exports: Tried, *forms: str) -> list[str]:
    """Return the formats, of those that a reader knows, in which there is something to read."""
    return [form for form in forms if form in exports.forms]


def _by_pyoxigraph(exports: Tried, folder: Path) -> Read:  # noqa: ARG001  (as the others)
    for form in exports.forms:
        yield form, lambda f=form: Found(ox.parse(path=str(exports.path(f)), format=KINDS[f]))


def _by_rdflib(exports: Tried, folder: Path) -> Read:  # noqa: ARG001  (as the others)
    for form in exports.forms:
        yield form, lambda f=form: _in_rdflib(exports.path(f), f)


def _in_rdflib(path: Path, form: str) -> Found:
    """Read a file with rdflib, keeping its log and Python's warnings."""
    log, told = logging.getLogger("rdflib"), queue.SimpleQueue[logging.LogRecord]()
    handler = logging.handlers.QueueHandler(told)
    log.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            graph = rdflib.Dataset() if form in WITH_GRAPHS else rdflib.Graph()
            graph.parse(path, format=RDFLIB[form])
    finally:
        log.removeHandler(handler)
    said = [str(w.message) for w in caught if not issubclass(w.category, DeprecationWarning)]
    said += [told.get().getMessage() for _ in range(told.qsize())]
    back = graph.serialize(format="nquads" if form in WITH_GRAPHS else "nt", encoding="utf-8")
    return Found(ox.parse(back, format=KINDS["nq"]), "; ".join(said))


def _by_oxigraph(exports: Tried, folder: Path) -> Read:
    """Put each file into a server, and get it back: those with graphs whole, the others into a graph."""
    with servers.oxigraph(folder / "oxigraph-read") as url:
        for form in exports.forms:
            place = "" if form in WITH_GRAPHS else "?" + urllib.parse.urlencode({"graph": "urn:form:" + form})

            def give(form: str = form, at: str = f"{url}/store{place}") -> Found:
                """Put a file, and get it back."""
                kind = {"Content-Type": KINDS[form].media_type}
                servers.request(at, data=exports.path(form).read_bytes(), method="PUT", headers=kind)
                back = KINDS["nq" if form in WITH_GRAPHS else "nt"]
                return Found(ox.parse(servers.request(at, headers={"Accept": back.media_type}), format=back))

            yield form, give


def _by_virtuoso(exports: Tried, folder: Path) -> Read:
    """Put the union as Turtle and as N-Triples, and the dataset graph by graph: it takes neither N-Quads nor TriG."""
    with servers.virtuoso(folder / "virtuoso-read") as url, servers.virtuoso_store(url) as store:

        def put(name: str, data: bytes) -> list[ox.Quad]:
            """Put a graph, and get it back."""
            store.put(name, data, doing="take a file")
            return [ox.Quad(*triple, ox.NamedNode(name)) for triple in store.get(name, doing="give it back")]

        for form in _both(exports, "ttl", "nt"):
            yield form, lambda f=form: Found(put("urn:form:" + f, exports.path(f).read_bytes()))
        for form in _both(exports, "nq"):
            graphs = engines.by_graph(exports.path(form))
            yield form, lambda g=graphs: Found([quad for name, data in g.items() for quad in put(name, data)])


def _by_riot(exports: Tried, folder: Path) -> Read:
    """Read with riot; JSON-LD without its version too, which the reader of JSON-LD 1.0 that Debian ships refuses."""
    paths = {form: exports.path(form) for form in exports.forms}
    if VERSION in (text := exports.path("jsonld").read_text(encoding="utf-8") if "jsonld" in paths else ""):
        paths[OLDER] = folder / "jsonld-1.0.jsonld"
        paths[OLDER].write_text(text.replace(VERSION, "", 1), encoding="utf-8")
    backs = {form: folder / f"riot-{form}.nq" for form in paths}
    jobs = [[form, "read", form.split()[0], str(path), str(backs[form])] for form, path in paths.items()]
    yield from _backs(programs.jena(jobs, folder), backs)


def _by_tdb2(exports: Tried, folder: Path) -> Read:
    forms = _both(exports, "ttl", "nt", "nq", "trig")
    backs = {form: folder / f"tdb2-{form}.nq" for form in forms}
    jobs = [[form, "load", str(folder / f"tdb2-{form}"), str(exports.path(form)), str(backs[form])] for form in forms]
    yield from _backs(programs.jena(jobs, folder), backs)


def _by_node(reader: str, *forms: str) -> Callable[[Tried, Path], Read]:
    def read(exports: Tried, folder: Path) -> Read:
        """Read in Node."""
        backs = {form: folder / f"{reader}-{form}.nq" for form in _both(exports, *forms)}
        jobs = [[form, "read", reader, form, str(exports.path(form)), str(back)] for form, back in backs.items()]
        yield from _backs(programs.node(jobs, folder), backs)

    return read


def _backs(done: Iterable[tuple[str, bool, str]], backs: Mapping[str, Path]) -> Read:
    """Yield the formats of jobs that wrote what they read as N-Quads, and said what they warn of."""
    for form, fine, words in done:

        def give(form: str = form, said: str = words, *, done: bool = fine) -> Found:
            """Read what was written."""
            if not done:
                raise ReadError(said)
            return Found(ox.parse(path=str(backs[form]), format=KINDS["nq"]), said)

        yield form, give


def _by_command(words: Callable[[str, Path], list[str]], usual: tuple[str, ...] = ()) -> Callable[[Tried, Path], Read]:
    def give(path: Path, form: str) -> Found:
        """Run a command that writes N-Quads, and nothing unusual beside them."""
        command = words(RAPPER[form], path)
        done = subprocess.run(command, capture_output=True, check=False, timeout=programs.WAIT)  # noqa: S603  (ours)
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        said = "; ".join(line for line in lines if not any(map(line.startswith, usual)))
        if done.returncode:
            raise ReadError(said or f"exit status {done.returncode}")
        return Found(ox.parse(done.stdout, format=KINDS["nq"]), said)

    def read(exports: Tried, folder: Path) -> Read:  # noqa: ARG001  (as the others)
        """Read with a command."""
        for form in _both(exports, *RAPPER):
            yield form, lambda f=form: give(exports.path(f), f)

    return read


READERS: Mapping[str, Callable[[Tried, Path], Read]] = {
    "rdflib": _by_rdflib,
    "pyoxigraph": _by_pyoxigraph,
    "Oxigraph server": _by_oxigraph,
    "Virtuoso": _by_virtuoso,
    "Jena riot": _by_riot,
    "Jena TDB2": _by_tdb2,
    "Comunica": _by_node("comunica", *FORMS),
    "n3": _by_node("n3", "ttl", "nt", "nq", "trig"),
    "jsonld.js": _by_node("jsonld.js", "jsonld"),
    "rapper": _by_command(lambda kind, path: ["rapper", "-i", kind, "-o", "nquads", str(path)], SAID_BY_RAPPER),
    "serdi": _by_command(lambda kind, path: ["serdi", "-i", kind, "-o", "nquads", str(path)]),
}
