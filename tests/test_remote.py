"""Questions to live stores: over the release that is live there, and a sentence where no answer can be had."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import released
from conftest import ROOT, Run
from double import Basic, Double, Fault
from ivig_kg.stores import credentials, deadlines, remote, store
from ivig_kg.stores.credentials import Credentials

TIMEOUT = "2"
SECRET = "s3cret-of-a-test"  # noqa: S105  (of a double)


@pytest.fixture
def asked(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """Return a double with a release in it that is asked."""
    monkeypatch.chdir(tmp_path)
    with Double(brand="oxigraph") as double:
        folder = released.release(tmp_path / "one", "1.0.0", size=8)
        assert run("load", double.url, "--exports", folder, "--swap", "pointer").exit_code == 0
        yield double


def asking(double: Double, text: str, *more: str, form: str = "csv") -> list[str | Path]:
    """Return the words of a question to a double."""
    words = ["-C", ROOT, "query", "-e", text, "--endpoint", double.query_url, "--profile", "generic"]
    return [*words, "--timeout", TIMEOUT, "--format", form, *more]


def test_questions_go_to_the_release_that_is_live(asked: Double, run: Run, tmp_path: Path) -> None:
    """A question sees the live release and no other that the store keeps; JSON and CSV are those of a local answer."""
    two = released.release(tmp_path / "two", "2.0.0", size=9)
    assert run("load", asked.url, "--exports", two, "--swap", "pointer").exit_code == 0
    result = run(*asking(asked, "SELECT DISTINCT ?v WHERE { ?s ivig:version ?v }", form="json"))
    graphs = run(*asking(asked, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"))

    assert [b["v"]["value"] for b in json.loads(result.stdout)["results"]["bindings"]] == ["2.0.0"]
    assert len(graphs.stdout.splitlines()) == 6


FAULTS = ["wrong-content-type", "bad-json", "hang", "login-page", "endless-answer", "refuse"]
ODD_ROWS = '{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "uri", "value": "no address"}}]}}'


@pytest.mark.exhaustive(every=2)
@pytest.mark.parametrize("text", ["ASK {}", "SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_to_a_misbehaving_store_ends_in_a_sentence(fault: str, text: str, asked: Double, run: Run) -> None:
    """One sentence and status 5, as with a load."""
    asked.faults[:] = [Fault(fault, "query")]
    result = run(*asking(asked, text))

    assert result.exit_code == 5
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["ASK {}", "SELECT * { ?s ?p ?o }"])
def test_rows_that_cannot_be_read_are_a_fault_of_the_store(text: str, asked: Double, run: Run) -> None:
    """The question was right: it is no wrong usage."""
    asked.faults[:] = [Fault("bad-json", "query", nth=2, value=ODD_ROWS)]
    result = run(*asking(asked, text))

    assert asked.struck
    assert result.exit_code == 5, result.output
    assert "damaged" in result.stderr


PARTS = '"subject": {"type": "uri", "value": "urn:a"}, "predicate": {"type": "uri", "value": "urn:b"}'
TRIPLE = '{"a": {"type": "triple", "value": {%s, "object": {"type": "literal", "value": "c"}}}}' % PARTS  # noqa: UP031


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json"])
def test_a_triple_in_an_answer_is_shown(form: str, asked: Double, run: Run) -> None:
    """Some stores have triples about triples; a row that is picked by its value may have one."""
    answer = '{"head": {"vars": ["a"]}, "results": {"bindings": [%s]}}' % TRIPLE  # noqa: UP031
    for more, shown in (([], True), (["--param", "a=urn"], False)):
        asked.faults[:] = [Fault("bad-json", "query", nth=2, value=answer)]
        result = run(*asking(asked, "SELECT * { ?a ?b ?c }", *more, form=form))

        assert asked.struck
        assert result.exit_code == 0, result.output
        assert ("urn:a" in result.stdout) is shown


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("# PREFIX ivig: is known\nSELECT (COUNT(*) AS ?n) { ?s ivig:version ?v }", "n\n40\n"),
        ("PREFIX ask: <urn:x>\nSELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "n\n42\n"),
        ("BASE <https://w3id.org/ivig-kg/>\nSELECT (COUNT(*) AS ?n) { ?s <ontology/version> ?from }", "n\n40\n"),
    ],
    ids=["comment", "prefix", "base"],
)
def test_a_question_is_read_as_it_stands(text: str, answer: str, asked: Double, run: Run) -> None:
    """A comment declares nothing, and a prefix may be called as a form of query is."""
    result = run(*asking(asked, text))

    assert result.stdout == answer, result.stderr


def test_a_question_that_names_its_graphs_is_asked_over_these(asked: Double, run: Run) -> None:
    """FROM is not overridden, at home neither."""
    catalog, facts = f"<{released.CATALOG}>", f"<{released.GRAPH}facts>"
    text = "SELECT (COUNT(*) AS ?n) FROM % { ?s <http://www.w3.org/ns/dcat#hasCurrentVersion> ?o }".replace(
        "%", catalog
    )
    there = run(*asking(asked, text))
    home = run(
        *("-C", ROOT, "query", "--format", "csv", "-e"),
        "SELECT (COUNT(DISTINCT ?g) AS ?n) FROM NAMED % { GRAPH ?g { ?s ?p ?o } }".replace("%", facts),
    )

    assert there.stdout == "n\n1\n", there.stderr
    assert home.stdout == "n\n1\n", home.stderr


def test_an_answer_that_may_be_cut_is_none(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Virtuoso says how many rows it gives at most; as many are not taken for all."""
    monkeypatch.chdir(tmp_path)
    with Double(brand="virtuoso", faults=[Fault("truncated-results", "query", nth=3, rows=5)]) as double:
        words = ("-C", ROOT, "query", "--endpoint", double.url, "--profile", "virtuoso", "-e")
        result = run(*words, "SELECT * { GRAPH ?g { ?s ?p ?o } }")

        assert double.struck
        assert result.exit_code == 5
        assert "it gives 5 rows at most" in result.stderr


