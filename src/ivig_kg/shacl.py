"""SHACL: the terms of the language, by what they are for, and what is said of each node of some shapes.

Source: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"

SEVERITIES = frozenset({"Violation", "Warning", "Info"})
NODE_KINDS = frozenset({"BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
TARGETS = frozenset({"targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target"})
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
        *("nodeKind", "pattern", "uniqueLang", "hasValue", "closed", "sparql", "js", "expression"),
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
        *("ConstraintComponent", "SPARQLAskValidator", "SPARQLSelectValidator", "SPARQLTarget", "SPARQLTargetType"),
        *("Validator", "Parameterizable", "Severity", "NodeKind", "JSConstraint", "JSLibrary", "TripleRule"),
        *("SPARQLRule", "SPARQLFunction"),
    }
)
_REST = frozenset(
    {
        *("message", "name", "description", "order", "group", "defaultValue", "declare", "prefixes", "parameter"),
        *("optional", "labelTemplate", "validator", "nodeValidator", "propertyValidator", "shapesGraph", "entailment"),
        *("qualifiedValueShapesDisjoint", "rule", "condition", "subject", "predicate", "object", "nodes", "this"),
        *("construct", "returnType", "suggestedShapesGraph", "annotationProperty", "annotationValue"),
        *("annotationVarName", "resultAnnotation", "jsLibrary", "jsLibraryURL", "jsFunctionName"),
    }
)
TERMS = SEVERITIES | NODE_KINDS | TARGETS | LISTS | ASKS | ONCE | _CLASSES | _REST

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
    **dict.fromkeys(_BOUNDS, lambda value: not _is_no_text(value)),
}
