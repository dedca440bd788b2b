"""Presence: has the source of a fact any word for each thing, name and number that the fact gives?

The quoted words bear one thing out. A population, a risk factor, the holder of a licence, or a number in a condition
in our words can be written beside it, and stand in no text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from ivig_kg import bearings, dates
from ivig_kg.evidence import STATED
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.naming import Lexicon, plain
from ivig_kg.negation import everywhere
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.quotation import figures, stands
from ivig_kg.surroundings import Sources

# what a fact gives as its source prints it
_PRINTED = (
    *("authorisationNumber", "authorisationState", "holder", "identifier", "labeler", "presentation"),
    *("productNumber", "properName"),
)
_DATES = ("date", "marketedFrom")
_PERIOD_ENDS = re.compile(
    r"(?<!\w)(?:(?<!not\smarketed\s)(?<!not\savailable\s)until|till|ended(?:\s+on)?|discontinued(?:\s+on)?|expire[ds](?:\s+on)?|withdrawn(?:\s+on)?)\s+"
    r"(?:\d[\d./-]{5,}|\d{1,2}\s+\w+\s+\d{4}|[^\W\d]+\s+\d{1,2},?\s+\d{4})",
    re.IGNORECASE,
)
# not the holder, but who releases it for them
_MAKER = re.compile(r"(?<!\w)(?P<no>batch\s+release)[^.;,|\n]{0,40}\Z", re.IGNORECASE)
_FORMER = re.compile(
    r"(?<!\w)(?P<no>former|previous)(?:ly)?\s+(?:(?:authori[sz]ation|licen[cs]e|marketing)\s+)*(?:(?:holder|licensee|owner):?\s+)?\Z",
    re.IGNORECASE,
)
_OURS = ("consequence", "criterion", "form", "purpose", "timing")  # in our words
# words of names, by their beginnings, that say too little of a thing
_IDLE = frozenset(
    {
        *("a", "adult", "adults", "an", "and", "at", "by", "condit", "diseas", "disord", "dose", "doses", "for"),
        *("from", "human", "in", "infusi", "medici", "of", "on", "or", "other", "patien", "people", "person"),
        *("proble", "produc", "risk", "risks", "syndro", "test", "tests", "the", "therap", "to", "treate", "treatm"),
        *("with", "withou"),
    }
)
_TIMES = {
    word: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    for word, words in {
        "after": "after|afterwards|following|post|thereafter",
        "before": r"before|pre|prior\s+to",
        "during": "during|throughout|while",
    }.items()
}
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"\w+")
STEM = 6  # letters by which a word of a name is known again in another form
_HINT = "take it out: what the source does not say, the fact does not say; or name the passage that says it"


def check(node: Mapping, cited: set[str], every: Sources) -> Iterator[Finding]:
    """Find things, names and numbers of a fact for which there is no word where it says.

    Args:
        node: The fact.
        cited: The ids of the sources of its passages.
        every: The passages and their texts.

    Yields:
        `word-not-in-passage`: at a thing that nothing in the sources names, at a printed name that does not stand in
        the passages, at words of ours with a number that their sentences do not have.
    """
    whole = " \n".join(every.texts.sources[name] for name in sorted(cited))
    for value in _things(node, every.lexicon):
        stems = _stems("\n".join(every.lexicon.concepts[value.text].words)) - _IDLE
        if _stems(whole).isdisjoint(stems) and every.lexicon.words_for(value.text, whole) is None:
            message = f"the source has none of the words for {quoted(value.text)}"
            hint = f"take it out, or add the words of the source to {quoted(value.text)} as a surfaceForm"
            yield _warning(message, value, hint, node)
    sentences = list(every.sentences(node))
    yield from _printed(node, sentences, every)
    yield from _times(node, sentences)
    there = {number for text in sentences for figure in figures(text) for number in figure.values}
    for value in node.scalars(*_OURS):
        own = every.lexicon.without_names(node, value.text)
        found = [f for f in figures(own) if own[f.start].isdigit() and there.isdisjoint(f.values)]
        if found:
            number = own[found[0].start : found[0].end]
            message = f"the number {quoted(number)} in these words does not stand in the passage"
            yield _warning(message, value, _HINT, node)
        elif words := _turned(own, sentences):
            message = f"these words say {quoted(words[0])} of a number, and the passage {quoted(words[1])}"
            yield _warning(message, value, "write the bound that the passage gives", node)


def _turned(own: str, sentences: Iterable[str]) -> tuple[str, str] | None:
    """Return the bound that our words give of a number, and the other one that sentences give of it alone."""
    text = "\n".join(sentences)
    for figure in figures(own):
        there = [f.start for f in figures(text) if not figure.values.isdisjoint(f.values)]
        for key, other in (("criterionMin", "criterionMax"), ("criterionMax", "criterionMin")):
            ours, theirs = bearings.contrary(key, own, [figure.start]), bearings.contrary(other, text, there)
            if ours and theirs:
                return ours, theirs
    return None


def _printed(node: Mapping, sentences: list[str], every: Sources) -> Iterator[Finding]:
    """Find printed names and dates that stand in no passage, or only in rows that are on another medicine."""
    if not any(node.get(key) for key in (*_PRINTED, *_DATES)):
        return
    whole, own = " ".join(sentences), " ".join(every.rows(node))
    for value in node.scalars(*_PRINTED):
        if not stands(value.text, whole, fold=True):
            yield _warning(f"the words {quoted(value.text)} do not stand in the passage", value, _HINT, node)
        elif not stands(value.text, own, fold=True):
            yield _warning(f"the words {quoted(value.text)} stand in the row of another medicine", value, _HINT, node)
    for value in node.scalars(*_DATES):
        day = dates.day(value.text)
        if day and dates.gives(day, whole) and not dates.gives(day, own):
            yield _warning(f"the date {quoted(value.text)} stands in the row of another medicine", value, _HINT, node)
    yield from _past(node, whole)
    yield from _rows(node, every)


def _rows(node: Mapping, every: Sources) -> Iterator[Finding]:
    """Find names and dates that stand in the rows of other numbers alone, where a row has the number of the fact."""
    every_number = (v.text for v in node.scalars("authorisationNumber", "identifier", "productNumber"))
    numbers = [number for number in every_number if not number.isdigit()]  # a postcode has digits too
    alike = [re.compile(rf"(?<![\w-]){_DIGIT.sub('[0-9]', re.escape(number))}(?![\w-])") for number in numbers]
    rows = every.rows(node)
    own = {row for row in rows if any(stands(number, row, fold=True) for number in numbers)}
    others = {row for row in rows if row not in own and any(pattern.search(row) for pattern in alike)}
    if not own or not others:
        return
    text, mine = "\n".join(rows), "\n".join(row for row in rows if row not in others)
    for value in node.scalars("holder", "labeler", "presentation"):
        if stands(value.text, text, fold=True) and not stands(value.text, mine, fold=True):
            yield _warning(f"the words {quoted(value.text)} stand in the row of another number", value, _HINT, node)
    for value in node.scalars(*_DATES):
        day = dates.day(value.text)
        if day and dates.gives(day, text) and not dates.gives(day, mine):
            yield _warning(f"the date {quoted(value.text)} stands in the row of another number", value, _HINT, node)


def _past(node: Mapping, text: str) -> Iterator[Finding]:
    """Find a holder that a text calls a former one, and a first day that it gives as the last."""
    for value in node.scalars("holder", "labeler"):
        if former := everywhere(value.text, text, None, _no_holder, fold=True):
            yield _warning(f"the passage says {quoted(former)} of {quoted(value.text)}", value, _HINT, node)
    for value in node.scalars("marketedFrom"):
        day = dates.day(value.text)
        if day and dates.gives(day, text) and not dates.gives(day, _PERIOD_ENDS.sub(" ", text)):
            message = f"{quoted(value.text)} is when it was no longer marketed, as the passage says"
            yield _warning(message, value, _HINT, node)


def _no_holder(before: str, _: str) -> str | None:
    match = _FORMER.search(before) or ("holder" not in before.casefold() and _MAKER.search(before))
    return match["no"] if match else None


def _times(node: Mapping, sentences: list[str]) -> Iterator[Finding]:
    """Find a time in our words that is another one than the sentences say: after it, and they say before it."""
    said = {word for text in sentences for word, pattern in _TIMES.items() if pattern.search(text)}
    for value in node.scalars("timing"):
        own = [word for word, pattern in _TIMES.items() if pattern.search(value.text)]
        if said and own and said.isdisjoint(own):
            message = f"these words say {quoted(own[0])}, and the passage says {quoted(min(said))}"
            yield _warning(message, value, "write the time that the passage gives", node)


def _things(node: Mapping, lexicon: Lexicon) -> Iterator[Scalar]:
    """Yield the concepts that a fact names besides what it is about and what its quotation is to name."""
    quotes = set(lexicon.objects(node)) if node.get(STATED) else set()
    for value in node.scalars(*lexicon.references - {"about", "readAs"}):
        if value.text in lexicon.concepts and (value.text not in quotes or len(quotes) > 1):
            yield value


@functools.lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    """Return the words of a text in small letters, long ones by their beginning.

    >>> sorted(_stems("IgA deficiencies")), _stems("deficiency") <= _stems("IgA deficiencies")
    (['defici', 'iga'], True)
    """
    return frozenset(token[:STEM] for token in _TOKEN.findall(plain(text)))


def _warning(message: str, at: Scalar, hint: str, node: Mapping) -> Finding:
    return Finding("word-not-in-passage", message, at.position, Severity.WARNING, hint=hint, subject=node.name)
