"""Terms: the table of mappings from concepts to identifiers in public vocabularies.

One row is one triple. The table follows SSSOM: a YAML header in comment lines, then tab-separated rows.
Source: https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import textfile
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding, Position, quoted
from ivig_kg.resources import THINGS
from ivig_kg.schema import SKOS, Schema, Triple
from ivig_kg.spelling import SCHEMES, did_you_mean, only_near

REQUIRED = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "object_source",
    "mapping_justification",
)
COLUMNS = (*REQUIRED, "subject_category", "comment", "other")
PREDICATES = frozenset(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow"))
NO_LABELS = frozenset({"ATC", "EDQM", "ICD10WHO", "emarms", "icd11.foundation", "whoeml"})
NEVER_EXACT = frozenset({"OAE", "VO"})

_OWN = ("https://w3id.org/ivig-kg/", SKOS, "https://w3id.org/semapv/")
_PREFIX_LINE = re.compile(r'^#\s+"?([^\s":]+)"?:\s*"?(\S+?)"?\s*$')


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One mapping with its line: `cells` by column, `line` as it stands."""

    cells: Mapping[str, str]
    number: int
    line: str
    path: str

    def at(self, column: str) -> Position:
        """Return the place of a cell, or of where it would stand."""
        index = list(self.cells).index(column)
        cells = self.line.split("\t")
        start = sum(len(cell) + 1 for cell in cells[:index])
        return Position(self.path, self.number, start + 1, max(1, len(cells[index])) if index < len(cells) else 1)

    @property
    def prefix(self) -> str:
        """The prefix of the public identifier."""
        return self.cells["object_id"].partition(":")[0]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """The table of mappings: its prefixes, its good rows, its lines, and what kept others out."""

    prefixes: dict[str, str]
    rows: tuple[Row, ...]
    lines: tuple[str, ...]
    findings: tuple[Finding, ...]
    path: str = ""


def read(path: Path, *, shown: str) -> Table:
    """Read the table; a project without one has no mappings.

    Findings with exit code 3 say why the table, or a row of it, cannot be read.
    """
    if not path.exists() and not path.is_symlink():
        return Table({}, (), (), ())
    file = textfile.read(path, shown=shown, tabs=True)
    lines = tuple(line.removesuffix("\r") for line in file.text.split("\n"))
    if file.findings:
        return Table({}, (), lines, file.findings, shown)
    prefixes, findings = _prefixes(lines, shown)
    rows: list[Row] = []
    header: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        cells = _cells(line)
        problem = _row_trouble(line, cells, header) if header else _header_trouble(cells)
        if problem:
            findings.append(_unreadable("mapping-row", problem, Position(shown, number, 1)))
        if problem and not header:
            break
        if header and not problem:
            rows.append(Row(dict(zip(header, cells, strict=True)), number, line, shown))
        header = header or cells
    if not rows and not findings:
        findings.append(_unreadable("empty-file", "the table holds no mappings", Position(shown, 1, 1)))
    return Table(prefixes, tuple(rows), lines, tuple(findings), shown)


def _cells(line: str) -> list[str]:
    """Return the cells of a row; none where it cannot be read."""
    try:
        return next(csv.reader([line], delimiter="\t"))
    except csv.Error:
        return []


def _unreadable(code: str, message: str, at: Position, related: tuple[tuple[str, Position], ...] = ()) -> Finding:
    return Finding(code, message, at, related=related, exit_code=FactsError.exit_code)


