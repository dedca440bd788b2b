"""What the tests of writing share: every command that writes, and what may happen to it."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import Run
from ivig_kg import workplaces
from ivig_kg.cli import main

ORDINARY = [
    *(["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []),
    sys.executable,
    "-m",
    "ivig_kg",
]
WRITERS: dict[str, list[str]] = {
    "build": ["build", "-o", "out"],
    "parts": ["build", "--parts", "-o", "out"],
    "shard": ["build", "--shard", "1/1", "-o", "out"],
    "merge": ["merge", "shards", "-o", "out"],
    "release": ["release", "1.0.0", "-o", "out"],
    "site": ["site", "-o", "out"],
    "init": ["init", "out"],
    "export": ["export", "nt", "-o", "out"],
    "schema": ["schema", "-o", "out"],
    "check": ["check", "--output-file", "out"],
    "fix": ["check", "--fix"],
    "new": ["new", "condition", "--label", "a", "--in", "out"],
}
KILLED = """
import os, sys, signal, threading, time
number, after = int(sys.argv[1]), float(sys.argv[2])
sys.argv[1:3] = []
def end():
    time.sleep(after)
    os.kill(os.getpid(), number)
threading.Thread(target=end, daemon=True).start()
from ivig_kg.__main__ import run
run()
"""
Mishap = Callable[[str, Run, Path], None]
FILES = ("export", "schema", "check", "new")


def prepared(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that can be released, with something of every kind to write, as the working folder."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.chdir(home)
    done = CliRunner().invoke(main, ["build", "--shard", "1/1", "-o", "shards"])
    assert done.exit_code == 0, done.output
    return home


def contents(folder: Path) -> dict[str, bytes]:
    """Return what each file of a folder holds; a link is told by where it leads."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.fsencode(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def written(name: str, run: Run, home: Path) -> None:
    """Write once, so that there is something to lose."""
    if name == "new":
        (home / "out").write_text("- id: kept\n  type: Condition\n  label: kept\n", encoding="utf-8")
    elif name == "fix":
        path = home / "facts/base.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("type: Drug\n", "type: Drgu\n", 1), encoding="utf-8")
    elif name != "init":
        done = run(*WRITERS[name])
        assert done.exit_code == 0, done.output


def full_disk(name: str, run: Run, home: Path) -> None:
    """See: where no file may grow, there is a sentence with status 6, and every file is as it was."""
    written(name, run, home)
    before = contents(home)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))"
    command = [sys.executable, "-c", f"{limit}\nfrom ivig_kg.__main__ import run\nrun()", *WRITERS[name]]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 6, done.stderr
    assert "bug of ours" not in done.stderr
    assert contents(home) == before


