"""Every query of a project's own that never ends, and every value that a store changes."""

from __future__ import annotations

from test_stability import (  # noqa: F401  (tests and fixtures)
    loaded,
    test_what_a_store_changes_breaks_one_rule,
)
from test_trials import (  # noqa: F401  (tests and fixtures)
    mine,
    test_what_never_ends_is_ended,
)
