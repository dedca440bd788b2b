"""Originals: is what facts are read and checked by what ships with ivig-kg?

A rule that was weakened finds nothing, and finding nothing looks like being right. So each shape, each derivation,
each term of the context and each entry of the ontology that ships has its digest in `originals.json`, and what a
project has in the place of one is held against it. What a project adds is its own affair. Sentences for people
(labels, messages, repairs) can be changed freely.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import reading, resources
from ivig_kg.errors import ShapesError
from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.resources import VOCABULARY, Project, read_text
from ivig_kg.shacl import SH, Said, place

NAME = "originals.json"
DEEPEST = 16  # nodes without a name in one another; what goes in a circle is refused elsewhere
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_REMARKS = frozenset(
    {
        *(_RDFS + name for name in ("label", "comment", "isDefinedBy")),
        *(_SKOS + name for name in ("definition", "scopeNote", "example", "note")),
        *(SH + name for name in ("message", "name", "description")),
    }
)
_MEMBERS = frozenset({SH + "property", SH + "sparql"})
_WHERE = {"shapes": "shapes", "context": "ontology/context.jsonld", "rules": "ontology/rules"}
_CALLED = {
    "shapes": ("the shape", "the shapes"),
    "context": ("the term of the context", "the terms of the context"),
    "rules": ("the derivation", "the derivations"),
    "ontology": ("the entry of the ontology", "the entries of the ontology"),
}

Digests = dict[str, dict[str, str]]  # of each kind, the digests by name


@dataclasses.dataclass(frozen=True, slots=True)
class Content:
    """What facts are read and checked by.

    Attributes:
        shapes: The triples of the shapes.
        ontology: The triples of the ontology.
        context: The terms of the context.
        rules: The texts of the derivations by their names.
    """

    shapes: Iterable[Any]
    ontology: Iterable[Any]
    context: Mapping[str, object]
    rules: Mapping[str, str]


def files(project: Project) -> list[Path]:
    """Return the files that facts are read and checked by."""
    ontology = project.ontology
    found = [*project.shapes.glob("*.ttl"), *ontology.glob("*.ttl"), *(ontology / "rules").glob("*.rq")]
    return [ontology / "context.jsonld", *sorted(found)]


def digests(content: Content) -> Digests:
    """Return the digest of everything that has a name, by kind and name."""
    said = Said(tuple(content.shapes))
    named, owners = [n for n in said.of if isinstance(n, ox.NamedNode)], _owners(said)
    entries = Said(tuple(content.ontology))
    texts: dict[Any, str] = {}
    return {
        "shapes": {_short(n): _digest(" ".join(sorted(owners.get(n, ()))), *_lines(n, said, texts)) for n in named},
        "context": {term: _digest(json.dumps(means, sort_keys=True)) for term, means in content.context.items()},
        "rules": {name: _digest(text) for name, text in content.rules.items()},
        "ontology": {_short(n): _digest(*_lines(n, entries, texts)) for n in entries.of},
    }


def of_files(project: Project) -> dict[str, str]:
    """Return the digest of each file of `files` by its name in the project's folders."""
    found = {}
    shapes, ontology = f"{project.shapes}{os.sep}", f"{project.ontology}{os.sep}"
    for path in files(project):
        name = str(path)
        name = f"shapes/{name[len(shapes) :]}" if name.startswith(shapes) else f"ontology/{name[len(ontology) :]}"
        try:
            content = reading.content(path).replace(b"\r\n", b"\n")
        except OSError:  # whoever needs it tells that it cannot be read
            content = b""
        found[name.replace(os.sep, "/")] = hashlib.sha256(content).hexdigest()[:16]
    return found


def of_query(text: str) -> str:
    """Return the digest of a query: a rule, a question, what a constraint selects, or the pattern of a shape."""
    return _digest(text)


def is_shipped(text: str) -> bool:
    """Tell whether a query or a pattern is one that ships, so that it is known to end soon, whatever it is asked of."""
    return of_query(text) in shipped()["queries"]


@functools.cache
def shipped() -> Digests:
    """Return the digests of what ships, those of the files among them."""
    text = (Path(__file__).parent / NAME).read_text(encoding="utf-8")
    found: Digests = json.loads(text)
    return found


def are_unchanged(project: Project) -> bool:
    """Tell whether the files are those that ship, letter by letter, and no others."""
    return of_files(project) == shipped()["files"]


def explain(error: ShapesError, project: Project) -> None:
    """Raise why ontology, context and shapes do not fit together, where a file that ships is not there.

    Raises:
        ShapesError: The error, with the name of that file.
    """
    if gone := sorted(shipped()["files"].keys() - of_files(project)):
        message = f"{error}; {gone[0]}, which ships with ivig-kg, is not there"
        raise ShapesError(message) from error


