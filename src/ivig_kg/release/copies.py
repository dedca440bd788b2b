"""Copies: the graph as one file of a release has it, in any format, compressed or not."""

from __future__ import annotations

import dataclasses
import functools
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import pyoxigraph as ox

from ivig_kg import readback, reading, syntax
from ivig_kg.findings import Finding, Position
from ivig_kg.resources import GRAPHS

FORMATS = readback.FORMATS | {"jsonld": ox.RdfFormat.JSON_LD}
LARGEST = reading.LARGEST  # bytes of a file that is unpacked
UNREADABLE = "release-unreadable"
NAMES = frozenset({"concepts", "derived", "facts", "ontology", "sources"})  # of graphs


class UnreadableError(Exception):
    """A file cannot be read as what its name says; `finding` says where and why."""

    def __init__(self, path: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.finding = Finding(UNREADABLE, message, Position(path, line, column))


@dataclasses.dataclass(frozen=True)
class Copy:
    """One file, or several parts of one, and what it says.

    Attributes:
        path: Its name.
        data: Its bytes, unpacked.
        quads: What it says; in no named graph where the format has none.
    """

    path: str
    data: bytes
    quads: tuple[Any, ...]

    @property
    def is_dataset(self) -> bool:
        """Whether it keeps named graphs."""
        return form(self.path) in readback.DATASET

    @functools.cached_property
    def lines(self) -> frozenset[bytes]:
        """What it says as lines of N-Quads: those of the dataset, or of the union."""
        return lines(self.quads)

    @functools.cached_property
    def union(self) -> frozenset[bytes]:
        """What it says without its graphs."""
        return lines(quad.triple for quad in self.quads) if self.is_dataset else self.lines

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its canonical form, which is its lines sorted: it has no blank node."""
        return fingerprint(self.lines)

    def place(self, subject: str) -> Position:
        """Return the line of a node where the format has one a triple, else the beginning."""
        return Position(self.path, self._places.get(f"<{subject}>".encode(), 1), 1)

    @functools.cached_property
    def _places(self) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        if form(self.path) in {"nq", "nt"}:
            for number, line in enumerate(self.data.split(b"\n"), 1):
                found.setdefault(line.partition(b" ")[0], number)
        return found


def form(path: str) -> str | None:
    """Return the format of a file by its name, or None where it is none of RDF.

    >>> form("exports/ivig-kg.nq.gz"), form("tables/index.csv")
    ('nq', None)
    """
    suffix = PurePosixPath(path.removesuffix(".gz")).suffix.removeprefix(".")
    return suffix if suffix in FORMATS else None


def lines(statements: Iterable[Any]) -> frozenset[bytes]:
    """Return quads or triples as lines of N-Quads."""
    data = ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b""
    return frozenset(data.splitlines(keepends=True))


def fingerprint(found: Iterable[bytes]) -> str:
    """Return SHA-256 of the canonical form (RDFC-1.0) of lines without blank nodes."""
    return hashlib.sha256(b"".join(sorted(found))).hexdigest()


def unpacked(path: str, data: bytes, *, most: int = LARGEST) -> bytes:
    """Return the bytes of a file, unpacked where its name says that it is compressed.

    Args:
        path: Its name.
        data: Its bytes.
        most: How many bytes it may have when it is unpacked.

    Raises:
        UnreadableError: It is not gzip, or too large.
    """
    if not path.endswith(".gz"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            found = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = f"it is not gzip, or not all of it: {error}"
        raise UnreadableError(path, message) from error
    if len(found) > most:
        message = f"it has more than {most} bytes when it is unpacked"
        raise UnreadableError(path, message)
    return found


def read(path: str, data: bytes) -> Copy:
    """Return what a file says.

    Args:
        path: Its name, which says the format.
        data: Its bytes.

    Raises:
        UnreadableError: It cannot be read, or has a blank node, which nothing of ours has.
    """
    text = unpacked(path, data)
    try:
        quads = tuple(syntax.parse(text, FORMATS[form(path) or "nq"]))
    except SyntaxError as error:
        where = (error.lineno or 1, error.offset or 1)
        raise UnreadableError(path, f"it cannot be read: {error.msg}", *where) from error
    except (ValueError, RuntimeError) as error:
        message = f"it cannot be read: {error}"
        raise UnreadableError(path, message) from error
    is_dataset = form(path) in readback.DATASET
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
            message = (
                f"it has a blank node or a triple in a triple, and nothing of a release is one: {shown(quad.triple)}"
            )
            raise UnreadableError(path, message)
        name = getattr(quad.graph_name, "value", "")
        if is_dataset and name.removeprefix(GRAPHS) not in NAMES:
            message = f"the graph {quad.graph_name} is none of ours"
            raise UnreadableError(path, message)
    return Copy(path, text, quads)


def shown(triple: Any) -> str:
    """Return a triple as a person finds it in a file: as N-Triples."""
    return (ox.serialize([triple], format=ox.RdfFormat.N_TRIPLES) or b"").decode().rstrip(" .\n")


def joined(parts: Iterable[Copy]) -> Copy:
    """Return the parts of a dataset as one, under the name of the first."""
    held = list(parts)
    return Copy(held[0].path, b"".join(p.data for p in held), tuple(q for p in held for q in p.quads))


def manifest(path: str, data: bytes) -> Mapping[str, Any]:
    """Return a manifest of exports.

    Raises:
        UnreadableError: It is none.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        message = f"it is no manifest: {error}"
        raise UnreadableError(path, message) from error
    wanted = {"files": dict, "rdfc10": dict, "triples": dict}
    if not isinstance(found, dict) or not all(isinstance(found.get(key), kind) for key, kind in wanted.items()):
        message = "it is no manifest of exports: files, rdfc10 and triples have to be there"
        raise UnreadableError(path, message)
    texts = dict(found["rdfc10"])
    if found.get("version") is not None:  # a project may have none
        texts["version"] = found["version"]
    if odd := next((key for key, value in texts.items() if not isinstance(value, str)), None):
        message = f"it is no manifest of exports: {odd} has to be text"
        raise UnreadableError(path, message)
    return found
