"""Nodes: what a facts file holds once it is read, every key and value with its place."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterator

from ivig_kg.findings import Finding, Position


@dataclasses.dataclass(frozen=True, slots=True)
class Scalar:
    """A string as typed; `plain` is False where it stood between quotation marks or in a block."""

    text: str
    position: Position
    plain: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """A YAML sequence."""

    items: tuple[Node, ...]
    position: Position


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: Node

    @property
    def values(self) -> tuple[Node, ...]:
        """The value, or the values of a list."""
        return self.value.items if isinstance(self.value, Listing) else (self.value,)


@dataclasses.dataclass(frozen=True, slots=True)
class Mapping:
    """A YAML mapping: a fact, a concept, a source or a passage."""

    entries: tuple[Entry, ...]
    position: Position

    def get(self, key: str) -> Scalar | None:
        """Return the scalar under a key, or None where there is none."""
        for entry in self.entries:
            if entry.key.text == key and isinstance(entry.value, Scalar):
                return entry.value
        return None

    def text(self, key: str) -> str:
        """Return the text under a key; empty where there is none."""
        found = self.get(key)
        return found.text if found else ""

    def scalars(self, *keys: str) -> list[Scalar]:
        """Return every value under some keys; nested nodes are left aside."""
        return [v for e in self.entries if e.key.text in keys for v in e.values if isinstance(v, Scalar)]

    @property
    def name(self) -> str | None:
        """What a reader calls this node: its label, or its id."""
        found = self.get("label") or self.get("id")
        return found.text if found else None


Node = Scalar | Listing | Mapping


@dataclasses.dataclass(frozen=True)
class Document:
    """One facts file.

    Attributes:
        path: The file's name as it is shown.
        lines: Its text by lines, for excerpts.
        nodes: The items of its list; empty where the file cannot be read.
        findings: Why it cannot be read; empty where it can.
        ids: Ids that a file which cannot be read seems to define, so that others may refer to them.
        line: The line of a file with many documents that it is; 0 where it is a file of its own.
    """

    path: str
    lines: tuple[str, ...]
    nodes: tuple[Node, ...]
    findings: tuple[Finding, ...] = ()
    ids: frozenset[str] = frozenset()
    line: int = 0

    @property
    def name(self) -> str:
        """What tells it from every other document: the name of its file, with the line where it is one."""
        return named(self.path, self.line)

    @property
    def first(self) -> int:
        """The number of its first line."""
        return max(1, self.line)

    @functools.cached_property
    def mappings(self) -> tuple[Mapping, ...]:
        """Every mapping in it, outer before inner, in the order of the file."""
        return tuple(_mappings(self.nodes))


def _mappings(nodes: tuple[Node, ...]) -> Iterator[Mapping]:
    for node in nodes:
        if isinstance(node, Mapping):
            yield node
            yield from _mappings(tuple(e.value for e in node.entries if not isinstance(e.value, Scalar)))
        elif isinstance(node, Listing):
            yield from _mappings(node.items)


def named(path: str, line: int) -> str:
    """Return the name of a document: that of its file, with the line where it is one of many."""
    return f"{path}:{line}" if line else path


def without(document: Document, ids: Collection[str]) -> Document:
    """Return a document without the nodes that have one of some ids, nested ones too."""
    return dataclasses.replace(document, nodes=_kept(document.nodes, ids))


def _kept(nodes: tuple[Node, ...], ids: Collection[str]) -> tuple[Node, ...]:
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Mapping):
            name = node.get("id")
            if name is None or name.text not in ids:
                inner = ((e, _kept((e.value,), ids)) for e in node.entries)
                entries = tuple(dataclasses.replace(e, value=value[0]) for e, value in inner if value)
                kept.append(dataclasses.replace(node, entries=entries))
        elif isinstance(node, Listing):
            items = _kept(node.items, ids)
            if items or not node.items:
                kept.append(dataclasses.replace(node, items=items))
        else:
            kept.append(node)
    return tuple(kept)
