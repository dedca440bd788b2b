"""Surroundings: what stands around the passages of facts, and what the sources of these say of themselves."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Iterable, Iterator

from ivig_kg import arms, cues, passages, stretches, unchecked
from ivig_kg.claims import PHASES
from ivig_kg.evidence import QUOTATIONS, STATED, Texts
from ivig_kg.medicines import Medicines, as_compared, places
from ivig_kg.naming import Lexicon, plain
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.passages import Stretch
from ivig_kg.quotation import find, normal, stands

HEADINGS = 3  # over a passage, in which a word of a list may stand
_OWN = frozenset({"passages", "textFile", "textDigest", "type"})  # of a source: what says nothing of its place
_ENDS_LIST = re.compile(r"[.;:]\s|\n\s*\n")
# what a passage may say as much of beside: of another disease, another population
_SIDES = ("condition", "contains", "effect", "interactsWith", "monitors", "population", "quantityKind", "risk", "route")
_OBJECTS = frozenset({"effect", "interactsWith", "monitors"})  # of each a sentence says what it says
# "in patients with ITP", of what the effect is seen in: nothing is said of it there
_CONTEXT = re.compile(
    r"(?<!\w)(?:patients|people|those|children|adults|subjects|women|men|treat\w*|therapy|prophylaxis|indicat\w*|used?)\s+"
    r"(?:with|for|of|in|having|who\s+have)\s+(?:\w+\s+){0,2}\Z"
)
_TRIAL = re.compile(r"\s+(?:clinical\s+)?(?:trials?|stud(?:y|ies))(?!\w)")
_NEAR = 60  # characters before a name in which its context stands
_CELLS = " | "
_CLAUSES = re.compile(r"\n|;\s|(?<!Inc)(?<!Ltd)(?<!Corp)(?<!Co)\.\s")
_ENGLISH = re.compile(r"en(?:-.*)?", re.IGNORECASE)


@dataclasses.dataclass(slots=True)
class Around:
    """What is said around the passages of a fact.

    Attributes:
        words: The words of the passages, of their sentences, and of the quotations of the fact.
        own: The words of the passages and their sentences without what they say of another medicine or thing.
        headings: The headings over each passage, the nearest first.
        brackets: What stands in brackets right behind the words for what the fact speaks of, or over their list.
    """

    words: list[str] = dataclasses.field(default_factory=list)
    own: list[str] = dataclasses.field(default_factory=list)
    headings: list[list[str]] = dataclasses.field(default_factory=list)
    brackets: list[str] = dataclasses.field(default_factory=list)

    def says(self, key: str, word: str) -> bool:
        """Tell whether it says a word of a list: brackets that say one decide, and of headings the nearest."""
        decide = [text for text in self.brackets if key == "frequency" and cues.speaks(key, text)]
        over = (next((h for h in found if cues.speaks(key, h)), "") for found in self.headings)
        words = self.own if key == "frequency" else self.words
        return any(cues.says(key, word, text) for text in decide or (*words, *over))


class Sources:
    """The passages and sources that facts rest on."""

    def __init__(self, lexicon: Lexicon, texts: Texts) -> None:
        nodes = list(lexicon.nodes)
        self.lexicon, self.texts = lexicon, texts
        self.passages = {p.text("id"): (p, parent) for p, parent in unchecked.passages_of(nodes)}
        self.sources = {n.text("id"): n for n in nodes if n.text("type") == "Source"}
        self._sentences: dict[str, list[Stretch]] = {}

    @functools.cached_property
    def medicines(self) -> Medicines:
        """The medicines that texts may name."""
        return Medicines(self.lexicon, self.texts)

    @functools.cached_property
    def places(self) -> dict[str, str]:
        """The jurisdiction of each product that has one."""
        return {n.text("id"): n.text("jurisdiction") for n in self.lexicon.nodes if _is_place(n)}

    @functools.cached_property
    def of_products(self) -> dict[str, set[str]]:
        """The jurisdictions of the products that facts of each source are about, by the id of the source."""
        found: dict[str, set[str]] = {}
        for node in self.lexicon.facts:
            for _, source in (self.passages[v.text] for v in node.scalars("evidence") if v.text in self.passages):
                found.setdefault(source, set()).add(self.places.get(node.text("about"), ""))
        return found

    def saying(self, source: str) -> list[str]:
        """Return all that may say of what place a source is: its text, and its own values."""
        values = (v.text for e in self.sources[source].entries if e.key.text not in _OWN for v in _scalars(e.values))
        return [*values, self.texts.sources[source]]

    def is_of(self, place: str, source: str) -> bool:
        """Tell whether a source speaks of a place.

        What we say of the source counts too, unless its text speaks of the authority of another one.
        """
        *values, text = self.saying(source)
        said = [text] if cues.other_authority(place, text) else [*values, text]
        return any(one == place or cues.PLACES[place].search(one) for one in said)

    def is_english(self, source: str) -> bool:
        """Tell whether a source may be in English: it says so, or says nothing of its language."""
        languages = list(self.sources[source].scalars("language")) if source in self.sources else []
        return not languages or any(_ENGLISH.fullmatch(v.text) for v in languages)

    def said(self, node: Mapping) -> Iterator[tuple[str, Stretch]]:
        """Yield the text and the stretch of each sentence that a fact quotes; of a passage if it quotes nothing."""
        stated = node.get(STATED)
        for name in (v.text for v in node.scalars("evidence")):
            source = self.passages[name][1]
            text, span = self.texts.sources[source], self.texts.spans.get(name)
            if span is None and name not in self.texts.loose:
                continue
            begin, end = span or (0, len(text))
            if stated and stated.text:
                places = [Stretch(a, b) for a, b in find(stated.text, text) if begin <= a and b <= end]
                over = self._over(source, places)
                yield from ((text, sentence) for sentence in over)
            elif span:
                yield text, Stretch(*span)

    def _over(self, source: str, places: list[Stretch]) -> Iterator[Stretch]:
        if source not in self._sentences:
            self._sentences[source] = passages.sentences(self.texts.sources[source])
        sentences = self._sentences[source]
        yield from (s for s in sentences if any(s.start < p.end and p.start < s.end for p in places))

    def sentences(self, node: Mapping) -> Iterator[str]:
        """Yield the sentences of each passage of a fact; of one that is known by its section alone its whole text."""
        for name in (v.text for v in node.scalars("evidence")):
            source = self.passages[name][1]
            text, span = self.texts.sources[source], self.texts.spans.get(name)
            whole = " ".join(s.of(text) for s in self._over(source, [Stretch(*span)])) if span else text
            # the lines of a table are no sentences, and its head is no word of its first row
            yield "\n".join(map(_read, whole.splitlines())) if _CELLS in whole else _read(whole)

    def rows(self, node: Mapping) -> list[str]:
        """Return the lines and clauses of the passages of a fact without those that name another medicine alone."""
        found: list[str] = []
        for name in (v.text for v in node.scalars("evidence")):
            text, span = self.texts.sources[self.passages[name][1]], self.texts.spans.get(name)
            inside = text[slice(*span)] if span else text
            found += map(_read, inside.splitlines() if _CELLS in inside else _CLAUSES.split(inside))
        is_own = [not self.medicines.others(node, row) or self.medicines.names_own(node, row) for row in found]
        return [row for row, own in zip(found, is_own, strict=True) if own]

    def is_placed(self, node: Mapping) -> bool:
        """Tell whether it is known of each passage of a fact where it stands."""
        return all(v.text in self.texts.spans for v in node.scalars("evidence"))

    def naming(self, node: Mapping, called: Iterable[str]) -> Iterator[tuple[str, str, tuple[int, int]]]:
        """Yield those of some words that each passage of a fact has, with the text and where the passage stands.

        Nothing of a passage that is known by its section alone.
        """
        for name in (v.text for v in node.scalars("evidence")):
            text, span = self.texts.sources[self.passages[name][1]], self.texts.spans.get(name)
            for words in called if span else ():
                if span and stands(words, text[slice(*span)], fold=True):
                    yield words, text, span

    def beside(self, node: Mapping, text: str, values: re.Pattern[str]) -> Iterator[tuple[list[str], list[arms.Said]]]:
        """Yield what a text names beside what a fact says something of, and what it says of each.

        Args:
            node: The fact.
            text: The text, as names are compared.
            values: What is said; see `arms.said`.
        """
        concepts, wider = self.lexicon.concepts, self.lexicon.names.wider

        def spans(names: Iterable[str]) -> Iterator[arms.Span]:
            """Yield where the text has words for some things."""
            return itertools.chain.from_iterable(places(map(as_compared, concepts[n].words), text) for n in names)

        for key in _SIDES:
            own = {v.text for v in node.scalars(key) if v.text in concepts}
            others = self.lexicon.others(node, text, frozenset(concepts[name].kind for name in own)) if own else []
            if not others:
                continue
            own = own.union(*(wider.get(name, ()) for name in own)) & concepts.keys()
            ours = as_compared(" ".join(v.text for v in node.scalars("criterion")))
            aside = [
                (a, b)
                for a, b in spans(others)
                if text[a:b] not in ours and not (key in {"effect", "risk"} and _is_context(text, a, b))
            ]
            mine = list(spans(own))
            yield others, arms.said(text, mine, aside, values)
            if key in _OBJECTS:
                yield others, list(arms.elsewhere(text, mine, aside, values))
        if (phase := node.text("phase")) in PHASES:
            every = {name: [m.span() for m in re.finditer(pattern, text)] for name, pattern in PHASES.items()}
            own_phase = every.pop(phase)
            if others := [name for name, found in every.items() if found]:
                yield others, arms.said(text, own_phase, itertools.chain(*every.values()), values)

    def own(self, node: Mapping, text: str, values: re.Pattern[str]) -> str:
        """Return a text, as names are compared, without what it says of other things than a fact is on."""
        text = self.medicines.alone(node, text, values)
        for _, found in self.beside(node, text, values):
            text = arms.without(text, found)
        return text

    def around(self, node: Mapping) -> Around:
        """Return what is said in the passages of a fact, in their sentences, and in the headings over them."""
        found = Around([_read(v.text) for key in QUOTATIONS if key != STATED for v in node.scalars(key)])
        for name in (v.text for v in node.scalars("evidence")):
            passage, source = self.passages[name]
            text, span = self.texts.sources[source], self.texts.spans.get(name)
            if span is None:
                found.words.append(_read(text))
                found.own.append(_read(text))
                continue
            sentences = " ".join(s.of(text) for s in self._over(source, [Stretch(*span)]))
            found.words.append(_read(sentences))
            found.own.append(self.own(node, _read(sentences), arms.OFTEN))
            found.brackets += _brackets(self._called(node), sentences)
            found.brackets += _labels(self._called(node), sentences)
            found.headings.append([_read(heading) for heading in reversed(_over(text, span[0])[-HEADINGS:])])
            if stretches.is_known(passage.text("section"), text):
                found.headings[-1].append(_read(passage.text("section")))
        return found

    def _called(self, node: Mapping) -> Iterator[str]:
        """Yield the words that a text may have for what a fact speaks of."""
        yield from (v.text for v in node.scalars(STATED))
        for name in self.lexicon.objects(node):
            yield from self.lexicon.concepts[name].words


def _is_context(text: str, start: int, end: int) -> bool:
    return bool(_CONTEXT.search(text, max(0, start - _NEAR), start) or _TRIAL.match(text, end))


@functools.lru_cache(maxsize=64)
def _read(text: str) -> str:
    """Return a text as words are looked for in it: as quotations are compared, and without soft hyphens."""
    return normal(text).replace("\u00ad", "")


@functools.lru_cache(maxsize=64)
def _headings(text: str) -> tuple[tuple[int, str], ...]:
    """Return the headings of a text, each with where it ends; a line that ends in a colon is one too."""
    found = []
    for block in passages.paragraphs(text):
        first = block.of(text).split("\n", 1)[0].rstrip()
        if passages.is_heading(first) or first.endswith(":"):
            found.append((block.start + len(first), first))
    return tuple(found)


def _over(text: str, start: int) -> list[str]:
    return [heading for end, heading in _headings(text) if end <= start]


def _brackets(called: Iterable[str], text: str) -> Iterator[str]:
    """Yield what stands in brackets right behind some words."""
    text = plain(_read(text))
    for words in {plain(words) for words in called} - {""}:
        yield from re.findall(rf"(?<!\w){re.escape(words)}(?:e?s)? ?\(([^()]{{1,200}})\)", text)


def _labels(called: Iterable[str], text: str) -> Iterator[str]:
    """Yield what stands before the colon of the list that some words are in: `Rare: fever, headache.`"""
    text = plain(_read(text))
    for words in {plain(words) for words in called} - {""}:
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?:e?s)?(?!\w)", text):
            head, colon, items = text[: match.start()].rpartition(":")
            if colon and not _ENDS_LIST.search(items):
                yield _ENDS_LIST.split(head)[-1]


def _is_place(node: Mapping) -> bool:
    return node.get("jurisdiction") is not None and node.get("about") is None


def _scalars(values: tuple[object, ...]) -> Iterator[Scalar]:
    yield from (v for v in values if isinstance(v, Scalar))
