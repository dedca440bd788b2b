"""Claims: does the label of a fact claim what its fields say?

The label is our sentence, read by people; the fields are read by machines. Where the two part, one of
them is wrong. Labels are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ivig_kg import units
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.naming import MEDICINES, Lexicon
from ivig_kg.negation import AFFIRMED
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.quotation import numbers
from ivig_kg.schema import XSD, Form
from ivig_kg.spelling import with_article

VERBS = {
    "TreatmentIndication": ("treats", r"\btreats?\b|\bto treat\b"),
    "PreventiveIndication": ("prevents", r"\bprevents?\b"),
    "AdverseEffect": ("causes", r"\bcauses?\b"),
    "Contraindication": ("forbids", r"contraindicat|must not be|should not be (used|given)"),
}
# other words in which labels of a kind say what they say
OTHERWISE = {
    "TreatmentIndication": r"\bused (in|for)\b|\b(is|are) indicated\b|\b(therapy|treatment) (of|for)\b",
    "AdverseEffect": r"\bassociated with\b|\b(side|adverse) effect|\breport|\bseen\b",
    "Contraindication": r"\b(do|must|may|is|are) not\b|\bnot for\b|\bnever\b",
}
NEVER_DENIED = AFFIRMED | {"ClinicalUse", "Administration"}
# labels of these name the medicine; others speak to the patient or of the dose
ABOUT = NEVER_DENIED | {"Naming"}
PHASES = {"loading": r"\bloading\b", "starting": r"\bstarting\b", "maintenance": r"\bmaintenance\b"}
ASPECTS = {"dosage": r"\bdos(e|age)\b", "treatmentDuration": r"\bduration\b"}
PARAPHRASED = frozenset({"Mechanism", "DosingConsideration", "ClinicalUse", "Warning", "BoxedWarning", "PatientAdvice"})
_INDICATED = r"(?<!contra)\bindicated (for|in)\b"
_DENIED = re.compile(
    r"\b(?:not|never|cannot)\s+(?:be\s+|been\s+)?"
    r"(?:treat|prevent|cause|contain|interact|us(?:e|ed)\b|indicat|giv(?:e|en)\b|associat|made|deriv|help|occur)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\b(which|that|whom?|because|as it|after)\b", re.IGNORECASE)
_HOW_OFTEN = re.compile(r"\b(very common|uncommon|very rare|common|rare)(?:ly)?\b", re.IGNORECASE)
_MILD = re.compile(r"\b(harmless|not serious)\b", re.IGNORECASE)
_READ_AGAIN = "mend the label or the fact, whichever is not what the source says"
_NUMBER = re.compile(r"(?<![\w.,])(?<![A-Za-z]-)\d+(?:[.,]\d+)*(?!\w)")
_IN_NAME = re.compile(r"(?<!\w)[A-Za-z]+\d+(?!\w)")  # IgG1 has no number
_FIGURE = re.compile(r"-?\d+(\.\d+)?")
_REMARKS = frozenset({"label", "note", "reason"})


def check(lexicon: Lexicon) -> list[Finding]:
    """Find labels that claim something else than the fields of their fact, and quotations with other numbers.

    Returns:
        `label-claims-other`, `label-frequency` and `quotation-number` as errors, `label-number` and
        `label-names-nothing` as warnings.
    """
    findings: list[Finding] = []
    for node in lexicon.judged:
        label = node.get("label")
        if label and label.text:
            findings += _verb(node, label)
            findings += _often(node, label, lexicon)
            findings += _figures(node, label, lexicon)
            findings += _unit(node, label)
            findings += _object(node, label, lexicon)
        findings += _quoted_figures(node, lexicon)
    return findings


def _verb(node: Mapping, label: Scalar) -> Iterator[Finding]:
    """Find a label that has the verb of another kind of claim, or denies what the fact says."""
    kind = node.text("type")
    own = VERBS.get(kind)
    for does, pattern in sorted(VERBS.values()) if own else ():
        verb = re.search(pattern, label.text, re.IGNORECASE)
        aside = verb and _ASIDE.search(label.text[: verb.start()])
        if own and verb and not aside and not _has(own[1], label) and not _has(OTHERWISE.get(kind, "$^"), label):
            message = f"the label says that it {does}, and the fact is {with_article(kind)}"
            yield Finding("label-claims-other", message, label.position, hint=_READ_AGAIN, subject=node.name)
    if kind == "Contraindication" and _has(_INDICATED, label):
        message = "the label says that it is indicated, and the fact is a Contraindication"
        yield Finding("label-claims-other", message, label.position, hint=_READ_AGAIN, subject=node.name)
    for key, words in (("phase", PHASES), ("aspect", ASPECTS)):
        value = node.get(key)
        other = next((w for w, pattern in sorted(words.items()) if _has(pattern, label)), None)
        after = re.search(r"\bafter\b", label.text, re.IGNORECASE)
        if value and value.text in words and other and not after and not _has(words[value.text], label):
            message = f"the label speaks of {quoted(other)}, and `{key}` is {quoted(value.text)}"
            yield Finding("label-claims-other", message, label.position, hint=_READ_AGAIN, subject=node.name)
    denied, stated = _DENIED.search(label.text), node.get("statedAs")
    if kind in NEVER_DENIED and denied and not (stated and _DENIED.search(stated.text)):
        message = f"the label says {quoted(denied[0])}, and {with_article(kind)} says that something is so"
        hint = "what a source denies is no fact of this type"
        yield Finding("label-claims-other", message, label.position, hint=hint, subject=node.name)


def _has(pattern: str, label: Scalar) -> bool:
    return re.search(pattern, label.text, re.IGNORECASE) is not None


def _often(node: Mapping, label: Scalar, lexicon: Lexicon) -> Iterator[Finding]:
    """Find a label that says how often, or how bad, otherwise than the fields."""
    text = lexicon.without_names(node, label.text)
    frequency = node.get("frequency")
    category = re.sub(r"(?<!^)(?=[A-Z])", " ", frequency.text) if frequency else ""
    stated = " ".join((category, *(s.text for s in _texts(node, lexicon))))
    said = {w.casefold() for w in _HOW_OFTEN.findall(stated)}
    for word in _HOW_OFTEN.findall(text):
        if word.casefold() not in said:
            message = f"the label says {quoted(word)}, and no field of the fact does"
            hint = "mend the label, or say in frequencyAsStated what the source says"
            yield Finding("label-frequency", message, label.position, hint=hint, subject=node.name)
    seriousness, mild = node.get("seriousness"), _MILD.search(text)
    if seriousness and seriousness.text == "serious" and mild:
        message = f"the label says {quoted(mild[0])}, and the fact says that it is serious"
        yield Finding("label-frequency", message, label.position, hint="mend one of the two", subject=node.name)


def _figures(node: Mapping, label: Scalar, lexicon: Lexicon) -> Iterator[Finding]:
    """Find numbers of a label that no field of the fact has."""
    there = set(_fields(node, lexicon)).union(*(numbers(s.text) for s in _texts(node, lexicon)))
    for figure in _NUMBER.findall(lexicon.without_names(node, label.text)):
        if not {n.normalize() for n in numbers(figure)} & {n.normalize() for n in there}:
            message = f"the number {quoted(figure)} of the label stands in no field of the fact"
            yield Finding(
                "label-number", message, label.position, Severity.WARNING, hint=_READ_AGAIN, subject=node.name
            )


def _unit(node: Mapping, label: Scalar) -> Iterator[Finding]:
    """Find a number of a field that stands in the label before another unit than the field's."""
    for entry in node.entries:
        what, unit = entry.key.text.removesuffix("Unit"), node.get(entry.key.text)
        if what == entry.key.text or unit is None or unit.text not in units.SPELLINGS:
            continue
        figures = {v.text for end in ("Min", "Max") if (v := node.get(what + end)) and _FIGURE.fullmatch(v.text)}
        for figure in sorted(f for f in figures if f in label.text and _is_whole(f, label.text)):
            number = Decimal(figure).normalize()
            others = (u for u in units.SPELLINGS if units.stand_together(number, u, label.text))
            if not units.stand_together(number, unit.text, label.text) and (other := next(others, None)):
                message = f"the label gives {quoted(figure)} in {quoted(other)}, and the fact in {quoted(unit.text)}"
                yield Finding(
                    "label-number", message, label.position, Severity.WARNING, hint=_READ_AGAIN, subject=node.name
                )


