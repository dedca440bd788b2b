"""Loading into stores of every kind and temper: a protocol double stands in for them, with faults to switch on."""

from __future__ import annotations

import json
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import released
from conftest import Run
from double import Answer, Basic, Bearer, Digest, Double, Fault, Request
from ivig_kg.stores import contents
from ivig_kg.stores.credentials import Credentials

SECRET = "s3cret-of-a-test"  # noqa: S105  (of a double)
BRANDS = ("oxigraph", "virtuoso", "fuseki", "rdf4j", "graphdb")
WRITES = ("update", "put")
TIMEOUT = "2"
WAIT = 10.0  # seconds, on a machine with other things to do


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"IVIG_KG_STORE_{name}", raising=False)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release."""
    return released.release(tmp_path_factory.mktemp("one"), "1.0.0", size=8)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the next one."""
    return released.release(tmp_path_factory.mktemp("two"), "2.0.0", size=9)


def words(double: Double, *more: str | Path) -> list[str | Path]:
    """Return the words of a load into a double."""
    if double.brand.name in {"oxigraph", "virtuoso"}:
        return ["load", double.url, "--profile", double.brand.name, *more]
    addresses = ["--update-url", double.update_url, "--graph-store-url", double.graphs_url]
    return ["load", double.query_url, "--profile", "generic", *addresses, *more]


def versions(double: Double) -> dict[str, set[str]]:
    """Return which versions the live release says, by graph; nothing where no release is live."""
    text = f"""{released.PREFIXES} SELECT DISTINCT ?name ?v WHERE {{
      GRAPH <{released.CATALOG}> {{ <https://w3id.org/ivig-kg/> dcat:hasCurrentVersion/dcterms:hasPart ?part .
                                    ?part dcterms:isVersionOf ?name ; sd:name ?place }}
      GRAPH ?place {{ ?s <https://w3id.org/ivig-kg/ontology/version> ?v }} }}"""
    found: dict[str, set[str]] = {}
    for row in double.store.query(text):
        found.setdefault(row["name"].value.removeprefix(released.GRAPH), set()).add(row["v"].value)
    return found


def standing(double: Double) -> int:
    """Return how many graphs of ours a double has, but for the catalog."""
    names = (str(graph.value) for graph in double.store.named_graphs())
    return len({n for n in names if n.startswith(released.GRAPH) and n != released.CATALOG})


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the environment a user and a password."""
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("brand", BRANDS)
def test_every_brand_takes_a_release_and_gives_it_back(brand: str, one: Path, two: Path, run: Run) -> None:
    """Load, upgrade, go back and prune at the addresses and with the status codes of each brand."""
    auth = {"virtuoso": Digest("dba", SECRET), "oxigraph": None}.get(brand, Basic("dba", SECRET))
    with Double(brand=brand, auth=auth) as double:
        seen = []
        for more in (["--exports", one], ["--exports", two], ["--rollback"], ["--prune", "0"]):
            result = run(*words(double, *more))
            assert result.exit_code == 0, result.output
            seen.append(versions(double))
        status = run(*words(double, "--status"))

        assert seen == [released.whole(f"{version}.0.0") for version in (1, 2, 1, 1)]
        assert status.stdout.startswith("live      1.0.0")
        assert standing(double) == 5
        sent = [request for request in double.requests if request.body]
        assert all(request.length == len(request.body) and not request.chunked for request in sent)


@pytest.mark.parametrize("brand", ["fuseki", "rdf4j", "graphdb"])
@pytest.mark.parametrize("auth", [Basic("dba", SECRET), Bearer(SECRET), Digest("dba", SECRET, algorithm="SHA-256")])
def test_a_store_is_told_who_asks_in_its_way(
    brand: str, auth: Basic | Bearer | Digest, one: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Basic, bearer and digest; who says nothing, or something wrong, is refused with a sentence."""
    way = type(auth).__name__.lower()
    with Double(brand=brand, auth=auth) as double:
        nobody = run(*words(double, "--exports", one))
        monkeypatch.setenv("IVIG_KG_STORE_TOKEN" if way == "bearer" else "IVIG_KG_STORE_PASSWORD", "wrong-one")
        if way != "bearer":
            monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
        wrong = run(*words(double, "--exports", one, "--auth", way))
        monkeypatch.setenv("IVIG_KG_STORE_TOKEN" if way == "bearer" else "IVIG_KG_STORE_PASSWORD", SECRET)
        right = run(*words(double, "--exports", one, "--auth", way))

        assert (nobody.exit_code, wrong.exit_code) == (5, 5)
        assert "set IVIG_KG_STORE_USER" in nobody.stderr
        assert "does not take these credentials" in wrong.stderr
        assert "wrong-one" not in wrong.output
        assert right.exit_code == 0, right.output
        assert SECRET not in right.output + Path("ivig-kg-receipt.json").read_text(encoding="utf-8")


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("brand", ["fuseki", "virtuoso"])
def test_nothing_is_read_of_a_challenge_but_what_it_asks(brand: str, one: Path, run: Run) -> None:
    """What a store adds to the question who asks may be endless and packed: nobody waits for it or unpacks it."""
    with Double(brand=brand, auth=Digest("dba", SECRET, flood=True)) as double:
        result = run(*words(double, "--exports", one, "--auth", "digest", "--timeout", "20"))

        assert result.exit_code == 0, result.output
        assert versions(double) == released.whole("1.0.0")


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("said", ["foo", 'realm="a", nonce="b", qop="auth-int"', 'realm="a", nonce="b", algorithm=X'])
def test_a_challenge_that_cannot_be_met_ends_in_a_sentence(said: str, one: Path, run: Run) -> None:
    """A store may ask in a way that nobody has heard of."""
    odd = f"Digest {said}"
    with Double(brand="fuseki", faults=[Fault("status-401", value=odd)]) as double:
        result = run(*words(double, "--exports", one, "--auth", "digest", "--timeout", TIMEOUT))

        assert result.exit_code == 5
        assert result.stderr.count("\n") == 1


