"""Pages of strange projects: what is overlapping, taken back, contradicted or named oddly is shown as it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import ROOT, Run
from web_page import WebPage

CASE = ROOT / "tests/cases/strange"


def written(folder: Path) -> dict[str, WebPage]:
    """Return the pages of a site, by their paths."""
    return {p.relative_to(folder).as_posix(): WebPage(p.read_text(encoding="utf-8")) for p in folder.rglob("*.html")}


def text(page: WebPage) -> str:
    """Return the text of a page on one line."""
    return " ".join(" ".join(page.text).split())


@pytest.fixture
def strange(small: Path) -> Path:
    """Return the small project with a file of oddities."""
    shutil.copy(CASE / "strange.yaml", small / "facts")
    return small


@pytest.fixture
def pages(strange: Path, run: Run, tmp_path: Path) -> dict[str, WebPage]:
    """Return the pages of the strange project, with the texts of its sources."""
    done = run("-C", strange, "site", "-o", tmp_path / "site", "--sources", CASE)
    assert done.exit_code == 0, done.output
    return written(tmp_path / "site")


def test_oddities_are_shown_as_they_are(pages: dict[str, WebPage], tmp_path: Path) -> None:
    """Passages that overlap, names that differ in signs, conflicts from both sides, what was taken back."""
    html = (tmp_path / "site/id/overlap.html").read_text(encoding="utf-8")
    marked = html.partition("<blockquote>")[2].partition("</blockquote>")[0]
    said = WebPage(marked)
    own = [piece for piece in said.text if not piece.startswith("overlap-")]
    assert "".join(own) == (CASE / "overlap.txt").read_text(encoding="utf-8")
    assert {"#passage-overlap-whole", "#passage-overlap-half", "#passage-overlap-across"} == {*said.links}

    assert "薬: side by side" in text(pages["compare/group.html"])
    assert {pages[f"compare/{name}.html"].headings[0] for name in ("name", "name-2")} == {
        "Name+: side by side",
        "Name-: side by side",
    }
    assert "In conflict with" in text(pages["id/strange-rash.html"])
    assert "../id/strange-rash.html" in pages["id/strange-no-rash.html"].links
    assert "../id/strange-old.html" in pages["id/strange-fever.html"].links
    assert "Replaced by" in text(pages["id/strange-old.html"])
    assert "a register that is gone (retracted)" in text(pages["id/strange-old.html"])
    assert "a register that is gone (retracted)" in text(pages["sources.html"])


def test_counts_are_of_what_holds(pages: dict[str, WebPage]) -> None:
    """Superseded and retracted facts are counted apart, and stand last in their section."""
    start = text(pages["index.html"])
    medicine = [link for link in pages["id/drug.html"].links if link.startswith("../id/strange-")]

    assert "facts 10 superseded or retracted 2 sources 3" in start
    assert "drug 4 facts" in start
    assert medicine.index("../id/strange-fever.html") < medicine.index("../id/strange-old.html")


def test_a_picture_of_many_neighbours_says_how_many_it_draws(small: Path, run: Run, tmp_path: Path) -> None:
    """The table beside it has all."""
    conditions = "".join(f"- id: c{n}\n  type: Condition\n  label: c{n}\n" for n in range(45))
    effects = "".join(
        f"- id: e{n}\n  type: AdverseEffect\n  label: The drug may cause c{n}\n  about: drug\n  effect: c{n}\n"
        "  evidence: passage\n  status: draft\n"
        for n in range(45)
    )
    (small / "facts/many.yaml").write_text(conditions + effects, encoding="utf-8")

    assert run("-C", small, "site", "-o", tmp_path / "site").exit_code == 0

    page = WebPage((tmp_path / "site/id/drug.html").read_text(encoding="utf-8"))
    drawn = json.loads(page.scripts["application/json"])
    table = text(page).rpartition("What it is joined to")[2]
    assert len(drawn["edges"]) == 40
    assert "all of it; 40 of 47 are drawn" in text(page)
    assert all(f" c{n} " in table for n in range(45))


def test_a_class_of_the_projects_own_has_its_section(small: Path, run: Run, tmp_path: Path) -> None:
    """It stands after those of the monograph, on the page of its medicine and in comparisons."""
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, small / name)
    term = """
ivig:Anecdote a owl:Class ;
    rdfs:subClassOf ivig:Fact ;
    rdfs:isDefinedBy <https://w3id.org/ivig-kg/ontology/> ;
    skos:prefLabel "anecdote"@en ;
    skos:definition "A story that is told."@en ;
    skos:scopeNote "For tests."@en ;
    skos:example "A story."@en ;
    skos:editorialNote "It is gone when the test is."@en .
"""
    with (small / "ontology/ivig.ttl").open("a", encoding="utf-8") as file:
        file.write(term)
    fact = "- id: told\n  type: Anecdote\n  label: The drug was told to cause a condition\n  about: drug\n"
    (small / "facts/told.yaml").write_text(fact + "  evidence: passage\n  status: draft\n")
    context = json.loads((small / "ontology/context.jsonld").read_text(encoding="utf-8"))
    context["@context"]["Anecdote"] = "ivig:Anecdote"
    (small / "ontology/context.jsonld").write_text(json.dumps(context), encoding="utf-8")

    done = run("-C", small, "site", "-o", tmp_path / "site")

    assert done.exit_code == 0, done.output
    page = WebPage((tmp_path / "site/id/drug.html").read_text(encoding="utf-8"))
    assert [link for link in page.links if link.startswith("#")][-1] == "#anecdote"
    assert "../id/told.html" in page.links


@pytest.mark.slow
def test_changes_since_a_release_are_told_fact_by_fact(citable: Path, run: Run, tmp_path: Path) -> None:
    """What was added and changed, with the old value and the new one; a folder that is no release is told."""
    dated = (
        (citable / "facts/base.yaml")
        .read_text(encoding="utf-8")
        .replace("title: Source", "title: Source\n  date: 2024-02-29")
    )
    (citable / "facts/base.yaml").write_text(dated, encoding="utf-8")
    assert run("-C", citable, "release", "1.0.0", "-o", tmp_path / "old").exit_code == 0
    path = citable / "facts/base.yaml"
    changed = path.read_text(encoding="utf-8").replace("label: treated condition", "label: condition that is treated")
    path.write_text(changed + "\n- id: newcomer\n  type: Condition\n  label: newcomer\n", encoding="utf-8")

    done = run("-C", citable, "site", "-o", tmp_path / "site", "--previous", tmp_path / "old")
    none = run("-C", citable, "site", "-o", tmp_path / "other", "--previous", tmp_path / "nowhere")

    page = WebPage((tmp_path / "site/changes.html").read_text(encoding="utf-8"))
    assert done.exit_code == 0, done.output
    assert page.headings == ["Changes from old to 1.0.0"]
    told = text(page)
    assert "added newcomer : newcomer" in told
    assert "treated condition condition that is treated" in told
    assert none.exit_code == 2
    assert not (tmp_path / "other").exists()


def test_marks_of_direction_are_refused(small: Path, run: Run, tmp_path: Path) -> None:
    """A label that would turn the text around it is no label: no page is written."""
    path = small / "facts/base.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("label: factor\n", "label: fac\u202etor\n", 1), encoding="utf-8"
    )

    done = run("-C", small, "site", "-o", tmp_path / "out")

    assert done.exit_code == 3
    assert "base.yaml" in done.output
    assert "\u202e" not in done.output
    assert not (tmp_path / "out").exists()
