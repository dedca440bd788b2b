"""Grammar: a shape that would never be asked, or not as it is meant, is refused, wherever it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyshacl
import pytest
import rdflib

from conftest import ROOT, Run
from ivig_kg import definitions, grammar, mentions, resources, schema, shacl

HEAD = """@prefix ex: <https://example.org/shapes/> .
@prefix ivig: <https://w3id.org/ivig-kg/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://example.org/shapes/> a owl:Ontology ;
    sh:declare [ sh:prefix "ivig" ; sh:namespace "https://w3id.org/ivig-kg/ontology/" ] .
"""
NODE = """
ex:Fact a sh:NodeShape ;
    sh:targetClass ivig:Fact ;
    sh:property ex:Fact-signed ;
    sh:sparql ex:Fact-noted .
"""
PROPERTY = """
ex:Fact-signed a sh:PropertyShape ;
    sh:path ivig:jurisdiction ;
    sh:maxCount 1 ;
    sh:in ( "one" "two" ) ;
    sh:message "A fact of this house is signed."@en .
"""
QUERY = '''
ex:Fact-noted a sh:SPARQLConstraint ;
    sh:prefixes <https://example.org/shapes/> ;
    sh:message "A note is not empty."@en ;
    sh:select """SELECT $this WHERE { $this ivig:jurisdiction "" }""" .
'''
OWN = HEAD + NODE + PROPERTY + QUERY


@pytest.fixture
def own(small: Path) -> Path:
    """Return a small project with shapes of its own beside those that ship."""
    (small / "shapes").mkdir()
    for path in (ROOT / "shapes").glob("*.ttl"):
        (small / "shapes" / path.name).symlink_to(path)
    (small / "shapes/own.ttl").write_text(OWN, encoding="utf-8")
    return small


SLIPS = [
    (
        "sh:maxCount",
        "sh:maxCuont",
        "18:5",
        "`maxCuont` is no term of SHACL, so it would be passed over; did you mean `maxCount`?",
    ),
    ("sh:NodeShape", "sh:NodeShap", "", "did you mean `NodeShape`?"),
    (
        "sh:targetClass ivig:Fact",
        "sh:targetClass ivig:Fakt",
        "12:20",
        "`Fact` speaks of `Fakt`, which the ontology does not define",
    ),
    (
        "sh:targetClass ivig:Fact",
        "sh:targetClass ivig:about",
        "",
        "speaks of the class <https://w3id.org/ivig-kg/ontology/about>",
    ),
    ("sh:targetClass ivig:Fact ;", "", "", "`Fact` is asked of nothing"),
    ("sh:property ex:Fact-signed ;", "", "16:1", "`Fact-signed` is asked of nothing"),
    (
        "sh:property ex:Fact-signed",
        "sh:property ex:Fact-sined",
        "",
        "leads to `Fact-sined`, which no file of the shapes defines",
    ),
    ("sh:sparql ex:Fact-noted .", ".", "", "`Fact-noted` is asked by no shape"),
    ("sh:path ivig:jurisdiction ;", "sh:path ivig:note ;", "", "speaks of `note`, which the ontology does not define"),
    ("sh:path ivig:jurisdiction ;", "", "", "`Fact-signed` has to have one `sh:path`"),
    (
        "sh:path ivig:jurisdiction ;",
        "sh:path ivig:jurisdiction , ivig:label ;",
        "",
        "`Fact-signed` says `sh:path` twice",
    ),
    ("sh:path ivig:jurisdiction ;", "sh:path ivig:note , ivig:about ;", "", "`Fact-signed` says `sh:path` twice"),
    ("sh:path ivig:jurisdiction ;", 'sh:path "note" ;', "", "has `note` after `sh:path`"),
    (
        "sh:path ivig:jurisdiction ;",
        "sh:path [ sh:alternativePath ( ivig:jurisdiction ivig:nota ) ] ;",
        "",
        "lists `nota`",
    ),
    (
        "sh:maxCount 1 ;",
        'sh:maxCount "one" ;',
        "",
        "has `one` after `sh:maxCount`, which is none of what can stand there",
    ),
    ("sh:maxCount 1 ;", "sh:maxCount 1 , 2 ;", "", "says `sh:maxCount` twice"),
    ("sh:maxCount 1 ;", "sh:datatype xsd:strin ;", "", "has `strin` after `sh:datatype`"),
    ("sh:maxCount 1 ;", 'sh:pattern "(" ;', "", "has `(` after `sh:pattern`"),
    ("sh:maxCount 1 ;", "sh:severity sh:IRI ;", "", "has `IRI` after `sh:severity`"),
    ("sh:maxCount 1 ;", "sh:nodeKind sh:Warning ;", "", "has `Warning` after `sh:nodeKind`"),
    ("sh:maxCount 1 ;", 'sh:deactivated "yes" ;', "", "has `yes` after `sh:deactivated`"),
    ('sh:in ( "one" "two" ) ;', "sh:in () ;", "", "has a list after `sh:in` that is empty or broken"),
    (
        'sh:in ( "one" "two" ) ;',
        'sh:in [ rdf:first "one" ] ;',
        "",
        "has a list after `sh:in` that is empty or broken",
    ),
    ('sh:in ( "one" "two" ) ;', 'sh:in "one" ;', "", "has a list after `sh:in` that is empty or broken"),
    ('sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n', "", "", "`Fact-signed` asks for nothing"),
    (PROPERTY, PROPERTY + PROPERTY, "", "the name `Fact-signed` is given twice, in this file"),
    ("SELECT $this WHERE {", "SELECT $this WHERE {{", "", "`Fact-noted` has a query that cannot be read"),
    (
        "SELECT $this WHERE { $this",
        "SELECT ?that WHERE { ?that",
        "",
        "does not select `$this`, so no node could break it",
    ),
    ("SELECT $this WHERE", "ASK WHERE", "", "does not select `$this`"),
    (
        "$this ivig:jurisdiction",
        "$this ivig:juridiction",
        "25:45",
        f"asks for `ivig:juridiction`, {mentions.NOWHERE}",
    ),
    (
        "SELECT $this WHERE { $this ivig:jurisdiction",
        "PREFIX v: <https://w3id.org/ivig-kg/ontology/> SELECT $this WHERE { $this v:juridiction",
        "25:92",
        f"asks for `v:juridiction`, {mentions.NOWHERE}",
    ),
    (
        "$this ivig:jurisdiction",
        "$this <https://w3id.org/ivig-kg/ontology/juridiction>",
        "25:80",
        f"asks for `<https://w3id.org/ivig-kg/ontology/juridiction>`, {mentions.NOWHERE}",
    ),
    (
        "$this ivig:jurisdiction",
        "$this <http://www.w3.org/2004/02/skos/core#prefLable>",
        "25:77",
        "asks for `<http://www.w3.org/2004/02/skos/core#prefLable>`",
    ),
    (
        "sh:path ivig:jurisdiction ;",
        "sh:path <http://www.w3.org/2004/02/skos/core#prefLable> ;",
        "",
        f"has <http://www.w3.org/2004/02/skos/core#prefLable> after `sh:path`, {mentions.NOWHERE}",
    ),
    ("sh:path ivig:jurisdiction ;", "sh:path ( ivig:about <http://e/x> ) ;", "", "has <http://e/x> in a path, which"),
    (NODE, "\nex:Fact sh:property ex:Fact-signed ; sh:sparql ex:Fact-noted .\n", "", "`Fact` is asked of nothing"),
    ('    sh:message "A note is not empty."@en ;\n', "", "", "`Fact-noted` has no `sh:message`"),
    (
        "SELECT $this WHERE {",
        "SELECT $this WHERE { " + "FILTER EXISTS { " * 101 + "} " * 101,
        "",
        "`Fact-noted` has a query that has brackets in brackets more than 100 deep",
    ),
    (QUERY, "", "", "leads to `Fact-noted`, which no file of the shapes defines"),
    (
        'sh:select """SELECT $this WHERE { $this ivig:jurisdiction "" }"""',
        "rdf:value 1",
        "",
        "is a SPARQL constraint without a query",
    ),
    ("    sh:prefixes <https://example.org/shapes/> ;\n", "", "", "has a query that cannot be read"),
    ("sh:maxCount 1 ;", "ex:maxCount 1 ;", "", "<https://example.org/shapes/maxCount> is no term of SHACL"),
    ('sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n', "    ex:house 1 ;\n", "", "`Fact-signed` asks for nothing"),
    (
        "sh:maxCount 1 ;",
        "sh:or ( [ sh:datatype xsd:date ] ex:Nosuch ) ;",
        "",
        "lists `Nosuch` after `sh:or`, which no file of the shapes defines",
    ),
    ("sh:maxCount 1 ;", "sh:and ( [ sh:datatype xsd:date ] [] ) ;", "", "lists an empty node after `sh:and`"),
    (
        "sh:maxCount 1 ;",
        'sh:xone ( [ sh:datatype xsd:date ] [ sh:message "any" ] ) ;',
        "",
        "lists a shape after `sh:xone` that asks for nothing",
    ),
    ("sh:maxCount 1 ;", 'sh:not [ sh:name "any" ] ;', "", "leads to a shape after `sh:not` that asks for nothing"),
    ('sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n', "    sh:minCount 0 ;\n", "", "`Fact-signed` asks for nothing"),
    (
        'sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n',
        "    sh:qualifiedMinCount 0 ; sh:qualifiedValueShape [ sh:datatype xsd:date ] ;\n",
        "",
        "`Fact-signed` asks for nothing",
    ),
    (
        "sh:maxCount 1 ;",
        "sh:qualifiedValueShape [ sh:datatype xsd:date ] ;",
        "",
        "has one of `sh:qualifiedValueShape` and its counts without the other",
    ),
    ("sh:maxCount 1 ;", "sh:qualifiedMinCount 1 ;", "", "has one of `sh:qualifiedValueShape` and its counts without"),
    ("sh:targetClass ivig:Fact ;", "a owl:Class ;", "", "`Fact` is asked of nothing"),
    ("sh:select", "sh:ask", "", "is a SPARQL constraint without a query: it has no `sh:select`"),
    ("sh:maxCount 1 ;", "sh:minInclusive ex:one ;", "", "has `one` after `sh:minInclusive`"),
    ("sh:path ivig:jurisdiction ;", "sh:path [] ;", "", "leads to an empty node, which no file of the shapes defines"),
    (
        "sh:path ivig:jurisdiction ;",
        "sh:path ivig:Drug ;",
        "",
        "has the class `Drug` after `sh:path`, where a property",
    ),
    ("sh:path ivig:jurisdiction ;", "sh:path ( ivig:about ivig:Drug ) ;", "", "has the class `Drug` in a path"),
    ("sh:targetClass ivig:Fact ;", 'sh:targetNode "drug" ;', "", "has `drug` after `sh:targetNode`"),
    (
        "SELECT $this WHERE { $this ivig:jurisdiction",
        "PREFIX : <https://w3id.org/ivig-kg/ontology/> SELECT $this WHERE { $this :juridiction",
        "",
        "asks for `:juridiction`",
    ),
    (
        "SELECT $this WHERE { $this ivig:jurisdiction",
        "PREFIX i.v: <https://w3id.org/ivig-kg/ontology/> SELECT $this WHERE { $this i.v:juridiction",
        "",
        "asks for `i.v:juridiction`",
    ),
    (
        "SELECT $this WHERE { $this ivig:jurisdiction",
        "PREFIX ivig: <https://w3id.org/ivig-kg/ontologi/> SELECT $this WHERE { $this ivig:jurisdiction",
        "",
        "asks for `ivig:jurisdiction`",
    ),
    (
        "sh:maxCount 1 ;",
        "sh:expression false ;",
        "18:5",
        "`expression` is of an extension of SHACL that nothing here asks",
    ),
    (
        "sh:targetClass ivig:Fact ;",
        "sh:targetClass ivig:Fact ; sh:target [ a sh:SPARQLTarget ] ;",
        "12:46",
        "`SPARQLTarget` is of an extension of SHACL that nothing here asks",
    ),
    ("sh:targetClass ivig:Fact ;", "sh:targetClass owl:Class ;", "12:20", "or of which no fact is"),
    (
        "sh:path ivig:jurisdiction ;",
        "sh:path [ sh:inversePath ivig:about ; sh:oneOrMorePath ivig:about ] ;",
        "",
        "has a path of two kinds: inversePath and oneOrMorePath",
    ),
    ("sh:path ivig:jurisdiction ;", 'sh:path [ sh:inversePath "x" ] ;', "", "has `x` after `sh:inversePath`"),
    ('sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n', '    sh:pattern ".*" ;\n', "", "`Fact-signed` asks for nothing"),
    ('sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n', '    sh:pattern "" ;\n', "", "`Fact-signed` asks for nothing"),
    (
        'sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n',
        '    sh:pattern "^[\\\\s\\\\S]*$" ;\n',
        "",
        "`Fact-signed` asks for nothing",
    ),
    ('"" }', '"" } LIMIT 0', "", "`Fact-noted` has a query that has LIMIT 0, so it finds nothing"),
    ('"" }', '"" FILTER ( false ) }', "", "`Fact-noted` has a query that has FILTER (false), so it finds nothing"),
    (
        'jurisdiction "" }',
        "jurisdiction ?one FILTER (?noe = 1) }",
        "",
        "`Fact-noted` has a query that asks about `?noe`, to which no pattern there gives a value",
    ),
    ('"" }', '"" } VALUES $this { 1 }', "", "`Fact-noted` has a query that has VALUES, which SHACL does not allow"),
    (
        "SELECT $this WHERE { $this",
        "SELECT $this WHERE { GRAPH ?any { $this ivig:about ?a } $this",
        "",
        "`Fact-noted` has a query that asks for graphs by their names",
    ),
    (
        "SELECT $this WHERE { $this",
        "BASE <https://w3id.org/ivig-kg/ontology/> SELECT $this WHERE { $this ivig:about <//[> . $this",
        "",
        "has a query that cannot be read",
    ),
    (
        "SELECT $this WHERE { $this ivig:jurisdiction",
        "BASE <https://w3id.org/ivig-kg/ontology/> SELECT $this WHERE { $this <juridiction>",
        "",
        "asks for `<juridiction>`",
    ),
    ("ns/shacl#", "ns/shacle#", "1:1", "there is no shape in this file"),
    (OWN, "", "1:1", "there is no shape in this file, so it asks nothing; delete it if that is meant"),
]


def test_a_right_shape_of_ones_own_is_asked_and_nothing_is_told(own: Path, run: Run) -> None:
    """It stands beside those that ship, and none of these is called changed."""
    quiet = run("-C", own, "check", "--format", "concise")
    (own / "facts/more.yaml").write_text(
        "- id: case\n  type: AdverseEffect\n  label: The drug may cause the condition\n  about: drug\n"
        "  effect: condition\n  jurisdiction: three\n  evidence: passage\n  status: draft\n",
        encoding="utf-8",
    )
    told = run("-C", own, "check", "--format", "concise")

    assert quiet.exit_code == 0
    assert " rule-" not in quiet.stdout
    assert "more.yaml:6:17: error Fact-signed: A fact of this house is signed." in told.stdout


def test_a_shape_without_a_name_is_called_by_its_owner(own: Path, run: Run) -> None:
    """Who writes it down, or allows it, needs a name that is the same in the next run."""
    nameless = (
        "sh:property [ sh:path ivig:jurisdiction ; sh:minCount 1 ] , [ sh:path ivig:jurisdiction ; sh:minCount 1 ]"
    )
    shape = f"\nex:House a sh:NodeShape ; sh:targetClass ivig:Condition ; {nameless} .\n"
    shape += "[] a sh:NodeShape ; sh:targetClass ivig:Route ; sh:deactivated true ; sh:closed true .\n"
    (own / "shapes/own.ttl").write_text(HEAD + shape, encoding="utf-8")

    told = [run("-C", own, "check", "--format", "concise").stdout for _ in range(2)]

    assert told[0] == told[1]
    assert " error House-jurisdiction: " in told[0]
    assert " error House-jurisdiction-2: " in told[0]
    assert re.search(r"own\.ttl:12:\d+: warning rule-off: the shape `of-Route` is switched off", told[0])


@pytest.mark.parametrize(("old", "new", "at", "says"), SLIPS, ids=range(len(SLIPS)))
def test_a_slip_in_a_shape_is_refused_with_its_place(
    own: Path, run: Run, old: str, new: str, at: str, says: str
) -> None:
    """Exit code 4, file, line and column, and a sentence; nothing that SHACL would pass over is passed over."""
    assert old in OWN
    (own / "shapes/own.ttl").write_text(OWN.replace(old, new), encoding="utf-8")

    result = run("-C", own, "check")

    assert result.exit_code == 4, result.stdout
    assert re.search(rf"shapes/own\.ttl:{at or '[0-9]+:[0-9]+'}: ", result.stderr), result.stderr
    assert says in result.stderr


@pytest.mark.parametrize("pattern", ["^$", "^.+", "^(.*)b"])
def test_a_pattern_that_leaves_a_text_out_is_asked(own: Path, run: Run, pattern: str) -> None:
    """However much it looks like one that finds everything."""
    old = 'sh:maxCount 1 ;\n    sh:in ( "one" "two" ) ;\n'
    (own / "shapes/own.ttl").write_text(OWN.replace(old, f'    sh:pattern "{pattern}" ;\n'), encoding="utf-8")

    assert run("-C", own, "check").exit_code in {0, 1}


def test_a_name_that_two_files_give_is_refused(own: Path, run: Run) -> None:
    """Their triples would be one shape, of which one half might never be read."""
    (own / "shapes/second.ttl").write_text(OWN, encoding="utf-8")

    result = run("-C", own, "check")

    assert result.exit_code == 4
    assert "second.ttl:11:1: " in result.stderr
    assert "is given twice, in own.ttl too" in result.stderr


def test_the_terms_are_those_of_shacl() -> None:
    """Each is in the vocabulary as pySHACL ships it, and what is not among them says nothing about shapes."""
    vocabulary = rdflib.Graph().parse(Path(pyshacl.__file__).parent / "assets/shacl.ttl")
    defined = {str(s).removeprefix(shacl.SH) for s in vocabulary.subjects() if str(s).startswith(shacl.SH)}
    rest = defined - shacl.TERMS

    assert shacl.TERMS - defined == set()
    assert {t for t in rest if t[:1].islower() and not t.startswith(("result", "source", "filter"))} == {
        *("conforms", "detail", "focusNode", "intersection", "js", "shapesGraphWellFormed", "union", "update", "value"),
        *("this", "minus"),
    } & rest


def test_the_shapes_that_ship_keep_to_the_grammar(project: resources.Project) -> None:
    """They are not held to it in each run, because their digests are known."""
    given = definitions.read(project)
    files = {file.path: list(definitions.turtle(file).triples) for file in given.shapes}
    properties = {key.iri for key in schema.load(project).keys.values()}

    grammar.check(files, ontology=definitions.turtle(given.ontology).triples, properties=properties)

    assert len(files) > 30


def test_a_derivation_that_asks_for_nothing_known_is_refused(copy: Path, run: Run) -> None:
    """A misspelt property in it would derive nothing, without a word."""
    (copy / "ontology/rules/own.rq").write_text(
        f"PREFIX ivig: <{resources.VOCABULARY}>\nCONSTRUCT {{ ?fact ivig:about ?x }} WHERE {{ ?fact ivig:abuot ?x }}",
        encoding="utf-8",
    )

    result = run("-C", copy, "check")

    assert result.exit_code == 4
    assert f"rule own: it asks for `ivig:abuot`, {mentions.NOWHERE}" in result.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [
        *(
            (f"shapes/{name}", "it has to stand in ")
            for name in ("own.TTL", "more/own.ttl", "own.jsonld", "own.ttl.txt", "own.ttl ", "own.tll")
        ),
        *((f"ontology/rules/own.{ending}", "it has to stand in ") for ending in ("RQ", "sparql")),
        ("ontology/own.ttl", "the ontology is ivig.ttl"),
    ],
)
def test_a_file_that_nobody_would_read_is_refused(copy: Path, run: Run, name: str, says: str) -> None:
    """Whoever wrote it thinks that it is asked."""
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text(OWN, encoding="utf-8")

    result = run("-C", copy, "check")

    assert result.exit_code == 4
    assert f"{name}: nobody would read this file: {says}" in result.stderr


def test_another_shape_of_a_description_is_told(copy: Path, run: Run) -> None:
    """What a release says of itself is held against the shapes that ship, whatever stands in the project."""
    name = "shapes/release/ReleaseFile.ttl"
    same = run("-C", copy, "check", "--format", "concise")
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "# another\n", encoding="utf-8")

    told = run("-C", copy, "check", "--format", "concise")

    assert "rule-changed" not in same.stdout
    assert f"{name}:1:1: warning rule-changed: nobody reads this file: " in told.stdout


@pytest.mark.parametrize(
    ("name", "status"), [("Facts", 3), ("Shapes", 4), ("ONTOLOGY", 4), ("ontology/Rules", 4), ("ontology/QUERIES", 4)]
)
def test_a_folder_whose_name_is_written_otherwise_is_refused(copy: Path, run: Run, name: str, status: int) -> None:
    """In its place the one that ships would be read, without a word."""
    (copy / name.lower()).rename(copy / name)

    result = run("-C", copy, "check")

    assert (result.exit_code, result.stdout) == (status, "")
    assert f"{name}: nobody would read this: " in result.stderr


@pytest.mark.parametrize(
    ("name", "status"), [("Facts", 3), ("Shapes", 4), ("Ontology", 4), ("ontology/Rules", 4), ("ontology/Queries", 4)]
)
def test_a_folder_beside_the_one_that_is_read_is_refused(copy: Path, run: Run, name: str, status: int) -> None:
    """On systems that do not tell capitals apart the two are one."""
    (copy / name).mkdir()

    result = run("-C", copy, "check")

    assert (result.exit_code, result.stdout) == (status, "")
    assert f"{name}: nobody would read this: " in result.stderr


def test_a_link_to_nowhere_in_the_place_of_a_folder_is_refused(copy: Path, run: Run) -> None:
    """So is a file."""
    shutil.rmtree(copy / "shapes")
    (copy / "shapes").symlink_to("nowhere")

    result = run("-C", copy, "check")

    assert result.exit_code == 4
    assert "shapes: nobody would read this: it has to be a folder" in result.stderr


@pytest.mark.parametrize(
    "name", ["more.yaml.txt", "labels/more.YML.TXT", "more.jsonl.gz.txt", "more.yamll", "more.yaml "]
)
def test_a_file_of_facts_saved_as_text_is_refused(small: Path, run: Run, name: str) -> None:
    """Its facts would be left out, without a word."""
    (small / "facts" / name).parent.mkdir(exist_ok=True)
    (small / "facts" / name).write_text("- id: one\n", encoding="utf-8")

    result = run("-C", small, "check")

    assert result.exit_code == 3
    assert f"facts/{name}: nobody would read this file: its name has to end with .yaml" in result.stderr


@pytest.mark.slow
def test_a_node_that_does_not_exist_is_told(copy: Path, run: Run) -> None:
    """Wherever a shape or a derivation of one's own names it; a node that exists is none of it."""
    things = "@prefix kg: <https://w3id.org/ivig-kg/id/> .\n"
    choice = "sh:in ( kg:kiovig-eu kg:kiovig-eo ) ;"
    query = "$this ivig:jurisdiction '' . FILTER (?x != <https://w3id.org/ivig-kg/id/nowhere>) $this ivig:about ?x"
    text = (things + OWN).replace('sh:in ( "one" "two" ) ;', choice).replace('$this ivig:jurisdiction ""', query)
    (copy / "shapes/own.ttl").write_text(text, encoding="utf-8")
    (copy / "ontology/rules/own.rq").write_text(
        "PREFIX kg: <https://w3id.org/ivig-kg/id/>\nPREFIX ivig: <https://w3id.org/ivig-kg/ontology/>\n"
        "CONSTRUCT { ?a ivig:about kg:lost } WHERE { ?a ivig:about kg:kiovig-eu . ?a ivig:about kg:loss }\n",
        encoding="utf-8",
    )
    wanted = {
        "ontology/rules/own.rq:3:27": "`lost`",
        "ontology/rules/own.rq:3:88": "`loss`",
        "shapes/own.ttl:20:26": "`kiovig-eo`, and there is no such node; did you mean `kiovig-eu`?",
        "shapes/own.ttl:26:111": "`nowhere`",
    }

    for words in ([], ["facts/concepts"], ["--jobs", "2"]):
        done = run("-C", copy, "check", "--format", "concise", *words)
        said = done.stdout.replace(f"{copy}/", "").splitlines()
        assert said, done.stderr
        told = dict(
            line.split(": warning rule-names-nothing: this names ", 1) for line in said if "names-nothing" in line
        )

        assert told.keys() == wanted.keys(), (words, said)
        assert all(told[place].startswith(names) for place, names in wanted.items()), told
