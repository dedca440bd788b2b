"""Measure the Turtle of a finished graph, as rdflib writes it and as this tool does; print the figures as JSON.

Both have the graph in memory already, so reading it counts for neither.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib

from ivig_kg import export, resources, schema


def compare(project: Path) -> dict[str, Any]:
    """Return seconds of CPU of both, and whether ours writes the same bytes for any order, and those of the export."""
    exported = project / "exports/ivig-kg.ttl"
    prefixes = _prefixes(exported)
    quads = list(ox.parse(path=str(project / "exports/ivig-kg.nq")))
    shuffled = random.Random(0).sample(quads, len(quads))  # noqa: S311  (an order, no secret)
    found = schema.load(resources.locate(project))
    graph = rdflib.Graph()
    for prefix, iri in prefixes.items():
        graph.bind(prefix, iri, replace=True)
    graph.parse(project / "exports/ivig-kg.nt", format="nt")

    def write(order: list[ox.Quad]) -> bytes:
        """Return the Turtle of quads."""
        return export.serialize(order, "ttl", schema=found, prefixes=prefixes)

    rdflib.Graph().serialize(format="turtle"), write([])  # what is loaded the first time
    theirs, _ = _timed(lambda: graph.serialize(format="turtle", encoding="utf-8"))
    ours, data = _timed(lambda: write(quads))
    return {
        "rdflib": theirs,
        "ours": ours,
        "same": write(shuffled) == data == exported.read_bytes(),
    }


def _prefixes(path: Path) -> dict[str, str]:
    parser = ox.parse(path=str(path))
    next(parser, None)
    return dict(parser.prefixes)


def _timed(work: Callable[[], bytes]) -> tuple[float, bytes]:
    start = time.process_time()
    data = work()
    return time.process_time() - start, data


if __name__ == "__main__":
    sys.stdout.write(json.dumps(compare(Path(sys.argv[1]))) + "\n")
