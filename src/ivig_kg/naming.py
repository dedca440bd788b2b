"""Naming: which words name which concept.

The words that name a concept are its label, its aliases, its declared surface forms, and the names that
facts give it.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType

from ivig_kg.hierarchy import above
from ivig_kg.nodes import Document, Mapping, Scalar
from ivig_kg.quotation import normal
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import SKOS, Form, Schema

SHOWN = frozenset({SKOS + "prefLabel", SKOS + "altLabel"})
MEDICINES = frozenset(VOCABULARY + name for name in ("Drug", "Product"))
ALIASES = frozenset({SKOS + "altLabel"})
ALL = SHOWN | {SKOS + "hiddenLabel"}
_WORD = re.compile(r"\w+")
_PLURAL = re.compile(r"ies\b")


@dataclasses.dataclass(frozen=True, slots=True)
class Concept:
    """A concept: its class as an IRI, its label, its aliases, and all words that name it, longest first."""

    kind: str
    label: str
    aliases: tuple[str, ...]
    words: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """What one document adds to the names of a project.

    Attributes:
        concepts: The id, class, label, aliases and other words of each concept in it.
        names: The id and the name of each thing that a fact of it names.
        broader: The ids that are broader than an id, where there are any.
    """

    concepts: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    broader: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """What the concepts of a project are called.

    Attributes:
        concepts: The concepts by their ids.
        wider: The ids that are broader than an id, at any distance.
        broader: The ids that are directly broader than an id.
        by_name: The id that a name alone stands for, the name as names are compared.
        by_token: The ids of which a name has some word, by that word: of each name its rarest.
    """

    concepts: MappingType[str, Concept]
    wider: MappingType[str, frozenset[str]]
    broader: MappingType[str, tuple[str, ...]]
    by_name: MappingType[str, str]
    by_token: MappingType[str, frozenset[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Lexicon:
    """The nodes of some documents, and what the concepts of the project are called.

    Attributes:
        nodes: Every node, in the order of the files.
        facts: The nodes that are facts.
        judged: Those of them that are judged each by itself, in some of the documents.
        names: What the concepts are called.
        schema: What the keys of a node mean.
        references: The keys that name nodes.
    """

    nodes: tuple[Mapping, ...]
    facts: tuple[Mapping, ...]
    judged: tuple[Mapping, ...]
    names: Names
    schema: Schema
    references: frozenset[str]
    _places: MappingType[str, tuple[int, ...]]

    @property
    def concepts(self) -> MappingType[str, Concept]:
        """The concepts of the project by their ids."""
        return self.names.concepts

    def facts_of(self, names: Iterable[str]) -> list[Mapping]:
        """Return the facts of some ids, in the order of the files."""
        return [self.facts[n] for n in sorted(n for name in set(names) for n in self._places.get(name, ()))]

    def objects(self, node: Mapping) -> list[str]:
        """Return the ids of the concepts that the quotation of a fact is to name."""
        properties = self.schema.noted(self.schema.classes.get(node.text("type"), ""), "quotes")
        names = {name for name in self.references if self.schema.keys[name].iri in properties}
        return [v.text for v in node.scalars(*names) if v.text in self.concepts]

    def spoken(self, node: Mapping) -> set[str]:
        """Return every id that a node names: what its words may speak of."""
        return {v.text for v in node.scalars(*self.references)}

    def words_for(self, name: str, text: str) -> str | None:
        """Return the words by which a text names a concept, in the plural too, or None."""
        text = plain(text)
        words = self.concepts[name].words if name in self.concepts else ()
        return next((w for w in words if stands_in(plain(w), text)), None)

    def named(self, text: str) -> str | None:
        """Return the concept that a text is a name of, and nothing else."""
        return self.names.by_name.get(normal(text).casefold())

    def others(self, node: Mapping, text: str, kinds: frozenset[str]) -> list[str]:
        """Return the concepts of some classes that a text names and a node does not, by the longest name first."""
        spoken = self.spoken(node)
        spoken = spoken.union(*(self.names.wider[name] for name in spoken if name in self.names.wider))
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
        """Return the concepts of which a name has its rarest word in a text, be it in the plural."""
        tokens = {form for token in _WORD.findall(plain(text)) for form in _singulars(token)}
        return {name for token in ("", *tokens) for name in self.names.by_token.get(token, ())}

    def without_names(self, node: Mapping, text: str) -> str:
        """Return a text without the names of what a node speaks of: `common` and `2` may be part of a name."""
        for name in sorted(n for n in self.spoken(node) if n in self.concepts):
            for words in self.concepts[name].words:
                text = _without(words, text)
        return text


def given(document: Document, *, schema: Schema) -> Given:
    """Return what one document adds to the names of a project."""
    concepts = []
    names = []
    broader = []
    for node in document.mappings:
        name, about, called = (node.get(key) for key in ("id", "about", "name"))
        class_iri = schema.classes.get(node.text("type"), "")
        if name and class_iri and schema.graph_of(class_iri) == "concepts":
            aliases, other = (tuple(v.text for v in values(node, schema, kinds)) for kinds in (ALIASES, ALL - ALIASES))
            concepts.append((name.text, class_iri, node.text("label"), aliases, other))
        elif about and called:
            names.append((about.text, called.text))
        if name and (wider := tuple(v.text for v in node.scalars("broader"))):
            broader.append((name.text, wider))
    return Given(tuple(concepts), tuple(names), tuple(broader))


def names(every: Iterable[Given]) -> Names:
    """Return what the concepts of a project are called, from what each of its documents adds."""
    words: dict[str, set[str]] = {}
    kinds: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    broader: dict[str, tuple[str, ...]] = {}
    for one in every:
        for name, kind, label, aliases, forms in one.concepts:
            kinds[name] = kind, label, aliases
            words.setdefault(name, set()).update({label, *aliases, *forms})
        for about, text in one.names:
            words.setdefault(about, set()).add(text)
        broader |= one.broader
    concepts = {
        key: Concept(kind, label, aliases, tuple(sorted(words[key] - {""}, key=lambda w: (-len(w), w))))
        for key, (kind, label, aliases) in kinds.items()
    }
    by_name = {normal(w).casefold(): key for key, c in sorted(concepts.items(), reverse=True) for w in c.words}
    return Names(concepts, above(broader), broader, by_name, _by_token(concepts))


def read(documents: Sequence[Document], *, schema: Schema, names: Names, mine: Collection[str]) -> Lexicon:
    """Return the nodes of some documents with the names of the project.

    Args:
        documents: The documents.
        schema: What the keys of a node mean.
        names: What the concepts of the project are called.
        mine: The names of the documents whose facts are judged.
    """

    def facts(among: Iterable[Document]) -> tuple[Mapping, ...]:
        """Return the nodes of documents that are facts."""
        return tuple(
            n for d in among for n in d.mappings if schema.graph_of(schema.classes.get(n.text("type"), "")) == "facts"
        )

    every = facts(documents)
    places: dict[str, tuple[int, ...]] = {}
    for place, node in enumerate(every):
        places[node.text("id")] = (*places.get(node.text("id"), ()), place)
    return Lexicon(
        nodes=tuple(n for d in documents for n in d.mappings),
        facts=every,
        judged=facts(d for d in documents if d.name in mine),
        names=names,
        schema=schema,
        _places=places,
        references=frozenset(k.name for k in schema.keys.values() if k.form is Form.REFERENCE),
    )


def _by_token(concepts: MappingType[str, Concept]) -> dict[str, frozenset[str]]:
    """Return the concepts by the rarest word of each of their names; by none where a name has no word."""
    tokens = {words: _WORD.findall(plain(words)) for concept in concepts.values() for words in concept.words}
    often = collections.Counter(token for found in tokens.values() for token in found)
    found: dict[str, set[str]] = {}
    for name, concept in concepts.items():
        for words in concept.words:
            rarest = min(tokens[words], key=lambda token: (often[token], token), default="")
            found.setdefault(rarest, set()).add(name)
    return {token: frozenset(names) for token, names in found.items()}


def _singulars(token: str) -> list[str]:
    """Return what a word may be the plural of, itself among it.

    >>> _singulars("rashes")
    ['rashes', 'rash', 'rashe']
    """
    return [token, *(token.removesuffix(ending) for ending in ("es", "s") if token.endswith(ending))]


def stands_in(words: str, text: str) -> bool:
    """Tell whether words stand in a text as whole words, in the plural too.

    >>> [stands_in("rash", text) for text in ("two rashes", "brash")]
    [True, False]
    """
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        ends = (end + len(plural) for plural in ("", "s", "es") if text.startswith(plural, end))
        if not _is_letter(text[start - 1 : start]) and any(not _is_letter(text[e : e + 1]) for e in ends):
            return True
        start = text.find(words, start + 1)
    return False


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a text as names are compared: capitals do not count, and `deficiencies` is a deficiency."""
    return _PLURAL.sub("y", normal(text).casefold())


def _without(words: str, text: str) -> str:
    """Return a text with a blank wherever some words stand, capitals or not.

    >>> _without("headache", "Headache and headaches")
    '  and  s'
    """
    if not (words.isascii() and text.isascii()):
        return re.sub(re.escape(words), " ", text, flags=re.IGNORECASE)
    found, low, begin = [], text.lower(), 0
    while (start := low.find(words.lower(), begin)) >= 0:
        found.append(text[begin:start])
        begin = start + len(words)
    return " ".join([*found, text[begin:]])


def values(node: Mapping, schema: Schema, properties: frozenset[str]) -> Iterator[Scalar]:
    """Yield the values that a node has for some properties."""
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        if key and key.iri in properties:
            yield from (v for v in entry.values if isinstance(v, Scalar))
