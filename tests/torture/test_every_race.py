"""Every race: what tests/test_races.py tries at every sixth request, tried at every other; by hand at each."""

from __future__ import annotations

import pytest

from test_races import (  # noqa: F401  (tests and fixtures)
    _hurried,
    begun,
    releases,
    test_a_load_may_be_killed_at_any_request,
    test_another_load_may_come_between_any_two_requests,
    test_going_back_and_pruning_may_come_between,
    test_the_same_release_may_come_between,
)


@pytest.fixture
def stride(times: int) -> int:
    """Return how many requests further the next attempt begins; with `--times` each is tried."""
    return 2 if times == 1 else 1
