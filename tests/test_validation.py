"""Validation: what is answered here is what pySHACL answers, and what is not understood is left to it."""

from __future__ import annotations

import collections
import re

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from conftest import ROOT
from ivig_kg import constraints, facts, loading, rdf, reference, resources, schema, selects, shapes, validation, words
from ivig_kg.errors import ShapesError
from ivig_kg.resources import SHAPES, VOCABULARY
from ivig_kg.schema import SH, XSD, Triple

CASES = sorted((ROOT / "tests/cases").glob("*valid/*.yaml"))

DATA = """
@prefix ex: <http://example.org/> .
ex:a a ex:Thing ; ex:p ex:b .
ex:b a ex:Thing .
"""
HEAD = """
@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
LEFT = "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:nodeKind sh:IRI ."  # not one that is answered here


def triples(text: str) -> list[ox.Triple]:
    """Return the triples of a Turtle text."""
    return [q.triple for q in ox.parse(text, ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize(
    "broken",
    [
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P . ex:P sh:path ex:p ; sh:minCount 'one' .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P . ex:P sh:path ex:p ; sh:pattern '(' .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:sparql ex:Q . ex:Q sh:select 'SELECT $this { $this ' .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:sparql ex:Q . ex:Q sh:message 'no text' .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P . ex:P sh:path ex:p ; sh:node ex:S .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:or ( [ sh:not ex:S ] ) .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P . ex:P a sh:PropertyShape ; sh:minCount 1 .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P . ex:P sh:path ex:p ; sh:uniqueLang '1' .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:deactivated '1' .",
    ],
)
@pytest.mark.parametrize("engine", validation.ENGINES)
def test_a_broken_or_recursive_shape_is_an_error(broken: str, engine: str) -> None:
    """Where there is no verdict, nothing is said to conform."""
    with pytest.raises(ShapesError):
        validation.validate(triples(DATA), triples(HEAD + broken), engine=engine)


@pytest.mark.parametrize("engine", ["sets", "pyshacl"])
def test_what_a_shape_asks_another_for_is_told_once(engine: str) -> None:
    """The result of the shape that was asked is a detail of the answer, and no second one."""
    rule = "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:node ex:T . ex:T a sh:NodeShape ; sh:class ex:Other ."

    found = validation.validate(triples(DATA), triples(HEAD + rule), engine=engine)

    assert [(v.focus, v.component) for v in found] == [
        ("http://example.org/a", "NodeConstraintComponent"),
        ("http://example.org/b", "NodeConstraintComponent"),
    ]


def test_a_failure_that_the_engine_returns_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine hands some failures back in place of a report, and says that the data do not conform."""
    failure = pyshacl.errors.ValidationFailure("too deep")
    monkeypatch.setattr(pyshacl, "validate", lambda *_a, **_k: (False, failure, "too deep"))

    with pytest.raises(ShapesError, match="too deep"):
        validation.validate(triples(DATA), triples(HEAD + LEFT))


def test_engine_settings_are_put_back() -> None:
    """A validation leaves rdflib as it was, also when it fails."""
    for value in (True, False):
        rdflib.NORMALIZE_LITERALS = value
        validation.validate(triples(DATA), triples(HEAD + LEFT))
        with pytest.raises(ShapesError):
            validation.validate(triples(DATA), triples(HEAD + "ex:S sh:targetClass ex:Thing ; sh:pattern '(' ."))
        assert value is rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = True
    assert rdflib.plugin.get("sparql", rdflib.query.Processor).__name__ == "SPARQLProcessor"


