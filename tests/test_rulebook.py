"""The rulebook: every code has its page, every page its example, and `explain` prints it."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

import make_rules
import rule_cases
from conftest import ROOT, Run
from ivig_kg import accounting, facts, resources, rulebook, schema, words, workflow
from ivig_kg.findings import Finding, concise

PAGES = ROOT / "docs" / "rules"
NO_CODES = {"ivig-kg", "utf-8"}  # words with hyphens that are no code, in modules that make findings
OF_RELEASES = "release-"  # what verify finds: docs/releases.md explains it
RULES = make_rules.rules()
OF_TOOL = {code for code in RULES if not code[0].isupper()}
CASES = make_rules.cases()

Told = dict[str, list[Finding]]


@pytest.fixture(scope="session")
def told() -> Told:
    """Return what is found in each case; it takes seconds, so once is enough."""
    return rule_cases.findings(CASES.values())


def codes_in_the_source() -> dict[str, set[str]]:
    """Return every word with hyphens in the modules that make findings, each with the modules.

    However a code gets into a finding, by a call, a tuple or a choice, it stands in such a module as such a word.
    """
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "src/ivig_kg").rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        called = {getattr(n.func, "id", "") or getattr(n.func, "attr", "") for n in nodes if isinstance(n, ast.Call)}
        words = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        if called & {"Finding", "Problem", "Deceit"}:
            for word in words - NO_CODES:
                if re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", word):
                    found.setdefault(word, set()).add(path.name)
    return found


def test_every_code_of_verify_is_explained() -> None:
    """What is found in a release that came stands in the table of docs/releases.md, and nothing else does."""
    found = {code for code in codes_in_the_source() if code.startswith(OF_RELEASES)}
    text = (ROOT / "docs/releases.md").read_text(encoding="utf-8")

    assert set(re.findall(rf"`({OF_RELEASES}[a-z-]+)`", text)) == found


def test_every_code_of_the_tool_has_its_rule() -> None:
    """A code that the source can give is in docs/rules.toml, and what stands there is one that it can give.

    A new word with a hyphen that is no code goes into `NO_CODES` above.
    """
    found = {code: files for code, files in codes_in_the_source().items() if not code.startswith(OF_RELEASES)}

    assert {code: files for code, files in found.items() if code not in OF_TOOL} == {}
    assert len(found) > 60
    assert set(OF_TOOL) - set(found) == set()


def test_codes_are_written_with_hyphens() -> None:
    """A code of one word would not be seen by the test above."""
    first = [
        node.args[0].value
        for path in (ROOT / "src/ivig_kg").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")).strip("_")
        in {"Finding", "Problem", "find", "finding", "refuse", "reject", "unreadable"}
    ]

    assert len(first) > 30
    assert [word for word in first if isinstance(word, str) and "-" not in word and word.islower()] == []


@pytest.mark.slow
def test_the_pages_are_fresh(told: Told) -> None:
    """docs/rules/ is what rules and cases say, no page more and none less; else `make docs` writes them anew."""
    assert make_rules.stale(make_rules.pages(told)) == []


def test_an_old_a_missing_and_a_superfluous_page_are_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is named, and writing anew leaves none."""
    monkeypatch.setattr(make_rules, "FOLDER", tmp_path)
    made = {"a.md": "A", "b.md": "B"}
    (tmp_path / "a.md").write_text("old", encoding="utf-8")
    (tmp_path / "c.md").write_text("C", encoding="utf-8")

    assert make_rules.stale(made) == ["a.md", "b.md", "c.md"]
    make_rules.write(made)
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == made


def test_every_rule_says_what_why_and_how() -> None:
    """No part of a page is empty, and each is whole sentences."""
    for code, rule in RULES.items():
        assert re.fullmatch(r"\S.*\.", rule.says), code
        assert re.fullmatch(r"\S.{30,}\.", rule.why), code
        assert re.fullmatch(r"\S.*\.", rule.repair), code


