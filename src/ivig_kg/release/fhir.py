"""FHIR R5: indications, contraindications, undesirable effects, interactions and warnings as ClinicalUseDefinition.

Every fact of these five types is a resource, a superseded or retracted one too, with the status it has. What a file
states of a fact and the resource has no element for stands as text in extensions whose addresses are the properties;
so do the sources of its passages.
Source: https://hl7.org/fhir/R5/clinicalusedefinition.html
"""

from __future__ import annotations

import hashlib
import html
import json
import uuid
from collections.abc import Callable
from typing import Any

from ivig_kg.release.statements import LABEL, TYPE, Statements, local
from ivig_kg.resources import THINGS, VOCABULARY

MAX_ID = 64  # of a resource
_STATUS = {"draft": "draft", "reviewed": "active", "retracted": "retired", "superseded": "retired"}
_SYSTEMS = {  # what FHIR calls a vocabulary: https://hl7.org/fhir/R5/terminologies-systems.html
    "http://purl.obolibrary.org/obo/NCIT_": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "http://purl.bioontology.org/ontology/ICD10CM/": "http://hl7.org/fhir/sid/icd-10-cm",
    "https://bioregistry.io/rxnorm:": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "https://bioregistry.io/cvx:": "http://hl7.org/fhir/sid/cvx",
    "https://precision.fda.gov/uniisearch/srs/unii/": "http://fdasis.nlm.nih.gov",
}
_ELEMENTS = {TYPE, LABEL, *(VOCABULARY + key for key in ("about", "population"))}  # all else is an extension
_ELEMENT_OF = {"AdverseEffect": "frequencyAsStated", "Interaction": "consequence"}  # one more that the type has
_XHTML = '"http://www.w3.org/1999/xhtml"'
_WARNINGS = ("BoxedWarning", "Warning")
Json = dict[str, Any]


def serialize(said: Statements, version: str) -> bytes:
    """Return all resources as a Bundle of type collection.

    Args:
        said: The dataset.
        version: The version of the data.
    """
    makers: dict[str, tuple[str, Callable[[Statements, str], Json]]] = {
        "TreatmentIndication": ("indication", _indication),
        "PreventiveIndication": ("indication", _indication),
        "ClinicalUse": ("indication", _indication),
        "Contraindication": ("contraindication", _contraindication),
        "AdverseEffect": ("undesirable-effect", _effect),
        "Interaction": ("interaction", _interaction),
        **dict.fromkeys(_WARNINGS, ("warning", _warning)),
    }
    entries = []
    for fact in said.facts(*makers):
        kind, make = makers[said.kind(fact)]
        entries.append(
            {
                "fullUrl": uuid.uuid5(uuid.NAMESPACE_URL, fact).urn,
                "resource": _resource(said, fact, kind) | make(said, fact),
            }
        )
    bundle = {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"https://w3id.org/ivig-kg/release/{version}"},
        "type": "collection",
        "entry": entries,
    }
    return (json.dumps(bundle, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _resource(said: Statements, fact: str, kind: str) -> Json:
    """Return what every resource has."""
    status = "superseded" if said.iris(fact, "supersededBy") else local(said.iris(fact, "status")[0])
    held = {VOCABULARY + _ELEMENT_OF.get(said.kind(fact), ""), _main(said, fact)}
    groups = [{"display": said.label(p), "identifier": _identifier(p)} for p in said.iris(fact, "population")]
    return {
        "resourceType": "ClinicalUseDefinition",
        "id": _id(local(fact)),
        "text": {
            "status": "generated",
            "div": f"<div xmlns={_XHTML}>{html.escape(said.label(fact), quote=False)}</div>",
        },
        "extension": [
            *(_extension(p, value) for p, value in said.stated(fact) if p not in _ELEMENTS | held),
            *({"url": f"{VOCABULARY}inSource", "valueUri": source} for source in said.sources(fact)),
        ],
        "identifier": [_identifier(fact)],
        "type": kind,
        "category": [{"text": said.label(said.classes[fact])}],
        "subject": [
            {"type": "MedicinalProductDefinition", "identifier": _identifier(m), "display": said.label(m)}
            for m in said.iris(fact, "about")
        ],
        "status": {
            "coding": [{"system": "http://hl7.org/fhir/publication-status", "code": _STATUS[status]}],
            "text": status,
        },
        **({"population": groups} if groups else {}),
    }


def _id(name: str) -> str:
    """Return the id of a resource: the slug, or its beginning and a digest where that is too long for FHIR."""
    return name if len(name) <= MAX_ID else f"{name[:51].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _identifier(node: str) -> Json:
    return {"system": "urn:ietf:rfc:3986", "value": node}


def _main(said: Statements, fact: str) -> str | None:
    """Return the main property of a fact where an element holds all that it may be; a warning has two."""
    return None if said.kind(fact) in _WARNINGS else said.main[said.classes[fact]]


def _extension(predicate: str, value: Any) -> Json:
    return {"url": predicate, "valueString" if hasattr(value, "datatype") else "valueUri": value.value}


def _concept(said: Statements, node: str) -> Json:
    """Return a node as a CodeableConcept: its own code, then exact ones of vocabularies that FHIR has a name for."""
    codings: list[Json] = [{"system": THINGS, "code": local(node), "display": said.label(node)}]
    for iri in said.matches(node, "exact"):
        for start, system in _SYSTEMS.items():
            if iri.startswith(start):
                codings.append({"system": system, "code": iri.removeprefix(start)})
    return {"coding": codings, "text": said.label(node)}


def _object(said: Statements, fact: str, element: str) -> Json:
    """Return the object of a fact as an element that holds one; no fact of these classes has two."""
    found = said.objects(fact)
    return {element: {"concept": _concept(said, found[0])}} if found else {}


def _indication(said: Statements, fact: str) -> Json:
    """Return what an indication says; whether it is treatment or prevention, or neither, as the fact's class has it."""
    effects = {"TreatmentIndication": "treatment", "PreventiveIndication": "prevention"}
    meant = effects.get(said.kind(fact))
    return {
        "indication": {
            **_object(said, fact, "diseaseSymptomProcedure"),
            **({"intendedEffect": {"concept": {"text": meant}}} if meant else {}),
        }
    }


def _contraindication(said: Statements, fact: str) -> Json:
    """Return the condition; a contraindication of a population alone has none, and the population stands beside it."""
    found = _object(said, fact, "diseaseSymptomProcedure")
    return {"contraindication": found} if found else {}


def _effect(said: Statements, fact: str) -> Json:
    words = said.text(fact, "frequencyAsStated")
    return {
        "undesirableEffect": {
            **_object(said, fact, "symptomConditionEffect"),
            **({"frequencyOfOccurrence": {"text": words}} if words else {}),
        }
    }


def _interaction(said: Statements, fact: str) -> Json:
    told = said.text(fact, "consequence")
    return {
        "interaction": {
            "interactant": [{"itemCodeableConcept": _concept(said, node)} for node in said.objects(fact)],
            **({"effect": {"concept": {"text": told}}} if told else {}),
        }
    }


def _warning(said: Statements, fact: str) -> Json:
    """Return what a warning says: our sentence, with the risk or the measure that it names."""
    named = [*said.iris(fact, "risk"), *said.iris(fact, "requires")]
    return {
        "warning": {
            "description": said.label(fact),
            **({"code": _concept(said, named[0])} if len(named) == 1 else {}),
        }
    }