def test_a_sparql_text_is_parsed_once_for_all_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many nodes a constraint is asked for, its text goes through the parser once."""
    parsed = []
    parse = reference.parseQuery
    monkeypatch.setattr(reference, "parseQuery", lambda text: parsed.append(text) or parse(text))
    many = "@prefix ex: <http://example.org/> .\n" + "".join(f"ex:n{n} a ex:Thing .\n" for n in range(50))
    shape = HEAD + (
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:sparql ex:Q . "
        "ex:Q a sh:SPARQLConstraint ; sh:select 'SELECT $this WHERE { $this a <http://example.org/Thing> } # once' ."
    )

    found = reference.validate(triples(many), triples(shape))

    assert len(found) == 50
    assert 1 <= len(parsed) <= 2  # pySHACL asks for it with and without its own prefixes


@pytest.fixture
def stride() -> int:
    """Return which cases are tried: one of so many; tests/torture tries more."""
    return 5


@pytest.mark.exhaustive
def test_what_cannot_match_is_not_evaluated_and_changes_no_answer(
    base: resources.Project, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every case of a SPARQL constraint the violations are those of a run that evaluates everything."""
    texts = {str(t.subject.value) for t in schema.load(base).shapes if t.predicate.value == SH + "select"}
    names = sorted(name.removeprefix(SHAPES) for name in texts)
    files = [path for name in names if (path := ROOT / f"tests/cases/invalid/{name}.yaml").exists()][::stride]
    looks, answers = [], []
    look = reference.can_match
    for path in files:
        loaded = loading.load(base, extra=[path])
        data = {q.triple for q in loaded.quads}
        with monkeypatch.context() as patched:
            patched.setattr(reference, "can_match", lambda *a: looks.append(look(*a)) or looks[-1])
            quick = reference.validate(data, loaded.schema.shapes)
        with monkeypatch.context() as patched:
            patched.setattr(reference, "can_match", lambda *_: True)
            whole = reference.validate(data, loaded.schema.shapes)
        assert sorted(quick, key=repr) == sorted(whole, key=repr)
        answers += quick

    assert len(files) >= 18 // stride
    assert len(answers) >= len(files)
    assert looks.count(False) > len(looks) / 3


def same(data: set[Triple], rules: tuple[Triple, ...]) -> list[shapes.Violation]:
    """Return the violations, which are those that every engine finds."""
    found, expected, fast = (validation.validate(data, rules, engine=engine) for engine in validation.ENGINES)
    assert collections.Counter(found) == collections.Counter(expected)
    assert collections.Counter(fast) == collections.Counter(expected)
    return found


@pytest.fixture(scope="module")
def cases(project: resources.Project) -> dict[str, set[Triple]]:
    """Return what each case says, by its name, under ids that no other case has; what cannot be read is left out."""
    loaded = schema.load(project)
    said = {}
    for number, path in enumerate(CASES):
        document = facts.read(path, shown=path.name)
        reading = words.check((document,), schema=loaded)
        aside = reading.rejected | reading.unmapped
        own = {t.subject for t in rdf.map_document(document, schema=loaded, aside=aside)}
        names = {term: ox.NamedNode(f"{term.value}.{number}") for term in own}
        said[path.stem] = {
            ox.Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object))
            for t in rdf.map_document(document, schema=loaded, aside=aside)
        }
    return said


def is_plain(said: set[Triple]) -> bool:
    """Tell whether everything that is said stays as it is typed in a store."""
    return all(constraints.is_plain(t.object) for t in said)


