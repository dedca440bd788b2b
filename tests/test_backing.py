"""Backing: what the words of a text are taken to say of a medicine, a kind of claim, a word of a list, and a place.

Each case is a text with one fact on one sentence of it; all cases of a test are one project, checked once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from pathlib import Path

from conftest import Run

CONCEPTS = """
- {id: ig, type: Drug, label: human immunoglobulin, alias: IVIG, definition: Invented.}
- {id: heparin, type: Drug, label: heparin, definition: Invented.}
- {id: betolin, type: Product, label: Betolin (US), broader: ig, jurisdiction: US}
- {id: betolin-eu, type: Product, label: Betolin (EU), broader: ig, jurisdiction: EU}
- {id: casolin, type: Product, label: Casolin, broader: ig}
- {id: casolin-5, type: Product, label: Casolin 5%, broader: ig}
- {id: casolin-10, type: Product, label: Casolin 10%, broader: ig}
- {id: dorolin-dif, type: Product, label: Dorolin DIF, broader: ig}
- {id: dorolin-dif-50, type: Product, label: Dorolin DIF 50 mg/ml, broader: ig}
- {id: normal, type: Product, label: Human Normal Immunoglobulin Maker, broader: ig}
- {id: headache, type: Condition, label: headache}
- {id: fever, type: Condition, label: fever}
- {id: itp, type: Condition, label: thrombocytopenia, alias: ITP}
"""
VERBS = {
    "AdverseEffect": ("may cause", "effect"),
    "Contraindication": ("is contraindicated in", "condition"),
    "TreatmentIndication": ("treats", "condition"),
}
JUDGED = {"source-names-other", "passage-names-other", "passage-claims-other", "word-not-in-passage"} | {
    *("quotation-negated", "number-apart-from-unit"),
}


@dataclasses.dataclass(frozen=True)
class Case:
    """A text, and a fact on a sentence of it.

    Attributes:
        text: The text; the fact is on what stands between brackets.
        told: What is found: severity and code, and `;` between two.
        about: What the fact is about.
        what: What the fact says of it.
        kind: The class of the fact.
        more: Further lines of the fact.
        source: Further lines of the source.
        section: The section that the passage says it stands in.
    """

    text: str
    told: str = ""
    about: str = "casolin"
    what: str = "headache"
    kind: str = "AdverseEffect"
    more: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    section: str = "text"


LABELS = dict(re.findall(r"id: ([\w-]+), type: \w+, label: ([^,}]+)", CONCEPTS))


def written(number: int, case: Case) -> tuple[str, str]:
    """Return the text of a case, and the YAML of its source and its fact."""
    before, inside, after = re.split(r"[{}]", case.text)
    start, digest = len(before), hashlib.sha256(inside.encode()).hexdigest()
    does, key = VERBS[case.kind]
    words = next(m[0] for w in (LABELS[case.what], "ITP") if (m := re.search(w, inside, re.IGNORECASE)))
    source = [f"- id: s{number}", "type: Source", f"label: source {number}", f"title: Source {number}"]
    source += ["sourceKind: Guideline", f"textFile: s{number}.txt", *case.source, "passages:"]
    passage = [f"- id: s{number}-p", "type: Passage", f"section: '{case.section}'", f"start: {start}"]
    passage += [f"end: {start + len(inside)}", f"textDigest: {digest}"]
    fact = [f"- id: f{number}", f"type: {case.kind}", f"label: {LABELS[case.about]} {does} {LABELS[case.what]}"]
    fact += [f"about: {case.about}", f"{key}: {case.what}", f"statedAs: {words}", *case.more]
    if not any(line.startswith("evidence: ") for line in case.more):
        fact.append(f"evidence: s{number}-p")
    parts = ("\n  ".join(source), "    " + "\n      ".join(passage), "\n  ".join([*fact, "status: draft"]))
    return before + inside + after, "\n".join(parts) + "\n"


def judged(run: Run, small: Path, cases: list[Case], more: str = "") -> list[str]:
    """Return what is found of each case."""
    (small / "texts").mkdir()
    facts = CONCEPTS + more
    lines: dict[int, int] = {}
    for number, case in enumerate(cases):
        text, yaml = written(number, case)
        (small / f"texts/s{number}.txt").write_text(text, encoding="utf-8")
        begin = facts.count("\n")
        facts += yaml
        lines |= dict.fromkeys(range(begin + 1, facts.count("\n") + 1), number)
    (small / "facts/own.yaml").write_text(facts, encoding="utf-8")
    words = ("-C", small, "check", "--no-cache", "--format", "concise", "--sources", small / "texts")
    found: list[list[str]] = [[] for _ in cases]
    for line, severity, code in re.findall(r"own\.yaml:(\d+):\d+: (\w+) ([\w-]+):", run(*words).stdout):
        if code in JUDGED:
            found[lines[int(line)]].append(f"{severity} {code}")
    return ["; ".join(one) for one in found]


OTHER, PERHAPS = "error source-names-other", "warning source-names-other"
MEDICINES = [
    Case("{Human immunoglobulin may cause headache.} Delay heparin.", about="betolin"),
    Case("{This medicine may cause headache.} Delay heparin.", PERHAPS),
    Case("{Betolin may cause headache.}", OTHER),
    Case("{Betolin, a human immunoglobulin, may cause headache.}", PERHAPS),
    Case("{Casolin may cause headache.}", about="ig"),
    Case("{The human body may react with headache.}"),
    Case("{Betolin (human plasma) may cause headache.}", OTHER, about="normal"),
    Case("Casolin 5%\n\n{Casolin 5% may cause headache.}", PERHAPS, about="casolin-10"),
    Case("{Casolin\u00ae 5 % may cause headache.}", PERHAPS, about="casolin-10"),
    Case("{Casolin may cause headache.}", about="casolin-10"),
    Case("{Casolin 5% and 10% may cause headache.}", about="casolin-10"),
    Case("Casolin 5%.\n\n{Casolin\u00ae 10 % may cause headache.}", about="casolin-10"),
    Case("{Dorolin DIF may cause headache.}", about="dorolin-dif-50"),
    Case("Casolin 10% and Casolin 5%\n\n{Casolin 5% may cause headache.}", about="casolin-10"),
]


def test_a_text_on_another_medicine_is_told_as_surely_as_it_shows(small: Path, run: Run) -> None:
    """An error only for another one of the same group; what is only mentioned, and a group for its members, is none."""
    assert judged(run, small, MEDICINES) == [case.told for case in MEDICINES]


WORD = "warning word-not-in-passage"
EFFECTS = "Casolin\n\n4.8 Undesirable effects\n\n"
RARE, COMMON, VERY_RARE, SERIOUS = "frequency: Rare", "frequency: Common", "frequency: VeryRare", "seriousness: serious"
WORDS = [
    Case(EFFECTS + "{Headache may affect more than 1 in 10 people.}", WORD, more=(RARE,)),
    Case(EFFECTS + "{Headache may affect up to 1 in 1,000 people.}", more=(RARE,)),
    Case(EFFECTS + "{Headache may affect up to 1 in 1 000 people.}", more=(RARE,)),
    Case(EFFECTS + "{Headache may affect up to 1 in 10,000 people.}", WORD, more=("frequency: VeryCommon",)),
    Case(EFFECTS + "{Headache may affect up to 1 in 10 people.}", WORD, more=("frequency: VeryCommon",)),
    Case(EFFECTS + "{Headache: 1/1,000 to <1/100}", WORD, more=(COMMON,)),
    Case(EFFECTS + "{Headache was seen in 1,200 of 10,000 people.}", more=("frequency: VeryCommon",)),
    Case(EFFECTS + "{Headache (1 to <10%)}", more=(COMMON,)),
    Case(EFFECTS + "{Headache (1 to <10%)}", WORD, more=(RARE,)),
    Case(EFFECTS + "{headache (uncommon), fever (very rare).}", WORD, more=(VERY_RARE,)),
    Case(EFFECTS + "{headache (uncommon), fever (very rare).}", what="fever", more=(VERY_RARE,)),
    Case(EFFECTS + "{Headache was un\u00adcommon.}", more=("frequency: Uncommon",)),
    Case(EFFECTS + "{Headache was life\u2011threatening.}", more=(SERIOUS,)),
    Case(EFFECTS + "{Headache was seen.}", WORD, more=(SERIOUS,), section="Serious adverse reactions"),
    Case(EFFECTS + "{Headache was seen.}", WORD, more=(RARE,), section="Rare effects"),
    Case(EFFECTS + "Rare effects\n\n{Headache was seen.}", more=(RARE,), section="Rare effects"),
    Case(EFFECTS + "{No serious effects were seen; headache was seen.}", WORD, more=(SERIOUS,)),
    Case(EFFECTS + "{No serious effects were seen; headache was seen.}", more=("seriousness: notSerious",)),
    Case(EFFECTS + "A non-{serious headache.}", WORD, more=(SERIOUS,)),
    Case(EFFECTS + "Uncommon\n\nNervous system\n\n{fever, headache.}", more=("frequency: Uncommon",)),
    Case(EFFECTS + "Uncommon\n\nNervous system\n\n{fever, headache.}", WORD, more=(COMMON,)),
    Case(EFFECTS + "Common (may affect up to 1 in 10 people):\n\n{headache, fever.}", more=(COMMON,)),
    Case(EFFECTS + "Common\n\nfever\n\nRare\n\n{headache}", WORD, more=(COMMON,)),
    Case("Serious effects\n\nNervous system\n\n{Casolin: headache.}", more=(SERIOUS,)),
    Case("Casolin. {Headache was seen.} Made in Los Angeles, CA 90032.", WORD, more=("jurisdiction: CA",)),
    Case("Casolin. {Headache was seen.} CONTACT US by phone.", WORD, more=("jurisdiction: US",)),
    Case("Casolin. {Headache was seen.} Approved in the US.", more=("jurisdiction: US",)),
    Case("Casolin. {Headache was seen.}", more=("jurisdiction: CA",), source=("publisher: Health Canada",)),
    Case("Betolin\n\nEuropean Medicines Agency, EPAR\n\n{Headache was seen.}", WORD, about="betolin"),
    Case("Betolin\n\nEuropean Medicines Agency, EPAR\n\n{Headache was seen.}", about="betolin-eu"),
    Case("Betolin\n\n{Headache was seen in a European study.}", about="betolin"),
    Case("Betolin\n\n{Headache was seen.} Approved by FDA, later by EMA.", about="betolin"),
]


def test_a_word_of_a_list_is_held_against_what_stands_around_it(small: Path, run: Run) -> None:
    """Each share against its own category, the brackets behind an effect before its sentence, the nearest heading."""
    assert judged(run, small, WORDS) == [case.told for case in WORDS]


CLAIM, NO = "warning passage-claims-other", "warning quotation-negated"
USES, EFFECT = "TreatmentIndication", "AdverseEffect"
FORBIDDEN = "Contraindication"
CLAIMS = [
    Case("Casolin\n\n4 CONTRAINDICATIONS\n\n{Headache and earlier adverse reactions.}", kind=FORBIDDEN),
    Case("Casolin\n\n4.1 Therapeutic indications\n\n{ITP, which can lead to bleeding.}", what="itp", kind=USES),
    Case(EFFECTS + "{During treatment of ITP, 12 of 80 patients had headache.}"),
    Case(EFFECTS + "{For prevention of headache, slow the rate; headache is common.}"),
    Case(EFFECTS + "{Headache was seen; it may cause sleeplessness.}", CLAIM, kind=FORBIDDEN),
    Case("4.1 Therapeutic indications\n\nITP.\n\n" + EFFECTS + "{It may cause headache.}", CLAIM, kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Use in ITP is not recommended.}", f"{CLAIM}; {NO}", what="itp", kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Avoid use in ITP.}", CLAIM, what="itp", kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Patients with ITP should be monitored.}", CLAIM, what="itp", kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Used in ITP, but not recommended in fever.}", what="itp", kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Used in ITP, and patients should be monitored.}", what="itp", kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Used in ITP if steroids are not effective.}", what="itp", kind=USES),
    Case("Casolin\n\n4.1 Uses\n\n{Use with caution in ITP.}", CLAIM, what="itp", kind=FORBIDDEN),
    Case("Casolin\n\n4.1 Uses\n\n{Avoid it in ITP, use with caution in fever.}", what="itp", kind=FORBIDDEN),
]


def test_a_kind_of_claim_is_held_against_its_sentence_and_the_headings(small: Path, run: Run) -> None:
    """Under a heading of its own kind nothing is told; a use that is denied is none, whatever else its clause has."""
    assert judged(run, small, CLAIMS) == [case.told for case in CLAIMS]


NUMBER = "warning number-apart-from-unit"
INDICATED = "Casolin\n\n4.1 Therapeutic indications\n\n"
FORBIDS = "Casolin\n\n4.3 Contraindications\n\n"
PARTS = ("frequencyCount: 13", "frequencyTotal: 90")
DENIED = [
    Case(EFFECTS + "{The incidence of headache was no higher than with placebo.}", NO),
    Case(EFFECTS + "{The incidence of headache was higher than with placebo.}"),
    Case(EFFECTS + "{Headache was not more common than fever.}"),
    Case(EFFECTS + "{It is doubtful that it causes headache.}", NO),
    Case(EFFECTS + "{Headache is not an adverse reaction of Casolin.}", NO),
    Case(EFFECTS + "{Headache was not a serious adverse reaction.}"),
    Case(EFFECTS + "{Reports of headache were refuted.}", NO),
    Case(EFFECTS + "{Headache cannot be excluded.}"),
    Case(EFFECTS + "{Zero of 80 people had headache.}", NO),
    Case(EFFECTS + "{0 of 80 people had fever, and 10 of 80 had headache.}"),
    Case(EFFECTS + "{Headache was seen in 20 of 80 people.}"),
    Case(EFFECTS + "{Headache (0 of 80 people) was looked for.}", NO),
    Case(EFFECTS + "{Headache (10 of 80 people) was seen.}"),
    Case(EFFECTS + "{Headache (0.5%) was seen.}"),
    Case(INDICATED + "{Heparin is used in ITP.}", "warning passage-names-other", what="itp", kind=USES),
    Case(INDICATED + "{Heparin-like medicines failing, it is used in ITP.}", what="itp", kind=USES),
    Case(INDICATED + "{Heparin is the older medicine; Casolin is used in ITP.}", what="itp", kind=USES),
    Case(INDICATED + "{It was formerly used in ITP.}", NO, what="itp", kind=USES),
    Case(INDICATED + "{Used in formerly untreated ITP.}", what="itp", kind=USES),
    Case(INDICATED + "{It failed in ITP.}", NO, what="itp", kind=USES),
    Case(INDICATED + "{Used when steroids failed in ITP.}", what="itp", kind=USES),
    Case(INDICATED + "{Steroids failed in ITP, and Casolin is used.}", what="itp", kind=USES),
    Case(INDICATED + "{Used in fever, except in ITP.}", NO, what="itp", kind=USES),
    Case(INDICATED + "{Used in ITP, except in children.}", what="itp", kind=USES),
    Case(FORBIDS + "{ITP is no longer a contraindication.}", NO, what="itp", kind=FORBIDDEN),
    Case(FORBIDS + "{It may be given safely in ITP.}", NO, what="itp", kind=FORBIDDEN),
    Case(FORBIDS + "{It is not to be given in ITP, and is safe in fever.}", what="itp", kind=FORBIDDEN),
    Case(EFFECTS + "{Common: fever. Rare: headache.}", WORD, more=(COMMON,)),
    Case(EFFECTS + "{Common: fever. Rare: headache.}", more=(RARE,)),
    Case(EFFECTS + "{Common: headache, fever. Rare: rash.}", more=(COMMON,)),
    Case(EFFECTS + "{Common: fever. Headache is rare.}", more=(RARE,)),
    Case(EFFECTS + "{Headache in 12 of 100, fever in 13 of 90 people.}", f"{NUMBER}; {NUMBER}", more=PARTS),
    Case(EFFECTS + "{Headache in 12 of 100, cough in 13 of 90 people.}", NUMBER, more=PARTS),
    Case(EFFECTS + "{Headache in 12 of 100, fever in 13 of 90 people.}", what="fever", more=PARTS),
    Case(EFFECTS + "{Headache and fever in 12 of 100, 13 of 90 people, respectively.}", what="fever", more=PARTS),
    Case(EFFECTS + "{Headache, fever and rash in 13 of 90 people, and in 2 of 90 on placebo.}", more=PARTS),
]


def test_what_a_text_denies_or_says_of_another_is_told(small: Path, run: Run) -> None:
    """Each denial beside a sentence of like words that denies nothing."""
    assert judged(run, small, DENIED) == [case.told for case in DENIED]


OTHERS = "warning passage-names-other"
SHARE = ("frequencyCount: 30", "frequencyTotal: 90")
OF_PLACEBO = ("frequencyCount: 12", "frequencyTotal: 100")
WRONG = f"{NUMBER}; {NUMBER}"
PERCENT = ("frequencyPercent: 30",)
RARELY = "{Headache was common on placebo and rare on Casolin.}"
BOTH = "{Headache was seen in 12 of 100 people on placebo and in 30 of 90 on Casolin.}"
ARMS = [
    Case(EFFECTS + "{Headache was common with heparin and rare with Casolin.}", WORD, more=(COMMON,)),
    Case(EFFECTS + "{Headache was common with heparin and rare with Casolin.}", more=(RARE,)),
    Case(EFFECTS + "{Headache was common with heparin and Casolin.}", more=(COMMON,)),
    Case(EFFECTS + "{Headache was common, as with heparin.}", more=(COMMON,)),
    Case(EFFECTS + "{Unlike with heparin headache is common.}", more=(COMMON,)),
    Case(EFFECTS + "{Heparin commonly causes headache; Casolin rarely does.}", WORD, more=(COMMON,)),
    Case(EFFECTS + RARELY, OTHERS, more=("frequencyAsStated: common",)),
    Case(EFFECTS + RARELY, more=("frequencyAsStated: rare",)),
    Case(
        EFFECTS + BOTH,
        WRONG,
        more=OF_PLACEBO,
    ),
    Case(EFFECTS + BOTH, more=SHARE),
    Case(EFFECTS + "{Headache: 30 of 90 people; 12 of 100 on placebo.}", WRONG, more=OF_PLACEBO),
    Case(EFFECTS + "{Headache: 30 of 90 people; 12 of 100 on placebo.}", more=SHARE),
    Case(EFFECTS + "{On placebo headache was seen in 12 of 100, on Casolin in 30 of 90.}", WRONG, more=OF_PLACEBO),
    Case(EFFECTS + "{On placebo headache was seen in 12 of 100, on Casolin in 30 of 90.}", more=SHARE),
    Case(EFFECTS + "{Headache: Casolin 30%, placebo 12%.}", NUMBER, more=("frequencyPercent: 12",)),
    Case(EFFECTS + "{Headache: Casolin 30%, placebo 12%.}", more=PERCENT),
    Case(
        EFFECTS + "{Headache was more common with Casolin (30%) than with placebo (12%).}",
        more=PERCENT,
    ),
    Case(EFFECTS + "{With Casolin and placebo headache was seen in 30% and 12%.}", more=PERCENT),
    Case(EFFECTS + "{Headache was reported with placebo only.}", OTHERS),
    Case(EFFECTS + "{Headache was reported only with placebo.}", OTHERS),
    Case(EFFECTS + "{Headache was reported with Casolin only, never with placebo.}"),
    Case(EFFECTS + "{Headache occurred with heparin and fever occurred with Casolin.}", OTHERS),
    Case(EFFECTS + "{Headache occurred with heparin and fever occurred with Casolin.}", what="fever"),
    Case(EFFECTS + "{Headache occurred with heparin, and Casolin was well tolerated.}", OTHERS),
    Case(EFFECTS + "{Headache occurred with heparin as well as Casolin.}"),
    Case(EFFECTS + "{Headache occurred when Casolin was given with heparin.}"),
    Case(EFFECTS + "{Headache was seen in people on heparin who received Casolin.}"),
    Case(EFFECTS + "{Heparin may be given if headache occurs with Casolin.}"),
    Case(EFFECTS + "{Heparin may cause headache, and Casolin may not.}", OTHERS),
]


def test_what_a_text_says_of_another_medicine_beside_is_told(small: Path, run: Run) -> None:
    """Each number, word and effect with the medicine that its clause names, each beside an honest one."""
    assert judged(run, small, ARMS) == [case.told for case in ARMS]


def test_facts_that_were_not_judged_are_counted_at_the_source_that_they_rest_on(small: Path, run: Run) -> None:
    """One that also rests on a text that is not at hand, and one on a text in another language."""
    digest = hashlib.sha256(b"unread").hexdigest()
    absent = (
        "- {id: away, type: Source, label: away, title: away, sourceKind: Guideline, textFile: away.txt, passages: "
    )
    absent += f"[{{id: away-p, type: Passage, section: text, start: 0, end: 6, textDigest: {digest}}}]}}\n"
    cases = [
        Case("{Betolin: headache in 12 of 100.}", more=("frequencyCount: 99", "evidence: [s0-p, away-p]")),
        Case("{Betolin: headache was seen.}", OTHER, more=(RARE, SERIOUS), source=("language: de",)),
    ]

    found = judged(run, small, cases, absent)

    assert found == [case.told for case in cases]
    words = ("-C", small, "check", "--no-cache", "--format", "concise", "--sources", small / "texts")
    notes = re.findall(r"note passages-unchecked: 1 fact rests on (.*) were not judged", run(*words).stdout)
    assert sorted(notes) == [
        "`away`, which is not at hand, and on a text that is: its numbers, kind and medicine",
        "`s1`, which is not in English: its kind and words",
    ]
