"""Keep a copy of a folder of facts, and change one label of one file in it each time this is run."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

LABEL = re.compile(r"^  label: [^\"'\n]*$", re.MULTILINE)


def main(facts: Path, copy: Path, name: str) -> None:
    """Make the copy where there is none; then put a word behind the first plain label of the file."""
    if not copy.exists():
        shutil.copytree(facts, copy)
    path = copy / name
    path.write_text(LABEL.sub(r"\g<0> again", path.read_text(encoding="utf-8"), count=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
