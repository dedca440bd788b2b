"""Receipts: what a store holds, and what was done to it, as text and as JSON."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from ivig_kg.findings import in_json
from ivig_kg.stores import catalog
from ivig_kg.stores.catalog import Catalog, Copy
from ivig_kg.stores.contents import Release
from ivig_kg.stores.credentials import Hide
from ivig_kg.stores.profiles import Profile, Swap
from ivig_kg.stores.upgrade import Change


def receipt(change: Change, *, action: str, profile: Profile, swap: Swap, begun: str, hide: Hide) -> bytes:
    """Return what was done to a store, as JSON.

    Args:
        change: What was done.
        action: `load` or `rollback`.
        profile: The addresses of the store.
        swap: How the release took its place.
        begun: When, in UTC.
        hide: Takes the secrets of who asks out of a text: the store may repeat them in what it says of its releases.
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
        "live": _without({**described(change.live), "graphs": graphs}, hide),
        "before": _without(described(change.before), hide) if change.before else None,
        "tool": f"ivig-kg {importlib.metadata.version('ivig-kg')}",
    }
    return in_json(content).encode("utf-8")


def planned(new: Copy | Release, *, swap: Swap, step: str, hide: Hide) -> str:
    """Return what would be done, for a program; `step` is where it would begin: `stage` or `swap`; see `receipt`."""
    release = {"version": new.version, "rdfc10": new.checksum, "triples": new.triples}
    return in_json({"would": step, "swap": swap.value, "release": _without(release, hide), "written": False})


def described(copy: Copy) -> dict[str, Any]:
    """Return a release in the store for a program."""
    return {"release": copy.iri, "version": copy.version, "rdfc10": copy.checksum, "triples": copy.triples}


def status(found: Catalog, *, form: str, hide: Hide) -> str:
    """Return what a store holds, as `text` or `json`: the live release, those that are kept, loads under way.

    No secret is in it; see `receipt`.
    """
    previous = found.live.previous if found.live else None
    kept = sorted((c for c in found.copies.values() if c.iri != found.current), key=lambda c: c.issued, reverse=True)
    if form == "json":
        content = {
            "live": _with_graphs(found.live) if found.live else None,
            "rollback": previous if previous in found.copies else None,
            "kept": [_with_graphs(copy) for copy in kept],
            "unfinished": dict(sorted(found.unfinished.items())),
        }
        return in_json(_without(content, hide))
    lines = [f"live      {_dated(found.live)}" if found.live else "live      none: no release was loaded here"]
    lines += [f"          {p.name:10} {p.triples:>9,}  <{p.place}>" for p in (found.live.parts if found.live else ())]
    lines += [
        f"kept      {_dated(copy)}" + (", to which --rollback goes" if copy.iri == previous else "") for copy in kept
    ]
    for iri, until in sorted(found.unfinished.items()):
        state = "is under way" if not catalog.is_over(until) else "died; --prune N drops what it left"
        lines.append(f"load      of {catalog.unfinished(iri).version} {state}")
    return "".join(f"{hide(line)}\n" for line in lines)


def _without(content: Any, hide: Hide) -> Any:
    """Return what JSON can hold without the secrets in its texts; the names of its fields are ours, or addresses."""
    if isinstance(content, dict):
        return {hide(key) if "/" in key else key: _without(one, hide) for key, one in content.items()}
    if isinstance(content, list):
        return [_without(one, hide) for one in content]
    return hide(content) if isinstance(content, str) else content


def _with_graphs(copy: Copy) -> dict[str, Any]:
    return {**described(copy), "loaded": copy.issued, "graphs": {part.name: part.place for part in copy.parts}}


def _dated(copy: Copy) -> str:
    return f"{catalog.counted(copy)}, loaded {copy.issued[:19]}Z"
