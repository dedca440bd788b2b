"""Circumstances: whatever the machine around it is like, a run ends with a sentence and its exit code."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Run


def command(*words: str | bytes | Path, cwd: Path | str = ".", **more: object) -> tuple[int, str]:
    """Run the program itself, and return its exit code with what it says of errors."""
    done = subprocess.run(
        [sys.executable, "-m", "ivig_kg", *words], cwd=cwd, capture_output=True, check=False, timeout=120, **more
    )  # type: ignore[call-overload]
    return done.returncode, done.stderr.decode() if done.stderr else ""


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is in use cannot be taken away there")
def test_a_working_folder_that_is_gone_is_told(small: Path, tmp_path: Path) -> None:
    """Also where the project is named: every name that is shown would be relative to nothing."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m ivig_kg -C {small} check"

    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 2
    assert done.stderr.startswith("ivig-kg: the folder that you are in is gone or closed to you: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--help"]])
def test_help_that_cannot_be_printed_is_told(words: list[str]) -> None:
    """A disk that is full is no bug of ours."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ivig_kg", *words], stdout=full, stderr=subprocess.PIPE, check=False, timeout=120
        )

    assert done.returncode == 6
    assert done.stderr.decode().startswith("ivig-kg: standard output: cannot be written: ")


def test_a_disk_that_is_full_on_the_way_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails has no name of a file, and need not be one to standard output."""
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("ivig_kg.workflow.show", lambda *_, **__: (_ for _ in ()).throw(full))

    result = run("show", "x")

    assert result.exit_code == 6
    assert result.stderr == (
        "ivig-kg: what is needed on the way can be neither kept nor read again: No space left on device\n"
    )


def test_where_a_bug_is_shows_nothing_that_a_terminal_acts_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error may have words of others in it."""
    bug = RuntimeError("a\x1b[2J\rb")
    monkeypatch.setattr("ivig_kg.workflow.show", lambda *_, **__: (_ for _ in ()).throw(bug))
    monkeypatch.setenv("IVIG_KG_TRACEBACK", "1")

    result = run("show", "x")

    assert result.exit_code == 70
    assert "\nTraceback (most recent call last):\n  File " in result.stderr
    assert [c for c in result.stderr if not c.isprintable() and c != "\n"] == []


@pytest.mark.skipif(sys.platform == "win32", reason="words are text there")
@pytest.mark.parametrize(
    "words",
    [
        [b"show", b"a \xff b"],
        [b"query", b"-e", b"SELECT ?e { ?f ivig:effect ?e }", b"--param", b"e=\xff"],
        [b"verify", b"\xff.nt"],
    ],
)
def test_words_that_are_no_text_are_refused(words: list[bytes]) -> None:
    """They are shown as escapes, and nothing is done."""
    code, said = command(*words)

    assert code == 2
    assert said.endswith("this is not UTF-8, and nothing here has such a name\n")
    assert "\\udcff" in said


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names are text there")
def test_a_facts_file_whose_name_is_no_text_is_refused(small: Path, run: Run) -> None:
    """It could stand in no page and no list."""
    (small / "facts/base.yaml").rename(small / os.fsdecode(b"facts/c\xff.yaml"))

    result = run("-C", small, "check")

    assert result.exit_code == 3
    assert (
        result.stderr
        == "ivig-kg: facts/c\\udcff.yaml: this file has characters that are no letters to read; give it another name\n"
    )


def test_time_that_is_no_number_is_refused(run: Run) -> None:
    """No deadline would ever have passed."""
    result = run("query", "side-effects", "--timeout", "nan")

    assert result.exit_code == 2
    assert "'nan' is no number of seconds" in result.stderr


@pytest.mark.parametrize(("given", "code"), [("1000000", 0), ("1000001", 2)])
def test_memory_is_no_more_than_any_machine_has(run: Run, given: str, code: int) -> None:
    """A number that no system can take is refused in a sentence."""
    assert run("query", "-e", "ASK {}", "--memory", given).exit_code == code


def test_nothing_is_kept_among_the_facts(small: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a variable says: what curators write is theirs."""
    monkeypatch.setenv("IVIG_KG_CACHE", str(small / "facts/cache"))

    result = run("-C", small, "check")

    assert result.exit_code == 2
    assert "this is inside" in result.stderr
    assert [path.name for path in (small / "facts").iterdir()] == ["base.yaml"]


@pytest.mark.parametrize("words", [["check", "--no-cache"], ["build", "--shard", "1/1", "-o", "one"]], ids=" ".join)
def test_without_a_temporary_folder_it_is_told(
    words: list[str], small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is done there: the sentence says what to do about it."""
    monkeypatch.chdir(small)
    nowhere = FileNotFoundError(2, "No usable temporary directory found")
    monkeypatch.setattr("tempfile.gettempdir", lambda: (_ for _ in ()).throw(nowhere))

    result = run("-C", small, *words)

    assert result.exit_code == 6
    assert "no folder for temporary files can be written to: make room in one" in result.stderr
