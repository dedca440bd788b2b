"""Claims: while one load puts a release in place, another waits; a claim of a load that died is over by itself."""

from __future__ import annotations

import contextlib
import random
import secrets
import time
from collections.abc import Iterator

from ivig_kg.errors import StoreError
from ivig_kg.stores import catalog, deadlines
from ivig_kg.stores.catalog import Catalog
from ivig_kg.stores.store import Store

SKEW = 60.0  # seconds by which the clocks of two machines may differ
FAREWELL = 1.0  # seconds of those to clean up that are kept to give a claim up
_LOOK = 0.5  # seconds that a look may take
_PAUSE = 0.3  # seconds between two looks, at most


@contextlib.contextmanager
def held(store: Store) -> Iterator[Catalog]:
    """Hold the only claim on a store, and give its catalog: each load adds a claim, and goes on where it sees no other.

    A claim stands until nothing is sent any more by who made it, not even to clean up.

    Args:
        store: The store.

    Raises:
        StoreError: Others hold it until the deadline of the client.
    """
    own = catalog.CLAIMS + secrets.token_hex(8)
    doing = "let one load at a time change the release"
    while True:
        claim = catalog.valid(own, catalog.now(after=store.client.deadline.last))
        try:
            catalog.insert(store, [claim], doing=doing)
            known = catalog.read(store)
            if own not in known.claims:
                message = f"{store.profile.query}: it does not show what was written into its catalog"
                raise StoreError(message)
            others = {iri: until for iri, until in known.claims.items() if iri != own}
            standing = {iri: until for iri, until in others.items() if not catalog.is_over(until, skew=SKEW)}
            if over := [catalog.valid(iri, others[iri]) for iri in others.keys() - standing.keys()]:
                catalog.delete(store, over, doing=doing)
            if not standing:
                yield known
                return
        finally:
            with contextlib.suppress(StoreError), store.client.deadline.extended(deadlines.TIDYING):
                catalog.delete(store, [claim], doing=doing)
        _wait(store, max(standing.values()))


def _wait(store: Store, until: str) -> None:
    """Wait a moment, not the same for two who met."""
    pause = _PAUSE * (0.2 + 0.8 * random.random())  # noqa: S311  (no secret hangs on it)
    if store.client.deadline.left() < pause + _LOOK:
        message = f"{store.profile.query}: another load is putting a release in place, until {until} at the latest"
        raise StoreError(message)
    time.sleep(pause)
