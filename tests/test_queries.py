"""Queries: each competency question has the answer that was written by hand beside it, in every engine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from conftest import ROOT, Run
from ivig_kg import loading, patterns, questions, resources, schema, sparql
from ivig_kg.errors import UsageError

pytestmark = pytest.mark.usefixtures("read_once", "unconfined")
QUERIES = sorted((ROOT / "ontology/queries").glob("*.rq"))
EXPORTS = ROOT / "exports"


@pytest.fixture(scope="module")
def default_graph() -> ox.Store:
    """Return a store with everything in its default graph."""
    store = ox.Store()
    store.load(path=str(EXPORTS / "ivig-kg.ttl"), format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def named_graphs() -> ox.Store:
    """Return a store with the named graphs of the dataset."""
    store = ox.Store()
    store.load(path=str(EXPORTS / "ivig-kg.nq"), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="module")
def by_rdflib() -> rdflib.Graph:
    """Return the union as rdflib reads it."""
    return rdflib.Graph().parse(EXPORTS / "ivig-kg.ttl")


def answer(path: Path) -> list[list[str]]:
    """Return the rows that were written by hand, the header first."""
    return list(csv.reader(io.StringIO(path.with_suffix(".csv").read_text(encoding="utf-8"))))


def rows(solutions: ox.QuerySolutions) -> list[list[str]]:
    """Return solutions as rows of text, the header first."""
    names = solutions.variables
    return [[n.value for n in names], *([s[n].value if s[n] is not None else "" for n in names] for s in solutions)]


def test_there_are_enough_questions() -> None:
    """At least forty questions, each a sentence with its answer beside it."""
    named = sparql.read(ROOT / "ontology/queries")

    assert len(named) >= 40
    assert all(q.question.endswith("?") and q.question[0].isupper() for q in named)
    assert {p.stem for p in QUERIES} == {p.stem for p in (ROOT / "ontology/queries").glob("*.csv")}


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_the_answer_is_the_one_written_by_hand(path: Path, run: Run) -> None:
    """The tool prints the expected table, byte for byte."""
    result = run("query", path.stem, "--format", "csv")

    assert result.exit_code == 0, result.stderr
    assert result.stdout == path.with_suffix(".csv").read_text(encoding="utf-8")


@pytest.mark.exhaustive(every=4)
@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_engines_and_graphs_give_the_same_answer(
    path: Path, default_graph: ox.Store, named_graphs: ox.Store, by_rdflib: rdflib.Graph
) -> None:
    """The default graph, the named graphs as a union, and rdflib agree with the answer."""
    text = path.read_text(encoding="utf-8")
    expected = answer(path)

    found = by_rdflib.query(text)
    in_rdflib = [[str(v) for v in found.vars or ()], *([str(c) if c is not None else "" for c in row] for row in found)]

    assert rows(default_graph.query(text)) == expected
    assert rows(named_graphs.query(text, use_default_graph_as_union=True)) == expected
    assert in_rdflib == expected


def test_formats_say_the_same(run: Run) -> None:
    """CSV, TSV and JSON carry the same cells; the table shows them."""
    table = run("query", "serious-effects").stdout
    as_tsv = run("query", "serious-effects", "--format", "tsv").stdout
    as_json = json.loads(run("query", "serious-effects", "--format", "json").stdout)

    bindings = as_json["results"]["bindings"]
    assert [b["statedAs"]["value"] for b in bindings] == ["blood clotting disorders", "kidney problems"]
    assert "blood clotting disorders" in table
    assert table.endswith("(2 rows)\n")
    assert as_tsv.splitlines()[0].startswith("?effect\t?statedAs")


def test_a_parameter_is_bound_and_never_pasted(run: Run) -> None:
    """Whatever a parameter holds, it is one term: text that looks like SPARQL finds nothing and does no harm."""
    text = "SELECT ?fact ?effect { ?fact ivig:effect ?effect ; ivig:about kg:human-immunoglobulin }"

    one = run("query", "-e", text, "--param", "effect=headache", "--format", "csv")
    prefixed = run("query", "-e", text, "--param", "effect=kg:headache", "--format", "csv")
    whole = run("query", "-e", text, "--param", "effect=<https://w3id.org/ivig-kg/id/headache>", "--format", "csv")
    hostile = run("query", "-e", text, "--param", "effect=x } ; DROP ALL #", "--format", "csv")

    assert (
        one.stdout
        == "fact,effect\nhttps://w3id.org/ivig-kg/id/hig-effect-headache,https://w3id.org/ivig-kg/id/headache\n"
    )
    assert prefixed.stdout == whole.stdout == one.stdout
    assert hostile.stdout == "fact,effect\n"


def test_a_parameter_can_be_a_literal(run: Run) -> None:
    """Text with a language and text without one are told apart where quotation marks say so."""
    text = "SELECT * { ?thing skos:prefLabel ?label }"

    english = run("query", "-e", text, "--param", 'label="fever"@en', "--format", "csv")
    plain = run("query", "-e", text, "--param", 'label="fever"', "--format", "csv")
    bare = run("query", "-e", text, "--param", "label=fever", "--format", "csv")

    assert english.stdout == bare.stdout == "label,thing\nfever,https://w3id.org/ivig-kg/id/fever\n"
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert (
        plain.stderr
        == "ivig-kg: no row has that term as ?label, but `fever` stands there in another language or kind\n"
    )


@pytest.fixture(scope="module")
def everything(whole: loading.Loaded) -> tuple[ox.Store, dict[str, str]]:
    """Return a store with all quads of the project, and its prefixes: read once, for many questions."""
    return sparql.store(whole.quads), whole.prefixes


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_a_parameter_picks_rows_and_never_makes_one(path: Path, everything: tuple[ox.Store, dict[str, str]]) -> None:
    """For each shipped query, column and value: the rows that have it, as they stand without the parameter."""
    head, *whole = answer(path)
    store, prefixes = everything
    text = path.read_text(encoding="utf-8")
    for column, name in enumerate(head):
        values = sorted({row[column] for row in whole if row[column]})[:2]
        for value in values:
            wanted = {name: sparql.terms(value, languages=["en"], prefixes=prefixes)}
            found = rows(sparql.pick(sparql.ask(text, over=store, prefixes=prefixes), wanted))
            assert found == [head, *(row for row in whole if row[column] == value)], (name, value)


@pytest.mark.parametrize(
    "parameter",
    ["seriousness=Serious", 'frequencyAsStated="very rare"', "certaintyAsStated=never", "seriousness=notSerious"],
)
def test_what_no_source_states_never_gets_into_an_answer(parameter: str, run: Run) -> None:
    """A value that no row has fills no empty cell and replaces no stated one."""
    for form in ("csv", "tsv", "json", "table"):
        shown = run("query", "side-effects", "--param", parameter, "--format", form).stdout
        assert parameter.partition("=")[2].strip('"') not in shown
        assert "headache" not in shown


def test_a_misspelt_value_is_no_empty_answer(run: Run) -> None:
    """No rows would read as no such effect: the nearest value is offered instead."""
    result = run("query", "side-effects", "--param", "effect=hedache", "--format", "csv")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean `headache`?" in result.stderr


@pytest.mark.parametrize("text", ["ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_a_parameter_needs_rows_to_pick_from(text: str, run: Run) -> None:
    """With ASK or CONSTRUCT there are none, and a value put in would say what no file says."""
    result = run("query", "-e", text, "--param", "o=headache")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "SELECT" in result.stderr


def test_construct_gives_turtle_and_ask_an_answer(run: Run) -> None:
    """Triples come as Turtle, a yes or no as a word; a format that does not fit is refused."""
    triples = run("query", "-e", "CONSTRUCT { kg:headache ?p ?o } WHERE { kg:headache ?p ?o }", "--format", "ttl")
    yes = run("query", "-e", "ASK { kg:headache a ivig:Condition }")
    wrong = run("query", "-e", "ASK {}", "--format", "ttl")

    assert ox.Quad in {type(q) for q in ox.parse(triples.stdout, ox.RdfFormat.TURTLE)}
    assert yes.stdout == "yes\n"
    assert (wrong.exit_code, wrong.stdout) == (2, "")


def test_a_query_can_come_from_a_file_or_a_pipe(run: Run, tmp_path: Path) -> None:
    """-f reads a file, and - what is piped in, with -f or without."""
    (tmp_path / "own.rq").write_text("ASK { kg:fever a ivig:Condition }", encoding="utf-8")

    assert run("query", "-f", tmp_path / "own.rq").stdout == "yes\n"
    assert run("query", "-f", "-", text="ASK { kg:fever a ivig:Drug }").stdout == "no\n"
    assert run("query", "-", text="ASK { kg:fever a ivig:Drug }").stdout == "no\n"


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-query"],
        [],
        ["names", "-e", "ASK {}"],
        ["-e", "SELECT nonsense"],
        ["-", "-f", "ontology/queries/names.rq"],
        ["side-effects", "--param", "effect=headache", "--param", "effect=fever"],
        ["-e", ""],
        ["-e", "DROP ALL"],
        ["names", "--param", "nothing=1"],
        ["names", "--param", "nothing"],
        ["-e", "SELECT ?x { ?x ?p ?o }", "--param", "o=1"],
        ["-e", "SELECT ?x { ?x ?p ?o }", "--param", "x=<not an iri>"],
        ["-e", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"],
    ],
)
def test_wrong_words_are_told_in_a_sentence(words: list[str], run: Run) -> None:
    """An unknown name, a text that is no query or a parameter that is none ends with exit code 2 and no answer."""
    result = run("query", *words)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip()) > 10


def test_a_broken_question_stops_the_build(part: Path, run: Run) -> None:
    """A shipped query that no engine can read is found before anything is written."""
    (part / "ontology/queries/side-effects.rq").write_text("# What?\nSELECT ?fact { ?fact ", encoding="utf-8")

    result = run("-C", part, "build")

    assert result.exit_code == 4
    assert "side-effects" in result.stderr
    assert not (part / "exports").exists()


@pytest.mark.parametrize("name", ["my question", "Sources", "a\x1b[31mb", "=1+1", "a.b", "<img src=x>"])
def test_a_question_is_named_like_an_id(part: Path, run: Run, name: str) -> None:
    """Its name stands in exports, in addresses and on screens."""
    (part / f"ontology/queries/{name.replace('/', '-')}.rq").write_text("# What?\nASK {}", encoding="utf-8")

    results = [run("-C", part, *words) for words in (("build",), ("query", "--list"))]

    assert [result.exit_code for result in results] == [4, 4]
    assert all("a question is named like an id" in result.stderr for result in results)
    assert results[1].stderr.replace("\n", "").isprintable()
    assert not (part / "exports").exists()


def test_a_row_without_a_value_is_a_row(run: Run) -> None:
    """A solution that binds nothing keeps its line, or a count of lines would be wrong."""
    result = run(
        "query", "-e", "SELECT ?x { { BIND (1 AS ?y) } UNION { BIND (2 AS ?x) } } ORDER BY ?x", "--format", "csv"
    )

    assert result.stdout == "x\n\n2\n"


RULES = sorted((ROOT / "ontology/rules").glob("*.rq"))
HEAD = "PREFIX ex: <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
# what a query says, and the numbers in its triple patterns
PATTERNS = {
    "?x ex:p 0.4": ["0.4"],
    "?x ex:p 1, -2 ; ex:q [ ex:r 1e3 ] .": ["1", "-2", "1e3"],
    "?x ex:p ?y FILTER (?y = 0.4 && EXISTS { ?x ex:p 2 })": ["2"],
    "?x ex:p ?y OPTIONAL { ?x ex:q .5 } MINUS { ?x ex:q 1. } { ?x ex:a 4 } UNION { ?x ex:a 5 }": [".5", "1", "4", "5"],
    "GRAPH ?g { ?x ex:p/ex:q 7 }": ["7"],
    "{ SELECT ?x { ?x ex:p 3 } GROUP BY ?x HAVING (COUNT(*) > 2) LIMIT 4 OFFSET 5 }": ["3"],
    "?x ex:p '0.4'^^xsd:decimal, '7'^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>": ["'0.4'", "'7'"],
    '?x ex:p \'2024\'^^xsd:gYear, \'0.4\', """ 0.4 """, ex:1.5, ?y1': [],
    "?x ex:p ?y FILTER (?y IN (0.4, 1)) BIND (?y * 2 AS ?z) FILTER regex(?y, '1') # ?x ex:p 1": [],
    "VALUES ?y { 0.4 1 } VALUES (?x ?z) { (2 3) } ?x ex:p ?y": [],
}


def in_patterns(part: Any, *, inside: bool = False) -> Iterator[str]:
    """Yield the numbers in the triple patterns of a query as rdflib reads it; those of EXISTS it leaves as blocks."""
    if isinstance(part, rdflib.Literal):
        if inside and part.datatype in rdflib.term._NUMERIC_LITERAL_TYPES:
            yield str(part)
    elif isinstance(part, CompValue):
        for key, value in part.items():
            patterns_begin = key == "triples" and part.name in {"BGP", "TriplesBlock"}
            yield from in_patterns(value, inside=inside or patterns_begin)
    elif isinstance(part, list | tuple):
        yield from (found for inner in part for found in in_patterns(inner, inside=inside))


@pytest.mark.parametrize("path", [*QUERIES, *RULES], ids=lambda p: p.stem)
def test_no_number_stands_in_a_triple_pattern(path: Path) -> None:
    """Some stores would find 0.4 for 0.40, and some not: numbers are compared in a FILTER, by rules too."""
    text = path.read_text(encoding="utf-8")

    assert list(in_patterns(prepareQuery(text).algebra)) == []
    assert list(patterns.numbers(text)) == []


def test_no_number_stands_in_a_triple_pattern_of_a_shape(project: resources.Project) -> None:
    """The same holds for the queries of the shapes."""
    texts = [t.object.value for t in schema.load(project).shapes if t.predicate.value == schema.SH + "select"]

    assert len(texts) > 40
    assert [text for text in texts if list(patterns.numbers(text))] == []


@pytest.mark.parametrize(("text", "numbers"), PATTERNS.items())
def test_the_numbers_in_triple_patterns_are_those_that_rdflib_sees(text: str, numbers: list[str]) -> None:
    """And no others: not those of a FILTER, of VALUES, of LIMIT, of a text or a name."""
    query = f"{HEAD}SELECT * {{ {text}\n}} LIMIT 10"

    expected = sorted(float(n) for n in in_patterns(prepareQuery(query).algebra))
    found = list(patterns.numbers(query))

    assert [number for _, number in found] == numbers
    assert {line for line, _ in found} <= {2}
    assert sorted(float(number.strip("'")) for number in numbers) == expected


def test_what_a_rule_makes_is_no_pattern() -> None:
    """A number in the template of CONSTRUCT is a value that is made, not one that is looked for."""
    assert list(patterns.numbers("CONSTRUCT { ?x ?p 1 } WHERE { ?x ?p 2 }")) == [(1, "2")]
    assert list(patterns.numbers("CONSTRUCT WHERE { ?x ?p 2 }")) == [(1, "2")]


def test_a_question_with_a_number_in_a_pattern_stops_the_build(part: Path, run: Run) -> None:
    """In a project of one's own too, with the line and what to write."""
    text = "# What?\nPREFIX ivig: <https://w3id.org/ivig-kg/ontology/>\nSELECT ?fact { ?fact ivig:doseMin 0.4 }\n"
    (part / "ontology/queries/own.rq").write_text(text, encoding="utf-8")

    result = run("-C", part, "build")

    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == (
        "ivig-kg: query own, line 3: the number `0.4` stands in a triple pattern, where triple stores differ in what"
        " equals it: write a variable in its place, and compare that in a FILTER\n"
    )
    assert not (part / "exports").exists()


