"""Negation: does a sentence deny what some of its words are quoted for?"""

from __future__ import annotations

import re

from ivig_kg.quotation import find

# classes whose facts say that something is so
AFFIRMED = frozenset(
    {
        *("AdverseEffect", "Classification", "Composition", "Interaction"),
        *("Mechanism", "Origin", "PreventiveIndication", "TreatmentIndication"),
    }
)
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
_ENDS = re.compile(
    r"[.!?;](?=\s|$)|\n\s*\n|(?<!\w)(?:but|however|although|though|whereas|because)(?!\w)", re.IGNORECASE
)


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
    found = [_before(passage[:start], orders=orders) for start, _ in find(words, passage)]
    return found[0] if found and all(found) else None


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