def no_right(name: str, run: Run, home: Path) -> None:
    """See: a folder or a file without the right to write is refused with status 6, and is as it was."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv to be somebody less with: not checked")
    written(name, run, home)
    target = home / {"fix": "facts/base.yaml"}.get(name, "out")
    if name == "init":
        target.mkdir()
    before = contents(home)
    modes = {path: path.stat().st_mode for path in (target, *(target.rglob("*") if target.is_dir() else ()))}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)

    done = subprocess.run([*ORDINARY, *WRITERS[name]], capture_output=True, text=True, check=False)

    after = contents(home)
    for path, mode in modes.items():
        path.chmod(mode)
    assert done.returncode == 6, done.stderr
    assert "Permission denied" in done.stderr
    assert after == before


def file_for_folder(name: str, run: Run, home: Path) -> None:
    """See: it is wrong usage or refused, and is as it was, on the way to the folder too."""
    (home / "out").write_text("mine", encoding="utf-8")
    (home / "way").write_text("mine", encoding="utf-8")
    before = contents(home)

    done = run(*WRITERS[name])
    beyond = run(*(word.replace("out", "way/out") for word in WRITERS[name]))

    assert (done.exit_code, beyond.exit_code) == (2, 6), done.output + beyond.output
    assert contents(home) == before


def folder_for_file(name: str, run: Run, home: Path) -> None:
    """See: it is wrong usage or refused, and is as it was."""
    (home / "out").mkdir()
    (home / "out/mine").write_text("mine", encoding="utf-8")
    before = contents(home)

    done = run(*WRITERS[name])

    assert done.exit_code in {2, 6}, done.output
    assert contents(home) == before


def link(name: str, run: Run, home: Path, *, kind: str) -> None:
    """See: what the link leads to is written, whether it was there or not, and the link is as it was."""
    elsewhere = home.parent / "elsewhere"
    elsewhere.mkdir()
    if kind == "there" and name in FILES:
        (elsewhere / "target").write_text("- id: kept\n  type: Condition\n  label: kept\n", encoding="utf-8")
    elif kind == "there":
        (elsewhere / "target").mkdir()
    (home / "out").symlink_to(elsewhere / "target")

    done = run(*WRITERS[name])

    assert done.exit_code == 0, done.output
    assert (home / "out").readlink() == elsewhere / "target"
    assert contents(elsewhere / "target") if name not in FILES else (elsewhere / "target").stat().st_size
    assert not [path.name for path in elsewhere.rglob(workplaces.TEMPORARY + "*")]


def rights(name: str, run: Run, home: Path) -> None:
    """See: a private file or folder stays private, and one of a group that of the group."""
    written(name, run, home)
    target = home / {"fix": "facts/base.yaml"}.get(name, "out")
    mode = 0o700 if target.is_dir() else 0o640
    target.chmod(mode)

    done = run(*WRITERS[name])

    assert done.exit_code in {0, 1}, done.output
    assert target.stat().st_mode & 0o777 == mode


def entered(name: str, run: Run, home: Path) -> None:
    """See: who works in the folder that is written stays in it, and sees the new files."""
    (home / "out").mkdir()
    os.chdir(home / "out")
    words = [w.replace("out", ".").replace("shards", "../shards") for w in WRITERS[name]]

    for _ in range(1 if name == "init" else 2):
        done = run("-C", "..", *words)
        assert done.exit_code == 0, done.output

    assert Path.cwd() == home / "out"
    assert contents(Path()) == contents(home / "out") != {}


def left_alone(name: str, run: Run, home: Path) -> None:
    """See: a folder that is replaced whole is not replaced under the feet of who works in it."""
    written(name, run, home)
    before = contents(home)
    os.chdir(home / "out")

    done = run("-C", "..", *(word.replace("out", ".") for word in WRITERS[name]))

    assert done.exit_code == 6
    assert "you are in this folder" in done.stderr
    assert contents(home) == before


def at_once(name: str, run: Run, home: Path) -> None:
    """See: whoever is last, the result is that of one of them; nobody fails, and nothing is left over."""
    written(name, run, home)
    wanted = contents(home)
    shutil.rmtree(home / "out") if (home / "out").is_dir() else (home / "out").unlink()
    command = [sys.executable, "-m", "ivig_kg", *WRITERS[name]]

    at_work = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(8)]
    said = [process.communicate()[1] for process in at_work]

    assert [process.returncode for process in at_work] == [0] * 8, said
    assert contents(home) == wanted


MISHAPS: dict[str, tuple[Mishap, tuple[str, ...]]] = {
    "full-disk": (full_disk, tuple(WRITERS)),
    "no-right": (no_right, tuple(WRITERS)),
    "file-for-folder": (file_for_folder, tuple(n for n in WRITERS if n not in (*FILES, "fix"))),
    "folder-for-file": (folder_for_file, FILES),
    "link": (functools.partial(link, kind="there"), tuple(n for n in WRITERS if n != "fix")),
    "dangling-link": (functools.partial(link, kind="dangling"), tuple(n for n in WRITERS if n != "fix")),
    "rights": (rights, tuple(n for n in WRITERS if n != "init")),
    "entered": (entered, ("build", "parts", "shard", "merge", "init")),
    "left-alone": (left_alone, ("release", "site")),
    "at-once": (at_once, ("build", "release", "site", "export")),
}
CASES = [(mishap, name) for mishap, (_, names) in MISHAPS.items() for name in names]
