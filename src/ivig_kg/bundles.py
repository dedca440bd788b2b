"""Bundles: files that hold many documents, each a line of JSON with the nodes of a facts file in a list."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from ivig_kg.errors import FactsError, UsageError

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst")


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
    """Yield the lines of a bundle that are not empty, each with its number from 1 and without its end.

    Args:
        path: The file.
        shown: Its name in messages.

    Raises:
        FactsError: It cannot be read to its end, so documents would be left out.
        UsageError: What unpacks it is not installed.
    """
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, 1):
                if bare := line.rstrip(b"\r\n"):
                    yield number, bare
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{shown}: the file cannot be read after line {number}: {reason}"
        raise FactsError(message) from error


def _opened(path: Path) -> BinaryIO:
    name = path.name.lower()
    if name.endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return cast("BinaryIO", _zstd().open(path, "rb")) if name.endswith(".zst") else path.open("rb")


def _zstd() -> Any:
    """Return what unpacks Zstandard: Python's own module from 3.14 on, before that the package that backports it."""
    for name in ("compression.zstd", "backports.zstd"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
    message = "a file that ends in .zst needs the extra zstd: pip install 'ivig-kg[zstd]'"
    raise UsageError(message)
