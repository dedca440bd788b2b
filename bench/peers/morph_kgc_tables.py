"""Write the facts files of a project as morph-kgc wants them: a table a key, and the mapping that reads them.

morph-kgc reads tables and trees of JSON or XML, and no YAML. A table of two columns a key, with no empty cell, is
what it reads fastest.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import flat

from ivig_kg import resources, schema
from ivig_kg.schema import RDF, Form, Key, Schema

PROCESSES = 1
COLUMNS = ("id", "value")
HEAD = "@prefix rml: <http://w3id.org/rml/> .\n"
TRIPLES_MAP = """
<urn:table:{name}> a rml:TriplesMap ;
    rml:logicalSource [ rml:source "{table}" ; rml:referenceFormulation rml:CSV ] ;
    rml:subjectMap [ rml:template "{things}{{id}}" ] ;
    rml:predicateObjectMap [ rml:predicate <{predicate}> ; rml:objectMap [ {term} ] ] .
"""
CONFIG = """[CONFIGURATION]
output_file: {output}
output_format: N-TRIPLES
number_of_processes: {processes}
mapping_partitioning: PARTIAL-AGGREGATIONS
na_values:
logging_level: WARNING

[TABLES]
mappings: {mapping}
"""


def main(project: Path, target: Path) -> None:
    """Write tables, mapping and settings into a new folder."""
    found = schema.load(resources.locate(project))
    target.mkdir()
    names = _tables(flat.nodes(project / "facts", found), target)
    mapping = target / "mapping.ttl"
    text = (_triples_map(name, target / f"{name}.csv", found) for name in names if name != "id")
    mapping.write_text(HEAD + "".join(text), encoding="utf-8")
    settings = CONFIG.format(output=target / "output.nt", processes=PROCESSES, mapping=mapping)
    (target / "config.ini").write_text(settings, encoding="utf-8")


def _tables(nodes: Iterable[flat.Node], target: Path) -> list[str]:
    """Write a table a key; return their names."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for node in nodes:
        for name, value in node.items():
            rows.setdefault(name, []).extend((node["id"], text) for text in flat.texts(value))
    for name, several in rows.items():
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *several])
    return sorted(rows)


def _triples_map(name: str, table: Path, found: Schema) -> str:
    key = found.keys.get(name) or Key(name, RDF + name, Form.WORD)  # what is left is `type`
    return TRIPLES_MAP.format(name=name, table=table, things=resources.THINGS, predicate=key.iri, term=_term(key))


def _term(key: Key) -> str:
    """Return how the value of a key is read, in the words of RML."""
    if key.form is Form.REFERENCE:
        return f'rml:template "{resources.THINGS}{{value}}"'
    if key.form is Form.WORD:
        return f'rml:template "{resources.VOCABULARY}{{value}}"'
    if key.form is Form.ADDRESS:
        return 'rml:reference "value" ; rml:termType rml:IRI'
    kind = f" ; rml:datatype <{key.datatype}>" if key.datatype else ""
    language = f' ; rml:language "{key.language}"' if key.language else ""
    return f'rml:reference "value"{kind}{language}'


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
