"""Stats: how many facts there are, what they rest on, how far they were reviewed, and what is still missing.

A statistic is a section: a title, the names of its columns, and rows. To add one, write a function that
returns a `Section` and put it into `SECTIONS`, or add it to the list that `sections` returned.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ivig_kg import coverage, evidence, ids
from ivig_kg.findings import in_json, printable
from ivig_kg.identifiers import PREDICATES
from ivig_kg.loading import Loaded
from ivig_kg.nodes import Mapping
from ivig_kg.resources import VOCABULARY

Cell = str | int


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """One statistic: its name in JSON, its title, the names of its columns, and its rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sections(loaded: Loaded, *, sources: Path | None = None) -> list[Section]:
    """Return every statistic of a project.

    Args:
        loaded: The project as it was read.
        sources: The folder with the texts of the sources, where they are at hand; coverage then counts
            the sentences that stand in no passage too.
    """
    return [*(make(loaded) for make in SECTIONS), covered(loaded, sources=sources)]


def covered(loaded: Loaded, *, sources: Path | None) -> Section:
    """Count the passages of each source that are cited, waived with a reason, or neither."""
    texts, _ = evidence.read(loaded.documents, sources=sources)
    rows = [
        (
            found.source,
            len(found.cited),
            len(found.waived),
            len(found.open),
            "not at hand" if found.outside is None else len(found.outside),
            "nothing to cite" if found.percent is None else f"{found.percent} %",
        )
        for found in coverage.measure(loaded.documents, texts=texts)
    ]
    columns = ("source", "cited", "waived", "neither", "sentences in no passage", "covered")
    return Section("coverage", "Coverage: passages that facts rest on", columns, tuple(rows))


def classes(loaded: Loaded) -> Section:
    """Count the nodes of each class."""
    count = collections.Counter(node.text("type") for _, node, _ in _nodes(loaded))
    return Section("classes", "Nodes by class", ("class", "nodes"), tuple(sorted(count.items())))


def passages_of_facts(loaded: Loaded) -> Section:
    """Count the facts that rest on one passage, on two, and so on."""
    count = collections.Counter(len(node.scalars("evidence")) for node in _facts(loaded))
    return Section(
        "evidence", "Facts by the number of passages they rest on", ("passages", "facts"), tuple(sorted(count.items()))
    )


def sources_of_facts(loaded: Loaded) -> Section:
    """Count the facts that rest on each source; one that rests on two sources counts for both."""
    of_passage = _sources(loaded)
    count = {name: 0 for name, node, _ in _nodes(loaded) if node.text("type") == "Source"}
    for fact in _facts(loaded):
        for source in {of_passage[p.text] for p in fact.scalars("evidence") if p.text in of_passage}:
            count[source] = count.get(source, 0) + 1
    return Section("sources", "Facts by source", ("source", "facts"), tuple(sorted(count.items())))


def quotations(loaded: Loaded) -> Section:
    """Count the facts that quote the source's own words for what they say."""
    count = collections.Counter("yes" if node.scalars("statedAs") else "no" for node in _facts(loaded))
    return _fixed(
        "quotations", "Facts with the source's own words (statedAs)", ("quoted", "facts"), ("yes", "no"), count
    )


def places(loaded: Loaded) -> Section:
    """Count the passages that have a place and a digest, so that they can be checked against the text."""
    passages = (node for _, node, _ in _nodes(loaded) if node.text("type") == "Passage")
    count = collections.Counter("position and digest" if p.get("textDigest") else "section alone" for p in passages)
    known = ("position and digest", "section alone")
    return _fixed("passages", "Passages by how they are known", ("known by", "passages"), known, count)


def states(loaded: Loaded) -> Section:
    """Count the facts that are draft, reviewed, retracted; those that a later one replaces are counted apart."""
    count = collections.Counter(
        "superseded" if fact.scalars("supersededBy") and status != "retracted" else status
        for fact in _facts(loaded)
        for status in (fact.text("status"),)
    )
    known = ("draft", "reviewed", "retracted", "superseded")
    return _fixed("review", "Facts by state of review", ("state", "facts"), known, count)


