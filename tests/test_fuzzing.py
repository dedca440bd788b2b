"""No input crashes it: what once did is kept as a file, and a few new ones are tried (more in tests/torture)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fuzzing
from conftest import Run
from fuzzing import CASES, KINDS, Ended
from ivig_kg import facts

SMALL = 8192  # bytes; the larger ones are read in tests/torture
FINDS = [path for path in fuzzing.FINDS if path.stat().st_size < SMALL]
OFTEN = ("facts", "mappings", "terms", "context", "shape", "rule", "query", "bundle")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project."""
    return fuzzing.made(tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize("path", FINDS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_what_once_fell_stands(path: Path, folder: Path) -> None:
    """Each file that once ended in a traceback, in a hang or in too much memory is refused, soon, in sentences."""
    fuzzing.stands(path, folder)


@pytest.mark.parametrize("name", OFTEN)
def test_a_damaged_file_is_told_in_sentences(name: str, folder: Path) -> None:
    """A file with a few things changed by chance ends no command with a bug, and every finding has its place."""
    chance = random.Random(name)  # noqa: S311  (no secret)
    kind = KINDS[name]

    for _ in range(2):
        data = fuzzing.damaged(chance.choice(fuzzing.seeds(kind, folder)), kind.words, chance)
        with fuzzing.standing(folder, kind.path, data):
            assert fuzzing.child(folder, kind.commands[0]).troubles() == []


@settings(max_examples=200, deadline=None, derandomize=True)
@given(chance=st.randoms())
def test_any_damage_to_a_facts_file_is_read_or_has_a_place(chance: random.Random) -> None:
    """Whatever is flipped, cut, moved or said ten thousand times, the reader has nodes or findings with a place."""
    kind = KINDS["facts"]
    data = fuzzing.damaged(SEEDS[chance.randrange(len(SEEDS))], kind.words, chance)

    document = facts.read(Path("case.yaml"), shown="case.yaml", data=data)

    assert bool(document.nodes) != bool(document.findings)
    assert len(document.findings) <= facts.MAX_FINDINGS + 1
    for finding in document.findings:
        assert 1 <= finding.position.line <= len(document.lines) + 1
        assert finding.position.column >= 1
        assert finding.message.isprintable()
        assert finding.exit_code in {3, 7}


SEEDS = [path.read_bytes() for path in sorted((CASES / "valid").glob("*.yaml"))]


def test_what_must_not_be_is_noticed() -> None:
    """A fall, a hang, greed, a hidden character and a finding without a place are troubles."""
    finding = {"line": 1, "column": 1, "length": 1, "message": "a", "hint": None, "subject": None, "path": "b"}
    placed = json.dumps({"findings": [finding]}, indent=2)
    good = Ended(1, placed, 0.1, 1)

    assert good.troubles() == []
    assert Ended(70, "", 0.1, 1).troubles() == ["it ends with 70"]
    assert Ended(-11, "", 0.1, 1).troubles() == ["it ends with -11"]
    assert Ended(1, "Traceback", 0.1, 1).troubles() == ["it ends with 1"]
    assert Ended(None, "", 0.1, 1).troubles() == ["it takes 0 seconds"]
    assert Ended(0, "", 11.0, 1).troubles() == ["it takes 11 seconds"]
    assert Ended(0, "", 0.1, 700 * 1024**2).troubles() == ["it takes 700 MB"]
    assert Ended(0, "a\x1bb", 0.1, 1).troubles() == ["it prints ['\\x1b']"]
    assert len(Ended(1, placed.replace('"line": 1', '"line": 0'), 0.1, 1).troubles()) == 1


def test_a_file_with_many_mistakes_is_not_told_to_its_end(small: Path, run: Run) -> None:
    """After two hundred findings in a file that cannot be read there is one that says so."""
    lines = "- id: the-case\n  type: Condition\n" + "".join(f"  alias: [{n},#a\n    ]\n" for n in range(900))
    (small / "facts/case.yaml").write_text(lines, encoding="utf-8")

    result = run("-C", small, "check", "--no-cache", "--format", "concise")

    assert result.exit_code == 3
    assert sum(": error " in line for line in result.stdout.splitlines()) == facts.MAX_FINDINGS + 1
    assert "and more may be wrong further on" in result.stdout
