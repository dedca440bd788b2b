"""Integrity: is every file there, are its bytes the ones that were sent, and is nothing there beside them?"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ivig_kg import reading
from ivig_kg.errors import FactsError
from ivig_kg.export import MANIFEST
from ivig_kg.findings import Finding, Position
from ivig_kg.release import copies, sums

MISSING = "release-missing-file"
STRANGE = "release-strange-file"
CHANGED = "release-changed-file"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their paths; what is no file (a link, a pipe) is left out.

    Raises:
        FactsError: One cannot be read.
    """
    found = {}
    for name in sorted(sums.files(folder)):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            continue
        try:
            found[name] = reading.content(path, most=reading.LARGEST)
        except OSError as error:
            message = f"{path}: cannot be read: {error.strerror}"
            raise FactsError(message) from error
    return found


def check(files: Mapping[str, bytes], digests: Mapping[str, str], *, there: frozenset[str]) -> Iterator[Finding]:
    """Yield what is missing, changed or too much, against SHA256SUMS.

    Args:
        files: The files of the folder.
        digests: What SHA256SUMS says of each.
        there: The names of all that stands in the folder, links too.
    """
    for path, digest in digests.items():
        if path not in files:
            what = "it is a link or no file" if path in there else "it is missing"
            yield _finding(MISSING, path, f"{what}, and {sums.NAME} names it")
        elif found := _other(files[path], digest):
            yield _finding(CHANGED, path, f"its bytes are not the ones that were sent: SHA-256 {found}, not {digest}")
    for path in sorted(there - digests.keys() - {sums.NAME}):
        yield _finding(STRANGE, path, f"{sums.NAME} does not name it, so nobody sent it")


def check_exports(
    files: Mapping[str, bytes], manifest: Mapping[str, Any], *, prefix: str, known: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield what is missing or changed among the exports, against their manifest, and what was packed otherwise.

    Args:
        files: The files of the folder.
        manifest: The manifest.
        prefix: The folder of the exports among the files, with its slash.
        known: Files that something is known to be wrong with.
    """
    for name, said in sorted(manifest["files"].items()):
        path = prefix + name
        described = said if isinstance(said, dict) else {}
        digest = str(described.get("sha256"))
        if path in known:
            continue
        if path not in files:
            yield _finding(MISSING, path, "it is missing, and manifest.json names it")
        elif found := _other(files[path], digest):
            message = f"its bytes are not the ones of manifest.json: SHA-256 {found}, not {digest}"
            yield _finding(CHANGED, path, message)
        elif len(files[path]) != described.get("bytes"):
            yield _finding(CHANGED, path, f"it has {len(files[path])} bytes, and manifest.json says another number")
    for path in (path for path in files if path.startswith(prefix) and path.endswith(".gz")):
        whole = path.removesuffix(".gz")
        try:
            if whole in files and not {whole, path} & {*known}:
                most = len(files[whole])
                if copies.unpacked(path, files[path], most=most) != files[whole]:
                    yield _finding(CHANGED, path, f"it is not {whole} when it is unpacked")
        except copies.UnreadableError as error:
            yield error.finding


def check_strange(there: Collection[str], manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what stands in a folder of exports though its manifest does not name it, packed files with the plain."""
    for path in sorted(there):
        if path != MANIFEST and not {path, path.removesuffix(".gz")} & manifest["files"].keys():
            yield _finding(STRANGE, path, f"{MANIFEST} does not name it, so nobody sent it")


def check_parts(files: Mapping[str, bytes], wanted: Collection[str], *, known: Collection[str]) -> Iterator[Finding]:
    """Yield the parts that every release has and this one has not.

    Args:
        files: The files of the folder.
        wanted: The paths of these parts; one that ends with a slash is a folder with something in it.
        known: Files that something is known to be wrong with.
    """
    for path in sorted(wanted):
        is_there = path in files or any(name.rpartition("/")[0] == path.removesuffix("/") for name in files)
        if not is_there and path not in known:
            yield _finding(MISSING, path, "it is missing, and every release has it")


def _other(data: bytes, digest: str) -> str | None:
    """Return the SHA-256 of some bytes where it is not the one that is wanted."""
    found = hashlib.sha256(data).hexdigest()
    return None if found == digest else found


def _finding(code: str, path: str, message: str) -> Finding:
    return Finding(code, message, Position(path, 1, 1))
