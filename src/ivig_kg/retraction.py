"""Retraction: does a text take back what it says? `It is not true that ...`, `This is wrong.`, `No longer done.`"""

from __future__ import annotations

import re

from ivig_kg.negation import everywhere

_WRONG = r"(?:(?:not|un)\s?true|false|wrong|incorrect|mistaken|untenable)"
_BEFORE = re.compile(
    rf"(?<!\w)(?P<no>(?:is|was)\s+(?:{_WRONG}|an?\s+(?:error|misconception|mistake|myth))\s+(?:to\s+\w+\s+)?that"
    r"|no\s+evidence\s+that\s+\S+\s+(?:carr(?:y|ies)|causes?|increases?|leads?)|no\s+truth\s+in\s+the\s+(?:\w+\s+){1,2}that"
    r"|(?:formerly|once|previously)\s+(?:assumed|believed|thought)\s+that)(?!\w)[^,;:]*\Z",
    re.IGNORECASE,
)
# in the sentence of the words or with the first words of the next one
_IT_IS = (
    r"(?:it|that|this)(?:\s+(?:belief|claim|statement|view))?\s+"
    r"(?:is|was|has\s+(?:since\s+)?been|(?:turned\s+out|proved)\s+to\s+be|was\s+later\s+shown\s+to\s+be)"
)
_BEHIND = re.compile(
    r"(?:[^.!?]|\.(?=\d))*?(?:(?<!\w)(?P<was>what\s+was\s+(?:formerly|once|previously)\s+(?:assumed|believed|thought))(?!\w)"
    rf"|[.,;:]\s+(?:but\s+)?(?P<no>{_IT_IS}\s+(?:{_WRONG}|an?\s+(?:error|misconception|mistake|myth)|disproved|refuted|retracted))"
    r"(?=\s*(?:[.;]|\Z)))",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    rf"(?:[^.!?]|\.(?=\d))*?[.,;:]\s+(?:but\s+)?(?P<no>{_IT_IS}\s+no\s+longer\s+(?:advised|done|practi[sc]ed|recommended))(?=\s*(?:[.;]|\Z))",
    re.IGNORECASE,
)
# of which nobody says that they are done
_HARMS = frozenset({"AdverseEffect", "BoxedWarning", "Interaction", "Warning"})
_NO_DOSE = re.compile(
    r"(?<!\w)no\s+(?:(?:definite|general|specific)\s+)?(?:dos(?:age|e|ing)|posology|recommendations?)(?:\s+[^\s.;,]+){0,6}?"
    r"\s+(?:can|could)\s+be\s+(?:\w+ly\s+)?(?:established|given|made|recommended)(?!\w)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:!?]|\.(?=\s|\Z)|(?<!\w)(?:but|while|whereas)(?!\w)")
_FORMER = re.compile(
    r"(?<!\w)(?:(?:in\s+place\s+of|instead\s+of|replac(?:es|ing))\s+(?:the\s+)?(?:\w+\s+)?\Z"
    r"|(?:formerly|(?:earlier|discontinued|former|old|older|original|previous)\s+(?:composition|formula|formulation|preparation|version)s?)"
    r"\s+(?:had|contained|included)(?!\w)(?:(?!\s(?:and|whereas|while|whilst)\s)[^,;])*\Z)",
    re.IGNORECASE,
)
# what is no more of a class of facts, by what stands in the sentence before the words
_NO_MORE = {"Composition": _FORMER, "Origin": _FORMER}


def retracted(kind: str, words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the words by which a text takes back what it says with some words, wherever they stand.

    Args:
        kind: The class of the fact that quotes them.
        words: The quoted words.
        text: The text of the source.
        span: The passage in it; what stands around it counts too. All of it where there is None.

    >>> retracted("AdverseEffect", "headache", "It is not true that headache is common.")
    'is not true that'
    >>> retracted("AdverseEffect", "headache", "It may cause headache. This is wrong.")
    'This is wrong'
    >>> retracted("DosageRegimen", "ITP", "No dose can be recommended in ITP; 2 g/kg was tried.")
    'No dose can be recommended'
    """
    return everywhere(words, text, span, lambda before, behind: _retraction(kind, before, behind))


def _retraction(kind: str, before: str, behind: str) -> str | None:
    if match := _BEFORE.search(before):
        return match["no"]
    if match := _BEHIND.match(behind):
        return match["was"] or match["no"]
    if kind not in _HARMS and (match := _NO_LONGER.match(behind)):
        return match["no"]
    if kind == "DosageRegimen":
        match = _NO_DOSE.search(_CLAUSE.split(before)[-1]) or _NO_DOSE.search(_CLAUSE.split(behind, maxsplit=1)[0])
    elif kind in _NO_MORE:
        match = _NO_MORE[kind].search(before)
    return match[0] if match else None
