"""Vocabularies: a public identifier bears the label it is mapped under, is alive, and is of the right kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig_kg import identifiers, terms, vocabularies

TABLE = """# Made up for this test.
id\tlabel\tsource\tlicence\tversion\tobsolete\tbranch
EX:1\tCondition\tmade up\tCC0\t1\tfalse\tdisease
EX:2\tOld condition\tmade up\tCC0\t1\ttrue\tdisease
EX:3\tCutting\tmade up\tCC0\t1\tfalse\tprocedure
EX:4\tUnknown thing\tmade up\tCC0\tunknown\tunknown\tunknown
EX:5\t\tmade up\tno labels\t1\tfalse\tdisease
"""
HEAD = """#mapping_set_id: https://example.org/set
#license: https://creativecommons.org/publicdomain/zero/1.0/
#curie_map:
#  "EX": "https://example.org/"
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tobject_source\tmapping_justification
"""


@pytest.fixture
def mapped(small: Path) -> Path:
    """Return a project with a table of terms."""
    (small / "facts/terms.tsv").write_text(TABLE, encoding="utf-8")
    return small


def check(run: Run, folder: Path, *rows: tuple[str, str]) -> tuple[int, list[str]]:
    """Check a project whose condition is mapped to some identifiers, and return what is found about the mappings."""
    lines = [
        f"kg:condition\tcondition\tskos:closeMatch\t{i}\t{label}\tmade up\tsemapv:ManualMappingCuration\n"
        for i, label in rows
    ]
    (folder / "facts/mappings.sssom.tsv").write_text(HEAD + "".join(lines), encoding="utf-8")
    result = run("-C", folder, "check", "--format", "concise", folder / "facts/mappings.sssom.tsv")
    return result.exit_code, [line.partition("sssom.tsv:")[2] for line in result.stdout.splitlines()]


def test_a_right_mapping_passes(mapped: Path, run: Run) -> None:
    """The label of the vocabulary, or none where it may not be copied."""
    assert check(run, mapped, ("EX:1", "Condition"), ("EX:5", "")) == (0, [])


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("EX:1", "Conditions"), "6:45: error term-label: `Conditions` is not the label of EX:1; write `Condition`"),
        (
            ("EX:1", "Cutting"),
            (
                "6:45: error term-label: `Cutting` is not the label of EX:1; "
                "write `Condition`, or did you mean EX:3, whose label this is?"
            ),
        ),
        (
            ("EX:2", "Old condition"),
            "6:40: error term-obsolete: EX:2 is obsolete; map to the term that took its place",
        ),
        (
            ("EX:3", "Cutting"),
            (
                "6:40: error term-branch: EX:3 is a procedure, which `condition` is not; "
                "map to a term that is a disease or phenotype"
            ),
        ),
    ],
)
def test_a_wrong_mapping_is_told_at_its_cell(mapped: Path, run: Run, row: tuple[str, str], found: str) -> None:
    """A label of another term, a term that is no more, a procedure for a condition: each by its own code."""
    assert check(run, mapped, row) == (1, [found])


@pytest.mark.parametrize("label", ["Condition", "condition"])
def test_an_identifier_of_which_the_table_knows_the_label_elsewhere_is_told(mapped: Path, run: Run, label: str) -> None:
    """Two digits that changed places: the label says which one was meant, whatever its capitals."""
    unknown = "1:1: note terms-unknown: public identifiers, 1 in all: 1 not in the table of terms"
    found = f"6:40: error term-id: `EX:11` is not in the table of terms; `{label}` is EX:1; "
    found += "write EX:1, or the label of the term that was meant"

    assert check(run, mapped, ("EX:11", label)) == (1, [unknown, found])


def test_a_label_of_another_vocabulary_says_nothing_of_an_identifier(mapped: Path, run: Run) -> None:
    """Two vocabularies share many labels."""
    path = mapped / "facts/terms.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("EX:1\t", "OTHER:1\t"), encoding="utf-8")

    assert check(run, mapped, ("EX:11", "Condition"))[0] == 0


def test_a_source_that_is_not_that_of_the_term_is_told(mapped: Path, run: Run) -> None:
    """The identifier is right, and the row files it under another vocabulary."""
    path = mapped / "facts/terms.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\tmade up\t", "\tregistry\t", 1), encoding="utf-8")
    found = "6:55: error term-source: EX:1 is a term of `registry`, and the row names `made up`; write `registry`"

    assert check(run, mapped, ("EX:1", "Condition")) == (1, [found])


def test_what_is_unknown_is_counted(mapped: Path, run: Run) -> None:
    """Neither passed nor failed: one note with the numbers."""
    found = "1:1: note terms-unknown: public identifiers, 3 in all: 1 not in the table of terms, "
    found += "1 not known to be alive or obsolete, 1 not known to be of one kind or another"

    assert check(run, mapped, ("EX:1", "Condition"), ("EX:4", "Unknown thing"), ("EX:9", "x")) == (0, [found])


def test_without_a_table_everything_is_unknown(small: Path, run: Run) -> None:
    """A project of one's own need not have one, and is told."""
    assert check(run, small, ("EX:1", "Anything")) == (
        0,
        ["1:1: note terms-unknown: public identifiers, 1 in all: 1 not in the table of terms"],
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id\tlabel", "identifier\tlabel", "terms.tsv:1:1: error term-row: the columns of the table are id, label"),
        ("EX:2\t", "EX:1\t", "terms.tsv:4:1: error term-row: the identifier `EX:1` stands twice"),
        (
            "\tfalse\tprocedure",
            "\tno\tprocedure",
            "terms.tsv:5:1: error term-row: `no` is none of true, false, unknown",
        ),
        ("EX:5\t\t", "EX:5\t", "terms.tsv:7:1: error term-row: the row has 6 cells and the table 7 columns"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(mapped: Path, run: Run, old: str, new: str, words: str) -> None:
    """The table of terms is read as strictly as the facts."""
    (mapped / "facts/terms.tsv").write_text(TABLE.replace(old, new, 1), encoding="utf-8")

    whole = run("-C", mapped, "check", "--format", "concise")
    folder = run("-C", mapped, "check", "--format", "concise", mapped / "facts")
    alone = run("-C", mapped, "check", "--format", "concise", mapped / "facts/terms.tsv")

    for result in (whole, folder, alone):
        assert result.exit_code == 3
        assert words in result.stdout


def test_the_table_knows_every_identifier_that_is_used() -> None:
    """Every identifier of the mappings has its row with a licence, and no row a label that may not be copied."""
    known = vocabularies.read(ROOT / "facts/terms.tsv", shown="terms.tsv")
    used = terms.read(ROOT / "facts/mappings.sssom.tsv", shown="mappings")

    assert known.findings == ()
    assert len(known.terms) > 400
    assert [r.cells["object_id"] for r in used.rows if r.cells["object_id"] not in known.terms] == []
    assert [i for i in known.terms if identifiers.form(*i.split(":", 1)) is not None] == []
    assert all(term.licence for term in known.terms.values())
    assert [i for i, t in known.terms.items() if t.label and i.partition(":")[0] in identifiers.NO_LABELS] == []
