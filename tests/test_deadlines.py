"""A load ends when its time is over, and what it cleans up after a failure takes no more than a fixed time besides."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any

import pytest

import released
from conftest import Run
from double import Double
from ivig_kg.errors import StoreError
from ivig_kg.stores import client, contents, deadlines, sessions, upgrade
from ivig_kg.stores.client import Client, NoAnswerError
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.profiles import Swap, profile

TICK = 0.01  # seconds that an answer takes


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let deadlines go by a clock of the test."""
    made = Clock()
    monkeypatch.setattr(deadlines, "clock", made)
    return made


def test_a_deadline_is_moved_once(clock: Clock) -> None:
    """However often there is something to clean up, one in another or one after another, the end is the same."""
    deadline = deadlines.Deadline(3)
    clock.now += 5
    assert (deadline.rest, deadline.last) == (-2, 4)
    with pytest.raises(StoreError, match=r"the time of 3 s is over \(--timeout\)"):
        deadline.left()

    for seconds in (5, deadlines.TIDYING, 1000):
        with deadline.extended(seconds):
            assert deadline.left() == min(seconds, deadlines.TIDYING) - 2
            with deadline.extended(3), deadline.extended(deadlines.TIDYING):
                assert deadline.left() == deadlines.TIDYING - 2
            assert deadline.left() == min(seconds, deadlines.TIDYING) - 2
    assert (deadline.rest, deadline.last) == (-2, 4)


def silent_from(number: int, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let a store be silent from a request on, for as long as it is listened to; return when requests were sent."""
    sent: list[float] = []
    send = Client.send

    def sending(self: Client, request: client.Request, **more: Any) -> client.Answer:
        """Answer in no time, or not at all."""
        left = self.deadline.left()
        sent.append(clock.now)
        if len(sent) < number:
            clock.now += TICK
            return send(self, request, **more)
        clock.now += left if request.patience is None else min(request.patience, left)
        raise NoAnswerError(request.doing)

    monkeypatch.setattr(Client, "send", sending)
    monkeypatch.setattr(time, "sleep", lambda seconds: setattr(clock, "now", clock.now + seconds))
    return sent


@pytest.mark.exhaustive(every=4)
@pytest.mark.parametrize(("seconds", "swap"), [(3.0, Swap.MOVE), *((600.0, swap) for swap in Swap)])
def test_a_load_into_a_silent_store_takes_its_time_and_no_more(
    seconds: float, swap: Swap, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever request is the first without an answer: a tenth of the time, or so much a step, would add a minute."""
    first, second = (contents.read(released.release(tmp_path / v, v, size=2)) for v in ("1.0.0", "2.0.0"))
    with (
        Double(brand="oxigraph") as double,
        sessions.opened(profile("oxigraph", double.url), credentials=Credentials(), timeout=60) as store,
    ):
        upgrade.load(store, first, swap=swap, tell=lambda _: None)
    over = []
    for number in itertools.count(1):
        with Double(brand="oxigraph", data=list(double.store)) as again, monkeypatch.context() as patch:
            address, begun = profile("oxigraph", again.url), clock.now
            sent = silent_from(number, clock, patch)
            try:
                with sessions.opened(address, credentials=Credentials(), timeout=seconds) as store:
                    upgrade.load(store, second, swap=swap, tell=lambda _: None)
            except StoreError:
                over.append(clock.now - begun - seconds)
            else:
                break
        assert max(sent) < begun + seconds + deadlines.TIDYING

    assert len(over) > 20
    assert max(over) <= deadlines.TIDYING + 0.001
    assert max(over) > 0


def test_the_help_says_how_much_may_be_added(run: Run) -> None:
    """Who plans with the time that he gives is told of the rest; a question has nothing to clean up."""
    said = {name: " ".join(run(name, "--help").stdout.split()) for name in ("load", "query")}

    assert f"How long it may take in all; to clean up after a failure, {deadlines.TIDYING:g} s more." in said["load"]
    assert "How long it may take in all. [default: 60" in said["query"]
