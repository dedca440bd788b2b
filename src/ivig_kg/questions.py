"""Questions: the named queries as RDF, so that other tools can list and run them.

Source: https://www.w3.org/TR/shacl/#dfn-sparql-executables and the SPARQL examples of SIB, with every node named.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from ivig_kg import patterns
from ivig_kg.errors import ShapesError
from ivig_kg.sparql import NamedQuery

NAME = "queries.ttl"
QUERIES = "https://w3id.org/ivig-kg/query/"

_HEAD = """\
@prefix ivigq: <https://w3id.org/ivig-kg/query/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_FORMS = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}


def serialize(queries: Iterable[NamedQuery]) -> bytes:
    """Return named queries as Turtle: each an executable of SHACL with its question, and the prefixes they use.

    Raises:
        ShapesError: A query has no form that SHACL knows, or a prefix stands for two addresses.
    """
    blocks: list[str] = []
    prefixes: dict[str, str] = {}
    for query in sorted(queries, key=lambda q: q.name):
        for name, iri in patterns.outline(query.text).declared.items():
            if prefixes.setdefault(name, iri) != iri:
                message = f"query {query.name}: the prefix {name} stands for <{iri}>, and in another query for another"
                raise ShapesError(message)
        blocks.append(_executable(query))
    return "\n".join([_HEAD, _declarations(prefixes), *blocks]).encode("utf-8")


def _executable(query: NamedQuery) -> str:
    form = _FORMS.get(patterns.outline(query.text).form)
    if form is None:
        message = f"query {query.name}: it is neither SELECT nor ASK nor CONSTRUCT"
        raise ShapesError(message)
    kind, predicate = form
    body = "".join(itertools.dropwhile(lambda line: line.startswith("#"), query.text.splitlines(keepends=True)))
    return (
        f"ivigq:{query.name} a sh:SPARQLExecutable , {kind} ;\n"
        f'    rdfs:label "{query.name}" ;\n'
        f'    rdfs:comment "{_escaped(query.question)}"@en ;\n'
        f"    sh:prefixes <{QUERIES}> ;\n"
        f'    {predicate} """{_escaped(body)}""" .\n'
    )


def _declarations(prefixes: Mapping[str, str]) -> str:
    names = " ,\n        ".join(f"<{QUERIES}prefix/{name}>" for name in sorted(prefixes))
    nodes = "".join(
        f'\n<{QUERIES}prefix/{name}> sh:prefix "{name}" ;\n    sh:namespace "{iri}"^^xsd:anyURI .\n'
        for name, iri in sorted(prefixes.items())
    )
    return f"<{QUERIES}> sh:declare {names} .\n{nodes}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
