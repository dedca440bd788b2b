"""Writing facts: skeletons, ids, values, and files that otherwise stay byte for byte as they are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, Run
from ivig_kg import drafts, facts, insertion, resources, schema, skeletons, textfile
from ivig_kg.errors import UsageError
from ivig_kg.lesson import TEMPLATE
from ivig_kg.nodes import Listing, Mapping, Scalar

WAITING = re.compile(r"^ +\w+:   # ")
SCHEMA = schema.load(resources.locate(ROOT))
CLASSES = sorted(set(SCHEMA.classes) - SCHEMA.abstract)
TEXT = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: not textfile.forbidden(c)), max_size=40)


@pytest.fixture
def lesson(tmp_path: Path, run: Run) -> Path:
    """Return the folder of a project to learn on."""
    assert run("init", tmp_path / "lesson").exit_code == 0
    return tmp_path / "lesson"


def places(stdout: str) -> list[tuple[int, str]]:
    """Return line and code of every finding that is not a note."""
    found = re.findall(r"^\S+?:(\d+):\d+: (?:error|warning) ([\w-]+):", stdout, re.MULTILINE)
    return [(int(line), code) for line, code in found]


def test_a_skeleton_says_what_to_write(run: Run) -> None:
    """Id, type and what is given; a line for each key that waits; the rest as comments, lists spelt out."""
    result = run("new", "adverse-effect", "--about", "human-immunoglobulin", "--evidence", "hig-s09")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert [line.partition(":   #")[0] for line in lines[:8]] == [
        "- id: hig-effect-new",
        "  type: AdverseEffect",
        "  label",
        "  about: human-immunoglobulin",
        "  effect",
        "  statedAs",
        "  evidence: hig-s09",
        "  status: draft",
    ]
    assert lines[4] == "  effect:   # id of a Condition: the unwanted effect"
    assert all(line.startswith("  # ") for line in lines[8:])
    assert any(
        line.startswith("  # frequency:   # VeryCommon | Common | Uncommon | Rare | VeryRare | NotKnown: ")
        for line in lines[8:]
    )


def test_bare_leaves_the_comments_out(run: Run) -> None:
    """What is given, in the order of the files, and no more."""
    result = run("new", "condition", "--set", "alias=a", "--label", "hiccups", "--set", "alias=b, c", "--bare")

    assert result.stdout == '- id: hiccups\n  type: Condition\n  label: hiccups\n  alias: [a, "b, c"]\n'


@pytest.mark.parametrize("word", ["AdverseEffect", "adverse-effect", "adverseeffect", "Adverse Effect"])
def test_a_kind_is_known_however_it_is_written(word: str) -> None:
    """Case, hyphens and blanks do not count."""
    assert skeletons.class_named(word, schema=SCHEMA) == "AdverseEffect"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Indication"], "use one of its kinds: ClinicalUse, PreventiveIndication, TreatmentIndication"),
        (["AdversEffekt"], "did you mean `AdverseEffect`?"),
        (["Condition", "--set", "lable=x"], "did you mean `label`?"),
        (["Condition", "--set", "label"], "write KEY=VALUE"),
        (["Condition", "--set", "id=headache"], "the id `headache` is given already"),
        (["Condition", "--set", "id=My Headache"], "write `my-headache`"),
        (["passage", "hig", "--set", "id=hig-s16"], "the id `hig-s16` is given already"),
        (["Condition", "--label", "a\tb"], "a tab (U+0009) is not allowed"),
        (["Condition", "nausea"], "write --set KEY=VALUE"),
        (["Condition", "--write"], "belong to `new passage`"),
        (["passage"], "name the source"),
        (["passage", "hgi", "headache"], "there is no source `hgi`"),
        (["passage", "hig", "headache"], "--sources DIR"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(words: list[str], says: str, run: Run) -> None:
    """Nothing is printed as a result; the message says what to write instead."""
    result = run("new", *words)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr


def test_check_names_the_lines_that_wait_and_no_others(small: Path, run: Run) -> None:
    """A skeleton of every class in one file: an empty value on each waiting line, and nothing else to puzzle over."""
    file = small / "facts/new.yaml"
    for name in CLASSES:
        words = ["Passage", "source"] if name == "Passage" else [name]
        assert run("-C", small, "new", *words, "--in", file).exit_code == 0

    result = run("-C", small, "check", "--format", "concise", file)

    waiting = [n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if WAITING.match(line)]
    assert len(waiting) > 3 * len(CLASSES)
    found = [(n, code) for n, code in places(result.stdout) if code != "passage-uncited"]  # nothing rests on it yet
    assert found == [(n, "empty-value") for n in waiting]


@pytest.mark.parametrize("name", CLASSES)
def test_a_skeleton_has_every_key_of_its_class_once(name: str) -> None:
    """Filled, waiting or commented: what the shapes allow, apart from nodes that stand under it."""
    text = drafts.node(name, {}, schema=SCHEMA, name="x", optional=["inSource"]).text

    keys = re.findall(r"^  (?:# )?(\w+):", text, re.MULTILINE)
    allowed = {k for k in SCHEMA.allowed(SCHEMA.classes[name]) if SCHEMA.keys[k].form is not schema.Form.NODES}
    assert sorted(keys) == sorted(allowed | {"type"})


def test_a_new_source_is_no_draft_and_has_a_key_for_each_kind_of_date(run: Run) -> None:
    """Drafts are facts; a source may be dated by its day, month or year, an authorisation by its day alone."""
    source, authorisation = run("new", "Source").stdout, run("new", "Authorisation").stdout

    assert "status: draft" not in source
    assert "  # date:   # year-month-day: " in source
    assert "  # issuedInMonth:   # year-month: " in source
    assert "  # issuedInYear:   # year: " in source
    assert "  # date:   # year-month-day: " in authorisation
    assert "issuedIn" not in authorisation


def test_every_comment_becomes_a_key_when_it_is_opened(small: Path, run: Run) -> None:
    """Taking `# ` away gives a key of the class that waits for its value."""
    made = run("-C", small, "new", "DosageRegimen").stdout
    comments = [line for line in made.splitlines() if line.startswith("  # ")]
    opened = "".join(line.replace("  # ", "  ", 1) + "\n" for line in comments[1:])
    (small / "facts/new.yaml").write_text("- id: x\n  type: DosageRegimen\n" + opened, encoding="utf-8")

    result = run("-C", small, "check", "--format", "concise", small / "facts/new.yaml")

    codes = {code for _, code in places(result.stdout)}
    assert len(comments) > 30
    assert "empty-value" in codes
    assert not codes & {"unknown-key", "misplaced-key", "cut-by-comment", "yaml-syntax"}


def test_either_of_two_keys_is_enough(run: Run) -> None:
    """A warning without risk and measure waits for one of them; with one, the other is a comment."""
    neither = run("new", "Warning").stdout
    one = run("new", "Warning", "--set", "requires=monitoring").stdout

    assert "\n  risk:   # " in neither
    assert "\n  requires:   # " in neither
    assert "\n  requires: monitoring\n" in one
    assert "\n  # risk:   # " in one


def test_words_are_not_asked_of_a_passage_that_nobody_saw(small: Path, run: Run) -> None:
    """A passage known by its section alone has no words to quote; one with a digest has."""
    unseen = run("-C", small, "new", "Mechanism", "--evidence", "passage").stdout
    seen = run("-C", small, "new", "Mechanism", "--evidence", "quoted-passage").stdout

    assert "\n  # statedAs:   # " in unseen
    assert "\n  statedAs:   # " in seen


def test_ids_of_the_monograph_follow_the_rule() -> None:
    """Source, kind and what: the kind words are those of the facts there are."""
    document = facts.read(ROOT / "facts/monographs/human-immunoglobulin.yaml", shown="m")

    for node in document.nodes:
        assert isinstance(node, Mapping)
        name, kind = node.get("id"), node.get("type")
        assert name
        assert kind
        assert name.text.startswith(f"hig-{drafts.kind_word(kind.text)}-")


def test_an_id_that_is_taken_gets_a_number(run: Run) -> None:
    """Headache is there; a second fact on it is the second."""
    first = run("new", "AdverseEffect", "--set", "effect=nausea", "--evidence", "hig-s09", "--bare").stdout
    second = run("new", "AdverseEffect", "--set", "effect=headache", "--evidence", "hig-s09", "--bare").stdout
    third = run(
        "new", "treatment-indication", "--set", "condition=immune-system-disorder", "--evidence", "hig-s03", "--bare"
    ).stdout

    assert first.startswith("- id: hig-effect-nausea\n")
    assert second.startswith("- id: hig-effect-headache-2\n")
    assert third.startswith("- id: hig-treatment-immune-system-disorder-3\n")


def test_an_id_is_taken_in_the_file_it_is_for_too(tmp_path: Path, run: Run) -> None:
    """A draft outside the project gets no id twice."""
    file = tmp_path / "draft.yaml"

    for _ in range(2):
        assert run("new", "Condition", "--label", "Hiccups", "--bare", "--in", file).exit_code == 0

    assert re.findall("id: (.*)", file.read_text(encoding="utf-8")) == ["hiccups", "hiccups-2"]


def test_a_long_label_gives_an_id_that_is_short_enough(run: Run) -> None:
    """The id is cut between two words."""
    made = run("new", "Measure", "--label", "a very long label " * 20, "--bare").stdout

    name = made.splitlines()[0].removeprefix("- id: ")
    assert len(name) <= 100
    assert name.split("-")[-1] in {"a", "very", "long", "label"}


def test_a_reference_to_nothing_is_told(run: Run) -> None:
    """It is written as typed, with a word on standard error and the id it looks like."""
    result = run("new", "AdverseEffect", "--set", "effect=haedache", "--bare")

    assert "\n  effect: haedache\n" in result.stdout
    assert result.stderr == "`effect` names `haedache`, and there is no such node yet; did you mean `headache`?\n"


@given(value=TEXT)
def test_a_value_is_read_back_as_it_was_typed(value: str) -> None:
    """Whatever YAML would make of it: numbers, `no`, colons, marks, quotation marks."""
    document = facts.parse(f"- key: {drafts.written(value)}\n", shown="x")

    assert document.findings == ()
    (node,) = document.nodes
    assert isinstance(node, Mapping)
    scalar = node.get("key")
    assert scalar
    assert scalar.text == value
    assert not (scalar.plain and value in {"", "~", "null", "Null", "NULL"})


@given(values=st.lists(TEXT, min_size=2, max_size=4))
def test_the_values_of_a_list_are_read_back_as_they_were_typed(values: list[str]) -> None:
    """Commas and brackets do not part or join them."""
    text = ", ".join(drafts.written(v, listed=True) for v in values)
    document = facts.parse(f"- key: [{text}]\n", shown="x")

    assert document.findings == ()
    (node,) = document.nodes
    assert isinstance(node, Mapping)
    listing = node.entries[0].value
    assert isinstance(listing, Listing)
    assert [item.text for item in listing.items if isinstance(item, Scalar)] == values


@pytest.mark.parametrize(
    "value", ["draft", "2024-02-29", "0.4", "individual\u2019s response", "blood clotting disorders"]
)
def test_a_value_that_needs_no_quotation_marks_has_none(value: str) -> None:
    """As curators write it."""
    assert drafts.written(value) == value


def test_a_character_that_no_file_may_hold_is_refused() -> None:
    """It could be escaped, and the reader would refuse the escape."""
    with pytest.raises(UsageError, match=r"turns the direction of text \(U\+202E\)"):
        drafts.written("a\u202eb")


NODE = "- id: other\n  type: Condition\n  label: other\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- id: a\n  type: Condition  # why\n  label: 'a'\n", "\n" + NODE),
        ("- id: a\n  type: Condition\n  label: a", "\n\n" + NODE),
        ("- id: a\r\n  type: Condition\r\n  label: a\r\n", ("\n" + NODE).replace("\n", "\r\n")),
        ("- id: a\r\n  type: Condition\r\n  label: a", ("\n\n" + NODE).replace("\n", "\r\n")),
        ("- id: a\n  type: Condition\n  label: a\n\n", NODE),
        ("- id: a\n  type: Condition\n  label: a\n# the end\n", "\n" + NODE),
        ("\ufeff# bom\n- id: a\n  type: Condition\n  label: a\n", "\n" + NODE),
        ("  - id: a\n    type: Condition\n    label: a\n", "\n" + NODE.replace("  ", "    ").replace("- id", "  - id")),
        ("# nothing yet\n", "\n" + NODE),
        ("", NODE),
    ],
)
def test_the_bytes_before_a_new_node_stay(tmp_path: Path, before: str, after: str, run: Run) -> None:
    """Comments, quotation marks, line ends: the node is put behind, in the manner of the file."""
    file = tmp_path / "draft.yaml"
    file.write_bytes(before.encode("utf-8"))

    result = run("new", "Condition", "--label", "other", "--bare", "--in", file)

    assert result.exit_code == 0, result.stderr
    assert file.read_bytes() == (before + after).encode("utf-8")
    line = (before + after)[: (before + after).index("id: other")].count("\n") + 1
    assert result.stdout.startswith(f"{file}:{line}:")
    assert result.stdout.endswith(": other\n")


@pytest.mark.parametrize(
    "before",
    [
        "- id: a\n\ttype: Condition\n",
        "id: a\ntype: Condition\n",
        "[{id: a, type: Condition, label: a}]\n",
        "[]\n",
        "- id: a\n  label: |\n    text\n...\n",
        "- id: \udcff\n",
    ],
)
def test_a_file_that_a_node_cannot_join_stays_and_is_named(tmp_path: Path, before: str, run: Run) -> None:
    """Not facts, not a list, a list in brackets: exit 3, and not a byte is changed."""
    file = tmp_path / "draft.yaml"
    file.write_bytes(before.encode("utf-8", "surrogateescape"))

    result = run("new", "Condition", "--label", "other", "--in", file)

    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.startswith(f"ivig-kg: nothing was written: {file}")
    assert file.read_bytes() == before.encode("utf-8", "surrogateescape")


def test_a_file_that_is_missing_becomes_the_file_of_the_node(tmp_path: Path, run: Run) -> None:
    """The first node of a new file stands on its first line."""
    result = run("new", "Condition", "--label", "other", "--bare", "--in", tmp_path / "new.yaml")

    assert result.stdout == f"{tmp_path}/new.yaml:1:7: other\n"
    assert (tmp_path / "new.yaml").read_text(encoding="utf-8") == NODE


@pytest.mark.source
def test_a_passage_that_is_there_is_named(shared: Path, run: Run) -> None:
    """Some words of the ninth sentence lead to its passage; nothing is written."""
    before = (ROOT / "facts/sources/hig.yaml").read_bytes()

    result = run("new", "passage", "hig", "headache,  fever", "--sources", shared / "seed", "--write")

    assert result.exit_code == 0
    assert result.stdout.startswith("facts/sources/hig.yaml:")
    assert result.stdout.endswith(": hig-s09 is this passage already\n")
    assert (ROOT / "facts/sources/hig.yaml").read_bytes() == before


@pytest.mark.source
@pytest.mark.exhaustive(every=5)
@pytest.mark.parametrize("number", range(16))
def test_every_passage_of_the_monograph_is_found_by_its_first_words(number: int, shared: Path, run: Run) -> None:
    """The sentences are the sixteen that are recorded, each in its paragraph."""
    document = facts.read(ROOT / "facts/sources/hig.yaml", shown="hig")
    text = (shared / "seed/human-immunoglobulin.txt").read_text(encoding="utf-8")
    (source,) = document.nodes
    assert isinstance(source, Mapping)
    recorded = [v for e in source.entries if e.key.text == "passages" for v in e.values if isinstance(v, Mapping)]

    values = {key: found.text for key in ("id", "start", "end") if (found := recorded[number].get(key))}
    words = " ".join(text[int(values["start"]) : int(values["end"])].split()[:6])
    result = run("new", "passage", "hig", words, "--sources", shared / "seed")

    assert result.stdout.endswith(f": {values['id']} is this passage already\n"), result.stderr
    assert len(recorded) == 16


@pytest.mark.source
def test_the_next_passage_of_the_monograph(shared: Path, run: Run) -> None:
    """Words alone make a passage of their own: the next id, paragraph, place and digest, ready to be pasted."""
    result = run("new", "passage", "hig", "the individual's response", "--exact", "--sources", shared / "seed")

    assert result.stdout == (
        "    - id: hig-s17\n      type: Passage\n      section: paragraph 3\n      start: 752\n      end: 777\n"
        "      textDigest: e7f6cdbe0f2974ff330ed2f40769489acb79deb1f91a9d5fc0746d12efff7707\n"
    )


def drop_last_passage(lesson: Path) -> bytes:
    """Take the last passage of the lesson and the fact on it away, and return what the sources' file was."""
    file = lesson / "facts/sources.yaml"
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.index(b"    - id: exm-s06")])
    facts_file = lesson / "facts/exemplin.yaml"
    text = facts_file.read_text(encoding="utf-8")
    facts_file.write_text(text[: text.index("\n# Sentence 6")], encoding="utf-8")
    return whole


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"# the end\n\n", b"\n- id: more\n  type: Condition\n  label: more\n"])
def test_a_passage_is_put_behind_the_last_of_its_source(lesson: Path, newline: bytes, end: bytes, run: Run) -> None:
    """Id, section, place and digest are those that were there, and what follows stays behind it."""
    file = lesson / "facts/sources.yaml"
    whole = drop_last_passage(lesson)
    cut = file.read_bytes()
    file.write_bytes((cut + end).replace(b"\n", newline))

    result = run("-C", lesson, "new", "passage", "exm", "pretend spray", "--sources", lesson / "texts", "--write")

    assert result.exit_code == 0, result.stderr
    assert file.read_bytes() == (whole + end).replace(b"\n", newline)
    line = whole[: whole.index(b"exm-s06")].count(b"\n") + 1
    assert result.stdout == f"{file}:{line}:11: exm-s06\n"


