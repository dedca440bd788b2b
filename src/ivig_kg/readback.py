"""Reading back: do files say what was to be written?"""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from ivig_kg import jsonld, runs
from ivig_kg.errors import OutputError

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}
DATASET = frozenset({"nq", "trig"})
_CHUNK = 5000


def check(files: Sequence[Path], run: Iterable[bytes], form: str) -> None:
    """Read files that together are the exports in one format anew, and hold them against what was to be written.

    Compared is how many lines there are and the sum of their hashes, which no order changes.

    Args:
        files: The files.
        run: The dataset.
        form: One of `FORMATS`.

    Raises:
        OutputError: They say something else.
    """
    found = [_read(path, form) for path in files]
    total = sum(count for count, _ in found), sum(hashes for _, hashes in found)
    if total != _sum(map(runs.plain, run if form in DATASET else runs.union(run))):
        message = f"{files[0].name} says something else when it is read back; nothing was replaced"
        raise OutputError(message)


def _read(path: Path, form: str) -> tuple[int, int]:
    """Return the sum of a file."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            binary = cast("BinaryIO", file)
            return _sum(_lines(jsonld.parsed(binary) if form == "jsonld" else ox.parse(binary, format=FORMATS[form])))
    except (SyntaxError, ValueError, EOFError) as error:
        message = f"{path.name} cannot be read back; nothing was replaced: {error}"
        raise OutputError(message) from error


def _sum(lines: Iterable[bytes]) -> tuple[int, int]:
    count = total = 0
    for line in lines:
        count += 1
        total += hash(line)
    return count, total


def _lines(quads: Iterable[Any]) -> Iterator[bytes]:
    """Yield quads as lines of N-Quads."""
    quads = iter(quads)
    while chunk := list(itertools.islice(quads, _CHUNK)):
        yield from (ox.serialize(chunk, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
