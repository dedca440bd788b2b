"""SHACL: the terms of the language, by what they are for, and what is said of each node of some shapes.

Source: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from ivig_kg.resources import SHAPES

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"

SEVERITIES = frozenset({"Violation", "Warning", "Info"})
NODE_KINDS = frozenset({"BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
TARGETS = frozenset({"targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"})
LISTS = frozenset({"and", "or", "xone", "in", "languageIn", "ignoredProperties", "alternativePath"})
# what takes a whole number, another property, or another shape
WHOLE = frozenset({"minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"})
PAIRS = frozenset({"equals", "disjoint", "lessThan", "lessThanOrEquals"})
TO_SHAPES = frozenset({"node", "property", "not", "qualifiedValueShape"})
_BOUNDS = frozenset({"minInclusive", "maxInclusive", "minExclusive", "maxExclusive"})
# what asks something of a value
ASKS = frozenset(
    {
        *("and", "or", "xone", "in", "languageIn", *WHOLE, *PAIRS, *TO_SHAPES, *_BOUNDS, "class", "datatype"),
        *("nodeKind", "pattern", "uniqueLang", "hasValue", "closed", "sparql"),
    }
)
# what a shape says once at most
ONCE = frozenset(
    {
        *(*WHOLE, *_BOUNDS, "path", "datatype", "nodeKind", "in", "pattern", "flags", "severity", "deactivated"),
        *("select", "ask", "languageIn", "uniqueLang", "closed", "ignoredProperties", "qualifiedValueShape"),
        *("prefix", "namespace", "alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath"),
        "zeroOrOnePath",
    }
)
_CLASSES = frozenset(
    {
        *("Shape", "NodeShape", "PropertyShape", "SPARQLConstraint", "PrefixDeclaration", "PropertyGroup", "Parameter"),
        *("ConstraintComponent", "SPARQLAskValidator", "SPARQLSelectValidator", "Validator", "Parameterizable"),
        *("Severity", "NodeKind"),
    }
)
_REST = frozenset(
    {
        *("message", "name", "description", "order", "group", "defaultValue", "declare", "prefixes", "parameter"),
        *("optional", "labelTemplate", "validator", "nodeValidator", "propertyValidator", "shapesGraph", "entailment"),
        *("qualifiedValueShapesDisjoint", "subject", "predicate", "object", "nodes", "this"),
        *("suggestedShapesGraph", "annotationProperty", "annotationValue", "annotationVarName", "resultAnnotation"),
    }
)
# what belongs to SHACL-AF and SHACL-JS, which nothing here asks
ADVANCED = frozenset(
    {
        *("js", "expression", "target", "rule", "condition", "construct", "returnType", "jsLibrary", "jsLibraryURL"),
        "jsFunctionName",
        *("SPARQLTarget", "SPARQLTargetType", "JSConstraint", "JSLibrary", "TripleRule", "SPARQLRule"),
        *("SPARQLFunction", "JSFunction", "JSRule", "JSValidator", "JSTarget"),
    }
)
PATHS = frozenset(
    {"alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"}
)  # a path that is no property is of one of these kinds
TERMS = SEVERITIES | NODE_KINDS | TARGETS | LISTS | ASKS | ONCE | _CLASSES | _REST | ADVANCED

_DATATYPES = frozenset(
    {
        *("string", "boolean", "decimal", "integer", "double", "float", "date", "time", "dateTime", "dateTimeStamp"),
        *("gYear", "gMonth", "gDay", "gYearMonth", "gMonthDay", "duration", "yearMonthDuration", "dayTimeDuration"),
        *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
        *("positiveInteger", "nonNegativeInteger", "negativeInteger", "nonPositiveInteger", "hexBinary"),
        *("base64Binary", "anyURI", "language", "normalizedString", "token", "NMTOKEN", "Name", "NCName"),
    }
)
_TRUTHS = frozenset(f'"{word}"^^<{_XSD}boolean>' for word in ("true", "false", "1", "0"))
_NUMBER = re.compile(rf'"[0-9]{{1,9}}"\^\^<{_XSD}integer>')


@dataclasses.dataclass(slots=True)
class Said:
    """What is said of each node of some triples, and by which properties others lead to it."""

    triples: Sequence[Any]
    of: dict[Any, dict[str, list[Any]]] = dataclasses.field(default_factory=dict)
    used: dict[Any, set[str]] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the triples."""
        for subject, predicate, value in self.triples:
            self.of.setdefault(subject, {}).setdefault(predicate.value, []).append(value)
            self.used.setdefault(value, set()).add(predicate.value)

    def values(self, node: Any, name: str) -> list[Any]:
        """Return the values that a node has for a term of SHACL."""
        return self.of.get(node, {}).get(SH + name, [])

    def names(self, node: Any) -> set[str]:
        """Return the terms of SHACL that are said of a node."""
        return {p.removeprefix(SH) for p in self.of.get(node, {}) if p.startswith(SH)}

    def kinds(self, node: Any) -> set[str]:
        """Return the classes of a node, those of SHACL by their short name."""
        return {getattr(t, "value", "").removeprefix(SH) for t in self.of.get(node, {}).get(RDF + "type", [])}

    def members(self, node: Any) -> list[Any] | None:
        """Return the members of a list; None where it has none, breaks off, forks or runs in a circle."""
        seen: set[Any] = set()
        found: list[Any] = []
        while node != ox.NamedNode(RDF + "nil"):
            said = self.of.get(node, {})
            firsts, rests = said.get(RDF + "first", []), said.get(RDF + "rest", [])
            if node in seen or len(firsts) != 1 or len(rests) != 1:
                return None
            seen.add(node)
            found.append(firsts[0])
            node = rests[0]
        return found or None


