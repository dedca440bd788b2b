"""The tables of exit codes and limits are what the tool does: each code is provoked, and each limit is in the code."""

from __future__ import annotations

import ast
import gzip
import importlib
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from conftest import ROOT, Run
from ivig_kg import errors, findings, workflow
from ivig_kg.cli import main
from ivig_kg.release import copies
from ivig_kg.stores import credentials

PAGE = (ROOT / "docs/limits.md").read_text(encoding="utf-8")
CODES = {int(code): words for code, words in re.findall(r"(?m)^\| ([0-9]+) \| ([^|]+) \|", PAGE)}
LIMITS = {name: float(n.replace(",", "")) for name, n in re.findall(r"(?m)^\| `([\w.]+)` \| ([\d,]+) \|", PAGE)}
OPTIONS = {name: float(n.replace(",", "")) for name, n in re.findall(r"(?m)^\| `(\w+ --\w+)` \| ([\d,]+) \|", PAGE)}
IS_LIMIT = re.compile(
    r"_?(MAX_\w+|MOST(_\w+)?|LARGEST|LONGEST|SECONDS|WAIT|PATIENCE|TIDYING|FAREWELL"
    r"|DEEPEST|JOINED|MEMORY|RATIO|ANYHOW|SKEW|STACK)"
)


def _ends(*words: str) -> Callable[..., int]:
    return lambda run, folder, _: run("-C", folder, *words).exit_code


def _misspelt(run: Run, folder: Path, _: pytest.MonkeyPatch) -> int:
    text = "- id: another\n  type: Conditon\n  label: another\n"
    (folder / "facts/wrong.yaml").write_text(text, encoding="utf-8")
    return run("-C", folder, "check").exit_code


def _unreadable(run: Run, folder: Path, _: pytest.MonkeyPatch) -> int:
    (folder / "facts/wrong.yaml").write_text("- id: [\n", encoding="utf-8")
    return run("-C", folder, "check").exit_code


def _broken(run: Run, folder: Path, _: pytest.MonkeyPatch) -> int:
    (folder / "shapes").mkdir()
    (folder / "shapes/Fact.ttl").write_text("no Turtle", encoding="utf-8")
    return run("-C", folder, "check").exit_code


def _unwritable(run: Run, folder: Path, _: pytest.MonkeyPatch) -> int:
    (folder / "file").write_text("mine", encoding="utf-8")
    return run("-C", folder, "build", "-o", folder / "file/exports").exit_code


def _too_deep(run: Run, folder: Path, _: pytest.MonkeyPatch) -> int:
    (folder / "facts/deep.yaml").write_text("- " * 33 + "x\n", encoding="utf-8")
    return run("-C", folder, "check").exit_code


def _bug(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(workflow, "check", lambda *_, **__: {}["a bug"])
    return run("-C", folder, "check").exit_code


def _interrupted(_: Run, folder: Path, __: pytest.MonkeyPatch) -> int:
    words = [sys.executable, "-m", "ivig_kg", "-C", str(folder), "check", "--watch"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr is not None
        for line in program.stderr:
            if line.startswith("watching"):
                program.send_signal(signal.SIGINT)
        return program.wait(timeout=60)


PROVOKED: dict[int, Callable[..., int]] = {
    0: _ends("check"),
    1: _misspelt,
    2: _ends("show", "no-such-id"),
    3: _unreadable,
    4: _broken,
    5: _ends("load", "http://127.0.0.1:9", "--status", "--timeout", "5"),
    6: _unwritable,
    7: _too_deep,
    70: _bug,
    130: _interrupted,
}


def test_every_code_of_the_table_is_provoked() -> None:
    """The table has all codes: those of the errors, those that are provoked here, and those that the help names."""
    raised = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)}
    told = {int(code) for code in re.findall(r"(?<![\w.])(\d+) {1,2}[a-z]", (main.help or "").partition("status:")[2])}

    assert CODES.keys() == PROVOKED.keys() == raised | {0, 1, 130} == told


