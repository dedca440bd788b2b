"""Every forgery: parts of a release that were changed and sealed anew, each of which verification names."""

from __future__ import annotations

import pytest

from test_verify import (  # noqa: F401  (tests and fixtures)
    release,
    sent,
    test_parts_that_do_not_fit_are_named_whatever_the_sums_say,
    test_what_is_resealed_is_still_held_against_the_graph,
)

pytestmark = pytest.mark.usefixtures("unconfined")
