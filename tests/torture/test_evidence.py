"""Evidence: on texts that the test makes every lie is caught, and without a text nothing passes for checked."""

from __future__ import annotations

import collections
import random
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

import forgeries
from conftest import Run
from forgeries import Forgery, World

WORLDS = 1


def found(run: Run, folder: Path, *words: str | Path) -> str:
    """Return what a check finds, one finding a line."""
    return run("-C", folder, "check", "--no-cache", "--format", "concise", *words).stdout


def caught(run: Run, folder: Path, world: World, lies: Iterable[Forgery]) -> collections.Counter[str]:
    """Return how many lies of each kind were caught; fail at the first that was not."""
    counts = collections.Counter[str]()
    for lie in lies:
        world.write(folder, lie.facts)
        told = found(run, folder, "--sources", folder / "texts")
        codes = set(re.findall(r": (?:error|warning) ([\w-]+):", told))
        assert codes & set(lie.codes), (lie.kind, lie.codes, [x for x in told.splitlines() if ": note " not in x][:5])
        counts[lie.kind] += 1
    return counts


@pytest.mark.parametrize("placed", [True, False], ids=["placed", "by section"])
def test_lies_are_caught(placed: bool, small: Path, run: Run, chance: random.Random, times: int) -> None:  # noqa: FBT001
    """In each kind of source, with passages that have a place, and with such as are known by their section alone."""
    total = collections.Counter[str]()
    for _ in range(WORLDS * times):
        world = World(chance, placed=placed)
        world.write(small, world.facts())
        truth = found(run, small, "--sources", small / "texts")
        told = set(re.findall(r": (?:error|warning) ([\w-]+):", truth))
        assert told == ({"passage-uncited"} if placed else {"passage-uncited", "sentence-uncovered"}), truth

        every = list(forgeries.of_quotations(world))
        some = chance.sample(every, 24) if times == 1 else every
        if not placed:
            elsewhere = {"from another source", "unit changed", "number cut", "another number of the sentence"}
            some = [f for f in some if f.kind not in elsewhere]  # a whole text has most words and numbers
        total += caught(run, small, world, some)
        claims = list(forgeries.of_claims(world))
        total += caught(run, small, world, chance.sample(claims, 36) if times == 1 else claims)
        if placed:
            places = list(forgeries.of_places(world))
            total += caught(run, small, world, chance.sample(places, 36) if times == 1 else places)

    print(total.total(), "lies caught:", dict(sorted(total.items())))  # noqa: T201
    assert total.total() > 10


@pytest.mark.parametrize("placed", [True, False], ids=["placed", "by section"])
def test_without_a_text_all_is_reported_as_unchecked(
    placed: bool,  # noqa: FBT001
    small: Path,
    run: Run,
    chance: random.Random,
    times: int,
) -> None:
    """The count of each note is that of the passages, whatever the facts say of them."""
    tried = 0
    for _ in range(WORLDS * times):
        world = World(chance, placed=placed)
        for lie in chance.sample(list(forgeries.of_quotations(world)), 4 if times == 1 else 40):
            world.write(small, lie.facts, texts=False)
            for words in ((), ("--sources", small / "texts")):
                told = found(run, small, *words)
                counts = [int(n) for n in re.findall(r"note passages-unchecked: (\d+) passages?", told)]
                assert sum(counts) == 3 * len(forgeries.KINDS) + 2, told  # two are those of the base
                tried += 1

    print(tried, "runs without a text, all passages reported")  # noqa: T201
    assert tried
