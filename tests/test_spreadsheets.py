"""Tables for people run nothing in a spreadsheet, and lose nothing; the exact formats stay exact."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import hostility
from conftest import Run
from ivig_kg import spreadsheets
from ivig_kg.cli import main

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=HYPERLINK("http://127.0.0.1:9/","headache")',
    '=DDE("soffice";"x";"y")',
    "=cmd|'/c calc'!A0",
    "\uff1d1+1",
    "\uff201",
    "'=1+1",
    "headache;=1+1",
    '=1+1;"',
)
QUOTES = ('"=1+1', '"quoted" first', 'one " mark', "a; =1", "'tis")
CONTROLS = (
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "a\t=1+1",
    "\theadache",
    "\ufeff=1+1",
)  # in no file of facts
HARMLESS = ("headache", "-0.5", "12", "-1e-3", "", "'", "'tis", 'a "b", c', "a - b", "a; b", "x=1", "1-2")


@pytest.mark.parametrize("text", [*FORMULAS, *CONTROLS])
def test_a_formula_becomes_a_text_and_back(text: str) -> None:
    """What a spreadsheet would run no longer begins so, at no place where some program may begin a cell."""
    kept = spreadsheets.harmless(text)

    assert spreadsheets.stated(kept) == text != kept
    assert not any(re.match(r"\s*[=+@\uff1d\uff0b\uff0d\uff20-]", part) for part in re.split(r"[;\t\r\n]", kept))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_runs_nothing_stays(text: str) -> None:
    """A negative number is no formula, nor is a hyphen within a sentence."""
    assert spreadsheets.harmless(text) == spreadsheets.stated(text) == text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.sampled_from("'=+-@\t\r\n; a1.,\"\uff1d\u200b\u00a0é")), min_size=1, max_size=4))
def test_every_text_comes_back(texts: list[str]) -> None:
    """Through the table and any reader of CSV, each value is the one that went in."""
    table = spreadsheets.written([["first", *texts]])

    (row,) = csv.reader(io.StringIO(table, newline=""))
    assert [spreadsheets.stated(cell) for cell in row[1:]] == texts
    assert spreadsheets.runs(table) == 0
    assert spreadsheets.marked(table) == sum(spreadsheets.harmless(text) != text for text in texts)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project whose texts are formulas."""
    return hostility.write(tmp_path_factory.mktemp("formulas") / "project", [*FORMULAS, *QUOTES])


