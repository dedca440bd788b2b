"""Every fault of a store at every request."""

from __future__ import annotations

from test_deadlines import (  # noqa: F401  (tests and fixtures)
    clock,
    test_a_load_into_a_silent_store_takes_its_time_and_no_more,
)
from test_load import (  # noqa: F401  (tests and fixtures)
    _apart,
    credentials,
    one,
    test_a_misbehaving_store_ends_in_a_sentence,
    test_a_put_that_breaks_off_is_taken_back,
    test_each_update_of_a_load_may_fail,
    two,
)
from test_remote import asked, test_a_question_to_a_misbehaving_store_ends_in_a_sentence  # noqa: F401
