"""Folding: what only follows from another finding is not shown, and no mistake of its own is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig_kg import loading, workflow
from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.folding import fold
from ivig_kg.resources import Project, locate

INVALID = ROOT / "tests/cases/invalid"


def before(path: Path, project: Project) -> list[str]:
    """Return the codes of what is found in a file before the shapes are asked and anything is folded."""
    return sorted(f.code for f in loading.load(project, extra=[path]).findings if f.position.path.endswith(path.name))


def after(path: Path, project: Project) -> list[str]:
    """Return the codes of the errors that are shown of a file."""
    return sorted(f.code for f in workflow.check([path], project=project).findings if f.severity is Severity.ERROR)


def shown(folder: Path, *paths: Path) -> list[tuple[str, str]]:
    """Return file and code of the errors and warnings that a check of a project shows."""
    report = workflow.check(paths, project=locate(folder))
    return [(Path(f.position.path).name, f.code) for f in report.findings if f.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("case", "noise"),
    [
        ("missing-type-alone", {"unknown-key", "unknown-id"}),
        ("unknown-type-alone", {"stray-blank", "unknown-id"}),
        ("abstract-type-alone", {"bad-reference"}),
        ("bad-id-named", {"unknown-id"}),
        ("missing-id-named", {"unknown-id"}),
    ],
)
def test_of_a_node_that_means_nothing_only_the_cause_is_shown(case: str, noise: set[str], base: Project) -> None:
    """Where type or id is wrong, what follows from it was found and is not shown."""
    path = INVALID / f"{case}.yaml"
    cause = case.removesuffix("-alone").removesuffix("-named")

    assert set(before(path, base)) == noise | {cause}
    assert after(path, base) == [cause]


def test_two_mistakes_of_one_node_are_both_shown(base: Project) -> None:
    """A bad id hides neither a misspelt key of its node nor a misspelt reference to it."""
    path = INVALID / "bad-id-and-another.yaml"

    assert after(path, base) == before(path, base) == ["bad-id", "unknown-id", "unknown-key"]


def test_a_bad_type_says_nothing_of_the_node_beside_it(tmp_path: Path, base: Project) -> None:
    """What is wrong in another node of the file is shown, and in a passage under a source too."""
    path = tmp_path / "case.yaml"
    path.write_text(
        "- id: the-source\n  type: Sorce\n  titel: x\n  passages:\n    - id: The-Passage\n      type: Passage\n"
        "- id: other\n  type: Condition\n  labl: x\n  label: x\n",
        encoding="utf-8",
    )

    assert after(path, base) == ["bad-id", "unknown-key", "unknown-type"]
    assert before(path, base).count("unknown-key") == 2


@pytest.mark.parametrize("name", ["conditions", "drugs"])
@pytest.mark.parametrize("damage", [b"\xff", b"#" * 1024 * 1024])
def test_of_a_file_that_cannot_be_read_only_the_file_is_shown(part: Path, name: str, damage: bytes) -> None:
    """Neither facts nor mappings that name its concepts are at fault, whether its ids can be seen or not."""
    path = part / f"facts/concepts/{name}.yaml"
    path.write_bytes(path.read_bytes() + damage)

    (found,) = shown(part)

    assert found[0] == f"{name}.yaml"
    assert {f.code for f in loading.load(locate(part)).findings} >= ({"unknown-id"} if len(damage) > 1 else set())


def test_a_misspelt_row_is_shown_beside_a_file_that_cannot_be_read(part: Path) -> None:
    """Where the ids of the unreadable file can be seen, another unknown id is a mistake of its own."""
    path = part / "facts/concepts/conditions.yaml"
    path.write_bytes(path.read_bytes() + b"\xff")
    table = part / "facts/mappings.sssom.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("kg:antibodies\t", "kg:antibody\t", 1), encoding="utf-8")

    assert shown(part) == [("conditions.yaml", "not-utf-8"), ("mappings.sssom.tsv", "unknown-id")]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("type: Drug\n", "type: Drugg\n", "unknown-type"),
        ("id: human-immunoglobulin\n", "id: Human-Immunoglobulin\n", "bad-id"),
        ("id: human-immunoglobulin\n  ", "", "missing-id"),
    ],
)
def test_of_a_concept_that_everything_names_only_the_cause_is_shown(part: Path, old: str, new: str, code: str) -> None:
    """Facts, other concepts, mappings and what is derived follow from one wrong line of a drug."""
    path = part / "facts/concepts/drugs.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    assert shown(part) == [("drugs.yaml", code)]
    assert len([f for f in loading.load(locate(part)).findings if f.code == "unknown-id"]) > 5


def test_nothing_is_folded_where_its_cause_is_not_shown(part: Path, run: Run) -> None:
    """A check of one file does not pass because the cause stands in another."""
    path = part / "facts/concepts/drugs.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: human-imm", "id: Human-imm", 1), encoding="utf-8")

    result = run("-C", part, "check", "--format", "concise", part / "facts/monographs")

    assert result.exit_code == 1
    assert result.stdout.count("error unknown-id") > 30


def test_a_derived_triple_is_judged_where_nothing_else_is_wrong() -> None:
    """A shape on what rules derive is a finding by itself, and noise beside an error; a warning is none."""
    derived = Finding("Fact-shortcut", "It is not behind its triple.", Position("a.yaml", 1, 1))
    warning = Finding("passage-uncited", "b", Position("a.yaml", 2, 1), Severity.WARNING)
    error = Finding("Fact-about", "c", Position("a.yaml", 3, 1))

    assert fold([derived, warning], documents=lambda _: (), lines={}) == [derived, warning]
    assert fold([derived, error], documents=lambda _: (), lines={}) == [error]


def kept(*codes: str, severity: Severity = Severity.ERROR) -> list[str]:
    """Return the codes that are left of findings at one value."""
    found = [Finding(code, "It is wrong.", Position("a.yaml", 1, 9), severity) for code in codes]
    return [f.code for f in fold(found, documents=lambda _: (), lines={})]


@pytest.mark.parametrize(
    ("codes", "left"),
    [
        (["AdverseEffect-frequency", "AdverseEffect-frequency-words"], ["AdverseEffect-frequency"]),
        (["A-share", "A-frequency-words", "A-frequency-percent"], ["A-share"]),
        (["A-condition", "A-kind"], ["A-condition", "A-kind"]),
        (["A-condition-words", "A-condition-kind"], ["A-condition-words", "A-condition-kind"]),
        (["A-frequency", "number-not-in-passage"], ["A-frequency", "number-not-in-passage"]),
        (["not-a-number", "number-not-in-passage"], ["not-a-number"]),
        (["quotation-altered", "quotation-names-other"], ["quotation-altered"]),
        (["quotation-missing", "quotation-names-other"], ["quotation-missing"]),
        (["quotation-elsewhere", "quotation-names-other"], ["quotation-elsewhere", "quotation-names-other"]),
        (["mapping-names-other", "term-label"], ["term-label"]),
        (["A-shortcut", "A-frequency-words"], ["A-frequency-words"]),
    ],
)
def test_of_what_is_said_of_one_value_the_first_is_shown(codes: list[str], left: list[str]) -> None:
    """What a value means is asked once it can be read; shapes by the plainest name; equals are all shown."""
    assert kept(*codes) == left


def test_what_is_no_error_hides_nothing() -> None:
    """A warning can be allowed by a comment, and then nothing would be shown."""
    codes = ["A-frequency", "A-frequency-words"]

    assert kept(*codes, severity=Severity.WARNING) == codes


def test_what_one_node_lacks_is_shown_at_its_id_all_of_it(tmp_path: Path, base: Project) -> None:
    """Two keys that are missing have no place of their own, and are written one by one."""
    path = tmp_path / "case.yaml"
    path.write_text(
        "- id: the-case\n  type: TreatmentIndication\n  about: drug\n  condition: condition\n"
        "  evidence: quoted-passage\n  status: draft\n",
        encoding="utf-8",
    )

    assert after(path, base) == ["Fact-label", "Fact-statedAs-required"]


LEAFLET = ROOT / "tests/cases/texts"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("      start: 40\n", "      start: 41\n", "passage-digest"),
        ("      start: 40\n", "      start: 4O\n", "not-a-number"),
        ("      start: 40\n", "      start: 93\n", "Passage-order"),
        ("      start: 40\n", "", "Passage-position"),
        ("      end: 92\n", "      end: 9999\n", "passage-position"),
        ("textDigest: 8876d420", "textDigest: 8876D420", "Passage-textDigest"),
        ("textDigest: 8876d420", "textDigest: 8876d4", "Passage-textDigest"),
    ],
)
def test_of_a_passage_that_is_not_where_it_says_only_that_is_shown(
    small: Path, run: Run, old: str, new: str, code: str
) -> None:
    """Neither that its sentence stands in no passage, nor that a digest of no good form is another one."""
    text = (LEAFLET / "passage-position.yaml").read_text(encoding="utf-8").replace("end: 9999", "end: 128")
    assert text.count(old) == 1
    (small / "facts/leaflet.yaml").write_text(text.replace(old, new), encoding="utf-8")

    result = run("-C", small, "check", "--format", "concise", "--sources", LEAFLET, small / "facts/leaflet.yaml")

    assert [line.split(" ", 3)[2].rstrip(":") for line in result.stdout.splitlines() if "note" not in line] == [code]
