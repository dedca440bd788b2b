"""A release is one folder with all that a partner needs, the same bytes each time, and whole or not there."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, Run, cited
from ivig_kg import resources
from ivig_kg.cli import main
from ivig_kg.release import citation, sums

pytestmark = pytest.mark.usefixtures("unconfined")

EPOCH = "1767225600"  # 2026-01-01
FOLDERS = ("exports", "fhir", "kgx", "load", "ontology", "schema.org", "shapes", "tables")
TEXTS = ("CITATION.cff", "README.md", "SHA256SUMS", "description.ttl", "ro-crate-metadata.json")


@pytest.fixture
def dated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give releases a date: no source of the small project has one."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of release 1.0.0 of the project `citable`, to copy."""
    home = tmp_path_factory.mktemp("first")
    shutil.copytree(ROOT / "tests/cases/base/facts", home / "facts")
    words = ["-C", str(cited(home)), "release", "1.0.0", "-o", str(home / "out")]
    assert CliRunner(env={"SOURCE_DATE_EPOCH": EPOCH}).invoke(main, words).exit_code == 0
    return home / "out"


def files(folder: Path) -> dict[str, bytes]:
    """Return what each file of a folder holds."""
    return {name: (folder / name).read_bytes() for name in sums.files(folder)}


def seal(folder: Path) -> None:
    """Write the list of a folder anew."""
    names = set(sums.files(folder)) - {sums.NAME}
    (folder / sums.NAME).write_bytes(sums.serialize({name: sums.digest(folder / name) for name in names}))


OWN = """@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

ex:House a sh:NodeShape ; sh:targetClass <https://w3id.org/ivig-kg/ontology/Condition> ;
    sh:property [ sh:path skos:prefLabel ; sh:pattern "^[a-z ]+$" ; sh:message "A label is small."@en ] .
ex:Off a sh:NodeShape ; sh:targetNode <https://w3id.org/ivig-kg/id/route> ; sh:closed true ; sh:deactivated true .
"""


@pytest.mark.slow
@pytest.mark.usefixtures("dated")
def test_rules_of_ones_own_are_released_and_told(citable: Path, run: Run, tmp_path: Path) -> None:
    """What weighs no more than a warning stops no release; who receives it reads it, and what a shape finds."""
    shutil.copytree(ROOT / "shapes", citable / "shapes")
    (citable / "shapes/own.ttl").write_text(OWN, encoding="utf-8")
    written = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")
    whole = run("verify", tmp_path / "out", "--format", "concise")
    path = tmp_path / "out/shapes/own.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("[a-z ]", "[b-z ]"), encoding="utf-8")
    seal(tmp_path / "out")
    stricter = run("verify", tmp_path / "out", "--format", "concise")

    assert written.exit_code == 0, written.stderr
    assert (whole.exit_code, len(whole.stdout.splitlines())) == (0, 1)
    assert "shapes/own.ttl:7:1: warning rule-off: the shape `https://example.org/Off` is switched off" in whole.stdout
    assert stricter.exit_code == 1
    assert " error House-prefLabel: <https://w3id.org/ivig-kg/id/" in stricter.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("confined")
def test_the_shipped_release_is_what_the_repository_holds(run: Run, tmp_path: Path) -> None:
    """Exports, vocabulary, rules, questions and shapes are copied byte for byte, and answers are the tested ones."""
    done = run("release", "0.1.0", "-o", tmp_path / "out")

    found = files(tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert {name.partition("/")[0] for name in found} == {*FOLDERS, *TEXTS, "LICENSE"}
    for folder in ("exports", "ontology", "shapes"):
        own = files(ROOT / folder)
        packed = {f"{name}.gz" for name in own if name.startswith("ivig-kg.")} if folder == "exports" else set()
        assert {n.removeprefix(f"{folder}/") for n in found if n.startswith(f"{folder}/")} == {*own, *packed}
        assert [name for name, data in own.items() if found[f"{folder}/{name}"] != data] == []
    assert (
        f"fingerprint of the dataset  {json.loads(found['exports/manifest.json'])['rdfc10']['dataset']}" in done.stdout
    )
    assert "Release 0.1.0, 2026-10-07." in found["README.md"].decode()


@pytest.mark.usefixtures("dated")
def test_sums_are_those_of_every_file(run: Run, citable: Path, tmp_path: Path) -> None:
    """SHA256SUMS names every other file once, and the compressed ones are the plain ones without name or time."""
    run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")

    found = files(tmp_path / "out")
    lines = found.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(found.items())]
    for name in (name for name in found if name.endswith(".gz")):
        assert gzip.decompress(found[name]) == found[name.removesuffix(".gz")]
        assert found[name][3:8] == bytes(5)


