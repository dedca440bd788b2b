"""Trials: a rule, a constraint or a question of somebody's own may never end, and then the run ends it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run
from ivig_kg import bounds, fruitless, validation

# every variable is on its own: nothing is ever found, and everything is looked at
NEVER = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (IF(STR(?a) = STR(?d), STR(?g), STR(?d)) = STR(?j))"
PREFIX = "PREFIX ivig: <https://w3id.org/ivig-kg/ontology/>\n"
RULE = PREFIX + "CONSTRUCT { ?fact a ?kind } WHERE { ?fact a ?kind . %s }"
LIST = "# What is in this list?\nSELECT * { ?x ?y (" + "1 " * 20_000 + ") }"
NUMBERS = " ".join(map(str, range(300)))
TABLE = (
    "# Is it?\nASK { "
    + " ".join(f"VALUES ?v{n} {{ {NUMBERS} }}" for n in range(4))
    + " FILTER (?v0 + ?v3 < ?v1 - 999) }"
)
SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix s: <https://w3id.org/ivig-kg/shapes/> .
s:Own a sh:NodeShape ; sh:targetClass <https://w3id.org/ivig-kg/ontology/Fact> ; sh:sparql s:Own-asked .
s:Own-asked a sh:SPARQLConstraint ; sh:message "It is so." ; sh:select \"\"\"SELECT $this { %s }\"\"\" .
"""


