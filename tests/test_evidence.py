"""Evidence: what a source does not say is found, whatever kind of source it is, and what was not checked is no pass."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import Run
from ivig_kg import cues, facts, negation, quantities, quotation, schema, stretches, units
from ivig_kg.findings import Severity
from ivig_kg.passages import Stretch
from ivig_kg.resources import Project

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
    ("It is unlikely to cause hiccups.", "AdverseEffect", "unlikely"),
    ("Although unlikely, hiccups may follow.", "AdverseEffect", None),
    ("Hiccups are not unlikely, and hiccups were seen.", "AdverseEffect", None),
    ("It fails to cause hiccups.", "AdverseEffect", "fails to cause"),
    ("It is for those who failed to respond to others in hiccups.", "TreatmentIndication", None),
    ("Absence of hiccups was noted.", "AdverseEffect", "Absence of"),
    ("Treatment was free of hiccups.", "AdverseEffect", "free of"),
    ("Lack of water may cause hiccups.", "AdverseEffect", None),
    ("Even in the absence of fever, hiccups are common.", "AdverseEffect", None),
    ("Nonetheless hiccups were seen.", "AdverseEffect", None),
    ("Fevers, none of them serious, and hiccups were seen.", "AdverseEffect", None),
    ("In those who have not had it before, hiccups may occur.", "AdverseEffect", None),
    ("Nobody who took it, child or not, had hiccups.", "AdverseEffect", "not"),
    ("People without an allergy may get hiccups.", "AdverseEffect", None),
    ("Fever without hiccups was seen.", "AdverseEffect", "without"),
    ("It is for a lack of antibodies with hiccups.", "TreatmentIndication", None),
    ("None of the patients had hiccups.", "AdverseEffect", "None"),
    ("Nobody had hiccups.", "AdverseEffect", "Nobody"),
    ("No-one had hiccups.", "AdverseEffect", "No-one"),
    ("It gave non-hiccups.", "AdverseEffect", "non-"),
    ("Not observed: fever, rash, itching, pain, cough, chills, chest pain, hiccups.", "AdverseEffect", "Not"),
    ("The following were not seen:\n\nfever\nhiccups", "AdverseEffect", "not"),
    ("Not for those with a cold, a cough or a cut: fever, hiccups.", "AdverseEffect", None),
    ("Not observed: fever.\n\nhiccups", "AdverseEffect", None),
    ("If you see one of these, do not go on:\n\nhiccups", "AdverseEffect", None),
    ("No dose change is needed if hiccups occur.", "AdverseEffect", None),
    ("If not hydrated well, hiccups may occur.", "AdverseEffect", None),
    ("It did not, when given slowly, cause hiccups.", "AdverseEffect", "not"),
    ("It is not known if it causes hiccups.", "AdverseEffect", "not"),
    ("Exemplin lowered the risk of hiccups.", "AdverseEffect", "lowered the risk of"),
    ("Exemplin prevents hiccups.", "AdverseEffect", "prevents"),
    ("Exemplin prevents hiccups.", "PreventiveIndication", None),
    ("A slower infusion reduces hiccups.", "AdverseEffect", None),
    ("To prevent hiccups, drink water.", "AdverseEffect", None),
]


@pytest.mark.parametrize(("sentence", "kind", "word"), NEGATED)
def test_a_sentence_that_denies_the_fact_is_warned_of(sentence: str, kind: str, word: str | None) -> None:
    """A few words before the quoted ones, in their sentence, wherever they stand; a limit or an order is no denial."""
    assert negation.denied(kind, "hiccups", sentence) == word


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
        ("up to 1 in 10", "up to 1 in 10,000 people", []),
        ("1 in 10", "1 in 10 000 people; 1 in 10\u2019000", []),
        ("1 in 1", "in 1 in 1 500 people", []),
        ("on day 1", "on day 1 500 mg", [(0, 8)]),
        ("in 2011", "in 2011 120 people", [(0, 7)]),
        ("rash 12", "rash 12 125", [(0, 7)]),
        ("5%", "12.5%, 0,5%, .5%", []),
        ("1 in 10", "1 in 10. Or 1 in 10, 12", [(0, 7), (12, 19)]),
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
        ("0,4 and .5", {"0.4", "0.5"}),
        ("0·5, and note.5", {"0.5", "5"}),
        ("12 of 10'000", {"12", "10000"}),
        ("12 of 1\u2019000", {"12", "1000"}),
        ("within twenty-four hours", {"24"}),
        ("within twenty four hours", {"20", "4", "24"}),
        ("ninety and fifteen", {"90", "15"}),
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


def changed(sourced: Path, *pairs: tuple[str, str]) -> None:
    """Replace stretches of the file of the fixture, each once."""
    path = sourced / "facts/own.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def span(text: str, begin: int, end: int) -> tuple[str, str]:
    """Return the lines of a passage as they are, and as they are with another place and the digest made anew."""
    whole = text.index("A swollen"), text.index("A swollen") + len(TEXTS["label"][1][0])
    lines = []
    for start, stop in (whole, (whole[0] + begin, whole[1] + end)):
        digest = hashlib.sha256(text[start:stop].encode()).hexdigest()
        lines.append(f"start: {start}\n      end: {stop}\n      textDigest: {digest}")
    return lines[0], lines[1]


@pytest.mark.parametrize(("begin", "end"), [(1, 0), (1, 1), (-1, 0), (0, 1), (3, 0), (0, -4)])
def test_a_passage_that_is_cut_is_found_with_its_digest_made_anew(
    sourced: Path, run: Run, begin: int, end: int
) -> None:
    """Half a word, or a blank before or behind, is no passage, however right its digest is."""
    text = (sourced / "sources/label.txt").read_text(encoding="utf-8")
    changed(sourced, span(text, begin, end))

    found = check(run, sourced)

    assert " error passage-cut: the passage " in found
    assert "passage-digest" not in found


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("paragraph 1", None),
        ("paragraph 2", "the passage stands in `paragraph 1`, and its section is `paragraph 2`"),
        ("About label", None),
        ("4.8", None),
    ],
)
def test_a_section_is_held_against_the_text(sourced: Path, run: Run, section: str, says: str | None) -> None:
    """Where the text has counted paragraphs or the heading; else it is counted as not compared."""
    changed(
        sourced,
        (
            "id: label-s01\n      type: Passage\n      section: text",
            f"id: label-s01\n      type: Passage\n      section: {section}",
        ),
    )

    found = check(run, sourced)

    assert (says in found) if says else ("passage-section" not in found)
    assert found.count("note sections-unchecked: 2 passages") == (3 if section == "4.8" else 2)


def test_a_heading_that_is_another_one_is_found() -> None:
    """By its words or its number; a part of a chapter stands in the chapter too."""
    text = "4 Clinical\n\n4.1 Uses\n\nIt treats.\n\n4.8 Effects\n\nIt hurts.\n"
    stretch = Stretch(text.index("It hurts"), text.index("It hurts") + 9)

    def told(section: str) -> list[str]:
        (document,) = [facts.parse(f"- id: p\n  section: '{section}'\n", shown="case.yaml")]
        return [f.code for f in stretches.check(document.mappings[0], stretch, text)]

    assert [told(s) for s in ("4.8", "4.8 Effects", "effects", "4", "4 Clinical", "table 7")] == [[]] * 6
    assert [told(s) for s in ("4.1", "4.1 Uses", "uses")] == [["passage-section"]] * 3


@pytest.mark.parametrize(
    ("kind", "sentence", "said"),
    [
        ("AdverseEffect", "Hiccups, or hiccups at night, were not seen.", None),
        ("AdverseEffect", "In adults hiccups were not seen.", "were not"),
        ("AdverseEffect", "In adults hiccups weren\u2019t reported.", "weren\u2019t"),
        ("AdverseEffect", "In adults hiccups have never been observed.", "have never"),
        ("AdverseEffect", "In adults hiccups were not rare.", None),
        ("AdverseEffect", "In adults hiccups were ruled out.", "were ruled out"),
        ("AdverseEffect", "In adults hiccups cannot be ruled out.", None),
        ("Warning", "Wait until hiccups are ruled out.", None),
        ("AdverseEffect", "In adults hiccups improved with Exemplin.", "improved"),
        ("AdverseEffect", "In adults hiccups were reduced by it.", "reduced"),
        ("AdverseEffect", "In adults hiccups resolved after two days.", None),
        ("AdverseEffect", "In adults hiccups were seen; fever was not seen.", None),
        ("Warning", "There is no risk of hiccups.", "no"),
        ("Warning", "Do not give it: hiccups may follow.", None),
        ("Contraindication", "It is not contraindicated in hiccups.", "not contraindicated"),
        ("Contraindication", "It must not be given in hiccups.", None),
        ("PatientAdvice", "Do not stop because of hiccups.", None),
    ],
)
def test_a_denial_behind_the_words_or_of_another_kind_is_seen(kind: str, sentence: str, said: str | None) -> None:
    """What follows the words counts where its verb says that something is so; an order forbids and denies nothing."""
    assert negation.denied(kind, "hiccups", sentence) == said


@pytest.mark.parametrize(
    ("words", "sentence", "said"),
    [
        ("common", "Hiccups were not common.", "not"),
        ("common", "Hiccups were less common.", "less"),
        ("rare", "Hiccups were very\nrare.", "very"),
        ("common", "Hiccups were un-common.", "un-"),
        ("rare", "Rare hiccups, and very rare fever, were seen.", None),
        ("very rare", "Hiccups were very rare.", None),
        ("common", "It is not for children; hiccups are common.", None),
        ("may cause", "It is not for children and may cause hiccups.", None),
    ],
)
def test_a_word_left_out_that_turns_the_others_is_seen(words: str, sentence: str, said: str | None) -> None:
    """Of how often, how certain and when: what stands right before the quoted words belongs to them."""
    assert negation.turned(words, sentence) == said


@pytest.mark.parametrize("placed", [True, False], ids=["placed", "by section"])
@pytest.mark.parametrize(
    ("sentence", "lines"),
    [
        ("It does not cause fever.", ["statedAs: fever"]),
        ("A fever was not common.", ["statedAs: fever", "frequencyAsStated: common"]),
    ],
)
def test_a_quotation_against_its_sentence_is_warned_of(
    sourced: Path,
    run: Run,
    placed: bool,  # noqa: FBT001
    sentence: str,
    lines: list[str],
) -> None:
    """Be the passage known by its place, or by its section alone with the text at hand."""
    (sourced / "sources/more.txt").write_text(f"About more\n{sentence}\n", encoding="utf-8")
    more = source("more", "Register", [sentence])
    if not placed:
        more = re.sub(r"      (?:start|end|textDigest): .*\n", "", more)
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write(more + fact("one", "more-s01", "fever", *lines))

    found = re.findall(r"warning quotation-negated: .*", check(run, sourced))

    assert len(found) == 1
    assert "in passage `more-s01` says `not`" in found[0]


def test_a_denial_outside_of_the_passage_is_seen(sourced: Path, run: Run) -> None:
    """A passage that leaves out the no of its sentence is quoted as if it were the sentence."""
    text = "About last\nNo person had hiccups.\n"
    (sourced / "sources/last.txt").write_text(text, encoding="utf-8")
    lines = source("last", "Register", ["No person had hiccups."])
    start, end = text.index("had"), len(text) - 1
    digest = hashlib.sha256(text[start:end].encode()).hexdigest()
    lines = re.sub(r"start: .*\n.*\n.*\n", f"start: {start}\n      end: {end}\n      textDigest: {digest}\n", lines)
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write(lines + fact("last-effect", "last-s01", "hiccups", "statedAs: had hiccups"))

    found = check(run, sourced)

    assert "warning quotation-negated: the sentence of the words `had hiccups` in passage `last-s01` says `No`" in found


def test_words_of_a_passage_without_a_place_are_looked_for_in_its_text(sourced: Path, run: Run) -> None:
    """Known by its section alone, with the text at hand: what stands nowhere in it is found; it is still counted."""
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write("- id: label-table\n  type: Passage\n  inSource: label\n  section: table 1\n\n")
        file.write(fact("one", "label-table", "fever", "statedAs: fever like fire", "frequencyPercent: 7"))

    found = check(run, sourced)

    assert "error quotation-missing: the words `fever like fire` stand nowhere in the text of `label`" in found
    assert "error number-not-in-passage: the number `7` does not stand in passage `label-table`" in found
    assert "note passages-unchecked: 1 passage cannot be checked: known by its section alone" in found


@pytest.mark.parametrize(
    ("text", "unit", "there"),
    [
        ("0.4 g/kg", "g", False),
        ("0.4 g/kg/day", "g/kg", False),
        ("0.4 g/kg per day", "g/kg/d", True),
        ("0.4 g/kg daily", "g/kg/wk", False),
        ("0.4 g/kg on each of five days", "g/kg", False),
        ("0.4 g/kg every 4 weeks", "g/kg", True),
        ("0.4 g per infusion", "g", True),
        ("0.4 mL/kg/min", "mL/kg", False),
        ("0.4 g/kg bw/day", "g/kg", False),
        ("0.4 g/kg b.w. per day", "g/kg", False),
        ("0.4 g/kg b.w. daily", "g/kg/d", True),
        ("0.4 g/kg once; headache after one day", "g/kg/d", False),
        ("Doses per day: 0.4. Take 0.4 g/kg.", "g/kg/d", True),
        ("0.4 g kg\u207b\u00b9 once", "g/kg", True),
        ("0.4 g kg-1 once", "g", False),
    ],
)
def test_a_number_stands_before_its_own_unit_alone(text: str, unit: str, there: bool) -> None:  # noqa: FBT001
    """A dose a day is none a week, and grams for each kilogram are no grams."""
    assert units.stand_together(Decimal("0.4"), unit, text) is there


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2", "for 2 consecutive days"),
        ("48", "forty-eight (48) days"),
        ("48", "48 (forty-eight) days"),
        ("24", "within twenty-four days"),
        ("1", "within a day"),
        ("1", "1 to <10 days"),
    ],
)
def test_words_between_a_number_and_its_unit_do_not_part_them(number: str, text: str) -> None:
    """The number once more in brackets, the other end of a range, or how the days follow each other."""
    assert units.stand_together(Decimal(number), "d", text)


@pytest.mark.parametrize(
    ("text", "part", "cut"),
    [
        ("In 12.5% of people.", "5% of people.", True),
        ("In a share of 1.5% here.", "In a share of 1", True),
        ("In .5% of people.", "5% of people.", True),
        ("A non-septic ache.", "septic ache.", True),
        ("In 12.5% of people.", "12.5% of people.", False),
        ("On day 12. 5 had it.", "5 had it.", False),
        ("On day 12.", "On day 12", False),
        ("- Ache, fever.", "fever.", False),
    ],
)
def test_half_a_number_is_no_passage(text: str, part: str, cut: bool) -> None:  # noqa: FBT001
    """Nor is what a hyphen joins to the word before it; a list, a full stop and a blank part words."""
    stretch = Stretch(text.index(part), text.index(part) + len(part))
    lines = f"- id: p\n  start: {stretch.start}\n  end: {stretch.end}\n"
    (document,) = [facts.parse(lines, shown="case.yaml")]

    found = [f.code for f in stretches.check(document.mappings[0], stretch, text)]

    assert found == (["passage-cut"] if cut else [])


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("In 12 of 100 people fever was seen, in 13 rash.", {"Count": 12, "Total": 100}, []),
        ("In 12 of 100 people fever was seen, in 13 rash.", {"Count": 13, "Total": 100}, ["13"]),
        ("In 12 of 100 people rash was seen, in 13 fever.", {"Count": 13, "Total": 100}, []),
        ("In 12 of 100 people fever was seen.", {"Count": 100, "Total": 100}, ["100"]),
        ("In 12 of 100 people fever was seen.", {"Count": 100}, ["100"]),
        ("In 12 of 100 people fever was seen.", {"Count": 12, "Total": 12}, ["12"]),
        ("In 100 of 100 people fever was seen.", {"Count": 100, "Total": 100}, []),
        ("Of 100 people 12 had fever.", {"Count": 12, "Total": 100}, []),
        ("Fever (12/100), rash (13/100)", {"Count": 12, "Total": 100}, []),
        ("Fever (12/100), rash (13/50)", {"Count": 13, "Total": 100}, ["13"]),
        ("12 patients (15%) out of the 80 had fever.", {"Count": 12, "Total": 80, "Percent": 15}, []),
        ("12 patients (15%) out of the 80 had fever.", {"Count": 15, "Total": 80}, ["15"]),
        ("Rash and fever in 12 and 15 of 100.", {"Count": 15, "Total": 100}, []),
        ("Fever and rash in 12 and 15 of 100.", {"Count": 12, "Total": 100}, []),
        ("N = 100; fever 12", {"Count": 12, "Total": 100}, []),
        ("Fever: 30 people (12%)", {"Percent": 12}, []),
        ("Fever: 30 people (12%)", {"Percent": 30}, ["30"]),
        ("Fever: 5, 7 and 10 per cent", {"Percent": 5}, []),
        ("Fever: 1 to <10%", {"Percent": 1}, []),
        ("Fever, n (%): 30 (12)", {"Percent": 12}, []),
        ("Fever 12; 15% had rash", {"Percent": 12}, ["12"]),
    ],
)
def test_another_number_of_the_sentence_is_warned_of(text: str, values: dict[str, int], told: list[str]) -> None:
    """A count is no total and no percentage, nor the count of what stands nearer to another one."""
    lines = "".join(f"  frequency{key}: {value}\n" for key, value in values.items())
    stated = "Fever" if "Fever" in text else "fever"
    document = facts.parse(f"- id: a\n  statedAs: {stated}\n{lines}", shown="case.yaml")

    found = list(quantities.check_shares(document.mappings[0], stated, text))

    assert [(f.code, f.severity) for f in found] == [("number-apart-from-unit", Severity.WARNING)] * len(told)
    assert all(f"`{number}`" in f.message for number, f in zip(told, found, strict=True))


_ON = "It was approved on "


@pytest.mark.parametrize(
    ("date", "text", "there"),
    [
        ("2024-02-28", f"{_ON}28 February 2024.", True),
        ("2024-02-29", f"{_ON}28 February 2024.", False),
        ("2023-02-28", f"{_ON}28 February 2024.", False),
        ("2024-03-28", f"{_ON}28 February 2024.", False),
        ("2012-09-05", f"{_ON}5 March 2012; never in sepsis.", False),
        ("2012-05-03", f"{_ON}5 March 2012; it may help.", False),
        ("2012-05-09", f"{_ON}5 March 2012, and changed on 9 May 2013.", False),
        ("2012-05-05", f"{_ON}5 March 2012. May it help.", False),
        ("2012-03-05", f"{_ON}3/5/2012.", True),
        ("2012-03-05", f"{_ON}05-Mar-12.", True),
        ("2012-03-05", f"{_ON}05.03.2012.", True),
        ("2012-03-05", f"{_ON}Mar. 5th, 2012.", True),
        ("2012-03-05", f"{_ON}the 5th of March, 2012.", True),
        ("2012-03-05", f"{_ON}5 and 6 March 2012.", True),
        ("2012-03-05", f"{_ON}March 5-6, 2012.", True),
        ("2012-03-05", f"{_ON}5 March and 9 May 2012.", True),
        ("2012-03-05", "2012: approved, 5 March", True),
        ("2012-03-05", "le 5 mars 2012", True),
        ("2012-03-05", "2012\u5e743\u67085\u65e5", True),
        ("2012-03-05", "20120305", True),
        ("2012-03-05", "day 5, month 3, year 2012", True),
        ("2012-13-05", f"{_ON}5/13/2012.", False),
    ],
)
def test_a_date_is_held_against_the_passage(project: Project, date: str, text: str, there: bool) -> None:  # noqa: FBT001
    """Year, month in digits or as a word, and day, read together; the day of curation stands in no source."""
    document = facts.parse(f"- id: a\n  approvedOn: {date}\n  curatedOn: 2020-01-01\n", shown="case.yaml")

    found = list(quantities.check(document.mappings[0], passages={"p": text}, schema=schema.load(project)))

    assert [f.code for f in found if f.code == "number-not-in-passage"] == ([] if there else ["number-not-in-passage"])


def test_a_letter_that_only_folds_to_another_is_another() -> None:
    """Where capitals do not count, a long s is still no s."""
    assert quotation.stands("Sometimes", "it sometimes hurts", fold=True)
    assert not quotation.stands("\u017fometimes", "it sometimes hurts", fold=True)


NOTHING = hashlib.sha256(b"").hexdigest()
BARE = source("bare", "Register", ["Nothing."])


@pytest.mark.parametrize(("start", "end"), [("{size}", "{size}"), ("99999999", "5"), ("0", "0"), ("7", "7")])
def test_a_passage_of_nothing_is_told_and_so_is_the_rest(sourced: Path, run: Run, start: str, end: str) -> None:
    """With the digest of nothing, at the end of the text or behind it: no crash, and the other findings are told."""
    text = (sourced / "sources/label.txt").read_text(encoding="utf-8")
    place = [at.format(size=len(text)) for at in (start, end)]
    new = f"start: {place[0]}\n      end: {place[1]}\n      textDigest: {NOTHING}"
    changed(sourced, (span(text, 0, 0)[0], new), ("itching elbow", "itching knee"))

    found = check(run, sourced)

    assert "error Passage-order" in found
    assert "error quotation-missing: the words `itching knee` " in found
    assert "error quotation-elsewhere: the words `swollen ankle` do not stand in passage `label-s01`" in found


def test_a_passage_of_an_empty_text_is_told(sourced: Path, run: Run) -> None:
    """A text that holds nothing has no passage, whatever its digest."""
    (sourced / "sources/bare.txt").write_text("", encoding="utf-8")
    lines = re.sub(r"start: .*\n.*\n.*\n", f"start: 0\n      end: 0\n      textDigest: {NOTHING}\n", BARE)
    with (sourced / "facts/own.yaml").open("a", encoding="utf-8") as file:
        file.write(lines)

    found = check(run, sourced)

    assert "error Passage-order" in found


def test_a_name_too_long_for_a_file_is_that_of_a_text_that_is_not_there(sourced: Path, run: Run) -> None:
    """The name of a text may be any word; where no file can have it, its passages were not checked."""
    name = "x" * 300
    changed(sourced, ("textFile: label.txt", f"textFile: {name}.txt"))

    found = check(run, sourced)

    assert "note passages-unchecked: 2 passages were not checked: " in found
    assert "the text of `label`, is not in " in found


@pytest.mark.parametrize(
    ("kind", "sentence", "told"),
    [
        ("TreatmentIndication", "Common side effects may include headache.", "side effects"),
        ("PreventiveIndication", "It may now and then cause headache.", "may now and then cause"),
        ("TreatmentIndication", "It must not be used by people with headache.", "must not be used"),
        ("AdverseEffect", "It is used in the treatment of headache.", "treatment of"),
        ("AdverseEffect", "It is contraindicated in headache.", "contraindicated"),
        ("Contraindication", "It is indicated for headache.", "indicated for"),
        ("Contraindication", "It may cause headache, which does not last.", "may cause"),
        ("AdverseEffect", "During treatment of adults headache was seen.", None),
        ("TreatmentIndication", "It is used to treat headache, and may cause fever.", None),
        ("TreatmentIndication", "It helps those in whom others may cause headache.", None),
        ("Contraindication", "Avoid it in headache: it may cause fever.", None),
        ("AdverseEffect", "Headache, fever.", None),
        ("Warning", "It may cause headache.", None),
    ],
)
def test_a_sentence_of_another_kind_of_claim_is_seen(kind: str, sentence: str, told: str | None) -> None:
    """Where it has words of another kind and none of the fact's own; most sentences have none, and are not judged."""
    assert cues.other_kind(kind, sentence) == told


