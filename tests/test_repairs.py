"""Repairs: what is sure is repaired, byte by byte; what a line allows is left out; a change is checked at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig_kg import resources, watching
from ivig_kg.findings import Severity
from ivig_kg.making import Options
from ivig_kg.reporting import Report

NODE = """# A comment that stays.
- id: the-case
  type: {type}   # and this one
  label: {label}
  {about}: drug
  effect:   condition
  frequency: {frequency}
  evidence: [{evidence}]
  status: "{status}"
"""
RIGHT = {
    "type": "AdverseEffect",
    "label": "'Caf\u00e9 and the rest'",
    "about": "about",
    "frequency": "Common",
    "evidence": "passage",
    "status": "draft",
}


def written(folder: Path, newline: str = "\n", **wrong: str) -> Path:
    """Write a fact that is wrong in some places."""
    path = folder / "facts/more.yaml"
    path.write_bytes(NODE.format(**(RIGHT | wrong)).replace("\n", newline).encode("utf-8"))
    return path


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "AdverseEfect"},
        {"about": "abuot"},
        {"frequency": "Comon"},
        {"frequency": "'Comon'"},
        {"status": "drafft"},
        {"status": "draft "},
        {"label": "'Cafe\u0301 and the rest'"},
        {"label": "'Caf\u00e9 and  the rest'"},
        {"evidence": "Passage"},
        {"type": "AdverseEfect", "about": "abuot", "frequency": "comon", "evidence": "PASSAGE", "status": "drft"},
    ],
    ids=str,
)
def test_what_is_sure_is_repaired_and_nothing_else(small: Path, run: Run, wrong: dict[str, str], newline: str) -> None:
    """The file is then the right one, byte by byte: comments, quotation marks, blanks and line ends stay."""
    path = written(small, newline, **wrong)

    result = run("-C", small, "check", "--fix", path)

    wanted = NODE.format(**(RIGHT | {"frequency": "'Common'"} if "'" in wrong.get("frequency", "") else RIGHT))
    assert path.read_bytes().decode("utf-8") == wanted.replace("\n", newline)
    assert result.exit_code == 0, result.stdout
    assert result.stderr.count(": repaired: now `") == len(wrong)
    assert all(line.startswith(str(path)) for line in result.stderr.splitlines() if ": repaired: " in line)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_blanks_at_the_ends_of_lines_are_taken_off(small: Path, run: Run, newline: str) -> None:
    """Behind a value, a comment, and on a line of their own; each is a note where nobody asked for repairs."""
    path = small / "facts/more.yaml"
    wanted = "# A comment.\n\n" + NODE.format(**RIGHT).replace("frequency: Common", "frequency: >-\n    Common")
    blank = wanted.replace("comment.\n\n", "comment. \n   \n").replace("Common\n", "Common  \n")
    path.write_bytes(blank.replace("\n", newline).encode("utf-8"))

    before = run("-C", small, "check", "--format", "concise", path)
    after = run("-C", small, "check", "--fix", path)

    lines = [int(line.split(":")[1]) for line in before.stdout.splitlines() if " note trailing-blank: " in line]
    assert lines == [1, 2, 10]
    assert path.read_bytes() == wanted.replace("\n", newline).encode("utf-8")
    assert after.exit_code == 0
    assert "trailing-blank" not in after.stdout


def test_a_repair_that_shows_another_warning_is_made_all_the_same(small: Path, run: Run) -> None:
    """Once the key is right, more can be said of its value; the repair itself is sure."""
    path = small / "facts/more.yaml"
    path.write_text(NODE.format(**RIGHT).replace("label: 'Caf\u00e9", "labl: 'Caf\u00e9"), encoding="utf-8")

    result = run("-C", small, "check", "--fix", "--format", "concise", path)

    assert "now `label`" in result.stderr
    assert "warning label-names-nothing" in result.stdout


def test_a_file_with_a_byte_order_mark_keeps_it(small: Path, run: Run) -> None:
    """Places are counted behind it."""
    path = written(small, frequency="Comon")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert run("-C", small, "check", "--fix", path).exit_code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + NODE.format(**RIGHT).encode("utf-8")


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "Unommon"},  # near two words
        {"frequency": "Often"},  # near none
        {"about": "statsu"},  # the key stands there already
        {"evidence": "pasage"},  # an id is never guessed
        {"label": '"caf\\u0065\\u0301"'},  # written as escapes
        {"evidence": "Pass"},  # no such node
    ],
    ids=str,
)
def test_what_is_not_sure_is_left_alone(small: Path, run: Run, wrong: dict[str, str]) -> None:
    """Not a byte changes, and the finding stays."""
    path = written(small, **wrong)
    before = path.read_bytes()

    result = run("-C", small, "check", "--fix", path)

    assert result.exit_code == 1
    assert path.read_bytes() == before
    assert "repaired" not in result.stderr


def test_only_what_is_named_is_repaired(small: Path, run: Run) -> None:
    """A file that nobody asked for stays as it is."""
    path = written(small, frequency="Comon")
    before = path.read_bytes()

    assert run("-C", small, "check", "--fix", small / "facts/base.yaml").exit_code == 0
    assert path.read_bytes() == before


def test_diff_shows_the_repairs_and_writes_nothing(small: Path, run: Run) -> None:
    """A unified diff, and exit code 1 where there is one."""
    path = written(small, frequency="Comon")
    before = path.read_bytes()

    result = run("-C", small, "check", "--diff")
    path_of_right = written(small)
    nothing = run("-C", small, "check", "--diff", path_of_right)

    assert result.exit_code == 1
    assert "-  frequency: Comon\n+  frequency: Common\n" in result.stdout
    assert before != path.read_bytes()
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_the_table_of_mappings_is_repaired_too(part: Path, run: Run) -> None:
    """A prefix but for its capitals, and a kind of mapping."""
    path = part / "facts/mappings.sssom.tsv"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"\tMESH:", b"\tmesh:").replace(b"\tskos:exactMatch", b"\tskos:exactmatch"))

    assert run("-C", part, "check", "--fix").exit_code == 0
    assert path.read_bytes() == before


def test_one_of_fix_diff_and_watch(run: Run) -> None:
    """They exclude one another."""
    assert run("check", "--fix", "--diff").exit_code == 2
    assert run("check", "--diff", "--statistics").exit_code == 2


PASSAGE = """
- id: idle
  type: Passage
  inSource: source
  section: paragraph 9
