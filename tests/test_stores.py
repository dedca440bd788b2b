"""Live stores: releases are loaded, replaced and taken back in Oxigraph and Virtuoso, whatever breaks meanwhile."""

from __future__ import annotations

import dataclasses
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import servers

import released
from conftest import ROOT, Run
from ivig_kg.errors import StoreError
from ivig_kg.stores import contents, sessions, upgrade
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.profiles import Swap, profile
from proxies import Cut, Proxy

MISSING = [
    name
    for name, program in {"Oxigraph": servers.oxigraph_program(), "Virtuoso": shutil.which("virtuoso-t")}.items()
    if not program
]
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed, so no release was loaded: {', '.join(MISSING)}"),
]


@dataclasses.dataclass(frozen=True)
class Live:
    """A server of ours: its address, its kind, where it is asked, who may write."""

    url: str
    kind: str
    query: str
    credentials: Credentials

    @property
    def words(self) -> list[str]:
        """The words of a command for this store."""
        return [self.url, "--profile", self.kind]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a server of each kind, and return their addresses."""
    place = tmp_path_factory.mktemp("servers")
    with servers.oxigraph(place / "oxigraph") as oxigraph, servers.virtuoso(place / "virtuoso") as virtuoso:
        yield {"oxigraph": oxigraph, "virtuoso": virtuoso}


@pytest.fixture(params=["oxigraph", "virtuoso"])
def live(
    request: pytest.FixtureRequest, started: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Live:
    """Return a server with nothing of ours in it."""
    monkeypatch.chdir(tmp_path)
    url = started[request.param]
    one = Live(url, "oxigraph", f"{url}/query", Credentials())
    if request.param == "virtuoso":
        monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
        monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", servers.PASSWORD)
        one = Live(url, "virtuoso", f"{url}/sparql", Credentials("dba", servers.PASSWORD))
    with sessions.opened(profile(one.kind, url), credentials=one.credentials, timeout=60) as store:
        for graph in {*released.graphs(one.query), released.CATALOG}:
            store.drop(graph, doing="drop what another test has left")
    return one


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """Return a release."""
    return released.release(tmp_path / "one", "1.0.0")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Return the next one."""
    return released.release(tmp_path / "two", "2.0.0", size=50)


def load(live: Live, folder: Path, *, timeout: float = 60, url: str | None = None) -> upgrade.Change:
    """Load a release as the command does."""
    known = profile(live.kind, url or live.url)
    with sessions.opened(known, credentials=live.credentials, timeout=timeout) as store:
        return upgrade.load(store, contents.read(folder), swap=known.swap, tell=lambda _: None)


def test_the_release_of_this_project_is_loaded_and_answers(live: Live, run: Run) -> None:
    """A fresh store holds every triple of the exports by value, and gives the answers that were written by hand."""
    result = run("-C", ROOT, "load", *live.words)

    assert result.exit_code == 0, result.output
    receipt = json.loads(Path("ivig-kg-receipt.json").read_text(encoding="utf-8"))
    manifest = json.loads((ROOT / "exports/manifest.json").read_text(encoding="utf-8"))
    assert receipt["live"]["rdfc10"] == manifest["rdfc10"]["dataset"]
    assert {g["compared"] for g in receipt["live"]["graphs"]} == {"every triple"}
    for name, place in released.shown(live.query).items():
        rows = released.ask(live.query, f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{place}> {{ ?s ?p ?o }} }}")
        assert int(rows[0]["n"]) == manifest["triples"]["graphs"][released.GRAPH + name]
    for name in ("side-effects", "dosing", "facts"):
        asked = run("-C", ROOT, "query", name, "--endpoint", *live.words, "--format", "csv")
        assert asked.stdout == (ROOT / f"ontology/queries/{name}.csv").read_text(encoding="utf-8"), asked.stderr
    asked = run("-C", ROOT, "query", "-e", "ASK { kg:headache a ivig:Condition }", "--endpoint", *live.words)
    assert asked.stdout == "yes\n"


def test_a_release_is_loaded_once(live: Live, one: Path, run: Run) -> None:
    """The same release again is refused, and nothing in the store changes."""
    first = run("load", *live.words, "--exports", one)
    before = released.graphs(live.query)
    again = run("load", *live.words, "--exports", one)

    assert first.exit_code == 0, first.output
    assert again.exit_code == 5
    assert "is live there already; nothing was changed" in again.stderr
    assert released.graphs(live.query) == before


