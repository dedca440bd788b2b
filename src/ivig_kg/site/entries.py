"""Entries: the page of each node: a fact, a source with its passages, a medicine, another concept."""

from __future__ import annotations

import itertools
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

from ivig_kg.release.statements import local
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import RDF, SKOS
from ivig_kg.site import documents, medicines, pictures, rows
from ivig_kg.site.page import Page
from ivig_kg.site.readings import FACT, Readings

_OWN = frozenset({f"{SKOS}prefLabel", f"{VOCABULARY}evidence", f"{VOCABULARY}statedAs", f"{VOCABULARY}status"})

_JOINS = (
    ("In conflict with", "conflictsWith", "conflictsWith"),
    ("Replaced by", "supersededBy", ""),
    ("Replaces", "", "supersededBy"),
)  # a heading, by what the fact names the others, and by what they name it


def facts_naming(readings: Readings, node: str) -> list[str]:
    """Return the facts that name a node in another way than as what they are about, sorted."""
    named = {s for s, p in readings.named.get(node, []) if readings.kind(s) == FACT and p != f"{VOCABULARY}about"}
    return sorted(named)


def live_first(readings: Readings, facts: Iterable[str]) -> list[str]:
    """Return facts with those last that are retracted or superseded."""
    return sorted(facts, key=lambda fact: not readings.is_live(fact))


def passages(readings: Readings, source: str) -> list[str]:
    """Return the passages of a source, in the order of its text where that is known, else by their ids."""
    start = "http://www.w3.org/ns/oa#start"
    found = [s for s, p in readings.named.get(source, []) if p == f"{VOCABULARY}inSource"]
    return sorted(found, key=lambda p: (int(readings.said.text(p, start) or 0), p))


def _values(readings: Readings, node: str, *, but: frozenset[str] = _OWN) -> list[tuple[str, list[Any]]]:
    """Return the values that are stated of a node, by the label of the property, mappings and types aside."""
    said = readings.said
    found: dict[str, list[Any]] = {}
    for predicate, value in said.stated(node):
        if predicate in but or predicate.endswith(("#type", "Match")):
            continue
        is_node = not hasattr(value, "datatype")
        shown = rows.link(readings, value.value) if is_node and value.value in said.classes else value.value
        found.setdefault(rows.called(readings, predicate), []).append(shown)
    return sorted(found.items(), key=lambda pair: pair[0])


def _identity(readings: Readings, node: str) -> dict[str, Any]:
    """Return what every page of a node has: its address, its place, and its documents, in the page and beside it."""
    data = documents.in_script(documents.expanded(readings.triples(node)))
    alternates = [
        {"media": media, "href": f"{local(node)}.{form}", "label": label}
        for form, (media, label) in documents.FORMATS.items()
    ]
    return {
        "iri": node,
        "place": readings.places.get(node),
        "title": readings.said.label(node),
        "data": Markup(data),  # noqa: S704  (no `<` is left in it)
        "alternates": alternates,
    }


def fact(readings: Readings, node: str) -> Page:
    """Return the page of a fact."""
    said, settings = readings.said, readings.settings
    follows = [
        (f"{said.label(t.subject.value)} {rows.called(readings, t.predicate.value)} {_shown(readings, t.object)}", rule)
        for t, rule in readings.follows.get(node, [])
        if t.predicate.value != f"{RDF}type"
    ]
    content = _identity(readings, node) | {
        "kind": said.label(said.classes[node]),
        "status": readings.status(node),
        "values": _values(readings, node),
        "others": list(_others(readings, node)),
        "passages": [_passage(readings, p) for p in said.iris(node, "evidence")],
        "words": said.texts(node, "statedAs"),
        "follows": sorted(follows),
        "identified": [(rows.link(readings, c), list(_mappings(readings, c))) for c in _named(readings, node)],
        "picture": pictures.of(readings, node),
        "citation": f"{settings.authors}. {said.label(node)}. In: {settings.title}, {settings.version}. <{node}>.",
        "report": _report(readings, node),
    }
    return Page(f"id/{local(node)}.html", "fact.html", content)


def _others(readings: Readings, node: str) -> Iterator[tuple[str, str, list[rows.Row]]]:
    """Yield what facts say of one another, whichever of them says it: an anchor, a heading, and the other facts."""
    joins = readings.named.get(node, [])
    for heading, mine, theirs in _JOINS:
        named = {*readings.said.iris(node, mine), *(s for s, p in joins if p == f"{VOCABULARY}{theirs}")}
        if named:
            yield medicines.anchor(heading), heading, [rows.row(readings, fact) for fact in sorted(named)]


