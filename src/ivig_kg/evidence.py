"""Evidence: do the passages stand where they say, and do the words and numbers of a fact stand in its passages?

The text of a source is not part of the project. A person who has it names its folder; without it
every passage counts as not checked, and each run says how many. A quotation that does not simply stand
in its passage is `quotation-altered` (nearly), `quotation-elsewhere` (in another passage or source),
`quotation-missing` (nowhere), `quotation-names-other` (there, but it names another thing: see `wording`),
or not checked (`passages-unchecked`). One that stands there may be denied there (`quotation-negated`).
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ivig_kg import quantities, reading
from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.negation import AFFIRMED, denial
from ivig_kg.nodes import Document, Mapping, Scalar
from ivig_kg.quotation import find, nearest, stands
from ivig_kg.schema import Schema

MAX_DIGITS = 11
ALIKE, ALMOST_THE_SAME = 80, 90  # of 100
STATED = "statedAs"
QUOTATIONS = (STATED, "frequencyAsStated", "certaintyAsStated", "timingAsStated")  # capitals count in the first alone

Unplaced = tuple[Position, str | None, int]  # a source: where it stands, what it is called, how many such passages


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


def check(documents: Iterable[Document], *, texts: Texts, schema: Schema) -> list[Finding]:
    """Check words and numbers of facts against their passages.

    Args:
        documents: All documents of the project.
        texts: What `read` gave.
        schema: Its keys say which values are numbers.

    Returns:
        A finding for every quotation or number that the text does not bear out.
    """
    findings: list[Finding] = []
    for node in (n for d in documents for n in d.mappings):
        cited = list(_cited(node, texts))
        for value in cited:
            findings += _quotations(node, value, texts)
        named = [v for e in node.entries if e.key.text == "evidence" for v in e.values]
        if cited and len(cited) == len(named):
            passages = {v.text: texts.passages[v.text] for v in cited}
            findings += quantities.check(node, passages=passages, schema=schema)
    return findings


def read(documents: Iterable[Document], *, sources: Path | None) -> tuple[Texts, list[Finding]]:
    """Return the texts at hand, and check every passage against the text of its source.

    Args:
        documents: All documents of the project.
        sources: The folder with the texts, each under the name that its source gives as `textFile`.

    Returns:
        The texts; with a note for every source whose text is not at hand, and an error for every text or passage
        that is not the one that was read. Passages that are known by their section alone: see `unplaced`.
    """
    nodes = [n for d in documents for n in d.mappings]
    passages = {name.text: (n, parent) for n, parent in _passages(nodes) if (name := n.get("id"))}
    with_digest = collections.Counter(parent for p, parent in passages.values() if p.get("textDigest"))
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for source in (n for n in nodes if n.text("type") == "Source"):
        name = source.get("id")
        if name is None:
            continue
        placed = with_digest[name.text]
        text, problems = _text(source, sources)
        findings += problems
        if text is not None:
            texts[name.text] = text
        elif placed and not problems:
            why, hint = _not_at_hand(source, name, sources)
            findings.append(_unchecked(name.position, source.name, placed, why, hint))
    stretches: dict[str, str] = {}
    spans: dict[str, tuple[int, int]] = {}
    for key, (passage, parent) in passages.items():
        if parent in texts:
            found = _passage(passage, parent, texts[parent])
            findings += found
            span = _span(passage)
            if span is not None and not found:
                stretches[key], spans[key] = texts[parent][slice(*span)], span
    return Texts(texts, stretches, spans, {key: parent for key, (_, parent) in passages.items()}), findings


def _passages(nodes: list[Mapping]) -> Iterator[tuple[Mapping, str]]:
    """Yield every passage with the id of its source."""
    for node in nodes:
        name = node.get("id")
        for entry in node.entries:
            if entry.key.text == "passages" and name:
                yield from ((v, name.text) for v in entry.values if isinstance(v, Mapping))
        parent = node.get("inSource")
        if node.text("type") == "Passage" and parent:
            yield node, parent.text


def _text(source: Mapping, sources: Path | None) -> tuple[str | None, list[Finding]]:
    """Return the text of a source where it is at hand and the one that was read."""
    file = source.get("textFile")
    if sources is None or file is None or "/" in file.text or not (sources / file.text).is_file():
        return None, []
    try:
        data = reading.content(sources / file.text)
        text = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        return None, [
            Finding(
                "source-text", f"the text of the source cannot be read: {error}", file.position, subject=source.name
            )
        ]
    read_then = source.get("textDigest")
    if read_then and read_then.text != digest(text):
        message = f"the text in {quoted(file.text)} is not the one that was read: its digest is another"
        return text, [Finding("source-text", message, read_then.position, subject=source.name)]
    return text, []


def _not_at_hand(source: Mapping, name: Scalar, sources: Path | None) -> tuple[str, str | None]:
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
    for passage, parent in {name.text: found for found in _passages(nodes) if (name := found[0].get("id"))}.values():
        counts[parent] = counts.get(parent, 0) + (passage.get("textDigest") is None)
    named = ((n, name) for n in nodes if n.text("type") == "Source" and (name := n.get("id")))
    return [(name.position, n.name, counts[name.text]) for n, name in named if counts.get(name.text)]


def by_section(found: Sequence[Unplaced]) -> Iterator[Finding]:
    """Yield one note on all passages that no text can show, at the first source of such passages."""
    if found:
        place, subject, _ = min(found)
        more = f" (in {len(found)} sources)" if len(found) > 1 else ""
        why = f"cannot be checked: known by its section alone{more}"
        yield _unchecked(place, subject, sum(count for *_, count in found), why, None)


def _unchecked(place: Position, subject: str | None, count: int, why: str, hint: str | None) -> Finding:
    passages = f"1 passage {why}" if count == 1 else f"{count} passages {_plural(why)}"
    return Finding("passages-unchecked", passages, place, Severity.NOTE, hint=hint, subject=subject)


def _plural(why: str) -> str:
    return why.replace("was not", "were not").replace("its section", "their sections")


def digest(text: str) -> str:
    """Return the digest of a text or a stretch of it: SHA-256 of its UTF-8, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _span(passage: Mapping) -> tuple[int, int] | None:
    start, end = passage.get("start"), passage.get("end")
    if not (start and end and _is_count(start.text) and _is_count(end.text)):
        return None
    return int(start.text), int(end.text)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


