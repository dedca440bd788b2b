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

LEASE = 60.0  # seconds; what is done under a claim is some small requests
_PAUSE = 0.3  # seconds between two looks, at most


@contextlib.contextmanager
def held(store: Store) -> Iterator[None]:
    """Hold the only claim on a store: each load adds its own, and goes on where it then sees no other.

    Raises:
        StoreError: Others hold it until the deadline of the client.
    """
    own = catalog.CLAIMS + secrets.token_hex(8)
    doing = "let one load at a time change the release"
    while True:
        claim = catalog.valid(own, catalog.now(after=LEASE))
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
            with contextlib.suppress(StoreError):
                catalog.delete(store, [claim], doing=doing)
        _wait(store, max(others.values()))


def _wait(store: Store, until: str) -> None:
    """Wait a moment, not the same for two who met."""
    pause = _PAUSE * (0.2 + 0.8 * random.random())  # noqa: S311  (no secret hangs on it)
    try:
        left = store.client.deadline.left()
    except StoreError as error:
        message = f"{store.profile.query}: another load is putting a release in place, until {until} at the latest"
        raise StoreError(message) from error
    time.sleep(min(pause, left))
