"""Generate a project of many labels, to measure how the tool grows: one real label again and again under new ids.

The labels are invented as a whole (no product of this name exists) and are for measuring alone.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LABEL = "kiovig-eu-2022"  # 72 facts in 25 KB
PRODUCT, NAME = "kiovig-eu", "KIOVIG (EU)"
ELSEWHERE = re.compile(rf"^  conflictsWith: (?!{LABEL}).*\n", re.MULTILINE)


def generate(folder: Path, count: int) -> None:
    """Write a project with the concepts of this one and `count` labels, each with its product and its source."""
    facts = folder / "facts"
    shutil.copytree(ROOT / "facts/concepts", facts / "concepts")
    shutil.copy(ROOT / "facts/mappings.sssom.tsv", facts)
    label = ELSEWHERE.sub("", (ROOT / f"facts/labels/{LABEL}.yaml").read_text(encoding="utf-8"))
    source = (ROOT / f"facts/sources/{LABEL}.yaml").read_text(encoding="utf-8")
    product = f"- id: {PRODUCT}\n  type: Product\n  label: {NAME}\n  broader: intravenous-immunoglobulin\n"
    whole = f"{label}\n{source}\n{product}  jurisdiction: EU\n"
    (facts / "labels").mkdir()
    for number in range(count):
        text = whole.replace(LABEL, f"benchmark-{number:06}-label").replace(PRODUCT, f"benchmark-{number:06}")
        text = text.replace(NAME, f"Benchmark {number:06} (EU)").replace("KIOVIG", f"Benchmark {number:06}")
        (facts / f"labels/benchmark-{number:06}.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    """Read the words of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    words = parser.parse_args()
    generate(words.folder, words.count)


if __name__ == "__main__":
    main()
