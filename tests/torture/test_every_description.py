"""Every shape of the description of a release, and every table in a spreadsheet."""

from __future__ import annotations

from test_release_shapes import (  # noqa: F401  (tests and fixtures)
    described,
    shapes,
    test_only_this_shape_rejects_it,
)
from test_spreadsheets import (  # noqa: F401  (tests and fixtures)
    hostile,
    release,
    test_libreoffice_runs_nothing,
)
