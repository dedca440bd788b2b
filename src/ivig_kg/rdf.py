"""YAML nodes to RDF: JSON-LD under the project's context, read by pyoxigraph, sorted into named graphs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

import pyoxigraph as ox

from ivig_kg.errors import ShapesError
from ivig_kg.findings import Position
from ivig_kg.kept import Kept
from ivig_kg.nodes import Document, Entry, Listing, Mapping, Scalar
from ivig_kg.resources import GRAPHS
from ivig_kg.schema import RDF, Schema, Triple

Json = str | list["Json"] | dict[str, "Json"]


def map_document(document: Document, *, schema: Schema, aside: Collection[Position]) -> set[Triple]:
    """Return the triples of a document.

    Args:
        document: A readable document.
        schema: Its context is the whole mapping.
        aside: Places of keys, values and whole nodes to leave out, because a finding speaks of them.
    """
    graph = [_node(n, aside) for n in document.nodes if isinstance(n, Mapping) and n.position not in aside]
    text = json.dumps({"@context": _context(document, schema), "@graph": graph})
    try:
        return {quad.triple for quad in ox.parse(text, ox.RdfFormat.JSON_LD)}
    except SyntaxError as error:
        message = f"the context cannot be used: {error.msg}"
        raise ShapesError(message) from error


def _context(document: Document, schema: Schema) -> dict[str, object]:
    """Return the terms of the context that the words of a document may be, and all that is no term of a file.

    The whole context would be read anew for each document.
    """
    words = {e.key.text for n in document.mappings for e in n.entries}
    words.update(v.text for n in document.mappings for e in n.entries for v in e.values if isinstance(v, Scalar))
    terms = schema.keys.keys() | schema.classes.keys() | schema.words.keys()
    return {term: meaning for term, meaning in schema.context.items() if term in words or term not in terms}


def _node(node: Mapping, aside: Collection[Position]) -> dict[str, Json]:
    return {e.key.text: _value(e, aside) for e in node.entries if e.key.position not in aside}


def _value(entry: Entry, aside: Collection[Position]) -> Json:
    values: list[Json] = []
    for value in entry.values:
        if isinstance(value, Scalar) and value.position not in aside:
            values.append(value.text)
        elif isinstance(value, Mapping) and value.position not in aside:
            values.append(_node(value, aside))
    return values if isinstance(entry.value, Listing) or len(values) != 1 else values[0]


def place(triples: Iterable[Triple], *, schema: Schema) -> list[ox.Quad]:
    """Return triples as quads, each in the named graph of its subject's class."""
    triples = list(triples)
    graph: dict[str, ox.NamedNode] = {}
    for triple in triples:
        if triple.predicate.value == RDF + "type":
            graph[triple.subject.value] = named(schema.graph_of(triple.object.value))
    other = named("concepts")
    return [ox.Quad(t.subject, t.predicate, t.object, graph.get(t.subject.value, other)) for t in triples]


def quads(triples: Iterable[Triple], local: str) -> list[ox.Quad]:
    """Return triples as quads of one named graph."""
    graph = named(local)
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def of_ontology(schema: Schema) -> tuple[ox.Quad, ...]:
    """Return the triples of the ontology as quads of its named graph."""
    return _of_ontology(schema.ontology)


def _placed(ontology: tuple[Triple, ...]) -> tuple[ox.Quad, ...]:
    return tuple(quads(ontology, "ontology"))


_of_ontology = Kept(_placed)


def named(local: str) -> ox.NamedNode:
    """Return the IRI of a named graph by its local name.

    >>> named("facts").value
    'https://w3id.org/ivig-kg/graph/facts'
    """
    return ox.NamedNode(GRAPHS + local)
