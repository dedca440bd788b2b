"""The profiles of a release are read by the readers of their own ecosystems, and hold what they promise."""

from __future__ import annotations

import collections
import csv
import html
import io
import json
import uuid
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT
from ivig_kg import loading, resources, sparql
from ivig_kg.release import citation, counts, crate, description, fhir, kgx, schemaorg, tables
from ivig_kg.release.statements import LABEL, Statements
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import DCTERMS, RDF, SKOS, XSD


@pytest.fixture(scope="module")
def loaded(whole: loading.Loaded) -> loading.Loaded:
    """Return the project as it was read."""
    return whole


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
    from biolink_model.datamodel import pydanticmodel_v2 as biolink  # noqa: PLC0415  (takes seconds)

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
    from fhir.resources.bundle import Bundle  # noqa: PLC0415  (takes seconds)

    bundle = Bundle.model_validate_json(fhir.serialize(said, "1.0.0"))

    classes = {"TreatmentIndication", "PreventiveIndication", "ClinicalUse", "Contraindication", "AdverseEffect"}
    classes |= {"Interaction", "Warning", "BoxedWarning"}
    facts = {entry.fullUrl: entry.resource.identifier[0].value for entry in bundle.entry}
    assert list(facts.values()) == list(said.facts(*classes))
    assert all(url == uuid.uuid5(uuid.NAMESPACE_URL, fact).urn for url, fact in facts.items())
    assert len({entry.resource.id for entry in bundle.entry}) == len(bundle.entry)
    for entry in bundle.entry:
        text = entry.resource.model_dump_json()
        for predicate, value in said.stated(facts[entry.fullUrl]):
            local = value.value.removeprefix(VOCABULARY).removeprefix(THINGS)
            shown = said.label(value.value) if predicate.endswith("type") else local
            shown = html.escape(shown, quote=False) if predicate == LABEL else shown
            assert json.dumps(shown, ensure_ascii=False)[1:-1] in text, (facts[entry.fullUrl], predicate)


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
    claims = {"adverseOutcome", "contraindication"}
    treated = {t.object.value for t in triples if t.predicate.value == "https://schema.org/possibleTreatment"}
    told = {t.subject.value for t in triples if t.predicate.value.rpartition("/")[2] in claims}
    assert {t.subject.value for t in triples if t.predicate.value == "https://schema.org/drug"} == treated | told


def test_mappings_are_read_whole(said: Statements, loaded: loading.Loaded) -> None:
    """The reader of SSSOM takes every row; it leaves out, without a word, what it cannot read."""
    text = tables.mappings(loaded.table, said, version="1.0.0").decode()
    import sssom_pydantic  # noqa: PLC0415  (takes seconds)

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


def test_the_values_of_all_facts_are_read_back(said: Statements) -> None:
    """The table of values has every triple that is stated of a fact, and a reader of CSV gets each one back."""
    prefixes = {"rdf": RDF, "skos": SKOS, "dcterms": DCTERMS, "xsd": XSD}

    def whole(text: str, start: str) -> str:
        """Return an address."""
        prefix, colon, name = text.partition(":")
        return prefixes[prefix] + name if colon and prefix in prefixes else start + text

    words = {p for fact in said.facts() for p, value in said.stated(fact) if value.value.startswith(VOCABULARY)}
    read = set()
    for row in csv.DictReader(io.StringIO(tables.values(said).decode(), newline="")):
        predicate = whole(row["property"], VOCABULARY)
        kind = row["kind"]
        if kind == "node":
            value = ox.NamedNode(whole(row["value"], VOCABULARY if predicate in words else THINGS))
        elif ":" in kind:
            value = ox.Literal(row["value"], datatype=ox.NamedNode(whole(kind, "")))
        else:
            value = ox.Literal(row["value"], language=kind)
        read.add((THINGS + row["fact"], predicate, value))

    assert read == {(fact, predicate, value) for fact in said.facts() for predicate, value in said.stated(fact)}


def test_the_crate_is_read_with_every_file(said: Statements, loaded: loading.Loaded, tmp_path: Path) -> None:
    """The reader of RO-Crate finds the files, and the date, licence and version of the root."""
    files = [description.File("kgx/nodes.tsv", "text/tab-separated-values", 3, "0" * 64)]
    cited = citation.read(resources.locate(ROOT))
    release = description.Release(cited, "2026-01-01", "1.0.0", said, loaded.quads, loaded.table)
    (tmp_path / "kgx").mkdir()
    (tmp_path / "kgx/nodes.tsv").write_text("id\n")
    (tmp_path / crate.NAME).write_bytes(crate.serialize(release, files))

    from rocrate.rocrate import ROCrate  # noqa: PLC0415  (takes seconds)

    read = ROCrate(tmp_path)

    assert [entity.id for entity in read.get_by_type("File")] == ["kgx/nodes.tsv"]
    assert read.root_dataset["datePublished"] == "2026-01-01"
    assert read.root_dataset["license"].id == cited.licence_address


def test_the_description_counts_what_the_data_hold(said: Statements, loaded: loading.Loaded) -> None:
    """Its numbers are those that SPARQL counts, it has no blank node, and no partition is left out."""
    cited = citation.read(resources.locate(ROOT))
    release = description.Release(cited, "2026-01-01", "1.0.0", said, loaded.quads, loaded.table)
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


