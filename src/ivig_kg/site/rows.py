"""Rows: a fact as a line of a table: the claim, how strong it is, for whom, and where it was read."""

from __future__ import annotations

import dataclasses

from ivig_kg.release.statements import local
from ivig_kg.schema import RDF, SKOS
from ivig_kg.site.readings import Readings

QUANTITIES = ("dose", "rate", "startRate", "amount", "course", "interval", "duration", "wait", "onset", "trough")
_NAMES = {
    "startRate": "first rate",
    "course": "over",
    "interval": "every",
    "duration": "for",
    "wait": "wait:",
    "trough": "trough",
}
_NUMBERS = frozenset(f"{what}{end}" for what in (*QUANTITIES, "age") for end in ("Min", "Max", "Unit"))
_TOLD = _NUMBERS | {
    *("about", "evidence", "status", "statedAs", "population", "jurisdiction", "certaintyAsStated", "criterion"),
    *("frequency", "frequencyAsStated", "frequencyBasis", "frequencyCount", "frequencyPercent", "frequencyTotal"),
    *("phase", "qualifier", "seriousness", "supersededBy"),
}  # what a row says in a place of its own
_OF_ONE_SOURCE = frozenset(
    {
        *("about", "evidence", "status", "statedAs", "jurisdiction", "forIndication", "alternativeTo"),
        *("conflictsWith", "supersededBy", "reason", "retractedOn"),
        *("curator", "curatedOn", "reviewer", "reviewedOn"),
    }
)  # what is not the claim but whose it is
_ASIDE = frozenset({f"{RDF}type", f"{SKOS}prefLabel"})


