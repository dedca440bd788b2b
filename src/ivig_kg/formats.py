"""Formats: findings as text for people, and in the forms that editors and build servers read.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (SARIF 2.1.0),
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions (`::error`),
docs/findings.schema.json (our JSON). JUnit has no standard: what is written is what its readers have in common.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable
from importlib import metadata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ivig_kg.errors import UsageError
from ivig_kg.findings import Finding, Paint, Position, Severity, as_json, concise, full, plain, printable

if TYPE_CHECKING:
    from ivig_kg.reporting import Report

FOR_MACHINES = frozenset({"json", "junit", "sarif"})
JSON_VERSION = 1

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = _IN_DATA | {":": "%3A", ",": "%2C"}


def rendered(report: Report, form: str, *, fail_on: Severity = Severity.ERROR, paint: Paint = plain) -> str:
    """Return the findings of a report as text.

    Args:
        report: What a check found.
        form: `full`, `concise`, `json`, `github`, `sarif` or `junit`.
        fail_on: From which severity on a finding fails the test case of its file (junit).
        paint: Colours a piece of text by role (full).
    """
    if form == "json":
        return _json({"version": JSON_VERSION, "findings": [as_json(f) for f in report.findings]} | _checked(report))
    if form == "sarif":
        return _json(_sarif(report.findings))
    if form == "junit":
        return _junit(report, fail_on)
    if form == "github":
        return "".join(_command(f) + "\n" for f in report.findings)
    if form == "concise":
        return "".join(concise(f) + "\n" for f in report.findings)
    return "".join(full(f, line=_line(f, report), paint=paint) + "\n" for f in report.findings)


def statistics(report: Report, form: str) -> str:
    """Return how often each rule was broken: a line a rule, or JSON.

    Raises:
        UsageError: The format has no place for it.
    """
    if form == "json":
        counts = [{"code": c.code, "severity": c.severity.value, "count": c.number} for c in report.statistics()]
        return _json({"version": JSON_VERSION, "statistics": counts} | _checked(report))
    if form not in {"full", "concise"}:
        message = f"statistics cannot be printed as {form}: take full, concise or json"
        raise UsageError(message)
    counted = report.statistics()
    width = max((len(str(c.number)) for c in counted), default=0)
    return "".join(f"{c.number:>{width}}  {c.severity.value:<7}  {c.code}\n" for c in counted)


def _json(content: object) -> str:
    """Return JSON text; what a terminal would not show, and half a surrogate, is escaped as JSON escapes it."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _checked(report: Report) -> dict[str, Any]:
    return {"checked": dict(report.checked)}


def _line(finding: Finding, report: Report) -> str | None:
    lines = report.lines.get(finding.position.path, ())
    return lines[finding.position.line - 1].rstrip("\r") if finding.position.line <= len(lines) else None


def _sentence(finding: Finding, *, places: bool = False) -> str:
    """Return what a finding says and what to do about it; with the other places for a format that has none for them."""
    related = [f"{words} {place}" for words, place in finding.related if places]
    more = [*related, *([finding.hint] if finding.hint else [])]
    return "; ".join([finding.message.removesuffix("."), *more]) if more else finding.message


def _command(finding: Finding) -> str:
    """Return a finding as a workflow command of GitHub Actions, which marks the place in a pull request."""
    at = finding.position
    properties = {
        "file": at.path,
        "line": str(at.line),
        "col": str(at.column),
        "endColumn": str(at.column + at.length),
        "title": finding.code,
    }
    where = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {where}::{_escaped(_sentence(finding, places=True), _IN_DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(c) or printable(c) for c in text)


def _sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return findings as a SARIF log with one run; a rule is described by the first finding that broke it."""
    first: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda f: (f.code, f.position, f.message)):
        first.setdefault(finding.code, finding)
    index = {code: number for number, code in enumerate(first)}
    driver = {
        "name": "ivig-kg",
        "version": metadata.version("ivig-kg"),
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": finding.message},
                "defaultConfiguration": {"level": finding.severity.value},
            }
            for code, finding in first.items()
        ],
    }
    results = [_result(f, index[f.code]) for f in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _physical(finding.position)}
    if finding.subject:
        location["logicalLocations"] = [{"name": finding.subject}]
    related = [
        {"id": number, "physicalLocation": _physical(place), "message": {"text": words}}
        for number, (words, place) in enumerate(finding.related)
    ]
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": _sentence(finding)},
        "locations": [location],
    } | ({"relatedLocations": related} if related else {})


def _physical(at: Position) -> dict[str, Any]:
    region = {"startLine": at.line, "startColumn": at.column, "endColumn": at.column + at.length}
    return {"artifactLocation": {"uri": _uri(at.path)}, "region": region}


def _uri(path: str) -> str:
    """Return the name of a file as a URI: relative where the name is.

    >>> _uri("facts/a b.yaml"), _uri("/tmp/é.yaml")
    ('facts/a%20b.yaml', 'file:///tmp/%C3%A9.yaml')
    """
    quoted = urllib.parse.quote(path.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{quoted}" if PurePosixPath(path).is_absolute() else quoted


def _junit(report: Report, fail_on: Severity) -> str:
    """Return a test suite with a test case a file; XML forbids some characters, so only printable ones stand."""
    order = list(Severity)
    by_file: dict[str, list[Finding]] = {name: [] for name in report.files}
    for finding in report.findings:
        by_file.setdefault(finding.position.path, []).append(finding)
    suite = ET.Element("testsuite", name="ivig-kg")
    failed = 0
    for path, found in sorted(by_file.items()):
        case = ET.SubElement(suite, "testcase", classname="ivig-kg", name=printable(path), file=printable(path))
        failures = [f for f in found if order.index(f.severity) <= order.index(fail_on)]
        failed += bool(failures)
        for finding in failures:
            failure = ET.SubElement(case, "failure", type=finding.code, message=printable(_sentence(finding)))
            failure.text = concise(finding)
        rest = [f for f in found if f not in failures]
        if rest:
            ET.SubElement(case, "system-out").text = "\n".join(concise(f) for f in rest)
    for name, number in {"tests": len(by_file), "failures": failed, "errors": 0, "skipped": 0}.items():
        suite.set(name, str(number))
    ET.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suite, encoding="unicode")}\n'
