"""Asking: a question can neither hang nor kill nor fill whoever asks it, and reaches nothing but the graph."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import cruel
import ivig_kg
from conftest import ROOT, Run
from ivig_kg import answers, confinement, patterns, precautions, sparql, workplaces
from ivig_kg.bounds import LIMITS, Limits
from ivig_kg.comparison import Edition, Query
from ivig_kg.confinement import Child
from ivig_kg.errors import LimitError, UsageError
from ivig_kg.inquiry import Inquiry

NOTHING = "SELECT * { ?s ?p ?o FILTER (?o = 'nothing') }"
A = ox.NamedNode("urn:a")
GRAPH = [ox.Quad(A, A, ox.Literal(f"{n}"), A) for n in range(300)]
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (?c < ?l) }"
HUGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def ask(text: str, *, form: str = "csv", limits: Limits = LIMITS, quads: Any = GRAPH) -> str:
    """Return an answer over a small graph."""
    with Inquiry(text, limits) as asked:
        return asked.answer(quads, form=form, prefixes={}, wanted={}).decode()


def nested(depth: int) -> str:
    """Return a question with brackets so deep."""
    return "ASK " + "{ FILTER EXISTS " * (depth - 1) + "{ }" + " }" * (depth - 1)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("SELECT ?x { ?x ?p ?q FILTER (1 = 2) }", "has FILTER (1=2), so it finds nothing"),
        ("SELECT ?x { ?x ?p ?q FILTER (?w > 1) }", "asks about `?w`, to which no pattern there gives a value"),
        (NOTHING, ""),
    ],
)
def test_a_question_says_why_it_finds_nothing(run: Run, question: str, why: str) -> None:
    """Beside an answer that is what it was; of one that only found nothing this time nothing is said."""
    result = run("query", "-e", question, "--format", "csv")

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert result.stderr == (f"the question {why}\n" if why else "")


# limits, at the limit and one past it


def test_depth_is_bounded(run: Run) -> None:
    """A hundred brackets in one another are asked, and one more is refused before anything is read."""
    deepest = run("query", "-e", nested(precautions.DEEPEST))
    deeper = run("query", "-e", nested(precautions.DEEPEST + 1))

    assert (deepest.exit_code, deepest.stdout) == (0, "yes\n")
    assert (deeper.exit_code, deeper.stdout) == (7, "")
    assert deeper.stderr == "ivig-kg: the question has brackets in brackets more than 100 deep\n"


@pytest.mark.parametrize("brackets", ["()", "[]", "{}"])
def test_every_bracket_counts_and_none_in_a_text(brackets: str) -> None:
    """Depth is that of all kinds of brackets, of a comment or a text none."""
    begin, end = brackets
    text = f"ASK {{ {begin * 99}1{end * 99} }} # {begin * 900}\n'{begin * 900}' <urn:a>"

    assert patterns.depth(text) == 100
    with pytest.raises(LimitError):
        precautions.refuse(f"ASK {{ {begin * 100}1{end * 100} }}")


def test_texts_that_do_not_end_are_few() -> None:
    """Ten may stand in a question, in case an engine reads them in another way; each is looked for to the end."""
    open_text = "\\'''\n"
    most, more = ("ASK {} " + open_text * (precautions.MOST_UNENDED + n) for n in (0, 1))

    assert precautions.too_much(most) is None
    assert precautions.too_much(more) == "has more than 10 texts that begin with three quotation marks and do not end"


def test_length_is_bounded(run: Run) -> None:
    """A million characters are asked, one more is refused, and what never ends is not read."""
    longest = "ASK {} #".ljust(precautions.LONGEST, "#")
    longer = run("query", "-", text=longest + "#")
    endless = run("query", "-f", "/dev/zero") if os.path.exists("/dev/zero") else longer  # noqa: PTH110

    assert ask(longest) == "true\n"
    assert (longer.exit_code, longer.stdout) == (7, "")
    assert longer.stderr == "ivig-kg: the question has more than 1,000,000 characters; ask it in parts\n"
    assert endless.exit_code in {2, 7}  # a device is no file to read


def test_parts_are_bounded_where_no_child_stands_by() -> None:
    """Five hundred joined parts are asked in this process, one more is not; in a child it is answered."""
    most = "ASK { FILTER (" + "1 + " * (precautions.JOINED - 1) + "1) }"
    more = most.replace("1 + ", "1 + 1 + ", 1)

    assert sparql.ask(most, over=ox.Store())
    with pytest.raises(LimitError, match="more than 500 parts"):
        sparql.ask(more, over=ox.Store())
    assert ask(more) == "true\n"


def test_time_is_bounded(run: Run) -> None:
    """A cross product ends with the time, in a sentence, with no part of an answer."""
    begun = time.monotonic()
    result = run("query", "-e", CROSS, "--timeout", "0.5")

    assert (result.exit_code, result.stdout) == (7, "")
    assert result.stderr == (
        "ivig-kg: the question was not answered within 0.5 s; ask for less, or allow it more (--timeout)\n"
    )
    assert time.monotonic() - begun < 30


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="only Linux limits memory exactly")  # noqa: PTH110
def test_memory_is_bounded() -> None:
    """An answer that has to be sorted as a whole ends with the memory, and one that fits in it is given."""
    few = Limits(seconds=60, memory=40_000_000)

    assert ask("SELECT ?c { ?a ?b ?c } ORDER BY ?c LIMIT 1", limits=few) == "c\n0\n"
    with pytest.raises(LimitError, match="takes more than 40 MB of memory"):
        ask(HUGE + " ORDER BY ?c ?f ?i ?l", limits=few)


def test_the_size_of_an_answer_is_bounded() -> None:
    """Bytes at the limit are given, one more is none at all."""
    size = len(ask("SELECT * { ?a ?b ?c }"))

    assert len(ask("SELECT * { ?a ?b ?c }", limits=Limits(answer=size))) == size
    with pytest.raises(LimitError, match=r"the answer has more than .* MB; ask for less at a time"):
        ask("SELECT * { ?a ?b ?c }", limits=Limits(answer=size - 1))


@pytest.mark.parametrize("form", ["csv", "tsv", "json"])
def test_an_answer_that_has_no_end_is_cut_off_early(form: str) -> None:
    """Nobody waits for eight billion rows, or holds them."""
    with pytest.raises(LimitError, match="the answer has more than 1 MB"):
        ask(HUGE, form=form, limits=Limits(answer=1_000_000))


def test_what_the_scan_lets_through_kills_the_child_alone() -> None:
    """Parts that are joined in a row go as deep as brackets do, and the engine with them."""
    with pytest.raises(LimitError, match="has more parts in parts than can be followed"):
        ask("ASK { FILTER (" + "?a || " * 100_000 + "1) }")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a (!<urn:b>)* ?b . ?b (!<urn:c>)* ?c . ?c ((!<urn:d>)*)* ?d . ?d (!<urn:d>)* ?e }",
        "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER regex(?c, concat('(x+x+)+y', ?l)) }",
        "ASK { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(9)) + " FILTER (STR(?o1) = CONCAT('x', STR(?o8))) }",
    ],
)
def test_other_bombs_end_with_a_limit(text: str) -> None:
    """Paths, triples that are made, patterns of text and joins: each ends in a sentence."""
    quads = [
        *GRAPH,
        *(ox.Quad(ox.NamedNode(f"urn:{n}"), A, ox.NamedNode(f"urn:{m}")) for n in range(60) for m in range(60)),
    ]

    with pytest.raises(LimitError):
        ask(
            text,
            form="ttl" if text.startswith("CONSTRUCT") else "csv",
            limits=Limits(seconds=0.7, memory=100_000_000),
            quads=quads,
        )


# what is no question


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[str, list[int]]]:
    """Return the address of a server, and a list that grows with each connection to it."""
    seen: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def count() -> None:
            """Count who comes."""
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()
                    seen.append(1)

        threading.Thread(target=count, daemon=True).start()
        yield f"<http://127.0.0.1:{server.getsockname()[1]}/>", seen


DISGUISES = {
    "small letters": "SELECT * { service silent @ { ?s ?p ?o } }",
    "nested": "SELECT * { FILTER EXISTS { { SELECT * { SERVICE @ { ?s ?p ?o } } } } }",
    "variable": "SELECT * { VALUES ?g { @ } SERVICE ?g { ?s ?p ?o } }",
    "comment that ends with a carriage return": "SELECT * { # x\rSERVICE @ { ?s ?p ?o } }",
    "less-than before a text": "SELECT * { ?s ?p ?o FILTER (?o<'x>') SERVICE @ { ?a ?b ?c } FILTER (?o<'x') }",
    "less-than before a comment": "SELECT * { ?s ?p ?o FILTER (?o<?p#>'''\n) SERVICE @ { ?a ?b ?c } #'''\n }",
    "escape in a name": "PREFIX e: <urn:> SELECT * { ?s ?p ?o OPTIONAL { ?s e:a\\#b ?q } SERVICE @ { ?a ?b ?c }\n }",
    "escape in an address": "SELECT * { ?s ?p ?o OPTIONAL { ?s <urn:\\u0061#> ?q } SERVICE @ { ?a ?b ?c }\n }",
    "letters before": "SELECT * { ?s ?p ?o OPTIONAL { ?q ?r trueSERVICE @ { ?a ?b ?c } } }",
    "number before": "SELECT * { ?s ?p ?o FILTER (1.e5) OPTIONAL { ?q ?r 1.e5SERVICE @ { ?a ?b ?c } } }",
    "name before": "PREFIX e: <urn:> SELECT * { ?s ?p ?o . ?s ?p trueSERVICEe:x { ?a ?b ?c } }",
    "text before": "SELECT * { OPTIONAL { ?s ?p 'x'SERVICE @ { ?a ?b ?c } } }",
    "code points": "SELECT * { \\u0053ERVICE @ { ?s ?p ?o } }",
    "long code points": "SELECT * { SER\\U00000056ICE @ { ?s ?p ?o } }",
}


@pytest.mark.parametrize("name", DISGUISES)
def test_service_is_refused_in_every_disguise(name: str, canary: tuple[str, list[int]], run: Run) -> None:
    """It goes out to nobody, and the sentence says why."""
    address, seen = canary
    result = run("query", "-", text=DISGUISES[name].replace("@", address))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "ivig-kg: SERVICE asks another server, and a question here asks this graph alone\n"
    assert seen == []


@pytest.mark.skipif(sys.platform == "win32", reason="nothing forbids a process of Windows to open something")
def test_service_goes_nowhere_even_where_it_is_not_seen(canary: tuple[str, list[int]]) -> None:
    """The child can open no connection: the scan is not the only wall."""
    address, seen = canary
    text = f"SELECT * {{ SERVICE {address} {{ ?s ?p ?o }} }}"

    with Child(cruel.ask_unseen) as child, pytest.raises(UsageError, match="cannot be answered"):
        list(child.results([text], seconds=20))
    assert seen == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?s ?p ?service }",
        "SELECT * { ?s ?p 'SERVICE <urn:a> {}' } # SERVICE",
        "PREFIX e: <http://example.org/service#> SELECT * { ?s e:service <http://example.org/SERVICE> }",
        'SELECT * { ?s ?p """no "SERVICE" here""" FILTER (?p < 3 && ?s > \'service\') }',
    ],
)
def test_the_word_alone_asks_nobody(text: str) -> None:
    """In a variable, a text, a comment, an address or a name it is a word like any other."""
    assert not patterns.asks_elsewhere(text)
    assert ask(text, quads=[]).count("\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "LOAD <file:///etc/passwd>",
        "clear all",
        "DROP ALL",
        "# x\nCREATE GRAPH <urn:a>",
        "PREFIX a: <urn:> DELETE WHERE { ?s ?p ?o }",
        "WITH <urn:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_what_changes_a_graph_is_no_question(text: str, run: Run) -> None:
    """Each update is refused by its own word."""
    result = run("query", "-e", text)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "changes a graph, and a question only asks" in result.stderr


@pytest.mark.parametrize("clause", ["FROM <{0}>", "FROM NAMED <{0}>", "FROM <http://127.0.0.1:9/>"])
def test_from_reads_nothing(clause: str, tmp_path: Path) -> None:
    """FROM picks graphs of the graph; neither file nor address is opened."""
    (tmp_path / "secret.nt").write_text("<urn:s> <urn:p> 'secret' .\n", encoding="utf-8")
    asked = clause.format((tmp_path / "secret.nt").as_uri())

    assert ask(f"SELECT ?o {asked} {{ ?s ?p ?o }}") == "o\n"
    assert ask(f"SELECT ?o {asked} {{ GRAPH ?g {{ ?s ?p ?o }} }}") == "o\n"


@pytest.mark.parametrize(
    "data", [b"SELECT * {\0}", b"SELECT * {\xff}", b"\xff\xfe\0", b"'" * 999, b"\\'" * 999, b"<" * 999]
)
def test_what_is_no_text_is_no_question(data: bytes, run: Run, tmp_path: Path) -> None:
    """NUL, bytes that are not UTF-8 and quotation marks without end are told in one sentence."""
    (tmp_path / "own.rq").write_bytes(data)

    result = run("query", "-f", tmp_path / "own.rq")

    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.strip().isprintable()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "." * 300_000,
        "\\'" * 150_000,
        "\"'" * 150_000,
        "<a" * 150_000,
        "'''" * 100_001,
        '\\"""\n' * 60_000,
        "a." * 150_000,
        "-" * 300_000,
    ],
)
def test_the_scan_takes_time_in_proportion(text: str) -> None:
    """No text makes it go over the same letters again and again."""
    begun = time.process_time()
    if precautions.too_much(text + "service", joined=None) is None:
        patterns.asks_elsewhere(text + "service")
        patterns.outline(text + "service")

    assert time.process_time() - begun < 3


