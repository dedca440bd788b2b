"""Uploads: a load that is killed at any of its requests, while somebody asks a real store all the while."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

import released
from ivig_kg.stores import sessions
from ivig_kg.stores.profiles import Swap, profile
from test_stores import (  # noqa: F401  (fixtures among them)
    BY_NAME,
    BY_POINTER,
    MISSING,
    Live,
    live,
    load,
    one,
    started,
    two,
)

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed, so no release was loaded: {', '.join(MISSING)}"),
]

SAMPLE = 3  # points at which a load is killed, at times = 1
POINTS = 20  # requests of a load, about

# Ends itself, as kill -9 would, before its nth connection, or a little after it was made.
KILLED = """
import os, sys, threading, time
left, after = int(sys.argv.pop(1)), float(sys.argv.pop(1))
def end():
    time.sleep(after)
    os.kill(os.getpid(), 9)
def watch(event, arguments):
    global left
    if event == "socket.connect":
        left -= 1
        if left == 0:
            threading.Thread(target=end, daemon=True).start() if after else end()
sys.addaudithook(watch)
from ivig_kg.__main__ import run
run()
"""


class Asking(threading.Thread):
    """Somebody who asks a store again and again what is live in it."""

    def __init__(self, store: Live, text: str) -> None:
        """Begin to ask."""
        super().__init__()
        self._store, self._text = store, text
        self.over = threading.Event()
        self.seen: Counter[frozenset[tuple[str, int]]] = Counter()
        self.parts: list[object] = []

    def run(self) -> None:
        """Ask until it is over."""
        while not self.over.is_set():
            rows = released.ask(self._store.query, self._text)
            self.seen[frozenset((row["v"], int(row["n"])) for row in rows)] += 1
            if len(rows) != len(released.NAMES):
                self.parts.append(rows)
            time.sleep(0.01)


def test_a_killed_load_is_never_seen_in_part(
    times: int,
    chance: random.Random,
    live: Live,  # noqa: F811
    one: Path,  # noqa: F811
    two: Path,  # noqa: F811
) -> None:
    """Before each of its requests and in the middle of them: readers see the old release or the new one."""
    known = profile(live.kind, live.url)
    text = BY_NAME if known.swap is Swap.MOVE else BY_POINTER
    seen: Counter[frozenset[tuple[str, int]]] = Counter()
    ends: Counter[int] = Counter()
    points = [(number, after) for number in range(1, POINTS + 1) for after in (0.0, 0.004)]
    chosen = sorted(chance.sample(points, min(len(points), SAMPLE * times)))
    for number, after in chosen:
        with sessions.opened(known, credentials=live.credentials, timeout=60) as store:
            for graph in {*released.graphs(live.query), released.CATALOG}:
                store.drop(graph, doing="drop what the load before has left")
        load(live, one)
        asking = Asking(live, text)
        asking.start()
        command = [sys.executable, "-c", KILLED, str(number), str(after), "load", *live.words, "--exports", str(two)]
        done = subprocess.run(command, env=os.environ, capture_output=True, check=False)
        time.sleep(0.1)
        asking.over.set()
        asking.join()
        ends[done.returncode] += 1
        seen += asking.seen
        assert asking.parts == []
        assert released.versions(live.query) in (released.whole("1.0.0"), released.whole("2.0.0"))
    told = {"/".join(f"{v} {n}" for v, n in found): count for found, count in seen.items()}
    print(f"{live.kind}: {len(chosen)} kills, ends {dict(ends)}, readers saw {told}")  # noqa: T201  (the figure)

    assert set(ends) <= {-9, 0}
    assert set(seen) <= {frozenset({("1.0.0", 40)}), frozenset({("2.0.0", 50)})}
