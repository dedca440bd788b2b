"""Questions: whatever is asked, by chance or by malice, ends in an answer or a sentence, in bounded time and memory."""

from __future__ import annotations

import json
import random
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from conftest import ROOT
from ivig_kg import patterns, sparql
from ivig_kg.bounds import Limits
from ivig_kg.errors import LimitError, UsageError
from ivig_kg.inquiry import Inquiry

ASKED = 90  # questions at times=1
SCANNED = 6_000  # texts that are only looked at, at times=1
LIMITS = Limits(seconds=1, memory=200_000_000, answer=1_000_000)
HANG = 30  # seconds that no question may take on a machine that is busy
PIECES = [
    *"{}()[]<>.;,|/^*+?!=&-'\"\\#@\n\r\t\0$_:",
    *[
        "SELECT",
        "ASK",
        "WHERE",
        "FILTER",
        "EXISTS",
        "NOT",
        "OPTIONAL",
        "UNION",
        "MINUS",
        "GRAPH",
        "BIND",
        "AS",
        "VALUES",
        "FROM",
        "LIMIT",
        "true",
        "IN",
        "UNDEF",
    ],
    *[
        "COUNT(*)",
        "REGEX",
        "CONCAT",
        "GROUP",
        "SERVICE",
        "service",
        "trueSERVICE",
        "\\u0053ERVICE",
        "#x\rSERVICE",
        "<<",
        ">>",
    ],
    *[
        "?s",
        "?p",
        "?o",
        "<urn:a>",
        "<urn:a'b>",
        "<urn:a#b>",
        "<urn:\\u0061#>",
        "e:a",
        "e:a\\#b",
        "e:a\\'b",
        "1",
        "1.e5",
        "'x'@en",
    ],
    *("'x'", '"y"', "'''z'''", "'a\\'b'", "\u202e", "\ud7ff", "€"),
]
BEFORE = [
    "?s ?p ?o .",
    "OPTIONAL { ?s e:a\\#b ?q }",
    "OPTIONAL { ?s e:a\\'b ?q }",
    "FILTER (?o<'y>')",
    "# c\n",
    "# c\r",
    "#'\n",
    "FILTER (?o<?p#>'''\n)",
    "OPTIONAL { ?s <urn:a'b> ?q }",
    "OPTIONAL { ?s <urn:\\u0061#> ?q }",
    "OPTIONAL { ?s ?p ''' }",
    "OPTIONAL { ?s ?p '''a''''}",
    "OPTIONAL { ?s ?p true",
    "FILTER (1.e5)",
    "'",
    '"',
    "'''",
    "BIND (1<2 AS ?z)",
    "<",
    ">",
    "}",
    "OPTIONAL { ?s ?p 'a\\'b' }",
    'OPTIONAL { ?s ?p "#" }',
    'FILTER (?o<"y>")',
    "{",
    "OPTIONAL {",
    "FILTER (?s < <urn:a#'>)",
    "FILTER (?s<<urn:b#>)",
    "FILTER (?s IN (<urn:a'>,'x'))",
    "VALUES ?v { <urn:a#> '#' }",
    "e:%41",
    "_:b",
    "'x'@en-a",
    "'x'^^e:t",
]
AFTER = [
    "",
    "#'\n",
    "'",
    "FILTER (?o<'y')",
    "#'''\n",
    "}",
    "} #",
    '"',
    "FILTER (2>1)",
    "'''",
    "\n",
]
Maker = Callable[[random.Random], str]


def deep(chance: random.Random) -> str:
    """Return brackets in brackets, or what goes as deep without them."""
    number = int(10 ** chance.uniform(0.5, 4.5))
    begin, end, middle = chance.choice(
        [
            ("FILTER EXISTS {", "}", ""),
            ("{", "}", "?s ?p ?o"),
            ("OPTIONAL {", "}", "?s ?p ?o"),
            ("FILTER (1 IN (", "))", "1"),
            ("", " {} UNION", ""),
            ("", " BIND (1 AS ?x)", ""),
            ("?s ?p ?o . ", "", ""),
            ("?s (!<urn:b>)* ?o . ", "", ""),
            ("?s ?p [ ", "]", "?p 1"),
        ]
    )
    text = begin * number + middle + end * number
    while "(1 AS ?x)" in text and chance.random() < 0.5:
        text = "".join(f"BIND (1 AS ?x{n}) " for n in range(number))
    return f"SELECT * {{ {text} }}"


def wide(chance: random.Random) -> str:
    """Return patterns that share nothing, in one form or another."""
    number = chance.randint(2, 9)
    pattern = " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(number))
    return chance.choice(
        [
            f"SELECT * {{ {pattern} }}",
            f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}",
            f"SELECT * {{ {pattern} }} ORDER BY ?o1 DESC(?s0)",
            f"SELECT DISTINCT ?o0 ?o1 {{ {pattern} }}",
            f"ASK {{ {pattern} FILTER (?o0 = 'none' && ?o1 = ?s0) }}",
            f"SELECT (GROUP_CONCAT(?o0) AS ?all) {{ {pattern} }} GROUP BY ?p1",
            f"SELECT * {{ {pattern} FILTER regex(STR(?o0), CONCAT('(', STR(?o1), '*)*', STR(?s0))) }}",
        ]
    )


