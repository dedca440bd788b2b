"""Ids: is every id given once, and does every reference name a node?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivig_kg.facts import Document, Mapping, Scalar, mappings
from ivig_kg.findings import Finding, quoted
from ivig_kg.schema import Schema
from ivig_kg.words import did_you_mean, references


def defined(documents: Iterable[Document]) -> Iterator[tuple[Scalar, Mapping]]:
    """Yield every id with the node it is given to, in the order of the files."""
    for document in documents:
        for node in mappings(document.nodes):
            name = node.get("id")
            if name is not None:
                yield name, node


def check(documents: tuple[Document, ...], *, schema: Schema) -> list[Finding]:
    """Find ids given twice (RDF would merge the two nodes) and references to nothing.

    An id that a file seems to define which cannot be read counts as known: the file itself is
    reported, and what refers to it is not at fault.
    """
    findings = []
    first: dict[str, Scalar] = {}
    for name, node in defined(documents):
        if name.text in first:
            related = (("the first stands at", first[name.text].position),)
            message = f"the id {quoted(name.text)} is given twice"
            findings.append(Finding("duplicate-id", message, name.position, subject=node.name, related=related))
        first.setdefault(name.text, name)
    known = frozenset(first).union(*(d.ids for d in documents))
    for node, key, value in references(documents, schema=schema):
        if value.text not in known:
            message = f"`{key.name}` names {quoted(value.text)}, and there is no such node"
            hint = did_you_mean(value.text, known)
            findings.append(Finding("unknown-id", message, value.position, subject=node.name, hint=hint))
    return findings
