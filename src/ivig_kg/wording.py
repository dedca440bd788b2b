"""Wording: do quotation and label of a fact name the thing that the fact says something of?

A quotation can stand in its passage and belong to another fact; then the words are true and the claim
is not. The words that name a concept are its label, its aliases, its declared surface forms, and the
names that facts give it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from ivig_kg.findings import Finding, quoted
from ivig_kg.nodes import Document, Mapping, Scalar, mappings
from ivig_kg.quotation import normal
from ivig_kg.schema import SKOS, Form, Schema

NAMES = frozenset({SKOS + "prefLabel", SKOS + "altLabel", SKOS + "hiddenLabel"})
SAYS_NOTHING = frozenset({"id", "label", "note", "status", "reason", "curator", "reviewer"}) | {
    f"{done}On" for done in ("curated", "reviewed", "retracted")
}


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A concept: its class and the words that name it, longest first."""

    kind: str
    words: tuple[str, ...]


def check(documents: Iterable[Document], *, schema: Schema) -> list[Finding]:
    """Find facts whose quotation or label names another thing, and facts that say again what another one says.

    Returns:
        `quotation-names-other` and `label-names-other` at the words, `repeated-fact` at the id.
    """
    nodes = [n for d in documents for n in mappings(d.nodes)]
    concepts = _concepts(nodes, schema)
    findings: list[Finding] = []
    for node in nodes:
        objects = _objects(node, schema)
        if objects:
            findings += _quotation(node, objects, concepts, schema)
            findings += _label(node, objects, concepts, schema)
        elif (stated := node.get("statedAs")) and stated.text:
            findings += _literal(node, stated, schema)
    return findings + list(_repeated(nodes, schema))


def _kind(node: Mapping) -> str:
    kind = node.get("type")
    return kind.text if kind else ""


def _concepts(nodes: Iterable[Mapping], schema: Schema) -> dict[str, Named]:
    """Return every concept by its id, with the words that name it."""
    words: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    for node in nodes:
        name, about = node.get("id"), node.get("about")
        class_iri = schema.classes.get(_kind(node), "")
        if name and class_iri and schema.graph_of(class_iri) == "concepts":
            kinds[name.text] = class_iri
            words.setdefault(name.text, set()).update(_values(node, schema, NAMES))
        elif about and node.get("name"):
            words.setdefault(about.text, set()).update(v.text for v in (node.get("name"),) if v)
    return {key: Named(kind, tuple(sorted(words[key], key=lambda w: (-len(w), w)))) for key, kind in kinds.items()}


def _values(node: Mapping, schema: Schema, properties: frozenset[str]) -> Iterator[str]:
    for entry in node.entries:
        key = schema.keys.get(entry.key.text)
        if key and key.iri in properties:
            yield from (v.text for v in entry.values if isinstance(v, Scalar))


def _objects(node: Mapping, schema: Schema) -> list[str]:
    """Return the ids of what the quotation of a fact is to name."""
    properties = schema.noted(schema.classes.get(_kind(node), ""), "quotes")
    references = (k for k in schema.keys.values() if k.form is Form.REFERENCE and k.iri in properties)
    names = {k.name for k in references}
    return [v.text for e in node.entries if e.key.text in names for v in e.values if isinstance(v, Scalar)]


def _name(concept: Named | None, words: str) -> str | None:
    """Return the words by which a text names a concept, a plural too, or None."""
    text = normal(words).casefold()
    forms = concept.words if concept else ()
    return next((f for f in forms if re.search(rf"(?<!\w){re.escape(normal(f).casefold())}(e?s)?(?!\w)", text)), None)


def _quotation(node: Mapping, objects: list[str], concepts: dict[str, Named], schema: Schema) -> Iterator[Finding]:
    stated = node.get("statedAs")
    known = [o for o in objects if o in concepts]
    if stated is None or not stated.text or not known or any(_name(concepts[o], stated.text) for o in known):
        return
    other = _other(stated.text, _references(node, schema), known, concepts)
    means = f"; they name {quoted(other)}" if other else ""
    message = f"the words {quoted(stated.text)} do not name {quoted(known[0])}{means}"
    hint = f"quote the words for it, or add these to {quoted(known[0])} as a surfaceForm if they mean it"
    yield Finding("quotation-names-other", message, stated.position, hint=hint, subject=node.name)


def _label(node: Mapping, objects: list[str], concepts: dict[str, Named], schema: Schema) -> Iterator[Finding]:
    label = node.get("label")
    known = [o for o in objects if o in concepts]
    if label is None or not label.text or not known or any(_name(concepts[o], label.text) for o in known):
        return
    other = _other(label.text, _references(node, schema), known, concepts)
    if other:
        message = f"the label speaks of {quoted(other)}, and the fact of {quoted(known[0])}"
        hint = "mend the label or the fact, whichever is not what the source says"
        yield Finding("label-names-other", message, label.position, hint=hint, subject=node.name)


def _references(node: Mapping, schema: Schema) -> set[str]:
    """Return every id that a node names: what its words may speak of."""
    forms = {k.name for k in schema.keys.values() if k.form is Form.REFERENCE}
    return {v.text for e in node.entries if e.key.text in forms for v in e.values if isinstance(v, Scalar)}


def _other(words: str, spoken: set[str], objects: list[str], concepts: dict[str, Named]) -> str | None:
    """Return another concept of the same kind that some words name, one that the fact does not speak of anyway."""
    kinds = {concepts[o].kind for o in objects}
    named = [
        (-len(found), key)
        for key, concept in concepts.items()
        if concept.kind in kinds and key not in spoken and (found := _name(concept, words))
    ]
    return min(named)[1] if named else None


def _literal(node: Mapping, stated: Scalar, schema: Schema) -> Iterator[Finding]:
    """Hold a quotation against a name or a number that the fact itself gives."""
    for value in _values(node, schema, schema.noted(schema.classes.get(_kind(node), ""), "quotes")):
        if normal(value).casefold() not in normal(stated.text).casefold():
            message = f"the words {quoted(stated.text)} do not hold {quoted(value)}"
            hint = "quote the words that give it"
            yield Finding("quotation-names-other", message, stated.position, hint=hint, subject=node.name)


def _repeated(nodes: Iterable[Mapping], schema: Schema) -> Iterator[Finding]:
    """Find facts that say the same of the same passage as another one."""
    first: dict[frozenset[tuple[str, str]], Scalar] = {}
    for node in nodes:
        name, class_iri = node.get("id"), schema.classes.get(_kind(node), "")
        if name is None or not class_iri or schema.graph_of(class_iri) != "facts":
            continue
        said = frozenset(
            (e.key.text, v.text)
            for e in node.entries
            for v in e.values
            if isinstance(v, Scalar) and e.key.text not in SAYS_NOTHING
        )
        if said in first:
            related = (("the first stands at", first[said].position),)
            message = f"the fact says what {quoted(first[said].text)} says, of the same passage"
            hint = "take one of them out, or name the passage of the second mention"
            yield Finding("repeated-fact", message, name.position, hint=hint, subject=node.name, related=related)
        first.setdefault(said, name)
