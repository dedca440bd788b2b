"""Rules: what follows from the facts, derived by one CONSTRUCT query a file."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable
from pathlib import Path

import pyoxigraph as ox

from ivig_kg.errors import ShapesError
from ivig_kg.resources import read_text
from ivig_kg.schema import XSD, Triple

_SHORTEST = re.compile(r"0|-?(?:[1-9][0-9]*(?:\.[0-9]*[1-9])?|0\.[0-9]*[1-9])")


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the name of its file and its query."""

    name: str
    query: str


def read(folder: Path) -> list[Rule]:
    """Return the rules of a folder, sorted by name; a folder that is not there has none."""
    return [Rule(p.stem, read_text(p)) for p in sorted(folder.glob("*.rq"))]


def derive(rules: Iterable[Rule], asserted: Collection[Triple]) -> dict[Triple, str]:
    """Apply every rule once to the asserted triples.

    Returns:
        The triples that are new, each with the name of the rule that derived it.

    Raises:
        ShapesError: A rule cannot be read as CONSTRUCT, or makes a blank node or a literal that no
            file states (a store rewrites literals; what is derived must stay as it was typed). Only a
            decimal number in its shortest form may be new: it is the same in every store.
    """
    store = ox.Store()
    store.extend(ox.Quad(*t) for t in asserted)
    stated = {t.object for t in asserted if isinstance(t.object, ox.Literal)}
    derived: dict[Triple, str] = {}
    for rule in rules:
        for triple in apply(rule, store):
            if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
                message = f"rule {rule.name}: it makes a blank node"
                raise ShapesError(message)
            if isinstance(triple.object, ox.Literal) and triple.object not in stated and not _is_number(triple.object):
                message = f"rule {rule.name}: it makes the literal {triple.object}, which no file states"
                raise ShapesError(message)
            if triple not in asserted:
                derived.setdefault(triple, rule.name)
    return derived


def apply(rule: Rule, store: ox.Store) -> list[Triple]:
    """Return what one rule makes of the triples of a store, those that stand in it too.

    Raises:
        ShapesError: The rule cannot be read as CONSTRUCT, or not be applied.
    """
    try:
        found = store.query(rule.query)
        if isinstance(found, ox.QueryTriples):
            return list(found)
    except SyntaxError as error:
        message = f"rule {rule.name}: this is not SPARQL: {error.msg}"
        raise ShapesError(message) from error
    except (ValueError, OSError, RuntimeError) as error:
        message = f"rule {rule.name}: it cannot be applied: {error}"
        raise ShapesError(message) from error
    message = f"rule {rule.name}: a rule is a CONSTRUCT query"
    raise ShapesError(message)


def _is_number(literal: ox.Literal) -> bool:
    """Tell whether a literal is a decimal number in its shortest form."""
    return literal.datatype.value == XSD + "decimal" and _SHORTEST.fullmatch(literal.value) is not None
