"""Exports: the same bytes on every machine, written together or not at all.

Everything is sorted, nothing passes through rdflib or a store on its way out (both rewrite literals), and nothing
is held in memory whole: a dataset is a run (see `runs`), and each format is written while it is gone through.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox

from ivig_kg import jsonld, processes, readback, runs, turtle, workplaces
from ivig_kg.errors import OutputError
from ivig_kg.schema import Schema

NAME = "ivig-kg"
MANIFEST = "manifest.json"
FORMATS = ("ttl", "jsonld", "nt", "nq", "trig")
NAMES = tuple(f"{NAME}.{form}" for form in FORMATS)
PART = 1_000_000  # quads in a part
LEVEL = 6  # of compression
_PART = re.compile(rf"{NAME}-[0-9]{{5,}}\.nq\.gz")


def serialize(quads: Iterable[ox.Quad], form: str, *, schema: Schema, prefixes: Mapping[str, str]) -> bytes:
    """Return a dataset in one format: `nq` and `trig` with its named graphs, the others their union.

    Args:
        quads: The dataset, in any order.
        form: One of `FORMATS`.
        schema: Its context is the one of the JSON-LD.
        prefixes: The prefixes of Turtle and TriG.
    """
    run, output = runs.of_quads(quads), io.BytesIO()
    write(run, form, output, schema=schema, prefixes=used(run, prefixes) if form in {"ttl", "trig"} else {})
    return output.getvalue()


def write(run: Iterable[bytes], form: str, output: BinaryIO, *, schema: Schema, prefixes: Mapping[str, str]) -> None:
    """Write a run in one format; see `serialize`.

    Args:
        run: The dataset; it is gone through once a graph.
        form: One of `FORMATS`.
        output: Where to.
        schema: Its context is the one of the JSON-LD.
        prefixes: The prefixes to declare in Turtle and TriG.
    """
    if form == "nq":
        output.writelines(map(runs.plain, _by_graph(run)))
    elif form == "nt":
        output.writelines(map(runs.plain, runs.union(run)))
    elif form == "jsonld":
        output.writelines(jsonld.pieces((q.triple for q in runs.parsed(runs.union(run))), schema=schema))
    else:
        quads = runs.parsed(_by_graph(run) if form == "trig" else runs.union(run))
        triples = quads if form == "trig" else (quad.triple for quad in quads)
        readable = turtle.Readable(output, depth=1 if form == "trig" else 0)
        ox.serialize(triples, cast("BinaryIO", readable), format=readback.FORMATS[form], prefixes=dict(prefixes))
        readable.end()


def _by_graph(run: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of each named graph after those of the one before it."""
    for name in sorted({runs.graph_of(line) for line in run}):
        end = b" " + name + b" .\n"
        yield from (line for line in run if line.endswith(end))