def _is_whole(figure: str, text: str) -> bool:
    """Tell whether a number stands in a text, and not as a part of another one."""
    return re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d.,]*\d)", text) is not None


def _quoted_figures(node: Mapping, lexicon: Lexicon) -> Iterator[Finding]:
    """Find a quotation whose numbers are all other ones than those of the fact."""
    stated, fields = node.get("statedAs"), {n.normalize() for n in _fields(node, lexicon)}
    if stated and fields:
        there = {n.normalize() for n in numbers(_IN_NAME.sub(" ", stated.text))}
        if there and not there & fields:
            message = f"the words {quoted(stated.text)} have none of the numbers of the fact"
            hint = "quote the words that give these numbers, or mend the numbers"
            yield Finding("quotation-number", message, stated.position, hint=hint, subject=node.name)


def _texts(node: Mapping, lexicon: Lexicon) -> Iterator[Scalar]:
    """Yield the texts that a fact says besides its label and notes, such as a criterion or the number of a licence."""
    for entry in node.entries:
        key = lexicon.schema.keys.get(entry.key.text)
        if key and key.form is Form.TEXT and key.name not in _REMARKS:
            yield from (v for v in entry.values if isinstance(v, Scalar))


def _fields(node: Mapping, lexicon: Lexicon) -> Iterator[Decimal]:
    """Yield the numbers of a fact's fields."""
    for entry in node.entries:
        key = lexicon.schema.keys.get(entry.key.text)
        if key and key.datatype in {XSD + "decimal", XSD + "nonNegativeInteger"}:
            for value in entry.values:
                if isinstance(value, Scalar) and _FIGURE.fullmatch(value.text):
                    yield Decimal(value.text)