@pytest.mark.parametrize("question", ["SELECT * { GRAPH ?g { ?s ?p ?o } }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_an_answer_that_was_stopped_is_none(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """Virtuoso gives what it has when the time of a question is over, with status 200 and a word in a header."""
    monkeypatch.chdir(tmp_path)
    with Double(brand="virtuoso", faults=[Fault("stopped-results", "query", nth=3, rows=5)]) as double:
        words = ("-C", ROOT, "query", "--endpoint", double.url, "--profile", "virtuoso", "-e")
        result = run(*words, question)

        assert double.struck
        assert result.exit_code == 5
        assert result.stdout == ""
        assert "it stopped and gave only a part" in result.stderr


@pytest.mark.parametrize("form", ["csv", "ttl"])
@pytest.mark.parametrize("more", [0, 1])
def test_an_answer_has_so_many_rows_or_triples(
    more: int, form: str, asked: Double, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as the limit says are an answer, and with one more it is none."""
    monkeypatch.setattr(remote, "MOST", 3)
    head = "CONSTRUCT { ?s ?p ?o }" if form == "ttl" else "SELECT ?s"
    result = run(*asking(asked, f"{head} {{ {{ SELECT * {{ ?s ?p ?o }} LIMIT {3 + more} }} }}", form=form))

    assert result.exit_code == (5 if more else 0), result.output
    assert (result.stdout == "") == bool(more)
    assert ("it answered more than 3 rows or triples; ask for fewer" in result.stderr) == bool(more)


LITERALS = (
    "SELECT ?s { ?s ?p ?o }",
    '{"head": {"vars": ["s"]}, "results": {"bindings": [%s]}}',
    '{"s": {"type": "literal", "value": "%s"}}',
)
TURTLE = "CONSTRUCT WHERE { ?s ?p ?o }", "%s", '<urn:a> <urn:b> "%s"'


@pytest.mark.parametrize(("text", "whole", "one"), [LITERALS, TURTLE], ids=["rows", "triples"])
def test_a_text_that_no_parser_holds_is_told(text: str, whole: str, one: str, asked: Double, run: Run) -> None:
    """It is the store that answered with it, and no bug of ours."""
    asked.faults[:] = [Fault("bad-json", "query", nth=2, value=whole % one % ("x" * 17_000_000))]
    result = run(*asking(asked, text, "--timeout", "60", form="ttl" if "CONSTRUCT" in text else "json"))

    assert result.exit_code == 5, result.output[-500:]
    assert "it answered with a text of more than 8 MiB" in result.stderr


@pytest.mark.parametrize("more", [0, 1])
def test_an_answer_has_a_thousand_columns_at_most(more: int, asked: Double, run: Run) -> None:
    """To read their names takes a time that grows with the square of their number."""
    names = ", ".join(f'"a{number}"' for number in range(store.MAX_COLUMNS + more))
    answer = '{"head": {"vars": [%s]}, "results": {"bindings": []}}' % names  # noqa: UP031
    asked.faults[:] = [Fault("bad-json", "query", nth=2, value=answer)]
    result = run(*asking(asked, "SELECT * { ?s ?p ?o }", form="json"))

    assert result.exit_code == (5 if more else 0), result.output[-500:]
    assert ("it answered with more than 1,000 columns when asked to answer the question" in result.stderr) == bool(more)


NO_ROWS = '{"head": {"vars": ["s"], "link": [%s"u"]}, "results": {"bindings": []}}' % ('"u", ' * 400_000)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("SELECT ?s { ?s ?p ?o }", NO_ROWS), ("CONSTRUCT WHERE { ?s ?p ?o }", "# nothing\n" * 200_000)],
    ids=["rows", "triples"],
)
def test_an_answer_with_nothing_in_it_is_read_until_the_time_is_over(
    text: str, answer: str, asked: Double, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no row after which anybody would look at the clock, of which each look takes a fiftieth of a second."""
    ticks = itertools.count()
    asked.faults[:] = [Fault("bad-json", "query", nth=2, value=answer)]
    monkeypatch.setattr(store, "MAX_ODD", 0)
    monkeypatch.setattr(deadlines, "clock", lambda: next(ticks) / 50)
    result = run(*asking(asked, text, "--timeout", "3", form="ttl" if "CONSTRUCT" in text else "json"))

    assert asked.struck
    assert result.exit_code == 5, result.output[-500:]
    assert "the time of 3 s is over" in result.stderr


@pytest.mark.parametrize("more", [0, 1])
def test_secrets_are_looked_for_in_texts_of_a_mebibyte(more: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer ones would take longer than the time that is left, so they are refused where there is a secret."""
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)
    answer = LITERALS[1] % LITERALS[2] % ("x" * (credentials.MAX_SEARCHED - 2 + more))
    faults = [Fault("bad-json", "query", nth=3, value=answer)]
    with Double(brand="fuseki", auth=Basic("dba", SECRET), faults=faults) as double:
        result = run(*asking(double, "SELECT ?s { ?s ?p ?o }", "--auth", "basic", "--timeout", "100", form="json"))

        assert double.struck
    assert result.exit_code == (5 if more else 0), result.output[-500:]
    assert ("a text of more than 1,048,576 characters, too long to look for secrets in" in result.stderr) == bool(more)


