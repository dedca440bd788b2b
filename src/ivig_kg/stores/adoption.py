"""Adoption: graphs that were put under the fixed names by other means become a release that can be gone back to."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ivig_kg import export, runs
from ivig_kg.errors import StoreError
from ivig_kg.resources import GRAPHS
from ivig_kg.stores import catalog, claims, values
from ivig_kg.stores.catalog import Catalog
from ivig_kg.stores.contents import NAMES, Graph, Release
from ivig_kg.stores.store import Store

VERSION = "unregistered"
MOST = 2_000_000  # triples that may have been loaded by other means
_AT_ONCE = 5_000


def adopt(store: Store, *, tell: Callable[[str], None]) -> Catalog:
    """Note what stands under the fixed names as a release of its own, and return the catalog then.

    Nothing is noted where nothing stands there, or a release that the catalog knows.

    Raises:
        StoreError: The store refused, broke off or took too long, or there is too much.
    """
    with claims.held(store) as known:
        lines: list[bytes] = []
        graphs = [_read(store, local, lines) for local in NAMES]
        checksum = export.fingerprints(sorted(set(lines)))["dataset"]
        if not lines or known.fixed() or known.by_checksum(checksum):
            return known
        found = catalog.entry(Release(VERSION, checksum, tuple(graphs)), previous=None).placed(fixed=True)
        pointer = [] if known.current else [catalog.pointer(found)]
        catalog.insert(store, [*catalog.statements(found), *pointer], doing="note what was loaded by other means")
        tell(f"noted     {found.triples:,} triples that stand under the fixed names, to go back to")
        return catalog.read(store)


def _read(store: Store, name: str, lines: list[bytes]) -> Graph:
    """Return a graph that stands under its fixed name, and add its lines to those of the dataset."""
    triples = store.get(GRAPHS + name, doing=f"give back the graph {name}")
    keys: set[str] = set()
    while some := list(itertools.islice(triples, _AT_ONCE)):
        keys |= values.keys(some)
        lines += runs.lines(some, GRAPHS + name)
        if len(lines) > MOST:
            message = (
                f"{store.profile.graphs}: more than {MOST:,} triples stand under the fixed names, and no catalog says "
                "of which release; drop their graphs, or leave them alone with --swap pointer"
            )
            raise StoreError(message)
    return Graph(name, b"", frozenset(keys))
