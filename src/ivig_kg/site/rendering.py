"""Rendering: pages as files, by Jinja2 with every text escaped; the same data give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
import pyoxigraph as ox

from ivig_kg.release.statements import local
from ivig_kg.schema import SKOS
from ivig_kg.site import documents, medicines
from ivig_kg.site.pages import NAV, Page
from ivig_kg.site.readings import Readings

_HERE = Path(__file__).parent


def data(readings: Readings) -> dict[str, bytes]:
    """Return the data that the scripts of the pages read, as scripts: from a file nothing else can be read."""
    said = readings.said
    nodes = [*readings.facts, *readings.concepts, *readings.sources]
    searched = [
        [said.label(n), said.label(said.classes[n]), readings.path(n), " ".join(_names(readings, n))] for n in nodes
    ]
    paths = {n: readings.path(n) for n in nodes}
    graph = b"".join(sorted((ox.serialize(readings.loaded.quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(True)))
    return {
        "data/search.js": _script("IVIG_SEARCH", sorted(searched)),
        "data/paths.js": _script("IVIG_PATHS", dict(sorted(paths.items()))),
        "data/graph.js": _script("IVIG_GRAPH", graph.decode("utf-8")),
    }


def _names(readings: Readings, node: str) -> list[str]:
    return [text for key in ("altLabel", "hiddenLabel") for text in readings.said.texts(node, SKOS + key)]


def _script(name: str, content: object) -> bytes:
    return f"window.{name}={documents.in_script(content)};\n".encode()


def beside(readings: Readings) -> dict[str, bytes]:
    """Return what the graph says of each node that has a page, in every format, beside the page."""
    return {
        f"id/{local(node)}.{form}": documents.serialize(readings.triples(node), form, prefixes=readings.loaded.prefixes)
        for node in (*readings.facts, *readings.concepts, *readings.sources)
        for form in documents.FORMATS
    }


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
    static = _HERE / "static"
    files = {p.relative_to(static).as_posix(): p.read_bytes() for p in sorted(static.rglob("*")) if p.is_file()}
    for page in pages:
        template = environment.get_template(page.template)
        text = template.render(page.content, site=site | {"nav": NAV}, root=page.root, here=page.path)
        files[page.path] = text.encode("utf-8")
    return files
