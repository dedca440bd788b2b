"""Provenance: every triple of the exports leads back to a line that a person wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT, Run
from ivig_kg import loading, provenance

pytestmark = pytest.mark.usefixtures("read_once")
PLACE = re.compile(r"(?P<file>[^:]+)(:(?P<line>\d+):(?P<column>\d+))?")


def line_of(place: str) -> str:
    """Return the text that a place points at: a line from its column on, or a whole file."""
    match = PLACE.fullmatch(place)
    assert match
    text = Path(match["file"]).read_text(encoding="utf-8")
    return text.splitlines()[int(match["line"]) - 1][int(match["column"]) - 1 :] if match["line"] else text


@pytest.mark.slow
def test_every_triple_of_the_exports_has_its_origin(whole: loading.Loaded) -> None:
    """Asserted: the value stands at the place. Mapped: its row. Ontology: its subject. Derived: a rule and a fact."""
    loaded = whole
    ledger = provenance.Ledger(loaded)
    kinds = {"written in": 0, "mapped in": 0, "defined in": 0, "derived by": 0}
    for quad in ox.parse((ROOT / "exports/ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS):
        typed = " ".join(map(str, quad.triple)) + " ."
        origins = provenance.trace(provenance.parse(typed, loaded=loaded), ledger=ledger)
        graph = quad.graph_name.value.rpartition("/")[2]

        assert origins, quad
        for origin in origins:
            kinds[origin.what] += 1
            there = line_of(origin.place).replace(r"\"", '"')
            local = re.split(r"[/#:_=]", quad.object.value)[-1]
            if origin.what == "written in":
                assert local in there or quad.object.value in there or quad.predicate.value.endswith("inSource"), origin
            elif origin.what == "mapped in":
                assert there.startswith(tuple(loaded.table.prefixes)), origin
                assert local in there
            elif origin.what == "defined in":
                assert there.split(" ")[0].rpartition(":")[2].strip("<>") in str(quad.subject), origin
                assert graph == "ontology"
            else:
                assert "CONSTRUCT" in there
                assert re.match(r"from [a-z0-9-]+, facts/", origin.detail[0]), origin
                assert graph == "derived"
    assert min(kinds.values()) >= 60


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            "hig-effect-headache effect headache",
            ["written in", 'states "headache"', "on passage hig-s09 (par"],
        ),
        ("hig-effect-headache status draft", ["facts/monographs/human-immunoglobulin.yaml:"]),
        ("hig-effect-headache type AdverseEffect", ["written in"]),
        ("kg:hig-effect-headache a ivig:Fact", ["derived by", "ontology/rules/types.rq"]),
        ('hig-effect-headache statedAs "headache"', ["written in"]),
        ("hig-effect-headache ivig:statedAs headache", ["written in"]),
        ("hig-effect-headache label Human immunoglobulin may cause headache", ["written in"]),
        ('hig-effect-headache label "Human immunoglobulin may cause headache"@en', ["written in"]),
        ("hig-s09 inSource hig", ["facts/sources/hig.yaml:"]),
        ("headache skos:exactMatch MESH:D006261", ["mapped in", "facts/mappings.sssom.tsv:"]),
        ('ivig:Fact rdfs:label "fact"@en', ["defined in", "ontology/ivig.ttl:"]),
        (
            (
                "<https://w3id.org/ivig-kg/id/human-immunoglobulin> <https://w3id.org/biolink/vocab/has_side_effect> "
                "<https://w3id.org/ivig-kg/id/headache> ."
            ),
            ["ontology/rules/shortcuts.rq", "from hig-effect-headache, facts/monographs/", 'states "headache"'],
        ),
    ],
)
def test_a_triple_can_be_typed_as_it_is_known(run: Run, typed: str, words: list[str]) -> None:
    """With the ids and keys of a facts file, with prefixes, or as a line of an export."""
    result = run("show", typed)

    assert result.exit_code == 0, result.stderr
    assert [w for w in words if w not in result.stdout] == []


def test_every_fact_behind_a_direct_triple_is_named(run: Run) -> None:
    """Two facts that give one triple are both told."""
    result = run("show", "human-immunoglobulin biolink:preventative_for_condition infection")

    assert result.stdout.count("derived by") == 2
    assert "from hig-prevention-infection, " in result.stdout
    assert "from hig-prevention-infection-2, " in result.stdout


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("hig-effect-headache effect fever", "the graph does not say"),
        ("hig-effect-headache effect", "three terms"),
        ("hig-effect-headache efect headache", "this is not a triple"),
        ("a b", "three terms"),
        ("a b c d", "this is not a triple"),
    ],
)
def test_what_is_no_triple_of_the_graph_is_told(run: Run, typed: str, words: str) -> None:
    """A sentence and exit code 2."""
    result = run("show", typed)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
