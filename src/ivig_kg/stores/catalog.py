"""Catalog: a small graph in the store that says which release is live, which are kept, where their graphs stand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

import pyoxigraph as ox

from ivig_kg.errors import StoreError
from ivig_kg.resources import GRAPHS
from ivig_kg.schema import XSD
from ivig_kg.stores.contents import MOST, NAMES, VERSION_TEXT, Release
from ivig_kg.stores.store import CATALOG, Store

DATASET = "https://w3id.org/ivig-kg/"
CLAIMS = CATALOG + "/claim/"
_RELEASES = "https://w3id.org/ivig-kg/release/"
_DCAT = "http://www.w3.org/ns/dcat#"
_DCTERMS = "http://purl.org/dc/terms/"
CURRENT = _DCAT + "hasCurrentVersion"
VALID = _DCTERMS + "valid"
VERSION = _DCAT + "version"
_PREVIOUS = _DCAT + "previousVersion"
_CHECKSUM = _DCTERMS + "identifier"
_ISSUED = _DCTERMS + "issued"
_PART = _DCTERMS + "hasPart"
_OF = _DCTERMS + "isVersionOf"
_TRIPLES = "http://rdfs.org/ns/void#triples"
_PLACE = "http://www.w3.org/ns/sparql-service-description#name"
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_ATTEMPT = re.compile(f"{re.escape(_RELEASES)}({VERSION_TEXT})/([0-9a-f]{{8}})")
_START = 12  # digits of a checksum that are printed


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One graph of a release in the store.

    `name` is its local name, `iri` its own name under the version, `place` the graph in which it stands now,
    `digest` SHA-256 by value (see `values.digest`).
    """

    name: str
    iri: str
    place: str
    triples: int
    digest: str


@dataclasses.dataclass(frozen=True, slots=True)
class Copy:
    """A release in the store.

    `previous` is the one that was live before it, `start` the start of its checksum, as far as it holds no secret.
    """

    iri: str
    version: str
    checksum: str
    issued: str
    previous: str | None
    parts: tuple[Part, ...]
    start: str = dataclasses.field(default="", compare=False)

    @property
    def triples(self) -> int:
        """The number of triples, counted in each graph."""
        return sum(part.triples for part in self.parts)

    def placed(self, *, fixed: bool) -> Copy:
        """Return the release with its graphs under their fixed names, or under its version."""
        parts = (dataclasses.replace(p, place=GRAPHS + p.name if fixed else p.iri) for p in self.parts)
        return dataclasses.replace(self, parts=tuple(parts))


@dataclasses.dataclass(frozen=True, slots=True)
class Catalog:
    """What the store says of itself: releases by IRI, and until when claims and unfinished loads are valid."""

    current: str | None
    copies: Mapping[str, Copy]
    claims: Mapping[str, str]
    unfinished: Mapping[str, str]

    @property
    def live(self) -> Copy | None:
        """The release that is live."""
        return self.copies.get(self.current) if self.current else None

    def by_checksum(self, checksum: str) -> list[Copy]:
        """Return the releases with a checksum, the live one before others, then the newest."""
        found = sorted(self.copies.values(), key=lambda copy: (copy.iri == self.current, copy.issued), reverse=True)
        return [copy for copy in found if copy.checksum == checksum]

    def fixed(self) -> Copy | None:
        """Return the release whose graphs stand under the fixed names."""
        return next((c for c in self.copies.values() if any(p.place != p.iri for p in c.parts)), None)


def now(*, after: float = 0.0) -> str:
    """Return the time, or some seconds later, in UTC, such that texts are in the order of time."""
    when = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=after)
    return when.strftime(_MOMENT)


def is_over(until: str, *, skew: float = 0.0) -> bool:
    """Tell whether a moment is past, by some seconds at least; one that nobody can read is."""
    return not _is_moment(until) or until < now(after=-skew)


def _is_moment(text: str) -> bool:
    try:
        return dt.datetime.strptime(text, _MOMENT).replace(tzinfo=dt.UTC).strftime(_MOMENT) == text
    except ValueError:
        return False


