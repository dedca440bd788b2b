"""Lookup: find a node by its names, and show what the graph says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from ivig_kg.findings import printable
from ivig_kg.rendition import short, table
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import RDF, SKOS, Triple
from ivig_kg.spelling import nearest

_NAMES = (SKOS + "prefLabel", SKOS + "altLabel", VOCABULARY + "name", VOCABULARY + "statedAs")


def matches(wanted: Sequence[str], triples: Iterable[Triple]) -> list[list[str]]:
    """Return id, class and label of the nodes that have a label or name with every word, sorted.

    Case does not matter, and a word may be the beginning or the middle of one. Where nothing
    fits, a word that is known and looks alike is taken instead.
    """
    names: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for triple in sorted(triples, key=str):
        subject = triple.subject.value
        if not subject.startswith(THINGS):
            continue
        if triple.predicate.value in _NAMES:
            names.setdefault(subject, [subject.removeprefix(THINGS)]).append(triple.object.value.casefold())
        if triple.predicate.value == _NAMES[0]:
            labels[subject] = triple.object.value
        if triple.predicate.value == RDF + "type":
            kinds.setdefault(subject, triple.object.value.removeprefix(VOCABULARY))
    words = [w.casefold() for text in wanted for w in text.split()]
    found = _holding(words, names)
    if not found:
        known = frozenset(w for texts in names.values() for text in texts for w in text.split())
        found = _holding([nearest(w, known) or w for w in words], names)
    return [[s.removeprefix(THINGS), kinds.get(s, ""), labels.get(s, "")] for s in found]


def _holding(words: list[str], names: Mapping[str, list[str]]) -> list[str]:
    return sorted(s for s, texts in names.items() if words and any(all(w in text for w in words) for text in texts))


def card(slug: str, triples: Iterable[Triple], *, position: str, prefixes: Mapping[str, str]) -> str:
    """Return what the graph says of a node: its own triples, then those that point at it.

    Args:
        slug: The id of the node.
        triples: The graph.
        position: Where the node stands in the files.
        prefixes: They shorten IRIs.
    """
    iri = THINGS + slug
    triples = sorted(triples, key=str)
    labels = {t.subject.value: t.object.value for t in triples if t.predicate.value == SKOS + "prefLabel"}
    shown = dict(prefixes) | {"": THINGS, " ": VOCABULARY}

    def name(term: ox.NamedNode | ox.Literal) -> str:
        """Return a term as a reader knows it, with its label."""
        text = short(term, shown).removeprefix(" :").removeprefix(":")
        label = labels.get(term.value)
        return f"{text}  ({label})" if label and isinstance(term, ox.NamedNode) else text

    own = [[name(t.predicate), name(t.object)] for t in triples if t.subject.value == iri]
    back = [[name(t.predicate), name(t.subject)] for t in triples if getattr(t.object, "value", None) == iri]
    width = max(len(key) for key, _ in own + back)
    lines = [labels.get(iri, slug), f"<{iri}>", position, ""]
    lines += [f"  {key.ljust(width)}  {value}" for key, value in own]
    if back:
        lines += ["", "named by"] + [f"  {key.ljust(width)}  {value}" for key, value in back]
    return "\n".join(map(printable, lines)) + "\n"


def listing(rows: list[list[str]]) -> str:
    """Return what `matches` gave as a table."""
    return table(["id", "type", "label"], rows)