def test_a_passage_joins_a_file_without_a_last_newline(lesson: Path, run: Run) -> None:
    """The line before is ended first."""
    file = lesson / "facts/sources.yaml"
    whole = drop_last_passage(lesson)
    file.write_bytes(file.read_bytes().rstrip(b"\n"))

    run("-C", lesson, "new", "passage", "exm", "pretend spray", "--sources", lesson / "texts", "--write")

    assert file.read_bytes() == whole


def test_a_source_without_passages_gets_the_list(lesson: Path, run: Run) -> None:
    """The key `passages` is written, and the first passage below it."""
    file = lesson / "facts/sources.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("  passages:")], encoding="utf-8")
    (lesson / "facts/exemplin.yaml").unlink()

    result = run("-C", lesson, "new", "passage", "exm", "Samplin", "--sources", lesson / "texts", "--write")

    assert result.exit_code == 0, result.stderr
    assert file.read_text(encoding="utf-8") == text[: text.index("    - id: exm-s02")]
    assert run("-C", lesson, "check", "--sources", lesson / "texts").exit_code == 0


def test_a_passage_in_another_file_names_its_source(lesson: Path, run: Run) -> None:
    """With --in it is an item of that file, and with --set section it needs no text."""
    words = ["new", "passage", "exm", "--set", "section=4.8 Undesirable effects", "--in", lesson / "facts/more.yaml"]
    result = run("-C", lesson, *words)

    assert result.exit_code == 0, result.stderr
    assert (lesson / "facts/more.yaml").read_text(encoding="utf-8") == (
        "- id: exm-s07\n  type: Passage\n  inSource: exm\n  section: 4.8 Undesirable effects\n"
    )
    assert run("-C", lesson, "check", "--sources", lesson / "texts").exit_code == 0


