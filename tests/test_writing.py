"""Writing: whatever happens to a run, what it was to replace stands whole, and nothing of it is left for long."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Run
from ivig_kg import amending, workplaces, writing
from ivig_kg.cli import main
from ivig_kg.errors import OutputError
from ivig_kg.release import sums
from writers import CASES, KILLED, MISHAPS, WRITERS, contents, prepared, written

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, limits and locks as Linux has them")


QUICK = [
    *(("full-disk", name) for name in ("build", "shard", "export", "new")),
    *(("no-right", name) for name in ("build", "fix", "init")),
    *(("file-for-folder", name) for name in ("build", "init")),
    *(("folder-for-file", name) for name in ("export", "new")),
    ("link", "build"),
    *(("dangling-link", name) for name in ("build", "shard", "init", "new")),
    *(("rights", name) for name in ("build", "export", "fix")),
    *(("entered", name) for name in ("build", "init")),
    ("left-alone", "site"),
]


@pytest.fixture
def home(citable: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with something of every kind to write, as the working folder."""
    return prepared(citable, monkeypatch)


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize(("mishap", "name"), QUICK)
def test_what_stood_there_stands(mishap: str, name: str, run: Run, home: Path) -> None:
    """Whatever happens, a command writes whole or not at all; every command and mishap is in the long tests."""
    assert (mishap, name) in CASES

    MISHAPS[mishap][0](name, run, home)


def test_the_list_of_commands_that_write_is_whole() -> None:
    """A command with an option for what it writes is in the list, or writes a receipt, which other tests are about."""
    options = {"output", "output_file", "file", "fix", "receipt", "folder"}
    writes = {name for name, command in main.commands.items() if options & {p.name for p in command.params}}

    assert writes - {"load", "query"} == {words[0] for words in WRITERS.values()}


def test_new_nodes_at_once_are_all_there_or_refused(home: Path) -> None:
    """Two who write into one file do not undo each other: each node is in it, or its command said that it is not."""
    (home / "out").write_text("- id: kept\n  type: Condition\n  label: kept\n", encoding="utf-8")
    command = [sys.executable, "-m", "ivig_kg", "new", "condition", "--bare", "--in", "out", "--label"]

    at_work = [subprocess.Popen([*command, f"at work {n}"], stdout=subprocess.DEVNULL) for n in range(3)]
    done = [process.wait() for process in at_work]

    text = (home / "out").read_text(encoding="utf-8")
    assert set(done) <= {0, 6}
    assert done.count(0) >= 1
    assert [n for n in range(3) if f"id: at-work-{n}\n" in text] == [n for n in range(3) if done[n] == 0]
    assert "id: kept" in text


