"""Every edit: what the cache must notice."""

from __future__ import annotations

from test_cache import (  # noqa: F401  (tests and fixtures)
    test_nothing_out_of_date_is_ever_told,
    worn,
)
