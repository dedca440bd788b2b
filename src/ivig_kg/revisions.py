"""Revisions: the files of a project as they were at a revision of the git repository that it stands in."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

from ivig_kg.errors import FactsError, UsageError

FOLDERS = ("facts", "ontology", "shapes")

_FILE_MODES = frozenset({"100644", "100755"})


def unpack(revision: str, *, home: Path, into: Path) -> None:
    """Write the files of a project at a revision into a folder, byte for byte as they were committed.

    Args:
        revision: A tag, a branch, a commit, or a way to name one, such as `HEAD~1`.
        home: The folder of the project, inside the repository.
        into: An empty folder.

    Raises:
        UsageError: git is not installed, the project stands in no repository, or it has no such revision.
        FactsError: There are no facts in that revision, or a link instead of a file.
    """
    _git(
        home, "rev-parse", "--git-dir", trouble=f"`{revision}` is no file or folder, and {home} is in no git repository"
    )
    trouble = f"`{revision}` is no facts file, no folder with facts/ in it and no git revision"
    commit = _git(home, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}", trouble=trouble)
    sha = commit.decode("ascii").strip()
    # not `git archive`: attributes may leave files out there, or change their lines
    listing = _git(home, "ls-tree", "-r", "-z", sha, "--", *FOLDERS, trouble=f"{revision}: cannot be listed")
    names: list[str] = []
    blobs: list[bytes] = []
    for entry in listing.split(b"\0")[:-1]:
        head, _, raw = entry.partition(b"\t")
        mode, _, blob = head.split()
        name = raw.decode("utf-8", "surrogateescape")
        if mode.decode("ascii") not in _FILE_MODES:
            message = f"{revision}:{name}: this is a link or a repository of its own, so it cannot be read"
            raise FactsError(message)
        if not is_inside(name):
            message = f"{revision}:{name}: this name leads out of its folder, so it cannot be unpacked"
            raise FactsError(message)
        names.append(name)
        blobs.append(blob)
    if not any(name.startswith("facts/") for name in names):
        message = f"{revision}: there is no facts/ folder in that revision"
        raise FactsError(message)
    for name, content in zip(names, _contents(home, blobs), strict=True):
        path = into / PurePosixPath(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            message = f"{revision}:{name}: cannot be unpacked: {error.strerror}"
            raise FactsError(message) from error


def is_inside(name: str) -> bool:
    """Tell whether a name stays below the folder that it is meant for, on every system.

    git writes down no other names by itself, but reads those that somebody has forged.

    >>> [is_inside(name) for name in ("facts/a.yaml", "facts/../../a.yaml", "facts/..\\\\a.yaml")]
    [True, False, False]
    """
    return not {"", ".", ".."}.intersection(name.replace("\\", "/").split("/"))


def _contents(home: Path, blobs: list[bytes]) -> list[bytes]:
    """Return the contents of some blobs, asked for in one call."""
    left = _git(home, "cat-file", "--batch", trouble="the files cannot be read", given=b"\n".join([*blobs, b""]))
    found = []
    for _ in blobs:
        head, _, left = left.partition(b"\n")
        size = int(head.split()[-1])
        found.append(left[:size])
        left = left[size + 1 :]
    return found


def _git(home: Path, *words: str, trouble: str, given: bytes = b"") -> bytes:
    """Return what git prints.

    Raises:
        UsageError: git is not installed, or it fails: `trouble` is what the user is told then.
    """
    try:
        done = subprocess.run(  # noqa: S603  (a list of words, no shell)
            ["git", "-C", str(home), *words],  # noqa: S607  (the git that the user has)
            input=given,
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError) as error:
        message = f"{trouble} (git cannot be run: {error})"
        raise UsageError(message) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        message = f"{trouble} (git says: {said[0]})" if said else trouble
        raise UsageError(message)
    return done.stdout
