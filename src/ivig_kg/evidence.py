"""Evidence: do the passages stand where they say, and do the words of a fact stand in its passages?

The text of a source is not part of the project. A person who has it names its folder; without it
every passage counts as not checked, and each run says how many.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Document, Mapping, Scalar, mappings

MAX_DIGITS = 11
QUOTATIONS = ("frequencyAsStated", "certaintyAsStated", "timingAsStated")


def check(documents: tuple[Document, ...], *, sources: Path | None) -> list[Finding]:
    """Check passages against the text of their source, and quotations against their passages.

    Args:
        documents: All documents of the project.
        sources: The folder with the texts, each under the name that its source gives as `textFile`.

    Returns:
        A note for every source whose passages could not be checked, and an error for every
        passage or quotation that the text does not bear out.
    """
    nodes = [n for d in documents for n in mappings(d.nodes)]
    passages = {name.text: (n, parent) for n, parent in _passages(nodes) if (name := n.get("id"))}
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for source in (n for n in nodes if _type(n) == "Source"):
        name = source.get("id")
        if name is None:
            continue
        own = [p for p, parent in passages.values() if parent == name.text]
        placed = sum(p.get("textDigest") is not None for p in own)
        text, problems = _text(source, sources)
        findings += problems
        if text is not None:
            texts[name.text] = text
        elif placed and not problems:
            hint = "name the folder that holds it with --sources DIR" if source.get("textFile") else None
            why = f"was not checked: the text of {quoted(name.text)} is not at hand"
            findings.append(_unchecked(source, name, placed, why, hint))
        if placed < len(own):
            why = "cannot be checked: known by its section alone"
            findings.append(_unchecked(source, name, len(own) - placed, why, None))
    stretches = {}
    for key, (passage, parent) in passages.items():
        if parent in texts:
            found = _passage(passage, texts[parent])
            findings += found
            stretch = _stretch(passage, texts[parent])
            if stretch is not None and not found:
                stretches[key] = stretch
    for node in nodes:
        findings += _quotations(node, stretches)
    return findings


def _type(node: Mapping) -> str | None:
    found = node.get("type")
    return found.text if found else None


def _passages(nodes: list[Mapping]) -> Iterator[tuple[Mapping, str]]:
    """Yield every passage with the id of its source."""
    for node in nodes:
        name = node.get("id")
        for entry in node.entries:
            if entry.key.text == "passages" and name:
                yield from ((v, name.text) for v in entry.values if isinstance(v, Mapping))
        parent = node.get("inSource")
        if _type(node) == "Passage" and parent:
            yield node, parent.text


def _text(source: Mapping, sources: Path | None) -> tuple[str | None, list[Finding]]:
    """Return the text of a source where it is at hand and the one that was read."""
    file = source.get("textFile")
    if sources is None or file is None or "/" in file.text or not (sources / file.text).is_file():
        return None, []
    try:
        text = (sources / file.text).read_bytes().decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        return None, [
            Finding(
                "source-text", f"the text of the source cannot be read: {error}", file.position, subject=source.name
            )
        ]
    digest = source.get("textDigest")
    if digest and digest.text != _digest(text):
        message = f"the text in {quoted(file.text)} is not the one that was read: its digest is another"
        return text, [Finding("source-text", message, digest.position, subject=source.name)]
    return text, []


def _unchecked(source: Mapping, name: Scalar, count: int, why: str, hint: str | None) -> Finding:
    passages = f"1 passage {why}" if count == 1 else f"{count} passages {_plural(why)}"
    return Finding("passages-unchecked", passages, name.position, Severity.NOTE, hint=hint, subject=source.name)


def _plural(why: str) -> str:
    return why.replace("was not", "were not").replace("its section", "their sections")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _stretch(passage: Mapping, text: str) -> str | None:
    start, end = passage.get("start"), passage.get("end")
    if not (start and end and _is_count(start.text) and _is_count(end.text)):
        return None
    return text[int(start.text) : int(end.text)]


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


def _passage(passage: Mapping, text: str) -> list[Finding]:
    """Find what is wrong with a passage that has a position and a digest."""
    digest, end, stretch = passage.get("textDigest"), passage.get("end"), _stretch(passage, text)
    if digest is None or end is None or stretch is None:
        return []
    if int(end.text) > len(text):
        message = f"the passage ends after the end of the text, which has {len(text)} characters"
        return [Finding("passage-position", message, end.position, subject=passage.name)]
    if _digest(stretch) != digest.text:
        return [
            Finding(
                "passage-digest", "the text at this place has another digest", digest.position, subject=passage.name
            )
        ]
    return []


def _quotations(node: Mapping, stretches: dict[str, str]) -> Iterator[Finding]:
    """Find quotations that do not stand in a passage of their fact."""
    for entry in (e for e in node.entries if e.key.text == "evidence"):
        for name in (v for v in entry.values if isinstance(v, Scalar) and v.text in stretches):
            passage = stretches[name.text]
            stated = node.get("statedAs")
            if stated and not _stands(stated.text, passage):
                yield _missing(stated, "statedAs", name.text, node)
            for key in QUOTATIONS:
                words = node.get(key)
                if words and not _stands(words.text.casefold(), passage.casefold()):
                    yield _missing(words, key, name.text, node)


def _stands(words: str, passage: str) -> bool:
    """Tell whether words stand in a passage as whole words."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", passage) is not None


def _missing(words: Scalar, key: str, passage: str, node: Mapping) -> Finding:
    message = f"the words {quoted(words.text)} do not stand in passage {quoted(passage)}"
    hint = f"{key} is copied from the passage, whole words, letter by letter"
    return Finding("words-not-in-passage", message, words.position, hint=hint, subject=node.name)
