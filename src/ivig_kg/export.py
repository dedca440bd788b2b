"""Exports: the same bytes on every machine, written together or not at all.

Everything is sorted, and nothing passes through rdflib or a store on its way out: both rewrite literals.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg.errors import OutputError
from ivig_kg.resources import THINGS
from ivig_kg.schema import RDF, XSD, Form, Key, Schema

NAME = "ivig-kg"
MANIFEST = "manifest.json"
FORMATS = ("ttl", "jsonld", "nt", "nq", "trig")

_FORMATS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}
_DATASET = frozenset({"nq", "trig"})
_STRING = XSD + "string"


def serialize(quads: Iterable[ox.Quad], form: str, *, schema: Schema, prefixes: Mapping[str, str]) -> bytes:
    """Return a dataset in one format: `nq` and `trig` with its named graphs, the others their union.

    Args:
        quads: The dataset, in any order.
        form: One of `FORMATS`.
        schema: Its context is the one of the JSON-LD.
        prefixes: The prefixes of Turtle and TriG.
    """
    triples: list[Any] = sorted(set(quads), key=_quad_key) if form in _DATASET else sorted({q.triple for q in quads}, key=_triple_key)
    if form == "jsonld":
        return json_ld(triples, schema=schema)
    data = ox.serialize(triples, format=_FORMATS[form], prefixes=_used(triples, prefixes))
    depth = {"ttl": 0, "trig": 1}.get(form)
    return data if depth is None else _readable(data.decode("utf-8"), depth=depth).encode("utf-8")


def _readable(text: str, *, depth: int) -> str:
    """Return Turtle or TriG with its prefixes sorted and a blank line before each subject.

    A literal never holds a line break there, so every line is a prefix, a graph, a subject or a value;
    subjects stand at `depth` tabs.
    """
    lines = text.splitlines()
    prefixes = sorted((line for line in lines if line.startswith("@prefix ")), key=str.casefold)
    body = []
    for line in lines[len(prefixes) :]:
        indent = len(line) - len(line.lstrip("\t"))
        body += ["", line] if indent <= depth and line != "}" else [line]
    return "\n".join(prefixes + body) + "\n"


def _triple_key(triple: Any) -> tuple[str, bool, str, str]:
    """Sort by subject; in a subject its types come first."""
    return str(triple.subject), triple.predicate.value != RDF + "type", triple.predicate.value, str(triple.object)


def _quad_key(quad: ox.Quad) -> tuple[str, tuple[str, bool, str, str]]:
    return str(quad.graph_name), _triple_key(quad)


def _used(triples: Iterable[Any], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that are the longest fit of some IRI of the triples."""
    iris = {term.value for t in triples for term in t if isinstance(term, ox.NamedNode)}
    iris |= {t.object.datatype.value for t in triples if isinstance(t.object, ox.Literal)} - {_STRING, RDF + "langString"}
    longest = {max(fits, key=lambda p: len(p[1])) for iri in iris if (fits := [p for p in prefixes.items() if iri.startswith(p[1])])}
    return dict(sorted(longest))