def test_passages_in_brackets_are_left_to_the_curator(small: Path, run: Run) -> None:
    """Where a passage cannot be put in place, nothing is written."""
    file = small / "facts/base.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        re.sub(r"  passages:\n(?:    .*\n)+", "  passages: [{id: passage, type: Passage, section: x}]\n", text)
    )
    before = file.read_bytes()

    result = run("-C", small, "new", "passage", "source", "--set", "section=2", "--write")

    assert result.exit_code == 3
    assert "copy it in by hand" in result.stderr
    assert file.read_bytes() == before


def test_words_that_stand_twice_are_listed_and_chosen(lesson: Path, run: Run) -> None:
    """All places are named with their passages; --nth takes one of them."""
    words = ["-C", lesson, "new", "passage", "exm", "Exemplin", "--sources", lesson / "texts"]
    several, second, fifth = run(*words), run(*words, "--nth", 3), run(*words, "--nth", 5)

    assert several.exit_code == 2
    assert several.stdout == ""
    assert "stand in 4 places" in several.stderr
    assert "  3: paragraph 2, characters 146 to 222, exm-s03: `Common side effects of Exemplin" in several.stderr
    assert second.stdout.endswith(": exm-s03 is this passage already\n")
    assert fifth.exit_code == 2
    assert "do not stand in 5 places" in fifth.stderr


