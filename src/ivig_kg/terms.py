"""Terms: the table of mappings from concepts to identifiers in public vocabularies.

One row is one triple. The table follows SSSOM: a YAML header in comment lines, then tab-separated rows.
Source: https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import collections
import csv
import dataclasses
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import textfile
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding, Position, quoted
from ivig_kg.resources import THINGS
from ivig_kg.schema import SKOS, Triple

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
    """The table of mappings.

    Attributes:
        prefixes: The addresses of the curie_map.
        rows: The rows that can be read.
        lines: All lines.
        findings: What kept other rows out.
        path: The name of the file as it is shown.
        places: Where each prefix stands in the curie_map.
    """

    prefixes: dict[str, str]
    rows: tuple[Row, ...]
    lines: tuple[str, ...]
    findings: tuple[Finding, ...]
    path: str = ""
    places: Mapping[str, Position] = dataclasses.field(default_factory=dict)


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
    prefixes, places, findings = _prefixes(lines, shown)
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
    return Table(prefixes, tuple(rows), lines, tuple(findings), shown, places)


def _cells(line: str) -> list[str]:
    """Return the cells of a row; none where it cannot be read."""
    try:
        return next(csv.reader([line], delimiter="\t"))
    except csv.Error:
        return []


def _unreadable(code: str, message: str, at: Position, related: tuple[tuple[str, Position], ...] = ()) -> Finding:
    return Finding(code, message, at, related=related, exit_code=FactsError.exit_code)


def _prefixes(lines: Iterable[str], shown: str) -> tuple[dict[str, str], dict[str, Position], list[Finding]]:
    """Return the prefixes of the curie_map in the comment lines, where they stand, and what is wrong with them."""
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
    return prefixes, places, findings


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _header_trouble(cells: list[str]) -> str | None:
    missing = [c for c in REQUIRED if c not in cells]
    foreign = [c for c in cells if c not in COLUMNS]
    twice = [c for c, count in collections.Counter(cells).items() if count > 1]
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
    """Return one triple a row; call it only for a table that `alignment.check` finds nothing wrong with."""
    return [_triple(row, table.prefixes) for row in table.rows]


def _triple(row: Row, prefixes: Mapping[str, str]) -> Triple:
    subject = ox.NamedNode(THINGS + row.cells["subject_id"].removeprefix("kg:"))
    predicate = ox.NamedNode(SKOS + row.cells["predicate_id"].removeprefix("skos:"))
    return ox.Triple(subject, predicate, ox.NamedNode(prefixes[row.prefix] + row.cells["object_id"].partition(":")[2]))
