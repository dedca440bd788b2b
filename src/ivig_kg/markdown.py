"""Markdown: texts of others in it, which it shows as they are."""

from __future__ import annotations

import re


def code(text: str) -> str:
    """Return text as a code span, whatever backquotes it holds.

    >>> code("a `b`")
    '`` a `b` ``'
    """
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    marks, edge = "`" * (longest + 1), " " if longest else ""
    return f"{marks}{edge}{text}{edge}{marks}"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, in the midst of a line or at its beginning.

    >>> print(escaped("<b>a</b> [x](javascript:1)"), escaped("1. b"), escaped("- c"))
    \\<b\\>a\\</b\\> \\[x\\](javascript:1) 1\\. b \\- c
    """
    inside = re.sub(r"([\\`*_\[\]<>&#|~])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+)(?=[.)](?:\s|$))|^(?=[-+=])", r"\1\\", inside)