def test_a_file_that_was_changed_meanwhile_stands(tmp_path: Path) -> None:
    """What an editor saved between reading and writing is not written over."""
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"saved by somebody else")
    for before in (b"what was read", None):
        with pytest.raises(OutputError, match="changed meanwhile"):
            amending.amend(path, b"ours", before=before)
        assert path.read_bytes() == b"saved by somebody else"

    amending.amend(path, b"ours", before=b"saved by somebody else")

    assert path.read_bytes() == b"ours"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_whoever_is_stopped_leaves_one_set_or_the_other(
    number: signal.Signals, run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that is ended leaves all old or all new exports, and the next one nothing else, in no place."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(workplaces, "_YOUNG", 0.0)
    written("build", run, home)
    old = contents(home / "out")
    base = home / "facts/base.yaml"
    base.write_text(base.read_text(encoding="utf-8").replace("third condition", "third conditions"), encoding="utf-8")
    done = run("build", "-o", "wanted")
    assert done.exit_code == 0, done.output
    new = contents(home / "wanted")

    codes = set()
    for after in (0.4,):
        command = [sys.executable, "-c", KILLED, str(int(number)), str(after), "build", "-o", "out", "--no-cache"]
        codes.add(subprocess.run(command, capture_output=True, check=False).returncode)
        assert contents(home / "out") in (old, new)
        if number != signal.SIGKILL:
            assert not list(scratch.iterdir())
    written("build", run, home)

    assert codes <= {-9 if number == signal.SIGKILL else 128 + number, 0}
    assert contents(home / "out") == new
    assert not list(scratch.iterdir())
    assert {p.name for p in home.iterdir()} == {"facts", "CITATION.cff", "out", "shards", "wanted"}


def test_a_reader_sees_one_set_all_the_while(tmp_path: Path) -> None:
    """Whoever opens the folder once, and reads in it, finds the files that its manifest names."""
    folder = tmp_path / "out"

    def fill(text: str) -> Callable[[Path], None]:
        def into(new: Path) -> None:
            for name in ("a", "b"):
                (new / name).write_text(text)
            (new / "manifest.json").write_text(json.dumps({n: sums.digest(new / n) for n in ("a", "b")}))

        return into

    names = ["a", "b", "manifest.json"]
    writing.write(folder, names, fill=fill("0"))
    seen, over = [], threading.Event()

    def read() -> None:
        while not over.is_set():
            held = os.open(folder, os.O_RDONLY)
            try:
                said = json.loads(Path(f"/proc/self/fd/{held}/manifest.json").read_bytes())
                found = {n: sums.digest(Path(f"/proc/self/fd/{held}/{n}")) for n in ("a", "b")}
            except FileNotFoundError:  # the old set was deleted while it was read: nothing, and not something mixed
                continue
            finally:
                os.close(held)
            seen.append(said == found)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        writing.write(folder, names, fill=fill(str(number)))
    over.set()
    reader.join()

    assert len(seen) > 20
    assert all(seen)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder for what is temporary on this system."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_is_temporary_is_swept_by_age_and_lock(place: Path) -> None:
    """A folder of a run that is at work, of somebody who just began, or that is a link, stays; a dead one goes."""
    long_ago = time.time() - 3600
    for name in ("dead", "young"):
        (place / f"ivig-kg-work-{name}").mkdir()
    (place / "ivig-kg-work-dead/file").write_text("left")
    (place / "target").mkdir()
    (place / "ivig-kg-work-link").symlink_to(place / "target")
    os.utime(place / "ivig-kg-work-dead", (long_ago, long_ago))
    os.utime(place / "target", (long_ago, long_ago))
    with workplaces.apart() as at_work:
        os.utime(at_work, (long_ago, long_ago))
        with workplaces.apart() as other:
            assert other.is_dir()
        left = {path.name for path in place.iterdir()}

    assert left == {"ivig-kg-work-young", "ivig-kg-work-link", "target", at_work.name}


@pytest.mark.usefixtures("home")
def test_a_file_that_cannot_grow_is_no_cache(run: Run, tmp_path: Path) -> None:
    """What the cache cannot keep leaves nothing in it."""
    kept = tmp_path / "kept"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))"
    command = [sys.executable, "-c", f"{limit}\nfrom ivig_kg.__main__ import run\nrun()", "check"]

    subprocess.run(command, env=os.environ | {"IVIG_KG_CACHE": str(kept)}, capture_output=True, check=False)

    assert resource.getrlimit(resource.RLIMIT_FSIZE) == before
    assert not [path for path in kept.rglob("*") if path.is_file()]
    assert run("check").exit_code == 0


AT_WORK = r"""
import os, time
from ivig_kg import processes
def work(item):
    os.write(1, f"{os.getpid()}\n".encode())  # in one piece: two write here, and print may write in two
    time.sleep(60)
for _ in processes.each(work, [1, 2], jobs=2):
    pass
"""


def is_at_work(pid: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_nobody_works_on_for_a_run_that_was_killed() -> None:
    """The processes of a run end with it, however it ends, and hold no lock on what it has left."""
    with subprocess.Popen([sys.executable, "-c", AT_WORK], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()

        end = time.monotonic() + 20
        while (left := [pid for pid in workers if is_at_work(pid)]) and time.monotonic() < end:
            time.sleep(0.05)

    assert left == []
