"""Overviews: the pages on the graph as a whole: vocabulary, rules, quality, downloads, changes, SPARQL."""

from __future__ import annotations

import hashlib
import itertools
import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from ivig_kg import changelog, rulebook, sparql, stats
from ivig_kg.comparison import Comparison
from ivig_kg.release.statements import local
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import RDF, SKOS
from ivig_kg.site import documents
from ivig_kg.site.page import STATIC, Page, listing
from ivig_kg.site.readings import Readings
from ivig_kg.site.rows import Link


def vocabulary(readings: Readings) -> Page:
    """Return the page of all classes, properties and words, with what the graph says of them in it."""
    own = [s for s in readings.said.graphs.get("ontology", []) if s.startswith(VOCABULARY)]
    data = [documents.expanded(readings.triples(term)) for term in dict.fromkeys(own)]
    content = {"title": "Vocabulary", "groups": terms(readings), "data": Markup(documents.in_script(data))}  # noqa: S704
    return Page("vocabulary.html", "vocabulary.html", content)


def terms(readings: Readings) -> dict[str, list[Any]]:
    """Return all classes, properties and words by what they are, each with its definition and what checks it."""
    said, own = readings.said, [s for s in readings.said.graphs.get("ontology", []) if s.startswith(VOCABULARY)]
    codes = list(rulebook.from_shapes(readings.loaded.project.shapes))
    groups: dict[str, list[Any]] = {"Classes": [], "Properties": [], "Words of lists": []}
    for term in dict.fromkeys(own):
        if term == VOCABULARY:
            continue
        kinds = said.iris(term, f"{RDF}type")
        heading = "Classes" if any(k.endswith("#Class") for k in kinds) else "Properties"
        heading = "Words of lists" if f"{SKOS}Concept" in kinds else heading
        name = local(term)
        groups[heading].append(
            {
                "name": name,
                "label": said.label(term),
                "definition": said.text(term, f"{SKOS}definition"),
                "scope": said.text(term, f"{SKOS}scopeNote"),
                "example": said.text(term, f"{SKOS}example"),
                "shapes": [c for c in codes if c.startswith(f"{name}-") or c.endswith(f"-{name}")],
            }
        )
    return groups


def rules(readings: Readings) -> Iterator[Page]:
    """Yield the list of all rules, and a page on each: what it says, why, what to do, what is wrong and what right."""
    home = readings.loaded.project.home
    listed = [
        (title, [(Link(code, f"rules/{code}.html"), says) for code, says in entries])
        for title, entries in rulebook.groups(directory=home)
    ]
    yield listing("rules/index.html", "Rules", listed)
    for code, text in sorted(rulebook.pages(directory=home).items()):
        head, *sections = text.split("\n## ")
        severity = head.rpartition("Severity: ")[2].strip()
        parts = [(title, list(_blocks(body))) for title, _, body in (one.partition("\n") for one in sections)]
        content = {"title": code, "severity": severity, "parts": parts}
        yield Page(f"rules/{code}.html", "rule.html", content)


def _blocks(text: str) -> Iterator[tuple[bool, list[tuple[bool, str]]]]:
    """Yield the blocks of a section of a rule's page: whether each is code, and its text in pieces, code or not."""
    for lines, block in itertools.groupby(
        text.strip("\n").split("\n"), key=lambda line: not line or line[:4] == "    "
    ):
        whole = "\n".join(block)
        if lines and whole.strip():
            yield True, [(True, textwrap.dedent(whole).strip("\n"))]
        elif not lines:
            yield False, [(number % 2 == 1, piece) for number, piece in enumerate(whole.split("`"))]


def downloads(readings: Readings, files: Mapping[str, bytes]) -> Page:
    """Return the page of the files, each with its size and its SHA-256."""
    settings = readings.settings
    rows = [
        (Link(path.rpartition("/")[2], path), f"{len(data):,} bytes", hashlib.sha256(data).hexdigest())
        for path, data in sorted(files.items())
    ]
    lead = f"Version {settings.version}, {settings.licence}. The manifest has the fingerprints of the graph (RDFC-1.0)."
    scripts = json.loads((STATIC / "vendor/vendor.json").read_text(encoding="utf-8"))
    carried = sorted({(p["name"], p["version"], p["licence"]) for file in scripts for p in file["packages"]})
    tables = [
        {"title": "The graph", "columns": ("file", "size", "SHA-256"), "rows": rows},
        {"title": "Scripts of others in these pages", "columns": ("package", "version", "licence"), "rows": carried},
    ]
    more = [Link("Texts of the licences of the scripts", "vendor/LICENCES.txt")]
    if settings.licence:
        more.append(Link(settings.licence, settings.licence_address))
    return Page("downloads.html", "tables.html", {"title": "Downloads", "tables": tables, "lead": lead, "more": more})


def changes(comparison: Comparison | None) -> Page:
    """Return what differs from the release before, fact by fact."""
    if comparison is None:
        lead = "No earlier release was named when these pages were made, so nothing is compared."
        return Page("changes.html", "changes.html", {"title": "Changes", "lead": lead, "groups": [], "notes": ()})
    content = {
        "title": f"Changes from {comparison.old} to {comparison.new}",
        "lead": changelog.summary(comparison).capitalize() + ".",
        "groups": list(changelog.by_kind(comparison)),
        "notes": comparison.notes,
    }
    return Page("changes.html", "changes.html", content)


def sparql_page(readings: Readings) -> Page:
    """Return the page in which questions are asked, with those that have a name."""
    named = sparql.read(readings.loaded.project.ontology / "queries")
    content = {
        "title": "SPARQL",
        "queries": named,
        "first": named[0].text if named else "SELECT * { ?s ?p ?o } LIMIT 10",
        "questions": Markup(documents.in_script({query.name: query.text for query in named})),  # noqa: S704
        "prefixes": Markup(documents.in_script({"prefixes": dict(sorted(readings.loaded.prefixes.items()))})),  # noqa: S704
    }
    return Page("sparql.html", "sparql.html", content)


def quality(readings: Readings) -> Page:
    """Return the page of all that is counted."""
    counted = stats.sections(readings.loaded)
    rows = [(Link(c.code, f"rules/{c.code}.html"), c.severity.value, c.number) for c in readings.report.statistics()]
    last = {"title": "The check before these pages were made", "columns": ("rule", "severity", "times"), "rows": rows}
    lead = f"{readings.report.summary().capitalize()}. What the graph rests on, what was reviewed, and what is missing."
    content = {"title": "Quality", "tables": [last, *counted], "lead": lead, "more": []}
    return Page("quality.html", "tables.html", content)
