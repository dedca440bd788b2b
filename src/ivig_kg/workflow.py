"""Workflow: what a command does, from the files of a project to findings, answers and exports."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping as MappingType, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from ivig_kg import accounting, evidence, export, facts, ids, lookup, nodes, rdf, resources, rules, sparql, terms, words
from ivig_kg import schema as vocabulary
from ivig_kg.errors import FactsError, UsageError
from ivig_kg.findings import Finding, Severity, ordered
from ivig_kg.resources import THINGS, VOCABULARY, Project
from ivig_kg.schema import RDF, Schema
from ivig_kg.spelling import did_you_mean

if TYPE_CHECKING:
    from ivig_kg.validation import Violation

_SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.NOTE}
EXPORT_FORMATS = (*export.FORMATS, "csv")


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        findings: Sorted by place; notes among them.
        lines: The lines of every file that was read, by its name in the findings.
        checked: How many files, facts, concepts, passages and mappings were checked.
    """

    findings: tuple[Finding, ...]
    lines: MappingType[str, Sequence[str]]
    checked: MappingType[str, int]

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(f.severity is severity for f in self.findings)

    def exit_code(self, *, fail_on: Severity = Severity.ERROR) -> int:
        """Return 0 where nothing weighs as much as `fail_on`; 3 or 7 where a file cannot be read; else 1."""
        order = list(Severity)
        codes = {f.exit_code for f in self.findings if order.index(f.severity) <= order.index(fail_on)}
        return next((code for code in (FactsError.exit_code, 7, 1) if code in codes), 0)

    def summary(self) -> str:
        """Return in one line how much was checked and what was found."""
        counts = ", ".join(_number(n, what) for what, n in self.checked.items())
        found = [_number(self.count(s), s.value) for s in Severity if self.count(s)]
        return f"checked {counts}: {', '.join(found) if found else 'nothing wrong'}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


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
    known = frozenset().union(*(d.ids for d in documents))
    about_terms = terms.check(table, schema=schema, labels=_labels(documents), known=known)
    aside = {"rejected": frozenset(reading.rejected), "unmapped": frozenset(reading.unmapped)}
    leaves = tuple(accounting.leaves(documents, schema=schema, **aside))
    asserted = {t for d in documents for t in rdf.map_document(d, schema=schema, **aside)}
    found += accounting.check(leaves, asserted)
    mapped = [] if about_terms else terms.triples(table)
    derived = rules.derive(rules.read(project.ontology / "rules"), asserted | set(mapped) | set(schema.ontology))
    quads = (
        *rdf.place(asserted, schema=schema),
        *(ox.Quad(*t, rdf.named("concepts")) for t in mapped),
        *(ox.Quad(*t, rdf.named("derived")) for t in derived),
        *(ox.Quad(*t, rdf.named("ontology")) for t in schema.ontology),
    )
    reported = frozenset(reading.reported)
    return Loaded(project, schema, documents, table, leaves, quads, reported, tuple(found + about_terms))


def _documents(project: Project, extra: tuple[Path, ...]) -> tuple[nodes.Document, ...]:
    """Read the project's files and those from outside, whose ids hide the project's."""
    outside = tuple(facts.read(p, shown=project.shown(p)) for p in extra)
    hidden = frozenset(name.text for name, _ in ids.defined(outside)).union(*(d.ids for d in outside))
    inside = (facts.read(p, shown=project.shown(p)) for p in project.facts_files())
    return tuple(nodes.without(d, hidden) if hidden else d for d in inside) + outside


def _labels(documents: Iterable[nodes.Document]) -> dict[str, str]:
    return {name.text: (label.text if (label := node.get("label")) else "") for name, node in ids.defined(documents)}


def check(paths: Sequence[Path] = (), *, project: Project, sources: Path | None = None) -> Report:
    """Check a project: words, ids, evidence, terms and shapes.

    Args:
        paths: Files and folders to report on; all of the project where there are none. A facts
            file from outside is read with the project.
        project: Where the files are.
        sources: The folder with the texts of the sources, where they are at hand.

    Raises:
        FactsError: There was nothing to check.
        ShapesError: The shapes cannot be used.
    """
    named = _named(paths, project)
    inside = {p.resolve() for p in (*project.facts_files(), project.mappings)}
    loaded = load(project, extra=[p for p in named if p.resolve() not in inside])
    report = _report(loaded, sources=sources)
    if not paths:
        return report
    shown = {project.shown(p) for p in named}
    concerned = tuple(f for f in report.findings if f.position.path in shown)
    return dataclasses.replace(report, findings=concerned, checked=_checked(loaded, shown))


