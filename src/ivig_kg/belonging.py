"""Belonging: do the numbers and words of a fact belong to what it is about, or to something beside it?

A passage often gives the doses of two diseases, the shares of two arms, the waits of two vaccines. Each number stands
in it letter by letter, and says nothing of the other one. What stands beside what is told by `arms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ivig_kg import arms, bearings, quantities, units
from ivig_kg.evidence import STATED
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.medicines import as_compared
from ivig_kg.naming import stands_in
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.quotation import figures, numbers
from ivig_kg.surroundings import Sources

# classes of which the sentence itself says of which medicine it is so
_TOLD = frozenset(
    {
        *("Administration", "AdverseEffect", "BoxedWarning", "Classification", "ClinicalUse", "Composition"),
        *("Contraindication", "DosingConsideration", "Interaction", "Mechanism", "Origin", "PreventiveIndication"),
        *("TreatmentIndication", "UseInPopulation", "Warning"),
    }
)
_LIMITS = ("population", "route")
_ENDS = re.compile(r"[;\n]|\.\s")


def check(node: Mapping, cited: set[str], every: Sources) -> Iterator[Finding]:
    """Find numbers, an effect, and words for how often that the passages of a fact give for something else alone.

    Args:
        node: The fact.
        cited: The ids of the sources of its passages.
        every: The passages and their texts.

    Yields:
        `number-apart-from-unit`, `passage-names-other` and `word-not-in-passage`.
    """
    said = ["\n".join(map(as_compared, text.splitlines())) for text in every.sentences(node)]
    text = " \n".join(said)
    if not every.is_placed(node):  # in a whole text everything stands beside something
        yield from quantities.check_shares(node, as_compared(node.text(STATED)), text)
        return
    of_medicines = every.medicines.said(node, text, arms.NUMBERS)
    others = sorted(every.medicines.others(node, text))
    whose = quoted(others[0]) if others else "placebo or controls"
    sides = [(others, of_medicines), *every.beside(node, text, arms.NUMBERS)]
    yield from _numbers(node, text, sides, every)
    yield from _bearings(node, text, every)
    for _, stretches in sides:
        text = arms.without(text, stretches)
    yield from quantities.check_shares(node, as_compared(node.text(STATED)), text)
    yield from _clauses(node, said, every)
    is_named = any(node.text("about") in every.medicines.of_source(name).names for name in cited)
    if node.text("type") in _TOLD and (is_named or not others):  # else `source-names-other` tells it
        for words in _of_others(node, said, every):
            message = f"the words {quoted(words.text)} are what the passage says of {whose}"
            hint = "if it says this of that medicine, mend what the fact is about; if not, allow this with a reason"
            yield Finding(
                "passage-names-other", message, words.position, Severity.WARNING, hint=hint, subject=node.name
            )


def _numbers(
    node: Mapping, text: str, sides: Iterable[tuple[list[str], list[arms.Said]]], every: Sources
) -> Iterator[Finding]:
    """Find numbers that stand only in what a text says of something else."""
    values = list(quantities.numbers_of(node, every.lexicon.schema))
    there = {n.normalize() for n in numbers(text)} if values else set()
    for names, stretches in sides if values else ():
        own = arms.without(text, stretches)
        mine = {n.normalize() for n in numbers(own)} | ({Decimal(1)} if units.has_one(own) else set())
        aside = [text[one.start : one.end] for one in stretches if not one.is_own]
        for value, number in (pair for pair in values if pair[1] in there - mine):
            said = next(one for one in aside if number in numbers(one))
            named = next((quoted(name) for name in names if every.lexicon.words_for(name, said)), None)
            whose = named or (quoted(names[0]) if names else "placebo or controls")
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
        is_bound = key.startswith("dose") and node.text("type") == "Contraindication"  # "above 2 g/kg" is forbidden
        words = bearings.contrary(key, text, starts) if key and not is_bound else None
        if words:
            message = f"the number {quoted(value.text)} stands beside {quoted(words)}, and is no {quoted(key)}"
            hint = "compare the key with what the passage says that this number is"
            yield _warning(message, value, hint, node)


def _starts(number: Decimal, text: str) -> list[int]:
    return [figure.start for figure in figures(text) if number in figure.values]


def _clauses(node: Mapping, said: list[str], every: Sources) -> Iterator[Finding]:
    """Find whom, or what, a fact limits itself to, where the clauses that name it are all of something else."""
    lexicon, objects = every.lexicon, every.lexicon.objects(node)
    kinds = frozenset(lexicon.concepts[name].kind for name in objects)
    clauses = [clause for text in said for clause in _ENDS.split(text)] if objects else []
    on_object = {clause for clause in clauses if any(lexicon.words_for(name, clause) for name in objects)}
    for value in (v for v in node.scalars(*_LIMITS) if on_object and v.text in lexicon.concepts):
        of_it = {clause for clause in clauses if lexicon.words_for(value.text, clause)}
        others = [lexicon.others(node, clause, kinds) for clause in sorted(of_it)]
        like = frozenset({lexicon.concepts[value.text].kind})
        has_own = all(lexicon.others(node, clause, like) for clause in on_object)
        if others and all(others) and has_own and of_it.isdisjoint(on_object):
            of, hint = quoted(others[0][0]), "write what the passage says of it"
            message = f"the passage says {quoted(value.text)} of {of}, and not of {quoted(objects[0])}"
            place, severity = value.position, Severity.WARNING
            yield Finding("word-not-in-passage", message, place, severity, hint=hint, subject=node.name)


def _of_others(node: Mapping, said: list[str], every: Sources) -> Iterator[Scalar]:
    """Yield the words for an effect, and for how often, that stand only in what is said of other medicines."""
    kinds = frozenset(every.lexicon.concepts[name].kind for name in every.lexicon.objects(node))
    is_beside = any(every.medicines.names_own(node, text) for text in said)
    for key, values in ((STATED, arms.DONE if is_beside else arms.SEEN), ("frequencyAsStated", arms.OFTEN)):
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
