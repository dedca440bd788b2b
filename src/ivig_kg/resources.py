"""Where the data files are: a folder of the user's own, the checkout, or what the package carries."""

from __future__ import annotations

import collections
import dataclasses
import functools
import json
import os
import re
from pathlib import Path

from ivig_kg import folders, reading, textfile
from ivig_kg.errors import FactsError, ShapesError, UsageError

VOCABULARY = "https://w3id.org/ivig-kg/ontology/"
THINGS = "https://w3id.org/ivig-kg/id/"
SHAPES = "https://w3id.org/ivig-kg/shapes/"
GRAPHS = "https://w3id.org/ivig-kg/graph/"
MAX_BYTES = 8 * 1024 * 1024  # of a file of ontology/ or shapes/
_LONGEST_VERSION = 1000  # bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """The folders that a run reads.

    Attributes:
        home: The folder that exports and shown file names are relative to.
        facts: What curators write.
        ontology: Classes, context, rules and queries.
        shapes: What must hold.
    """

    home: Path
    facts: Path
    ontology: Path
    shapes: Path

    @property
    def is_shipped(self) -> bool:
        """Whether the facts are those of the package, because no folder of the user's has any."""
        return self.facts.parent != self.home

    @property
    def mappings(self) -> Path:
        """The table of public identifiers; it need not exist."""
        return self.facts / "mappings.sssom.tsv"

    @property
    def terms(self) -> Path:
        """The table of terms that mappings are compared with; it need not exist."""
        return self.facts / "terms.tsv"

    @property
    def version(self) -> str | None:
        """The version of the data, from facts/VERSION, or None where there is no such file."""
        path = self.facts / "VERSION"
        if not path.exists() and not path.is_symlink():
            return None
        try:
            text = reading.content(self.own(path), most=_LONGEST_VERSION).decode("utf-8", "replace").strip()
        except OSError as error:
            message = f"{path}: cannot be read: {error.strerror}"
            raise FactsError(message) from error
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.+-]*", text):
            message = f"{path}:1:1: this is not a version: one word such as 1.2.0"
            raise FactsError(message)
        return text

    def facts_files(self) -> list[Path]:
        """Return every facts file of the project, sorted."""
        return folders.facts_files(self.facts, within=(self.home, self.facts))

    def tables(self) -> list[Path]:
        """Return the tables of the project that are there: mappings, and terms."""
        return [self.own(path) for path in (self.mappings, self.terms) if path.exists() or path.is_symlink()]

    def own(self, path: Path) -> Path:
        """Return a file that stands in the project.

        Raises:
            FactsError: It is a link that leads elsewhere.
        """
        folders.refuse_outside(path, folders.real_names(self.home, self.facts))
        return path

    def files(self) -> list[Path]:
        """Return every file of the project that is checked: facts files, sorted, then the tables."""
        return [*self.facts_files(), *self.tables()]

    def target(self, path: Path) -> Path:
        """Return a place to write to, unless curators write there.

        Raises:
            UsageError: It is inside facts/, ontology/ or shapes/ of the project, or would be taken for one of them.
        """
        real = Path(os.path.realpath(path))
        folders_of_home = (self.home / name for name in ("facts", "ontology", "shapes"))  # also where one is missing
        for own in (self.facts, self.ontology, self.shapes, *folders_of_home):
            if real.is_relative_to(os.path.realpath(own)):
                message = f"{path}: this is inside {self.shown(own)}, where curators write; name another place"
                raise UsageError(message)
        return path

    def shown(self, path: Path) -> str:
        """Return a file's name as messages show it: relative to the working folder where it is inside."""
        absolute = Path(os.path.abspath(path))
        here = Path.cwd()
        name = absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
        return name.as_posix()


