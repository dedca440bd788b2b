"""Unchecked: the passages that nobody could check, each counted in a note, so that none passes for checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.nodes import Document, Mapping, Scalar

Unplaced = tuple[Position, str | None, int]  # a source: where it stands, what it is called, how many such passages


def passages_of(nodes: list[Mapping]) -> Iterator[tuple[Mapping, str]]:
    """Yield every passage with the id of its source."""
    for node in nodes:
        name = node.get("id")
        for entry in node.entries:
            if entry.key.text == "passages" and name:
                yield from ((v, name.text) for v in entry.values if isinstance(v, Mapping))
        parent = node.get("inSource")
        if node.text("type") == "Passage" and parent:
            yield node, parent.text


def not_at_hand(source: Mapping, name: Scalar, sources: Path | None) -> tuple[str, str | None]:
    """Return why the passages of a source were not checked, and what to do about it."""
    file = source.get("textFile")
    if file is None:
        return f"was not checked: the text of {quoted(name.text)} is not at hand", None
    if sources is None:
        hint = "name the folder that holds it with --sources DIR"
        return f"was not checked: the text of {quoted(name.text)} is not at hand", hint
    why = f"was not checked: {quoted(file.text)}, the text of {quoted(name.text)}, is not in `{sources.as_posix()}`"
    return why, "name the folder that holds it, or mend textFile if the file has another name"


def unplaced(documents: Iterable[Document]) -> list[Unplaced]:
    """Return the sources that have passages which no text can show, because they are known by section alone."""
    nodes = [n for d in documents for n in d.mappings]
    counts: dict[str, int] = {}
    for passage, parent in {name.text: found for found in passages_of(nodes) if (name := found[0].get("id"))}.values():
        counts[parent] = counts.get(parent, 0) + (passage.get("textDigest") is None)
    named = ((n, name) for n in nodes if n.text("type") == "Source" and (name := n.get("id")))
    return [(name.position, n.name, counts[name.text]) for n, name in named if counts.get(name.text)]


def by_section(found: Sequence[Unplaced]) -> Iterator[Finding]:
    """Yield one note on all passages that no text can show, at the first source of such passages."""
    if found:
        place, subject, _ = min(found)
        more = f" (in {len(found)} sources)" if len(found) > 1 else ""
        why = f"cannot be checked: known by its section alone{more}"
        yield note(place, subject, sum(count for *_, count in found), why, None)


def note(place: Position, subject: str | None, count: int, why: str, hint: str | None) -> Finding:
    """Return a note on some passages of a source, with why they were not checked."""
    passages = f"1 passage {why}" if count == 1 else f"{count} passages {_plural(why)}"
    return Finding("passages-unchecked", passages, place, Severity.NOTE, hint=hint, subject=subject)


def _plural(why: str) -> str:
    return why.replace("was not", "were not").replace("its section", "their sections")


def sections(place: Position, subject: str | None, count: int) -> Finding:
    """Return a note on the passages of a source whose section is in no heading of its text."""
    one = "1 passage names a section that is none of the headings of its text, so it was not compared"
    several = f"{count} passages name sections that are none of the headings of their text, so they were not compared"
    message = one if count == 1 else several
    return Finding("sections-unchecked", message, place, Severity.NOTE, subject=subject)


def facts(source: Mapping, count: int, why: str, what: str) -> Iterator[Finding]:
    """Yield a note on the facts that rest on a source, if there are any, with what was not judged of them."""
    name = source.get("id")
    if name and count:
        rest, their = ("1 fact rests", "its") if count == 1 else (f"{count} facts rest", "their")
        message = f"{rest} on {quoted(name.text)}, {why}: {their} {what} were not judged"
        yield Finding("passages-unchecked", message, name.position, Severity.NOTE, subject=source.name)
