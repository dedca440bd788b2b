"""The cache: what is found with it is what is found without, whatever was changed, lost or damaged meanwhile."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Run, partial
from ivig_kg import cache, resources, workflow
from ivig_kg.cache import Cache
from ivig_kg.making import Options

EDITS = {
    "a-fact": ("facts/labels/hizentra-eu-2022.yaml", "frequency: Common", "frequency: Rare"),
    "the-other-end-of-a-link": ("facts/labels/hizentra-us-2023.yaml", "status: draft", "status: retracted"),
    "a-source": ("facts/sources/hig.yaml", "sourceKind: Monograph", "sourceKind: ProductLabel"),
    "a-passage": ("facts/sources/hizentra-eu-2022.yaml", "section: ", "section: Other "),
    "a-name": ("facts/concepts/drugs.yaml", "label: human immunoglobulin", "label: immunoglobulin of humans"),
    "the-kind-of-a-concept": ("facts/concepts/conditions.yaml", "type: Condition", "type: Factor"),
    "an-id": ("facts/concepts/routes.yaml", "id: intravenous", "id: intra-venous"),
    "a-mapping": ("facts/mappings.sssom.tsv", "skos:exactMatch", "skos:closeMatch"),
    "a-term": ("facts/terms.tsv", "false", "true"),
    "a-shape": ("shapes/Fact.ttl", "sh:maxCount 1", "sh:maxCount 0"),
    "a-constraint": ("shapes/AdverseEffect.ttl", "ivig:VeryCommon,", "ivig:Rare,"),
    "a-rule": ("ontology/rules/shortcuts.rq", "ivig:retracted", "ivig:draft"),
    "a-class": ("ontology/ivig.ttl", "ivig:shortcut biolink:has_side_effect ;", "ivig:shortcut biolink:treats ;"),
    "the-context": ("ontology/context.jsonld", '"@language": "en"', '"@language": "de"'),
}


def results(folder: Path, kept: Cache | None) -> tuple[object, ...]:
    """Return what a check finds and a build writes, or why there is no verdict."""
    project, options = resources.locate(folder), Options(cache=kept)
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    try:
        report, _ = workflow.build(out, project=project, options=options)
        checked = workflow.check(project=project, options=options)
    except Exception as error:  # noqa: BLE001  (whatever it is, it has to be the same)
        return type(error), str(error)
    made = {p.name: p.read_bytes() for p in out.iterdir()} if out.exists() else {}
    return report.findings, report.checked, checked.findings, checked.checked, made


@dataclasses.dataclass(frozen=True)
class Worn:
    """A project whose cache was filled, and what is found and built of it."""

    folder: Path
    kept: Cache
    before: tuple[object, ...]


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> Worn:
    """Return the monograph and two labels that name each other, worked on with a cache as often as it takes."""
    folder = partial(tmp_path_factory.mktemp("worn"))
    kept = Cache(folder / "cache")
    before = results(folder, None)
    assert before == results(folder, kept)
    return Worn(folder, kept, before)


@pytest.mark.exhaustive(every=7)
@pytest.mark.parametrize("name", EDITS)
def test_nothing_out_of_date_is_ever_told(name: str, worn: Worn) -> None:
    """After a change of anything that counts, and after it is taken back, the answer is that of a first run."""
    path, old, new = worn.folder / EDITS[name][0], *EDITS[name][1:]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        after = results(worn.folder, worn.kept)
        again = results(worn.folder, None)
    finally:
        path.write_text(text, encoding="utf-8")

    assert after == again
    assert after != worn.before
    assert results(worn.folder, worn.kept) == worn.before


REGIMEN = """
- id: {0}
  type: DosageRegimen
  label: The case says something
  about: drug
  forIndication: treatment
  doseMin: {1}
  doseUnit: g/kg
  evidence: passage
  status: draft
"""
EFFECT = """
- id: {0}
  type: AdverseEffect
  label: The drug may cause {1}
  about: drug
  effect: condition
  evidence: passage
  status: draft
"""
NAMING = """
- id: {0}
  type: Naming
  label: The drug is called {1}
  about: {2}
  name: {1}
  nameKind: alternative
  evidence: passage
  status: draft
"""
CONCEPT = """
- id: {0}
  type: Condition
  label: {1}
"""
WAIVED = """
- id: source-b
  type: Source
  title: Other
  sourceKind: Guideline
  passages:
    - id: passage-b
      type: Passage
      section: One
      waived: It claims nothing.
"""
CITING = """
- id: citing
  type: ClinicalUse
  label: The drug is useful in condition
  about: drug
  condition: condition
  evidence: {0}
  status: draft
