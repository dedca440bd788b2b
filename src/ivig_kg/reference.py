"""Reference: pySHACL, which decides what the other engines leave, and what they are compared with.

pySHACL reports some broken shapes as data that conform; here a broken shape is an error. Each SPARQL
text is parsed once instead of once a focus node.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import rdflib
from rdflib.plugin import register
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rdflib.query import Processor

from ivig_kg.errors import ShapesError
from ivig_kg.schema import SH, Triple
from ivig_kg.shapes import Violation

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query

_SH = rdflib.Namespace(SH)
_DEFAULT_PROCESSOR = ("rdflib.plugins.sparql.processor", "SPARQLProcessor")


class PreparedProcessor(SPARQLProcessor):
    """rdflib's SPARQL processor, with each text parsed once a process, and not evaluated where it cannot match."""

    def query(self, *args: Any, **options: Any) -> Any:
        """Evaluate a query; see `rdflib.plugins.sparql.processor.SPARQLProcessor.query`."""
        given = inspect.signature(super().query).bind(*args, **options)
        given.apply_defaults()
        text, names, base = given.arguments["strOrQuery"], given.arguments["initNs"], given.arguments["base"]
        if isinstance(text, str):
            prefixes = tuple(sorted((prefix, str(iri)) for prefix, iri in (names or {}).items()))
            query = given.arguments["strOrQuery"] = _prepared(text, base, prefixes)
            focus = (given.arguments["initBindings"] or {}).get("this")
            if query.algebra.name == "SelectQuery" and focus is not None and not can_match(query, self.graph, focus):
                return {"type_": "SELECT", "vars_": query.algebra.PV, "bindings": []}
        return super().query(*given.args, **given.kwargs)


def can_match(query: Query, graph: rdflib.Graph, focus: Any) -> bool:
    """Tell whether a query can have an answer for a focus node, by a look at the patterns around it.

    A pattern that must match and has nothing in the graph to match leaves no row. Most constraints are
    about a property that most nodes do not have, and evaluating them costs a hundred times this look.
    """

    def possible(part: Any) -> bool:
        """Tell whether a part of the query can match; one that is not looked into can."""
        if part.name == "BGP":
            return _patterns_match(part.triples, graph, focus)
        if part.name in {"Filter", "Extend", "Project", "Distinct", "OrderBy", "SelectQuery"}:
            return possible(part.p)
        if part.name == "Join":
            return possible(part.p1) and possible(part.p2)
        if part.name in {"LeftJoin", "Minus"}:
            return possible(part.p1)
        return part.name != "Union" or possible(part.p1) or possible(part.p2)

    return possible(query.algebra)


def _patterns_match(patterns: Iterable[Any], graph: rdflib.Graph, focus: Any) -> bool:
    """Tell whether every pattern about the focus node has a match, and one that fits the patterns it is joined with."""
    this = rdflib.Variable("this")
    plain = [
        tuple(focus if term == this else term for term in pattern)
        for pattern in patterns
        if not isinstance(pattern[1], rdflib.paths.Path)
    ]
    for subject, predicate, value in plain:
        if subject != focus:
            continue
        found = list(graph.triples((focus, _constant(predicate), _constant(value))))
        for variable, at in ((predicate, 1), (value, 2)):
            if isinstance(variable, rdflib.Variable):
                found = [t for t in found if _joined(t[at], variable, plain, graph)]
        if not found:
            return False
    return True


def _constant(term: Any) -> Any:
    """Return a term as a pattern of a graph has it: None where it is open."""
    return None if isinstance(term, rdflib.Variable | rdflib.BNode) else term


def _joined(value: Any, variable: Any, patterns: Iterable[Any], graph: rdflib.Graph) -> bool:
    """Tell whether a value of a variable fits the other patterns that the variable stands in, one by one."""
    for subject, predicate, thing in patterns:
        if isinstance(predicate, rdflib.Variable):
            continue
        if subject == variable and (value, predicate, _constant(thing)) not in graph:
            return False
        if thing == variable and (_constant(subject), predicate, value) not in graph:
            return False
    return True


