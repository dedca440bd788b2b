"""Skeletons: every key that a node of a class may have, in the order of a file, and what to write under it.

All of it is read from ontology, shapes and context, so that a new class or key is known here at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ivig_kg.errors import UsageError
from ivig_kg.findings import quoted
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import RDF, RDFS, SH, SKOS, XSD, Form, Key, Schema
from ivig_kg.spelling import nearest, with_article

MAX_CHOICES = 16
MAX_KINDS = 4
MAX_ALTERNATIVES = 4
_FIRST = ("label", "about")
_QUOTATION = "statedAs"
_LAST = (
    "evidence",
    "note",
    "conflictsWith",
    "supersededBy",
    "status",
    "reason",
    "curator",
    "curatedOn",
    "reviewer",
    "reviewedOn",
    "retractedOn",
)
# Keys that other vocabularies define; `label` says it in its shapes, for facts and concepts apart.
_BORROWED = {
    "alias": "another name",
    "broader": "what it is a kind of",
    "date": "the day on which it was issued",
    "definition": "what it is, in one sentence of your own",
    "end": "characters from 0, the end excluded",
    "issuedInMonth": "the month in which it was issued, where it says no day",
    "issuedInYear": "the year in which it was issued, where it says no more",
    "language": "its language as an ISO 639 code, such as en",
    "licence": "the address of the licence that holds",
    "note": "a remark of yours",
    "publisher": "who published it, as printed",
    "related": "what it has to do with",
    "replacedBy": "the source that took its place",
    "scopeNote": "when to use it, and when not",
    "start": "characters from 0",
    "surfaceForm": "other words of a source that mean it",
    "title": "the title as printed",
    "url": "the address where it was published",
    "version": "the version, as printed",
}
_DATATYPES = {
    XSD + "decimal": "number",
    XSD + "nonNegativeInteger": "whole number",
    XSD + "date": "year-month-day",
    XSD + "gYearMonth": "year-month",
    XSD + "gYear": "year",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A key that a class may have.

    Attributes:
        key: Its name.
        required: Whether a node is wrong without it.
        others: The keys of which one is enough, where it is one of several.
        says: What to write, in a few words.
    """

    key: Key
    required: bool
    others: tuple[str, ...]
    says: str


def class_named(word: str, *, schema: Schema) -> str:
    """Return the class that a word means, in whatever case and with or without hyphens.

    Raises:
        UsageError: There is none, or no file uses it by itself; the message says what to write.
    """
    wanted = re.sub(r"[^a-z0-9]", "", word.casefold())
    found = next((name for name in sorted(schema.classes) if name.casefold() == wanted), None)
    concrete = frozenset(schema.classes) - schema.abstract
    if found is None:
        near = nearest(word, concrete)
        hint = f"did you mean `{near}`?" if near else f"kinds are {', '.join(sorted(concrete))}"
        message = f"{quoted(word)} is not a kind of node; {hint}"
        raise UsageError(message)
    if found in schema.abstract:
        kinds = ", ".join(n for n in sorted(concrete) if schema.classes[found] in schema.ancestors(schema.classes[n]))
        message = f"`{found}` is not used by itself; use one of its kinds: {kinds}"
        raise UsageError(message)
    return found


def is_fact(class_name: str, *, schema: Schema) -> bool:
    """Tell whether the nodes of a class are facts."""
    return schema.graph_of(schema.classes[class_name]) == "facts"


def fields(class_name: str, *, schema: Schema) -> list[Field]:
    """Return the keys of a class in the order in which a file has them."""
    iri = schema.classes[class_name]
    known = _Vocabulary(schema)
    shapes = known.shapes(iri)
    needed = {path for shape in shapes for path in known.paths(shape) if known.is_required(shape)}
    either = [known.paths(shape) for shape in shapes if known.is_required(shape)]
    order = list(dict.fromkeys(path for shape in shapes for path in known.paths(shape)))
    allowed = schema.allowed(iri)
    by_iri = {path: [k for k in schema.keys.values() if k.iri == path and k.name in allowed] for path in order}
    found = []
    for key in (key for path in order for key in by_iri[path] if key.form is not Form.NODES):
        groups = [paths for paths in either if key.iri in paths]
        alone = any(len(paths) == 1 for paths in groups) or key.name == _QUOTATION
        choice = () if alone or not groups else groups[0]
        others = tuple(k.name for path in choice for k in by_iri[path]) if len(choice) <= MAX_ALTERNATIVES else ()
        required = alone or (key.iri in needed and bool(others))
        found.append(Field(key, required, others, known.says(key, shapes)))
    main = known.main_property(iri)
    return sorted(found, key=lambda field: _rank(field, main))


