"""Statements: what a dataset says of each node, as the profiles of a release read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ivig_kg.resources import GRAPHS, THINGS, VOCABULARY
from ivig_kg.schema import RDF, RDFS, SKOS

TYPE = f"{RDF}type"
LABEL = f"{SKOS}prefLabel"
BIOLINK = "https://w3id.org/biolink/vocab/"


class Statements:
    """The triples of a dataset by subject and predicate.

    Attributes:
        graphs: The subjects that have a type in each named graph, by its local name, sorted.
        classes: The narrowest class of each subject.
    """

    def __init__(self, quads: Iterable[Any]) -> None:
        """Take the quads of a dataset, each in a named graph."""
        self._values: dict[str, dict[str, list[Any]]] = {}
        self._stated: dict[str, list[tuple[str, Any]]] = {}
        self.graphs: dict[str, list[str]] = {}
        self.classes: dict[str, str] = {}
        for quad in sorted(quads, key=str):
            graph = quad.graph_name.value.removeprefix(GRAPHS)
            of_subject = self._values.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, [])
            if quad.object not in of_subject:
                of_subject.append(quad.object)
            if graph != "derived":
                self._stated.setdefault(quad.subject.value, []).append((quad.predicate.value, quad.object))
            if quad.predicate.value == TYPE and graph != "derived":
                self.graphs.setdefault(graph, []).append(quad.subject.value)
                self.classes[quad.subject.value] = quad.object.value
        for subjects in self.graphs.values():
            subjects.sort()
        self.main = {c: p[0] for c in self._values if (p := self.iris(c, f"{VOCABULARY}mainProperty"))}

    def all(self, subject: str, predicate: str) -> list[Any]:
        """Return the values of a predicate, sorted; a key of the vocabulary may be given by its local name."""
        iri = predicate if ":" in predicate else VOCABULARY + predicate
        return self._values.get(subject, {}).get(iri, [])

    def stated(self, subject: str) -> list[tuple[str, Any]]:
        """Return predicates and values of a subject, those aside that were derived, sorted."""
        return self._stated.get(subject, [])

    def iris(self, subject: str, predicate: str) -> list[str]:
        """Return the nodes among the values of a predicate."""
        return [value.value for value in self.all(subject, predicate) if not hasattr(value, "datatype")]

    def texts(self, subject: str, predicate: str) -> list[str]:
        """Return the literals among the values of a predicate, without their language or datatype."""
        return [value.value for value in self.all(subject, predicate) if hasattr(value, "datatype")]

    def text(self, subject: str, predicate: str) -> str | None:
        """Return the first literal of a predicate."""
        return next(iter(self.texts(subject, predicate)), None)

    def label(self, subject: str) -> str:
        """Return what a node is called, or its local name where nothing is said."""
        return self.text(subject, LABEL) or self.text(subject, f"{RDFS}label") or local(subject)

    def facts(self, *classes: str) -> Iterator[str]:
        """Yield the facts, of some classes by their local names or all, sorted."""
        for fact in self.graphs.get("facts", []):
            if not classes or self.classes[fact].removeprefix(VOCABULARY) in classes:
                yield fact

    def kind(self, subject: str) -> str:
        """Return the local name of a node's class."""
        return self.classes[subject].removeprefix(VOCABULARY)

    def objects(self, fact: str) -> list[str]:
        """Return the nodes that a fact is about beside its medicine: the values of its main property."""
        return self.iris(fact, self.main.get(self.classes[fact], ""))

    def sources(self, fact: str) -> list[str]:
        """Return the sources of a fact's passages, sorted."""
        places = self.iris(fact, "evidence")
        return sorted({source for place in places for source in self.iris(place, "inSource")})

    def matches(self, concept: str, kind: str) -> list[str]:
        """Return the public identifiers of a concept: `exact`, `close`, `broad` or `narrow` ones, as IRIs."""
        return self.iris(concept, f"{SKOS}{kind}Match")


def local(iri: str) -> str:
    """Return the local name of a thing, a word or a term of ours.

    >>> local("https://w3id.org/ivig-kg/id/headache")
    'headache'
    """
    return iri.removeprefix(THINGS).removeprefix(VOCABULARY)


def curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI in short by the longest prefix that fits, or whole."""
    fitting = [(start, name) for name, start in prefixes.items() if iri.startswith(start) and len(iri) > len(start)]
    if not fitting:
        return iri
    start, name = max(fitting, key=lambda pair: (len(pair[0]), pair[1]))
    return f"{name}:{iri.removeprefix(start)}"
