"""Schema.org: what a web page about a medicine may carry, as JSON-LD with its context inside.

A medicine is a Drug, and what it is used for and what it may cause hang on a MedicalTherapy with that drug: a Drug is
no therapy there. Only live facts are told, and those alone that schema.org has words for without a claim of its own:
prevention is either primary or secondary there, which sources do not say, an interaction is one of two drugs, and a
therapy is with a drug, not with a class of drugs, so these are left out.
Source: https://schema.org/MedicalTherapy
"""

from __future__ import annotations

import json
from typing import Any

from ivig_kg.release.statements import Statements
from ivig_kg.schema import DCTERMS, SKOS

CONTEXT = {"@vocab": "https://schema.org/"}  # inside, for the one at schema.org needs the network
Json = dict[str, Any]
_TOLD = frozenset({"AdverseEffect", "Contraindication", "TreatmentIndication"})  # of a medicine that is a Drug there


def serialize(said: Statements, direct: dict[str, tuple[str, str, str]]) -> bytes:
    """Return the medicines that facts speak about, the conditions and the sources, as one document.

    Args:
        said: The dataset.
        direct: The direct triple of each fact that gives one: a contraindication or a use that is limited gives none.
    """
    medicines: dict[str, list[str]] = {}
    for fact, (medicine, _, _) in sorted(direct.items()):
        if said.kind(fact) in _TOLD and said.kind(medicine) != "DrugClass":
            medicines.setdefault(medicine, []).append(fact)
    conditions: dict[str, dict[str, list[str]]] = {}
    nodes: list[Json] = []
    for medicine, facts in medicines.items():
        nodes += [_drug(said, medicine), _therapy(said, medicine, facts, conditions)]
    nodes += [_condition(said, condition, found) for condition, found in sorted(conditions.items())]
    cited = sorted({source for facts in medicines.values() for fact in facts for source in said.sources(fact)})
    nodes += [_source(said, source) for source in cited]
    return (json.dumps({"@context": CONTEXT, "@graph": nodes}, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _drug(said: Statements, medicine: str) -> Json:
    names = said.texts(medicine, f"{SKOS}altLabel")
    return {
        "@id": medicine,
        "@type": "Drug",
        "name": said.label(medicine),
        **({"alternateName": names} if names else {}),
        **_same_as(said, medicine),
    }


def _therapy(said: Statements, medicine: str, facts: list[str], conditions: dict[str, dict[str, list[str]]]) -> Json:
    """Return the therapy with a medicine, and note for each condition what it is to the therapy."""
    therapy = f"{medicine}#therapy"
    effects: list[str] = []
    against: list[Json] = []
    for fact in facts:
        kind, targets = said.kind(fact), said.objects(fact)
        for target in targets:
            if kind == "AdverseEffect":
                effects.append(target)
                conditions.setdefault(target, {})
            elif kind == "TreatmentIndication":
                conditions.setdefault(target, {}).setdefault("possibleTreatment", []).append(therapy)
            elif kind == "Contraindication":
                against.append({"@id": fact, "@type": "MedicalContraindication", "name": said.label(fact)})
    sources = sorted({source for fact in facts for source in said.sources(fact)})
    return {
        "@id": therapy,
        "@type": "MedicalTherapy",
        "name": f"Therapy with {said.label(medicine)}",
        "drug": {"@id": medicine},
        **({"adverseOutcome": _references(effects)} if effects else {}),
        **({"contraindication": against} if against else {}),
        "subjectOf": _references(sources),
    }


def _condition(said: Statements, condition: str, found: dict[str, list[str]]) -> Json:
    return {
        "@id": condition,
        "@type": "MedicalCondition",
        "name": said.label(condition),
        **{name: _references(therapies) for name, therapies in sorted(found.items())},
        **_same_as(said, condition),
    }


def _source(said: Statements, source: str) -> Json:
    address = said.iris(source, "https://schema.org/url") or said.texts(source, "https://schema.org/url")
    dates = said.texts(source, f"{DCTERMS}issued")
    publishers = [
        {"@id": f"{source}#publisher", "@type": "Organization", "name": name}
        for name in said.texts(source, f"{DCTERMS}publisher")
    ]
    return {
        "@id": source,
        "@type": "CreativeWork",
        "name": said.label(source),
        **({"url": address[0]} if address else {}),
        **({"datePublished": dates[0]} if dates else {}),
        **({"publisher": publishers[0]} if publishers else {}),
    }


def _same_as(said: Statements, concept: str) -> Json:
    exact = said.matches(concept, "exact")
    return {"sameAs": exact} if exact else {}


def _references(nodes: list[str]) -> list[Json]:
    return [{"@id": node} for node in sorted(set(nodes))]
