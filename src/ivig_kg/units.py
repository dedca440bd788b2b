"""Units: how texts spell the units of UCUM, and whether a number stands beside its unit in a text.

Source: https://ucum.org/ucum
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal

from ivig_kg.quotation import numbers

_SLASH = r"\s*(?:/|per)\s*"
_KG = rf"{_SLASH}(?:kg|kilogram)"
_G = r"(?:(?<![mμµun])g|gram(?:me)?s?)"
_MG = r"(?:mg|milligrams?)"
_UG = r"(?:[μµu]g|mcg|micrograms?)"
_ML = r"(?:ml|millilit(?:re|er)s?)"
_L = r"(?:l|lit(?:re|er)s?)"
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
}
# words for the time that a dose is of; a text says it somewhere in the sentence
_PERIODS = {
    "d": r"(?<![a-z])(?:d|days?|daily)(?![a-z])",
    "wk": r"(?<![a-z])(?:wk|weeks?|weekly)(?![a-z])",
    "mo": r"(?<![a-z])(?:mo|months?|monthly)(?![a-z])",
}
# units that are others where one more follows: 0.4 g/kg are no grams, and 0.4 g/kg/day is no g/kg
_PLAIN = frozenset({"g", "mg", "ug", "mL", "g/kg", "mg/kg", "mL/kg"})
_NO_MORE = rf"(?![a-z])(?!{_SLASH}(?:kg|kilograms?|d?l|ml|lit(?:re|er)s?|h|hrs?|hours?|min|minutes?)(?![a-z]))"
_NO_PERIOD = rf"(?!{_SLASH}(?:d|days?|wk|weeks?|mo|months?)(?![a-z]))(?!\s+on\s+each\s+of)"
_BETWEEN = r"(?:\s*(?:to|or|and|-|\u2013|\u2014)\s*(?:[\d.,]+|[a-z]+)|\s*-?\s*)?\s*"
_FIGURE = re.compile(r"(?<![\d.,])[\d.,]*\d|[a-z]+", re.IGNORECASE)


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

    A dose a day, a week or a month stands there where the text has a word for that time too.

    >>> text = "0.4 to 0.8 g/kg every 3 to 4 weeks"
    >>> [stand_together(Decimal(n), u, text) for n, u in [("0.4", "g/kg"), ("4", "wk"), ("3", "g/kg")]]
    [True, True, False]
    >>> [stand_together(Decimal("0.4"), unit, "0.4 g/kg/day") for unit in ("g/kg/d", "g/kg/wk", "g/kg", "g")]
    [True, False, False, False]
    """
    period = _PERIODS.get(unit.rpartition("/")[2]) if "/" in unit else None
    if period is not None and not re.search(period, text, re.IGNORECASE):
        return False
    ends = [figure.end() for figure in _FIGURE.finditer(text) if number in numbers(figure[0])]
    return any(_behind(unit).match(text, end) is not None for end in ends)


@functools.lru_cache(maxsize=128)
def _behind(unit: str) -> re.Pattern[str]:
    """Return what matches a unit behind its number, be it behind the other end of a range."""
    return re.compile(rf"{_BETWEEN}(?:{_spelling(unit)}){_NO_PERIOD if unit in _PLAIN else ''}", re.IGNORECASE)


def _spelling(unit: str) -> str:
    """Return what matches a unit in a text, and not the beginning of another one."""
    spelling = SPELLINGS.get(unit, "")
    return rf"(?:{spelling}){_NO_MORE}" if unit in _PLAIN else spelling
