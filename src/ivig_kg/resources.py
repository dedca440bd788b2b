"""Where the data files are: a folder of the user's own, the checkout, or what the package carries."""

from __future__ import annotations

import collections
import dataclasses
import errno
import functools
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from ivig_kg import bundles, reading, textfile
from ivig_kg.errors import FactsError, ShapesError, UsageError

VOCABULARY = "https://w3id.org/ivig-kg/ontology/"
THINGS = "https://w3id.org/ivig-kg/id/"
SHAPES = "https://w3id.org/ivig-kg/shapes/"
GRAPHS = "https://w3id.org/ivig-kg/graph/"
MAX_BYTES = 8 * 1024 * 1024  # of a file of ontology/ or shapes/
_LONGEST_VERSION = 1000  # bytes
LONGEST = 200  # bytes of the name of a facts file
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:[. ].*)?", re.IGNORECASE
)
_ODD = re.compile(r'[<>:"|?*\\]')
_ENDINGS = (".yaml", ".yml", *bundles.SUFFIXES)


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
        return facts_files(self.facts, within=(self.home, self.facts))

    def tables(self) -> list[Path]:
        """Return the tables of the project that are there: mappings, and terms."""
        return [self.own(path) for path in (self.mappings, self.terms) if path.exists() or path.is_symlink()]

    def own(self, path: Path) -> Path:
        """Return a file that stands in the project.

        Raises:
            FactsError: It is a link that leads elsewhere.
        """
        refuse_outside(path, _real(self.home, self.facts))
        return path

    def files(self) -> list[Path]:
        """Return every file of the project that is checked: facts files, sorted, then the tables."""
        return [*self.facts_files(), *self.tables()]

    def target(self, path: Path) -> Path:
        """Return a place to write to, unless curators write there.

        Raises:
            UsageError: It is inside facts/, ontology/ or shapes/ of the project.
        """
        real = Path(os.path.realpath(path))
        for own in (self.facts, self.ontology, self.shapes):
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


def facts_files(folder: Path, *, within: Iterable[Path]) -> list[Path]:
    """Return the facts files below a folder, by their endings, sorted by their path; links are followed once.

    Args:
        folder: The folder.
        within: Where links may lead: whoever sends facts does not choose what else of this machine is read and shown.

    Raises:
        FactsError: A folder cannot be read, so its facts would be left out; a link leads elsewhere; a name is odd.
    """
    inside = _real(*within)

    def refuse(error: OSError) -> None:
        """Raise what the walk would pass over."""
        message = f"{error.filename}: the folder cannot be read: {error.strerror}"
        raise FactsError(message) from error

    found: list[Path] = []
    seen: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True, onerror=refuse):
        refuse_closed(Path(place))
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        own = [Path(place) / name for name in files if name.lower().endswith(_ENDINGS)]
        for path in own:
            _refuse_name(path.relative_to(folder.parent))
        for link in (path for path in (*own, *(Path(place) / name for name in folders)) if path.is_symlink()):
            refuse_outside(link, inside)
        found += own
    return sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def _refuse_name(path: Path) -> None:
    """Raise where a file has a name that it could not have on every system, or that nobody could read in a list."""
    for name in path.parts:
        said = ""
        if not name.isprintable():
            said = "characters that are no letters to read"
        elif _DEVICE.fullmatch(name) or name[-1] in ". ":
            said = "a name that means something else on Windows"
        elif odd := _ODD.search(name):
            said = f"a {odd[0]!r} in its name, which not every system has"
        elif len(name.encode()) > LONGEST:
            said = f"a name of more than {LONGEST} bytes"
        if said:
            message = f"{path}: this file has {said}; give it another name"
            raise FactsError(message)


def _real(*folders: Path) -> list[str]:
    return [os.path.realpath(folder) for folder in folders]


def refuse_closed(folder: Path) -> None:
    """Raise where a folder is there and this user may not look into it."""
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        message = f"{folder}: the folder cannot be read: {os.strerror(errno.EACCES)}"
        raise FactsError(message)


def refuse_outside(path: Path, inside: Iterable[str], *, of: str = "the project") -> None:
    """Raise where a link leads out of some folders, of which the real names are given, and which are `of` something."""
    real = Path(os.path.realpath(path))
    if path.is_symlink() and not any(real.is_relative_to(folder) for folder in inside):
        message = f"{path}: this link leads out of {of}, to {real}; put what it leads to in its place"
        raise FactsError(message)


def locate(directory: Path | None = None) -> Project:
    """Return the project to work on.

    Args:
        directory: A folder with facts/ in it. Without one: the working folder or the nearest one
            above it that has facts/, else the facts that ship with ivig-kg.

    Raises:
        FactsError: The folder named has no facts/.
    """
    there = shipped()
    here = Path.cwd()
    above = (folder for folder in (here, *here.parents) if (folder / "facts").is_dir())
    home = next(above, here) if directory is None else directory
    refuse_closed(home)
    if not (home / "facts").is_dir():
        if directory is not None:
            message = f"{directory}: there is no facts/ folder here"
            raise FactsError(message)
        return Project(home, there / "facts", there / "ontology", there / "shapes")
    own = {name: home / name if (home / name).is_dir() else there / name for name in ("ontology", "shapes")}
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
