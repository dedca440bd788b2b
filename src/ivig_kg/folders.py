"""Folders: which files of facts they hold, and what is no file for every system, or leads elsewhere."""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ivig_kg import bundles
from ivig_kg.errors import FactsError

LONGEST = 200  # bytes of the name of a facts file
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:[. ].*)?", re.IGNORECASE
)
_ODD = re.compile(r'[<>:"|?*\\]')
_ENDINGS = (".yaml", ".yml", *bundles.SUFFIXES)
_NEARLY = (*_ENDINGS, *(f"{ending}.txt" for ending in _ENDINGS), ".yamll", ".yam", ".ymal")  # as some editors save it


def facts_files(folder: Path, *, within: Iterable[Path]) -> list[Path]:
    """Return the facts files below a folder, by their endings, sorted by their path; links are followed once.

    Args:
        folder: The folder.
        within: Where links may lead: whoever sends facts does not choose what else of this machine is read and shown.

    Raises:
        FactsError: A folder cannot be read, so its facts would be left out; a link leads elsewhere; a name is odd, or
            that of another file on some systems.
    """
    inside = real_names(*within)

    def refuse(error: OSError) -> None:
        """Raise what the walk would pass over."""
        message = f"{error.filename}: the folder cannot be read: {error.strerror}"
        raise FactsError(message) from error

    found: list[Path] = []
    seen: set[str] = set()
    for place, below, files in os.walk(folder, followlinks=True, onerror=refuse):
        refuse_closed(Path(place))
        real = os.path.realpath(place)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        own = [Path(place) / name for name in files if name.lower().endswith(_ENDINGS)]
        for name in sorted(set(files) - {path.name for path in own}):
            if name.lower().rstrip(" .").endswith(_NEARLY):
                message = f"{Path(place) / name}: nobody would read this file: its name has to end with .yaml"
                raise FactsError(message)
        for path in own:
            _refuse_name(path.relative_to(folder.parent))
        for link in (path for path in (*own, *(Path(place) / name for name in below)) if path.is_symlink()):
            refuse_outside(link, inside)
        found += own
    _refuse_alike(path.relative_to(folder.parent) for path in found)
    return sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def _refuse_alike(paths: Iterable[Path]) -> None:
    """Raise where two files have one name on a system that folds capitals or accents: one of the two would be lost."""
    seen: dict[str, Path] = {}
    for path in sorted(paths):
        other = seen.setdefault(_folded(path.as_posix()), path)
        if other != path:
            fault = f"this is the name of {other} on systems that do not tell capitals, or accents, apart"
            message = f"{path}: {fault}; give one of them another name"
            raise FactsError(message)


def _folded(name: str) -> str:
    """Return a name as systems see it that do not tell capitals, or ways to write an accent, apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _refuse_name(path: Path) -> None:
    """Raise where a file has a name that it could not have on every system, or that nobody could read in a list."""
    for name in path.parts:
        said = ""
        if not name.isprintable():
            said = "characters that are no letters to read"
        elif _DEVICE.fullmatch(name) or name[-1] in ". ":
            said = "a name that means something else on Windows"
        elif odd := _ODD.search(name):
            said = f"a {odd[0]!r} in its name, which not every system has"
        elif len(name.encode()) > LONGEST:
            said = f"a name of more than {LONGEST} bytes"
        if said:
            message = f"{path}: this file has {said}; give it another name"
            raise FactsError(message)


def meant(folder: Path, name: str) -> Path | None:
    """Return what somebody seems to take for a folder with a name: a file, or one whose name has other letters."""
    own = folder / name
    try:
        alike = sorted(path for path in folder.iterdir() if _folded(path.name) == name)
        return next((path for path in alike if not (own.is_dir() and path.samefile(own))), None)
    except OSError:
        return None


def real_names(*folders: Path) -> list[str]:
    """Return the real names of folders."""
    return [os.path.realpath(folder) for folder in folders]


def refuse_closed(folder: Path) -> None:
    """Raise where a folder is there and this user may not look into it."""
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        message = f"{folder}: the folder cannot be read: {os.strerror(errno.EACCES)}"
        raise FactsError(message)


def refuse_outside(path: Path, inside: Iterable[str], *, of: str = "the project") -> None:
    """Raise where a link leads out of some folders, of which the real names are given, and which are `of` something."""
    real = Path(os.path.realpath(path))
    if path.is_symlink() and not any(real.is_relative_to(folder) for folder in inside):
        message = f"{path}: this link leads out of {of}, to {real}; put what it leads to in its place"
        raise FactsError(message)
