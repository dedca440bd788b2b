"""Mutations: whatever is changed of context, derivations and shapes is noticed, with a sentence that names it.

`--times` says how many times as many mutants are drawn; with enough of them each is tried once. A mutant that nobody
notices must leave every export as it was, byte for byte; such ones are counted apart.
"""

from __future__ import annotations

import collections
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import mutants
from conftest import Run
from mutants import Mutant

DRAWN = {"context": 10, "rules": 8, "shapes": 20}
OF: dict[str, Callable[[], Iterator[Mutant]]] = {
    "context": mutants.of_context,
    "rules": mutants.of_rules,
    "shapes": mutants.of_shapes,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project whose facts use every key, with ontology and shapes of its own."""
    return mutants.project(tmp_path_factory.mktemp("mutants"))


def exports(run: Run, folder: Path) -> dict[str, bytes]:
    """Return what a build writes, by file."""
    shutil.rmtree(folder / "exports", ignore_errors=True)
    run("-C", folder, "build", "--no-cache", "-o", folder / "exports")
    return {p.name: p.read_bytes() for p in sorted((folder / "exports").glob("*"))}


@pytest.mark.parametrize("part", sorted(OF))
def test_each_mutant_is_noticed(part: str, whole: Path, run: Run, chance: random.Random, times: int) -> None:
    """Exit code other than 0, or a warning, that names the term; else the exports are the same bytes."""
    every = list(OF[part]())
    drawn = every if times * DRAWN[part] >= len(every) else chance.sample(every, times * DRAWN[part])
    tried, equal, unnoticed = collections.Counter[str](), [], []
    before = exports(run, whole)

    for mutant in drawn:
        tried[mutant.kind] += 1
        with mutants.applied(mutant, whole):
            found = run("-C", whole, "check", "--no-cache", "--format", "concise")
            assert found.exit_code in {0, 1, 4}, (str(mutant), found.output)
            if not mutants.noticed(found, mutant):
                same = found.exit_code == 0 and exports(run, whole) == before
                (equal if same else unnoticed).append((str(mutant), found.exit_code, found.output[-300:]))

    print(f"{part}: {tried.total()} of {len(every)} tried, {len(unnoticed)} unnoticed, {len(equal)} equivalent")  # noqa: T201
    print(*sorted(tried.items()), *equal, sep=os.linesep)  # noqa: T201
    assert before
    assert unnoticed == []
