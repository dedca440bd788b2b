"""Remarks: what the page says in words."""

from __future__ import annotations

HEAD = """# Which programs read the graph, and give the same answers

Made by `make interop` on {day}: a release was written as a partner gets it, and {count} things were tried with it in
{minutes} minutes. Each came out as this page says; the run fails where one does not. To run it you need Debian's
`virtuoso-opensource-7-bin`, `libapache-jena-java`, `openjdk-17-jdk-headless`, `raptor2-utils` and `serdi`, node 20 or
newer, and once:

```sh
npm ci --ignore-scripts --no-audit --no-fund --prefix interop/js
```
"""
READING = """Each program read the file of each format that it knows. *yes*: without a warning, and what it gave back
has the number of triples and the RDFC-1.0 fingerprint that `exports/manifest.json` says, for `nq` and `trig` with the
named graphs, for the others of their union. *by value*: the same triples, some numbers under another datatype.
*by graph*: each named graph sent on its own as N-Triples, as `ivig-kg load` does. *as 1.0*, *warns*, *no*: see the
known differences. An empty cell is a format that was not tried, since the program does not read it.

"""
BESIDE = """The description of the release, the vocabulary, the questions as RDF, and the JSON-LD for web pages, each
read by every program that knows its format, with the triples and the RDFC-1.0 fingerprint that pyoxigraph finds.

"""
ASKING = """Every question of `ontology/queries/` was asked in each program, once with the union in one graph and once
over the five named graphs, and has the answer that stands beside it, which is the one that was written by hand: the
same rows in the same order. Numbers are compared by value, language tags without regard to capitals, everything else
to the letter. Jena answers from memory (ARQ) for the default graph, from a TDB2 database for the named graphs.

"""
JUDGING = """Every case of `tests/cases/` that gets as far as the shapes was judged by three engines. They agree where
they find as many results, on the same nodes, of the same constraint components, as pySHACL; pySHACL itself has to find
the shape that a case is for, and nothing but notes in a valid one.

"""
DIFFERING = """Each was looked at in this run, and is there still; the run fails when one goes away.

"""
EACH = r"""* **rdflib** answers a `UNION` inside a group on its own before it joins it: one of paths with two open ends,
  `{ ?a skos:broader* ?b } UNION { ?b skos:broader* ?a }`, took 21 GB of memory. `skos:broader*|(^skos:broader)*` does
  not. With `GROUP BY` it orders by columns of the answer alone.
* **Oxigraph** (the server, and `Store` of pyoxigraph) gives `xsd:nonNegativeInteger` back as `xsd:integer`.
* **Virtuoso** answers over a union with its system triples unless a graph is named (`default-graph-uri`). Its `REGEX`
  finds nothing for `child|adolescent`; `(child|adolescent)` works. A `NOT EXISTS` with two of its own inside lets rows
  pass that it should stop: questions use `OPTIONAL` and `!BOUND` there. It takes neither N-Quads, TriG nor JSON-LD over
  HTTP, and reads an escape in a local name (`fhir:StructureDefinition\/Substance`) wrongly: the exports have none.
* **Jena** as Debian packages it needs the messages of its Xerces on the class path (`interop/programs.py` puts them
  there), and reads JSON-LD 1.0 only.
* **Comunica** orders plain strings by the rules of a language, not by code point: questions order by the label with
  its language. Over `unionDefaultGraph` a path that may be of no length (`skos:broader*`) finds nothing: name the
  graphs by `FROM`. `EXISTS { ... a|b ... }` is true where no triple has `a` or `b` as its property.
* **shacl-engine** looks for subclasses in the graph of the shapes, so the ontology has to be in it, and takes one
  SPARQL constraint a shape: here each stands in a node shape of its own. It makes a Comunica for each query, at 25 ms;
  here all share one.
* **n3**, **jsonld.js**, **rapper** and **serdi** read everything they know as it is.
"""
ABSENT = """
Not run, since they are not to be had from the package registries that this run is made with: Fuseki, the RDF4J server,
GraphDB, Stardog, Blazegraph, Neo4j, QLever.
"""