# what a store may do, at which requests, and how much a load may make of it: `fails`, or `either` where the
# release may be live all the same, because the store did what it was asked and only its answer was bad
MISBEHAVIOURS = [
    *((fault, operation, "fails") for fault in ("reset-before-carrying-out", "never-reads") for operation in WRITES),
    *((f"status-{n}", o, "fails") for n in (400, 403, 404, 405, 413, 415, 429, 500, 503, 507) for o in WRITES),
    *((fault, "put", "fails") for fault in ("lie-stored", "lie-stored-half", "lie-changed-value", "lie-extra")),
    *((fault, "put", "fails") for fault in ("lie-emptied", "cut-in-request-body", "answer-before-body", "read-only")),
    *((fault, "update", "fails") for fault in ("lie-swapped", "read-only")),
    *(
        (f, o, "fails")
        for f in ("reset-before-answer", "closed-before-answer", "hang")
        for o in ("put", "get", "query")
    ),
    *((f, "update", "either") for f in ("reset-before-answer", "closed-before-answer", "hang", "drip-headers")),
    *((f, o, "fails") for f in ("cut-in-answer-body", "cut-in-answer-headers") for o in ("get", "query")),
    *((f, o, "fails") for f in ("drip-headers", "drip-body", "endless-answer") for o in ("get", "query")),
    *(("cut-without-length", operation, "fails") for operation in ("get", "query")),
    *((f, o, "fails") for f in ("login-page", "redirect-other-host-307") for o in (*WRITES, "get", "query")),
    *(
        (f, o, "fails")
        for f in ("redirect-loop", "redirect-strange", "echo-secrets")
        for o in (*WRITES, "get", "query")
    ),
    *((f, "query", "fails") for f in ("wrong-content-type", "200-with-error-text", "bad-json", "deep-json")),
    *((f, "query", "fails") for f in ("missing-variables", "unbound-variables", "invalid-utf8", "204-no-content")),
    *((f, "query", "fails") for f in ("empty-200", "gzip-bomb", "gzip-broken", "http-0.9")),
    *((f, "get", "fails") for f in ("wrong-content-type", "empty-200", "gzip-bomb", "invalid-utf8", "http-0.9")),
    ("echo-in-type", "query", "fails"),
    ("echo-in-type", "get", "fails"),
    ("echo-in-triples", "get", "fails"),
    ("many-rows", "query", "fails"),
    ("many-triples", "get", "fails"),
    ("update-half", "update", "either"),
    ("header-flood", "query", "either"),
    ("truncated-results", "query", "fails"),
    ("stale-reads", "query", "fails"),
    ("slow-commit", "update", "either"),
    ("slow-reader", "put", "fails"),
    ("refuse", "put", "fails"),
    ("refuse", "query", "fails"),
]


# by MOVE and by the pointer where an update misbehaves, which are the swaps; else by one of them
CASES = [
    (*case, profile)
    for number, case in enumerate(MISBEHAVIOURS)
    for profile in (("oxigraph", "fuseki") if case[1] == "update" else ("oxigraph", "fuseki")[number % 2 :][:1])
]


@pytest.mark.exhaustive(every=6)
@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(("fault", "operation", "outcome", "profile"), CASES, ids=str)
def test_a_misbehaving_store_ends_in_a_sentence(
    fault: str, operation: str, outcome: str, profile: str, one: Path, two: Path, run: Run
) -> None:
    """Whatever a store does, the load ends in time with one sentence and status 5, and a whole release is live."""
    auth = None if profile == "oxigraph" else Basic("dba", SECRET)
    with Double(brand=profile, auth=auth) as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        double.faults[:] = [Fault(fault, operation, seconds=1.0 if "drip" in fault or "slow" in fault else 0.2)]
        result = run(*words(double, "--exports", two, "--timeout", TIMEOUT))
        elsewhere = "".join(request.text for request in double.elsewhere.requests)
        double.faults[:] = []
        double.listen()

        assert double.struck, "the fault never struck"
        assert "a bug of ours" not in result.output
        assert SECRET not in result.output + elsewhere
        assert "Authorization" not in elsewhere
        assert result.stderr.replace("\n", "").isprintable()
        live = versions(double)
        if result.exit_code == 0:
            assert outcome == "either"
            assert live == released.whole("2.0.0")
        else:
            assert result.exit_code == 5, result.output
            assert result.stderr.count("\n") == 1
            assert live == released.whole("1.0.0") or (outcome == "either" and live == released.whole("2.0.0"))


