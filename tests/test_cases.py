"""The cases: files that are right, and files that are wrong in one way, with the rule on the line."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from conftest import ROOT
from ivig_kg import facts, loading, reporting, schema, validation, workflow
from ivig_kg.findings import Severity
from ivig_kg.resources import SHAPES, Project
from ivig_kg.shapes import Violation

CASES = ROOT / "tests" / "cases"
VALID = sorted((CASES / "valid").glob("*.yaml"))
INVALID = sorted((CASES / "invalid").glob("*.yaml"))
SHAPE_CASES = [path for path in INVALID if path.stem[0].isupper()]
BY_RULE = {"Fact-shortcut", "Medicine-shortcut", "Naming-shortcut", "TreatmentIndication-shortcut"}  # see test_rules.py
BY_CONTEXT = {"Data-value"}  # see test_stability.py

_EXPECT = re.compile(r"# expect: (?P<code>[\w-]+)(?: on line (?P<line>\d+))?")


def expected(path: Path) -> list[tuple[int, str]]:
    """Return line and code of what must be found in a case."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(int(m["line"] or n), m["code"]) for n, line in enumerate(lines, 1) if (m := _EXPECT.search(line))]


def found(report: reporting.Report, also: str = "") -> list[tuple[int, str]]:
    """Return line and code of what was found.

    Left aside are notes, but for those of one rule, and that no fact rests on the passages of a case.
    """
    return [
        (f.position.line, f.code)
        for f in report.findings
        if f.code == also or (f.severity is not Severity.NOTE and f.code != "passage-uncited")
    ]


def names(project: Project, kind: str) -> set[str]:
    """Return the local names of the shapes of a kind."""
    shapes = schema.load(project).shapes
    found = {t.subject.value for t in shapes if getattr(t.object, "value", "") == f"http://www.w3.org/ns/shacl#{kind}"}
    return {name.removeprefix(SHAPES) for name in found}


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_a_right_file_is_accepted(path: Path, base: Project) -> None:
    """A file that uses every key of its type as it should be used has no findings."""
    report = workflow.check([path], project=base)

    assert found(report) == []
    assert report.checked["file"] == 1


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_a_wrong_file_is_told_what_and_where(path: Path, base: Project) -> None:
    """A file that is wrong in one way has the finding of that rule on its line, and no other."""
    wanted = expected(path)

    report = workflow.check([path], project=base)

    assert wanted
    assert found(report, also=path.stem) == wanted
    assert all(f.message and f.position.path == path.relative_to(ROOT).as_posix() for f in report.findings)


@pytest.mark.parametrize("path", SHAPE_CASES, ids=lambda p: p.stem)
def test_only_its_own_shape_rejects_a_case(path: Path, base: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what the shape finds that a case is about, nothing is wrong with it any more."""
    validate = validation.validate

    def others(*data: Any, **options: Any) -> list[Violation]:
        """Return what the other shapes find."""
        return [found for found in validate(*data, **options) if found.code != path.stem]

    monkeypatch.setattr(validation, "validate", others)
    loaded = loading.load(base, extra=[path])

    assert found(reporting.report(loaded, sources=None), also=path.stem) == []


ALONE = [path for path in SHAPE_CASES if path.stem in {"Fact-label", "Fact-range", "Data-decimal", "Source-date"}]


@pytest.mark.parametrize("path", ALONE, ids=lambda p: p.stem)
def test_a_shape_that_is_taken_away_takes_what_it_finds_and_no_more(path: Path, base: Project) -> None:
    """The shapes do not know of one another: so what one finds can be left out above in place of the shape."""
    loaded = loading.load(base, extra=[path])
    dropped = ox.NamedNode(SHAPES + path.stem)
    left = tuple(t for t in loaded.schema.shapes if dropped not in (t.subject, t.object))

    schema = dataclasses.replace(loaded.schema, shapes=left)
    mutant = dataclasses.replace(loaded, base=dataclasses.replace(loaded.base, schema=schema))
    triples = {quad.triple for quad in loaded.quads}
    others = [v for v in validation.validate(triples, loaded.schema.shapes) if v.code != path.stem]

    assert len(ALONE) == 4
    assert validation.validate(triples, left) == others
    assert found(reporting.report(mutant, sources=None), also=path.stem) == []


def test_every_shape_has_its_case(project: Project) -> None:
    """No property shape or constraint is without a file that only it rejects."""
    constraints = names(project, "PropertyShape") | names(project, "SPARQLConstraint")

    assert {p.stem for p in SHAPE_CASES} == constraints - BY_RULE - BY_CONTEXT


def test_every_class_has_a_shape_and_a_right_file(project: Project) -> None:
    """Every class has a node shape of its name, and every class that files use a valid case."""
    loaded = schema.load(project)

    assert {name for name in names(project, "NodeShape") if "-" not in name} == set(loaded.classes)
    assert {p.stem for p in VALID} - {"as-typed", "labels-of-a-curator"} == set(loaded.classes) - loaded.abstract


def test_every_key_stands_in_a_right_file(project: Project) -> None:
    """Between them the valid cases use every key of the context, so that each is seen to work."""
    documents = [facts.read(p, shown=p.name) for p in VALID]
    used = {e.key.text for d in documents for n in d.mappings for e in n.entries}

    assert used - {"id", "type"} == set(schema.load(project).keys)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("issuedInMonth: 2024-13", "`issuedInMonth` takes year and month, and `2024-13` is none"),
        ("issuedInMonth: 2024-02-29", "`issuedInMonth` takes year and month, and `2024-02-29` is none"),
        ("issuedInYear: 24", "`issuedInYear` takes a year, and `24` is none"),
        ("date: 2024-02", "`date` takes a date, and `2024-02` is none"),
    ],
)
def test_a_date_of_another_form_is_refused(line: str, says: str, tmp_path: Path, base: Project) -> None:
    """Each key for a date takes one form, and says which."""
    path = tmp_path / "case.yaml"
    text = (CASES / "invalid/Source-date.yaml").read_text(encoding="utf-8")
    path.write_text("".join(f"{x}\n" for x in text.splitlines() if "date:" not in x) + f"  {line}\n", encoding="utf-8")

    (finding,) = workflow.check([path], project=base).findings

    assert (finding.code, finding.message) == ("not-a-date", says)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://example.org", None),
        ("http://[::1]:80/a?b@c", None),
        ("https://", "has no host"),
        ("http:///a", "has no host"),
        ("https://?a=b", "has no host"),
        ("https://..", "has no host"),
        ("https://someone@example.org/", "has a user or a password in it"),
        ("https://someone:s3cret@example.org/", "has a user or a password in it"),
    ],
)
def test_an_address_has_a_host_and_nothing_to_hide(
    address: str, told: str | None, base: Project, tmp_path: Path
) -> None:
    """What stands in it is published."""
    path = tmp_path / "case.yaml"
    text = (CASES / "invalid/bad-address.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("https://example.org/a b", address), encoding="utf-8")

    report = workflow.check([path], project=base)

    said = [f.message for f in report.findings if f.code == "bad-address"]
    assert len(said) == (told is not None)
    assert all(told in message and "s3cret" not in message for message in said if told)
