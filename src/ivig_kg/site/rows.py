"""Rows: a fact as a line of a table: the claim, how strong it is, for whom, and where it was read."""

from __future__ import annotations

import dataclasses

from ivig_kg.release.statements import local
from ivig_kg.resources import VOCABULARY
from ivig_kg.site.readings import Readings

QUANTITIES = ("dose", "rate", "startRate", "amount", "course", "interval", "duration", "wait", "onset", "trough")
_NAMES = {
    "startRate": "first rate",
    "course": "over",
    "interval": "every",
    "duration": "for",
    "wait": "after",
    "trough": "trough",
}


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
        objects: What it says of the medicine, beside it.
        strength: How often, how sure, how much: in the words and numbers of the source.
        population: Of whom it is said.
        jurisdiction: Where.
        sources: Where it was read.
        status: draft, reviewed, superseded or retracted.
    """

    fact: Link
    objects: tuple[Link, ...]
    strength: tuple[str, ...]
    population: tuple[Link, ...]
    jurisdiction: str
    sources: tuple[Link, ...]
    status: str


def link(readings: Readings, iri: str) -> Link:
    """Return a link to the page of a node or a term."""
    return Link(readings.said.label(iri), readings.path(iri))


def row(readings: Readings, fact: str) -> Row:
    """Return a fact as a row."""
    said = readings.said
    people = [link(readings, p) for p in said.iris(fact, "population")]
    age = quantity(readings, fact, "age")
    return Row(
        link(readings, fact),
        tuple(link(readings, o) for o in said.objects(fact)),
        tuple(strength(readings, fact)),
        (*people, *([Link(age, None)] if age else [])),
        ", ".join(said.texts(fact, "jurisdiction")),
        tuple(link(readings, s) for s in said.sources(fact)),
        readings.status(fact),
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
    found += [f"{said.label(s)}" for s in said.iris(fact, "seriousness")]
    found += [said.label(p) for p in said.iris(fact, "phase")]
    for what in QUANTITIES:
        if text := quantity(readings, fact, what):
            found.append(f"{_NAMES.get(what, '')} {text}".strip())
    found += [said.label(q) for q in said.iris(fact, "qualifier") if not _is_below(readings, fact)]
    found += said.texts(fact, "criterion")
    return found


def quantity(readings: Readings, fact: str, what: str) -> str | None:
    """Return a quantity of a fact as a person writes it: a number, a range or a bound, with the unit of the source."""
    said = readings.said
    least, most, unit = (said.text(fact, f"{what}{end}") for end in ("Min", "Max", "Unit"))
    if least is None and most is None:
        return None
    named = f" {_UNITS.get(unit, unit)}" if unit else ""
    if least == most:
        return f"{least}{named}"
    if least is None:
        return f"{'less than' if _is_below(readings, fact) else 'up to'} {most}{named}"
    return f"{least} to {most}{named}" if most is not None else f"{least}{named} or more"


def _is_below(readings: Readings, fact: str) -> bool:
    """Tell whether the bound of a fact is not reached: it says less than, not up to."""
    return f"{VOCABULARY}below" in readings.said.iris(fact, "qualifier")


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
