"""What is typed is what is stored: texts, numbers and addresses, in every style of YAML and every format."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import as_typed
from as_typed import CARRIERS, NAUGHTY, STYLES
from ivig_kg import facts, nodes


@pytest.mark.parametrize("name", CARRIERS)
def test_what_is_typed_is_what_programs_read(name: str, tmp_path: Path) -> None:
    """Two readers find each value in every format as it was typed, or it is refused with a place."""
    values = as_typed.chosen(CARRIERS[name], 120, random.Random(name))  # noqa: S311  (no secret)

    outcome = as_typed.stored(tmp_path, CARRIERS[name], values)

    assert outcome.wrong == ()
    assert outcome.stored > 10
    assert outcome.refused


def test_naughty_strings_are_stored_or_refused(tmp_path: Path) -> None:
    """Each text that has fooled other programs, as it is and between quotation marks."""
    values = as_typed.written(NAUGHTY, styles=[as_typed.plain, as_typed.double])

    outcome = as_typed.stored(tmp_path, CARRIERS["title"], values)

    assert outcome.wrong == ()
    assert outcome.stored > 200


@settings(max_examples=100, deadline=None, derandomize=True)
@given(value=st.text(st.characters(), max_size=30), style=st.sampled_from(STYLES), chance=st.randoms())
def test_every_style_gives_the_text_or_a_finding(value: str, style: as_typed.Style, chance: random.Random) -> None:
    """The reader makes of a text in any style what was meant, or says where it cannot."""
    for meant, shown in as_typed.written([value], styles=[style], chance=chance):
        document = facts.parse(f"- label: {shown}\n", shown="case.yaml")

        assert bool(document.nodes) != bool(document.findings)
        for node in document.nodes:
            assert isinstance(node, nodes.Mapping)
            found = node.get("label")
            assert found is None or found.text == meant
