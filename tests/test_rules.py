"""Rules: what follows from the facts is derived once, and a shape sees when a rule is missing."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run
from ivig_kg import loading, reporting, resources, rules, workflow
from ivig_kg.errors import ShapesError
from ivig_kg.resources import THINGS, VOCABULARY

USED_FOR = "treats_or_applied_or_studied_to_treat"
BIOLINK = "https://w3id.org/biolink/vocab/"
FACT = """
- id: case
  type: {kind}
  label: The case says something
  about: {about}
  evidence: {evidence}
  status: {status}
"""


def derived(small: Path, text: str) -> set[tuple[str, str, str]]:
    """Return the triples that are derived of a project with some more facts, as local names."""
    (small / "facts/more.yaml").write_text(text, encoding="utf-8")
    loaded = loading.load(resources.locate(small))
    assert [f.message for f in loaded.findings] == []
    quads = [q for q in loaded.quads if q.graph_name == ox.NamedNode(resources.GRAPHS + "derived")]
    return {(local(q.subject.value), local(q.predicate.value), local(q.object.value)) for q in quads}


def local(iri: str) -> str:
    """Return an IRI without its namespace."""
    for namespace in (THINGS, VOCABULARY, BIOLINK, "http://www.w3.org/2004/02/skos/core#"):
        iri = iri.removeprefix(namespace)
    return iri


def fact(
    kind: str, *lines: str, name: str = "case", about: str = "drug", evidence: str = "passage", status: str = "draft"
) -> str:
    """Return a fact as YAML."""
    head = FACT.format(name=name, kind=kind, about=about, evidence=evidence, status=status)
    return head + "".join(f"  {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("kind", "lines", "triple"),
    [
        ("AdverseEffect", ["effect: condition"], ("drug", "has_side_effect", "condition")),
        ("PreventiveIndication", ["condition: condition"], ("drug", "preventative_for_condition", "condition")),
        ("Contraindication", ["condition: condition"], ("drug", "contraindicated_in", "condition")),
        ("Interaction", ["interactsWith: class"], ("drug", "interacts_with", "class")),
        (
            "TreatmentIndication",
            ["condition: other-condition"],
            ("drug", USED_FOR, "other-condition"),
        ),
        ("Naming", ["name: other name", "nameKind: alternative"], ("drug", "altLabel", "other name")),
    ],
)
def test_a_live_fact_gives_its_direct_triple(
    small: Path, kind: str, lines: list[str], triple: tuple[str, str, str]
) -> None:
    """A simple query finds what a fact says in one triple; a retracted or superseded fact gives none."""
    live = derived(small, fact(kind, *lines))
    retracted = derived(small, fact(kind, *lines, "reason: It was wrong.", status="retracted"))
    superseded = derived(small, fact(kind, *lines, "supersededBy: treatment"))

    assert triple in live
    assert triple not in retracted
    assert triple not in superseded


@pytest.mark.parametrize(
    "limit",
    [
        "population: people",
        "route: route",
        "ageMin: 2\n  ageUnit: a",
        "ageMax: 2\n  ageUnit: a",
        "doseMin: 1\n  doseUnit: g/kg",
    ],
)
def test_a_limited_contraindication_gives_none(small: Path, limit: str) -> None:
    """The direct triple would say more than the source."""
    found = derived(small, fact("Contraindication", "condition: condition", limit))

    assert not {t for t in found if t[1] == "contraindicated_in"}


LABEL = """
- id: label-product
  type: Product
  label: product
- id: a-label
  type: Source
  label: a label
  title: A label
  sourceKind: {kind}
  passages:
    - id: a-label-s1
      type: Passage
      section: 4.1
