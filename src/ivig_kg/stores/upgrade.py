"""Upgrade: a release is staged beside the live one, compared, put in its place and verified, or nothing changes."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator

from ivig_kg.errors import StoreError, UsageError
from ivig_kg.stores import adoption, catalog, claims, swaps, verification
from ivig_kg.stores.catalog import Catalog, Copy
from ivig_kg.stores.client import NoAnswerError
from ivig_kg.stores.contents import Release
from ivig_kg.stores.profiles import Swap
from ivig_kg.stores.store import Store

TIDYING = 6.0  # seconds to clean up after a load that failed, whatever its deadline
Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What happened to a store: the release that is live now, the one before, and and how it was verified."""

    live: Copy
    before: Copy | None
    verified: tuple[verification.Compared, ...]


def load(store: Store, release: Release, *, swap: Swap, tell: Tell) -> Change:
    """Put a release into a store and make it the live one.

    Args:
        store: The store.
        release: The release.
        swap: How it takes the place of the one before.
        tell: Called with a line after each step.

    Raises:
        UsageError: The profile lacks an address that is written to.
        StoreError: The release is live there already; or the store refused, lied, broke off or took too long.
            What was live before is live then, unless the sentence says something else.
    """
    writable(store)
    known = catalog.read(store)
    if swap is not Swap.POINTER and not known.fixed():
        known = adoption.adopt(store, release, tell=tell)
    refuse_live(store, known, release)
    kept = known.by_checksum(release.checksum)
    if kept:
        compared = verification.kept(store, kept)
        tell(f"found     {counted(kept)}: it is in the store already, and was compared there")
        return _swap(store, kept, known, swap, compared, tell, previous=known.current)
    new = catalog.entry(release, previous=known.live)
    under_way = catalog.valid(new.iri, catalog.now(after=store.client.deadline.left()))
    with _tidied(store, new):
        catalog.insert(store, [under_way], doing="note that a load is under way")
        for part, graph in zip(new.parts, release.graphs, strict=True):
            store.put(part.iri, graph.data, doing=f"take the graph {part.name}")
        tell(f"staged    {counted(new)}")
        compared = verification.staged(store, new, release)
        tell(f"compared  {len(new.parts)} graphs, triple by triple")
        catalog.insert(store, catalog.statements(new), doing="note the new release")
        catalog.delete(store, [under_way], doing="note the new release")
        return _swap(store, new, known, swap, compared, tell, previous=new.previous)


def rollback(store: Store, *, swap: Swap, tell: Tell) -> Change:
    """Make the release live again that was live before.

    Raises:
        UsageError: The profile lacks an address that is written to.
        StoreError: There is none, or the store refused, lied, broke off or took too long.
    """
    writable(store)
    known = catalog.read(store)
    target = former(store, known)
    compared = verification.kept(store, target)
    tell(f"compared  {counted(target)} as it stands in the store")
    return _swap(store, target, known, swap, compared, tell, previous=target.previous)


def former(store: Store, known: Catalog) -> Copy:
    """Return the release that was live before the one that is live.

    Raises:
        StoreError: There is none.
    """
    live = known.live
    found = known.copies.get(live.previous) if live and live.previous else None
    if found is None:
        message = f"{store.profile.query}: there is no release to go back to"
        raise StoreError(message)
    return found


def prune(store: Store, keep: int, *, tell: Tell) -> list[Copy]:
    """Drop releases that are not live, all but the newest, and what loads that died left behind.

    Args:
        store: The store.
        keep: How many releases stay besides the live one; the one that was live before it is the first of them.
        tell: Called with a line after each release that was dropped.

    Raises:
        UsageError: The profile lacks an address that is written to.
        StoreError: The store refused, broke off or took too long.
    """
    writable(store)
    with claims.held(store):
        known = catalog.read(store)
        found = prunable(known, keep)
        for copy in found:
            known = catalog.read(store)
            if known.current == copy.iri:
                message = f"{store.profile.query}: {counted(copy)} was made live meanwhile, so it stays"
                raise StoreError(message)
            _forget(store, known, copy)
            tell(f"dropped   {counted(copy)}")
        for iri, until in known.unfinished.items():
            if until < catalog.now():
                left = catalog.unfinished(iri)
                _forget(store, known, left)
                found.append(left)
                tell(f"dropped   what a load of {left.version} left behind")
    return found


def prunable(known: Catalog, keep: int) -> list[Copy]:
    """Return the releases that are dropped where some are kept besides the live one; see `prune`."""
    previous = known.live.previous if known.live else None
    others = [copy for copy in known.copies.values() if copy.iri != known.current]
    others.sort(key=lambda copy: (copy.iri == previous, copy.issued, copy.iri), reverse=True)
    return others[keep:]


