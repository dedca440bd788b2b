"""Comparing editions: what differs, and whether it is a major, minor or patch change for those who query."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Run, partial
from ivig_kg import changelog, compare, editions, impact, resources, workflow
from ivig_kg.comparison import Comparison, Difference, Edition
from ivig_kg.errors import FactsError, LimitError, ShapesError, UsageError
from ivig_kg.impact import Change

pytestmark = pytest.mark.usefixtures("unconfined")

FACTS = """\
- id: fever
  type: AdverseEffect
  label: The drug may cause the condition
  about: drug
  effect: condition
  statedAs: hello
  frequencyAsStated: common
  evidence: [passage, quoted-passage]
  curator: A. Person
  status: draft
- id: caution
  type: Warning
  label: The other condition is a risk
  about: drug
  risk: other-condition
  evidence: passage
  status: reviewed
- id: withdrawn
  type: Interaction
  label: The drug interacts with the class
  about: drug
  interactsWith: class
  evidence: passage
  status: retracted
  reason: It was not so.
- id: limited
  type: Contraindication
  label: The drug is not for people with the third condition
  about: drug
  condition: third-condition
  evidence: passage
  status: draft
- id: dose
  type: DosageRegimen
  label: The drug is given in a dose
  about: drug
  doseMin: 0.4
  doseUnit: g/kg
  evidence: passage
  status: draft
- id: called
  type: Naming
  label: The drug is called medicine
  about: drug
  name: medicine
  nameKind: alternative
  evidence: passage
  status: draft
"""
MAPPINGS = """\
#curie_map:
#  MONDO: http://purl.obolibrary.org/obo/MONDO_
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tobject_source\tmapping_justification\tcomment
kg:condition\tcondition\tskos:exactMatch\tMONDO:0000001\tthing\tx\tsemapv:ManualMappingCuration\tseen
"""
QUERY = "# Which facts are there?\nSELECT ?fact { ?fact a <https://w3id.org/ivig-kg/ontology/Fact> }\n"


@pytest.fixture
def made(small: Path) -> Path:
    """Return a small project with facts, a mapping, a query and a vocabulary of its own."""
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, small / name)
    shutil.rmtree(small / "ontology/queries")
    (small / "ontology/queries").mkdir()
    (small / "ontology/queries/all.rq").write_text(QUERY, encoding="utf-8")
    (small / "facts/facts.yaml").write_text(FACTS, encoding="utf-8")
    (small / "facts/mappings.sssom.tsv").write_text(MAPPINGS, encoding="utf-8")
    return small


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace the first of some words in a file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def read(folder: Path) -> Edition:
    """Return a folder as one side."""
    return editions.read(str(folder), project=resources.locate(folder))


def after(folder: Path, *edits: tuple[str, str, str]) -> Comparison:
    """Return what differs in a folder after some edits."""
    before = read(folder)
    for name, old, new in edits:
        edit(folder, name, old, new)
    return compare.compare(before, read(folder))


def changes(found: Comparison) -> set[Change]:
    """Return every kind of change of a comparison."""
    return {change for d in found.differences for change in d.changes}


def only(found: Comparison) -> Difference:
    """Return the one difference of a comparison."""
    assert len(found.differences) == 1
    return found.differences[0]


def git(folder: Path, *words: str) -> None:
    """Run git in a folder, whatever its user has configured."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=A. Person", "-c", "user.email=person@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, env=os.environ | own, check=True, capture_output=True)


