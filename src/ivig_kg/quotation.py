"""Quotations: do words stand in a text, and where are the words most like them?

One normalisation goes over both sides, and it strips nothing: letters with their accents as one
character (NFC), a run of blanks as one blank, typographic quotation marks and dashes as plain ones.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
_CLUSTER = re.compile(r"\s+|.[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"\S+")
_MARKS = ".,'\u2019\u00b7"  # what parts of a number are joined by
_DIGITS = re.compile(
    r"\d{1,3}(?:['\u2019]\d{3})+(?!\d)(?:[.,]\d+)?"
    r"|\d{1,3}(?:[\u00a0\u2009\u202f ]\d{3})+(?!\d)"
    r"|(?<![^\s(<>=~\u2264\u2265])[.\u00b7]\d+|\d+(?:[.,\u00b7]\d+)*"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]000")
_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NAMED = re.compile(
    rf"(?<![a-z])(?:(?P<ten>{'|'.join(_TENS)})(?:(?P<joint>\s|[-\u2010-\u2015]\s?)(?P<more>{'|'.join(_UNITS[1:10])}))?"
    rf"|(?P<unit>{'|'.join(_UNITS)}))(?![a-z])",
    re.IGNORECASE,
)
# a digit at the end of some words belongs to a longer number, where the text goes on like this before or behind it
_FROM_BEFORE = rf"(?<!\d[{_MARKS}])(?<![\s(<>=~\u2264\u2265][.\u00b7])"
_GOES_ON = rf"(?![{_MARKS}]?\d)(?! 000(?!\d))"
_OF = re.compile(r"(?:(?<!\w)(?:in|of)\s|/\s?)\d{1,3}\Z")  # a total, which a blank and three digits go on: 1 in 1 500


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text as it is compared, and where each of its characters stands in the original."""

    normal: str
    places: tuple[int, ...]


@functools.lru_cache(maxsize=512)
def read(text: str) -> Text:
    """Return a text with the place of each character of its normal form; the last place is the end."""
    out: list[str] = []
    places: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        normal = " " if cluster[0].isspace() else unicodedata.normalize("NFC", cluster[0]).translate(_PLAIN)
        out.append(normal)
        places += [cluster.start()] * len(normal)
    return Text("".join(out), (*places, len(text)))


def normal(text: str) -> str:
    """Return a text as it is compared with another.

    >>> normal("the  patient\\u2019s  dose")
    "the patient's dose"
    """
    return _BLANKS.sub(" ", text) if text.isascii() else read(text).normal


def find(words: str, text: str, *, fold: bool = False) -> list[tuple[int, int]]:
    """Return where words stand in a text as whole words: start and end in the original text.

    Args:
        words: What is looked for.
        text: Where.
        fold: Whether capitals do not count.

    >>> find("patient's dose", "The patient\\u2019s  dose")
    [(4, 19)]
    """
    inside = read(text)
    return [(inside.places[a], inside.places[b]) for a, b in _matches(normal(words), inside.normal, fold=fold)]


def stands(words: str, text: str, *, fold: bool = False) -> bool:
    """Tell whether words stand in a text as whole words; half a number is none.

    >>> stands("1 in 10", "in 1 in 10,000 people"), stands("5%", "in 0.5% of people"), stands("1 in 10", "in 1 in 10.")
    (False, False, True)
    """
    return any(_matches(normal(words), normal(text), fold=fold))


def _matches(words: str, text: str, *, fold: bool) -> Iterator[tuple[int, int]]:
    if words.strip():
        flags = re.IGNORECASE if fold else re.NOFLAG
        before = _FROM_BEFORE if words[0].isdigit() or words[0] in ".\u00b7" else ""
        behind = _GOES_ON if words[-1].isdigit() else ""
        behind += r"(?! \d{3}(?!\d))" if _OF.search(words) else ""
        found = re.finditer(rf"(?<!\w){before}{re.escape(words)}(?!\w){behind}", text, flags)
        # without regard to capitals, a long s would be an s, and a Turkish i an i
        yield from (m.span() for m in found if not fold or m[0].lower() == words.lower())


def nearest(words: str, text: str) -> tuple[float, str]:
    """Return the stretch of a text that is most like some words, as it stands there, and how like it is, up to 100.

    >>> nearest("may cause headaches and fevr", "It may cause headaches and fever in some.")[1]
    'may cause headaches and fever'
    """
    from rapidfuzz import fuzz  # noqa: PLC0415  (only where something is wrong)

    tokens = list(_WORD.finditer(text))
    size = len(words.split())
    best = (0.0, "")
    wanted = normal(words).casefold()
    for length in range(max(1, size - 1), size + 2):
        for begin in range(len(tokens) - length + 1):
            stretch = text[tokens[begin].start() : tokens[begin + length - 1].end()].strip(".,;:()")
            likeness = fuzz.ratio(wanted, normal(stretch).casefold())
            best = max(best, (likeness, stretch), key=lambda pair: pair[0])
    return best


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text, in digits or as a word: where it stands, and every way it can be read."""

    start: int
    end: int
    values: frozenset[Decimal]


def numbers(text: str) -> set[Decimal]:
    """Return every number that a text may be read to hold, in digits or as a word up to ninety-nine.

    A mark between digits is read both ways where it can be: `1,250` is 1250 and 1.25, but `1,000` is never 1.

    >>> sorted(numbers("0,4 g/kg on each of five days, at most 1,000 ml or 1,250"))
    [Decimal('0.4'), Decimal('1.250'), Decimal('5'), Decimal('1000'), Decimal('1250')]
    >>> sorted(numbers("twenty-four hours, .5% of 10'000"))
    [Decimal('0.5'), Decimal('24'), Decimal('10000')]
    """
    return {value for figure in figures(text) for value in figure.values}


@functools.lru_cache(maxsize=64)
def figures(text: str) -> Sequence[Figure]:
    """Return the numbers of a text, in their order."""
    found = [Figure(*m.span(), frozenset(_in_digits(m[0]))) for m in _DIGITS.finditer(text)]
    found += [Figure(*m.span(), frozenset(_in_words(m))) for m in _NAMED.finditer(text)]
    return tuple(sorted(found, key=lambda figure: figure.start))


def _in_words(match: re.Match[str]) -> Iterator[Decimal]:
    """Yield what a number in words may be: `twenty-four` is 24 alone, `twenty four` may be two numbers."""
    ten, more = match["ten"], match["more"]
    if ten is None:
        yield Decimal(_UNITS.index(match["unit"].casefold()))
        return
    tens = 10 * _TENS.index(ten.casefold()) + 20
    units = _UNITS.index(more.casefold()) if more else 0
    yield Decimal(tens + units)
    if more and match["joint"].isspace():
        yield from (Decimal(tens), Decimal(units))


def _in_digits(token: str) -> Iterator[Decimal]:
    digits = re.sub(r"[\s'\u2019]", "", token).replace("\u00b7", ".")
    if digits != token and re.search(r"['\u2019]", token):
        yield Decimal(digits.replace(",", "."))
        return
    if re.fullmatch(r"\d{1,3}([.,\s]\d{3})+", token):
        yield Decimal(re.sub(r"[.,]", "", digits))
    if re.search(r"\s", token):
        yield from (Decimal(part) for part in token.split())
    elif re.fullmatch(r"\d*([.,]\d+)?", digits) and not _THOUSANDS.fullmatch(digits):
        yield Decimal(digits.replace(",", "."))
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+", digits):
        yield Decimal(digits.replace(",", ""))
