"""What the package `shacl`, an engine in Rust, does by itself: read a finished graph and the shapes, and validate."""

from __future__ import annotations

import sys
from pathlib import Path

import shacl


def main(graph: Path, shapes: Path) -> None:
    """Print how many results there are."""
    engine = shacl.Shapes.from_text(shapes.read_text(encoding="utf-8"), format="turtle")
    report = engine.validate_text(graph.read_text(encoding="utf-8"), format="ntriples")
    sys.stdout.write(f"{len(report.results)} results\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