@pytest.fixture
def repository(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project inside a git repository, where it was committed as `v1`."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(made.parent.parent))
    git(made.parent, "init", "--quiet", "--initial-branch", "main")
    git(made.parent, "add", "small")
    git(made.parent, "commit", "--quiet", "-m", "First")
    git(made.parent, "tag", "v1")
    return made


F, V, M, Q, B = (
    "facts/facts.yaml",
    "ontology/ivig.ttl",
    "facts/mappings.sssom.tsv",
    "ontology/queries/all.rq",
    "facts/base.yaml",
)
CONCEPT = "- id: drug\n  type: Drug\n"
NEW = "- id: news\n  type: Condition\n  label: news\n"
ROW = "kg:condition\tcondition\tskos:exactMatch\tMONDO:0000001\tthing\tx\tsemapv:ManualMappingCuration\tseen\n"
WORD = '\nivig:sometimes a owl:AnnotationProperty ;\n    rdfs:label "sometimes"@en .\n'
LAST = "- id: called\n" + FACTS.partition("- id: called\n")[2]

OTHER = LAST.replace("called\n", "named\n").replace("medicine", "remedy")

FORMS = "  surfaceForm: [hello, something]\n"
CASES: list[tuple[Change, set[Change], tuple[str, str, str]]] = [
    (Change.NODE_REMOVED, {Change.DIRECT_GONE, Change.ANSWER_GONE}, (F, LAST, "")),
    (Change.ANSWER_GONE, {Change.DIRECT_GONE, Change.NODE_REMOVED}, (F, LAST, "")),
    (Change.ANSWER_MORE, {Change.DIRECT_ADDED, Change.NODE_ADDED}, (F, LAST, LAST + OTHER)),
    (
        Change.ANSWER_OTHER,
        {Change.DIRECT_GONE, Change.DIRECT_ADDED, Change.NODE_REMOVED, Change.NODE_ADDED},
        (F, LAST, OTHER),
    ),
    (Change.NODE_ADDED, set(), (B, CONCEPT, NEW + "\n" + CONCEPT)),
    (Change.CLASS_CHANGED, set(), (F, "type: Warning", "type: BoxedWarning")),
    (Change.VALUE_GONE, {Change.DIRECT_GONE, Change.DIRECT_ADDED}, (F, "doseMin: 0.4", "doseMin: 0.5")),
    (Change.VALUE_GONE, set(), (F, "[passage, quoted-passage]", "passage")),
    (Change.VALUE_GONE, set(), (F, "frequencyAsStated: common", "frequencyAsStated: rare")),
    (Change.VALUE_ADDED, set(), (F, "  doseUnit: g/kg\n", "  doseUnit: g/kg\n  population: people\n")),
    (Change.VALUE_ADDED, set(), (B, FORMS, FORMS + "  alias: remedy\n")),
    (Change.DIRECT_GONE, {Change.VALUE_GONE, Change.DIRECT_ADDED}, (F, "effect: condition", "effect: other-condition")),
    (Change.DIRECT_GONE, {Change.VALUE_GONE, Change.DIRECT_ADDED}, (F, "name: medicine", "name: remedy")),
    (
        Change.DIRECT_GONE,
        {Change.VALUE_ADDED},
        (F, "condition: third-condition", "condition: third-condition\n  population: people"),
    ),
    (Change.NOT_LIVE, set(), (F, "status: reviewed", "status: retracted")),
    (Change.NOT_LIVE, set(), (F, "status: reviewed", "status: reviewed\n  supersededBy: dose")),
    (Change.NOT_LIVE, {Change.DIRECT_GONE}, (F, "status: draft", "status: retracted")),
    (Change.LIVE_AGAIN, {Change.DIRECT_ADDED}, (F, "status: retracted", "status: draft")),
    (Change.DIRECT_ADDED, {Change.LIVE_AGAIN}, (F, "status: retracted", "status: reviewed")),
    (Change.NOT_REVIEWED, set(), (F, "status: reviewed", "status: draft")),
    (Change.REVIEWED, set(), (F, "status: draft", "status: reviewed")),
    (Change.REVIEWED, set(), (F, "status: retracted", "status: retracted\n  supersededBy: dose")),
    (Change.MAPPING_GONE, {Change.MAPPING_ADDED}, (M, "skos:exactMatch", "skos:closeMatch")),
    (
        Change.MAPPING_ADDED,
        set(),
        (M, ROW, ROW + ROW.replace("MONDO:0000001", "MONDO:0000002").replace("exact", "close")),
    ),
    (Change.MAPPING_REMARKS, set(), (M, "\tseen", "\tseen again")),
    (Change.TERM_GONE, set(), (V, "    ivig:mainProperty ivig:process ;\n", "")),
    (Change.TERM_ADDED, set(), (V, "\n# ---- Terms about terms", WORD + "\n# ---- Terms about terms")),
    (Change.TERM_WORDING, set(), (V, 'rdfs:label "mechanism"@en', 'rdfs:label "way of action"@en')),
    (Change.QUERY_GONE, {Change.QUERY_ADDED}, (Q, "SELECT ?fact {", "SELECT ?fact ?class {")),
    (Change.QUERY_ADDED, set(), (Q, "SELECT ?fact {", "SELECT DISTINCT ?fact {")),
    (Change.QUERY_WORDING, set(), (Q, "Which facts", "What facts")),
    (Change.WORDING, set(), (F, "label: The drug may cause", "label: The drug can cause")),
    (Change.WORDING, set(), (F, "reason: It was not so.", "reason: It was never so.")),
    (Change.HANDLING, set(), (F, "curator: A. Person", "curator: Another Person")),
    (Change.HANDLING, set(), (F, "statedAs: hello", "statedAs: hell")),
    (Change.DESCRIPTION, set(), (B, "title: Source", "title: The source")),
    (Change.DESCRIPTION, set(), (B, "section: paragraph 1", "section: paragraph 3")),
]


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize(
    ("change", "more", "replacement"), CASES, ids=[f"{c.name}-{n}" for n, (c, *_) in enumerate(CASES)]
)
def test_each_change_is_of_its_kind(
    made: Path, change: Change, more: set[Change], replacement: tuple[str, str, str]
) -> None:
    """One edit makes the change that the table names, and only what must come with it."""
    found = after(made, replacement)

    assert changes(found) == {change, *more}
    assert found.impact is impact.heaviest({change, *more})


def test_the_table_is_the_same_everywhere() -> None:
    """Code, docstring and decision hold the same lines in one order, and each line has a case above."""
    decision = (ROOT / "docs/decisions/0008-what-kind-of-change.md").read_text(encoding="utf-8")
    lines = [(c.impact.value, c.words) for c in Change]

    assert re.findall(r"^    (major|minor|patch)  (.+)$", impact.__doc__ or "", re.MULTILINE) == lines
    assert [(k, w) for w, k in re.findall(r"^\| (.+) \| (major|minor|patch) \|$", decision, re.MULTILINE)] == lines
    assert {change for change, _, _ in CASES} == set(Change)


def test_nothing_differs_from_itself(made: Path) -> None:
    """A project compared with itself has no difference, no impact and no note."""
    found = compare.compare(read(made), read(made))

    assert (found.differences, found.impact, found.notes) == ((), None, ())


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a part of the project, one alias stated besides, and its exports in `out`."""
    folder = partial(tmp_path_factory.mktemp("released"))
    label = "  label: human immunoglobulin\n"
    edit(folder, "facts/concepts/drugs.yaml", label, label + "  alias: [IVIG, immune globulin]\n")
    report, _ = workflow.build(folder / "out", project=resources.locate(folder))
    assert report.exit_code() == 0
    return folder


@pytest.mark.parametrize("name", ["", *(f"ivig-kg.{form}" for form in editions.FORMATS)])
def test_a_project_and_its_exports_do_not_differ(released: Path, name: str) -> None:
    """Each export says what the facts say, an alias that is stated and derived too."""
    found = editions.differences(str(released / "out" / name), None, project=resources.locate(released))

    assert found.differences == ()


@pytest.mark.exhaustive(every=2)
@pytest.mark.parametrize("form", ["nq", "ttl"])
def test_a_release_shows_what_a_project_shows(released: Path, tmp_path: Path, form: str) -> None:
    """A change between a release and the facts is the change that it is between the facts, in both directions."""
    for name in ("facts", "ontology", "shapes"):
        shutil.copytree(released / name, tmp_path / "new" / name)
    edit(tmp_path / "new", "facts/monographs/human-immunoglobulin.yaml", "effect: headache", "effect: thrombosis")
    project = resources.locate(tmp_path / "new")
    expected, found = (
        editions.differences(str(released / name), None, project=project) for name in ("", f"out/ivig-kg.{form}")
    )
    back = editions.differences(str(tmp_path / "new"), str(released / f"out/ivig-kg.{form}"), project=project)

    assert [(d.name, d.how, d.changes) for d in found.differences] == [
        (d.name, d.how, d.changes) for d in expected.differences
    ]
    of_answers = {Change.ANSWER_GONE, Change.ANSWER_MORE, Change.ANSWER_OTHER}
    of_facts = {Change.VALUE_GONE, Change.DIRECT_GONE, Change.DIRECT_ADDED}
    assert of_facts == changes(found) - of_answers == changes(back) - of_answers
    assert of_answers <= changes(found) & changes(back)


def test_the_committed_exports_are_the_facts_of_the_checkout(run: Run) -> None:
    """What is committed under exports/ has no difference to the checkout, and that is said in one line."""
    result = run("diff", "exports/ivig-kg.nq", "--exit-code")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "exports/ivig-kg.nq -> .: no difference"


def test_a_changed_value_is_shown_with_its_place(made: Path) -> None:
    """Old and new value stand with file and line of the new one, the class and the label."""
    found = after(made, (F, "frequencyAsStated: common", "frequencyAsStated: rare"))
    text = changelog.written(found, "text")

    assert text.splitlines()[2:] == [
        "Facts",
        "  ~ fever  (AdverseEffect)  The drug may cause the condition",
        f"      {made}/facts/facts.yaml:1",
        "      frequencyAsStated: common -> rare",
        f"        major: {Change.VALUE_GONE.words}  {made}/facts/facts.yaml:7",
    ]


def test_values_of_a_list_are_a_set(made: Path) -> None:
    """The order of a list is no difference, and of a list only what came or went is shown."""
    turned = after(made, (F, "[passage, quoted-passage]", "[quoted-passage, passage]"))
    shorter = after(made, (F, "[quoted-passage, passage]", "quoted-passage"))

    assert turned.differences == ()
    assert (only(shorter).fields[0].gone, only(shorter).fields[0].new) == (("passage",), ())


def test_a_class_change_is_shown_as_such(made: Path) -> None:
    """The key is `type`, its values are class names, and derived classes are no difference of their own."""
    field = only(after(made, (F, "type: Warning", "type: BoxedWarning"))).fields[0]

    assert (field.key, field.gone, field.new) == ("type", ("Warning",), ("BoxedWarning",))


def test_a_changed_id_is_removed_and_added_with_a_hint(made: Path) -> None:
    """The same content under another id is major, and each side names the other."""
    found = after(made, (F, "id: caution", "id: careful"))

    assert [(d.how, d.name, d.same_as) for d in found.differences if d.what == "fact"] == [
        ("added", "careful", "caution"),
        ("removed", "caution", "careful"),
    ]
    assert found.impact is impact.Impact.MAJOR
    assert "same content as careful: was the id changed? ids stay" in changelog.written(found, "text")


def test_a_value_that_only_looks_the_same_is_shown_in_full(made: Path) -> None:
    """Where a term of the context gets another language, the values are shown with it."""
    found = after(
        made,
        (
            "ontology/context.jsonld",
            '"statedAs": {"@id": "ivig:statedAs"}',
            '"statedAs": {"@id": "ivig:statedAs", "@language": "en"}',
        ),
    )
    field = only(found).fields[0]

    assert (field.gone, field.new) == (('"hello"',), ('"hello"@en',))


def test_a_removed_term_of_the_vocabulary_is_named(made: Path) -> None:
    """A class, property or word that came or went is one line, with what it is."""
    edit(made, V, "\n# ---- Terms about terms", WORD + "\n# ---- Terms about terms")
    found = after(made, (V, WORD, ""))

    assert (only(found).what, only(found).how, only(found).name) == ("property", "removed", "ivig:sometimes")


def test_a_rule_that_gives_less_is_major(made: Path) -> None:
    """Direct triples vanish where a rule does, although no fact changed."""
    before = read(made)
    (made / "ontology/rules/types.rq").unlink()
    found = compare.compare(before, read(made))

    assert changes(found) == {Change.DIRECT_GONE, Change.ANSWER_GONE}
    assert "fever type Fact" in {d.name for d in found.differences}


def test_an_answer_is_told_row_by_row(made: Path) -> None:
    """The rows that went and came stand with the question; a query that has none left is broken."""
    renamed = after(made, (F, "id: caution", "id: careful"))
    before = read(made)
    edit(made, Q, "ivig-kg/ontology/Fact", "ivig-kg/ontology/BoxedWarning")
    none_then = compare.compare(read(made), before)

    (answer,) = (d for d in renamed.differences if d.what == "answer")
    assert (answer.name, answer.label) == ("all", "Which facts are there?")
    assert [(f.key, f.gone, f.new) for f in answer.fields] == [("rows", ("caution",), ("careful",))]
    assert "Answers of named queries\n  ~ all  Which facts are there?\n      rows: caution -> careful" in (
        changelog.written(renamed, "text")
    )
    assert [d.what for d in none_then.differences] == ["query"]  # the data are the same, and so is every answer


def test_the_old_words_of_a_question_are_asked(made: Path) -> None:
    """Who goes on asking as before is told what they get, whatever the question says now."""
    before = read(made)
    edit(made, Q, "ivig-kg/ontology/Fact", "ivig-kg/ontology/Condition")
    edit(made, F, "id: caution", "id: careful")

    found = compare.compare(before, read(made))

    (answer,) = (d for d in found.differences if d.what == "answer")
    assert [(f.gone, f.new) for f in answer.fields] == [(("caution",), ("careful",))]


def test_a_removed_and_an_added_query_are_told(made: Path) -> None:
    """The question stands as the label."""
    before = read(made)
    (made / "ontology/queries/all.rq").rename(made / "ontology/queries/every.rq")
    found = compare.compare(before, read(made))

    assert [(d.how, d.name, d.label) for d in found.differences] == [
        ("removed", "all", "Which facts are there?"),
        ("added", "every", "Which facts are there?"),
    ]


def test_a_revision_is_compared_with_the_working_folder(repository: Path, run: Run) -> None:
    """Without NEW the project as it is; a project may stand in a folder of the repository."""
    edit(repository, F, LAST, "")
    result = run("-C", repository, "diff", "v1")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"v1 -> {repository}: a major change")
    line = FACTS.partition("- id: called")[0].count("\n") + 1
    assert f"  - called  (Naming)  The drug is called medicine\n      v1:facts/facts.yaml:{line}\n" in result.stdout


def test_two_revisions_are_compared(repository: Path, run: Run) -> None:
    """Neither side is the working folder then."""
    edit(repository, F, "status: reviewed", "status: draft")
    git(repository, "commit", "--quiet", "--all", "-m", "Second")
    edit(repository, F, LAST, "")
    result = run("-C", repository, "diff", "HEAD~1", "main")

    assert "status: reviewed -> draft" in result.stdout
    assert "called" not in result.stdout


def test_a_revision_is_read_as_it_was_committed(repository: Path, run: Run) -> None:
    """Attributes that leave files out of archives, or change their lines, change nothing."""
    (repository / ".gitattributes").write_text("facts/facts.yaml export-ignore eol=crlf\n", encoding="utf-8")
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "--quiet", "-m", "Attributes")

    assert run("-C", repository, "diff", "HEAD").stdout == f"HEAD -> {repository}: no difference\n"


def test_a_path_goes_before_a_revision(repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder called like a tag is the folder."""
    shutil.copytree(repository, repository / "v1", ignore=shutil.ignore_patterns("v1"))
    edit(repository, F, LAST, "")
    edit(repository / "v1", F, LAST, "")
    monkeypatch.chdir(repository)

    assert run("diff", "v1").stdout == "v1 -> .: no difference\n"


@pytest.mark.parametrize("name", ["v2", "--help", "v1:facts", "HEAD~9"])
def test_an_unknown_revision_is_wrong_usage(repository: Path, run: Run, name: str) -> None:
    """What is neither path nor revision is said in one line, and is never an option of git."""
    result = run("-C", repository, "diff", "--", name)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        f"ivig-kg: `{name}` is no facts file, no folder with facts/ in it and no git revision"
    )


