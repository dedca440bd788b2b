"""Dates: the days that a text gives, with day, month and year read together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

_MONTHS = (
    r"jan(?:uary?|v|vier)?",
    r"feb(?:r|ruary?)?|f\u00e9v(?:r|rier)?",
    r"mar(?:ch|s|zo)?|m\u00e4rz",
    r"apr(?:ile?)?|avr(?:il)?",
    r"ma[iy]",
    r"june?|juni|juin",
    r"july?|juli|juillet",
    r"aug(?:ust)?|ao\u00fbt",
    r"sept?(?:emb(?:er|re))?",
    r"o[ck]t(?:ob(?:er|re))?",
    r"nov(?:emb(?:er|re))?",
    r"d[e\u00e9][cz](?:emb(?:er|re))?",
)
_MONTH = re.compile("|".join(rf"(?P<m{number}>{name})" for number, name in enumerate(_MONTHS, 1)), re.IGNORECASE)
_NAME = rf"(?<![^\W\d_])(?P<month>{'|'.join(_MONTHS)})(?![^\W\d_])\.?"
_TH = r"(?:st|nd|rd|th|er)?"
_DAY = rf"\d{{1,2}}{_TH}"
_DAYS = rf"(?<!\d)(?P<days>{_DAY}(?:\s*(?:,|and|or|to|&|[-\u2013])\s*{_DAY}){{0,5}})(?!\d)"
_YEAR = r"(?P<year>\d{4}|\d\d)(?!\d)"
_GAP = r"[\s.,/-]{0,3}"
_NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAYS}\.?{_GAP}(?:of\s+|de\s+)?{_NAME}{_GAP}{_YEAR}",
        rf"{_NAME}{_GAP}{_DAYS}{_GAP}{_YEAR}",
        rf"(?<!\d)(?P<year>\d{{4}}){_GAP}{_NAME}{_GAP}{_DAYS}",
    )
)
_MARK = r"\s?[-/.]\s?"
_FIGURES = re.compile(
    rf"(?<!\d)(?:(?P<y>\d{{4}})(?:{_MARK}|\s?\u5e74\s?)(?P<m>\d\d?)(?:{_MARK}|\s?\u6708\s?)(?P<d>\d\d?)"
    rf"|(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)"
    rf"|(?P<a>\d\d?){_MARK}(?P<b>\d\d?){_MARK}(?P<z>\d{{4}}|\d\d))(?!\d)"
)
_BEFORE, _BEHIND = re.compile(r"[.;!?]\s"), re.compile(r"[;!?]\s|\.\s+(?=[A-Z])")
_NEAR = 40  # characters between a month, its day and its year where they do not follow each other


def day(text: str) -> dt.date | None:
    """Return the day that a text is, as YYYY-MM-DD, or None."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def gives(day: dt.date, text: str) -> bool:
    """Tell whether a text gives a day: in a usual form, or else with day and year near the name of the month.

    A text that has neither a month nor a date in figures gives every day whose three numbers stand in it.

    >>> gives(dt.date(2012, 3, 5), "on 5 March 2012"), gives(dt.date(2012, 5, 3), "on 5 March 2012")
    (True, False)
    """
    read, months = set(_in_figures(text)), set()
    for match in (m for pattern in _NAMED for m in pattern.finditer(text)):
        read |= set(_named(match))
        months.add(match.start("month"))
    if day in read:
        return True
    names = re.finditer(_NAME, text, re.IGNORECASE)
    loose = [m for m in names if m[0] != "may" and m.start("month") not in months]
    if any({day.day, day.year} <= _counts(_around(m)) for m in loose if _number(m["month"]) == day.month):
        return True
    return not read and not loose and {day.year, day.month, day.day} <= _counts(text)


def _around(month: re.Match[str]) -> str:
    """Return what stands near a month in its sentence."""
    text = month.string
    before = _BEFORE.split(text[max(0, month.start() - _NEAR) : month.start()])[-1]
    return f"{before} {_BEHIND.split(text[month.end() : month.end() + _NEAR])[0]}"


def _counts(text: str) -> set[int]:
    return {int(digits) for digits in re.findall(r"\d{1,4}", text)}


def _number(name: str) -> int:
    match = _MONTH.fullmatch(name)
    return int(match.lastgroup[1:]) if match and match.lastgroup else 0


def _named(match: re.Match[str]) -> Iterator[dt.date]:
    for day in re.findall(r"\d+", match["days"]):
        yield from _dates(match["year"], _number(match["month"]), int(day))


def _in_figures(text: str) -> Iterator[dt.date]:
    """Yield the dates in figures; where day and month may be either, both."""
    for match in _FIGURES.finditer(text):
        if match["y"]:
            yield from _dates(match["y"], int(match["m"]), int(match["d"]))
        elif match["year"]:
            yield from _dates(match["year"], int(match["month"]), int(match["day"]))
        else:
            one, two = int(match["a"]), int(match["b"])
            yield from _dates(match["z"], one, two)
            yield from _dates(match["z"], two, one)


def _dates(year: str, month: int, day: int) -> Iterator[dt.date]:
    """Yield a date, if it is one; a year of two digits may be of this century or the last."""
    for century in ("",) if len(year) > len("00") else ("19", "20"):
        try:
            yield dt.date(int(century + year), month, day)
        except ValueError:
            continue