def named(triples: Iterable[Any]) -> tuple[Any, ...]:
    """Return the triples of some shapes in which each shape that finds something has a name to call it by.

    One without gets the name of the shape that asks it, and of its property: `Fact` and `Fact-label`; one that is
    asked by no other gets that of what it is about.
    """
    triples = tuple(triples)
    said, names = Said(triples), dict[Any, Any]()
    taken = {node.value for node in said.of}

    def call(node: Any, owner: str, what: str) -> None:
        """Give a node a name that no other has."""
        name = f"{owner}-{what}"
        number = next(n for n in itertools.count(1) if (name if n == 1 else f"{name}-{n}") not in taken)
        names[node] = ox.NamedNode(name if number == 1 else f"{name}-{number}")
        taken.add(names[node].value)

    for node in said.of:
        targets = [value for target in sorted(TARGETS) for value in said.values(node, target)]
        if isinstance(node, ox.BlankNode) and node not in said.used and (targets or said.names(node) & ASKS):
            call(node, f"{SHAPES}of", _local(*targets[:1]))
    waiting = [node for node in said.of if isinstance(node, ox.NamedNode) or node in names]
    while waiting:
        owner = waiting.pop(0)
        for member in (*said.values(owner, "property"), *said.values(owner, "sparql")):
            if isinstance(member, ox.BlankNode) and member not in names:
                call(member, names.get(owner, owner).value, _local(*said.values(member, "path")[:1]))
                waiting.append(member)
    return tuple(ox.Triple(names.get(s, s), p, names.get(o, o)) for s, p, o in triples) if names else triples


def _local(node: Any = None) -> str:
    found = re.split(r"[/#]", node.value)[-1] if isinstance(node, ox.NamedNode) else ""
    return found or "rule"


def place(text: str, word: str, *, begins: bool = True) -> tuple[int, int] | None:
    """Return line and column of a word in a file: where it begins a line, else where it stands first.

    Args:
        text: The file.
        word: The word, without a prefix.
        begins: Whether the beginning of a line counts before the first place.
    """
    whole = re.compile(rf"(?<![\w-])(?:[\w-]+:)?{re.escape(word)}(?![\w-])")
    found = [(n, m.start() + 1) for n, line in enumerate(text.split("\n"), 1) if word and (m := whole.search(line))]
    first = found[0] if found else None
    return next((at for at in found if begins and at[1] == 1), first)


def _is_term(names: Collection[str]) -> Callable[[Any], bool]:
    return lambda value: getattr(value, "value", "") in {SH + name for name in names}


def _is_datatype(value: Any) -> bool:
    return isinstance(value, ox.NamedNode) and (
        not value.value.startswith(_XSD) or value.value.removeprefix(_XSD) in _DATATYPES
    )


def _is_pattern(value: Any) -> bool:
    try:
        return isinstance(value, ox.Literal) and bool(re.compile(value.value))
    except re.error:
        return False


def _is_no_text(value: Any) -> bool:
    return not isinstance(value, ox.Literal)


# what the value of a term has to be, where that can be told by the value alone
PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "severity": _is_term(SEVERITIES),
    "nodeKind": _is_term(NODE_KINDS),
    "datatype": _is_datatype,
    "pattern": _is_pattern,
    **dict.fromkeys(("deactivated", "closed", "uniqueLang"), lambda value: str(value) in _TRUTHS),
    **dict.fromkeys(WHOLE, lambda value: _NUMBER.fullmatch(str(value)) is not None),
    **dict.fromkeys(("path", "targetNode", "targetSubjectsOf", "targetObjectsOf", *PAIRS), _is_no_text),
    **dict.fromkeys(PATHS - {"alternativePath"}, _is_no_text),
    **dict.fromkeys(_BOUNDS, lambda value: not _is_no_text(value)),
}