def test_a_secret_is_hidden_in_a_long_text_of_any_letters(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Escaped, each of these letters would have twelve bytes, and the text more than a parser takes."""
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)
    answer = LITERALS[1] % LITERALS[2] % ("\U0001d11e" * 900_000 + SECRET)
    faults = [Fault("bad-json", "query", nth=3, value=answer)]
    with Double(brand="fuseki", auth=Basic("dba", SECRET), faults=faults) as double:
        result = run(*asking(double, "SELECT ?s { ?s ?p ?o }", "--auth", "basic", "--timeout", "100", form="json"))

        assert double.struck
    assert result.exit_code == 0, result.output[-500:]
    assert SECRET not in result.output
    (row,) = json.loads(result.stdout)["results"]["bindings"]
    assert row["s"]["value"] == "\U0001d11e" * 900_000 + "[hidden]"


@pytest.mark.parametrize(("limit", "most"), [("MAX_MASKED", 200), ("MOST", 3)])
@pytest.mark.parametrize("more", [0, 1])
def test_secrets_are_taken_out_of_answers_of_a_size(
    more: int, limit: str, most: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To hide them takes many times the memory of the answer, and a time that nobody looks at."""
    row = LITERALS[2] % SECRET
    answer = LITERALS[1] % row if limit == "MAX_MASKED" else LITERALS[1].replace('"s"', '"s", "t", "u"') % row
    answer = (
        answer.ljust(most + more) if limit == "MAX_MASKED" else answer.replace('"u"', '"u", "v"' if more else '"u"')
    )
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)
    monkeypatch.setattr(remote, limit, most)
    faults = [Fault("bad-json", "query", nth=3, value=answer)]
    with Double(brand="fuseki", auth=Basic("dba", SECRET), faults=faults) as double:
        result = run(*asking(double, "SELECT * { ?s ?p ?o }", "--auth", "basic", form="json"))

        assert double.struck
    assert SECRET not in result.output
    assert result.exit_code == (5 if more else 0), result.output[-500:]
    assert ("in an answer too large to hide it in" in result.stderr) == bool(more)


