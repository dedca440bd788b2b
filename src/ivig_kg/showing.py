"""Showing: a project checked, and written as the pages of a site."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
from pathlib import Path

from ivig_kg import editions, evidence, loading, making, writing
from ivig_kg.comparison import Comparison
from ivig_kg.errors import UsageError
from ivig_kg.findings import Severity
from ivig_kg.making import Options
from ivig_kg.release import citation, sums
from ivig_kg.reporting import Report
from ivig_kg.resources import Project
from ivig_kg.site import pages, rendering
from ivig_kg.site.readings import Readings, Settings

_MARKS = frozenset({"index.html", "sparql.html", "site.css"})  # of a site, among the files of a folder


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """Where and how a site is published; see `Settings`."""

    base_url: str | None = None
    report_url: str = "mailto:"
    previous: Path | None = None


def site(
    folder: Path, *, project: Project, options: Options = making.DEFAULT, published: Published | None = None
) -> tuple[Report, dict[str, int]]:
    """Check a project and write the pages of it into a folder, or nothing where it has errors.

    Args:
        folder: Where they go; an older site that stands there is replaced.
        project: Where the files are.
        options: How it is checked; with `sources`, the texts of the sources are shown with their passages marked.
        published: Where and how it is published.

    Returns:
        The report, and the size in bytes of every file by its path.

    Raises:
        UsageError: The folder is one in which curators write, or an address is none.
        OutputError: It cannot be written; what stood there stands.
    """
    project.target(folder)
    asked = published or Published()
    settings = _settings(project, asked)
    with making.exports(project, options, fail_on=Severity.ERROR) as (report, made):
        if made is None:
            return report, {}
        with making.workplace() as place:
            made.fill(place)
            downloads = {f"exports/{name}": (place / name).read_bytes() for name in made.names}
    loaded = loading.load(project)
    texts, _ = evidence.read(loaded.documents, sources=options.sources)
    readings = Readings(loaded, settings, report, texts=texts)
    shown = pages.all_of(readings, downloads=downloads, changes=_changes(asked.previous, settings, project))
    files = {
        **downloads,
        **rendering.data(readings),
        **rendering.beside(readings),
        **rendering.rendered(shown, settings),
    }
    files[sums.NAME] = sums.serialize({path: hashlib.sha256(held).hexdigest() for path, held in files.items()})
    writing.replace(folder, files, ours=functools.partial(sums.written, folder, among=_MARKS))
    return report, {path: len(data) for path, data in files.items()}


def _settings(project: Project, published: Published) -> Settings:
    """Return what CITATION.cff says, or less where there is none."""
    base = published.base_url
    if base is not None and not re.fullmatch(r"https?://[^\s?#]+", base):
        message = f"`{base}` is no address of a site: it begins with https://, and has no ? and no #"
        raise UsageError(message)
    if not re.fullmatch(r"(https?://|mailto:)[^\s#]*", published.report_url):
        message = f"`{published.report_url}` is no address to report to: it begins with https:// or mailto:"
        raise UsageError(message)
    found = Settings(
        "A knowledge graph of curated facts",
        authors="Its authors",
        version=project.version or "without a version",
        base_url=base.rstrip("/") + "/" if base else None,
        report_url=published.report_url,
    )
    if not citation.is_there(project):
        return found
    cited = citation.read(project)
    return dataclasses.replace(
        found,
        title=cited.title,
        abstract=cited.abstract,
        authors=", ".join(author.name for author in cited.authors),
        licence=cited.licence,
        licence_address=cited.licence_address,
    )


def _changes(previous: Path | None, settings: Settings, project: Project) -> Comparison | None:
    if previous is None:
        return None
    found = editions.differences(str(previous), None, project=project)
    notes = tuple(note.replace(str(previous), previous.name) for note in found.notes)
    return dataclasses.replace(found, old=previous.name, new=settings.version, notes=notes)