@pytest.mark.parametrize(
    ("key", "says", "idle"),
    [
        (
            "frequencyAsStated",
            ("now and then", "1:40", "in some cases", "hundreds of patients", "Dozens of cases", "twenty", "multiple"),
            ("of", "No rash"),
        ),
        ("certaintyAsStated", ("may", "can help", "important", "related to", "Anecdotally"), ("of", "not fever")),
        ("timingAsStated", ("before", "every 3 weeks", "delayed", "post-infusion", "Subsequently"), ("of", "effects")),
    ],
)
def test_words_that_say_nothing_are_told_apart(key: str, says: tuple[str, ...], idle: tuple[str, ...]) -> None:
    """One word or number that says how often, how certain or when is enough."""
    assert [bool(cues.SAYS[key].search(words)) for words in (*says, *idle)] == [True] * len(says) + [False, False]


LEARNT = [
    ("source-names-other", [("about: exemplin", "about: otherin"), ("label: Exemplin may", "label: Otherin may")]),
    (
        "passage-claims-other",
        [
            ("type: AdverseEffect", "type: TreatmentIndication"),
            ("effect: dummy", "condition: dummy"),
            ("may cause dummy", "treats dummy"),
        ],
    ),
    ("word-not-in-passage", [("statedAs: dummy headache", "statedAs: dummy headache\n  seriousness: serious")]),
    ("word-not-in-passage", [("statedAs: dummy headache", "statedAs: dummy headache\n  jurisdiction: US")]),
    ("quotation-says-nothing", [("certaintyAsStated: may", "certaintyAsStated: of")]),
    ("quotation-says-nothing", [("frequencyAsStated: common", "frequencyAsStated: effects")]),
]


