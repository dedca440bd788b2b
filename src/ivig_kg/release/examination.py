"""Examination: all that runs what was received, its shapes, rules and questions, in a process of its own.

Whoever sends a release can write a question that never ends. So that process has a deadline, and nothing in it goes out
to the network: SERVICE is refused before anything is asked.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata as packages
from pathlib import Path, PurePosixPath
from typing import Any

from ivig_kg import confinement, originals, patterns, rules, schema, shacl, terms, workplaces
from ivig_kg.errors import IvigKgError, OutputError
from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.release import assembly, citation, copies, description, guide, kgx, metadata, soundness
from ivig_kg.release.copies import Copy, UnreadableError
from ivig_kg.release.statements import Statements
from ivig_kg.resources import GRAPHS, Project, read_context, read_text
from ivig_kg.schema import DCTERMS, SH, SKOS, Triple

SECONDS = 300  # for all of it
MEMORY = 2_000_000_000  # bytes, for all of it
LIMIT = "release-limit"
PROFILE = "release-profile"
DERIVED = "release-derived"
RUN = "the shapes, rules and questions of the release"
_TEXTS = frozenset(SH + name for name in ("select", "ask", "construct"))
_DERIVED, _CONCEPTS = f"{GRAPHS}derived", f"{GRAPHS}concepts"
_JSONLD = "exports/ivig-kg.jsonld"
_PLACE = re.compile(rf"[^\s`']*[/\\]{re.escape(workplaces.ELSEWHERE)}[^/\\\s]*[/\\]")  # where it was unpacked
_FULL = frozenset({errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.EROFS})
_MATCHES = frozenset(SKOS + kind + "Match" for kind in ("exact", "close", "broad", "narrow", "related"))


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """What is examined: the files of a release, which of them is its dataset, and those that are known to be wrong."""

    files: Mapping[str, bytes]
    dataset: str
    known: frozenset[str]
    version: object


def examined(task: Task, *, seconds: float = SECONDS) -> list[Finding]:
    """Return what is wrong with a release beside its bytes and the agreement of its formats.

    Raises:
        OutputError: There is no place for temporary files, or no room in it.
    """
    try:
        with workplaces.apart() as place:
            return confinement.bounded(_confined, task, seconds=seconds, place=place)
    except OutputError:
        raise  # it is this machine that has no room, and no fault of the release
    except Exception as error:  # noqa: BLE001  (what was received can break what reads it in any way)
        return [ended(error, RUN, task.dataset, seconds=seconds)]


def ended(error: Exception, what: str, path: str, *, seconds: float = SECONDS) -> Finding:
    """Return what it means that a process ended which read or ran what was received.

    Args:
        error: What `confinement.Child` raised.
        what: What it did, as the subject of a sentence in the plural.
        path: The file that it was about.
        seconds: How long it could take.
    """
    message = f"{what} ended the process that had to do with them"
    if isinstance(error, TimeoutError):
        message = f"{what} were not done within {seconds:.0f} s"
    elif isinstance(error, MemoryError) and error.args:  # a parser says more than that memory is gone
        message = f"{what} have a text or an address of more than 16 MiB"
    elif isinstance(error, MemoryError):
        message = f"{what} need more than {MEMORY // 1_000_000:,} MB of memory"
    return Finding(LIMIT, message, Position(path, 1, 1))


def _confined(task: Task) -> list[Finding]:
    confinement.limit(MEMORY)
    return examine(task)


def examine(task: Task) -> list[Finding]:
    """Do what `examined` has done in a process of its own, in one that is confined already."""
    copy = copies.read(task.dataset, task.files[task.dataset])
    steps: list[Callable[[Project], Iterable[Finding]]] = [
        lambda _: _shapes(task, copy),
        lambda _: soundness.check_ontology(copy, task.files),
        lambda project: _profiles(task, copy, project),
        lambda _: soundness.check_answers(copy, task.files, task.known),
        lambda _: soundness.check_tables(copy, task.files, task.known),
        lambda project: _texts(task, copy, project),
        lambda project: _originals(task, project),
    ]
    found: list[Finding] = []
    with _unpacked(task) as home:
        for step in steps:
            try:
                found += step(home)
            except UnreadableError as error:
                found.append(error.finding)
            except IvigKgError as error:
                said = _PLACE.sub("", str(error))
                found.append(Finding(copies.UNREADABLE, f"it cannot be used: {said}", Position(task.dataset, 1, 1)))
    return [f for f in found if f.code != PROFILE or f.position.path not in task.known]


def _shapes(task: Task, copy: Copy) -> Iterator[Finding]:
    """Yield what the shapes find in the graph and in the description."""
    facts, about = (soundness.triples_of(task.files, folder) for folder in ("shapes", "shapes/release"))
    for path in (path for path, data in task.files.items() if path.startswith("shapes/")):
        for text in _queries(soundness.triples_of({path: task.files[path]}, str(PurePosixPath(path).parent))):
            if patterns.asks_elsewhere(text):
                message = "a shape asks another server (SERVICE); no shape was asked"
                yield Finding(copies.UNREADABLE, message, Position(path, 1, 1))
                return
    yield from soundness.check(copy, facts, soundness.triples_of(task.files, "ontology"))
    yield from metadata.check(task.files, copy, version=task.version, shapes=about, known=task.known)


def _queries(shapes: Iterable[Triple]) -> Iterator[str]:
    return (triple.object.value for triple in shapes if triple.predicate.value in _TEXTS)


def _profiles(task: Task, copy: Copy, project: Project) -> Iterator[Finding]:
    """Yield what does not follow by the rules of the release, and the profiles that are not what the graph gives."""
    wanted = _derived(task, copy)
    held = {quad.triple for quad in copy.quads if quad.graph_name.value == _DERIVED}
    for found, words in (
        (held - wanted.keys(), "this follows by no rule of the release"),
        (wanted.keys() - held, "this follows by a rule of the release, and is not in the graph"),
    ):
        for triple in sorted(found, key=str):
            yield Finding(DERIVED, f"{words}: {copies.shown(triple)}", copy.place(triple.subject.value))
    if not _is_of_this_tool(task):
        message = "another version of ivig-kg made this release: KGX, FHIR and schema.org are held by checksums alone"
        yield Finding(PROFILE, message, Position(description.NAME, 1, 1), Severity.NOTE)
        return
    table = terms.read(project.mappings, shown=assembly.MAPPINGS)
    prefixes = table.prefixes | schema.load(project).prefixes
    said = Statements(copy.quads)
    made = assembly.profiles(said, kgx.direct(wanted), prefixes=prefixes, version=str(task.version))
    for path, data in sorted({**made, **guide.recipes()}.items()):
        if path in task.files and path not in task.known and task.files[path] != data:
            yield Finding(PROFILE, "it is not what the graph of this release gives", Position(path, 1, 1))


def _derived(task: Task, copy: Copy) -> dict[Triple, Any]:
    """Return what follows from what is stated, by the rules of the release."""
    texts = {p: d for p, d in task.files.items() if p.startswith("ontology/rules/") and p.endswith(".rq")}
    read = [
        rules.rule(PurePosixPath(path).stem, text.decode("utf-8", "replace")) for path, text in sorted(texts.items())
    ]
    stated = frozenset(quad.triple for quad in copy.quads if quad.graph_name.value != _DERIVED)
    return dict(rules.derive(read, stated))


def _is_of_this_tool(task: Task) -> bool:
    text = task.files.get(description.NAME, b"").decode("utf-8", "replace")
    return f'"ivig-kg {packages.version("ivig-kg")}"' in text


def _texts(task: Task, copy: Copy, project: Project) -> Iterator[Finding]:
    """Yield what README, citation, context and mappings say that is not so."""
    files = task.files
    readme = files.get(guide.README, b"").decode("utf-8", "replace")
    for fingerprint in (copy.fingerprint, copies.fingerprint(copy.union)):
        if guide.README in files and fingerprint not in readme:
            yield _text(guide.README, f"it does not have the fingerprint {fingerprint}")
    cited = citation.read(project) if citation.NAME in files else None
    table = terms.read(project.mappings, shown=assembly.MAPPINGS)
    context = read_context(project.ontology / "context.jsonld")
    if cited and cited.version != task.version:
        yield _text(citation.NAME, f"its version is {cited.version}, and the exports are of {task.version}")
    if cited and description.NAME in files:
        iri = f"{description.RELEASES}{task.version}"
        said = copies.read(description.NAME, files[description.NAME]).quads
        licences = [q.object.value for q in said if (q.subject.value, q.predicate.value) == (iri, f"{DCTERMS}license")]
        if licences != [cited.licence_address]:
            yield _text(citation.NAME, f"its licence is {cited.licence}, and {description.NAME} names another")
    if _JSONLD in files and _JSONLD not in task.known and _context(files[_JSONLD]) != context:
        yield _text("ontology/context.jsonld", f"it is not the context of {_JSONLD}")
    links = {q.triple for q in copy.quads if q.graph_name.value == _CONCEPTS and q.predicate.value in _MATCHES}
    for found, words in (
        (set(terms.triples(table)) - links, "the graph does not say this"),
        (links - set(terms.triples(table)), "the graph says this as well"),
    ):
        for triple in sorted(found, key=str):
            yield _text(assembly.MAPPINGS, f"{words}: {copies.shown(triple)}")


def _originals(task: Task, project: Project) -> Iterator[Finding]:
    """Yield a warning for what facts were checked by that does not ship with the version that made the release.

    Facts that meet weaker rules are not wrong by them; whoever receives the release has to know that they are weaker.
    """
    if not _is_of_this_tool(task):
        return  # `_profiles` has told so
    files = task.files
    rules_of = {p.stem: read_text(p) for p in sorted((project.ontology / "rules").glob("*.rq"))}
    shapes, ontology = (soundness.triples_of(files, folder) for folder in ("shapes", "ontology"))
    context = read_context(project.ontology / "context.jsonld")
    content = originals.Content(shacl.named(shapes), ontology, context, rules_of)
    other = "this is not the file that ships with ivig-kg"
    told = [dataclasses.replace(finding, message=other) for finding in originals.unread(project)]
    for finding in (*told, *originals.check(project, content)):
        at = dataclasses.replace(finding.position, path=_PLACE.sub("", finding.position.path))
        yield dataclasses.replace(finding, position=at, hint="ask whoever made this release why")


def _context(data: bytes) -> object:
    """Return the context that stands in a file of JSON-LD, or None where there is none."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return content.get("@context") if isinstance(content, dict) else None


def _text(path: str, message: str) -> Finding:
    return Finding(PROFILE, message, Position(path, 1, 1))


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        message = f"what was received cannot be kept for a moment: {error.strerror}"
        raise OutputError(message) from error


@contextlib.contextmanager
def _unpacked(task: Task) -> Iterator[Project]:
    """Give vocabulary, shapes, mappings and citation of a release as a project."""
    with workplaces.apart() as home:
        for path, data in task.files.items():
            if path.startswith(("ontology/", "shapes/")) or path in {assembly.MAPPINGS, citation.NAME}:
                _write(home / path, data)
        yield Project(home, home / "tables", home / "ontology", home / "shapes")
