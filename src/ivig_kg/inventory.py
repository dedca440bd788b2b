"""Inventory: what the files of a project define, by id, whether or not it is right."""

from __future__ import annotations

from collections.abc import Collection

from ivig_kg import facts, ids
from ivig_kg.errors import UsageError
from ivig_kg.findings import quoted
from ivig_kg.nodes import Mapping
from ivig_kg.resources import Project
from ivig_kg.spelling import is_slug, slug_of


class Inventory:
    """What the files of a project define."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.documents = [d for p in project.facts_files() for d in facts.documents(p, shown=project.shown(p))]
        self.by_id = {name.text: node for name, node in ids.defined(self.documents)}
        self.ids = frozenset(self.by_id).union(*(d.ids for d in self.documents))

    def of_type(self, kind: str) -> list[str]:
        """Return the ids of the nodes of a class, sorted."""
        return sorted(name for name, node in self.by_id.items() if node.text("type") == kind)

    def passages(self, source: str) -> dict[str, Mapping]:
        """Return the passages of a source by their ids."""
        under = [v for e in self.by_id[source].entries if e.key.text == "passages" for v in e.values]
        own = {name.text: v for v in under if isinstance(v, Mapping) and (name := v.get("id"))}
        return own | {name: node for name, node in self.by_id.items() if node.text("inSource") == source}

    def source_of(self, passage: str) -> str | None:
        """Return the source of a passage."""
        return next((s for s in self.of_type("Source") if passage in self.passages(s)), None)


def refuse_bad(name: str, taken: Collection[str]) -> None:
    """Refuse an id that is none, or is given already.

    Raises:
        UsageError: It is; the message says what to write.
    """
    if not is_slug(name):
        made = slug_of(name)
        hint = f"write `{made}`" if made else "write lower-case words joined by hyphens"
        message = f"{quoted(name)} is not an id; {hint}"
        raise UsageError(message)
    if name in taken:
        message = f"the id {quoted(name)} is given already"
        raise UsageError(message)
