"""Changelog: what differs between two editions, as text for a terminal, as Markdown, and as JSON.

The JSON is one object; a part that is absent is null or empty, never missing:

    old, new       what was compared
    change         "major", "minor", "patch", or null where nothing differs
    notes          sentences on what was not compared
    differences    sorted by what, id and how; of each:
        what         "fact", "concept", "source", "passage", "mapping", "direct triple", "class", "property",
                     "word", "term", "query" or "answer"
        how          "added", "removed" or "changed"
        id           the id of a node, the name of a term or query, subject, predicate and object of a triple
        label        what a reader calls it
        class        the class of a node
        change       as above, for this difference
        why          the reason, one of the lines of decision 8; where fields changed, the heaviest of theirs
        place        {path, line, column}: in the new edition, or in the old one where it was removed
        sameContentAs   the id of a node of the same content that came when this one went, or the other way round
        fields       sorted by key; of each: key, old and new (the values that went and came), change, why, place
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivig_kg import markdown
from ivig_kg.comparison import Comparison, Difference, Field
from ivig_kg.findings import Position, in_json, printable
from ivig_kg.impact import Change, Impact

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_TITLES = {
    "fact": "Facts",
    "concept": "Concepts",
    "source": "Sources",
    "passage": "Passages",
    "mapping": "Mappings",
    "direct triple": "Direct triples",
    "class": "Classes",
    "property": "Properties",
    "word": "Words of lists",
    "term": "Other terms of the vocabulary",
    "query": "Named queries",
    "answer": "Answers of named queries",
}
_MEANING = {
    Impact.MAJOR: "a query that had an answer may lose it",
    Impact.MINOR: "a query may gain an answer, and none loses one",
    Impact.PATCH: "no query gains or loses an answer",
}


def written(comparison: Comparison, form: str) -> str:
    """Return a comparison as `text`, `markdown` or `json`."""
    makers: dict[str, Callable[[Comparison], str]] = {"text": _text, "markdown": _markdown, "json": _json}
    return makers[form](comparison)


def _heaviest(difference: Difference) -> Change:
    order = list(Impact)
    return min(difference.changes, key=lambda change: order.index(change.impact))


def summary(comparison: Comparison) -> str:
    """Return in one sentence what kind of change it is, and how many differences there are of each."""
    if comparison.impact is None:
        return "no difference"
    found = [_heaviest(d).impact for d in comparison.differences]
    counts = ", ".join(f"{found.count(i)} {i.value}" for i in Impact if i in found)
    return f"a {comparison.impact.value} change: {_MEANING[comparison.impact]} ({counts})"


def by_kind(comparison: Comparison) -> Iterator[tuple[str, list[Difference]]]:
    """Yield the differences under a heading for each kind of thing."""
    for what, title in _TITLES.items():
        found = [d for d in comparison.differences if d.what == what]
        if found:
            yield title, found


def _text(comparison: Comparison) -> str:
    lines = [f"{comparison.old} -> {comparison.new}: {summary(comparison)}"]
    for title, found in by_kind(comparison):
        lines += ["", title]
        for difference in found:
            lines += _text_of(difference)
    lines += [""] * bool(comparison.notes) + [f"note: {note}" for note in comparison.notes]
    return "\n".join(map(printable, lines)) + "\n"


def _text_of(difference: Difference) -> Iterator[str]:
    kind = f"  ({difference.kind})" if difference.kind else ""
    label = f"  {difference.label}" if difference.label else ""
    yield f"  {_SIGNS[difference.how]} {difference.name}{kind}{label}"
    if difference.place:
        yield f"      {_line(difference.place)}"
    if not difference.fields:
        yield f"      {_why(_heaviest(difference))}"
    for field in difference.fields:
        place = f"  {_line(field.place)}" if field.place else ""
        yield f"      {field.key}: {_values(field)}"
        yield f"        {_why(field.change)}{place}"
    if difference.same_as:
        yield f"      same content as {difference.same_as}: was the id changed? ids stay"


def _line(place: Position) -> str:
    return f"{place.path}:{place.line}"


def _why(change: Change) -> str:
    return f"{change.impact.value}: {change.words}"


def _values(field: Field, show: Callable[[str], str] = str, arrow: str = "->") -> str:
    """Return what went and what came: `old -> new`, `+ new` or `- old`."""
    gone, new = ("; ".join(map(show, values)) for values in (field.gone, field.new))
    if gone and new:
        return f"{gone} {arrow} {new}"
    return (f"+ {new}" if new else f"- {gone}") if gone or new else "other"


def _markdown(comparison: Comparison) -> str:
    lines = [
        f"## From {markdown.code(comparison.old)} to {markdown.code(comparison.new)}",
        "",
        f"{summary(comparison).capitalize()}.",
    ]
    for title, found in by_kind(comparison):
        lines += ["", f"### {title}", ""]
        for difference in found:
            lines += _markdown_of(difference)
    lines += [""] * bool(comparison.notes) + [f"> {markdown.escaped(note)}  " for note in comparison.notes]
    return "\n".join(map(printable, lines)) + "\n"


def _markdown_of(difference: Difference) -> Iterator[str]:
    kind = f" ({markdown.escaped(difference.kind)})" if difference.kind else ""
    label = f": {markdown.escaped(difference.label)}" if difference.label else ""
    same = f"; same content as {markdown.code(difference.same_as)}" if difference.same_as else ""
    impact = _heaviest(difference).impact.value
    yield f"- {difference.how} {markdown.code(difference.name)}{kind}{label} - *{impact}*{same}"
    for field in difference.fields:
        yield f"  - {markdown.code(field.key)}: {_values(field, markdown.code, '→')} - *{field.change.impact.value}*"


def _json(comparison: Comparison) -> str:
    content = {
        "old": comparison.old,
        "new": comparison.new,
        "change": comparison.impact.value if comparison.impact else None,
        "notes": list(comparison.notes),
        "differences": [
            {
                "what": d.what,
                "how": d.how,
                "id": d.name,
                "label": d.label,
                "class": d.kind,
                "change": _heaviest(d).impact.value,
                "why": _heaviest(d).words,
                "place": _place(d.place),
                "sameContentAs": d.same_as,
                "fields": [_field(f) for f in d.fields],
            }
            for d in comparison.differences
        ],
    }
    return in_json(content)


def _field(field: Field) -> dict[str, object]:
    return {
        "key": field.key,
        "old": list(field.gone),
        "new": list(field.new),
        "change": field.change.impact.value,
        "why": field.change.words,
        "place": _place(field.place),
    }


def _place(place: Position | None) -> dict[str, object] | None:
    return {"path": place.path, "line": place.line, "column": place.column} if place else None
