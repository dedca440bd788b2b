"""Pruning: releases that are not live any more, and what loads that died left behind, are dropped."""

from __future__ import annotations

from collections.abc import Callable

from ivig_kg.errors import StoreError
from ivig_kg.stores import catalog, claims
from ivig_kg.stores.catalog import Catalog, Copy
from ivig_kg.stores.store import Store


def prune(store: Store, keep: int, *, tell: Callable[[str], None]) -> list[Copy]:
    """Drop releases that are not live, all but the newest, and what loads that died left behind.

    Args:
        store: The store.
        keep: How many releases stay besides the live one; the one that was live before it is the first of them.
        tell: Called with a line after each release that was dropped.

    Raises:
        UsageError: The profile lacks an address that is written to.
        StoreError: The store refused, broke off or took too long.
    """
    store.require_writable()
    with claims.held(store) as known:
        found = prunable(known, keep)
        for copy in found:
            forget(store, known, copy)
            tell(f"dropped   {pruned(copy)}")
        for iri, until in known.unfinished.items():
            if catalog.is_over(until, skew=claims.SKEW):
                left = catalog.unfinished(iri)
                forget(store, known, left)
                found.append(left)
                tell(f"dropped   what a load of {left.version} left behind")
    return found


def prunable(known: Catalog, keep: int) -> list[Copy]:
    """Return the releases that are dropped where some are kept besides the live one; see `prune`."""
    previous = known.live.previous if known.live else None
    others = [copy for copy in known.copies.values() if copy.iri != known.current]
    others.sort(key=lambda copy: (copy.iri == previous, copy.issued, copy.iri), reverse=True)
    return others[keep:]


def forget(store: Store, known: Catalog, copy: Copy) -> None:
    """Drop a release: first nothing can point at it any more, then its graphs go, then the note that they are left.

    Raises:
        StoreError: It is live, or the store refused, broke off or took too long.
    """
    note = catalog.valid(copy.iri, known.unfinished.get(copy.iri, catalog.now()))
    doing = f"forget {copy.version}"
    catalog.insert(store, [note], doing=doing)
    catalog.forget(store, copy, doing=doing)
    if copy.iri in catalog.read(store).copies:
        catalog.finish(store, copy.iri, doing=doing)
        message = (
            f"{store.profile.query}: {catalog.counted(copy)} was not dropped: it is live, or the store keeps its entry"
        )
        raise StoreError(message)
    if links := [catalog.link(c.iri, copy.iri) for c in known.copies.values() if c.previous == copy.iri]:
        catalog.delete(store, links, doing=doing)
    for graph in sorted({part.iri for part in copy.parts} | {part.place for part in copy.parts}):
        store.drop(graph, doing=doing)
    catalog.finish(store, copy.iri, doing=doing)


def pruned(copy: Copy) -> str:
    """Return in words what is dropped with a release."""
    fixed = any(part.place != part.iri for part in copy.parts)
    return catalog.counted(copy) + (", which stood under the fixed names: these are empty then" if fixed else "")
