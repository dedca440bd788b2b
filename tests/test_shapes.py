"""Shapes: each is named, says its rule and its repair, and cannot be broken without being noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.plugins.sparql import prepareQuery

from conftest import ROOT, Run
from ivig_kg import loading, resources, schema
from ivig_kg.resources import SHAPES, VOCABULARY

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
FILES = sorted((ROOT / "shapes").glob("*.ttl"))
VALID = sorted((ROOT / "tests/cases/valid").glob("*.yaml"))


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    """Return all shapes as one graph."""
    graph = rdflib.Graph()
    for path in FILES:
        graph.parse(path)
    return graph


@pytest.fixture(scope="module")
def terms_of_shacl() -> set[str]:
    """Return the terms that the SHACL vocabulary defines, as pySHACL ships it."""
    vocabulary = rdflib.Graph().parse(Path(pyshacl.__file__).parent / "assets/shacl.ttl")
    return {str(s) for s in vocabulary.subjects() if str(s).startswith(str(SH))}


def test_every_term_of_shacl_exists(shapes: rdflib.Graph, terms_of_shacl: set[str]) -> None:
    """A misspelt `sh:` term would be ignored, and everything would conform."""
    used = {str(t) for triple in shapes for t in triple if str(t).startswith(str(SH))}

    assert len(terms_of_shacl) > 100
    assert used - terms_of_shacl == set()


def test_every_shape_is_named_and_says_its_rule_its_repair_and_why(shapes: rdflib.Graph) -> None:
    """A finding needs a code, a sentence and a hint, and its page a reason; they come from the shape."""
    found = set(shapes.subjects(RDF.type, SH.PropertyShape)) | set(shapes.subjects(RDF.type, SH.SPARQLConstraint))
    files = {path.stem: path.read_text(encoding="utf-8") for path in FILES}

    assert len(found) > 190
    for shape in found:
        name = str(shape).removeprefix(SHAPES)
        message, repair = shapes.value(shape, SH.message), shapes.value(shape, RDFS.comment)
        (why,) = shapes.objects(shape, SKOS.note)
        assert re.fullmatch(r"[A-Z]\w*(-\w+)+", name), name
        assert f"ivigsh:{name} a " in files[name.partition("-")[0]], name
        assert re.fullmatch(r"\S.*\.", str(message)), name
        assert re.fullmatch(r"[A-Z].*\.", str(repair)), name
        assert re.fullmatch(r"\S.{30,}\.", str(why)), name
        assert (message.language, repair.language, why.language) == ("en", "en", "en"), name


def test_every_shape_belongs_to_the_shape_of_its_class(shapes: rdflib.Graph) -> None:
    """No shape stands about without a class that it is asked for."""
    owned = set(shapes.objects(None, SH.property)) | set(shapes.objects(None, SH.sparql))
    found = set(shapes.subjects(RDF.type, SH.PropertyShape)) | set(shapes.subjects(RDF.type, SH.SPARQLConstraint))

    assert owned == found


def test_every_property_and_class_of_a_shape_is_in_the_ontology(shapes: rdflib.Graph) -> None:
    """A shape about a property that does not exist would never find anything."""
    ontology = rdflib.Graph().parse(ROOT / "ontology/ivig.ttl")
    used = {t for triple in shapes for t in triple if isinstance(t, rdflib.URIRef) and t.startswith(VOCABULARY)}

    assert {t for t in used if (t, RDFS.label, None) not in ontology} == set()


def test_every_sparql_text_parses_in_two_engines(shapes: rdflib.Graph) -> None:
    """Rdflib and pyoxigraph both read every constraint."""
    declared = shapes.objects(rdflib.URIRef(SHAPES), SH.declare)
    prefixes = {str(shapes.value(d, SH.prefix)): str(shapes.value(d, SH.namespace)) for d in declared}
    texts = [str(text) for text in shapes.objects(None, SH.select)]
    head = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in prefixes.items())

    assert len(texts) == 44
    for text in texts:
        prepareQuery(head + text)
        ox.Store().query(head + text.replace("$this", "?this"))
        assert "$this" in text


def test_every_target_hits_something(whole: loading.Loaded) -> None:
    """A target that no fact and no valid case has would make its shape a dead letter."""
    loaded = [whole]
    base = resources.locate(ROOT / "tests/cases/base")
    loaded += [loading.load(base, extra=[path]) for path in VALID]
    kinds = {t.object.value for one in loaded for q in one.quads if (t := q.triple).predicate.value == str(RDF.type)}
    targets = {t.object.value for t in loaded[0].schema.shapes if t.predicate.value == str(SH.targetClass)} - {
        loaded[0].schema.classes[name] for name in loaded[0].schema.abstract
    }

    assert len(targets) > 30
    assert targets - kinds == set()


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("shapes/Fact.ttl", "nonsense", "Fact.ttl:1"),
        ("ontology/ivig.ttl", "@prefix", "ivig.ttl:1"),
        ("ontology/context.jsonld", "{", "context.jsonld:1"),
        ("ontology/context.jsonld", "[]", "@context"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    part: Path, run: Run, file: str, text: str, words: str
) -> None:
    """Broken Turtle or JSON ends with exit code 4, the file and the line."""
    (part / file).write_text(text, encoding="utf-8")

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert words in result.stderr


def test_a_folder_without_shapes_is_an_error(part: Path, run: Run) -> None:
    """No shapes would mean that everything conforms."""
    for path in (part / "shapes").glob("*.ttl"):
        path.unlink()

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert "no shapes" in result.stderr


def test_a_class_holds_what_its_shapes_name(project: resources.Project) -> None:
    """What a class and its superclasses name is allowed, and nothing else; the reader asks the same function."""
    loaded = schema.load(project)

    allowed = loaded.allowed(VOCABULARY + "Mechanism")

    assert {"process", "about", "evidence", "certaintyAsStated"} <= allowed
    assert not {"effect", "frequency", "doseMin", "passages"} & allowed
    assert "passages" in loaded.allowed(VOCABULARY + "Source")
