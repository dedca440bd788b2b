"""Absence: does a text say that a medicine is free of something?"""

from __future__ import annotations

import re

from ivig_kg.negation import denied, everywhere
from ivig_kg.quotation import find

_FREE = re.compile(r"(?:[\s-]|\s*\()free(?!\w)(?!\s+(?:of|from)(?!\w))", re.IGNORECASE)
_NO_PART = re.compile(
    r"\s+(?P<no>(?:is|are|was|were)\s+(?:not|never|no)\s+(?:added|among|an?\s+ingredient|included|part|present|used))(?!\w)",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?<!\w)(?:other\s+than|apart\s+from|except)\s+(?:\w+\s+)?\Z", re.IGNORECASE)


def absent(words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the words by which a text says that something is not contained, somewhere where it names it.

    Args:
        words: What it is called, as the text does.
        text: The text of the source.
        span: The passage in it; the sentence around it counts too. All of it where there is None.

    >>> absent("sucrose", "It is sucrose-free."), absent("sucrose", "It contains no maltose or sucrose.")
    ('-free', 'no')
    >>> absent("sucrose", "It contains sucrose.")
    """
    begin, end = span or (0, len(text))
    every = [(begin + a, begin + b) for a, b in find(words, text[begin:end], fold=True)]
    return next(
        (no for one in every if (no := called_free(words, text, one) or denied("Composition", words, text, one))), None
    )


def called_free(words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the `free` right behind some words, wherever they stand.

    >>> called_free("sucrose", "It is sucrose-free."), called_free("sucrose", "It is free of sucrose.")
    ('-free', None)
    """
    return everywhere(words, text, span, _free)


def _free(before: str, behind: str) -> str | None:
    if part := _NO_PART.match(behind):
        return part["no"]
    match = _FREE.match(behind)
    return match[0].strip() if match and not _OTHER.search(before) else None