def _named(paths: Sequence[Path], project: Project) -> list[Path]:
    """Return the files that paths stand for, each once, by the name the project has for them."""
    own = {p.resolve(): p for p in (*project.facts_files(), project.mappings)}
    found: dict[Path, Path] = {}
    for path in paths:
        files = resources.yaml_files(path) if path.is_dir() else [path]
        if path.is_dir() and project.mappings.resolve().is_relative_to(path.resolve()):
            files.append(project.mappings)
        if not files:
            message = f"{path}: there is no facts file here, so nothing was checked"
            raise FactsError(message)
        for file in files:
            found.setdefault(file.resolve(), own.get(file.resolve(), file))
    return list(found.values())


def _report(loaded: Loaded, *, sources: Path | None) -> Report:
    found = [*loaded.findings, *evidence.check(loaded.documents, sources=sources), *_violations(loaded)]
    lines = {d.path: d.lines for d in loaded.documents} | {loaded.table.path: loaded.table.lines}
    return Report(tuple(ordered(found)), lines, _checked(loaded, set(lines)))


def _checked(loaded: Loaded, shown: set[str]) -> dict[str, int]:
    """Count what was checked in some files."""
    documents = [d for d in loaded.documents if d.path in shown]
    count = {"file": len(documents), "fact": 0, "concept": 0, "passage": 0}
    for _, node in ids.defined(documents):
        kind = node.get("type")
        class_iri = loaded.schema.classes.get(kind.text if kind else "")
        if class_iri:
            place = loaded.schema.graph_of(class_iri)
            passage = class_iri == VOCABULARY + "Passage"
            count["fact" if place == "facts" else "passage" if passage else "concept"] += 1
    count["mapping"] = len(loaded.table.rows) if loaded.table.path in shown else 0
    return {what: n for what, n in count.items() if n or what == "file"}


def _violations(loaded: Loaded) -> list[Finding]:
    """Ask the shapes, and bring each answer back to its place in a file."""
    from ivig_kg import validation  # noqa: PLC0415  (rdflib and pyshacl are slow to import)

    triples = {q.triple for q in loaded.quads}
    typed = {t.subject.value for t in triples if t.predicate.value == RDF + "type"}
    places = _Places(loaded)
    found = []
    for violation in validation.validate(triples, loaded.schema.shapes):
        if violation.path and (violation.focus, violation.path) in loaded.reported:
            continue
        if violation.component == "ClassConstraintComponent" and violation.value not in typed:
            continue
        found.append(places.finding(violation))
    return found


class _Places:
    """Where in the files each node, key and value of the graph stands."""

    def __init__(self, loaded: Loaded) -> None:
        self.schema = loaded.schema
        self.values: dict[tuple[str, ...], accounting.Leaf] = {}
        self.nodes: dict[str, nodes.Mapping] = {}
        for leaf in loaded.leaves:
            subject, predicate, value = leaf.triple
            self.values.setdefault((subject.value, predicate.value, value.value), leaf)
            self.values.setdefault((subject.value, predicate.value), leaf)
        for name, node in ids.defined(loaded.documents):
            self.nodes.setdefault(THINGS + name.text, node)

    def finding(self, violation: Violation) -> Finding:
        """Return a violation as a finding at the value, the key or the node it is about."""
        node = self.nodes[violation.focus]
        path, value = violation.path or "", violation.value or ""
        leaf = self.values.get((violation.focus, path, value)) or self.values.get((violation.focus, path))
        name = node.get("id")
        position = leaf.position if leaf else name.position if name else node.position
        return Finding(
            violation.code,
            violation.message,
            position,
            severity=_SEVERITIES[violation.severity],
            hint=self._hint(violation),
            subject=node.name,
        )

    def _hint(self, violation: Violation) -> str | None:
        """Offer the nearest word of a closed list, else the repair that the shape gives."""
        if violation.choices and violation.value:
            choices = frozenset(c.removeprefix(VOCABULARY) for c in violation.choices)
            near = did_you_mean(violation.value.removeprefix(THINGS).removeprefix(VOCABULARY), choices)
            if near:
                return near
        return violation.repair


def build(folder: Path, *, project: Project, sources: Path | None = None) -> tuple[Report, dict[str, bytes]]:
    """Check a project and write its exports where nothing is wrong.

    Args:
        folder: Where the exports go; it is made where it is missing.
        project: Where the files are.
        sources: The folder with the texts of the sources, where they are at hand.

    Returns:
        The report and the exports by file name; none, and nothing written, where the report has errors.

    Raises:
        OutputError: The exports cannot be written; those that stood there stand as before.
    """
    report, made, quads = _exports(project, sources)
    if made:
        export.write(folder, made, read_back=lambda new: export.read_back(new, quads))
    return report, made


