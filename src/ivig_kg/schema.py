"""What a facts file may say: the classes, keys and words that ontology, shapes and context define.

The context is the whole mapping of YAML to RDF, so it is held against ontology and shapes each time:
a term that leads nowhere, or a class, property or word without a term, would lose facts in silence.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import definitions, grammar, originals, shacl, stability
from ivig_kg.definitions import Definitions, Text
from ivig_kg.errors import ShapesError
from ivig_kg.hierarchy import above
from ivig_kg.resources import THINGS, VOCABULARY, Project, parsed_context

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
DCTERMS = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

Triple = Any  # RDF 1.1 alone: pyoxigraph's own type would allow a triple as a subject


class Form(enum.Enum):
    """What the value of a key is."""

    REFERENCE = "an id"
    ADDRESS = "an address"
    WORD = "a word of a closed list"
    TEXT = "text"
    NODES = "nodes"


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A key of a facts file: the property it stands for and how its values are read."""

    name: str
    iri: str
    form: Form
    datatype: str | None = None
    language: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Schema:
    """The classes, keys and words of a project; see `load`.

    Attributes:
        context: The terms of the context, as JSON.
        prefixes: The prefixes that the context declares.
        keys: Every key by its name, `id` and `type` left out.
        classes: Every class by its name in a facts file.
        abstract: Names of the classes that no file uses by itself.
        words: The words of closed lists.
        ontology: The triples of the ontology.
        shapes: The triples of the shapes.
        ships: Whether all of it, derivations too, is what ships with ivig-kg, letter by letter.
    """

    context: dict[str, object]
    prefixes: dict[str, str]
    keys: dict[str, Key]
    classes: dict[str, str]
    abstract: frozenset[str]
    words: dict[str, str]
    ontology: tuple[Triple, ...]
    shapes: tuple[Triple, ...]
    ships: bool
    _parents: dict[str, frozenset[str]]
    _named: dict[str, frozenset[str]]
    _typed: dict[tuple[str, str], str]
    _notes: dict[tuple[str, str], frozenset[str]]
    _ranges: dict[str, frozenset[str]]
    _allowed: dict[str, frozenset[str]] = dataclasses.field(default_factory=dict, compare=False)

    def ancestors(self, class_iri: str) -> frozenset[str]:
        """Return a class and all its superclasses, as IRIs."""
        return self._parents.get(class_iri, frozenset({class_iri}))

    def properties(self, class_iri: str) -> frozenset[str]:
        """Return the properties that the class's shape and those of its superclasses name: no others are allowed.

        `sh:closed` would not see the shapes of superclasses.
        """
        return frozenset().union(*(self._named.get(c, frozenset()) for c in self.ancestors(class_iri)))

    def allowed(self, class_iri: str) -> frozenset[str]:
        """Return the names of the keys that a node of the class may have."""
        if class_iri not in self._allowed:
            properties = self.properties(class_iri)
            keys = (k for k in self.keys.values() if (k.iri in properties) is (k.form is not Form.NODES))
            self._allowed[class_iri] = frozenset(k.name for k in keys if self._fits(k, class_iri))
        return self._allowed[class_iri]

    def _fits(self, key: Key, class_iri: str) -> bool:
        """Tell whether a class takes a key: a reversed one (a source's passages) at its end, text in its datatype."""
        if key.form is Form.NODES:
            return class_iri in self.ranges(key.iri)
        own = key.datatype or (RDF + "langString" if key.language else XSD + "string")
        return key.form is not Form.TEXT or all(
            self._typed.get((c, key.iri), own) == own for c in self.ancestors(class_iri)
        )

    def ranges(self, property_iri: str) -> frozenset[str]:
        """Return the classes that the ontology gives as the range of a property."""
        return self._ranges.get(property_iri, frozenset())

    def noted(self, class_iri: str, annotation: str) -> frozenset[str]:
        """Return what the ontology notes of a class under an annotation of ours, such as `quotes`."""
        return self._notes.get((class_iri, VOCABULARY + annotation), frozenset())

    def graph_of(self, class_iri: str) -> str:
        """Return the local name of the named graph that nodes of a class belong to."""
        ancestors = self.ancestors(class_iri)
        if VOCABULARY + "Fact" in ancestors:
            return "facts"
        return "sources" if ancestors & {VOCABULARY + "Source", VOCABULARY + "Passage"} else "concepts"


