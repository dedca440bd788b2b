"""Measure the site: the CPU of writing about 500 facts as pages, and how soon the page for SPARQL answers.

The answer is timed in Chromium from a folder, for a page that opens with its question in the address: `opened` from
the start of loading, `asked` from when the question is asked. Medians; the page is opened anew each time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import urllib.parse
from pathlib import Path

from generate import generate
from runs import ROOT, measure, median

sys.path.insert(0, str(ROOT / "tests"))
from in_browser import Browser, started

TOOL = (sys.executable, "-m", "ivig_kg")
LABELS = 7  # of 72 facts each
ROUNDS = 5
QUESTION = "SELECT ?effect WHERE { kg:human-immunoglobulin biolink:has_side_effect ?effect } ORDER BY ?effect"


def written(work: Path) -> None:
    """Print what it takes to write the pages of a generated project, beside building its exports alone."""
    generate(work / "project", LABELS)
    for name, words in {
        "build": ("build", "--no-cache", "-o", "{work}/exports"),
        "site": ("site", "-o", "{work}/site"),
    }.items():
        command = (*TOOL, "-C", str(work / "project"), *words)
        found = median([measure([command], work) for _ in range(ROUNDS)])
        sys.stdout.write(f"{LABELS * 72} facts, {name}: {found.cpu:.2f} s of CPU, {found.memory:.0f} MB\n")


def answered(work: Path) -> None:
    """Print how soon the page for SPARQL of this checkout answers its first question."""
    measure([(*TOOL, "site", "-o", "{work}/own")], work)
    opened, asked = [], []
    with started() as driver:
        browser = Browser(driver, work / "own")
        for _ in range(ROUNDS):
            browser.open(f"sparql.html#query={urllib.parse.quote(QUESTION)}")
            browser.until(lambda: "answered in" in browser.text("state"))
            asked.append(float(browser.text("state").split()[2]))
            opened.append(float(browser.run("return window.ivigAnswered")) / 1000)
    sys.stdout.write(
        f"first answer: {statistics.median(asked):.2f} s asked, {statistics.median(opened):.2f} s opened\n"
    )


def main() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder))
        answered(Path(folder))


if __name__ == "__main__":
    main()
