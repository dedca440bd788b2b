"""Upgrade: a release is staged beside the live one, compared, put in its place and verified, or nothing changes."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator

from ivig_kg.errors import StoreError
from ivig_kg.stores import adoption, catalog, claims, deadlines, pruning, swaps, verification
from ivig_kg.stores.catalog import Catalog, Copy
from ivig_kg.stores.client import NoAnswerError
from ivig_kg.stores.contents import Release
from ivig_kg.stores.profiles import Swap
from ivig_kg.stores.store import Store

Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What happened to a store: the release that is live now, the one before, and how it was verified."""

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
        StoreError: The release is live there already; another load changed the release or holds a claim on the store;
            its catalog is damaged; there is too much under the fixed names, or something where the former release
            would be moved; or the store refused, lied, broke off or took too long. What was live before is live
            then, unless the sentence says something else.
    """
    store.require_writable()
    known = catalog.read(store)
    kept = _kept(store, known, release, tell)
    if swap is not Swap.POINTER and not known.fixed() and (adopted := adoption.adopt(store, tell=tell)) != known:
        known = adopted
        kept = kept or _kept(store, known, release, tell)
    before = _sound(known, release)
    if kept:
        previous = before.iri if before and before.iri != kept[0].iri else None
        return _swap(store, kept[0], known, swap, kept[1], tell, previous=previous)
    new = catalog.entry(release, previous=before)
    under_way = catalog.valid(new.iri, catalog.now(after=store.client.deadline.left()))
    with _tidied(store, new):
        catalog.insert(store, [under_way], doing="note that a load is under way")
        if new.iri not in catalog.read(store).unfinished:
            message = f"{store.profile.query}: it does not show what was written into its catalog; nothing was sent"
            raise StoreError(message)
        for part, graph in zip(new.parts, release.graphs, strict=True):
            store.put(part.iri, graph.data, doing=f"take the graph {part.name}")
        tell(f"staged    {catalog.counted(new)}")
        compared = verification.staged(store, new, release)
        tell(f"compared  {len(new.parts)} graphs, triple by triple")
        catalog.insert(store, catalog.statements(new), doing="note the new release")
        catalog.delete(store, [under_way], doing="note the new release")
        return _swap(store, new, known, swap, compared, tell, previous=new.previous)


def _kept(
    store: Store, known: Catalog, release: Release, tell: Tell
) -> tuple[Copy, tuple[verification.Compared, ...]] | None:
    """Return a release that the store has already, compared there; one that has changed is as good as none.

    Raises:
        StoreError: It is the live one.
    """
    for copy in known.by_checksum(release.checksum):
        try:
            compared = verification.kept(store, copy)
        except verification.ChangedError as error:
            tell(f"damaged   {error}; it is sent again")
            continue
        if copy.iri == known.current:
            refuse_live(store, known, release)
        tell(f"found     {catalog.counted(copy)}: it is in the store already, and was compared there")
        return copy, compared
    return None


def _sound(known: Catalog, release: Release) -> Copy | None:
    """Return the release to go back to: the live one, or the one before where it is the live one that is sent again."""
    if known.live and known.live.checksum == release.checksum:
        return known.copies.get(known.live.previous or "")
    return known.live


def rollback(store: Store, *, swap: Swap, tell: Tell) -> Change:
    """Make the release live again that was live before.

    Raises:
        UsageError: The profile lacks an address that is written to.
        StoreError: There is none, or it has changed; else see `load`.
    """
    store.require_writable()
    known = catalog.read(store)
    target = former(store, known)
    compared = verification.kept(store, target)
    tell(f"compared  {catalog.counted(target)} as it stands in the store")
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
    with claims.held(store) as now:
        if now.current != known.current:
            message = f"{store.profile.query}: another load has changed the release meanwhile; this one changed nothing"
            raise StoreError(message)
        standing = now.copies.get(new.iri)
        if standing is None:
            message = f"{store.profile.query}: the release was dropped meanwhile; nothing was changed"
            raise StoreError(message)
        swaps.require_room(store, standing, known=now, swap=swap)
        swaps.require_whole(store, standing, swap=swap)
        if previous and previous != standing.previous:
            standing = _linked(store, standing, previous)
        placed = _applied(store, standing, now, swap)
        tell(f"swapped   by {swap.value}")
        try:
            verified = verification.public(store, placed, compared)
        except BaseException as error:
            _take_back(store, standing, now, swap, error)
            raise
        tell("verified  as readers see it")
    return Change(placed, now.live, verified)


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
        return swaps.apply(store, new, known=known, swap=swap)
    except (KeyboardInterrupt, SystemExit) as error:
        if swap is Swap.PUT and not known.fixed():  # else a graph that is put late would take the place of the former
            _take_back(store, new, known, swap, error)
        raise
    except StoreError as error:
        try:
            with _tidying(store):
                found = catalog.read(store)
        except StoreError:
            message = f"{error}; whether it was done is not known: ask with --status"
            raise _UnknownError(message) from error
        if found.current == new.iri != known.current:
            return found.copies[new.iri]
        moves = swap is Swap.MOVE or (swap is Swap.PUT and known.fixed() is not None)
        if moves and isinstance(error, NoAnswerError):
            message = f"{error}; it may do it yet: ask with --status, then load again"
            raise _UnknownError(message) from error
        store.swapping = False
        if swap is not Swap.POINTER:
            _take_back(store, new, known, swap, error)
        raise


class _UnknownError(StoreError):
    """Nobody knows whether the store has swapped, so nothing may be cleaned up."""


def _take_back(store: Store, new: Copy, known: Catalog, swap: Swap, error: BaseException) -> None:
    """Make the former release live again, since the new one is not what readers see.

    Raises:
        StoreError: It cannot be done either.
    """
    try:
        with _tidying(store):
            swaps.restore(store, new, known=known, swap=swap)
            if known.live and swap is not Swap.POINTER:
                verification.kept(store, known.live)
        store.swapping = False
    except StoreError as second:
        how = "may not be put back yet" if isinstance(second, NoAnswerError) else "could not be put back"
        message = f"{error or 'interrupted'}; and the former release {how} (ask with --status): {second}"
        raise _UnknownError(message) from error


def _tidying(store: Store) -> contextlib.AbstractContextManager[None]:
    """Give time to clean up after a load that failed, whatever its deadline; some is kept to give a claim up."""
    return store.client.deadline.extended(deadlines.TIDYING - claims.FAREWELL)


@contextlib.contextmanager
def _tidied(store: Store, new: Copy) -> Iterator[None]:
    """Leave nothing behind in the store of a load that does not end well, as far as it can be reached."""
    try:
        yield
    except _UnknownError:
        raise
    except BaseException:
        if store.swapping:  # ended once it was asked to: the release may be live, or become so yet
            raise
        with contextlib.suppress(StoreError), _tidying(store), claims.held(store) as found:
            if found.current != new.iri:
                pruning.forget(store, found, new)
        raise


def refuse_live(store: Store, known: Catalog, release: Release) -> None:
    """Raise StoreError where a release is live already."""
    if known.live and known.live.checksum == release.checksum:
        message = f"{store.profile.query}: {catalog.counted(known.live)} is live there already; nothing was changed"
        raise StoreError(message)