@pytest.mark.exhaustive(every=5)
@pytest.mark.parametrize("nth", range(1, 9))
@pytest.mark.parametrize("fault", ["lie-swapped", "reset-before-answer", "reset-before-carrying-out", "status-500"])
def test_each_update_of_a_load_may_fail(fault: str, nth: int, one: Path, two: Path, run: Run) -> None:
    """Whichever update fails or is not done, one whole release is live, and the next load puts things right."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        double.faults[:] = [Fault(fault, "update", nth=nth)]
        result = run(*words(double, "--exports", two, "--timeout", "20"))
        double.faults[:] = []

        assert result.exit_code in {0, 5}, result.output
        assert versions(double) == released.whole("1.0.0" if result.exit_code else "2.0.0")
        if result.exit_code:
            assert run(*words(double, "--exports", two)).exit_code == 0
        assert versions(double) == released.whole("2.0.0")


def test_no_redirect_is_followed(one: Path, run: Run) -> None:
    """A graph may get lost on the way, and a whole store be overwritten: the address is to be given."""
    with Double(brand="fuseki", faults=[Fault("redirect-same-host-307", "put")]) as double:
        result = run(*words(double, "--exports", one))

        assert result.exit_code == 5
        assert "it sends us on to another address: give that one" in result.stderr
        assert versions(double) == {}


def test_put_is_verified_where_it_put(one: Path, two: Path, run: Run) -> None:
    """The graphs under the fixed names are compared too, and put back where the store lied."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one, "--swap", "put")).exit_code == 0
        double.faults[:] = [Fault("lie-changed-value", "put", nth=6)]
        result = run(*words(double, "--exports", two, "--swap", "put"))

        assert result.exit_code == 5
        assert "it did not replace the graph" in result.stderr
        assert versions(double) == released.whole("1.0.0")


def fixed(double: Double) -> set[str]:
    """Return the versions that the graphs under the fixed names say, by which readers may ask."""
    text = f"""SELECT DISTINCT ?v WHERE {{ GRAPH ?g {{ ?s <https://w3id.org/ivig-kg/ontology/version> ?v }}
      FILTER (!CONTAINS(STRAFTER(STR(?g), "{released.GRAPH}"), "/")) }}"""
    return {row["v"].value for row in double.store.query(text)}


def graphs(double: Double) -> dict[str, int]:
    """Return how many triples stand under each of the fixed names."""
    names = (graph.value.removeprefix(released.GRAPH) for graph in double.store.named_graphs())
    return {
        name: len(list(double.store.quads_for_pattern(None, None, None, ox.NamedNode(released.GRAPH + name))))
        for name in sorted(name for name in names if "/" not in name and name != "catalog")
    }


@pytest.mark.parametrize(("first", "kept"), [("put", 0), ("put", 6), ("pointer", 0)])
@pytest.mark.parametrize("what", ["nothing", "a part"])
def test_what_a_store_gives_back_in_part_takes_the_place_of_nothing(
    what: str, first: str, kept: int, one: Path, two: Path, run: Run
) -> None:
    """A swap by put sends what the store gives back of a graph, which may be cut without a word, at first or later."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one, "--swap", first)).exit_code == 0
        before, carry_out, asked = graphs(double), double.service.carry_out, []

        def cut(request: Request, *more: Any, **named: Any) -> Answer:
            """Give back less of a graph of the new release once all of them were compared."""
            answer = carry_out(request, *more, **named)
            if request.operation == "get" and "2.0.0" in urllib.parse.unquote(request.query):
                asked.append(request)
                if len(asked) > 5 + kept:
                    lines = answer.body.splitlines(keepends=True)
                    answer.body = b"" if what == "nothing" else b"".join(lines[:-1])
            return answer

        double.service.carry_out = cut  # type: ignore[method-assign]
        result = run(*words(double, "--exports", two, "--swap", "put"))

        assert len(asked) > 5 + kept
        assert result.exit_code == 5, result.output
        assert "it does not give back the graph" in result.stderr
        assert "put back" not in result.stderr
        assert (versions(double), graphs(double)) == (released.whole("1.0.0"), before)


@pytest.mark.exhaustive(every=7)
@pytest.mark.parametrize("nth", range(1, 22))
@pytest.mark.parametrize("operation", ["get", "put", "update"])
def test_a_put_that_breaks_off_is_taken_back(operation: str, nth: int, one: Path, two: Path, run: Run) -> None:
    """Readers of the fixed names have what stood there, by whatever means, or the new release in whole."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one, "--swap", "put")).exit_code == 0
        triple = [ox.NamedNode("urn:a")] * 3
        double.store.add(ox.Quad(*triple, ox.NamedNode(f"{released.GRAPH}concepts")))
        before = graphs(double)
        double.faults[:] = [Fault("reset-before-answer", operation, nth=nth)]
        result = run(*words(double, "--exports", two, "--swap", "put", "--timeout", "20"))

        assert result.exit_code in {0, 5}, result.output
        assert versions(double) == released.whole("1.0.0" if result.exit_code else "2.0.0")
        if result.exit_code == 0:
            assert fixed(double) == {"2.0.0"}
        elif "it may do it yet" not in result.stderr:
            assert graphs(double) == before
        assert "it may do it yet" not in result.stderr or operation != "get"