def _prefixes(lines: Iterable[str], shown: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the prefixes of the curie_map in the comment lines, and a finding for each that stands twice."""
    prefixes: dict[str, str] = {}
    places: dict[str, Position] = {}
    findings = []
    for number, line in enumerate(lines, 1):
        match = _PREFIX_LINE.match(line)
        if match and "//" in match[2]:
            at = Position(shown, number, match.start(1) + 1, len(match[1]))
            if match[1] in places:
                related = (("the first stands at", places[match[1]]),)
                message = f"the prefix {quoted(match[1])} stands twice in the curie_map"
                findings.append(_unreadable("duplicate-prefix", message, at, related))
            if not _is_iri(match[2]):
                message = f"the prefix {quoted(match[1])} does not stand for an address"
                findings.append(_unreadable("bad-prefix", message, at))
            prefixes.setdefault(match[1], match[2])
            places.setdefault(match[1], at)
    return prefixes, findings


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _header_trouble(cells: list[str]) -> str | None:
    missing = [c for c in REQUIRED if c not in cells]
    foreign = [c for c in cells if c not in COLUMNS]
    twice = [c for c in cells if cells.count(c) > 1]
    if missing:
        return f"the table has no column `{missing[0]}`"
    if foreign:
        return f"the column {quoted(foreign[0])} is not one that this table has: it would be lost"
    return f"the column {quoted(twice[0])} stands twice" if twice else None


def _row_trouble(line: str, cells: list[str], header: list[str]) -> str | None:
    if line.count('"') % 2:
        return "a quotation mark is not closed"
    if len(cells) != len(header):
        return f"the row has {len(cells)} cells and the table {len(header)} columns"
    return None


def triples(table: Table) -> list[Triple]:
    """Return one triple a row; call it only for a table that `check` finds nothing wrong with."""
    return [_triple(row, table.prefixes) for row in table.rows]


def _triple(row: Row, prefixes: Mapping[str, str]) -> Triple:
    subject = ox.NamedNode(THINGS + row.cells["subject_id"].removeprefix("kg:"))
    predicate = ox.NamedNode(SKOS + row.cells["predicate_id"].removeprefix("skos:"))
    return ox.Triple(subject, predicate, ox.NamedNode(prefixes[row.prefix] + row.cells["object_id"].partition(":")[2]))


def check(table: Table, *, schema: Schema, labels: Mapping[str, str], known: frozenset[str]) -> list[Finding]:
    """Check every row by itself and against the others.

    Args:
        table: What `read` gave.
        schema: Its context must not use a prefix of the table as a term.
        labels: The label of every concept by its id.
        known: Ids that may exist although their file cannot be read.
    """
    findings = list(table.findings)
    for prefix, iri in sorted(table.prefixes.items()):
        other = schema.context.get(prefix)
        if other is not None and other != iri:
            message = f"the prefix {quoted(prefix)} is a term of the context and means something else there"
            number = next(
                n for n, line in enumerate(table.lines, 1) if (m := _PREFIX_LINE.match(line)) and m[1] == prefix
            )
            findings.append(Finding("prefix-is-term", message, Position(table.path, number, 1)))
    for row in table.rows:
        for code, column, message, hint in _row_problems(row, table.prefixes, labels, known):
            subject, fix = row.cells["subject_label"] or None, _fix(code, row, table.prefixes)
            findings.append(Finding(code, message, row.at(column), hint=hint, subject=subject, fix=fix))
    return findings + list(_repeated(table.rows))


def _fix(code: str, row: Row, prefixes: Mapping[str, str]) -> str | None:
    """Return what should stand in a cell where only one thing can: a kind of mapping, a prefix but for its capitals."""
    if code == "mapping-predicate":
        return only_near(row.cells["predicate_id"], PREDICATES)
    same = [p for p in prefixes if p.casefold() == row.prefix.casefold()]
    if code == "undeclared-prefix" and len(same) == 1:
        return same[0] + row.cells["object_id"].removeprefix(row.prefix)
    return None


Problem = tuple[str, str, str, str | None]


def _row_problems(
    row: Row, prefixes: Mapping[str, str], labels: Mapping[str, str], known: frozenset[str]
) -> Iterator[Problem]:
    cells = row.cells
    subject = cells["subject_id"].removeprefix("kg:")
    if not cells["subject_id"].startswith("kg:"):
        yield "mapping-subject", "subject_id", "a subject is the id of a concept with the prefix `kg:`", None
    elif subject not in labels and subject not in known:
        hint = did_you_mean(subject, frozenset(labels))
        yield "unknown-id", "subject_id", f"there is no concept {quoted(subject)}", hint
    elif subject in labels and labels[subject] != cells["subject_label"]:
        message = f"{quoted(cells['subject_label'])} is not the label of {quoted(subject)}"
        yield "mapping-label", "subject_label", message, f"write `{labels[subject]}`"
    if cells["predicate_id"] not in PREDICATES:
        hint = did_you_mean(cells["predicate_id"], PREDICATES)
        yield "mapping-predicate", "predicate_id", f"{quoted(cells['predicate_id'])} is not a kind of mapping", hint
    yield from _object_problems(row, prefixes)


def _object_problems(row: Row, prefixes: Mapping[str, str]) -> Iterator[Problem]:
    cells, prefix = row.cells, row.prefix
    local = cells["object_id"].partition(":")[2]
    if prefix not in prefixes:
        hint = did_you_mean(prefix, frozenset(prefixes))
        yield (
            "undeclared-prefix",
            "object_id",
            f"the prefix {quoted(prefix)} is not in the curie_map of the table",
            hint,
        )
    elif prefixes[prefix].startswith(_OWN):
        message = f"{quoted(cells['object_id'])} is not an identifier of a public vocabulary"
        yield "mapping-object", "object_id", message, None
    elif prefixes[prefix].partition(":")[0] not in SCHEMES:
        yield (
            "iri-scheme",
            "object_id",
            f"the prefix {quoted(prefix)} does not lead to an https:// or http:// address",
            None,
        )
    elif not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:+-]*", local):
        yield "mapping-object", "object_id", f"{quoted(cells['object_id'])} is not an identifier", None
    if prefix in NO_LABELS and cells["object_label"]:
        yield (
            "mapping-licence",
            "object_label",
            f"labels of {prefix} may not be copied: keep the id alone",
            "empty object_label",
        )
    if prefix in NEVER_EXACT and cells["predicate_id"] == "skos:exactMatch" and _other_kind(row):
        message = f"a term of {prefix} that is a vaccine or an adverse event is never exact"
        yield "mapping-exact", "predicate_id", message, "use skos:closeMatch"


def _other_kind(row: Row) -> bool:
    label = row.cells["object_label"]
    return row.prefix == "OAE" or "vaccine" in label.casefold()


def _repeated(rows: tuple[Row, ...]) -> Iterator[Finding]:
    """Find rows that say a thing twice, and exact matches that cannot all be exact."""
    pairs: dict[tuple[str, str], Row] = {}
    vocabulary: dict[tuple[str, str], Row] = {}
    objects: dict[str, Row] = {}
    for row in rows:
        subject, target = row.cells["subject_id"], row.cells["object_id"]
        checks: list[tuple[str, Row | None, str, str]] = [
            (
                "mapping-repeated",
                pairs.setdefault((subject, target), row),
                "object_id",
                f"{subject} and {target} are mapped twice",
            )
        ]
        if row.cells["predicate_id"] == "skos:exactMatch":
            message = f"{subject} has two exact matches in {row.prefix}"
            checks.append(("mapping-exact", vocabulary.setdefault((subject, row.prefix), row), "object_id", message))
            message = f"{target} is exact for two concepts"
            checks.append(("mapping-exact", objects.setdefault(target, row), "object_id", message))
        for code, other, column, message in checks:
            if other is not row and other is not None and not (code == "mapping-exact" and checks[0][1] is not row):
                related = (("the first stands at", other.at(column)),)
                yield Finding(
                    code, message, row.at(column), subject=row.cells["subject_label"] or None, related=related
                )
