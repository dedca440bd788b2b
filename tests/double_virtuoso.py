"""The surprises of Virtuoso 7.2.5, each seen on the product, for the protocol double."""

from __future__ import annotations

import re
from typing import Any

import pyoxigraph as ox

from double_brands import JSON, XML

XSD = "http://www.w3.org/2001/XMLSchema#"
RDFS_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
MOST_INSERTED = 1000


def system_quads() -> list[ox.Quad]:
    """Return about as many triples as a fresh Virtuoso has in graphs of its own."""
    sizes = {
        "http://www.openlinksw.com/schemas/virtrdf#": 2479,
        "http://localuriqaserver/sparql": 14,
        "http://www.w3.org/ns/ldp#": 3,
    }
    return [
        ox.Quad(ox.NamedNode(f"{graph}{number}"), RDFS_LABEL, ox.Literal(f"system {number}"), ox.NamedNode(graph))
        for graph, size in sizes.items()
        for number in range(size)
    ]


def distinct(store: ox.Store, quads: list[ox.Quad]) -> list[ox.Quad]:
    """Leave out, of a boolean and the same number in PUT and POST, the one that comes later: they are one value."""
    found: dict[tuple[object, ...], ox.Quad] = {}
    for quad in quads:
        kind = quad.object.datatype.value if isinstance(quad.object, ox.Literal) else ""
        if kind not in {f"{XSD}boolean", f"{XSD}integer"}:
            found[(quad,)] = quad
            continue
        number = {"true": "1", "false": "0"}.get(quad.object.value, quad.object.value)
        word = {"1": "true", "0": "false"}.get(number, number)
        twin = (word, "boolean") if kind.endswith("integer") else (number, "integer")
        other = ox.Literal(twin[0], datatype=ox.NamedNode(XSD + twin[1]))
        if ox.Quad(quad.subject, quad.predicate, other, quad.graph_name) not in store:
            found.setdefault((quad.subject, quad.predicate, number), quad)
    return list(found.values())


def shortened(text: str) -> str:
    """Write a decimal as Virtuoso does: 2.0 as 2, 1.50 as 1.5."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_exported(one: ox.Triple | ox.Quad, *, turtle: bool) -> ox.Triple:
    """Return a triple as it is exported: in Turtle a whole decimal is written 2, which reads as an integer."""
    value = one.object
    if isinstance(value, ox.Literal) and value.datatype.value == f"{XSD}decimal":
        text = shortened(value.value)
        kind = "integer" if turtle and "." not in text else "decimal"
        value = ox.Literal(text, datatype=ox.NamedNode(XSD + kind))
    return ox.Triple(one.subject, one.predicate, value)


def result_text(table: dict[str, Any], kind: str, *, integers: bool) -> dict[str, Any]:
    """Return the JSON of a result as Virtuoso means it for a media type.

    ASK is a table of one row; a boolean is 1 (but true in XML); decimals are shortened, and integers if so asked.
    """
    if "boolean" in table:
        value = {"type": "literal", "datatype": f"{XSD}integer", "value": str(int(table["boolean"]))}
        table = {"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [{"__ASK_RETVAL": value}]}}
    rows = [
        {name: _term(term, kind, integers=integers) for name, term in row.items()}
        for row in table["results"]["bindings"]
    ]
    if kind != JSON:
        return {"head": {"vars": table["head"]["vars"]}, "results": {"bindings": rows}}
    head = {"link": [], "vars": table["head"]["vars"]}
    return {"head": head, "results": {"distinct": False, "ordered": True, "bindings": rows}}


def _term(term: dict[str, str], kind: str, *, integers: bool) -> dict[str, str]:
    datatype = term.get("datatype", "")
    term = dict(term)
    if datatype == f"{XSD}boolean" and kind != XML:
        term["value"] = str(int(term["value"] in {"true", "1"}))
    if datatype == f"{XSD}decimal":
        term["value"] = shortened(term["value"])
        if integers and "." not in term["value"]:
            term["datatype"] = f"{XSD}integer"
    if datatype and kind == JSON:
        term["type"] = "typed-literal"
    return term


def csv_text(table: dict[str, Any], separator: str) -> str:
    """Return a result as CSV or TSV: names, IRIs and strings quoted, numbers bare, lines end with a line feed."""
    names = table["head"]["vars"]

    def cell(term: dict[str, str] | None) -> str:
        if term is None:
            return ""
        number = term.get("datatype", "") in {f"{XSD}{kind}" for kind in ("integer", "decimal", "double", "boolean")}
        return term["value"] if number else '"' + term["value"].replace('"', '""') + '"'

    rows = [[cell(row.get(name)) for name in names] for row in table["results"]["bindings"]]
    return "".join(separator.join(row) + "\n" for row in [[f'"{name}"' for name in names], *rows])


def refused_insert(operations: list[str]) -> str | None:
    """Return why an INSERT DATA is refused: blank nodes, or more than about 1,000 triples."""
    for text in operations:
        if not re.search(r"\bINSERT\s+DATA\b", text, re.IGNORECASE):
            continue
        scratch = ox.Store()
        scratch.update(text)
        if any(isinstance(term, ox.BlankNode) for quad in scratch for term in (quad.subject, quad.object)):
            return "Virtuoso 37000 Error SP031: SPARQL compiler: Blank node is not allowed in a constant clause"
        if len(scratch) > MOST_INSERTED:
            return "Virtuoso 37000 Error SQ200: The memory pool size of the SQL compiler has been exceeded"
    return None


def without_optional(text: str) -> str:
    """Make `INSERT .. WHERE { OPTIONAL {..} }` insert nothing where nothing matches."""
    return re.sub(r"(\bWHERE\s*\{\s*)OPTIONAL\b", r"\1", text, flags=re.IGNORECASE)
