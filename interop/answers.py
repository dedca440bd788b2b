"""Answers: rows of terms as an engine gave them, compared by value and, since every question orders, in order."""

from __future__ import annotations

import csv
import dataclasses
import io

import pyoxigraph as ox

from ivig_kg.stores import client, deadlines, store, values

SECONDS = 600  # to read an answer


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The names of the columns, and the rows as they came; each cell by its value, empty where nothing is bound."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read(data: bytes) -> Answer:
    """Read an answer in SPARQL 1.1 Query Results JSON.

    Raises:
        StoreError: It is something else.
    """
    answer = client.Answer(200, store.RESULTS, data, is_ended=True)
    return of(store.solutions(answer, of="an engine", doing="answer a question", deadline=deadlines.Deadline(SECONDS)))


def of(found: ox.QuerySolutions) -> Answer:
    """Return an answer of pyoxigraph as it is compared."""
    names = tuple(variable.value for variable in found.variables)
    return Answer(names, tuple(tuple("" if term is None else values.key(term) for term in row) for row in found))


def difference(expected: Answer, found: Answer) -> str | None:
    """Say in what an answer is another one; None where it is the same."""
    if found.names != expected.names:
        return f"columns {', '.join(found.names)} instead of {', '.join(expected.names)}"
    if found.rows == expected.rows:
        return None
    if sorted(found.rows) == sorted(expected.rows):
        place = next(n for n, pair in enumerate(zip(expected.rows, found.rows, strict=True), 1) if pair[0] != pair[1])
        return f"the same {len(found.rows)} rows in another order, from row {place} on"
    missing = [row for row in expected.rows if row not in found.rows]
    other = [row for row in found.rows if row not in expected.rows]
    return f"{len(found.rows)} rows instead of {len(expected.rows)}; missing {missing[:1]}, not expected {other[:1]}"


def as_committed(found: Answer, text: str) -> str | None:
    """Say in what an answer is another one than that written by hand as CSV; None where it is the same.

    CSV says of no cell what kind of term it is.
    """
    head, *rows = csv.reader(io.StringIO(text))
    plain = [[_bare(cell) for cell in row] for row in found.rows]
    if (list(found.names), plain) == (head, rows):
        return None
    return f"{len(plain)} rows with {', '.join(found.names)} are not the {len(rows)} rows of the committed answer"


def _bare(cell: str) -> str:
    """Return the text of a term as `values.key` gives it."""
    if cell.startswith("<"):
        return cell[1:-1]
    if cell.endswith('"^^number'):
        return cell[1 : -len('"^^number')]
    return next(iter(ox.parse(f"<urn:x> <urn:x> {cell} .", format=ox.RdfFormat.N_TRIPLES))).object.value if cell else ""
