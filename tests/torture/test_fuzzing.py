"""No input crashes it: what 5,000 damaged files do is bounded in time and memory, and told in sentences."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import fuzzing
from fuzzing import KINDS, Ended

INPUTS = 125  # at --times 1; 5,000 at --times 40
PLAN = tuple(name for name, kind in KINDS.items() for _ in range(kind.share))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in which each kind of file stands."""
    return fuzzing.furnished(tmp_path)


def test_no_input_crashes_it(
    folder: Path, times: int, chance: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No traceback, no status of a bug, no end by a signal, no hang, no greed, no finding without its place."""
    seeds = {name: fuzzing.seeds(kind, folder) for name, kind in KINDS.items()}
    kept = tmp_path_factory.mktemp("finds")
    ends: list[Ended] = []
    troubles = []
    for number in range(INPUTS * times):
        name = chance.choice(PLAN)
        kind = KINDS[name]
        data = fuzzing.damaged(chance.choice(seeds[name]), kind.words, chance)
        words = chance.choice(kind.commands)
        with fuzzing.standing(folder, kind.path, data):
            ends.append(fuzzing.child(folder, words))
        if found := ends[-1].troubles():
            (kept / f"{name}-{number}").write_bytes(data)
            troubles.append(f"{kept / name}-{number} ({' '.join(words)}): {'; '.join(found)}")
    print(f"{len(ends)} inputs, {len(troubles)} troubles")  # noqa: T201  (the figures)
    print(f"{max(e.seconds for e in ends):.1f} s, {max(e.bytes for e in ends) >> 20} MB at most")  # noqa: T201

    assert not troubles, "\n".join(troubles)
    assert {0, 1, 3, 4} <= {end.status for end in ends}