def _named(readings: Readings, fact: str) -> list[str]:
    """Return what a fact is about and what it says of it: the concepts whose public identifiers a reader may want."""
    return list(dict.fromkeys([*readings.said.iris(fact, "about"), *rows.named(readings, fact)]))


def _report(readings: Readings, fact: str) -> str:
    """Return the address at which a problem with a fact is reported, with the fact filled in."""
    url, name = readings.settings.report_url, local(fact)
    body = f"{readings.said.label(fact)}\n{fact}\n\nWhat is wrong: "
    told = {"subject" if url.startswith("mailto:") else "title": f"{name}: ", "body": body}
    return f"{url}{'&' if '?' in url else '?'}{urllib.parse.urlencode(told, quote_via=urllib.parse.quote)}"


def _shown(readings: Readings, term: Any) -> str:
    return term.value if hasattr(term, "datatype") else readings.said.label(term.value)


def _passage(readings: Readings, passage: str) -> dict[str, Any]:
    """Return a passage as a page shows it: where it stands, and whether it can be checked."""
    said = readings.said
    (source, *_) = said.iris(passage, "inSource")
    start, end = (said.text(passage, f"http://www.w3.org/ns/oa#{key}") for key in ("start", "end"))
    digest = said.text(passage, "textDigest")
    return {
        "name": local(passage),
        "path": readings.path(passage),
        "source": rows.source(readings, source),
        "section": said.text(passage, "section"),
        "place": f"characters {start} to {end}" if start else "",
        "waived": said.text(passage, "waived"),
        "text": readings.texts.passages.get(local(passage)) if readings.texts else None,
        "checked": "A digest of its text is kept, so it can be checked against the source."
        if digest
        else "It is known by its section alone: nothing checks it against the text.",
    }


def source(readings: Readings, node: str) -> Page:
    """Return the page of a source: its passages in order, and which facts rest on each."""
    told = []
    for passage in passages(readings, node):
        facts = sorted(s for s, p in readings.named.get(passage, []) if p == f"{VOCABULARY}evidence")
        told.append(
            _passage(readings, passage) | {"rows": [rows.row(readings, f) for f in live_first(readings, facts)]}
        )
    content = _identity(readings, node) | {
        "about": _values(readings, node, but=_OWN - {f"{VOCABULARY}status"}),
        "passages": told,
        "text": list(_marked(readings, local(node))),
    }
    return Page(f"id/{local(node)}.html", "source.html", content)


def _marked(readings: Readings, source: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the text of a source in pieces, each with the passages that it is in, the shortest first."""
    texts = readings.texts
    if texts is None or source not in texts.sources:
        return
    text = texts.sources[source]
    spans = {name: span for name, span in texts.spans.items() if texts.parents[name] == source}
    ends = sorted({0, len(text), *itertools.chain.from_iterable(spans.values())})
    for start, end in itertools.pairwise(ends):
        over = [(e - s, name) for name, (s, e) in spans.items() if s <= start and end <= e]
        yield text[start:end], [name for _, name in sorted(over)]


def concept(readings: Readings, node: str) -> Page:
    """Return the page of a concept: what it is, its public identifiers, and the facts that name it."""
    content = _identity(readings, node) | {
        "kind": readings.said.label(readings.said.classes[node]),
        "about": _values(readings, node),
        "mappings": list(_mappings(readings, node)),
        "named": [rows.row(readings, fact) for fact in live_first(readings, facts_naming(readings, node))],
        "picture": pictures.of(readings, node),
    }
    return Page(f"id/{local(node)}.html", "concept.html", content)


def medicine(readings: Readings, node: str) -> Page:
    """Return the page of a medicine: that of a concept, with all that is said of it as a monograph."""
    sections = medicines.sections(readings, readings.about(node))
    return Page(f"id/{local(node)}.html", "medicine.html", {**concept(readings, node).content, "sections": sections})


def _mappings(readings: Readings, concept: str) -> Iterator[dict[str, str]]:
    prefixes = readings.loaded.table.prefixes
    for row in readings.mappings.get(concept, []):
        identifier = row.cells["object_id"]
        yield {
            "match": row.cells["predicate_id"].removeprefix("skos:").removesuffix("Match"),
            "identifier": identifier,
            "address": prefixes.get(row.prefix, row.prefix + ":") + identifier.partition(":")[2],
            "label": row.cells.get("object_label", ""),
            "licence": row.cells.get("other", ""),
        }
