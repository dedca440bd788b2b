"""The doctor: what is installed, read, stale, unchecked and left over, each with what to do."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import pytest

from conftest import Run
from ivig_kg import doctor, workplaces
from ivig_kg.doctor import Result, State


def of(results: list[Result], topic: str) -> list[tuple[State, str]]:
    """Return state and message of the results on a topic."""
    return [(r.state, r.message) for r in results if r.topic == topic]


def examined(
    directory: Path, *, encoding: str | None = "utf-8", is_terminal: bool = True, **environment: str
) -> list[Result]:
    """Return what the doctor says of a project on a terminal."""
    return doctor.examine(directory, sources=None, environment=environment, encoding=encoding, is_terminal=is_terminal)


def test_a_project_with_fresh_exports_is_well(small: Path, run: Run) -> None:
    """Exit 0; what is installed with its version, where the files are, and what nobody can check."""
    assert run("-C", small, "build", "-o", small / "exports").exit_code == 0

    result = run("-C", small, "doctor")

    assert result.exit_code == 0, result.stdout
    assert result.stderr == ""
    assert f"ok     installed  pyshacl {metadata.version('pyshacl')}\n" in result.stdout
    assert f"ok     project    the project in {small}\n" in result.stdout
    assert "ok     project    shapes: those that ship with ivig-kg, in " in result.stdout
    assert "ok     exports    they are what the facts say\n" in result.stdout
    assert "warn   facts      1 passage cannot be checked: known by its section alone\n" in result.stdout
    assert "wrong" not in result.stdout


def test_every_warning_says_what_to_do(small: Path) -> None:
    """Whatever is not ok has a repair; what is ok has none."""
    results = examined(small)

    assert {r.state for r in results} == {State.OK, State.WARN}
    assert all((r.repair is None) == (r.state is State.OK) for r in results)


def test_stale_exports_are_wrong(small: Path, run: Run) -> None:
    """Facts that were changed after the build: the files by name, and exit 1."""
    run("-C", small, "build", "-o", small / "exports")
    (small / "exports/ivig-kg.nt").write_text("", encoding="utf-8")

    result = run("-C", small, "doctor")

    assert result.exit_code == 1
    assert "wrong  exports    not what the facts say: ivig-kg.nt\n" in result.stdout
    assert "= help: write them anew: ivig-kg build\n" in result.stdout


def test_missing_exports_are_only_missing(small: Path, run: Run) -> None:
    """A new project has none yet."""
    result = run("-C", small, "doctor")

    assert result.exit_code == 0
    assert "warn   exports    there are no exports yet\n" in result.stdout
    assert not (small / "exports").exists()


def test_facts_with_errors_are_wrong(small: Path) -> None:
    """How many, and how to see them; of the exports nothing is claimed."""
    (small / "facts/a.yaml").write_text("- id: a\n  type: Conditon\n  label: a\n", encoding="utf-8")

    results = examined(small)

    (state, message), *_ = of(results, "facts")
    assert state is State.WRONG
    assert "1 error" in message
    assert of(results, "exports")[0][0] is State.WARN
    assert doctor.exit_code(results) == 1


def test_a_folder_without_facts_is_wrong(tmp_path: Path, run: Run) -> None:
    """A result like the others, not an end."""
    result = run("-C", tmp_path, "doctor")

    assert result.exit_code == 1
    assert "wrong  project    " in result.stdout
    assert "ivig-kg init DIR" in result.stdout
    assert "terminal" in result.stdout


def test_broken_shapes_are_wrong(copy: Path) -> None:
    """What stops a check is told with its place."""
    (copy / "shapes/Fact.ttl").write_text("no turtle", encoding="utf-8")

    ((state, message),) = of(examined(copy), "facts")

    assert state is State.WRONG
    assert "Fact.ttl:1:1: this cannot be read as Turtle" in message


def test_a_shape_that_is_switched_off_is_named(copy: Path) -> None:
    """Each rule that is not asked, or not as it ships, with its name; a check that asks less finds less."""
    path = copy / "shapes/Passage.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("sh:path ivig:section ;", "sh:path ivig:section ; sh:deactivated true ;"), encoding="utf-8"
    )
    (copy / "ontology/rules/names.rq").unlink()

    messages = [message for state, message in of(examined(copy), "facts") if state is State.WARN]

    assert "the derivation `names` that ships with ivig-kg is not here" in messages
    assert "the shape `Passage-section` is switched off by `sh:deactivated`, so nothing asks it" in messages


def test_a_text_at_hand_is_checked(tmp_path: Path, run: Run) -> None:
    """With --sources no passage is left unchecked."""
    run("init", tmp_path / "lesson")

    without = run("-C", tmp_path / "lesson", "doctor")
    given = run("-C", tmp_path / "lesson", "doctor", "--sources", tmp_path / "lesson/texts")

    assert "warn   facts      6 passages were not checked: the text of `exm` is not at hand\n" in without.stdout
    assert "= help: name the folder that holds it with --sources DIR\n" in without.stdout
    assert "not checked" not in given.stdout


@pytest.mark.parametrize("place", [".", "exports", "facts"])
def test_what_killed_runs_left_is_named(small: Path, place: str) -> None:
    """The folders in which files were being written, wherever that is done."""
    (small / place / f"{workplaces.TEMPORARY}abc").mkdir(parents=True)

    ((state, message),) = of(examined(small), "left over")

    assert state is State.WARN
    assert f"{workplaces.TEMPORARY}abc" in message


def test_nothing_left_is_well(small: Path) -> None:
    """One line says so."""
    assert of(examined(small), "left over") == [(State.OK, "nothing of killed runs")]


@pytest.mark.slow
def test_the_facts_that_ship_are_named(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a project: which facts are read, and that no exports are missing."""
    monkeypatch.chdir(tmp_path)

    result = run("doctor")

    assert result.exit_code == 0, result.stdout
    assert "warn   project    there is no facts/ here or above, so the facts that ship" in result.stdout
    assert "ok     exports    none are kept for the facts that ship\n" in result.stdout


