"""Arms: what a text says of one medicine beside another: `12 of 100 people on placebo, 30 of 90 on Casolin`.

A number, a word or a verb belongs to the medicine right behind it (`12 of 100 on placebo`), or to the one that its
clause begins with (`On placebo, 12 of 100`). What is told neither way is left to the medicine that is asked for.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator

Span = tuple[int, int]

NUMBERS = re.compile(r"(?<!\w)\d|(?<!\w)(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?!\w)")
OFTEN = re.compile(rf"{NUMBERS.pattern}|(?<!\w)(?:un)?common|(?<!\w)(?:rare|frequen)")
SEEN = re.compile(
    rf"{OFTEN.pattern}|(?<!\w)(?:seen|observed|reported|recorded|described|experienced?"
    r"|(?:not|never)\s+be\s+(?:given|used)|(?:caus|occur|develop|appear|treat|contain|contraindicat|indicat|interfer)\w*)"
)
# what is said of a medicine in whatever words, where another one is named for which it says something too
DONE = re.compile(
    rf"{SEEN.pattern}|(?<!\w)(?:is|are|acts?|carr(?:y|ies)|comes?|depends?|given|intended|licen[cs]ed|made|used|works?)(?!\w)"
)
_PLACEBO = re.compile(
    r"(?<!\w)(?:placebos?|comparators?|controls|control\s+(?:arm|group|patients|people|subjects)"
    r"|untreated\s+(?:controls|patients|people|subjects))(?!\w)"
)
_PREPOSITION = r"(?:with|on|under|in|for|of|among|receiving|taking|given)"
_AMOUNT = re.compile(
    r"\d\s*\([^()]*\)\s*\Z|\d\s?(?:%|(?:[mu\u00b5\u03bc]?g|mcg|m?l|m?mol|meq|i?u)(?:/[a-z]{1,5}){0,2})\s+(?:of\s+)?\Z|(?<!\w)of\s+\Z"
)
_AND = re.compile(r",\s|(?<!\w)and(?!\w)")
_TO = re.compile(
    rf"(?<!\w){_PREPOSITION}\s+(?:(?:the|those|people|patients|subjects)\s+)*(?:{_PREPOSITION}\s+)?\Z|{_AMOUNT.pattern}"
)
# what the medicine that is next begins a clause with
_BEGINS = re.compile(r"(?:\A|\s)(?:the|an?|each|its|their|this)\s+\Z")
_RECEIVES = re.compile(
    r"\s+(?:is|are|was|were|has|have|had|receive|receives|received|get|gets|got|need|needs|should|may|can)(?!\w)"
)
# what is compared with it, or given beside it, is not said of it
_BESIDE = re.compile(
    r"(?<!\w)(?:before|after|without|despite|not|than|unlike|like|as|instead|together|along|concomitant\w*|addition|combin\w*"
    rf"|given|used?|treated|add(?:ed|ing)|stop\w*|plus|interact\w*)\s+(?:{_PREPOSITION}\s+|of\s+|to\s+)?\Z"
)
_NEAR = 60  # characters before a medicine that say whether it is only compared with
_LEAD = 8  # words that a clause has at most before the medicine that it is about
_LINK = re.compile(
    rf"(?:\s*(?:,|&|/|\+|and|or|but\s+also|also|as\s+well\s+as|nor)(?!\w))+\s*(?:both\s+)?(?:{_PREPOSITION}\s+)?\Z|\s*\Z"
    r"|\s+(?:that|which|who)\s+(?:also\s+)?(?:(?:had|have|were|are)\s+)?(?:receiv\w+|given|took|taken|taking|treated\s+with)\s+\Z"
)
_SUBJECT = re.compile(r"\s+(?:is|was|has|had|does|did|causes?|caused|may|can|could|might)(?!\w)")
_CLAUSE = re.compile(
    r"[;!?](?=\s)|(?<!\.)\.(?=\s|\Z)|\n|(?<!\w)(?:if|when|whenever|where|who|whom|which|that|because|although|though|but"
    r"|whereas|while)(?!\w)"
)
_JOINT = re.compile(
    rf"{_CLAUSE.pattern}|[,:](?=\s)|[()]|(?<!\w)(?:and|than|versus|vs|compared|against|as|like|unlike)(?!\w)"
)
_SENTENCE = re.compile(r"[.;](?=\s)")
_RESPECTIVELY = re.compile(r"(?<!\w)respectively(?!\w)")
_RELATIVE = re.compile(r",\s+which\s+[^,.;:]*(?=[,.;:])")
_FAR = 1000  # characters before `respectively` in which its clause begins
_FIGURE = re.compile(r"(?<!\w)\d+(?:[.,]\d+)*")
_SHARE = re.compile(r"\(\s*\d[\d\s.,%/-]*\)")
_BRACKET = re.compile(r"\s*\([^()]*\)")


@dataclasses.dataclass(slots=True)
class _Arm:
    """Some medicines that a text names side by side, and whether the one that is asked for is among them."""

    start: int
    end: int
    is_own: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a text that is said of some medicines, and whether the one that is asked for is among them."""

    start: int
    end: int
    is_own: bool


