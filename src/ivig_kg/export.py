"""Exports: the same bytes on every machine, written together or not at all.

Everything is sorted, and nothing passes through rdflib or a store on its way out: both rewrite literals.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import jsonld
from ivig_kg.errors import OutputError
from ivig_kg.schema import RDF, XSD, Schema

NAME = "ivig-kg"
MANIFEST = "manifest.json"
FORMATS = ("ttl", "jsonld", "nt", "nq", "trig")

_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}
_READ = {**_FORMATS, "jsonld": ox.RdfFormat.JSON_LD}
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
    dataset, union = _arranged(quads)
    return written(dataset if form in _DATASET else union, form, schema=schema, prefixes=prefixes)


def _arranged(quads: Iterable[ox.Quad]) -> tuple[list[Any], list[Any]]:
    """Return the quads of a dataset by graph, and the triples of its union, in the order in which they are written."""
    by_subject = sorted(set(quads), key=_key)
    return sorted(by_subject, key=lambda q: str(q.graph_name)), list(dict.fromkeys(q.triple for q in by_subject))


def written(triples: list[Any], form: str, *, schema: Schema, prefixes: Mapping[str, str]) -> bytes:
    """Return triples or quads in one format, in the order that they have; see `serialize`."""
    if form == "jsonld":
        return jsonld.serialize(triples, schema=schema)
    depth = {"ttl": 0, "trig": 1}.get(form)
    if depth is None:
        return ox.serialize(triples, format=_FORMATS[form]) or b""
    data: bytes = ox.serialize(triples, format=_FORMATS[form], prefixes=_used(triples, prefixes)) or b""
    return _readable(data.decode("utf-8"), depth=depth).encode("utf-8")


def _readable(text: str, *, depth: int) -> str:
    """Return Turtle or TriG with its prefixes sorted and a blank line before each subject.

    A literal never holds a line break there, so every line is a prefix, a graph, a subject or a value;
    subjects stand at `depth` tabs.
    """
    lines = text.removesuffix("\n").split("\n")
    prefixes = sorted((line for line in lines if line.startswith("@prefix ")), key=str.casefold)
    body = []
    for line in lines[len(prefixes) :]:
        indent = len(line) - len(line.lstrip("\t"))
        body += ["", line] if indent <= depth and line != "}" else [line]
    return "\n".join(prefixes + body) + "\n"


def _key(triple: Any) -> tuple[str, bool, str, str]:
    """Sort by subject; in a subject its types come first."""
    return str(triple.subject), triple.predicate.value != RDF + "type", triple.predicate.value, str(triple.object)


def _used(triples: Iterable[Any], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that are the longest fit of some IRI of the triples."""
    iris = {term.value for t in triples for term in t if isinstance(term, ox.NamedNode)}
    iris |= {t.object.datatype.value for t in triples if isinstance(t.object, ox.Literal)} - {
        _STRING,
        RDF + "langString",
    }
    longest = {
        max(fits, key=lambda p: len(p[1]))
        for iri in iris
        if (fits := [p for p in prefixes.items() if iri.startswith(p[1])])
    }
    return dict(sorted(longest))


def fingerprints(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return SHA-256 of the RDFC-1.0 N-Quads of a dataset and of its union.

    Source: https://www.w3.org/TR/rdf-canon/
    """
    quads = tuple(quads)
    return {"dataset": _digest(quads), "union": _digest(q.triple for q in quads)}


def _digest(quads: Iterable[Any]) -> str:
    """Return SHA-256 of canonical N-Quads: without blank nodes, which nothing here has, these are the lines sorted."""
    data: bytes = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return hashlib.sha256(b"".join(sorted(set(data.splitlines(keepends=True))))).hexdigest()


def files(
    quads: Iterable[ox.Quad],
    *,
    schema: Schema,
    prefixes: Mapping[str, str],
    version: str | None,
    beside: Mapping[str, bytes],
    only: str | None = None,
) -> dict[str, bytes]:
    """Return every export by its file name, the manifest last; it says where facts of one status alone are in it.

    Args:
        quads: The dataset, in any order.
        schema: Its context is the one of the JSON-LD.
        prefixes: The prefixes of Turtle and TriG.
        version: The version of the facts, or None where none is said.
        beside: Files that belong to the exports and are not the graph.
        only: The status of the facts that are in the graph; all where there is none.
    """
    dataset, union = _arranged(quads)
    made = {
        f"{NAME}.{form}": written(dataset if form in _DATASET else union, form, schema=schema, prefixes=prefixes)
        for form in FORMATS
    }
    made |= beside
    manifest = {
        "version": version,
        **({"only": only} if only else {}),
        "triples": {"dataset": len(dataset), "union": len(union), "graphs": _sizes(dataset)},
        "rdfc10": fingerprints(dataset),
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(made.items())
        },
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
    """Return the names of the exports in a folder that are missing or differ from what was made.

    Raises:
        OutputError: One of them cannot be read.
    """
    try:
        return [n for n, data in made.items() if not (folder / n).is_file() or (folder / n).read_bytes() != data]
    except OSError as error:
        message = f"{error.filename}: cannot be read: {error.strerror}"
        raise OutputError(message) from error


def read_back(folder: Path, quads: Iterable[ox.Quad]) -> None:
    """Read the exports of a folder anew and hold them against what was to be written.

    Raises:
        OutputError: A file says something else.
    """
    wanted = fingerprints(quads)
    for form in FORMATS:
        name = f"{NAME}.{form}"
        try:
            found = _digest(ox.parse((folder / name).read_bytes(), _READ[form]))
        except (SyntaxError, ValueError) as error:
            message = f"{name} cannot be read back; nothing was replaced: {error}"
            raise OutputError(message) from error
        if found != wanted["dataset" if form in _DATASET else "union"]:
            message = f"{name} says something else when it is read back; nothing was replaced"
            raise OutputError(message)
