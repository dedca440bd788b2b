"""Measure how long checking and building take, beside what others do with the same labels; write the page.

Each contender is a process of its own; they run in turn, round after round, so that a busy minute of the
machine falls on all of them. Counted is CPU time (user and system) of the process and its children.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

import generate
import pyoxigraph as ox

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/performance.md"
PEERS = ROOT / "bench/peers"
BUILD, CHECK = "`ivig-kg build`", "`ivig-kg check`"
ASSERTED = ("facts", "concepts", "sources")
HEAD = """# How long it takes

Made by `make bench`, which anyone can run; no figure here is typed by hand. Labels are copies of one real label
({facts} facts, {size} KB of YAML) under new ids, each with its product and its source, beside the {concepts} concepts
of the project. Contenders ran in turn, rounds: {rounds}; a figure is the median. CPU is that of the process and its
children.

"""


@dataclasses.dataclass(frozen=True)
class Contender:
    """What is measured: a name, and the words of each command, with `{work}` for the folder of the project."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    most: int


@dataclasses.dataclass(frozen=True)
class Run:
    """One run: seconds of CPU and of the clock, and the peak of memory in MB."""

    cpu: float
    wall: float
    memory: float


def contenders(peer: Path | None) -> list[Contender]:
    """Return what is measured; the peer only where its environment was made."""
    tool = (sys.executable, "-m", "ivig_kg", "-C", "{work}")
    found = [
        Contender(BUILD, ((*tool, "build", "-o", "{work}/exports"),), 1000),
        Contender(CHECK, ((*tool, "check"),), 1000),
        Contender("`ivig-kg check --engine shacl`", ((*tool, "check", "--engine", "shacl"),), 1000),
        Contender("`ivig-kg check --engine pyshacl`", ((*tool, "check", "--engine", "pyshacl"),), 10),
    ]
    if peer:
        script = (str(peer / "bin/python"), str(PEERS / "rdflib_script.py"))
        graph = (*script, "{work}/facts", str(ROOT / "ontology/context.jsonld"), "{work}/peer.nt")
        judge = (str(peer / "bin/pyshacl"), "-s", "{work}/shapes.ttl", "{work}/exports/ivig-kg.ttl")
        found.append(Contender("a script with rdflib", (graph,), 1000))
        found.append(Contender("the `pyshacl` command on the finished Turtle", (judge,), 2))
    return found


def measure(commands: Sequence[Sequence[str]], work: Path) -> Run:
    """Run commands one after the other; a status above 1 (a verdict) is an error."""
    cpu, memory, start = 0.0, 0.0, time.perf_counter()
    for words in commands:
        filled = [word.replace("{work}", str(work)) for word in words]
        with (work / "output").open("wb") as output:
            process = subprocess.Popen(filled, stdout=output, stderr=output, cwd=ROOT)  # noqa: S603  (words of ours)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode > 1:
            message = f"{filled}: exit {process.returncode}\n{(work / 'output').read_text(encoding='utf-8')}"
            raise SystemExit(message)
        cpu += used.ru_utime + used.ru_stime
        memory = max(memory, used.ru_maxrss / 1024)
    return Run(cpu, time.perf_counter() - start, memory)


def median(runs: Sequence[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in ("cpu", "wall", "memory")))


def prepare(work: Path, count: int) -> int:
    """Make the project of `count` labels, with its shapes in one file for those that want one; return its triples."""
    generate.generate(work, count)
    shapes = sorted((ROOT / "shapes").glob("*.ttl"))
    (work / "shapes.ttl").write_text("".join(p.read_text(encoding="utf-8") for p in shapes), encoding="utf-8")
    measure([(sys.executable, "-m", "ivig_kg", "-C", "{work}", "build", "-o", "{work}/exports")], work)
    return int(json.loads((work / "exports/manifest.json").read_text(encoding="utf-8"))["triples"]["dataset"])


