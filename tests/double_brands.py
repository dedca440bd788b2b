"""The brands that the protocol double speaks: paths, parameters and status codes, and where each is written down.

Looked up, or seen on the product where it runs here (Oxigraph 0.5.13, Virtuoso 7.2.5). Fuseki, RDF4J and GraphDB
do not run here: theirs is the published protocol.
"""

from __future__ import annotations

from dataclasses import dataclass

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
TURTLE = "text/turtle"
N_TRIPLES = "application/n-triples"
N_QUADS = "application/n-quads"


@dataclass(frozen=True, kw_only=True)
class Brand:
    """What one brand of triple store does on its own.

    Args:
        name: The brand.
        base: The path that its users call the address of the store; `{name}` is the data set or repository.
        query: The paths of queries, the usual one first.
        update: The paths of updates.
        graphs: The paths of the Graph Store HTTP Protocol.
        update_parameters: How a form names an update.
        graph_parameters: How the URL names a graph, the usual one first.
        guarded: The only paths that ask for a password; none: all paths do.
        created: The status of a PUT or POST that made a graph.
        replaced: The status of a PUT or POST to a graph that was there.
        deleted: The status of a DELETE.
        missing: The status of GET, HEAD and DELETE of a graph that is not there; None: as of an empty graph.
        untyped: The status of a PUT or POST without a Content-Type.
        not_allowed: The status of a method that a path does not know.
        updated: The status of an update sent directly.
        updated_form: The status of an update sent as a form.
        union: Whether a query that names no graph sees the triples of all graphs.
        keeps_empty: Whether a graph without triples exists.
        whole: Whether the Graph Store Protocol without a graph means the whole data set.
        silent: Which of DROP and CLEAR take a missing graph for no error.
        ungzips: Whether a body with Content-Encoding: gzip is read.
        atomic: Whether a write is seen whole or not at all.
        odd: Whether the surprises of Virtuoso apply.
        results: The media types of results, the one for `*/*` first.
        formats: The media types of graphs, the one for `*/*` first.
    """

    name: str
    base: str
    query: tuple[str, ...]
    update: tuple[str, ...]
    graphs: tuple[str, ...]
    update_parameters: tuple[str, ...] = ("update",)
    graph_parameters: tuple[str, ...] = ("graph",)
    guarded: tuple[str, ...] = ()
    created: int = 201
    replaced: int = 204
    deleted: int = 204
    missing: int | None = 404
    untyped: int = 400
    not_allowed: int = 405
    updated: int = 204
    updated_form: int = 204
    union: bool = False
    keeps_empty: bool = False
    whole: bool = False
    silent: tuple[str, ...] = ()
    ungzips: bool = False
    atomic: bool = True
    odd: bool = False
    results: tuple[str, ...] = (JSON, XML, CSV, TSV)
    formats: tuple[str, ...] = (TURTLE, N_TRIPLES, "application/rdf+xml", "application/ld+json")


# https://jena.apache.org/documentation/fuseki2/fuseki-old-config-endpoint.html: the services query (also sparql),
# update, data. GSP_RW.java and ServletOps.java (apache/jena): no Content-Type 400, a parse error 400 and the
# transaction is undone, DELETE 204 or 404, an upload 201 if the graph was absent, else 200, with a JSON count;
# DELETE of the whole data set 405. SPARQL_Update.java: 204 to a direct update, a page with 200 to a form.
# A graph without triples does not exist in TDB2 (glama.ai, jena-mcp-server, sparql_update).
FUSEKI = Brand(
    name="fuseki",
    base="/{name}",
    query=("/{name}/query", "/{name}/sparql"),
    update=("/{name}/update",),
    graphs=("/{name}/data",),
    update_parameters=("update", "request"),
    replaced=200,
    updated_form=200,
    whole=True,
)

# https://rdf4j.org/documentation/reference/rest-api/: the tree of paths. GraphController.java (eclipse-rdf4j/rdf4j):
# every PUT, POST and DELETE that goes well is an EmptySuccessView (204), also for a graph that is not there, whose
# GET is 200 and empty; an unknown type 415, malformed data 400, neither ?graph nor ?default 400.
# The default graph of a query is all graphs (metaphacts.com, "The default graph demystified").
RDF4J = Brand(
    name="rdf4j",
    base="/rdf4j-server/repositories/{name}",
    query=("/rdf4j-server/repositories/{name}",),
    update=("/rdf4j-server/repositories/{name}/statements",),
    graphs=("/rdf4j-server/repositories/{name}/rdf-graphs/service",),
    created=204,
    missing=None,
    untyped=415,
    union=True,
    silent=("DROP", "CLEAR"),
)

# GraphDB speaks RDF4J's protocol below /repositories. Gno.Store.Adapters.GraphDB (hexdocs.pm/gno): the default graph
# of a query is the union; default-graph-uri=http://www.openrdf.org/schema/sesame#nil is the real one.
GRAPHDB = Brand(
    name="graphdb",
    base="/repositories/{name}",
    query=("/repositories/{name}",),
    update=("/repositories/{name}/statements",),
    graphs=("/repositories/{name}/rdf-graphs/service",),
    created=204,
    missing=None,
    untyped=415,
    union=True,
    silent=("DROP", "CLEAR"),
)

# cli/src/main.rs (oxigraph/oxigraph), and seen on 0.5.13: PUT and POST 201 or 204, a graph without triples exists,
# no Content-Type 400, unknown 415, gzip is read, N-Quads that name a graph 400, DROP of a missing graph 500.
OXIGRAPH = Brand(
    name="oxigraph",
    base="",
    query=("/query",),
    update=("/update",),
    graphs=("/store",),
    not_allowed=404,
    keeps_empty=True,
    whole=True,
    ungzips=True,
    formats=(N_QUADS, N_TRIPLES, TURTLE, "application/rdf+xml", "application/ld+json"),
)

# vos.openlinksw.com, VirtGraphUpdateProtocol and VirtGraphProtocolCURLExamples: /sparql-graph-crud and
# /sparql-graph-crud-auth with graph-uri= (or graph=), digest, realm SPARQL, PUT 201. Seen on 7.2.5: replaced 200,
# DELETE 200 or 404, ?default 500, no graph at all 200 and a page, HEAD 501, an anonymous PUT 403, an anonymous
# update 500, any unknown Content-Type taken for Turtle, JSON-LD, N-Quads and gzip 500, ASK a table of one row,
# an update sent with GET carried out, default-graph-uri no hindrance to GRAPH, 1 and true of one subject and
# predicate one triple. A syntax error in a small file left the old triples, in a large one not: here it never does.
VIRTUOSO = Brand(
    name="virtuoso",
    base="",
    query=("/sparql", "/sparql-auth"),
    update=("/sparql-auth", "/sparql"),
    graphs=("/sparql-graph-crud-auth", "/sparql-graph-crud"),
    update_parameters=("update", "query"),
    graph_parameters=("graph-uri", "graph"),
    guarded=("/sparql-auth", "/sparql-graph-crud-auth"),
    replaced=200,
    deleted=200,
    not_allowed=501,
    updated=200,
    updated_form=200,
    union=True,
    silent=("CLEAR",),
    atomic=False,
    odd=True,
    results=(XML, JSON, CSV, TSV),
)

BRANDS = {brand.name: brand for brand in (FUSEKI, RDF4J, GRAPHDB, OXIGRAPH, VIRTUOSO)}
