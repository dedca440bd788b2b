"""Passages: the sentences and paragraphs of a source's text, and which of them hold some words."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence

from ivig_kg.errors import UsageError
from ivig_kg.findings import quoted
from ivig_kg.quotation import find, nearest

ALIKE = 60  # of 100: what is less like the words is not offered

_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?![^\S\n]*(?:\n|\Z)))*")
_CLOSING = "[\"'\u201d\u2019\u00bb)\\]]*"
_STOP = re.compile(rf"[.!?\u2026]{_CLOSING}\s+")
_ENDED = re.compile(rf"[.!?\u2026:;]{_CLOSING}\Z")
_SHORT = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|approx|ca|cf|vs|dr|prof|mr|mrs|ms|st|fig)\.\s+\Z", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A stretch of a text: characters from 0, the end excluded."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the stretch itself."""
        return text[self.start : self.end]


def paragraphs(text: str) -> list[Stretch]:
    """Return what blank lines set apart, headings too, without blanks around it."""
    return [Stretch(m.start(), m.start() + len(m[0].rstrip())) for m in _PARAGRAPH.finditer(text)]


def is_heading(block: str) -> bool:
    """Tell whether a block is a heading: one line that no mark ends.

    >>> is_heading("Side effects"), is_heading("It may cause headache.")
    (True, False)
    """
    return "\n" not in block and _ENDED.search(block) is None


def sentences(text: str) -> list[Stretch]:
    """Return the sentences of a text; a heading is one of its own.

    >>> text = "One thing\\n\\nIt is given, e.g. by mouth. Take 0.4 g."
    >>> [s.of(text) for s in sentences(text)]
    ['One thing', 'It is given, e.g. by mouth.', 'Take 0.4 g.']
    """
    return list(itertools.chain.from_iterable(_sentences(text, block) for block in paragraphs(text)))


def _sentences(text: str, block: Stretch) -> Iterator[Stretch]:
    begin = block.start
    for stop in _STOP.finditer(text, block.start, block.end):
        after = text[stop.end() : stop.end() + 1]
        if after.islower() or _SHORT.search(text[begin : stop.end()]):
            continue
        yield Stretch(begin, begin + len(text[begin : stop.end()].rstrip()))
        begin = stop.end()
    yield Stretch(begin, block.end)


def section(text: str, stretch: Stretch) -> str:
    """Return where a stretch stands: its paragraphs, counted from 1 without the headings.

    >>> section("Title\\n\\nOne.\\n\\nTwo.", Stretch(13, 17))
    'paragraph 2'
    """
    numbers, headings, count = [], 0, 0
    for block in paragraphs(text):
        heading = is_heading(block.of(text))
        count += not heading
        if block.start < stretch.end and stretch.start < block.end:
            headings += heading
            numbers += [] if heading else [count]
    if not numbers:
        return "heading"
    return f"paragraph {numbers[0]}" if len(numbers) == 1 else f"paragraphs {numbers[0]} to {numbers[-1]}"


def holding(words: str, text: str, *, source: str, whole: bool) -> list[Stretch]:
    """Return the stretches of a text that hold some words, each once, in the order of the text.

    Args:
        words: What is looked for; capitals count only where that finds something.
        text: The text of the source.
        source: The id of the source, for the message.
        whole: Whether whole sentences are taken, and not the words alone.

    Raises:
        UsageError: The words do not stand in the text; the message offers the words most like them.
    """
    found = find(words, text) or find(words, text, fold=True)
    if not found:
        raise UsageError(_missing(words, text, source))
    stretches = [Stretch(*place) for place in found]
    return sorted(set(_widened(stretches, sentences(text)) if whole else stretches))


def _widened(stretches: Sequence[Stretch], all_sentences: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield for each stretch the sentences that hold it, as one."""
    for stretch in stretches:
        over = [s for s in all_sentences if s.start < stretch.end and stretch.start < s.end]
        yield Stretch(min(s.start for s in over), max(s.end for s in over))


def _missing(words: str, text: str, source: str) -> str:
    message = f"the words {quoted(words)} do not stand in the text of {quoted(source)}"
    likeness, near = nearest(words, text)
    if likeness < ALIKE or not near:
        return message
    place = Stretch(text.index(near), text.index(near) + len(near))
    return f"{message}; did you mean {quoted(' '.join(near.split()))} in {section(text, place)}?"


def places(stretches: Sequence[Stretch], text: str, names: Sequence[str]) -> str:
    """Return a numbered list of stretches, each with where it stands, its id if it has one, and how it begins."""
    lines = []
    for number, (stretch, name) in enumerate(zip(stretches, names, strict=True), 1):
        begin = quoted(" ".join(stretch.of(text).split()))
        where = f"{section(text, stretch)}, characters {stretch.start} to {stretch.end}"
        lines.append(f"  {number}: {where}{f', {name}' if name else ''}: {begin}")
    return "\n".join(lines)
