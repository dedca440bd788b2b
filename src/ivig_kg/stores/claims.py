"""Claims: while one load puts a release in place, another waits; a claim of a load that died is over by itself."""

from __future__ import annotations

import contextlib
import random
import secrets
import time
from collections.abc import Iterator

from ivig_kg.errors import StoreError
from ivig_kg.stores import catalog
from ivig_kg.stores.store import Store

LEASE = 60.0  # seconds that a claim stands, whatever became of who made it
RATE = 10_000  # triples a second that a store shows at least, while a release is verified
FAREWELL = 5.0  # seconds to give a claim up, whatever the deadline
_LOOK = 0.5  # seconds that a look may take
_PAUSE = 0.3  # seconds between two looks, at most


@contextlib.contextmanager
def held(store: Store, *, triples: int = 0) -> Iterator[None]:
    """Hold the only claim on a store: each load adds its own, and goes on where it then sees no other.

    Args:
        store: The store.
        triples: How many triples will be looked at meanwhile.

    Raises:
        StoreError: Others hold it until the deadline of the client.
    """
    own = catalog.CLAIMS + secrets.token_hex(8)
    doing = "let one load at a time change the release"
    while True:
        claim = catalog.valid(own, catalog.now(after=LEASE + triples / RATE))
        try:
            catalog.insert(store, [claim], doing=doing)
            others = {c: until for c, until in catalog.read(store).claims.items() if c != own}
            over = [catalog.valid(c, until) for c, until in others.items() if until < catalog.now()]
            if over:
                catalog.delete(store, over, doing=doing)
            if len(over) == len(others):
                yield
                return
        finally:
            with contextlib.suppress(StoreError), store.client.given(FAREWELL):
                catalog.delete(store, [claim], doing=doing)
        _wait(store, max(others.values()))


def _wait(store: Store, until: str) -> None:
    """Wait a moment, not the same for two who met."""
    pause = _PAUSE * (0.2 + 0.8 * random.random())  # noqa: S311  (no secret hangs on it)
    if store.client.deadline.left() < pause + _LOOK:
        message = f"{store.profile.query}: another load is putting a release in place, until {until} at the latest"
        raise StoreError(message)
    time.sleep(pause)