def test_a_large_table_begins_with_its_columns(asked: Double, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one that ends with them each row would be kept before the first is counted."""
    monkeypatch.setattr(store, "MAX_ODD", 10)
    answer = '{"results": {"bindings": []}, "head": {"vars": ["s"]}}'
    asked.faults[:] = [Fault("bad-json", "query", nth=2, value=answer)]
    result = run(*asking(asked, "SELECT * { ?s ?p ?o }", form="json"))

    assert asked.struck
    assert result.exit_code == 5
    assert "it answered with a damaged SPARQL result" in result.stderr


@pytest.mark.parametrize("repeated", ["", SECRET])
@pytest.mark.parametrize(("text", "whole", "one"), [LITERALS, TURTLE], ids=["rows", "triples"])
def test_secrets_are_looked_for_until_the_time_is_over(
    text: str, whole: str, one: str, repeated: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may answer with what takes long to be looked through, be it to take a secret out."""
    seen: list[str] = []
    look = Credentials.hidden

    def hidden(who: Credentials, told: str) -> str:
        """Take a second of a clock of its own for each text."""
        seen.append(told)
        return look(who, told)

    monkeypatch.setattr(Credentials, "hidden", hidden)
    monkeypatch.setattr(deadlines, "clock", lambda: len(seen))
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)
    comma = "," if "SELECT" in text else " .\n"
    answer = whole % comma.join(one % f"{repeated}{number}" for number in range(500)) + (" ." * ("SELECT" not in text))
    faults = [Fault("bad-json", "query", nth=3, value=answer)]
    with Double(brand="fuseki", auth=Basic("dba", SECRET), faults=faults) as double:
        form = "ttl" if "CONSTRUCT" in text else "json"
        result = run(*asking(double, text, "--auth", "basic", "--timeout", "100", form=form))

        assert double.struck
        assert result.exit_code == 5, result.output[-500:]
        assert "the time of 100 s is over" in result.stderr
        assert len(seen) < 110


def test_secrets_of_the_environment_go_to_no_store_that_is_only_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They belong to the store that is written to; --auth sends them, and the sentence says so."""
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)
    with Double(brand="fuseki", auth=Basic("dba", SECRET)) as double:
        without = run(*asking(double, "ASK {}"))
        sent = "".join(request.text for request in double.requests if request.user)
        given = run(*asking(double, "ASK {}", "--auth", "basic"))

        assert without.exit_code == 5
        assert "query sends them with --auth" in without.stderr
        assert sent == ""
        assert given.exit_code == 0, given.output