def test_every_page_has_its_sections() -> None:
    """The index and a page for each rule, with the wrong and the right way."""
    assert {p.stem for p in PAGES.iterdir()} == {*RULES, "README"}
    for code in RULES:
        titles = re.findall(r"^## (.*)$", (PAGES / f"{code}.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert titles == ["What it says", "Why", "How to repair", "Wrong", "Right"], code


@pytest.mark.slow
def test_what_a_page_calls_right_is_right() -> None:
    """In no mended case an error is left, nor a finding of its rule."""
    mended = [rule_cases.mended(case) for case in CASES.values()]

    assert len(mended) > 270
    assert rule_cases.remaining(mended) == {}


@pytest.mark.parametrize("code", sorted(c for c, case in CASES.items() if case.path.parent.name != "invalid"))
def test_a_case_outside_of_invalid_has_its_finding(code: str, told: Told) -> None:
    """Tables, facts with a text at hand, reviewed facts: the rule is found at each mark, with its severity."""
    assert [f.position.line for f in told[code]] == list(CASES[code].marked)
    assert {f.severity for f in told[code]} == {RULES[code].severity}


def test_a_case_without_its_mended_form_is_told() -> None:
    """Who adds a case is told where to say how it reads once it is mended."""
    case = rule_cases.Case("no-such-rule", Path("no-such-rule.yaml"), ("- id: a",), (1,))

    with pytest.raises(LookupError, match="does not say how"):
        rule_cases.mended(case)


# -- What no file of tests/cases can show ----------------------------------------------------------------------------


def said(finding: Finding) -> str:
    """Return a finding as the pages show it."""
    return concise(finding).removeprefix(f"{finding.position}: ")


def of_file(path: Path, data: bytes) -> list[Finding]:
    """Return what is found in a file of some bytes."""
    path.write_bytes(data)
    return list(facts.read(path, shown="case.yaml").findings)


def of_words(text: str) -> list[Finding]:
    """Return what is found in the words of a file."""
    loaded = schema.load(resources.locate(ROOT))
    return words.check([facts.parse(text, shown="case.yaml")], schema=loaded).findings


def of_context(path: Path) -> list[Finding]:
    """Return what the accounting finds where one value has no triple and one triple has no value."""
    loaded = schema.load(resources.locate(ROOT))
    path.write_text("- id: the-case\n  effect: headache\n", encoding="utf-8")
    leaves = accounting.leaves([facts.read(path, shown="case.yaml")], schema=loaded, aside=())
    iri = ox.NamedNode(resources.THINGS + "the-case")
    return accounting.check(leaves, {ox.Triple(iri, ox.NamedNode("http://example.org/p"), ox.Literal("more"))})


LIVE_AND_RETRACTED = """
- id: live-effect
  type: AdverseEffect
  label: The drug may cause the condition
  about: drug
  effect: condition
  evidence: passage
  status: draft

- id: retracted-effect
  type: AdverseEffect
  label: The drug may cause the other condition
  about: drug
  effect: other-condition
  evidence: passage
  status: retracted
  reason: A test.

- id: name
  type: Naming
  label: The drug is called by another name
  about: drug
  name: another name
  nameKind: alternative
  evidence: passage
  status: draft
"""


def of_rule(folder: Path, name: str, old: str, new: str) -> list[Finding]:
    """Return what is found in some facts under a changed rule."""
    shutil.copytree(rule_cases.CASES / "base/facts", folder / "facts")
    for part in ("ontology", "shapes"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "facts/more.yaml").write_text(LIVE_AND_RETRACTED, encoding="utf-8")
    path = folder / f"ontology/rules/{name}.rq"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return list(workflow.check(project=resources.locate(folder)).findings)


def of_part(folder: Path, part: str, old: str = "", new: str = "") -> list[Finding]:
    """Return what is found where one file of ontology and shapes is changed; with nothing to change, it is deleted.

    One that is not there is written.
    """
    shutil.copytree(rule_cases.CASES / "base/facts", folder / "facts")
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, folder / name)
    path = folder / part
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    if new:
        path.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    else:
        path.unlink()
    return list(workflow.check(project=resources.locate(folder)).findings)


SECTION = "sh:path ivig:section ;\n    sh:minCount "


def of_gaps(folder: Path, *, dated: bool = False) -> list[Finding]:
    """Return what is found in a project with a second source, and a concept that nothing names."""
    shutil.copytree(rule_cases.CASES / "base/facts", folder / "facts")
    (folder / "facts/concepts").mkdir()
    (folder / "facts/concepts/idle.yaml").write_text("- id: idle\n  type: Condition\n  label: idle\n", encoding="utf-8")
    older = (
        "- id: older\n  type: Source\n  label: older\n  title: Older\n  sourceKind: Monograph\n  issuedInYear: 2019\n"
    )
    if dated:
        base = folder / "facts/base.yaml"
        text = base.read_text(encoding="utf-8")
        base.write_text(text.replace("  title: Source\n", "  title: Source\n  date: 2024-01-31\n"), encoding="utf-8")
        older += "  passages:\n    - id: older-passage\n      type: Passage\n      section: paragraph 1\n" + OLDER_FACT
    (folder / "facts/older.yaml").write_text(older, encoding="utf-8")
    return list(workflow.check(project=resources.locate(folder)).findings)


OLDER_FACT = """
- id: older-effect
  type: AdverseEffect
  label: The drug may cause the condition
  about: drug
  effect: condition
  evidence: older-passage
  status: draft
"""


def of_terms(folder: Path) -> list[Finding]:
    """Return what is found where one of two identifiers is in the table of terms."""
    shutil.copytree(rule_cases.CASES / "base/facts", folder / "facts")
    shutil.copy(rule_cases.TABLE_OF_TERMS, folder / "facts")
    table = (rule_cases.TERMS / "term-label.tsv").read_text(encoding="utf-8")
    table += table.splitlines()[-1].replace("exactMatch", "narrowMatch").replace("EX:0001", "EX:0005") + "\n"
    (folder / "facts/mappings.sssom.tsv").write_text(table, encoding="utf-8")
    return list(workflow.check(project=resources.locate(folder)).findings)


def of_datatype(folder: Path) -> list[Finding]:
    """Return what is found where the context makes a time span of a date."""
    for part in ("ontology", "shapes"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copytree(rule_cases.CASES / "base/facts", folder / "facts")
    context = folder / "ontology/context.jsonld"
    old, new = ('"ivig:approvedOn", "@type": "xsd:' + kind for kind in ("date", "dayTimeDuration"))
    context.write_text(context.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    text = LIVE_AND_RETRACTED.replace("status: draft\n", "status: draft\n  approvedOn: P1D\n", 1)
    (folder / "facts/more.yaml").write_text(text, encoding="utf-8")
    return list(workflow.check(project=resources.locate(folder)).findings)


HOUSE = """@prefix ex: <https://example.org/> .
@prefix ivig: <https://w3id.org/ivig-kg/ontology/> .
@prefix kg: <https://w3id.org/ivig-kg/id/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

ex:House a sh:NodeShape ; sh:targetNode kg:conditionn ; sh:property ex:House-agreed .
ex:House-agreed a sh:PropertyShape ; sh:path ivig:about ; sh:maxCount 1 .
"""


NOTHING = ("WHERE {", "WHERE { FILTER (STRLEN('') > 0)")
PRODUCED = {
    "file-too-large": lambda folder: of_file(folder / "case.yaml", b"#" * (1024 * 1024 + 1)),
    "not-utf-8": lambda folder: of_file(folder / "case.yaml", "- id: na\u00efve\n".encode("latin-1")),
    "unreadable-file": lambda folder: list(facts.read(folder, shown="case.yaml").findings),
    "trailing-blank": lambda _: of_words("- id: the-case   \n  type: Condition\n"),
    "lost-value": lambda folder: of_context(folder / "case.yaml"),
    "rule-changed": lambda folder: of_part(folder / "copy", "shapes/Passage.ttl", f"{SECTION}1", f"{SECTION}0"),
    "rule-missing": lambda folder: of_part(folder / "copy", "ontology/rules/names.rq"),
    "rule-off": lambda folder: of_part(
        folder / "copy", "shapes/Passage.ttl", f"{SECTION}1", f"sh:deactivated true ;\n    {SECTION}1"
    ),
    "rule-names-nothing": lambda folder: of_part(folder / "copy", "shapes/house.ttl", new=HOUSE),
    "terms-unknown": lambda folder: of_terms(folder / "copy"),
    "concept-unused": lambda folder: of_gaps(folder / "copy"),
    "single-source": lambda folder: of_gaps(folder / "copy"),
    "source-old": lambda folder: of_gaps(folder / "copy", dated=True),
    "source-undated": lambda folder: of_gaps(folder / "copy"),
    "stray-triple": lambda folder: of_context(folder / "case.yaml"),
    "Data-value": lambda folder: of_datatype(folder / "copy"),
    "Fact-shortcut": lambda folder: of_rule(folder / "copy", "shortcuts", *NOTHING),
    "Naming-shortcut": lambda folder: of_rule(folder / "copy", "names", *NOTHING),
    "TreatmentIndication-shortcut": lambda folder: of_rule(folder / "copy", "treatment", *NOTHING),
    "Medicine-shortcut": lambda folder: of_rule(folder / "copy", "shortcuts", "FILTER (?status != ivig:retracted)", ""),
}


def test_every_rule_without_a_case_is_produced_here() -> None:
    """A message that is written by hand in docs/rules.toml is one that a test sees."""
    assert set(PRODUCED) == set(RULES) - set(CASES)


@pytest.mark.parametrize("code", sorted(PRODUCED))
def test_the_tool_says_what_the_page_shows(code: str, tmp_path: Path) -> None:
    """The message of the page is that of the tool, word for word."""
    found = {said(f) for f in PRODUCED[code](tmp_path) if f.code == code}

    assert make_rules.entries()[code]["message"] in found


# -- explain ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["unknown-key", "Fact-range", "mapping-label", "quotation-missing", "Fact-shortcut"])
def test_explain_prints_the_page(run: Run, code: str) -> None:
    """On standard output, and nothing beside it."""
    result = run("explain", code)

    assert result.exit_code == 0
    assert result.stdout == (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert result.stderr == ""


def test_explain_offers_the_nearest_code(run: Run) -> None:
    """An unknown code is wrong usage; a page of another folder is none either."""
    near, none = run("explain", "unkown-key"), run("explain", "../cli")

    assert near.exit_code == none.exit_code == 2
    assert near.stderr == "ivig-kg: there is no rule `unkown-key`; did you mean `unknown-key`?\n"
    assert none.stderr == "ivig-kg: there is no rule `../cli`; `ivig-kg explain` lists all rules\n"
    assert near.stdout == none.stdout == ""


@pytest.mark.parametrize("words", [["explain"], ["explain", "--list"]])
def test_explain_lists_every_rule_with_its_sentence(run: Run, words: list[str]) -> None:
    """Each code once, under the headings of the index."""
    result = run(*words)

    assert result.exit_code == 0
    listed = dict(re.findall(r"^  (\S+) +(.*)$", result.stdout, re.MULTILINE))
    assert listed == {code: rule.says for code, rule in RULES.items()}
    assert result.stdout.startswith("Reading\n")
    assert "\n\nShapes of AdverseEffect\n" in result.stdout


def test_explain_needs_no_facts(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, and with -C to one, it explains all the same."""
    monkeypatch.chdir(tmp_path)

    here, there = run("explain", "unknown-key"), run("-C", tmp_path, "explain", "Fact-range")

    assert (here.exit_code, here.stderr) == (there.exit_code, there.stderr) == (0, "")
    assert "# Fact-range" in there.stdout


OWN = """
@prefix ivig: <https://w3id.org/ivig-kg/ontology/> .
@prefix ex: <https://example.org/shapes/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

ex:Fact-signed a sh:PropertyShape ;
    sh:path ivig:note ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "A fact of this house is signed."@en ;
    rdfs:comment "Add your initials to the note."@en .
"""


def test_a_rule_of_ones_own_shapes_is_explained(run: Run, tmp_path: Path) -> None:
    """Without a page, from the shape: what it says and how to repair; it is listed and offered too."""
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes/own.ttl").write_text(OWN, encoding="utf-8")

    page, listed, near = (run("-C", tmp_path, "explain", *w) for w in (["Fact-signed"], [], ["Fact-sined"]))

    assert page.stdout == (
        "# Fact-signed\n\nSeverity: warning\n\n## What it says\n\nA fact of this house is signed.\n\n"
        "## How to repair\n\nAdd your initials to the note.\n"
    )
    assert listed.stdout.endswith("Shapes of this project\n" + listed.stdout.splitlines()[-1] + "\n")
    assert "Fact-signed" in listed.stdout.splitlines()[-1]
    assert "did you mean `Fact-signed`?" in near.stderr


def test_a_changed_shape_is_explained_as_it_is(copy: Path, run: Run) -> None:
    """Where a project's own shape says something else than the page, the shape is believed."""
    path = copy / "shapes/Fact.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("A number has its unit.", "A number has a unit of ours."), encoding="utf-8")

    changed, same = run("-C", copy, "explain", "Fact-unit"), run("-C", copy, "explain", "Fact-range")

    assert "A number has a unit of ours." in changed.stdout
    assert same.stdout == (PAGES / "Fact-range.md").read_text(encoding="utf-8")


def test_lines_of_a_page_fit_a_terminal() -> None:
    """Sentences are broken at a hundred letters; what stands between backquotes stays whole."""
    long = "Write the word that begins with `- id: a` " * 6

    lines = rulebook.wrapped(long).split("\n")

    assert max(map(len, lines)) <= 100
    assert all(line.count("`") % 2 == 0 for line in lines)
