"""Every comparison of a release with a project."""

from __future__ import annotations

import pytest

from test_compare import (  # noqa: F401  (tests and fixtures)
    released,
    test_a_release_shows_what_a_project_shows,
)

pytestmark = pytest.mark.usefixtures("unconfined")
