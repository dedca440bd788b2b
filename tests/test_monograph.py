"""The monograph: every statement is a fact, and every fact stands where it says."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT, Run

EXPORTS = ROOT / "exports"
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}

# Each row of the list of statements: its sentence, its kind in that list, and what must be found.
STATEMENTS = [
    (1, "name (preferred)", 'a ivig:Naming ; ivig:name "human immunoglobulin"@en ; ivig:nameKind ivig:preferred'),
    (1, "name (alternative)", 'a ivig:Naming ; ivig:name "immunoglobulin therapy"@en ; ivig:nameKind ivig:alternative'),
    (
        1,
        "name (alternative)",
        'a ivig:Naming ; ivig:name "intravenous immunoglobulin"@en ; ivig:nameKind ivig:alternative',
    ),
    (1, "name (abbreviation)", 'a ivig:Naming ; ivig:name "IVIG"@en ; ivig:nameKind ivig:abbreviation'),
    (1, "classification", "a ivig:Classification ; ivig:classifiedAs kg:medication"),
    (1, "origin", "a ivig:Origin ; ivig:derivedFrom kg:human-plasma"),
    (1, "composition", "a ivig:Composition ; ivig:contains kg:antibodies"),
    (2, "indication, treatment", "a ivig:TreatmentIndication ; ivig:condition kg:immune-system-disorder"),
    (3, "mechanism", "a ivig:Mechanism ; ivig:process kg:provision-of-antibodies"),
    (
        3,
        'mechanism (outcome, "can help")',
        'a ivig:Mechanism ; ivig:process kg:boost-of-immune-response ; ivig:certaintyAsStated "can help"',
    ),
    (
        3,
        'mechanism (outcome, "can")',
        'a ivig:Mechanism ; ivig:process kg:passive-immunity ; ivig:certaintyAsStated "can"',
    ),
    (
        4,
        "clinical usefulness / indication context",
        "a ivig:ClinicalUse ; ivig:condition kg:compromised-immune-system",
    ),
    (
        4,
        "clinical usefulness / indication context",
        "a ivig:ClinicalUse ; ivig:condition kg:insufficient-antibody-production",
    ),
    (
        5,
        "administration",
        'a ivig:Administration ; ivig:route kg:intravenous-infusion ; ivig:certaintyAsStated "typically"',
    ),
    *(
        (6, "dosing consideration", f"a ivig:DosingConsideration ; ivig:aspect ivig:{aspect} ; ivig:dependsOn kg:{on}")
        for aspect in ("dosage", "treatmentDuration")
        for on in ("condition-treated", "individual-response")
    ),
    *(
        (
            7,
            "indication, treatment",
            f'a ivig:TreatmentIndication ; ivig:condition kg:{condition} ; ivig:frequencyAsStated "common"',
        )
        for condition in ("primary-immunodeficiency", "autoimmune-disease", "neurological-disorder")
    ),
    (
        8,
        "indication, prevention, population",
        (
            "a ivig:PreventiveIndication ; ivig:condition kg:infection ; ivig:population "
            "kg:people-with-weakened-immune-system-at-risk-of-infections"
        ),
    ),
    *(
        (9, "adverse effect", f'a ivig:AdverseEffect ; ivig:effect kg:{effect} ; ivig:frequencyAsStated "common"')
        for effect in ("headache", "fever", "fatigue", "allergic-reaction")
    ),
    *(
        (
            10,
            "adverse effect",
            (
                f"a ivig:AdverseEffect ; ivig:effect kg:{effect} ; ivig:seriousness ivig:serious ; "
                'ivig:frequencyAsStated "rare"'
            ),
        )
        for effect in ("kidney-problem", "blood-clotting-disorder")
    ),
    (
        11,
        "monitoring",
        (
            "a ivig:MonitoringRequirement ; ivig:requires kg:close-monitoring-by-professional ; "
            'ivig:certaintyAsStated "typically" ; ivig:timingAsStated "during treatment"'
        ),
    ),
    (
        12,
        "warning",
        "a ivig:Warning ; ivig:requires kg:guidance-and-prescription-by-experienced-professional",
    ),
    (13, "interaction", 'a ivig:Interaction ; ivig:interactsWith kg:other-medications ; ivig:certaintyAsStated "may"'),
    *(
        (13, "precaution / patient advice", f"a ivig:PatientAdvice ; ivig:advice kg:telling-provider-about-{what}")
        for what in ("all-medications", "over-the-counter-drugs", "supplements")
    ),
    (14, "indication, second mention", "a ivig:TreatmentIndication ; ivig:condition kg:immune-system-disorder"),
    (15, "mechanism / indication", "a ivig:Mechanism ; ivig:process kg:support-of-immune-system"),
    (15, "mechanism / indication", "a ivig:PreventiveIndication ; ivig:condition kg:infection"),
    (15, "mechanism / indication", "a ivig:ClinicalUse ; ivig:condition kg:infection"),
    (16, "monitoring, second mention", "a ivig:MonitoringRequirement ; ivig:requires kg:regular-monitoring"),
    (
        16,
        "precaution / patient advice",
        "a ivig:PatientAdvice ; ivig:advice kg:adherence-to-provider-instructions",
    ),
]
PREFIXES = """
PREFIX ivig: <https://w3id.org/ivig-kg/ontology/>
PREFIX kg: <https://w3id.org/ivig-kg/id/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def store(form: str) -> ox.Store:
    """Return an export in a store."""
    made = ox.Store()
    made.load(path=str(EXPORTS / f"ivig-kg.{form}"), format=FORMATS[form])
    return made


