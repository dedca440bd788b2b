"""Contents: a release as it is loaded, read from the folder of its exports and held against its manifest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import export, reading, runs
from ivig_kg.errors import FactsError
from ivig_kg.resources import GRAPHS
from ivig_kg.stores import values

DATASET = f"{export.NAME}.nq"
NAMES = ("concepts", "derived", "facts", "ontology", "sources")
MOST = 3_000_000  # triples of a graph: an answer that is read has no room for more of ours
VERSION_TEXT = "[0-9A-Za-z][0-9A-Za-z.+~-]*"


@dataclasses.dataclass(frozen=True, slots=True)
class Graph:
    """One named graph of a release: its local name, and what it says as N-Triples."""

    name: str
    data: bytes
    keys: frozenset[str]

    @property
    def digest(self) -> str:
        """SHA-256 of the graph by value; see `values.digest`."""
        return values.digest(self.keys)


@dataclasses.dataclass(frozen=True, slots=True)
class Release:
    """A release: its version, the SHA-256 of the canonical form (RDFC-1.0) of its dataset, its graphs."""

    version: str
    checksum: str
    graphs: tuple[Graph, ...]

    @property
    def triples(self) -> int:
        """The number of triples, counted in each graph."""
        return sum(len(graph.keys) for graph in self.graphs)


def read(folder: Path) -> Release:
    """Return the release in a folder of exports.

    Raises:
        FactsError: There is none, or its files are not what its manifest says.
    """
    manifest = _manifest(folder / export.MANIFEST)
    path = folder / DATASET
    try:
        data = reading.content(path)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}; `ivig-kg build` writes it"
        raise FactsError(message) from error
    described = manifest["files"].get(DATASET)
    if not isinstance(described, Mapping) or described.get("sha256") != hashlib.sha256(data).hexdigest():
        message = f"{path}: it is not the file that {export.MANIFEST} describes; `ivig-kg build` writes both"
        raise FactsError(message)
    release = _release(path, data, str(manifest["version"]))
    if release.checksum != manifest["rdfc10"].get("dataset"):
        message = f"{path}: its checksum is not the one that {export.MANIFEST} has; `ivig-kg build` writes both"
        raise FactsError(message)
    return release


def names(folder: Path) -> set[str]:
    """Return the names of the files of a release in a folder; see `read`."""
    return {export.MANIFEST, *_manifest(folder / export.MANIFEST)["files"]}


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(reading.content(path, most=reading.TEXT).decode("utf-8"))
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}; `ivig-kg build` writes a release"
        raise FactsError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{path}: it is no manifest of a release: {error}"
        raise FactsError(message) from error
    shapes = {"files": dict, "rdfc10": dict, "version": str}
    if not isinstance(manifest, dict) or not all(isinstance(manifest.get(k), v) for k, v in shapes.items()):
        message = f"{path}: it is no manifest of a release, or the release has no version (facts/VERSION)"
        raise FactsError(message)
    if not re.fullmatch(VERSION_TEXT, manifest["version"]):
        message = f"{path}: {manifest['version']!r} cannot stand in the name of a graph as a version"
        raise FactsError(message)
    return manifest


def _release(path: Path, data: bytes, version: str) -> Release:
    """Return what a dataset holds, by graph."""
    found: dict[str, list[ox.Quad]] = {}
    try:
        for quad in ox.parse(data, format=ox.RdfFormat.N_QUADS):
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
                message = f"{path}: it has a blank node or a triple in a triple, and nothing of a release is one"
                raise FactsError(message)
            found.setdefault(getattr(quad.graph_name, "value", ""), []).append(quad)
    except (SyntaxError, ValueError) as error:
        message = f"{path}: it is no N-Quads: {error}"
        raise FactsError(message) from error
    if strange := sorted(found.keys() - {GRAPHS + name for name in NAMES}):
        where = f"the graph <{strange[0]}>" if strange[0] else "the graph without a name"
        message = f"{path}: {where} is none of ours"
        raise FactsError(message)
    if not found:
        message = f"{path}: it is empty, and would take the place of what is live"
        raise FactsError(message)
    if large := sorted(name for name, quads in found.items() if len(quads) > MOST):
        message = (
            f"{path}: the graph <{large[0]}> has more than {MOST:,} triples, which no store could give back to be "
            "compared; its bulk loader takes them"
        )
        raise FactsError(message)
    checksum = export.fingerprints(runs.of_quads(quad for quads in found.values() for quad in quads))["dataset"]
    return Release(version, checksum, tuple(_graph(name, quads) for name, quads in sorted(found.items())))


def _graph(name: str, quads: list[ox.Quad]) -> Graph:
    triples = [quad.triple for quad in quads]
    return Graph(name.removeprefix(GRAPHS), serialized(triples), values.keys(triples))


def serialized(triples: list[ox.Triple]) -> bytes:
    """Return triples as N-Triples."""
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
