"""Writing: files reach the disk whole and together, or what stood there stands."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ivig_kg import reading
from ivig_kg.errors import OutputError
from ivig_kg.workplaces import TEMPORARY, beside

_ENDINGS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def write(
    folder: Path, names: Sequence[str], *, fill: Callable[[Path], None], ours: Callable[[str], bool] | None = None
) -> None:
    """Write all exports, or none: what stood in the folder stands until everything is on the disk and read back.

    Args:
        folder: Where to write; it is made where it is missing.
        names: The names of the files, in the order in which they move into place where they cannot move together.
        fill: Writes them into a temporary folder, and checks them there; what it raises stops the writing.
        ours: Tells by its name whether a file that stands there is of an earlier run, and goes where it is not
            written anew; without it, the files of these names are.

    Raises:
        OutputError: The files cannot be written; those that stood there stand as before.
    """
    try:
        folder = Path(os.path.realpath(folder))
        folder.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in folder.iterdir() if not path.name.startswith(TEMPORARY)}
        files = {name for name in there if (folder / name).is_symlink() or not (folder / name).is_dir()}
        foreign = there - {name for name in files if name in names or (ours and ours(name))}
        if not foreign and not _is_entered(folder):
            with contextlib.suppress(OSError):
                _write_together(folder, names, fill)
                return
        _write_one_by_one(folder, names, fill)
        for name in there - foreign - set(names):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        message = f"{folder}: the exports cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def replace(folder: Path, files: Mapping[str, bytes], *, ours: Callable[[], Collection[str]]) -> None:
    """Write a folder of files and folders whole, or leave what stood there.

    Args:
        folder: Where to write; it is made where it is missing.
        files: What each file holds, by its path in the folder.
        ours: Gives the paths of the files there that are of an earlier run, and go.

    Raises:
        OutputError: It cannot be written, or holds files of somebody else; what stood there stands.
    """
    try:
        folder = Path(os.path.realpath(folder))
        _refuse(folder, ours)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with beside(folder.parent) as place:
            new = place / folder.name
            _fill_with(new, files)
            try:
                _swap(new, folder)
            except OSError:
                if not (folder.is_dir() and new.is_dir()):
                    raise
                _refuse(folder, ours)  # it came to be meanwhile, by another run
                _swap(new, folder)
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def begin(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files and folders that is empty, or not there.

    Args:
        folder: Where to write; it appears whole, unless it is the one this program works in, or cannot be replaced.
        files: What each file holds, by its path in the folder.

    Raises:
        OutputError: It cannot be written, or holds something.
    """
    with _told(folder):
        folder = Path(os.path.realpath(folder))
        if folder.exists() and any(not path.name.startswith(TEMPORARY) for path in folder.iterdir()):
            message = f"{folder}: the folder is not empty, and nothing was written; name a new one"
            raise OutputError(message)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not _is_entered(folder):
            with contextlib.suppress(OSError), beside(folder.parent) as place:
                _fill_with(place / folder.name, files)
                if folder.exists():
                    shutil.copymode(folder, place / folder.name)
                (place / folder.name).rename(folder)
                return
        folder.mkdir(exist_ok=True)
        with beside(folder) as place:
            _fill_with(place, files)
            with _undisturbed():
                for name in sorted({name.partition("/")[0] for name in files}):
                    (place / name).rename(folder / name)