"""
# what stands in two files, what comes to stand in the second one, and the rule that this breaks in the first one
FAR = {
    "another-fact-on-the-medicine": (
        REGIMEN.format("one", 1),
        REGIMEN.format("two", 1),
        REGIMEN.format("two", 2),
        "DosageRegimen-two-values",
    ),
    "a-name-of-the-medicine": (
        EFFECT.format("one", "grim fever"),
        CONCEPT.format("ague", "other fever"),
        CONCEPT.format("ague", "grim fever"),
        "label-names-other",
    ),
    "a-name-that-a-fact-gives": (
        EFFECT.format("one", "condition").replace("The drug", "Casolin"),
        NAMING.format("two", "Otherin", "product"),
        NAMING.format("two", "Casolin", "product"),
        "label-names-other",
    ),
    "what-names-a-passage": (WAIVED, CITING.format("passage"), CITING.format("passage-b"), "Passage-waived-idle"),
    "what-a-fact-names": (
        CITING.format("passage-c"),
        WAIVED.replace("passage-b", "passage-c").replace("      waived: It claims nothing.\n", ""),
        WAIVED.replace("passage-b", "passage-d").replace("      waived: It claims nothing.\n", ""),
        "unknown-id",
    ),
    "the-kind-of-what-a-fact-names": (
        EFFECT.format("one", "ague").replace("effect: condition", "effect: ague"),
        CONCEPT.format("ague", "ague"),
        CONCEPT.format("ague", "ague").replace("Condition", "Factor"),
        "AdverseEffect-effect-kind",
    ),
    "the-same-id": (CONCEPT.format("ague", "ague"), CONCEPT.format("aa", "aa"), CONCEPT.format("ague", "aa"), ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAR)
def test_a_change_in_one_file_is_seen_in_another(name: str, small: Path, tmp_path: Path) -> None:
    """What is told of the first file changes with the second one alone, and again when that is taken back."""
    kept = Cache(tmp_path / "cache")
    first, before, after, code = FAR[name]
    (small / "facts/first.yaml").write_text(first, encoding="utf-8")

    def told(second: str) -> list[tuple[str, str]]:
        """Return what is told of the files with a second one."""
        (small / "facts/a-second.yaml").write_text(second, encoding="utf-8")
        found = results(small, kept)
        assert found == results(small, None)
        return [(f.code, f.position.path.rpartition("/")[2]) for f in found[2]]  # type: ignore[attr-defined]

    good = told(before)
    wrong = told(after)

    assert (code or "duplicate-id", "first.yaml") in set(wrong) - set(good)
    assert told(before) == good


def entries(place: Path) -> list[Path]:
    """Return the files of a cache."""
    return sorted(p for p in place.glob("*/*") if p.is_file())


def test_after_one_edit_little_is_found_out_anew(part: Path, tmp_path: Path) -> None:
    """Only the documents that the changed one has to do with get new entries."""
    kept = Cache(tmp_path / "cache")
    workflow.check(project=resources.locate(part), options=Options(cache=kept))
    before = len(entries(kept.place))
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")

    workflow.check(project=resources.locate(part), options=Options(cache=kept))

    assert 2 <= len(entries(kept.place)) - before <= 12


@pytest.mark.parametrize("damage", ["cut", "flip", "swap", "empty"])
def test_what_was_damaged_counts_as_lost(damage: str, small: Path, tmp_path: Path) -> None:
    """An entry that is cut, changed, exchanged with another or emptied is made anew, and the answer is the same."""
    kept = Cache(tmp_path / "cache")
    before = results(small, kept)
    files = entries(kept.place)
    contents = [p.read_bytes() for p in files]
    for number, (path, data) in enumerate(zip(files, contents, strict=True)):
        middle = len(data) // 2
        changed = {
            "cut": data[:middle],
            "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "swap": contents[number - 1],
            "empty": b"",
        }
        path.write_bytes(changed[damage])

    assert len(files) > 1
    assert results(small, kept) == before
    assert [p.read_bytes() for p in entries(kept.place)] == contents


def test_a_cache_that_cannot_be_written_is_none(small: Path, tmp_path: Path) -> None:
    """A file stands where its folder should be: nothing is kept, and nothing is said."""
    (tmp_path / "cache").write_text("mine", encoding="utf-8")

    assert results(small, Cache(tmp_path / "cache")) == results(small, None)
    assert (tmp_path / "cache").read_text(encoding="utf-8") == "mine"


@pytest.mark.slow
def test_two_builds_at_once_share_a_cache(part: Path, tmp_path: Path) -> None:
    """Each writes the right bytes, while a third empties the cache under them."""
    place = tmp_path / "cache"
    environment = {**os.environ, cache.VARIABLE: str(place)}
    command = [sys.executable, "-m", "ivig_kg", "-C", str(part), "build", "-o"]
    workflow.build(tmp_path / "alone", project=resources.locate(part))
    running = [
        subprocess.Popen(
            [*command, str(tmp_path / name)], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for name in ("one", "two")
    ]
    while any(process.poll() is None for process in running):
        for path in entries(place)[:5]:
            path.unlink(missing_ok=True)
    told = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0, 0], told
    one, two, alone = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two", "alone"))
    assert one == two == alone
    assert list(place.glob("*/.new-*")) == []


def test_an_entry_is_known_by_every_part_of_its_name() -> None:
    """Parts do not run into one another."""
    names = {
        cache.name("a", "b"),
        cache.name("ab"),
        cache.name("a", "", "b"),
        cache.name("b", "a"),
        cache.name(b"a", b"c"),
    }

    assert len(names) == 5


def test_a_cache_does_not_grow_without_end(tmp_path: Path) -> None:
    """Where it holds too much, the oldest half goes."""
    kept = Cache(tmp_path)
    for number in range(10):
        kept.put(f"{number:064}", bytes(100))
        (path,) = (p for p in entries(tmp_path) if p.name == f"{number:064}"[2:])
        os.utime(path, (number, number))

    kept.prune(most=10_000)
    assert len(entries(tmp_path)) == 10
    kept.prune(most=100)

    assert [number for number in range(10) if kept.get(f"{number:064}") is not None] == [5, 6, 7, 8, 9]


def test_where_entries_are_kept_can_be_said(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """By a variable; --no-cache keeps nothing and looks nothing up."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "here"))
    assert run("-C", small, "check", "--no-cache").exit_code == 0
    assert not (tmp_path / "here").exists()
    assert run("-C", small, "check").exit_code == 0
    assert entries(tmp_path / "here") != []


def test_who_has_no_home_keeps_nothing(small: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """As in a container whose user has no entry: the check is done without a cache."""

    def homeless() -> Path:
        """Do as Python does."""
        message = "Could not determine home directory."
        raise RuntimeError(message)

    for name in (cache.VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)

    assert cache.folder() is None
    assert run("-C", small, "check").exit_code == 0