def test_without_a_repository_a_revision_is_wrong_usage(made: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that the project stands in none."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(made.parent))
    result = run("-C", made, "diff", "v1")

    assert result.exit_code == 2
    assert f"`v1` is no file or folder, and {made} is in no git repository" in result.stderr


def test_without_git_a_revision_is_wrong_usage(made: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed, that is said."""
    monkeypatch.setenv("PATH", "")
    result = run("-C", made, "diff", "v1")

    assert result.exit_code == 2
    assert "git cannot be run" in result.stderr


def test_facts_that_ship_have_no_revisions(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no facts/ is here or above there is no repository to ask."""
    monkeypatch.chdir(tmp_path)
    result = run("diff", "v1")

    assert result.exit_code == 2
    assert "there is no repository to ask" in result.stderr


def test_a_revision_without_facts_is_an_error(repository: Path, run: Run) -> None:
    """An older revision may hold something else altogether."""
    git(repository, "rm", "-r", "--quiet", "facts")
    git(repository, "commit", "--quiet", "-m", "None")
    git(repository, "checkout", "--quiet", "v1", "--", "facts")
    result = run("-C", repository, "diff", "HEAD")

    assert (result.exit_code, result.stdout) == (3, "")
    assert "HEAD: there is no facts/ folder in that revision" in result.stderr


def test_a_link_in_a_revision_is_refused(repository: Path, run: Run) -> None:
    """A link leads out of what was committed."""
    (repository / "facts/more.yaml").symlink_to("facts.yaml")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "Link")
    result = run("-C", repository, "diff", "HEAD")

    assert result.exit_code == 3
    assert "HEAD:facts/more.yaml: this is a link" in result.stderr


def test_an_unreadable_side_is_named_with_its_place(repository: Path, run: Run) -> None:
    """A file that is no YAML would look like facts removed: it is an error, in a revision as in a folder."""
    edit(repository, F, "- id: fever", "- id: [fever")
    here = run("-C", repository, "diff", "v1")
    git(repository, "commit", "--quiet", "--all", "-m", "Broken")
    there = run("-C", repository, "diff", "HEAD", "v1")

    assert (here.exit_code, here.stdout, there.exit_code, there.stdout) == (3, "", 3, "")
    assert re.match(rf"ivig-kg: {repository}/facts/facts\.yaml:\d+:\d+: ", here.stderr)
    assert re.match(r"ivig-kg: HEAD:facts/facts\.yaml:\d+:\d+: ", there.stderr)


def test_a_broken_context_of_a_revision_is_named_as_git_has_it(repository: Path, run: Run) -> None:
    """The folder that the revision was unpacked into is nobody's business."""
    edit(repository, "ontology/context.jsonld", "{", "{{")
    git(repository, "commit", "--quiet", "--all", "-m", "Broken")
    git(repository, "checkout", "--quiet", "v1", "--", "ontology")
    result = run("-C", repository, "diff", "HEAD")

    assert result.exit_code == 4
    assert result.stderr.startswith("ivig-kg: HEAD:ontology/context.jsonld:1:")


def test_a_file_beyond_a_limit_ends_with_that_status(made: Path) -> None:
    """What is too deep is no other error than in check."""
    (made / "facts/deep.yaml").write_text("- " * 40 + "x\n", encoding="utf-8")

    with pytest.raises(LimitError, match=r"deep\.yaml"):
        read(made)


def test_a_broken_query_is_an_error(made: Path) -> None:
    """Its columns cannot be known."""
    edit(made, Q, "SELECT", "SELEKT")

    with pytest.raises(ShapesError, match=r"all\.rq: this is not a SPARQL query"):
        read(made)


def test_a_side_with_findings_is_compared_as_far_as_it_reads(made: Path) -> None:
    """A misspelt key is left out, and a note says that there is a finding."""
    found = after(made, (F, "frequencyAsStated: common", "frequencyAsSated: common"))

    assert [(f.key, f.new) for f in only(found).fields] == [("frequencyAsStated", ())]
    assert found.notes == (f"{made}: 1 finding; the values they speak of are not compared; run `ivig-kg check`",)


def test_a_finding_on_a_mapping_hides_no_other_mapping(made: Path) -> None:
    """The build leaves all mappings out then; a comparison does not."""
    found = after(made, (M, ROW, ROW + ROW.replace("MONDO:0000001", "NONE:2")))

    assert [(d.how, d.name) for d in found.differences] == [("added", "condition skos:exactMatch NONE:2")]


def test_two_files_are_compared_by_their_nodes(made: Path, tmp_path: Path) -> None:
    """Files stand for their own nodes, whatever else the project holds, and whether or not they are in it."""
    (tmp_path / "new.yaml").write_text(FACTS.replace(LAST, "").replace("common", "rare"), encoding="utf-8")
    project = resources.locate(made)
    found = editions.differences(str(made / F), str(tmp_path / "new.yaml"), project=project)

    assert [(d.how, d.name) for d in found.differences] == [("removed", "called"), ("changed", "fever")]
    assert found.notes == ("a single file: mappings, direct triples, vocabulary and queries are not compared",)


def test_a_file_is_compared_with_those_nodes_of_a_project(made: Path, tmp_path: Path) -> None:
    """What the file does not define is not called removed."""
    (tmp_path / "new.yaml").write_text(LAST.replace("medicine", "remedy") + "\n" + NEW, encoding="utf-8")
    found = editions.differences(str(made), str(tmp_path / "new.yaml"), project=resources.locate(made))

    assert [(d.how, d.name) for d in found.differences] == [("changed", "called"), ("added", "news")]


def test_an_unreadable_file_is_an_error(made: Path, tmp_path: Path) -> None:
    """With its place."""
    (tmp_path / "new.yaml").write_text("- id: x\n\ttype: Drug\n", encoding="utf-8")

    with pytest.raises(FactsError, match=r"new\.yaml:2:1: "):
        editions.read(str(tmp_path / "new.yaml"), project=resources.locate(made))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.nq", "<a> <b>", r"x\.nq:1:\d+: this is not an export"),
        ("x.ttl", "<https://example.org/a> a <https://example.org/b> .", "no fact, concept or source"),
        ("x.jsonld", "[", r"x\.jsonld:\d+:\d+: this is not an export"),
    ],
)
def test_a_release_that_cannot_be_read_is_an_error(made: Path, name: str, text: str, said: str) -> None:
    """What is no RDF, or holds nothing of ours, would look like everything removed."""
    (made / name).write_text(text, encoding="utf-8")

    with pytest.raises(FactsError, match=said):
        editions.read(str(made / name), project=resources.locate(made))


