"""Pages: which ones there are; how they look is said by the templates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ivig_kg.comparison import Comparison
from ivig_kg.site import entries, medicines, overviews, pictures, rows
from ivig_kg.site.page import Page, listing
from ivig_kg.site.readings import Readings
from ivig_kg.site.rows import Link

SHOWN = 4  # columns of a comparison that are chosen at first
MOST = 100  # columns of the comparison of all medicines: with more there is none


def all_of(readings: Readings, *, downloads: Mapping[str, bytes], changes: Comparison | None = None) -> Iterator[Page]:
    """Yield every page of a project.

    Args:
        readings: The project.
        downloads: What can be downloaded, by its path in the site.
        changes: What differs from the release before, where that was named.
    """
    yield _start(readings)
    yield overviews.downloads(readings, downloads)
    yield overviews.changes(changes)
    yield from _lists(readings)
    for node in readings.facts:
        yield entries.fact(readings, node)
    for source in readings.sources:
        yield entries.source(readings, source)
    for concept in readings.concepts:
        make = entries.medicine if concept in readings.medicines else entries.concept
        yield make(readings, concept)
    yield from _compared(readings)
    yield overviews.vocabulary(readings)
    yield from overviews.rules(readings)
    yield overviews.quality(readings)
    yield overviews.sparql_page(readings)


def _start(readings: Readings) -> Page:
    gone = sum(not readings.is_live(fact) for fact in readings.facts)
    counts = [
        (len(readings.facts) - gone, "facts"),
        *([(gone, "superseded or retracted")] if gone else []),
        (len(readings.sources), "sources"),
        (len(readings.concepts), "concepts"),
        (len(readings.loaded.table.rows), "public identifiers"),
    ]
    told = sorted(readings.medicines, key=lambda m: (-len(readings.about(m)), readings.said.label(m)))
    told_of = [(rows.link(readings, m), live(readings, readings.about(m))) for m in told if readings.about(m)]
    drug = max(
        readings.medicines, key=lambda m: (readings.said.kind(m) == "Drug", len(readings.about(m))), default=None
    )
    content: dict[str, Any] = {"title": "Start", "counts": counts, "medicines": told_of, "sections": []}
    if drug:
        content |= {
            "drug": rows.link(readings, drug),
            "sections": medicines.sections(readings, readings.about(drug)),
            "picture": pictures.of(readings, drug),
        }
    return Page("index.html", "index.html", content)


def live(readings: Readings, facts: Iterable[str]) -> int:
    """Return how many facts are neither retracted nor superseded."""
    return sum(map(readings.is_live, facts))


def _lists(readings: Readings) -> Iterator[Page]:
    said = readings.said

    def entry(node: str, number: int, what: str) -> tuple[Link, str]:
        """Return a node with how much there is of it."""
        return rows.link(readings, node), f"{number} {what if number == 1 else what + 's'}" if number else ""

    groups: dict[str, list[Any]] = {}
    for concept in sorted(readings.concepts, key=lambda c: said.label(c).casefold()):
        kind = said.label(said.classes[concept])
        is_medicine = concept in readings.medicines
        facts = readings.about(concept) if is_medicine else entries.facts_naming(readings, concept)
        groups.setdefault(kind, []).append(entry(concept, live(readings, facts), "fact"))
    of_medicines = {said.label(said.classes[m]) for m in readings.medicines}
    for path, title, wanted in (("medicines.html", "Medicines", True), ("concepts.html", "Concepts", False)):
        shown = [(kind, listed) for kind, listed in sorted(groups.items()) if (kind in of_medicines) is wanted]
        nodes = [c for c in readings.concepts if (c in readings.medicines) is wanted]
        yield listing(path, title, shown, nodes=nodes)
    kinds: dict[str, list[Any]] = {}
    for source in sorted(readings.sources, key=lambda s: said.label(s).casefold()):
        kind = ", ".join(said.label(k) for k in said.iris(source, "sourceKind")) or "Sources"
        _, more = entry(source, len(entries.passages(readings, source)), "passage")
        kinds.setdefault(kind, []).append((rows.source(readings, source), more))
    yield listing("sources.html", "Sources", sorted(kinds.items()), nodes=readings.sources)


def _compared(readings: Readings) -> Iterator[Page]:
    """Yield the pages on which medicines stand side by side: of one name, of one jurisdiction, and any of all."""
    named, placed = medicines.families(readings), medicines.jurisdictions(readings)
    every = list(dict.fromkeys(itertools.chain.from_iterable(placed.values())))
    listed, taken = [], {"compare/index.html"}
    for heading, start, groups in (
        ("Products of one name, by jurisdiction", "", named),
        ("Medicines of one jurisdiction", "in-", placed),
        ("Any medicines", "of-", {"all jurisdictions": every} if 1 < len(every) <= MOST else {}),
    ):
        found = []
        for name, several in groups.items():
            path = _free(f"compare/{start}{_file(name)}", taken)
            shown = SHOWN if start else len(several)
            found.append((Link(name, path), ", ".join(readings.said.label(m) for m in several)))
            yield Page(path, "compare.html", _side_by_side(readings, name, several, shown=shown), several)
        if found:
            listed.append((heading, found))
    yield listing("compare/index.html", "Compare", listed)


def _file(name: str) -> str:
    """Return a name as that of a file: letters that every file system and every address takes."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "group"


def _free(path: str, taken: set[str]) -> str:
    """Return the path of a page that no other page has, and keep it: names that differ in signs alone get numbers."""
    names = itertools.chain([f"{path}.html"], (f"{path}-{number}.html" for number in itertools.count(2)))
    found = next(name for name in names if name not in taken)
    taken.add(found)
    return found


def _side_by_side(readings: Readings, name: str, several: list[str], *, shown: int) -> dict[str, Any]:
    """Return what a page of a comparison shows: a column for each medicine, of which the first are chosen."""
    columns = [(rows.link(readings, m), number <= shown) for number, m in enumerate(several, 1)]
    sections = medicines.compared(readings, several, first=shown)
    return {"title": f"{name}: side by side", "columns": columns, "sections": sections}
