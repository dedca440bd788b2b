"""Gaps: what the facts of a project lack as a whole, each told in one note that counts.

They are no mistakes of a file, so one note for all says more than one for each.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType

from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.nodes import Document, Mapping, Scalar
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import Form, Schema

CONCEPTS = "concepts"  # the folder of what facts speak about
YEARS = 2
SHOWN = 3
ENOUGH = 2  # sources of one claim that are told apart

Parents = MappingType[str, str]
Place = tuple[str, Position, str | None]  # an id, where it stands, and what its node is called


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """What one document adds to what is missing as a whole.

    Attributes:
        sources: Its sources, each with its kind and its date.
        claims: What its live facts claim: kind of fact, medicine and object, with the sources that it rests on.
        rests: The medicines that these speak of, each with a source that it rests on.
        first: The first live fact.
        concepts: Where it stands in the folder of concepts, its concepts.
        named: The concepts that it names, those of the project.
    """

    sources: tuple[tuple[Place, str, str], ...] = ()
    claims: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    rests: tuple[tuple[str, str], ...] = ()
    first: Place | None = None
    concepts: tuple[Place, ...] = ()
    named: tuple[str, ...] = ()


Fact = tuple[Mapping, set[str]]  # with the sources that it rests on

_DATES = ("date", "issuedInMonth", "issuedInYear")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def tally(document: Document, *, parents: Parents, schema: Schema, concepts: Collection[str]) -> Tally:
    """Count what is missing in one document.

    Args:
        document: A document.
        parents: The source of each passage that it names, by the id of the passage.
        schema: What classes and keys there are.
        concepts: The ids of the concepts of the project.
    """
    nodes = document.mappings
    facts = list(_facts(nodes, parents, schema))
    references = {k.name for k in schema.keys.values() if k.form is Form.REFERENCE}
    named = {
        value.text
        for node in nodes
        for value in node.scalars(*references)
        if value.text in concepts and value.text != node.text("id")
    }
    return Tally(
        sources=tuple(
            (_place(n), n.text("sourceKind"), _date(n)) for n in nodes if n.text("type") == "Source" and n.get("id")
        ),
        claims=tuple(dict.fromkeys(_claims(facts, schema))),
        rests=tuple(dict.fromkeys((node.text("about"), source) for node, found in facts for source in sorted(found))),
        first=_place(facts[0][0]) if facts else None,
        concepts=tuple(_place(n) for n in nodes if n.text("id") in concepts) if _holds_concepts(document) else (),
        named=tuple(sorted(named)),
    )


class Gaps:
    """What is missing as a whole: dates, newer sources, second sources, uses of concepts.

    Documents are added one after the other, in any order. What is kept of them grows with the sources and the
    concepts, not with the facts.
    """

    def __init__(self, broader: MappingType[str, Sequence[str]]) -> None:
        """Begin to count.

        Args:
            broader: What is directly broader than an id.
        """
        self._broader = broader
        self._sources: dict[str, tuple[Place, str, str]] = {}
        self._claims: dict[tuple[str, str, str], set[str]] = {}
        self._rests: dict[str, set[str]] = {}
        self._first: Place | None = None
        self._concepts: list[Place] = []
        self._named: set[str] = set()

    def add(self, counted: Tally) -> None:
        """Add what one document gives."""
        self._sources |= {place[0]: (place, kind, date) for place, kind, date in counted.sources}
        for kind, medicine, value, sources in counted.claims:
            known = self._claims.setdefault((kind, self._drug(medicine), value), set())
            if len(known) < ENOUGH:
                known.update(sources)
        for medicine, source in counted.rests:
            self._rests.setdefault(source, set()).add(medicine)
        if counted.first and (self._first is None or counted.first[1] < self._first[1]):
            self._first = counted.first
        self._concepts += counted.concepts
        self._named.update(counted.named)

    def findings(self) -> list[Finding]:
        """Return at most one note each: `source-undated`, `source-old`, `single-source` and `concept-unused`.

        The first three need two sources to compare.
        """
        found = list(self._unused())
        if len(self._sources) > 1:
            found += [*self._undated(), *self._old(), *self._single()]
        return found

    def _undated(self) -> Iterator[Finding]:
        places = _sorted(place for place, _, date in self._sources.values() if not date)
        if places:
            bear, they = ("bears", "it says") if len(places) == 1 else ("bear", "they say")
            message = f"{len(places)} of {len(self._sources)} sources {bear} no date: {_some(places)}"
            yield _note("source-undated", message, places[0], f"never call what {they} current")

    def _old(self) -> Iterator[Finding]:
        """Find sources that are years older than the newest one of their kind that speaks of the same medicine."""
        dated = {name: (kind, date) for name, (_, kind, date) in self._sources.items() if _DATE.fullmatch(date)}
        newest: dict[tuple[str, str], str] = {}
        for name, (kind, date) in dated.items():
            for medicine in self._rests.get(name, ()):
                newest[medicine, kind] = max(newest.get((medicine, kind), date), date)
        places = _sorted(
            self._sources[name][0]
            for name, (kind, date) in dated.items()
            if any(_is_old(date, newest[medicine, kind]) for medicine in self._rests.get(name, ()))
        )
        if places:
            are = "source is" if len(places) == 1 else "sources are"
            message = f"{len(places)} {are} {YEARS} years or more older than another of the kind on the same medicine: "
            message += _some(places)
            yield _note("source-old", message, places[0], "look in the newer one whether the claims still stand")

    def _single(self) -> Iterator[Finding]:
        """Count the claims (kind of fact, and what it says of a medicine of the same kind) that rest on one source."""
        alone = sum(len(found) == 1 for found in self._claims.values())
        if alone and self._first:
            rest = "rests" if alone == 1 else "rest"
            message = f"{alone} of {len(self._claims)} claims {rest} on one source alone"
            hint = "a claim counts once for each kind of fact, drug and object"
            yield _note("single-source", message, self._first, hint)

    def _unused(self) -> Iterator[Finding]:
        """Find concepts in the folder of concepts that no other node names."""
        idle = _sorted(place for place in self._concepts if place[0] not in self._named)
        if idle:
            are, them = ("concept is", "it out, or write the fact that it waits for")
            if len(idle) > 1:
                are, them = ("concepts are", "them out, or write the facts that they wait for")
            message = f"{len(idle)} {are} named by no fact and no other concept: {_some(idle)}"
            yield _note("concept-unused", message, idle[0], f"take {them}")

    def _drug(self, name: str) -> str:
        """Return the widest drug above a medicine, or the medicine itself."""
        seen: set[str] = set()
        while self._broader.get(name) and name not in seen:
            seen.add(name)
            name = self._broader[name][-1]
        return name


def _is_old(date: str, newest: str) -> bool:
    """Tell whether one date is years before another, however much of each is known.

    >>> _is_old("2020-12-31", "2022-01-01"), _is_old("2020-01-01", "2022-01-01"), _is_old("2020", "2022-06")
    (False, True, False)
    """
    later = f"{int(date[:4]) + YEARS:04}{date[4:]}"
    last_day = later + "-12-31"[len(later) - 4 :]
    return last_day <= newest + "-01-01"[len(newest) - 4 :]


def _claims(facts: Iterable[Fact], schema: Schema) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield what facts claim, each with the sources that it rests on."""
    for node, evidence in facts:
        main = schema.noted(schema.classes[node.text("type")], "mainProperty")
        for entry in node.entries:
            key = schema.keys.get(entry.key.text)
            for value in entry.values if key and key.iri in main and key.form is Form.REFERENCE else ():
                if isinstance(value, Scalar):
                    yield node.text("type"), node.text("about"), value.text, tuple(sorted(evidence))