def said(text: str, own: Iterable[Span], others: Iterable[Span], values: re.Pattern[str]) -> list[Said]:
    """Return the stretches of a text that it says of one medicine beside another, in their order.

    Args:
        text: The text in small letters.
        own: Where it names the medicine that is asked for.
        others: Where it names others.
        values: What is said: `NUMBERS`, `OFTEN`, `SEEN` or `DONE`.

    >>> text = "in 12 of 100 people on placebo, and in 30 of 90 on casolin"
    >>> [(text[s.start : s.end], s.is_own) for s in said(text, [(51, 58)], [(23, 30)], NUMBERS)]
    [('in 12 of 100 people on placebo', False), (' in 30 of 90 on casolin', True)]
    """
    mine = sorted(own)
    spans = [*((a, b, True) for a, b in mine), *((a, b, False) for a, b in others)]
    ends = list(itertools.accumulate((end for _, end in mine), max))
    apart = {s for s in spans if s[2] or not _overlaps(s, mine, ends)}
    found = [*_said(_arms(sorted(apart), text, values), text, values), *_respectively(sorted(apart), text)]
    return sorted(found, key=lambda one: (one.start, one.end))


def elsewhere(text: str, own: Iterable[Span], others: Iterable[Span], values: re.Pattern[str]) -> Iterator[Said]:
    """Yield the sentences of a text that name others alone, where one of what is asked for says something too.

    Args:
        text: The text in small letters.
        own: Where it names what is asked for.
        others: Where it names others.
        values: What is said; see `said`.
    """
    ends = [*(m.end() for m in _SENTENCE.finditer(text)), len(text)]
    mine, theirs = ({bisect.bisect_right(ends, start) for start, _ in spans} for spans in (own, others))
    within = {at: (ends[at - 1] if at else 0, ends[at]) for at in mine | theirs}
    if any(values.search(text, *within[at]) for at in mine):
        yield from (Said(*within[at], is_own=False) for at in sorted(theirs - mine))


def controls(text: str) -> Iterator[Span]:
    """Yield where a text in small letters names placebo or controls, which are another medicine."""
    yield from (match.span() for match in _PLACEBO.finditer(text))


def without(text: str, stretches: Iterable[Said]) -> str:
    """Return a text with blanks in place of what it says of other medicines alone."""
    pieces, done = [], 0
    for one in stretches:
        if not one.is_own and one.start >= done:
            pieces += [text[done : one.start], " " * (one.end - one.start)]
            done = one.end
    return "".join([*pieces, text[done:]])


def _overlaps(span: tuple[int, int, bool], others: list[Span], ends: list[int]) -> bool:
    """Tell whether a span overlaps one of others, which are sorted, with the furthest end up to each."""
    before = bisect.bisect_left(others, (span[1],))
    return before > 0 and ends[before - 1] > span[0]


