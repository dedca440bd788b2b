"""Runs: what a command took."""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USAGE = (sys.executable, "-I", "-S", str(ROOT / "bench/usage.py"))


@dataclasses.dataclass(frozen=True)
class Run:
    """Seconds of CPU and of the clock, and the peak of memory in MB."""

    cpu: float
    wall: float
    memory: float


def measure(
    commands: Sequence[Sequence[str]],
    work: Path,
    *,
    statuses: Collection[int] = (0,),
    variables: Mapping[str, str] | None = None,
) -> Run:
    """Run commands one after the other.

    Args:
        commands: Their words, with `{work}` for the folder; the first is the path of a program.
        work: The folder; what they print goes into its file `output`.
        statuses: The exit statuses that are no failure.
        variables: What to set in their environment; `{work}` as above.

    Returns:
        CPU of the commands and of the processes they started and waited for; memory of the largest process.

    Raises:
        SystemExit: One of them failed; what it printed is the message.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = inherited | {n: v.replace("{work}", str(work)) for n, v in (variables or {}).items()}
    runs = []
    for words in commands:
        filled = [word.replace("{work}", str(work)) for word in words]
        command = [*USAGE, str(work / "output"), *filled]
        said = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, check=True).stdout  # noqa: S603  (words of ours)
        status, cpu, wall, memory = said.split()
        if int(status) not in statuses:
            text = (work / "output").read_text(encoding="utf-8", errors="replace")
            message = f"{filled}: exit {int(status)}\n{text}"
            raise SystemExit(message)
        runs.append(Run(float(cpu), float(wall), int(memory) / 1024))
    return Run(sum(r.cpu for r in runs), sum(r.wall for r in runs), max(r.memory for r in runs))


def median(several: Sequence[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(getattr(run, name) for run in several) for name in ("cpu", "wall", "memory")))
