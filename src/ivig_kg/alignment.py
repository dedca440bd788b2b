"""Alignment: does each row of the table of mappings hold, by itself and beside the others?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ivig_kg.findings import Finding, Position, quoted
from ivig_kg.identifiers import JUSTIFICATIONS, NEVER_EXACT, NO_LABELS, PREDICATES, form, usual
from ivig_kg.schema import SKOS, Schema
from ivig_kg.spelling import SCHEMES, did_you_mean, only_near
from ivig_kg.terms import Row, Table

_OWN = ("https://w3id.org/ivig-kg/", SKOS, "https://w3id.org/semapv/")
_WIDER_OR_NARROWER = frozenset({"skos:broadMatch", "skos:narrowMatch"})
# a row with one of these may speak of another concept or term than it says
_MISTAKEN = frozenset({"mapping-label", "mapping-names-other"})

Names = Mapping[str, Sequence[str]]
Problem = tuple[str, str, str, str | None]


def check(table: Table, *, schema: Schema, names: Names, known: frozenset[str]) -> list[Finding]:
    """Check every row by itself and against the others.

    Args:
        table: What `terms.read` gave.
        schema: Its context must not use a prefix of the table as a term.
        names: The label and the aliases of every concept by its id, the label first.
        known: Ids that may exist although their file cannot be read.
    """
    findings = [*table.findings, *_prefixes(table, schema)]
    pairs = {(row.cells["subject_id"], row.cells["object_id"]) for row in table.rows}
    mistaken = set()
    owners = _owners(names)
    for row in table.rows:
        for code, column, message, hint in _row_problems(row, table.prefixes, names, known, owners, pairs):
            subject, fix = row.cells["subject_label"] or None, _fix(code, row, table.prefixes)
            findings.append(Finding(code, message, row.at(column), hint=hint, subject=subject, fix=fix))
            if code in _MISTAKEN:
                mistaken.add(row.number)
    return findings + list(_repeated(table.rows, mistaken))


def _prefixes(table: Table, schema: Schema) -> Iterator[Finding]:
    """Find prefixes that mean something else in the context, and two that share an address."""
    first: dict[str, str] = {}
    for prefix, iri in sorted(table.prefixes.items(), key=lambda pair: (not _is_its_own(*pair), pair)):
        at = table.places[prefix]
        other = schema.context.get(prefix)
        if other is not None and other != iri:
            message = f"the prefix {quoted(prefix)} is a term of the context and means something else there"
            yield Finding("prefix-is-term", message, Position(at.path, at.line, 1))
        if first.setdefault(iri, prefix) != prefix:
            message = f"the prefixes {quoted(first[iri])} and {quoted(prefix)} have one address"
            related = (("the other one stands at", table.places[first[iri]]),)
            hint = f"write the address that the vocabulary of {quoted(prefix)} gives its identifiers"
            yield Finding("duplicate-prefix", message, at, hint=hint, related=related)


def _is_its_own(prefix: str, iri: str) -> bool:
    """Tell whether an address seems to belong to its prefix: most hold it."""
    return prefix.casefold() in iri.casefold()


def _fix(code: str, row: Row, prefixes: Mapping[str, str]) -> str | None:
    """Return what should stand in a cell where only one thing can: a word of a list, a prefix but for its capitals."""
    if code == "mapping-predicate":
        return only_near(row.cells["predicate_id"], PREDICATES)
    if code == "mapping-justification":
        return only_near(row.cells["mapping_justification"], JUSTIFICATIONS)
    same = [p for p in prefixes if p.casefold() == row.prefix.casefold()]
    if code == "undeclared-prefix" and len(same) == 1:
        return same[0] + row.cells["object_id"].removeprefix(row.prefix)
    return None


def _row_problems(
    row: Row,
    prefixes: Mapping[str, str],
    names: Names,
    known: frozenset[str],
    owners: Mapping[str, str],
    pairs: Collection[tuple[str, str]],
) -> Iterator[Problem]:
    cells = row.cells
    yield from _subject_problems(row, names, known)
    yield from _name_problems(row, names, owners, pairs)
    if cells["predicate_id"] not in PREDICATES:
        hint = did_you_mean(cells["predicate_id"], PREDICATES)
        if cells["predicate_id"] == "owl:sameAs":
            hint = "it would make both one thing, with all that is said of either; write skos:exactMatch"
        yield "mapping-predicate", "predicate_id", f"{quoted(cells['predicate_id'])} is not a kind of mapping", hint
    yield from _object_problems(row, prefixes)
    if cells["mapping_justification"] not in JUSTIFICATIONS:
        hint = did_you_mean(cells["mapping_justification"], JUSTIFICATIONS)
        message = f"{quoted(cells['mapping_justification'])} is not a justification of SEMAPV"
        hint = hint or "write semapv:ManualMappingCuration where a person made the mapping"
        yield "mapping-justification", "mapping_justification", message, hint


def _subject_problems(row: Row, names: Names, known: frozenset[str]) -> Iterator[Problem]:
    here, subject = row.cells["subject_label"], row.cells["subject_id"].removeprefix("kg:")
    if not row.cells["subject_id"].startswith("kg:"):
        yield "mapping-subject", "subject_id", "a subject is the id of a concept with the prefix `kg:`", None
    elif subject not in names and subject not in known:
        hint = did_you_mean(subject, frozenset(names))
        yield "unknown-id", "subject_id", f"there is no concept {quoted(subject)}", hint
    elif subject in names and _label(names[subject]) != here:
        label = _label(names[subject])
        other = next((key for key, words in sorted(names.items()) if here and _label(words) == here), None)
        hint = f"write `{label}`" + (f", or did you mean kg:{other}, whose label this is?" if other else "")
        called = f"the concept {quoted(subject)} is called {quoted(label)}"
        yield "mapping-label", "subject_label", f"{called}, and here {quoted(here)}", hint


def _label(names: Sequence[str]) -> str:
    return names[0] if names else ""


def _owners(names: Names) -> dict[str, str]:
    """Return the concept that each name belongs to, the name without capitals; of two concepts the first by id."""
    return {name.casefold(): key for key, words in sorted(names.items(), reverse=True) for name in words if name}


def _name_problems(
    row: Row, names: Names, owners: Mapping[str, str], pairs: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """Find a term that has the name of another concept.

    A wider or narrower term may have it, and a term that the other concept is mapped to as well.
    """
    subject, label = row.cells["subject_id"].removeprefix("kg:"), row.cells["object_label"]
    own = names.get(subject, ())
    if row.cells["predicate_id"] in _WIDER_OR_NARROWER or _label(own) != row.cells["subject_label"]:
        return
    if not own or _is_name(label, own):
        return
    other = owners.get(label.casefold())
    if other is not None and (f"kg:{other}", row.cells["object_id"]) not in pairs:
        message = f"{quoted(label)} is a name of the concept {quoted(other)}, and the row is about {quoted(subject)}"
        hint = f"name the concept kg:{other}, or the term that means {quoted(subject)}"
        yield "mapping-names-other", "object_label", message, hint


def _is_name(label: str, names: Sequence[str]) -> bool:
    return label.casefold() in {name.casefold() for name in names if name}


def _object_problems(row: Row, prefixes: Mapping[str, str]) -> Iterator[Problem]:
    cells, prefix = row.cells, row.prefix
    name, local = quoted(cells["object_id"]), cells["object_id"].partition(":")[2]
    if prefix not in prefixes:
        message = f"the prefix {quoted(prefix)} is not in the curie_map of the table"
        meant = usual(prefix)
        hint = f"did you mean `{meant}`?" if meant in prefixes else did_you_mean(prefix, frozenset(prefixes))
        yield "undeclared-prefix", "object_id", message, hint
    elif prefixes[prefix].startswith(_OWN):
        yield "mapping-object", "object_id", f"{name} is not an identifier of a public vocabulary", None
    elif prefixes[prefix].partition(":")[0] not in SCHEMES:
        message = f"the prefix {quoted(prefix)} does not lead to an https:// or http:// address"
        yield "iri-scheme", "object_id", message, None
    elif not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:+-]*", local):
        yield "mapping-object", "object_id", f"{name} is not an identifier", None
    elif (should := form(prefix, local)) is not None:
        message = f"{name} is not an identifier of {prefix}"
        yield "mapping-object", "object_id", message, f"after `{prefix}:` stand {should}"
    if prefix in NO_LABELS and cells["object_label"]:
        message = f"labels of {prefix} may not be copied: keep the id alone"
        yield "mapping-licence", "object_label", message, "empty object_label"
    if prefix in NEVER_EXACT and cells["predicate_id"] == "skos:exactMatch" and _other_kind(row):
        message = f"a term of {prefix} that is a vaccine or an adverse event is never exact"
        yield "mapping-exact", "predicate_id", message, "use skos:closeMatch"


def _other_kind(row: Row) -> bool:
    label = row.cells["object_label"]
    return row.prefix == "OAE" or "vaccine" in label.casefold()


def _repeated(rows: Sequence[Row], mistaken: Collection[int]) -> Iterator[Finding]:
    """Find rows that say a thing twice, and exact matches that cannot all be exact.

    Rows by number that speak of another concept or term than they say are not held to be exact.
    """
    pairs: dict[tuple[str, str], Row] = {}
    vocabulary: dict[tuple[str, str], Row] = {}
    objects: dict[str, Row] = {}
    for row in rows:
        subject, target = row.cells["subject_id"], row.cells["object_id"]
        first = pairs.setdefault((subject, target), row)
        if first is not row:
            yield _again("mapping-repeated", f"{subject} and {target} are mapped twice", row, first)
        elif row.cells["predicate_id"] == "skos:exactMatch" and row.number not in mistaken:
            other = vocabulary.setdefault((subject, row.prefix), row)
            if other is not row:
                yield _again("mapping-exact", f"{subject} has two exact matches in {row.prefix}", row, other)
            other = objects.setdefault(target, row)
            if other is not row:
                yield _again("mapping-exact", f"{target} is exact for two concepts", row, other)


def _again(code: str, message: str, row: Row, first: Row) -> Finding:
    related = (("the first stands at", first.at("object_id")),)
    return Finding(code, message, row.at("object_id"), subject=row.cells["subject_label"] or None, related=related)
