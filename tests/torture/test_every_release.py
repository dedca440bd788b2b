"""Every release: what a release of the package holds, and that the supply of the same commit has the same bytes."""

from __future__ import annotations

from test_supply import (  # noqa: F401  (tests and fixtures)
    checkout,
    made,
    test_hashes_of_a_release_are_those_of_its_files,
    test_no_answer_is_no_audit_and_no_failure,
    test_the_bill_of_materials_has_every_package,
    test_the_bill_of_materials_says_who_asks_for_what,
    test_the_table_has_every_licence,
    test_two_releases_have_the_same_bytes,
)
