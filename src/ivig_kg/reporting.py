"""Reporting: every finding about a project, each at its place in a file, and how much was checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ivig_kg import accounting, evidence, ids, nodes
from ivig_kg.errors import FactsError, LimitError, ShapesError
from ivig_kg.findings import Finding, Severity, ordered
from ivig_kg.loading import Loaded
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import RDF, Triple
from ivig_kg.spelling import did_you_mean

if TYPE_CHECKING:
    from ivig_kg.validation import Violation

_SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.NOTE}


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
        return next((code for code in (FactsError.exit_code, LimitError.exit_code, 1) if code in codes), 0)

    def summary(self) -> str:
        """Return in one line how much was checked and what was found."""
        counts = ", ".join(_number(n, what) for what, n in self.checked.items())
        found = [_number(self.count(s), s.value) for s in Severity if self.count(s)]
        return f"checked {counts}: {', '.join(found) if found else 'nothing wrong'}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def report(loaded: Loaded, *, sources: Path | None) -> Report:
    """Check evidence and shapes too, and gather everything that was found.

    Raises:
        ShapesError: The shapes cannot be used.
    """
    found = [*loaded.findings, *evidence.check(loaded.documents, sources=sources), *_violations(loaded)]
    lines = {d.path: d.lines for d in loaded.documents} | {loaded.table.path: loaded.table.lines}
    return Report(tuple(ordered(found)), lines, checked(loaded, set(lines)))


def checked(loaded: Loaded, shown: set[str]) -> dict[str, int]:
    """Count what was checked in some files."""
    documents = [d for d in loaded.documents if d.path in shown]
    count = {"file": len(documents), "fact": 0, "concept": 0, "source": 0, "passage": 0}
    for _, node in ids.defined(documents):
        kind = node.get("type")
        class_iri = loaded.schema.classes.get(kind.text if kind else "")
        if class_iri == VOCABULARY + "Passage":
            count["passage"] += 1
        elif class_iri:
            count[loaded.schema.graph_of(class_iri).removesuffix("s")] += 1
    count["mapping"] = len(loaded.table.rows) if loaded.table.path in shown else 0
    return {what: n for what, n in count.items() if n or what == "file"}


def _violations(loaded: Loaded) -> list[Finding]:
    """Ask the shapes, and bring each answer back to its place in a file.

    What only follows from a value that was refused before is left out.
    """
    from ivig_kg import validation  # noqa: PLC0415  (rdflib and pyshacl are slow to import)

    triples: set[Triple] = {q.triple for q in loaded.quads}
    typed = {t.subject.value for t in triples if t.predicate.value == RDF + "type"}
    incomplete = {subject for subject, _ in loaded.reported}
    places = _Places(loaded)
    found = []
    for violation in validation.validate(triples, loaded.schema.shapes):
        whole_node = violation.path is None or violation.component == "SPARQLConstraintComponent"
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
        return Finding(
            violation.code,
            violation.message,
            position,
            severity=_SEVERITIES.get(violation.severity, Severity.ERROR),
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