def same_triples(work: Path) -> bool:
    """Tell whether the peer made of the facts files what this tool made of them."""
    theirs = {q.triple for q in ox.parse((work / "peer.nt").read_bytes(), ox.RdfFormat.N_TRIPLES)}
    ours = {
        q.triple
        for q in ox.parse((work / "exports/ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS)
        if str(q.graph_name.value).rpartition("/")[2] in ASSERTED and not q.predicate.value.endswith("Match")
    }
    return theirs == ours


def environment(folder: Path) -> Path:
    """Make the peer's own environment from its lock, unless it is there."""
    if not (folder / "bin/pyshacl").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")
        subprocess.run([str(folder / "bin/python"), *install, str(PEERS / "pyshacl.txt")], check=True)  # noqa: S603
    return folder


def _labels(count: int) -> str:
    return f"{count} label" if count == 1 else f"{count} labels"


def table(found: dict[tuple[str, int], Run], counts: Sequence[int], triples: dict[int, int]) -> str:
    """Return the figures as a table: a row a contender, CPU seconds and megabytes a column."""
    lines = [
        "| | " + " | ".join(f"{_labels(n)}, {triples[n]:,} triples" for n in counts) + " |",
        "|---" * (len(counts) + 1) + "|",
    ]
    for name in dict.fromkeys(name for name, _ in found):
        cells = [found.get((name, n)) for n in counts]
        shown = (f"{run.cpu:.2f} s CPU, {run.wall:.2f} s, {run.memory:.0f} MB" if run else "not run" for run in cells)
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def ratios(found: dict[tuple[str, int], Run], counts: Sequence[int]) -> str:
    """Return what a label more costs, and how many times the CPU of `check` others take, as a list."""
    lines = []
    first, last = counts[0], counts[-1]
    for name in (BUILD, CHECK) if last > first else ():
        one = (found[name, last].cpu - found[name, first].cpu) / (last - first)
        lines.append(f"* {name}: {one * 1000:.0f} ms of CPU a label more, from {first} to {last} labels.")
    for (name, count), run in found.items():
        if name not in {BUILD, CHECK}:
            times = run.cpu / found[CHECK, count].cpu
            lines.append(f"* {name}, {_labels(count)}: {times:.1f} times the CPU of {CHECK}.")
    return "\n".join(lines) + "\n"


def page(found: dict[tuple[str, int], Run], triples: dict[int, int], *, rounds: int, peers: bool) -> str:
    """Return the page: table, ratios, and where it was measured."""
    label = (ROOT / f"facts/labels/{generate.LABEL}.yaml").read_text(encoding="utf-8")
    concepts = sum(p.read_text(encoding="utf-8").count("\n- id: ") for p in (ROOT / "facts/concepts").glob("*.yaml"))
    head = HEAD.format(facts=label.count("- id: "), size=len(label) // 1000, concepts=concepts, rounds=rounds)
    system = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    compared = "Its triples were compared with those of this tool, and were the same."
    script = (
        f"The script with rdflib maps and does nothing else: it refuses nothing and derives nothing.\n{compared}\n\n"
    )
    return (
        f"{head}{table(found, sorted(triples), triples)}\n{ratios(found, sorted(triples))}\n"
        f"{script if peers else ''}Machine: {system}, pyoxigraph {ox.__version__}.\n"
    )


def main() -> None:
    """Read the words of the command line, measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 2, 10, 100])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="Measure this tool alone.")
    words = parser.parse_args()
    counts = sorted(words.sizes)
    peer = None if words.no_peers else environment(ROOT / "bench/.venv-pyshacl")
    runs: dict[tuple[str, int], list[Run]] = {}
    triples = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder) / "project"
            triples[count] = prepare(work, count)
            for one in [c for _ in range(words.rounds) for c in contenders(peer) if count <= c.most]:
                runs.setdefault((one.name, count), []).append(measure(one.commands, work))
                print(one.name, count, runs[one.name, count][-1], file=sys.stderr, flush=True)  # noqa: T201
            if peer and not same_triples(work):
                message = "the script with rdflib made other triples, so nothing was compared"
                raise SystemExit(message)
    found = {key: median(several) for key, several in runs.items()}
    PAGE.write_text(page(found, triples, rounds=words.rounds, peers=peer is not None), encoding="utf-8")


if __name__ == "__main__":
    main()
