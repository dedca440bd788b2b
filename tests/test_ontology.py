"""The vocabulary: every term explains itself, and its links claim no identity."""

from __future__ import annotations

import json

import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from conftest import ROOT
from ivig_kg.resources import VOCABULARY

IVIG = rdflib.Namespace(VOCABULARY)
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, SKOS.Concept)


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    """Return the ontology."""
    return rdflib.Graph().parse(ROOT / "ontology/ivig.ttl")


def test_every_term_explains_itself(ontology: rdflib.Graph) -> None:
    """Label, definition, scope note and example, each once, in English, and where the term is defined."""
    found = {s for kind in KINDS for s in ontology.subjects(RDF.type, kind) if str(s).startswith(VOCABULARY)}

    assert len(found) > 150
    for term in found:
        for key in (RDFS.label, SKOS.definition, SKOS.scopeNote, SKOS.example):
            values = list(ontology.objects(term, key))
            assert [v.language for v in values] == ["en"], (term, key)
        assert (term, RDFS.isDefinedBy, rdflib.URIRef(VOCABULARY)) in ontology


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_terms_share_a_label(ontology: rdflib.Graph, kind: rdflib.URIRef) -> None:
    """A label that two classes, or two properties, have would be no help to a reader."""
    labels = [str(ontology.value(term, RDFS.label)) for term in ontology.subjects(RDF.type, kind)]

    assert sorted({x for x in labels if labels.count(x) > 1}) == []


def test_links_claim_no_identity(ontology: rdflib.Graph) -> None:
    """Links to other vocabularies are SKOS or RDFS; none says that two things are one."""
    forbidden = (OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty)

    assert not any((None, predicate, None) in ontology for predicate in forbidden)


@pytest.mark.parametrize(
    "namespace",
    [
        "https://schema.org/",
        "http://hl7.org/fhir/",
        "https://w3id.org/biolink/vocab/",
        "https://spec.pistoiaalliance.org/idmp/",
        "http://semanticscience.org/resource/",
    ],
)
def test_the_vocabulary_is_aligned(ontology: rdflib.Graph, namespace: str) -> None:
    """Every vocabulary that partners use is linked more than once."""
    linked = [o for s, p, o in ontology if str(s).startswith(VOCABULARY) and str(o).startswith(namespace)]

    assert len(linked) >= 10


def test_the_kinds_of_clinical_use_are_linked_to_fhir(ontology: rdflib.Graph) -> None:
    """Each of the five kinds of ClinicalUseDefinition is a close match of its class."""
    kinds = {
        IVIG.Contraindication: "contraindication",
        IVIG.Indication: "indication",
        IVIG.Interaction: "interaction",
        IVIG.AdverseEffect: "undesirableEffect",
        IVIG.Warning: "warning",
    }
    for term, kind in kinds.items():
        links = [str(o) for o in ontology.objects(term, SKOS.closeMatch)]
        assert any(f"ClinicalUseDefinition-{kind}-uv-epi" in link for link in links), term


def test_blank_nodes_are_absent(ontology: rdflib.Graph) -> None:
    """Nothing that is exported has a blank node."""
    assert not [t for triple in ontology for t in triple if isinstance(t, rdflib.BNode)]


def test_the_context_reads_without_network_and_has_no_trap() -> None:
    """No remote context, no default vocabulary, no default language, no term for @graph."""
    context = json.loads((ROOT / "ontology/context.jsonld").read_text(encoding="utf-8"))["@context"]

    assert isinstance(context, dict)
    assert not {"@vocab", "@language", "@import", "@propagate"} & set(context)
    assert "@graph" not in context.values()
    allowed = {"@id", "@type", "@language", "@reverse"}
    assert all(isinstance(v, (str, float)) or set(v) <= allowed for v in context.values())