def check(project: Project, content: Content) -> Iterator[Finding]:
    """Yield a warning for everything that is not what ships, or not there, and for every shape that is switched off.

    Args:
        project: Where the files are.
        content: What they say.
    """
    off = {_short(node) for node in _switched_off(content.shapes)}
    for name in sorted(off):
        message = f"the shape `{name}` is switched off by `sh:deactivated`, so nothing asks it"
        yield _finding("rule-off", project, "shapes", name, message, "take the line out, unless that is meant")
    here = digests(content)
    for kind, (one, several) in _CALLED.items():
        theirs, mine = shipped()[kind], here[kind]
        changed = {n for n, digest in theirs.items() if n in mine and mine[n] != digest}
        changed |= {n for n in mine if kind == "context" and n.startswith("@") and n not in theirs}
        for name in sorted(changed - off if kind == "shapes" else changed):
            message = (
                f"{one} `{name}` is not the one that ships with ivig-kg: it was changed here, or is of another version"
            )
            yield _finding(
                "rule-changed", project, kind, name, message, "copy it anew from ivig-kg, unless that is meant"
            )
        lost: dict[Path, list[str]] = {}
        for name in sorted(set(theirs) - set(mine)):
            lost.setdefault(_home(project, kind, name), []).append(name)
        for path, names in lost.items():
            what = (
                f"{one} {_listed(names)} that ships with ivig-kg is"
                if len(names) == 1
                else (f"{several} {_listed(names)} that ship with ivig-kg are")
            )
            hint = "copy what is missing from ivig-kg, unless that is meant"
            at = Position(project.shown(path), 1, 1)
            yield Finding("rule-missing", f"{what} not here", at, Severity.WARNING, hint=hint)


def unread(project: Project) -> Iterator[Finding]:
    """Yield a warning for each file of shapes/release of a project that is not the one that ships: nobody reads it."""
    there = release_shapes()
    for path in sorted((project.shapes / "release").rglob("*.ttl")):
        original = there / path.relative_to(project.shapes / "release")
        if not original.is_file() or read_text(path) != read_text(original):
            message = "nobody reads this file: the description of a release is held against the shapes that ship"
            at = Position(project.shown(path), 1, 1)
            yield Finding(
                "rule-changed",
                message,
                at,
                Severity.WARNING,
                hint="take it out; write what facts must meet into shapes/ itself",
            )


def release_shapes() -> Path:
    """Return the folder of the shapes that the description of a release must meet: those that ship."""
    return resources.shipped() / "shapes/release"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _finding(code: str, project: Project, kind: str, name: str, message: str, hint: str) -> Finding:
    path = _home(project, kind, name)
    candidates = [path, *sorted(project.shapes.glob("*.ttl"))] if kind == "shapes" else [path]
    word = f'"{name}"' if kind == "context" else re.split(r"[/#:]", name)[-1]
    looked = [(word, one) for one in candidates] if kind != "rules" else []
    if kind == "shapes":  # a shape of somebody's own to which `shacl.named` gave a name
        own = [one for one in candidates if f"shapes/{one.name}" not in shipped()["files"]]
        looked += itertools.product((part for part in word.rpartition("-")[::2] if part not in {"", "of"}), own)
    for part, one in looked:
        at = place(read_text(one), part, begins=kind != "context") if one.is_file() else None
        if at:
            return Finding(code, message, Position(project.shown(one), *at, len(part)), Severity.WARNING, hint=hint)
    return Finding(code, message, Position(project.shown(path), 1, 1), Severity.WARNING, hint=hint)


def _home(project: Project, kind: str, name: str) -> Path:
    """Return the file in which something stands that ships, or the folder where the file is not there."""
    if kind == "context":
        return project.ontology / "context.jsonld"
    if kind == "ontology":
        return project.ontology / "ivig.ttl"
    folder = project.ontology / "rules" if kind == "rules" else project.shapes
    own = "prefixes" if name.startswith("prefix-") or not name else name.partition("-")[0]
    path = folder / (f"{name}.rq" if kind == "rules" else f"{own}.ttl")
    return path if path.is_file() else folder


def _switched_off(shapes: Iterable[Any]) -> Iterator[Any]:
    for subject, predicate, value in shapes:
        if predicate.value == SH + "deactivated" and value.value in {"true", "1"}:
            yield subject


def _short(node: Any) -> str:
    """Return the name of a node: of ours without the namespace."""
    text = str(node.value)
    for namespace in ("https://w3id.org/ivig-kg/shapes/", VOCABULARY):
        text = text.removeprefix(namespace)
    return text


def _owners(said: Said) -> dict[Any, list[str]]:
    """Return which shapes ask a shape, as texts, by the shape."""
    found: dict[Any, list[str]] = {}
    for subject, predicate, value in said.triples:
        if predicate.value in _MEMBERS:
            found.setdefault(value, []).append(f"{subject.value} {predicate.value}")
    return found


def _lines(node: Any, said: Said, texts: dict[Any, str]) -> list[str]:
    """Return what is said of a node as sorted lines, nodes without a name in full, without its remarks and members."""
    lines = []
    for predicate, values in said.of.get(node, {}).items():
        if predicate not in _REMARKS | _MEMBERS:
            lines += [f"{predicate} {_text(value, said, texts)}" for value in values]
    return sorted(lines)


def _text(value: Any, said: Said, texts: dict[Any, str], depth: int = 0) -> str:
    """Return a value as text, one without a name by the digest of all that is said of it, which is made once."""
    if not isinstance(value, ox.BlankNode):
        return str(value)
    if depth > DEEPEST:
        return "..."
    if value not in texts:
        texts[value] = "..."  # it leads back to itself
        members = said.members(value)
        parts = ((p, _text(v, said, texts, depth + 1)) for p, values in said.of.get(value, {}).items() for v in values)
        if members:
            texts[value] = _digest("(", *(_text(member, said, texts, depth + 1) for member in members))
        else:
            texts[value] = _digest("[", *sorted(f"{predicate} {text}" for predicate, text in parts))
    return texts[value]


def _digest(*lines: str) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:16]
