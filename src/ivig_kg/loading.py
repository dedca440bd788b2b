"""Loading: a project's files as one graph, with all that can be said of them before the shapes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import accounting, alignment, facts, ids, naming, nodes, rdf, rules, terms, words
from ivig_kg import schema as vocabulary
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding, Severity, ordered, quoted
from ivig_kg.naming import Names
from ivig_kg.resources import Project
from ivig_kg.rules import Rule, Source
from ivig_kg.schema import Schema, Triple


@dataclasses.dataclass(frozen=True, slots=True)
class Base:
    """What every part of a project is read beside.

    Attributes:
        project: Where the files are.
        schema: What a file may say.
        names: What the concepts of the project are called.
        rules: What derives triples.
        beside: Triples that no document of the part states: ontology, mappings, other documents.
        ids: The ids that these other documents define.
        every: Gives all ids of the project, for hints; none where a part is all of it.
    """

    project: Project
    schema: Schema
    names: Names
    rules: tuple[Rule, ...]
    beside: frozenset[Triple]
    ids: frozenset[str] = frozenset()
    every: Callable[[], Iterable[str]] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """Some documents as they were read, with all that they name: what they say as RDF, and what is wrong so far.

    Attributes:
        documents: The documents, in the order of the project.
        leaves: Their values.
        stated: The triples of each document, by its name.
        derived: What the rules add, each triple with where it comes from.
        reported: (subject, property) pairs, as IRIs, that a finding speaks of already.
        findings: What is wrong.
    """

    documents: tuple[nodes.Document, ...]
    leaves: tuple[accounting.Leaf, ...]
    stated: dict[str, set[Triple]]
    derived: dict[Triple, list[Source]]
    reported: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """A project as it was read, whole: its documents, what they say as RDF, and what is wrong so far."""

    base: Base
    part: Part
    table: terms.Table
    quads: tuple[ox.Quad, ...]
    about_terms: tuple[Finding, ...]
    files: Mapping[str, Path]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong so far."""
        return self.part.findings + self.about_terms

    @property
    def project(self) -> Project:
        """Where the files are."""
        return self.base.project

    @property
    def schema(self) -> Schema:
        """What a file may say."""
        return self.base.schema

    @property
    def documents(self) -> tuple[nodes.Document, ...]:
        """The documents, in the order of the project."""
        return self.part.documents

    @property
    def leaves(self) -> tuple[accounting.Leaf, ...]:
        """The values of the documents."""
        return self.part.leaves

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
    schema, extra = vocabulary.load(project), tuple(extra)
    documents = _documents(project, extra)
    if not documents:
        message = f"{project.shown(project.facts)}: there is no facts file here, so nothing was checked"
        raise FactsError(message)
    found: list[Finding] = []
    if only is not None:
        documents, found = _of_status(documents, only, schema)
    names = naming.names(naming.given(d, schema=schema) for d in documents)
    seeming = frozenset[str]().union(*(d.ids for d in documents))
    table, mapped, about_terms = mappings(project, schema=schema, names=names, seeming=seeming)
    derives = tuple(rules.read(project.ontology / "rules", schema=schema))
    base = Base(project, schema, names, derives, frozenset((*mapped, *schema.ontology)))
    part = read(base, documents)
    told = {f.position for f in found}
    found += [f for f in part.findings if f.code != "unknown-id" or f.position not in told]
    part = dataclasses.replace(part, findings=tuple(found))
    quads = (
        *rdf.place(frozenset[Triple]().union(*part.stated.values()), schema=schema),
        *rdf.quads(mapped, "concepts"),
        *rdf.quads(part.derived, "derived"),
        *rdf.of_ontology(schema),
    )
    files = {project.shown(path): path for path in (*project.files(), *extra)}
    return Loaded(base, part, table, quads, tuple(about_terms), files)


def mappings(
    project: Project, *, schema: Schema, names: Names, seeming: frozenset[str]
) -> tuple[terms.Table, list[Triple], list[Finding]]:
    """Return the table of mappings, its triples, and what is wrong with it; no triples where something is.

    Args:
        project: Where the files are.
        schema: Its context must not use a prefix of the table as a term.
        names: What the concepts are called.
        seeming: Ids that may exist although their file cannot be read.
    """
    table = terms.read(project.mappings, shown=project.shown(project.mappings))
    called = {name: (concept.label, *concept.aliases) for name, concept in names.concepts.items()}
    found = alignment.check(table, schema=schema, names=called, known=seeming)
    return table, [] if found else terms.triples(table), found


def read(base: Base, documents: Sequence[nodes.Document]) -> Part:
    """Return some documents as RDF, with what is wrong so far.

    Args:
        base: What they are read beside.
        documents: The documents, in the order of the project; what they name is in them or in the base.
    """
    schema = base.schema
    reading = words.check(documents, schema=schema)
    reading.unmapped.update(node.position for _, node, _ in ids.repeated(documents))
    found = [f for d in documents for f in d.findings] + reading.findings
    found += ids.check(documents, schema=schema, beside=base.ids, every=base.every)
    aside = frozenset(reading.rejected | reading.unmapped)
    leaves = tuple(accounting.leaves(documents, schema=schema, aside=aside))
    stated = {d.name: rdf.map_document(d, schema=schema, aside=aside) for d in documents}
    asserted = frozenset[Triple]().union(*stated.values())
    found += accounting.check(leaves, asserted)
    derived = rules.derive(base.rules, asserted | base.beside, schema.ontology)
    return Part(tuple(documents), leaves, stated, derived, frozenset(reading.reported), tuple(found))


def _documents(project: Project, extra: tuple[Path, ...]) -> tuple[nodes.Document, ...]:
    """Read the project's files and those from outside, whose ids hide the project's."""
    outside = tuple(d for p in extra for d in facts.documents(p, shown=project.shown(p)))
    hidden = frozenset(name.text for name, _ in ids.defined(outside)).union(*(d.ids for d in outside))
    inside = (d for p in project.facts_files() for d in facts.documents(p, shown=project.shown(p)))
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
