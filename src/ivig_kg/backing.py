"""Backing: does a text say of the words of a fact what its type and its fields say?

The words of a fact can stand in their passage and be used for another claim: a side effect as an indication, a word
such as `serious` that the text does not say, words for how often that say nothing of it. Texts are read as English;
a source that says it is in another language is left aside. What counts as said stands in `cues`.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator

from ivig_kg import cues, passages, stretches, unchecked
from ivig_kg.evidence import QUOTATIONS, STATED, Texts
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.naming import Lexicon, plain
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.passages import Stretch
from ivig_kg.quotation import find, normal
from ivig_kg.spelling import with_article

_MEASURES = {
    "frequencyAsStated": "how often",
    "certaintyAsStated": "how certain",
    "timingAsStated": "when",
}
_PARTLY = "numbers, kind and medicine"
_WORDS = "kind and words"
HEADINGS = 3  # over a passage, in which a word of a list may stand
_OWN = frozenset({"passages", "textFile", "textDigest", "type"})  # of a source: what says nothing of its place
_ENDS_LIST = re.compile(r"[.;:]\s|\n\s*\n")
_ENGLISH = re.compile(r"en(?:-.*)?", re.IGNORECASE)


def check(lexicon: Lexicon, *, texts: Texts) -> Iterator[Finding]:
    """Find facts that say what the words of their passages do not say.

    Args:
        lexicon: The facts, with the sources that they rest on.
        texts: The texts at hand; without any, only the words for how often, how certain and when are judged.

    Yields:
        `quotation-says-nothing`, `passage-claims-other` and `word-not-in-passage`; and `passages-unchecked` at each
        source for which facts were not judged.
    """
    every = _Sources(lexicon, texts)
    yield from _not_judged(every) if texts.sources else ()
    for node in lexicon.judged:
        cited = [every.passages[v.text] for v in node.scalars("evidence") if v.text in every.passages]
        if any(not every.is_english(parent) for _, parent in cited):
            continue
        yield from _measures(node)
        if cited and len(cited) == len(list(node.scalars("evidence"))) and all(p in texts.sources for _, p in cited):
            yield from _claim(node, every)
            yield from _words(node, every)
            yield from _place(node, {parent for _, parent in cited}, every)


@dataclasses.dataclass(slots=True)
class _Around:
    """What is said around the passages of a fact.

    Attributes:
        words: The words of the passages, of their sentences, and of the quotations of the fact.
        headings: The headings over each passage, the nearest first.
        brackets: What stands in brackets right behind the words for what the fact speaks of, or over their list.
    """

    words: list[str] = dataclasses.field(default_factory=list)
    headings: list[list[str]] = dataclasses.field(default_factory=list)
    brackets: list[str] = dataclasses.field(default_factory=list)

    def says(self, key: str, word: str) -> bool:
        """Tell whether it says a word of a list: brackets that say one decide, and of headings the nearest."""
        decide = [text for text in self.brackets if key == "frequency" and cues.speaks(key, text)]
        over = (next((h for h in found if cues.speaks(key, h)), "") for found in self.headings)
        return any(cues.says(key, word, text) for text in decide or (*self.words, *over))


class _Sources:
    """The passages and sources that facts rest on."""

    def __init__(self, lexicon: Lexicon, texts: Texts) -> None:
        nodes = list(lexicon.nodes)
        self.lexicon, self.texts = lexicon, texts
        self.passages = {p.text("id"): (p, parent) for p, parent in unchecked.passages_of(nodes)}
        self.sources = {n.text("id"): n for n in nodes if n.text("type") == "Source"}
        self._sentences: dict[str, list[Stretch]] = {}

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
        """Tell whether a source speaks of a place."""
        return any(said == place or cues.PLACES[place].search(said) for said in self.saying(source))

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

    def around(self, node: Mapping) -> _Around:
        """Return what is said in the passages of a fact, in their sentences, and in the headings over them."""
        found = _Around([_read(v.text) for key in QUOTATIONS if key != STATED for v in node.scalars(key)])
        for name in (v.text for v in node.scalars("evidence")):
            passage, source = self.passages[name]
            text, span = self.texts.sources[source], self.texts.spans.get(name)
            if span is None:
                found.words.append(_read(text))
                continue
            sentences = " ".join(s.of(text) for s in self._over(source, [Stretch(*span)]))
            found.words.append(_read(sentences))
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


def _not_judged(every: _Sources) -> Iterator[Finding]:
    """Count the facts that rest on a text at hand and were not judged by it."""
    apart: dict[str, int] = {}
    foreign: dict[str, int] = {}
    for node in every.lexicon.facts:
        cited = {every.passages[v.text][1] for v in node.scalars("evidence") if v.text in every.passages}
        here = cited & every.texts.sources.keys()
        for name in cited - here if here else ():
            apart[name] = apart.get(name, 0) + 1
        for name in here:
            foreign[name] = foreign.get(name, 0) + (not every.is_english(name))
    for name in sorted(every.sources.keys() & (apart.keys() | foreign.keys())):
        source = every.sources[name]
        yield from unchecked.facts(source, apart.get(name, 0), "which is not at hand, and on a text that is", _PARTLY)
        yield from unchecked.facts(source, foreign.get(name, 0), "which is not in English", _WORDS)


def _measures(node: Mapping) -> Iterator[Finding]:
    """Find words for how often, how certain or when that say nothing of it."""
    for key, what in _MEASURES.items():
        for words in node.scalars(key):
            if words.text and not cues.SAYS[key].search(words.text):
                message = f"the words {quoted(words.text)} under `{key}` say nothing of {what}"
                hint = f"quote the words that say {what}, or take the key out; if these do say it, allow this"
                yield _warning("quotation-says-nothing", message, words, hint, node)


def _claim(node: Mapping, every: _Sources) -> Iterator[Finding]:
    """Find a fact of one kind on a sentence, or under a heading, that tells another kind."""
    kind, said = node.get("type"), list(every.said(node))
    if kind is None or not said or any(kind.text in _told_over(text, stretch) for text, stretch in said):
        return
    sentences = " ".join(" ".join(stretch.of(text).split()) for text, stretch in said)
    told, where = cues.other_kind(kind.text, sentences), "the sentence that is quoted"
    if told is None and not cues.is_of_kind(kind.text, sentences):
        headings = " \u2013 ".join(h for text, stretch in said for h in stretches.above(stretch, text)[-1:])
        told, where = cues.other_kind(kind.text, headings), "the heading over the passage"
    if told:
        message = f"{where} says {quoted(told)}, and the fact is {with_article(kind.text)}"
        hint = "mend the type; if the text does claim this, allow it with a comment that says why"
        yield _warning("passage-claims-other", message, kind, hint, node)


def _told_over(text: str, stretch: Stretch) -> frozenset[str]:
    """Return the classes of the kinds of claim that the nearest heading tells that tells any."""
    return next(filter(None, map(cues.told, reversed(stretches.above(stretch, text)))), frozenset())


def _words(node: Mapping, every: _Sources) -> Iterator[Finding]:
    """Find a word of a list for which the passages have none of the words that say it."""
    stated = {key: value for key, words in cues.STATED.items() if (value := node.get(key)) and value.text in words}
    around = every.around(node) if stated else _Around()
    for key, value in sorted(stated.items()):
        if not around.says(key, value.text):
            message = f"`{key}` is {quoted(value.text)}, and no word in the passage or around it says so"
            hint = (
                "take the key out, or name the passage that says it; if other words mean it, allow this with a reason"
            )
            yield _warning("word-not-in-passage", message, value, hint, node)


def _place(node: Mapping, cited: set[str], every: _Sources) -> Iterator[Finding]:
    """Find a jurisdiction that neither the source nor a product of its facts is of, and a product of another one."""
    about, value = node.get("about"), node.get("jurisdiction")
    if about and about.text in every.places:  # a shape compares the fact's own with it
        yield from _of_product(node, about, cited, every)
    elif value and value.text in cues.PLACES and not any(every.is_of(value.text, name) for name in cited):
        if any(value.text in every.of_products.get(name, ()) for name in cited):
            return
        message = f"`jurisdiction` is {quoted(value.text)}, and nothing in the source speaks of that place"
        hint = "take the key out, or name the source that says where this holds"
        yield _warning("word-not-in-passage", message, value, hint, node)


def _of_product(node: Mapping, about: Scalar, cited: set[str], every: _Sources) -> Iterator[Finding]:
    """Find a fact on a product of one place whose sources speak of the authority of another, and nowhere of its own."""
    place = every.places[about.text]
    if place not in cues.PLACES or any(every.is_of(place, name) for name in cited):
        return
    other = next(filter(None, (cues.other_authority(place, " \n".join(every.saying(n))) for n in sorted(cited))), None)
    if other:
        message = f"{quoted(about.text)} is of {quoted(place)}, and its source speaks of {quoted(other)} alone"
        hint = "name the product of that place; if the text is on this one, allow this with a comment that says why"
        yield _warning("word-not-in-passage", message, about, hint, node)


def _is_place(node: Mapping) -> bool:
    return node.get("jurisdiction") is not None and node.get("about") is None


def _scalars(values: tuple[object, ...]) -> Iterator[Scalar]:
    yield from (v for v in values if isinstance(v, Scalar))


def _warning(code: str, message: str, at: Scalar, hint: str, node: Mapping) -> Finding:
    return Finding(code, message, at.position, Severity.WARNING, hint=hint, subject=node.name)