# answers


def test_a_million_values_are_a_question_too_long_and_half_of_it_is_none(run: Run) -> None:
    """Values are data, so as many as fit are asked."""
    most = "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + "1 " * 40_000 + "} }"
    result = run("query", "-", text="SELECT * { VALUES ?x { " + "1 " * 1_000_000 + "} }")

    assert ask(most) == "n\n40000\n"
    assert (result.exit_code, result.stdout) == (7, "")


def test_a_terminal_sees_letters_and_a_file_the_value(run: Run) -> None:
    """In a table, and in Turtle shown as one, a control character is written out; in files it stands as it is."""
    text = r'SELECT ("\u001b]0;x\u0007 \u009b2J \u202Eabc\n\u00A0" AS ?x) {}'
    shown = run("query", "-e", text)
    triples = "CONSTRUCT { <urn:a> <urn:b> '\\u202e' } {}"

    assert shown.stdout.splitlines()[2] == "\\u001B]0;x\\u0007 \\u009B2J \\u202Eabc\\u000A\u00a0".rstrip()
    assert ask(text) == 'x\n"\x1b]0;x\x07 \x9b2J \u202eabc\n\u00a0"\n'
    assert "\\u202E" in ask(triples, form="table")
    assert "\u202e" in ask(triples, form="ttl")


