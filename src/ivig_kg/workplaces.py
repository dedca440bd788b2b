"""Workplaces: temporary folders that are gone afterwards, at the latest with the next run."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ivig_kg.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows has none: nothing is swept there
    fcntl = None  # type: ignore[assignment]

TEMPORARY = ".ivig-kg-new-"
ELSEWHERE = "ivig-kg-work-"
_YOUNG = 60.0  # seconds that a folder may be without its lock, as it is when it was just made


@contextlib.contextmanager
def beside(parent: Path) -> Iterator[Path]:
    """Make a temporary folder, once what killed runs left is gone; a lock on the parent tells the living from the dead.

    Everyone who works in the parent shares its lock, so who gets it alone is the only one there.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            if fcntl is not None:
                lock = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)  # a pipe would be waited for
                stack.callback(os.close, lock)
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    for left in parent.glob(TEMPORARY + "*"):
                        shutil.rmtree(left, ignore_errors=True)
                fcntl.flock(lock, fcntl.LOCK_SH)
        yield Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=parent)))


@contextlib.contextmanager
def apart() -> Iterator[Path]:
    """Make a temporary folder where the system keeps such, once what killed runs of this user left there is gone.

    Others keep their files there too, so each folder has a lock of its own.

    Raises:
        OutputError: The system has no such place that can be written to.
    """
    with contextlib.ExitStack() as stack:
        try:
            place = Path(tempfile.gettempdir())
            for left in place.glob(ELSEWHERE + "*"):
                _sweep(left)
            made = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=ELSEWHERE, dir=place)))
        except OSError as error:
            message = "no folder for temporary files can be written to: make room in one, or name one in TMPDIR"
            raise OutputError(message) from error
        with contextlib.suppress(OSError):
            if fcntl is not None:
                lock = os.open(made, os.O_RDONLY)
                stack.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield made


def _sweep(left: Path) -> None:
    """Delete a folder of a run that was killed: it is this user's, not new, and nobody holds its lock."""
    with contextlib.suppress(OSError):
        seen = left.lstat()
        if fcntl is None or seen.st_uid != os.getuid() or time.time() - seen.st_mtime < _YOUNG:
            return
        lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(lock)
