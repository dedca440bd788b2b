"""Originals: what was changed of that which ships is told, and what is a project's own affair is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import make_originals
from conftest import Run


def change(path: Path, old: str, new: str) -> None:
    """Replace a stretch of a file that stands in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def whole(copy: Path, small: Path) -> Path:
    """Return a small project with ontology and shapes of its own, which are those that ship."""
    for name in ("ontology", "shapes"):
        (copy / name).rename(small / name)
    return small


def told(run: Run, folder: Path) -> list[str]:
    """Return what a check tells of rules and comments, without the folder."""
    result = run("-C", folder, "check", "--format", "concise")
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if re.search(r": \w+ (?:rule-|unused-allow)", line)]
    return [line.removeprefix(f"{folder}/") for line in lines]


def test_the_digests_are_fresh() -> None:
    """They are those of ontology/ and shapes/; else `make docs` writes them anew."""
    assert make_originals.PATH.read_text(encoding="utf-8") == make_originals.made()


def test_a_copy_of_what_ships_is_not_spoken_of(whole: Path, run: Run) -> None:
    """Nor with the line ends of Windows."""
    path = whole / "shapes/Fact.ttl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert told(run, whole) == []


@pytest.mark.parametrize("name", ["shapes/Administration.ttl", "shapes/prefixes.ttl"])
def test_a_file_that_the_others_need_is_named(name: str, whole: Path, run: Run) -> None:
    """Where the rest does not fit together any more, the sentence says which file is gone."""
    (whole / name).unlink()

    result = run("-C", whole, "check")

    assert result.exit_code == 4
    assert f"{name}, which ships with ivig-kg, is not there" in result.stderr


CHANGES = [
    ("shapes/Passage.ttl", "sh:minCount 1 ; ", "", "25:1: warning rule-changed: the shape `Passage-inSource`"),
    (
        "shapes/Medicine.ttl",
        "sh:message",
        "sh:severity sh:Info ; sh:message",
        "warning rule-changed: the shape `Medicine-",
    ),
    (
        "ontology/context.jsonld",
        '"ivig:statedAs"}',
        '"ivig:statedAs", "@language": "en"}',
        "the term of the context `statedAs`",
    ),
    ("ontology/context.jsonld", '"@version"', '"@propagate": true, "@version"', "the term of the context `@propagate`"),
    (
        "ontology/rules/names.rq",
        "ivig:retracted",
        "ivig:draft",
        "names.rq:1:1: warning rule-changed: the derivation `names`",
    ),
    ("ontology/ivig.ttl", "ivig:factor 0.001", "ivig:factor 0.01", "warning rule-changed: the entry of the ontology `"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), CHANGES)
def test_what_was_weakened_is_told_by_name(whole: Path, run: Run, file: str, old: str, new: str, says: str) -> None:
    """With its file, and it is a warning: a project may mean it."""
    change(whole / file, old, new)

    (line,) = told(run, whole)

    assert line.startswith(file)
    assert says in line
    assert "is not the one that ships with ivig-kg" in line


def test_what_is_told_does_not_depend_on_what_is_checked(whole: Path, run: Run) -> None:
    """A check of one file and a build say it too."""
    change(whole / "ontology/rules/names.rq", "ivig:retracted", "ivig:draft")

    one = run("-C", whole, "check", whole / "facts/base.yaml")
    built = run("-C", whole, "build", "-o", whole / "exports")

    assert "warning[rule-changed]" in one.stdout
    assert "warning[rule-changed]" in built.output
    assert run("-C", whole, "check", "--fail-on", "warning").exit_code == 1


def test_what_is_missing_is_told_file_by_file(whole: Path, run: Run) -> None:
    """All names that a file should have had, in one warning."""
    (whole / "ontology/rules/names.rq").unlink()
    (whole / "shapes/Data.ttl").unlink()

    first, second = told(run, whole)

    assert first.startswith(
        "ontology/rules:1:1: warning rule-missing: the derivation `names` that ships with ivig-kg is"
    )
    assert "the shapes `Data-decimal`, `Data-value`, `Data-values` that ship with ivig-kg are not here" in second


def test_a_shape_that_is_switched_off_is_told_and_may_be_allowed(whole: Path, run: Run) -> None:
    """By a comment that gives the reason, on the line that is shown."""
    path = whole / "shapes/Passage.ttl"
    begins = "ivigsh:Passage-section a sh:PropertyShape ;"
    change(path, begins, f"{begins}\n    sh:deactivated true ;")

    (line,) = told(run, whole)
    change(path, begins, f"{begins}  # ivig-kg: allow rule-off - our sources have no sections")

    assert line.startswith("shapes/Passage.ttl:39:1: warning rule-off: the shape `Passage-section` is switched off")
    assert told(run, whole) == []


def test_a_comment_that_allows_nothing_is_told(whole: Path, run: Run) -> None:
    """So that none outlives its reason."""
    begins = "ivigsh:Passage-section a sh:PropertyShape ;"
    change(whole / "shapes/Passage.ttl", begins, f"{begins}  # ivig-kg: allow rule-off - a reason")

    (line,) = told(run, whole)

    assert "shapes/Passage.ttl:39:46: warning unused-allow: " in line


def test_words_for_people_may_be_changed(whole: Path, run: Run) -> None:
    """Messages, repairs and labels are no rules."""
    change(
        whole / "shapes/Passage.ttl", "A passage stands in exactly one source.", "Eine Stelle steht in einer Quelle."
    )
    change(whole / "shapes/Passage.ttl", 'rdfs:comment "Name the source."@en', 'rdfs:comment "Mend it."@en')
    change(whole / "ontology/ivig.ttl", 'rdfs:label "abstract class"@en', 'rdfs:label "class of classes"@en')

    assert told(run, whole) == []
