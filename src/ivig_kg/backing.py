"""Backing: does a text say of the words of a fact what its type and its fields say?

The words of a fact can stand in their passage and be used for another claim: a side effect as an indication, a word
such as `serious` that the text does not say, words for how often that say nothing of it. Texts are read as English;
a source that says it is in another language is left aside. What counts as said stands in `cues`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivig_kg import absence, belonging, cues, orders, presence, stretches, unchecked
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.passages import Stretch
from ivig_kg.quotation import stands
from ivig_kg.spelling import with_article
from ivig_kg.surroundings import Around, Sources

_MEASURES = {
    "frequencyAsStated": "how often",
    "certaintyAsStated": "how certain",
    "timingAsStated": "when",
}
_BOX = re.compile(r"(?i:boxed\s+warning|warning\s+box|black.box|in\s+a\s+box)|WARNINGS?:|(?m:^WARNINGS?\b)")
_FORBEARS = re.compile(r"(?:avoid\w*|never|no|not|without)\s", re.IGNORECASE)
_REFUSED = re.compile(
    r"(?<!unless\s)(?<!unless\ssuspended\sor\s)(?<!\w)(?:withdrawn|refused|rejected|revoked|suspended|expired|lapsed)(?!\w)",
    re.IGNORECASE,
)
_GIVEN = frozenset({"Administration", "DosageRegimen"})
_USES = frozenset({"ClinicalUse", "PreventiveIndication", "TreatmentIndication"})
# what is to be done, how, and in whom, with the classes in which nothing but this is meant by it
_ORDERED = {
    "advice": (None, orders.forbidden),
    "dependsOn": (None, orders.forbidden),
    "monitors": (None, orders.forbidden),
    "population": (_GIVEN | _USES | {"Interaction", "MonitoringRequirement"}, orders.excepted),
    "requires": (None, orders.forbidden),
    "riskFactor": (None, orders.excepted),
    "route": (_GIVEN, orders.forbidden),
}
_PARTLY = "numbers, kind and medicine"
_WORDS = "kind and words"


def check(every: Sources) -> Iterator[Finding]:
    """Find facts that say what the words of their passages do not say.

    Args:
        every: The facts, with the sources that they rest on and the texts at hand; without any, only the words for how
            often, how certain and when are judged.

    Yields:
        `quotation-says-nothing`, `quotation-negated`, `passage-claims-other` and `word-not-in-passage`; what
        `belonging` and `presence` yield; and `passages-unchecked` at each source for which facts were not judged.
    """
    texts = every.texts
    yield from _not_judged(every) if texts.sources else ()
    for node in every.lexicon.judged:
        cited = [every.passages[v.text] for v in node.scalars("evidence") if v.text in every.passages]
        if any(not every.is_english(parent) for _, parent in cited):
            continue
        yield from _measures(node)
        if cited and len(cited) == len(list(node.scalars("evidence"))) and all(p in texts.sources for _, p in cited):
            yield from _claim(node, every)
            yield from _words(node, every)
            yield from _standing(node, {parent for _, parent in cited}, every)
            yield from _absence(node, every)
            yield from _orders(node, every)
            yield from presence.check(node, {parent for _, parent in cited}, every)
            yield from belonging.check(node, {parent for _, parent in cited}, every)
            yield from _place(node, {parent for _, parent in cited}, every)


def _not_judged(every: Sources) -> Iterator[Finding]:
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


def _claim(node: Mapping, every: Sources) -> Iterator[Finding]:
    """Find a fact of one kind on a sentence, or under a heading, that tells another kind."""
    kind, said = node.get("type"), list(every.said(node))
    if kind is None or not said:
        return
    under_own = any(kind.text in _told_over(text, stretch) for text, stretch in said)
    sentences = " ".join(" ".join(stretch.of(text).split()) for text, stretch in said)
    told = cues.other_kind(kind.text, sentences, under_own=under_own)
    where = "the sentence that is quoted"
    if not (told or under_own or cues.is_of_kind(kind.text, sentences)):
        headings = " \u2013 ".join(h for text, stretch in said for h in stretches.above(stretch, text)[-1:])
        told, where = cues.other_kind(kind.text, headings), "the heading over the passage"
    if told:
        message = f"{where} says {quoted(told)}, and the fact is {with_article(kind.text)}"
        hint = "mend the type; if the text does claim this, allow it with a comment that says why"
        yield _warning("passage-claims-other", message, kind, hint, node)


def _told_over(text: str, stretch: Stretch) -> frozenset[str]:
    """Return the classes of the kinds of claim that the nearest heading tells that tells any."""
    return next(filter(None, map(cues.told, reversed(stretches.above(stretch, text)))), frozenset())


def _words(node: Mapping, every: Sources) -> Iterator[Finding]:
    """Find a word of a list for which the passages have none of the words that say it."""
    stated = {key: value for key, words in cues.STATED.items() if (value := node.get(key)) and value.text in words}
    around = every.around(node) if stated else Around()
    for key, value in sorted(stated.items()):
        if not around.says(key, value.text):
            message = f"`{key}` is {quoted(value.text)}, and no word in the passage or around it says so"
            hint = (
                "take the key out, or name the passage that says it; if other words mean it, allow this with a reason"
            )
            yield _warning("word-not-in-passage", message, value, hint, node)


def _standing(node: Mapping, cited: set[str], every: Sources) -> Iterator[Finding]:
    """Find a boxed warning of a source without a box, and an authorisation that its passage says was not given."""
    kind, told = node.get("type"), None
    if kind and kind.text == "BoxedWarning" and not any(_BOX.search(every.texts.sources[name]) for name in cited):
        told = "nothing in the source says that a warning is boxed"
    if kind and kind.text == "Authorisation" and not node.get("authorisationState"):
        numbers = [v.text for v in node.scalars("authorisationNumber", "productNumber")]
        rows = (row for row in every.rows(node) if any(stands(number, row, fold=True) for number in numbers))
        match = next(filter(None, map(_REFUSED.search, rows)), None)
        told = f"the passage says {quoted(match[0])}, and the fact gives no `authorisationState`" if match else None
    if kind and told:
        yield _warning("passage-claims-other", told, kind, "mend the type, or say what the source says", node)


def _absence(node: Mapping, every: Sources) -> Iterator[Finding]:
    """Find what a fact says is not contained, and its passages do not; and what they say is not, where it says so."""
    for key, code, judge in (
        ("contains", "quotation-negated", absence.called_free),
        ("freeOf", "passage-claims-other", absence.absent),
    ):
        for value in node.scalars(key):
            found = [judge(words, text, span) for words, text, span in every.naming(node, _called(value, every))]
            if not found or any(found) == (key == "freeOf"):
                continue
            says = f"says {quoted(found[0])}" if found[0] else "does not say that it is free"
            hint = (
                "mend what it contains and what it is free of; if this is right, allow it with a comment that says why"
            )
            yield _warning(code, f"the passage {says} of {quoted(value.text)}", value, hint, node)


def _orders(node: Mapping, every: Sources) -> Iterator[Finding]:
    """Find what a fact says is to be done, or holds for, and its passages forbid, call needless or except."""
    for key, (kinds, judge) in _ORDERED.items():
        for value in node.scalars(key) if not kinds or node.text("type") in kinds else ():
            if any(map(_FORBEARS.match, _called(value, every))):
                continue  # "not driving": what forbids driving says so
            found = [judge(words, text, span) for words, text, span in every.naming(node, _called(value, every))]
            if found and all(found):
                message = f"the passage says {quoted(found[0] or '')} of {quoted(value.text)}"
                hint = "if it denies this, take it out; if it does not, allow this with a comment that says why"
                yield _warning("quotation-negated", message, value, hint, node)


def _called(value: Scalar, every: Sources) -> tuple[str, ...]:
    concept = every.lexicon.concepts.get(value.text)
    return concept.words if concept else ()


def _place(node: Mapping, cited: set[str], every: Sources) -> Iterator[Finding]:
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


def _of_product(node: Mapping, about: Scalar, cited: set[str], every: Sources) -> Iterator[Finding]:
    """Find a fact on a product of one place whose sources speak of the authority of another, and nowhere of its own."""
    place = every.places[about.text]
    if place not in cues.PLACES or any(every.is_of(place, name) for name in cited):
        return
    other = next(filter(None, (cues.other_authority(place, " \n".join(every.saying(n))) for n in sorted(cited))), None)
    if other:
        message = f"{quoted(about.text)} is of {quoted(place)}, and its source speaks of {quoted(other)} alone"
        hint = "name the product of that place; if the text is on this one, allow this with a comment that says why"
        yield _warning("word-not-in-passage", message, about, hint, node)


def _warning(code: str, message: str, at: Scalar, hint: str, node: Mapping) -> Finding:
    return Finding(code, message, at.position, Severity.WARNING, hint=hint, subject=node.name)