def _passage(passage: Mapping, source: str, text: str) -> list[Finding]:
    """Find what is wrong with a passage that has a position and a digest."""
    read_then, end, span = passage.get("textDigest"), passage.get("end"), _span(passage)
    if read_then is None or end is None or span is None:
        return []
    if span[1] > len(text):
        message = f"the passage ends after the end of the text, which has {len(text)} characters"
        return [Finding("passage-position", message, end.position, subject=passage.name)]
    if digest(text[slice(*span)]) != read_then.text:
        message = "the text at this place has another digest"
        hint = f"`ivig-kg new passage {source} 'WORDS' --sources DIR` gives place and digest anew"
        return [Finding("passage-digest", message, read_then.position, hint=hint, subject=passage.name)]
    return []


def _cited(node: Mapping, texts: Texts) -> Iterator[Scalar]:
    """Yield the passages that a node names as evidence and that are at hand."""
    yield from (v for v in node.scalars("evidence") if v.text in texts.passages)


def _quotations(node: Mapping, passage: Scalar, texts: Texts) -> Iterator[Finding]:
    """Find quotations that do not stand in a passage of their fact, and the one that is denied there."""
    words = {key: found for key in QUOTATIONS if (found := node.get(key)) and found.text}
    absent = [key for key in words if not _is_in(passage.text, key, words[key], texts)]
    other = _holds_all(words, passage.text, texts) if len(absent) > 1 else None
    if other is not None:
        yield _moved(node, passage, other, whole=len(absent) == len(words))
        return
    for key in absent:
        code, where, hint = _outcome(words[key].text, passage.text, texts, fold=key != STATED)
        message = f"the words {quoted(words[key].text)} do not stand in passage {quoted(passage.text)}{where}"
        yield Finding(code, message, words[key].position, hint=hint, subject=node.name)
    if STATED in words and STATED not in absent and node.text("type") in AFFIRMED:
        yield from _denied(node, words[STATED], passage.text, texts)


def _is_in(passage: str, key: str, words: Scalar, texts: Texts) -> bool:
    return stands(words.text, texts.passages[passage], fold=key != STATED)


def _near_first(passage: str, texts: Texts) -> list[str]:
    """Return all passages, those of the same source first."""
    return sorted(texts.passages, key=lambda p: (texts.parents[p] != texts.parents[passage], p))


def _holds_all(words: dict[str, Scalar], passage: str, texts: Texts) -> str | None:
    """Return the nearest passage in which all words of a fact stand."""
    every = _near_first(passage, texts)
    return next((p for p in every if all(_is_in(p, key, found, texts) for key, found in words.items())), None)


def _moved(node: Mapping, passage: Scalar, other: str, *, whole: bool) -> Finding:
    """Return the finding about a fact whose words all stand in another passage than it names."""
    share = "none" if whole else "not all"
    message = f"{share} of the words of this fact stand in {quoted(passage.text)}; all of them stand in {quoted(other)}"
    named = any(v.text == other for v in node.scalars("evidence"))
    hint = f"take {quoted(passage.text)} out of the evidence" if named else f"name {quoted(other)} as evidence"
    return Finding("quotation-elsewhere", message, passage.position, hint=hint, subject=node.name)


def _denied(node: Mapping, words: Scalar, passage: str, texts: Texts) -> Iterator[Finding]:
    no = denial(words.text, texts.passages[passage], orders=node.text("type") != "Interaction")
    if no is not None:
        message = f"before the words {quoted(words.text)} passage {quoted(passage)} says {quoted(no)}"
        hint = "if the sentence denies the fact, take it out; if it does not, allow this with a comment that says why"
        yield Finding("quotation-negated", message, words.position, Severity.WARNING, hint=hint, subject=node.name)


def _outcome(words: str, passage: str, texts: Texts, *, fold: bool) -> tuple[str, str, str]:
    """Return code, rest of the sentence and hint for words that do not stand in their passage."""
    likeness, stretch = nearest(words, texts.passages[passage])
    as_it_stands = f"copy the words letter by letter: the passage has {quoted(stretch)}"
    if likeness >= ALMOST_THE_SAME:
        return "quotation-altered", ", but nearly", as_it_stands
    source = texts.parents[passage]
    elsewhere = next((p for p in _near_first(passage, texts) if stands(words, texts.passages[p], fold=fold)), None)
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
