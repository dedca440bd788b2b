"""Accounting: nothing that stands in a file is lost or bent on its way to RDF, by whichever reader."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyld
import pyoxigraph as ox
import pytest
import rdflib

import mutants
from conftest import ROOT, Run
from ivig_kg import accounting, facts, nodes, rdf, schema
from ivig_kg.resources import Project, read_context

CONTEXT = json.loads((ROOT / "ontology/context.jsonld").read_text(encoding="utf-8"))["@context"]
TERMS = [k for k in CONTEXT if not k.startswith("@")]
FILES = sorted((ROOT / "facts").rglob("*.yaml")) + sorted((ROOT / "tests/cases/valid").glob("*.yaml"))


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a context to write anew, and links to the facts and shapes of the project."""
    folder = tmp_path_factory.mktemp("linked")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    for name in ("facts", "shapes"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def context_without(folder: Path, term: str) -> None:
    """Give a project the context without a term."""
    left = {"@context": {name: meaning for name, meaning in CONTEXT.items() if name != term}}
    (folder / "ontology/context.jsonld").write_text(json.dumps(left), encoding="utf-8")


@pytest.mark.exhaustive(every=8)
@pytest.mark.parametrize("term", TERMS)
def test_a_term_missing_from_the_context_is_seen(term: str, linked: Path, run: Run) -> None:
    """Whichever term is deleted, no run passes: its facts would be lost without a word."""
    context_without(linked, term)

    result = run("-C", linked, "build")

    assert result.exit_code in {
        1,
        4,
    }  # 1 where another key of the same property is left, so that the context holds together
    assert ("context.jsonld" if result.exit_code == 4 else f"unknown-key]: `{term}`") in result.stderr
    assert not (linked / "exports").exists()


@pytest.mark.parametrize("term", ["label", "effect", "status", "AdverseEffect", "passages", "start", "draft"])
def test_the_accounting_alone_sees_a_lost_term(term: str, copy: Path) -> None:
    """Where nothing else looked at the context, every value of the term would still be missed."""
    whole = schema.load(Project(copy, copy / "facts", copy / "ontology", copy / "shapes"))
    documents = [facts.read(p, shown=p.name) for p in sorted((copy / "facts").rglob("*.yaml"))]
    expected = list(accounting.leaves(documents, schema=whole, aside=()))
    poorer = {k: v for k, v in CONTEXT.items() if k != term}
    text = json.dumps({"@context": poorer, "@graph": [n for d in documents for n in as_json(d)]})

    found = accounting.check(expected, {q.triple for q in ox.parse(text, ox.RdfFormat.JSON_LD)})

    assert "lost-value" in {f.code for f in found}


def as_json(document: nodes.Document) -> list[object]:
    """Return a document as plain JSON, by a way of its own."""

    def plain(node: nodes.Node) -> object:
        if isinstance(node, nodes.Scalar):
            return node.text
        if isinstance(node, nodes.Listing):
            return [plain(item) for item in node.items]
        return {entry.key.text: plain(entry.value) for entry in node.entries}

    return [plain(node) for node in document.nodes]


def lines(triples: object) -> set[str]:
    """Return triples as sorted N-Triples lines."""
    return {str(t) for t in triples}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_three_readers_of_json_ld_agree_on_every_facts_file(path: Path, project: Project) -> None:
    """pyoxigraph, rdflib and PyLD make the same triples of the same file under the context."""
    loaded = schema.load(project)
    document = facts.read(path, shown=path.name)
    ours = rdf.map_document(document, schema=loaded, aside=())
    text = json.dumps({"@context": CONTEXT, "@graph": as_json(document)})

    by_pyld = pyld.jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
    graph = rdflib.Graph()
    rdflib.NORMALIZE_LITERALS = False
    try:
        graph.parse(data=text, format="json-ld")
        by_rdflib = graph.serialize(format="nt")
    finally:
        rdflib.NORMALIZE_LITERALS = True

    assert ours
    assert lines(q.triple for q in ox.parse(by_pyld, ox.RdfFormat.N_QUADS)) == lines(ours)
    assert lines(q.triple for q in ox.parse(by_rdflib, ox.RdfFormat.N_TRIPLES)) == lines(ours)


def test_a_triple_that_no_line_says_is_seen(project: Project) -> None:
    """What comes out of the mapping and stands in no file is a finding too."""
    loaded = schema.load(project)
    document = facts.read(FILES[0], shown="case.yaml")
    triples = rdf.map_document(document, schema=loaded, aside=())
    leaves = list(accounting.leaves([document], schema=loaded, aside=()))
    stray = ox.Triple(next(iter(triples)).subject, ox.NamedNode("http://example.org/p"), ox.Literal("more"))

    assert accounting.check(leaves, triples) == []
    assert [f.code for f in accounting.check(leaves, triples | {stray})] == ["stray-triple"]


def test_two_keys_of_one_meaning_are_seen(part: Path, run: Run) -> None:
    """Where a context has two keys for one property, saying a value under both is a finding at the second."""
    path = part / "ontology/context.jsonld"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["@context"]["title2"] = content["@context"]["label"]
    path.write_text(json.dumps(content), encoding="utf-8")
    (part / "facts/concepts/more.yaml").write_text(
        "- id: more\n  type: Factor\n  label: the same\n  title2: the same\n", encoding="utf-8"
    )

    result = run("-C", part, "check", "--format", "concise")

    assert result.exit_code == 1
    assert "more.yaml:4:11: error said-twice: `the same` under `title2`" in result.stdout
    assert "the first stands at" in result.stdout


def test_a_term_that_is_defined_twice_is_refused(part: Path, run: Run) -> None:
    """JSON would keep the last definition without a word."""
    path = part / "ontology/context.jsonld"
    text = path.read_text(encoding="utf-8").replace('"about":', '"about": {"@id": "ivig:effect"},\n    "about":')
    path.write_text(text, encoding="utf-8")

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert "`about` is defined twice" in result.stderr


@pytest.mark.parametrize("content", ['"@version": 1.0', '"@version": 1.1, "x": ' + "[" * 100_000])
def test_a_context_that_no_reader_takes_is_refused(part: Path, run: Run, content: str) -> None:
    """Another version of JSON-LD, or nesting without end, is exit code 4 and no crash."""
    path = part / "ontology/context.jsonld"
    path.write_text(path.read_text(encoding="utf-8").replace('"@version": 1.1', content), encoding="utf-8")

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert "bug" not in result.stderr


@pytest.mark.parametrize("term", ["start", "about", "label"])
def test_a_term_whose_values_would_be_lists_is_named(term: str, copy: Path, run: Run) -> None:
    """A list is a blank node with triples of its own, at which shapes and rules stop without a word on the term."""
    path = copy / "ontology/context.jsonld"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["@context"][term]["@container"] = "@list"
    path.write_text(json.dumps(content), encoding="utf-8")

    result = run("-C", copy, "check")

    assert result.exit_code == 4
    assert f"the values of `{term}` would be lists" in result.stderr


def test_a_term_that_leads_elsewhere_is_refused(part: Path, run: Run) -> None:
    """A term must lead to a property or class that ontology and shapes know."""
    path = part / "ontology/context.jsonld"
    path.write_text(path.read_text(encoding="utf-8").replace('"ivig:effect"', '"ivig:efect"'), encoding="utf-8")

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert "`effect` leads to" in result.stderr


def test_a_term_that_swaps_two_properties_is_seen(part: Path, run: Run) -> None:
    """Two terms of one property would send the values of one key to another: no run passes."""
    path = part / "ontology/context.jsonld"
    text = path.read_text(encoding="utf-8").replace('"effect": {"@id": "ivig:effect"', '"effect": {"@id": "ivig:risk"')
    path.write_text(text, encoding="utf-8")

    result = run("-C", part, "check")

    assert result.exit_code == 4


def test_the_context_is_the_one_that_is_tested() -> None:
    """The context read here is the one that the tool reads."""
    assert read_context(ROOT / "ontology/context.jsonld") == CONTEXT


SAMPLE = [m for of in (mutants.of_context, mutants.of_rules, mutants.of_shapes) for m in list(of())[::1000]]


@pytest.mark.parametrize("mutant", SAMPLE, ids=str)
def test_a_change_of_context_derivation_or_shape_is_noticed(mutant: mutants.Mutant, copy: Path, run: Run) -> None:
    """An error or a warning names it; tests/torture/test_mutations.py tries the others."""
    shutil.rmtree(copy / "facts")
    shutil.copytree(ROOT / "tests/cases/base/facts", copy / "facts")

    with mutants.applied(mutant, copy):
        found = run("-C", copy, "check", "--format", "concise")

    assert mutants.noticed(found, mutant), found.output