def test_upgrade_rollback_and_prune(live: Live, one: Path, two: Path, run: Run) -> None:
    """The former release stays in the store until it is pruned, and is gone back to whole."""
    seen = []
    for words in (["--exports", one], ["--exports", two], ["--rollback"], ["--exports", two], ["--prune", "0"]):
        result = run("load", *live.words, *words)
        assert result.exit_code == 0, result.output
        seen.append(released.versions(live.query))
    last = run("load", *live.words, "--rollback")
    status = json.loads(run("load", *live.words, "--status", "--format", "json").stdout)

    assert seen == [released.whole(f"{v}.0.0") for v in (1, 2, 1, 2, 2)]
    assert last.exit_code == 5
    assert "there is no release to go back to" in last.stderr
    assert (status["live"]["version"], status["kept"], status["unfinished"]) == ("2.0.0", [], {})
    assert released.graphs(live.query) == set(released.shown(live.query).values())
    assert released.left_over(live.query) == set()


@pytest.mark.parametrize("swap", ["pointer", "move", "put"])
def test_every_swap_goes_forth_and_back(live: Live, swap: str, one: Path, two: Path, run: Run) -> None:
    """Each way to swap leaves a whole release behind, and says what readers may see meanwhile."""
    for words, version in ((["--exports", one], "1"), (["--exports", two], "2"), (["--rollback"], "1")):
        result = run("load", *live.words, "--swap", swap, *words)

        assert result.exit_code == 0, result.output
        assert "a reader" in result.stdout
        assert released.versions(live.query) == released.whole(f"{version}.0.0")
        if swap != "pointer":
            text = f"SELECT DISTINCT ?v WHERE {{ GRAPH <{released.GRAPH}facts> {{ ?s ?p ?v FILTER (ISLITERAL(?v)) }} }}"
            assert f"{version}.0.0" in {row["v"] for row in released.ask(live.query, text)}


def test_a_dry_run_writes_nothing(live: Live, one: Path, two: Path, run: Run) -> None:
    """It says what would be done, for a load, for a rollback and for what would be dropped."""
    for folder in (one, two):
        assert run("load", *live.words, "--exports", folder).exit_code == 0
    before = released.graphs(live.query)
    third = released.release(one.parent / "three", "3.0.0")
    said = [
        run("load", *live.words, "--dry-run", *words).stdout
        for words in (["--exports", third], ["--rollback"], ["--prune", "0"])
    ]

    assert all("nothing was written" in text for text in said)
    assert "would stage 5 graphs" in said[0]
    assert "would go back to 1.0.0" in said[1]
    assert "would drop 1.0.0" in said[2]
    assert released.graphs(live.query) == before
    assert released.versions(live.query) == released.whole("2.0.0")


