"""Rules: what follows from the facts, derived by one CONSTRUCT query a file."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import fruitless, indexed, mentions, originals, patterns, precautions, stability
from ivig_kg.bounds import Query, try_out
from ivig_kg.definitions import only
from ivig_kg.errors import LimitError, ShapesError
from ivig_kg.kept import Kept
from ivig_kg.resources import read_text
from ivig_kg.schema import RDF, Schema, Triple

_CONSTRUCT = re.compile(r"\A(?P<before>.*?)\bCONSTRUCT\s*\{(?P<template>[^{}]*)\}\s*(?P<where>WHERE\b.*)\Z", re.DOTALL)
_TOKEN = re.compile(
    r"[?$](?P<variable>\w+)|(?<![\w-])(?P<prefix>[\w-]*):(?P<local>[\w-]+)|(?P<a>a)(?!\w)|(?P<mark>[;,.])|\s+"
)
_FACT = "fact"
_PLACES = {";": 1, ",": 2, ".": 0}  # how many terms the next triple shares

Source = tuple[str, str | None]  # the name of a rule, and the fact that it was applied to where the rule says which


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the name of its file, its query, and how it is asked.

    Attributes:
        name: The name of its file.
        query: The CONSTRUCT query.
        select: The same pattern as a SELECT that gives the fact too; None where the query has no `?fact`, or a
            template that is not understood to the last word.
        template: The triples that each solution of `select` gives: variables by name, other terms as they are.
    """

    name: str
    query: str
    select: str | None = None
    template: tuple[tuple[Any, Any, Any], ...] = ()

    @property
    def is_about_facts(self) -> bool:
        """Whether the rule says which fact it is applied to: it calls it `?fact`."""
        return self.select is not None


_known: Kept[Schema, frozenset[str]] = Kept(
    lambda schema: mentions.vocabulary(schema.ontology, {key.iri for key in schema.keys.values()})
)


def read(folder: Path, *, schema: Schema | None = None) -> list[Rule]:
    """Return the rules of a folder, sorted by name; a folder that is not there has none.

    Args:
        folder: Where they are.
        schema: What a rule may speak of; that is not looked at where there is None.

    Raises:
        ShapesError: A rule asks for something that is not known, so it would derive nothing.
    """
    found = [rule(p.stem, read_text(p)) for p in only(folder, ".rq")]
    known = _known(schema) if schema else None
    for one in found:
        names = [] if known is None else mentions.unknown(one.query, {}, known=known)
        wrong = f"asks for `{names[0]}`, {mentions.NOWHERE}" if names else None
        if wrong := wrong or (None if originals.is_shipped(one.query) else fruitless.reason(one.query)):
            message = f"rule {one.name}: it {wrong}"
            raise ShapesError(message)
    return found


@functools.lru_cache(maxsize=64)
def rule(name: str, query: str) -> Rule:
    """Return a rule by the name of its file and its text.

    Raises:
        LimitError: It is so deep or long, or has so many parts, that the engine could fall.
    """
    if said := precautions.too_much(query):
        message = f"rule {name}: it {said}"
        raise LimitError(message)
    bare = re.sub(r"^\s*#.*$", "", query, flags=re.MULTILINE)
    match = _CONSTRUCT.match(bare)
    if match is None or f"?{_FACT}" not in match["where"]:
        return Rule(name, query)
    template = _template(match["template"], patterns.outline(query).declared)
    names = sorted({term for triple in template for term in triple if isinstance(term, str)} | {_FACT})
    select = f"{match['before']}SELECT DISTINCT {' '.join(f'?{n}' for n in names)} {match['where']}"
    return Rule(name, query, select, template) if template else Rule(name, query)


