"""Definitions: the texts of the files that say what a facts file may say, and the triples of the Turtle among them."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import syntax
from ivig_kg.errors import ShapesError
from ivig_kg.resources import Project, read_text


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A file and its text."""

    path: Path
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Definitions:
    """The texts of context, ontology and shapes of a project: equal where a schema made of them would be."""

    context: Text
    ontology: Text
    shapes: tuple[Text, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Turtle:
    """What a Turtle file says: triples, each subject's together in the order of the file, and prefixes."""

    triples: tuple[Any, ...]
    prefixes: dict[str, str]


def read(project: Project) -> Definitions:
    """Read the definitions of a project.

    Raises:
        ShapesError: One of them cannot be read, or there are no shapes.
    """
    context, ontology = text(project.ontology / "context.jsonld"), text(project.ontology / "ivig.ttl")
    shapes = tuple(text(path) for path in sorted(project.shapes.glob("*.ttl")))
    if not shapes:
        message = f"{project.shapes}: there are no shapes here"
        raise ShapesError(message)
    return Definitions(context, ontology, shapes)


def text(path: Path) -> Text:
    """Return a file with its text; see `resources.read_text`."""
    return Text(path, read_text(path))


@functools.lru_cache(maxsize=128)
def turtle(file: Text) -> Turtle:
    """Return what a Turtle file says.

    Raises:
        ShapesError: It cannot be read as Turtle; the message has file, line and column.
    """
    try:
        parser = syntax.parse(file.text, ox.RdfFormat.TURTLE)
        triples = tuple(quad.triple for quad in parser)
    except SyntaxError as error:
        message = f"{file.path}:{error.lineno or 1}:{error.offset or 1}: this is not Turtle: {error.msg}"
        raise ShapesError(message) from error
    return Turtle(triples, dict(parser.prefixes))
