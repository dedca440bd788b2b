"""What is typed is what is stored, tried with many values by chance."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import as_typed
from as_typed import CARRIERS

VALUES = 1000  # of each kind at --times 1
BATCH = 500


@pytest.mark.parametrize("name", CARRIERS)
def test_what_is_typed_is_what_programs_read(name: str, times: int, chance: random.Random, tmp_path: Path) -> None:
    """Two readers find each value in every format as it was typed, or it is refused with a place."""
    stored = refused = 0
    for number in range(VALUES * times // BATCH):
        values = as_typed.chosen(CARRIERS[name], BATCH, chance)
        outcome = as_typed.stored(tmp_path / str(number), CARRIERS[name], values)
        assert outcome.wrong == ()
        stored += outcome.stored
        refused += BATCH - outcome.stored
    print(f"{name}: {stored} stored as typed, {refused} refused")  # noqa: T201  (the figures)

    assert stored > refused / 20
