"""Reporting: every finding about a project, each at its place in a file, and how much was checked."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Collection, Sequence
from collections.abc import Mapping as MappingType
from pathlib import Path

from ivig_kg import (
    accounting,
    allowing,
    claims,
    coverage,
    evidence,
    folding,
    gaps,
    ids,
    naming,
    nodes,
    validation,
    vocabularies,
    wording,
)
from ivig_kg.errors import FactsError, LimitError, ShapesError
from ivig_kg.findings import SHACL_SEVERITIES, Finding, Severity, ordered
from ivig_kg.loading import Loaded
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import RDF, Triple
from ivig_kg.shapes import SPARQL, Violation
from ivig_kg.spelling import did_you_mean, only_near


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """How often one rule was broken."""

    code: str
    severity: Severity
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        findings: Sorted by place; notes among them.
        lines: The lines of every file that was read, by its name in the findings.
        checked: How many files, facts, concepts, passages and mappings were checked.
        files: The names of the files that were reported on.
    """

    findings: tuple[Finding, ...]
    lines: MappingType[str, Sequence[str]]
    checked: MappingType[str, int]
    files: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(f.severity is severity for f in self.findings)

    def exit_code(self, *, fail_on: Severity = Severity.ERROR) -> int:
        """Return 0 where nothing weighs as much as `fail_on`; 3 or 7 where a file cannot be read; else 1."""
        order = list(Severity)
        codes = {f.exit_code for f in self.findings if order.index(f.severity) <= order.index(fail_on)}
        return next((code for code in (FactsError.exit_code, LimitError.exit_code, 1) if code in codes), 0)

    def statistics(self) -> list[Count]:
        """Return how often each rule was broken, the most frequent first, then by code."""
        counts = collections.Counter((f.code, f.severity) for f in self.findings)
        found = [Count(code, severity, number) for (code, severity), number in counts.items()]
        return sorted(found, key=lambda c: (-c.number, c.code, c.severity.value))

    def summary(self) -> str:
        """Return in one line how much was checked and what was found."""
        counts = ", ".join(_number(n, what) for what, n in self.checked.items())
        found = [_number(self.count(s), s.value) for s in Severity if self.count(s)]
        return f"checked {counts}: {', '.join(found) if found else 'nothing wrong'}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def report(
    loaded: Loaded, *, sources: Path | None, only: Collection[str] | None = None, engine: str = validation.ENGINES[0]
) -> Report:
    """Check evidence and shapes too, and gather everything that was found.

    Args:
        loaded: The project as it was read.
        sources: The folder with the texts of the sources, where they are at hand.
        only: The names of the files to report on; all where there is None. What names a node of a
            file concerns that file too.
        engine: One of `validation.ENGINES`.

    Raises:
        ShapesError: The shapes cannot be used.
        UsageError: The engine is not installed.
    """
    project = loaded.project
    known = vocabularies.read(project.terms, shown=project.shown(project.terms))
    texts, about_texts = evidence.read(loaded.documents, sources=sources, only=only)
    lexicon = naming.read(loaded.documents, schema=loaded.schema)
    found = [
        *loaded.findings,
        *about_texts,
        *evidence.check(loaded.documents, texts=texts, schema=loaded.schema),
        *coverage.check(loaded.documents, texts=texts),
        *gaps.check(loaded.documents, parents=texts.parents, schema=loaded.schema),
        *wording.check(lexicon),
        *claims.check(lexicon),
        *vocabularies.check(loaded.table, terms=known, kinds=_kinds(loaded), schema=loaded.schema),
        *_violations(loaded, engine),
    ]
    lines = {d.path: d.lines for d in loaded.documents}
    if loaded.table.path:
        lines[loaded.table.path] = loaded.table.lines
    if known.lines:
        lines[project.shown(project.terms)] = known.lines
    files = set(lines) if only is None else set(only)
    if only is not None:
        given = {name.text for name, _ in ids.defined(d for d in loaded.documents if d.path in files)}
        found = [f for f in found if f.position.path in files or folding.text_at(f, lines) in given]
    left = folding.fold(ordered(found), documents=loaded.documents, lines=lines)
    left = allowing.apply(left, lines=lines, files=files)
    return Report(tuple(left), lines, checked(loaded, files), tuple(sorted(files)))


def checked(loaded: Loaded, shown: set[str]) -> dict[str, int]:
    """Count what was checked in some files."""
    documents = [d for d in loaded.documents if d.path in shown]
    count = {"file": len(documents), "fact": 0, "concept": 0, "source": 0, "passage": 0}
    for _, node in ids.defined(documents):
        class_iri = loaded.schema.classes.get(node.text("type"))
        if class_iri == VOCABULARY + "Passage":
            count["passage"] += 1
        elif class_iri:
            count[loaded.schema.graph_of(class_iri).removesuffix("s")] += 1
    count["mapping"] = len(loaded.table.rows) if loaded.table.path in shown else 0
    return {what: n for what, n in count.items() if n or what == "file"}


def _kinds(loaded: Loaded) -> dict[str, str]:
    """Return the class of every node, as an IRI, by the node's id."""
    return {name.text: loaded.schema.classes.get(node.text("type"), "") for name, node in ids.defined(loaded.documents)}


def _violations(loaded: Loaded, engine: str) -> list[Finding]:
    """Ask the shapes, and bring each answer back to its place in a file.

    What only follows from a value that was refused before is left out.
    """
    triples: set[Triple] = {q.triple for q in loaded.quads}
    typed = {t.subject.value for t in triples if t.predicate.value == RDF + "type"}
    incomplete = {subject for subject, _ in loaded.reported}
    places = _Places(loaded)
    found = []
    for violation in validation.validate(triples, loaded.schema.shapes, engine=engine):
        whole_node = violation.path is None or violation.component == SPARQL
        if violation.focus in incomplete if whole_node else (violation.focus, violation.path) in loaded.reported:
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
        node = self.nodes.get(violation.focus)
        if node is None:
            message = f"shape {violation.code}: <{violation.focus}>, which no facts file defines: {violation.message}"
            raise ShapesError(message)
        path, value = violation.path or "", violation.value or ""
        leaf = self.values.get((violation.focus, path, value)) or self.values.get((violation.focus, path))
        name = node.get("id")
        position = leaf.position if leaf else name.position if name else node.position
        choices = frozenset(c.removeprefix(VOCABULARY) for c in violation.choices)
        typed = value.removeprefix(THINGS).removeprefix(VOCABULARY)
        return Finding(
            violation.code,
            violation.message,
            position,
            severity=SHACL_SEVERITIES.get(violation.severity, Severity.ERROR),
            hint=did_you_mean(typed, choices) or violation.repair,
            subject=node.name,
            fix=only_near(typed, choices) if value and leaf and leaf.triple.object.value == value else None,
        )