def test_a_file_of_another_kind_is_wrong_usage(made: Path) -> None:
    """It is said what a side can be."""
    with pytest.raises(UsageError, match=r"neither a facts file \(\.yaml\) nor an export"):
        editions.read(str(made / "facts/mappings.sssom.tsv"), project=resources.locate(made))


def test_exit_code_is_asked_for(run: Run, made: Path) -> None:
    """Without --exit-code a difference is no failure, as with git diff."""
    shutil.copytree(made, made.parent / "new")
    edit(made.parent / "new", F, "status: reviewed", "status: draft")
    words = ("diff", made, made.parent / "new")

    assert run(*words).exit_code == 0
    assert run(*words, "--exit-code").exit_code == 1
    assert run("diff", made, made, "--exit-code").exit_code == 0


def test_json_holds_what_the_page_says(made: Path) -> None:
    """The members are those of docs/diff.md and of the docstring, and stand there where they are absent too."""
    found = json.loads(changelog.written(after(made, (F, "status: reviewed", "status: draft")), "json"))
    page = (ROOT / "docs/diff.md").read_text(encoding="utf-8").partition("## JSON")[2]
    tables = [re.findall(r"^\| (`.+?) \|", part, re.MULTILINE) for part in page.split("Each difference:")]
    first, second = ([name for cell in cells for name in re.findall(r"`(\w+)`", cell)] for cells in tables)
    difference = found["differences"][0]

    assert [*found] == first
    assert [*difference] == second
    assert [*difference["fields"][0]] == ["key", "old", "new", "change", "why", "place"]
    assert all(re.search(rf"^ +(old, )?{name}\b", changelog.__doc__ or "", re.MULTILINE) for name in [*first, *second])
    assert (found["change"], difference["id"], difference["sameContentAs"]) == ("major", "caution", None)
    assert difference["fields"][0] == {
        "key": "status",
        "old": ["reviewed"],
        "new": ["draft"],
        "change": "major",
        "why": Change.NOT_REVIEWED.words,
        "place": {"path": f"{made}/facts/facts.yaml", "line": 17, "column": 11},
    }


