"""Shares: is a number that a fact gives as a count, a total or a percentage the one that its text gives as that?

A sentence often has all three, of several effects. Only what it says plainly is judged: `12 of 100`, `12%`.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from ivig_kg.quotation import Figure, figures, find

_PERCENT = re.compile(r"\s*(?:%|per\s?cent)", re.IGNORECASE)
_HEAD = re.compile(r"(?<![\d\s])\s*(?:%|per\s?cent)", re.IGNORECASE)
# what may stand between a number and the sign that is printed once: 5, 7 and 10%
_AND = r"(?:,\s|\s?(?:to|or|and|-|\u2013|\u2014)\s?)(?:(?:and|to)\s)?[<>=~\u2264\u2265]*\s?\d+(?:[.,\u00b7]\d+)?"
_UP_TO_PERCENT = re.compile(rf"(?:{_AND}){{0,6}}{_PERCENT.pattern}", re.IGNORECASE)
_OF = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:[a-z]+\s+){0,2}?(?:of|in|out\s+of|among|from|/|:)\s*"
    r"(?:(?:the|all|every|about|a\s+total\s+of)\s+){0,2}",
    re.IGNORECASE,
)
_JOINT = 60  # characters between a count and its total
_FAR = 500  # characters of which commas are counted
_COMMA = re.compile(r"[,;:]\s")
_RESPECTIVELY = re.compile(r"(?<!\w)respectively(?!\w)", re.IGNORECASE)


def is_percentage(number: Decimal, text: str) -> bool:
    """Tell whether a number stands before a sign of percent; true too where the text has no such number, or a table.

    >>> text = "30 people (12%)"
    >>> is_percentage(Decimal(12), text), is_percentage(Decimal(30), text), is_percentage(Decimal(30), "n (%): 30")
    (True, False, True)
    """
    every = figures(text)
    if _HEAD.search(text) or not any(_PERCENT.match(text, figure.end) for figure in every):
        return True
    own = [figure for figure in every if number in figure.values]
    return not own or any(_UP_TO_PERCENT.match(text, figure.end) for figure in own)


def misplaced(count: Decimal | None, total: Decimal | None, words: str, text: str) -> list[Decimal]:
    """Return which of a count and a total a text gives as something else.

    Args:
        count: In how many it was seen.
        total: Of how many.
        words: What was seen, as the text says it; may be empty.
        text: The text.

    >>> text = "In 12 of 100 people headache was seen, in 13 fever."
    >>> misplaced(Decimal(13), Decimal(100), "headache", text), misplaced(Decimal(13), Decimal(100), "fever", text)
    ([Decimal('13')], [])
    >>> misplaced(Decimal(100), Decimal(100), "headache", text)
    [Decimal('100')]
    """
    shown = figures(text)
    every = [figure for figure in shown if not _PERCENT.match(text, figure.end)]
    pairs = [(a, b) for a, b in itertools.pairwise(every) if _is_share(text[a.end : b.start])]
    if count is not None and total is not None:
        own = [a for a, b in pairs if count in a.values and total in b.values]
        if own:
            return [count] if _is_of_another(words, own, [a for a, _ in pairs if a not in own], text) else []
    totals, counts = {b for _, b in pairs}, {a for a, _ in pairs}
    wrong = [
        number
        for number, others in ((count, totals - counts), (total, counts - totals))
        if number is not None and _is_all(number, shown, others | (set(shown) - set(every)))
    ]
    if wrong or count is None or total is None:
        return wrong[:1]
    own = [figure for figure in every if count in figure.values]
    of_others = [a for a, b in pairs if total in b.values]
    places = find(words, text) if words and own and of_others else []
    nearer = [_distance(place, of_others, text) < _distance(place, own, text) for place in places]
    return [count] if nearer and all(nearer) else []


def _is_of_another(words: str, own: Sequence[Figure], others: Sequence[Figure], text: str) -> bool:
    """Tell whether commas part some words from their own numbers wherever they stand, and not from those of others."""
    places = find(words, text) if words and others and not _RESPECTIVELY.search(text) else []
    parted = [_distance(place, others, text)[0] < _distance(place, own, text)[0] for place in places]
    return bool(parted) and all(parted)


def _is_share(between: str) -> bool:
    return len(between) <= _JOINT and _OF.fullmatch(between) is not None


def _is_all(number: Decimal, shown: Sequence[Figure], others: set[Figure]) -> bool:
    """Tell whether a number stands in a text only as one of others."""
    places = [figure for figure in shown if number in figure.values]
    return bool(places) and others.issuperset(places)


def _distance(place: tuple[int, int], numbers: Sequence[Figure], text: str) -> tuple[int, int]:
    """Return how far the nearest of some numbers is from some words: in commas, then in characters."""
    at = bisect.bisect_left(numbers, place[0], key=lambda figure: figure.start)
    near = [(n.end, place[0]) if n.end <= place[0] else (place[1], n.start) for n in numbers[max(0, at - 1) : at + 1]]
    return min((len(_COMMA.findall(text, a, min(b, a + _FAR))), b - a) for a, b in near)