def load(project: Project) -> Schema:
    """Read ontology, shapes and context of a project; what was made of the same texts before is given again.

    Raises:
        ShapesError: One of them cannot be read, or they do not fit together.
    """
    try:
        return _made(definitions.read(project), ships=originals.are_unchanged(project))
    except ShapesError as error:
        originals.explain(error, project)
        raise


@functools.lru_cache(maxsize=4)
def _made(given: Definitions, *, ships: bool) -> Schema:
    path, ontology_path = given.context.path, given.ontology.path
    context = parsed_context(path, given.context.text)
    said = definitions.turtle(given.ontology)
    ontology = said.triples
    stability.check(ontology_path, ontology)
    prefixes = {k: v for k, v in context.items() if isinstance(v, str) and v.endswith(("/", "#")) and k[:1] != "@"}
    classes = _subjects(ontology, RDF + "type", OWL + "Class")
    abstract = _subjects(ontology, RDF + "type", VOCABULARY + "AbstractClass")
    words = _subjects(ontology, RDF + "type", SKOS + "Concept")
    terms = {k: v for k, v in context.items() if k[:1] != "@" and k not in {*prefixes, "id", "type"}}
    expanded = {k: _expand(v, prefixes) for k, v in terms.items()}
    shapes = _shapes(given.shapes, given.ontology, frozenset(expanded.values()), ships=ships)
    named, addresses, typed = _paths(shapes)
    keys = {k: _key(k, v, expanded[k], prefixes, addresses) for k, v in terms.items() if isinstance(v, dict)}
    schema = Schema(
        context=context,
        prefixes=prefixes,
        keys=keys,
        classes={k: i for k, i in expanded.items() if i in classes},
        abstract=frozenset(k for k, i in expanded.items() if i in abstract),
        words={k: i for k, i in expanded.items() if i in words},
        ontology=ontology,
        shapes=shapes,
        ships=ships,
        _parents=_closure(classes, ontology),
        _named=named,
        _typed=typed,
        _notes=_notes(classes, ontology),
        _ranges=_ranges(ontology),
    )
    for prefix, iri in said.prefixes.items():
        if prefixes.get(prefix) != iri:
            message = f"{path}: the prefix `{prefix}` of {ontology_path.name} is missing or stands for something else"
            raise ShapesError(message)
    _hold_together(
        path, schema, expanded, frozenset().union(*named.values()), classes - {VOCABULARY + "AbstractClass"} | words
    )
    return schema


@functools.lru_cache(maxsize=4)
def _shapes(texts: tuple[Text, ...], ontology: Text, known: frozenset[str], *, ships: bool) -> tuple[Triple, ...]:
    """Return the triples of the shapes, which keep to the grammar; a test holds those that ship to it."""
    files = {file.path: list(definitions.turtle(file).triples) for file in texts}
    if not any(files.values()):
        message = f"{texts[0].path.parent}: there are no shapes here"
        raise ShapesError(message)
    if not ships:
        grammar.check(files, ontology=definitions.turtle(ontology).triples, properties=known)
    return shacl.named(t for found in files.values() for t in found)


def _hold_together(
    path: Path, schema: Schema, expanded: dict[str, str], properties: frozenset[str], things: frozenset[str]
) -> None:
    """Refuse a context that would drop or bend facts: every term leads somewhere, everything has its term."""
    known = properties | things
    if [schema.context.get(name) for name in ("@base", "id", "type")] != [THINGS, "@id", "@type"]:
        message = f"{path}: `@base`, `id` and `type` must stand for {THINGS}, `@id` and `@type`"
        raise ShapesError(message)
    for term, iri in expanded.items():
        if iri not in known:
            message = f"{path}: the term `{term}` leads to <{iri}>, which no shape and no class names"
            raise ShapesError(message)
    forward = {
        iri for term, iri in expanded.items() if term not in schema.keys or schema.keys[term].form is not Form.NODES
    }
    if missing := sorted(known - forward):
        message = f"{path}: there is no term for <{missing[0]}>"
        raise ShapesError(message)
    if not any(key.form is Form.NODES for key in schema.keys.values()):
        message = f"{path}: there is no term that puts passages under their source"
        raise ShapesError(message)
    for key in schema.keys.values():
        if key.language and not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", key.language):
            message = f"{path}: the language of `{key.name}` is not a lower-case language tag"
            raise ShapesError(message)
        if key.datatype and not key.datatype.startswith(XSD):
            message = f"{path}: the datatype of `{key.name}` is not one of XML Schema"
            raise ShapesError(message)