CLAIMS = {"AdverseEffect", "TreatmentIndication", "Contraindication"}  # that schema.org has words for
PARTS = {
    "class": {f"{RDF}type"},
    "label": {LABEL},
    "medicine": {VOCABULARY + "about"},
    "words as stated": {VOCABULARY + "statedAs"},
    "frequency as stated": {VOCABULARY + "frequencyAsStated"},
    "frequency, as CIOMS has it": {VOCABULARY + "frequency"},
    "frequency, numbers and basis": {VOCABULARY + f"frequency{n}" for n in ("Count", "Total", "Percent", "Basis")},
    "certainty as stated": {VOCABULARY + "certaintyAsStated"},
    "seriousness": {VOCABULARY + "seriousness"},
    "population": {VOCABULARY + "population"},
    "jurisdiction": {VOCABULARY + "jurisdiction"},
    "criterion": {VOCABULARY + "criterion"},
    "note": {SKOS + "editorialNote"},
    "conflicts, successor": {VOCABULARY + "conflictsWith", VOCABULARY + "supersededBy"},
    "status": {VOCABULARY + "status"},
    "passage": {VOCABULARY + "evidence"},
}


@pytest.fixture(scope="module")
def records(said: Statements, loaded: loading.Loaded, graph: dict[str, bytes]) -> dict[str, dict[str, set[str]]]:
    """Return all texts that each profile has for each fact that is in it."""
    direct = kgx.direct(loaded.part.derived)
    query = (ROOT / "ontology/queries/facts.rq").read_text(encoding="utf-8")
    index = csv.DictReader(io.StringIO(tables.index(query, sparql.store(loaded.quads))["index.csv"].decode()))
    rows: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(tables.values(said).decode(), newline="")):
        rows.setdefault(THINGS + row["fact"], set()).update({row["fact"], row["value"]})
    nodes = {node["@id"]: node for node in json.loads(schemaorg.serialize(said, direct))["@graph"]}
    told = {}
    for fact, (medicine, _, target) in direct.items():
        if f"{medicine}#therapy" in nodes and said.kind(fact) in {
            "AdverseEffect",
            "TreatmentIndication",
            "Contraindication",
        }:
            told[fact] = set(texts([nodes[f"{medicine}#therapy"], nodes[medicine], nodes.get(target, {})]))
    bundle = json.loads(fhir.serialize(said, "1.0.0"))
    return {
        "`index.csv`": {THINGS + row["fact"]: {t for c, cell in row.items() for t in parted(c, cell)} for row in index},
        "`values.csv`": rows,
        "KGX": {edge["iri"]: set(texts(edge)) for edge in map(json.loads, graph["edges.jsonl"].splitlines())},
        "FHIR": {e["resource"]["identifier"][0]["value"]: set(texts(e["resource"])) for e in bundle["entry"]},
        "schema.org": told,
    }


def parted(column: str, cell: str) -> list[str]:
    """Return the values of a cell: ids are parted by blanks, labels of objects by semicolons, all else is one."""
    if column in {"passages", "source"}:
        return cell.split(" ")
    return [cell, *cell.split("; ")] if column in {"object", "population"} else [cell]


def texts(value: object) -> list[str]:
    """Return all texts in a value of JSON; the label of a FHIR resource stands in a div."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    text = str(value)
    return [html.unescape(text.partition(">")[2].removesuffix("</div>"))] if text.startswith("<div ") else [text]


def wanted(part: str, fact: str, said: Statements) -> list[str]:
    """Return the values of a part of a fact."""
    if part == "id":
        return [fact]
    if part == "object":
        return said.objects(fact)
    if part == "source":
        return said.sources(fact)
    if part == "quantities and their units":
        return [v.value for p, v in said.stated(fact) if p.endswith(("Min", "Max", "Unit"))]
    named = {said.label(node) for node in said.objects(fact)}  # words that are a name tell nothing more than it
    return [v.value for p, v in said.stated(fact) if p in PARTS[part] and v.value not in named]


def test_the_page_says_which_part_of_a_fact_survives(said: Statements, records: dict[str, dict[str, set[str]]]) -> None:
    """Each cell is what is found when the profile is read back: every value, some, or none."""
    text = (ROOT / "docs/profiles.md").read_text(encoding="utf-8").partition("## Which part of a fact survives")[2]
    head, _, *rows = [[c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]

    found = [head]
    for part, *_ in rows:
        cells = []
        for profile in head[1:]:
            kept = [
                bool(shown(value, said) & told)
                for fact, told in records[profile].items()
                for value in wanted(part, fact, said)
            ]
            cells.append("yes" if all(kept) else "some" if any(kept) else "no")
        found.append([part, *cells])

    assert found == [head, *rows]


def shown(value: str, said: Statements) -> set[str]:
    """Return the ways in which a profile may write a value."""
    local = value.removeprefix(THINGS).removeprefix(VOCABULARY)
    return {value, local, f"kg:{local}", said.label(value)}


def test_the_page_says_which_facts_are_in(said: Statements, records: dict[str, dict[str, set[str]]]) -> None:
    """The numbers of the table are those of the profiles."""
    text = (ROOT / "docs/profiles.md").read_text(encoding="utf-8").partition("## Which facts are in")[2]
    lines = [line for line in text.partition("##")[0].splitlines() if line.startswith("|")][2:]
    kinds = collections.Counter(said.kind(fact) for fact in said.facts())

    rows = {}
    for kind in (*sorted(kinds), None):
        facts = [fact for fact in said.facts() if kind in {None, said.kind(fact)}]
        profiles = [records[name] for name in ("`values.csv`", "KGX", "FHIR", "schema.org")]
        numbers = [len(facts), *(sum(fact in profile for fact in facts) for profile in profiles)]
        rows[f"`{kind}`" if kind else "all"] = " | ".join(map(str, numbers))

    assert lines == [f"| {name} | {numbers} |" for name, numbers in rows.items()]
