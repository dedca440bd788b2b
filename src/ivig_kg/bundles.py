"""Bundles: files that hold many documents, each a line of JSON with the nodes of a facts file in a list."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from ivig_kg import reading
from ivig_kg.errors import FactsError, LimitError, UsageError

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
RATIO = 400  # times that a bundle may become as large when it is unpacked; facts become 20 to 100 times as large
_CUT = reading.TEXT + 2  # bytes of a line that is too long, with its end
_SEVERAL = 1000  # empty lines
ANYHOW = 1 << 22  # bytes that it may have then, whatever it had before
MOST = 4  # documents of a bundle for each byte that it is read from: each has an id of its own; the barest take a byte
MOST_ANYHOW = 10_000  # documents that it may have, whatever it is read from
MOST_EMPTY = 1000  # documents of it that hold no node


def is_bundle(path: Path) -> bool:
    """Tell whether a file is a bundle, by its name.

    >>> [is_bundle(Path(name)) for name in ("labels.jsonl.gz", "labels.yaml")]
    [True, False]
    """
    return path.name.lower().endswith(SUFFIXES)


def is_packed(path: Path) -> bool:
    """Tell whether a bundle is compressed, by its name."""
    return not path.name.lower().endswith(SUFFIXES[0])


def lines(path: Path, *, shown: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a bundle that are not empty, each with its number from 1; see `places`."""
    return ((number, line) for number, line, _ in places(path, shown=shown))


def places(path: Path, *, shown: str) -> Iterator[tuple[int, bytes, int]]:
    """Yield the lines of a bundle that are not empty, without their ends, each with its number from 1 and its place.

    The place is that of its first byte, once the file is unpacked.

    A line that is longer than a facts file may be is cut behind the first byte that is too much.

    Args:
        path: The file.
        shown: Its name in messages.

    Raises:
        FactsError: It cannot be read to its end, so documents would be left out.
        LimitError: It becomes far larger when it is unpacked than facts do.
        UsageError: What unpacks it is not installed.
    """
    number = documents = empty = 0
    try:
        with reading.opened(path) as raw, _unpacked(raw, path) as file:
            start, line = 0, file.readline(_CUT)
            while line:
                number += 1
                bare = line.rstrip(b"\r\n") if line.endswith(b"\n") or len(line) < _CUT else line
                if bare:
                    documents, empty = documents + 1, empty + (b"{" not in bare)
                    _refuse_many(documents, empty, than=raw.tell(), shown=shown)
                    yield number, bare, start
                start += len(line)
                while not line.endswith(b"\n") and (line := file.readline(_CUT)):
                    start += len(line)
                    _refuse_more(start, than=raw.tell(), shown=shown)
                if bare or number % _SEVERAL == 0:
                    _refuse_more(start, than=raw.tell(), shown=shown)
                line = file.readline(_CUT)
    except _faults(path) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{shown}: the file cannot be read after line {number}: {reason}"
        raise FactsError(message) from error
    if not documents:
        message = f"{shown}: the file holds no facts"
        raise FactsError(message)


def _refuse_more(unpacked: int, *, than: int, shown: str) -> None:
    """Raise where what was unpacked so far is far more than what it was unpacked from."""
    if unpacked > max(ANYHOW, RATIO * than):
        message = (
            f"{shown}: the file becomes more than {RATIO} times as large when it is unpacked, which no facts do, so "
            "nothing was taken from it"
        )
        raise LimitError(message)


def _refuse_many(documents: int, empty: int, *, than: int, shown: str) -> None:
    """Raise where there are so many documents that they cannot all be facts: each of them costs time and memory."""
    what = ""
    if empty > MOST_EMPTY:
        what = f"more than {MOST_EMPTY:,} documents that hold no fact"
    elif documents > max(MOST_ANYHOW, MOST * than):
        what = f"more than {MOST} documents for each byte before it is unpacked, which no facts have"
    if what:
        message = f"{shown}: the file has {what}, so nothing was taken from it"
        raise LimitError(message)


def _unpacked(raw: BinaryIO, path: Path) -> BinaryIO:
    name = path.name.lower()
    if name.endswith(".gz"):
        return cast("BinaryIO", gzip.open(raw, "rb"))
    return cast("BinaryIO", _zstd().open(raw, "rb")) if name.endswith(".zst") else raw


def _faults(path: Path) -> tuple[type[Exception], ...]:
    """Return what is raised where a file cannot be read, or is not what its name says."""
    found = (OSError, EOFError, zlib.error)
    return (*found, _zstd().ZstdError) if path.name.lower().endswith(".zst") else found


def _zstd() -> Any:
    """Return what unpacks Zstandard: Python's own module from 3.14 on, before that the package that backports it."""
    for name in ("compression.zstd", "backports.zstd"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
    message = "a file that ends in .zst needs the extra zstd: pip install 'ivig-kg[zstd]'"
    raise UsageError(message)
