"""Measure how long checking and building take, beside what others do with the same labels; write the page.

Each contender is a process of its own; they run in turn, round after round, so that a busy minute of the
machine falls on all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import contenders
import generate
import page
from contenders import Contender
from figures import Found, Turtle, labels
from runs import ROOT, Run, measure, median

BENCH = ROOT / "bench"
TURTLE_MOST = 1000  # labels; rdflib holds the graph in memory


class Bench:
    """What is found, size by size."""

    def __init__(self, rounds: int, *, peers: bool) -> None:
        """Say how often each contender runs, and whether the peers take part."""
        self._rounds = rounds
        self._peers = peers
        self._runs: dict[tuple[str, int], list[Run]] = {}
        self._found = Found({}, {}, {}, {}, {})

    def measure(self, sizes: Sequence[int]) -> Found:
        """Measure all contenders with each number of labels."""
        first = True
        for size in sorted(sizes):
            with tempfile.TemporaryDirectory() as folder:
                self._at(Path(folder) / "project", size, first=first)
            first = False
        self._found.runs.update({key: median(several) for key, several in self._runs.items()})
        return self._found

    def _at(self, work: Path, size: int, *, first: bool) -> None:
        several = contenders.ours() + (contenders.peers() if self._peers else [])
        taking = [(one, size) for one in several if size <= one.most]
        self._prepare(work, size, {need for one, _ in taking for need in one.needs})
        taking += [(one, 0) for one in contenders.without_labels() if first]
        if first:  # so that nobody pays for compiling modules
            for one, _ in taking:
                _run(one, work)
        for number in range(self._rounds):
            for one, counted in taking:
                run = _run(one, work)
                self._runs.setdefault((one.name, counted), []).append(run)
                _say(f"{labels(size)}, round {number + 1}: {one.name}: {run}")
        for one, _ in taking:
            if one.made:
                self._compare(one, work, size)
        if size <= TURTLE_MOST:
            self._found.turtle[size] = Turtle(**_answer("turtle.py", work, str(work)))

    def _prepare(self, work: Path, size: int, needs: Collection[str]) -> None:
        """Make the project, its graph, its shapes in one file, and what the contenders need."""
        generate.generate(work, size)
        shapes = sorted((ROOT / "shapes").glob("*.ttl"))
        (work / "shapes.ttl").write_text("".join(p.read_text(encoding="utf-8") for p in shapes), encoding="utf-8")
        build = (*contenders.IN_PROJECT, "build", "--no-cache", "-o", "{work}/exports")
        measure([build], work)
        manifest = json.loads((work / "exports/manifest.json").read_text(encoding="utf-8"))
        self._found.triples[size] = manifest["triples"]["dataset"]
        for name, command in contenders.preparations().items():
            if name in needs:
                self._found.prepared[name, size] = measure([command], work)

    def _compare(self, one: Contender, work: Path, size: int) -> None:
        """Raise where a contender made other triples than this tool."""
        if one.made is None:
            return
        words = [] if one.made.languages else ["--without-languages"]
        found = _answer("sameness.py", work, str(work), one.made.path, *words)
        self._found.blank[one.name, size] = found["blank"]
        _say(f"{labels(size)}: {one.name}: the same {found['both']} triples")


def _run(one: Contender, work: Path) -> Run:
    variables = dict(one.variables)
    if one.before:
        measure(one.before, work, variables=variables)
    return measure(one.commands, work, statuses=one.statuses, variables=variables)


def _answer(script: str, work: Path, *words: str) -> dict[str, Any]:
    """Return what a script of ours prints last, as JSON."""
    measure([(sys.executable, str(BENCH / script), *words)], work)
    found: dict[str, Any] = json.loads((work / "output").read_text(encoding="utf-8").splitlines()[-1])
    return found


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> None:
    """Read the words of the command line, measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100, 1000], help="Numbers of labels.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="Measure this tool alone.")
    words = parser.parse_args()
    peers = not words.no_peers
    if peers:
        contenders.install()
    found = Bench(words.rounds, peers=peers).measure(words.sizes)
    page.write(found, rounds=words.rounds, peers=peers)


if __name__ == "__main__":
    main()