@pytest.mark.parametrize("form", FORMATS)
def test_every_statement_is_found_with_its_passage(form: str) -> None:
    """Each is exactly one fact about human immunoglobulin, on its sentence, with words, label and status."""
    loaded = store(form)
    for sentence, _, pattern in STATEMENTS:
        text = f"""{PREFIXES} SELECT DISTINCT ?fact WHERE {{
            ?fact {pattern} ; ivig:about kg:human-immunoglobulin ; ivig:evidence kg:hig-s{sentence:02} ;
                ivig:statedAs ?words ; skos:prefLabel ?label ; ivig:status ivig:draft ; a ivig:Fact .
        }}"""
        assert len(list(loaded.query(text, use_default_graph_as_union=True))) == 1, pattern


def test_no_fact_is_there_that_no_statement_makes() -> None:
    """Forty facts of the list, and two that the summary repeats; none beyond them."""
    count = (
        f"{PREFIXES} SELECT (COUNT(DISTINCT ?f) AS ?n) WHERE {{ ?f a ivig:Fact ; ivig:evidence/ivig:inSource kg:hig }}"
    )

    (row,) = store("ttl").query(count)

    assert len(STATEMENTS) == 40
    assert row["n"].value == "42"


def test_no_sentence_of_ours_is_a_quotation() -> None:
    """Labels are our own; quotations are short."""
    text = (ROOT / "facts/monographs/human-immunoglobulin.yaml").read_text(encoding="utf-8")

    stated = re.findall(r"^  statedAs: (.*)$", text, re.MULTILINE)
    assert len(stated) == 42
    assert all(len(words.split()) <= 8 for words in stated)


@pytest.mark.source
def test_the_list_of_statements_is_the_one_tested(shared: Path) -> None:
    """Sentence by sentence, the list above has the rows of the list beside the monograph; row 15 is three facts."""
    lines = (shared / "seed/statements.md").read_text(encoding="utf-8").splitlines()
    rows = [(int(m[1]), m[2]) for line in lines if (m := re.match(r"\| (\d+) \| .* \| (.*) \|$", line))]

    assert len(rows) == 38
    tested = [(sentence, kind) for sentence, kind, _ in STATEMENTS]
    assert sorted(set(tested)) == sorted(set(rows))
    assert [r for r in rows if r[0] != 15] == [t for t in tested if t[0] != 15]


@pytest.mark.source
def test_every_passage_and_quotation_stands_in_the_text(shared: Path, run: Run) -> None:
    """With the text at hand no passage is left unchecked, and nothing is even a warning."""
    result = run("check", "--sources", shared / "seed", "--fail-on", "warning", "--format", "concise")

    assert result.exit_code == 0, result.stdout
    about = [
        line for line in result.stdout.splitlines() if line.startswith(("facts/monographs/", "facts/sources/hig.yaml"))
    ]
    assert [line.split(": ")[1] for line in about] == ["note AdverseEffect-serious-alone"]


@pytest.mark.source
def test_no_sentence_of_the_source_is_copied(shared: Path) -> None:
    """No file of the project holds nine words of the monograph in a row."""
    text = (shared / "seed/human-immunoglobulin.txt").read_text(encoding="utf-8")
    words = re.findall(r"\w+", text.casefold())
    runs = {" ".join(words[n : n + 9]) for n in range(len(words) - 8)}

    for path in [
        *ROOT.glob("*.md"),
        *(
            p
            for f in ("facts", "ontology", "exports", "docs")
            for p in (ROOT / f).rglob("*.*")
            if p.suffix not in {".pyc", ".png"}
        ),
    ]:
        found = " ".join(re.findall(r"\w+", path.read_text(encoding="utf-8").casefold()))
        assert [run for run in runs if f" {run} " in f" {found} "] == [], path


@pytest.mark.slow
@pytest.mark.exhaustive(every=2)
@pytest.mark.source
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("start: 1096", "start: 1095", "passage-digest"),
        ("end: 1201", "end: 99999", "passage-position"),
        ("textDigest: a52e", "textDigest: b52e", "passage-digest"),
        ("textDigest: 2d8f", "textDigest: 3d8f", "source-text"),
    ],
)
def test_a_passage_that_is_elsewhere_is_seen(copy: Path, shared: Path, run: Run, old: str, new: str, code: str) -> None:
    """A place or digest that does not fit the text is a finding with its line."""
    path = copy / "facts/sources/hig.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    result = run("-C", copy, "check", "--sources", shared / "seed", "--format", "concise")

    assert result.exit_code == 1
    assert re.search(rf"hig\.yaml:\d+:\d+: error {code}:", result.stdout)
