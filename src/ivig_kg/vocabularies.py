"""Vocabularies: does each public identifier bear the label it is mapped under, is it alive, is it of the right kind?

The answer comes from a table of terms that is committed with the facts, so it needs no network. What
the table does not know is counted, never passed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

from ivig_kg import textfile
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.identifiers import form
from ivig_kg.schema import Schema
from ivig_kg.terms import Row, Table

COLUMNS = ("id", "label", "source", "licence", "version", "obsolete", "branch")
UNKNOWN = "unknown"
STATES = frozenset({"true", "false", UNKNOWN})


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One term of a public vocabulary as its release gives it.

    Attributes:
        label: Its label; empty where it may not be copied.
        source: The registry's name of the vocabulary.
        licence: The licence of the vocabulary, with its version where it is known.
        obsolete: `true`, `false` or `unknown`.
        branch: The part of the vocabulary it stands in, or `unknown`.
    """

    label: str
    source: str
    licence: str
    obsolete: str
    branch: str


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """The table of terms by identifier, and why a row of it cannot be read."""

    terms: Mapping[str, Term]
    findings: tuple[Finding, ...] = ()
    lines: tuple[str, ...] = ()


def read(path: Path, *, shown: str) -> Terms:
    """Read the table of terms; a project without one knows none.

    Findings with exit code 3 say why the table, or a row of it, cannot be read.
    """
    if not path.exists():
        return Terms({})
    file = textfile.read(path, shown=shown, tabs=True)
    lines = tuple(line.removesuffix("\r") for line in file.text.split("\n"))
    if file.findings:
        return Terms({}, file.findings, lines)
    rows = [
        (number, tuple(line.split("\t")))
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows or rows[0][1] != COLUMNS:
        return Terms({}, (_unreadable(f"the columns of the table are {', '.join(COLUMNS)}", shown, 1),), lines)
    terms: dict[str, Term] = {}
    findings = []
    for number, cells in rows[1:]:
        problem = _trouble(cells, terms)
        if problem:
            findings.append(_unreadable(problem, shown, number))
        else:
            name, label, source, licence, _, obsolete, branch = cells
            terms[name] = Term(label, source, licence, obsolete, branch)
    return Terms(terms, tuple(findings), lines)


def _trouble(cells: tuple[str, ...], before: Mapping[str, Term]) -> str | None:
    if len(cells) != len(COLUMNS):
        return f"the row has {len(cells)} cells and the table {len(COLUMNS)} columns"
    if cells[0] in before:
        return f"the identifier {quoted(cells[0])} stands twice"
    return None if cells[5] in STATES else f"{quoted(cells[5])} is none of true, false, unknown"


def _unreadable(message: str, shown: str, number: int) -> Finding:
    return Finding("term-row", message, Position(shown, number, 1), exit_code=FactsError.exit_code)


def check(table: Table, *, terms: Terms, kinds: Mapping[str, str], schema: Schema) -> list[Finding]:
    """Hold every mapping against the table of terms.

    Args:
        table: The mappings.
        terms: What `read` gave.
        kinds: The class of every concept, as an IRI, by the concept's id.
        schema: Says of each class in which branches of vocabularies its identifiers stand.

    Returns:
        `term-id`, `term-label`, `term-source`, `term-obsolete` and `term-branch` at the cell, and one note
        that counts what is unknown.
    """
    findings = list(terms.findings)
    absent = obsolete = branch = 0
    labels = _labels(terms.terms)
    for row in table.rows:
        term = terms.terms.get(row.cells["object_id"])
        branches = schema.noted(kinds.get(row.cells["subject_id"].removeprefix("kg:"), ""), "termBranch")
        absent += term is None
        obsolete += term is not None and term.obsolete == UNKNOWN
        branch += term is not None and term.branch == UNKNOWN
        for code, column, message, hint in _problems(row, terms.terms, labels, branches):
            subject = row.cells["subject_label"] or None
            findings.append(Finding(code, message, row.at(column), hint=hint, subject=subject))
    unknown = (
        (absent, "not in the table of terms"),
        (obsolete, "not known to be alive or obsolete"),
        (branch, "not known to be of one kind or another"),
    )
    said = ", ".join(f"{count} {what}" for count, what in unknown if count)
    if said:
        message = f"public identifiers, {len(table.rows)} in all: {said}"
        findings.append(Finding("terms-unknown", message, Position(table.path, 1, 1), Severity.NOTE))
    return findings


def _labels(terms: Mapping[str, Term]) -> dict[tuple[str, str], dict[str, str]]:
    """Return the labels of terms that are alike but for capitals, by prefix and that label."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, term in terms.items():
        found.setdefault((name.partition(":")[0], term.label.casefold()), {})[name] = term.label
    return found


def _problems(
    row: Row,
    terms: Mapping[str, Term],
    labels: Mapping[tuple[str, str], Mapping[str, str]],
    branches: frozenset[str],
) -> Iterator[tuple[str, str, str, str | None]]:
    name, label, source = (row.cells[column] for column in ("object_id", "object_label", "object_source"))
    term = terms.get(name)
    alike = labels.get((row.prefix, label.casefold()), {}) if label else {}
    other = next((i for i, words in alike.items() if words == label), None)
    if term is None:
        other = other or next(iter(alike), None)
        if other and form(row.prefix, name.partition(":")[2]) is None:
            message = f"{quoted(name)} is not in the table of terms; {quoted(label)} is {other}"
            yield "term-id", "object_id", message, f"write {other}, or the label of the term that was meant"
        return
    if term.label and label != term.label:
        hint = f"write `{term.label}`" + (f", or did you mean {other}, whose label this is?" if other else "")
        what = f"{quoted(label)} is not the label of {name}" if label else f"{name} stands here without its label"
        yield "term-label", "object_label", what, hint
    if term.source != source:
        message = f"{name} is a term of {quoted(term.source)}, and the row names {quoted(source)}"
        yield "term-source", "object_source", message, f"write `{term.source}`"
    if term.obsolete == "true":
        yield "term-obsolete", "object_id", f"{name} is obsolete", "map to the term that took its place"
    if branches and term.branch != UNKNOWN and term.branch not in branches:
        kinds = " or ".join(sorted(branches))
        message = f"{name} is a {term.branch}, which {quoted(row.cells['subject_label'])} is not"
        yield "term-branch", "object_id", message, f"map to a term that is a {kinds}"