def _arms(spans: Iterable[tuple[int, int, bool]], text: str, values: re.Pattern[str]) -> list[_Arm]:
    """Return what a text names, what is named side by side as one."""
    arms: list[_Arm] = []
    for start, end, is_own in spans:
        last = arms[-1] if arms else None
        between = text[last.end : start] if last else ""
        if last and (_LINK.match(between) or not (_JOINT.search(between) or values.search(between))):
            is_clause = between.strip() and not _TO.search(between) and _SUBJECT.match(text, end)
            if start < last.end or not is_clause:
                last.end, last.is_own = max(end, last.end), last.is_own or is_own
                continue
        arms.append(_Arm(start, end, is_own))
    return arms


def _said(arms: list[_Arm], text: str, values: re.Pattern[str]) -> Iterator[Said]:
    """Yield what is said of each arm."""
    floor = told = 0
    joined = _SHARE.sub(lambda match: "_" * len(match[0]), text)  # "24 (49%) had headache" is of one piece
    for arm, following in itertools.zip_longest(arms, arms[1:]):
        if arm.start < told:
            continue  # "Casolin, which has replaced heparin, is used in"
        in_brackets = text[arm.start - 1 : arm.start] == "(" and text[arm.end : arm.end + 1] == ")"
        begin = max([floor, *(m.end() for m in _JOINT.finditer(joined, floor, arm.start - in_brackets))])
        before = text[begin : arm.start]
        bracket = _BRACKET.match(text, arm.end)
        floor = bracket.end() if bracket and values.search(bracket[0]) else arm.end
        found = None
        if relative := _RELATIVE.match(text, arm.end):
            told = floor = relative.end()
            found = (arm.start, floor) if values.search(relative[0]) else None
        elif _BESIDE.search(text, max(0, arm.start - _NEAR), arm.start):
            found = (arm.start, floor) if floor > arm.end else None
        elif values.search(before):
            found = (begin, floor) if in_brackets or _TO.search(before) else None
        elif floor > arm.end:
            found = arm.start, floor
        elif len(before.split()) <= (_LEAD if _leads(before, text, arm) else 1):
            floor = _clause(text, floor, following.start if following else len(text), values)
            found = arm.start, floor
        if found:
            yield Said(*found, arm.is_own)


def _respectively(spans: list[tuple[int, int, bool]], text: str) -> Iterator[Said]:
    """Yield the numbers that a text gives for what it names in the same order: `A and B are 1 and 2, respectively`."""
    for match in _RESPECTIVELY.finditer(text):
        far = max(0, match.start() - _FAR)
        begin = max((m.end() for m in _CLAUSE.finditer(text, far, match.start())), default=far)
        first, behind = (bisect.bisect_left(spans, (at,)) for at in (begin, match.start()))
        named = [span for span in spans[first:behind] if span[1] <= match.start()]
        every = list(_FIGURE.finditer(text, max((end for _, end, _ in named), default=begin), match.start()))
        for at, one in enumerate(every) if len(named) > 1 and every and len(every) % len(named) == 0 else ():
            yield Said(*one.span(), named[at * len(named) // len(every)][2])


def _leads(before: str, text: str, arm: _Arm) -> bool:
    """Tell whether what is named behind some words may be what a clause is about."""
    return bool(_TO.search(before) or _BEGINS.search(before) or _RECEIVES.match(text, arm.end))


def _clause(text: str, begin: int, end: int, values: re.Pattern[str]) -> int:
    """Return where ends what a clause says of the medicine that it begins with."""
    clause = _CLAUSE.search(text, begin, end)
    end = clause.start() if clause else end
    value = values.search(text, begin, end)
    if value and _AND.search(text, begin, value.start()) and _TO.search(text[value.start() : end]):
        return begin  # the number is that of what follows: "L-proline and not more than 1 mmol/l sodium"
    joint = _JOINT.search(text, value.end(), end) if value else None
    return joint.start() if joint else end if value else begin
