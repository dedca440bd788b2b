"""Evidence: what a source does not say is found, whatever kind of source it is, and what was not checked is no pass."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from conftest import Run
from ivig_kg import negation, quotation

TEXTS = {
    "note": (
        "Monograph",
        [
            "People who took it often told of naïve 😀 fever.",
            "The first patient\u2019s  dose was 0.4 g/kg on each of five days \u2013 not more.",
        ],
    ),
    "label": ("ProductLabel", ["A swollen ankle was seen in 12 of 1,000 infusions.", "Rarely it may cause hiccups."]),
    "advice": ("Guideline", ["Give water before the infusion.", "Ask about an itching elbow."]),
}


def source(name: str, kind: str, sentences: list[str]) -> str:
    """Return the YAML of a source whose text is its sentences, a line each after a heading."""
    start, lines = len(f"About {name}\n"), []
    for number, sentence in enumerate(sentences, 1):
        digest = hashlib.sha256(sentence.encode()).hexdigest()
        end = start + len(sentence)
        lines.append(f"    - id: {name}-s0{number}\n      type: Passage\n      section: text\n")
        lines.append(f"      start: {start}\n      end: {end}\n      textDigest: {digest}\n")
        start = end + 1
    head = f"- id: {name}\n  type: Source\n  label: {name}\n  title: {name}\n  sourceKind: {kind}\n"
    return f"{head}  textFile: {name}.txt\n  passages:\n{''.join(lines)}\n"


def fact(name: str, passage: str, effect: str, *more: str) -> str:
    """Return the YAML of an adverse effect."""
    head = f"- id: {name}\n  type: AdverseEffect\n  label: The drug may cause {effect}\n  about: drug\n"
    rest = "".join(f"  {line}\n" for line in more)
    return f"{head}  effect: {effect}\n{rest}  evidence: {passage}\n  status: draft\n\n"


CONCEPTS = """
- id: fever
  type: Condition
  label: fever
- id: oedema
  type: Condition
  label: oedema
  surfaceForm: [swollen ankle, swollen ankles]
- id: hiccups
  type: Condition
  label: hiccups
- id: itching
  type: Condition
  label: itching
"""
DOSING = """
- id: note-dosing
  type: DosageRegimen
  label: Five days
  about: drug
  forIndication: treatment
  statedAs: "patient's dose was 0.4 g/kg"
  doseMin: 0.4
  doseMax: 0.4
  doseUnit: g/kg/d
  courseMin: 5
  courseMax: 5
  courseUnit: d
  evidence: note-s02
  status: draft

