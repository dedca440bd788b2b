"""Every portion: each case with its nodes scattered, and each kind of bundle."""

from __future__ import annotations

from test_pipeline import (  # noqa: F401  (tests and fixtures)
    labels,
    test_a_bundle_says_what_its_files_say,
    test_a_mistake_in_a_bundle_has_its_line_and_column,
    test_nodes_in_files_of_their_own_are_judged_as_if_they_stood_together,
    tiny,
)
