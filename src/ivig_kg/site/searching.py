"""Searching: what the search of the start page finds, by its name and by other words for it."""

from __future__ import annotations

from collections.abc import Iterator

from ivig_kg import rulebook, sparql
from ivig_kg.release.statements import local
from ivig_kg.schema import SKOS
from ivig_kg.site import overviews, rows
from ivig_kg.site.readings import FACT, PASSAGE, Readings

Entry = tuple[str, str, str, str]  # what it is called, what it is, its page, and other words for it


def entries(readings: Readings) -> list[Entry]:
    """Return all that has a page or a place in one, sorted: nodes, terms, rules and named questions."""
    return sorted({*_nodes(readings), *_terms(readings), *_rules(readings), *_questions(readings)})


def _nodes(readings: Readings) -> Iterator[Entry]:
    said = readings.said
    passages = [s for s in said.graphs.get("sources", []) if readings.kind(s) == PASSAGE]
    for node in (*readings.facts, *readings.concepts, *readings.sources, *passages):
        names = [text for key in ("altLabel", "hiddenLabel") for text in said.texts(node, SKOS + key)]
        words = [local(node), *names, *said.texts(node, "statedAs"), *_identifiers(readings, node)]
        yield _called(readings, node), _kind(readings, node), readings.path(node) or "", " ".join(words)


def _called(readings: Readings, node: str) -> str:
    """Return what a node is called; a passage, which has no name, by its source and its section."""
    if readings.kind(node) != PASSAGE:
        return readings.said.label(node)
    (source, *_) = readings.said.iris(node, "inSource")
    return f"{readings.said.label(source)}, {readings.said.text(node, 'section') or local(node)}"


def _kind(readings: Readings, node: str) -> str:
    """Return what a node is, and of a fact that is not live or a source that is retracted that it is."""
    kind = readings.said.label(readings.said.classes[node])
    if readings.kind(node) == FACT:
        return kind if readings.is_live(node) else f"{kind}, {readings.status(node)}"
    return f"{kind}, retracted" if rows.is_retracted(readings, node) else kind


def _identifiers(readings: Readings, node: str) -> Iterator[str]:
    """Yield the public identifiers of a concept, and what their vocabularies call it."""
    for row in readings.mappings.get(node, []):
        yield row.cells["object_id"]
        yield row.cells.get("object_label", "")


def _terms(readings: Readings) -> Iterator[Entry]:
    for heading, terms in overviews.terms(readings).items():
        for term in terms:
            words = f"ivig:{term['name']} {term['definition'] or ''}"
            yield term["label"], f"vocabulary, {heading.casefold()}", f"vocabulary.html#{term['name']}", words


def _rules(readings: Readings) -> Iterator[Entry]:
    for _, listed in rulebook.groups(directory=readings.loaded.project.home):
        for code, says in listed:
            yield code, "rule", f"rules/{code}.html", says


def _questions(readings: Readings) -> Iterator[Entry]:
    for query in sparql.read(readings.loaded.project.ontology / "queries"):
        yield query.question, "question", f"sparql.html#question={query.name}", query.name
