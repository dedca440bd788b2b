"""Every format: the bytes that `export` gives, and what rdflib reads; and whatever may happen to a build."""

from __future__ import annotations

from test_exports import (  # noqa: F401  (tests and fixtures)
    test_one_format_is_the_committed_file,
    test_rdflib_reads_the_graph_of_the_manifest,
    test_whatever_happens_the_old_exports_stand,
)
