"""The table of public identifiers: one row is one triple, and no row says more than it may."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, Run, partial

TABLE = ROOT / "facts/mappings.sssom.tsv"
DAMAGED = ("mappings.sssom.tsv", "concepts/conditions.yaml")
GOOD = "kg:headache\theadache\teffect\tskos:exactMatch\tHP:0002315\t"


@pytest.fixture(scope="module")
def whole_part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a part of the project, whose facts are found out once and kept in the cache."""
    return partial(tmp_path_factory.mktemp("mapped"))


@pytest.fixture
def part(whole_part: Path) -> Iterator[Path]:
    """Return a folder with a part of the project; what is damaged in its table and its conditions is mended after."""
    kept = {path: path.read_bytes() for name in DAMAGED for path in [whole_part / "facts" / name]}
    yield whole_part
    for path, content in kept.items():
        path.write_bytes(content)


def changed(copy: Path, *pairs: tuple[str, str]) -> None:
    """Replace texts in the table of a project; each must be there."""
    path = copy / "facts/mappings.sssom.tsv"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8", newline="")


def rows() -> list[dict[str, str]]:
    """Return the rows of the table."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.exhaustive(every=6)
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (GOOD, GOOD.replace("kg:headache", "kg:hedache"), "unknown-id"),
        (GOOD, GOOD.replace("kg:headache", "headache"), "mapping-subject"),
        (GOOD, GOOD.replace("kg:headache", "kg:hig-s09"), "unknown-id"),
        (GOOD, GOOD.replace("\theadache", "\thead ache"), "mapping-label"),
        (GOOD, GOOD.replace("exactMatch", "exactlyMatch"), "mapping-predicate"),
        (GOOD, GOOD.replace("skos:exactMatch", "owl:sameAs"), "mapping-predicate"),
        (GOOD, GOOD.replace("HP:", "HPO:"), "undeclared-prefix"),
        (GOOD, GOOD.replace("HP:0002315", "HP:00 02"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "HP:"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "kg:fever"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "HP:000231"), "mapping-object"),
        (GOOD, GOOD.replace("HP:0002315", "HP:0002513"), "term-id"),
        (GOOD, GOOD.replace("HP:0002315", "HP:0001945"), "mapping-exact"),
        (GOOD, GOOD.replace("HP:0002315", "MESH:D006262"), "mapping-exact"),
        (GOOD, GOOD.replace("HP:0002315", "MESH:D006261"), "mapping-repeated"),
        (GOOD, GOOD.replace("HP:0002315", "OAE:0000001"), "mapping-exact"),
        ("ICD10WHO:R51\t", "ICD10WHO:R51\tHeadache", "mapping-licence"),
        ('"HP": "http://purl', '"HP": "urn://purl', "iri-scheme"),
        ('"HP": "http://purl', '"effect": "http://purl', "prefix-is-term"),
        ('"HP": "http://purl', '"HP": "http://pu<rl', "bad-prefix"),
        ("obo/HP_", "obo/MONDO_", "duplicate-prefix"),
        ("\tHeadache\tbioregistry:hp\t", "\tHeadache\tbioregistry:mesh\t", "term-source"),
        ("\tHeadache\tbioregistry:hp\tsemapv:M", "\tHeadache\tbioregistry:hp\tsemapv:m", "mapping-justification"),
        ('#  "kg":', '#  "HP": "http://example.org/"\n#  "kg":', "duplicate-prefix"),
        ("\tcomment\tother", "\tcomment\tpredicate_modifier", "mapping-row"),
        ("\tobject_source\t", "\tobject_id\t", "mapping-row"),
        (GOOD, GOOD + "\t", "mapping-row"),
        (GOOD, GOOD + '"', "mapping-row"),
        (GOOD, GOOD + "\x1b", "forbidden-character"),
        (GOOD, GOOD + "\r", "forbidden-character"),
    ],
)
def test_a_wrong_row_is_told(part: Path, run: Run, old: str, new: str, code: str) -> None:
    """Every rule of the table has a row that breaks it; the finding names its line."""
    changed(part, (old, new))

    result = run("-C", part, "check", "--format", "concise", part / "facts/mappings.sssom.tsv")

    assert result.exit_code in {1, 3}
    assert code in re.findall(r"tsv:\d+:\d+: error ([\w-]+):", result.stdout)


def test_the_place_is_that_of_the_cell(part: Path, run: Run) -> None:
    """The column is where the cell begins, also where two cells hold the same word."""
    changed(part, (GOOD, GOOD.replace("\theadache", "\thedache")))

    result = run("-C", part, "check", "--format", "concise", part / "facts/mappings.sssom.tsv")

    number = next(n for n, line in enumerate(TABLE.read_text(encoding="utf-8").split("\n"), 1) if GOOD in line)
    assert (
        f"tsv:{number}:13: error mapping-label: the concept `headache` is called `headache`, and here `hed"
        in result.stdout
    )


def found(copy: Path, run: Run) -> list[str]:
    """Return what is found in the table of a project, without the places."""
    result = run("-C", copy, "check", "--format", "concise", copy / "facts/mappings.sssom.tsv")
    return [line.partition(": ")[2] for line in result.stdout.splitlines() if " error " in line]


FATIGUE = "kg:fatigue\tfatigue\teffect\tskos:exactMatch\tHP:0012378\tFatigue\t"


def test_two_rows_whose_terms_were_swapped_are_told(part: Path, run: Run) -> None:
    """Each identifier bears its label, and belongs to the other concept."""
    changed(part, ("HP:0012378\tFatigue", "HP:X"), ("HP:0001945\tFever", "HP:0012378\tFatigue"))
    changed(part, ("HP:X", "HP:0001945\tFever"))

    fever, fatigue = found(part, run)

    assert "mapping-names-other: `Fever` is a name of the concept `fever`, and the row is about `fatigue`; " in fever
    assert fever.endswith("; name the concept kg:fever, or the term that means `fatigue`")
    assert "mapping-names-other: `Fatigue` is a name of the concept `fatigue`, and the row is about `fe" in fatigue


@pytest.mark.parametrize(
    ("new", "codes"),
    [
        (FATIGUE.replace("kg:fatigue\tfatigue", "kg:fever\tfever"), ["mapping-names-other"]),
        (FATIGUE.replace("kg:fatigue", "kg:fever"), ["mapping-label"]),
        (FATIGUE.replace("HP:0012378\tFatigue", "HP:0001945\tFever").replace("exact", "narrow"), []),
        (FATIGUE.replace("HP:0012378\tFatigue", "HP:0001945\tFever").replace("exact", "close"), []),
    ],
)
def test_a_row_about_another_concept_is_told_once(part: Path, run: Run, new: str, codes: list[str]) -> None:
    """And a wider, narrower or merely close term may bear the name of a concept that is mapped to it too."""
    changed(part, (FATIGUE, new))

    assert [line.removeprefix("error ").partition(":")[0] for line in found(part, run)] == codes


def test_a_concept_with_another_label_is_told_by_both_names(part: Path, run: Run) -> None:
    """`fatigue` is the id still; what changed is the label."""
    path = part / "facts/concepts/conditions.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("label: fatigue\n", "label: tiredness\n"), encoding="utf-8")

    (message,) = set(found(part, run))

    assert message.startswith("error mapping-label: the concept `fatigue` is called `tiredness`, and here `fatigue`; ")
    assert message.endswith("; write `tiredness`")


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("HP:0002315", "HPO:0002315", "did you mean `HP`?"),
        ("HP:0002315", "HP:000231", "after `HP:` stand seven digits"),
        (
            "skos:exactMatch\tHP:0002315",
            "owl:sameAs\tHP:0002315",
            "one thing, with all that is said of either; write skos:exactMatch",
        ),
        ("\theadache\t", "\tfever\t", "write `headache`, or did you mean kg:fever, whose label this is?"),
    ],
)
def test_a_wrong_cell_is_told_with_what_to_do(part: Path, run: Run, old: str, new: str, hint: str) -> None:
    """The usual prefix, the form of the vocabulary, why not, and which row was meant."""
    changed(part, (GOOD, GOOD.replace(old, new)))

    (message, *more) = found(part, run)

    assert message.endswith(hint)
    assert more == []


def test_the_address_of_another_vocabulary_is_told_at_the_prefix_that_it_does_not_name(part: Path, run: Run) -> None:
    """Of two prefixes with one address, the one that the address holds has its own."""
    changed(part, ("obo/HP_", "obo/MONDO_"))
    line = next(n for n, text in enumerate(TABLE.read_text(encoding="utf-8").split("\n"), 1) if '"HP"' in text)

    result = run("-C", part, "check", "--format", "concise", part / "facts/mappings.sssom.tsv")

    assert f"tsv:{line}:5: error duplicate-prefix: the prefixes `MONDO` and `HP` have one address" in result.stdout


def test_a_misspelt_justification_is_repaired(part: Path, run: Run) -> None:
    """Only one word of the list is near."""
    before = (part / "facts/mappings.sssom.tsv").read_bytes()
    changed(part, ("semapv:ManualMappingCuration", "semapv:ManualMapingCuration"))

    result = run("-C", part, "check", "--fix", part / "facts/mappings.sssom.tsv")

    assert result.exit_code == 0
    assert (part / "facts/mappings.sssom.tsv").read_bytes() == before


@pytest.mark.parametrize("content", ["", "# only a remark\n", "nonsense\n", "subject_id\n", "\xff", "a" * 200_000])
def test_a_table_that_cannot_be_read_is_told(part: Path, run: Run, content: str) -> None:
    """Exit code 3 and the file: a table without mappings would lose them all."""
    (part / "facts/mappings.sssom.tsv").write_bytes(content.encode("latin-1"))

    result = run("-C", part, "check", "--format", "concise")

    assert result.exit_code == 3
    assert "mappings.sssom.tsv:1:" in result.stdout


def test_a_table_from_a_spreadsheet_reads_the_same(copy: Path, run: Run) -> None:
    """A byte order mark and carriage returns change nothing."""
    path = copy / "facts/mappings.sssom.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    result = run("-C", copy, "export", "nt")

    assert result.stdout_bytes == (ROOT / "exports/ivig-kg.nt").read_bytes()


def test_a_project_needs_no_table(small: Path, run: Run) -> None:
    """Without a table there are no mappings, and that is no finding."""
    assert run("-C", small, "check").exit_code == 0


def test_licences_are_kept() -> None:
    """Labels that may not be copied are absent, every row names its licence, HPO its version."""
    for row in rows():
        prefix = row["object_id"].partition(":")[0]
        assert row["other"], row
        if prefix in {"ATC", "EDQM", "ICD10WHO", "emarms", "icd11.foundation", "whoeml"}:
            assert row["object_label"] == ""
        if prefix == "HP":
            assert re.search(r"HPO \d{4}-\d{2}-\d{2}", row["other"])
        assert prefix not in {"MEDDRA", "SNOMEDCT", "SCTID", "SIDER"}


def test_every_effect_with_an_hpo_term_has_a_free_one_too() -> None:
    """HPO is not CC0: each effect has an id of SYMP, MONDO, NCIT or MeSH beside it."""
    by_subject: dict[str, set[str]] = {}
    for row in rows():
        by_subject.setdefault(row["subject_id"], set()).add(row["object_id"].partition(":")[0])

    assert [
        s for s, found in by_subject.items() if "HP" in found and not found & {"SYMP", "MONDO", "NCIT", "MESH"}
    ] == []


def test_clotting_is_not_called_a_coagulation_disorder() -> None:
    """The literal concept has no public identifier; the reading, thrombosis, has."""
    subjects = {row["subject_id"] for row in rows()}

    assert "kg:blood-clotting-disorder" not in subjects
    assert "kg:thrombosis" in subjects


@pytest.mark.source
def test_every_row_stands_in_the_given_table(shared: Path) -> None:
    """No identifier, label or source was changed on the way from the reviewed table."""
    lines = (shared / "data/concept-mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    given = {
        (r["object_id"], r["object_source"]): r["object_label"]
        for r in csv.DictReader([x for x in lines if not x.startswith("#")], delimiter="\t")
    }

    for row in rows():
        label = given[row["object_id"], row["object_source"]]
        assert row["object_label"] in {label, ""}
