"""Write the pages of docs/rules/ from the rules and their cases, or say with --check which are stale."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rule_cases
from ivig_kg.findings import Finding, Severity
from ivig_kg.rulebook import INDEX, Rule, from_shapes, indexed, rendered, wrapped

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "rules"
TEXTS = ROOT / "docs" / "rules.toml"
SAYS = "The tool says:"
SAYS_OF_REVIEWED = "`ivig-kg build --only reviewed` says:"
GROUPS = ("Reading", "Words and ids", "Evidence", "Terms", "Gaps", "Rules", "Exceptions")
HEAD = """# The rules

Each finding has a code in brackets, and each code has a page here: what the rule says, why, how to repair, and an
example. `ivig-kg explain CODE` prints the page. These pages are made by `make docs` from the shapes, `docs/rules.toml`
and the cases of the tests.

"""


def entries() -> dict[str, dict[str, Any]]:
    """Return what docs/rules.toml says, by code."""
    said: dict[str, dict[str, Any]] = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    return said


def rules() -> dict[str, Rule]:
    """Return every rule: those of the tool, then those of the shapes."""
    own = {code: entry for code, entry in entries().items() if "says" in entry}
    of_tool = {code: Rule(code, Severity(e["severity"]), e["says"], e["why"], e["repair"]) for code, e in own.items()}
    return of_tool | from_shapes(ROOT / "shapes")


def groups(found: dict[str, Rule]) -> list[tuple[str, list[Rule]]]:
    """Return the rules under the headings of the index."""
    said = entries()
    made = [(g, [r for c, r in sorted(found.items()) if said.get(c, {}).get("group") == g]) for g in GROUPS]
    classes = sorted({code.partition("-")[0] for code in found if code[0].isupper()})
    return made + [
        (f"Shapes of {name}", [r for c, r in sorted(found.items()) if c.partition("-")[0] == name]) for name in classes
    ]


def cases() -> dict[str, rule_cases.Case]:
    """Return the case of every rule that has one, by its code."""
    return {code: case for code in rules() if (case := rule_cases.case(code))}


def pages(told: Mapping[str, Sequence[Finding]]) -> dict[str, str]:
    """Return every page by the name of its file.

    Args:
        told: What is found in each case; see `rule_cases.findings`.

    Raises:
        LookupError: A rule has no example, its case does not show it, or it is in no group.
    """
    found, said = rules(), entries()
    listed = groups(found)
    if lost := set(found) - {r.code for _, group in listed for r in group}:
        message = f"docs/rules.toml: {min(lost)} is in none of the groups {', '.join(GROUPS)}"
        raise LookupError(message)
    shown = cases()
    made = {INDEX: HEAD + indexed(listed)}
    for code, rule in found.items():
        entry = said.get(code, {})
        if code in shown:
            examples = _of_case(rule, shown[code], told[code])
        elif {"wrong", "message", "right"} <= set(entry):
            message = rule_cases.block(entry["message"])
            examples = [
                ("Wrong", f"{wrapped(entry['wrong'])}\n\n{SAYS}\n\n{message}"),
                ("Right", wrapped(entry["right"])),
            ]
        else:
            message = (
                f"{code}: add a case tests/cases/invalid/{code}.yaml, or wrong, message and right to docs/rules.toml"
            )
            raise LookupError(message)
        made[f"{code}.md"] = rendered(rule, *examples)
    return made


def _of_case(rule: Rule, case: rule_cases.Case, found: Sequence[Finding]) -> list[tuple[str, str]]:
    if not found or {f.severity for f in found} != {rule.severity}:
        message = f"{case.path}: there is no {rule.severity.value} {rule.code} at the marked line"
        raise LookupError(message)
    says = SAYS_OF_REVIEWED if case.path.parent == rule_cases.REVIEWED else SAYS
    wrong = f"{rule_cases.shown(case)}\n\n{says}\n\n{rule_cases.told(case, found)}"
    if case.path.parent == rule_cases.TEXTS:
        leaflet = rule_cases.block(rule_cases.text_of(case).read_text(encoding="utf-8"))
        wrong = f"The text of the source is:\n\n{leaflet}\n\nThe facts are:\n\n{wrong}"
    elif case.path.parent == rule_cases.TERMS and not case.is_of_terms:
        terms = rule_cases.terms(rule_cases.TABLE_OF_TERMS.read_text(encoding="utf-8"))
        wrong = f"The table of terms is:\n\n{terms}\n\nThe table of mappings is:\n\n{wrong}"
    return [("Wrong", wrong), ("Right", rule_cases.shown(rule_cases.mended(case)))]


def stale(made: dict[str, str]) -> list[str]:
    """Return the names of the pages that are missing, old or superfluous."""
    there = {p.name: p.read_text(encoding="utf-8") for p in FOLDER.glob("*")}
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


def write(made: dict[str, str]) -> None:
    """Write the pages, and delete those of rules that are no more."""
    FOLDER.mkdir(exist_ok=True)
    for name in stale(made):
        if name in made:
            (FOLDER / name).write_text(made[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()


if __name__ == "__main__":
    found = pages(rule_cases.findings(cases().values()))
    if "--check" not in sys.argv:
        write(found)
    elif old := stale(found):
        sys.exit(f"docs/rules is stale ({', '.join(old)}): run make docs")
