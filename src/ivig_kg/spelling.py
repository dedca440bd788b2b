"""Spelling: what an id and an address look like, and which known word a misspelt one is nearest to."""

from __future__ import annotations

import functools
import re

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 120
RESERVED = frozenset({"id", "type"})  # JSON-LD reads them as its own words
SCHEMES = ("https", "http")


def is_slug(text: str) -> bool:
    """Tell whether text can be an id.

    >>> is_slug("hig-s09"), is_slug("Headache")
    (True, False)
    """
    return len(text) <= MAX_SLUG and SLUG.fullmatch(text) is not None and text not in RESERVED


def slug_of(text: str) -> str | None:
    """Return text written as an id, or None where nothing is left of it.

    >>> slug_of("Headache pain")
    'headache-pain'
    """
    made = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return made if is_slug(made) else None


@functools.lru_cache(maxsize=4096)
def nearest(word: str, choices: frozenset[str]) -> str | None:
    """Return the choice that looks most like a word, or None where none is near.

    >>> nearest("evidnce", frozenset({"evidence", "effect"}))
    'evidence'
    """
    from rapidfuzz import process  # noqa: PLC0415  (only where something is wrong)
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    if len(word) > MAX_SLUG:
        return None
    folded = _folded(choices)
    wanted = re.sub(r"[^a-z0-9]", "", word.casefold())
    found = process.extractOne(wanted, folded.keys(), scorer=OSA.normalized_similarity, score_cutoff=0.7)
    return folded[found[0]] if found else None


@functools.lru_cache(maxsize=16)
def _folded(choices: frozenset[str]) -> dict[str, str]:
    """Return choices by how they look, in the order of these looks."""
    found = {c.casefold().replace("-", ""): c for c in sorted(choices, reverse=True)}
    return dict(sorted(found.items()))


def only_near(word: str, choices: frozenset[str]) -> str | None:
    """Return the one choice that looks like a word; None where none does, or more than one.

    >>> only_near("Comon", frozenset({"Common", "Uncommon"})), only_near("Unommon", frozenset({"Common", "Uncommon"}))
    ('Common', None)
    """
    same = [c for c in choices if c.casefold() == word.casefold()]
    found = same[0] if len(same) == 1 else nearest(word, choices)
    return found if found and (same or nearest(word, choices - {found}) is None) else None


def with_article(name: str) -> str:
    """Return a name with its article.

    >>> with_article("AdverseEffect"), with_article("Warning")
    ('an AdverseEffect', 'a Warning')
    """
    return f"{'an' if name[:1] in tuple('AEIOU') else 'a'} {name}"


def did_you_mean(word: str, choices: frozenset[str]) -> str | None:
    """Return the hint that offers the nearest choice."""
    found = nearest(word, choices)
    return f"did you mean `{found}`?" if found else None
