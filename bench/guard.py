"""Hold what this checkout takes against what was committed, in units of a loop that runs beside it.

Seconds differ from one machine to the next; how many times the loop a command takes differs far less.
A command that takes twice as many as `ratios.json` says fails the run; `--write` writes the file anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from runs import measure

RATIOS = Path(__file__).with_name("ratios.json")
ROUNDS = 3
LOOP = "import hashlib, json\nfor n in range(60): hashlib.sha256(json.dumps(sorted(map(str, range(20_000)))).encode())"
TOOL = (sys.executable, "-m", "ivig_kg")
COMMANDS = {
    "ivig-kg check": (*TOOL, "check", "--no-cache"),
    "ivig-kg build": (*TOOL, "build", "--no-cache", "-o", "{work}/exports"),
    "ivig-kg --help": (*TOOL, "--help"),
    "import click": (sys.executable, "-c", "import click"),
}


def ratios() -> dict[str, float]:
    """Return how many times the CPU of the loop each command takes: the median of rounds in which they take turns."""
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            loop = measure([(sys.executable, "-c", LOOP)], Path(folder)).cpu
            for name, words in COMMANDS.items():
                found[name].append(measure([words], Path(folder), statuses=(0, 1)).cpu / loop)
    return {name: round(statistics.median(several), 3) for name, several in found.items()}


def main() -> int:
    """Measure, print, and return 1 where a command takes twice what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="Commit to what is measured now.")
    words = parser.parse_args()
    found = ratios()
    if words.write:
        RATIOS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    committed = json.loads(RATIOS.read_text(encoding="utf-8"))
    for name, ratio in found.items():
        sys.stdout.write(f"{name}: {ratio:.2f} times the loop, committed {committed[name]:.2f}\n")
    return int(any(ratio >= 2 * committed[name] for name, ratio in found.items()))


if __name__ == "__main__":
    sys.exit(main())
