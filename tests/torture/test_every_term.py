"""Every term of the context, and every row of the mappings, that is wrong or gone."""

from __future__ import annotations

from test_accounting import (  # noqa: F401  (tests and fixtures)
    linked,
    test_a_term_missing_from_the_context_is_seen,
)
from test_mappings import (  # noqa: F401  (tests and fixtures)
    part,
    test_a_wrong_row_is_told,
    whole_part,
)
