"""Provenance: where a triple comes from, back to the line that a person wrote, the passage, or the rule."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from ivig_kg import ids, terms
from ivig_kg.accounting import Leaf
from ivig_kg.errors import UsageError
from ivig_kg.findings import printable, quoted
from ivig_kg.loading import Loaded
from ivig_kg.rendition import short
from ivig_kg.resources import THINGS, VOCABULARY, read_text
from ivig_kg.schema import Form, Key, Schema, Triple
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


class Ledger:
    """A project as it was read, with every triple at hand by where it comes from.

    Attributes:
        loaded: The project.
        written: Values of the facts files by the triple that they became.
        stated: Values of the facts files by the IRI of the node on which they stand.
        places: Where each node is defined, by its IRI.
        mapped: Places in the table of mappings by the triple that they became.
        ontology: What the ontology says.
    """

    def __init__(self, loaded: Loaded) -> None:
        """Sort the triples of a project by their origin."""
        self.loaded = loaded
        self.written: dict[Triple, list[Leaf]] = {}
        self.stated: dict[str, list[Leaf]] = {}
        for leaf in loaded.leaves:
            self.written.setdefault(leaf.triple, []).append(leaf)
            self.stated.setdefault(leaf.triple.subject.value, []).append(leaf)
        self.places = {THINGS + name.text: str(name.position) for name, _ in ids.defined(loaded.documents)}
        self.mapped: dict[Triple, list[str]] = {}
        for row, made in zip(loaded.table.rows, terms.triples(loaded.table), strict=True):
            self.mapped.setdefault(made, []).append(str(row.at("object_id")))
        self.ontology = frozenset(loaded.schema.ontology)


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


def trace(triple: Triple, *, ledger: Ledger) -> list[Origin]:
    """Return every place that a triple comes from; none where it is not in the graph."""
    return [
        *_written(triple, ledger),
        *_mapped(triple, ledger),
        *_in_ontology(triple, ledger),
        *_derived(triple, ledger),
    ]


def text(triple: Triple, origins: list[Origin], *, prefixes: Mapping[str, str]) -> str:
    """Return a triple and where it comes from, for a person to read."""
    lines = [" ".join(short(term, prefixes) for term in triple), ""]
    for origin in origins:
        lines += [f"{origin.what}", f"  {origin.place}", *(f"    {line}" for line in origin.detail)]
    return "\n".join(map(printable, lines)) + "\n"


def _written(triple: Triple, ledger: Ledger) -> Iterator[Origin]:
    for leaf in ledger.written.get(triple, ()):
        yield Origin("written in", str(leaf.position), _evidence(triple.subject.value, ledger))


def _evidence(subject: str, ledger: Ledger) -> tuple[str, ...]:
    """Return the quotation and the passages of a fact, a line each."""
    values = [(leaf.key, leaf.text) for leaf in ledger.stated.get(subject, ())]
    passages = [text for key, text in values if key == "evidence"]
    stated = [f'states "{text}"' for key, text in values if key == "statedAs"]
    return (
        *stated,
        *(f"on passage {p} ({_section(p, ledger)}), {ledger.places.get(THINGS + p, '')}" for p in passages),
    )


def _section(passage: str, ledger: Ledger) -> str:
    return next((leaf.text for leaf in ledger.stated.get(THINGS + passage, ()) if leaf.key == "section"), "")


def _mapped(triple: Triple, ledger: Ledger) -> Iterator[Origin]:
    for place in ledger.mapped.get(triple, ()):
        yield Origin("mapped in", place)


def _in_ontology(triple: Triple, ledger: Ledger) -> Iterator[Origin]:
    project = ledger.loaded.project
    if triple in ledger.ontology:
        path = project.ontology / "ivig.ttl"
        yield Origin("defined in", f"{project.shown(path)}:{_line(path, triple.subject.value)}:1")


def _line(path: Path, subject: str) -> int:
    """Return the line of a Turtle file on which the block of a subject begins."""
    names = {f"<{subject}>", f"ivig:{subject.removeprefix(VOCABULARY)}"}
    lines = read_text(path).splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.split(" ")[0] in names), 1)


def _derived(triple: Triple, ledger: Ledger) -> Iterator[Origin]:
    """Yield the rules that give a triple, and for each the facts that it gives it for."""
    project = ledger.loaded.project
    for rule, fact in sorted(ledger.loaded.part.derived.get(triple, ()), key=str):
        path = project.shown(project.ontology / "rules" / f"{rule}.rq")
        detail = (f"from {fact.removeprefix(THINGS)}, {ledger.places[fact]}", *_evidence(fact, ledger)) if fact else ()
        yield Origin("derived by", path, detail)