@pytest.fixture
def mine(citable: Path, part: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small project with folders of its own for what it asks."""
    (part / "ontology").rename(citable / "ontology")
    (part / "shapes").rename(citable / "shapes")
    monkeypatch.setattr(bounds, "PATIENCE", 1)
    monkeypatch.setattr(validation, "SECONDS", 2)
    return citable


ENDLESS = [
    ("ontology/rules/own.rq", RULE % NEVER, ["check"], "the rule own"),
    ("ontology/rules/own.rq", RULE % NEVER, ["build", "-o", "made"], "the rule own"),
    ("shapes/Own.ttl", SHAPE % f"$this ?p ?q . {NEVER}", ["check"], "the query of the constraint Own-asked"),
    (
        "shapes/Own.ttl",
        SHAPE % ("$this ?x (" + "1 " * 20_000 + ")"),
        ["check"],
        "the query of the constraint Own-asked",
    ),
    (
        "shapes/Own.ttl",
        SHAPE % f"$this ?p ?q . FILTER (CONCAT(STR(?q)) != '') {NEVER}",
        ["check"],
        "what pySHACL is asked, since only it can tell,",
    ),
    ("ontology/queries/own.rq", LIST, ["build", "-o", "made"], "the question `own`"),
    ("ontology/queries/own.rq", TABLE, ["build", "-o", "made"], "the question `own`"),
    ("ontology/queries/facts.rq", f"# All?\nSELECT * {{ {NEVER} }}", ["export", "csv"], "the question `facts`"),
    (
        "ontology/queries/own.rq",
        f"# All?\nSELECT * {{ {NEVER} }}",
        ["release", "1.0.0", "-o", "made"],
        "the question `own`",
    ),
]


@pytest.mark.exhaustive(every=5)
@pytest.mark.parametrize(("name", "text", "words", "what"), ENDLESS, ids=[f"{n}-{w[0]}" for n, _, w, _ in ENDLESS])
def test_what_never_ends_is_ended(mine: Path, run: Run, name: str, text: str, words: list[str], what: str) -> None:
    """With exit code 7, a sentence that names it, and nothing written."""
    (mine / name).write_text(text, encoding="utf-8")
    given = [str(mine / word) if word == "made" else word for word in words]

    result = run("-C", mine, *given)

    assert result.exit_code == 7, result.output
    assert result.stderr.startswith(f"ivig-kg: {what} ")
    assert not (mine / "made").exists()


def test_what_ends_soon_is_asked(mine: Path, run: Run) -> None:
    """A rule, a constraint and a question of one's own, each in its place."""
    (mine / "ontology/rules/own.rq").write_text(
        f"{PREFIX}CONSTRUCT {{ ?fact ivig:mentions ?x }} WHERE {{ ?fact ivig:about ?x }}".replace("mentions", "about"),
        encoding="utf-8",
    )
    (mine / "shapes/Own.ttl").write_text(SHAPE % "$this a ?kind", encoding="utf-8")

    result = run("-C", mine, "check", "--format", "concise")

    assert result.exit_code == 1
    assert "error Own-asked: It is so." in result.stdout


def test_what_was_tried_is_not_tried_again_of_a_graph_of_like_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large project comes in hundreds of portions; a graph more than twice as large is another matter."""
    begun: list[object] = []
    child = bounds.Child
    monkeypatch.setattr(bounds, "Child", lambda call: begun.append(call) or child(call))
    query = bounds.Query("the rule own", "SELECT * { ?s ?p ?once }")
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"))

    counts = []
    for size in (0, 1, 2, 2, 3, 5, 12):
        bounds.try_out([query], [triple] * size)
        counts.append(len(begun))

    assert counts == [1, 1, 2, 2, 2, 2, 3]


PATTERNED = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix s: <https://w3id.org/ivig-kg/shapes/> .
s:Own a sh:NodeShape ; sh:targetClass <https://w3id.org/ivig-kg/ontology/Condition> ; sh:property s:Own-written .
s:Own-written a sh:PropertyShape ; sh:path <http://www.w3.org/2004/02/skos/core#prefLabel> ; sh:pattern "%s" .
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "engine"),
    [("^(a|aa)+$", "sets"), ("^(a|aa)+$", "pyshacl"), ("^(([^b9]?){1000}){1000}$", "sets")],
)
def test_a_pattern_that_never_ends_is_ended(
    mine: Path, run: Run, monkeypatch: pytest.MonkeyPatch, pattern: str, engine: str
) -> None:
    """A regular expression of one's own is looked for in a process of its own; one that ends says what it finds."""
    monkeypatch.setattr(validation, "PATIENCE", 2)
    (mine / "facts/more.yaml").write_text(f"- id: more\n  type: Condition\n  label: {'a' * 60} b\n", encoding="utf-8")
    words = ["-C", mine, "check", "--format", "concise", "--engine", engine]

    (mine / "shapes/Own.ttl").write_text(PATTERNED % pattern, encoding="utf-8")
    ended = run(*words)
    (mine / "shapes/Own.ttl").write_text(PATTERNED % "^[b-z]+", encoding="utf-8")
    told = run(*words)

    assert (ended.exit_code, ended.stdout) == (7, "")
    assert ended.stderr.startswith(
        f"ivig-kg: what the shapes ask with the pattern `{pattern}` was not answered within "
    )
    assert told.exit_code == 1
    assert "more.yaml:3:10: error Own-written: " in told.stdout


FRUITFUL = [
    "SELECT ?x ?y { ?x ?p ?q } VALUES ?y { 2 }",
    "SELECT ?x ?y { ?x ?p ?q } VALUES (?x ?y) { (1 2) }",
    "SELECT ?x { { ?x ?p ?q FILTER (false) } UNION { ?x ?p 1 } }",
    "SELECT ?x { ?x ?p ?q . { SELECT ?x { ?x ?p 1 } LIMIT 0 } }",
    "SELECT ?a (COUNT(?b) AS ?n) { ?a ?p ?b } GROUP BY ?a HAVING (?n > 1) ORDER BY DESC(?n)",
    "SELECT * { ?s ?p (?a ?b) . FILTER <urn:f>(?a) BIND (?b AS ?c) FILTER (?c = 1) }",
    "SELECT ?x { { SELECT ?x (MAX(?v) AS ?m) { ?x ?p ?v } GROUP BY ?x } FILTER (?m > 1) }",
    "SELECT ?x { VALUES (?x ?y) { (1 2) } FILTER EXISTS { ?x ?p ?q FILTER (?q > ?y) } }",
    "CONSTRUCT WHERE { ?a ?b ?c }",
    "SELECT ?x { ?x ?p 'LIMIT 0' } # LIMIT 0",
    "SELECT ?x { ?x ?p ?q OPTIONAL { ?x ?r ?s FILTER (?s > ?q) } }",
    "SELECT ?x { { ?x ?p ?v FILTER (?v > 1) } UNION { ?x ?r ?w FILTER (?w > 1) } FILTER (?v > ?w) }",
    "SELECT ?g { GRAPH ?g { ?s ?p ?o FILTER (?g != <urn:g>) } }",
    "SELECT ?x { { SELECT DISTINCT * { ?x ?p ?v } } FILTER (?v > 1) }",
    "SELECT ?x { ?x ?p ?v FILTER NOT EXISTS { ?x ?q ?w FILTER (?w > ?v) FILTER NOT EXISTS { ?w ?r ?v } } }",
    "SELECT ?x { ?x ?p ?v MINUS { ?x ?p ?w FILTER (?w > 1) } }",
    "SELECT ?x { ?x ?p ?v FILTER (?v IN ()|| ?v = 1) } LIMIT 10",
    "SELECT ?x { ?x ?p ?v FILTER (1 < 2) } HAVING (true)",
    "SELECT ?x { { ?x ?p ?v VALUES ?y { } } UNION { ?x ?q ?v FILTER (1 = 2) } }",
    "SELECT (COUNT(*) AS ?n) { ?x ?p ?v }",
    "SELECT (SUM(?v * 2) AS ?n) ?x { ?x ?p ?v } GROUP BY ?x",
    "ASK { ?x ?p ?v . BIND (?v AS ?w) FILTER (?w = 1) }",
    "DESCRIBE ?x { ?x ?p ?v }",
]


@pytest.mark.parametrize("query", FRUITFUL)
def test_a_query_that_may_find_something_is_left(query: str) -> None:
    """A part that finds nothing is no query that finds nothing, and VALUES gives values wherever it stands."""
    assert fruitless.reason(query) is None


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT ?x { ?x ?p ?q } LIMIT 0", "has LIMIT 0"),
        ("SELECT ?x { ?x ?p ?q FILTER ( FALSE ) }", "has FILTER (false)"),
        ("SELECT ?nope { ?x ?p ?q } VALUES ?y { 2 }", "asks about `?nope`"),
        ("CONSTRUCT { ?a ?b ?d } WHERE { ?a ?b ?c }", "asks about `?d`"),
        ("SELECT ?a { ?a ?p ?b } ORDER BY DESC(?c)", "asks about `?c`"),
        ("SELECT ?x { ?x ?p ?q } LIMIT 00", "has LIMIT 0"),
        ("SELECT ?x { ?x ?p ?q FILTER (1 = 2) }", "has FILTER (1=2)"),
        ("SELECT ?x { ?x ?p ?q FILTER ('a' != \"a\") }", "has FILTER ('a'!="),
        ("SELECT ?x { ?x ?p ?q } GROUP BY ?x HAVING (false)", "has HAVING (false)"),
        ("SELECT ?x { ?x ?p ?q VALUES ?q { } }", "has VALUES without a row"),
        ("SELECT ?x { ?x ?p ?q } VALUES (?q ?p) { }", "has VALUES without a row"),
        ("SELECT ?x { ?x ?p ?q FILTER (?q IN ()) }", "has FILTER (?qin())"),
        ("SELECT ?x { ?x ?r ?y { SELECT ?x { ?x ?p ?v } } FILTER (?v > 1) }", "asks about `?v`"),
        ("SELECT ?x { ?x ?r ?y FILTER NOT EXISTS { ?x ?p ?v } FILTER (?v > 1) }", "asks about `?v`"),
        ("SELECT ?x { ?x ?r ?y MINUS { ?x ?p ?v } FILTER (?v > 1) }", "asks about `?v`"),
        ("SELECT ?x { ?x ?r ?y MINUS { ?x ?p ?v FILTER (?v > ?y) } }", "asks about `?y`"),
        ("SELECT ?x { { ?x ?p ?v } UNION { ?x ?q ?w FILTER (?v > 1) } }", "asks about `?v`"),
        ("SELECT ?x ?v { { SELECT ?x { ?x ?p ?v } } }", "asks about `?v`"),
        ("CONSTRUCT { ?x ?x ?v } { ?x ?p ?q FILTER NOT EXISTS { ?x ?r ?v } }", "asks about `?v`"),
    ],
)
def test_a_query_that_finds_nothing_is_told_with_its_reason(query: str, why: str) -> None:
    """Whatever the facts say."""
    assert (fruitless.reason(query) or "").startswith(why)