def used(run: Iterable[bytes], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that are the longest fit of some IRI of a run, sorted."""
    known = list(prefixes.items())

    @functools.lru_cache(maxsize=65536)
    def longest(iri: str) -> tuple[str, str] | None:
        """Return the prefix that fits an IRI best."""
        return max((p for p in known if iri.startswith(p[1])), key=lambda p: len(p[1]), default=None)

    found = {longest(iri) for several in runs.iris(run) for iri in several}
    return dict(sorted(p for p in found if p is not None))


def fingerprints(run: Iterable[bytes]) -> dict[str, str]:
    """Return SHA-256 of the RDFC-1.0 N-Quads of a dataset and of its union.

    Without blank nodes, which nothing here has, these are the lines sorted.
    Source: https://www.w3.org/TR/rdf-canon/
    """
    return {"dataset": _digest(run), "union": _digest(runs.union(run))}


def _digest(run: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for found in runs.by_subject(run):
        digest.update(b"".join(sorted(map(runs.plain, found))))
    return digest.hexdigest()


def files(
    folder: Path,
    run: Iterable[bytes],
    *,
    schema: Schema,
    prefixes: Mapping[str, str],
    version: str | None,
    beside: Mapping[str, bytes],
    only: str | None = None,
    check: bool = False,
    jobs: int = 1,
) -> None:
    """Write the graph in every format into a folder, with a manifest.

    Args:
        folder: Where to.
        run: The dataset.
        schema: Its context is the one of the JSON-LD.
        prefixes: The prefixes of Turtle and TriG.
        version: The version of the facts, or None where none is said.
        beside: Files that belong to the exports and are not the graph.
        only: The status of the facts that are in the graph, which the manifest says; all where there is none.
        check: Whether the files are read back.
        jobs: How many processes to work in.

    Raises:
        OutputError: A file says something else when it is read back.
    """
    make = functools.partial(_make, folder=folder, run=run, schema=schema, prefixes=prefixes, check=check)
    for _ in processes.each(make, FORMATS, jobs=jobs):
        pass
    _finish(folder, run, NAMES, version, beside, only)


def _make(
    form: str, *, folder: Path, run: Iterable[bytes], schema: Schema, prefixes: Mapping[str, str], check: bool
) -> None:
    """Write one format, and read it back where that is asked for."""
    fitting = {"ttl": runs.union(run), "trig": run}.get(form)
    with (folder / f"{NAME}.{form}").open("wb") as file:
        write(run, form, file, schema=schema, prefixes=used(fitting, prefixes) if fitting else {})
    if check:
        readback.check([folder / f"{NAME}.{form}"], run, form)


def parts(
    folder: Path,
    run: Iterable[bytes],
    *,
    version: str | None,
    beside: Mapping[str, bytes],
    only: str | None = None,
    check: bool = False,
    jobs: int = 1,
) -> None:
    """Write the dataset into a folder as sorted N-Quads, compressed, in parts for bulk loaders, with a manifest.

    Args:
        folder: Where to.
        run: The dataset.
        version: The version of the facts, or None where none is said.
        beside: Files that belong to the exports and are not the graph.
        only: The status of the facts that are in the graph, which the manifest says; all where there is none.
        check: Whether the files are read back.
        jobs: How many processes to work in.

    Raises:
        OutputError: The files say something else when they are read back.
    """
    names = part_names(run)
    make = functools.partial(_part, folder=folder, run=run)
    for _ in processes.each(make, names, jobs=jobs):
        pass
    if check:
        readback.check([folder / name for name in names], run, "nq")
    _finish(folder, run, names, version, beside, only)


def _part(name: str, *, folder: Path, run: Iterable[bytes]) -> None:
    """Write one part."""
    first = (int(name.removesuffix(".nq.gz").rpartition("-")[2]) - 1) * PART
    with (folder / name).open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as file:
        file.writelines(map(runs.plain, itertools.islice(run, first, first + PART)))


def is_export(name: str) -> bool:
    """Tell whether a file of this name is one of the exports, of any kind and number."""
    return name in {*NAMES, MANIFEST} or is_part(name)


def is_part(name: str) -> bool:
    """Tell whether a file of this name is a part of a dataset."""
    return _PART.fullmatch(name) is not None


def part_names(run: Iterable[bytes]) -> list[str]:
    """Return the names of the parts of a dataset."""
    count = -(-sum(1 for _ in run) // PART)
    return [f"{NAME}-{number:05}.nq.gz" for number in range(1, count + 1)]


def _finish(
    folder: Path,
    run: Iterable[bytes],
    names: Iterable[str],
    version: str | None,
    beside: Mapping[str, bytes],
    only: str | None,
) -> None:
    """Write what stands beside the graph, and the manifest."""
    for name, data in beside.items():
        (folder / name).write_bytes(data)
    sizes: dict[str, int] = {}
    for line in run:
        graph = runs.graph_of(line).decode()[1:-1]
        sizes[graph] = sizes.get(graph, 0) + 1
    manifest = {
        "version": version,
        **({"only": only} if only else {}),
        "triples": {
            "dataset": sum(sizes.values()),
            "union": sum(1 for _ in runs.union(run)),
            "graphs": dict(sorted(sizes.items())),
        },
        "rdfc10": fingerprints(run),
        "files": {name: _described(folder / name) for name in sorted([*names, *beside])},
    }
    (folder / MANIFEST).write_bytes((json.dumps(manifest, indent=2) + "\n").encode("utf-8"))


def _described(path: Path) -> dict[str, int | str]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def stale(folder: Path, made: Iterable[str], fill: Callable[[Path], None]) -> list[str]:
    """Return the names of the exports in a folder that are missing or differ from what is made now.

    Args:
        folder: The exports that are there.
        made: The names of all exports.
        fill: Makes them in another folder.

    Raises:
        OutputError: One of them cannot be read.
    """
    with workplaces.apart() as place:
        fill(place)
        try:
            return [n for n in made if not (folder / n).is_file() or not _same(folder / n, place / n)]
        except OSError as error:
            message = f"{error.filename}: cannot be read: {error.strerror}"
            raise OutputError(message) from error


def _same(one: Path, other: Path) -> bool:
    """Tell whether two files hold the same bytes."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        return all(a == b for a, b in zip(_blocks(left), _blocks(right), strict=True))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    return iter(functools.partial(file.read, 1 << 16), b"")
