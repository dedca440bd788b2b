"""Runs: a dataset as sorted lines of N-Quads, in memory or on the disk, whatever its size.

A line is N-Quads with one thing more: before rdf:type stands a tab instead of a blank, so that lines sorted as
bytes come by subject, in a subject its types first, then by predicate, object and graph.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg.schema import RDF, Triple

MAX_OPEN = 200  # files that are merged at once
_CHUNK = 5000
_TYPED = re.compile(rb"^(<[^>]*>) (?=<%s> )" % re.escape(f"{RDF}type".encode()), re.MULTILINE)

_TEXT = re.compile(rb'"(?:[^"\\\n]|\\.)*"')
_IRI = re.compile(rb"<([^<>]*)>")


def lines(triples: Iterable[Triple], graph: str) -> list[bytes]:
    """Return triples as the lines of a run, in no order.

    Args:
        triples: The triples.
        graph: The IRI of their named graph.
    """
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    # no literal holds a line break there
    whole = data.replace(b" .\n", b" <%s> .\n" % graph.encode())
    return _TYPED.sub(rb"\1\t", whole).splitlines(keepends=True)


def of_quads(quads: Iterable[Any]) -> list[bytes]:
    """Return quads, each in a named graph, as a run."""
    data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return sorted(set(_TYPED.sub(rb"\1\t", data).splitlines(keepends=True)))


class Stored:
    """A run in a file; it can be gone through again and again."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            yield from file


def merge(runs: Sequence[Path], to: Path) -> Stored:
    """Merge sorted files to one, each line once; the files are deleted.

    Args:
        runs: The files.
        to: The new file; names beside it are used on the way.
    """
    step = itertools.count()
    left = list(runs)
    while len(left) > MAX_OPEN:
        part = to.with_name(f"{to.name}-{next(step)}")
        _merge(left[:MAX_OPEN], part)
        left = [*left[MAX_OPEN:], part]
    _merge(left, to)
    return Stored(to)


def _merge(runs: Sequence[Path], to: Path) -> None:
    with contextlib.ExitStack() as stack, to.open("wb") as out:
        files = [stack.enter_context(path.open("rb")) for path in runs]
        out.writelines(line for line, _ in itertools.groupby(heapq.merge(*files)))
    for path in runs:
        path.unlink()


def graph_of(line: bytes) -> bytes:
    """Return the named graph of a line, as it stands there."""
    return line[line.rindex(b" ", 0, -3) + 1 : -3]


def plain(line: bytes) -> bytes:
    """Return a line as N-Quads are written."""
    return line.replace(b"\t", b" ")


def union(run: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the triples of a run, each once: lines without their graph."""
    for line, _ in itertools.groupby(line[: line.rindex(b" ", 0, -3)] + b" .\n" for line in run):
        yield line


def by_subject(run: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines of each subject."""
    for _, found in itertools.groupby(run, key=lambda line: line.split(None, 1)[0]):
        yield list(found)


def iris(run: Iterable[bytes]) -> Iterator[set[str]]:
    """Yield the IRIs of some lines after the other, those of datatypes too."""
    for chunk in _chunks(run):
        yield {iri.decode() for iri in set(_IRI.findall(_TEXT.sub(b"", chunk)))}


def _chunks(run: Iterable[bytes]) -> Iterator[bytes]:
    run = iter(run)
    while chunk := b"".join(itertools.islice(run, _CHUNK)):
        yield chunk


def parsed(run: Iterable[bytes]) -> Iterator[Any]:
    """Yield the quads of lines, with or without a graph."""
    for chunk in _chunks(run):
        yield from ox.parse(chunk, ox.RdfFormat.N_QUADS)
