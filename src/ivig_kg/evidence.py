"""Evidence: do the passages stand where they say, and do the words and numbers of a fact stand in its passages?

The text of a source is not part of the project. A person who has it names its folder; without it
every passage counts as not checked, and each run says how many. A quotation has one of five outcomes:
it stands in the passage, or `quotation-altered` (nearly), `quotation-elsewhere` (in another passage or
source), `quotation-missing` (nowhere), or it could not be checked (`passages-unchecked`).
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Document, Mapping, Scalar, mappings
from ivig_kg.quotation import find, nearest, numbers, stands
from ivig_kg.schema import XSD, Schema

MAX_DIGITS = 11
MAX_NUMBERS = 8
ALIKE, ALMOST_THE_SAME = 80, 90  # of 100
STATED = "statedAs"
QUOTATIONS = (STATED, "frequencyAsStated", "certaintyAsStated", "timingAsStated")  # capitals count in the first alone


@dataclasses.dataclass(frozen=True, slots=True)
class Texts:
    """The texts at hand.

    Attributes:
        sources: The text of each source, by the id of the source.
        passages: The stretch of every passage that is where it says, by its id.
        spans: Where each of these begins and ends in its source, by its id.
        parents: The id of each passage's source.
    """

    sources: dict[str, str]
    passages: dict[str, str]
    spans: dict[str, tuple[int, int]]
    parents: dict[str, str]


def check(documents: tuple[Document, ...], *, schema: Schema, sources: Path | None) -> list[Finding]:
    """Check passages against the text of their source, and words and numbers against their passages.

    Args:
        documents: All documents of the project.
        schema: Its keys say which values are numbers.
        sources: The folder with the texts, each under the name that its source gives as `textFile`.

    Returns:
        A note for every source whose passages could not be checked, and an error for every
        passage, quotation or number that the text does not bear out.
    """
    texts, findings = read(documents, sources=sources)
    for node in (n for d in documents for n in mappings(d.nodes)):
        findings += _quotations(node, texts)
        findings += _numbers(node, texts, schema)
    return findings


def read(documents: Iterable[Document], *, sources: Path | None) -> tuple[Texts, list[Finding]]:
    """Return the texts at hand, and what is wrong or unchecked about sources and passages."""
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
    stretches: dict[str, str] = {}
    spans: dict[str, tuple[int, int]] = {}
    for key, (passage, parent) in passages.items():
        if parent in texts:
            found = _passage(passage, texts[parent])
            findings += found
            span = _span(passage)
            if span is not None and not found:
                stretches[key], spans[key] = texts[parent][slice(*span)], span
    return Texts(texts, stretches, spans, {key: parent for key, (_, parent) in passages.items()}), findings


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


def _span(passage: Mapping) -> tuple[int, int] | None:
    start, end = passage.get("start"), passage.get("end")
    if not (start and end and _is_count(start.text) and _is_count(end.text)):
        return None
    return int(start.text), int(end.text)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


def _passage(passage: Mapping, text: str) -> list[Finding]:
    """Find what is wrong with a passage that has a position and a digest."""
    digest, end, span = passage.get("textDigest"), passage.get("end"), _span(passage)
    if digest is None or end is None or span is None:
        return []
    if span[1] > len(text):
        message = f"the passage ends after the end of the text, which has {len(text)} characters"
        return [Finding("passage-position", message, end.position, subject=passage.name)]
    if _digest(text[slice(*span)]) != digest.text:
        return [
            Finding(
                "passage-digest", "the text at this place has another digest", digest.position, subject=passage.name
            )
        ]
    return []


def _cited(node: Mapping, texts: Texts) -> Iterator[str]:
    """Yield the passages that a node names as evidence and that are at hand."""
    for entry in (e for e in node.entries if e.key.text == "evidence"):
        yield from (v.text for v in entry.values if isinstance(v, Scalar) and v.text in texts.passages)


def _quotations(node: Mapping, texts: Texts) -> Iterator[Finding]:
    """Find quotations that do not stand in a passage of their fact."""
    for passage in _cited(node, texts):
        for key in QUOTATIONS:
            words = node.get(key)
            if words and words.text and not stands(words.text, texts.passages[passage], fold=key != STATED):
                code, where, hint = _outcome(words.text, passage, texts, fold=key != STATED)
                message = f"the words {quoted(words.text)} do not stand in passage {quoted(passage)}{where}"
                yield Finding(code, message, words.position, hint=hint, subject=node.name)


def _outcome(words: str, passage: str, texts: Texts, *, fold: bool) -> tuple[str, str, str]:
    """Return code, rest of the sentence and hint for words that do not stand in their passage."""
    likeness, stretch = nearest(words, texts.passages[passage])
    as_it_stands = f"copy the words letter by letter: the passage has {quoted(stretch)}"
    if likeness >= ALMOST_THE_SAME:
        return "quotation-altered", ", but nearly", as_it_stands
    source = texts.parents[passage]
    near_first = sorted(texts.passages, key=lambda p: (texts.parents[p] != source, p))
    elsewhere = next((p for p in near_first if stands(words, texts.passages[p], fold=fold)), None)
    if elsewhere is not None:
        other = "" if texts.parents[elsewhere] == source else f" of another source, {quoted(texts.parents[elsewhere])}"
        hint = "name the passage in which the claim stands, or quote the one that is named"
        return "quotation-elsewhere", f"; they stand in {quoted(elsewhere)}{other}", hint
    outside = next((s for s, text in sorted(texts.sources.items()) if find(words, text, fold=fold)), None)
    if outside is not None:
        hint = "make a passage of the sentence that has them"
        return "quotation-elsewhere", f"; they stand in the text of {quoted(outside)}, in no passage", hint
    if likeness >= ALIKE:
        return "quotation-altered", ", but nearly", as_it_stands
    likeness, stretch, best = max((*nearest(words, text), p) for p, text in texts.passages.items())
    hint = "quote the source letter by letter; what it does not say is no fact"
    if likeness >= ALIKE:
        hint = f"the nearest words are {quoted(stretch)} in {quoted(best)}"
    return "quotation-missing", ", nor in any text at hand", hint


def _numbers(node: Mapping, texts: Texts, schema: Schema) -> Iterator[Finding]:
    """Find numbers of a fact that stand in none of its passages, where all of these are at hand."""
    cited = list(_cited(node, texts))
    named = [v for e in node.entries if e.key.text == "evidence" for v in e.values]
    if not cited or len(cited) < len(named):
        return
    there = {n.normalize() for p in cited for n in numbers(texts.passages[p])}
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        if key is None or key.datatype not in {XSD + "decimal", XSD + "nonNegativeInteger"}:
            continue
        for value in entry.values:
            if isinstance(value, Scalar) and _number(value.text) not in {None, *there}:
                message = f"the number {quoted(value.text)} does not stand in passage {quoted(cited[0])}"
                stated = ", ".join(f"{n:f}" for n in sorted(there)[:MAX_NUMBERS])
                hint = f"the numbers there are {stated}" if there else "there is no number in it"
                yield Finding("number-not-in-passage", message, value.position, hint=hint, subject=node.name)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None
