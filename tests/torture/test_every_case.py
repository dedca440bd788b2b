"""Every case: what pySHACL is asked of one case in five elsewhere, asked of more; by hand of all and the facts too."""

from __future__ import annotations

import pytest

from test_validation import (  # noqa: F401  (tests and fixtures)
    cases,
    test_a_constraint_is_asked_of_the_whole_graph_where_that_is_the_same,
    test_cases_and_facts_break_the_shapes_as_pyshacl_says,
    test_what_cannot_match_is_not_evaluated_and_changes_no_answer,
)


@pytest.fixture
def stride(times: int) -> int:
    """Return which cases are tried: one of three, and with `--times` each, with all facts beside them."""
    return 3 if times == 1 else 1