"""
FACTS = [
    fact("note-effect-fever", "note-s01", "fever", "statedAs: naïve 😀 fever", "frequencyAsStated: often"),
    DOSING,
    fact(
        "label-effect-oedema",
        "label-s01",
        "oedema",
        "statedAs: swollen ankle",
        "frequencyCount: 12",
        "frequencyTotal: 1000",
        "frequencyBasis: infusions",
    ),
    fact("label-effect-hiccups", "label-s02", "hiccups", "statedAs: hiccups", "certaintyAsStated: may cause"),
    fact("advice-effect-itching", "advice-s02", "itching", "statedAs: itching elbow"),
]


@pytest.fixture
def sourced(small: Path) -> Path:
    """Return a project with a source of each kind, whose texts are in sources/, and one whose text is not at hand."""
    (small / "sources").mkdir()
    parts = [CONCEPTS]
    for name, (kind, sentences) in TEXTS.items():
        (small / f"sources/{name}.txt").write_text(f"About {name}\n" + "\n".join(sentences) + "\n", encoding="utf-8")
        parts.append(source(name, kind, sentences))
    parts.append(source("absent", "ProductLabel", ["Nobody here has read this sentence."]))
    (small / "facts/own.yaml").write_text("".join([*parts, *FACTS]), encoding="utf-8")
    return small


def check(run: Run, sourced: Path, *more: str) -> str:
    """Return what is found in the file of the fixture, one finding a line."""
    words = ["check", "--format", "concise", *more, sourced / "facts/own.yaml"]
    return run("-C", sourced, *words, "--sources", sourced / "sources").stdout


def test_what_stands_there_passes(sourced: Path, run: Run) -> None:
    """Blanks, typographic marks and thousands count as the same; code points are counted, carriage returns not."""
    text = sourced / "sources/note.txt"
    text.write_bytes(text.read_bytes().replace(b"\n", b"\r\n"))

    found = check(run, sourced)

    assert " error " not in found
    assert re.findall(r"warning (\S+): .*`(\S+)`;", found) == [
        ("passage-uncited", "advice-s01"),
        ("passage-uncited", "absent-s01"),
    ]


FAKES = [
    ("naïve 😀 fever", "naive 😀 fever", "quotation-altered", "the passage has `naïve 😀 fever`"),
    ("swollen ankle\n", "swollen ankles\n", "quotation-altered", "the passage has `swollen ankle`"),
    ("itching elbow", "itching knee", "quotation-missing", "what it does not say is no fact"),
    ("frequencyAsStated: often", "frequencyAsStated: in one of nine", "quotation-missing", "no fact"),
    ("frequencyAsStated: often", "frequencyAsStated: rarely", "quotation-elsewhere", "another source, `label`"),
    ("certaintyAsStated: may cause", "certaintyAsStated: may never cause", "quotation-missing", "is no fact"),
    ("certaintyAsStated: may cause", "certaintyAsStated: was seen in", "quotation-elsewhere", "stand in `label-s01`;"),
    ("evidence: advice-s02", "evidence: advice-s01", "quotation-elsewhere", "stand in `advice-s02`;"),
    (
        "evidence: label-s02",
        "evidence: note-s01",
        "quotation-elsewhere",
        "none of the words of this fact stand in `note-s01`; all of them stand in `label-s02`; name `label-s02` as",
    ),
    ("statedAs: hiccups", "statedAs: Hiccups", "quotation-altered", "the passage has `hiccups`"),
    ("effect: hiccups", "effect: itching", "quotation-names-other", "do not name `itching`; they name `hiccups`"),
    (
        "may cause itching",
        "may cause fever",
        "label-names-other",
        "the label speaks of `fever`, and the fact of `itching`",
    ),
    ("frequencyCount: 12", "frequencyCount: 13", "number-not-in-passage", "the numbers there are 12, 1000"),
    ("doseMax: 0.4", "doseMax: 0.5", "number-not-in-passage", "`0.5` does not stand in passage `note-s02`"),
    ("courseMax: 5", "courseMax: 6", "number-not-in-passage", "the numbers there are 0.4, 5"),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"), FAKES, ids=[f"{c}-{n}" for n, (_, _, c, _) in enumerate(FAKES)]
)
def test_a_planted_fake_is_caught(sourced: Path, run: Run, old: str, new: str, code: str, words: str) -> None:
    """Made up, moved from elsewhere, one word or number changed, the right words on the wrong fact."""
    path = sourced / "facts/own.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1 or old == "hiccups"
    path.write_text(text.replace(old, new), encoding="utf-8")
    line = next(
        n
        for n, (a, b) in enumerate(zip(text.split("\n"), text.replace(old, new).split("\n"), strict=True), 1)
        if a != b
    )

    found = [one for one in check(run, sourced).splitlines() if f" error {code}: " in one and words in one]

    assert len(found) == 1
    assert code in {"quotation-elsewhere", "quotation-names-other"} or f"own.yaml:{line}:" in found[0]


def test_a_fact_that_stands_in_another_passage_is_told_once(sourced: Path, run: Run) -> None:
    """One finding at the passage that is named, not one a quotation; where the other is named too, it says so."""
    path = sourced / "facts/own.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("evidence: label-s02", "evidence: [label-s02, note-s01]"), encoding="utf-8")

    found = [line for line in check(run, sourced).splitlines() if " error " in line]

    assert len(found) == 1
    assert "none of the words of this fact stand in `note-s01`; all of them stand in `label-s02`; take" in found[0]
    assert found[0].endswith("take `note-s01` out of the evidence")


def test_words_of_which_one_stands_in_the_named_passage_are_told_once(sourced: Path, run: Run) -> None:
    """Where the other two stand with it in another passage, that one is meant."""
    words = ("statedAs: swollen ankle", "certaintyAsStated: was", "frequencyAsStated: 12 of 1,000")
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write(fact("one-more", "note-s02", "oedema", *words))

    found = [line for line in check(run, sourced).splitlines() if " error quotation-" in line]

    assert len(found) == 1
    assert "not all of the words of this fact stand in `note-s02`; all of them stand in `label-s01`; name" in found[0]


def test_a_digest_that_is_wrong_is_told_with_what_to_do(sourced: Path, run: Run) -> None:
    """The command that gives place and digest anew, and no complaint about the sentence that then stands in none."""
    path = sourced / "facts/own.yaml"
    text = path.read_text(encoding="utf-8")
    digest = text.partition("textDigest: ")[2][:64]
    path.write_text(text.replace(digest, digest[::-1], 1), encoding="utf-8")

    found = check(run, sourced)

    assert "passage-digest: the text at this place has another digest; `ivig-kg new passage note 'WORDS' --s" in found
    assert "sentence-uncovered" not in found


NEGATED = [
    ("No hiccups were seen.", "AdverseEffect", "No"),
    ("It did not, in any trial, cause hiccups.", "AdverseEffect", "not"),
    ("It didn\u2019t cause fever or hiccups.", "AdverseEffect", "didn\u2019t"),
    ("It has no interaction with hiccups.", "Interaction", "no"),
    ("Neither fever nor hiccups were seen.", "AdverseEffect", "nor"),
    ("It is not for children. Hiccups were seen, and hiccups stopped.", "AdverseEffect", None),
    ("It may cause hiccups, not fever.", "AdverseEffect", None),
    ("No hiccups were seen in adults; children had hiccups.", "AdverseEffect", None),
    ("No fever was seen but hiccups.", "AdverseEffect", None),
    ("It causes not only fever but also hiccups.", "AdverseEffect", None),
    ("After no more than two days hiccups were seen.", "AdverseEffect", None),
    ("Not uncommonly hiccups were seen.", "AdverseEffect", None),
    ("It should not be given with hiccups.", "Interaction", None),
    ("It should not be given against hiccups.", "TreatmentIndication", "not"),
    ("Not one of all those who took it for more than a year had hiccups.", "AdverseEffect", None),
]


@pytest.mark.parametrize(("sentence", "kind", "word"), NEGATED)
def test_a_sentence_that_denies_the_fact_is_warned_of(sentence: str, kind: str, word: str | None) -> None:
    """A few words before the quoted ones, in their sentence, wherever they stand; a limit or an order is no denial."""
    assert negation.denial("hiccups", sentence, orders=kind != "Interaction") == word


def test_only_what_says_that_something_is_so_can_be_denied(sourced: Path, run: Run) -> None:
    """A contraindication quotes `do not give`; an adverse effect that quotes `no fever` is warned of."""
    sentence = "It gave no fever and no hiccups."
    (sourced / "sources/third.txt").write_text(f"About third\n{sentence}\n", encoding="utf-8")
    contra = fact("third-contra", "third-s01", "fever", "statedAs: fever").replace("AdverseEffect", "Contraindication")
    contra = contra.replace("effect: fever", "condition: fever").replace("may cause", "is contraindicated in")
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write(source("third", "Monograph", [sentence]) + contra)
        file.write(fact("third-effect", "third-s01", "hiccups", "statedAs: hiccups"))

    found = [line for line in check(run, sourced).splitlines() if " warning quotation-negated" in line]

    assert len(found) == 1
    assert "the sentence of the words `hiccups` in passage `third-s01` says `no`" in found[0]


def test_words_in_the_text_but_in_no_passage_are_told_apart(sourced: Path, run: Run) -> None:
    """They are no invention; the passage is missing."""
    (sourced / "sources/advice.txt").write_text(
        (sourced / "sources/advice.txt").read_text(encoding="utf-8") + "It may itch a little.\n", encoding="utf-8"
    )
    path = sourced / "facts/own.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("statedAs: hiccups", "statedAs: itch a little"), encoding="utf-8"
    )

    found = check(run, sourced)

    assert "error quotation-elsewhere: the words `itch a little` do not stand in passage `label-s02`;" in found
    assert "they stand in the text of `advice`, in no passage" in found
    assert "warning sentence-uncovered: the sentence `It may itch a little.` stands in no passage of `advice`" in found


def test_what_is_not_checked_is_said_and_never_a_pass(sourced: Path, run: Run) -> None:
    """A source whose text is not at hand is counted with its passages, and so is a passage known by its section."""
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write("- id: absent-table\n  type: Passage\n  inSource: absent\n  section: table 1\n\n")
        file.write(
            fact("absent-effect-fever", "[absent-s01, absent-table]", "fever", "statedAs: fever", "frequencyPercent: 7")
        )

    found = check(run, sourced)
    without = run("-C", sourced, "check", "--format", "concise", sourced / "facts/own.yaml").stdout

    assert (
        f"1 passage was not checked: `absent.txt`, the text of `absent`, is not in `{sourced}/sources`; name" in found
    )
    assert "note passages-unchecked: 1 passage cannot be checked: known by its section alone" in found
    assert without.count("note passages-unchecked: ") == len(TEXTS) + 2
    assert (
        "1 passage was not checked: the text of `absent` is not at hand; name the folder that holds it with" in without
    )
    assert " error " not in found + without


def test_a_waived_passage_is_covered(sourced: Path, run: Run) -> None:
    """With a reason a sentence that claims nothing is no gap; a retracted fact cites nothing."""
    path = sourced / "facts/own.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "- id: advice-s01\n      type: Passage\n",
        "- id: advice-s01\n      type: Passage\n      waived: It claims nothing.\n",
    )
    head, _, tail = text.rpartition("status: draft")
    path.write_text(head + "status: retracted\n  reason: It is only a question." + tail, encoding="utf-8")

    found = check(run, sourced)

    assert "`advice-s01`" not in found
    assert "warning passage-uncited: no live fact rests on passage `advice-s02`" in found


@pytest.mark.source
def test_the_monograph_is_covered(shared: Path, run: Run) -> None:
    """Every sentence of the text is cited or waived with a reason: nothing is left, not even a warning."""
    result = run("check", "--sources", shared / "seed", "--fail-on", "warning")

    assert result.exit_code == 0
    assert "passage-uncited" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("words", "text", "places"),
    [
        ("patient's dose", "The patient\u2019s\u00a0 dose", [(4, 19)]),
        ("na\u00efve", "nai\u0308ve; na\u00efve", [(0, 6), (8, 13)]),
        ("2-5 days", "for 2\u20135\ndays", [(4, 12)]),
        ("rash", "rashes and a rash", [(13, 17)]),
        ("a.b", "axb", []),
        ("", "text", []),
        ("soft", "so\u00adft", []),
    ],
)
def test_words_are_found_in_the_original(words: str, text: str, places: list[tuple[int, int]]) -> None:
    """One normalisation on both sides, whole words, nothing stripped; places are those of the text as it is."""
    assert quotation.find(words, text) == places


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,000", {"1000"}),
        ("1,250", {"1.250", "1250"}),
        ("0,4 and .5", {"0.4", "5"}),
        ("10 000 of 1 500", {"10", "0", "10000", "1", "500", "1500"}),
        ("1,234.5", {"1234.5"}),
        ("every four weeks", {"4"}),
        ("1/100 to 2/10", {"1", "100", "2", "10"}),
        ("none", set()),
    ],
)
def test_numbers_are_read_every_way_they_can_be(text: str, found: set[str]) -> None:
    """Thousands and decimal marks differ between sources; a number is there if one reading has it."""
    assert {f"{n}" for n in quotation.numbers(text)} == {f"{n}" for n in found}
