"""Tables: one row a fact for a spreadsheet, and the mappings in the words of SSSOM."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from ivig_kg import sparql, spreadsheets
from ivig_kg.errors import UsageError
from ivig_kg.release.statements import Statements, curie, local
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import DCTERMS, RDF, SKOS, XSD
from ivig_kg.terms import Table

_CATEGORY = "subject_category"
_PREFIXES = {"dcterms": DCTERMS, "rdf": RDF, "skos": SKOS, "xsd": XSD}


def index(query: str, store: ox.Store) -> dict[str, bytes]:
    """Return the answer of the question `facts`, one row a fact, as CSV and as a list of JSON objects.

    A value that is absent is an empty cell in CSV and no key in JSON. The CSV runs nothing in a spreadsheet, and the
    JSON has every value as it is.

    Raises:
        UsageError: The question cannot be asked, or has no rows.
    """
    answer = sparql.ask(query, over=store)
    if not isinstance(answer, ox.QuerySolutions):
        message = "the question `facts` has no rows"
        raise UsageError(message)
    names, rows = sparql.rows(answer)
    table = spreadsheets.neutral(sparql.written(sparql.ask(query, over=store), form="csv", prefixes={}))
    found = [{n: v.value for n, v in zip(names, row, strict=True) if v is not None} for row in rows]
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    return {"index.csv": table.encode("utf-8"), "index.json": text.encode("utf-8")}


def values(said: Statements) -> bytes:
    """Return every value that is stated of a fact, one row a value, as CSV.

    Columns: the fact, the property, the value, and the kind of the value: `node`, the tag of its language, or its
    datatype. Ids, properties and words of lists are written as in a facts file, without the address before them.
    A value that a spreadsheet would run has an apostrophe before it: see `spreadsheets.stated`.
    """
    rows = [
        (local(fact), _short(predicate), _short(value.value), _kind(value))
        for fact in said.facts()
        for predicate, value in said.stated(fact)
    ]
    return spreadsheets.written([("fact", "property", "value", "kind"), *rows]).encode("utf-8")


def _short(text: str) -> str:
    return local(text) if text.startswith((THINGS, VOCABULARY)) else curie(text, _PREFIXES)


def _kind(value: Any) -> str:
    if isinstance(value, ox.NamedNode):
        return "node"
    return value.language or curie(value.datatype.value, _PREFIXES)


def mappings(table: Table, said: Statements, *, version: str) -> bytes:
    """Return the table of mappings with its version, and the class of each concept as its category.

    A category of SSSOM is an identifier, and its readers leave out, without a word, a row that has a plain word there.
    Source: https://mapping-commons.github.io/sssom/subject_category/
    """
    lines = [line for line in table.lines if line.startswith("#")]
    start = next(n for n, line in enumerate(lines) if line.startswith("#curie_map:"))
    named = {"ivig": VOCABULARY} | ({} if "kg" in table.prefixes else {"kg": THINGS})
    lines.insert(start, f'#mapping_set_version: "{version}"')
    lines += [f'#  "{name}": "{iri}"' for name, iri in named.items() if name not in table.prefixes]
    columns = list(table.rows[0].cells)
    rows = [[_parted(_cell(column, row.cells, said)) for column in columns] for row in table.rows]
    return ("\n".join([*lines, *("\t".join(cells) for cells in [columns, *rows])]) + "\n").encode("utf-8")


def _parted(cell: str) -> str:
    """Return a cell that runs nothing, in quotation marks where a reader would take it for another."""
    text = spreadsheets.harmless(cell)
    if text.startswith('"') or "\t" in text or text.count('"') % 2:
        return '"' + text.replace('"', '""') + '"'
    return text


def licence(table: bytes) -> str | None:
    """Return the address of the licence that a table of mappings names for itself."""
    found = re.search(r'^#license:\s*"?(\S+?)"?\s*$', table.decode("utf-8"), re.MULTILINE)
    return found[1] if found else None


def _cell(column: str, cells: Mapping[str, str], said: Statements) -> str:
    if column == _CATEGORY:
        return "ivig:" + said.kind(THINGS + cells["subject_id"].removeprefix("kg:"))
    return cells[column]
