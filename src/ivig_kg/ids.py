"""Ids: is every id given once, and does every reference name a node?"""

from __future__ import annotations

import collections
from collections.abc import Callable, Collection, Iterable, Iterator

from ivig_kg.findings import Finding, quoted
from ivig_kg.nodes import Document, Mapping, Scalar
from ivig_kg.schema import Form, Key, Schema
from ivig_kg.spelling import did_you_mean, is_slug

MOST = 100  # unknown ids of one file that are looked for among the known ones


def defined(documents: Iterable[Document]) -> Iterator[tuple[Scalar, Mapping]]:
    """Yield every id with the node it is given to, in the order of the files."""
    for document in documents:
        for node in document.mappings:
            name = node.get("id")
            if name is not None:
                yield name, node


def repeated(documents: Iterable[Document]) -> Iterator[tuple[Scalar, Mapping, Scalar]]:
    """Yield every id that was given before, with its node and the id of the first one."""
    first: dict[str, Scalar] = {}
    for name, node in defined(documents):
        if name.text in first:
            yield name, node, first[name.text]
        first.setdefault(name.text, name)


def check(
    documents: Collection[Document],
    *,
    schema: Schema,
    beside: Collection[str] = (),
    every: Callable[[], Iterable[str]] | None = None,
) -> list[Finding]:
    """Find ids given twice (RDF would merge the two nodes) and references to nothing.

    An id that a file seems to define which cannot be read counts as known: the file itself is
    reported, and what refers to it is not at fault.

    Args:
        documents: Some documents, with all that their references name.
        schema: Its keys say which values are references.
        beside: Ids that other documents define.
        every: Gives all ids of the project, for hints; those of the documents and `beside` where there is none.
    """
    findings = []
    for name, node, first in repeated(documents):
        related = (("the first stands at", first.position),)
        message = f"the id {quoted(name.text)} is given twice"
        findings.append(Finding("duplicate-id", message, name.position, subject=node.name, related=related))
    known = frozenset(name.text for name, _ in defined(documents)).union(*(d.ids for d in documents))
    near: frozenset[str] | None = None
    unknown = collections.Counter[str]()
    for node, key, value in references(documents, schema=schema):
        if value.text not in known and value.text not in beside:
            near = frozenset(every()) if near is None and every else near or known.union(beside)
            message = f"`{key.name}` names {quoted(value.text)}, and there is no such node"
            unknown[value.position.path] += 1
            hint = did_you_mean(value.text, near) if unknown[value.position.path] <= MOST else None
            findings.append(Finding("unknown-id", message, value.position, subject=node.name, hint=hint))
    return findings


def references(documents: Iterable[Document], *, schema: Schema) -> Iterator[tuple[Mapping, Key, Scalar]]:
    """Yield every good reference: the node it stands on, its key and the id it names."""
    for document in documents:
        for node in document.mappings:
            for entry in node.entries:
                key = schema.keys.get(entry.key.text)
                if key and key.form is Form.REFERENCE:
                    for value in entry.values:
                        if isinstance(value, Scalar) and is_slug(value.text):
                            yield node, key, value