def test_a_first_load_that_fails_leaves_nothing(one: Path, run: Run) -> None:
    """Where no release was live, none is afterwards, and no graph of ours is left."""
    for fault, operation in (("lie-changed-value", "put"), ("status-500", "get"), ("lie-swapped", "update")):
        with Double(brand="fuseki", faults=[Fault(fault, operation)]) as double:
            result = run(*words(double, "--exports", one, "--timeout", TIMEOUT))

            assert result.exit_code == 5
            assert versions(double) == {}
            double.faults[:] = []
            assert run(*words(double, "--exports", one)).exit_code == 0
            assert run(*words(double, "--prune", "0")).exit_code == 0
            assert standing(double) == 5


def test_a_damaged_release_is_not_sent(one: Path, run: Run, tmp_path: Path) -> None:
    """A file that is not what its manifest says is refused before the store hears of it."""
    for name, old, new in (("ivig-kg.nq", b"0.4", b"0.5"), ("manifest.json", b'"dataset": "', b'"dataset": "0')):
        folder = tmp_path / name
        folder.mkdir()
        for file in one.iterdir():
            (folder / file.name).write_bytes(file.read_bytes().replace(old if file.name == name else b"\0", new))
        with Double(brand="oxigraph") as double:
            result = run(*words(double, "--exports", folder))

            assert result.exit_code == 3
            assert f"{folder}/ivig-kg.nq: " in result.stderr
            assert double.requests == []


def test_addresses_and_words_are_checked_first(one: Path, run: Run) -> None:
    """A password in an address, an address that is none, and things that exclude each other are wrong usage."""
    wrong = {
        ("http://dba:s3cret-in-url@127.0.0.1:1",): "a password in an address",
        ("ftp://127.0.0.1",): "the address of a store is like",
        ("http://127.0.0.1:1", "--update-url", "http://127.0.0.1:1/u"): "go with --profile generic",
        ("http://127.0.0.1:1", "--profile", "generic", "--exports", str(one)): "needs --update-url",
        ("http://127.0.0.1:1", "--status", "--rollback"): "name one",
    }
    for given, told in wrong.items():
        result = run("load", *given)

        assert result.exit_code == 2, result.output
        assert told in result.stderr
        assert "s3cret-in-url" not in result.output


@pytest.mark.parametrize(
    "address",
    [
        *("u:31337", "u:31337/s3cret", "ftp://u:31337313", "http://u:313373133", "ftp://u:77777/31337"),
        *("http:u%3As3cret%40h", "http://u%3As3cret%40h:1", "http://u%253As3cret%2540h:1", "http:u:s3cret", "u:s3cret"),
        *(
            "http:\\\\u:s3cret@h",
            "http://h:1/?password=s3cret",
            "http://h:1/#s3cret",
            "http://[s3cret",
            "s3cret\uff20h",
        ),
    ],
)
@pytest.mark.parametrize("words", [["load"], ["query", "-e", "ASK {}", "--endpoint"]], ids=["load", "query"])
def test_an_address_that_may_hold_a_secret_is_not_repeated(words: list[str], address: str, run: Run) -> None:
    """However it is spelt: an address that cannot be used is shown where nothing in it can be a password."""
    result = run(*words, address)

    assert result.exit_code == 2, result.output
    assert "s3cret" not in result.output
    assert "31337" not in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode there")
