"""Stretches: does a passage begin and end where words do, and does it stand in the section that it names?

A digest shows that a passage is the text between two places. Whoever moves the places and makes the digest anew is
found by this: half a word or number is no passage, and a section is what a person looks the passage up by.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ivig_kg import passages
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Mapping
from ivig_kg.passages import Stretch

_COUNTED = re.compile(r"heading|paragraphs? \d+(?: to \d+)?")
_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?(?!\w)")
# a place within a word, a number, or what a hyphen joins: 12.|5, 1|.5, non-|septic
_WITHIN = re.compile(
    r"(?<=\w)(?=\w)|(?<=\d[.,'\u2019\u00b7])(?=\d)|(?<=\d)(?=[.,'\u2019\u00b7]\d)"
    r"|(?<=[\s(<>=~\u2264\u2265][.\u00b7])(?=\d)|(?<=\w[-\u2010\u2011])(?=\w)"
)

_DOSE = re.compile(r"\d\s?(?:[m\u00b5\u03bc]?g|mcg|m?l|m?mol|grams?|milligrams?)(?:\s?/\s?kg)?\Z", re.IGNORECASE)
_EACH = re.compile(r"\s?/\s?[a-z]|\sper\s", re.IGNORECASE)
_SHORT = 20  # characters before a place in which a dose ends


def check(passage: Mapping, stretch: Stretch, text: str) -> Iterator[Finding]:
    """Find a passage that is cut off amid a word, and one that stands in another section than it says.

    Args:
        passage: The passage, whose digest is that of the stretch.
        stretch: Where it is.
        text: The text of its source.

    Yields:
        `passage-cut` and `passage-section`.
    """
    for key, at in (("start", stretch.start), ("end", stretch.end)):
        value, inside = passage.get(key), text[at] if key == "start" else text[at - 1]
        cut = 0 < at < len(text) and (_WITHIN.match(text, at) or _is_within_unit(text, at))
        if value and (cut or inside.isspace()):
            does, where = ("begins", "start") if key == "start" else ("ends", "end")
            how = "amid a word or number" if cut else "with a blank"
            message = f"the passage {does} {how}: {quoted(_around(text, at))}"
            hint = f"move {where} to where a word {does}, and give the digest anew"
            yield Finding("passage-cut", message, value.position, hint=hint, subject=passage.name)
    section = passage.get("section")
    found = section and _other(section.text, stretch, text)
    if section and found:
        message = f"the passage stands in {quoted(found)}, and its section is {quoted(section.text)}"
        hint = "mend the section, or the place if that is wrong"
        yield Finding("passage-section", message, section.position, Severity.WARNING, hint=hint, subject=passage.name)


def _is_within_unit(text: str, at: int) -> bool:
    """Tell whether a place parts a dose from what it is for each of: 2 g|/kg, 2 g| per kg."""
    return _EACH.match(text, at) is not None and _DOSE.search(text, max(0, at - _SHORT), at) is not None


def is_known(section: str, text: str) -> bool:
    """Tell whether a section can be looked up in a text: counted paragraphs, or the words of one of its headings."""
    return _COUNTED.fullmatch(section) is not None or any(_names(section, heading) for _, heading in _headings(text))


def above(stretch: Stretch, text: str) -> list[str]:
    """Return the headings of a text that stand above a stretch of it, the nearest one last."""
    return [heading for end, heading in _headings(text) if end <= stretch.start]


def _around(text: str, at: int) -> str:
    return " ".join(text[max(0, at - 12) : at + 12].split())


@functools.lru_cache(maxsize=64)
def _headings(text: str) -> tuple[tuple[int, str], ...]:
    """Return the headings of a text, each with where it ends; a line that no mark ends may head the lines below it."""
    found = []
    for block in passages.paragraphs(text):
        first = block.of(text).split("\n", 1)[0]
        if passages.is_heading(first):
            found.append((block.start + len(first), " ".join(first.split())))
    return tuple(found)


def _names(section: str, heading: str) -> bool:
    """Tell whether a section is a heading: its words, or its number."""
    section, heading = " ".join(section.split()).casefold(), heading.casefold()
    number, own = _NUMBER.match(section), _NUMBER.match(heading)
    if number and own and number[1] == own[1]:
        return number.end() == len(section) or section == heading
    return section == heading or (own is not None and section == heading[own.end() :].strip())


def _other(section: str, stretch: Stretch, text: str) -> str | None:
    """Return where a passage stands, if that is not the section that is named; None too where nobody can tell."""
    if _COUNTED.fullmatch(section):
        there = passages.section(text, stretch)
        return there if there != section else None
    if not is_known(section, text):
        return None
    over = above(stretch, text)
    nearest = over[-1] if over else "the beginning of the text"
    if _names(section, nearest):
        return None
    part, whole = _NUMBER.match(nearest), _NUMBER.match(section)
    within = part and whole and part[1].startswith(f"{whole[1]}.")
    return None if within and any(_names(section, heading) for heading in over) else nearest
