"""Build the wheel and the sdist twice, under differing circumstances, and find what differs.

What is built is the tracked files as they stand, copied: once as git would write them, and once with another path,
order, date and umask, in another time zone and locale, and with another seed of Python's hashes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from refused import Refused

DATA = ("facts", "ontology", "shapes", "docs/rules")  # the tool cannot work without; they are in both files
INSIDE = "ivig_kg/_data"


@dataclass(frozen=True)
class Circumstances:
    """What must make no difference."""

    folder: str
    umask: int
    date: int  # of the files, in seconds since 1970
    variables: dict[str, str]
    step: int = 1  # -1: files are made in the reverse order


FIRST = Circumstances("a", 0o022, 1_000_000_000, {"TZ": "UTC0", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"})
OTHER = Circumstances(
    "b/a longer path", 0o077, 2_000_000_000, {"TZ": "XYZ-5:30", "LC_ALL": "C", "PYTHONHASHSEED": "1"}, -1
)


@dataclass(frozen=True)
class Built:
    """A wheel, an sdist, and the copy of the tracked files that they were made from."""

    wheel: Path
    sdist: Path
    source: Path


def build(root: Path, work: Path, *, epoch: int) -> Built:
    """Build the wheel and the sdist of a checkout in a folder of one's own.

    Args:
        root: The checkout.
        work: An empty folder, outside of any checkout.
        epoch: The date of all files inside, in seconds since 1970.

    Raises:
        Refused: A build failed, or two builds differ, or the sdist makes another wheel.
    """
    first = copy(root, tracked(root), work, FIRST)
    other = copy(first, [str(path.relative_to(first)) for path in files(first)], work, OTHER)
    wheel, sdist = _run(first, work / "made/first", FIRST, epoch)
    _same([wheel, sdist], _run(other, work / "made/other", OTHER, epoch), "two builds of the same files")
    unpacked = work / "unpacked"
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (inner,) = unpacked.iterdir()
    again, _ = _run(inner, work / "made/again", OTHER, epoch)
    _same([wheel], [again], "the wheels of the checkout and of the sdist")
    return Built(wheel, sdist, first)


def lacking(built: Built) -> list[str]:
    """Return what of the data is not, or not with the same bytes, in the wheel or the sdist."""
    top = built.sdist.name.removesuffix(".tar.gz")
    found = []
    for path, folder in ((built.wheel, INSIDE), (built.sdist, top)):
        held = members(path)
        for name in DATA:
            sources = files(built.source / name)
            if not sources:
                found.append(f"{name}: there are no files")
            for source in sources:
                inside = f"{folder}/{source.relative_to(built.source)}"
                if inside not in held or held[inside].bytes != _digest(source.read_bytes()):
                    found.append(f"{path.name}: {inside}")
    return found


def tracked(root: Path) -> list[str]:
    """Return the tracked files that are there."""
    said = _git(root, "ls-files", "-z").split("\0")
    return sorted(name for name in set(said) if name and (root / name).is_file())


def changed(root: Path) -> list[str]:
    """Return what git sees that is not in the last commit."""
    return [line[3:] for line in _git(root, "status", "--porcelain").splitlines()]


def date_of_commit(root: Path) -> int:
    """Return when the last commit was made, in seconds since 1970."""
    return int(_git(root, "log", "-1", "--format=%ct"))


def copy(root: Path, names: Sequence[str], work: Path, under: Circumstances) -> Path:
    """Copy files, and nothing else, into a folder; return it."""
    target = work / under.folder
    for name in names[:: under.step]:
        source, path = root / name, target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.read_bytes())
        path.chmod((0o777 if os.access(source, os.X_OK) else 0o666) & ~under.umask)
        os.utime(path, (under.date, under.date))
    return target


def files(folder: Path) -> list[Path]:
    """Return the files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class Member:
    """What an archive says of one file."""

    bytes: str  # their SHA-256
    mode: int
    date: object
    owner: object = None


def members(path: Path) -> dict[str, Member]:
    """Return the files of a wheel or an sdist by their names."""
    return dict(_zipped(path) if path.suffix == ".whl" else _tarred(path))


def differences(one: Path, other: Path) -> list[str]:
    """Return in which members two archives differ, and how; a sentence where it is none of them, nothing if same."""
    if one.read_bytes() == other.read_bytes():
        return []
    left, right = members(one), members(other)
    found = []
    for name in sorted(left.keys() | right.keys()):
        if name not in left or name not in right:
            found.append(f"{name}: is in one only")
            continue
        parts = [part.name for part in fields(Member)]
        if differing := [part for part in parts if getattr(left[name], part) != getattr(right[name], part)]:
            found.append(f"{name}: {', '.join(differing)}")
    return found or ["members are equal; their order or the packing differs"]


def _zipped(path: Path) -> Iterator[tuple[str, Member]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            yield info.filename, Member(_digest(archive.read(info)), info.external_attr >> 16, info.date_time)


def _tarred(path: Path) -> Iterator[tuple[str, Member]]:
    with tarfile.open(path) as archive:
        for info in archive:
            held = archive.extractfile(info)
            data = held.read() if held else b""
            owner = (info.uid, info.gid, info.uname, info.gname)
            yield info.name, Member(_digest(data), info.mode, info.mtime, owner)


def _same(several: Sequence[Path], others: Sequence[Path], what: str) -> None:
    for one, other in zip(several, others, strict=True):
        if found := differences(one, other):
            message = "\n  ".join([f"{one.name}: {what} differ:", *found])
            raise Refused(message)


def _run(source: Path, target: Path, under: Circumstances, epoch: int) -> tuple[Path, Path]:
    """Run the build backend of this environment, without network, and return the wheel and the sdist."""
    target.mkdir(parents=True)
    done = subprocess.run(  # noqa: S603  (words of ours)
        # -P: a folder of the checkout may have the name of a package
        [sys.executable, "-P", "-m", "hatchling", "build", "-d", target],
        cwd=source,
        env={**os.environ, **under.variables, "SOURCE_DATE_EPOCH": str(epoch)},
        umask=under.umask,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"the build failed:\n{done.stdout}{done.stderr}".rstrip()
        raise Refused(message)
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603  (words of ours)
        ["git", "-C", root, *words],  # noqa: S607  (wherever it is)
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"git {words[0]} failed: {done.stderr.strip()}"
        raise Refused(message)
    return done.stdout


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