def test_credentials_come_from_a_file_that_nobody_else_can_read(one: Path, run: Run, tmp_path: Path) -> None:
    """A file with mode 0600 is read; one that others can read, or with words that are none, is refused."""
    file = tmp_path / "who"
    file.write_text(f"# of the test\nuser = dba\npassword = {SECRET}\n", encoding="utf-8")
    with Double(brand="fuseki", auth=Basic("dba", SECRET)) as double:
        file.chmod(0o640)
        open_to_others = run(*words(double, "--exports", one, "--credentials", file))
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)
        right = run(*words(double, "--exports", one, "--credentials", file))
        file.write_text(f"passwort = {SECRET}\n", encoding="utf-8")
        misspelt = run(*words(double, "--exports", one, "--credentials", file))
        file.write_text(f"#{'é' * 4990}\nuser = dba\npassword = {SECRET}\n", encoding="utf-8")
        long = run(*words(double, "--exports", one, "--credentials", file))

    assert (open_to_others.exit_code, right.exit_code, misspelt.exit_code, long.exit_code) == (2, 0, 2, 2)
    assert "this one is longer than 10,000 bytes" in long.stderr
    assert "others can read this file; chmod 600 it" in open_to_others.stderr
    assert f"{file}:1: write user = " in misspelt.stderr
    assert SECRET not in open_to_others.output + right.output + misspelt.output


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TOKEN", "a\nb", "holds a character that cannot be sent"),
        ("PASSWORD", "x", "belong together"),
        ("PASSWORD", "\udcff", "holds a character that cannot be sent"),
        ("USER", "a:b", "holds a character that cannot be sent"),
        ("TOKEN", "x" * 10_001, "the token is longer than 10,000 bytes"),
    ],
)
def test_credentials_that_cannot_be_sent_are_refused(
    name: str, value: str, told: str, one: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line break in a token would end its header, and half of a pair is no pair."""
    monkeypatch.setenv(f"IVIG_KG_STORE_{name}", value)
    result = run("load", "http://127.0.0.1:1", "--exports", one)

    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("name", ["no/such/folder.json", "a" * 300, "a" * 300 + "/b", "."])
def test_a_receipt_that_cannot_be_written_stops_a_load(name: str, one: Path, run: Run) -> None:
    """It is noticed before anything is sent, a name that is too long too."""
    with Double(brand="oxigraph") as double:
        result = run(*words(double, "--exports", one, "--receipt", name))

        assert result.exit_code == (2 if name == "." else 6), result.output
        assert name == "." or "nothing was loaded" in result.stderr
        assert double.requests == []


@pytest.mark.parametrize("fault", [None, Fault("refuse", "put")])
def test_a_link_to_a_receipt_that_is_not_there_stays(fault: Fault | None, one: Path, run: Run) -> None:
    """The receipt is written where it leads, and nothing is there where the load failed."""
    link = Path("link.json")
    link.symlink_to("receipt.json")
    with Double(brand="oxigraph", faults=[fault] if fault else []) as double:
        result = run(*words(double, "--exports", one, "--receipt", link))

    assert result.exit_code == (5 if fault else 0), result.output
    assert link.is_symlink()
    assert link.exists() is (fault is None)


def begun(double: Double, *more: str | Path) -> subprocess.Popen[str]:
    """Begin a load into a double in a process of its own."""
    program = [sys.executable, "-m", "ivig_kg", *map(str, words(double, *more))]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("verified", [0, 1])
def test_who_ends_a_load_once_it_swaps_is_told_to_ask(verified: int, one: Path, two: Path, run: Run) -> None:
    """Nobody waits for what comes of it: the new release may be live, and no receipt says so."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        carry_out, loads, swapped = double.service.carry_out, [], []

        def ended(request: Request, *more: Any, **named: Any) -> Answer:
            """Carry a request out, and end the load before it is answered: the swap, or the update after it."""
            answer = carry_out(request, *more, **named)
            if request.operation == "update" and (swapped if verified else "MOVE" in request.text):
                loads[0].terminate()
                loads[0].wait(WAIT)
            swapped.extend(["swapped"] * ("MOVE" in request.text))
            return answer

        double.service.carry_out = ended  # type: ignore[method-assign]
        with begun(double, "--exports", two, "--receipt", "new.json") as process:
            loads.append(process)
            shown, told = process.communicate(timeout=60)

        assert (process.returncode, told) == (143, "")
        assert "stopped   once the store was asked to swap: ask with --status what is live" in shown
        assert versions(double) == released.whole("2.0.0")
        assert not Path("new.json").exists()


def test_who_ends_a_put_has_what_stood_there(one: Path, two: Path, run: Run) -> None:
    """A put is of many requests: what was put so far is taken back."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one, "--swap", "put")).exit_code == 0
        before, carry_out, loads, put = graphs(double), double.service.carry_out, [], []

        def ended(request: Request, *more: Any, **named: Any) -> Answer:
            """Carry a request out, and end the load before the second graph under a fixed name is put."""
            is_fixed = request.operation == "put" and "2.0.0" not in urllib.parse.unquote(request.query)
            put.extend([request] * is_fixed)
            if is_fixed and len(put) == 2:
                loads[0].terminate()
                time.sleep(0.3)  # until it is told, or the answer comes before, and it ends all the same
            return carry_out(request, *more, **named)

        double.service.carry_out = ended  # type: ignore[method-assign]
        with begun(double, "--exports", two, "--swap", "put") as process:
            loads.append(process)
            shown, told = process.communicate(timeout=60)

        assert (process.returncode, told) == (143, "")
        assert "stopped" not in shown
        assert (versions(double), graphs(double)) == (released.whole("1.0.0"), before)


@pytest.mark.parametrize("how", ["folder", "link"])
def test_a_receipt_is_no_file_of_the_release(how: str, one: Path, run: Run, tmp_path: Path) -> None:
    """It would take the place of the manifest that was just read."""
    folder = tmp_path / "exports"
    shutil.copytree(one, folder)
    receipt = folder / "manifest.json"
    if how == "link":
        receipt = tmp_path / "receipt.json"
        receipt.symlink_to(folder / "manifest.json")
    with Double(brand="oxigraph") as double:
        result = run(*words(double, "--exports", folder, "--receipt", receipt))

        assert result.exit_code == 2
        assert "this is a file of the release; name another one for the receipt" in result.stderr
        assert double.requests == []
    assert (folder / "manifest.json").read_bytes() == (one / "manifest.json").read_bytes()


@pytest.mark.slow
def test_a_claim_of_a_load_that_died_ends_by_itself(one: Path, two: Path, run: Run) -> None:
    """A claim in force is waited for until the deadline; one that is over is taken away."""
    until = f"<{released.CATALOG}/claim/dead> <http://purl.org/dc/terms/valid>"
    add = f'INSERT DATA {{ GRAPH <{released.CATALOG}> {{ {until} "%s" }} }}'
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        double.store.update(add % "2999-01-01T00:00:00.000000Z")
        double.store.update((add % "zzz").replace("/dead", "/odd"))
        waited = run(*words(double, "--exports", two, "--timeout", "2"))
        double.store.update(f"DELETE WHERE {{ GRAPH <{released.CATALOG}> {{ {until} ?when }} }}")
        double.store.update(add % "2020-01-01T00:00:00.000000Z")
        went = run(*words(double, "--exports", two))

        assert waited.exit_code == 5
        assert "another load is putting a release in place, until 2999" in waited.stderr
        assert went.exit_code == 0, went.output
        assert versions(double) == released.whole("2.0.0")


def test_prune_takes_away_what_a_dead_load_left(one: Path, run: Run) -> None:
    """Graphs of a load that ended without a word are dropped once its time is over, and not before."""
    iri = "https://w3id.org/ivig-kg/release/9.0.0/0badf00d"
    graph = f"{released.GRAPH}facts/9.0.0/0badf00d"
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        for when, kept in (("2999-01-01T00:00:00.000000Z", True), ("2020-01-01T00:00:00.000000Z", False)):
            double.store.update(
                f"DELETE WHERE {{ GRAPH <{released.CATALOG}> {{ <{iri}> ?p ?o }} }} ;"
                f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:b> <urn:c> }}"
                f' GRAPH <{released.CATALOG}> {{ <{iri}> <http://purl.org/dc/terms/valid> "{when}" }} }}'
            )
            result = run(*words(double, "--prune", "3"))

            assert result.exit_code == 0, result.output
            assert (standing(double) == 6) is kept


def test_a_damaged_catalog_is_left_alone(one: Path, two: Path, run: Run) -> None:
    """Where a store names two live releases nobody can tell which one is meant: nothing is touched."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        other = "<https://w3id.org/ivig-kg/> <http://www.w3.org/ns/dcat#hasCurrentVersion> <urn:other>"
        double.store.update(f"INSERT DATA {{ GRAPH <{released.CATALOG}> {{ {other} }} }}")
        before = set(double.store)
        result = run(*words(double, "--exports", two))

        assert result.exit_code == 5
        assert "is damaged: it says something that no load writes" in result.stderr
        assert set(double.store) == before


HEX = "0" * 64
ODD = {
    "a-version": f'"9\\u001B[31m" ; <{{id}}> "{HEX}"',
    "a-checksum": '"9.0.0" ; <{id}> "\\u001B[2J"',
    "no-time": f'"9.0.0" ; <{{id}}> "{HEX}"',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
@pytest.mark.parametrize("word", ["--status", "--prune", "--exports"])
def test_what_nobody_of_us_writes_into_a_catalog_is_not_repeated(text: str, word: str, one: Path, run: Run) -> None:
    """A version, a checksum and an address have a form; what has another one ends in a sentence, not on the screen."""
    text = text.format(id="http://purl.org/dc/terms/identifier")
    with Double(brand="oxigraph") as double:
        iri = "https://w3id.org/ivig-kg/release/9.0.0/0badf00d"
        double.store.update(
            f"INSERT DATA {{ GRAPH <{released.CATALOG}> {{ <{iri}> <http://www.w3.org/ns/dcat#version> {text} }} }}"
        )
        result = run(*words(double, *{"--status": [word], "--prune": [word, "0"], "--exports": [word, one]}[word]))

        assert result.exit_code == 5
        assert "is damaged: it says something that no load writes" in result.stderr
        assert "\x1b" not in result.output


OTHER = "urn:other-data"
CLAIM = f"{released.CATALOG}/claim/"
DROPPING = "{0}> }} }} ; DROP SILENT GRAPH <{1}> ; DELETE DATA {{ GRAPH <{2}> {{ <{0}> <urn:y> <urn:z"
VALID = {"type": "uri", "value": "http://purl.org/dc/terms/valid"}
LIES = {
    "a former release that is an update": ("former", DROPPING.format("urn:x", OTHER, released.CATALOG)),
    "a former release of others": ("former", "urn:x"),
    "a former release without its address": ("former", "1.0.0/0badf00d"),
    "more triples than there can be": ("triples", "999999999999999"),
    "a claim with a gap": ("claim", CLAIM + "a b"),
    "a claim that is an update": ("claim", DROPPING.format(CLAIM + "x", OTHER, released.CATALOG)),
}


def lying(double: Double, what: str, value: str) -> None:
    """Let a double say something of its catalog that no store can hold, or that no load writes."""
    carry_out, literal = double.service.carry_out, {"type": "literal", "value": value}

    def carried(request: Request, *words: Any, **more: Any) -> Answer:
        """Change what is said of the release, or add a claim that is over."""
        answer = carry_out(request, *words, **more)
        if request.operation != "query" or urllib.parse.quote_plus(released.CATALOG) not in request.text:
            return answer
        table = json.loads(answer.body)
        rows = table["results"]["bindings"]
        parts = [row for row in rows if row["p"]["value"].endswith("#triples")]
        releases = [row for row in rows if row["p"]["value"].endswith("#version")]
        if what == "triples":
            parts[0]["o"] = literal
        elif what == "former":
            former = {"type": "uri", "value": "http://www.w3.org/ns/dcat#previousVersion"}
            rows += [{"s": row["s"], "p": former, "o": literal} for row in releases]
        else:
            rows.append({"s": literal, "p": VALID, "o": {"type": "literal", "value": "2020-01-01T00:00:00.000000Z"}})
        answer.body = json.dumps(table).encode()
        return answer

    double.service.carry_out = carried  # type: ignore[method-assign]


@pytest.mark.parametrize(("what", "value"), LIES.values(), ids=LIES)
def test_what_a_catalog_says_is_no_part_of_an_update(what: str, value: str, one: Path, two: Path, run: Run) -> None:
    """A store that says of its releases what cannot be is told so in a sentence, and nothing is written there."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        double.store.add(ox.Quad(*[ox.NamedNode(OTHER)] * 4))
        before = set(double.store)
        lying(double, what, value)
        for more in (["--exports", two], ["--exports", one], ["--rollback"], ["--prune", "0"], ["--status"]):
            result = run(*words(double, *more))

            assert (result.exit_code, result.stderr.count("\n")) == (5, 1), result.output
            assert "is damaged: it says something that no load writes" in result.stderr
        assert set(double.store) == before


def test_a_secret_in_a_checksum_is_hidden_before_it_is_cut(
    one: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start of a checksum is shown: it may be the start of a password, which was longer."""
    said = json.loads((one / "manifest.json").read_text(encoding="utf-8"))["rdfc10"]["dataset"]
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", said[:16])
    with Double(brand="fuseki", auth=Basic("dba", said[:16])) as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        result = run(*words(double, "--status"))

        assert result.exit_code == 0, result.output
        assert f"1.0.0 ([hidden]{said[16:20]}, " in result.output
        assert said[:12] not in result.output


@pytest.mark.parametrize("iri", ["9.0.0", "", "9.0.0/0badf00d/x", "9 0/0badf00d"])
def test_a_load_under_an_address_of_nobody_is_damage(iri: str, run: Run) -> None:
    """An address of a load under way that none of ours has is not cleaned up by guessing."""
    with Double(brand="oxigraph") as double:
        node = f"<https://w3id.org/ivig-kg/release/{iri.replace(' ', '%20')}>"
        double.store.update(
            f'INSERT DATA {{ GRAPH <{released.CATALOG}> {{ {node} <http://purl.org/dc/terms/valid> "2020" }} }}'
        )
        result = run(*words(double, "--prune", "0"))

        assert result.exit_code == 5
        assert "is damaged" in result.stderr


def test_a_claim_that_nobody_can_read_is_none(one: Path, run: Run) -> None:
    """It would stand for ever."""
    with Double(brand="oxigraph") as double:
        claim = f"<{released.CATALOG}/claim/odd> <http://purl.org/dc/terms/valid>"
        double.store.update(f'INSERT DATA {{ GRAPH <{released.CATALOG}> {{ {claim} "zzz" }} }}')
        result = run(*words(double, "--exports", one, "--timeout", "10"))

        assert result.exit_code == 0, result.output


@pytest.mark.parametrize("swap", ["pointer", "move", "put"])
def test_a_release_that_was_damaged_in_the_store_is_sent_again(swap: str, one: Path, two: Path, run: Run) -> None:
    """The live one and one that is kept; and what is gone back to is the release before, not the damaged copy."""
    value = "<https://w3id.org/ivig-kg/ontology/version>"
    damage = f'DELETE {{ GRAPH ?g {{ ?s {value} "%s" }} }} WHERE {{ GRAPH ?g {{ ?s {value} "%s" }} }}'
    with Double(brand="oxigraph") as double:
        for folder in (one, two):
            assert run(*words(double, "--exports", folder, "--swap", swap)).exit_code == 0
        for version, folder in (("2.0.0", two), ("1.0.0", one)):
            double.store.update(damage % (version, version))
            again = run(*words(double, "--exports", folder, "--swap", swap))
            assert again.exit_code == 0, again.output
            assert "has changed; it is sent again" in again.output
            assert versions(double) == released.whole(version)
        back = run(*words(double, "--rollback", "--swap", swap))

        assert back.exit_code == 0, back.output
        assert versions(double) == released.whole("2.0.0")


@pytest.mark.parametrize(
    ("graph", "told"), [("catalog", "is none of ours"), ("notes", "is none of ours"), ("", "it is empty")]
)
def test_what_is_no_release_of_ours_is_not_sent(graph: str, told: str, run: Run, tmp_path: Path) -> None:
    """A graph of another name would be in the way, and nothing at all would take the place of what is live."""
    quad = ox.Quad(
        ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"), ox.NamedNode(released.GRAPH + graph)
    )
    released.write(tmp_path, "1.0.0", [quad] if graph else [])
    with Double(brand="oxigraph") as double:
        result = run(*words(double, "--exports", tmp_path))

        assert result.exit_code == 3
        assert told in result.stderr
        assert double.requests == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("<urn:a> <urn:b> <urn:c> .", "the graph without a name is none of ours"),
        (f"<urn:a> <urn:b> _:c <{released.GRAPH}facts> .", "it has a blank node"),
        (f"_:a <urn:b> <urn:c> <{released.GRAPH}facts> .", "it has a blank node"),
    ],
)
def test_what_no_release_of_ours_has_is_not_sent(line: str, told: str, run: Run, tmp_path: Path) -> None:
    """A triple in no graph would be in none that is live, and a blank node is another one in each store."""
    released.write(tmp_path, "1.0.0", list(ox.parse(line, ox.RdfFormat.N_QUADS)))
    result = run("load", "http://127.0.0.1:1", "--exports", tmp_path)

    assert result.exit_code == 3
    assert told in result.stderr


