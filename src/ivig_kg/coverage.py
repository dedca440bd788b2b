"""Coverage: is every sentence of a source cited by a fact, or waived with a reason?

A passage is cited where a fact that is not retracted rests on it. Where the text is at hand, sentences
that stand in no passage are counted too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from ivig_kg.evidence import Texts
from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.nodes import Document
from ivig_kg.passages import is_heading, sentences


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one source is cited.

    Attributes:
        source: The id of the source.
        cited: The ids of passages that facts rest on, retracted ones aside.
        waived: The ids of other passages that are waived.
        open: The ids of passages that are neither.
        outside: The sentences that stand in no passage; None where the text is not at hand.
    """

    source: str
    cited: tuple[str, ...]
    waived: tuple[str, ...]
    open: tuple[str, ...]
    outside: tuple[str, ...] | None

    @property
    def percent(self) -> int | None:
        """The share of passages and sentences that are cited or waived, rounded down; None where there are none."""
        done = len(self.cited) + len(self.waived)
        everything = done + len(self.open) + len(self.outside or ())
        return 100 * done // everything if everything else None


def measure(documents: Iterable[Document], *, texts: Texts) -> list[Coverage]:
    """Return the coverage of every source, by id.

    Args:
        documents: All documents of the project.
        texts: What `evidence.read` gave.
    """
    nodes = [n for d in documents for n in d.mappings]
    cited = {v.text for n in nodes if n.text("status") != "retracted" for v in n.scalars("evidence")}
    waived = {n.text("id") for n in nodes if n.get("waived")} - cited
    found = []
    for source in sorted({n.text("id") for n in nodes if n.text("type") == "Source"} - {""}):
        own = sorted(p for p, parent in texts.parents.items() if parent == source)
        found.append(
            Coverage(
                source,
                tuple(p for p in own if p in cited),
                tuple(p for p in own if p in waived),
                tuple(p for p in own if p not in cited | waived),
                _outside(source, texts),
            )
        )
    return found


def _outside(source: str, texts: Texts) -> tuple[str, ...] | None:
    """Return the sentences of a source of which no passage holds a part; headings are none."""
    text = texts.sources.get(source)
    if text is None:
        return None
    spans = [span for p, span in texts.spans.items() if texts.parents[p] == source]
    free = (s for s in sentences(text) if not any(start < s.end and s.start < end for start, end in spans))
    return tuple(s.of(text) for s in free if not is_heading(s.of(text)))


def check(documents: Iterable[Document], *, texts: Texts) -> list[Finding]:
    """Find passages that no fact rests on and nobody waived, and sentences in no passage: warnings, not errors."""
    documents = tuple(documents)
    names = (n.get("id") for d in documents for n in d.mappings)
    places = {name.text: name.position for name in names if name}
    findings = []
    for found in measure(documents, texts=texts):
        for passage in found.open:
            message = f"no live fact rests on passage {quoted(passage)}"
            hint = "write down what it says, or say under `waived` why it claims nothing"
            findings.append(_warning("passage-uncited", message, places[passage], hint))
        for sentence in found.outside or ():
            message = f"the sentence {quoted(sentence)} stands in no passage of {quoted(found.source)}"
            hint = "`ivig-kg new passage` makes one"
            findings.append(_warning("sentence-uncovered", message, places[found.source], hint))
    return findings


def _warning(code: str, message: str, at: Position, hint: str) -> Finding:
    return Finding(code, message, at, Severity.WARNING, hint=hint)
