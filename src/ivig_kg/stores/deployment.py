"""Deployment: what `load` does with a store, from the release in a folder to the receipt in a file."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ivig_kg import writing
from ivig_kg.errors import OutputError, UsageError
from ivig_kg.findings import printable
from ivig_kg.stores import catalog, contents, pruning, receipts, upgrade
from ivig_kg.stores.profiles import Swap
from ivig_kg.stores.store import Store


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """How a store is changed: by which swap, where the receipt goes, whether anything is written at all."""

    swap: Swap
    receipt: Path
    dry: bool
    form: str
    tell: Callable[[str], None]


def load(store: Store, folder: Path, plan: Plan) -> str:
    """Put the release of a folder into a store, and return the receipt as it is printed.

    Raises:
        FactsError: There is no release in the folder.
        StoreError, UsageError: See `upgrade.load`.
        OutputError: The receipt cannot be written; where it could not be begun, nothing was done.
    """
    begun, plan = catalog.now(), _careful(store, plan)
    release = contents.read(folder)
    plan.tell(f"release   {catalog.counted(release)}")
    if plan.dry:
        return _planned(store, plan, release)
    _receivable(plan.receipt, folder)
    with _stopped(store, plan):
        change = upgrade.load(store, release, swap=plan.swap, tell=plan.tell)
        return _received(store, plan, change, action="load", begun=begun)


def rollback(store: Store, plan: Plan) -> str:
    """Make the release live again that was live before; see `load`."""
    begun, plan = catalog.now(), _careful(store, plan)
    if plan.dry:
        former = upgrade.former(store, catalog.read(store))
        said = f"would go back to {catalog.counted(former)} by {plan.swap.value}; nothing was written\n"
        if plan.form == "text":
            return store.hidden(said)
        return receipts.planned(former, swap=plan.swap, step="swap", hide=store.hidden)
    _receivable(plan.receipt)
    with _stopped(store, plan):
        change = upgrade.rollback(store, swap=plan.swap, tell=plan.tell)
        return _received(store, plan, change, action="rollback", begun=begun)


@contextlib.contextmanager
def _stopped(store: Store, plan: Plan) -> Iterator[None]:
    """Say so where somebody ends the program once the store was asked to swap: nobody looks at what came of it."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if store.swapping:
            plan.tell(
                "stopped   once the store was asked to swap: ask with --status what is live; a receipt may be missing"
            )
        raise


def prune(store: Store, keep: int, plan: Plan) -> None:
    """Drop all but some of the releases that are not live; see `pruning.prune`."""
    plan = _careful(store, plan)
    if plan.dry:
        for copy in pruning.prunable(catalog.read(store), keep):
            plan.tell(f"would drop {pruning.pruned(copy)}")
        plan.tell("nothing was written")
        return
    dropped = pruning.prune(store, keep, tell=plan.tell)
    if not dropped:
        plan.tell("there was nothing to drop")


def status(store: Store, plan: Plan) -> str:
    """Return what a store holds."""
    return receipts.status(catalog.read(store), form=plan.form, hide=store.hidden)


def _careful(store: Store, plan: Plan) -> Plan:
    """Return a plan that tells no secret: a store may name its releases as it likes."""
    return dataclasses.replace(plan, tell=lambda line: plan.tell(store.hidden(line)))


def _planned(store: Store, plan: Plan, release: contents.Release) -> str:
    """Return what a load would do, after the look at the store with which it begins."""
    store.require_writable()
    known = catalog.read(store)
    upgrade.refuse_live(store, known, release)
    kept = known.by_checksum(release.checksum)
    if plan.form == "json":
        return receipts.planned(release, swap=plan.swap, step="swap" if kept else "stage", hide=store.hidden)
    live = f"{catalog.counted(known.live)} is live" if known.live else "no release is live"
    names = ", ".join(graph.name for graph in release.graphs)
    begin = (
        "compare what the store has of it" if kept else f"stage {len(release.graphs)} graphs ({names}), compare them"
    )
    return store.hidden(
        f"{live} there now\nwould {begin}, and swap by {plan.swap.value}: {store.profile.guarantee(plan.swap)}\n"
        "nothing was written\n"
    )


def _receivable(receipt: Path, folder: Path | None = None) -> None:
    """Look whether a receipt can be written afterwards.

    Args:
        receipt: The file.
        folder: The folder of the release.

    Raises:
        UsageError: It is a file of the release.
        OutputError: It could not be written.
    """
    place = Path(os.path.realpath(receipt))  # a link stays, and what it leads to is written
    if folder and place.parent == Path(os.path.realpath(folder)) and place.name in contents.names(folder):
        message = f"{receipt}: this is a file of the release; name another one for the receipt"
        raise UsageError(message)
    try:
        there = place.exists()
        if there and not place.is_file() and not place.is_dir():
            return  # a device or a pipe; writing to it tells
        with place.open("ab"):
            pass
        if not there:
            place.unlink()
    except OSError as error:
        message = f"{receipt}: the receipt cannot be written there: {error.strerror}; nothing was loaded"
        raise OutputError(message) from error


def _received(store: Store, plan: Plan, change: upgrade.Change, *, action: str, begun: str) -> str:
    """Write the receipt, and return what is printed of it."""
    data = receipts.receipt(
        change, action=action, profile=store.profile, swap=plan.swap, begun=begun, hide=store.hidden
    )
    live = catalog.counted(change.live)
    try:
        writing.save(plan.receipt, data)
    except OutputError as error:
        message = f"{live} is live now, but its receipt was not written: {error}"
        raise OutputError(message) from error
    if plan.form == "json":
        return data.decode("utf-8")
    before = f"; before it was {catalog.counted(change.before)}" if change.before else ""
    kept = printable(str(plan.receipt))
    said = f"live now  {live}{before}\n          {store.profile.guarantee(plan.swap)}\n          receipt: {kept}\n"
    return store.hidden(said)
