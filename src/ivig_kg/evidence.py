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
from collections.abc import Iterable, Iterator
from pathlib import Path

from ivig_kg import quantities, reading, stretches, unchecked
from ivig_kg.errors import LimitError
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.negation import denied, turned
from ivig_kg.nodes import Document, Mapping, Scalar
from ivig_kg.passages import Stretch
from ivig_kg.quotation import find, nearest, stands
from ivig_kg.retraction import retracted
from ivig_kg.schema import Schema

MAX_DIGITS = 11
MAX_TEXT = 2 << 20  # bytes of the text of a source
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
        loose: The passages that are known by their section alone, although the text of their source is at hand.
    """

    sources: dict[str, str]
    passages: dict[str, str]
    spans: dict[str, tuple[int, int]]
    parents: dict[str, str]
    loose: frozenset[str] = frozenset()

    def around(self, passage: str) -> str:
        """Return the words of a passage; of one that is known by its section alone all words of its source."""
        return self.sources[self.parents[passage]] if passage in self.loose else self.passages[passage]


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
            findings += (_anywhere if value.text in texts.loose else _quotations)(node, value, texts)
        named = [v for e in node.entries if e.key.text == "evidence" for v in e.values]
        if cited and len(cited) == len(named):
            passages = {v.text: texts.around(v.text) for v in cited}
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
    passages = {name.text: (n, parent) for n, parent in unchecked.passages_of(nodes) if (name := n.get("id"))}
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
            why, hint = unchecked.not_at_hand(source, name, sources)
            findings.append(unchecked.note(name.position, source.name, placed, why, hint))
    words: dict[str, str] = {}
    spans: dict[str, tuple[int, int]] = {}
    for key, (passage, parent) in passages.items():
        if parent in texts:
            found = _passage(passage, parent, texts[parent])
            findings += found
            span = _span(passage)
            if span is not None and not found:
                if span[0] < span[1]:  # else it holds nothing, and `Passage-order` tells it
                    findings += stretches.check(passage, Stretch(*span), texts[parent])
                words[key], spans[key] = texts[parent][slice(*span)], span
    parents = {key: parent for key, (_, parent) in passages.items()}
    loose = frozenset(k for k, (p, parent) in passages.items() if parent in texts and not p.get("textDigest"))
    findings += _unknown_sections(nodes, passages, texts)
    return Texts(texts, words, spans, parents, loose), findings


def _unknown_sections(
    nodes: Iterable[Mapping], passages: dict[str, tuple[Mapping, str]], texts: dict[str, str]
) -> Iterator[Finding]:
    """Count the passages of each text whose section is none of its headings, so that nobody can compare it."""
    for source in nodes:
        name = source.get("id") if source.text("type") == "Source" else None
        text = texts.get(name.text) if name else None
        own = [p.get("section") for p, parent in passages.values() if name and parent == name.text]
        found = sum(s is not None and text is not None and not stretches.is_known(s.text, text) for s in own)
        if name and found:
            yield unchecked.sections(name.position, source.name, found)


def _text(source: Mapping, sources: Path | None) -> tuple[str | None, list[Finding]]:
    """Return the text of a source where it is at hand and the one that was read."""
    file = source.get("textFile")
    if sources is None or file is None or "/" in file.text or not _is_there(sources / file.text):
        return None, []
    try:
        data = reading.content(sources / file.text, most=MAX_TEXT)
        text = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError, LimitError) as error:
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


def _is_there(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except OSError:  # a name that is longer than names of files can be
        return False


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
    yield from (v for v in node.scalars("evidence") if v.text in texts.passages or v.text in texts.loose)


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
    for key in (key for key in words if key not in absent):
        yield from _denied(node, key, words[key], passage.text, texts)


def _anywhere(node: Mapping, passage: Scalar, texts: Texts) -> Iterator[Finding]:
    """Find quotations that stand nowhere in the source of a passage that is known by its section alone."""
    for key in QUOTATIONS:
        words = node.get(key)
        if not (words and words.text):
            continue
        if stands(words.text, texts.around(passage.text), fold=key != STATED):
            yield from _denied(node, key, words, passage.text, texts)
        else:
            source = texts.parents[passage.text]
            message = f"the words {quoted(words.text)} stand nowhere in the text of {quoted(source)}"
            hint = "quote the source letter by letter; what it does not say is no fact"
            yield Finding("quotation-missing", message, words.position, hint=hint, subject=node.name)


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


def _denied(node: Mapping, key: str, words: Scalar, passage: str, texts: Texts) -> Iterator[Finding]:
    """Find words that their sentence denies, and words for how often, how certain or when that it turns round."""
    source, span = texts.sources[texts.parents[passage]], texts.spans.get(passage)
    if key == STATED:
        is_absence = node.get("freeOf") and not node.get("contains")
        no = None if is_absence else denied(node.text("type"), words.text, source, span)
        no = no or retracted(node.text("type"), words.text, source, span)
        hint = "if the sentence denies the fact, take it out; if it does not, allow this with a comment that says why"
    else:
        no = turned(words.text, source, span)
        hint = f"quote {quoted(no or '')} too: without it the words say another thing"
    if no is not None:
        message = f"the sentence of the words {quoted(words.text)} in passage {quoted(passage)} says {quoted(no)}"
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
