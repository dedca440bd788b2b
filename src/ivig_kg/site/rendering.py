"""Rendering: pages as files, by Jinja2 with every text escaped; the same data give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2
from markupsafe import Markup

from ivig_kg import runs
from ivig_kg.release.statements import local
from ivig_kg.site import documents, medicines, searching
from ivig_kg.site.page import NAV, STATIC, Page
from ivig_kg.site.readings import Readings, Settings

NOTHING: Mapping[str, Any] = {"columns": (), "lead": "", "picture": None}  # what some pages alone have


def data(readings: Readings) -> dict[str, bytes]:
    """Return the data that the scripts of the pages read, as scripts: from a file nothing else can be read."""
    nodes = [*readings.facts, *readings.concepts, *readings.sources]
    paths = {n: readings.path(n) for n in nodes}
    graph = b"".join(map(runs.plain, runs.of_quads(readings.loaded.quads)))
    return {
        "data/search.js": _script("IVIG_SEARCH", searching.entries(readings)),
        "data/paths.js": _script("IVIG_PATHS", dict(sorted(paths.items()))),
        "data/graph.js": _script("IVIG_GRAPH", graph.decode("utf-8")),
    }


def _column(number: int) -> str:
    """Return the rules that hide a column of a comparison that is not chosen, and show the lines of one that is."""
    return (
        f"main:has(#column-{number}:not(:checked)) .column-{number} {{ display: none; }}\n"
        f"main:has(#column-{number}:checked) tr.in-{number} {{ display: table-row; }}\n"
    )


def _script(name: str, content: object) -> bytes:
    return f"window.{name}={documents.in_script(content)};\n".encode()


def beside(readings: Readings) -> dict[str, bytes]:
    """Return what the graph says of each node that has a page, in every format, beside the page."""
    return {
        f"id/{local(node)}.{form}": documents.serialize(readings.triples(node), form, prefixes=readings.loaded.prefixes)
        for node in (*readings.facts, *readings.concepts, *readings.sources)
        for form in documents.FORMATS
    }


def rendered(pages: Iterable[Page], settings: Settings) -> dict[str, bytes]:
    """Return the files of pages by their paths, with those that all of them use.

    Args:
        pages: What to render.
        settings: What every page says.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(STATIC.with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["anchor"] = medicines.anchor
    files = {p.relative_to(STATIC).as_posix(): p.read_bytes() for p in sorted(STATIC.rglob("*")) if p.is_file()}
    most = 0
    for page in pages:
        most = max(most, len(page.content.get("columns", ())))
        template = environment.get_template(page.template)
        canonical = settings.base_url + page.path if settings.base_url else None
        everywhere = [
            {"media": media, "href": f"{page.root}exports/ivig-kg.{form}"}
            for form, (media, _) in documents.FORMATS.items()
        ]
        where = {"root": page.root, "here": page.path, "canonical": canonical, "alternates": everywhere}
        where["data"] = Markup(documents.in_script(documents.about(page, settings)))  # noqa: S704  (no `<` is left)
        told = {**NOTHING, **where, **page.content}
        files[page.path] = template.render(told, site=settings, nav=NAV).encode("utf-8")
    files["columns.css"] = "".join(map(_column, range(1, most + 1))).encode()
    if settings.base_url:
        pages_ = "".join(f"{settings.base_url}{path}\n" for path in sorted(files) if path.endswith(".html"))
        files["sitemap.txt"] = pages_.encode("utf-8")
    return files
