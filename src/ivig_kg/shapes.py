"""Shapes: what each shape asks, read from the triples of the shapes.

What is not understood here to the last word is left for pySHACL: a shape that was read in part would
be a rule that is silently not asked.
Source: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

import dataclasses
import functools
import graphlib
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from ivig_kg import precautions
from ivig_kg.errors import LimitError, ShapesError
from ivig_kg.schema import OWL, RDF, RDFS, SH, SKOS, Triple

SPARQL = "SPARQLConstraintComponent"

_TO_SHAPES = frozenset(SH + n for n in ("node", "property", "not", "and", "or", "xone", "qualifiedValueShape"))
_REMARKS = frozenset({RDF + "type", RDFS + "label", RDFS + "comment", SKOS + "note"})
_OF_NODES = _REMARKS | {SH + n for n in ("targetClass", "property", "sparql", "severity")}
_OF_SELECTS = _REMARKS | {SH + n for n in ("message", "prefixes", "select")}
_ONE_VALUE = frozenset(
    SH + n
    for n in (
        *("minCount", "maxCount", "maxLength", "minInclusive", "maxInclusive", "minExclusive", "or"),
        *("class", "datatype", "nodeKind", "in", "pattern", "disjoint", "lessThan", "lessThanOrEquals"),
    )
)
_OF_PROPERTIES = _REMARKS | _ONE_VALUE | {SH + n for n in ("path", "message", "severity")}
QUERIES = frozenset(SH + n for n in ("select", "ask", "construct"))
_SWITCHES = frozenset(SH + n for n in ("closed", "deactivated", "uniqueLang"))
# what says nothing that could be broken, where no constraint stands beside it
_IDLE = frozenset(SH + n for n in ("targetClass", "severity", "alternativePath", "declare", "prefix", "namespace"))


@dataclasses.dataclass(frozen=True, slots=True)
class Violation:
    """One result of the shapes: which rule, on which node, and what it says.

    Attributes:
        code: The local name of the shape or constraint.
        focus: IRI of the node.
        path: IRI of the property, or None where the rule is about the node.
        value: The value at fault: an IRI or the lexical form of a literal; None where one is missing.
        component: Local name of the constraint component, as `InConstraintComponent`.
        message: The rule as a sentence.
        repair: What to do about it.
        choices: The values of the closed list, where there is one.
    """

    code: str
    focus: str
    path: str | None
    value: str | None
    component: str
    severity: str
    message: str
    repair: str | None
    choices: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """What is asked of the nodes of some classes.

    Attributes:
        node: The shape or constraint.
        targets: The classes whose nodes it is asked of.
        severity: Local name of the severity.
        message: The rule as a sentence.
        repair: What to do about it.
    """

    node: Any
    targets: frozenset[str]
    severity: str
    message: str
    repair: str | None

    def violation(
        self, focus: str, component: str, *, path: str | None, value: str | None, choices: tuple[str, ...] = ()
    ) -> Violation:
        """Return that a node breaks the rule."""
        code = self.node.value.rpartition("/")[2]
        named = f"{component}ConstraintComponent"
        return Violation(code, focus, path, value, named, self.severity, self.message, self.repair, choices)


@dataclasses.dataclass(frozen=True, slots=True)
class PropertyRule(Rule):
    """A property shape.

    Attributes:
        paths: One property, or several to choose from.
        parameters: What is asked of the values, by the local name of the parameter.
        members: The shapes that it chooses from, each of which asks for a datatype and nothing else.
    """

    paths: tuple[str, ...]
    parameters: dict[str, Any]
    members: tuple[Any, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class SelectRule(Rule):
    """A SPARQL constraint: the text of its query, and the prefixes that it uses."""

    text: str
    prefixes: dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Described:
    """What a shape says of itself: the rule as a sentence, what to do about it, and the values to choose from."""

    message: str | None
    repair: str | None
    choices: tuple[str, ...]


class Shapes:
    """The triples of the shapes, by subject and predicate."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Read the triples.

        Raises:
            ShapesError: A shape leads back to itself or nowhere, or a switch is neither on nor off.
            LimitError: A query is so deep or long, or has so many parts, that the engine could fall.
        """
        self.triples = tuple(triples)
        self._said: dict[Any, dict[str, list[Any]]] = {}
        self._users: dict[Any, list[tuple[Any, str]]] = {}
        for triple in self.triples:
            self._said.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
            self._users.setdefault(triple.object, []).append((triple.subject, triple.predicate.value))
        self._refuse_recursion()
        self._refuse_pathless()
        self._refuse_half_truths()
        self._refuse_depth()

    def _refuse_recursion(self) -> None:
        """Raise where a shape leads back to itself: SHACL leaves open what that means, and pySHACL says it conforms."""
        leads = graphlib.TopologicalSorter[Any]()
        for triple in self.triples:
            if triple.predicate.value in _TO_SHAPES:
                leads.add(triple.subject, triple.object, *self._items(triple.object))
        try:
            leads.prepare()
        except graphlib.CycleError as error:
            message = f"the shapes cannot be used: {error.args[1][0]} leads back to itself"
            raise ShapesError(message) from error

    def _refuse_pathless(self) -> None:
        """Raise where a property shape has no path, or two: some engines say that everything conforms to it."""
        kinds = ((t.subject, t.object.value) for t in self.triples if t.predicate.value == RDF + "type")
        properties = {t.object for t in self.triples if t.predicate.value == SH + "property"}
        for node in properties.union(s for s, kind in kinds if kind == SH + "PropertyShape"):
            if self._one(node, SH + "path") is None:
                message = f"the shapes cannot be used: {node} has to have one sh:path"
                raise ShapesError(message)

    def _refuse_half_truths(self) -> None:
        """Raise where a switch of a shape is neither `true` nor `false`: engines differ in what else turns it on."""
        for triple in self.triples:
            if triple.predicate.value in _SWITCHES and triple.object.value not in {"true", "false"}:
                name = triple.predicate.value.removeprefix(SH)
                message = f"the shapes cannot be used: sh:{name} of {triple.subject} is neither true nor false"
                raise ShapesError(message)

    def _refuse_depth(self) -> None:
        """Raise where a query is so deep that the engine could fall."""
        for triple in self.triples:
            if triple.predicate.value in QUERIES and (said := precautions.too_much(triple.object.value)):
                message = f"the shapes cannot be used: the query of {triple.subject} {said}"
                raise LimitError(message)

    @functools.cached_property
    def rules(self) -> tuple[PropertyRule | SelectRule, ...]:
        """The rules that are understood to the last word."""
        return tuple(self._rules())

    def _rules(self) -> Iterator[PropertyRule | SelectRule]:
        if any(t.predicate.value == SH + "parameter" for t in self.triples):
            return  # a constraint of somebody's own can be used by any shape
        for triple in self.triples:
            rule: PropertyRule | SelectRule | None = None
            if triple.predicate.value == SH + "property":
                rule = self._property(triple.subject, triple.object)
            elif triple.predicate.value == SH + "sparql":
                rule = self._select(triple.subject, triple.object)
            if rule is not None and self._owns(triple.subject, rule.node):
                yield rule

    def described(self, node: Any) -> Described:
        """Return what a shape or constraint says of itself."""
        messages, comments = self._values(node, SH + "message"), self._values(node, RDFS + "comment")
        choices = self._one(node, SH + "in")
        return Described(
            next((m.value for m in messages), None),
            next((c.value for c in comments), None),
            tuple(c.value for c in self._items(choices)) if choices is not None else (),
        )

    def left(self, done: Iterable[Rule]) -> list[Triple]:
        """Return the shapes without some rules; nothing where they ask no more."""
        done = tuple(done)
        nodes = {rule.node for rule in done}.union(*(r.members for r in done if isinstance(r, PropertyRule)))
        left = [t for t in self.triples if t.subject not in nodes and t.object not in nodes]
        asks = (t.predicate.value for t in left if t.predicate.value.startswith(SH))
        return left if any(predicate not in _IDLE for predicate in asks) else []

    def _values(self, node: Any, predicate: str) -> list[Any]:
        return self._said.get(node, {}).get(predicate, [])

    def _one(self, node: Any, predicate: str) -> Any:
        """Return the value of a property where there is exactly one, else None."""
        values = self._values(node, predicate)
        return values[0] if len(values) == 1 else None

    def _items(self, node: Any) -> Iterator[Any]:
        """Yield the members of a list; none where the node is not the beginning of one."""
        seen = set()
        while node not in seen and (first := self._one(node, RDF + "first")):
            seen.add(node)
            yield first
            node = self._one(node, RDF + "rest")

    def _owns(self, owner: Any, node: Any) -> bool:
        """Tell whether a rule is asked by this node shape alone, and the shape of the nodes of its classes alone."""
        plain = [kind.value for kind in self._values(owner, RDF + "type")] == [SH + "NodeShape"]
        alone = len(self._users[node]) == 1 and owner not in self._users
        return plain and alone and set(self._said[owner]) <= _OF_NODES

    def _rule(self, owner: Any, node: Any, asked: Any) -> tuple[Any, frozenset[str], str, str, str | None] | None:
        """Return what every rule has; None where it is not understood."""
        classes, message = self._values(owner, SH + "targetClass"), self._one(node, SH + "message")
        severity = self._one(asked, SH + "severity") or ox.NamedNode(SH + "Violation")
        odd = len(self._values(asked, SH + "severity")) > 1 or not isinstance(severity, ox.NamedNode)
        if odd or message is None or not isinstance(node, ox.NamedNode):
            return None
        repair = next(iter(self._values(node, RDFS + "comment")), None)
        targets = frozenset(c.value for c in classes)
        return node, targets, severity.value.rpartition("#")[2], message.value, repair.value if repair else None

    def _property(self, owner: Any, node: Any) -> PropertyRule | None:
        said, paths, rule = self._said.get(node, {}), self._paths(node), self._rule(owner, node, node)
        parameters = {p.removeprefix(SH): self._one(node, p) for p in said if p in _ONE_VALUE}
        if rule is None or not paths or not set(said) <= _OF_PROPERTIES or None in parameters.values():
            return None
        members: tuple[Any, ...] = ()
        if "in" in parameters:
            parameters["in"] = tuple(self._items(parameters["in"]))
        if "or" in parameters:
            members = tuple(self._items(parameters["or"]))
            parameters["or"] = tuple(self._datatype(member) for member in members)
        return None if None in parameters.get("or", ()) else PropertyRule(*rule, paths, parameters, members)

    def _datatype(self, node: Any) -> Any:
        """Return the datatype that a shape asks for; None where it asks for more, or is used elsewhere."""
        alone = set(self._said.get(node, {})) == {SH + "datatype"} and len(self._users[node]) == 1
        return self._one(node, SH + "datatype") if alone else None

    def _select(self, owner: Any, node: Any) -> SelectRule | None:
        said, prefixes, rule = self._said.get(node, {}), self._prefixes(node), self._rule(owner, node, owner)
        text = self._one(node, SH + "select")
        if rule is None or prefixes is None or not set(said) <= _OF_SELECTS or not isinstance(text, ox.Literal):
            return None
        return SelectRule(*rule, text.value, prefixes)

    def _paths(self, node: Any) -> tuple[str, ...]:
        """Return the properties of a path; none where it is another kind of path."""
        path = self._one(node, SH + "path")
        members: tuple[Any, ...] = (path,)
        if isinstance(path, ox.BlankNode) and set(self._said.get(path, {})) == {SH + "alternativePath"}:
            members = tuple(self._items(self._one(path, SH + "alternativePath")))
        return tuple(m.value for m in members) if all(isinstance(m, ox.NamedNode) for m in members) else ()

    def _prefixes(self, node: Any) -> dict[str, str] | None:
        """Return the prefixes that a constraint uses; None where it is not clear which they are."""
        found: dict[str, str] = {}
        for ontology in self._values(node, SH + "prefixes"):
            declared = self._values(ontology, SH + "declare")
            if not declared or OWL + "Ontology" not in (kind.value for kind in self._values(ontology, RDF + "type")):
                return None
            for one in declared:
                prefix, iri = self._one(one, SH + "prefix"), self._one(one, SH + "namespace")
                if prefix is None or iri is None or found.setdefault(prefix.value, iri.value) != iri.value:
                    return None
        return found
