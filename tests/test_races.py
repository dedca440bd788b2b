"""Races: whatever happens between two requests of a load, one whole release is live and nothing is left over."""

from __future__ import annotations

import dataclasses
import itertools
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox
import pytest

import released
from double import Answer, Double, Fault, Request
from ivig_kg.errors import StoreError
from ivig_kg.stores import catalog, claims, contents, deadlines, pruning, sessions, upgrade, verification
from ivig_kg.stores.contents import Release
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.profiles import Profile, Swap, profile
from ivig_kg.stores.store import Store

MANY = 20  # requests of a load, at least
CATALOG = urllib.parse.quote_plus(released.CATALOG)
PATIENCE = 0.7  # seconds of whoever comes in between, who may have to wait for a claim, and to clean up
ONTOLOGY = "https://w3id.org/ivig-kg/ontology/"
SWAPS = [Swap.POINTER, Swap.MOVE, Swap.PUT]
Act = Callable[[Store, Swap], Any]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "TIDYING", PATIENCE + claims.FAREWELL)


def told(_: str) -> None:
    """Take a line of progress."""


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Release]:
    """Return four small releases by their versions."""
    folder = tmp_path_factory.mktemp("releases")
    versions = ("1.0.0", "2.0.0", "3.0.0", "4.0.0")
    return {v: contents.read(released.release(folder / v, v, size=2)) for v in versions}


def address(double: Double) -> Profile:
    """Return the profile of a double, with as many addresses as it takes."""
    return dataclasses.replace(
        profile("generic", double.query_url, update=double.update_url, graphs=double.graphs_url),
        graph_parameter=double.brand.graph_parameters[0],
    )


def acting(double: Double, act: Act, swap: Swap, *, timeout: float = 20.0) -> Any:
    """Return what somebody gets who does something with a store, or why not."""
    try:
        with sessions.opened(address(double), credentials=Credentials(), timeout=timeout) as store:
            return act(store, swap)
    except StoreError as error:
        return error


def loading(release: Release) -> Act:
    """Return a load of a release."""
    return lambda store, swap: upgrade.load(store, release, swap=swap, tell=told)


def going_back(store: Store, swap: Swap) -> Any:
    """Go back to the former release."""
    return upgrade.rollback(store, swap=swap, tell=told)


def cleaning(store: Store, swap: Swap) -> Any:  # noqa: ARG001  (as the others)
    """Drop all that is not live."""
    return pruning.prune(store, 0, tell=told)


def between(double: Double, number: int, then: Callable[[], Any]) -> list[Any]:
    """Let something happen before a double carries out a request, the first one being 1; return what came of it."""
    came: list[Any] = []
    carry_out, seen = double.service.carry_out, [0]

    def carried(request: Request, *words: Any, **more: Any) -> Answer:
        """Count what may notice another load, which is all but reading a graph, and let it happen once."""
        is_reading = request.operation == "get" or (request.operation == "query" and CATALOG not in request.text)
        seen[0] += not is_reading
        if seen[0] == number and not came:
            came.append(then())
        return carry_out(request, *words, **more)

    double.service.carry_out = carried  # type: ignore[method-assign]
    return came


@pytest.fixture(scope="module")
def begun(releases: dict[str, Release]) -> dict[Swap, list[ox.Quad]]:
    """Return what a store holds in which release 2 is live, after release 1, by how they took their place."""
    found = {}
    for swap in Swap:
        with Double(brand="oxigraph") as double:
            for version in ("1.0.0", "2.0.0"):
                assert isinstance(acting(double, loading(releases[version]), swap), upgrade.Change)
            found[swap] = list(double.store)
    return found


def live(double: Double) -> str:
    """Return the version of the release that is live, which is whole; and so is each that is kept, and nothing else."""
    with sessions.opened(address(double), credentials=Credentials(), timeout=20) as store:
        known = catalog.read(store)
        for copy in known.copies.values():
            verification.kept(store, copy)
    assert known.live
    assert (dict(known.claims), dict(known.unfinished)) == ({}, {})
    places = {part.place for copy in known.copies.values() for part in copy.parts} | {released.CATALOG}
    standing = {str(name.value) for name in double.store.named_graphs()}
    fixed = {released.GRAPH + name for name in released.NAMES}
    assert standing in ({*places}, {*places, *fixed})
    if fixed <= standing:
        said = double.store.quads_for_pattern(None, ox.NamedNode(ONTOLOGY + "version"), None, None)
        assert {q.object.value for q in said if q.graph_name.value in fixed} == {known.live.version}
    return known.live.version