"""


@pytest.mark.parametrize(
    ("old", "comment", "found"),
    [
        ("- id: idle", "  # ivig-kg: allow passage-uncited - it only greets the reader", []),
        ("- id: idle", " # ivig-kg: allow passage-uncited - one blank will do", []),
        ("- id: idle", "  # ivig-kg: allow passage-uncited", ["bad-allow", "passage-uncited"]),
        ("- id: idle", "  # ivig-kg: alow passage-uncited - why", ["bad-allow", "passage-uncited"]),
        ("- id: idle", "  # ivig-kg: allow unknown-key - why", ["passage-uncited", "unused-allow"]),
        ("paragraph 9", "  # ivig-kg: allow passage-uncited - why", ["passage-uncited", "unused-allow"]),
        ("inSource: source", "s  # ivig-kg: allow unknown-id - why", ["bad-allow", "unknown-id"]),
    ],
)
def test_a_line_can_allow_a_warning(small: Path, run: Run, old: str, comment: str, found: list[str]) -> None:
    """With a reason, on its own line, and never an error; a comment that allows nothing is told."""
    path = small / "facts/more.yaml"
    path.write_text(PASSAGE.replace(old, old + comment), encoding="utf-8")

    result = run("-C", small, "check", "--format", "concise", path)

    assert sorted(line.split(": ")[1].split()[1] for line in result.stdout.splitlines()) == found


def test_allowing_counts_for_fail_on(small: Path, run: Run) -> None:
    """A warning that is allowed fails no run."""
    path = small / "facts/more.yaml"
    path.write_text(PASSAGE, encoding="utf-8")
    before = run("-C", small, "check", "--fail-on", "warning", path)
    text = PASSAGE.replace("- id: idle", "- id: idle  # ivig-kg: allow passage-uncited - why")
    path.write_text(text, encoding="utf-8")

    assert before.exit_code == 1
    assert run("-C", small, "check", "--fail-on", "warning", path).exit_code == 0


def test_every_change_is_checked(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first report comes at once, the next when a file changed; a project without facts is a sentence."""
    project = resources.locate(small)
    path = written(small)
    steps = iter([lambda: written(small, frequency="Comon"), path.unlink, (small / "facts/base.yaml").unlink])
    monkeypatch.setattr(time, "sleep", lambda _: next(steps)())
    seen = watching.reports(project=project, options=Options())

    reports = [r for r in map(next, [seen] * 3) if isinstance(r, Report)]
    codes = [[f.code for f in r.findings if f.severity is Severity.ERROR] for r in reports]
    last = next(seen)

    assert codes == [[], ["AdverseEffect-frequency"], []]
    assert isinstance(last, str)
    assert "no facts file" in last


def test_watching_shows_a_mistake_as_soon_as_it_is_saved(small: Path) -> None:
    """As a person sees it: the process goes on, and tells the finding and then that it is gone."""
    path = written(small)
    command = [sys.executable, "-u", "-m", "ivig_kg", "-C", str(small), "check", "--watch", "--format", "concise"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as process:
        assert process.stdout
        try:
            first = told(process.stdout)
            written(small, frequency="Comon")
            second = told(process.stdout)
            written(small)
            third = told(process.stdout)
        finally:
            process.send_signal(2)
        assert process.wait(timeout=60) == 130
    path = Path(os.path.relpath(path, ROOT)) if path.is_relative_to(ROOT) else path
    assert " error " not in first + third
    assert f"{path}:7:14: error AdverseEffect-frequency: " in second


def told(stream: object) -> str:
    """Return what is told of one run, to the line that says that it is over."""
    lines: list[str] = []
    while not lines or not lines[-1].startswith("watching"):
        line = stream.readline()  # type: ignore[attr-defined]
        assert line, lines
        lines.append(line)
    return "".join(lines)