def _rank(field: Field, main: str | None) -> tuple[int, int]:
    """Return where a key stands among the others; those of one rank keep the order of the shapes."""
    name = field.key.name
    if name in _FIRST:
        return 0, _FIRST.index(name)
    if name in _LAST:
        return 5, _LAST.index(name)
    if field.key.iri == main:
        return 1, 0
    if name == _QUOTATION:
        return 3, 0
    return (2 if field.required else 4), 0


class _Vocabulary:
    """Ontology and shapes by subject, and what they say of a key."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in (*schema.ontology, *schema.shapes):
            self.said[triple.subject.value][triple.predicate.value].append(triple.object.value)

    def shapes(self, class_iri: str) -> list[str]:
        """Return the property shapes of a class, then those of its superclasses, each in the order of its file."""
        ancestors = sorted(self.schema.ancestors(class_iri), key=lambda c: (-len(self.schema.ancestors(c)), c))
        nodes = [n for c in ancestors for n, said in sorted(self.said.items()) if c in said.get(SH + "targetClass", ())]
        return [shape for node in nodes for shape in self.said[node][SH + "property"]]

    def paths(self, shape: str) -> tuple[str, ...]:
        """Return the property of a shape, or those of which it takes any."""
        path = self._first(shape, SH + "path")
        if path is None:
            return ()
        choice = self._first(path, SH + "alternativePath")
        return (path,) if choice is None else tuple(self._list(choice))

    def is_required(self, shape: str) -> bool:
        """Tell whether a shape asks for a value."""
        return int(self._first(shape, SH + "minCount") or 0) > 0

    def main_property(self, class_iri: str) -> str | None:
        """Return the property that leads from a fact of a class to what it says."""
        return self._first(class_iri, VOCABULARY + "mainProperty")

    def says(self, key: Key, shapes: Iterable[str]) -> str:
        """Return what to write under a key: the form of the value, and what it means."""
        own = [shape for shape in shapes if self.paths(shape) == (key.iri,)]
        meaning = self._first(key.iri, SKOS + "definition") or _BORROWED.get(key.name)
        if meaning is None:
            comments = (self._first(shape, RDFS + "comment") or self._first(shape, SH + "message") for shape in own)
            meaning = next((c for c in comments if c), key.name)
        form = self._form(key, own)
        meaning = meaning.replace("ivig:", "").rstrip(".")
        meaning = meaning if meaning[1:2].isupper() else meaning[:1].lower() + meaning[1:]
        return f"{form}: {meaning}" if form else meaning

    def _form(self, key: Key, own: Sequence[str]) -> str | None:
        lists = [self._list(head) for shape in own for head in self.said[shape].get(SH + "in", ())]
        if lists and len(lists[0]) <= MAX_CHOICES:
            return " | ".join(choice.removeprefix(VOCABULARY) for choice in lists[0])
        if key.form is Form.REFERENCE:
            kinds = [kind for shape in own for kind in self.said[shape].get(SH + "class", ())]
            return f"id of {self._kinds(kinds)}"
        return "https://..." if key.form is Form.ADDRESS else _DATATYPES.get(key.datatype or "")

    def _kinds(self, classes: Sequence[str]) -> str:
        names = {iri: name for name, iri in self.schema.classes.items()}
        wide = [names[c] for c in classes if c in names]
        narrow = sorted(
            n
            for n, i in self.schema.classes.items()
            if n not in self.schema.abstract and self.schema.ancestors(i) & set(classes)
        )
        shown = narrow if 0 < len(narrow) <= MAX_KINDS else wide
        if not shown:
            return "a node"
        listed = " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
        return with_article(listed)

    def _first(self, subject: str, predicate: str) -> str | None:
        found = self.said[subject][predicate] if subject in self.said else []
        return found[0] if found else None

    def _list(self, head: str) -> list[str]:
        """Return the members of an RDF list."""
        found = []
        while head != RDF + "nil":
            found.append(self.said[head][RDF + "first"][0])
            head = self.said[head][RDF + "rest"][0]
        return found