@pytest.mark.parametrize(("code", "pairs"), LEARNT, ids=[f"{c}-{n}" for n, (c, _) in enumerate(LEARNT)])
def test_a_real_sentence_under_another_claim_is_found(
    tmp_path: Path, run: Run, code: str, pairs: list[tuple[str, str]]
) -> None:
    """In the project that `init` makes: all words stand in their passage, and one finding says what is wrong."""
    run("init", tmp_path / "new")
    other = "\n- id: otherin\n  type: Drug\n  label: Otherin\n  definition: Another invented medicine.\n"
    with (tmp_path / "new/facts/concepts.yaml").open("a", encoding="utf-8") as file:
        file.write(other)
    path = tmp_path / "new/facts/exemplin.yaml"
    head, mark, rest = path.read_text(encoding="utf-8").partition("- id: exm-effect-dummy-headache\n")
    for old, new in pairs:
        assert old in rest
        rest = rest.replace(old, new, 1)
    words = ("-C", tmp_path / "new", "check", "--no-cache", "--format", "concise", "--sources", tmp_path / "new/texts")
    right = run(*words).stdout
    path.write_text(head + mark + rest, encoding="utf-8")

    found = run(*words).stdout

    assert not re.search(r": (error|warning) ", right)
    assert re.findall(r": (?:error|warning) ([\w-]+):", found) == [code]