@pytest.mark.parametrize("code", PROVOKED)
def test_a_command_ends_with_the_code(code: int, run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each code is what a real command ends with, for the reason that the table gives."""
    assert PROVOKED[code](run, small, monkeypatch) == code


def test_help_agrees_with_the_table() -> None:
    """What the help of a command says of its exit status is in the table."""
    texts = {name: " ".join((command.help or "").split()) for name, command in main.commands.items()}
    said = {name: re.findall(r"xit status:?((?: is)? [0-9][^.]*|[^.0-9]*[0-9]+)", text) for name, text in texts.items()}
    codes = {name: {int(n) for part in parts for n in re.findall(r"[0-9]+", part)} for name, parts in said.items()}

    assert {name for name, found in codes.items() if found} == {n for n, text in texts.items() if "xit status" in text}
    assert {name: found - CODES.keys() for name, found in codes.items() if found - CODES.keys()} == {}
    assert codes["verify"] == {0, 1, 3}


def test_every_limit_of_the_table_is_in_the_code() -> None:
    """Each limit has the value that the table says."""
    for name, value in LIMITS.items():
        module, _, constant = name.rpartition(".")
        assert getattr(importlib.import_module(f"ivig_kg.{module}"), constant) == value, name


def test_every_limit_of_the_code_is_in_the_table() -> None:
    """A constant whose name says that it is a limit has its row."""
    found = set()
    for path in (ROOT / "src/ivig_kg").rglob("*.py"):
        module = path.relative_to(ROOT / "src/ivig_kg").with_suffix("").as_posix().replace("/", ".")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and IS_LIMIT.fullmatch(target.id):
                    found.add(f"{module}.{target.id}")

    assert found == LIMITS.keys()


def test_options_have_the_defaults_of_the_table() -> None:
    """Each option that sets a limit has the value that the table says, and no such option is left out."""
    found = {
        f"{name} --{option.name}": option.default
        for name, command in main.commands.items()
        for option in command.params
        if isinstance(option, click.Option) and option.name in {"timeout", "memory"}
    }

    assert found == OPTIONS


@pytest.mark.parametrize("more", [0, 1])
def test_files_keep_within_their_limit(more: int, small: Path, run: Run, tmp_path: Path) -> None:
    """At the limit a file is read, one byte past it is not: facts, credentials, and what a received file unpacks to."""
    lines = "- id: another\n  type: Condition\n  label: another\n  surfaceForm: [x]\n"
    size = int(LIMITS["textfile.MAX_BYTES"]) + more
    (small / "facts/large.yaml").write_text(lines + "#" * (size - len(lines) - 1) + "\n", encoding="utf-8")
    secret = tmp_path / "secret"
    secret.write_text("token = t\n" + "#" * (int(LIMITS["stores.credentials._LONGEST"]) - 10 + more))
    secret.chmod(0o600)

    assert run("-C", small, "check").exit_code == (7 if more else 0)
    if more:
        with pytest.raises(errors.UsageError, match="is longer than"):
            credentials.find(secret)
        with pytest.raises(copies.UnreadableError, match="more than 100 bytes"):
            copies.unpacked("x.gz", gzip.compress(b"x" * 101), most=100)
    else:
        assert credentials.find(secret).token == "t"  # noqa: S105  (of a test)
        assert len(copies.unpacked("x.gz", gzip.compress(b"x" * 100), most=100)) == 100


def test_a_sentence_keeps_within_its_limit() -> None:
    """At the limit it is whole, one character past it it is cut, and an escape counts as it is written."""
    most = findings.MAX_SENTENCE

    assert findings.sentence("x" * most) == "x" * most
    assert findings.sentence("x" * (most + 1)) == "x" * (most - 1) + "…"
    assert len(findings.sentence("\x1b" * most)) == most
