"""Rendering: pages as files, by Jinja2 with every text escaped; the same data give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from ivig_kg.site import medicines
from ivig_kg.site.pages import NAV, Page

_HERE = Path(__file__).parent


def rendered(pages: Iterable[Page], *, site: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of pages by their paths, with those that all of them use.

    Args:
        pages: What to render.
        site: What every page says: name, title, abstract, version.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["anchor"] = medicines.anchor
    files = {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir()) if path.is_file()}
    for page in pages:
        template = environment.get_template(page.template)
        text = template.render(page.content, site=site | {"nav": NAV}, root=page.root, here=page.path)
        files[page.path] = text.encode("utf-8")
    return files
