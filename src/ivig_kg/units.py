"""Units: how texts spell the units of UCUM, and whether a number stands beside its unit in a text.

Source: https://ucum.org/ucum
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from decimal import Decimal

from ivig_kg.quotation import figures

_SLASH = r"\s*(?:/|per)\s*"
_MINUS_ONE = r"\s*(?:\u207b\u00b9|\^?-1)(?!\d)"
_KG = rf"(?:{_SLASH}(?:kg|kilogram)|[\s\u00b7]+kg{_MINUS_ONE})"
_G = r"(?:(?<![mμµun])g|gram(?:me)?s?)"
_MG = r"(?:mg|milligrams?)"
_UG = r"(?:[μµu]g|mcg|micrograms?)"
_ML = r"(?:ml|millilit(?:re|er)s?)"
_L = r"(?:l|lit(?:re|er)s?)"
_MMOL = r"(?:mmol(?:es?)?|millimol(?:es?)?)"
_MEQ = r"(?:meq|milliequivalents?)"
_HOUR, _MINUTE = r"(?:h\b|hr\b|hours?)", r"(?:min\b|minutes?)"
# what a text prints for a unit; a dose a day or a week, and a rate a site, are told by words elsewhere in the sentence
SPELLINGS = {
    "min": _MINUTE,
    "h": rf"{_HOUR}|hourly",
    "d": r"d\b|days?|daily",
    "wk": r"wk\b|weeks?|weekly",
    "mo": r"mo\b|months?|monthly",
    "a": r"y(?:ea)?rs?|yearly|annual",
    "g": _G,
    "mg": _MG,
    "ug": _UG,
    "mL": _ML,
    "g/kg": _G + _KG,
    "g/kg/d": _G + _KG,
    "g/kg/wk": _G + _KG,
    "g/kg/mo": _G + _KG,
    "mg/kg": _MG + _KG,
    "mg/kg/d": _MG + _KG,
    "mg/kg/wk": _MG + _KG,
    "mg/kg/mo": _MG + _KG,
    "mL/kg": _ML + _KG,
    "mL/kg/wk": _ML + _KG,
    "mL/kg/mo": _ML + _KG,
    "mL/kg/h": _ML + _KG + rf"[^.]{{0,20}}?{_SLASH}{_HOUR}",
    "mL/kg/min": _ML + _KG + rf"[^.]{{0,20}}?{_SLASH}{_MINUTE}",
    "mg/kg/h": _MG + _KG + rf"[^.]{{0,20}}?{_SLASH}{_HOUR}",
    "mg/kg/min": _MG + _KG + rf"[^.]{{0,20}}?{_SLASH}{_MINUTE}",
    "g/kg/h": _G + _KG + rf"[^.]{{0,20}}?{_SLASH}{_HOUR}",
    "mL/h": _ML + _SLASH + _HOUR,
    "mL/h/{site}": _ML + _SLASH + _HOUR,
    "mL/min": _ML + _SLASH + _MINUTE,
    "g/L": _G + _SLASH + _L,
    "mg/dL": _MG + _SLASH + "dl",
    "mg/mL": _MG + _SLASH + _ML,
    "ug/mL": _UG + _SLASH + _ML,
    "%": r"%|per ?cent",
    "mmol/L": _MMOL + _SLASH + _L,
    "mol/L": r"(?<![a-z\u00b5\u03bc])mol(?:es?)?" + _SLASH + _L,
    "mmol/kg": _MMOL + _KG,
    "meq/L": _MEQ + _SLASH + _L,
    "meq/kg": _MEQ + _KG,
    "mosm/kg": r"(?:m|milli)os(?:m|mol|moles?)" + _KG,
    "Cel": r"[\u00b0\u00ba\u02da]\s*c(?![a-z])|\u2103|(?:degrees?|deg)\s+c(?:elsius)?(?![a-z])",
    "nm": r"nm|nanomet(?:re|er)s?",
}
# words for the time that a dose is of; a text says it in the sentence of the dose, or as a rate elsewhere
_TIMES = {"d": ("d|days?", "daily"), "wk": ("wk|weeks?", "weekly"), "mo": ("mo|months?", "monthly")}
_RATES = {
    key: re.compile(rf"(?:/\s*|(?<![a-z])(?:per|each|every|an?)\s+)(?:{time})(?![a-z])|{adverb}", re.IGNORECASE)
    for key, (time, adverb) in _TIMES.items()
}
# "for 5 days" is a dose a day; "divided over 5 days" is one for all of them, and "every 4 weeks" is none a week
_ON_DAYS = re.compile(
    r"(?<![a-z])(?:(?:for|on|x|\u00d7)\s+(?:each\s+of\s+)?(?:the\s+)?(?:(?:first|next|following)\s+)?[\w-]+"
    r"(?:\s+(?:to|or|and|-|\u2013)\s+[\w-]+)?\s+(?:consecutive\s+|successive\s+)?days?|days?\s+\d|(?:consecutive|successive)\s+days)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?<![a-z])(?:total|cumulative|altogether)(?![a-z])", re.IGNORECASE)
_STOP = re.compile(r"\.(?=\s+[^a-z\s])|[;!?](?=\s)")
# units that are others where one more follows: 0.4 g/kg are no grams, and 0.4 g/kg/day is no g/kg
_PLAIN = frozenset({"g", "mg", "ug", "mL", "g/kg", "mg/kg", "mL/kg"})
_NO_MORE = (
    rf"(?![a-z])(?!{_SLASH}(?:kg|kilograms?|d?l|ml|lit(?:re|er)s?|h|hrs?|hours?|min|minutes?)(?![a-z]))"
    rf"(?![\s\u00b7]+(?:kg|d?l|ml|h|min){_MINUS_ONE})"
)
_OF_BODY = r"(?:\s*(?:of\s+)?(?:bw(?![a-z])|b\.\s?w\.|body\s?-?(?:weight|mass)))?"
_NO_PERIOD = rf"(?!{_OF_BODY}{_SLASH}(?:d|days?|wk|weeks?|mo|months?)(?![a-z]))(?!{_OF_BODY}\s+on\s+each\s+of)"
# nor is a dose a month what is one a week
_OTHER_PERIODS = {
    key: "".join(rf"(?!{_OF_BODY}\s*(?:{rate.pattern}))" for other, rate in _RATES.items() if other != key)
    for key in _RATES
}
_END = r"(?:\s*-?\s*(?:to|or|and)|\s*[-\u2013\u2014])\s*[<>=~\u2264\u2265]*\s*(?:[\d.,\u00b7']+|[a-z]+)"
_BETWEEN = (
    rf"\)?(?:\s*(?:\u00b1|\+/?-)\s*[\d.,]+)?(?:\s*\([a-z0-9 -]{{1,20}}\))?(?:{_END}\)?|\s*-?\s*)?\s*"
    r"(?:(?:consecutive|successive|separate|full|divided)\s+)?"
)
_AN = re.compile(
    r"(?<![a-z])(?:about|after|approximately|at\s+least|every|for|in|least|over|than|to|until|within)\s+(an?)"
    r"(?=\s+(?:minute|hour|day|week|month|year)(?![a-z]))",
    re.IGNORECASE,
)


def is_spelt(unit: str, text: str) -> bool | None:
    """Tell whether a unit stands in a text; None where it is not known how texts spell it.

    >>> is_spelt("g/kg", "0.4 g per kg"), is_spelt("g/kg", "400 mg/kg"), is_spelt("[pH]", "4.8")
    (True, False, None)
    """
    if unit not in SPELLINGS:
        return None
    return re.search(rf"(?<![a-z])(?:{_spelling(unit)})", text, re.IGNORECASE) is not None


def stand_together(number: Decimal, unit: str, text: str) -> bool:
    """Tell whether a number stands before its unit in a text, alone or as an end of a range.

    A dose a day, a week or a month stands there where its sentence has a word for that time too, or the text a rate.

    >>> text = "0.4 to 0.8 g/kg every 3 to 4 weeks"
    >>> [stand_together(Decimal(n), u, text) for n, u in [("0.4", "g/kg"), ("4", "wk"), ("3", "g/kg")]]
    [True, True, False]
    >>> [stand_together(Decimal("0.4"), unit, "0.4 g/kg/day") for unit in ("g/kg/d", "g/kg/wk", "g/kg", "g")]
    [True, False, False, False]
    """
    return next(places(number, unit, text), None) is not None


def places(number: Decimal, unit: str, text: str) -> Iterator[int]:
    """Yield where a number stands before its unit in a text: the place of its first character."""
    period = unit.rpartition("/")[2] if "/" in unit else ""
    every = period not in _RATES or _RATES[period].search(text) is not None
    stops = [match.span() for match in _STOP.finditer(text)]
    bounds = zip([0, *(end for _, end in stops)], [*(start for start, _ in stops), len(text)], strict=True)
    for begin, stop in bounds:
        sentence = text[begin:stop]
        is_rate = every and not (period in _RATES and _TOTAL.search(sentence) and not _RATES[period].search(sentence))
        if is_rate or (period == "d" and _ON_DAYS.search(sentence)):
            found = ((a, b) for a, b in _spans(number, sentence) if _behind(unit).match(sentence, b))
            yield from (begin + start for start, _ in found)


def has_one(text: str) -> bool:
    """Tell whether a text says one with an article before a time.

    >>> has_one("within an hour"), has_one("0.4 g a day")
    (True, False)
    """
    return _AN.search(text) is not None


def _spans(number: Decimal, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a number stands in a text."""
    yield from ((figure.start, figure.end) for figure in figures(text) if number in figure.values)
    if number == 1:
        yield from (match.span(1) for match in _AN.finditer(text))


@functools.lru_cache(maxsize=128)
def _behind(unit: str) -> re.Pattern[str]:
    """Return what matches a unit behind its number, be it behind the other end of a range."""
    more = _NO_PERIOD if unit in _PLAIN else _OTHER_PERIODS.get(unit.rpartition("/")[2], "") if "/" in unit else ""
    return re.compile(rf"{_BETWEEN}(?:{_spelling(unit)}){more}", re.IGNORECASE)


def _spelling(unit: str) -> str:
    """Return what matches a unit in a text, and not the beginning of another one."""
    spelling = SPELLINGS.get(unit, "")
    return rf"(?:{spelling}){_NO_MORE}" if unit in _PLAIN else spelling
