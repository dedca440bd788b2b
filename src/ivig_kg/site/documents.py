"""Documents: what the graph says of one node, as Turtle, N-Triples and JSON-LD, beside its page and in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from ivig_kg.schema import RDF, XSD
from ivig_kg.site.page import Page
from ivig_kg.site.readings import Settings

FORMATS: Mapping[str, tuple[str, str]] = {
    "ttl": ("text/turtle", "Turtle"),
    "jsonld": ("application/ld+json", "JSON-LD"),
    "nt": ("application/n-triples", "N-Triples"),
}
SCHEMA = "https://schema.org/"
_IN_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def serialize(triples: Iterable[Any], form: str, *, prefixes: Mapping[str, str]) -> bytes:
    """Return the triples of a node in one of `FORMATS`, sorted.

    Args:
        triples: The triples, all of one subject.
        form: Turtle and N-Triples by their own writer; JSON-LD without a context, so that it stands alone.
        prefixes: The prefixes of Turtle.
    """
    ordered = sorted(triples, key=lambda t: (t.predicate.value != f"{RDF}type", str(t)))
    if form == "jsonld":
        return json.dumps(expanded(ordered), indent=1, ensure_ascii=False).encode("utf-8") + b"\n"
    if form == "nt":
        return ox.serialize(ordered, format=ox.RdfFormat.N_TRIPLES) or b""
    iris = {term.value for t in ordered for term in t if isinstance(term, ox.NamedNode)}
    used = {name: start for name, start in sorted(prefixes.items()) if any(iri.startswith(start) for iri in iris)}
    return ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=used) or b""


def expanded(triples: Iterable[Any]) -> dict[str, Any]:
    """Return the triples of one subject as JSON-LD in expanded form."""
    node: dict[str, Any] = {}
    for triple in triples:
        node.setdefault("@id", triple.subject.value)
        if triple.predicate.value == f"{RDF}type":
            node.setdefault("@type", []).append(triple.object.value)
        else:
            node.setdefault(triple.predicate.value, []).append(_value(triple.object))
    return node


def about(page: Page, settings: Settings) -> dict[str, Any]:
    """Return what a page is that is none of a single node, as JSON-LD in expanded form: its name, and what it tells of.

    Its own address is the empty one where it is not known: a reader of the page resolves it.
    """
    told = [{"@id": node} for node in page.nodes]
    return {
        "@id": f"{settings.base_url}{page.path}" if settings.base_url else "",
        "@type": [f"{SCHEMA}WebPage"],
        f"{SCHEMA}name": [{"@value": f"{page.content['title']} · {settings.title}"}],
        f"{SCHEMA}version": [{"@value": settings.version}],
        **({f"{SCHEMA}license": [{"@id": settings.licence_address}]} if settings.licence_address else {}),
        **({f"{SCHEMA}mentions": told} if told else {}),
    }


def _value(term: Any) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == f"{XSD}string":
        return {"@value": term.value}
    return {"@value": term.value, "@type": term.datatype.value}


def in_script(content: object) -> str:
    """Return JSON that may stand in a script of HTML: no `<` is left in it, so nothing in it ends the script.

    >>> in_script({"label": "</script>"})
    '{"label":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)
