"""Definitions: the texts of the files that say what a facts file may say, and the triples of the Turtle among them."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import folders, syntax
from ivig_kg.errors import ShapesError
from ivig_kg.resources import Project, read_text

_ENDINGS = {
    ".ttl": frozenset(
        {".ttl", ".turtle", ".nt", ".n3", ".rdf", ".trig", ".nq", ".jsonld", ".shacl", ".shaclc", ".owl", ".tll"}
    ),
    ".rq": frozenset({".rq", ".sparql"}),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text and its file; equal to the same text in another file, since it says the same."""

    path: Path = dataclasses.field(compare=False)
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Definitions:
    """The texts of context, ontology and shapes of a project: equal where a schema made of them is."""

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
    shapes = tuple(text(path) for path in only(project.shapes, ".ttl", beside=project.shapes / "release"))
    if not shapes:
        message = f"{project.shapes}: there are no shapes here"
        raise ShapesError(message)
    for path in sorted(p for p in project.ontology.glob("*") if p.suffix.lower() == ".ttl" and p != ontology.path):
        message = f"{path}: nobody would read this file: the ontology is {ontology.path.name}"
        raise ShapesError(message)
    for name in ("rules", "queries"):
        if strange := folders.meant(project.ontology, name):
            message = f"{strange}: nobody would read this: it has to be a folder with the name {name}"
            raise ShapesError(message)
    return Definitions(context, ontology, shapes)


def only(folder: Path, suffix: str, *, beside: Path | None = None) -> list[Path]:
    """Return the files of a folder with an ending, by their names.

    Args:
        folder: The folder.
        suffix: The ending.
        beside: A folder in it for something else.

    Raises:
        ShapesError: A file seems to be meant for one of them and would not be read: it is in a folder of its own, or
            its ending is another one for the same.
    """
    others = _ENDINGS.get(suffix, frozenset({suffix}))
    stray = [p for p in folder.rglob("*") if _ending(p) in others and (p.suffix, p.parent) != (suffix, folder)]
    for path in sorted(path for path in stray if beside is None or beside not in path.parents):
        message = f"{path}: nobody would read this file: it has to stand in {folder} itself, and to end with {suffix}"
        raise ShapesError(message)
    return sorted(folder.glob(f"*{suffix}"))


def _ending(path: Path) -> str:
    """Return the ending of a file in small letters, without the .txt or the blank that some editors put behind it."""
    return Path(path.name.lower().rstrip(" .").removesuffix(".txt")).suffix


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
        message = f"{file.path}:{error.lineno or 1}:{error.offset or 1}: this cannot be read as Turtle: {error.msg}"
        raise ShapesError(message) from error
    return Turtle(triples, dict(parser.prefixes))