@pytest.mark.parametrize("password", [None, "wrong"])
def test_who_may_not_write_is_told_so(
    password: str | None, live: Live, one: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Virtuoso refuses whoever gives no password, or a wrong one, which is not repeated."""
    if live.kind == "oxigraph":
        monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
        monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", "needless")
        assert run("load", *live.words, "--exports", one).exit_code == 0  # it asks nobody who it is
        return
    monkeypatch.delenv("IVIG_KG_STORE_PASSWORD")
    monkeypatch.delenv("IVIG_KG_STORE_USER")
    if password:
        monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
        monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", password)
    result = run("load", *live.words, "--exports", one)

    assert result.exit_code == 5
    assert "401 Unauthorized" in result.stderr
    assert ("does not take these credentials" if password else "set IVIG_KG_STORE_USER") in result.stderr
    assert "wrong" not in result.output
    assert released.graphs(live.query) == set()


CUTS = [
    *(Cut(request, "before") for request in (1, 4, 14)),
    Cut(9, "in-request"),
    *(Cut(request, "in-answer") for request in (2, 18)),
    *(Cut(request, "before-answer") for request in (6, 13, 15, 16, 17, 19, 20)),
]


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_a_cut_connection_leaves_a_whole_release(cut: Cut, live: Live, one: Path, two: Path) -> None:
    """Wherever a connection is cut, one release is live and whole, and the next load puts things right."""
    load(live, one)
    with Proxy(live.url, cut) as proxy:
        try:
            load(live, two, url=proxy.url, timeout=20)
            failed = False
        except StoreError:
            failed = True
    after = released.versions(live.query)

    assert proxy.done, "there was no such point"
    assert after in ([released.whole("1.0.0"), released.whole("2.0.0")] if failed else [released.whole("2.0.0")])
    if after == released.whole("1.0.0"):
        load(live, two)
    assert released.versions(live.query) == released.whole("2.0.0")


def test_a_late_syntax_error_leaves_the_release_alone(live: Live, one: Path, two: Path) -> None:
    """What a store cannot read to its end never takes the place of what it has."""
    load(live, one)
    release = contents.read(two)
    broken = dataclasses.replace(release.graphs[2], data=release.graphs[2].data + b"<https://example.org/a> <b .\n")
    graphs = (*release.graphs[:2], broken, *release.graphs[3:])
    known = profile(live.kind, live.url)
    with sessions.opened(known, credentials=live.credentials, timeout=60) as store, pytest.raises(StoreError):
        upgrade.load(store, dataclasses.replace(release, graphs=graphs), swap=known.swap, tell=lambda _: None)

    assert released.versions(live.query) == released.whole("1.0.0")
    assert released.graphs(live.query) == set(released.shown(live.query).values())
    assert released.left_over(live.query) == set()


def test_two_loads_at_once_leave_one_whole_release(live: Live, one: Path, two: Path, tmp_path: Path) -> None:
    """Whoever comes second is told so, or goes second; nothing is mixed and nothing is left over."""
    load(live, one)
    three = released.release(tmp_path / "three", "3.0.0", size=45)
    outcomes = _together([lambda: load(live, two), lambda: load(live, three), lambda: load(live, two)])

    won = [change.live.version for change in outcomes if isinstance(change, upgrade.Change)]
    assert won, outcomes
    assert all(isinstance(o, upgrade.Change | StoreError) for o in outcomes), outcomes
    assert released.versions(live.query) in [released.whole(version) for version in won]
    assert released.left_over(live.query) == set()


def _together(calls: list[Callable[[], Any]]) -> list[Any]:
    """Return what calls give that are made at once, or what they raise."""
    outcomes: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(number: int) -> None:
        """Make one of the calls."""
        gate.wait(30)
        try:
            outcomes[number] = calls[number]()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


SWAPS = 20
READERS = 2
BY_POINTER = f"""SELECT ?name ?v (COUNT(*) AS ?n) WHERE {{
  GRAPH <{released.CATALOG}> {{
    <https://w3id.org/ivig-kg/> dcat:hasCurrentVersion/dcterms:hasPart ?part .
    ?part dcterms:isVersionOf ?name ; sd:name ?place
  }}
  GRAPH ?place {{ ?s <https://w3id.org/ivig-kg/ontology/version> ?v }}
}} GROUP BY ?name ?v"""
BY_NAME = f"""SELECT ?name ?v (COUNT(*) AS ?n) WHERE {{
  VALUES ?name {{ {" ".join(f"<{released.GRAPH}{name}>" for name in released.NAMES)} }}
  GRAPH ?name {{ ?s <https://w3id.org/ivig-kg/ontology/version> ?v }}
}} GROUP BY ?name ?v"""


def test_readers_see_whole_releases_while_they_are_swapped(live: Live, one: Path, two: Path) -> None:
    """Readers who ask over and over while two releases take turns see one of them, never a mixture or nothing."""
    known = profile(live.kind, live.url)
    text = BY_NAME if known.swap is Swap.MOVE else BY_POINTER
    load(live, one)
    wanted = {(version, size) for version, size in (("1.0.0", 40), ("2.0.0", 50))}
    seen: list[frozenset[tuple[str, int]]] = []
    wrong: list[Any] = []
    over = threading.Event()

    def read() -> None:
        """Ask until it is over."""
        while not over.is_set():
            try:
                rows = released.ask(live.query, text)
                found = frozenset((row["v"], int(row["n"])) for row in rows)
                seen.append(found)
                time.sleep(0.01)  # the loads want their turn
                if len(found) != 1 or not found <= wanted or len(rows) != len(released.NAMES):
                    wrong.append(rows)
            except Exception as error:  # noqa: BLE001  (a reader that fails is a failure of the test)
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for number in range(SWAPS):
            load(live, one if number % 2 else two)
    finally:
        over.set()
        for reader in readers:
            reader.join(60)

    assert wrong == []
    assert len(seen) >= SWAPS
    assert {next(iter(found))[0] for found in seen} == {"1.0.0", "2.0.0"}


def test_what_was_loaded_by_other_means_can_be_gone_back_to(live: Live, two: Path, run: Run) -> None:
    """Graphs under the fixed names that no load put there are kept as a release, not overwritten for good."""
    before = ox.Quad(
        ox.NamedNode("https://example.org/a"),
        ox.NamedNode("https://w3id.org/ivig-kg/ontology/version"),
        ox.Literal("by hand"),
        ox.NamedNode(released.GRAPH + "facts"),
    )
    with sessions.opened(profile(live.kind, live.url), credentials=live.credentials, timeout=60) as store:
        store.put(released.GRAPH + "facts", contents.serialized([before.triple]), doing="take a graph")
    upgraded = run("load", *live.words, "--swap", "move", "--exports", two)
    assert released.versions(live.query) == released.whole("2.0.0")
    back = run("load", *live.words, "--swap", "move", "--rollback")

    assert upgraded.exit_code == 0, upgraded.output
    assert back.exit_code == 0, back.output
    assert released.versions(live.query)["facts"] == {"by hand"}
