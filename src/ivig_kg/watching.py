"""Watching: check again whenever a file changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ivig_kg import workflow
from ivig_kg.errors import IvigKgError
from ivig_kg.making import Options
from ivig_kg.reporting import Report
from ivig_kg.resources import Project

PAUSE = 0.1  # seconds between two looks
SUFFIXES = frozenset({".yaml", ".yml", ".tsv", ".ttl", ".rq", ".jsonld", ".txt"})


def reports(paths: Sequence[Path] = (), *, project: Project, options: Options) -> Iterator[Report | str]:
    """Yield a report now and after every change, for ever; where there is no verdict, the sentence that says why.

    Args:
        paths: As for `workflow.check`.
        project: Where the files are.
        options: As for `workflow.check`.
    """
    import rapidfuzz.process  # noqa: F401, PLC0415  (for hints: the first finding is to come as fast as the others)

    places = [project.facts, project.ontology, project.shapes, *paths, *([options.sources] if options.sources else [])]
    seen: dict[Path, tuple[int, int]] = {}
    while True:
        now = _state(places)
        if now != seen:
            seen = now
            try:
                yield workflow.check(paths, project=project, options=options)
            except IvigKgError as error:
                yield str(error)
        else:
            time.sleep(PAUSE)


def _state(places: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """Return the time of change and the size of every file that a check may read."""
    files = (p for place in places for p in (place.rglob("*") if place.is_dir() else [place]))
    state = {}
    for path in files:
        if path.suffix in SUFFIXES:
            try:
                found = path.stat()
            except OSError:  # gone since it was listed, as files are that an editor saves by renaming
                continue
            state[path] = found.st_mtime_ns, found.st_size
    return state