def broken(chance: random.Random) -> str:
    """Return a shipped question with some letters changed, taken away or put in."""
    text = chance.choice(sorted((ROOT / "ontology/queries").glob("*.rq"))).read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 8)):
        at, until = sorted(chance.randint(0, len(text)) for _ in range(2))
        text = text[:at] + chance.choice(["", *PIECES]) + text[min(until, at + chance.randint(0, 9)) :]
    return text


def soup(chance: random.Random) -> str:
    """Return words and signs in any order."""
    return " SELECT * { " * chance.randint(0, 1) + "".join(
        chance.choice(PIECES) + chance.choice(["", " "]) for _ in range(chance.randint(1, 60))
    )


def asked(seed: str, times: int) -> None:
    """Ask questions, and print as JSON how they ended, what the slowest took, and the memory of the largest child."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    graph = list(ox.parse((ROOT / "exports/ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS))
    makers: list[Maker] = [deep, wide, broken, soup]
    slowest, size, ends = 0.0, 0, {"answer": 0, "refused": 0, "limit": 0}
    for number in range(ASKED * times):
        text = makers[number % len(makers)](chance)
        begun = time.monotonic()
        try:
            with Inquiry(text, LIMITS) as inquiry:
                answer = inquiry.answer(graph, form="json", prefixes={}, wanted={})
            ends["answer"] += 1
            said = "an answer"
            size = len(answer)
        except LimitError as error:
            ends["limit"] += 1
            said = str(error)
        except UsageError as error:
            ends["refused"] += 1
            said = str(error)
        assert said.isprintable(), text
        assert size <= LIMITS.answer + 1
        slowest = max(slowest, time.monotonic() - begun)
        assert slowest < HANG, text
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    json.dump({"ends": ends, "slowest": slowest, "most": most}, sys.stdout)


def test_every_question_ends_in_an_answer_or_a_sentence(times: int, chance: random.Random) -> None:
    """Nothing but an answer, UsageError and LimitError comes of it, in bounded time; nothing takes over 600 MB.

    They are asked from a small process: what Linux says of a child's memory begins with that of its parent.
    """
    here = Path(__file__).parent
    code = f"import sys; sys.path[:0] = {[str(here.parent), str(here)]}; import test_questions as one; one.asked"
    command = [sys.executable, "-c", f"{code}({str(chance.random())!r}, {times})"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    print(f"{said['ends']}, slowest {said['slowest']:.1f} s, most memory of a child {said['most'] / 1000:.0f} MB")  # noqa: T201  (the figure)
    assert min(said["ends"].values()) > 0
    assert said["most"] < 600_000


def test_no_question_that_passes_the_scan_goes_out(times: int, chance: random.Random, tmp_path: Path) -> None:
    """Texts with SERVICE in them, asked of the engine in this very process where the scan sees nothing in them."""
    assert tmp_path
    seen: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"<http://127.0.0.1:{server.getsockname()[1]}/>"
        server.settimeout(0.2)
        done = threading.Event()

        def count() -> None:
            """Count who comes."""
            while not done.is_set():
                try:
                    server.accept()[0].close()
                    seen.append(1)
                except TimeoutError:
                    pass

        counter = threading.Thread(target=count)
        counter.start()
        over = ox.Store()
        over.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:a"), ox.Literal("x")))
        asked = 0
        for _ in range(SCANNED * times):
            text = _hidden(chance, address)
            if not patterns.asks_elsewhere(text):
                asked += 1
                try:
                    list(over.query(text))
                except (SyntaxError, ValueError, OSError, RuntimeError, TypeError):
                    continue
        done.set()
        counter.join()
    print(f"{asked} of {SCANNED * times} passed the scan and were asked, {len(seen)} went out")  # noqa: T201  (the figure)
    assert asked
    assert seen == []


def _hidden(chance: random.Random, address: str) -> str:
    """Return a question in which a SERVICE stands among what may hide it."""
    name = chance.choice(["SERVICE ", "service SILENT ", "trueSERVICE ", "SeRvIcE", "1SERVICE", "\\u0053ERVICE "])
    parts = [chance.choice(BEFORE) for _ in range(chance.randint(0, 4))]
    ends = [chance.choice(AFTER) for _ in range(chance.randint(0, 2))]
    return f"PREFIX e: <urn:e> SELECT * {{ {' '.join(parts)} {name}{address} {{ ?a ?b ?c }} {' '.join(ends)} }}"


def test_texts_of_any_kind_are_scanned_in_proportion(times: int, chance: random.Random) -> None:
    """No text of a tenth of the length that is allowed takes the scan longer than a second."""
    for _ in range(20 * times):
        unit = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 4)))
        text = (unit * (100_000 // len(unit))) + "service"
        begun = time.process_time()
        patterns.asks_elsewhere(text)
        patterns.depth(text)
        patterns.joins(text)
        assert time.process_time() - begun < 1, unit


def test_the_answers_of_the_engine_are_not_those_of_the_scan(chance: random.Random) -> None:
    """What a scan would refuse although it is a shipped question: none."""
    del chance
    for named in sparql.read(ROOT / "ontology/queries"):
        assert not patterns.asks_elsewhere(named.text)
        assert patterns.depth(named.text) < 20
        assert patterns.joins(named.text) < 250
