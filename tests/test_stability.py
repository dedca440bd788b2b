"""Stability: nothing gets into an export that some triple store would give back as something else."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from conftest import ROOT, Run
from ivig_kg import loading, resources, rules, schema, stability, validation, workflow
from ivig_kg.errors import ShapesError
from ivig_kg.making import Options
from ivig_kg.resources import SHAPES, VOCABULARY
from ivig_kg.schema import Triple
from ivig_kg.shapes import Violation

HEAD = f"""
@prefix ex: <http://example.org/> .
@prefix ivig: <{VOCABULARY}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# one value each: what no store keeps as it is, and what all do
CHANGED = {
    "Data-value": [
        "[]",
        "1.5e0",
        '"1.5"^^xsd:float',
        '"P1D"^^xsd:dayTimeDuration',
        '"P1M"^^xsd:yearMonthDuration',
        '"P1Y2M"^^xsd:duration',
    ],
    "Data-decimal": ["0.40", "2.0", "+1", "-0.4", "00.4", ".5", '"07"^^xsd:nonNegativeInteger', "-3"],
}
KEPT = ["0.4", "7", '"2"^^xsd:decimal', '"2024-02"^^xsd:gYearMonth', "ex:b", '"0.40"', '"text"@en-gb', '"text"@EN-GB']
# what stands in the ontology, what stands there instead, and its column with what is said
FACTOR = '    ivig:factor "60"^^xsd:decimal ;\n'
ONTOLOGY = [
    ("60.0", "17: `60.0` is not the shortest form of its number: write `60`"),
    ("+60", "17: `+60` is not the shortest form of its number: write `60`"),
    ("6e1", "17: `6e1` is a double, which some triple stores change: write a decimal number"),
    (
        '"PT60M"^^xsd:dayTimeDuration',
        "18: `PT60M` is a time span, which some triple stores change: write a number and a unit",
    ),
    ("[]", "17: a node without an address has another name in each triple store: give it one"),
    ("( ivig:g )", "17: a node without an address has another name in each triple store: give it one"),
    ("_:b", "17: a node without an address has another name in each triple store: give it one"),
]


def triples(text: str) -> set[Triple]:
    """Return the triples of a Turtle text."""
    return {q.triple for q in ox.parse(HEAD + text, ox.RdfFormat.TURTLE)}


def replace(path: Path, old: str, new: str) -> int:
    """Replace the first place of some text in a file, and return its line."""
    before, found, after = path.read_text(encoding="utf-8").partition(old)
    assert found
    path.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


@pytest.fixture(scope="module")
def loaded(project: resources.Project) -> schema.Schema:
    """Return the schema of this project."""
    return schema.load(project)


NODES = ("Fact", "Concept", "Source", "Passage")
CASES = [(code, value) for code, values in CHANGED.items() for value in values]


@functools.cache
def violations(shapes: tuple[Triple, ...], engine: str) -> list[Violation]:
    """Return what breaks the shapes where every case stands beside the others, each on nodes of its own."""
    kinds = (f"ex:{kind}-{n} a ivig:{kind} ; ex:own {value} . " for n, (_, value) in enumerate(CASES) for kind in NODES)
    return validation.validate(triples("".join(kinds)), shapes, engine=engine)


def broken(said: set[Triple], shapes: tuple[Triple, ...], engine: str) -> set[str]:
    """Return which rules on data are broken."""
    found = {v.code for v in validation.validate(said, shapes, engine=engine)}
    return {code for code in found if code.startswith("Data-")}


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize("engine", validation.ENGINES)
@pytest.mark.parametrize(("code", "value"), CASES)
def test_what_a_store_changes_breaks_one_rule(loaded: schema.Schema, engine: str, code: str, value: str) -> None:
    """On facts, concepts, sources and passages alike, by every engine; without the rule nothing is found."""
    dropped = ox.NamedNode(SHAPES + code)
    left = tuple(t for t in loaded.shapes if dropped not in (t.subject, t.object))
    mine = {f"http://example.org/{kind}-{CASES.index((code, value))}" for kind in NODES}

    found = [v for v in violations(loaded.shapes, engine) if v.focus in mine and v.code.startswith("Data-")]
    without = [v for v in violations(left, engine) if v.focus in mine and v.code.startswith("Data-")]

    assert sorted(v.focus for v in found) == sorted(mine)
    assert {v.code for v in found} == {code}
    assert {v.path for v in found} == {"http://example.org/own"}
    assert without == []


@pytest.mark.parametrize("engine", validation.ENGINES)
def test_what_every_store_keeps_breaks_none(loaded: schema.Schema, engine: str) -> None:
    """Whole and decimal numbers, dates, nodes, and text, be it of digits."""
    said = triples("".join(f"ex:{n} a ivig:Fact ; ex:own {value} . " for n, value in enumerate(KEPT)))

    assert broken(said, loaded.shapes, engine) == set()