_UNITS = {"a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours"}  # codes that a reader may not know


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """Something that has a page: what it is called, and where the page is."""

    label: str
    path: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A fact in a table.

    Attributes:
        fact: The claim, with its page.
        strength: How often, how sure, how much, and all else that is stated: in the words and numbers of the source.
        population: Of whom it is said.
        jurisdiction: Where.
        sources: Where it was read.
        status: draft, reviewed, superseded or retracted.
        signature: What it claims, without who says it; see `signature`.
    """

    fact: Link
    strength: tuple[str, ...]
    population: tuple[Link, ...]
    jurisdiction: str
    sources: tuple[Link, ...]
    status: str
    signature: frozenset[tuple[str, str]]


def link(readings: Readings, iri: str) -> Link:
    """Return a link to the page of a node or a term."""
    return Link(readings.said.label(iri), readings.path(iri))


def source(readings: Readings, iri: str) -> Link:
    """Return a link to the page of a source, which says of one that is retracted that it is."""
    label = readings.said.label(iri)
    return Link(f"{label} (retracted)" if is_retracted(readings, iri) else label, readings.path(iri))


def is_retracted(readings: Readings, iri: str) -> bool:
    """Tell whether a source, or a fact, was taken back."""
    return "retracted" in map(local, readings.said.iris(iri, "status"))


def row(readings: Readings, fact: str) -> Row:
    """Return a fact as a row."""
    if fact not in readings.rows:
        readings.rows[fact] = _row(readings, fact)
    found: Row = readings.rows[fact]
    return found


def _row(readings: Readings, fact: str) -> Row:
    said = readings.said
    people = [link(readings, p) for p in said.iris(fact, "population")]
    age = quantity(readings, fact, "age")
    return Row(
        link(readings, fact),
        (*strength(readings, fact), *details(readings, fact)),
        (*people, *([Link(age, None)] if age else [])),
        ", ".join(said.texts(fact, "jurisdiction")),
        tuple(source(readings, s) for s in said.sources(fact)),
        readings.status(fact),
        signature(readings, fact),
    )


def strength(readings: Readings, fact: str) -> list[str]:
    """Return how often, how sure and how much, each only where the source says so."""
    said = readings.said
    found = said.texts(fact, "frequencyAsStated")
    found += [f"{p} %" for p in said.texts(fact, "frequencyPercent")]
    if counts := said.texts(fact, "frequencyCount"):
        totals = said.texts(fact, "frequencyTotal")
        found.append(f"{counts[0]} of {totals[0]}" if totals else f"n = {counts[0]}")
    found += [f"of {said.label(b)}" for b in said.iris(fact, "frequencyBasis")]
    found += said.texts(fact, "certaintyAsStated")
    found += [said.label(node) for key in ("seriousness", "phase") for node in said.iris(fact, key)]
    for what in QUANTITIES:
        if text := quantity(readings, fact, what):
            found.append(f"{_NAMES.get(what, '')} {text}".strip())
    said_so = _bound(readings, fact)
    found += [said.label(q) for q in said.iris(fact, "qualifier") if local(q) != said_so]
    return found + said.texts(fact, "criterion")


def details(readings: Readings, fact: str) -> list[str]:
    """Return every other value that is stated of a fact, with the name of its property, so that no row drops one."""
    said, told = readings.said, {*named(readings, fact)}
    found = []
    for predicate, value in said.stated(fact):
        if local(predicate) in _TOLD or predicate in _ASIDE or value.value in told:
            continue
        shown = said.label(value.value) if not hasattr(value, "datatype") else value.value
        found.append(f"{called(readings, predicate)}: {shown}")
    return found


def signature(readings: Readings, fact: str) -> frozenset[tuple[str, str]]:
    """Return what a fact claims of its medicine, without who says it: two facts of one signature say the same.

    Quantities are those that the graph derives in one unit, where it does; an indication is its condition.
    """
    said = readings.said
    held = {(local(t.predicate.value), t.object.value) for t in readings.triples(fact)}
    in_one_unit = {key.removeprefix("comparable") for key, _ in held if key.startswith("comparable")}
    claims = {
        (key, value)
        for key, value in held
        if key not in _OF_ONE_SOURCE | _ASIDE | {f"{SKOS}editorialNote"}
        and key[:1].upper() + key[1:] not in in_one_unit
    }
    conditions = {("for", c) for i in said.iris(fact, "forIndication") for c in said.objects(i)}
    return frozenset({*claims, *conditions, ("class", sort_of(readings, fact))})


def quantity(readings: Readings, fact: str, what: str) -> str | None:
    """Return a quantity of a fact as a person writes it: a number, a range or a bound, with the unit of the source."""
    said = readings.said
    least, most, unit = (said.text(fact, f"{what}{end}") for end in ("Min", "Max", "Unit"))
    if least is None and most is None:
        return None
    number = least if least == most else None
    if least is None:
        number = f"{'less than' if _bound(readings, fact) == 'below' else 'up to'} {most}"
    elif most is None:
        number = f"{'more than ' if _bound(readings, fact) == 'above' else ''}{least}"
    text = f"{number or f'{least} to {most}'}{_unit(unit, number)}"
    return f"{text} or more" if most is None and _bound(readings, fact) != "above" else text


def _unit(unit: str | None, number: str | None) -> str:
    if unit is None:
        return ""
    name = _UNITS.get(unit, unit)
    return f" {name.removesuffix('s') if number == '1' or (number or '').endswith(' 1') else name}"


def _bound(readings: Readings, fact: str) -> str | None:
    """Return `below` or `above` where the one quantity of a fact has one end alone, and does not reach it."""
    said = readings.said
    ends = [(said.text(fact, f"{what}Min"), said.text(fact, f"{what}Max")) for what in (*QUANTITIES, "age")]
    given = [pair for pair in ends if pair != (None, None)]
    words = {local(q) for q in said.iris(fact, "qualifier")}
    if len(given) != 1 or len(words & {"below", "above"}) != 1:
        return None
    least, most = given[0]
    if least is None and "below" in words:
        return "below"
    return "above" if most is None and "above" in words else None


def called(readings: Readings, predicate: str) -> str:
    """Return what a property is called; one of another vocabulary by its local name."""
    label = readings.said.label(predicate)
    return label if label != predicate else predicate.replace("#", "/").rpartition("/")[2].replace("_", " ")


def named(readings: Readings, fact: str) -> list[str]:
    """Return the nodes that a fact is mainly about beside its medicine, whatever its class calls them."""
    keys = ("risk", "requires", "condition", "quantityKind", "monitors")
    return readings.said.objects(fact) or [node for key in keys for node in readings.said.iris(fact, key)]


def sort_of(readings: Readings, fact: str) -> str:
    """Return the local name of a fact's class."""
    return local(readings.said.classes[fact])
