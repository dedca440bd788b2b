"""Compare: two editions of the graph, node by node and value by value.

Both sides are triples, whether they come from YAML or from a release, so that a project and its own
exports have no difference. Values are compared as they were typed: 0.4 is not 0.40.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from ivig_kg import answers, impact
from ivig_kg.comparison import Comparison, Difference, Edition, Field, Query
from ivig_kg.impact import Change, Values
from ivig_kg.resources import THINGS
from ivig_kg.schema import OWL, SKOS
from ivig_kg.sides import TYPE, Names, Side

ORDER = (
    "fact",
    "concept",
    "source",
    "passage",
    "mapping",
    "direct triple",
    "class",
    "property",
    "word",
    "term",
    "query",
    "answer",
)

_LINK = frozenset({"subject_id", "predicate_id", "object_id"})


def compare(old: Edition, new: Edition) -> Comparison:
    """Return what differs between two editions; of a single facts file only its nodes are compared."""
    merged = old.derived is None or new.derived is None
    pair = _Pair(old, new, merged=merged)
    files = [e.only for e in (old, new) if e.only is not None]
    found = list(pair.nodes(frozenset().union(*files) if files else None))
    if not files:
        found += [*pair.direct(), *pair.mappings(), *pair.terms(), *pair.queries(), *answers.differences(old, new)]
    found.sort(key=lambda d: (ORDER.index(d.what), d.name, d.how))
    return Comparison(old.name, new.name, tuple(found), tuple(_notes(old, new, merged=merged)))


def _notes(old: Edition, new: Edition, *, merged: bool) -> Iterator[str]:
    for edition in (old, new):
        yield from (f"{edition.name}: {note}" for note in edition.notes)
    if merged:
        yield "one side does not tell stated from derived: names that facts give count as aliases"
    if old.only is not None or new.only is not None:
        yield "a single file: mappings, direct triples, vocabulary and queries are not compared"
    elif old.queries is None or new.queries is None:
        yield "exports hold no named queries and no remarks on mappings: they are not compared"


class _Pair:
    """Two sides, and how to show what is in them."""

    def __init__(self, old: Edition, new: Edition, *, merged: bool) -> None:
        keys = {**old.keys, **new.keys}
        self.editions = (old, new)
        self.old, self.new = (Side(e, known=keys, merged=merged) for e in (old, new))
        self.names = Names(keys=keys, prefixes={**old.prefixes, **new.prefixes})
        self.main = {t.object.value for e in (old, new) for t in e.ontology if t.predicate.value == impact.MAIN}

    def nodes(self, only: frozenset[str] | None) -> Iterator[Difference]:
        """Yield facts, concepts, sources and passages that differ, of some ids or of all."""
        old, new = (
            {n for n in side.nodes if only is None or n.removeprefix(THINGS) in only} for side in (self.old, self.new)
        )
        same = self._same_content(old - new, new - old)
        for iri in old - new:
            yield self._node(iri, self.old, "removed", (Change.NODE_REMOVED,), same_as=same.get(iri))
        for iri in new - old:
            yield self._node(iri, self.new, "added", (Change.NODE_ADDED,), same_as=same.get(iri))
        for iri in old & new:
            fields = tuple(self._fields(iri, self.old.nodes[iri], self.new.nodes[iri], self._of_node(iri)))
            if fields:
                yield self._node(iri, self.new, "changed", tuple(f.change for f in fields), fields=fields)

    def _same_content(self, gone: Iterable[str], new: Iterable[str]) -> dict[str, str]:
        """Pair removed with added nodes of one content: an id was changed."""
        by_content: dict[Any, list[str]] = {}
        for iri in sorted(new):
            by_content.setdefault(frozenset(self.new.nodes[iri].items()), []).append(iri)
        pairs: dict[str, str] = {}
        for iri in sorted(gone):
            if twins := by_content.get(frozenset(self.old.nodes[iri].items())):
                twin = twins.pop(0)
                pairs |= {iri: twin.removeprefix(THINGS), twin: iri.removeprefix(THINGS)}
        return pairs

    def _node(self, iri: str, side: Side, how: str, changes: tuple[Change, ...], **more: Any) -> Difference:
        return Difference(
            side.sort(iri),
            how,
            iri.removeprefix(THINGS),
            changes,
            label=side.label(iri),
            kind=", ".join(sorted(map(self.names.show, side.classes(iri)))) or None,
            place=side.places.get(iri),
            **more,
        )

    def _of_node(self, iri: str) -> Callable[[str, frozenset[Any], frozenset[Any]], Change]:
        """Return the function that says what kind of change other values of a property of a node are."""
        old, new, kind = self.old.nodes[iri], self.new.nodes[iri], self.new.sort(iri)

        def change(predicate: str, gone: frozenset[Any], came: frozenset[Any]) -> Change:
            """Return what kind of change it is that a property lost some values and got others."""
            if predicate == TYPE:
                return Change.CLASS_CHANGED
            if kind == "fact" and predicate in {impact.STATUS, impact.SUPERSEDED}:
                return impact.of_state(predicate, old=old, new=new)
            return impact.of_value(predicate, gone=gone, new=came, kind=kind, main=self.main)

        return change

    def _fields(
        self, iri: str, old: Values, new: Values, change: Callable[[str, frozenset[Any], frozenset[Any]], Change]
    ) -> Iterator[Field]:
        """Yield the properties whose values differ, sorted by their keys."""
        nothing: frozenset[Any] = frozenset()
        for predicate in sorted({*old, *new}, key=self.names.key):
            before, after = old.get(predicate, nothing), new.get(predicate, nothing)
            gone, came = before - after, after - before
            if gone or came:
                place = self.new.place(iri, predicate, came) or self.old.place(iri, predicate, gone)
                shown = self.names.shown(gone, came)
                yield Field(self.names.key(predicate), *shown, change(predicate, gone, came), place)

    def direct(self) -> Iterator[Difference]:
        """Yield derived triples that came or went; those that say what a changed node is are told with the node."""
        for side, other, how, change in (
            (self.old, self.new, "removed", Change.DIRECT_GONE),
            (self.new, self.old, "added", Change.DIRECT_ADDED),
        ):
            for triple in side.direct - other.direct:
                iri = triple.subject.value
                if triple.predicate.value != TYPE or side.classes(iri) == other.classes(iri):
                    name = " ".join(
                        (self.names.show(triple.subject), self._predicate(triple), self.names.show(triple.object))
                    )
                    yield Difference("direct triple", how, name, (change,), label=self._sentence(triple, side))

    def _predicate(self, triple: Any) -> str:
        return "type" if triple.predicate.value == TYPE else self.names.short(triple.predicate.value)

    @staticmethod
    def _sentence(triple: Any, side: Side) -> str | None:
        """Return the labels of subject and object of a triple, where they say more than the ids."""
        ends = [side.label(t.value) for t in (triple.subject, triple.object) if isinstance(t, ox.NamedNode)]
        return " - ".join(e for e in ends if e) or None

    def mappings(self) -> Iterator[Difference]:
        """Yield mappings that came, went, or have other remarks."""
        old, new = (edition.mappings for edition in self.editions)
        for link in {*old, *new}:
            side, rows = (self.new, new) if link in new else (self.old, old)
            how, changes, fields = "changed", (Change.MAPPING_REMARKS,), self._remarks(link)
            if link not in old or link not in new:
                how, change = ("added", Change.MAPPING_ADDED) if link in new else ("removed", Change.MAPPING_GONE)
                changes, fields = (change,), ()
            elif not fields:
                continue
            subject, predicate, target = (iri.removeprefix(THINGS) for iri in link)
            name = f"{subject} {self.names.short(predicate)} {self.names.short(target)}"
            labels = (side.label(link[0]), rows[link].get("object_label"))
            label = " - ".join(text for text in labels if text) or None
            yield Difference("mapping", how, name, changes, label=label, fields=fields, place=side.places.get(link))

    def _remarks(self, link: tuple[str, str, str]) -> tuple[Field, ...]:
        """Return the columns of a mapping that differ; a release has none of them."""
        old, new = (edition.mappings.get(link, {}) for edition in self.editions)
        if not old or not new:
            return ()
        texts = ((c, old.get(c, ""), new.get(c, "")) for c in sorted({*old, *new} - _LINK))
        place = self.new.places.get(link)
        return tuple(
            Field(c, (a,) * bool(a), (b,) * bool(b), Change.MAPPING_REMARKS, place) for c, a, b in texts if a != b
        )

    def terms(self) -> Iterator[Difference]:
        """Yield classes, properties and words that differ."""
        old, new = self.old.terms, self.new.terms
        for iri in {*old, *new}:
            what = _what(new.get(iri) or old[iri])
            name = self.names.short(iri)
            if iri not in new:
                yield Difference(what, "removed", name, (Change.TERM_GONE,))
            elif iri not in old:
                yield Difference(what, "added", name, (Change.TERM_ADDED,))
            elif fields := tuple(self._fields(iri, old[iri], new[iri], _of_term)):
                yield Difference(what, "changed", name, tuple(f.change for f in fields), fields=fields)

    def queries(self) -> Iterator[Difference]:
        """Yield named queries that differ."""
        old, new = (edition.queries for edition in self.editions)
        if old is None or new is None:
            return
        for name in {*old, *new}:
            if name not in new:
                yield Difference("query", "removed", name, (Change.QUERY_GONE,), label=old[name].question)
            elif name not in old:
                yield Difference("query", "added", name, (Change.QUERY_ADDED,), label=new[name].question)
            elif old[name] != new[name]:
                fields = tuple(_query_fields(old[name], new[name]))
                changes = tuple(f.change for f in fields)
                yield Difference("query", "changed", name, changes, label=new[name].question, fields=fields)


def _query_fields(old: Query, new: Query) -> Iterator[Field]:
    if old.columns != new.columns:
        yield Field("columns", old.columns, new.columns, Change.QUERY_GONE)
    if old.question != new.question:
        yield Field("question", (old.question,), (new.question,), Change.QUERY_WORDING)
    if old.text != new.text:
        yield Field("text", (), (), Change.QUERY_ADDED)


def _of_term(predicate: str, gone: frozenset[Any], new: frozenset[Any]) -> Change:
    return impact.of_term(predicate, gone=gone, new=new)


def _what(values: Values) -> str:
    """Return what a term of the vocabulary is."""
    kinds = {t.value for t in values.get(TYPE, ())}
    if OWL + "Class" in kinds:
        return "class"
    if any(kind.endswith("Property") for kind in kinds):
        return "property"
    return "word" if SKOS + "Concept" in kinds else "term"
