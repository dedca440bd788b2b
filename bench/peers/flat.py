"""Facts files as a flat list of nodes, for peers that read neither our YAML nor our context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from ivig_kg.schema import Form, Schema

Node = dict[str, Any]


def nodes(facts: Path, schema: Schema) -> Iterator[Node]:
    """Yield the nodes of all facts files, every value a text.

    A node that stands inside another one (a passage under its source) comes after it, and points to it instead.
    """
    for path in sorted(facts.rglob("*.yaml")):
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  (every value a text)
        yield from _flat(found or [], schema)


def texts(value: object) -> list[str]:
    """Return the values of a key, of which a file may write one alone."""
    return value if isinstance(value, list) else [str(value)]


def _flat(found: Iterable[Node], schema: Schema) -> Iterator[Node]:
    for node in found:
        inside = {name for name in node if name in schema.keys and schema.keys[name].form is Form.NODES}
        yield {name: value for name, value in node.items() if name not in inside}
        for name in inside:
            back = _forward(schema, schema.keys[name].iri)
            yield from _flat(({**inner, back: node["id"]} for inner in node[name]), schema)


def _forward(schema: Schema, iri: str) -> str:
    """Return the key that says what a reversed one says, from the other end."""
    return next(k.name for k in schema.keys.values() if k.iri == iri and k.form is not Form.NODES)
