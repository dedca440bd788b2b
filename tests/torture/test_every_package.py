"""Every package: installed, it writes the release that the checkout writes; see tests/test_package.py for the rest."""

from __future__ import annotations

from test_package import (  # noqa: F401  (tests and fixtures)
    elsewhere,
    test_the_installed_tool_writes_the_same_release,
    wheel,
)
