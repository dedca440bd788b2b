"""Readings: a project as its pages show it: what each node says, who names it, where it was written, what follows."""

from __future__ import annotations

import collections
import dataclasses
import os
from pathlib import Path
from typing import Any

from ivig_kg import ids, terms
from ivig_kg.evidence import Texts
from ivig_kg.findings import Position
from ivig_kg.loading import Loaded
from ivig_kg.release.statements import Statements, local
from ivig_kg.reporting import Report
from ivig_kg.resources import THINGS, VOCABULARY

CONCEPT = "concept"
FACT = "fact"
SOURCE = "source"
PASSAGE = "passage"
_KINDS = {"Source": SOURCE, "Passage": PASSAGE}
_MEDICINE = f"{VOCABULARY}Medicine"


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """How a site is published.

    Attributes:
        title: What the data are called.
        abstract: What they are.
        authors: Who made them, as a citation names them.
        version: Their version.
        licence: The name of their licence.
        licence_address: Where it stands.
        base_url: Where the site will be, with a slash at its end; None where it is not known.
        report_url: Where problems are reported; an empty one opens a message to nobody in particular.
    """

    title: str
    authors: str
    version: str
    abstract: str = ""
    licence: str = ""
    licence_address: str = ""
    base_url: str | None = None
    report_url: str = "mailto:"


class Readings:
    """What pages are made from.

    Attributes:
        settings: How the site is published.
        report: What the check before found.
        texts: The text of each passage that is at hand, and of each source, by id.
        loaded: The project as it was read.
        said: Its statements by subject and predicate.
        places: File and line of each node, by its IRI.
        named: Who names a node, and by which predicate; derived triples aside.
        joined: Concepts that point at a node, and by which predicate; derived triples too, facts aside.
        follows: The triples that were derived from each fact, each with its rule.
        mappings: The rows of mappings of each concept.
        rows: The rows of tables that were made of facts, see `rows.row`: several pages show one.
    """

    def __init__(self, loaded: Loaded, settings: Settings, report: Report, *, texts: Texts | None = None) -> None:
        """Read a project that has no errors."""
        self.loaded = loaded
        self.report = report
        self.settings = settings
        self.texts = texts
        self.said = Statements(loaded.quads)
        home = loaded.project.facts.parent
        self.places = {THINGS + n.text: _place(n.position, home) for n, _ in ids.defined(loaded.documents)}
        self.named: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
        for subjects in self.said.graphs.values():
            for subject in dict.fromkeys(subjects):
                for predicate, value in self.said.stated(subject):
                    self.named[value.value].append((subject, predicate))
        self.joined: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
        concepts = frozenset(self.said.graphs.get("concepts", []))
        for quad in loaded.quads:
            if _iri(quad.subject) in concepts and not hasattr(quad.object, "datatype"):
                self.joined[_iri(quad.object)].append((_iri(quad.subject), quad.predicate.value))
        self.follows = _follows(loaded)
        self.mappings: dict[str, list[terms.Row]] = collections.defaultdict(list)
        for row in loaded.table.rows:
            self.mappings[THINGS + row.cells["subject_id"].removeprefix("kg:")].append(row)
        self.rows: dict[str, Any] = {}
        self._triples: dict[str, list[Any]] = collections.defaultdict(list)
        for quad in loaded.quads:
            self._triples[_iri(quad.subject)].append(quad.triple)
        self.facts = list(self.said.facts())
        self._facts = frozenset(self.facts)
        self.sources = [s for s in self.said.graphs.get("sources", []) if self.said.kind(s) == "Source"]
        self.concepts = self.said.graphs.get("concepts", [])
        wider = loaded.schema.ancestors
        self.medicines = [c for c in self.concepts if _MEDICINE in wider(self.said.classes[c])]

    def triples(self, node: str) -> list[Any]:
        """Return the triples of a node, derived ones too."""
        return self._triples.get(node, [])

    def kind(self, node: str) -> str:
        """Return whether a node is a fact, a source, a passage or a concept."""
        if node in self._facts:
            return FACT
        return _KINDS.get(self.said.kind(node), CONCEPT)

    def path(self, iri: str) -> str | None:
        """Return where the page of a node or a term is, with a place in it; None where it has none."""
        if iri.startswith(VOCABULARY):
            return f"vocabulary.html#{local(iri)}"
        if iri not in self.said.classes or not iri.startswith(THINGS):
            return None
        if self.said.kind(iri) == "Passage":
            (source, *_) = self.said.iris(iri, "inSource")
            return f"id/{local(source)}.html#passage-{local(iri)}"
        return f"id/{local(iri)}.html"

    def about(self, medicine: str) -> list[str]:
        """Return the facts about a medicine, sorted."""
        return sorted(s for s, p in self.named.get(medicine, []) if p == f"{VOCABULARY}about")

    def status(self, fact: str) -> str:
        """Return the status of a fact; one that a newer one replaces is superseded, unless it is retracted."""
        status = local(self.said.iris(fact, "status")[0])
        return "superseded" if status != "retracted" and self.said.iris(fact, "supersededBy") else status

    def is_live(self, fact: str) -> bool:
        """Tell whether a fact is neither retracted nor superseded."""
        return self.status(fact) in {"draft", "reviewed"}


def _follows(loaded: Loaded) -> dict[str, list[tuple[Any, str]]]:
    """Return the triples that were derived from each fact, each with its rule."""
    found: dict[str, list[tuple[Any, str]]] = {}
    for triple, origins in loaded.part.derived.items():
        for rule, fact in origins:
            if fact:
                found.setdefault(fact, []).append((triple, rule))
    return found


def _place(position: Position, home: Path) -> str:
    """Return file and line of a place, from the folder that facts/ stands in: the same wherever it is said."""
    path = os.path.relpath(position.path, home).replace(os.sep, "/")
    return f"{path}:{position.line}:{position.column}"


def _iri(term: Any) -> str:
    return str(term.value)
