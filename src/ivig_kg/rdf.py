"""YAML nodes to RDF: JSON-LD under the project's context, read by pyoxigraph, sorted into named graphs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

import pyoxigraph as ox

from ivig_kg.findings import Position
from ivig_kg.nodes import Document, Entry, Listing, Mapping, Scalar
from ivig_kg.resources import GRAPHS, THINGS
from ivig_kg.schema import RDF, Schema

Json = str | list["Json"] | dict[str, "Json"]


def map_document(document: Document, *, schema: Schema, rejected: Collection[Position], unmapped: Collection[Position]) -> set[ox.Triple]:
    """Return the triples of a document.

    Args:
        document: A readable document.
        schema: Its context is the whole mapping.
        rejected: Places of keys and values to leave out, because a finding speaks of them.
        unmapped: Places of nodes to leave out.
    """
    nodes = [_node(n, rejected, unmapped) for n in document.nodes if isinstance(n, Mapping) and n.position not in unmapped]
    text = json.dumps({"@context": schema.context, "@graph": nodes})
    return {quad.triple for quad in ox.parse(text, ox.RdfFormat.JSON_LD)}


def _node(node: Mapping, rejected: Collection[Position], unmapped: Collection[Position]) -> dict[str, Json]:
    entries = (e for e in node.entries if e.key.position not in rejected)
    return {e.key.text: _value(e, rejected, unmapped) for e in entries}


def _value(entry: Entry, rejected: Collection[Position], unmapped: Collection[Position]) -> Json:
    values: list[Json] = []
    for value in entry.values:
        if isinstance(value, Scalar) and value.position not in rejected:
            values.append(value.text)
        elif isinstance(value, Mapping) and value.position not in unmapped | set(rejected):
            values.append(_node(value, rejected, unmapped))
    return values if isinstance(entry.value, Listing) or len(values) != 1 else values[0]


def place(triples: Iterable[ox.Triple], *, schema: Schema) -> list[ox.Quad]:
    """Return triples as quads, each in the named graph of its subject's class."""
    triples = list(triples)
    graph: dict[str, ox.NamedNode] = {}
    for triple in triples:
        if triple.predicate.value == RDF + "type":
            graph[triple.subject.value] = named(schema.graph_of(triple.object.value))
    return [ox.Quad(t.subject, t.predicate, t.object, graph.get(t.subject.value, named("concepts"))) for t in triples]


def named(local: str) -> ox.NamedNode:
    """Return the IRI of a named graph by its local name.

    >>> named("facts").value
    'https://w3id.org/ivig-kg/graph/facts'
    """
    return ox.NamedNode(GRAPHS + local)


def thing(slug: str) -> ox.NamedNode:
    """Return the IRI of a node by its id."""
    return ox.NamedNode(THINGS + slug)
