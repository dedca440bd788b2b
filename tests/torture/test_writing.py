"""Writing, for long: kills at any moment while somebody reads, and every command with every mishap."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from conftest import Run
from ivig_kg import workplaces
from writers import CASES, KILLED, MISHAPS, contents, prepared

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, limits and locks as Linux has them")

KILLS = 20  # of builds, at times = 1
SAMPLE = 12  # cases of a command and a mishap, at times = 1; all of them from times = 6 on


def test_every_command_writes_whole_or_not_at_all(
    times: int,
    chance: random.Random,
    run: Run,
    citable: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Full disk, no right to write, the wrong kind of thing, links, the working folder, eight at once."""
    chosen = chance.sample(CASES, min(len(CASES), SAMPLE * times))
    print(f"{len(chosen)} of {len(CASES)} cases")  # noqa: T201  (the figure)
    for number, (mishap, name) in enumerate(chosen):
        home = tmp_path / f"case-{number}" / "home"
        shutil.copytree(citable, home)
        MISHAPS[mishap][0](name, run, prepared(home, monkeypatch))
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(home.parent)


class Reader(threading.Thread):
    """Somebody who opens the exports again and again, reads all of a set, and holds it against its manifest."""

    def __init__(self, folder: Path) -> None:
        """Begin to read a folder."""
        super().__init__()
        self._folder = folder
        self.over = threading.Event()
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        """Read until it is over."""
        while not self.over.is_set():
            held = os.open(self._folder, os.O_RDONLY)
            try:
                self.seen[self._verdict(Path(f"/proc/self/fd/{held}"))] += 1
            finally:
                os.close(held)
            time.sleep(0.005)

    @staticmethod
    def _verdict(folder: Path) -> str:
        try:
            said = json.loads((folder / "manifest.json").read_bytes())["files"]
            found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in said}
        except FileNotFoundError:  # the old set was taken away while it was read
            return "gone"
        return "whole" if all(found[name] == said[name]["sha256"] for name in said) else "torn"


def test_kills_at_any_moment(
    times: int, chance: random.Random, run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Builds of two editions into one folder, each ended at a moment by chance: one edition or the other stands."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(workplaces, "_YOUNG", 0.0)
    other = tmp_path / "other"
    shutil.copytree(small, other)
    base = other / "facts/base.yaml"
    base.write_text(base.read_text(encoding="utf-8").replace("third condition", "third conditions"), encoding="utf-8")
    out = tmp_path / "exports/out"
    editions = []
    for home in (other, small):
        begun = time.monotonic()
        command = [sys.executable, "-m", "ivig_kg", "-C", str(home), "build", "-o", str(out)]
        subprocess.run(command, capture_output=True, check=True)
        whole = time.monotonic() - begun
        editions.append(contents(out))
    assert editions[0] != editions[1]

    reader, ends, live = Reader(out), Counter[int](), Counter[int]()
    reader.start()
    for number in range(KILLS * times):
        how = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
        after = chance.uniform(0.02, whole) if number % 2 else chance.uniform(0.6 * whole, 1.1 * whole)
        command = [sys.executable, "-c", KILLED, str(int(how)), str(after), "-C", str([other, small][number % 2])]
        ends[subprocess.run([*command, "build", "-o", str(out)], capture_output=True, check=False).returncode] += 1
        live[editions.index(contents(out))] += 1  # raises where it is neither
    reader.over.set()
    reader.join()
    print(f"ends {dict(ends)}, live afterwards {dict(live)}, read {dict(reader.seen)}")  # noqa: T201  (the figure)

    assert set(ends) <= {-9, 130, 143, 0, -2, -15}  # the last two: before our program has begun, or once it is over
    assert reader.seen["torn"] == 0
    assert reader.seen["whole"] > KILLS
    assert run("-C", small, "build", "-o", out).exit_code == 0
    assert contents(out) == editions[1]
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert not list(scratch.iterdir())
