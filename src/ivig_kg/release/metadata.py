"""Metadata: is the description of a release what its shapes ask for, and what the data and the files really are?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ivig_kg import validation
from ivig_kg.findings import Finding, Position, quoted
from ivig_kg.release import copies, crate, description, sums
from ivig_kg.release.copies import Copy, UnreadableError
from ivig_kg.release.description import DCAT, SPDX, VOID
from ivig_kg.schema import DCTERMS, RDF, Triple

COUNT = "release-count"
FILE = "release-description"
_NUMBERS = frozenset(VOID + name for name in ("triples", "entities", "distinctSubjects", "distinctObjects"))
_COUNTED = _NUMBERS | {
    VOID + name for name in ("classes", "properties", "class", "property", "classPartition", "propertyPartition")
}


def check(
    files: Mapping[str, bytes],
    copy: Copy,
    *,
    version: object,
    shapes: Iterable[Triple],
    known: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield what is wrong with the description of a release and with its crate.

    Args:
        files: The files of the release.
        copy: Its dataset.
        version: The version that the manifest of the exports has.
        shapes: The triples of the shapes for the description.
        known: Files that something is known to be wrong with, so that what is said of them is not told again.
    """
    for finding, path in _crate(files):
        if path not in known:
            yield finding
    if description.NAME not in files:
        return
    said = _Said(files[description.NAME])
    for violation in validation.validate(said.triples, shapes):
        value = f": {quoted(violation.value)}" if violation.value else ""
        yield _finding(violation.code, f"<{violation.focus}>: {violation.message}{value}")
    described = said.of_class(f"{DCAT}Dataset")
    if len(described) != 1:
        yield _finding(FILE, f"it describes {len(described)} releases: one node in it has to be a dcat:Dataset")
        return
    (iri,) = described
    if said.values(iri, f"{DCAT}version") != [version] or iri != f"{description.RELEASES}{version}":
        yield _finding(FILE, f"it describes <{iri}>, and the exports are of version {version}")
    yield from _numbers(said, iri, copy)
    yield from _links(said, copy)
    for finding, path in _files(said, files):
        if path not in known:
            yield finding


class _Said:
    """The triples of a description."""

    def __init__(self, data: bytes) -> None:
        self.triples: tuple[Triple, ...] = tuple(q.triple for q in copies.read(description.NAME, data).quads)
        self._values: dict[tuple[str, str], list[str]] = {}
        for triple in self.triples:
            self._values.setdefault((triple.subject.value, triple.predicate.value), []).append(triple.object.value)

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return the values of a property."""
        return self._values.get((subject, predicate), [])

    def of_class(self, kind: str) -> list[str]:
        """Return the nodes of a class, sorted."""
        return sorted(
            t.subject.value for t in self.triples if (t.predicate.value, t.object.value) == (f"{RDF}type", kind)
        )


def _numbers(said: _Said, iri: str, copy: Copy) -> Iterator[Finding]:
    """Yield the numbers that are not those of the data, and those that are not said."""
    linksets = {*said.of_class(f"{VOID}Linkset")}
    counted = {t for t in said.triples if t.predicate.value in _COUNTED and t.subject.value not in linksets}
    wanted = set(description.numbers(iri, copy.quads))
    for triple in sorted(counted - wanted, key=str):
        found = [t.object.value for t in wanted if (t.subject, t.predicate) == (triple.subject, triple.predicate)]
        words = f"in the data it is {found[0]}" if len(found) == 1 else "the data have no such part"
        yield _finding(COUNT, f"<{triple.subject.value}> {_local(triple)} is {triple.object.value}: {words}")
    stated = {(t.subject, t.predicate) for t in counted}
    for triple in sorted(wanted - counted, key=str):
        if (triple.subject, triple.predicate) not in stated:
            yield _finding(
                COUNT, f"it leaves out that <{triple.subject.value}> {_local(triple)} is {triple.object.value}"
            )


def _local(triple: Triple) -> str:
    return "void:" + str(triple.predicate.value).removeprefix(VOID)


def _links(said: _Said, copy: Copy) -> Iterator[Finding]:
    """Yield the linksets whose number is not that of the links in the data."""
    for links in said.of_class(f"{VOID}Linkset"):
        predicates = said.values(links, f"{VOID}linkPredicate")
        spaces = [s for t in said.values(links, f"{VOID}objectsTarget") for s in said.values(t, f"{VOID}uriSpace")]
        found = sum(
            triple.predicate.value in predicates and triple.object.value.startswith(tuple(spaces))
            for triple in {quad.triple for quad in copy.quads}
        )
        if said.values(links, f"{VOID}triples") != [str(found)]:
            told = ", ".join(said.values(links, f"{VOID}triples"))
            yield _finding(COUNT, f"<{links}> void:triples is {told}: in the data it is {found}")


def _files(said: _Said, files: Mapping[str, bytes]) -> Iterator[tuple[Finding, str]]:
    """Yield the files that are described and not there, or are there and described otherwise or not at all."""
    described = set()
    for node in said.of_class(f"{DCAT}Distribution"):
        path = next(iter(said.values(node, f"{DCTERMS}title")), "")
        described.add(path)
        sizes = said.values(node, f"{DCAT}byteSize")
        digests = [d for c in said.values(node, f"{SPDX}checksum") for d in said.values(c, f"{SPDX}checksumValue")]
        yield from _described(description.NAME, path, sizes, digests, files)
    for path in sorted(files.keys() - described - {description.NAME, crate.NAME, sums.NAME}):
        yield _finding(FILE, f"it says nothing of {path}"), path


def _crate(files: Mapping[str, bytes]) -> Iterator[tuple[Finding, str]]:
    """Yield the files of the crate that are not there, or are others."""
    if crate.NAME not in files:
        return
    try:
        nodes: list[dict[str, Any]] = json.loads(files[crate.NAME])["@graph"]
        parts = [n for n in nodes if n.get("@type") == "File"]
        named = {str(part["@id"]) for n in nodes for part in n.get("hasPart", ())}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(crate.NAME, f"it is no RO-Crate: {error}") from error
    for part in parts:
        sizes, digests = [str(part.get("contentSize"))], [str(part.get("sha256"))]
        yield from _described(crate.NAME, str(part.get("@id")), sizes, digests, files)
    told = {str(part.get("@id")) for part in parts}
    for path in sorted(named ^ told):
        yield _finding(FILE, f"{path} is not both a part of it and described in it", crate.NAME), path
    for path in sorted(files.keys() - told - {crate.NAME, sums.NAME}):
        yield _finding(FILE, f"it says nothing of {path}", crate.NAME), path


def _described(
    by: str, path: str, sizes: list[str], digests: list[str], files: Mapping[str, bytes]
) -> Iterator[tuple[Finding, str]]:
    if path not in files:
        yield _finding(FILE, f"it describes {path}, which is not there", by), path
    elif sizes != [str(len(files[path]))] or digests != [hashlib.sha256(files[path]).hexdigest()]:
        yield _finding(FILE, f"it gives {path} another size or SHA-256 than the file has", by), path


def _finding(code: str, message: str, path: str = description.NAME) -> Finding:
    return Finding(code, message, Position(path, 1, 1))