def test_words_that_do_not_stand_there_are_answered_with_the_nearest(lesson: Path, run: Run) -> None:
    """What the text says instead, and where."""
    result = run("-C", lesson, "new", "passage", "exm", "mock fatige", "--sources", lesson / "texts")

    assert result.exit_code == 2
    assert result.stderr == (
        "ivig-kg: the words `mock fatige` do not stand in the text of `exm`; "
        "did you mean `mock fatigue` in paragraph 2?\n"
    )


def test_a_text_that_is_another_one_gives_no_passage(lesson: Path, run: Run) -> None:
    """Its places would not be those of the text that was read."""
    file = lesson / "texts/exemplin.txt"
    file.write_text(file.read_text(encoding="utf-8").replace("Samplin", "Trialin"), encoding="utf-8")

    result = run("-C", lesson, "new", "passage", "exm", "mock fatigue", "--sources", lesson / "texts")

    assert result.exit_code == 3
    assert "is not the one that was read" in result.stderr


def test_a_lesson_has_nothing_wrong(lesson: Path, run: Run) -> None:
    """Its facts, with its text at hand: not even a note."""
    result = run("-C", lesson, "check", "--format", "concise", "--sources", lesson / "texts", "--fail-on", "note")

    assert result.exit_code == 0, result.stdout
    assert result.stdout == ""
    assert {p.relative_to(lesson).as_posix() for p in lesson.rglob("*") if p.is_file()} == {
        p.relative_to(TEMPLATE).as_posix() for p in TEMPLATE.rglob("*") if p.is_file()
    }