def test_an_unknown_name_is_a_usage_error() -> None:
    """In Python the same is an exception of the project's own."""
    with pytest.raises(UsageError, match="no query"):
        sparql.by_name([], "nothing")


def test_the_queries_beside_the_exports_are_those_that_are_listed(everything: tuple[ox.Store, dict[str, str]]) -> None:
    """queries.ttl holds every named query as an executable of SHACL, no blank node, and each gives its answer."""
    graph = rdflib.Graph().parse(EXPORTS / "queries.ttl")
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    named = {q.name: q for q in sparql.read(ROOT / "ontology/queries")}
    found = {str(s).rpartition("/")[2]: s for s in graph.subjects(rdflib.RDF.type, shacl.SPARQLSelectExecutable)}

    assert set(found) == set(named)
    assert not [t for t in graph if any(isinstance(term, rdflib.BNode) for term in t)]
    for name, node in found.items():
        assert str(graph.value(node, rdflib.RDFS.comment)) == named[name].question
        text = str(graph.value(node, shacl.select))
        assert rows(sparql.ask(text, over=everything[0])) == answer(ROOT / f"ontology/queries/{name}.rq")


def test_a_question_leaves_as_it_was_typed() -> None:
    """With each prefix that it declares, and with a line of a text that looks like a comment."""
    head = "prefix ivig: <https://w3id.org/ivig-kg/ontology/> Prefix : <https://e.org/> select ?x\n"
    body = head + '{ ?x ivig:note """one\n# two""" }\n'
    query = sparql.NamedQuery("own", "Which?", f"# Which?\n{body}")

    graph = rdflib.Graph().parse(data=questions.serialize([query]), format="turtle")

    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert [str(text) for text in graph.objects(predicate=shacl.select)] == [body]
    assert {
        str(prefix): str(graph.value(node, shacl.namespace)) for node, prefix in graph.subject_objects(shacl.prefix)
    } == {
        "ivig": "https://w3id.org/ivig-kg/ontology/",
        "": "https://e.org/",
    }