@pytest.mark.slow
def test_cases_and_facts_break_the_shapes_as_pyshacl_says(
    base: resources.Project,
    whole: loading.Loaded,
    cases: dict[str, set[Triple]],
    stride: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By every engine, many cases at once; no rule of them is left for pySHACL. With all cases, the project's facts."""
    rules = whole.schema.shapes
    plain = [said for said in cases.values() if is_plain(said)]
    data = {q.triple for q in loading.load(base).quads}.union(*plain[::stride])
    data |= {q.triple for q in whole.quads} if stride == 1 else set()

    expected = collections.Counter(reference.validate(data, rules))
    monkeypatch.delattr(reference, "validate")
    found = validation.validate(data, rules)
    fast = validation.validate(data, rules, engine="shacl")

    assert collections.Counter(found) == expected
    assert collections.Counter(fast) == expected
    assert len(plain) > len(cases) - 10
    assert len({v.code for v in found}) > 250 // stride


ODD = f"""
@prefix ex: <http://example.org/> .
@prefix ivig: <{VOCABULARY}> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:dose a ivig:DosageRegimen ; ivig:doseMin 0.40 .
ex:passage a ivig:Passage ; oa:start "03"^^xsd:nonNegativeInteger ; oa:end "05"^^xsd:nonNegativeInteger .
"""


@pytest.mark.slow
def test_numbers_that_a_store_rewrites_break_the_shapes_as_pyshacl_says(base: resources.Project) -> None:
    """No facts file holds such a number, but what somebody else wrote may: it is judged as it is typed."""
    data = {q.triple for q in loading.load(base).quads}.union(triples(ODD))

    found = same(data, schema.load(base).shapes)

    assert {"Data-decimal", "Passage-start", "Passage-end"} <= {v.code for v in found}


THING = "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; "
RULE = " sh:message 'a rule' ."
VALUES = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Part rdfs:subClassOf ex:Thing .
ex:a a ex:Thing ; ex:p 1, 2.5, "text", "words"@en, ex:b ; ex:q 2.5, ex:b .
ex:b a ex:Part ; ex:p 3, "2024-02-30"^^xsd:date ; ex:q 1 .
ex:c a ex:Thing ; ex:p 0.40, "07"^^xsd:nonNegativeInteger, "1e1"^^xsd:decimal ; ex:q 0.4 .
ex:d a ex:Part ; ex:p "4"^^xsd:nonNegativeInteger, "2024-02-29"^^xsd:date, "2024"^^xsd:gYear ;
    ex:q "2024-03-01"^^xsd:date .
ex:e ex:p 1 .
ex:f a ex:Other ; ex:p 7 .
"""

# a date is neither above nor below a number, nor an IRI below an IRI: the package shacl reports it, pySHACL does not
INCOMPARABLE = {"sh:maxInclusive 2.5", "sh:maxExclusive 3", "sh:lessThanOrEquals ex:q"}


@pytest.mark.parametrize(
    "asked",
    [
        *(
            "sh:minCount 3",
            "sh:minCount 0",
            "sh:maxCount 2",
            "sh:maxCount 1 ; sh:severity sh:Warning",
            "sh:class ex:Thing",
        ),
        *("sh:nodeKind sh:IRI", "sh:nodeKind sh:Literal", "sh:in ( 1 2.5 ex:b )", "sh:in ( )", "sh:pattern '^[a-z]+$'"),
        *(
            "sh:pattern '^W' ; sh:flags 'i'",
            "sh:maxLength 4",
            "sh:minLength 4",
            "sh:minInclusive 1",
            "sh:minExclusive 1",
        ),
        *("sh:maxInclusive 2.5", "sh:maxExclusive 3", "sh:disjoint ex:q", "sh:equals ex:q", "sh:lessThanOrEquals ex:q"),
        *("sh:lessThan ex:q", "sh:class ex:Thing, ex:Part", "sh:not [ sh:class ex:Part ]", "sh:deactivated true"),
        *(
            f"sh:datatype xsd:{name}"
            for name in ("decimal", "integer", "nonNegativeInteger", "date", "gYear", "string")
        ),
        "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ] )",
        "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ; sh:maxLength 3 ] )",
        "sh:or ( [ sh:datatype xsd:date ] [ sh:class ex:Part ] )",
    ],
)
def test_every_parameter_is_judged_as_pyshacl_judges_it(asked: str) -> None:
    """By every engine, over values of every kind; what is not answered by one is answered all the same."""
    rules = triples(HEAD + THING + f"sh:property ex:P . ex:P sh:path ex:p ; {asked} ; {RULE}")
    few = {t for t in triples(VALUES) if t.subject.value[-1] in "bd" or t.predicate.value != "http://example.org/p"}
    plain = {t for t in triples(VALUES) if constraints.is_plain(t.object)}

    for data in (set(triples(VALUES)), few, plain):
        for engine in ("sets", "shacl"):
            try:
                expected = collections.Counter(reference.validate(data, rules))
            except ShapesError:
                with pytest.raises(ShapesError):
                    validation.validate(data, rules, engine=engine)
            else:
                found = collections.Counter(validation.validate(data, rules, engine=engine))
                incomparable = engine == "shacl" and asked in INCOMPARABLE
                assert found >= expected if incomparable else found == expected


@pytest.mark.parametrize(
    "rules",
    [
        THING
        + "sh:property ex:P . ex:T a sh:NodeShape ; sh:targetClass ex:Other ; sh:property ex:P . ex:P sh:path ex:p",
        THING + "sh:property ex:P . ex:T a sh:NodeShape ; sh:targetClass ex:Other ; sh:node ex:S . ex:P sh:path ex:p",
        THING + "sh:targetNode ex:e ; sh:property ex:P . ex:P sh:path ex:p",
        THING + "sh:property ex:P . ex:P sh:targetClass ex:Other ; sh:path ex:p",
        THING + "sh:property ex:P . ex:P sh:path [ sh:alternativePath ( ex:p ex:q ) ]",
        THING + "sh:property ex:P . ex:P sh:path [ sh:inversePath ex:p ]",
        THING + "sh:property ex:P . ex:P sh:path ( ex:p ex:q )",
        THING + "sh:deactivated true ; sh:property ex:P . ex:P sh:path ex:p",
        "ex:Thing a sh:NodeShape, <http://www.w3.org/2000/01/rdf-schema#Class> ; sh:property ex:P . ex:P sh:path ex:p",
    ],
)
def test_a_shape_that_is_reached_in_another_way_is_asked_as_pyshacl_asks_it(rules: str) -> None:
    """A target, a path or a use that is not the ordinary one loses no violation and doubles none."""
    same(set(triples(VALUES)), triples(HEAD + rules + " ; sh:maxCount 1 ;" + RULE))


HERE = "http://example.org/"
SELECTS = {
    "SELECT $this ?value { $this ex:p ?value . FILTER (isIRI(?value)) }": True,
    "SELECT $this { $this a ?kind . FILTER NOT EXISTS { $this ex:q ?any } }": True,
    "SELECT $this ?path { $this ex:q ?any . BIND (ex:q AS ?path) } # { $this }": True,
    "SELECT $this { { $this ex:p ex:b } UNION { $this ex:q ex:b } }": True,
    "SELECT $this { $this a ?kind . OPTIONAL { $this ex:q ?value } FILTER (!bound(?value)) }": True,
    "SELECT $this { ?any ex:p $this }": True,
    "SELECT $this { FILTER NOT EXISTS { $this ex:p ?any } }": False,
    "SELECT $this { ?any ex:p ?value . FILTER (?value = $this) }": False,
    "SELECT $this { { $this ex:p ex:b } UNION { BIND ($this AS ?value) } }": False,
    "SELECT $this { OPTIONAL { $this ex:p ?value } }": False,
    "SELECT $this { OPTIONAL { $this ex:q ?any } $this ex:p ?value }": False,
    "SELECT $this { $this ex:p ?value . { FILTER (bound($this)) } }": False,
    "SELECT $this { { SELECT $this { $this ex:p ?value } LIMIT 1 } }": False,
    "SELECT $this { $this ex:p ?value } LIMIT 1": False,
    "SELECT $this (COUNT(?value) AS ?count) { $this ex:p ?value } GROUP BY $this": False,
    "SELECT ?value { $this ex:p ?value }": True,
    "SELECT $this ?failure { $this ex:p ?failure }": False,
    "SELECT $this ?value { $this ex:p ?value FILTER (datatype(?value) = a number) }": True,
    "SELECT $this ?value { $this ex:p ?any BIND (strlen(?any) AS ?value) FILTER (datatype(?value) = ex:n) }": False,
}


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize(("text", "whole"), SELECTS.items())
def test_a_constraint_is_asked_of_the_whole_graph_where_that_is_the_same(text: str, whole: bool) -> None:  # noqa: FBT001
    """Each part of the query has to find the node itself; either way the answers are those of pySHACL."""
    text = re.sub(r"ex:(\w+)", rf"<{HERE}\1>", text).replace("a number", f"<{XSD}nonNegativeInteger>")
    rules = triples(HEAD + THING + f'sh:sparql ex:Q . ex:Q sh:select """{text}""" ;' + RULE)
    plain = {t for t in triples(VALUES) if constraints.is_plain(t.object)}

    assert (selects.is_sound(text) and constraints.as_typed(text) is not None) is whole
    same(plain, rules)


def test_a_plain_value_stays_as_it_is_typed_in_a_store(
    project: resources.Project, cases: dict[str, set[Triple]]
) -> None:
    """What counts as plain comes out of a store letter by letter, whole numbers under a datatype of their own."""
    said = {q.object for q in loading.load(project).quads}.union(*({t.object for t in c} for c in cases.values()))
    texts = (
        "0",
        "-0",
        "00",
        "1.",
        ".5",
        "1.0",
        "-1.5",
        "+1",
        "0.123456789012345678",
        "999999999999999",
        "1e3",
        "-2024",
    )
    kinds = ("decimal", "integer", "nonNegativeInteger", "date", "gYear", "gYearMonth", "boolean", "double")
    days = ("2024-02-29", "2024-02-30", "2024-02", "2024", "2024-02-29Z", "0000-01-01")
    said |= {ox.Literal(text, datatype=ox.NamedNode(XSD + kind)) for text in (*texts, *days) for kind in kinds}

    plain = {v for v in said if constraints.is_plain(v)}
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(HERE), ox.NamedNode(HERE), value) for value in plain)
    kept = {str(q.object).replace("#integer>", "#nonNegativeInteger>") for q in store}

    assert kept == {str(v) for v in plain}
    assert len(plain) > 2000


TYPED = (
    '"a"',
    '"a"@en',
    "1",
    '"01"^^xsd:integer',
    '"ab"^^xsd:hexBinary',
    '"AB"^^xsd:hexBinary',
    '"abc"^^xsd:hexBinary',
)
ASKED = "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P . ex:P sh:path ex:p ; sh:message 'no' ;"


@pytest.mark.parametrize("datatype", ["xsd:string", "rdf:langString", "xsd:integer", "xsd:hexBinary"])
@pytest.mark.parametrize("value", [*TYPED, "ex:b"])
def test_datatypes_of_a_description_are_those_of_pyshacl(datatype: str, value: str) -> None:
    """Text with and without a language, whole numbers and digests, each where another is asked for."""
    data = triples(f"{HEAD}ex:a a ex:Thing ; ex:p {value} .")
    rules = triples(f"{HEAD}{ASKED} sh:datatype {datatype} .")

    assert validation.validate(data, rules) == validation.validate(data, rules, engine="pyshacl")


@pytest.mark.parametrize(
    ("datatype", "value"), [*zip(("xsd:string", "rdf:langString", "xsd:integer"), TYPED, strict=False)]
)
def test_datatypes_of_a_description_need_no_second_engine(
    datatype: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release is verified without what takes longest to import."""
    monkeypatch.delattr(validation, "_by_pyshacl")

    assert (
        validation.validate(
            triples(f"{HEAD}ex:a a ex:Thing ; ex:p {value} ."), triples(f"{HEAD}{ASKED} sh:datatype {datatype} .")
        )
        == []
    )