def test_a_missing_package_is_wrong(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named with the command that installs it."""
    monkeypatch.setattr(doctor, "PACKAGES", ("click", "no-such-package"))

    results = [r for r in examined(small) if r.state is State.WRONG]

    assert [(r.message, r.repair) for r in results] == [
        ("no-such-package is missing", "install it: pip install no-such-package")
    ]


def test_the_packages_are_those_that_are_required() -> None:
    """A new dependency is looked at too."""
    required = metadata.requires("ivig-kg") or []

    names = {re.split(r"[<>=!~;\[ ]", name)[0].casefold() for name in required}
    assert names == {name.casefold() for name in (*doctor.PACKAGES, *doctor.EXTRAS)}
    extras = (re.fullmatch(r"([\w-]+).*\bextra == ['\"](\w+)['\"]", name) for name in required)
    assert dict(found.groups() for found in extras if found) == doctor.EXTRAS


def test_an_extra_that_is_missing_is_no_fault(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said how to get it, and nothing is wrong."""
    monkeypatch.setattr(doctor, "EXTRAS", {"no-such-package": "fast"})

    assert (
        State.OK,
        "without the extra [fast]: pip install 'ivig-kg[fast]' adds no-such-package",
    ) in of(examined(small), "installed")


def test_a_parser_in_python_alone_is_wrong(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML without libyaml reads no facts file."""
    monkeypatch.setattr("yaml.__with_libyaml__", False)

    results = examined(small)

    assert (State.WRONG, "PyYAML was built without libyaml, and no facts file can be read") in of(results, "installed")
    assert of(results, "facts")[0][0] is State.WRONG


def test_an_old_python_is_wrong(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version that is needed is said."""
    monkeypatch.setattr(doctor, "PYTHON", (99, 0))

    assert doctor.exit_code(examined(small)) == 1


@pytest.mark.parametrize(
    ("is_terminal", "environment", "says"),
    [
        (True, {}, "colours on"),
        (True, {"NO_COLOR": "1"}, "colours off: NO_COLOR is set"),
        (True, {"TERM": "dumb"}, "colours off: TERM is dumb"),
        (False, {}, "colours off: standard output is no terminal"),
    ],
)
def test_why_there_are_colours_or_none(
    small: Path, *, is_terminal: bool, environment: dict[str, str], says: str
) -> None:
    """The reason is the one that holds when findings are printed."""
    results = examined(small, is_terminal=is_terminal, **environment)

    assert of(results, "terminal") == [(State.OK, says), (State.OK, "encoding utf-8")]


@pytest.mark.parametrize("encoding", ["latin-1", None])
def test_an_encoding_that_is_not_utf_8_is_told(small: Path, encoding: str | None) -> None:
    """Results are UTF-8, so letters could look wrong."""
    state, message = of(examined(small, encoding=encoding), "terminal")[1]

    assert state is State.WARN
    assert str(encoding or "not known") in message


def test_json_says_the_same(small: Path, run: Run) -> None:
    """One object; a result has topic, message, state and repair."""
    text, content = run("-C", small, "doctor").stdout, json.loads(run("-C", small, "doctor", "--format", "json").stdout)

    assert {frozenset(r) for r in content["results"]} == {frozenset({"topic", "message", "state", "repair"})}
    assert len(content["results"]) == sum(not line.startswith(" ") for line in text.splitlines())
