"""Medicines: all that is said of a drug or product, in the order in which a pharmacist reads a monograph."""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Iterable, Sequence

from ivig_kg.resources import VOCABULARY
from ivig_kg.site import rows
from ivig_kg.site.readings import FACT, Readings
from ivig_kg.site.rows import Link, Row

SECTIONS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("Indications", ("TreatmentIndication", "PreventiveIndication", "ClinicalUse")),
    ("Dosing", ("DosageRegimen", "DosingConsideration")),
    ("Administration", ("Administration",)),
    ("Contraindications", ("Contraindication",)),
    ("Boxed warnings", ("BoxedWarning",)),
    ("Warnings", ("Warning",)),
    ("Adverse effects", ("AdverseEffect",)),
    ("Interactions", ("Interaction",)),
    ("Monitoring", ("MonitoringRequirement",)),
    ("Pregnancy, children, age", ("UseInPopulation",)),
    ("Composition and origin", ("Composition", "Origin")),
    ("Mechanism", ("Mechanism",)),
    ("Properties", ("ProductProperty",)),
    ("Advice to patients", ("PatientAdvice",)),
    ("Names and kinds", ("Naming", "Classification", "Identification")),
    ("Authorisations", ("Authorisation",)),
)
FREQUENCIES = ("VeryCommon", "Common", "Uncommon", "Rare", "VeryRare", "NotKnown")


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading of their own; the first of a section may have none."""

    title: str
    rows: tuple[Row, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A part of a monograph: its title, the anchor of it, and its rows."""

    title: str
    anchor: str
    groups: tuple[Group, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One thing that medicines are compared by.

    Attributes:
        title: What it is.
        cells: The facts of each medicine; an empty cell says nothing.
        shown: The numbers of the columns, from 1, that say something.
        letters: Of each cell: those with one letter make the same claims (see `rows.signature`); none where a cell is
            empty, or alone. So it is seen in any choice of medicines which of them differ.
        mark: Of the columns that are chosen at first: `differs` where they have two letters or more; `only here` where
            one of them alone says it.
    """

    title: Link
    cells: tuple[tuple[Row, ...], ...]
    shown: tuple[int, ...]
    letters: tuple[str, ...]
    mark: str


def sections(readings: Readings, facts: Iterable[str]) -> list[Section]:
    """Return facts in the order of a monograph, live ones first; sections without any are left out."""
    by_class: dict[str, list[str]] = {}
    for fact in sorted(facts, key=lambda f: not readings.is_live(f)):
        by_class.setdefault(rows.sort_of(readings, fact), []).append(fact)
    found = []
    for title, classes in SECTIONS:
        own = [fact for name in classes for fact in by_class.pop(name, [])]
        if own:
            found.append(Section(title, anchor(title), tuple(_groups(readings, title, own))))
    for name, own in sorted(by_class.items()):  # a class of the project's own
        found.append(Section(name, anchor(name), tuple(_groups(readings, name, own))))
    return found


def anchor(title: str) -> str:
    """Return a title as the name of a place in a page, whatever it is written in.

    >>> anchor("Composition and origin"), anchor("副作用"), anchor("%")
    ('composition-and-origin', '副作用', 'part')
    """
    return re.sub(r"[\W_]+", "-", title.casefold()).strip("-") or "part"


def _groups(readings: Readings, title: str, facts: list[str]) -> list[Group]:
    """Return effects by how often they come, where the source follows the convention, and all else as one group."""
    if title != "Adverse effects":
        return [Group("", tuple(rows.row(readings, fact) for fact in facts))]
    by_frequency: dict[str, list[str]] = {}
    for fact in facts:
        by_frequency.setdefault(next(iter(readings.said.iris(fact, "frequency")), ""), []).append(fact)
    known = {f"{VOCABULARY}{name}": number for number, name in enumerate(FREQUENCIES)}
    ordered = sorted(by_frequency, key=lambda iri: (not iri, known.get(iri, len(known)), iri))
    return [
        Group(
            readings.said.label(iri) if iri else "By no convention",
            tuple(rows.row(readings, fact) for fact in by_frequency[iri]),
        )
        for iri in ordered
    ]


def families(readings: Readings) -> dict[str, list[str]]:
    """Return the products of one name in several jurisdictions, by that name: where labels may differ."""
    found: dict[str, list[str]] = {}
    for medicine in readings.medicines:
        if readings.said.kind(medicine) == "Product" and readings.about(medicine):
            name = re.sub(r"\s*\([^()]*\)$", "", readings.said.label(medicine))
            found.setdefault(name, []).append(medicine)
    return {name: several for name, several in sorted(found.items()) if len(_places(readings, several)) > 1}


def _places(readings: Readings, medicines: Iterable[str]) -> set[str]:
    return {where for medicine in medicines for where in readings.said.texts(medicine, "jurisdiction")}


def jurisdictions(readings: Readings) -> dict[str, list[str]]:
    """Return the medicines that facts are about, by the jurisdiction of the product, those with most facts first."""
    found: dict[str, list[str]] = {}
    for medicine in sorted(readings.medicines, key=lambda m: (-len(readings.about(m)), readings.said.label(m))):
        if readings.about(medicine):
            for where in readings.said.texts(medicine, "jurisdiction") or ["any jurisdiction"]:
                found.setdefault(where, []).append(medicine)
    return {where: several for where, several in sorted(found.items()) if len(several) > 1}


def compared(readings: Readings, medicines: Sequence[str], *, first: int) -> list[tuple[str, list[Line]]]:
    """Return what is said of several medicines, side by side, by section and by what it is about.

    Args:
        readings: The project.
        medicines: What stands in the columns.
        first: How many columns are chosen at first, from the left.
    """
    table: dict[tuple[str, str], dict[str, list[str]]] = {}
    titles: dict[tuple[str, str], Link] = {}
    for medicine in medicines:
        for fact in readings.about(medicine):
            if not readings.is_live(fact):
                continue
            for key, called in _subjects(readings, fact):
                table.setdefault(key, {}).setdefault(medicine, []).append(fact)
                titles[key] = called
    found = []
    known = {name for _, classes in SECTIONS for name in classes}
    others = [(name, (name,)) for name in sorted({kind for kind, _ in table} - known)]  # of the project's own
    for title, classes in (*SECTIONS, *others):
        keys = [key for key in table if key[0] in classes]
        lines = []
        for key in sorted(keys, key=lambda k: (classes.index(k[0]), titles[k].label)):
            cells = [[rows.row(readings, fact) for fact in table[key].get(medicine, [])] for medicine in medicines]
            shown = tuple(number for number, cell in enumerate(cells, 1) if cell)
            letters = _letters(cells)
            alone = "only here" if len([number for number in shown if number <= first]) == 1 else ""
            mark = "differs" if len({*letters[:first]} - {""}) > 1 else alone
            lines.append(Line(titles[key], tuple(map(tuple, cells)), shown, letters, mark))
        if lines:
            found.append((title, lines))
    return found


def _letters(cells: Sequence[Sequence[Row]]) -> tuple[str, ...]:
    told = [frozenset(row.signature for row in cell) for cell in cells]
    kinds = list(dict.fromkeys(one for one in told if one))
    if sum(map(bool, told)) == 1:
        return ("",) * len(told)
    return tuple(_letter(kinds.index(one)) if one else "" for one in told)


def _letter(number: int) -> str:
    """Return a letter, or two of them where there are more kinds than letters.

    >>> [_letter(n) for n in (0, 25, 26)]
    ['A', 'Z', 'AA']
    """
    first, last = divmod(number, len(string.ascii_uppercase))
    return (string.ascii_uppercase[first - 1] if first else "") + string.ascii_uppercase[last]


def _subjects(readings: Readings, fact: str) -> list[tuple[tuple[str, str], Link]]:
    """Return what a fact is compared by: each thing that it names, or that it is one of its kind.

    A regimen names an indication, which is a fact of one label: it is compared by the condition of that.
    """
    kind = rows.sort_of(readings, fact)
    called = readings.said.label(readings.said.classes[fact])
    nodes = [
        node
        for named in rows.named(readings, fact)
        for node in (readings.said.objects(named) if readings.kind(named) == FACT else [named])
    ]
    if not nodes:
        return [((kind, kind), Link(called, None))]
    shared = any(kind in classes and len(classes) > 1 for _, classes in SECTIONS)
    return [
        ((kind, node), Link(readings.said.label(node) + (f" ({called})" if shared else ""), readings.path(node)))
        for node in nodes
    ]