def _fill_with(new: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, and see that they are on the disk."""
    for name, data in sorted(files.items()):
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        _put(new / name, data)


def _refuse(folder: Path, ours: Callable[[], Collection[str]]) -> None:
    """Raise where a folder may not be replaced by another."""
    there = [path.relative_to(folder).as_posix() for path in reading.held(folder)]
    foreign = sorted({*there} - {*ours()}) if there else []
    if foreign or (folder.exists() and not folder.is_dir()):
        what = f"it holds {foreign[0]}, which no earlier run wrote" if foreign else "it is no folder"
        message = f"{folder}: {what}; name another folder"
        raise OutputError(message)
    if folder.exists() and not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if _is_entered(folder):
        message = f"{folder}: you are in this folder, and another one takes its place; go out of it, or name another"
        raise OutputError(message)


def _is_entered(folder: Path) -> bool:
    """Tell whether this program works in a folder: it would be in the one that is deleted."""
    return Path(os.path.realpath(Path.cwd())).is_relative_to(folder)


def _swap(new: Path, folder: Path) -> None:
    """Put a new folder in the place of an old one, in one step where the system has one."""
    if not folder.exists():
        new.rename(folder)
        return
    shutil.copymode(folder, new)
    try:
        _exchange(new, folder)
    except OSError:
        old = new.with_name(f"{new.name}-old")
        folder.rename(old)
        try:
            new.rename(folder)
        except BaseException:
            old.rename(folder)
            raise


def save(path: Path, data: bytes) -> None:
    """Write one file whole, or leave what stood there; a link is followed, a device is written to.

    Raises:
        OutputError: It cannot be written.
    """
    with _told(path):
        path = Path(os.path.realpath(path))
        if path.is_symlink():
            raise OSError(errno.ELOOP, "it is a link that leads to itself")
        if path.exists() and not path.is_file():
            _pour(path, data)
        else:
            _exchange_file(path, data)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(message) from error


def _exchange_file(path: Path, data: bytes) -> None:
    """Put a new file in the place of an old one, with its rights."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with beside(path.parent) as place:
        _put(place / path.name, data)
        if path.exists():
            shutil.copymode(path, place / path.name)
        (place / path.name).replace(path)


def _pour(path: Path, data: bytes) -> None:
    """Write into a device, or into a pipe from which somebody reads."""
    number = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(number, "wb") as file:
        os.set_blocking(number, True)
        file.write(data)


def move(path: Path, to: Path) -> None:
    """Move a file to another place, perhaps of another file system, so that it is there whole or not at all.

    Raises:
        OSError: It cannot be written there.
    """
    with beside(to.parent) as place:
        shutil.copyfile(path, place / to.name)
        with (place / to.name).open("r+b") as file:
            os.fsync(file.fileno())
        (place / to.name).replace(to)


def _put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _fill(new: Path, names: Sequence[str], fill: Callable[[Path], None]) -> None:
    """Have the files written, and see that they are on the disk."""
    fill(new)
    for name in names:
        with (new / name).open("r+b") as file:
            os.fsync(file.fileno())


def _write_together(folder: Path, names: Sequence[str], fill: Callable[[Path], None]) -> None:
    """Write a new folder beside the old one, and let the two change places in one step."""
    with beside(folder.parent) as place:
        new = place / folder.name
        new.mkdir()
        shutil.copystat(folder, new)
        if (new.stat().st_uid, new.stat().st_gid) != (folder.stat().st_uid, folder.stat().st_gid):
            raise OSError(errno.EPERM, "the folder is somebody else's")
        _fill(new, names, fill)
        _exchange(new, folder)


def _exchange(one: Path, other: Path) -> None:
    """Let two folders of one file system change places, with no moment at which either is missing (Linux only).

    Source: https://man7.org/linux/man-pages/man2/rename.2.html
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), ctypes.c_uint(_EXCHANGE)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _write_one_by_one(folder: Path, names: Sequence[str], fill: Callable[[Path], None]) -> None:
    with beside(folder) as new:
        _fill(new, names, fill)
        _move(new, folder, names)


def _move(new: Path, folder: Path, names: Sequence[str]) -> None:
    """Move files into place one after the other; on any trouble put the old ones back."""
    old = new / "old"
    old.mkdir()
    for name in names:
        if (folder / name).exists():
            shutil.copy2(folder / name, old / name)
    moved = []
    try:
        with _undisturbed():
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


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let whoever ends this program wait for a moment, where the system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
