"""Judging: what is wrong in some documents, each finding at its place in a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from ivig_kg import (
    accounting,
    attribution,
    backing,
    claims,
    coverage,
    evidence,
    ids,
    naming,
    nodes,
    outcome,
    validation,
    wording,
)
from ivig_kg.errors import ShapesError
from ivig_kg.findings import SHACL_SEVERITIES, Finding, Severity
from ivig_kg.loading import Base, Part
from ivig_kg.outcome import Outcome
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import RDF, Triple
from ivig_kg.shapes import SPARQL, Violation
from ivig_kg.spelling import did_you_mean, only_near
from ivig_kg.surroundings import Sources


class ConceptsError(Exception):
    """A shape is broken by a node that stands beside the documents: only with them can it be said where."""


def judge(
    base: Base, part: Part, *, engine: str, asked: Collection[str] | None = None, sources: Path | None = None
) -> Iterator[Outcome]:
    """Yield the outcome of each document of a part, or of some of them.

    Args:
        base: What the part was read beside.
        part: The documents, with all that their findings depend on.
        asked: The names of the documents whose outcome is asked for; all where there is None.
        engine: One of `validation.ENGINES`.
        sources: The folder with the texts of the sources, where they are at hand.

    Raises:
        ShapesError: The shapes cannot be used.
        UsageError: The engine is not installed.
        ConceptsError: A shape is broken by a node that stands beside the documents.
    """
    documents, schema = part.documents, base.schema
    mine = frozenset(d.name for d in documents) if asked is None else asked
    texts, about_texts = evidence.read(documents, sources=sources)
    lexicon = naming.read(documents, schema=schema, names=base.names, mine=mine)
    every = Sources(lexicon, texts)
    found = [
        *part.findings,
        *about_texts,
        *evidence.check(documents, texts=texts, schema=schema),
        *coverage.check(documents, texts=texts),
        *attribution.check(every),
        *backing.check(every),
        *wording.check(lexicon),
        *claims.check(lexicon),
        *_violations(base, part, mine, engine),
    ]
    by_name: dict[str, list[Finding]] = {d.name: [] for d in documents}
    for finding in found:
        at = finding.position
        name = next((n for n in (at.path, nodes.named(at.path, at.line)) if n in by_name), documents[0].name)
        by_name[name].append(finding)
    for document in (d for d in documents if d.name in mine):
        yield outcome.of(document, by_name[document.name], texts=texts, schema=schema, names=base.names)


def _violations(base: Base, part: Part, paths: Collection[str], engine: str) -> list[Finding]:
    """Ask the shapes, and bring each answer back to its place in a file.

    What only follows from a value that was refused before is left out.
    """
    triples: set[Triple] = {*base.beside, *part.derived}.union(*part.stated.values())
    typed = {t.subject.value for t in triples if t.predicate.value == RDF + "type"}
    incomplete = {subject for subject, _ in part.reported}
    places = _Places(base, part)
    found = []
    other = frozenset(t.subject for path, said in part.stated.items() if path not in paths for t in said)
    about = frozenset(t.subject for path in paths for t in part.stated[path]).union(t.subject for t in part.derived)
    for violation in validation.validate(
        triples, base.schema.shapes, engine=engine, about=about - other, same=base.schema.ontology
    ):
        whole_node = violation.path is None or violation.component == SPARQL
        if violation.focus in incomplete if whole_node else (violation.focus, violation.path) in part.reported:
            continue
        if violation.component == "ClassConstraintComponent" and violation.value not in typed:
            continue
        found.append(places.finding(violation))
    return found


class _Places:
    """Where in the files each node, key and value of the graph stands."""

    def __init__(self, base: Base, part: Part) -> None:
        self.schema = base.schema
        self.beside = base.ids
        self.values: dict[tuple[str, ...], accounting.Leaf] = {}
        self.nodes: dict[str, nodes.Mapping] = {}
        for leaf in part.leaves:
            subject, predicate, value = leaf.triple
            self.values.setdefault((subject.value, predicate.value, value.value), leaf)
            self.values.setdefault((subject.value, predicate.value), leaf)
        for name, node in ids.defined(part.documents):
            self.nodes.setdefault(THINGS + name.text, node)
        self.derivers: dict[str, set[str]] = {}
        for triple, sources in part.derived.items():
            self.derivers.setdefault(triple.subject.value, set()).update(rule for rule, _ in sources)

    def finding(self, violation: Violation) -> Finding:
        """Return a violation as a finding at the value, the key or the node it is about."""
        node = self.nodes.get(violation.focus)
        if node is None and violation.focus.removeprefix(THINGS) in self.beside:
            raise ConceptsError
        if node is None:
            by = ", ".join(sorted(self.derivers.get(violation.focus, ())))
            who = f"which the rule {by} derives and no facts file defines" if by else "which no facts file defines"
            message = f"shape {violation.code}: <{violation.focus}>, {who}: {violation.message}"
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
