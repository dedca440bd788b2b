"""Pages: which ones there are, and what each shows; how they look is said by the templates."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from ivig_kg import rulebook, sparql, stats
from ivig_kg.release.statements import curie, local
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import DCTERMS, RDFS, SKOS
from ivig_kg.site import documents, medicines, pictures, rows
from ivig_kg.site.readings import CONCEPT, FACT, Readings
from ivig_kg.site.rows import Link

NAV = (
    ("Start", "index.html"),
    ("Medicines", "medicines.html"),
    ("Compare", "compare/index.html"),
    ("Concepts", "concepts.html"),
    ("Sources", "sources.html"),
    ("Vocabulary", "vocabulary.html"),
    ("Rules", "rules/index.html"),
    ("Quality", "quality.html"),
    ("SPARQL", "sparql.html"),
    ("Downloads", "downloads.html"),
)
_OWN = frozenset({f"{SKOS}prefLabel", f"{VOCABULARY}evidence", f"{VOCABULARY}statedAs", f"{VOCABULARY}status"})


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page: where it is, its template, and what the template is given."""

    path: str
    template: str
    content: Mapping[str, Any]

    @property
    def root(self) -> str:
        """The way from the page to the folder of the site, so that it is found from a file too."""
        return "../" * (len(PurePosixPath(self.path).parts) - 1)


def all_of(readings: Readings) -> Iterator[Page]:
    """Yield every page of a project but those that say how it was published."""
    yield _start(readings)
    yield from _lists(readings)
    for fact in readings.facts:
        yield _fact(readings, fact)
    for source in readings.sources:
        yield _source(readings, source)
    for concept in readings.concepts:
        yield _medicine(readings, concept) if concept in readings.medicines else _concept(readings, concept)
    yield from _compared(readings)
    yield _vocabulary(readings)
    yield from _rules(readings)
    yield _quality(readings)
    yield _sparql(readings)


def _start(readings: Readings) -> Page:
    counts = [
        (len(readings.facts), "facts"),
        (len(readings.sources), "sources"),
        (len(readings.concepts), "concepts"),
        (len(readings.loaded.table.rows), "public identifiers"),
    ]
    told = sorted(readings.medicines, key=lambda m: (-len(readings.about(m)), readings.said.label(m)))
    entries = [(rows.link(readings, m), len(readings.about(m))) for m in told if readings.about(m)]
    drug = max(readings.medicines, key=lambda m: (readings.said.kind(m) == "Drug", len(readings.about(m))), default=None)
    content = {"title": "Start", "counts": counts, "medicines": entries[:24], "sections": []}
    if drug:
        content |= {
            "drug": rows.link(readings, drug),
            "sections": medicines.sections(readings, readings.about(drug)),
            "picture": pictures.of(readings, drug),
        }
    return Page("index.html", "index.html", content)


def _lists(readings: Readings) -> Iterator[Page]:
    said = readings.said

    def entry(node: str, number: int, what: str) -> tuple[Link, str]:
        """Return a node with how much there is of it."""
        return rows.link(readings, node), f"{number} {what if number == 1 else what + 's'}" if number else ""

    groups: dict[str, list[Any]] = {}
    for concept in sorted(readings.concepts, key=lambda c: said.label(c).casefold()):
        kind = said.label(said.classes[concept])
        number = len(readings.about(concept)) if concept in readings.medicines else len(_facts_naming(readings, concept))
        groups.setdefault(kind, []).append(entry(concept, number, "fact"))
    of_medicines = {said.label(said.classes[m]) for m in readings.medicines}
    yield _list("medicines.html", "Medicines", [(k, e) for k, e in sorted(groups.items()) if k in of_medicines])
    yield _list("concepts.html", "Concepts", [(k, e) for k, e in sorted(groups.items()) if k not in of_medicines])
    kinds: dict[str, list[Any]] = {}
    for source in sorted(readings.sources, key=lambda s: said.label(s).casefold()):
        kind = ", ".join(said.label(k) for k in said.iris(source, "sourceKind")) or "Sources"
        kinds.setdefault(kind, []).append(entry(source, len(_passages(readings, source)), "passage"))
    yield _list("sources.html", "Sources", sorted(kinds.items()))


