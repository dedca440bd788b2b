"""The page: what was tried, with which versions, and what came of it."""

from __future__ import annotations

import datetime as dt
import os
import platform
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence

import engines
import programs
import remarks
from checks import ASK, BESIDE, JUDGE, READ, WARN, Check
from exports import FORMS, OTHERS
from readers import BY_VALUE, OLDER, READERS

PAGE = programs.ROOT / "docs/interop.md"


def write(found: Sequence[Check], *, seconds: float) -> None:
    """Write the page."""
    PAGE.write_text(text(found, seconds=seconds), encoding="utf-8")


def text(found: Sequence[Check], *, seconds: float) -> str:
    """Return the page."""
    day = dt.datetime.now(tz=dt.UTC).date().isoformat()
    sections = [
        remarks.HEAD.format(day=day, count=f"{len(found):,}", minutes=f"{seconds / 60:.0f}"),
        _section("Reading the exports", remarks.READING, _reading(found)),
        _section("Reading what stands beside them", remarks.BESIDE, _beside(found)),
        _section("Named questions", remarks.ASKING, _asking(found)),
        _section("Verdicts of SHACL", remarks.JUDGING, _judging(found)),
        _section("Differences that are known", remarks.DIFFERING, _differing(found)),
        _section("What to know of each", remarks.EACH),
        _section("Versions", _versions(), remarks.ABSENT),
    ]
    return "".join(sections)


def _section(title: str, *body: str) -> str:
    return f"\n## {title}\n\n{''.join(body)}"


def _rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _reading(found: Iterable[Check]) -> str:
    came = {(c.by, c.what): c for c in found if c.kind == READ}
    warned = {(c.by, c.what) for c in found if c.kind == WARN and c.said}
    return _rows(["", *FORMS], [[reader, *(_cell(reader, form, came, warned) for form in FORMS)] for reader in READERS])


def _beside(found: Iterable[Check]) -> str:
    came = {(c.by, c.what): c for c in found if c.kind == BESIDE}

    def cell(reader: str, name: str) -> str:
        """Return how a reader took a file; nothing where it does not know the format."""
        check = came.get((reader, name))
        if check is None or check.said is not None:
            return "no" if check else ""
        return "by value" if reader in BY_VALUE else "yes"

    names = [f"`{name}`" for name in OTHERS]
    return _rows(["", *names], [[reader, *(cell(reader, name) for name in OTHERS)] for reader in READERS])


def _cell(reader: str, form: str, came: Mapping[tuple[str, str], Check], warned: Collection[tuple[str, str]]) -> str:
    check = came.get((reader, form))
    if check is None:
        return ""
    if check.said is not None:
        return "as 1.0, warns" if (reader, OLDER) in warned and form == "jsonld" else "no"
    if (reader, form) in warned:
        return "yes, warns"
    if reader in BY_VALUE:
        return "by value"
    return "by graph" if (reader, form) == ("Virtuoso", "nq") else "yes"


def _asking(found: Iterable[Check]) -> str:
    body = []
    for engine in engines.ENGINES:
        row = [engine]
        for over in (engines.DEFAULT, engines.NAMED):
            several = [c for c in found if c.kind == ASK and c.by == engine and c.what.endswith(f" over the {over}")]
            row.append(_of(several))
        body.append(row)
    return _rows(["", engines.DEFAULT, engines.NAMED], body)


def _judging(found: Iterable[Check]) -> str:
    judged = [c for c in found if c.kind == JUDGE]
    body = []
    for engine in dict.fromkeys(c.by for c in judged):
        parts = ([c for c in judged if c.by == engine and c.what.startswith(kind)] for kind in ("invalid", "valid"))
        body.append([engine, *map(_of, parts)])
    return _rows(["", "invalid cases", "valid cases"], body)


def _of(several: Sequence[Check]) -> str:
    return f"{sum(c.said is None for c in several)} of {len(several)}"


def _differing(found: Iterable[Check]) -> str:
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for check in found:
        if check.known is not None:
            reasons.setdefault((check.by, check.kind, check.known[1]), []).append(check.what)
    verbs = {READ: "reading", BESIDE: "reading", WARN: "warning of", ASK: "asked for", JUDGE: "judging"}
    lines = []
    for (by, kind, why), several in reasons.items():
        named = ", ".join(f"`{what}`" for what in several)
        line = f"* **{by}**, {verbs[kind]} {named}: {why}"
        lines += textwrap.wrap(line, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "".join(f"{line}\n" for line in lines)


def _versions() -> str:
    system = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores.\n"
    return _rows(["software", "version"], [list(pair) for pair in programs.versions().items()]) + f"\n{system}"
