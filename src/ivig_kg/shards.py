"""Shards: a project worked on in parts, each on any machine that sees the same files, and merged afterwards.

A shard is two files: its triples as a sorted run, compressed, which any store reads as N-Quads, and the outcomes of
its documents, a line of JSON each. Both are moved into place whole, so a shard is there or not.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from ivig_kg import outcome, reading, runs, workplaces, writing
from ivig_kg.cache import Cache
from ivig_kg.errors import FactsError, OutputError
from ivig_kg.outcome import Outcome
from ivig_kg.pipeline import Pipeline, Progress
from ivig_kg.reporting import Report
from ivig_kg.resources import Project

LEVEL = 6
MOST = 100_000  # shards of one project
_LONGEST = 4096  # bytes of the first line of a shard
_NAME = re.compile(r"shard-([0-9]+)-of-([0-9]+)\.json")


def write(
    project: Project,
    number: int,
    of: int,
    folder: Path,
    *,
    engine: str,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> int:
    """Work on one shard of a project and write it into a folder; return how many findings it has.

    Args:
        project: Where the files are.
        number: Which shard, from 1.
        of: How many there are.
        folder: Where to; the other shards go there too.
        engine: One of `validation.ENGINES`.
        cache: Where outcomes are kept; None where they are not.
        progress: Is told how far it is.

    Raises:
        FactsError: There is no facts file, or one changed meanwhile.
        ShapesError: Ontology, context, shapes or a rule cannot be used.
        OutputError: The shard cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    with workplaces.apart() as place, _told(folder):
        pipe = Pipeline(project, place, engine=engine, cache=cache)
        folder.mkdir(parents=True, exist_ok=True)
        body, made, findings, files = place / "outcomes", place / "shard.json", 0, []
        with body.open("w", encoding="utf-8") as file:
            for outcomes, run in pipe.shard(number, of, progress=progress):
                file.writelines(json.dumps(outcome.to_json(one)) + "\n" for one in outcomes)
                findings += sum(len(one.findings) for one in outcomes)
                files += [run] if run else []
        name = f"shard-{number}-of-{of}"
        packed, run = place / "shard.nq.gz", runs.merge(files, place / "merged").path
        pack(run, packed)
        head = {"shard": number, "of": of, "facts": pipe.state, "bytes": run.stat().st_size, **_digests(packed, body)}
        with made.open("wb") as target, body.open("rb") as source:
            target.write(json.dumps(head).encode() + b"\n")
            shutil.copyfileobj(source, target, 1 << 20)
        writing.move(packed, folder / f"{name}.nq.gz")
        writing.move(made, folder / f"{name}.json")
    return findings


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        message = f"{folder}: the shard cannot be written: {getattr(error, 'strerror', None) or error}"
        raise OutputError(message) from error


def _digests(packed: Path, body: Path, *, skip: int = 0) -> dict[str, str]:
    """Return the digests of the two parts of a shard: of its triples, and of its outcomes behind some bytes."""
    with reading.opened(packed) as triples, reading.opened(body) as outcomes:
        outcomes.seek(skip)
        digests = {"triples": hashlib.file_digest(triples, "sha256")}
        digests["outcomes"] = hashlib.sha256()
        while block := outcomes.read(1 << 20):
            digests["outcomes"].update(block)
    return {name: digest.hexdigest() for name, digest in digests.items()}


def _found(path: Path, skip: int) -> dict[str, str]:
    """Return the digests of a shard that is there; none where it cannot be read."""
    try:
        return _digests(path.with_suffix(".nq.gz"), path, skip=skip)
    except OSError:
        return {}


def pack(path: Path, to: Path) -> None:
    """Compress a file to the same bytes on every machine: no time and no name in it."""
    with path.open("rb") as file, to.open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as out:
        shutil.copyfileobj(file, out, 1 << 20)


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    """Copy what is unpacked, as long as it is not more than it should be."""
    left = size
    while block := source.read(min(1 << 20, left + 1)):
        left -= len(block)
        if left < 0:
            raise OSError(errno.EFBIG, "it is larger than it should be")
        target.write(block)


class Shards:
    """The shards of a folder, all of one project as it is now."""

    def __init__(self, folder: Path, pipe: Pipeline) -> None:
        """See that every shard is there, and that each was made from the facts as they are.

        Raises:
            FactsError: One is missing, or was made from other facts.
        """
        self._files: list[Path] = []
        self._heads = heads = {
            path: _head(path) for path in sorted(folder.glob("shard-*-of-*.json")) if _NAME.fullmatch(path.name)
        }
        counts = {head["of"] for head in heads.values()}
        if len(counts) != 1:
            what = "there are no shards here" if not counts else "these are shards of two different divisions"
            message = f"{folder}: {what}; `ivig-kg build --shard I/N -o {folder}` makes them"
            raise FactsError(message)
        (of,) = counts
        for number in range(1, of + 1):
            path = folder / f"shard-{number}-of-{of}.json"
            if path not in heads or not path.with_suffix(".nq.gz").is_file():
                message = f"{folder}: shard {number} of {of} is missing"
                raise FactsError(message)
            if heads[path]["facts"] != pipe.state:
                message = f"{path}: the facts are no longer those that this shard was made from; make it anew"
                raise FactsError(message)
            if heads[path]["digests"] != _found(path, heads[path]["length"]):
                message = f"{path}: the shard was cut off or changed after it was written; make it anew"
                raise FactsError(message)
            self._files.append(path)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of every document."""
        for path in self._files:
            with path.open(encoding="utf-8") as file:
                next(file)
                try:
                    yield from (outcome.from_json(json.loads(line)) for line in file)
                except (ValueError, KeyError, TypeError, RecursionError) as error:
                    message = f"{path}: the shard cannot be read; make it anew"
                    raise FactsError(message) from error

    def unpack(self, place: Path) -> list[Path]:
        """Unpack the triples into a folder, and return the files.

        Raises:
            FactsError: One cannot be unpacked.
        """
        files = []
        for path in self._files:
            file = place / path.with_suffix(".run").name
            packed, size = path.with_suffix(".nq.gz"), self._heads[path]["bytes"]
            try:
                with reading.opened(packed) as raw, gzip.open(raw, "rb") as source, file.open("wb") as target:
                    _copy(cast("BinaryIO", source), target, size)
            except (OSError, EOFError, zlib.error) as error:
                message = f"{packed}: the shard cannot be unpacked: {error}; make it anew"
                raise FactsError(message) from error
            files.append(file)
        return files


def merge(shards: Shards, pipe: Pipeline, place: Path) -> tuple[Report, list[Path]]:
    """Return the report on a project from its shards, and the files with its triples as sorted runs.

    Args:
        shards: What was written before.
        pipe: The project.
        place: A folder for what is needed on the way.

    Raises:
        FactsError: A shard cannot be read.
    """
    gathering = pipe.gathering()
    for one in shards.outcomes():
        gathering.add(one)
    return pipe.reported(gathering), [*shards.unpack(place), pipe.own_run()]


def _head(path: Path) -> dict[str, Any]:
    """Return what the first line of a shard says, and how long it is."""
    try:
        with reading.opened(path) as file:
            line = file.readline(_LONGEST)
        head: dict[str, Any] = json.loads(line)
        digests = {name: head.get(name) for name in ("triples", "outcomes")}
        of = range(MOST + 1)[max(1, int(head["of"]))]
        told = {"of": of, "facts": str(head["facts"]), "bytes": int(head.get("bytes", 0))}
        return {**told, "digests": digests, "length": len(line)}
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
        message = f"{path}: this is no shard; make it anew"
        raise FactsError(message) from error