def _list(path: str, title: str, groups: list[Any], lead: str = "") -> Page:
    return Page(path, "list.html", {"title": title, "groups": groups, "lead": lead})


def _facts_naming(readings: Readings, node: str) -> list[str]:
    """Return the facts that name a node in another way than as what they are about, sorted."""
    named = {s for s, p in readings.named.get(node, []) if readings.kind(s) == FACT and p != f"{VOCABULARY}about"}
    return sorted(named)


def _passages(readings: Readings, source: str) -> list[str]:
    return [s for s, p in readings.named.get(source, []) if p == f"{VOCABULARY}inSource"]


def _values(readings: Readings, node: str, *, but: frozenset[str] = _OWN) -> list[tuple[str, list[Any]]]:
    """Return the values that are stated of a node, by the label of the property, mappings and types aside."""
    said = readings.said
    found: dict[str, list[Any]] = {}
    for predicate, value in said.stated(node):
        if predicate in but or predicate.endswith(("#type", "Match")):
            continue
        is_node = not hasattr(value, "datatype")
        shown = rows.link(readings, value.value) if is_node and value.value in said.classes else value.value
        found.setdefault(_called(readings, predicate), []).append(shown)
    return sorted(found.items(), key=lambda pair: pair[0])


def _called(readings: Readings, predicate: str) -> str:
    """Return what a property is called; those of other vocabularies by their local names."""
    label = readings.said.label(predicate)
    return label if label != predicate else predicate.rstrip("/").replace("#", "/").rpartition("/")[2]


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


def _fact(readings: Readings, fact: str) -> Page:
    said = readings.said
    labels = [
        (f"{said.label(t.subject.value)} {_called(readings, t.predicate.value)} {_shown(readings, t.object)}", rule)
        for t, rule in readings.follows.get(fact, [])
    ]
    content = _identity(readings, fact) | {
        "kind": said.label(said.classes[fact]),
        "status": readings.status(fact),
        "values": _values(readings, fact),
        "passages": [_passage(readings, p, fact) for p in said.iris(fact, "evidence")],
        "follows": sorted(labels),
        "picture": pictures.of(readings, fact),
    }
    return Page(f"id/{local(fact)}.html", "fact.html", content)


def _shown(readings: Readings, term: Any) -> str:
    return term.value if hasattr(term, "datatype") else readings.said.label(term.value)


def _passage(readings: Readings, passage: str, fact: str | None = None) -> dict[str, Any]:
    """Return a passage as a page shows it: where it stands, and whether it can be checked."""
    said = readings.said
    (source, *_) = said.iris(passage, "inSource")
    start, end = (said.text(passage, f"http://www.w3.org/ns/oa#{key}") for key in ("start", "end"))
    digest = said.text(passage, "textDigest")
    return {
        "name": local(passage),
        "path": readings.path(passage),
        "source": rows.link(readings, source),
        "section": said.text(passage, "section"),
        "place": f"characters {start} to {end}" if start else "",
        "words": said.texts(fact, "statedAs") if fact else [],
        "waived": said.text(passage, "waived"),
        "checked": "A digest of its text is kept, so it can be checked against the source."
        if digest
        else "It is known by its section alone: nothing checks it against the text.",
    }


def _source(readings: Readings, source: str) -> Page:
    passages = []
    for passage in _passages(readings, source):
        facts = sorted(s for s, p in readings.named.get(passage, []) if p == f"{VOCABULARY}evidence")
        passages.append(_passage(readings, passage) | {"rows": [rows.row(readings, fact) for fact in facts], "start": 0})
    content = _identity(readings, source) | {"about": _values(readings, source), "passages": passages}
    return Page(f"id/{local(source)}.html", "source.html", content)


