"""JSON-LD: triples as one flat object a node under the project's context."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyoxigraph as ox

from ivig_kg.resources import THINGS
from ivig_kg.schema import RDF, XSD, Form, Key, Schema, Triple

_BEGIN, _BETWEEN = b'  "@graph": [\n', b"    },\n"
_NODES = 500  # that are read at once


def pieces(triples: Iterable[Triple], *, schema: Schema) -> Iterator[bytes]:
    """Yield triples as JSON-LD: the context inline, then one flat object a node.

    Args:
        triples: The triples, those of each subject together.
        schema: Its context is the one of the file.
    """
    writer = _JsonLd(schema)
    context = json.dumps({"@context": schema.context}, indent=2, ensure_ascii=False).removesuffix("\n}")
    yield f'{context},\n  "@graph": ['.encode()
    between = "\n    "
    for subject, found in itertools.groupby(triples, key=lambda t: t.subject):
        node: dict[str, Any] = {"id": writer.reference(subject)}
        for triple in found:
            key, value = writer.member(triple)
            node.setdefault(key, []).append(value)
        text = json.dumps({k: _single(v) for k, v in node.items()}, indent=2, ensure_ascii=False)
        yield (between + text.replace("\n", "\n    ")).encode()
        between = ",\n    "
    yield b"\n  ]\n}\n"


def parsed(file: BinaryIO) -> Iterator[Any]:
    """Yield the quads of what `pieces` gave, some nodes at a time: a JSON-LD processor holds all that it is given.

    Raises:
        SyntaxError: It cannot be read.
    """
    head = b"".join(_through(file, _BEGIN, 1))
    while text := b"".join(_through(file, _BETWEEN, _NODES)):
        nodes = text.removesuffix(b"\n  ]\n}\n").rstrip().removesuffix(b",")
        yield from ox.parse(head + nodes + b"]}", ox.RdfFormat.JSON_LD)


def _through(file: BinaryIO, end: bytes, times: int) -> Iterator[bytes]:
    """Yield the lines of a file until one has come so many times, or to the end of the file."""
    for line in file:
        yield line
        times -= line == end
        if not times:
            return


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


class _JsonLd:
    """Turns triples into members of JSON objects under one context."""

    def __init__(self, schema: Schema) -> None:
        self.prefixes = sorted(schema.prefixes.items(), key=lambda p: -len(p[1]))
        self.terms: dict[str, list[Key]] = {}
        for key in schema.keys.values():
            if key.form is not Form.NODES:
                self.terms.setdefault(key.iri, []).append(key)
        self.names = {iri: name for name, iri in (schema.classes | schema.words).items()}

    def curie(self, iri: str) -> str:
        """Return an IRI by its prefix, or whole where no prefix fits or the rest would be read otherwise."""
        found = next(((p, i) for p, i in self.prefixes if iri.startswith(i) and len(iri) > len(i)), None)
        if found is None or iri[len(found[1]) :].startswith("//"):
            return iri
        return f"{found[0]}:{iri[len(found[1]) :]}"

    def reference(self, node: Any) -> str:
        """Return an IRI as the value of `id`: one of ours by its slug, relative to the base."""
        iri = str(node.value)
        return iri[len(THINGS) :] if iri.startswith(THINGS) and ":" not in iri[len(THINGS) :] else self.curie(iri)

    def member(self, triple: Triple) -> tuple[str, Any]:
        """Return key and value of a triple: a term where its coercion fits, else a CURIE."""
        iri, value = triple.predicate.value, triple.object
        if iri == RDF + "type" and isinstance(value, ox.NamedNode):
            return "type", self.names.get(value.value, self.curie(value.value))
        for key in self.terms.get(iri, []):
            if isinstance(value, ox.NamedNode):
                if key.form is Form.WORD and value.value in self.names:
                    return key.name, self.names[value.value]
                if key.form in {Form.REFERENCE, Form.ADDRESS}:
                    return key.name, self.reference(value)
            elif isinstance(value, ox.Literal) and key.form is Form.TEXT and _fits(key, value):
                return key.name, value.value
        return self.curie(iri), self.expanded(value)

    def expanded(self, value: Any) -> dict[str, str]:
        """Return a value that says itself what it is."""
        if isinstance(value, ox.NamedNode):
            return {"id": self.reference(value)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == XSD + "string":
            return {"@value": value.value}
        return {"@value": value.value, "type": self.curie(value.datatype.value)}


def _fits(key: Key, value: ox.Literal) -> bool:
    return (
        key.language == value.language
        if value.language or key.language
        else (key.datatype or XSD + "string") == value.datatype.value
    )
