"""The same bytes: hash seed, locale, time zone, folder and the order of files leave no trace in what is written."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

SEEDS, LOCALES, ZONES = range(20), ("C", "tr_TR.UTF-8"), ("Pacific/Auckland", "America/St_Johns")
PLACES = ("a", "much longer place/b")
SAMPLE = 8  # of the 160 circumstances, at times = 1; all of them from times = 20 on

# What lists a folder gives its files in an order by chance; what glob and walk are made of is scandir and listdir.
SHUFFLED = """
import os, random, sys
shuffle = random.Random(int(sys.argv.pop(1))).shuffle
scandir, listdir = os.scandir, os.listdir
class Shuffled:
    def __init__(self, path):
        with scandir(path) as entries:
            self.entries = list(entries)
        shuffle(self.entries)
        self.left = iter(self.entries)
    def __iter__(self): return self.left
    def __next__(self): return next(self.left)
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def close(self): pass
def shuffled(path="."):
    names = listdir(path)
    shuffle(names)
    return names
os.scandir = lambda path=".": Shuffled(path)
os.listdir = shuffled
from ivig_kg.__main__ import run
run()
"""
COMMANDS = {"build": ["build"], "parts": ["build", "--parts"], "release": ["release", "1.0.0"], "site": ["site"]}


def digest(folder: Path) -> str:
    """Return one SHA-256 of all names and bytes below a folder."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found.update(f"{path.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return found.hexdigest()


def copied(home: Path, to: Path, order: random.Random) -> None:
    """Copy a project, its files written in an order by chance."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file()]
    order.shuffle(files)
    for path in files:
        (to / path.relative_to(home)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to / path.relative_to(home))


@pytest.mark.parametrize(
    ("name", "share"), [("build", 1), ("parts", 8), ("release", 8), ("site", 8), ("whole", 80)], ids=str
)
def test_one_sha_256(name: str, share: int, times: int, chance: random.Random, citable: Path, tmp_path: Path) -> None:
    """20 hash seeds, 2 locales, 2 time zones and 2 folders, files listed and made in an order by chance."""
    every = list(itertools.product(SEEDS, LOCALES, ZONES, PLACES))
    chosen = chance.sample(every, min(len(every), max(2, SAMPLE * times // share)))
    found = set()
    for seed, locale, zone, place in chosen:
        home, out = tmp_path / place, tmp_path / f"{place} out"
        for part in ("facts", "ontology", "shapes") if name == "whole" else (".",):
            copied((ROOT if name == "whole" else citable) / part, home / part, chance)
        command = [sys.executable, "-c", SHUFFLED, str(chance.randrange(1 << 30)), "-C", str(home)]
        words = [*COMMANDS.get(name, ["build"]), "-o", str(out), "--no-cache"]
        environment = {"PYTHONHASHSEED": str(seed), "LC_ALL": locale, "TZ": zone, "SOURCE_DATE_EPOCH": "1700000000"}
        done = subprocess.run(
            [*command, *words], env=os.environ | environment, cwd=tmp_path, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found.add(digest(out))
        shutil.rmtree(home)
        shutil.rmtree(out)
    print(f"{name}: {len(chosen)} circumstances of {len(every)}, {len(found)} SHA-256")  # noqa: T201  (the figure)

    assert len(found) == 1
