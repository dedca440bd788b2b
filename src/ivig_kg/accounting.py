"""No-loss accounting: every YAML value has its triple, and every triple its YAML value.

What a value should become is worked out here from the keys of the schema; what it became comes from
a JSON-LD processor. The two must be the same, or a fact was lost or bent on the way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from ivig_kg.findings import Finding, Position, quoted
from ivig_kg.nodes import Document, Mapping, Scalar
from ivig_kg.resources import THINGS
from ivig_kg.schema import RDF, Form, Key, Schema, Triple


@dataclasses.dataclass(frozen=True, slots=True)
class Leaf:
    """One value of a facts file and the triple that must come of it."""

    triple: Triple
    position: Position
    key: str
    text: str
    node: Mapping


def leaves(documents: Iterable[Document], *, schema: Schema, aside: Collection[Position]) -> Iterator[Leaf]:
    """Yield every value of some documents, those left aside that a finding speaks of already."""
    for document in documents:
        for node in document.nodes:
            if isinstance(node, Mapping) and node.position not in aside:
                yield from _of_node(node, schema, aside)


def _of_node(node: Mapping, schema: Schema, aside: Collection[Position]) -> Iterator[Leaf]:
    name = node.get("id")
    if name is None:
        return
    subject = ox.NamedNode(THINGS + name.text)
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        if entry.key.position in aside or entry.key.text == "id":
            continue
        for value in entry.values:
            if isinstance(value, Scalar) and value.position not in aside:
                yield Leaf(_triple(subject, key, value, schema), value.position, entry.key.text, value.text, node)
            elif isinstance(value, Mapping) and key and value.position not in aside:
                inner = value.get("id")
                if inner is not None:
                    reverse = ox.Triple(ox.NamedNode(THINGS + inner.text), ox.NamedNode(key.iri), subject)
                    yield Leaf(reverse, value.position, entry.key.text, inner.text, node)
                yield from _of_node(value, schema, aside)


def _triple(subject: ox.NamedNode, key: Key | None, value: Scalar, schema: Schema) -> Triple:
    if key is None:
        return ox.Triple(subject, ox.NamedNode(RDF + "type"), ox.NamedNode(schema.classes[value.text]))
    return ox.Triple(subject, ox.NamedNode(key.iri), _object(key, value.text, schema))


def _object(key: Key, text: str, schema: Schema) -> ox.NamedNode | ox.Literal:
    if key.form is Form.WORD:
        return ox.NamedNode(schema.words.get(text, THINGS + text))
    if key.form is Form.REFERENCE:
        return ox.NamedNode(THINGS + text)
    if key.form is Form.ADDRESS:
        return ox.NamedNode(text)
    if key.language:
        return ox.Literal(text, language=key.language)
    return ox.Literal(text, datatype=ox.NamedNode(key.datatype)) if key.datatype else ox.Literal(text)


def check(expected: Iterable[Leaf], triples: Collection[Triple]) -> list[Finding]:
    """Hold the values of the files against the triples that came of them.

    Returns:
        `lost-value` at every value without its triple, `said-twice` where two values make one
        triple, and `stray-triple` for a triple that no value made.
    """
    findings = []
    made: dict[Triple, Leaf] = {}
    for leaf in expected:
        if leaf.triple not in triples:
            message = f"{quoted(leaf.text)} under `{leaf.key}` did not reach the graph"
            findings.append(Finding("lost-value", message, leaf.position, subject=leaf.node.name))
        elif leaf.triple in made and made[leaf.triple].node is leaf.node:
            related = (("the first stands at", made[leaf.triple].position),)
            message = f"{quoted(leaf.text)} under `{leaf.key}` says again what another line says"
            findings.append(Finding("said-twice", message, leaf.position, subject=leaf.node.name, related=related))
        made.setdefault(leaf.triple, leaf)
    by_subject = {leaf.triple.subject.value: leaf for leaf in made.values()}
    for triple in sorted(set(triples) - set(made), key=str):
        near = by_subject.get(triple.subject.value)
        position = near.node.position if near else Position("facts", 1, 1)
        findings.append(Finding("stray-triple", f"no line of the files says {triple}", position))
    return findings