def test_a_line_end_within_a_value_stays_as_it_is() -> None:
    """Rows end with a line feed, and values hold what they held."""
    assert ask(r"SELECT ('a\r\nb\r' AS ?x) ('\"\r' AS ?y) {}") == 'x,y\n"a\r\nb\r","""\r"\n'


@pytest.mark.slow
@pytest.mark.parametrize("query", sparql.read(ROOT / "ontology/queries")[::6], ids=lambda q: q.name)
def test_a_child_answers_as_this_process_would(query: sparql.NamedQuery) -> None:
    """The same rows in the same order, letter by letter, in every format."""
    quads = list(ox.parse((ROOT / "exports/ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS))
    for form in ("csv", "json"):
        here = sparql.written(sparql.ask(query.text, over=sparql.store(quads)), form=form, prefixes={})
        assert ask(query.text, form=form, quads=quads) == here


def test_the_python_api_is_held_to_the_same_limits() -> None:
    """Its errors are ours, and a child begins though a script has no `if __name__ == "__main__"`."""
    with pytest.raises(LimitError, match="brackets"):
        ivig_kg.query(nested(900))
    with pytest.raises(LimitError, match=r"within 0\.3 s"):
        ivig_kg.query(CROSS, timeout=0.3)
    with pytest.raises(UsageError, match="not a SELECT query"):
        ivig_kg.query("ASK {}")


# processes


CRUEL = """
import sys
from ivig_kg.inquiry import Inquiry
import pyoxigraph as ox
a = ox.NamedNode("urn:a")
with Inquiry(sys.argv[1]) as asked:
    print(asked._child.number, flush=True)
    asked.answer([ox.Quad(a, a, ox.Literal(str(n))) for n in range(300)], form="csv", prefixes={}, wanted={})
"""


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("how", [signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM, signal.SIGTERM])
def test_no_orphan_is_left(how: signal.Signals) -> None:
    """Whoever asked is killed, and the process that computes for it ends."""
    asking = subprocess.Popen([sys.executable, "-c", CRUEL, CROSS], stdout=subprocess.PIPE)
    assert asking.stdout
    number = int(asking.stdout.readline())
    time.sleep(0.7)
    was_alive = _is_alive(number)
    asking.send_signal(how)
    asking.communicate()

    end = time.monotonic() + 10
    while _is_alive(number) and time.monotonic() < end:
        time.sleep(0.05)
    assert was_alive
    assert not _is_alive(number)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts in another way")
def test_an_interrupt_ends_both_without_a_word() -> None:
    """Ctrl-C goes to all processes of a terminal: exit status 130, and neither prints a traceback."""
    asking = subprocess.Popen(
        [sys.executable, "-m", "ivig_kg", "query", "-e", CROSS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    )
    time.sleep(3)
    os.killpg(asking.pid, signal.SIGINT)
    stdout, stderr = asking.communicate(timeout=20)

    assert (asking.returncode, stdout) == (130, b"")
    assert b"Traceback" not in stderr


def test_nothing_is_left_of_a_process_that_is_killed() -> None:
    """It cannot take away what it unpacked; who began it does, by whatever it is ended itself."""
    with workplaces.apart() as place, Child(cruel.unpack, place=place) as child:
        ((_, made),) = child.results([], seconds=20)
        assert made.parent == place
        assert made.exists()

    assert not made.exists()


def test_what_happens_in_a_child_is_told() -> None:
    """Errors arrive by their own types, ends by what ended them."""
    assert confinement.bounded(abs, -3, seconds=20) == 3
    with pytest.raises(UsageError, match="not this"):
        confinement.bounded(cruel.fail, "usage", seconds=20)
    with pytest.raises(MemoryError):
        confinement.bounded(cruel.fail, "memory", seconds=20)
    with pytest.raises(UnicodeDecodeError):
        confinement.bounded(cruel.fail, "odd", seconds=20)
    with pytest.raises(ChildProcessError, match="it ended with 9"):
        confinement.bounded(cruel.leave, 9, seconds=20)
    with pytest.raises(TimeoutError):
        confinement.bounded(cruel.wait, 60, seconds=0.5)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory was taken")
def test_where_nothing_limits_memory_somebody_looks() -> None:
    """What macOS needs ends a process here too."""
    with pytest.raises(MemoryError):
        confinement.bounded(cruel.grow, 30_000_000, seconds=20)


# what others wrote


def _edition(name: str, value: str, text: str) -> Edition:
    quads = tuple(ox.Quad(A, A, ox.Literal(f"{value}{n}"), A) for n in range(200))
    return Edition(
        name=name,
        stated=frozenset(),
        derived=None,
        ontology=frozenset(),
        mappings={},
        queries={"own": Query("What?", ("n",), text, text)},
        quads=quads,
        keys={},
        prefixes={},
    )


def test_a_comparison_outlives_the_questions_of_others() -> None:
    """A question of a release that never ends, ends the comparison in a sentence that names it."""
    old, new = (_edition(name, name, CROSS) for name in ("old", "new"))

    with pytest.raises(LimitError, match=r"`own`.* was not answered within 0\.4 s"):
        list(answers.differences(old, new, limits=Limits(seconds=0.4)))


def test_a_comparison_refuses_a_question_that_is_too_deep(tmp_path: Path, run: Run) -> None:
    """A release whose question would kill the engine is refused, with the file."""
    for name in ("exports", "ontology/queries"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "exports/ivig-kg.nq").write_bytes((ROOT / "exports/ivig-kg.nq").read_bytes())
    (tmp_path / "ontology/queries/deep.rq").write_text("# What?\n" + nested(900), encoding="utf-8")

    result = run("diff", tmp_path)

    assert (result.exit_code, result.stdout) == (7, "")
    assert result.stderr.endswith("deep.rq: the question has brackets in brackets more than 100 deep\n")


def test_a_build_refuses_a_question_that_is_too_deep() -> None:
    """A question of the project's own as well, before anything is written."""
    texts = [sparql.NamedQuery("deep", "What?", nested(900))]

    with pytest.raises(ivig_kg.errors.ShapesError, match=r"query deep: .* brackets"):
        sparql.check(texts)
