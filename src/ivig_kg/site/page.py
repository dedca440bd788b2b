"""A page: where it is, its template, and what the template is given; and the pages that every page leads to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

NAV = (
    ("Start", "index.html"),
    ("Medicines", "medicines.html"),
    ("Compare", "compare/index.html"),
    ("Concepts", "concepts.html"),
    ("Sources", "sources.html"),
    ("Vocabulary", "vocabulary.html"),
    ("Rules", "rules/index.html"),
    ("Quality", "quality.html"),
    ("SPARQL", "sparql.html"),
    ("Changes", "changes.html"),
    ("Downloads", "downloads.html"),
)
STATIC = Path(__file__).parent / "static"


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        path: Where it is in the site.
        template: The name of its template.
        content: What the template is given.
        nodes: What it lists, by IRI, where it is the page of no single node.
    """

    path: str
    template: str
    content: Mapping[str, Any]
    nodes: Sequence[str] = ()

    @property
    def root(self) -> str:
        """The way from the page to the folder of the site, so that it is found from a file too."""
        return "../" * (len(PurePosixPath(self.path).parts) - 1)


def listing(path: str, title: str, groups: list[Any], *, nodes: Sequence[str] = ()) -> Page:
    """Return a page of links under headings."""
    return Page(path, "list.html", {"title": title, "groups": groups}, nodes)