def test_markdown_is_for_release_notes(made: Path) -> None:
    """A heading, the kind of change, a list for each kind of thing; labels are not taken for Markdown."""
    found = after(made, (F, "label: The drug may cause", "label: The *drug* may cause"))
    text = changelog.written(found, "markdown")

    assert text == (
        f"## From `{made}` to `{made}`\n\n"
        "A patch change: no query gains or loses an answer (1 patch).\n\n"
        "### Facts\n\n"
        "- changed `fever` (AdverseEffect): The \\*drug\\* may cause the condition - *patch*\n"
        "  - `label`: `The drug may cause the condition` → `The *drug* may cause the condition` - *patch*\n"
    )


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_no_difference_is_said_in_words(made: Path, form: str) -> None:
    """An empty page would look like an error."""
    assert "o difference" in changelog.written(compare.compare(read(made), read(made)), form)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_order_never_changes(made: Path, form: str) -> None:
    """Two comparisons of the same editions print the same, sorted by kind and id."""
    shutil.copytree(made, made.parent / "new")
    for old, new in (("id: caution", "id: careful"), ("effect: condition", "effect: third-condition"), (LAST, NEW)):
        edit(made.parent / "new", F, old, new)
    make: Callable[[], str] = lambda: changelog.written(compare.compare(read(made), read(made.parent / "new")), form)  # noqa: E731
    found = compare.compare(read(made), read(made.parent / "new")).differences
    keys = [(compare.ORDER.index(d.what), d.name, d.how) for d in found]

    assert make() == make()
    assert keys == sorted(keys)
    assert len(keys) > 5
