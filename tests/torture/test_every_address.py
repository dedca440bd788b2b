"""Every address in a file: none is called."""

from __future__ import annotations

from test_network import (  # noqa: F401  (tests and fixtures)
    _dated,
    canary,
    home,
    listening,
    prepared,
    test_an_address_in_a_file_is_not_called,
)
