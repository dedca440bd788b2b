"""Provenance: where a triple comes from, back to the line that a person wrote, the passage, or the rule."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import ids, rules, terms
from ivig_kg.errors import UsageError
from ivig_kg.findings import quoted
from ivig_kg.loading import Loaded
from ivig_kg.rdf import named
from ivig_kg.resources import THINGS, VOCABULARY, read_text
from ivig_kg.schema import Form, Key, Schema, Triple
from ivig_kg.sparql import short
from ivig_kg.spelling import is_slug

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"\S*|<[^>]*>|\S+')


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """One place that a triple comes from.

    Attributes:
        what: A few words: how the place gives the triple.
        place: The file, with line and column where there is one.
        detail: What it rests on there: quotation and passage of a fact, or the fact that a rule was applied to.
    """

    what: str
    place: str
    detail: tuple[str, ...] = ()


def parse(text: str, *, loaded: Loaded) -> Triple:
    """Return the triple that a person typed: a line of an export, or ids and names as in a facts file.

    Raises:
        UsageError: It is not one triple.
    """
    tokens = _TOKEN.findall(text.strip().removesuffix(" ."))
    if len(tokens) < 3:  # noqa: PLR2004  (subject, predicate, object)
        message = 'a triple is three terms: SUBJECT PREDICATE OBJECT, each an id, prefix:name, <address> or "text"'
        raise UsageError(message)
    first, second, *rest = tokens
    second = {"a": "type", "rdf:type": "type"}.get(second, second.removeprefix("ivig:"))
    key = loaded.schema.keys.get(second)
    typed = (
        f"<{THINGS}{first}>" if is_slug(first) else first,
        f"<{key.iri}>" if key else "a" if second == "type" else tokens[1],
        _object(" ".join(rest), second, key, loaded.schema),
    )
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in loaded.prefixes.items())
    try:
        (quad,) = ox.parse(f"{head}{' '.join(typed)} .", ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as error:
        message = f"this is not a triple: {quoted(text)}; write ids, keys of a facts file, prefix:name or <address>"
        raise UsageError(message) from error
    return quad.triple


def _object(text: str, second: str, key: Key | None, schema: Schema) -> str:
    """Return the object of a triple in Turtle: as it was typed, or what stands under the key in a facts file."""
    words = schema.classes if second == "type" else schema.words if key and key.form is Form.WORD else {}
    if text in words:
        return f"<{words[text]}>"
    if text.startswith(("<", '"')) or (key is None and not is_slug(text)):
        return text
    if key and key.form is Form.TEXT:
        datatype = ox.NamedNode(key.datatype) if key.datatype else None
        return str(ox.Literal(text, language=key.language, datatype=datatype))
    return f"<{THINGS}{text}>" if is_slug(text) else text


def trace(triple: Triple, *, loaded: Loaded) -> list[Origin]:
    """Return every place that a triple comes from; none where it is not in the graph."""
    return [
        *_written(triple, loaded),
        *_mapped(triple, loaded),
        *_in_ontology(triple, loaded),
        *_derived(triple, loaded),
    ]


def text(triple: Triple, origins: list[Origin], *, prefixes: Mapping[str, str]) -> str:
    """Return a triple and where it comes from, for a person to read."""
    lines = [" ".join(short(term, prefixes) for term in triple), ""]
    for origin in origins:
        lines += [f"{origin.what}", f"  {origin.place}", *(f"    {line}" for line in origin.detail)]
    return "\n".join(lines) + "\n"


def _written(triple: Triple, loaded: Loaded) -> Iterator[Origin]:
    for leaf in loaded.leaves:
        if leaf.triple == triple:
            yield Origin("written in", str(leaf.position), _evidence(triple.subject.value, loaded))


def _evidence(subject: str, loaded: Loaded) -> tuple[str, ...]:
    """Return the quotation and the passages of a fact, a line each."""
    values = [(leaf.key, leaf.text) for leaf in loaded.leaves if leaf.triple.subject.value == subject]
    passages = [text for key, text in values if key == "evidence"]
    stated = [f'states "{text}"' for key, text in values if key == "statedAs"]
    sections = {leaf.triple.subject.value: leaf.text for leaf in loaded.leaves if leaf.key == "section"}
    places = {name.text: str(name.position) for name, _ in ids.defined(loaded.documents)}
    return (*stated, *(f"on passage {p} ({sections.get(THINGS + p, '')}), {places.get(p, '')}" for p in passages))


def _mapped(triple: Triple, loaded: Loaded) -> Iterator[Origin]:
    if not loaded.table.rows or not str(triple.predicate.value).endswith("Match"):
        return
    for row, made in zip(loaded.table.rows, terms.triples(loaded.table), strict=True):
        if made == triple:
            yield Origin("mapped in", str(row.at("object_id")))


def _in_ontology(triple: Triple, loaded: Loaded) -> Iterator[Origin]:
    if triple in loaded.schema.ontology:
        path = loaded.project.ontology / "ivig.ttl"
        yield Origin("defined in", f"{loaded.project.shown(path)}:{_line(path, triple.subject.value)}:1")


def _line(path: Path, subject: str) -> int:
    """Return the line of a Turtle file on which the block of a subject begins."""
    names = {f"<{subject}>", f"ivig:{subject.removeprefix(VOCABULARY)}"}
    lines = read_text(path).splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.split(" ")[0] in names), 1)


def _derived(triple: Triple, loaded: Loaded) -> Iterator[Origin]:
    """Find the rules that give a triple, and for each the facts that it gives it for.

    A fact gives the triple if the rule does so with that fact alone beside concepts, sources and ontology.
    """
    places = {THINGS + name.text: name.position for name, _ in ids.defined(loaded.documents)}
    triples: list[tuple[Triple, Any]] = [(q.triple, q.graph_name) for q in loaded.quads]
    facts = {t.subject.value for t, graph in triples if graph == named("facts")}
    known = {t for t, graph in triples if graph != named("derived")}
    if triple in known:
        return
    rest = {t for t in known if t.subject.value not in facts}
    own: dict[str, set[Triple]] = {}
    for one in known - rest:
        own.setdefault(one.subject.value, set()).add(one)
    near = [s for s in own if s == triple.subject.value or any(t.object == triple.object for t in own[s])]
    for rule in rules.read(loaded.project.ontology / "rules"):
        path = loaded.project.shown(loaded.project.ontology / "rules" / f"{rule.name}.rq")
        for subject in sorted(near):
            if triple in rules.derive([rule], rest | own[subject]):
                detail = (f"from {subject.removeprefix(THINGS)}, {places[subject]}",)
                yield Origin("derived by", path, detail + _evidence(subject, loaded))
