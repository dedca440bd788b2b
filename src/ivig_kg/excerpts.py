"""Excerpts: a new passage, proposed from some words of a source's text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from ivig_kg import drafts, evidence, passages
from ivig_kg import schema as vocabulary
from ivig_kg.drafts import Draft, Values
from ivig_kg.errors import FactsError, UsageError
from ivig_kg.findings import quoted
from ivig_kg.inventory import Inventory, refuse_bad
from ivig_kg.nodes import Scalar
from ivig_kg.passages import Stretch
from ivig_kg.resources import Project
from ivig_kg.spelling import did_you_mean

_NUMBERED = re.compile(r"(?P<letter>[a-z]+)(?P<number>[0-9]+)")
_DIGITS = 2


def passage(
    source: str,
    words: str,
    *,
    values: Values,
    project: Project,
    sources: Path | None = None,
    whole: bool = True,
    nth: int | None = None,
    file: Path | None = None,
) -> Draft:
    """Propose a passage: the sentences of a source that hold some words, with their place and digest.

    Args:
        source: The id of the source.
        words: Some of its words; without any, the passage is known by its section alone.
        values: Values given by key, such as a section.
        project: Where the source and its passages are.
        sources: The folder with the texts of the sources.
        whole: Whether whole sentences are taken, and not the words alone.
        nth: Which of the places is meant, from 1, where the words stand in more than one.
        file: The file that it is meant for; in another one than its source's it names the source.

    Raises:
        UsageError: There is no such source or text, or the words stand there not at all or more than once.
        FactsError: The text is not the one that was read.
    """
    known = Inventory(project)
    _refuse_unknown(source, known)
    if words.strip():
        text = _source_text(source, known, sources)
        found = passages.holding(words, text, source=source, whole=whole)
        stretch, existing = _chosen(found, nth, known=known, source=source, words=words, text=text)
        if existing is not None:
            return Draft(existing.text, (), stands=existing.position)
        values = {"section": [passages.section(text, stretch)], **values, **_placed(stretch, text)}
    apart = file is not None and project.shown(file) != known.by_id[source].position.path
    if apart:
        values = {"inSource": [source], **values}
    name = values.get("id", [_next_id(source, known)])[0]
    refuse_bad(name, known.ids)
    schema = vocabulary.load(project)
    draft = drafts.node("Passage", values, schema=schema, name=name, optional=("inSource",), bare=True)
    return dataclasses.replace(draft, source=None if apart else source)


def _refuse_unknown(source: str, known: Inventory) -> None:
    every = known.of_type("Source")
    if source not in every:
        hint = did_you_mean(source, frozenset(every)) or f"the sources are {', '.join(every) or 'none'}"
        message = f"there is no source {quoted(source)}; {hint}"
        raise UsageError(message)


def _placed(stretch: Stretch, text: str) -> Values:
    digest = evidence.digest(stretch.of(text))
    return {"start": [str(stretch.start)], "end": [str(stretch.end)], "textDigest": [digest]}


def _chosen(
    found: Sequence[Stretch], nth: int | None, *, known: Inventory, source: str, words: str, text: str
) -> tuple[Stretch, Scalar | None]:
    """Return the stretch that is meant, and the id of the passage that it is already."""
    own = known.passages(source).values()
    ids = {(n.text("start"), n.text("end")): n.get("id") for n in own}
    existing = [ids.get((str(s.start), str(s.end))) for s in found]
    listed = passages.places(found, text, [name.text if name else "" for name in existing])
    if nth is None and len(found) > 1:
        message = f"the words {quoted(words)} stand in {len(found)} places; choose one with --nth:\n{listed}"
        raise UsageError(message)
    if nth is not None and nth > len(found):
        message = f"the words {quoted(words)} do not stand in {nth} places; they stand in:\n{listed}"
        raise UsageError(message)
    return found[(nth or 1) - 1], existing[(nth or 1) - 1]


def _source_text(source: str, known: Inventory, sources: Path | None) -> str:
    """Return the text of a source, the one that was read."""
    if sources is None:
        message = "the words are looked for in the text of the source: name the folder that holds it with --sources DIR"
        raise UsageError(message)
    file = known.by_id[source].text("textFile")
    if file is None:
        message = f"the source {quoted(source)} names no text; give it a `textFile`, the name of a file in {sources}"
        raise UsageError(message)
    texts, findings = evidence.read(known.documents, sources=sources)
    wrong = next((f for f in findings if f.code == "source-text" and f.subject == known.by_id[source].name), None)
    if wrong is not None:
        message = f"{wrong.position}: {wrong.message}"
        raise FactsError(message)
    if source not in texts.sources:
        message = f"{sources / file}: there is no such file, so the words cannot be looked for"
        raise UsageError(message)
    return texts.sources[source]


def _next_id(source: str, known: Inventory) -> str:
    """Return the id that comes after those of a source's passages: `hig-s17` after `hig-s16`."""
    own = (name.removeprefix(f"{source}-") for name in known.passages(source))
    found = [match for name in own if (match := _NUMBERED.fullmatch(name))]
    letter = found[-1]["letter"] if found else "s"
    digits = max((len(m["number"]) for m in found), default=_DIGITS)
    number = 1 + max((int(m["number"]) for m in found if m["letter"] == letter), default=0)
    while f"{source}-{letter}{number:0{digits}}" in known.ids:
        number += 1
    return f"{source}-{letter}{number:0{digits}}"
