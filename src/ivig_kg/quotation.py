"""Quotations: do words stand in a text, and where are the words most like them?

One normalisation goes over both sides, and it strips nothing: letters with their accents as one
character (NFC), a run of blanks as one blank, typographic quotation marks and dashes as plain ones.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
_CLUSTER = re.compile(r"\s+|.[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"\d{1,3}(?:[\u00a0\u2009\u202f ]\d{3})+(?!\d)|\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]000")
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


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
    """Tell whether words stand in a text as whole words."""
    return any(_matches(normal(words), normal(text), fold=fold))


def _matches(words: str, text: str, *, fold: bool) -> Iterator[tuple[int, int]]:
    if words.strip():
        flags = re.IGNORECASE if fold else re.NOFLAG
        found = re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text, flags)
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


def numbers(text: str) -> set[Decimal]:
    """Return every number that a text may be read to hold, in digits or as a word up to twelve.

    A mark between digits is read both ways where it can be: `1,250` is 1250 and 1.25, but `1,000` is never 1.

    >>> sorted(numbers("0,4 g/kg on each of five days, at most 1,000 ml or 1,250"))
    [Decimal('0.4'), Decimal('1.250'), Decimal('5'), Decimal('1000'), Decimal('1250')]
    """
    found = {Decimal(_WORDS.index(w)) for w in _LETTERS.findall(text.casefold()) if w in _WORDS}
    for token in _NUMBER.findall(text):
        digits = re.sub(r"\s", "", token)
        if re.fullmatch(r"\d{1,3}([.,\s]\d{3})+", token):
            found.add(Decimal(re.sub(r"[.,]", "", digits)))
        if re.search(r"\s", token):
            found |= {Decimal(part) for part in token.split()}
        elif re.fullmatch(r"\d+([.,]\d+)?", digits) and not _THOUSANDS.fullmatch(digits):
            found.add(Decimal(digits.replace(",", ".")))
        if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+", digits):
            found.add(Decimal(digits.replace(",", "")))
    return found
