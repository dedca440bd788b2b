"""KGX: nodes and edges of the Biolink model 4.4.6, as tables and as JSON Lines.

An edge is a fact that gives a direct triple: its id is the fact's, its predicate the one that was derived, so the
profile claims nothing that the graph does not. Facts that give none have no edge; docs/profiles.md counts them.
Source: https://github.com/biolink/kgx/blob/master/specification/kgx-format.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ivig_kg import spreadsheets
from ivig_kg.release.statements import BIOLINK, Statements, curie, local
from ivig_kg.resources import THINGS
from ivig_kg.schema import DCTERMS, SKOS

BIOLINK_VERSION = "4.4.6"
KNOWLEDGE_SOURCE = "infores:ivig-kg"
_TREATS = "biolink:ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation"
_CATEGORIES = {
    "treats": _TREATS,
    "treats_or_applied_or_studied_to_treat": _TREATS,
    "preventative_for_condition": _TREATS,
    "has_side_effect": "biolink:ChemicalOrDrugOrTreatmentSideEffectAssociation",
}
_CATEGORY_OF = {
    "Drug": "biolink:Drug",
    "Product": "biolink:Drug",
    "Passage": "biolink:InformationContentEntity",
}
_CLASSES = (  # of the concepts' own, what the ontology aligns with Biolink
    "DiseaseOrPhenotypicFeature",
    "PopulationOfIndividualOrganisms",
    "BiologicalProcess",
    "Publication",
)
_NODE = (
    "id",
    "category",
    "name",
    "description",
    "synonym",
    "xref",
    "equivalent_identifiers",
    "publication_type",
    "provided_by",
    "iri",
)
_EDGE = (
    "id",
    "subject",
    "predicate",
    "object",
    "category",
    "primary_knowledge_source",
    "knowledge_level",
    "agent_type",
    "publications",
    "has_evidence",
    "supporting_text",
    "original_predicate",
    "name",
    "iri",
)
Cell = str | list[str]
Row = dict[str, Cell]
Direct = Mapping[str, tuple[str, str, str]]


def files(said: Statements, direct: Direct, prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the four files by name.

    Args:
        said: The dataset.
        direct: The direct triple of each fact that gives one, as IRIs, by the IRI of the fact.
        prefixes: They shorten the identifiers of public vocabularies.
    """
    edges = [_edge(said, fact, triple, prefixes) for fact, triple in sorted(direct.items())]
    cited = [passage for fact in direct for passage in said.iris(fact, "evidence")]
    sources = [source for source in said.graphs.get("sources", []) if said.kind(source) == "Source"]
    nodes = [_node(said, node, prefixes) for node in sorted({*said.graphs.get("concepts", []), *sources, *cited})]
    return {
        "nodes.tsv": _tsv(_NODE, nodes),
        "edges.tsv": _tsv(_EDGE, edges),
        "nodes.jsonl": _lines(nodes),
        "edges.jsonl": _lines(edges),
    }


def _node(said: Statements, node: str, prefixes: Mapping[str, str]) -> Row:
    synonyms = {*said.texts(node, f"{SKOS}altLabel"), *said.texts(node, f"{SKOS}hiddenLabel")}
    exact = [curie(iri, prefixes) for iri in said.matches(node, "exact")]
    others = [curie(iri, prefixes) for kind in ("close", "broad", "narrow") for iri in said.matches(node, kind)]
    kinds = said.iris(node, "sourceKind")
    described = said.text(node, f"{SKOS}definition") or said.text(node, f"{DCTERMS}title")
    return {
        "id": curie(node, prefixes),
        "category": [_category(said, node)],
        "name": said.label(node),
        **({"description": described} if described else {}),
        **({"synonym": sorted(synonyms)} if synonyms else {}),
        **({"xref": sorted(others)} if others else {}),
        **({"equivalent_identifiers": sorted(exact)} if exact else {}),
        **({"publication_type": [said.label(kind) for kind in kinds]} if kinds else {}),
        "provided_by": [KNOWLEDGE_SOURCE],
        "iri": node,
    }


def _category(said: Statements, node: str) -> str:
    """Return the category that the ontology aligns the class of a node with; the widest where it aligns none."""
    if said.kind(node) in _CATEGORY_OF:
        return _CATEGORY_OF[said.kind(node)]
    aligned = (iri for kind in ("close", "broad") for iri in said.matches(said.classes[node], kind))
    names = (iri.removeprefix(BIOLINK) for iri in aligned if iri.startswith(BIOLINK))
    return "biolink:" + next((name for name in names if name in _CLASSES), "NamedThing")


def _edge(said: Statements, fact: str, triple: tuple[str, str, str], prefixes: Mapping[str, str]) -> Row:
    subject, predicate, target = triple
    stated = said.texts(fact, "statedAs")
    return {
        "id": curie(fact, prefixes),
        "subject": curie(subject, prefixes),
        "predicate": "biolink:" + predicate.removeprefix(BIOLINK),
        "object": curie(target, prefixes),
        "category": [_CATEGORIES.get(predicate.removeprefix(BIOLINK), "biolink:Association")],
        "primary_knowledge_source": KNOWLEDGE_SOURCE,
        "knowledge_level": "knowledge_assertion",
        "agent_type": "not_provided",  # the facts do not say who, or what, wrote them
        "publications": [curie(source, prefixes) for source in said.sources(fact)],
        "has_evidence": [curie(place, prefixes) for place in said.iris(fact, "evidence")],
        **({"supporting_text": stated} if stated else {}),
        "original_predicate": f"ivig:{local(said.main[said.classes[fact]])}",
        "name": said.label(fact),
        "iri": fact,
    }


def _tsv(columns: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    """Return rows as a table; several values of a cell are parted by `|`, as KGX has it."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(_cell(row.get(column, "")) for column in columns) for row in rows]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _cell(value: Cell) -> str:
    """Return a cell; a bar or a tab within a value would part it, so it becomes a slash or a blank.

    A cell that a spreadsheet would run has an apostrophe before it; the JSON Lines have every value as it is.
    """
    values = [value] if isinstance(value, str) else value
    return spreadsheets.harmless("|".join(" ".join(v.replace("|", "/").split()) for v in values))


def _lines(rows: Iterable[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def direct(derived: Mapping[object, Iterable[tuple[str, str | None]]]) -> dict[str, tuple[str, str, str]]:
    """Return the direct triple of each fact that gives one.

    Args:
        derived: What follows by the rules, each triple with the rules and facts that it follows from.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for triple, origins in derived.items():
        subject, predicate, target = (getattr(triple, part) for part in ("subject", "predicate", "object"))
        if predicate.value.startswith(BIOLINK) and subject.value.startswith(THINGS):
            found |= {fact: (subject.value, predicate.value, target.value) for _, fact in origins if fact}
    return found