def _expand(definition: object, prefixes: dict[str, str]) -> str:
    found = definition if isinstance(definition, str) else ""
    if isinstance(definition, dict):
        found = str(definition.get("@id") or definition.get("@reverse") or "")
    prefix, _, local = found.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else found


def _key(
    name: str, definition: dict[str, object], iri: str, prefixes: dict[str, str], addresses: frozenset[str]
) -> Key:
    kind, language = definition.get("@type"), definition.get("@language")
    if "@reverse" in definition:
        return Key(name, iri, Form.NODES)
    if kind == "@id":
        return Key(name, iri, Form.ADDRESS if iri in addresses else Form.REFERENCE)
    if kind == "@vocab":
        return Key(name, iri, Form.WORD)
    datatype = _expand(kind, prefixes) if isinstance(kind, str) else None
    return Key(name, iri, Form.TEXT, datatype, language if isinstance(language, str) else None)


def _subjects(ontology: Iterable[Triple], predicate: str, value: str) -> frozenset[str]:
    return frozenset(t.subject.value for t in ontology if t.predicate.value == predicate and t.object.value == value)


def _notes(classes: frozenset[str], ontology: Iterable[Triple]) -> dict[tuple[str, str], frozenset[str]]:
    notes: dict[tuple[str, str], frozenset[str]] = {}
    for subject, predicate, value in ontology:
        if subject.value in classes and predicate.value.startswith(VOCABULARY):
            key = subject.value, predicate.value
            notes[key] = notes.get(key, frozenset()) | {value.value}
    return notes


def _ranges(ontology: Iterable[Triple]) -> dict[str, frozenset[str]]:
    ranges: dict[str, frozenset[str]] = {}
    for subject, predicate, value in ontology:
        if predicate.value == RDFS + "range":
            ranges[subject.value] = ranges.get(subject.value, frozenset()) | {value.value}
    return ranges


def _closure(classes: frozenset[str], ontology: Iterable[Triple]) -> dict[str, frozenset[str]]:
    """Return every class with itself and its superclasses."""
    direct: dict[str, list[str]] = {c: [] for c in classes}
    for triple in ontology:
        if triple.predicate.value == RDFS + "subClassOf" and triple.subject.value in direct:
            direct[triple.subject.value].append(triple.object.value)
    return {name: wider | {name} for name, wider in above(direct).items()}


def _paths(
    shapes: Iterable[Triple],
) -> tuple[dict[str, frozenset[str]], frozenset[str], dict[tuple[str, str], str]]:
    """Return the properties that each class's shape names, those whose value is an address, and datatypes by both."""
    said: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for subject, predicate, value in shapes:
        if isinstance(value, ox.NamedNode):
            said[predicate.value].setdefault(subject.value, []).append(value.value)
    path, datatype = ({shape: values[-1] for shape, values in said[SH + x].items()} for x in ("path", "datatype"))
    addresses = frozenset(path[s] for s, kinds in said[SH + "nodeKind"].items() if SH + "IRI" in kinds and s in path)
    named: dict[str, frozenset[str]] = {}
    typed: dict[tuple[str, str], str] = {}
    for shape, targets in said[SH + "targetClass"].items():
        own = [m for m in said[SH + "property"].get(shape, ()) if m in path]
        for class_iri in targets:
            named[class_iri] = named.get(class_iri, frozenset()) | {path[m] for m in own}
            typed |= {(class_iri, path[m]): datatype[m] for m in own if m in datatype}
    return named, addresses, typed
