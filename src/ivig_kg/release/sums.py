"""Sums: SHA256SUMS, the list of all files of a release, as `sha256sum --check` reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from ivig_kg import reading
from ivig_kg.errors import FactsError, LimitError

NAME = "SHA256SUMS"
MOST = 20_000  # files of a release
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def serialize(digests: Mapping[str, str]) -> bytes:
    """Return the list, sorted.

    Args:
        digests: SHA-256 of each file by its path in the release.
    """
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode("utf-8")


def read(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that the list of a folder names.

    Raises:
        FactsError: There is no list, or a line of it is none, or leads out of the folder.
        LimitError: It has more lines than a release has files.
    """
    path = folder / NAME
    if path.is_symlink():
        message = f"{path}: it is a link, and leads out of what was received"
        raise FactsError(message)
    try:
        lines = reading.content(path, most=reading.LARGEST).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"{path}: cannot be read: {reason}"
        raise FactsError(message) from error
    if len(lines) > MOST:
        message = f"{path}: it names more than {MOST:,} files"
        raise LimitError(message)
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None or not _is_inside(match[2]) or match[2] in found:
            message = f"{path}:{number}:1: this is not a SHA-256, two blanks and a file of the release, each once"
            raise FactsError(message)
        found[match[2]] = match[1]
    return found


def _is_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and pure.as_posix() == path and "\\" not in path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with reading.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files(folder: Path) -> Iterator[str]:
    """Yield the path of everything in a folder that is no folder: links too, none of which is followed.

    Raises:
        FactsError: A folder in it cannot be read.
    """
    try:
        yield from (path.relative_to(folder).as_posix() for path in reading.held(folder))
    except OSError as error:
        message = f"{folder}: {error.strerror}"
        raise FactsError(message) from error


def written(folder: Path, *, among: Collection[str]) -> frozenset[str]:
    """Return the files of a folder that an earlier run wrote and nobody has changed, by the list in it.

    Args:
        folder: The folder.
        among: Files that such a list names; another list is of something else.
    """
    if not (folder / NAME).is_file():
        return frozenset()
    listed = read(folder)
    if not listed.keys() >= {*among}:
        return frozenset()
    kept = (path for path, known in listed.items() if (folder / path).is_file() and digest(folder / path) == known)
    return frozenset({*kept, NAME})
