"""Torture: what takes minutes. `make torture` runs it with one seed and in bounded time; by hand it runs for longer."""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how much is tried, and where chance begins."""
    parser.addoption("--times", type=int, default=1, help="how many times as much is tried as in make torture")
    parser.addoption("--seed", type=int, default=1, help="where chance begins")


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """Return how many times as much is tried as in `make torture`."""
    return int(request.config.getoption("--times"))


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Return chance that is the same for one seed and one test, whatever else runs."""
    return random.Random(f"{request.config.getoption('--seed')} {request.node.nodeid}")  # noqa: S311  (no secret)
