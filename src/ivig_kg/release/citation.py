"""Citation: who made the data, what they are called, and under which licence they are given, from CITATION.cff.

Source: https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import yaml

from ivig_kg import reading
from ivig_kg.errors import FactsError
from ivig_kg.findings import quoted
from ivig_kg.resources import Project

NAME = "CITATION.cff"
LICENCE = "LICENSE"
_LICENCE = re.compile(r"[A-Za-z0-9.+-]+")
_NEEDED = ("title", "abstract", "version", "license")
_CREATIVE_COMMONS = {"CC-BY-4.0": "by/4.0", "CC-BY-SA-4.0": "by-sa/4.0", "CC0-1.0": "zero/1.0"}


@dataclasses.dataclass(frozen=True, slots=True)
class Author:
    """Who made the data: a name, and whether it is that of a person or of an organisation."""

    name: str
    is_person: bool

    @property
    def kind(self) -> str:
        """What schema.org and FOAF call it."""
        return "Person" if self.is_person else "Organization"


@dataclasses.dataclass(frozen=True, slots=True)
class Citation:
    """What CITATION.cff says.

    Attributes:
        title: What the data are called.
        abstract: What they are, in a sentence or two.
        version: Their version.
        licence: The SPDX identifier of their licence.
        authors: Who made them.
        keywords: What they are about.
    """

    title: str
    abstract: str
    version: str
    licence: str
    authors: tuple[Author, ...]
    keywords: tuple[str, ...]

    @property
    def licence_address(self) -> str:
        """The address of the licence: of the licence itself where it is one of Creative Commons, else at SPDX."""
        name = _CREATIVE_COMMONS.get(self.licence)
        if name is None:
            return f"https://spdx.org/licenses/{self.licence}"
        kind = "publicdomain" if self.licence == "CC0-1.0" else "licenses"
        return f"https://creativecommons.org/{kind}/{name}/"


def is_there(project: Project) -> bool:
    """Tell whether something stands beside facts/ that is called CITATION.cff, whatever it is."""
    path = project.facts.parent / NAME
    return path.exists() or path.is_symlink()


def read(project: Project) -> Citation:
    """Return what CITATION.cff beside facts/ says.

    Raises:
        FactsError: It is not there, leads out of the project, cannot be read, or leaves out what a release must say.
    """
    path = project.facts.parent / NAME
    shown = project.shown(path)
    try:
        said = yaml.load(reading.content(project.own(path), most=reading.TEXT), Loader=yaml.CBaseLoader)  # noqa: S506  (it makes text alone)
    except OSError as error:
        message = f"{shown}: cannot be read: {error.strerror}; a release takes title, licence and authors from it"
        raise FactsError(message) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        at = getattr(error, "problem_mark", None)
        place = f"{shown}:{at.line + 1}:{at.column + 1}" if at else shown
        message = f"{place}: this is not YAML: {getattr(error, 'problem', None) or error}"
        raise FactsError(message) from error
    found = said if isinstance(said, dict) else {}
    missing = [key for key in _NEEDED if not _is_text(found.get(key))]
    authors = [_author(one) for one in _items(found.get("authors"))]
    if missing or not authors or None in authors:
        wanted = ", ".join([*missing, *([] if authors and None not in authors else ["authors"])])
        message = f"{shown}: it says nothing that can be used of: {wanted}; a release has to say it"
        raise FactsError(message)
    keywords = [word for word in _items(found.get("keywords")) if _is_text(word)]
    title, abstract, version, licence = (" ".join(found[key].split()) for key in _NEEDED)
    if not _LICENCE.fullmatch(licence):
        message = f"{shown}: its license {quoted(licence)} is no identifier of SPDX, like CC-BY-4.0"
        raise FactsError(message)
    return Citation(title, abstract, version, licence, tuple(a for a in authors if a), tuple(keywords))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _author(one: object) -> Author | None:
    said = one if isinstance(one, dict) else {}
    parts = [said.get(key) for key in ("given-names", "name-particle", "family-names", "name-suffix")]
    if person := " ".join(part for part in parts if isinstance(part, str)):
        return Author(person, is_person=True)
    return Author(said["name"], is_person=False) if _is_text(said.get("name")) else None
