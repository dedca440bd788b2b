"""Review: what a second person has read is told apart, and a retracted fact gives nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT, Run

BY = """status: reviewed
  curator: first person
  curatedOn: 2024-02-29
  reviewer: second person
  reviewedOn: 2024-03-01
"""
FACTS = f"""
- id: reviewed-effect
  type: AdverseEffect
  label: The drug may cause the condition
  about: drug
  effect: condition
  evidence: passage
  {BY}
- id: draft-effect
  type: AdverseEffect
  label: The drug may cause the other condition
  about: drug
  effect: other-condition
  evidence: passage
  status: draft
"""


@pytest.fixture
def reviewed(small: Path) -> Path:
    """Return a project with a reviewed fact among drafts."""
    (small / "facts/more.yaml").write_text(FACTS, encoding="utf-8")
    return small


def facts(folder: Path) -> set[str]:
    """Return the ids of the facts in some exports."""
    quads = ox.parse((folder / "ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS)
    return {q.subject.value.rpartition("/")[2] for q in quads if q.graph_name.value.endswith("/facts")}


def test_only_reviewed_facts_can_be_exported(reviewed: Path, run: Run, tmp_path: Path) -> None:
    """Drafts and what follows from them stay out, and the manifest says so."""
    whole = run("-C", reviewed, "build", "-o", tmp_path / "whole")
    result = run("-C", reviewed, "build", "--only", "reviewed", "-o", tmp_path / "out")

    assert (whole.exit_code, result.exit_code) == (0, 0), result.stderr
    assert facts(tmp_path / "whole") == {"treatment", "reviewed-effect", "draft-effect"}
    assert facts(tmp_path / "out") == {"reviewed-effect"}
    text = (tmp_path / "out/ivig-kg.nt").read_text(encoding="utf-8")
    assert text.count("has_side_effect>") == (ROOT / "ontology/ivig.ttl").read_text().count("has_side_effect ") + 1
    assert json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))["only"] == "reviewed"
    assert "only" not in json.loads((tmp_path / "whole/manifest.json").read_text(encoding="utf-8"))


def test_a_reviewed_fact_that_names_a_draft_cannot_stand_alone(reviewed: Path, run: Run, tmp_path: Path) -> None:
    """The link would lead nowhere, so it is told and nothing is written."""
    path = reviewed / "facts/more.yaml"
    path.write_text(FACTS.replace("  evidence", "  conflictsWith: draft-effect\n  evidence", 1), encoding="utf-8")

    result = run("-C", reviewed, "build", "--only", "reviewed", "-o", tmp_path / "out", "--format", "concise")

    assert result.exit_code == 1
    assert "more.yaml:7:18: error other-status: `conflictsWith` names `draft-effect`, and that fact is draft" in (
        result.stderr
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_where_nothing_is_reviewed_nothing_is_written(run: Run, tmp_path: Path) -> None:
    """The facts of this project are drafts: no second person has read them."""
    result = run("build", "--only", "reviewed", "-o", tmp_path / "out")

    assert result.exit_code == 3
    assert "no fact is reviewed" in result.stderr
    assert not (tmp_path / "out").exists()


def test_exports_of_a_part_never_replace_the_whole(run: Run) -> None:
    """Without a folder of its own, --only is wrong usage."""
    assert run("build", "--only", "reviewed").exit_code == 2


def test_facts_without_a_reviewer_are_drafts_and_the_readme_says_so() -> None:
    """No fact here claims a review."""
    text = (ROOT / "facts/monographs/human-immunoglobulin.yaml").read_text(encoding="utf-8")

    assert "status: reviewed" not in text
    assert "all of them drafts that no second person has reviewed" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_retracted_fact_gives_no_direct_triple(reviewed: Path, run: Run, tmp_path: Path) -> None:
    """It stays, with its reason, and nothing follows from it."""
    path = reviewed / "facts/more.yaml"
    retracted = "status: retracted\n  reason: It was about another drug.\n  retractedOn: 2024-04-01\n"
    path.write_text(FACTS.replace(BY, retracted), encoding="utf-8")

    result = run("-C", reviewed, "build", "-o", tmp_path / "out")

    assert result.exit_code == 0, result.stderr
    text = (tmp_path / "out/ivig-kg.nt").read_text(encoding="utf-8")
    assert "id/reviewed-effect>" in text
    assert "has_side_effect> <https://w3id.org/ivig-kg/id/condition>" not in text
    assert "has_side_effect> <https://w3id.org/ivig-kg/id/other-condition>" in text