def test_a_lesson_says_that_it_is_invented() -> None:
    """Text, source, drug and guide say so."""
    for name in ("README.md", "texts/exemplin.txt", "facts/sources.yaml", "facts/concepts.yaml", "facts/exemplin.yaml"):
        assert re.search(r"invented|made-up", (TEMPLATE / name).read_text(encoding="utf-8"))


def test_the_steps_of_the_lesson_lead_to_the_end(lesson: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of its guide does what the guide says; filled in, the new fact is right."""
    monkeypatch.chdir(lesson)
    guide = (lesson / "README.md").read_text(encoding="utf-8")
    commands = [shlex.split(c)[1:] for c in re.findall(r"`(ivig-kg [^`]+)`", guide)]
    check, show, condition, passage, effect, again, build, query = commands

    assert check == again
    assert run(*check).exit_code == 0
    assert run(*show).exit_code == 0
    assert run(*condition).exit_code == 0
    assert ": exm-s03 is this passage already" in run(*passage).stdout
    assert run(*effect).exit_code == 0
    assert [code for _, code in places(run(*again, "--format", "concise").stdout)] == ["empty-value"] * 2
    file = lesson / "facts/exemplin.yaml"
    text = re.sub(r"label:   #.*", "label: Exemplin may cause mock fatigue", file.read_text(encoding="utf-8"))
    file.write_text(re.sub(r"\n  statedAs:   #.*", "\n  statedAs: mock fatigue", text), encoding="utf-8")
    assert run(*again).exit_code == 0, run(*again).stdout
    assert run(*build).exit_code == 0
    assert "mock fatigue" in run(*query).stdout


def test_the_mistake_of_the_lesson_is_found(lesson: Path, run: Run) -> None:
    """What the guide tells to break is named on its line."""
    file = lesson / "facts/exemplin.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("status: draft", "status: drafft", 1), encoding="utf-8")

    result = run("-C", lesson, "check", "--format", "concise")

    assert result.exit_code == 1
    assert "did you mean `draft`?" in result.stdout


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, run: Run) -> None:
    """Exit 6, and nothing beside what was there; an empty folder is taken."""
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (tmp_path / "empty").mkdir()

    full, empty = run("init", tmp_path), run("init", tmp_path / "empty")

    assert full.exit_code == 6
    assert "not empty" in full.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "mine"]
    assert empty.exit_code == 0
    assert (tmp_path / "empty/facts/exemplin.yaml").is_file()


def test_facts_that_ship_are_not_written_to(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a project a passage has no file of the user's to go to."""
    monkeypatch.chdir(tmp_path)

    result = run("new", "passage", "hig", "--set", "section=2", "--write")

    assert result.exit_code == 2
    assert "not yours to change" in result.stderr


def test_what_comes_out_of_an_insertion_is_read_back(tmp_path: Path) -> None:
    """A node whose id is not the one named is refused, as is anything else that is not exactly the new node."""
    (tmp_path / "a.yaml").write_text(NODE, encoding="utf-8")

    with pytest.raises(insertion.FactsError, match="cannot stand there"):
        insertion.at_end(tmp_path / "a.yaml", ["- id: x"], name="y", shown="a.yaml")
