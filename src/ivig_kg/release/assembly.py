"""Assembly: all files of a release, made from a project that has no errors.

The same project gives the same bytes: nothing is taken from the clock, and everything is sorted.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import pyoxigraph as ox

from ivig_kg import export, originals, questions, resources, sparql, spreadsheets
from ivig_kg.loading import Loaded
from ivig_kg.release import citation, crate, description, fhir, guide, kgx, schemaorg, sums, tables
from ivig_kg.release.description import File, Release
from ivig_kg.release.statements import Statements

CHANGES = "CHANGES.md"
MAPPINGS = "tables/mappings.sssom.tsv"
FHIR = "fhir/clinical-use-definitions.json"
SCHEMA_ORG = "schema.org/ivig-kg.jsonld"
_MEDIA = {
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".rq": "application/sparql-query",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".cff": "application/yaml",
}
_HOLDS = {
    "exports/": "the graph in five formats, plain and compressed (`.gz`), with `manifest.json`; load `ivig-kg.nq`",
    "ontology/": "classes and properties, the JSON-LD context, the rules, and the questions with their answers",
    "shapes/": "SHACL: what holds of the facts, and in `release/` of `description.ttl`",
    "tables/": "one row a fact (`index.csv`, `index.json`), one row a value (`values.csv`), and the mappings (SSSOM)",
    "kgx/": f"nodes and edges of the Biolink model {kgx.BIOLINK_VERSION}",
    "fhir/": "indications, contraindications, undesirable effects, interactions and warnings: FHIR R5",
    "schema.org/": "JSON-LD for web pages",
    "load/": "recipes that load the graph into a store, and count it there",
    CHANGES: "what is new, and which questions have other answers",
    description.NAME: "what is here, counted, with licences, sources and checksums: VoID, DCAT 3, PROV",
    crate.NAME: "the same for repositories that read RO-Crates; its context is at an address",
    citation.NAME: "how to cite it",
    citation.LICENCE: "the licences",
    sums.NAME: "the SHA-256 of every other file",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Before:
    """The release before: its version, and as Markdown what has changed since."""

    version: str
    changes: str


def files(
    loaded: Loaded,
    exports: Mapping[str, bytes],
    *,
    cited: citation.Citation,
    date: str,
    tool: str,
    before: Before | None = None,
) -> dict[str, bytes]:
    """Return the files of a release by their paths.

    Args:
        loaded: The project, without errors.
        exports: Its exports, by their names.
        cited: What its CITATION.cff says.
        date: The date of the release, as ISO 8601.
        tool: The version of the tool.
        before: The release before, where it is known.
    """
    said = Statements(loaded.quads)
    store = sparql.store(loaded.quads)
    release = Release(cited, date, tool, said, loaded.quads, loaded.table, before.version if before else None)
    made = {
        **{f"exports/{name}": data for name, data in exports.items()},
        **{f"exports/{name}.gz": compressed(exports[name]) for name in export.NAMES},
        **dict(_of_ontology(loaded, store)),
        **dict(_of_shapes(loaded)),
        **{f"tables/{name}": data for name, data in tables.index(_index(loaded), store).items()},
        "tables/values.csv": tables.values(said),
        **profiles(said, kgx.direct(loaded.part.derived), prefixes=loaded.prefixes, version=cited.version),
        **guide.recipes(),
        **{
            name: (loaded.project.facts.parent / name).read_bytes()
            for name in (citation.NAME, citation.LICENCE)
            if (loaded.project.facts.parent / name).is_file()
        },
    }
    if loaded.table.rows:
        made[MAPPINGS] = tables.mappings(loaded.table, said, version=cited.version)
    if before:
        made[CHANGES] = before.changes.encode("utf-8")
    held = {path.partition("/")[0] + "/" * ("/" in path) for path in made} | {description.NAME, crate.NAME, sums.NAME}
    holds = {path: words for path, words in _HOLDS.items() if path in held}
    made[guide.README] = guide.readme(cited, date=date, manifest=manifest(exports), files=holds).encode("utf-8")
    return dict(sorted(_described(release, made).items()))


def manifest(exports: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest of exports."""
    content: dict[str, Any] = json.loads(exports[export.MANIFEST])
    return content


