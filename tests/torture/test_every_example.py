"""Every example of the help."""

from __future__ import annotations

from test_cli import (  # noqa: F401  (tests and fixtures)
    built,
    test_every_example_of_the_help_works,
)