"""


@pytest.mark.parametrize(
    ("source", "about", "jurisdiction", "predicate"),
    [
        ("ProductLabel", "label-product", "EU", "treats"),
        ("ProductLabel", "label-product", None, USED_FOR),
        ("ProductLabel", "drug", "EU", USED_FOR),
        ("Guideline", "label-product", "EU", USED_FOR),
    ],
)
def test_only_a_label_makes_a_use_on_label(
    small: Path, source: str, about: str, jurisdiction: str | None, predicate: str
) -> None:
    """`treats` is said only where the label of that product, in a jurisdiction, states the use."""
    lines = ["condition: other-condition", *([f"jurisdiction: {jurisdiction}"] if jurisdiction else [])]

    found = derived(
        small, LABEL.format(kind=source) + fact("TreatmentIndication", *lines, about=about, evidence="a-label-s1")
    )

    assert {p for s, p, o in found if (s, o) == (about, "other-condition")} == {predicate}


def test_types_up_to_fact_are_derived(small: Path) -> None:
    """A store without reasoning finds every indication and every fact by its wide class."""
    found = derived(small, fact("BoxedWarning", "risk: condition", "jurisdiction: US"))
    types = {o for s, p, o in found if s == "case"}

    assert types == {"Warning", "Fact"}


@pytest.mark.parametrize(
    ("rule", "code"),
    [("shortcuts", "Fact-shortcut"), ("names", "Naming-shortcut"), ("treatment", "TreatmentIndication-shortcut")],
)
def test_a_missing_rule_is_seen(part: Path, rule: str, code: str) -> None:
    """Without a rule a shape finds the facts that have no direct triple."""
    (part / f"ontology/rules/{rule}.rq").unlink()

    report = workflow.check(project=resources.locate(part))

    assert {f.code for f in report.findings if f.exit_code == 1 and f.severity.value == "error"} == {code}


@pytest.mark.parametrize(
    ("rule", "old", "new", "code"),
    [
        ("shortcuts", "FILTER (?status != ivig:retracted)", "", "Medicine-shortcut"),
        ("treatment", "FILTER (?status != ivig:retracted)", "", "Medicine-shortcut"),
        ("treatment", "IF(?onLabel, ", "IF(!?onLabel, ", "TreatmentIndication-shortcut"),
    ],
)
def test_a_rule_that_says_too_much_is_seen(part: Path, rule: str, old: str, new: str, code: str) -> None:
    """A direct triple of a retracted fact, or an on-label one that no label states, is a finding."""
    path = part / f"ontology/rules/{rule}.rq"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    text = path.read_text(encoding="utf-8")
    for name in ("hig-effect-headache", "hig-treatment-autoimmune-disease"):
        start = text.index(f"- id: {name}\n")
        text = text[:start] + text[start:].replace("status: draft", "status: retracted\n  reason: It was wrong.", 1)
    path.write_text(text, encoding="utf-8")

    report = workflow.check(project=resources.locate(part))

    assert {f.code for f in report.findings if f.severity.value == "error"} == {code}


def test_the_types_rule_is_needed(part: Path) -> None:
    """Without the types no shape of a wider class would look at a fact: the loss is seen all the same."""
    (part / "ontology/rules/types.rq").unlink()
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  status: draft\n", "", 1), encoding="utf-8")

    report = workflow.check(project=resources.locate(part))

    assert "Fact-status" in {f.code for f in report.findings}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * { ?s ?p ?o }", "CONSTRUCT"),
        ("CONSTRUCT { ?s ?p", "not SPARQL"),
        ("CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }", "blank node"),
        ('CONSTRUCT { ?s ?p "made up" } WHERE { ?s ?p ?o }', "no file states"),
    ],
)
def test_a_broken_rule_is_an_error(text: str, words: str) -> None:
    """A rule that cannot be read, or that makes what no file says, stops the run."""
    triple = ox.Triple(ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p"), ox.Literal("o"))

    with pytest.raises(ShapesError, match=words):
        rules.derive([rules.Rule("broken", text)], [triple])


def test_a_broken_rule_ends_the_command(part: Path, run: Run) -> None:
    """On the command line that is exit code 4, and nothing is written."""
    (part / "ontology/rules/names.rq").write_text("nonsense", encoding="utf-8")

    result = run("-C", part, "build")

    assert result.exit_code == 4
    assert "names" in result.stderr
    assert not (part / "exports").exists()


def test_the_whole_monograph_is_found_behind_direct_triples(whole: loading.Loaded) -> None:
    """Every live fact that has a shortcut is behind one triple, in the graph of derived triples."""
    loaded = whole

    assert reporting.report(loaded, sources=None).exit_code() == 0
    triples = {
        (local(q.subject.value), local(q.predicate.value), local(q.object.value))
        for q in loaded.quads
        if q.graph_name.value.endswith("/derived") and q.predicate.value.startswith(BIOLINK)
    }
    own = {t for t in triples if t[0] == "human-immunoglobulin"}
    assert len([t for t in own if t[1] == "has_side_effect"]) == 6
    assert ("human-immunoglobulin", USED_FOR, "autoimmune-disease") in own
    assert not [t for t in own if t[1] == "treats"]
    assert ("privigen-eu", "treats", "kawasaki-disease") in triples
    assert ("privigen-jp", USED_FOR, "agammaglobulinaemia-or-hypogammaglobulinaemia") in triples  # a list, no label


@pytest.mark.parametrize(
    ("kind", "lines", "wanted"),
    [
        (
            "DosageRegimen",
            ["forIndication: treatment", "doseMin: 300", "doseMax: 600", "doseUnit: mg/kg"],
            {("comparableDoseMin", "0.3"), ("comparableDoseMax", "0.6"), ("comparableDoseUnit", "g/kg")},
        ),
        (
            "DosageRegimen",
            ["forIndication: treatment", "doseMin: 0.3", "doseUnit: g/kg"],
            {("comparableDoseMin", "0.3"), ("comparableDoseUnit", "g/kg")},
        ),
        (
            "DosageRegimen",
            ["forIndication: treatment", "troughMin: 600", "troughUnit: mg/dL"],
            {("comparableTroughMin", "6"), ("comparableTroughUnit", "g/L")},
        ),
        (
            "DosageRegimen",
            ["forIndication: treatment", "intervalMin: 3", "intervalMax: 4", "intervalUnit: wk"],
            {("comparableIntervalMin", "21"), ("comparableIntervalMax", "28"), ("comparableIntervalUnit", "d")},
        ),
        ("DosageRegimen", ["forIndication: treatment", "doseMin: 2", "doseUnit: mL/kg"], set()),
        (
            "Composition",
            ["contains: substance", "amountMax: 0.14", "amountUnit: mg/mL"],
            {("comparableAmountMax", "0.14"), ("comparableAmountUnit", "g/L")},
        ),
    ],
)
def test_values_meet_in_one_unit(small: Path, kind: str, lines: list[str], wanted: set[tuple[str, str]]) -> None:
    """A number is there in the unit that labels are compared in, exactly; where none is exact, there is none."""
    found = derived(small, fact(kind, *lines))

    assert {(p, o) for s, p, o in found if s == "case" and p.startswith("comparable")} == wanted


def test_comparable_values_leave_the_stated_ones(whole: loading.Loaded) -> None:
    """What the sources state is in the graph of facts as it was typed, and nothing comparable is there."""
    quads = whole.quads
    stated = [q for q in quads if q.graph_name == ox.NamedNode(resources.GRAPHS + "facts")]

    assert not [q for q in stated if "/comparable" in q.predicate.value]
    dose = {
        local(q.predicate.value): q.object.value
        for q in stated
        if local(q.subject.value) == "hizentra-eu-2022-dose-cidp"
    }
    assert (dose["doseMin"], dose["doseMax"], dose["doseUnit"]) == ("1", "2", "mL/kg/wk")


@pytest.mark.parametrize(
    ("line", "convention"),
    [
        ("frequency: Common", "cioms"),
        ("frequency: Common\n  frequencyBasis: patients", "cioms"),
        ("frequency: Common\n  frequencyBasis: infusions", None),
        ("frequencyPercent: 12.5", "observedShare"),
        ("frequencyCount: 4", "observedShare"),
        ("frequencyAsStated: common", None),
    ],
)
def test_a_frequency_says_how_it_is_to_be_read(small: Path, line: str, convention: str | None) -> None:
    """A category is one of CIOMS, a number a share that was counted; words alone follow no convention."""
    found = derived(small, fact("AdverseEffect", "effect: condition", line))

    assert {o for s, p, o in found if p == "frequencyConvention"} == ({convention} if convention else set())


@pytest.mark.parametrize(
    ("kind", "lines", "status", "risks"),
    [
        ("Contraindication", ["condition: condition", "becauseOf: substance"], "draft", {"condition"}),
        ("Warning", ["risk: other-condition", "becauseOf: substance"], "draft", {"other-condition"}),
        ("Contraindication", ["condition: condition"], "draft", set()),
        ("Contraindication", ["condition: condition", "becauseOf: substance", "reason: A slip."], "retracted", set()),
    ],
)
def test_an_excipient_carries_what_is_blamed_on_it(
    small: Path, kind: str, lines: list[str], status: str, risks: set[str]
) -> None:
    """From a live fact that names the excipient as the cause, and from no other."""
    found = derived(small, fact(kind, *lines, status=status))

    assert {o for s, p, o in found if p == "carriesRisk"} == risks
