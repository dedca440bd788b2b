"""Every passage of the monograph that stands elsewhere."""

from __future__ import annotations

from test_authoring import (  # noqa: F401
    test_every_passage_of_the_monograph_is_found_by_its_first_words,
)
from test_monograph import (  # noqa: F401  (tests and fixtures)
    test_a_passage_that_is_elsewhere_is_seen,
)
