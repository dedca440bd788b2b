"""Retraction: does a text take back what it says? `It is not true that ...`, `This is wrong.`, `No longer done.`"""

from __future__ import annotations

import re

from ivig_kg.negation import everywhere

_WRONG = r"(?:(?:not|un)\s?true|false|wrong|incorrect|mistaken|untenable)"
_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:{_WRONG}|an?\s+(?:error|misconception|mistake|myth))\s+(?:to\s+\w+\s+)?that"
    r"|no\s+(?:\w+\s+)?(?:evidence|indication|proof|sign|suggestion)s?\s+that|(?:contrary\s+to|no\s+truth\s+in)\s+(?:the|an?)\s+(?:\w+\s+){1,3}that"
    r"|(?:formerly|long|once|previously)\s+(?:assumed|believed|held|supposed|taught|thought))(?!\w)",
    re.IGNORECASE,
)
# in the sentence of the words or with the first words of the next one
_BEHIND = re.compile(
    r"(?:[^.!?]|\.(?=\d))*?(?:(?<!\w)(?P<was>what\s+was\s+(?:formerly|long|once|previously)\s+\w+)|[.,;:]\s+(?:but\s+)?(?P<no>"
    r"(?:it|that|this)(?:\s+(?:advice|belief|claim|practice|recommendation|statement|view))?\s+(?:is|was|has\s+been|turned\s+out"
    rf"\s+to\s+be|proved\s+to\s+be)\s+(?:{_WRONG}|an?\s+(?:error|misconception|mistake|myth)|disproved|refuted|retracted"
    r"|no\s+longer\s+(?:\w+\s+)?(?:advised|done|held|practi[sc]ed|recommended|true|valid))(?=\s*(?:[.,;:]|\Z))))(?!\w)",
    re.IGNORECASE,
)
_NO_DOSE = re.compile(
    r"(?<!\w)no\s+(?:(?:definite|general|specific)\s+)?(?:dos(?:age|e|ing)|posology|recommendations?)(?:\s+[^\s.;,]+){0,6}?"
    r"\s+(?:can|could)\s+be\s+(?:\w+ly\s+)?(?:established|given|made|recommended)(?!\w)",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"(?<!\w)(?:(?:in\s+place\s+of|instead\s+of|replac(?:es|ing))\s+(?:the\s+)?(?:\w+\s+)?\Z"
    r"|formerly\s+(?:contained|had|included)(?!\w)[^,]*\Z|(?:earlier|discontinued|former|old|older|original|previous)\s+(?:composition|formula|formulation|preparation|version)s?"
    r"\s+(?:had|contained|included)(?!\w)[^,]*\Z)",
    re.IGNORECASE,
)
# what is no more of a class of facts, by what stands in the sentence before the words
_NO_MORE = {"Composition": _FORMER, "Origin": _FORMER}
_END = re.compile(r"[;!?]|\.(?=\s|\Z)")
_REACH = 16  # words between a sentence that takes back and what it takes back


def retracted(kind: str, words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the words by which a text takes back what it says with some words, wherever they stand.

    Args:
        kind: The class of the fact that quotes them.
        words: The quoted words.
        text: The text of the source.
        span: The passage in it; what stands around it counts too. All of it where there is None.

    >>> retracted("AdverseEffect", "headache", "It is not true that headache is common.")
    'not true that'
    >>> retracted("AdverseEffect", "headache", "It may cause headache. This is wrong.")
    'This is wrong'
    >>> retracted("DosageRegimen", "ITP", "No dose can be recommended in ITP; 2 g/kg was tried.")
    'No dose can be recommended'
    """
    return everywhere(words, text, span, lambda before, behind: _retraction(kind, before, behind))


def _retraction(kind: str, before: str, behind: str) -> str | None:
    match = _BEFORE.search(before)
    if match and len(before[match.end() :].split()) <= _REACH:
        return match[0]
    if match := _BEHIND.match(behind):
        return match["was"] or match["no"]
    if kind == "DosageRegimen":
        match = _NO_DOSE.search(before) or _NO_DOSE.search(_END.split(behind, maxsplit=1)[0])
    elif kind in _NO_MORE:
        match = _NO_MORE[kind].search(before)
    return match[0] if match else None
