"""Loading: a project's files as one graph, with all that can be said of them before the shapes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import accounting, facts, ids, nodes, rdf, rules, terms, words
from ivig_kg import schema as vocabulary
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding, Severity, ordered
from ivig_kg.resources import Project
from ivig_kg.schema import Schema


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """A project as it was read: its documents, what they say as RDF, and what is wrong so far."""

    project: Project
    schema: Schema
    documents: tuple[nodes.Document, ...]
    table: terms.Table
    leaves: tuple[accounting.Leaf, ...]
    quads: tuple[ox.Quad, ...]
    reported: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the context and of the table of mappings."""
        return self.table.prefixes | self.schema.prefixes


def load(project: Project, *, extra: Iterable[Path] = ()) -> Loaded:
    """Read a project and check all that can be said before the shapes.

    Args:
        project: Where its files are.
        extra: Facts files from outside; ids that they define hide the project's.

    Raises:
        FactsError: There is no facts file.
        ShapesError: Ontology, context, shapes or a rule cannot be used.
    """
    schema = vocabulary.load(project)
    documents = _documents(project, tuple(extra))
    if not documents:
        message = f"{project.shown(project.facts)}: there is no facts file here, so nothing was checked"
        raise FactsError(message)
    table = terms.read(project.mappings, shown=project.shown(project.mappings))
    reading = words.check(documents, schema=schema)
    reading.unmapped.update(node.position for _, node, _ in ids.repeated(documents))
    found = [f for d in documents for f in d.findings] + reading.findings + ids.check(documents, schema=schema)
    known: frozenset[str] = frozenset().union(*(d.ids for d in documents))
    about_terms = terms.check(table, schema=schema, labels=_labels(documents, schema), known=known)
    aside = frozenset(reading.rejected | reading.unmapped)
    leaves = tuple(accounting.leaves(documents, schema=schema, aside=aside))
    asserted = {t for d in documents for t in rdf.map_document(d, schema=schema, aside=aside)}
    found += accounting.check(leaves, asserted)
    mapped = [] if about_terms else terms.triples(table)
    derived = rules.derive(rules.read(project.ontology / "rules"), asserted | set(mapped) | set(schema.ontology))
    quads = (
        *rdf.place(asserted, schema=schema),
        *rdf.quads(mapped, "concepts"),
        *rdf.quads(derived, "derived"),
        *rdf.quads(schema.ontology, "ontology"),
    )
    reported = frozenset(reading.reported)
    return Loaded(project, schema, documents, table, leaves, quads, reported, tuple(found + about_terms))


def _documents(project: Project, extra: tuple[Path, ...]) -> tuple[nodes.Document, ...]:
    """Read the project's files and those from outside, whose ids hide the project's."""
    outside = tuple(facts.read(p, shown=project.shown(p)) for p in extra)
    hidden = frozenset(name.text for name, _ in ids.defined(outside)).union(*(d.ids for d in outside))
    inside = (facts.read(p, shown=project.shown(p)) for p in project.facts_files())
    return tuple(nodes.without(d, hidden) if hidden else d for d in inside) + outside


def _labels(documents: Iterable[nodes.Document], schema: Schema) -> dict[str, str]:
    """Return the label of every concept by its id."""
    found = {}
    for name, node in ids.defined(documents):
        kind, label = node.get("type"), node.get("label")
        class_iri = schema.classes.get(kind.text if kind else "")
        if class_iri and schema.graph_of(class_iri) == "concepts":
            found[name.text] = label.text if label else ""
    return found


def readable(project: Project) -> Loaded:
    """Read a project to answer from it.

    Raises:
        FactsError: Something in the files would be missing from the answer. Shapes are not asked: see `check`.
    """
    loaded = load(project)
    errors = ordered(f for f in loaded.findings if f.severity is Severity.ERROR)
    if errors:
        first = f"{errors[0].position}: {errors[0].message}"
        message = (
            f"the facts have findings, so an answer would leave something out; run `ivig-kg check`. The first: {first}"
        )
        raise FactsError(message)
    return loaded
