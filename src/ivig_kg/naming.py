"""Naming: which words name which concept.

The words that name a concept are its label, its aliases, its declared surface forms, and the names that
facts give it.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType

from ivig_kg.hierarchy import above
from ivig_kg.nodes import Document, Mapping, Scalar, mappings
from ivig_kg.quotation import normal
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import SKOS, Form, Schema

SHOWN = frozenset({SKOS + "prefLabel", SKOS + "altLabel"})
MEDICINES = frozenset(VOCABULARY + name for name in ("Drug", "Product"))
ALL = SHOWN | {SKOS + "hiddenLabel"}


@dataclasses.dataclass(frozen=True, slots=True)
class Concept:
    """A concept: its class as an IRI, its label, and the words that name it, longest first."""

    kind: str
    label: str
    words: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Lexicon:
    """Every node of a project, and what the concepts among them are called.

    Attributes:
        nodes: Every node, in the order of the files.
        facts: The nodes that are facts.
        concepts: The concepts by their ids.
        schema: What the keys of a node mean.
        wider: The ids that are broader than an id.
    """

    nodes: tuple[Mapping, ...]
    facts: tuple[Mapping, ...]
    concepts: MappingType[str, Concept]
    schema: Schema
    wider: MappingType[str, frozenset[str]]
    _by_name: MappingType[str, str]
    _by_token: MappingType[str, frozenset[str]]
    _places: MappingType[str, tuple[int, ...]]
    _references: frozenset[str]

    def facts_of(self, names: Iterable[str]) -> list[Mapping]:
        """Return the facts of some ids, in the order of the files."""
        return [self.facts[n] for n in sorted(n for name in set(names) for n in self._places.get(name, ()))]

    def objects(self, node: Mapping) -> list[str]:
        """Return the ids of the concepts that the quotation of a fact is to name."""
        properties = self.schema.noted(self.schema.classes.get(node.text("type"), ""), "quotes")
        names = {name for name in self._references if self.schema.keys[name].iri in properties}
        return [v.text for v in node.scalars(*names) if v.text in self.concepts]

    def spoken(self, node: Mapping) -> set[str]:
        """Return every id that a node names: what its words may speak of."""
        return {v.text for v in node.scalars(*self._references)}

    def words_for(self, name: str, text: str) -> str | None:
        """Return the words by which a text names a concept, in the plural too, or None."""
        text = _plain(text)
        words = self.concepts[name].words if name in self.concepts else ()
        return next((w for w in words if _stands(_plain(w), text)), None)

    def named(self, text: str) -> str | None:
        """Return the concept that a text is a name of, and nothing else."""
        return self._by_name.get(normal(text).casefold())

    def others(self, node: Mapping, text: str, kinds: frozenset[str]) -> list[str]:
        """Return the concepts of some classes that a text names and a node does not, by the longest name first."""
        spoken = self.spoken(node)
        spoken = spoken.union(*(self.wider[name] for name in spoken if name in self.wider))
        own = [normal(w).casefold() for name in spoken if name in self.concepts for w in self.concepts[name].words]
        named = (
            (-len(found), name)
            for name in self._perhaps(text) - spoken
            if self.concepts[name].kind in kinds
            and (found := self.words_for(name, text))
            and not any(re.search(rf"(?<!\w){re.escape(normal(found).casefold())}", words) for words in own)
        )
        return [name for _, name in sorted(named)]

    def _perhaps(self, text: str) -> set[str]:
        """Return the concepts of which a name begins as a word of a text does, be it in the plural."""
        tokens = {form for token in re.findall(r"\w+", _plain(text)) for form in _singulars(token)}
        return {name for token in ("", *tokens) for name in self._by_token.get(token, ())}

    def without_names(self, node: Mapping, text: str) -> str:
        """Return a text without the names of what a node speaks of: `common` and `2` may be part of a name."""
        for name in sorted(n for n in self.spoken(node) if n in self.concepts):
            for words in self.concepts[name].words:
                text = _anywhere(words).sub(" ", text)
        return text


def read(documents: Iterable[Document], *, schema: Schema) -> Lexicon:
    """Return what the concepts of some documents are called."""
    every = tuple(n for d in documents for n in mappings(d.nodes))
    words: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    labels: dict[str, str] = {}
    for node in every:
        name, about, given = (node.get(key) for key in ("id", "about", "name"))
        class_iri = schema.classes.get(node.text("type"), "")
        if name and class_iri and schema.graph_of(class_iri) == "concepts":
            kinds[name.text] = class_iri
            labels[name.text] = node.text("label")
            words.setdefault(name.text, set()).update(v.text for v in values(node, schema, ALL))
        elif about and given:
            words.setdefault(about.text, set()).add(given.text)
    concepts = {
        key: Concept(kind, labels[key], tuple(sorted(words[key] - {""}, key=lambda w: (-len(w), w))))
        for key, kind in kinds.items()
    }
    broader = {name.text: [v.text for v in n.scalars("broader")] for n in every if (name := n.get("id"))}
    by_name = {normal(w).casefold(): key for key, c in sorted(concepts.items(), reverse=True) for w in c.words}
    facts = tuple(n for n in every if schema.graph_of(schema.classes.get(n.text("type"), "")) == "facts")
    places: dict[str, tuple[int, ...]] = {}
    for place, node in enumerate(facts):
        places[node.text("id")] = (*places.get(node.text("id"), ()), place)
    references = frozenset(k.name for k in schema.keys.values() if k.form is Form.REFERENCE)
    tokens = _by_token(concepts)
    return Lexicon(every, facts, concepts, schema, above(broader), by_name, tokens, places, references)


def _by_token(concepts: MappingType[str, Concept]) -> dict[str, frozenset[str]]:
    """Return the concepts by the first word of each of their names; by none where a name does not begin with a word."""
    found: dict[str, set[str]] = {}
    for name, concept in concepts.items():
        for words in concept.words:
            begin = re.match(r"\w*", _plain(words))
            found.setdefault(begin[0] if begin else "", set()).add(name)
    return {token: frozenset(names) for token, names in found.items()}


def _singulars(token: str) -> list[str]:
    """Return what a word may be the plural of, itself among it.

    >>> _singulars("rashes")
    ['rashes', 'rash', 'rashe']
    """
    return [token, *(token.removesuffix(ending) for ending in ("es", "s") if token.endswith(ending))]


def _stands(words: str, text: str) -> bool:
    """Tell whether words stand in a text as whole words, in the plural too.

    >>> [_stands("rash", text) for text in ("two rashes", "brash")]
    [True, False]
    """
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        ends = (end + len(plural) for plural in ("", "s", "es") if text.startswith(plural, end))
        if not _is_letter(text[:start][-1:]) and any(not _is_letter(text[e : e + 1]) for e in ends):
            return True
        start = text.find(words, start + 1)
    return False


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


@functools.lru_cache(maxsize=65536)
def _anywhere(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words), re.IGNORECASE)


@functools.lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    """Return a text as names are compared: capitals do not count, and `deficiencies` is a deficiency."""
    return re.sub(r"ies\b", "y", normal(text).casefold())


def values(node: Mapping, schema: Schema, properties: frozenset[str]) -> Iterator[Scalar]:
    """Yield the values that a node has for some properties."""
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        if key and key.iri in properties:
            yield from (v for v in entry.values if isinstance(v, Scalar))
