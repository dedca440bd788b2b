"""Portions: a few documents with all on which the findings in them depend, and what comes of each.

A portion shares no state with another one: it can be worked on in this process, in another, or on another machine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from ivig_kg import facts, judging, loading, outcome, rdf, reading, runs
from ivig_kg import schema as vocabulary
from ivig_kg.cache import Cache
from ivig_kg.catalogue import Listed
from ivig_kg.errors import FactsError
from ivig_kg.loading import Base, Part
from ivig_kg.nodes import Document
from ivig_kg.outcome import Outcome
from ivig_kg.schema import Schema, Triple

# a finding whose hint depends on every id of the project
_HINTED = "unknown-id"


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """What came of one document: its outcome, and its triples as lines of a run."""

    outcome: Outcome
    lines: tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Portion:
    """Some documents, and all on which the findings in them depend.

    Attributes:
        documents: All of them, in the order of the project.
        mine: The names of those whose outcome is asked for.
        keys: The names under which their outcomes are kept, by the names of the documents.
        run: The file for their triples; None where these are not asked for.
    """

    documents: tuple[Listed, ...]
    mine: frozenset[str]
    keys: Mapping[str, str]
    run: Path | None

    @property
    def written(self) -> Path:
        """The file for their triples, where these are asked for."""
        if self.run is None:
            message = "the triples were not asked for"
            raise ValueError(message)
        return self.run


@dataclasses.dataclass(frozen=True, slots=True)
class Worker:
    """What every portion is worked on with.

    Attributes:
        base: What documents are read beside: the files that hold concepts alone among it.
        bare: The same without these.
        concepts: These files.
        engine: One of `validation.ENGINES`.
        cache: Where outcomes are kept; None where they are not.
    """

    base: Base
    bare: Base
    concepts: tuple[Listed, ...]
    engine: str
    cache: Cache | None

    def work(self, portion: Portion, given: Callable[[Listed], Document] | None = None) -> list[Outcome]:
        """Return the outcomes of a portion, and write its triples.

        Args:
            portion: The documents.
            given: Gives a document; it is read from its file where there is none.
        """
        lines: list[bytes] = []
        outcomes = []
        for kept, is_sure in self.kept(portion, given or read):
            outcomes.append(kept.outcome)
            lines += kept.lines
            if self.cache and is_sure:
                self.cache.put(portion.keys[kept.outcome.name], to_bytes(kept))
        if portion.run:
            portion.run.write_bytes(b"".join(sorted(set(lines))))
        return outcomes

    def worked(self, portion: Portion) -> tuple[list[Outcome], Path | None]:
        """Return the outcomes of a portion, and the file with its triples; see `work`."""
        return self.work(portion), portion.run

    def kept(self, portion: Portion, given: Callable[[Listed], Document]) -> Iterator[tuple[Kept, bool]]:
        """Yield what comes of each document of a portion, and whether it comes of it and its like alone."""
        documents = [given(listed) for listed in portion.documents]
        beside = {listed.name for listed in self.concepts}
        try:
            part = loading.read(self.base, documents)
            found = list(judging.judge(self.base, part, engine=self.engine, asked=portion.mine))
        except judging.ConceptsError:
            # a file that stands beside all others is at fault, and only together with these
            there = {listed.name for listed in portion.documents}
            everything = sorted({*portion.documents, *self.concepts}, key=lambda listed: (listed.path, listed.line))
            documents = [given(listed) for listed in everything]
            part = loading.read(self.bare, documents)
            for one in judging.judge(self.bare, part, engine=self.engine):
                if one.name in portion.mine:
                    yield Kept(one, ()), False
                elif one.name in beside - there:
                    yield Kept(outcome.remainder(one), ()), False
            return
        wanted = portion.run is not None or self.cache is not None
        triples = lines_of(part, portion.mine, self.base.schema) if wanted else {}
        for one in found:
            sure = all(finding.code != _HINTED for finding in one.findings)
            yield Kept(one, tuple(triples.get(one.name, ()))), sure


def lines_of(part: Part, names: Collection[str], schema: Schema) -> dict[str, list[bytes]]:
    """Return the triples of some documents of a part, stated and derived, as lines of a run by their names."""
    owner: dict[str, str] = {}
    graphs: dict[Triple, str] = {}
    for name, triples in part.stated.items():
        for triple in triples:
            if triple.predicate.value == vocabulary.RDF + "type":
                owner[triple.subject.value] = name
                graphs[triple.subject] = schema.graph_of(triple.object.value)
    given: dict[str, dict[str, list[Triple]]] = {name: {} for name in names}
    for name in names:
        for triple in part.stated[name]:
            given[name].setdefault(graphs.get(triple.subject, "concepts"), []).append(triple)
    for triple, sources in part.derived.items():
        for name in {owner.get(fact or "", part.documents[0].name) for _, fact in sources} & given.keys():
            given[name].setdefault("derived", []).append(triple)
    return {
        name: [line for graph, triples in by_graph.items() for line in runs.lines(triples, rdf.named(graph).value)]
        for name, by_graph in given.items()
    }


def read(listed: Listed) -> Document:
    """Return a document of a catalogue.

    Raises:
        FactsError: The file is not the one that was listed.
    """
    if listed.line:
        with reading.opened(listed.file) as file:
            file.seek(listed.start)
            data = file.read(listed.size)
    else:
        data = content(listed.file) or b""
    if hashlib.sha256(data).hexdigest() != listed.digest:
        message = f"{listed.path}: the file changed while the facts were read; run it again"
        raise FactsError(message)
    return document(listed, data)


def document(listed: Listed, data: bytes) -> Document:
    """Return the document of a catalogue that has these bytes."""
    if listed.line:
        return facts.line(data, path=listed.file, shown=listed.path, number=listed.line)
    return facts.read(listed.file, shown=listed.path, data=data or None)


def content(path: Path) -> bytes | None:
    """Return what a file holds; None where it cannot be read, which reading it as facts will tell."""
    try:
        return reading.begin(path, most=reading.TEXT + 1)  # one more than a facts file may have tells it
    except OSError:
        return None


def to_bytes(kept: Kept) -> bytes:
    """Return what came of a document as bytes; `from_bytes` reads them."""
    return json.dumps(outcome.to_json(kept.outcome)).encode() + b"\n" + b"".join(kept.lines)


def from_bytes(data: bytes | None) -> Kept | None:
    """Return what bytes stand for; None where there are none."""
    if data is None:
        return None
    first, *lines = data.splitlines(keepends=True)
    return Kept(outcome.from_json(json.loads(first)), tuple(lines))
