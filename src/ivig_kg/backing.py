"""Backing: does a text say of the words of a fact what its type and its fields say?

The words of a fact can stand in their passage and be used for another claim: a side effect as an indication, a word
such as `serious` that the text does not say, words for how often that say nothing of it. Texts are read as English;
a source that says it is in another language is left aside. What counts as said stands in `cues`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ivig_kg import cues, passages, stretches, unchecked
from ivig_kg.evidence import QUOTATIONS, STATED, Texts
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.naming import Lexicon
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.passages import Stretch
from ivig_kg.quotation import find
from ivig_kg.spelling import with_article

_MEASURES = {
    "frequencyAsStated": "how often",
    "certaintyAsStated": "how certain",
    "timingAsStated": "when",
}
_OWN = frozenset({"passages", "textFile", "textDigest", "type"})  # of a source: what says nothing of its place
_ENGLISH = re.compile(r"en(?:-.*)?", re.IGNORECASE)


def check(lexicon: Lexicon, *, texts: Texts) -> Iterator[Finding]:
    """Find facts that say what the words of their passages do not say.

    Args:
        lexicon: The facts, with the sources that they rest on.
        texts: The texts at hand; without any, only the words for how often, how certain and when are judged.

    Yields:
        `quotation-says-nothing`, `passage-claims-other` and `word-not-in-passage`.
    """
    every = _Sources(lexicon, texts)
    for node in lexicon.judged:
        cited = [every.passages[v.text] for v in node.scalars("evidence") if v.text in every.passages]
        if any(not every.is_english(parent) for _, parent in cited):
            continue
        yield from _measures(node)
        if cited and len(cited) == len(list(node.scalars("evidence"))) and all(p in texts.sources for _, p in cited):
            yield from _claim(node, every)
            yield from _words(node, every)
            yield from _place(node, {parent for _, parent in cited}, every)


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

    def around(self, node: Mapping) -> str:
        """Return the words of the passages of a fact, with those of their sentences, sections and headings."""
        found = [v.text for key in QUOTATIONS if key != STATED for v in node.scalars(key)]
        for name in (v.text for v in node.scalars("evidence")):
            passage, source = self.passages[name]
            text, span = self.texts.sources[source], self.texts.spans.get(name)
            found.append(passage.text("section"))
            if span is None:
                found.append(text)
                continue
            found += stretches.above(Stretch(*span), text)[-1:]
            found += [s.of(text) for s in self._over(source, [Stretch(*span)])]
        return "\n".join(found)


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
    if kind is None or not said:
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


def _words(node: Mapping, every: _Sources) -> Iterator[Finding]:
    """Find a word of a list for which the passages have none of the words that say it."""
    for key in sorted({key for key, _ in cues.STATED}):
        value = node.get(key)
        pattern = cues.STATED.get((key, value.text)) if value else None
        if value and pattern and not pattern.search(every.around(node)):
            message = f"`{key}` is {quoted(value.text)}, and no word in the passage or around it says so"
            hint = (
                "take the key out, or name the passage that says it; if other words mean it, allow this with a reason"
            )
            yield _warning("word-not-in-passage", message, value, hint, node)


def _place(node: Mapping, cited: set[str], every: _Sources) -> Iterator[Finding]:
    """Find a jurisdiction that neither the source nor a product of its facts is of; a shape compares the fact's own."""
    value = node.get("jurisdiction")
    pattern = cues.PLACES.get(value.text) if value else None
    if value is None or pattern is None or node.text("about") in every.places:
        return
    for name in cited:
        said = (v.text for e in every.sources[name].entries if e.key.text not in _OWN for v in _scalars(e.values))
        if value.text in every.of_products.get(name, ()) or any(
            map(pattern.search, (*said, every.texts.sources[name]))
        ):
            return
    message = f"`jurisdiction` is {quoted(value.text)}, and nothing in the source speaks of that place"
    hint = "take the key out, or name the source that says where this holds"
    yield _warning("word-not-in-passage", message, value, hint, node)


def _is_place(node: Mapping) -> bool:
    return node.get("jurisdiction") is not None and node.get("about") is None


def _scalars(values: tuple[object, ...]) -> Iterator[Scalar]:
    yield from (v for v in values if isinstance(v, Scalar))


def _warning(code: str, message: str, at: Scalar, hint: str, node: Mapping) -> Finding:
    return Finding(code, message, at.position, Severity.WARNING, hint=hint, subject=node.name)