@pytest.mark.slow
@pytest.mark.usefixtures("dated")
def test_the_same_facts_give_the_same_bytes(run: Run, citable: Path, tmp_path: Path) -> None:
    """Neither the folder nor what stood in it makes a difference."""
    run("-C", citable, "release", "1.0.0", "-o", tmp_path / "one")
    once = files(tmp_path / "one")
    shutil.copytree(citable, tmp_path / "elsewhere")

    again = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "one")
    other = run("-C", tmp_path / "elsewhere", "release", "1.0.0", "-o", tmp_path / "deep/two")

    assert (again.exit_code, other.exit_code) == (0, 0)
    assert files(tmp_path / "one") == once == files(tmp_path / "deep/two")
    assert [path.name for path in tmp_path.glob(".ivig-kg-*")] == []


def test_the_date_is_that_of_the_data_or_the_one_given(
    run: Run, citable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a full date in the data there is no release, unless SOURCE_DATE_EPOCH gives one."""
    without = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    unreadable = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    given = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "given")

    assert (without.exit_code, unreadable.exit_code, given.exit_code) == (3, 2, 0)
    assert (
        "no source and no review has a full date that the release could have; set SOURCE_DATE_EPOCH" in without.output
    )
    assert "SOURCE_DATE_EPOCH is `yesterday`, and not a number of seconds since 1970" in unreadable.output
    assert "1.0.0, 2026-01-01." in (tmp_path / "given/README.md").read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("dated")
@pytest.mark.parametrize(
    ("file", "text", "code", "said"),
    [
        ("facts/VERSION", "2.0.0\n", 2, "the version of the facts is 2.0.0, not 1.0.0: "),
        ("facts/VERSION", None, 3, "VERSION: it is not there; a release is of the version that it holds"),
        ("CITATION.cff", None, 3, "CITATION.cff: cannot be read: No such file or directory; a release takes title"),
        ("CITATION.cff", "title: [x\n", 3, "CITATION.cff:2:1: this is not YAML: "),
        (
            "CITATION.cff",
            "title: x\n",
            3,
            "CITATION.cff: it says nothing that can be used of: abstract, version, licen",
        ),
        ("CITATION.cff", "- x\n", 3, "it says nothing that can be used of: title, abstract, version, license, authors"),
    ],
)
def test_what_a_release_must_say_is_asked_for(
    run: Run, citable: Path, tmp_path: Path, file: str, text: str | None, code: int, said: str
) -> None:
    """A version or a citation that is missing, or another one, is a sentence, and nothing is written."""
    (citable / file).unlink()
    if text is not None:
        (citable / file).write_text(text, encoding="utf-8")

    done = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")

    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("dated")
def test_a_citation_of_another_version_is_refused(run: Run, citable: Path, tmp_path: Path) -> None:
    """The version stands in two files, and both have to say the same."""
    (citable / "facts/VERSION").write_text("1.0.1\n", encoding="utf-8")

    done = run("-C", citable, "release", "1.0.1", "-o", tmp_path / "out")

    assert done.exit_code == 2
    assert "CITATION.cff: its version is 1.0.0, not 1.0.1" in done.stderr


@pytest.mark.usefixtures("dated")
def test_facts_with_errors_are_not_released(run: Run, citable: Path, tmp_path: Path) -> None:
    """The findings are printed, and nothing is written."""
    with (citable / "facts/base.yaml").open("a", encoding="utf-8") as file:
        file.write("- id: broken\n  type: Condition\n")

    done = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out", "--format", "concise")

    assert done.exit_code == 1
    assert "error Concept-label" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("dated")
def test_a_folder_of_somebody_else_is_left_alone(run: Run, first: Path, citable: Path, tmp_path: Path) -> None:
    """A file that no release wrote keeps the folder as it is; so does a folder in which curators write."""
    shutil.copytree(first, tmp_path / "out")
    (tmp_path / "out/kgx/notes.txt").write_text("mine")
    before = files(tmp_path / "out")

    foreign = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")
    (tmp_path / "out/kgx/notes.txt").unlink()
    edited = before["README.md"] + b"mine"
    (tmp_path / "out/README.md").write_bytes(edited)
    changed = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")
    (tmp_path / "sums").mkdir()
    (tmp_path / "sums/thesis.txt").write_text("mine")
    (tmp_path / "sums/SHA256SUMS").write_bytes(
        sums.serialize({"thesis.txt": sums.digest(tmp_path / "sums/thesis.txt")})
    )
    listed = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "sums")
    curated = run("-C", citable, "release", "1.0.0", "-o", citable / "facts/out")

    assert (foreign.exit_code, changed.exit_code, listed.exit_code, curated.exit_code) == (6, 6, 6, 2)
    assert "out: it holds kgx/notes.txt, which no earlier run wrote; name another folder" in foreign.stderr
    assert "out: it holds README.md, which no earlier run wrote; name another folder" in changed.stderr
    del before["kgx/notes.txt"]
    assert files(tmp_path / "out") == before | {"README.md": edited}
    assert (tmp_path / "sums/thesis.txt").read_text() == "mine"
    assert not (citable / "facts/out").exists()


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("MIT", "https://spdx.org/licenses/MIT"),
    ],
)
def test_a_licence_has_an_address(citable: Path, licence: str, address: str) -> None:
    """An SPDX identifier becomes the address that other graphs name the licence by."""
    path = citable / "CITATION.cff"
    path.write_text(path.read_text(encoding="utf-8").replace("CC0-1.0", licence), encoding="utf-8")

    found = citation.read(resources.locate(citable))

    assert found.licence_address == address
    assert [(a.name, a.kind) for a in found.authors] == [
        ("The maintainers", "Organization"),
        ("Given Family", "Person"),
    ]


def _next(citable: Path, version: str, old: str, new: str) -> None:
    """Make the next version of a project, in which one text is another."""
    for file, before, after in (
        ("facts/base.yaml", old, new),
        ("facts/VERSION", "1.0.0", version),
        ("CITATION.cff", "version: 1.0.0", f"version: {version}"),
    ):
        text = (citable / file).read_text(encoding="utf-8")
        assert before in text
        (citable / file).write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("dated")
def test_the_release_before_gives_the_changes(run: Run, first: Path, citable: Path, tmp_path: Path) -> None:
    """CHANGES.md says what differs and which answers do, and the description names the release before."""
    shutil.copytree(first, tmp_path / "old")
    _next(citable, "1.0.1", "label: treated condition", "label: condition that is treated")

    done = run("-C", citable, "release", "1.0.1", "-o", tmp_path / "new", "--previous", tmp_path / "old")

    changes = (tmp_path / "new/CHANGES.md").read_text(encoding="utf-8")
    described = (tmp_path / "new/description.ttl").read_text(encoding="utf-8")
    assert done.exit_code == 0, done.output
    assert changes.startswith("## From `1.0.0` to `1.0.1`\n\nA patch change: ")
    assert "- changed `treated-condition` (Condition): condition that is treated - *patch*" in changes
    assert "dcat:previousVersion <https://w3id.org/ivig-kg/release/1.0.0>" in described
    assert run("verify", tmp_path / "new").exit_code == 0


@pytest.mark.usefixtures("dated")
@pytest.mark.parametrize(
    ("version", "old", "new", "least"),
    [
        ("1.0.1", "- id: other-route", "- id: another-route", "2.0.0"),
        ("1.9.0", "- id: other-route", "- id: another-route", "2.0.0"),
        ("1.0.1", "- id: treatment\n", "- id: new\n  type: Condition\n  label: new\n- id: treatment\n", "1.1.0"),
    ],
)
def test_a_version_that_says_too_little_is_refused(
    run: Run, first: Path, citable: Path, tmp_path: Path, version: str, old: str, new: str, least: str
) -> None:
    """What may break a query takes a new first number, what adds to answers a new second one."""
    shutil.copytree(first, tmp_path / "old")
    _next(citable, version, old, new)

    done = run("-C", citable, "release", version, "-o", tmp_path / "new", "--previous", tmp_path / "old")

    assert done.exit_code == 2, done.output
    assert f"{version} is too low a version after 1.0.0: a " in done.stderr
    assert f"take {least}" in done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("dated")
def test_a_release_before_that_is_damaged_is_refused(run: Run, first: Path, citable: Path, tmp_path: Path) -> None:
    """What has changed since something that nobody sent is not worth telling."""
    shutil.copytree(first, tmp_path / "old")
    (tmp_path / "old/tables/index.csv").write_text("x")

    done = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "new", "--previous", tmp_path / "old")
    none = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "new", "--previous", citable)
    shutil.rmtree(tmp_path / "old/exports")
    seal(tmp_path / "old")
    part = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "new", "--previous", tmp_path / "old")

    assert (done.exit_code, none.exit_code, part.exit_code) == (3, 3, 3)
    assert (
        "exports/ivig-kg.jsonld:1:1: error release-missing-file: it is missing, and every release has it" in part.stderr
    )
    assert "the release before is not whole: tables/index.csv:1:1: error release-changed-file" in done.stderr
    assert "SHA256SUMS: cannot be read: No such file or directory" in none.stderr


@pytest.mark.usefixtures("dated")
@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.0.0", "1.0.0 after 1.0.0: they are one version, so the new one does not say how much has changed"),
        ("1.1.0-rc.1", "1.1.0-rc.1 after 1.0.0: not both are three numbers, so the new one does not say how much"),
    ],
)
def test_a_version_that_says_nothing_is_refused(
    run: Run, first: Path, citable: Path, tmp_path: Path, version: str, said: str
) -> None:
    """A release is not its own predecessor, and what cannot be compared is not let pass."""
    shutil.copytree(first, tmp_path / "old")
    _next(citable, version, "label: treated condition", "label: condition that is treated")

    done = run("-C", citable, "release", version, "-o", tmp_path / "new", "--previous", tmp_path / "old")
    same = run("-C", citable, "release", version, "-o", tmp_path / "old", "--previous", tmp_path / "old")

    assert (done.exit_code, same.exit_code) == (2, 2)
    assert said in done.stderr
    assert "old: this is the release before; name another folder for the new one" in same.stderr
