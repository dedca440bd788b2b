"""Figures: what was measured, and how it stands to what is to be reached."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping

from contenders import (
    BUILD,
    CHECK,
    CLICK,
    ENGINE_PYSHACL,
    HELP,
    LINKML,
    LINKML_JSON,
    MORPH,
    PYSHACL,
    SHACL,
    SHIPPED,
    TWO,
)
from runs import Run

Of = Callable[[Run], float]


def cpu(run: Run) -> float:
    """Return seconds of CPU."""
    return run.cpu


def wall(run: Run) -> float:
    """Return seconds on the clock."""
    return run.wall


def memory(run: Run) -> float:
    """Return the peak of memory in MB."""
    return run.memory


@dataclasses.dataclass(frozen=True)
class Turtle:
    """Seconds of CPU for the Turtle of one graph, and whether any order of it gave the bytes of the export."""

    rdflib: float
    ours: float
    same: bool


@dataclasses.dataclass(frozen=True)
class Found:
    """All that was measured.

    Attributes:
        runs: The median run of a contender with a number of labels, which is 0 where it is given none.
        prepared: What it took to make what contenders need, by its name and the number of labels.
        triples: How many triples the finished graph has, by labels.
        turtle: Both ways to Turtle, by labels.
        blank: How many triples of a contender are about blank nodes.
    """

    runs: dict[tuple[str, int], Run]
    prepared: dict[tuple[str, int], Run]
    triples: dict[int, int]
    turtle: dict[int, Turtle]
    blank: dict[tuple[str, int], int]

    def sizes(self) -> list[int]:
        """Return the numbers of labels."""
        return sorted(self.triples)

    def names(self) -> list[str]:
        """Return the contenders that were given labels."""
        return list(dict.fromkeys(name for name, size in self.runs if size))

    def largest(self, at: int, *names: str) -> int | None:
        """Return the largest number of labels, up to one, that all of some contenders were given."""
        fitting = [size for size in self.sizes() if size <= at and all((name, size) in self.runs for name in names)]
        return max(fitting, default=None)


@dataclasses.dataclass(frozen=True)
class Row:
    """A figure to reach.

    Attributes:
        figure: What it is.
        goal: What is to be reached, in words.
        measured: What was measured, and with how many labels where these are others.
        reached: Whether that reaches it; None where it was not measured as asked.
    """

    figure: str
    goal: str
    measured: str = "not measured"
    reached: bool | None = None


def rows(found: Found) -> Iterator[Row]:
    """Yield the figures to reach, each with what was measured with the labels that it asks for, or nearly as many."""
    build, check = (f"CPU of {{}}, times that of {own} of {{}}".format for own in (BUILD, CHECK))
    yield _cpu(
        found, build("morph-kgc and the command `pyshacl`", "100 labels"), (MORPH, PYSHACL), BUILD, 100, least=50
    )
    yield _cpu(found, build("LinkML", "100 labels"), (LINKML,), BUILD, 100, least=25)
    yield _cpu(found, build("LinkML from JSON, classes prepared", "100 labels"), (LINKML_JSON,), BUILD, 100, least=25)
    yield _cpu(found, build("morph-kgc, which only maps", "1,000 labels"), (MORPH,), BUILD, 1000, least=2.5)
    yield _cpu(found, check("the engine pySHACL", "100 labels"), (ENGINE_PYSHACL,), CHECK, 100, least=8)
    yield _cpu(found, check("the command `pyshacl`, which only validates", "1 label"), (PYSHACL,), CHECK, 1, least=15)
    alone = f"CPU of {BUILD} of 1,000 labels, times that of the package `shacl`, which only validates"
    yield _cpu(found, alone, (BUILD,), SHACL, 1000, most=1.4)
    yield _cpu(found, f"CPU of {HELP}, times that of {CLICK}", (HELP,), CLICK, 0, most=1.3)
    yield _growth(found, f"memory of {BUILD}", memory, lambda _: 1)
    yield _value(found, f"memory of {BUILD} of 1,000 labels, MB a process", (BUILD, 1000), memory, 48)
    yield _growth(found, f"CPU a label of {BUILD}", cpu, lambda size: size)
    yield _two_processes(found)
    yield from _turtle(found.turtle)
    yield _value(found, f"CPU of {SHIPPED}, seconds", (SHIPPED, 0), cpu, 0.3)


def labels(size: int) -> str:
    """Return a number of labels in words."""
    return "1 label" if size == 1 else f"{size:,} labels"


def _cpu(
    found: Found, figure: str, names: tuple[str, ...], own: str, at: int, *, least: float = 0, most: float = math.inf
) -> Row:
    """Return a row on the CPU of some contenders together, in units of that of another one."""
    goal = f"at least {least:g}" if least else f"at most {most:g}"
    size = found.largest(at, own, *names) if at else 0
    if size is None or (own, size) not in found.runs:
        return Row(figure, goal)
    times = sum(found.runs[name, size].cpu for name in names) / found.runs[own, size].cpu
    return _row(figure, goal, times, least <= times <= most, size, at)


def _growth(found: Found, what: str, of: Of, share: Callable[[int], float]) -> Row:
    figure, goal = f"{what} with 1,000 labels, times that with 100", 1.1
    if not {(BUILD, 100), (BUILD, 1000)} <= found.runs.keys():
        return Row(figure, f"at most {goal}")
    small, large = (of(found.runs[BUILD, size]) / share(size) for size in (100, 1000))
    return _row(figure, f"at most {goal}", large / small, large / small <= goal)


def _value(found: Found, figure: str, key: tuple[str, int], of: Of, goal: float) -> Row:
    name, at = key
    size = found.largest(at, name) if at else 0
    if size is None or (name, size) not in found.runs:
        return Row(figure, f"at most {goal}")
    value = of(found.runs[name, size])
    return _row(figure, f"at most {goal}", value, value <= goal, size, at)


def _two_processes(found: Found) -> Row:
    figure, goal = f"clock of {BUILD} of 1,000 labels, times that of {TWO}", 1.8
    size = found.largest(1000, BUILD, TWO)
    if size is None:
        return Row(figure, f"at least {goal}")
    times = wall(found.runs[BUILD, size]) / wall(found.runs[TWO, size])
    return _row(figure, f"at least {goal}", times, times >= goal, size, 1000)


def _turtle(turtle: Mapping[int, Turtle]) -> Iterator[Row]:
    if not turtle:
        return
    size, goal = max(turtle), 20
    last = turtle[size]
    times, same = last.rdflib / last.ours, all(one.same for one in turtle.values())
    figure = f"CPU of rdflib's Turtle of {labels(size)}, times that of this tool's ({last.ours:.2f} s)"
    yield _row(figure, f"at least {goal}", times, times >= goal)
    yield Row("Turtle of the graph in any order", "the same bytes", "the same" if same else "others", same)


def _row(figure: str, goal: str, value: float, reached: bool, size: int = 0, at: int = 0) -> Row:  # noqa: FBT001
    """Return a row; with other labels than asked for, it is not known whether the goal is reached."""
    shown = f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004
    return Row(figure, goal, shown, reached) if size == at else Row(figure, goal, f"{shown} ({labels(size)})")
