"""Gaps: what the facts of a project lack as a whole, each told in one note that counts.

They are no mistakes of a file, so one note for all says more than one for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType

from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.nodes import Document, Mapping, Scalar, mappings
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import Form, Schema

CONCEPTS = "concepts"  # the folder of what facts speak about
YEARS = 2
SHOWN = 3

Parents = MappingType[str, str]
Fact = tuple[Mapping, set[str]]  # with the sources that it rests on

_DATES = ("date", "issuedInMonth", "issuedInYear")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def check(documents: Iterable[Document], *, parents: Parents, schema: Schema) -> list[Finding]:
    """Find what is missing as a whole: dates, newer sources, second sources, uses of concepts.

    Args:
        documents: All documents of the project.
        parents: The source of each passage, by the id of the passage.
        schema: What classes and keys there are.

    Returns:
        At most one note each: `source-undated`, `source-old`, `single-source` and `concept-unused`. The first
        three need two sources to compare.
    """
    documents = list(documents)
    nodes = [n for d in documents for n in mappings(d.nodes)]
    sources = {n.text("id"): n for n in nodes if n.text("type") == "Source" and n.get("id")}
    found = list(_unused(documents, nodes, schema))
    if len(sources) > 1:
        facts = list(_facts(nodes, parents, schema))
        found += [*_undated(sources), *_old(sources, facts), *_single(facts, _wider(nodes), schema)]
    return found


def _undated(sources: dict[str, Mapping]) -> Iterator[Finding]:
    names = [name for name, node in sources.items() if not any(node.get(key) for key in _DATES)]
    if names:
        bear, they = ("bears", "it says") if len(names) == 1 else ("bear", "they say")
        message = f"{len(names)} of {len(sources)} sources {bear} no date: {_some(names)}"
        yield _note("source-undated", message, sources[names[0]], f"never call what {they} current")


def _old(sources: dict[str, Mapping], facts: list[Fact]) -> Iterator[Finding]:
    """Find sources that are years older than the newest one of their kind that speaks of the same medicine."""
    about: dict[str, set[tuple[str, str]]] = {}
    for node, evidence in facts:
        for source in evidence & set(sources):
            about.setdefault(source, set()).add((node.text("about"), sources[source].text("sourceKind")))
    dates = {name: found for name, node in sources.items() if _DATE.fullmatch(found := _date(node))}
    newest: dict[tuple[str, str], str] = {}
    for name, date in dates.items():
        for medicine in about.get(name, ()):
            newest[medicine] = max(newest.get(medicine, date), date)
    names = [n for n, d in dates.items() if any(_is_old(d, newest[m]) for m in about.get(n, ()))]
    if names:
        are = "source is" if len(names) == 1 else "sources are"
        message = f"{len(names)} {are} {YEARS} years or more older than another of the kind on the same medicine: "
        message += _some(names)
        yield _note("source-old", message, sources[names[0]], "look in the newer one whether the claims still stand")


def _is_old(date: str, newest: str) -> bool:
    """Tell whether one date is years before another, however much of each is known.

    >>> _is_old("2020-12-31", "2022-01-01"), _is_old("2020-01-01", "2022-01-01"), _is_old("2020", "2022-06")
    (False, True, False)
    """
    later = f"{int(date[:4]) + YEARS:04}{date[4:]}"
    last_day = later + "-12-31"[len(later) - 4 :]
    return last_day <= newest + "-01-01"[len(newest) - 4 :]


def _single(facts: list[Fact], wider: dict[str, str], schema: Schema) -> Iterator[Finding]:
    """Count the claims (kind of fact, and what it says of a medicine of the same kind) that rest on one source."""
    claims: dict[tuple[str, str, str], set[str]] = {}
    for node, evidence in facts:
        main = schema.noted(schema.classes[node.text("type")], "mainProperty")
        for entry in node.entries:
            key = schema.keys.get(entry.key.text)
            for value in entry.values if key and key.iri in main and key.form is Form.REFERENCE else ():
                if isinstance(value, Scalar):
                    claim = node.text("type"), _drug(node.text("about"), wider), value.text
                    claims.setdefault(claim, set()).update(evidence)
    alone = [claim for claim, found in claims.items() if len(found) == 1]
    if alone:
        rest = "rests" if len(alone) == 1 else "rest"
        message = f"{len(alone)} of {len(claims)} claims {rest} on one source alone"
        yield _note("single-source", message, facts[0][0], "a claim counts once for each kind of fact, drug and object")


def _unused(documents: Iterable[Document], nodes: list[Mapping], schema: Schema) -> Iterator[Finding]:
    """Find concepts in the folder of concepts that no other node names."""
    references = {k.name for k in schema.keys.values() if k.form is Form.REFERENCE}
    named = {
        value.text
        for node in nodes
        for entry in node.entries
        if entry.key.text in references
        for value in entry.values
        if isinstance(value, Scalar) and value.text != node.text("id")
    }
    idle = [
        node
        for document in documents
        if CONCEPTS in document.path.split("/")[:-1]
        for node in mappings(document.nodes)
        if node.get("id") and node.text("id") not in named
    ]
    if idle:
        are, them = ("concept is", "it out, or write the fact that it waits for")
        if len(idle) > 1:
            are, them = ("concepts are", "them out, or write the facts that they wait for")
        message = f"{len(idle)} {are} named by no fact and no other concept: {_some(n.text('id') for n in idle)}"
        yield _note("concept-unused", message, idle[0], f"take {them}")


def _facts(nodes: list[Mapping], parents: Parents, schema: Schema) -> Iterator[Fact]:
    """Yield the live facts, each with the sources it rests on."""
    for node in nodes:
        class_iri = schema.classes.get(node.text("type"), "")
        if (
            VOCABULARY + "Fact" in schema.ancestors(class_iri)
            and node.text("status") != "retracted"
            and not node.get("supersededBy")
        ):
            yield node, {parents[e.text] for e in node.scalars("evidence") if e.text in parents}


def _wider(nodes: list[Mapping]) -> dict[str, str]:
    return {n.text("id"): v.text for n in nodes for v in n.scalars("broader")}


def _drug(name: str, wider: dict[str, str]) -> str:
    """Return the widest drug above a medicine, or the medicine itself."""
    seen: set[str] = set()
    while name in wider and name not in seen:
        seen.add(name)
        name = wider[name]
    return name


def _date(source: Mapping) -> str:
    return next((v.text for key in _DATES if (v := source.get(key))), "")


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = "" if len(listed) <= SHOWN else " and more"
    return ", ".join(quoted(name) for name in listed[:SHOWN]) + more


def _note(code: str, message: str, node: Mapping, hint: str) -> Finding:
    place = node.get("id")
    position = place.position if place else node.position
    return Finding(code, message, position, Severity.NOTE, hint=hint, subject=node.name)