def _object(node: Mapping, label: Scalar, lexicon: Lexicon) -> Iterator[Finding]:
    """Find a label that does not name what the fact is about to say, where labels are not paraphrases."""
    about, name = node.get("about"), node.get("name")
    spoken_of = about and (lexicon.words_for(about.text, label.text) or lexicon.others(node, label.text, MEDICINES))
    if about and node.text("type") in ABOUT and about.text in lexicon.concepts and not spoken_of:
        yield _nothing(node, label, about.text, lexicon)
    if name and name.text and name.text.casefold() not in label.text.casefold():
        message = f"the label does not give the name {quoted(name.text)}"
        yield Finding("label-claims-other", message, label.position, hint=_READ_AGAIN, subject=node.name)
    named = lexicon.objects(node)
    if node.text("type") not in PARAPHRASED and named and not any(lexicon.words_for(o, label.text) for o in named):
        if lexicon.others(node, label.text, frozenset(lexicon.concepts[o].kind for o in named)):
            return  # `label-names-other` tells it
        yield _nothing(node, label, named[0], lexicon)


def _nothing(node: Mapping, label: Scalar, name: str, lexicon: Lexicon) -> Finding:
    message = f"the label does not name {quoted(name)}"
    hint = f"name it as its concept does: {quoted(lexicon.concepts[name].label)}"
    return Finding("label-names-nothing", message, label.position, Severity.WARNING, hint=hint, subject=node.name)
