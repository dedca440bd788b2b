"""Every comparison of a release with a project, and every kind of change."""

from __future__ import annotations

import pytest

from test_compare import (  # noqa: F401  (tests and fixtures)
    made,
    released,
    test_a_release_shows_what_a_project_shows,
    test_each_change_is_of_its_kind,
)

pytestmark = pytest.mark.usefixtures("unconfined")