def test_a_passage_on_the_other_of_two_medicines_is_warned_of(sourced: Path, run: Run) -> None:
    """Where facts on its source are about the medicine that it names, or it says of that one what is quoted."""
    sentences = ["Betolin may cause fever.", "Casolin may cause hiccups, with Dorolin too."]
    (sourced / "sources/both.txt").write_text("About both\n" + "\n".join(sentences) + "\n", encoding="utf-8")
    drugs = [f"- id: {d}\n  type: Drug\n  label: {d.title()}\n\n" for d in ("betolin", "casolin", "dorolin")]
    one = fact("one", "both-s01", "fever", "statedAs: fever").replace("about: drug", "about: betolin")
    two = fact("two", "both-s02", "hiccups", "statedAs: hiccups").replace("about: drug", "about: {0}")
    path = sourced / "facts/own.yaml"
    whole = path.read_text(encoding="utf-8") + source("both", "Register", sentences) + "".join(drugs) + one

    told = []
    for about in ("casolin", "betolin", "drug"):
        path.write_text(whole + two.replace("{0}", about), encoding="utf-8")
        told.append(re.findall(r"((?:source|passage)-names-other: .*?);", check(run, sourced)))

    assert told == [
        [],
        ["passage-names-other: the words `hiccups` are what the passage says of `casolin`"],
        ["source-names-other: the text of `both` names `betolin`, and nowhere `drug`"],
    ]
    path.write_text(whole + two.replace("{0}", "casolin").replace("both-s02", "both-s01"), encoding="utf-8")
    assert "warning passage-names-other: passage `both-s01` names `betolin`, and not `casolin`" in check(run, sourced)


def test_a_text_in_another_language_is_not_judged_by_english_words(sourced: Path, run: Run) -> None:
    """A source that says its language is not English: its words for how often are left to people."""
    pair = ("frequencyAsStated: often", "frequencyAsStated: told of")
    changed(sourced, pair)
    english = check(run, sourced)
    changed(sourced, ("textFile: note.txt", "textFile: note.txt\n  language: de"))

    assert "warning quotation-says-nothing: the words `told of` under `frequencyAsStated` say nothing" in english
    assert "quotation-says-nothing" not in check(run, sourced)