def _swap(
    store: Store,
    new: Copy,
    known: Catalog,
    swap: Swap,
    compared: tuple[verification.Compared, ...],
    tell: Tell,
    *,
    previous: str | None,
) -> Change:
    """Make a release that stands in the store the live one, verify it as readers see it, or take it back."""
    seen = known.current
    with claims.held(store, triples=new.triples):
        known = catalog.read(store)
        if known.current != seen:
            message = f"{store.profile.query}: another load has changed the release meanwhile; this one changed nothing"
            raise StoreError(message)
        standing = known.copies.get(new.iri)
        if standing is None:
            message = f"{store.profile.query}: the release was dropped meanwhile; nothing was changed"
            raise StoreError(message)
        if previous and previous != standing.previous:
            standing = _linked(store, standing, previous)
        placed = _applied(store, standing, known, swap)
        tell(f"swapped   by {swap.value}")
        try:
            verified = verification.public(store, placed, compared)
        except BaseException as error:
            _take_back(store, standing, known, swap, error)
            raise
        tell("verified  as readers see it")
    return Change(placed, known.live, verified)


def _linked(store: Store, copy: Copy, previous: str) -> Copy:
    """Note which release is live before another one is."""
    doing = "note what was live before"
    if copy.previous:
        catalog.delete(store, [catalog.link(copy.iri, copy.previous)], doing=doing)
    catalog.insert(store, [catalog.link(copy.iri, previous)], doing=doing)
    return dataclasses.replace(copy, previous=previous)


def _applied(store: Store, new: Copy, known: Catalog, swap: Swap) -> Copy:
    """Swap, and where the answer did not arrive look whether it was done."""
    try:
        store.swapping = True
        placed = swaps.apply(store, new, known=known, swap=swap)
    except StoreError as error:
        try:
            with store.client.given(TIDYING):
                found = catalog.read(store)
        except StoreError:
            message = f"{error}; whether it was done is not known: ask with --status"
            raise _UnknownError(message) from error
        if found.current == new.iri != known.current:
            store.swapping = False
            return found.copies[new.iri]
        if swap is Swap.MOVE and isinstance(error, NoAnswerError):
            message = f"{error}; it may do it yet: ask with --status, then load again"
            raise _UnknownError(message) from error
        store.swapping = False
        if swap is not Swap.POINTER:
            _take_back(store, new, known, swap, error)
        raise
    store.swapping = False
    return placed


class _UnknownError(StoreError):
    """Nobody knows whether the store has swapped, so nothing may be cleaned up."""


def _take_back(store: Store, new: Copy, known: Catalog, swap: Swap, error: BaseException) -> None:
    """Make the former release live again, since the new one is not what readers see.

    Raises:
        StoreError: It cannot be done either.
    """
    try:
        with store.client.given(TIDYING):
            swaps.restore(store, new, known=known, swap=swap)
            if known.live and swap is not Swap.POINTER:
                verification.kept(store, known.live)
    except StoreError as second:
        message = f"{error or 'interrupted'}; and the former release could not be put back: {second}"
        raise _UnknownError(message) from error


@contextlib.contextmanager
def _tidied(store: Store, new: Copy) -> Iterator[None]:
    """Leave nothing behind in the store of a load that does not end well, as far as it can be reached."""
    try:
        yield
    except _UnknownError:
        raise
    except BaseException:
        if store.swapping:  # interrupted in the middle: the store may carry it out yet
            raise
        with contextlib.suppress(StoreError), store.client.given(TIDYING), claims.held(store):
            found = catalog.read(store)
            if found.current != new.iri:
                _forget(store, found, new)
        raise


def _forget(store: Store, known: Catalog, copy: Copy) -> None:
    """Drop a release: first nothing can point at it any more, then its graphs go, then the note that they are left."""
    note = catalog.valid(copy.iri, known.unfinished.get(copy.iri, catalog.now()))
    later = [c for c in known.copies.values() if c.previous == copy.iri]
    said = [*catalog.statements(copy), *(catalog.link(c.iri, copy.iri) for c in later)]
    doing = f"forget {copy.version}"
    catalog.insert(store, [note], doing=doing)
    catalog.delete(store, said, doing=doing)
    for graph in sorted({part.iri for part in copy.parts} | {part.place for part in copy.parts}):
        store.drop(graph, doing=doing)
    catalog.delete(store, [note], doing=doing)


def writable(store: Store) -> None:
    """Raise UsageError where the profile lacks an address that is written to."""
    if store.profile.update is None or store.profile.graphs is None:
        message = f"the profile {store.profile.name} needs --update-url and --graph-store-url to change a store"
        raise UsageError(message)


def refuse_live(store: Store, known: Catalog, release: Release) -> None:
    """Raise StoreError where a release is live already."""
    if known.live and known.live.checksum == release.checksum:
        message = f"{store.profile.query}: {counted(known.live)} is live there already; nothing was changed"
        raise StoreError(message)


def counted(copy: Copy | Release) -> str:
    """Return a release in words: version, start of its checksum, triples."""
    return f"{copy.version} ({copy.checksum[:12]}, {copy.triples:,} triples)"
