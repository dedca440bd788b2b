"""Swaps: a release that stands whole in the store is made the live one."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Iterator

import pyoxigraph as ox

from ivig_kg.errors import StoreError
from ivig_kg.resources import GRAPHS
from ivig_kg.stores import catalog, contents, values
from ivig_kg.stores.catalog import Catalog, Copy, Part
from ivig_kg.stores.client import NoAnswerError
from ivig_kg.stores.profiles import Swap
from ivig_kg.stores.store import CATALOG, Store


def apply(store: Store, new: Copy, *, known: Catalog, swap: Swap) -> Copy:
    """Make a release the live one, and return it with its graphs where they stand then.

    Args:
        store: The store.
        new: The release; the catalog has it.
        known: The catalog as it is now.
        swap: How.

    Raises:
        StoreError: The store refused, or its answer did not arrive.
    """
    if swap is Swap.MOVE:
        return _move(store, new, known)
    if swap is Swap.POINTER:
        _point(store, new, known.current)
        return new
    _put(store, new, known)
    with _answerable():
        _point(store, new, known.current)
    return new


def require_room(store: Store, new: Copy, *, known: Catalog, swap: Swap) -> None:
    """Look whether a release that leaves the fixed names would be moved over something; see `apply`.

    Raises:
        StoreError: It would: what stands aside may be all that there is of it, and another release in its place.
    """
    standing = known.fixed()
    if swap is Swap.POINTER or standing is None or standing.iri == new.iri:
        return
    for part in standing.parts:
        if part.place != part.iri and _is_there(store, part.iri, "show where the former release stands"):
            message = (
                f"{store.profile.graphs}: release {standing.version} is noted under the fixed names, but a graph of it "
                f"stands aside, <{part.iri}>, over which nothing is moved: load with --swap pointer"
            )
            raise StoreError(message)


def require_whole(store: Store, new: Copy, *, swap: Swap) -> None:
    """Look whether a release that is put under the fixed names is given back in whole; see `apply`.

    Raises:
        StoreError: It is not.
    """
    for part in new.parts if swap is Swap.PUT else ():
        _whole(store, part)


def restore(store: Store, new: Copy, *, known: Catalog, swap: Swap) -> None:
    """Undo a swap, or as much of it as was done, by looking where the graphs stand.

    Args:
        store: The store.
        new: The release that was to be the live one, as it stood before.
        known: The catalog as it was before.
        swap: How it was done.

    Raises:
        StoreError: The store refused.
    """
    standing, live = known.fixed(), known.live
    moved = standing if standing and standing.iri != new.iri else None
    steps = _moves_back(store, new, moved) if swap is not Swap.POINTER else []
    gone = [*catalog.statements(new.placed(fixed=True)), catalog.pointer(new)]
    gone += catalog.statements(moved.placed(fixed=False)) if moved else []
    come = [*catalog.statements(new), *(catalog.statements(moved) if moved else [])]
    come += [catalog.pointer(live)] if live else []
    if swap is Swap.POINTER:
        if live:
            _point(store, live, new.iri)
        else:
            catalog.delete(store, [catalog.pointer(new)], doing="take the release back")
        return
    store.update(_update(steps, gone, come), doing="put the former release back", patience=None)
    if swap is Swap.PUT:
        if live and not moved:
            _put(store, live, dataclasses.replace(known, current=new.iri))
            return
        for name in sorted({part.name for part in new.parts} - {part.name for part in (moved.parts if moved else ())}):
            store.drop(GRAPHS + name, doing=f"drop the graph {name}")


def _moves_back(store: Store, new: Copy, moved: Copy | None) -> list[str]:
    """Return what moves graphs back to where they stood before a swap."""
    doing = "show which graphs it has moved"
    away = {part.name for part in moved.parts if _is_there(store, part.iri, doing)} if moved else set()
    steps = []
    for part in new.parts:
        stands = moved is None or part.name in away
        if stands and part.place == part.iri and not _is_there(store, part.iri, doing):
            steps.append(f"MOVE SILENT GRAPH <{GRAPHS}{part.name}> TO GRAPH <{part.iri}>")
    steps += [f"MOVE GRAPH <{p.iri}> TO GRAPH <{p.place}>" for p in (moved.parts if moved else ()) if p.name in away]
    return steps


@contextlib.contextmanager
def _answerable() -> Iterator[None]:
    """Take a request without an answer for one that failed: nothing that can be put back becomes another by it later.

    Not so a graph that is put: done late, it would take the place of one that was moved back.
    """
    try:
        yield
    except NoAnswerError as error:
        raise StoreError(str(error)) from error


def _whole(store: Store, part: Part) -> list[ox.Triple]:
    """Return the triples of a graph, which are those that were compared before: no more than two of each value.

    Raises:
        StoreError: The store gives back others, or not all: some cut what they give.
    """
    given = store.get(part.place, doing=f"give back the graph {part.name}")
    triples = list(itertools.islice(given, 2 * part.triples + 1))
    keys = values.keys(triples)
    if (len(keys), values.digest(keys)) != (part.triples, part.digest) or len(triples) > 2 * part.triples:
        told = f"{len(keys):,} of" if len(keys) <= part.triples else "more than"
        message = (
            f"{store.profile.graphs}: it does not give back the graph {part.name} as it was compared, but {told} "
            f"{part.triples:,} triples; load with --swap pointer"
        )
        raise StoreError(message)
    return triples


def _is_there(store: Store, graph: str, doing: str) -> bool:
    return next(store.get(graph, doing=doing), None) is not None


def _point(store: Store, new: Copy, current: str | None) -> None:
    """Let the pointer name another release: one triple for another in one operation.

    It does nothing where the catalog has forgotten the release meanwhile, so that a request that a store
    carries out late does no harm.
    """
    known = f"<{new.iri}> <{catalog.VERSION}> ?version ."
    if current is None:
        other = f"FILTER NOT EXISTS {{ <{catalog.DATASET}> <{catalog.CURRENT}> ?other }}"
        text = f"INSERT {{ {catalog.pointer(new)} }} WHERE {{ {known} {other} }}"
    else:
        old = catalog.pointer(current)
        text = f"DELETE {{ {old} }} INSERT {{ {catalog.pointer(new)} }} WHERE {{ {known} {old} }}"
    store.update(f"WITH <{CATALOG}> {text}", doing="point at the new release")


def _move(store: Store, new: Copy, known: Catalog) -> Copy:
    """Move the graphs under the fixed names, and those that stand there under their version, in one request."""
    standing, placed = known.fixed(), new.placed(fixed=True)
    steps, gone, come = _vacating(standing) if standing and standing.iri != new.iri else ([], [], [])
    if not standing:
        steps = [f"DROP SILENT GRAPH <{GRAPHS}{part.name}>" for part in new.parts]
    steps += _moves(new, placed)
    gone += [*catalog.statements(new), *([catalog.pointer(known.current)] if known.current else [])]
    come += [*catalog.statements(placed), catalog.pointer(new)]
    store.update(_update(steps, gone, come), doing="move the new release into place", patience=None)
    return placed


def _vacating(standing: Copy) -> tuple[list[str], list[str], list[str]]:
    """Return what moves a release from the fixed names, and the triples of the catalog that go and come with it."""
    away = standing.placed(fixed=False)
    return _moves(standing, away, silent=True), catalog.statements(standing), catalog.statements(away)


def _moves(copy: Copy, to: Copy, *, silent: bool = False) -> list[str]:
    """Return the operations that move the graphs of a release, `silent` where one may be missing; an empty one may."""
    return [
        f"MOVE {'SILENT ' if silent or not one.triples else ''}GRAPH <{one.place}> TO GRAPH <{other.place}>"
        for one, other in zip(copy.parts, to.parts, strict=True)
        if one.place != other.place
    ]


def _update(steps: list[str], gone: list[str], come: list[str]) -> str:
    return " ;\n".join([*steps, catalog.deleting(gone), catalog.inserting(come)])


def _put(store: Store, new: Copy, known: Catalog) -> None:
    """Put the graphs under the fixed names, one after another; what stood there is kept under its version."""
    standing, live = known.fixed(), known.live
    if standing and standing.iri == new.iri:
        return
    if standing:
        store.update(_update(*_vacating(standing)), doing="keep the former release", patience=None)
    for part in new.parts:
        _replace(store, part)
    for name in sorted({p.name for p in live.parts} - {p.name for p in new.parts} if live else set()):
        store.drop(GRAPHS + name, doing=f"drop the graph {name}")


def _replace(store: Store, part: Part) -> None:
    """Put a graph in the place of the one under its fixed name, and look whether it stands there."""
    with _answerable():
        triples = _whole(store, part)
    store.put(GRAPHS + part.name, contents.serialized(triples), doing=f"replace the graph {part.name}")
    with _answerable():
        back = store.get(GRAPHS + part.name, doing=f"give back the graph {part.name}")
        found = values.keys(back, most=part.triples)
    if told := values.difference(values.keys(triples), found):
        message = f"{store.profile.graphs}: it did not replace the graph {part.name} by what it was sent: {told}"
        raise StoreError(message)
