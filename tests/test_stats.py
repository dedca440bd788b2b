"""Statistics: what is counted, and what is listed as missing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from conftest import Run
from ivig_kg import loading, resources, stats

FACTS = """\
- id: first
  type: AdverseEffect
  label: The drug may cause the condition
  about: drug
  effect: condition
  statedAs: hello
  evidence: [quoted-passage, passage]
  status: draft
- id: second
  type: AdverseEffect
  label: The drug may cause the other condition
  about: drug
  effect: other-condition
  evidence: passage
  status: retracted
  reason: It was not so.
- id: third
  type: Warning
  label: The third condition is a risk
  about: drug
  risk: third-condition
  evidence: elsewhere
  status: reviewed
  supersededBy: first
- id: book
  type: Source
  label: book
  title: Book
  sourceKind: Guideline
- id: elsewhere
  type: Passage
  section: chapter 1
  inSource: book
- id: unread
  type: Source
  label: unread
  title: Unread
  sourceKind: Guideline
"""
MAPPINGS = """\
#curie_map:
#  DOID: http://purl.obolibrary.org/obo/DOID_
#  MONDO: http://purl.obolibrary.org/obo/MONDO_
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tobject_source\tmapping_justification
kg:condition\tcondition\tskos:exactMatch\tMONDO:0000001\tthing\tx\tsemapv:ManualMappingCuration
kg:condition\tcondition\tskos:exactMatch\tDOID:1\tthing\tx\tsemapv:ManualMappingCuration
kg:drug\tdrug\tskos:closeMatch\tMONDO:0000002\tthing\tx\tsemapv:ManualMappingCuration
"""


@pytest.fixture
def found(small: Path) -> dict[str, stats.Section]:
    """Return the sections of a small project by name."""
    (small / "facts/facts.yaml").write_text(FACTS, encoding="utf-8")
    (small / "facts/mappings.sssom.tsv").write_text(MAPPINGS, encoding="utf-8")
    return {s.name: s for s in stats.sections(loading.readable(resources.locate(small)))}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("review", (("draft", 2), ("reviewed", 0), ("retracted", 1), ("superseded", 1))),
        ("evidence", ((1, 3), (2, 1))),
        ("sources", (("book", 1), ("source", 3), ("unread", 0))),
        ("quotations", (("yes", 1), ("no", 3))),
        ("passages", (("position and digest", 1), ("section alone", 2))),
        ("mappings-by-vocabulary", (("DOID", 1), ("MONDO", 2))),
        (
            "mappings-by-predicate",
            (("skos:broadMatch", 0), ("skos:closeMatch", 1), ("skos:exactMatch", 2), ("skos:narrowMatch", 0)),
        ),
    ],
)
def test_everything_is_counted(
    found: dict[str, stats.Section], name: str, rows: tuple[tuple[stats.Cell, ...], ...]
) -> None:
    """Each section has the numbers that the files have; what could be there and is not counts zero."""
    assert found[name].rows == rows


def test_nodes_are_counted_by_class(found: dict[str, stats.Section]) -> None:
    """Facts, concepts, sources and passages that stand under their source, by the class that a file gives."""
    count = dict(found["classes"].rows)

    assert {k: count[k] for k in ("AdverseEffect", "Warning", "TreatmentIndication", "Passage", "Source")} == {
        "AdverseEffect": 2,
        "Warning": 1,
        "TreatmentIndication": 1,
        "Passage": 3,
        "Source": 3,
    }


def test_concepts_without_identifier_are_listed(found: dict[str, stats.Section]) -> None:
    """Every concept that has no row in the table, by id with class and label; facts and sources are none."""
    rows = found["unmapped"].rows
    ids = [row[0] for row in rows]

    assert ("other-condition", "Condition", "other condition") in rows
    assert not {"condition", "drug", "first", "source", "passage"} & set(ids)
    assert ids == sorted(ids)


def test_concepts_that_no_fact_names_are_listed(found: dict[str, stats.Section]) -> None:
    """A concept that only another concept names is not used: `drug` is, the route and the product are not."""
    ids = {row[0] for row in found["unused"].rows}

    assert {"route", "product"} <= ids
    assert not {"drug", "condition", "other-condition", "third-condition", "treated-condition"} & ids


def test_text_shows_numbers_in_their_column() -> None:
    """Title, names of columns, rows; numbers to the right; a list says how long it is, and an empty one that it is."""
    numbers = stats.Section("a", "Things by size", ("size", "things"), (("big", 5), ("enormous", 12)))
    listed = stats.Section("b", "Lost things", ("id",), (("one",),))
    empty = stats.Section("c", "Found things", ("id",), ())

    assert stats.written([numbers, listed, empty], "text") == (
        "Things by size\n  size      things\n  big            5\n  enormous      12\n\n"
        "Lost things (1)\n  id\n  one\n\n"
        "Found things (0)\n  none\n"
    )


def test_json_has_a_member_a_section(small: Path, run: Run) -> None:
    """Rows are objects by column, numbers are numbers, and every section is there although nothing is mapped."""
    result = run("-C", small, "stats", "--format", "json")
    content = json.loads(result.stdout)

    assert result.exit_code == 0
    assert content["review"] == {
        "title": "Facts by state of review",
        "rows": [
            {"state": "draft", "facts": 1},
            {"state": "reviewed", "facts": 0},
            {"state": "retracted", "facts": 0},
            {"state": "superseded", "facts": 0},
        ],
    }
    assert len(content) == len(stats.SECTIONS) + 1
    assert content["mappings-by-vocabulary"]["rows"] == []


def test_a_project_with_findings_is_not_counted(small: Path, run: Run) -> None:
    """A number that leaves something out would be wrong: the first finding is named instead."""
    (small / "facts/facts.yaml").write_text(FACTS.replace("risk:", "rsik:"), encoding="utf-8")
    result = run("-C", small, "stats")

    assert (result.exit_code, result.stdout) == (3, "")
    assert "facts.yaml:21:" in result.stderr


def test_a_section_is_easily_added(found: dict[str, stats.Section]) -> None:
    """Sections are values: one more in the list is printed like the others."""
    more = dataclasses.replace(found["review"], name="more", title="One more")

    assert "\nOne more\n  state       facts\n" in stats.written([*found.values(), more], "text")
