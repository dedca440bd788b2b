"""Reporting: every finding about a project, each at its place in a file, and how much was checked."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from ivig_kg import (
    allowing,
    bundles,
    folding,
    gaps,
    judging,
    originals,
    spoken,
    terms,
    textfile,
    unchecked,
    validation,
    vocabularies,
)
from ivig_kg.errors import FactsError, LimitError
from ivig_kg.findings import Finding, Position, Severity, ordered
from ivig_kg.loading import Base, Loaded
from ivig_kg.nodes import Document
from ivig_kg.outcome import Outcome
from ivig_kg.resources import read_text

COUNTED = ("file", "fact", "concept", "source", "passage")


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """How often one rule was broken."""

    code: str
    severity: Severity
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        findings: Sorted by place; notes among them.
        lines: The lines of every file that was read, by its name in the findings; read when they are asked for.
        checked: How many files, facts, concepts, passages and mappings were checked.
        files: The names of the files that were reported on.
    """

    findings: tuple[Finding, ...]
    lines: MappingType[str, Sequence[str]]
    checked: MappingType[str, int]
    files: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(f.severity is severity for f in self.findings)

    def exit_code(self, *, fail_on: Severity = Severity.ERROR) -> int:
        """Return 0 where nothing weighs as much as `fail_on`; 3 or 7 where a file cannot be read; else 1."""
        order = list(Severity)
        codes = {f.exit_code for f in self.findings if order.index(f.severity) <= order.index(fail_on)}
        return next((code for code in (FactsError.exit_code, LimitError.exit_code, 1) if code in codes), 0)

    def statistics(self) -> list[Count]:
        """Return how often each rule was broken, the most frequent first, then by code."""
        counts = collections.Counter((f.code, f.severity) for f in self.findings)
        found = [Count(code, severity, number) for (code, severity), number in counts.items()]
        return sorted(found, key=lambda c: (-c.number, c.code, c.severity.value))

    def summary(self) -> str:
        """Return in one line how much was checked and what was found."""
        counts = ", ".join(_number(n, what) for what, n in self.checked.items()) or "nothing"
        found = [_number(self.count(s), s.value) for s in Severity if self.count(s)]
        return f"checked {counts}: {', '.join(found) if found else 'nothing wrong'}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


class Lines(MappingType[str, Sequence[str]]):
    """The lines of the files of a project by the names that findings have for them; read when they are asked for.

    Findings come file after file, so the lines of one file at a time are held.
    """

    def __init__(self, files: MappingType[str, Path]) -> None:
        """Take the files in."""
        self._files = files
        self._read: dict[str, Sequence[str]] = {}

    def __getitem__(self, path: str) -> Sequence[str]:
        if path not in self._read:
            if bundles.is_bundle(self._files[path]):
                self._read = {path: _LinesOf(self._files[path], path)}
                return self._read[path]
            file = textfile.read(self._files[path], shown=path, tabs=True)
            lines = tuple(line.removesuffix("\r") for line in file.text.split("\n"))
            self._read = {path: lines}
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class _LinesOf(Sequence[str]):
    """The lines of a bundle, looked for in the file from the one on that was asked for last."""

    def __init__(self, file: Path, shown: str) -> None:
        self._file, self._shown = file, shown
        self._left: Iterator[tuple[int, bytes]] = iter(())
        self._last = (0, b"")

    def __getitem__(self, index: Any) -> Any:
        wanted = index + 1
        if wanted < self._last[0] or not self._last[0]:
            self._left = bundles.lines(self._file, shown=self._shown)
            self._last = (0, b"")
        while self._last[0] < wanted:
            self._last = next(self._left, (sys.maxsize, b""))
        number, data = self._last
        return data.decode("utf-8", "replace") if number == wanted else ""

    def __len__(self) -> int:
        return sys.maxsize


