"""Agreement: do all files say the same graph, and is it the one whose fingerprint was given?

A file that says another is held against one that does not, and every triple in which they differ is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ivig_kg.findings import Finding, Position
from ivig_kg.release import copies
from ivig_kg.release.copies import Copy

FINGERPRINT = "release-fingerprint"
ADDED = "release-strange-triple"
GONE = "release-missing-triple"
COUNT = "release-count"
SHOWN = 20  # triples that are named of one file


def check(held: Sequence[Copy], manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the files that say another graph than their manifest, and the triples in which they differ.

    Args:
        held: The files that could be read.
        manifest: The manifest, which has the fingerprint and numbers of triples.
    """
    wanted = manifest["rdfc10"]
    right = sorted((copy for copy in held if is_right(copy, manifest)), key=lambda copy: not copy.is_dataset)
    for copy in held:
        if copy not in right:
            found = {_kind(copy): copy.fingerprint, "union": copies.fingerprint(copy.union)}
            kind = next(kind for kind, one in found.items() if one != wanted.get(kind))
            message = (
                f"what it says is not what was sent: fingerprint of the {kind} {found[kind]}, not {wanted.get(kind)}"
            )
            yield Finding(FINGERPRINT, message, Position(copy.path, 1, 1))
            yield from _differences(copy, right)
    for copy in right[:1]:
        yield from _counts(copy, manifest)


def is_right(copy: Copy, manifest: Mapping[str, Any]) -> bool:
    """Tell whether a file says the graph whose fingerprint a manifest has; a dataset has the one of its union too."""
    wanted = manifest["rdfc10"]
    is_union = copies.fingerprint(copy.union) == wanted.get("union")
    return is_union and (not copy.is_dataset or copy.fingerprint == wanted.get("dataset"))


def _kind(copy: Copy) -> str:
    return "dataset" if copy.is_dataset else "union"


def _differences(copy: Copy, right: Sequence[Copy]) -> Iterator[Finding]:
    """Yield the triples that a file has and a right one has not, and the other way round."""
    if not right:
        return
    other = right[0]
    both = copy.is_dataset and other.is_dataset
    said, wanted = (copy.lines, other.lines) if both else (copy.union, other.union)
    for code, found, words in (
        (ADDED, said - wanted, f"{other.path} does not say this"),
        (GONE, wanted - said, f"{other.path} says this, and it is not here"),
    ):
        for line in sorted(found)[:SHOWN]:
            triple = line.decode().rstrip(" .\n")
            yield Finding(code, f"{words}: {triple}", _place(copy, line))
        if len(found) > SHOWN:
            yield Finding(code, f"and {len(found) - SHOWN} more", Position(copy.path, 1, 1))


def _place(copy: Copy, line: bytes) -> Position:
    """Return where a triple stands, or its subject, in a format that has one a line."""
    if copies.form(copy.path) in {"nq", "nt"} and line in copy.data:
        return Position(copy.path, copy.data[: copy.data.index(line)].count(b"\n") + 1, 1)
    return copy.place(line.partition(b" ")[0].decode().strip("<>"))


def _counts(copy: Copy, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the numbers of a manifest that are not those of the graph."""
    said = manifest["triples"]
    found: dict[str, int] = {"union": len(copy.union)}
    if copy.is_dataset:
        found["dataset"] = len(copy.lines)
        graphs: dict[str, int] = {}
        for quad in set(copy.quads):
            graphs[quad.graph_name.value] = graphs.get(quad.graph_name.value, 0) + 1
        if said.get("graphs") != graphs:
            message = f"manifest.json says {said.get('graphs')} triples by graph, and there are {graphs}"
            yield Finding(COUNT, message, Position(copy.path, 1, 1))
    for name, number in found.items():
        if said.get(name) != number:
            message = f"manifest.json says {said.get(name)} triples of the {name}, and there are {number}"
            yield Finding(COUNT, message, Position(copy.path, 1, 1))
