"""Every case, and every slip in a shape.

What pySHACL is asked of one case in five elsewhere is asked of more here; by hand of all and the facts too.
"""

from __future__ import annotations

import pytest

from test_cases import (  # noqa: F401  (tests and fixtures)
    test_only_its_own_shape_rejects_a_case,
)
from test_grammar import (  # noqa: F401  (tests and fixtures)
    own,
    test_a_slip_in_a_shape_is_refused_with_its_place,
)
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
