"""Loading: a project's files as one graph, with all that can be said of them before the shapes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import accounting, alignment, facts, ids, nodes, rdf, rules, terms, words
from ivig_kg import schema as vocabulary
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding, Severity, ordered, quoted
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


def load(project: Project, *, extra: Iterable[Path] = (), only: str | None = None) -> Loaded:
    """Read a project and check all that can be said before the shapes.

    Args:
        project: Where its files are.
        extra: Facts files from outside; ids that they define hide the project's.
        only: The status of the facts to keep; all where there is none.

    Raises:
        FactsError: There is no facts file, or no fact of that status.
        ShapesError: Ontology, context, shapes or a rule cannot be used.
    """
    schema = vocabulary.load(project)
    documents = _documents(project, tuple(extra))
    if not documents:
        message = f"{project.shown(project.facts)}: there is no facts file here, so nothing was checked"
        raise FactsError(message)
    found: list[Finding] = []
    if only is not None:
        documents, found = _of_status(documents, only, schema)
    table = terms.read(project.mappings, shown=project.shown(project.mappings))
    reading = words.check(documents, schema=schema)
    reading.unmapped.update(node.position for _, node, _ in ids.repeated(documents))
    told = {f.position for f in found}
    found += [f for d in documents for f in d.findings] + reading.findings
    found += [f for f in ids.check(documents, schema=schema) if f.position not in told]
    known: frozenset[str] = frozenset().union(*(d.ids for d in documents))
    about_terms = alignment.check(table, schema=schema, names=_names(documents, schema), known=known)
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


def _of_status(
    documents: tuple[nodes.Document, ...], status: str, schema: Schema
) -> tuple[tuple[nodes.Document, ...], list[Finding]]:
    """Return documents without the facts of another status, and a finding where a fact that is left names one."""
    other: dict[str, str] = {}
    kept = 0
    for name, node in ids.defined(documents):
        if schema.graph_of(schema.classes.get(node.text("type"), "")) == "facts":
            if node.text("status") == status:
                kept += 1
            else:
                other[name.text] = node.text("status")
    if not kept:
        message = f"no fact is {status}, so there is nothing to build"
        raise FactsError(message)
    left = tuple(nodes.without(d, frozenset(other)) for d in documents)
    findings = []
    for node, key, value in ids.references(left, schema=schema):
        if value.text in other:
            message = f"`{key.name}` names {quoted(value.text)}, and that fact is {other[value.text]}"
            hint = f"have it {status} too, or build without --only"
            findings.append(Finding("other-status", message, value.position, hint=hint, subject=node.name))
    return left, findings


def _names(documents: Iterable[nodes.Document], schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return the label of every concept by its id, and after it the aliases."""
    aliases = {key.name for key in schema.keys.values() if key.iri == vocabulary.SKOS + "altLabel"}
    found = {}
    for name, node in ids.defined(documents):
        class_iri = schema.classes.get(node.text("type"))
        if class_iri and schema.graph_of(class_iri) == "concepts":
            found[name.text] = (node.text("label"), *(v.text for v in node.scalars(*aliases)))
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
