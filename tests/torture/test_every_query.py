"""Every query: asked of three engines, and with each value as a parameter."""

from __future__ import annotations

import pytest

from test_queries import (  # noqa: F401  (tests and fixtures)
    by_rdflib,
    default_graph,
    everything,
    named_graphs,
    test_a_parameter_picks_rows_and_never_makes_one,
    test_engines_and_graphs_give_the_same_answer,
)

pytestmark = pytest.mark.usefixtures("read_once")