PARTS = frozenset(
    {
        *(f"exports/{name}{end}" for name in export.NAMES for end in ("", ".gz")),
        f"exports/{export.MANIFEST}",
        f"exports/{questions.NAME}",
        *(f"ontology/{name}" for name in ("context.jsonld", "ivig.ttl", "queries/", "rules/")),
        "shapes/",
        "shapes/release/",
        *(f"tables/{name}" for name in ("index.csv", "index.json", "values.csv")),
        *(f"kgx/{name}.{form}" for name in ("edges", "nodes") for form in ("jsonl", "tsv")),
        FHIR,
        SCHEMA_ORG,
        *guide.recipes(),
        citation.NAME,
        guide.README,
        description.NAME,
        crate.NAME,
    }
)  # what every release has; a folder ends with a slash


def compressed(data: bytes) -> bytes:
    """Return data as gzip, with no name and no time in it."""
    output = io.BytesIO()
    with gzip.GzipFile("", "wb", export.LEVEL, output, mtime=0) as file:
        file.write(data)
    return output.getvalue()


def _described(release: Release, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with those that describe them: each describes all that were there before it."""
    found = dict(made)
    found[description.NAME] = description.serialize(release, [_file(p, d) for p, d in found.items()])
    found[crate.NAME] = crate.serialize(release, [_file(p, d) for p, d in found.items()])
    found[sums.NAME] = sums.serialize({path: hashlib.sha256(data).hexdigest() for path, data in found.items()})
    return found


def _file(path: str, data: bytes) -> File:
    suffix = PurePosixPath(path.removesuffix(".gz")).suffix
    licence = tables.licence(data) if path == MAPPINGS else None
    if path.startswith("load/"):
        licence = guide.LICENCE
    return File(path, _MEDIA.get(suffix, "text/plain"), len(data), hashlib.sha256(data).hexdigest(), licence)


def _of_ontology(loaded: Loaded, store: ox.Store) -> Iterator[tuple[str, bytes]]:
    """Yield vocabulary, context, rules and questions, and what the questions answer on these data."""
    folder = loaded.project.ontology
    for path in sorted([*folder.glob("*.ttl"), *folder.glob("*.jsonld"), *folder.glob("*/*.rq")]):
        yield f"ontology/{path.relative_to(folder).as_posix()}", path.read_bytes()
    for query in sparql.read(folder / "queries"):
        yield f"ontology/queries/{query.name}{answer_suffix(query.text)}", answer(query.text, store)


def answer(text: str, store: ox.Store) -> bytes:
    """Return what a question answers, as it stands in a release: CSV that runs nothing, or Turtle."""
    found = sparql.ask(text, over=store)
    if isinstance(found, ox.QueryTriples):
        return sparql.written(found, form="ttl", prefixes={}).encode("utf-8")
    return spreadsheets.neutral(sparql.written(found, form="csv", prefixes={})).encode("utf-8")


def answer_suffix(text: str) -> str:
    """Return the ending of the file with the answer of a question."""
    return ".ttl" if isinstance(sparql.ask(text, over=ox.Store()), ox.QueryTriples) else ".csv"


def _of_shapes(loaded: Loaded) -> Iterator[tuple[str, bytes]]:
    for path in sorted(loaded.project.shapes.glob("*.ttl")):
        yield f"shapes/{path.name}", path.read_bytes()
    for path in sorted(originals.release_shapes().glob("*.ttl")):
        yield f"shapes/release/{path.name}", path.read_bytes()


def _index(loaded: Loaded) -> str:
    """Return the question whose answer has one row a fact: the project's, or the one that ships."""
    folders = (loaded.project.ontology, resources.shipped() / "ontology")
    queries = {query.name: query.text for folder in reversed(folders) for query in sparql.read(folder / "queries")}
    return queries["facts"]


def profiles(
    said: Statements, direct: dict[str, tuple[str, str, str]], *, prefixes: Mapping[str, str], version: str
) -> dict[str, bytes]:
    """Return the graph in the forms of other ecosystems, by their paths.

    Args:
        said: The dataset.
        direct: The direct triple of each fact that gives one.
        prefixes: They shorten the identifiers of public vocabularies.
        version: The version of the data.
    """
    return {
        **{f"kgx/{name}": data for name, data in kgx.files(said, direct, prefixes).items()},
        FHIR: fhir.serialize(said, version),
        SCHEMA_ORG: schemaorg.serialize(said, direct),
    }