class Gathering:
    """The outcomes of all documents, put together to a report.

    Documents are added one after the other, in any order. What is kept of them grows with the findings, the
    sources and the concepts, not with the facts.
    """

    def __init__(self, base: Base, files: MappingType[str, Path], *, only: Collection[str] | None = None) -> None:
        """Begin to gather.

        Args:
            base: What the documents were read beside.
            files: The files of the project by the names that findings have for them.
            only: The names of the files to report on; all where there is None. What names a node of a
                file concerns that file too.
        """
        self._base = base
        self._lines = Lines(files)
        self._only = only
        self._findings: list[Finding] = []
        self._counts: collections.Counter[str] = collections.Counter()
        self._gaps = gaps.Gaps(base.names.broader)
        self._unplaced: list[unchecked.Unplaced] = []
        self._comments: list[allowing.Comment] = []
        self._ids: set[str] = set()
        self._spoken = [] if base.schema.ships else spoken.read(base.project)
        self._missing = {name.id for name in self._spoken}

    def add(self, outcome: Outcome) -> None:
        """Add what a check of one document found."""
        self._findings += outcome.findings
        self._gaps.add(outcome.gaps)
        self._missing.difference_update(outcome.ids if self._missing else ())
        if self._only is None or outcome.path in self._only:
            self._counts.update(outcome.counts)
            self._unplaced += outcome.unplaced
            self._comments += outcome.comments
            self._ids.update(outcome.ids if self._only is not None else ())

    def report(
        self,
        table: terms.Table,
        about_terms: Iterable[Finding],
        documents: Callable[[Collection[Position]], Sequence[Document]],
    ) -> Report:
        """Return the report.

        Args:
            table: The table of mappings.
            about_terms: What is wrong with it.
            documents: Gives the documents in which some places are.
        """
        project = self._base.project
        kinds = {name: concept.kind for name, concept in self._base.names.concepts.items()}
        known = vocabularies.read(project.terms, shown=project.shown(project.terms))
        found = [
            *self._findings,
            *about_terms,
            *unchecked.by_section(self._unplaced),
            *self._gaps.findings(),
            *vocabularies.check(table, terms=known, kinds=kinds, schema=self._base.schema),
        ]
        shown = set(self._lines) if self._only is None else set(self._only)
        if self._only is not None:
            found = [f for f in found if f.position.path in shown or folding.text_at(f, self._lines) in self._ids]
        left = folding.fold(ordered(found), documents=documents, lines=self._lines)
        about_rules, comments = _about_rules(self._base)
        about_rules += spoken.findings(self._spoken, missing=self._missing, near=kinds)
        left = allowing.apply([*left, *about_rules], comments=[*self._comments, *comments])
        counts = {what: self._counts[what] for what in COUNTED}
        counts["mapping"] = len(table.rows) if table.path in shown else 0
        return Report(
            tuple(left),
            self._lines,
            {what: n for what, n in counts.items() if n or what == "file"},
            tuple(sorted(shown)),
        )


def _about_rules(base: Base) -> tuple[list[Finding], list[allowing.Comment]]:
    """Return what is to be told of what facts are read and checked by, and the comments for the tool there."""
    project, schema = base.project, base.schema
    unread = list(originals.unread(project))
    if schema.ships:
        return unread, []
    texts = {rule.name: rule.query for rule in base.rules}
    content = originals.Content(schema.shapes, schema.ontology, schema.context, texts)
    comments = (
        allowing.in_lines(read_text(path).split("\n"), path=project.shown(path)) for path in originals.files(project)
    )
    return [*unread, *originals.check(project, content)], list(itertools.chain.from_iterable(comments))


def report(
    loaded: Loaded, *, sources: Path | None, only: Collection[str] | None = None, engine: str = validation.ENGINES[0]
) -> Report:
    """Check a project that was read whole: evidence and shapes too, and gather everything that was found.

    Args:
        loaded: The project as it was read.
        sources: The folder with the texts of the sources, where they are at hand.
        only: As for `Gathering`.
        engine: One of `validation.ENGINES`.

    Raises:
        ShapesError: The shapes cannot be used.
        UsageError: The engine is not installed.
    """
    gathering = Gathering(loaded.base, loaded.files, only=only)
    for outcome in judging.judge(loaded.base, loaded.part, engine=engine, sources=sources):
        gathering.add(outcome)
    return gathering.report(loaded.table, loaded.about_terms, lambda _: loaded.documents)
