"""Soundness: does the graph of a release meet its shapes, lead nowhere, and answer as it says?

Nothing of this needs a checksum: who changes a release and writes all its sums anew is still found out here, where
the parts of the release do not fit one another any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

import pyoxigraph as ox

from ivig_kg import questions, shacl, sparql, syntax, validation
from ivig_kg.errors import IvigKgError
from ivig_kg.findings import SHACL_SEVERITIES, Finding, Position, Severity, quoted
from ivig_kg.release import assembly, copies, tables
from ivig_kg.release.copies import Copy
from ivig_kg.release.statements import Statements
from ivig_kg.resources import GRAPHS, THINGS, VOCABULARY
from ivig_kg.schema import Triple

LINK = "release-link"
ANSWER = "release-answer"
ONTOLOGY = "release-ontology"
_QUERIES = "ontology/queries/"
_LISTED = f"exports/{questions.NAME}"
Files = Mapping[str, bytes]


def check(copy: Copy, shapes: tuple[Triple, ...], ontology: tuple[Triple, ...] = ()) -> Iterator[Finding]:
    """Yield what the shapes find in a graph, and the nodes that it names and does not describe.

    Warnings and notes of the shapes are left out: they were for those who wrote the facts.

    Args:
        copy: The graph.
        shapes: The triples of the shapes.
        ontology: The vocabulary, which says what is below what, for a graph that may have lost it.
    """
    triples = {quad.triple for quad in copy.quads}
    for violation in validation.validate(triples | set(ontology), shacl.named(shapes)):
        if SHACL_SEVERITIES[violation.severity] is Severity.ERROR:
            value = f": {quoted(violation.value)}" if violation.value else ""
            message = f"<{violation.focus}>: {violation.message}{value}"
            yield Finding(violation.code, message, copy.place(violation.focus))
    described = {triple.subject.value for triple in triples}
    for triple in sorted(triples, key=str):
        for term in (triple.predicate, triple.object):
            iri = term.value if isinstance(term, ox.NamedNode) else ""
            if iri.startswith((THINGS, VOCABULARY)) and iri not in described and iri != VOCABULARY:
                message = f"<{triple.subject.value}> names <{iri}>, and nothing is said of it"
                yield Finding(LINK, message, copy.place(triple.subject.value))


def triples_of(files: Files, prefix: str) -> tuple[Triple, ...]:
    """Return the triples of the Turtle files in one folder of a release, not of the folders in it.

    Raises:
        UnreadableError: One of them cannot be read.
    """
    found: list[Triple] = []
    for path, data in files.items():
        if str(PurePosixPath(path).parent) == prefix and path.endswith(".ttl"):
            found += _triples(path, data)
    return tuple(found)


def _triples(path: str, data: bytes) -> list[Triple]:
    """Return the triples of a file that may have blank nodes: lists."""
    try:
        return [quad.triple for quad in syntax.parse(data, ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        where = (error.lineno or 1, error.offset or 1)
        raise copies.UnreadableError(path, f"it cannot be read: {error.msg}", *where) from error


def check_ontology(copy: Copy, files: Files) -> Iterator[Finding]:
    """Yield the triples in which ontology/ivig.ttl and the named graph of the ontology differ."""
    path = "ontology/ivig.ttl"
    if path not in files or not copy.is_dataset:
        return
    said = copies.lines(_triples(path, files[path]))
    held = copies.lines(q.triple for q in copy.quads if q.graph_name.value == f"{GRAPHS}ontology")
    for found, words in ((said - held, "the exports do not say this"), (held - said, "the exports say this as well")):
        for line in sorted(found):
            triple = line.decode().rstrip(" .\n")
            yield Finding(ONTOLOGY, f"{words}: {triple}", Position(path, 1, 1))


def check_answers(copy: Copy, files: Files, known: Collection[str] = ()) -> Iterator[Finding]:
    """Yield the questions of a release whose answer is not the one that stands beside them, and rows of the tables.

    Args:
        copy: The dataset.
        files: The files of the release.
        known: Files that something is known to be wrong with: what they ask is not asked.
    """
    store = sparql.store(copy.quads)
    asked = {p: data for p, data in sorted(files.items()) if p.startswith(_QUERIES) and p.endswith(".rq")}
    for path, data in asked.items():
        if path not in known:
            yield from _check_answer(path, data, store, files, known)
    listed = [sparql.NamedQuery(*_named(path, data)) for path, data in asked.items()]
    try:
        expected = questions.serialize(listed)
    except IvigKgError as error:
        yield Finding(ANSWER, str(error), Position(_LISTED, 1, 1))
        return
    if _LISTED in files and _LISTED not in known and not {*asked} & {*known} and files[_LISTED] != expected:
        yield Finding(ANSWER, f"it does not hold the questions of {_QUERIES}", Position(_LISTED, 1, 1))


def _named(path: str, data: bytes) -> tuple[str, str, str]:
    """Return the name, the question and the text of a query file."""
    text = data.decode("utf-8", "replace")
    return PurePosixPath(path).stem, sparql.question(text), text


def check_tables(copy: Copy, files: Files, known: Collection[str] = ()) -> Iterator[Finding]:
    """Yield the tables that do not say what the graph says; see `check_answers`."""
    made: dict[str, bytes] = {"values.csv": tables.values(Statements(copy.quads))}
    index = f"{_QUERIES}facts.rq"
    if index in files and index not in known:
        try:
            made |= tables.index(files[index].decode("utf-8", "replace"), sparql.store(copy.quads))
        except IvigKgError as error:
            yield Finding(ANSWER, f"the question cannot be answered: {error}", Position(index, 1, 1))
    for name, data in made.items():
        path = f"tables/{name}"
        if path in files and path not in known and files[path] != data:
            yield Finding(ANSWER, "its rows are not what the graph says of each fact", Position(path, 1, 1))


def _check_answer(path: str, data: bytes, store: ox.Store, files: Files, known: Collection[str]) -> Iterator[Finding]:
    text = data.decode("utf-8", "replace")
    try:
        expected = path.removesuffix(".rq") + assembly.answer_suffix(text)
        found = assembly.answer(text, store)
    except IvigKgError as error:
        yield Finding(ANSWER, f"the question cannot be answered: {error}", Position(path, 1, 1))
        return
    if expected not in files:
        yield Finding(ANSWER, "there is no answer beside the question", Position(path, 1, 1))
    elif expected not in known and files[expected] != found:
        before, after = files[expected].splitlines(), found.splitlines()
        number = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
        line = min(len(before), len(after)) if number is None else number
        message = (
            f"the graph answers {len(after) - 1} rows, and {len(before) - 1} stand here; they differ from this line on"
        )
        yield Finding(ANSWER, message, Position(expected, line + 1, 1))