def locate(directory: Path | None = None) -> Project:
    """Return the project to work on.

    Args:
        directory: A folder with facts/ in it. Without one: the working folder or the nearest one
            above it that has facts/, else the facts that ship with ivig-kg.

    Raises:
        FactsError: The folder named has no facts/, or one whose name is written in other letters.
        ShapesError: The name of ontology/ or shapes/ is written in other letters, or is that of a file.
    """
    there = shipped()
    here = Path.cwd()
    above = (folder for folder in (here, *here.parents) if (folder / "facts").is_dir())
    home = next(above, here) if directory is None else directory
    folders.refuse_closed(home)
    if strange := folders.meant(home, "facts"):
        message = f"{strange}: nobody would read this: facts stand in a folder with the name facts"
        raise FactsError(message)
    if not (home / "facts").is_dir():
        if directory is not None:
            message = f"{directory}: there is no facts/ folder here"
            raise FactsError(message)
        return Project(home, there / "facts", there / "ontology", there / "shapes")
    own = {name: home / name if (home / name).is_dir() else there / name for name in ("ontology", "shapes")}
    for name in own:
        if strange := folders.meant(home, name):
            message = f"{strange}: nobody would read this: it has to be a folder with the name {name}"
            raise ShapesError(message)
    return Project(home, home / "facts", own["ontology"], own["shapes"])


def shipped() -> Path:
    """Return the folder of the data that ship with the package: inside it, or the checkout around it."""
    package = Path(__file__).resolve().parent
    inside = package / "_data"
    return inside if inside.is_dir() else package.parents[1]


def read_text(path: Path) -> str:
    """Return the text of a file of ontology/ or shapes/, its line ends as LF.

    Raises:
        ShapesError: It is missing, no file, not UTF-8, or holds a character that hides from the eye.
        LimitError: It is larger than 8 MiB.
    """
    try:
        return _decoded(path, reading.content(path, most=MAX_BYTES))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ShapesError(message) from error


@functools.lru_cache(maxsize=128)
def _decoded(path: Path, data: bytes) -> str:
    """Return the text of a file as `read_text` does; the same bytes are not looked through twice."""
    text = data.decode("utf-8").replace("\r\n", "\n")
    if found := next(textfile.characters(text, shown=str(path), tabs=True), None):
        message = f"{found.position}: {found.message}; {found.hint}"
        raise ShapesError(message)
    return text


def read_context(path: Path) -> dict[str, object]:
    """Return the terms of a JSON-LD context file; see `parsed_context`."""
    return parsed_context(path, read_text(path))


def parsed_context(path: Path, text: str) -> dict[str, object]:
    """Return the terms of a JSON-LD context.

    Args:
        path: Its file, for messages.
        text: What stands there.

    Raises:
        ShapesError: It is not JSON, has no `@context`, defines a term twice (JSON would keep the last), makes lists,
            or holds what cannot be written as text.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        """Return an object of JSON in which every key stands once."""
        counts = collections.Counter(key for key, _ in pairs)
        twice = sorted(key for key, count in counts.items() if count > 1)
        if twice:
            message = f"{path}: the term `{twice[0]}` is defined twice"
            raise ShapesError(message)
        return dict(pairs)

    try:
        content = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        message = f"{path}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}"
        raise ShapesError(message) from error
    except RecursionError as error:
        message = f"{path}: this is nested too deeply"
        raise ShapesError(message) from error
    except ValueError as error:
        message = f"{path}: this holds a number that is too long"
        raise ShapesError(message) from error
    if any(textfile.characters(json.dumps(content, ensure_ascii=False), shown=str(path))):
        message = f"{path}: a character that hides from the eye is written here as an escape"
        raise ShapesError(message)
    context = content.get("@context") if isinstance(content, dict) else None
    if not isinstance(context, dict):
        message = f"{path}: there is no `@context` here"
        raise ShapesError(message)
    for term, definition in context.items():
        if isinstance(definition, dict) and "@list" in str(definition.get("@container")):
            message = f"{path}: the values of `{term}` would be lists, and nothing of ours is one"
            raise ShapesError(message)
    return context
