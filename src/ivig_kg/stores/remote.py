"""Remote: a question answered by a live store, over the graphs of the release that is live there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from ivig_kg.errors import StoreError
from ivig_kg.resources import GRAPHS
from ivig_kg.stores import catalog
from ivig_kg.stores.store import TRIPLES, Store, solutions

_NOISE = re.compile(r"<[^<>\s]*>|#[^\n]*")
_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_DECLARED = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
_DOING = "answer the question"


def graphs(store: Store) -> list[str]:
    """Return the graphs of the release that is live in a store, or none where its default graph has the data.

    Where no catalog says which they are, they have the fixed names, or what is asked is the default graph.
    """
    live = catalog.read(store).live
    if live:
        return [part.place for part in live.parts]
    names = [GRAPHS + name for name in catalog.NAMES]
    listed = " ".join(f"<{name}>" for name in names)
    found = store.rows(
        f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {listed} }} GRAPH ?g {{ ?s ?p ?o }} }}", "g", doing="show its graphs"
    )
    return sorted(term.value for (term,) in found)


def ask(text: str, *, store: Store, prefixes: Mapping[str, str]) -> Any:
    """Answer a SPARQL query by a live store; the default graph is the release that is live.

    Args:
        text: SELECT, ASK, CONSTRUCT or DESCRIBE.
        store: The store.
        prefixes: Prefixes that the text may use without declaring them.

    Returns:
        The answer as pyoxigraph gives it.

    Raises:
        StoreError: The store refused, or answered with something else.
    """
    declared = set(_DECLARED.findall(text))
    added = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items() if name not in declared)
    over = graphs(store)
    form = _FORM.search(_NOISE.sub(" ", text))
    if form is None or form[1].upper() in {"SELECT", "ASK"}:
        found = solutions(*store.query(added + text, doing=_DOING, graphs=over), doing=_DOING)
        return _boolean(found) if form and form[1].upper() == "ASK" else found
    kind, data = store.query(added + text, doing=_DOING, graphs=over, accept=f"{TRIPLES}, text/turtle;q=0.5")
    if kind not in {TRIPLES, "text/plain", "text/turtle"}:
        message = f"{store.profile.query}: it answered with {kind or 'nothing'}, and triples were asked for"
        raise StoreError(message)
    try:
        made = ox.Store()
        made.extend(ox.parse(data, format=ox.RdfFormat.TURTLE))
        return made.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    except (SyntaxError, ValueError) as error:
        message = f"{store.profile.query}: it answered with damaged triples"
        raise StoreError(message) from error


def _boolean(found: Any) -> Any:
    """Return the answer to ASK, which Virtuoso gives as a row with a number."""
    if isinstance(found, ox.QueryBoolean):
        return found
    rows = [list(row) for row in found]
    said = str(bool(rows and any(term is not None and term.value not in {"0", "false"} for term in rows[0]))).lower()
    return ox.parse_query_results(f'{{"head": {{}}, "boolean": {said}}}', format=ox.QueryResultsFormat.JSON)
