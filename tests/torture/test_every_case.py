"""Every case: what tests/test_validation.py asks pySHACL of one case in five, asked of all and of the facts too."""

from __future__ import annotations

import pytest

from test_validation import (  # noqa: F401  (tests and fixtures)
    cases,
    test_cases_and_facts_break_the_shapes_as_pyshacl_says,
    test_what_cannot_match_is_not_evaluated_and_changes_no_answer,
)


@pytest.fixture
def stride() -> int:
    """Return which cases are tried: each."""
    return 1
