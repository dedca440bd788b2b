"""Disagreement: which pairs of facts answer one question in two ways, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig_kg import workflow
from ivig_kg.resources import Project

FACT = """- id: {name}
  type: {kind}
  label: The case says something
  about: drug
  evidence: {evidence}
  status: draft
{rest}"""
DOSE = "doseMin: 1, doseUnit: g/kg, condition: treated-condition"
EFFECT = "effect: condition, frequencyBasis: "


def codes(tmp_path: Path, base: Project, kind: str, *said: str) -> list[str]:
    """Return the rules that two facts break, of which only these keys are known; other findings are left out."""
    texts = []
    for name, keys in zip(("the-case", "another-case"), said, strict=True):
        pairs = dict(pair.split(": ") for pair in keys.split(", "))
        evidence = pairs.pop("evidence", "passage").replace(";", ",")
        rest = "".join(f"  {key}: {value}\n" for key, value in pairs.items())
        texts.append(FACT.format(name=name, kind=kind, evidence=evidence, rest=rest))
    path = tmp_path / "pair.yaml"
    path.write_text("\n".join(texts), encoding="utf-8")
    report = workflow.check([path], project=base)
    rules = {"two-values", "two-frequencies", "two-amounts", "repeated-fact", "startRate"}
    return sorted({f.code for f in report.findings if f.code.partition("-")[2] in rules or f.code in rules})


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (DOSE, DOSE.replace("1", "2")),
        (DOSE + ", courseMin: 2, courseUnit: d", DOSE + ", courseMin: 5, courseUnit: d"),
        (DOSE + ", troughMin: 5, troughUnit: g/L", DOSE + ", troughMin: 600, troughUnit: mg/dL"),
        (DOSE + ", rateMax: 5, rateUnit: mL/kg/h", DOSE + ", rateMax: 8, rateUnit: mL/kg/h"),
        (DOSE + ", jurisdiction: EU", DOSE.replace("1", "2")),
        (DOSE, "doseMin: 2, doseUnit: g/kg, forIndication: treatment"),
    ],
)
def test_two_answers_for_one_patient_are_refused(here: str, there: str, tmp_path: Path, base: Project) -> None:
    """Whatever the number is that differs, and where only one of the two is limited to a jurisdiction."""
    assert codes(tmp_path, base, "DosageRegimen", here, there) == ["DosageRegimen-two-values"]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (DOSE + ", troughMin: 6, troughUnit: g/L", DOSE + ", troughMin: 600, troughUnit: mg/dL"),
        (DOSE + ", jurisdiction: EU", DOSE.replace("1", "2") + ", jurisdiction: US"),
        (DOSE + ", population: people", DOSE.replace("1", "2")),
        (DOSE + ", phase: loading", DOSE.replace("1", "2") + ", phase: maintenance"),
        (DOSE, DOSE.replace("1", "2") + ", conflictsWith: the-case"),
    ],
)
def test_two_answers_to_two_questions_are_left(here: str, there: str, tmp_path: Path, base: Project) -> None:
    """The same value in another unit, another jurisdiction, population or phase, or a link between the two."""
    assert codes(tmp_path, base, "DosageRegimen", here, there) == []


def test_the_population_of_an_indication_is_that_of_its_regimen(tmp_path: Path, base: Project) -> None:
    """Two doses are told apart by the uses that they name."""
    path = tmp_path / "pair.yaml"
    use = "  condition: treated-condition\n  population: {}\n"
    dose = "  forIndication: {}\n  doseMin: {}\n  doseUnit: g/kg\n"
    facts = [
        ("a-use", "TreatmentIndication", use.format("people")),
        ("b-use", "TreatmentIndication", use.format("other-people")),
        ("a-dose", "DosageRegimen", dose.format("a-use", 1)),
        ("b-dose", "DosageRegimen", dose.format("b-use", 2)),
    ]
    texts = [FACT.format(name=n, kind=k, evidence="passage", rest=rest) for n, k, rest in facts]
    path.write_text("\n".join(texts), encoding="utf-8")

    found = {f.code for f in workflow.check([path], project=base).findings}

    assert "DosageRegimen-two-values" not in found
    path.write_text("\n".join(texts).replace("population: other-people", "population: people"), encoding="utf-8")
    assert "DosageRegimen-two-values" in {f.code for f in workflow.check([path], project=base).findings}


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("patients, frequencyPercent: 5", "patients, frequencyPercent: 20", ["AdverseEffect-two-frequencies"]),
        ("infusions, frequencyPercent: 5", "patients, frequencyPercent: 20", []),
    ],
)
def test_two_frequencies_count_the_same(
    here: str, there: str, expected: list[str], tmp_path: Path, base: Project
) -> None:
    """A share of infusions and a share of patients are two numbers, and both may be right."""
    assert codes(tmp_path, base, "AdverseEffect", EFFECT + here, EFFECT + there) == expected


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("25, amountUnit: ug/mL", "0.025, amountUnit: mg/mL", []),
        ("25, amountUnit: ug/mL", "0.25, amountUnit: mg/mL", ["Composition-two-amounts"]),
        ("25, amountUnit: ug/mL", "25, amountUnit: mg/mL", ["Composition-two-amounts"]),
    ],
)
def test_one_amount_in_two_units_is_one_amount(
    here: str, there: str, expected: list[str], tmp_path: Path, base: Project
) -> None:
    """Exact conversion decides, not the way in which a number is written."""
    contains = "contains: substance, amountMin: "
    assert codes(tmp_path, base, "Composition", contains + here, contains + there) == expected


@pytest.mark.parametrize("kind", ["DosageRegimen", "Administration"])
@pytest.mark.parametrize(
    ("start", "refused"),
    [
        ("startRateMin: 1, startRateUnit: mL/kg/min", True),
        ("startRateMin: 0.1, startRateUnit: mL/kg/min", False),
        ("startRateMax: 10, startRateUnit: mL/kg/h", True),
        ("startRateMax: 8, startRateUnit: mL/kg/h", False),
    ],
)
def test_no_infusion_starts_above_its_limit(
    kind: str,
    start: str,
    refused: bool,  # noqa: FBT001
    tmp_path: Path,
    base: Project,
) -> None:
    """In either end of the start rate, and in two units."""
    for_whom = "condition: condition" if kind == "DosageRegimen" else "route: route"
    here = f"{start}, rateMax: 8, rateUnit: mL/kg/h, {for_whom}"
    there = (
        for_whom.replace(": condition", ": other-condition").replace(": route", ": other-route")
        + ", rateMax: 8, rateUnit: mL/kg/h"
    )

    assert codes(tmp_path, base, kind, here, there) == ([f"{kind}-startRate"] if refused else [])


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("process: process", ["repeated-fact"]),
        ("process: process, evidence: [passage; quoted-passage]", ["repeated-fact"]),
        ("process: process, evidence: quoted-passage", []),
        ("process: process, conflictsWith: the-case", ["repeated-fact"]),
    ],
)
def test_one_passage_makes_a_claim_once(there: str, expected: list[str], tmp_path: Path, base: Project) -> None:
    """A wider list of passages and a link do not make another claim of it."""
    found = codes(tmp_path, base, "Mechanism", "process: process", there)
    assert found == expected


@pytest.mark.parametrize(
    ("query", "fact"),
    [
        ("very-common-in-several", "kiovig-eu-2022-effect-fever"),
        ("boxed-warnings-of-iv-products", "hizentra-us-2023-boxed-warning-thrombosis"),
    ],
)
def test_a_retracted_fact_holds_up_no_answer(query: str, fact: str, copy: Path) -> None:
    """What was withdrawn neither counts beside another fact nor stands against it."""
    project = Project(copy, copy / "facts", copy / "ontology", copy / "shapes")
    before = workflow.ask(workflow.named_query(query, project=project), "csv", project=project, parameters={})
    (path,) = (p for p in (copy / "facts/labels").glob("*.yaml") if f"- id: {fact}\n" in p.read_text(encoding="utf-8"))
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    (number,) = (n for n, block in enumerate(blocks) if f"- id: {fact}\n" in block)
    blocks[number] = blocks[number].replace("status: draft", "status: retracted\n  reason: It was wrong.")
    path.write_text("\n\n".join(blocks), encoding="utf-8")

    after = workflow.ask(workflow.named_query(query, project=project), "csv", project=project, parameters={})

    assert set(bytes(after).splitlines()) != set(bytes(before).splitlines())