def _concept(readings: Readings, concept: str) -> Page:
    content = _identity(readings, concept) | {
        "kind": readings.said.label(readings.said.classes[concept]),
        "about": _values(readings, concept),
        "mappings": list(_mappings(readings, concept)),
        "named": [rows.row(readings, fact) for fact in _facts_naming(readings, concept)],
        "picture": pictures.of(readings, concept),
    }
    return Page(f"id/{local(concept)}.html", "concept.html", content)


def _medicine(readings: Readings, medicine: str) -> Page:
    content = dict(_concept(readings, medicine).content) | {
        "sections": medicines.sections(readings, readings.about(medicine)),
    }
    return Page(f"id/{local(medicine)}.html", "medicine.html", content)


def _mappings(readings: Readings, concept: str) -> Iterator[dict[str, str]]:
    table = readings.loaded.table
    for row in table.rows:
        if THINGS + row.cells["subject_id"].removeprefix("kg:") == concept:
            identifier = row.cells["object_id"]
            yield {
                "match": row.cells["predicate_id"].removeprefix("skos:").removesuffix("Match"),
                "identifier": identifier,
                "address": table.prefixes.get(row.prefix, row.prefix + ":") + identifier.partition(":")[2],
                "label": row.cells.get("object_label", ""),
                "licence": row.cells.get("other", ""),
            }


def _compared(readings: Readings) -> Iterator[Page]:
    entries = []
    for name, several in medicines.families(readings).items():
        path = f"compare/{medicines.anchor(name)}.html"
        content = {
            "title": f"{name}: labels side by side",
            "medicines": [rows.link(readings, m) for m in several],
            "sections": medicines.compared(readings, several),
        }
        entries.append((Link(name, path), ", ".join(readings.said.label(m) for m in several)))
        yield Page(path, "compare.html", content)
    lead = "Products of one name in several jurisdictions, where labels differ from one to the next."
    yield _list("compare/index.html", "Compare", [("Products", entries)], lead)


def _vocabulary(readings: Readings) -> Page:
    said, own = readings.said, [s for s in readings.said.graphs.get("ontology", []) if s.startswith(VOCABULARY)]
    codes = [code for code in rulebook.from_shapes(readings.loaded.project.shapes)]
    groups: dict[str, list[Any]] = {"Classes": [], "Properties": [], "Words of lists": []}
    for term in dict.fromkeys(own):
        kinds = said.iris(term, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
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
                "shapes": [c for c in codes if c.startswith(f"{name}-") or c.endswith(f"-{name}")][:12],
            }
        )
    return Page("vocabulary.html", "vocabulary.html", {"title": "Vocabulary", "groups": list(groups.items())})


def _rules(readings: Readings) -> Iterator[Page]:
    rules = rulebook.from_shapes(readings.loaded.project.shapes)
    entries = [(Link(code, f"rules/{code}.html"), rule.says) for code, rule in sorted(rules.items())]
    yield _list("rules/index.html", "Rules", [("What must hold", entries)])
    for code, rule in rules.items():
        parts = [("What it says", rule.says), ("Why", rule.why), ("How to repair", rule.repair)]
        content = {"title": code, "severity": rule.severity.value, "parts": [p for p in parts if p[1]]}
        yield Page(f"rules/{code}.html", "rule.html", content)


def _sparql(readings: Readings) -> Page:
    named = sparql.read(readings.loaded.project.ontology / "queries")
    content = {
        "title": "SPARQL",
        "queries": named,
        "first": named[0].text if named else "SELECT * { ?s ?p ?o } LIMIT 10",
        "questions": Markup(documents.in_script({query.name: query.text for query in named})),  # noqa: S704
        "prefixes": Markup(documents.in_script({"prefixes": dict(sorted(readings.loaded.prefixes.items()))})),  # noqa: S704
    }
    return Page("sparql.html", "sparql.html", content)


def _quality(readings: Readings) -> Page:
    found = stats.sections(readings.loaded)
    lead = "What the graph rests on, what was reviewed, and what is missing, counted from the data."
    return Page("quality.html", "tables.html", {"title": "Quality", "tables": found, "lead": lead})
