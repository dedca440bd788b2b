"""Wording: do quotation and label of a fact name the thing that the fact says something of, and once?

A quotation can stand in its passage and belong to another fact; then the words are true and the claim
is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivig_kg import naming
from ivig_kg.findings import Finding, quoted
from ivig_kg.naming import MEDICINES, SHOWN, Lexicon
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.quotation import normal
from ivig_kg.resources import VOCABULARY
from ivig_kg.schema import Form

SAYS_NOTHING = frozenset({"id", "label", "note", "status", "reason", "curator", "reviewer"}) | {
    f"{done}On" for done in ("curated", "reviewed", "retracted")
}
_QUOTED = frozenset({"statedAs", "certaintyAsStated"})  # two quotations from one passage make no second claim
# what two facts from one passage cannot say both ways
JUDGED = frozenset({"seriousness", "frequency", "frequencyAsStated"})
_WORDS = frozenset({"seriousness", "frequency"})
_PEOPLE = frozenset({VOCABULARY + "Population"})
_CONDITIONS = frozenset({VOCABULARY + "Condition"})
_MEND = "mend the label or the fact, whichever is not what the source says"
_MEASURES = ("frequencyAsStated", "certaintyAsStated")


def check(lexicon: Lexicon) -> list[Finding]:
    """Find facts whose words name another thing, facts that repeat or contradict another one, and shared names.

    Facts are judged each by itself where the lexicon says so, and compared with one another wherever they stand.

    Returns:
        `quotation-names-other` and `label-names-other` at the words, `repeated-fact` and `facts-disagree` at
        the fact, `shared-name` at the name.
    """
    findings: list[Finding] = []
    for node in lexicon.judged:
        objects = lexicon.objects(node)
        stated, label = node.get("statedAs"), node.get("label")
        if objects and stated and stated.text:
            findings += _quotation(node, stated, objects, lexicon)
        elif stated and stated.text:
            findings += _literal(node, stated, lexicon)
        if label and label.text:
            findings += _label(node, label, objects, lexicon)
        findings += _measures(node, lexicon)
    return [*findings, *_repeated(lexicon), *_disagreeing(lexicon), *_shared(lexicon)]


def _quotation(node: Mapping, stated: Scalar, objects: list[str], lexicon: Lexicon) -> Iterator[Finding]:
    if any(lexicon.words_for(o, stated.text) for o in objects):
        return
    other = next(iter(lexicon.others(node, stated.text, _kinds(objects, lexicon))), None)
    message = f"the words {quoted(stated.text)} do not name {quoted(objects[0])}"
    hint = f"quote the words for it, or add these to {quoted(objects[0])} as a surfaceForm if they mean it"
    if other:
        message += f"; they name {quoted(other)}"
        hint = "quote the words for it, or mend what the fact says"
    yield Finding("quotation-names-other", message, stated.position, hint=hint, subject=node.name)


def _literal(node: Mapping, stated: Scalar, lexicon: Lexicon) -> Iterator[Finding]:
    """Hold a quotation against a name or a number that the fact itself gives."""
    schema = lexicon.schema
    properties = schema.noted(schema.classes.get(node.text("type"), ""), "quotes")
    texts = frozenset(k.iri for k in schema.keys.values() if k.form is Form.TEXT and k.iri in properties)
    for value in naming.values(node, schema, texts):
        if normal(value.text).casefold() not in normal(stated.text).casefold():
            message = f"the words {quoted(stated.text)} do not hold {quoted(value.text)}"
            hint = "quote the words that give it"
            yield Finding("quotation-names-other", message, stated.position, hint=hint, subject=node.name)


def _label(node: Mapping, label: Scalar, objects: list[str], lexicon: Lexicon) -> Iterator[Finding]:
    """Find a label that speaks of another thing: object, drug, or the condition that a regimen is for."""
    about, population = node.get("about"), node.get("population")
    for own, kinds in (
        (objects, _kinds(objects, lexicon)),
        (_known(about, lexicon), MEDICINES),
        (_known(population, lexicon), _PEOPLE),
        (_conditions(node, lexicon), _CONDITIONS),
    ):
        if not own or any(lexicon.words_for(o, label.text) for o in own):
            continue
        other = next((name for name in lexicon.others(node, label.text, kinds) if name not in own), None)
        if other:
            message = f"the label speaks of {quoted(other)}, and the fact of {quoted(own[0])}"
            yield Finding("label-names-other", message, label.position, hint=_MEND, subject=node.name)
            return


def _known(reference: Scalar | None, lexicon: Lexicon) -> list[str]:
    return [reference.text] if reference and reference.text in lexicon.concepts else []


def _kinds(names: list[str], lexicon: Lexicon) -> frozenset[str]:
    return frozenset(lexicon.concepts[name].kind for name in names)


def _conditions(node: Mapping, lexicon: Lexicon) -> list[str]:
    """Return the conditions that a fact is for: its own, or those of the indications that it names."""
    named = {v.text for v in node.scalars("forIndication")}
    found = [node.text("condition"), *(n.text("condition") for n in lexicon.facts_of(named))]
    return [name for name in found if name in lexicon.concepts]


def _measures(node: Mapping, lexicon: Lexicon) -> Iterator[Finding]:
    """Find words for how often or how certain that name a thing."""
    for key in _MEASURES:
        words = node.get(key)
        named = lexicon.named(words.text) if words else None
        if words and named:
            message = f"the words {quoted(words.text)} name {quoted(named)}, and say nothing for `{key}`"
            hint = "quote the words that say how often, or how certain"
            yield Finding("quotation-names-other", message, words.position, hint=hint, subject=node.name)


def _said(node: Mapping, leave: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return what a fact says, without some keys."""
    pairs = ((e.key.text, v.text) for e in node.entries for v in e.values if isinstance(v, Scalar))
    return frozenset((key, text) for key, text in pairs if key not in leave)