def _template(text: str, prefixes: Mapping[str, str]) -> tuple[tuple[Any, Any, Any], ...]:
    """Return the triples of a template, variables by name; none where there is anything else than they and names."""
    found: list[tuple[Any, Any, Any]] = []
    terms: list[Any] = []
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() != position or (token["local"] and token["prefix"] not in prefixes):
            return ()
        position = token.end()
        if token["mark"]:
            if len(terms) != len(_PLACES):
                return ()
            found.append((terms[0], terms[1], terms[2]))
            terms = terms[: _PLACES[token["mark"]]]
        elif token["variable"]:
            terms.append(token["variable"])
        elif token["a"] or token["local"]:
            iri = RDF + "type" if token["a"] else prefixes[token["prefix"]] + token["local"]
            try:
                terms.append(ox.NamedNode(iri))
            except ValueError:  # the engine says what is wrong with it
                return ()
    if position != len(text) or len(terms) not in {0, len(_PLACES)}:
        return ()
    return (*found, (terms[0], terms[1], terms[2])) if terms else tuple(found)


def derive(
    rules: Iterable[Rule], asserted: Collection[Triple], same: tuple[Triple, ...] = ()
) -> dict[Triple, list[Source]]:
    """Apply every rule once to the asserted triples.

    Args:
        rules: The rules.
        asserted: All triples that they are applied to.
        same: Those among them that come again and again in the same tuple.

    Returns:
        The triples that are new, each with the rules that derive it and the facts that they do it for.

    Raises:
        ShapesError: A rule cannot be read as CONSTRUCT, or makes a blank node or a literal that no
            file states (a store rewrites literals; what is derived must stay as it was typed). Only a
            decimal number in its shortest form may be new: it is the same in every store.
        LimitError: A rule that does not ship takes too long or too much memory.
    """
    rules = list(rules)
    others = (Query(f"the rule {r.name}", r.select or r.query) for r in rules if not originals.is_shipped(r.query))
    try_out((query for query in others if not patterns.asks_elsewhere(query.text)), asserted)
    known = indexed.fixed(same)
    store = ox.Store()
    store.extend(known.quads)
    own = [t for t in asserted if t not in known.triples]
    store.extend(ox.Quad(*t) for t in own)
    stated = known.literals.union(t.object for t in own if isinstance(t.object, ox.Literal))
    derived: dict[Triple, list[Source]] = {}
    for rule in rules:
        for triple, fact in _apply(rule, store):
            if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
                message = f"rule {rule.name}: it makes a blank node"
                raise ShapesError(message)
            new = isinstance(triple.object, ox.Literal) and triple.object not in stated
            if new and not stability.is_decimal(triple.object):
                message = f"rule {rule.name}: it makes the literal {triple.object}, which no file states"
                raise ShapesError(message)
            if triple not in asserted:
                derived.setdefault(triple, []).append((rule.name, fact))
    return derived


def _apply(rule: Rule, store: ox.Store) -> Iterator[tuple[Triple, str | None]]:
    """Yield what one rule makes of the triples of a store, those that stand in it too, each with its fact.

    Raises:
        ShapesError: The rule cannot be read as CONSTRUCT, or not be applied.
    """
    if patterns.asks_elsewhere(rule.query):
        message = f"rule {rule.name}: SERVICE asks another server, and a rule looks at this graph alone"
        raise ShapesError(message)
    try:
        found: Any = store.query(rule.select or rule.query)
        if rule.select is None and isinstance(found, ox.QueryTriples):
            yield from ((triple, None) for triple in found)
            return
        if isinstance(found, ox.QuerySolutions) and rule.select:
            yield from _instances(rule, found)
            return
    except SyntaxError as error:
        message = f"rule {rule.name}: this is not SPARQL: {error.msg}"
        raise ShapesError(message) from error
    except (ValueError, OSError, RuntimeError) as error:
        message = f"rule {rule.name}: it cannot be applied: {error}"
        raise ShapesError(message) from error
    message = f"rule {rule.name}: a rule is a CONSTRUCT query"
    raise ShapesError(message)


def _instances(rule: Rule, solutions: Any) -> Iterator[tuple[Triple, str | None]]:
    """Yield the triples of a template for each solution; as in CONSTRUCT, one that is no triple is left out."""
    for row in solutions:
        for triple in rule.template:
            subject, predicate, value = (row[term] if isinstance(term, str) else term for term in triple)
            if isinstance(subject, ox.NamedNode | ox.BlankNode) and isinstance(predicate, ox.NamedNode) and value:
                yield ox.Triple(subject, predicate, value), getattr(row[_FACT], "value", None)
