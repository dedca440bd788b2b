"""The profiles of a release are read by the readers of their own ecosystems, and hold what they promise."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import sssom_pydantic
from biolink_model.datamodel import pydanticmodel_v2 as biolink
from fhir.resources.bundle import Bundle
from rocrate.rocrate import ROCrate

from conftest import ROOT
from ivig_kg import loading, resources, sparql
from ivig_kg.release import counts, crate, description, fhir, kgx, schemaorg, tables
from ivig_kg.release.statements import Statements
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import SKOS


@pytest.fixture(scope="module")
def loaded() -> loading.Loaded:
    """Return the project as it was read."""
    return loading.load(resources.locate(ROOT))


@pytest.fixture(scope="module")
def said(loaded: loading.Loaded) -> Statements:
    """Return what the dataset says."""
    return Statements(loaded.quads)


@pytest.fixture(scope="module")
def graph(loaded: loading.Loaded, said: Statements) -> dict[str, bytes]:
    """Return the files of KGX."""
    return kgx.files(said, kgx.direct(loaded.part.derived), loaded.prefixes)


@pytest.mark.parametrize("name", ["nodes", "edges"])
def test_kgx_rows_are_what_the_biolink_model_asks_for(graph: dict[str, bytes], name: str) -> None:
    """The class of its category takes every row, with no key that it does not know."""
    rows = [json.loads(line) for line in graph[f"{name}.jsonl"].splitlines()]

    assert len(rows) > 200
    for row in rows:
        kind = getattr(biolink, row["category"][0].removeprefix("biolink:"))
        assert kind.model_validate(row).id == row["id"]


def test_kgx_tables_say_what_its_lines_say(graph: dict[str, bytes]) -> None:
    """A reader of tables gets the same cells, several values parted by a bar."""
    for name in ("nodes", "edges"):
        lines = [json.loads(line) for line in graph[f"{name}.jsonl"].splitlines()]
        text = io.StringIO(graph[f"{name}.tsv"].decode(), newline="")
        for row, line in zip(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE), lines, strict=True):
            told = {k: "|".join(v) if isinstance(v, list) else v for k, v in line.items()}
            assert {k: v for k, v in row.items() if v} == told


def test_kgx_edges_stand_between_nodes_and_are_direct_triples(graph: dict[str, bytes], loaded: loading.Loaded) -> None:
    """No edge claims what the graph does not, and every direct triple is an edge."""
    nodes = {json.loads(line)["id"] for line in graph["nodes.jsonl"].splitlines()}
    edges = [json.loads(line) for line in graph["edges.jsonl"].splitlines()]
    triples = {
        tuple(t.value for t in (q.subject, q.predicate, q.object))
        for q in loaded.quads
        if q.predicate.value.startswith("https://w3id.org/biolink/vocab/") and q.graph_name.value.endswith("derived")
    }

    def whole(edge: dict[str, str]) -> tuple[str, ...]:
        """Return the triple of an edge."""
        predicate = "https://w3id.org/biolink/vocab/" + edge["predicate"].removeprefix("biolink:")
        return THINGS + edge["subject"].removeprefix("kg:"), predicate, THINGS + edge["object"].removeprefix("kg:")

    assert {whole(edge) for edge in edges} == triples
    assert {edge[end] for edge in edges for end in ("subject", "object")} <= nodes
    assert {source for edge in edges for source in edge["publications"]} <= nodes


def test_fhir_resources_hold_all_that_is_stated(said: Statements) -> None:
    """The models of R5 take the bundle, and every stated value of its facts is found in it."""
    bundle = Bundle.model_validate_json(fhir.serialize(said, "1.0.0"))

    classes = {"TreatmentIndication", "PreventiveIndication", "ClinicalUse", "Contraindication", "AdverseEffect"}
    classes |= {"Interaction", "Warning", "BoxedWarning"}
    assert [entry.fullUrl for entry in bundle.entry] == list(said.facts(*classes))
    assert len({entry.resource.id for entry in bundle.entry}) == len(bundle.entry)
    for entry in bundle.entry:
        text = entry.resource.model_dump_json()
        for predicate, value in said.stated(entry.fullUrl):
            if predicate == f"{SKOS}prefLabel" and entry.resource.warning is None:
                continue  # a sentence of ours on what the elements say
            local = value.value.removeprefix(VOCABULARY).removeprefix(THINGS)
            shown = said.label(value.value) if predicate.endswith("type") else local
            assert json.dumps(shown, ensure_ascii=False)[1:-1] in text, (entry.fullUrl, predicate)


def test_schema_org_is_read_without_the_network(said: Statements, loaded: loading.Loaded) -> None:
    """Its context stands inside; a therapy has its drug, and all that is named is described."""
    data = schemaorg.serialize(said, kgx.direct(loaded.part.derived))
    triples = {q.triple for q in ox.parse(data, format=ox.RdfFormat.JSON_LD)}
    found = counts.count(triples)
    described = {t.subject for t in triples}
    named = {t.object for t in triples if getattr(t.object, "value", "").startswith(THINGS)}

    assert found.by_class["https://schema.org/MedicalTherapy"] == found.by_property["https://schema.org/drug"]
    assert all(isinstance(t.subject, ox.NamedNode) for t in triples)
    assert named <= described


def test_mappings_are_read_whole(said: Statements, loaded: loading.Loaded) -> None:
    """The reader of SSSOM takes every row; it leaves out, without a word, what it cannot read."""
    text = tables.mappings(loaded.table, said, version="1.0.0").decode()
    found = sssom_pydantic.read(io.StringIO(text))

    assert len(found.mappings) == len(loaded.table.rows)
    assert {m.object.curie for m in found.mappings} == {row.cells["object_id"] for row in loaded.table.rows}
    assert str(found.mapping_set.version) == "1.0.0"


def test_the_index_has_a_row_for_every_fact(said: Statements, loaded: loading.Loaded) -> None:
    """CSV and JSON say the same, and every fact is in them once."""
    query = (ROOT / "ontology/queries/facts.rq").read_text(encoding="utf-8")
    made = tables.index(query, sparql.store(loaded.quads))
    rows = [{k: v for k, v in row.items() if v} for row in csv.DictReader(io.StringIO(made["index.csv"].decode()))]

    assert rows == json.loads(made["index.json"])
    assert [THINGS + row["fact"] for row in rows] == list(said.facts())


def test_the_crate_is_read_with_every_file(tmp_path: Path) -> None:
    """The reader of RO-Crate finds the files, and the date, licence and version of the root."""
    files = [description.File("kgx/nodes.tsv", "text/tab-separated-values", 3, "0" * 64)]
    (tmp_path / "kgx").mkdir()
    (tmp_path / "kgx/nodes.tsv").write_text("id\n")
    (tmp_path / crate.NAME).write_bytes(crate.serialize(files, version="1.0.0", date="2026-01-01"))

    read = ROCrate(tmp_path)

    assert [entity.id for entity in read.get_by_type("File")] == ["kgx/nodes.tsv"]
    assert read.root_dataset["datePublished"] == "2026-01-01"
    assert read.root_dataset["license"].id == description.LICENCE


def test_the_description_counts_what_the_data_hold(said: Statements, loaded: loading.Loaded) -> None:
    """Its numbers are those that SPARQL counts, it has no blank node, and no partition is left out."""
    release = description.Release("1.0.0", "2026-01-01", "1.0.0", said, loaded.quads, loaded.table)
    triples = {q.triple for q in ox.parse(description.serialize(release, []), format=ox.RdfFormat.TURTLE)}
    store = sparql.store(loaded.quads)

    def number(node: str, what: str) -> int:
        """Return a number of the description."""
        (found,) = (t.object.value for t in triples if t.subject.value == node and t.predicate.value == what)
        return int(found)

    assert all(isinstance(t.subject, ox.NamedNode) for t in triples)
    for name in ("concepts", "derived", "facts", "ontology", "sources"):
        (row,) = store.query(
            f"SELECT (COUNT(*) AS ?n) {{ GRAPH <https://w3id.org/ivig-kg/graph/{name}> {{ ?s ?p ?o }} }}"
        )
        assert number(f"{release.iri}#{name}", f"{description.VOID}triples") == int(row["n"].value)
        parts = [t for t in triples if t.subject.value == f"{release.iri}#{name}" and "Partition" in t.predicate.value]
        shares = [
            number(t.object.value, f"{description.VOID}triples") for t in parts if "propertyP" in t.predicate.value
        ]
        assert sum(shares) == int(row["n"].value)
