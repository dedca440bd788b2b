"""Coverage: is every sentence of a source cited by a fact, or waived with a reason?

A passage is cited where a fact that is not retracted rests on it. Where the text is at hand, sentences
that stand in no passage are counted too.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path

from ivig_kg import evidence
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Document, Mapping, Scalar, mappings

_SENTENCE_END = re.compile(r"[.!?:;][\"')\u201d\u2019]*\s*$")
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s|$)|$)", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one source is cited.

    Attributes:
        source: The id of the source.
        cited: The ids of passages that live facts rest on.
        waived: The ids of passages that are waived.
        open: The ids of passages that are neither.
        outside: How many sentences stand in no passage; None where the text is not at hand.
    """

    source: str
    cited: tuple[str, ...]
    waived: tuple[str, ...]
    open: tuple[str, ...]
    outside: int | None

    @property
    def percent(self) -> int:
        """The share of sentences that are cited or waived, rounded down."""
        done = len(self.cited) + len(self.waived)
        everything = done + len(self.open) + (self.outside or 0)
        return 100 * done // everything if everything else 100


def measure(documents: Iterable[Document], *, sources: Path | None) -> list[Coverage]:
    """Return the coverage of every source, by id.

    Args:
        documents: All documents of the project.
        sources: The folder with the texts of the sources, where they are at hand.
    """
    documents = tuple(documents)
    nodes = [n for d in documents for n in mappings(d.nodes)]
    texts, _ = evidence.read(documents, sources=sources)
    cited = {v.text for n in nodes if _text(n, "status") != "retracted" for v in _values(n, "evidence")}
    waived = {_text(n, "id") for n in nodes if n.get("waived")} - cited
    found = []
    for source in sorted({_text(n, "id") for n in nodes if _text(n, "type") == "Source"} - {""}):
        own = sorted(p for p, parent in texts.parents.items() if parent == source)
        outside = len(_outside(source, texts)) if source in texts.sources else None
        found.append(
            Coverage(
                source,
                tuple(p for p in own if p in cited),
                tuple(p for p in own if p in waived),
                tuple(p for p in own if p not in cited | waived),
                outside,
            )
        )
    return found


def check(documents: Iterable[Document], *, sources: Path | None) -> list[Finding]:
    """Find passages that no fact rests on and nobody waived, and sentences in no passage: warnings, not errors."""
    documents = tuple(documents)
    texts, _ = evidence.read(documents, sources=sources)
    places = {_text(n, "id"): n for d in documents for n in mappings(d.nodes)}
    findings = []
    for found in measure(documents, sources=sources):
        for passage in found.open:
            name = places[passage].get("id")
            message = f"no live fact rests on passage {quoted(passage)}"
            hint = "write down what it says, or say under `waived` why it claims nothing"
            if name:
                findings.append(Finding("passage-uncited", message, name.position, Severity.WARNING, hint=hint))
        name = places[found.source].get("id")
        for sentence in _outside(found.source, texts) if name else []:
            message = f"the sentence {quoted(sentence)} stands in no passage of {quoted(found.source)}"
            hint = "`ivig-kg new passage` makes one"
            if name:
                findings.append(Finding("sentence-uncovered", message, name.position, Severity.WARNING, hint=hint))
    return findings


def _outside(source: str, texts: evidence.Texts) -> list[str]:
    """Return the sentences of a source that stand in no passage; a line without an end mark is a heading."""
    text = texts.sources.get(source, "")
    spans = sorted(span for p, span in texts.spans.items() if texts.parents[p] == source)
    gaps, last = [], 0
    for start, end in spans:
        gaps.append(text[last:start])
        last = max(last, end)
    gaps.append(text[last:])
    lines = [line for gap in gaps for line in gap.split("\n") if _SENTENCE_END.search(line)]
    return [s for line in lines for s in _SENTENCE.findall(line) if re.search(r"\w", s)]


def _text(node: Mapping, key: str) -> str:
    found = node.get(key)
    return found.text if found else ""


def _values(node: Mapping, key: str) -> list[Scalar]:
    return [v for e in node.entries if e.key.text == key for v in e.values if isinstance(v, Scalar)]