def vocabularies(loaded: Loaded) -> Section:
    """Count the mappings to each public vocabulary."""
    count = collections.Counter(row.prefix for row in loaded.table.rows)
    return Section(
        "mappings-by-vocabulary", "Mappings by vocabulary", ("vocabulary", "mappings"), tuple(sorted(count.items()))
    )


def predicates(loaded: Loaded) -> Section:
    """Count the mappings of each kind."""
    count = collections.Counter(row.cells["predicate_id"] for row in loaded.table.rows)
    return _fixed(
        "mappings-by-predicate", "Mappings by kind", ("kind", "mappings"), tuple(sorted(PREDICATES | set(count))), count
    )


def unmapped(loaded: Loaded) -> Section:
    """List the concepts without any public identifier."""
    mapped = {row.cells["subject_id"].removeprefix("kg:") for row in loaded.table.rows}
    return _concepts(loaded, "unmapped", "Concepts without a public identifier", mapped)


def unused(loaded: Loaded) -> Section:
    """List the concepts that no fact names."""
    facts = {name for name, _, graph in _nodes(loaded) if graph == "facts"}
    used = {
        value.text
        for node, _, value in ids.references(loaded.documents, schema=loaded.schema)
        if node.text("id") in facts
    }
    return _concepts(loaded, "unused", "Concepts that no fact names", used)


SECTIONS: tuple[Callable[[Loaded], Section], ...] = (
    classes,
    states,
    passages_of_facts,
    sources_of_facts,
    quotations,
    places,
    vocabularies,
    predicates,
    unmapped,
    unused,
)


def written(found: Iterable[Section], form: str) -> str:
    """Return statistics as `text`, or as `json`: an object with one member a section, its rows as objects by column."""
    if form == "json":
        content = {
            s.name: {"title": s.title, "rows": [dict(zip(s.columns, row, strict=True)) for row in s.rows]}
            for s in found
        }
        return in_json(content)
    return "\n".join(_table(section) for section in found)


def _table(section: Section) -> str:
    """Return a section as a title and aligned rows; numbers stand at the right of their column."""
    lines = [section.columns, *(tuple(map(str, row)) for row in section.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numbers = [bool(section.rows) and all(isinstance(row[n], int) for row in section.rows) for n in range(len(widths))]
    text = [f"{section.title} ({len(section.rows)})" if not any(numbers) else section.title]
    for line in lines if section.rows else [("none",)]:
        cells = (c.rjust(w) if right else c.ljust(w) for c, w, right in zip(line, widths, numbers, strict=False))
        text.append(printable("  " + "  ".join(cells).rstrip()))
    return "\n".join(text) + "\n"


def _fixed(
    name: str, title: str, columns: tuple[str, str], known: tuple[str, ...], count: collections.Counter[str]
) -> Section:
    """Return counts of what is known beforehand: zero is worth knowing too."""
    return Section(name, title, columns, tuple((what, count[what]) for what in known))


def _concepts(loaded: Loaded, name: str, title: str, but: set[str]) -> Section:
    rows = (
        (i, node.text("type"), node.text("label"))
        for i, node, graph in _nodes(loaded)
        if graph == "concepts" and i not in but
    )
    return Section(name, title, ("id", "class", "label"), tuple(sorted(rows)))


def _nodes(loaded: Loaded) -> Iterator[tuple[str, Mapping, str]]:
    """Yield every node with its id and the named graph it belongs to."""
    for name, node in ids.defined(loaded.documents):
        class_iri = loaded.schema.classes.get(node.text("type"))
        if class_iri:
            yield name.text, node, loaded.schema.graph_of(class_iri)


def _facts(loaded: Loaded) -> Iterator[Mapping]:
    return (node for _, node, graph in _nodes(loaded) if graph == "facts")


def _sources(loaded: Loaded) -> dict[str, str]:
    """Return the source of each passage, whichever end names the other."""
    return {
        leaf.triple.subject.value.rpartition("/")[2]: leaf.triple.object.value.rpartition("/")[2]
        for leaf in loaded.leaves
        if leaf.triple.predicate.value == VOCABULARY + "inSource"
    }