@pytest.fixture(scope="module")
def release(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release of it."""
    folder = tmp_path_factory.mktemp("formulas") / "release"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
        done = CliRunner().invoke(main, ["-C", str(hostile), "release", "1.0.0", "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def _tables(folder: Path) -> dict[Path, list[list[str]]]:
    """Return the cells of every table of a release, as a program that knows its form reads them."""
    found = {}
    for path in sorted(folder.rglob("*.[ct]sv")):
        form = {"delimiter": "," if path.suffix == ".csv" else "\t"}
        form |= {"quoting": csv.QUOTE_NONE} if path.parent.name == "kgx" else {}
        with path.open(encoding="utf-8", newline="") as file:
            found[path] = list(csv.reader((line for line in file if not line.startswith("#")), **form))
    return found


def test_no_table_of_a_release_begins_a_formula(release: Path) -> None:
    """Answers, index, values, mappings and KGX: whatever is a table there is harmless, and there are all of them."""
    found = _tables(release)

    assert {path.name for path in found} > {"index.csv", "values.csv", "mappings.sssom.tsv", "nodes.tsv", "edges.tsv"}
    assert any(path.parent.name == "queries" for path in found)
    for path, rows in found.items():
        assert [
            cell for row in rows for cell in row if spreadsheets.harmless(spreadsheets.stated(cell)) != cell
        ] == [], path


def test_the_tables_of_a_release_say_what_was_stated(release: Path) -> None:
    """Without its apostrophes each table holds the very texts, and `index.json` and the JSON Lines have none."""
    found = {
        path.name: [[spreadsheets.stated(c) for c in row] for row in rows] for path, rows in _tables(release).items()
    }

    texts = [*FORMULAS, *QUOTES]
    header, *rows = found["index.csv"]
    listed = json.loads((release / "tables/index.json").read_text(encoding="utf-8"))
    assert [{n: c for n, c in zip(header, row, strict=True) if c} for row in rows] == listed
    assert sorted(row["label"] for row in listed) == sorted(texts)
    assert sorted(r[2] for r in found["values.csv"] if r[1] == "frequencyAsStated") == sorted(texts)
    assert sorted(r[5] for r in found["mappings.sssom.tsv"][1:]) == sorted(texts)
    lines = [json.loads(line) for line in (release / "kgx/edges.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(line["name"] for line in lines) == sorted(texts)


def test_a_release_of_formulas_is_sound(release: Path, run: Run) -> None:
    """`verify` makes the tables anew and finds the same; the README says what the apostrophe is."""
    assert run("verify", release).exit_code == 0
    assert "apostrophe" in (release / "README.md").read_text(encoding="utf-8")


def test_the_export_for_a_spreadsheet_says_what_it_did(hostile: Path, small: Path, run: Run, tmp_path: Path) -> None:
    """`export csv` says how many cells it marked, and says nothing where there is none."""
    done = run("-C", hostile, "export", "csv", "-o", tmp_path / "facts.csv")
    quiet = run("-C", small, "export", "csv")

    data = (tmp_path / "facts.csv").read_text(encoding="utf-8")
    assert (done.exit_code, spreadsheets.runs(data)) == (0, 0)
    assert done.stderr == (
        f"{spreadsheets.marked(data)} cells begin like a formula, and would be run by a spreadsheet: an apostrophe (')"
        " stands before each; `ivig-kg query facts --format csv` has every value as it is\n"
    )
    assert (quiet.exit_code, quiet.stderr) == (0, "")


def test_a_question_is_answered_in_the_very_values(hostile: Path, run: Run) -> None:
    """The formats of the W3C are for programs: not a character is added."""
    done = run("-C", hostile, "query", "facts", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert sorted(row["label"] for row in rows) == sorted([*FORMULAS, *QUOTES])


def test_a_long_cell_is_read_whole() -> None:
    """Cells have no greatest length."""
    cell = "=" + "x" * 300_000

    assert spreadsheets.marked(spreadsheets.neutral(f'a,b\n{cell},"{cell}"\n')) == 2


@pytest.mark.parametrize("table", ['a"b,c\n', '"a"b\n', '"a\n'])
def test_what_is_no_table_is_refused(table: str) -> None:
    """Nothing is guessed about a quotation mark in the wrong place."""
    with pytest.raises(ValueError, match="quotation mark"):
        spreadsheets.runs(table)


@pytest.mark.exhaustive
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice is installed: the tables were not opened")
def test_libreoffice_runs_nothing(release: Path, tmp_path: Path) -> None:
    """With formulas switched on, and cells parted at comma, semicolon and tab: no cell of a release is run."""
    bait = tmp_path / "bait.csv"
    bait.write_text("n,cell\n1,=1+1\n", encoding="utf-8")
    controls = tmp_path / "controls.csv"
    controls.write_text(spreadsheets.written([["n", "cell"], *(["1", text] for text in CONTROLS)]), encoding="utf-8")
    opened = {path: tmp_path / f"{path.parent.name}-{path.name}" for path in _tables(release)}
    for path, copy in opened.items():
        shutil.copy(path, copy)

    commas = [bait, controls, *(p for p in opened.values() if p.suffix == ".csv")]
    pages = _opened(commas, "44/59/9", tmp_path) | _opened(
        [p for p in opened.values() if p.suffix == ".tsv"], "9", tmp_path
    )

    assert "table:formula=" in pages.pop(bait)
    assert [path.name for path, page in pages.items() if "table:formula=" in page or "xlink:href" in page] == []
    index = next(page for path, page in pages.items() if path.name.endswith("index.csv"))
    assert "&apos;=1+1</text:p>" in index


def _opened(paths: list[Path], parted: str, folder: Path) -> dict[Path, str]:
    """Return what LibreOffice makes of some tables, as XML; formulas in them are evaluated."""
    read = f"--infilter=Text - txt - csv (StarCalc):{parted},34,76,1,,0,false,true,false,false,false,-1,true"
    home = f"-env:UserInstallation=file://{folder}/office"
    words = [
        "soffice",
        home,
        "--headless",
        read,
        "--convert-to",
        "fods",
        "--outdir",
        str(folder / "out"),
        *map(str, paths),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return {path: (folder / "out" / path.with_suffix(".fods").name).read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize(("form", "cell"), [("csv", "=1+1"), ("tsv", '"=1+1"'), ("csv", "-0.5"), ("json", "=1+1")])
def test_an_answer_for_programs_is_exact_and_says_what_a_spreadsheet_would_run(run: Run, form: str, cell: str) -> None:
    """The formats of the W3C have no apostrophe; a number runs nothing."""
    text = cell.strip('"')

    result = run("query", "-e", f'SELECT ("{text}" AS ?a) {{}}', "--format", form)

    assert cell in result.stdout
    told = "1 cell of this answer begins as a formula does, and a spreadsheet would run that"
    assert result.stderr.startswith(told) is (form != "json" and text.startswith("="))
