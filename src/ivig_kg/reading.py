"""Reading: the bytes of ordinary files of bounded size; a pipe or a device is never waited for."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from ivig_kg.errors import LimitError

TEXT = 1 << 20  # bytes of a file that people write
LARGEST = 1 << 28  # bytes of a file that programs write
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # nobody is waited for


def opened(path: Path) -> BufferedReader:
    """Open an ordinary file.

    Raises:
        OSError: It cannot be opened, or is a folder, a pipe, a device or a socket.
    """
    number = os.open(path, _FLAGS)
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(number, "rb")
    os.close(number)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is no ordinary file", str(path))


def content(path: Path, *, most: int | None = None) -> bytes:
    """Return what an ordinary file holds.

    Args:
        path: The file.
        most: How many bytes it may have; None where there is no limit.

    Raises:
        OSError: It cannot be read, or is no ordinary file.
        LimitError: It is larger.
    """
    with opened(path) as file:
        data = file.read() if most is None else file.read(most + 1)
    if most is not None and len(data) > most:
        size = f"{most >> 20} MiB" if most >> 20 else f"{most:,} bytes"
        message = f"{path}: the file is larger than {size}, and nothing of ours is"
        raise LimitError(message)
    return data


def begin(path: Path, *, most: int) -> bytes:
    """Return the first bytes of an ordinary file, as many as are asked for.

    Raises:
        OSError: It cannot be read, or is no ordinary file.
    """
    with opened(path) as file:
        return file.read(most)


def held(folder: Path) -> Iterator[Path]:
    """Yield all that is below a folder and is no folder, links too, none of which is followed.

    Raises:
        OSError: A folder below it cannot be read, or they are too deep in one another, so it may hold more.
    """

    def refuse(error: OSError) -> None:
        """Raise what the walk would pass over, unless it is gone."""
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            message = f"it holds {error.filename}, which cannot be read"
            raise OSError(error.errno, message) from error

    try:
        for place, folders, names in os.walk(folder, onerror=refuse):
            links = [name for name in folders if (Path(place) / name).is_symlink()]
            yield from (Path(place) / name for name in [*names, *links])
    except RecursionError as error:
        raise OSError(errno.ELOOP, "it holds folders in folders, too deep to look into") from error
