"""The public Python functions: `ivig_kg.check`, `build`, `query` and `graph`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from ivig_kg import inquiry, loading, sparql, workflow
from ivig_kg.bounds import Limits
from ivig_kg.errors import FactsError
from ivig_kg.making import Options
from ivig_kg.reporting import Report
from ivig_kg.resources import locate
from ivig_kg.spelling import is_slug

if TYPE_CHECKING:
    import rdflib


def check(*paths: str | Path, directory: str | Path | None = None, sources: str | Path | None = None) -> Report:
    """Check facts: words, ids, evidence, terms and shapes.

    Args:
        paths: Files and folders to report on; all of the project where there are none.
        directory: A folder with facts/ in it; else the working folder if it has facts/, else the
            facts that ship with ivig-kg.
        sources: The folder with the texts of the sources, where they are at hand.

    Returns:
        The report: its findings, and how much was checked.

    Raises:
        FactsError: There was nothing to check.
        ShapesError: Ontology, context, rules or shapes cannot be used.

    >>> import ivig_kg
    >>> {f.severity.value for f in ivig_kg.check().findings}
    {'note'}
    """
    options = Options(sources=_path(sources))
    return workflow.check([Path(p) for p in paths], project=locate(_path(directory)), options=options)


def build(
    folder: str | Path | None = None, *, directory: str | Path | None = None, sources: str | Path | None = None
) -> dict[str, int]:
    """Check facts and write all exports into a folder.

    Args:
        folder: Where the exports go, made where it is missing; without one, exports/ beside facts/.
        directory: As for `check`.
        sources: As for `check`.

    Returns:
        The size in bytes of every file written, by its name.

    Raises:
        FactsError: The facts have findings; nothing was written.
        UsageError: The folder is one in which curators write.
        OutputError: The exports cannot be written; those that stood there stand as before.

    >>> import ivig_kg, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(ivig_kg.build(folder))
    ['ivig-kg.jsonld', 'ivig-kg.nq', 'ivig-kg.nt', 'ivig-kg.trig', 'ivig-kg.ttl', 'manifest.json', 'queries.ttl']
    """
    project = locate(_path(directory))
    options = Options(sources=_path(sources))
    report, made = workflow.build(_path(folder) or project.home / "exports", project=project, options=options)
    if not made:
        message = f"nothing was written: {report.summary()}"
        raise FactsError(message)
    return made


def query(
    text: str,
    *,
    directory: str | Path | None = None,
    parameters: Mapping[str, str] | None = None,
    timeout: float = 60,
    memory: int = 500,
) -> list[dict[str, str]]:
    """Answer a SELECT query.

    Args:
        text: SPARQL, or the name of a named query.
        directory: As for `check`.
        parameters: Keep only rows in which a variable has a value: an id, `prefix:name`, `<address>` or text.
        timeout: How many seconds the question may take.
        memory: How many megabytes of memory it may take, beside the graph.

    Returns:
        One dictionary a row, from variable to IRI or text; a variable that is not bound is left out.

    Raises:
        UsageError: The text is no SELECT query, or a parameter is not a variable that it returns.
        FactsError: Something in the files would be missing from the answer. Shapes are not asked: see `check`.
        LimitError: The question takes too long or too much memory, is too long or too deep, or has too large an answer.

    >>> import ivig_kg
    >>> rows = ivig_kg.query("SELECT ?label { kg:hig-interaction-other-medications skos:prefLabel ?label }")
    >>> rows
    [{'label': 'Human immunoglobulin may interact with other medications'}]
    """
    project = locate(_path(directory))
    if is_slug(text):
        text = workflow.named_query(text, project=project)
    limits = Limits(seconds=timeout, memory=memory * 1_000_000)
    answer = workflow.ask(text, inquiry.ROWS, project=project, parameters=parameters, limits=limits)
    solutions = ox.parse_query_results(bytes(answer), format=ox.QueryResultsFormat.JSON)
    names, found = sparql.rows(cast("ox.QuerySolutions", solutions))
    return [{n: t.value for n, t in zip(names, row, strict=True) if t is not None} for row in found]


def graph(*, directory: str | Path | None = None) -> rdflib.Graph:
    """Return the graph, the union of all named graphs, as an rdflib graph with its prefixes bound.

    Args:
        directory: As for `check`.

    Raises:
        FactsError: Something in the files would be missing from the answer. Shapes are not asked: see `check`.

    >>> import ivig_kg
    >>> from rdflib import RDF, Namespace
    >>> IVIG = Namespace("https://w3id.org/ivig-kg/ontology/")
    >>> len(set(ivig_kg.graph().subjects(RDF.type, IVIG.Source)))
    63
    """
    loaded = loading.readable(locate(_path(directory)))
    from ivig_kg.reference import to_rdflib  # noqa: PLC0415  (rdflib is slow to import)

    made = to_rdflib(q.triple for q in loaded.quads)
    for prefix, iri in loaded.prefixes.items():
        made.bind(prefix, iri)
    return made


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
