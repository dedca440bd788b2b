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
        licence: The licence of the vocabulary, with its version where it is known.
        obsolete: `true`, `false` or `unknown`.
        branch: The part of the vocabulary it stands in, or `unknown`.
    """

    label: str
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
            name, label, _, licence, _, obsolete, branch = cells
            terms[name] = Term(label, licence, obsolete, branch)
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
        `term-label`, `term-obsolete` and `term-branch` at the cell, and one note that counts what is unknown.
    """
    findings = list(terms.findings)
    absent = obsolete = branch = 0
    for row in table.rows:
        term = terms.terms.get(row.cells["object_id"])
        if term is None:
            absent += 1
            continue
        branches = schema.noted(kinds.get(row.cells["subject_id"].removeprefix("kg:"), ""), "termBranch")
        obsolete += term.obsolete == UNKNOWN
        branch += term.branch == UNKNOWN
        for code, column, message, hint in _problems(row, term, terms.terms, branches):
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


def _problems(
    row: Row, term: Term, terms: Mapping[str, Term], branches: frozenset[str]
) -> Iterator[tuple[str, str, str, str | None]]:
    name, label = row.cells["object_id"], row.cells["object_label"]
    if term.label and label != term.label:
        other = next((i for i, t in terms.items() if t.label == label and i.startswith(row.prefix + ":")), None)
        hint = f"write `{term.label}`" + (f", or did you mean {other}, whose label this is?" if other else "")
        what = f"{quoted(label)} is not the label of {name}" if label else f"{name} stands here without its label"
        yield "term-label", "object_label", what, hint
    if term.obsolete == "true":
        yield "term-obsolete", "object_id", f"{name} is obsolete", "map to the term that took its place"
    if branches and term.branch != UNKNOWN and term.branch not in branches:
        kinds = " or ".join(sorted(branches))
        message = f"{name} is a {term.branch}, which {quoted(row.cells['subject_label'])} is not"
        yield "term-branch", "object_id", message, f"map to a term that is a {kinds}"
