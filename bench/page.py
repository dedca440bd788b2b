"""The page: tables, plots, how the others were asked, and where all of it was measured."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Callable, Iterable
from pathlib import Path

import contenders
import figures
import generate
import plot
from figures import Found, Of, labels
from runs import ROOT, Run

DOCS = ROOT / "docs"
PAGE, CPU, MEMORY = DOCS / "performance.md", DOCS / "performance-cpu.svg", DOCS / "performance-memory.svg"
HEAD = """# How long it takes

Made by `make bench`, which anyone can run; no figure here is typed by hand. Labels are copies of one real label
({facts} facts, {size} KB of YAML) under new ids, each with its product and its source, beside the {concepts} concepts
of the project. Triples of the finished graph:
{triples}.

Contenders ran in turn, rounds: {rounds}; a figure is the median. Each ran once before that and was not measured. CPU is
user and system time of the process and its children; memory is the peak of its largest process. `ivig-kg` ran with
`--no-cache`, but for the checks after one edit: there one file has changed since the check before. What would have
taken too long was not run.
"""
ASKED = """`ivig-kg build` reads, checks, derives, and writes five exports and reads them back. The others do less:

* The script with rdflib (`bench/peers/rdflib_script.py`) reads the YAML under the context and writes N-Triples.
* morph-kgc reads tables and no YAML, so `bench/peers/morph_kgc_tables.py` first makes of the facts a CSV table for each
  key, and the RML mapping that reads them. It maps them to N-Triples in one process and with the partitions it has by
  default; two processes took more CPU and hardly less time.
* LinkML has the classes and keys of the project as a schema, with what is required, closed lists and patterns, and the
  facts as one YAML file in the way of that schema; `bench/peers/linkml_schema.py` makes both. Measured are
  `linkml-validate` and then `linkml-convert --no-validate` to Turtle. The second row is the fastest way found: JSON
  instead of YAML, and the Python classes made beforehand.
* The package `shacl` and the command `pyshacl` read a finished graph and the shapes, and do nothing else.
"""
PREPARED = """
What makes the input of a peer is not counted as its own. CPU seconds of that:

"""
COMPARED = """
Triples were compared with those that this tool states (facts, concepts and sources, without the mappings to public
identifiers), and the run would have failed where one differed. The script with rdflib and morph-kgc made the same.
Those of LinkML are the same but for two things. No text has its language, which `linkml-convert` does not write. And a
node without a name holds all others, since it converts one thing at a time; the triples about that node are
{blank}.

The schema for LinkML leaves out rules over two keys or two nodes and the bounds of numbers, and `linkml-validate` does
not ask whether what a reference leads to is there and of the right class.
"""


def write(found: Found, *, rounds: int, peers: bool) -> None:
    """Write the page and its plots."""
    CPU.write_text(_plot(found, "Seconds of CPU", figures.cpu, "seconds"), encoding="utf-8")
    MEMORY.write_text(_plot(found, "Peak of memory", figures.memory, "MB"), encoding="utf-8")
    PAGE.write_text(text(found, rounds=rounds, peers=peers), encoding="utf-8")


def text(found: Found, *, rounds: int, peers: bool) -> str:
    """Return the page."""
    sections = [
        _head(found, rounds=rounds),
        _section(
            "CPU, seconds", _table(found, figures.cpu, _seconds), _image(CPU, "Seconds of CPU by number of labels")
        ),
        _section("Clock, seconds", _table(found, figures.wall, _seconds)),
        _section(
            "Memory, MB",
            _table(found, figures.memory, _megabytes),
            _image(MEMORY, "Peak of memory by number of labels"),
        ),
        _section(f"CPU, times that of {contenders.BUILD}", _times(found)),
        _section("Figures to reach", _goals(found)),
        *([_section("What each of them does", *_peers(found))] if peers else []),
        _section("Where", _machine(peers=peers)),
    ]
    return "".join(sections)


def _head(found: Found, *, rounds: int) -> str:
    label = (ROOT / f"facts/labels/{generate.LABEL}.yaml").read_text(encoding="utf-8")
    concepts = sum(p.read_text(encoding="utf-8").count("\n- id: ") for p in (ROOT / "facts/concepts").glob("*.yaml"))
    triples = ", ".join(f"{found.triples[size]:,} ({labels(size)})" for size in found.sizes())
    return HEAD.format(
        facts=label.count("- id: "),
        size=len(label) // 1000,
        concepts=concepts,
        triples=triples,
        rounds=rounds,
    )


def _peers(found: Found) -> list[str]:
    prepared = [[name, *_cells(found, found.prepared, name, figures.cpu, _seconds)] for name in _names(found.prepared)]
    blank = ", ".join(
        f"{number:,} with {labels(size)}"
        for (name, size), number in found.blank.items()
        if name == contenders.LINKML_JSON
    )
    return [ASKED, PREPARED, _rows(["", *map(labels, found.sizes())], prepared), COMPARED.format(blank=blank)]


def _names(runs: Iterable[tuple[str, int]]) -> list[str]:
    return list(dict.fromkeys(name for name, _ in runs))


def _section(title: str, *body: str) -> str:
    return f"\n## {title}\n\n{''.join(body)}"


def _image(path: Path, text: str) -> str:
    return f"\n![{text}]({path.name})\n"


def _cells(
    found: Found, runs: dict[tuple[str, int], Run], name: str, of: Of, shown: Callable[[float], str]
) -> list[str]:
    several = (runs.get((name, size)) for size in found.sizes())
    return [shown(of(run)) if run else "not run" for run in several]


def _table(found: Found, of: Of, shown: Callable[[float], str]) -> str:
    body = [[name, *_cells(found, found.runs, name, of, shown)] for name in found.names()]
    return _rows(["", *map(labels, found.sizes())], body)


def _times(found: Found) -> str:
    body = []
    for name in found.names():
        runs = [(found.runs.get((name, size)), found.runs[contenders.BUILD, size]) for size in found.sizes()]
        body.append([name, *(f"{run.cpu / own.cpu:.2f}" if run else "not run" for run, own in runs)])
    return _rows(["", *map(labels, found.sizes())], body)


def _goals(found: Found) -> str:
    words = {True: "yes", False: "no", None: "not known"}
    body = [[row.figure, row.goal, row.measured, words[row.reached]] for row in figures.rows(found)]
    return _rows(["figure", "to reach", "measured", "reached"], body)


def _rows(head: list[str], body: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _seconds(value: float) -> str:
    return f"{value:.2f}"


def _megabytes(value: float) -> str:
    return f"{value:.0f}"


def _plot(found: Found, title: str, of: Of, up: str) -> str:
    several = []
    for name in found.names():
        points = tuple((size, of(found.runs[name, size])) for size in found.sizes() if (name, size) in found.runs)
        several.append(plot.Line(name.replace("`", ""), points, name.startswith("`ivig-kg")))
    return plot.lines(f"{title} (thick: this tool, dashed: others)", several, across="labels", up=up)


def _machine(*, peers: bool) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}"
    own = {name: importlib.metadata.version(name) for name in ("pyoxigraph", "shacl")}
    known = own | (contenders.versions() if peers else {})
    named = ", ".join(
        f"{name} {version}" for name, version in sorted(known.items(), key=lambda pair: pair[0].casefold())
    )
    return f"{system}, Python {platform.python_version()}; {named}.\n"
