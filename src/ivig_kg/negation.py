"""Negation: does a sentence deny what some of its words are quoted for?"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivig_kg.quotation import find

# classes whose facts say that something is so
AFFIRMED = frozenset(
    {
        *("AdverseEffect", "Classification", "Composition", "Interaction"),
        *("Mechanism", "Origin", "PreventiveIndication", "TreatmentIndication"),
    }
)
_RISKS = frozenset({"BoxedWarning", "Warning"})
REACH = 6  # words between a negation and what it denies

_DENIES = re.compile(r"(?<![\w-])(?:no|not|never|without|neither|nor|cannot|\w+n['\u2019]t)(?![\w-])", re.IGNORECASE)
_FORBIDS = re.compile(
    r"(?<!\w)(?:(?:should|must|may|shall|can|could|do)\s+(?:not|never)|cannot|(?:do|should|must|can)n['\u2019]t)(?!\w)",
    re.IGNORECASE,
)
# a limit, an emphasis, or a no that denies another: none of them denies what follows
_OTHERWISE = re.compile(
    r"(?:no|not)\s+(?:(?:more|less|later|earlier|longer|fewer|greater|lower)\s+than|only|just|exceed\w*"
    r"|un\w+|infrequent\w*|rare\w*)(?!\w)",
    re.IGNORECASE,
)
# what stands behind the words: "headache was not seen"
_BEHIND = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:was|were|is|are|has|have|had|did|does|do|will)(?:\s+(?:not|never)|n['\u2019]t))"
    r"\s+(?:yet\s+)?(?:been\s+)?(?:seen|observed|reported|found|caused?|expected|described|noted|detected|known"
    r"|occur\w*|happen\w*|develop\w*|appear\w*|treated|prevented|contained|shown|confirmed|established)(?!\w)",
    re.IGNORECASE,
)
# "not contraindicated", "no contraindication"
_ALLOWS = re.compile(r"(?<!\w)(?:not|no|never|n['\u2019]t)\s+(?:a\s+|an\s+)?contraindicat\w*", re.IGNORECASE)
_ENDS = re.compile(
    r"[.!?;](?=\s|$)|\n\s*\n|(?<!\w)(?:but|however|although|though|whereas|because)(?!\w)", re.IGNORECASE
)


def denied(kind: str, words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the negation by which a text denies what some of its words are quoted for.

    Args:
        kind: The class of the fact that quotes them; for most classes a negation denies nothing.
        words: The quoted words.
        text: The text of the source.
        span: The passage in it that is quoted; the sentence around it counts too. All of it where there is None.

    >>> denied("AdverseEffect", "headache", "It does not cause headache.", (12, 27))
    'not'
    >>> denied("Contraindication", "asthma", "It is not contraindicated in asthma.")
    'not contraindicated'
    """
    if kind == "Contraindication":
        return _everywhere(words, text, span, lambda before, _: _last(_ALLOWS, before))
    if kind in AFFIRMED | _RISKS:
        orders = kind not in _RISKS | {"Interaction"}
        return _everywhere(words, text, span, lambda before, behind: _before(before, orders=orders) or _behind(behind))
    return None


def _everywhere(
    words: str, text: str, span: tuple[int, int] | None, no: Callable[[str, str], str | None]
) -> str | None:
    begin, end = span or (0, len(text))
    places = [(a, b) for a, b in find(words, text) if begin <= a and b <= end]
    found = [no(text[:a], text[b:]) for a, b in places]
    return found[0] if found and all(found) else None


def _behind(text: str) -> str | None:
    """Return the negation that follows, if it is of a verb that says that something is so."""
    end = next((m.start() for m in _ENDS.finditer(text)), len(text))
    match = _BEHIND.match(text[:end])
    return match["no"] if match else None


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    """Return what a pattern finds in the sentence that a text breaks off in."""
    begin = max((m.end() for m in _ENDS.finditer(text)), default=0)
    return next((m[0] for m in pattern.finditer(text, begin)), None)


def denial(words: str, passage: str, *, orders: bool = False) -> str | None:
    """Return the negation that stands before some words in their sentence, where it does so wherever they stand.

    Args:
        words: Quoted words.
        passage: The passage they are quoted from.
        orders: Whether an order not to do something denies too: "should not be given with" states an interaction.

    >>> denial("headache", "It does not cause fever or headache.")
    'not'
    >>> denial("headache", "It is not for children. It may cause headache.")
    """
    return _everywhere(words, passage, None, lambda before, _: _before(before, orders=orders))


def _before(text: str, *, orders: bool) -> str | None:
    """Return the last negation of the sentence that a text breaks off in, if it is near its end."""
    begin = max((m.end() for m in _ENDS.finditer(text)), default=0)
    sentence = text[begin:]
    other = [m.span() for m in _OTHERWISE.finditer(sentence)]
    if not orders:
        other += [m.span() for m in _FORBIDS.finditer(sentence)]
    for match in reversed(list(_DENIES.finditer(sentence))):
        near = len(sentence[match.end() :].split()) <= REACH
        if near and not any(start <= match.start() < end for start, end in other):
            return match[0]
    return None