@pytest.fixture
def stride() -> int:
    """Return how many requests further the next attempt begins; tests/torture goes in smaller steps."""
    return 6


def outcomes(
    begun: list[ox.Quad], swap: Swap, stride: int, *, first: Act, second: Act
) -> Iterator[tuple[Any, Any, str]]:
    """Yield what two get of which one comes between the requests of the other, and what is live then.

    Each way to take a place begins at another request, so that together they try them all.
    """
    number = 1 - stride + SWAPS.index(swap) % stride
    while True:
        number += stride
        with Double(brand="oxigraph", data=begun) as double:
            came = between(double, number, lambda d=double: acting(d, second, swap, timeout=PATIENCE))  # type: ignore[misc]
            result = acting(double, first, swap)
            if not came:
                return
            yield result, came[0], live(double)


@pytest.mark.parametrize("swap", SWAPS, ids=str)
def test_another_load_may_come_between_any_two_requests(
    swap: Swap, releases: dict[str, Release], begun: dict[Swap, list[ox.Quad]], stride: int
) -> None:
    """Who ends last and says that it is live, is; who is told no has changed nothing."""
    first, second = loading(releases["3.0.0"]), loading(releases["4.0.0"])
    seen = set()
    for one, other, version in outcomes(begun[swap], swap, stride, first=first, second=second):
        won = tuple(isinstance(result, upgrade.Change) for result in (one, other))
        seen.add(won)
        assert version == ("3.0.0" if won[0] else "4.0.0" if won[1] else "2.0.0"), (one, other)

    assert seen >= {(True, False), (False, True)}


@pytest.mark.parametrize("swap", SWAPS, ids=str)
def test_the_same_release_may_come_between(
    swap: Swap, releases: dict[str, Release], begun: dict[Swap, list[ox.Quad]], stride: int
) -> None:
    """Where two load one release, it is live, whoever has put it there."""
    same = loading(releases["3.0.0"])
    for one, other, version in outcomes(begun[swap], swap, stride, first=same, second=same):
        won = {isinstance(result, upgrade.Change) for result in (one, other)}
        assert version == ("3.0.0" if True in won else "2.0.0"), (one, other)


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize("swap", SWAPS, ids=str)
@pytest.mark.parametrize("pair", ["load-going_back", "load-cleaning", "cleaning-load", "cleaning-going_back"])
def test_going_back_and_pruning_may_come_between(
    swap: Swap, pair: str, releases: dict[str, Release], begun: dict[Swap, list[ox.Quad]], stride: int
) -> None:
    """A rollback or a prune in the middle of a load leaves a whole release, and the other way round."""
    acts: dict[str, Act] = {"load": loading(releases["3.0.0"]), "going_back": going_back, "cleaning": cleaning}
    first, second = (acts[name] for name in pair.split("-"))
    for one, other, version in outcomes(begun[swap], swap, stride, first=first, second=second):
        changes = [r for r in (other, one) if isinstance(r, upgrade.Change)]
        assert version == (changes[-1].live.version if changes else "2.0.0"), (one, other)


def postponed(double: Double, word: str, status: int) -> list[Request]:
    """Let a double answer the first update with a word as a proxy does, and carry it out before it changes any more."""
    late: list[Request] = []
    done: list[Answer] = []
    carry_out = double.service.carry_out

    def carried(request: Request, *words: Any, **more: Any) -> Answer:
        """Put one update off until the next change."""
        if request.operation == "update" and word in request.text and not late:
            late.append(request)
            return Answer.plain(status, "the store took too long")
        if late and not done and request.operation in {"update", "put"}:
            done.append(carry_out(late[0], *words, **more))
        return carry_out(request, *words, **more)

    double.service.carry_out = carried  # type: ignore[method-assign]
    return late


@pytest.mark.parametrize(
    ("act", "status"), [("load", 408), ("load", 502), ("load", 503), ("load", 504), ("going_back", 504)]
)
def test_a_move_that_a_proxy_waits_for_no_longer_may_be_done_later(
    act: str, status: int, releases: dict[str, Release], begun: dict[Swap, list[ox.Quad]]
) -> None:
    """Nothing is restored then: it would be moved over what the store moves meanwhile. The next load goes on."""
    acts: dict[str, Act] = {"load": loading(releases["3.0.0"]), "going_back": going_back}
    with Double(brand="oxigraph", data=begun[Swap.MOVE]) as double:
        late = postponed(double, "MOVE", status)
        result = acting(double, acts[act], Swap.MOVE)

        assert late
        assert isinstance(result, StoreError)
        assert f"it answered {status} " in str(result)
        assert str(result).endswith("; it may do it yet: ask with --status, then load again")
        assert live(double) == {"load": "3.0.0", "going_back": "1.0.0"}[act]
        assert isinstance(acting(double, loading(releases["4.0.0"]), Swap.MOVE), upgrade.Change)
        assert live(double) == "4.0.0"


