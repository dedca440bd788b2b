"""The docs: every command they show is run, and what they print is what comes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT
from ivig_kg import resources, workflow

BIN = Path(sys.executable).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[tuple[str, str]]:
    """Return every `$` line of a page with the lines that are said to come of it."""
    found: list[tuple[str, str]] = []
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        for line in block[2].splitlines(keepends=True):
            if line.startswith("$ "):
                found.append((line[2:].rstrip("\n"), ""))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def test_the_readme_shows_commands() -> None:
    """The pattern above finds them, and none is written in a way that it misses."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert len(commands(ROOT / "README.md")) == len(re.findall(r"^\s*\$ ", text, re.MULTILINE)) == 9


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=lambda p: p.name)
def test_every_command_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    """Run in order, with both streams together as a terminal shows them."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    for command, wanted in commands(page):
        line = command.replace("/tmp/ivig-kg-store", str(tmp_path / "store")).replace(".venv/bin/", f"{BIN}/")  # noqa: S108
        done = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        assert done.returncode == 0, (command, done.stdout.decode())
        shown = done.stdout.decode().replace("\r\n", "\n")
        assert shown.splitlines() == wanted.splitlines(), command


def test_the_page_of_the_command_line_is_fresh() -> None:
    """docs/cli.md is the help of the commands."""
    done = subprocess.run(
        [sys.executable, "docs/make_cli.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    """Links between the pages, and paths in backquotes with a folder, exist."""
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    paths = re.findall(r"`((?:src|docs|tests|facts|ontology|shapes)/[\w./-]+)`", text)

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_numbers_of_the_readme_are_true() -> None:
    """Facts and questions are as many as it says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    labels = sum(len(nodes(p)) for p in (ROOT / "facts/labels").glob("*.yaml"))
    sources = len(list((ROOT / "facts/sources").glob("*.yaml"))) - 1

    assert f"({len(nodes(ROOT / 'facts/monographs/human-immunoglobulin.yaml'))} facts)" in text
    assert f"{sources} labels, registers and notices of regulators ({labels}" in " ".join(text.split())
    assert f"{len(list((ROOT / 'ontology/queries').glob('*.rq')))} questions" in text


def test_versions_agree() -> None:
    """The tool, the data, the citation and the changelog name one version."""
    version = (ROOT / "facts/VERSION").read_text(encoding="utf-8").strip()

    assert f'\nversion = "{version}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_fact_shown_to_contributors_is_one_of_the_facts() -> None:
    """The example of CONTRIBUTING stands in the monograph, line by line."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    facts = (ROOT / "facts/monographs/human-immunoglobulin.yaml").read_text(encoding="utf-8")

    assert block
    assert "".join(line.removeprefix("   ") for line in block[1].splitlines(keepends=True)).rstrip() in facts


def test_the_worked_example_in_pandas_gives_what_the_page_says() -> None:
    """The code of the page is run, and its table is the one that comes of it."""
    page = (ROOT / "docs/worked-example.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    table = page.partition("| jurisdiction |")[2].splitlines()[2:]
    names: dict[str, Any] = {}

    assert code
    exec(code[1], names)  # noqa: S102  (it is ours)

    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table if line.startswith("|")]
    assert rows
    assert {(place, unit): float(dose) for place, unit, dose in rows} == names["highest"].to_dict()


def test_the_worked_example_in_sparql_gives_rows(project: resources.Project) -> None:
    """The query of the page is one that the graph answers, in comparable units alone."""
    page = (ROOT / "docs/worked-example.md").read_text(encoding="utf-8")
    query = re.search(r"```sparql\n(.*?)```", page, re.DOTALL)

    assert query
    found = json.loads(workflow.ask(query[1], "json", project=project))
    units = {row["unit"]["value"] for row in found["results"]["bindings"]}
    assert units == {"g/kg", "g/kg/d"}


def test_the_numbers_of_the_page_on_the_data_are_true() -> None:
    """Facts by kind of source, undated sources and mappings are as many as it says."""
    page = (ROOT / "docs/data.md").read_text(encoding="utf-8")
    sources = [n for p in (ROOT / "facts/sources").glob("*.yaml") for n in nodes(p)]
    facts = {p.stem: len(nodes(p)) for p in (ROOT / "facts/labels").glob("*.yaml")}
    kinds: dict[str, int] = {}
    for source in sources:
        kinds[source["sourceKind"]] = kinds.get(source["sourceKind"], 0) + facts.get(source["id"], 0)
    undated = sum(not {"date", "issuedInMonth", "issuedInYear"} & set(source) for source in sources)
    rows = [r for r in (ROOT / "facts/mappings.sssom.tsv").read_text(encoding="utf-8").splitlines() if r[0] != "#"][1:]

    assert f"| labels of products | {kinds['ProductLabel']} |" in page
    assert f"| registers | {kinds['Register']} |" in page
    assert f"| notices of a regulator | {kinds['SafetyNotice']} |" in page
    assert f"{undated} of {len(sources)} sources bear no date" in page
    assert f"{len(rows)} reviewed mappings of {len({r.split(chr(9))[0] for r in rows})} concepts" in page


def nodes(path: Path) -> list[dict[str, Any]]:
    """Return the nodes of a facts file."""
    found: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return found


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_every_answer_of_the_rubric_has_its_proof() -> None:
    """27 questions in five parts; each yes leads to a file, and to a heading where it names one; each no says why."""
    page = ROOT / "docs/fair.md"
    text = page.read_text(encoding="utf-8")
    parts = [
        re.findall(r"^\| (\d+) \| (.+?) \| (yes|no) \| (.+) \|$", part, re.MULTILINE) for part in text.split("\n## ")
    ]
    rows = [row for part in parts for row in part]

    assert [len(part) for part in parts] == [0, 5, 7, 5, 5, 5]
    assert [int(number) for number, *_ in rows] == list(range(1, 28))
    assert f"**{sum(answer == 'yes' for *_, answer, _ in rows)} of 27.**" in text
    for number, _, answer, proof in rows:
        links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", proof)]
        assert links or answer == "no", number
        for path, _, anchor in links:
            target = (page.parent / path).resolve()
            assert target.is_file(), (number, path)
            assert not anchor or anchor in anchors(target), (number, anchor)
