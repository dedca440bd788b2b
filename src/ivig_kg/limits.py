"""Limits: what the shapes of a class ask of the values of each property, as far as one value can show it.

Only what makes an error counts: a shape that warns, notes or is switched off limits nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from ivig_kg.schema import RDF, RDFS, SH, Schema, Triple

_Facets = Mapping[str, list[Triple]]


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of the values of one property on nodes of one class.

    Attributes:
        least: How many values there must be.
        most: How many there may be, or None where there is no end.
        choices: The closed list, in its order, as texts and IRIs; None where there is none.
        patterns: Regular expressions that every value must match.
        longest: How many characters a value may have.
        lowest: The least number that is allowed, as it is written.
        highest: The greatest.
        sayings: The rules as sentences, each with what to do about it.
        why: The sentence behind `choices`, `patterns` and `longest`, by these names.
    """

    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] | None = None
    patterns: tuple[str, ...] = ()
    longest: int | None = None
    lowest: str | None = None
    highest: str | None = None
    sayings: tuple[str, ...] = ()
    why: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def joined(self, other: Limits) -> Limits:
        """Return the limits of a property that has to keep within both."""
        ours, theirs = self.choices, other.choices
        both = tuple(c for c in ours if c in theirs) if ours is not None and theirs is not None else None
        return Limits(
            least=max(self.least, other.least),
            most=_tightest(self.most, other.most),
            choices=next((c for c in (both, ours, theirs) if c is not None), None),
            patterns=self.patterns + other.patterns,
            longest=_tightest(self.longest, other.longest),
            lowest=self.lowest if other.lowest is None else other.lowest,
            highest=self.highest if other.highest is None else other.highest,
            sayings=self.sayings + other.sayings,
            why={**self.why, **other.why},
        )


def by_class(schema: Schema) -> dict[str, dict[str, Limits]]:
    """Return, for every class, the limits of each property that its shapes and its superclasses' name; all by IRI."""
    facets = _by_subject(schema.shapes)
    shapes = [(target, shape) for target, shape in _shapes(facets) if _path(facets[shape])]
    limits = {shape: _limits(facets[shape], facets) for _, shape in shapes}
    found: dict[str, dict[str, Limits]] = {}
    for class_iri in schema.classes.values():
        own = found.setdefault(class_iri, {})
        for shape in (s for target, s in shapes if target in schema.ancestors(class_iri)):
            path = _path(facets[shape])
            own[path] = own.get(path, Limits()).joined(limits[shape])
    return found


def _tightest(one: int | None, other: int | None) -> int | None:
    known = [n for n in (one, other) if n is not None]
    return min(known, default=None)


def _by_subject(triples: Iterable[Triple]) -> dict[str, dict[str, list[Triple]]]:
    """Return the objects of some triples by subject and predicate."""
    found: dict[str, dict[str, list[Triple]]] = {}
    for triple in triples:
        found.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(triple.object)
    return found


def _shapes(facets: Mapping[str, _Facets]) -> Iterator[tuple[str, str]]:
    """Yield the property shapes whose violation is an error, each with the class it is for."""
    for own in facets.values():
        for target in () if _is_off(own) else own.get(SH + "targetClass", ()):
            for member in own.get(SH + "property", ()):
                shape = facets.get(member.value, {})
                weights = {s.value for s in shape.get(SH + "severity", ())}
                if shape and weights <= {SH + "Violation"} and not _is_off(shape):
                    yield target.value, member.value


def _path(shape: _Facets) -> str:
    """Return the property of a shape, or nothing where its path is more than one."""
    return next((p.value for p in shape.get(SH + "path", ()) if isinstance(p, ox.NamedNode)), "")


def _is_off(shape: _Facets) -> bool:
    return any(value.value in {"true", "1"} for value in shape.get(SH + "deactivated", ()))


def _limits(shape: _Facets, facets: Mapping[str, _Facets]) -> Limits:
    def text(name: str) -> str | None:
        """Return the first value of a SHACL property of the shape."""
        return next((str(term.value) for term in shape.get(SH + name, ())), None)

    def number(name: str) -> int | None:
        """Return the same as a whole number."""
        found = text(name)
        return None if found is None else int(found)

    head = next(iter(shape.get(SH + "in", ())), None)
    pattern = text("pattern")
    says = " ".join(t.value for t in (*shape.get(SH + "message", ())[:1], *shape.get(RDFS + "comment", ())[:1]))
    asked = {"choices": head, "patterns": pattern, "longest": text("maxLength")}
    return Limits(
        least=number("minCount") or 0,
        most=number("maxCount"),
        choices=None if head is None else tuple(_members(head, facets)),
        patterns=(pattern,) if pattern and not text("flags") else (),
        longest=number("maxLength"),
        lowest=text("minInclusive"),
        highest=text("maxInclusive"),
        sayings=(says,) if says else (),
        why={name: says for name, found in asked.items() if found is not None and says},
    )


def _members(head: Triple, facets: Mapping[str, _Facets]) -> Iterator[str]:
    """Yield the texts and IRIs of an RDF list."""
    seen: set[str] = set()  # a list may lead back into itself
    while (
        head.value in facets and head.value not in seen and {RDF + "first", RDF + "rest"} <= facets[head.value].keys()
    ):
        seen.add(head.value)
        yield facets[head.value][RDF + "first"][0].value
        head = facets[head.value][RDF + "rest"][0]