def _facts(nodes: Sequence[Mapping], parents: Parents, schema: Schema) -> Iterator[Fact]:
    """Yield the live facts, each with the sources it rests on."""
    for node in nodes:
        class_iri = schema.classes.get(node.text("type"), "")
        if (
            VOCABULARY + "Fact" in schema.ancestors(class_iri)
            and node.text("status") != "retracted"
            and not node.get("supersededBy")
        ):
            yield node, {parents[e.text] for e in node.scalars("evidence") if e.text in parents}


def _date(source: Mapping) -> str:
    return next((v.text for key in _DATES if (v := source.get(key))), "")


def _holds_concepts(document: Document) -> bool:
    return CONCEPTS in document.path.split("/")[:-1]


def _place(node: Mapping) -> Place:
    name = node.get("id")
    return node.text("id"), name.position if name else node.position, node.name


def _sorted(places: Iterable[Place]) -> list[Place]:
    """Return places in the order of the files."""
    return sorted(places, key=lambda place: place[1])


def _some(places: Sequence[Place]) -> str:
    more = "" if len(places) <= SHOWN else " and more"
    return ", ".join(quoted(name) for name, *_ in places[:SHOWN]) + more


def _note(code: str, message: str, place: Place, hint: str) -> Finding:
    _, position, subject = place
    return Finding(code, message, position, Severity.NOTE, hint=hint, subject=subject)