def json_ld(triples: Iterable[ox.Triple], *, schema: Schema) -> bytes:
    """Return triples as JSON-LD: the context inline, then one flat object a node, sorted by id."""
    writer = _JsonLd(schema)
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        name = writer.reference(triple.subject)
        node = nodes.setdefault(name, {"id": name})
        key, value = writer.member(triple)
        node.setdefault(key, []).append(value)
    graph = [{k: _single(v) for k, v in nodes[name].items()} for name in sorted(nodes)]
    return (json.dumps({"@context": schema.context, "@graph": graph}, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


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

    def member(self, triple: ox.Triple) -> tuple[str, Any]:
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
        if value.datatype.value == _STRING:
            return {"@value": value.value}
        return {"@value": value.value, "type": self.curie(value.datatype.value)}


def _fits(key: Key, value: ox.Literal) -> bool:
    return key.language == value.language if value.language or key.language else (key.datatype or _STRING) == value.datatype.value


def fingerprints(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return SHA-256 of the RDFC-1.0 N-Quads of a dataset and of its union.

    Source: https://www.w3.org/TR/rdf-canon/
    """
    quads = set(quads)
    union = {ox.Quad(q.subject, q.predicate, q.object) for q in quads}
    return {"dataset": _canonical(quads), "union": _canonical(union)}


def _canonical(quads: Iterable[ox.Quad]) -> str:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS).decode("utf-8").splitlines(keepends=True)
    return hashlib.sha256("".join(sorted(lines)).encode("utf-8")).hexdigest()


def files(quads: Iterable[ox.Quad], *, schema: Schema, prefixes: Mapping[str, str], version: str | None) -> dict[str, bytes]:
    """Return every export by its file name, the manifest last."""
    quads = set(quads)
    made = {f"{NAME}.{form}": serialize(quads, form, schema=schema, prefixes=prefixes) for form in FORMATS}
    manifest = {
        "version": version,
        "triples": {"dataset": len(quads), "union": len({q.triple for q in quads}), "graphs": _sizes(quads)},
        "rdfc10": fingerprints(quads),
        "files": {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(made.items())},
    }
    made[MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode("utf-8")
    return made


def _sizes(quads: Iterable[ox.Quad]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for quad in quads:
        name = str(getattr(quad.graph_name, "value", ""))
        sizes[name] = sizes.get(name, 0) + 1
    return dict(sorted(sizes.items()))


def stale(folder: Path, made: Mapping[str, bytes]) -> list[str]:
    """Return the names of the exports in a folder that are missing or differ from what was made."""
    return [name for name, data in made.items() if not (folder / name).is_file() or (folder / name).read_bytes() != data]


def write(folder: Path, made: Mapping[str, bytes], *, read_back: Callable[[Path], None]) -> None:
    """Write all exports, or none: what stood in the folder stands until everything is on the disk and read back.

    Args:
        folder: Where to write; it is made where it is missing.
        made: The files, in the order in which they move into place.
        read_back: Checks the files in a temporary folder; what it raises stops the writing.

    Raises:
        OutputError: The files cannot be written; those that stood there stand as before.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{NAME}-", dir=folder) as name:
            new = Path(name)
            for file, data in made.items():
                _put(new / file, data)
            read_back(new)
            _move(new, folder, list(made))
    except OSError as error:
        message = f"{folder}: the exports cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def save(path: Path, data: bytes) -> None:
    """Write one file whole, or leave what stood there.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{NAME}-", dir=path.parent) as name:
            new = Path(name) / path.name
            _put(new, data)
            new.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def _put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _move(new: Path, folder: Path, names: list[str]) -> None:
    """Move files into place one after the other; on any trouble put the old ones back."""
    old = new / "old"
    old.mkdir()
    for name in names:
        if (folder / name).exists():
            shutil.copy2(folder / name, old / name)
    moved = []
    try:
        for name in names:
            moved.append(name)
            (new / name).replace(folder / name)
    except BaseException:
        for name in moved:
            with contextlib.suppress(OSError):
                if (old / name).exists():
                    (old / name).replace(folder / name)
                elif not (new / name).exists():
                    (folder / name).unlink()
        raise


def read_back(folder: Path, quads: Iterable[ox.Quad]) -> None:
    """Read the exports of a folder with rdflib and hold them against what was to be written.

    Raises:
        OutputError: A file says something else.
    """
    wanted = set(quads)
    union = {_text(q.triple) for q in wanted}
    dataset = {(*_text(q.triple), str(getattr(q.graph_name, "value", ""))) for q in wanted}
    for form in FORMATS:
        name = f"{NAME}.{form}"
        try:
            found = set(_by_rdflib(folder / name, form))
        except Exception as error:  # each of rdflib's parsers raises errors of its own
            message = f"{name} cannot be read back by another engine; nothing was replaced: {error}"
            raise OutputError(message) from error
        if found != (dataset if form in _DATASET else union):
            message = f"{name} says something else when another engine reads it back; nothing was replaced"
            raise OutputError(message)


Row = tuple[str, ...]


def _text(triple: ox.Triple) -> Row:
    value = triple.object
    if isinstance(value, ox.Literal):
        kind = value.language or (value.datatype.value if value.datatype.value != _STRING else "")
        return str(triple.subject.value), triple.predicate.value, "literal", value.value, kind
    return str(triple.subject.value), triple.predicate.value, "iri", str(value.value), ""


def _by_rdflib(path: Path, form: str) -> Iterator[Row]:
    """Yield the triples, or quads, that rdflib reads in a file, with every literal as it is typed."""
    import rdflib  # noqa: PLC0415  (slow to import)

    parser = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "nq": "nquads", "trig": "trig"}[form]
    normalize = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        graph = rdflib.Dataset() if form in _DATASET else rdflib.Graph()
        graph.parse(data=path.read_bytes(), format=parser)
        for row in graph:
            yield (*_rdflib_text(row[:3]), *(str(g) for g in row[3:]))
    finally:
        rdflib.NORMALIZE_LITERALS = normalize


def _rdflib_text(triple: Any) -> Row:
    import rdflib  # noqa: PLC0415  (slow to import)

    subject, predicate, value = triple
    if isinstance(value, rdflib.Literal):
        kind = value.language or (str(value.datatype) if value.datatype and str(value.datatype) != _STRING else "")
        return str(subject), str(predicate), "literal", str(value), kind
    return str(subject), str(predicate), "iri", str(value), ""
