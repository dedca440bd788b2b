"""Receipts: what a store holds, and what was done to it, as text and as JSON."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from ivig_kg.findings import in_json
from ivig_kg.stores import catalog
from ivig_kg.stores.catalog import Catalog, Copy
from ivig_kg.stores.contents import Release
from ivig_kg.stores.profiles import Profile, Swap
from ivig_kg.stores.upgrade import Change


def receipt(change: Change, *, action: str, profile: Profile, swap: Swap, begun: str) -> bytes:
    """Return what was done to a store, as JSON.

    Args:
        change: What was done.
        action: `load` or `rollback`.
        profile: The addresses of the store.
        swap: How the release took its place.
        begun: When, in UTC.
    """
    seen = {one.name: one.seen for one in change.verified}
    graphs = [
        {"name": p.name, "graph": p.place, "triples": p.triples, "valueDigest": p.digest, "compared": seen[p.name]}
        for p in change.live.parts
    ]
    content = {
        "action": action,
        "store": {"profile": profile.name, "query": profile.query, "update": profile.update, "graphs": profile.graphs},
        "begun": begun,
        "ended": catalog.now(),
        "swap": swap.value,
        "guarantee": profile.guarantee(swap),
        "live": {**described(change.live), "graphs": graphs},
        "before": described(change.before) if change.before else None,
        "tool": f"ivig-kg {importlib.metadata.version('ivig-kg')}",
    }
    return in_json(content).encode("utf-8")


def planned(new: Copy | Release, *, swap: Swap, step: str) -> str:
    """Return what would be done, for a program; `step` is where it would begin: `stage` or `swap`."""
    release = {"version": new.version, "rdfc10": new.checksum, "triples": new.triples}
    return in_json({"would": step, "swap": swap.value, "release": release, "written": False})


def described(copy: Copy) -> dict[str, Any]:
    """Return a release in the store for a program."""
    return {"release": copy.iri, "version": copy.version, "rdfc10": copy.checksum, "triples": copy.triples}


def status(found: Catalog, *, form: str) -> str:
    """Return what a store holds, as `text` or `json`: the live release, those that are kept, loads under way."""
    previous = found.live.previous if found.live else None
    kept = sorted((c for c in found.copies.values() if c.iri != found.current), key=lambda c: c.issued, reverse=True)
    if form == "json":
        content = {
            "live": _with_graphs(found.live) if found.live else None,
            "rollback": previous if previous in found.copies else None,
            "kept": [_with_graphs(copy) for copy in kept],
            "unfinished": dict(sorted(found.unfinished.items())),
        }
        return in_json(content)
    lines = [f"live      {_dated(found.live)}" if found.live else "live      none: no release was loaded here"]
    lines += [f"          {p.name:10} {p.triples:>9,}  <{p.place}>" for p in (found.live.parts if found.live else ())]
    lines += [
        f"kept      {_dated(copy)}" + (", to which --rollback goes" if copy.iri == previous else "") for copy in kept
    ]
    for iri, until in sorted(found.unfinished.items()):
        state = "is under way" if not catalog.is_over(until) else "died; --prune N drops what it left"
        lines.append(f"load      of {catalog.unfinished(iri).version} {state}")
    return "".join(f"{line}\n" for line in lines)


def _with_graphs(copy: Copy) -> dict[str, Any]:
    return {**described(copy), "loaded": copy.issued, "graphs": {part.name: part.place for part in copy.parts}}


def _dated(copy: Copy) -> str:
    return f"{catalog.counted(copy)}, loaded {copy.issued[:19]}Z"
