"""Hold the triples of a peer against those that this tool states, and print as JSON how they differ.

Stated are the facts, concepts and sources; the mappings to public identifiers come from a table that no peer reads.
A process of its own: what it takes in memory must not stand in the figures of those that are measured after it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

STATED = frozenset({"facts", "concepts", "sources"})


def difference(work: Path, theirs: Path, *, languages: bool) -> dict[str, int]:
    """Return how many triples are in both, in one alone, and about blank nodes (which this tool never makes).

    Args:
        work: The project, with its exports.
        theirs: The peer's Turtle or N-Triples.
        languages: Whether the language of a text counts.
    """
    triples = (quad.triple for quad in ox.parse(path=str(theirs)))
    blank = 0
    left = set()
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode):
            blank += 1
        else:
            left.add(triple if languages else _plain(triple))
    both = ours = 0
    for triple in _stated(work / "exports/ivig-kg.nq"):
        known = triple if languages else _plain(triple)
        if known in left:
            both += 1
            left.remove(known)
        else:
            ours += 1
    return {"both": both, "ours": ours, "theirs": len(left), "blank": blank}


def _stated(path: Path) -> Iterator[Any]:
    for quad in ox.parse(path=str(path)):
        if quad.graph_name.value.rpartition("/")[2] in STATED and not quad.predicate.value.endswith("Match"):
            yield quad.triple


def _plain(triple: Any) -> Any:
    value = triple.object
    if isinstance(value, ox.Literal) and value.language:
        return ox.Triple(triple.subject, triple.predicate, ox.Literal(value.value))
    return triple


def main() -> int:
    """Read the words of the command line; return 1 where the triples are others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("theirs", type=Path)
    parser.add_argument("--without-languages", action="store_true")
    words = parser.parse_args()
    found = difference(words.work, words.theirs, languages=not words.without_languages)
    sys.stdout.write(json.dumps(found) + "\n")
    return int(found["ours"] > 0 or found["theirs"] > 0)


if __name__ == "__main__":
    sys.exit(main())
