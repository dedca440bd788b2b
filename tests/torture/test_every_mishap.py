"""Every mishap of a command that writes."""

from __future__ import annotations

from test_writing import (  # noqa: F401  (tests and fixtures)
    home,
    pytestmark,
    test_what_stood_there_stands,
)
