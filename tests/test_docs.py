"""The docs: every command they show is run, and what they print is what comes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

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
    facts = (ROOT / "facts/monographs/human-immunoglobulin.yaml").read_text(encoding="utf-8")

    assert f"{len(re.findall(r'^- id: ', facts, re.MULTILINE))} facts" in text
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
