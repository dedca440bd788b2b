"""Amending: a file that was read is written anew, unless somebody else has changed it since."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ivig_kg import reading, writing
from ivig_kg.errors import OutputError
from ivig_kg.workplaces import beside

try:
    import fcntl
except ImportError:  # Windows has none: two who change one file are not kept apart there
    fcntl = None  # type: ignore[assignment]


def amend(path: Path, data: bytes, *, before: bytes | None) -> None:
    """Write a file anew that was read before.

    Args:
        path: The file; a link is followed.
        data: What it is to hold.
        before: What it held when it was read; None where it was not there.

    Raises:
        OutputError: It was changed meanwhile, or cannot be written; it stands as it is.
    """
    try:
        path = Path(os.path.realpath(path))
        if before is None:
            _create(path, data)
            return
        with _alone(path):
            if reading.content(path) != before:
                raise _changed(path)
            writing.save(path, data)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def _changed(path: Path) -> OutputError:
    return OutputError(f"{path}: the file was changed meanwhile, and nothing was written; do it again")


def _create(path: Path, data: bytes) -> None:
    """Write a file that is not there."""
    with beside(path.parent) as place:
        writing.save(place / path.name, data)
        try:
            path.hardlink_to(place / path.name)
        except FileExistsError as error:
            raise _changed(path) from error
        except OSError:  # a file system without such links
            writing.save(path, data)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep others of ours from changing a file: the lock is that of the file that has the name now."""
    with contextlib.ExitStack() as stack:
        while fcntl is not None:
            lock = stack.enter_context(reading.opened(path)).fileno()
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(lock), path.stat()):
                break
        yield