def test_a_graph_that_no_store_could_give_back_is_not_sent(
    one: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is loaded can be compared when it is gone back to, in the memory that there is for it."""
    monkeypatch.setattr(contents, "MOST", 8)
    with Double() as double:
        result = run(*words(double, "--exports", one))

        assert result.exit_code == 3, result.output
        assert "graph/facts> has more than 8 triples, which no store could give back" in result.stderr
        assert double.requests == []


def test_a_manifest_of_a_hundred_thousand_brackets_is_refused(run: Run, tmp_path: Path) -> None:
    """It is no manifest, and no reason to fail."""
    (tmp_path / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    result = run("load", "http://127.0.0.1:1", "--exports", tmp_path)

    assert result.exit_code == 3
    assert "it is no manifest of a release" in result.stderr


@pytest.mark.parametrize(
    ("auth", "known", "told"),
    [
        ("bearer", {"USER": "dba", "PASSWORD": "x"}, "bearer wants a token"),
        ("digest", {"TOKEN": "x"}, "digest wants a user and a password"),
        ("digest", {}, "there are no credentials"),
        ("basic", {"TOKEN": "x "}, "holds a character that cannot be sent"),
    ],
)
def test_a_way_to_say_who_asks_wants_its_credentials(
    auth: str, known: dict[str, str], told: str, one: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another way, or none, would be another thing than was asked for."""
    for name, value in known.items():
        monkeypatch.setenv(f"IVIG_KG_STORE_{name}", value)
    result = run("load", "http://127.0.0.1:1", "--exports", one, "--auth", auth)

    assert result.exit_code == 2
    assert told in result.stderr


def test_a_dry_run_is_for_programs_too(one: Path, two: Path, run: Run) -> None:
    """JSON says where a load or a rollback would begin, and nothing else is printed to the output."""
    with Double(brand="oxigraph") as double:
        said = [json.loads(run(*words(double, "--exports", one, "--dry-run", "--format", "json")).stdout)]
        for folder in (one, two):
            assert run(*words(double, "--exports", folder)).exit_code == 0
        said += [
            json.loads(run(*words(double, *more, "--dry-run", "--format", "json")).stdout)
            for more in (["--exports", one], ["--rollback"])
        ]

        assert [(one["would"], one["release"]["version"]) for one in said] == [
            *(("stage", "1.0.0"), ("swap", "1.0.0"), ("swap", "1.0.0"))
        ]
        assert versions(double) == released.whole("2.0.0")


def test_a_prune_says_that_fixed_names_become_empty(one: Path, two: Path, run: Run) -> None:
    """Where readers ask the fixed names and the pointer has left them behind, dropping what stands there is told."""
    with Double(brand="oxigraph") as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        assert run(*words(double, "--exports", two, "--swap", "pointer")).exit_code == 0
        said = [run(*words(double, "--prune", "0", *dry)).stdout for dry in (["--dry-run"], [])]

        assert all("which stood under the fixed names: these are empty then" in text for text in said)


ASKING = {"--status": [], "--rollback": [], "--prune": ["0"], "--dry-run": []}
BAD = ["hang", "echo-in-type", "many-rows", "login-page", "cut-in-answer-body", "wrong-content-type", "gzip-bomb"]


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(("fault", "word"), list(zip(BAD, [*ASKING, *ASKING], strict=False)))
def test_whatever_is_asked_of_a_misbehaving_store_ends(fault: str, word: str, one: Path, run: Run) -> None:
    """Each thing that `load` can do ends when its time is over, with one sentence that holds no secret."""
    with Double(brand="fuseki", auth=Basic("dba", SECRET)) as double:
        assert run(*words(double, "--exports", one)).exit_code == 0
        double.faults[:] = [Fault(fault, "query")]
        begun = time.monotonic()
        result = run(*words(double, word, *ASKING[word], "--exports", one, "--timeout", "0.5"))

        assert double.struck
        assert (result.exit_code, result.stderr.count("\n")) == (5, 1), result.output
        assert SECRET not in result.output + "".join(request.text for request in double.elsewhere.requests)
        assert result.output.replace("\n", "").isprintable()
        assert time.monotonic() - begun < WAIT
        assert versions(double) == released.whole("1.0.0")


def test_a_name_that_is_looked_up_without_end_is_not_waited_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may look for a host as long as it likes: the time that was given ends the program."""
    looked = threading.Event()

    def look(*_: object, **__: object) -> None:
        """Find nothing for a long time."""
        looked.set()
        time.sleep(2 * WAIT)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    begun = time.monotonic()
    result = run("load", "http://store.example:7878", "--status", "--timeout", "0.3")

    assert looked.is_set()
    assert result.exit_code == 5
    assert "no whole answer within 0.3 s" in result.stderr
    assert time.monotonic() - begun < WAIT


def test_a_secret_that_a_store_repeats_is_hidden() -> None:
    """A password, a token, and both as they are sent are taken out of what is said of an error; short words are not."""
    basic = Credentials("dba", "s3cret")
    bearer = Credentials(token="tok3n-1")  # noqa: S106  (of a test)

    assert basic.hidden("s3cret S3CRET ZGJhOnMzY3JldA== dba") == "[hidden] [hidden] [hidden] dba"
    assert bearer.hidden("<urn:tok3n-1>") == "<urn:[hidden]>"
    assert Credentials("dba", "a").hidden("a graph") == "a graph"
    assert Credentials().hidden("a graph") == "a graph"