def test_capitals_in_the_tag_of_a_language_break_the_rule() -> None:
    """Our parser leaves none, so what the shape says of them is seen by a reader that does."""
    graph = rdflib.Graph().parse(data=HEAD + 'ex:a a ivig:Fact ; ex:p "a"@en-GB , "b"@en-gb .', format="turtle")
    shapes = rdflib.Graph()
    for name in ("Data", "prefixes"):
        shapes.parse(ROOT / f"shapes/{name}.ttl")

    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)

    assert isinstance(report, rdflib.Graph)
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert [str(v) for v in report.objects(None, shacl.value)] == ["a"]
    assert set(report.objects(None, shacl.sourceConstraint)) == {rdflib.URIRef(SHAPES + "Data-value")}


def test_the_tags_of_languages_go_out_in_small_letters(part: Path, run: Run) -> None:
    """Whatever stands in the ontology; in the context capitals are refused."""
    replace(part / "ontology/ivig.ttl", '"abstract class"@en', '"abstract class"@EN')
    quads = loading.load(resources.locate(part)).quads
    replace(part / "ontology/context.jsonld", '"@language": "en"', '"@language": "EN"')

    result = run("-C", part, "check")

    assert '"abstract class"@en' in {str(quad.object) for quad in quads}
    assert (result.exit_code, result.stdout) == (4, "")
    assert "the language of `label` is not a lower-case language tag" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("engine", validation.ENGINES)
@pytest.mark.parametrize(("kind", "value"), [("double", "1.5"), ("dayTimeDuration", "P1D")])
def test_a_context_of_ones_own_is_held_to_it(small: Path, engine: str, kind: str, value: str) -> None:
    """Where it makes a double or a time span of a value, that value is told, at its place."""
    context = json.loads((ROOT / "ontology/context.jsonld").read_text(encoding="utf-8"))
    context["@context"]["approvedOn"]["@type"] = f"xsd:{kind}"
    (small / "ontology").mkdir()
    (small / "ontology/context.jsonld").write_text(json.dumps(context), encoding="utf-8")
    (small / "ontology/ivig.ttl").symlink_to(ROOT / "ontology/ivig.ttl")
    (small / "ontology/rules").symlink_to(ROOT / "ontology/rules")
    line = replace(small / "facts/base.yaml", "  status: draft\n", f"  approvedOn: {value}\n  status: draft\n")

    report = workflow.check(project=resources.locate(small), options=Options(engine=engine))

    (finding,) = (f for f in report.findings if f.severity.value == "error")
    assert finding.code == "Data-value"
    assert (finding.position.line, finding.position.column) == (line, len("  approvedOn: ") + 1)


@pytest.mark.parametrize(("value", "says"), ONTOLOGY, ids=[value for value, _ in ONTOLOGY])
def test_an_ontology_of_ones_own_is_held_to_it(part: Path, run: Run, value: str, says: str) -> None:
    """It is a part of each export, so the first value that a store would change is told with its place."""
    path = part / "ontology/ivig.ttl"
    line = replace(path, FACTOR, f"    ivig:factor {value} ;\n")

    result = run("-C", part, "build")

    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == f"ivig-kg: {path}:{line}:{says}\n"
    assert not (part / "exports").exists()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("1.5e0", "it makes the literal"),
        ('"P1D"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>', "it makes the literal"),
        ('"text"@EN', "it makes the literal"),
        ("bnode()", "it makes a blank node"),
    ],
)
def test_a_rule_of_ones_own_is_held_to_it(value: str, says: str) -> None:
    """It makes no value that no file states, but for decimal numbers, and these come in their shortest form."""
    said = triples("ex:a ex:p 0.4 .")

    with pytest.raises(ShapesError, match=says):
        rules.derive([rules.Rule("own", f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?x BIND ({value} AS ?o) }}")], said)
    made = rules.derive([rules.Rule("own", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?x BIND (?x * 0.50 AS ?o) }")], said)
    assert [t.object.value for t in made] == ["0.2"]


@pytest.mark.parametrize(
    ("text", "short"), [("0.40", "0.4"), ("2.0", "2"), ("-0", "0"), ("+007", "7"), ("-.50", "-0.5")]
)
def test_a_number_is_told_how_to_be_written(text: str, short: str) -> None:
    """The form that is offered is one that nothing is said of."""
    decimal = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")

    said = stability.problem(ox.Literal(text, datatype=decimal))

    assert said == f"`{text}` is not the shortest form of its number: write `{short}`"
    assert stability.problem(ox.Literal(short, datatype=decimal)) is None