@pytest.mark.parametrize("answer", [500, 504])
def test_a_graph_that_cannot_be_put_leaves_the_release_that_was_moved(
    answer: int, releases: dict[str, Release], begun: dict[Swap, list[ox.Quad]]
) -> None:
    """Where the store refuses, what stood under the fixed names is there again; where none answers, whole aside."""
    with Double(brand="oxigraph", data=begun[Swap.MOVE]) as double:
        faults = [Fault(f"status-{answer}", "put", nth=8)]
        double.faults[:] = faults
        result = acting(double, loading(releases["3.0.0"]), Swap.PUT)
        fixed = {triple.object.value for triple in double.named(released.GRAPH + "concepts")}
        double.faults[:] = []

        assert isinstance(result, StoreError)
        assert double.struck == faults
        assert ("it may do it yet" in str(result)) == (answer == 504)
        assert fixed == {"2.0.0" if answer == 500 else "3.0.0"}
        with sessions.opened(address(double), credentials=Credentials(), timeout=20) as store:
            former = catalog.read(store).live
            assert former
            assert former.version == "2.0.0"
            verification.kept(store, former)
        again = acting(double, loading(releases["3.0.0"]), Swap.PUT)
        assert isinstance(again, upgrade.Change)
        assert again.live.version == "3.0.0"


@pytest.mark.parametrize("swap", [Swap.MOVE, Swap.PUT], ids=str)
def test_no_release_is_moved_over_another(
    swap: Swap, releases: dict[str, Release], begun: dict[Swap, list[ox.Quad]]
) -> None:
    """Where the live one stands under its own name too, it may be the only copy; the pointer leaves both alone."""
    with Double(brand="oxigraph", data=begun[Swap.MOVE]) as double:
        with sessions.opened(address(double), credentials=Credentials(), timeout=20) as store:
            known = catalog.read(store).live
        assert known
        double.store.update("".join(f"COPY <{part.place}> TO <{part.iri}> ;" for part in known.parts[:2]))
        before = set(double.store)
        result = acting(double, loading(releases["3.0.0"]), swap)

        assert "over which nothing is moved: load with --swap pointer" in str(result)
        assert set(double.store) == before
        assert isinstance(acting(double, loading(releases["3.0.0"]), Swap.POINTER), upgrade.Change)
        assert set(double.store) >= {quad for quad in before if quad.graph_name.value != released.CATALOG}


class Killed(BaseException):
    """The end of a program that says nothing more to anybody."""


@pytest.mark.parametrize("swap", SWAPS, ids=str)
def test_a_load_may_be_killed_at_any_request(
    swap: Swap,
    releases: dict[str, Release],
    begun: dict[Swap, list[ox.Quad]],
    stride: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next load, once the claim of the dead one is over, puts things right, and a prune leaves nothing of it."""
    number = 1 + SWAPS.index(swap) % stride
    while _killed(begun[swap], swap, number, releases, monkeypatch):
        number += stride
    assert number > MANY


def _killed(
    begun: list[ox.Quad], swap: Swap, number: int, releases: dict[str, Release], monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Kill a load before it sends its nth request, load another two hours later, and tell whether it sent so many."""
    died, send, now, sent = False, sessions.Client.send, catalog.now, itertools.count(1)

    def dying(self: Any, request: Any, **more: Any) -> Any:
        """Send some requests and no more."""
        if next(sent) >= number:
            raise Killed
        return send(self, request, **more)

    with Double(brand="oxigraph", data=begun) as double:
        with monkeypatch.context() as patched:
            patched.setattr(sessions.Client, "send", dying)
            try:
                acting(double, loading(releases["3.0.0"]), swap)
            except Killed:
                died = True
        with monkeypatch.context() as patched:
            patched.setattr(catalog, "now", lambda *, after=0.0: now(after=after + 7200))
            result = acting(double, loading(releases["4.0.0"]), swap)
            assert isinstance(result, upgrade.Change), (number, result)
            pruned = acting(double, cleaning, swap)
            assert isinstance(pruned, list), (number, pruned)
            assert live(double) == "4.0.0"
    return died