def entry(release: Release, *, previous: Copy | None) -> Copy:
    """Return a new place in the store for a release; no two have the same."""
    attempt = secrets.token_hex(4)
    parts = (
        Part(g.name, iri := f"{GRAPHS}{g.name}/{release.version}/{attempt}", iri, len(g.keys), g.digest)
        for g in release.graphs
    )
    iri = f"{_RELEASES}{release.version}/{attempt}"
    before, start = previous.iri if previous else None, release.checksum[:_START]
    return Copy(iri, release.version, release.checksum, now(), before, tuple(parts), start)


def unfinished(iri: str) -> Copy:
    """Return what a load that did not end well may have left: every graph it can have begun with."""
    version, attempt = _attempt(iri)
    names = (f"{GRAPHS}{name}/{version}/{attempt}" for name in NAMES)
    parts = (Part(name, own, own, 0, "") for name, own in zip(NAMES, names, strict=True))
    return Copy(iri, version, "", "", None, tuple(parts))


def _attempt(iri: str) -> tuple[str, str]:
    """Return the version and the attempt in the IRI of a release.

    Raises:
        ValueError: It is none of ours.
    """
    match = _ATTEMPT.fullmatch(iri)
    if match is None:
        raise ValueError
    return match[1], match[2]


def read(store: Store) -> Catalog:
    """Return the catalog of a store; an empty one where there is none.

    Raises:
        StoreError: It is damaged, or the store cannot be asked.
    """
    text = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{CATALOG}> {{ ?s ?p ?o }} }}"
    found: dict[str, dict[str, list[str]]] = {}
    message = f"{store.profile.query}: its catalog <{CATALOG}> is damaged: it says something that no load writes"
    for subject, predicate, value in store.rows(text, "s", "p", "o", doing="tell which releases it has"):
        if isinstance(subject, ox.Literal):
            raise StoreError(message)
        found.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value.value)
    current = found.get(DATASET, {}).get(CURRENT, [])
    releases = {iri: values for iri, values in found.items() if iri.startswith(_RELEASES)}
    try:
        copies = {iri: _copy(iri, found, store.hidden) for iri, values in releases.items() if _CHECKSUM in values}
        claims = {iri: values[VALID][0] for iri, values in found.items() if iri.startswith(CLAIMS)}
        unfinished = {iri: values[VALID][0] for iri, values in releases.items() if _CHECKSUM not in values}
        places = [part.place for copy in copies.values() for part in copy.parts]
        sound = all(_attempt(iri) for iri in unfinished) and len(places) == len(set(places))
        if not sound or len(current) > 1 or (current and current[0] not in copies):
            raise ValueError  # noqa: TRY301  (what cannot be and what is missing end alike)
    except (KeyError, ValueError) as error:
        raise StoreError(message) from error
    return Catalog(current[0] if current else None, copies, claims, unfinished)


def _copy(iri: str, found: Mapping[str, Mapping[str, Sequence[str]]], hide: Callable[[str], str]) -> Copy:
    """Return one release of the catalog.

    Raises:
        KeyError, ValueError: Something is missing, is there twice, or is nothing that we write.
    """
    version, attempt = _attempt(iri)

    def one(node: str, predicate: str, of: re.Pattern[str] = re.compile(".*")) -> str:
        """Return the only value of a property, which has a form."""
        (value,) = found[node][predicate]
        if not of.fullmatch(value):
            raise ValueError
        return value

    parts = []
    for part in sorted(found[iri][_PART]):
        name, triples = one(part, _OF).removeprefix(GRAPHS), int(one(part, _TRIPLES, _NUMBER))
        place = one(part, _PLACE)
        is_ours = name in NAMES and part == f"{GRAPHS}{name}/{version}/{attempt}" and place in {part, GRAPHS + name}
        if not is_ours or triples > MOST:
            raise ValueError
        parts.append(Part(name, part, place, triples, one(part, _CHECKSUM, _DIGEST)))
    (issued,), previous = found[iri][_ISSUED], found[iri].get(_PREVIOUS, [])
    if one(iri, VERSION) != version or not _is_moment(issued) or not all(_attempt(other) for other in previous):
        raise ValueError
    checksum = one(iri, _CHECKSUM, _DIGEST)
    before, start = previous[0] if previous else None, hide(checksum)[:_START]
    return Copy(iri, version, checksum, issued, before, tuple(parts), start)


