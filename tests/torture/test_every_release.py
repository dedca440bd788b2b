"""Every release: the supply of the same commit, made twice, has the same bytes."""

from __future__ import annotations

from test_supply import (  # noqa: F401  (tests and fixtures)
    checkout,
    made,
    test_hashes_of_a_release_are_those_of_its_files,
    test_two_releases_have_the_same_bytes,
)
