"""Adoption: graphs that were put under the fixed names by other means become a release that can be gone back to."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from ivig_kg import export, runs
from ivig_kg.resources import GRAPHS
from ivig_kg.stores import catalog, claims, values
from ivig_kg.stores.catalog import Catalog
from ivig_kg.stores.contents import NAMES, Graph, Release
from ivig_kg.stores.store import Store

VERSION = "unregistered"


def adopt(store: Store, *, tell: Callable[[str], None]) -> Catalog:
    """Note what stands under the fixed names as a release of its own, and return the catalog then.

    Nothing is noted where nothing stands there, or a release that the catalog knows.

    Raises:
        StoreError: The store refused, broke off or took too long.
    """
    with claims.held(store) as known:
        graphs, quads = [], []
        for local in NAMES:
            name = GRAPHS + local
            triples = store.get(name, doing=f"give back the graph {local}")
            graphs.append(Graph(local, b"", values.keys(triples)))
            quads += [ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(name)) for t in triples]
        checksum = export.fingerprints(runs.of_quads(quads))["dataset"]
        if not quads or known.fixed() or known.by_checksum(checksum):
            return known
        found = catalog.entry(Release(VERSION, checksum, tuple(graphs)), previous=None).placed(fixed=True)
        pointer = [] if known.current else [catalog.pointer(found)]
        catalog.insert(store, [*catalog.statements(found), *pointer], doing="note what was loaded by other means")
        tell(f"noted     {found.triples:,} triples that were loaded by other means, to go back to")
        return catalog.read(store)
