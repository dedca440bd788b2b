"""Outcome: what a check of one document found, and what it adds to what is told of the project as a whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ivig_kg import allowing, gaps, ids, unchecked
from ivig_kg.errors import FactsError, LimitError
from ivig_kg.evidence import Texts
from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.naming import Names
from ivig_kg.nodes import Document
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import Schema

MOST = 5_000  # findings of one document


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of one document found.

    Attributes:
        name: The name of the document.
        path: The name of its file as it is shown.
        findings: What is wrong in it, or worth knowing.
        counts: How many facts, concepts, sources and passages it holds.
        gaps: What it adds to what is missing as a whole.
        unplaced: Its sources with passages that are known by section alone.
        comments: Its comments that allow a finding.
        ids: The ids that it defines.
    """

    name: str
    path: str
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    gaps: gaps.Tally
    unplaced: tuple[unchecked.Unplaced, ...]
    comments: tuple[allowing.Comment, ...]
    ids: tuple[str, ...]


def of(document: Document, findings: list[Finding], *, texts: Texts, schema: Schema, names: Names) -> Outcome:
    """Return the outcome of one document.

    Args:
        document: The document.
        findings: Those that stand in it.
        texts: The passages that it names, and their sources.
        schema: What classes and keys there are.
        names: The concepts of the project.
    """
    return Outcome(
        document.name,
        document.path,
        tuple(_kept(findings)),
        _counts(document, schema),
        gaps.tally(document, parents=texts.parents, schema=schema, concepts=names.concepts),
        tuple(unchecked.unplaced([document])),
        tuple(allowing.comments(document)),
        tuple(name.text for name, _ in ids.defined([document])),
    )


def _kept(findings: list[Finding]) -> list[Finding]:
    """Return the findings, of more than can be told the worst, the last of which says how many there are."""
    if len(findings) <= MOST:
        return findings
    worst, codes = tuple(Severity), (FactsError.exit_code, LimitError.exit_code)
    found = sorted(findings, key=lambda f: (worst.index(f.severity), f.exit_code not in codes, f.position))[:MOST]
    said = f"{found[-1].message}; {len(findings) - MOST:,} more findings of this file are not told"
    return [*found[:-1], dataclasses.replace(found[-1], message=said)]


def remainder(one: Outcome) -> Outcome:
    """Return an outcome that adds the findings of another one and nothing else."""
    return Outcome(one.name, one.path, one.findings, {}, gaps.Tally(), (), (), ())


def _counts(document: Document, schema: Schema) -> dict[str, int]:
    counts = {"file": 1}
    for _, node in ids.defined([document]):
        class_iri = schema.classes.get(node.text("type"))
        if class_iri:
            passage = class_iri == VOCABULARY + "Passage"
            what = "passage" if passage else schema.graph_of(class_iri).removesuffix("s")
            counts[what] = counts.get(what, 0) + 1
    return counts


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON; `from_json` reads it."""
    return dataclasses.asdict(outcome, dict_factory=_plain)


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Severity) else value for name, value in pairs}


def from_json(content: Mapping[str, Any]) -> Outcome:
    """Return the outcome that JSON stands for.

    Raises:
        KeyError, TypeError, ValueError: It is not what `to_json` gave.
    """
    counted = content["gaps"]
    return Outcome(
        content["name"],
        content["path"],
        tuple(_finding(f) for f in content["findings"]),
        content["counts"],
        gaps.Tally(
            tuple((_place(p), kind, date) for p, kind, date in counted["sources"]),
            tuple((kind, about, value, tuple(sources)) for kind, about, value, sources in counted["claims"]),
            tuple((about, source) for about, source in counted["rests"]),
            _place(counted["first"]) if counted["first"] else None,
            tuple(map(_place, counted["concepts"])),
            tuple(counted["named"]),
        ),
        tuple((Position(**at), label, count) for at, label, count in content["unplaced"]),
        tuple((Position(**at), rest) for at, rest in content["comments"]),
        tuple(content["ids"]),
    )


def _place(content: Any) -> gaps.Place:
    name, at, label = content
    return name, Position(**at), label


def _finding(content: Mapping[str, Any]) -> Finding:
    return Finding(
        **{
            **content,
            "position": Position(**content["position"]),
            "severity": Severity(content["severity"]),
            "related": tuple((words, Position(**at)) for words, at in content["related"]),
        }
    )