def _repeated(lexicon: Lexicon) -> Iterator[Finding]:
    """Find facts that say the same of the same passage as another one, whatever other passages each names."""
    first: dict[tuple[frozenset[tuple[str, str]], str], Scalar] = {}
    for node in lexicon.facts:
        name, said = node.get("id"), _said(node, SAYS_NOTHING | _QUOTED | {"evidence", "conflictsWith"})
        keys = [(said, passage.text) for passage in node.scalars("evidence")] or [(said, "")]
        other = next((first[key] for key in keys if key in first), None)
        if name and other:
            related = (("the first stands at", other.position),)
            message = f"the fact says what {quoted(other.text)} says, of the same passage"
            hint = "take one of them out, or name the passage of the second mention"
            yield Finding("repeated-fact", message, name.position, hint=hint, subject=node.name, related=related)
        elif name:
            first |= dict.fromkeys(keys, name)


def _disagreeing(lexicon: Lexicon) -> Iterator[Finding]:
    """Find live facts that say the same of the same passage but for how serious or how frequent it is."""
    first: dict[frozenset[tuple[str, str]], Mapping] = {}
    left = SAYS_NOTHING | JUDGED | {"certaintyAsStated", "frequencyPercent", "frequencyCount", "frequencyTotal"}
    for node in lexicon.facts:
        if node.text("status") == "retracted":
            continue
        said = _said(node, left)
        other = first.setdefault(said, node)
        for key in sorted(JUDGED) if other is not node else ():
            here, there = node.get(key), other.get(key)
            known = here and there and (key not in _WORDS or {here.text, there.text} <= set(lexicon.schema.words))
            if here and there and known and here.text != there.text:
                related = (("the other one stands at", there.position),)
                message = f"`{key}` is {quoted(here.text)} here and {quoted(there.text)} in {quoted(other.text('id'))}"
                hint = "one passage says one thing: mend the fact that was copied wrong"
                yield Finding("facts-disagree", message, here.position, hint=hint, subject=node.name, related=related)


def _shared(lexicon: Lexicon) -> Iterator[Finding]:
    """Find two concepts of one class that bear one name."""
    first: dict[tuple[str, str], tuple[str, Scalar]] = {}
    for node in lexicon.nodes:
        concept = lexicon.concepts.get(node.text("id"))
        for name in naming.values(node, lexicon.schema, SHOWN) if concept else ():
            key = (concept.kind if concept else "", normal(name.text).casefold())
            owner, place = first.setdefault(key, (node.text("id"), name))
            if owner != node.text("id"):
                related = (("the other one stands at", place.position),)
                message = f"{quoted(name.text)} is the name of {quoted(owner)} too"
                hint = "two things have two names; where they are one thing, keep one concept"
                yield Finding("shared-name", message, name.position, hint=hint, subject=node.name, related=related)
