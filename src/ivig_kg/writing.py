"""Writing: files reach the disk whole and together, or what stood there stands."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ivig_kg.errors import OutputError

_TEMPORARY = ".ivig-kg-"


def write(folder: Path, made: Mapping[str, bytes], *, read_back: Callable[[Path], None]) -> None:
    """Write all exports, or none: what stood in the folder stands until everything is on the disk and read back.

    Args:
        folder: Where to write; it is made where it is missing.
        made: The files, in the order in which they move into place.
        read_back: Checks the files in a temporary folder; what it raises stops the writing.

    Raises:
        OutputError: The files cannot be written; those that stood there stand as before.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=folder) as name:
            new = Path(name)
            for file, data in made.items():
                _put(new / file, data)
            read_back(new)
            _move(new, folder, list(made))
    except OSError as error:
        message = f"{folder}: the exports cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def save(path: Path, data: bytes) -> None:
    """Write one file whole, or leave what stood there; a link is followed, a device is written to.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        path = Path(os.path.realpath(path))
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=path.parent) as name:
            new = Path(name) / path.name
            _put(new, data)
            new.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def _put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _move(new: Path, folder: Path, names: list[str]) -> None:
    """Move files into place one after the other; on any trouble put the old ones back."""
    old = new / "old"
    old.mkdir()
    for name in names:
        if (folder / name).exists():
            shutil.copy2(folder / name, old / name)
    moved = []
    try:
        for name in names:
            moved.append(name)
            (new / name).replace(folder / name)
    except BaseException:
        for name in moved:
            with contextlib.suppress(OSError):
                if (old / name).exists():
                    (old / name).replace(folder / name)
                elif not (new / name).exists():
                    (folder / name).unlink()
        raise
