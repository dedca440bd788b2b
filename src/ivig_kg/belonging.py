"""Belonging: do the numbers and words of a fact belong to what it is about, or to something beside it?

A passage often gives the doses of two diseases, the shares of two arms, the waits of two vaccines. Each number stands
in it letter by letter, and says nothing of the other one. What stands beside what is told by `arms`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ivig_kg import arms, bearings, quantities, units
from ivig_kg.claims import PHASES
from ivig_kg.evidence import STATED
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.medicines import as_compared, places
from ivig_kg.naming import stands_in
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.quotation import figures, numbers
from ivig_kg.surroundings import Sources

# classes of which the sentence itself says of which medicine it is so
_TOLD = frozenset(
    {
        *("AdverseEffect", "BoxedWarning", "Composition", "Contraindication", "Interaction", "Mechanism"),
        *("TreatmentIndication", "Warning"),
    }
)
# what a passage may say as much of beside: of another disease, another population
_SIDES = ("condition", "contains", "effect", "interactsWith", "monitors", "population", "quantityKind", "risk", "route")
# "in patients with ITP", of what the effect is seen in: nothing is said of it there
_CONTEXT = re.compile(
    r"(?<!\w)(?:patients|people|those|children|adults|subjects|women|men|treat\w*|therapy|prophylaxis|indicat\w*|used?)\s+"
    r"(?:with|for|of|in|having|who\s+have)\s+(?:\w+\s+){0,2}\Z"
)
_NEAR = 60  # characters before a name in which its context stands


def check(node: Mapping, cited: set[str], every: Sources) -> Iterator[Finding]:
    """Find numbers, an effect, and words for how often that the passages of a fact give for something else alone.

    Args:
        node: The fact.
        cited: The ids of the sources of its passages.
        every: The passages and their texts.

    Yields:
        `number-apart-from-unit` and `passage-names-other`.
    """
    said = ["\n".join(map(as_compared, text.splitlines())) for text in every.sentences(node)]
    text = " \n".join(said)
    of_medicines = every.medicines.said(node, text, arms.NUMBERS)
    others = sorted(every.medicines.others(node, text))
    whose = quoted(others[0]) if others else "placebo or controls"
    sides = [(whose, of_medicines), *_sides(node, text, every)]
    yield from _numbers(node, text, sides, every)
    yield from _bearings(node, text, every)
    for _, stretches in sides:
        text = arms.without(text, stretches)
    yield from quantities.check_shares(node, as_compared(node.text(STATED)), text)
    is_named = any(node.text("about") in every.medicines.of_source(name).names for name in cited)
    if node.text("type") in _TOLD and (is_named or not others):  # else `source-names-other` tells it
        for words in _of_others(node, said, every):
            message = f"the words {quoted(words.text)} are what the passage says of {whose}"
            hint = "if it says this of that medicine, mend what the fact is about; if not, allow this with a reason"
            yield Finding(
                "passage-names-other", message, words.position, Severity.WARNING, hint=hint, subject=node.name
            )


def _numbers(
    node: Mapping, text: str, sides: Iterable[tuple[str, list[arms.Said]]], every: Sources
) -> Iterator[Finding]:
    """Find numbers that stand only in what a text says of something else."""
    values = list(quantities.numbers_of(node, every.lexicon.schema))
    there = {n.normalize() for n in numbers(text)} if values else set()
    for whose, stretches in sides if values else ():
        mine = {n.normalize() for n in numbers(arms.without(text, stretches))}
        for value, _ in (pair for pair in values if pair[1] in there - mine):
            message = f"the number {quoted(value.text)} is what the passage gives for {whose}"
            hint = "write the number that it gives for what the fact is about"
            yield _warning(message, value, hint, node)
        values = [pair for pair in values if pair[1] not in there - mine]


def _bearings(node: Mapping, text: str, every: Sources) -> Iterator[Finding]:
    """Find numbers that are another end of a range, or another time, than their key says."""
    ends = {key: node.get(key) for e in node.entries if (key := e.key.text).endswith(("Min", "Max"))}
    for value, number in quantities.numbers_of(node, every.lexicon.schema):
        key = next((key for key, at in ends.items() if at is value), "")
        unit = node.text(f"{key[:-3]}Unit") if key else ""
        starts = units.places(number, unit, text) if unit in units.SPELLINGS else _starts(number, text)
        words = bearings.contrary(key, text, starts) if key else None
        if words:
            message = f"the number {quoted(value.text)} stands beside {quoted(words)}, and is no {quoted(key)}"
            hint = "give it under the key for what the passage says that it is, or give the number for this one"
            yield _warning(message, value, hint, node)


def _starts(number: Decimal, text: str) -> list[int]:
    return [figure.start for figure in figures(text) if number in figure.values]


def _sides(node: Mapping, text: str, every: Sources) -> Iterator[tuple[str, list[arms.Said]]]:
    """Yield what a text names beside what a fact says something of, and what it says of each."""
    concepts, wider = every.lexicon.concepts, every.lexicon.names.wider

    def _places(name: str) -> Iterator[arms.Span]:
        return places(map(as_compared, concepts[name].words), text)

    for key in _SIDES:
        own = {v.text for v in node.scalars(key) if v.text in concepts}
        others = every.lexicon.others(node, text, frozenset(concepts[name].kind for name in own)) if own else []
        if not others:
            continue
        own = own.union(*(wider.get(name, ()) for name in own)) & concepts.keys()
        aside = (span for name in others for span in _places(name))
        is_context = _CONTEXT.search if key in {"effect", "risk"} else lambda *_: None
        spans = [(a, b) for a, b in aside if not is_context(text, max(0, a - _NEAR), a)]
        mine = (span for name in own for span in _places(name))
        yield quoted(others[0]), arms.said(text, mine, spans, arms.NUMBERS)
    if (phase := node.text("phase")) in PHASES:
        every_phase = {name: [m.span() for m in re.finditer(pattern, text)] for name, pattern in PHASES.items()}
        own_phase = every_phase.pop(phase)
        other = next((name for name, spans in every_phase.items() if spans), None)
        if other:
            yield quoted(other), arms.said(text, own_phase, itertools.chain(*every_phase.values()), arms.NUMBERS)


def _of_others(node: Mapping, said: list[str], every: Sources) -> Iterator[Scalar]:
    """Yield the words for an effect, and for how often, that stand only in what is said of other medicines."""
    kinds = frozenset(every.lexicon.concepts[name].kind for name in every.lexicon.objects(node))
    for key, values in ((STATED, arms.SEEN), ("frequencyAsStated", arms.OFTEN)):
        words = node.get(key)
        if words is None or not _stands_among(words.text, said):
            continue
        stretches = [(text, every.medicines.said(node, text, values)) for text in said]
        own = (text[s.start : s.end] for text, found in stretches for s in found if s.is_own)
        # "common with heparin and rare with Casolin" says the same effect of both
        shared = key == STATED and any(values.search(t) and not every.lexicon.others(node, t, kinds) for t in own)
        if not shared and not _stands_among(words.text, [arms.without(*one) for one in stretches]):
            yield words


def _stands_among(words: str, texts: Iterable[str]) -> bool:
    return any(stands_in(as_compared(words), text) for text in texts)


def _warning(message: str, at: Scalar, hint: str, node: Mapping) -> Finding:
    code = "number-apart-from-unit"
    return Finding(code, message, at.position, Severity.WARNING, hint=hint, subject=node.name)