def stale(folder: Path, *, project: Project, sources: Path | None = None) -> tuple[Report, list[str]]:
    """Check a project and return the names of the exports in a folder that are not what it says."""
    report, made, _ = _exports(project, sources)
    return report, export.stale(folder, made)


def _exports(project: Project, sources: Path | None) -> tuple[Report, dict[str, bytes], tuple[ox.Quad, ...]]:
    loaded = load(project)
    report = _report(loaded, sources=sources)
    if report.exit_code():
        return report, {}, ()
    sparql.check(sparql.read(project.ontology / "queries"), sparql.store(loaded.quads))
    made = export.files(loaded.quads, schema=loaded.schema, prefixes=loaded.prefixes, version=project.version)
    return report, made, loaded.quads


def serialized(form: str, *, project: Project) -> tuple[Report, bytes]:
    """Check a project and return one export, `csv` (one row a fact) among them; nothing where the report has errors."""
    loaded = load(project)
    report = _report(loaded, sources=None)
    if report.exit_code():
        return report, b""
    if form == "csv":
        answer = sparql.ask(named_query("facts", project=project), over=sparql.store(loaded.quads))
        return report, sparql.written(answer, form="csv", prefixes={}).encode("utf-8")
    return report, export.serialize(loaded.quads, form, schema=loaded.schema, prefixes=loaded.prefixes)


def named_queries(project: Project) -> list[sparql.NamedQuery]:
    """Return the named queries of a project."""
    return sparql.read(project.ontology / "queries")


def readable(project: Project) -> Loaded:
    """Read a project to answer from it.

    Raises:
        FactsError: Something in the files would be missing from the answer.
    """
    loaded = load(project)
    errors = ordered(f for f in loaded.findings if f.severity is Severity.ERROR)
    if errors:
        first = f"{errors[0].position}: {errors[0].message}"
        message = f"the facts have findings, so an answer would leave something out; run `ivig-kg check`. The first: {first}"
        raise FactsError(message)
    return loaded


def named_query(name: str, *, project: Project) -> str:
    """Return the text of a named query.

    Raises:
        UsageError: There is none of this name.
    """
    return sparql.by_name(named_queries(project), name).text


def ask(text: str, *, project: Project, parameters: MappingType[str, str] | None = None) -> tuple[Any, dict[str, str]]:
    """Answer a SPARQL query over the graph of a project.

    Args:
        text: The query; it may use the prefixes of the context without declaring them.
        project: Where the files are.
        parameters: Values of the query's variables by name; see `sparql.term` for how they are read.

    Returns:
        The answer as pyoxigraph gives it, and the prefixes to show it with.

    Raises:
        UsageError: The text is not a query, or a parameter is not one of its variables.
        FactsError: The facts have findings.
    """
    loaded = readable(project)
    known = {name.text for name, _ in ids.defined(loaded.documents)}
    bound = {
        name: sparql.term(value, ids=known, prefixes=loaded.prefixes, things=THINGS) for name, value in (parameters or {}).items()
    }
    answer = sparql.ask(text, over=sparql.store(loaded.quads), parameters=bound, prefixes=loaded.prefixes)
    return answer, loaded.prefixes


def answer(text: str, form: str, *, project: Project, parameters: MappingType[str, str]) -> str:
    """Answer a SPARQL query as text; see `ask` and `sparql.written`."""
    found, prefixes = ask(text, project=project, parameters=parameters)
    return sparql.written(found, form=form, prefixes=prefixes)


def listing(form: str, *, project: Project) -> str:
    """Return the named queries with their questions, as a table or as JSON."""
    return sparql.listing(named_queries(project), form=form)


def save(path: Path, data: bytes) -> None:
    """Write one file; see `export.save`."""
    export.save(path, data)


def show(name: str, *, project: Project) -> str:
    """Return what the graph says of one node, as text.

    Raises:
        UsageError: There is no node of this id.
    """
    loaded = readable(project)
    places = {name.text: name.position for name, _ in ids.defined(loaded.documents)}
    slug = name.removeprefix(THINGS).removeprefix("kg:")
    if slug not in places:
        near = did_you_mean(slug, frozenset(places))
        message = f"there is no node `{name}`" + (f"; {near}" if near else "")
        raise UsageError(message)
    return lookup.card(slug, [q.triple for q in loaded.quads], position=str(places[slug]), prefixes=loaded.prefixes)


def find(wanted: Sequence[str], *, project: Project) -> str:
    """Return the nodes whose label or name holds every word, as a table with their ids."""
    loaded = readable(project)
    return lookup.listing(lookup.matches(wanted, [q.triple for q in loaded.quads]))
