"""The table of public identifiers: one row is one triple, and no row says more than it may."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from conftest import ROOT, Run

TABLE = ROOT / "facts/mappings.sssom.tsv"
GOOD = "kg:headache\theadache\teffect\tskos:exactMatch\tHP:0002315\t"


def changed(copy: Path, *pairs: tuple[str, str]) -> None:
    """Replace texts in the table of a project; each must be there."""
    path = copy / "facts/mappings.sssom.tsv"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8", newline="")


def rows() -> list[dict[str, str]]:
    """Return the rows of the table."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (GOOD, GOOD.replace("kg:headache", "kg:hedache"), "unknown-id"),
        (GOOD, GOOD.replace("kg:headache", "headache"), "mapping-subject"),
        (GOOD, GOOD.replace("kg:headache", "kg:hig-s09"), "unknown-id"),
        (GOOD, GOOD.replace("\theadache", "\thead ache"), "mapping-label"),
        (GOOD, GOOD.replace("exactMatch", "exactlyMatch"), "mapping-predicate"),
        (GOOD, GOOD.replace("skos:exactMatch", "owl:sameAs"), "mapping-predicate"),
        (GOOD, GOOD.replace("HP:", "HPO:"), "undeclared-prefix"),
        (GOOD, GOOD.replace("HP:0002315", "HP:00 02"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "HP:"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "kg:fever"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "HP:0001945"), "mapping-exact"),
        (GOOD, GOOD.replace("HP:0002315", "MESH:D006262"), "mapping-exact"),
        (GOOD, GOOD.replace("HP:0002315", "MESH:D006261"), "mapping-repeated"),
        (GOOD, GOOD.replace("HP:0002315", "OAE:0000001"), "mapping-exact"),
        ("ICD10WHO:R51\t", "ICD10WHO:R51\tHeadache", "mapping-licence"),
        ('"HP": "http://purl', '"HP": "urn://purl', "iri-scheme"),
        ('"HP": "http://purl', '"effect": "http://purl', "prefix-is-term"),
        ('"HP": "http://purl', '"HP": "http://pu<rl', "bad-prefix"),
        ('#  "kg":', '#  "HP": "http://example.org/"\n#  "kg":', "duplicate-prefix"),
        ("\tcomment\tother", "\tcomment\tpredicate_modifier", "mapping-row"),
        ("\tobject_source\t", "\tobject_id\t", "mapping-row"),
        (GOOD, GOOD + "\t", "mapping-row"),
        (GOOD, GOOD + '"', "mapping-row"),
        (GOOD, GOOD + "\x1b", "forbidden-character"),
        (GOOD, GOOD + "\r", "forbidden-character"),
    ],
)
def test_a_wrong_row_is_told(copy: Path, run: Run, old: str, new: str, code: str) -> None:
    """Every rule of the table has a row that breaks it; the finding names its line."""
    changed(copy, (old, new))

    result = run("-C", copy, "check", "--format", "concise", copy / "facts/mappings.sssom.tsv")

    assert result.exit_code in {1, 3}
    assert code in re.findall(r"tsv:\d+:\d+: error ([\w-]+):", result.stdout)


def test_the_place_is_that_of_the_cell(copy: Path, run: Run) -> None:
    """The column is where the cell begins, also where two cells hold the same word."""
    changed(copy, (GOOD, GOOD.replace("\theadache", "\thedache")))

    result = run("-C", copy, "check", "--format", "concise", copy / "facts/mappings.sssom.tsv")

    number = next(n for n, line in enumerate(TABLE.read_text(encoding="utf-8").split("\n"), 1) if GOOD in line)
    assert f"tsv:{number}:13: error mapping-label: `hedache` is not the label of `headache`" in result.stdout


@pytest.mark.parametrize("content", ["", "# only a remark\n", "nonsense\n", "subject_id\n", "\xff", "a" * 200_000])
def test_a_table_that_cannot_be_read_is_told(copy: Path, run: Run, content: str) -> None:
    """Exit code 3 and the file: a table without mappings would lose them all."""
    (copy / "facts/mappings.sssom.tsv").write_bytes(content.encode("latin-1"))

    result = run("-C", copy, "check", "--format", "concise")

    assert result.exit_code == 3
    assert "mappings.sssom.tsv:1:" in result.stdout


def test_a_table_from_a_spreadsheet_reads_the_same(copy: Path, run: Run) -> None:
    """A byte order mark and carriage returns change nothing."""
    path = copy / "facts/mappings.sssom.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    result = run("-C", copy, "export", "nt")

    assert result.stdout_bytes == (ROOT / "exports/ivig-kg.nt").read_bytes()


def test_a_project_needs_no_table(small: Path, run: Run) -> None:
    """Without a table there are no mappings, and that is no finding."""
    assert run("-C", small, "check").exit_code == 0


def test_licences_are_kept() -> None:
    """Labels that may not be copied are absent, every row names its licence, HPO its version."""
    for row in rows():
        prefix = row["object_id"].partition(":")[0]
        assert row["other"], row
        if prefix in {"ATC", "EDQM", "ICD10WHO", "emarms", "icd11.foundation", "whoeml"}:
            assert row["object_label"] == ""
        if prefix == "HP":
            assert re.search(r"HPO \d{4}-\d{2}-\d{2}", row["other"])
        assert prefix not in {"MEDDRA", "SNOMEDCT", "SCTID", "SIDER"}


def test_every_effect_with_an_hpo_term_has_a_free_one_too() -> None:
    """HPO is not CC0: each effect has an id of SYMP, MONDO, NCIT or MeSH beside it."""
    by_subject: dict[str, set[str]] = {}
    for row in rows():
        by_subject.setdefault(row["subject_id"], set()).add(row["object_id"].partition(":")[0])

    assert [
        s for s, found in by_subject.items() if "HP" in found and not found & {"SYMP", "MONDO", "NCIT", "MESH"}
    ] == []


def test_clotting_is_not_called_a_coagulation_disorder() -> None:
    """The literal concept has no public identifier; the reading, thrombosis, has."""
    subjects = {row["subject_id"] for row in rows()}

    assert "kg:blood-clotting-disorder" not in subjects
    assert "kg:thrombosis" in subjects


@pytest.mark.source
def test_every_row_stands_in_the_given_table(shared: Path) -> None:
    """No identifier, label or source was changed on the way from the reviewed table."""
    lines = (shared / "data/concept-mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    given = {
        (r["object_id"], r["object_source"]): r["object_label"]
        for r in csv.DictReader([x for x in lines if not x.startswith("#")], delimiter="\t")
    }

    for row in rows():
        label = given[row["object_id"], row["object_source"]]
        assert row["object_label"] in {label, ""}