@functools.lru_cache(maxsize=1024)
def _prepared(text: str, base: str | None, names: tuple[tuple[str, str], ...]) -> Query:
    return translateQuery(parseQuery(text), base, dict(names))


@contextlib.contextmanager
def _engine() -> Iterator[None]:
    """Set rdflib up for a run of pySHACL, and put everything back afterwards."""
    normalize = rdflib.NORMALIZE_LITERALS
    log = logging.getLogger("rdflib.term")
    level = log.level
    register("sparql", Processor, __name__, PreparedProcessor.__name__)
    rdflib.NORMALIZE_LITERALS = False
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        register("sparql", Processor, *_DEFAULT_PROCESSOR)
        rdflib.NORMALIZE_LITERALS = normalize
        log.setLevel(level)


class _Rules(rdflib.Graph):
    """The graph of the shapes: its lists are read once, where pySHACL reads them anew for every node."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lists: dict[Any, tuple[Any, ...]] = {}

    def items(self, list: Any) -> Any:  # noqa: A002  (the name that rdflib gives it)
        """Yield the members of a list; see `rdflib.Graph.items`."""
        if list not in self._lists:
            self._lists[list] = tuple(super().items(list))
        return iter(self._lists[list])


def to_rdflib(triples: Iterable[Triple], *, into: rdflib.Graph | None = None) -> rdflib.Graph:
    """Return triples as an rdflib graph, with every literal as it was typed."""
    graph = rdflib.Graph(bind_namespaces="none") if into is None else into
    term = functools.cache(_term)
    for triple in triples:
        graph.add((term(triple.subject), term(triple.predicate), term(triple.object)))
    return graph


def _term(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    plain = datatype == str(rdflib.XSD.string)
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(datatype), normalize=False)


def validate(triples: Iterable[Triple], shapes: Iterable[Triple]) -> list[Violation]:
    """Return what pySHACL finds, in no order.

    Raises:
        ShapesError: A shape is broken, so there is no verdict.
    """
    rules = _Rules(bind_namespaces="none")
    to_rdflib(shapes, into=rules)
    import pyshacl  # noqa: PLC0415  (slow to import)

    with _engine():
        try:
            _, report, text = pyshacl.validate(to_rdflib(triples), shacl_graph=rules, inplace=True, inference="none")
        except Exception as error:  # a broken shape fails in as many ways as there are constraints
            message = f"the shapes cannot be used: {error}"
            raise ShapesError(message) from error
    if not isinstance(report, rdflib.Graph):
        message = f"the shapes cannot be used: {text}"
        raise ShapesError(message)
    # a result of a shape that another one asks for stands beside as its detail, and is none of the data
    results = dict.fromkeys(report.objects(predicate=_SH.result))
    return [_violation(report, result, rules) for result in results]


def _violation(report: rdflib.Graph, result: Any, rules: rdflib.Graph) -> Violation:
    """Return a result of the report as a value of our own."""

    def part(name: str) -> Any:
        """Return the value of a SHACL property of the result."""
        return report.value(result, _SH[name])

    source = part("sourceConstraint") or part("sourceShape")
    path, value = part("resultPath"), part("value")
    choices = rules.value(source, _SH["in"])
    return Violation(
        code=str(source).rpartition("/")[2],
        focus=str(part("focusNode")),
        path=str(path) if isinstance(path, rdflib.URIRef) else None,
        value=None if value is None else str(value),
        component=str(part("sourceConstraintComponent")).rpartition("#")[2],
        severity=str(part("resultSeverity")).rpartition("#")[2],
        message=str(rules.value(source, _SH.message) or part("resultMessage")),
        repair=str(comment) if (comment := rules.value(source, rdflib.RDFS.comment)) else None,
        choices=tuple(str(c) for c in rules.items(choices)) if choices is not None else (),
    )