def statements(copy: Copy) -> list[str]:
    """Return what the catalog says of a release, as triples of N-Triples without their dot."""
    made = [
        _triple(copy.iri, VERSION, _text(copy.version)),
        _triple(copy.iri, _CHECKSUM, _text(copy.checksum)),
        _triple(copy.iri, _ISSUED, _text(copy.issued)),
        *([link(copy.iri, copy.previous)] if copy.previous else []),
    ]
    for part in copy.parts:
        made += [
            _triple(copy.iri, _PART, _iri(part.iri)),
            _triple(part.iri, _OF, _iri(GRAPHS + part.name)),
            _triple(part.iri, _TRIPLES, f'"{part.triples}"^^<{XSD}integer>'),
            _triple(part.iri, _CHECKSUM, _text(part.digest)),
            _triple(part.iri, _PLACE, _iri(part.place)),
        ]
    return made


def pointer(copy: Copy | str) -> str:
    """Return the one triple that says which release is live."""
    return _triple(DATASET, CURRENT, _iri(copy if isinstance(copy, str) else copy.iri))


def link(iri: str, previous: str) -> str:
    """Return the triple that says which release was live before another."""
    return _triple(iri, _PREVIOUS, _iri(previous))


def valid(iri: str, until: str) -> str:
    """Return the triple that says until when a claim or an unfinished load stands."""
    return _triple(iri, VALID, _text(until))


def insert(store: Store, triples: Iterable[str], *, doing: str) -> None:
    """Add triples to the catalog."""
    store.update(inserting(triples), doing=doing)


def delete(store: Store, triples: Iterable[str], *, doing: str) -> None:
    """Take triples out of the catalog; those that are not there do no harm."""
    store.update(deleting(triples), doing=doing)


def forget(store: Store, copy: Copy, *, doing: str) -> None:
    """Take what the catalog says of a release out of it, unless the release is live."""
    said = " . ".join(statements(copy))
    live = f"FILTER NOT EXISTS {{ {pointer(copy)} }}"
    store.update(
        f"WITH <{CATALOG}> DELETE {{ {said} }} WHERE {{ <{copy.iri}> <{VERSION}> ?version . {live} }}", doing=doing
    )


def finish(store: Store, iri: str, *, doing: str) -> None:
    """Take out until when a release is unfinished, whenever that is."""
    note = _triple(iri, VALID, "?until")
    store.update(f"WITH <{CATALOG}> DELETE {{ {note} }} WHERE {{ {note} }}", doing=doing)


def inserting(triples: Iterable[str]) -> str:
    """Return the update that adds triples to the catalog."""
    return f"INSERT DATA {{ GRAPH <{CATALOG}> {{ {' . '.join(triples)} }} }}"


def deleting(triples: Iterable[str]) -> str:
    """Return the update that takes triples out of the catalog."""
    return f"DELETE DATA {{ GRAPH <{CATALOG}> {{ {' . '.join(triples)} }} }}"


def _triple(subject: str, predicate: str, value: str) -> str:
    return f"{_iri(subject)} {_iri(predicate)} {value}"


def _iri(value: str) -> str:
    return str(ox.NamedNode(value))


def _text(value: str) -> str:
    return str(ox.Literal(value))


def counted(copy: Copy | Release) -> str:
    """Return a release in words: version, start of its checksum, triples."""
    start = copy.start if isinstance(copy, Copy) else copy.checksum[:_START]
    return f"{copy.version} ({start}, {copy.triples:,} triples)"
