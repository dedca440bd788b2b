"""Exports: the files that are tried, and whether what a reader found in one is what was exported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
from checks import BESIDE, READ

from ivig_kg.stores import values

FORMS = ("ttl", "jsonld", "nt", "nq", "trig")
WITH_GRAPHS = frozenset({"nq", "trig"})
OTHERS = ("description.ttl", "ontology/ivig.ttl", "exports/queries.ttl", "schema.org/ivig-kg.jsonld")
KINDS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}


class Exports:
    """The exports in a folder, and what their manifest says of them."""

    forms = FORMS
    kind = READ

    def __init__(self, folder: Path) -> None:
        """Read the manifest."""
        self.folder = folder
        self._manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def label(self, form: str) -> str:
        """Return what a format is called in what came of it."""
        return form

    @property
    def triples(self) -> int:
        """The number of triples in the dataset."""
        return int(self._manifest["triples"]["dataset"])

    def path(self, form: str) -> Path:
        """Return the file of a format."""
        return self.folder / f"ivig-kg.{form}"

    def difference(self, form: str, quads: Iterable[ox.Quad], *, by_value: bool) -> str | None:
        """Say in what triples differ from those that were exported: in number, else in fingerprint.

        Args:
            form: The format they were read in.
            quads: What was found.
            by_value: Whether the reader writes values in a way of its own, so that these are compared.
        """
        kind = "dataset" if form in WITH_GRAPHS else "union"
        found = ox.Dataset(quads if kind == "dataset" else (ox.Quad(*quad.triple) for quad in quads))
        wanted = self._manifest["triples"][kind]
        if len(found) != wanted:
            return f"{len(found):,} triples instead of {wanted:,}"
        if by_value:
            sent = ox.parse(path=str(self.path(form)), format=KINDS[form])
            return None if _values(found) == _values(sent) else "other values"
        return None if fingerprint(found) == self._manifest["rdfc10"][kind] else "another RDFC-1.0 fingerprint"


class Document:
    """Another file of a release, in one format."""

    kind = BESIDE

    def __init__(self, folder: Path, name: str) -> None:
        """Take the folder of the release, and the path of the file in it."""
        self._path, self._name = folder / name, name
        self.forms = (name.rpartition(".")[2],)

    def label(self, form: str) -> str:  # noqa: ARG002  (it has one)
        """Return the path of the file in the release."""
        return self._name

    def path(self, form: str) -> Path:  # noqa: ARG002  (it has one)
        """Return the file."""
        return self._path

    def difference(self, form: str, quads: Iterable[ox.Quad], *, by_value: bool) -> str | None:
        """Say in what triples differ from those of the file; see `Exports.difference`."""
        sent = ox.Dataset(ox.Quad(*q.triple) for q in ox.parse(path=str(self._path), format=KINDS[form]))
        found = ox.Dataset(ox.Quad(*q.triple) for q in quads)
        if len(found) != len(sent):
            return f"{len(found):,} triples instead of {len(sent):,}"
        if by_value:
            return None if _values(found) == _values(sent) else "other values"
        return None if fingerprint(found) == fingerprint(sent) else "another RDFC-1.0 fingerprint"


def _values(quads: Iterable[ox.Quad]) -> frozenset[str]:
    return frozenset(f"{q.subject} {q.predicate} {values.key(q.object)} {q.graph_name}" for q in quads)


def fingerprint(dataset: ox.Dataset) -> str:
    """Return SHA-256 of the canonical N-Quads of a dataset, which it is turned into.

    Source: https://www.w3.org/TR/rdf-canon/
    """
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"" for quad in dataset)
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()
