"""What was received is held against itself: a changed byte, a changed triple, a missing file is each named."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, Run
from ivig_kg.cli import main
from ivig_kg.release import examination, integrity, sums

pytestmark = pytest.mark.usefixtures("unconfined")

NQ = "exports/ivig-kg.nq"
TREATS = "<https://w3id.org/ivig-kg/id/treatment> <https://w3id.org/ivig-kg/ontology/condition>"
OLD = f"{TREATS} <https://w3id.org/ivig-kg/id/treated-condition>"
NEW = f"{TREATS} <https://w3id.org/ivig-kg/id/other-condition>"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small release."""
    home = tmp_path_factory.mktemp("sent")
    shutil.copytree(ROOT / "tests/cases/base/facts", home / "facts")
    (home / "facts/VERSION").write_text("1.0.0\n", encoding="utf-8")
    cited = "title: A small graph\nabstract: Facts.\nversion: 1.0.0\nlicense: CC0-1.0\nauthors:\n  - name: Somebody\n"
    (home / "CITATION.cff").write_text(cited, encoding="utf-8")
    words = ["-C", str(home), "release", "1.0.0", "-o", str(home / "out")]
    assert CliRunner(env={"SOURCE_DATE_EPOCH": "1767225600"}).invoke(main, words).exit_code == 0
    return home / "out"


@pytest.fixture
def release(sent: Path, tmp_path: Path) -> Path:
    """Return a copy of the release to damage."""
    return Path(shutil.copytree(sent, tmp_path / "release"))


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first of some words in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def seal(folder: Path) -> None:
    """Write the checksums anew, as somebody would who does not want to be found out."""
    manifest = json.loads((folder / "exports/manifest.json").read_text(encoding="utf-8"))
    for name, said in manifest["files"].items():
        data = (folder / "exports" / name).read_bytes()
        said |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "exports/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    names = sorted(set(sums.files(folder)) - {sums.NAME})
    (folder / sums.NAME).write_bytes(sums.serialize({name: sums.digest(folder / name) for name in names}))


def found(run: Run, path: Path, *words: str) -> list[str]:
    """Verify, and return place, code and sentence of each finding."""
    done = run("verify", path, "--format", "concise", *words)
    assert done.exit_code == int(bool(done.stdout)), done.output
    return done.stdout.splitlines()


@pytest.mark.usefixtures("confined")
def test_a_release_as_it_was_sent(run: Run, sent: Path) -> None:
    """There is nothing to say but how much was checked, and nothing was written."""
    before = {name: (sent / name).stat().st_mtime_ns for name in sums.files(sent)}

    done = run("verify", sent)

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith(f"checked {len(before)} files, 5 formats, ")
    assert done.stderr.endswith(" triples, 51 questions: nothing wrong\n")
    assert {name: (sent / name).stat().st_mtime_ns for name in sums.files(sent)} == before


@pytest.mark.parametrize("name", ["README.md", "kgx/edges.tsv", "shapes/Route.ttl", "exports/ivig-kg.trig.gz"])
def test_a_changed_byte_is_named(run: Run, release: Path, name: str) -> None:
    """Whatever file it is in, its checksum is another, and what follows from that is not told."""
    data = bytearray((release / name).read_bytes())
    data[-1] = 32
    (release / name).write_bytes(data)

    (said,) = found(run, release)

    assert said.startswith(
        f"{name}:1:1: error release-changed-file: its bytes are not the ones that were sent: SHA-256 "
    )


def test_a_missing_a_strange_and_a_linked_file_are_named(run: Run, release: Path) -> None:
    """A file that nobody sent is as suspicious as one that did not come, and a link is no file."""
    (release / "shapes/Route.ttl").rename(release / "shapes/Roote.ttl")
    (release / "CITATION.cff").unlink()
    (release / "CITATION.cff").symlink_to("/etc/hostname")

    said = found(run, release)

    assert said == [
        "CITATION.cff:1:1: error release-missing-file: it is a link or no file, and SHA256SUMS names it",
        "shapes/Roote.ttl:1:1: error release-strange-file: SHA256SUMS does not name it, so nobody sent it",
        "shapes/Route.ttl:1:1: error release-missing-file: it is missing, and SHA256SUMS names it",
    ]


@pytest.mark.parametrize("name", ["exports/ivig-kg.nq", "exports/ivig-kg.nt"])
def test_a_changed_triple_is_named_with_its_line(run: Run, release: Path, name: str) -> None:
    """It is held against the formats that say what was sent, even where all checksums were written anew."""
    edit(release / name, OLD, NEW)
    line = next(n for n, text in enumerate((release / name).read_text().splitlines(), 1) if text.startswith(NEW))
    seal(release)

    said = found(run, release)

    other = "exports/ivig-kg.trig" if name.endswith("nq") else "exports/ivig-kg.nq"
    graph = " <https://w3id.org/ivig-kg/graph/facts>" if name.endswith("nq") else ""
    assert f"{name}:{line}:1: error release-strange-triple: {other} does not say this: {NEW}{graph}" in said
    assert any(f"error release-missing-triple: {other} says this, and it is not here: {OLD}{graph}" in s for s in said)
    assert any(
        s.startswith(f"{name}:1:1: error release-fingerprint: what it says is not what was sent: ") for s in said
    )


@pytest.mark.parametrize("form", ["ttl", "trig", "jsonld"])
def test_a_changed_triple_is_named_in_formats_without_lines(run: Run, release: Path, form: str) -> None:
    """The sentence has the triple whole."""
    edit(release / f"exports/ivig-kg.{form}", "treated-condition", "other-condition")

    said = found(run, release)

    assert any("error release-strange-triple: " in line and "other-condition" in line for line in said)


def test_all_formats_changed_alike_are_found_by_the_rest_of_the_release(run: Run, release: Path) -> None:
    """Who writes exports, fingerprints and sums anew still has numbers, questions and a fingerprint against them."""
    fingerprint = json.loads((release / "exports/manifest.json").read_text())["rdfc10"]["dataset"]
    home = release.parent / "forged"
    shutil.copytree(release, home)
    for name in ("nq", "nt", "ttl", "trig", "jsonld"):
        path = home / f"exports/ivig-kg.{name}"
        path.write_text(path.read_text(encoding="utf-8").replace("paragraph 2", "paragraph 3"), encoding="utf-8")
        (home / f"exports/ivig-kg.{name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    manifest = json.loads((home / "exports/manifest.json").read_text())
    lines = (home / NQ).read_bytes().splitlines(keepends=True)
    union = {line[: line.rindex(b" <")] + b" .\n" for line in lines}
    manifest["rdfc10"] = {
        "dataset": hashlib.sha256(b"".join(sorted(lines))).hexdigest(),
        "union": hashlib.sha256(b"".join(sorted(union))).hexdigest(),
    }
    (home / "exports/manifest.json").write_text(json.dumps(manifest))
    seal(home)

    said = found(run, home, "--fingerprint", fingerprint)

    assert any(f"error release-fingerprint: no graph here has the fingerprint {fingerprint}" in line for line in said)
    assert any(line.startswith("description.ttl:1:1: error release-description: it gives exports/") for line in said)


def _description(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        """Change the description."""
        edit(folder / "description.ttl", old, new)

    return change


def _answer(folder: Path) -> None:
    edit(folder / "ontology/queries/sources-by-copy.csv", "Monograph", "Book")


def _question(folder: Path) -> None:
    (folder / "ontology/queries/names.rq").write_text("SELECT * { broken")


def _index(folder: Path) -> None:
    edit(folder / "tables/index.csv", "treatment", "treatmemt")


def _ontology(folder: Path) -> None:
    edit(folder / "ontology/ivig.ttl", '"adverse effect"@en', '"side effect"@en')


def _crate(folder: Path) -> None:
    edit(folder / "ro-crate-metadata.json", '"@id": "README.md"', '"@id": "READ.md"')


def _counts(folder: Path) -> None:
    edit(folder / "exports/manifest.json", '"union": ', '"union": 1')


@pytest.mark.exhaustive(every=2)
@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            _description('dcat:version "1.0.0"', 'dcat:version "1.0.1"'),
            "description.ttl:1:1: error release-description: it d",
        ),
        (
            _description("void:triples ", "void:triples 1"),
            "description.ttl:1:1: error release-count: <https://w3id.org",
        ),
        (
            _description("dcterms:issued", "dcterms:date"),
            "description.ttl:1:1: error Release-issued: <https://w3id.org/",
        ),
        (
            _description("@prefix dcat:", "@prefix dcat"),
            "description.ttl:1:9: error release-unreadable: it cannot be read",
        ),
        (
            _answer,
            "ontology/queries/sources-by-copy.csv:2:1: error release-answer: the graph answers 1 rows, and 1 stand",
        ),
        (
            _question,
            "ontology/queries/names.rq:1:1: error release-answer: the question cannot be answered: this is not a",
        ),
        (_index, "tables/index.csv:1:1: error release-answer: its rows are not what the graph says of each fact"),
        (
            _ontology,
            "ontology/ivig.ttl:1:1: error release-ontology: the exports do not say this: <https://w3id.org/ivig-k",
        ),
        (_crate, "ro-crate-metadata.json:1:1: error release-description: READ.md is not both a part of it and"),
        (_counts, "exports/ivig-kg.nq:1:1: error release-count: manifest.json says 1"),
    ],
)
def test_parts_that_do_not_fit_are_named_whatever_the_sums_say(
    run: Run, release: Path, change: Callable[[Path], None], line: str
) -> None:
    """The description, the answers, the tables and the vocabulary are held against the graph, not against checksums."""
    change(release)
    seal(release)

    said = found(run, release)

    assert any(one.startswith(line) for one in said), said


def test_a_file_alone_is_held_against_what_stands_beside_it(run: Run, release: Path) -> None:
    """Every format, packed or not, is checked by itself; another file by its checksum alone."""
    exports = sorted((release / "exports").glob("ivig-kg.*"))

    assert [found(run, path) for path in (*exports, release / "kgx/edges.tsv")] == [[]] * 11


@pytest.mark.usefixtures("confined")
@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "no folder for temporary files can be written to: make room in one, or name one in TMPDIR"),
        (4096, "what was received cannot be kept for a moment: File too large"),
    ],
)
def test_no_room_on_this_machine_is_no_fault_of_a_release(size: int, told: str, run: Run, sent: Path) -> None:
    """Its shapes and questions are unpacked for a moment, which a full disk has no room for."""
    resource = pytest.importorskip("resource", reason="this system has no such limit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        done = run("verify", sent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (done.exit_code, done.stdout, done.stderr) == (6, "", f"ivig-kg: {told}\n")


@pytest.mark.usefixtures("confined")
def test_a_text_that_no_parser_holds_is_told(run: Run, tmp_path: Path) -> None:
    """It is no want of memory: a parser takes 16 MiB in one piece. `diff` says so too."""
    path = tmp_path / "ivig-kg.nt"
    path.write_text('<urn:a> <urn:b> "' + "x" * 17 * 1024**2 + '" .\n', encoding="utf-8")

    (said,) = found(run, path)
    compared = run("diff", path)

    assert said.endswith(
        "error release-limit: the files that were received have a text or an address of more than 16 MiB"
    )
    assert (compared.exit_code, compared.stdout) == (3, "")
    assert compared.stderr.endswith("it has a text or an address of more than 16 MiB\n")


@pytest.mark.parametrize("name", ["ivig-kg.nt", "ivig-kg.ttl", "ivig-kg.jsonld", "ivig-kg.nq"])
def test_a_file_alone_that_was_changed_is_found(run: Run, release: Path, name: str) -> None:
    """Its bytes are others, its fingerprint is another, and the triples are named by the formats beside it."""
    path = release / "exports" / name
    edit(path, "paragraph 2", "paragraph 3")

    said = found(run, path)

    assert {line.split(" ")[2].rstrip(":") for line in said} == {
        "release-changed-file",
        "release-fingerprint",
        "release-strange-triple",
        "release-missing-triple",
    }
    assert all(line.startswith(str(path)) for line in said)


def test_a_file_from_nowhere_is_judged_by_shapes_and_links(run: Run, tmp_path: Path) -> None:
    """Without a list beside it what it says is still checked, and its fingerprint where one is known."""
    path = tmp_path / "some.nt"
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    path.write_text(f"<https://w3id.org/ivig-kg/id/x> {a} <https://w3id.org/ivig-kg/ontology/Condition> .\n")
    fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()

    said = found(run, path, "--fingerprint", fingerprint)

    assert f"{path}:1:1: error Concept-label: <https://w3id.org/ivig-kg/id/x>: " in "\n".join(said)
    assert any(
        "names <https://w3id.org/ivig-kg/ontology/Condition>, and nothing is said of it" in line for line in said
    )
    assert not any("fingerprint" in line for line in said)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("broken.nt", "<a> <b> .\n", ":1:"),
        ("broken.ttl.gz", "no gzip", ":1:1: error release-unreadable: it is not gzip, or not all of it: "),
        (
            "blank.nt",
            "_:a <https://w3id.org/ivig-kg/id/x> _:b .\n",
            ":1:1: error release-unreadable: it has a blank node",
        ),
        (
            "far.jsonld",
            '{"@context": "https://example.org/c", "@id": "x"}',
            ":1:1: error release-unreadable: it cannot",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding(run: Run, tmp_path: Path, name: str, text: str, line: str) -> None:
    """Nothing is fetched, nothing is guessed, and the place is said where it is known."""
    (tmp_path / name).write_text(text)

    (said,) = found(run, tmp_path / name)

    assert said.startswith(f"{tmp_path / name}{line}")
    assert "release-unreadable" in said


@pytest.mark.slow
def test_exports_alone_are_verified(run: Run, release: Path) -> None:
    """A folder of exports has its manifest, and parts for bulk loaders have one too."""
    parts = release.parent / "parts"
    assert run("build", "--parts", "-o", parts).exit_code == 0
    edit(release / "exports/ivig-kg.ttl", "paragraph 2", "paragraph 3")

    assert found(run, parts) == []
    assert any("ivig-kg.ttl:1:1: error release-changed-file" in line for line in found(run, release / "exports"))


def _delete(*patterns: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        """Take parts away."""
        found = [path for pattern in patterns for path in folder.glob(pattern)]
        assert found
        for path in found:
            path.unlink()

    return change


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        """Change a file."""
        edit(folder / name, old, new)

    return change


def _write(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        """Put another file in the place of one."""
        (folder / name).write_text(text, encoding="utf-8")

    return change


def _append(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        """Add to a file."""
        (folder / name).write_text((folder / name).read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


NO_TRIPLE = "\n<urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> .\n"
ELSEWHERE = "# Which?\nSELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }\n"
SHAPE = '\n<urn:x> sh:select "SELECT $this { SERVICE <urn:y> { $this ?p ?o } }" .\n'
PATH = "\nivigsh:Route sh:property [ sh:path ( <urn:x> ) ] .\n"
GONE = "release-missing-file it is missing, and every release has it"
OTHER = "release-profile it is not what the graph of this release gives"
CITED, TOLD, CRATE = "CITATION.cff", "description.ttl", "ro-crate-metadata.json"
FACTS, NAMES, ROUTE = "ontology/queries/facts.rq", "ontology/queries/names.rq", "shapes/Route.ttl"
EDGES, FHIR, WEB = "kgx/edges.jsonl", "fhir/clinical-use-definitions.json", "schema.org/ivig-kg.jsonld"
RESEALED = [
    (_delete(TOLD), f"{TOLD} {GONE}"),
    (_delete(TOLD, CRATE), f"{CRATE} {GONE}"),
    (_delete("shapes/*.ttl"), f"shapes/ {GONE}"),
    (_delete("ontology/queries/*"), "exports/queries.ttl release-answer it does not hold the questions"),
    (_delete("tables/index.*"), f"tables/index.csv {GONE}"),
    (_delete("kgx/edges.tsv"), f"kgx/edges.tsv {GONE}"),
    (_replace(EDGES, "treats", "cures"), f"{EDGES} {OTHER}"),
    (_replace(FHIR, "indication", "warning"), f"{FHIR} {OTHER}"),
    (_replace(WEB, "drug", "cause"), f"{WEB} {OTHER}"),
    (_write("load/oxigraph.sh", "curl somewhere | sh\n"), f"load/oxigraph.sh {OTHER}"),
    (_write("README.md", "# A graph\n"), "README.md release-profile it does not have the fingerprint"),
    (_replace(CITED, "1.0.0", "1.0.1"), f"{CITED} release-profile its version is 1.0.1, and the exports are of 1.0.0"),
    (_replace(CITED, "CC0-1.0", "MIT"), f"{CITED} release-profile its licence is MIT, and {TOLD} names another"),
    (_replace("ontology/context.jsonld", '"dcterms"', '"dct"'), f"{NQ} release-unreadable it cannot be used"),
    (_delete("ontology/rules/types.rq"), f"{NQ} release-derived this follows by no rule of the release"),
    (_append(TOLD, "\n<urn:a> a dcat:Dataset .\n"), f"{TOLD} release-description it describes 2 releases"),
    (_append(TOLD, "\n[] a dcat:Dataset .\n"), f"{TOLD} release-unreadable it has a blank node"),
    (_append(TOLD, NO_TRIPLE), f"{TOLD} release-unreadable it"),
    (_replace(CRATE, '"@id": "README.md"', '"@id": null'), f"{CRATE} release-description None is not both"),
    (_write(FACTS, "ASK { ?s ?p ?o }"), f"{FACTS} release-answer the question `facts` has no rows"),
    (_write(FACTS, "no question"), f"{FACTS} release-answer the question cannot be answered"),
    (_write(NAMES, ELSEWHERE), f"{NAMES} release-answer SERVICE asks another server"),
    (_write(ROUTE, "no shapes"), f"{ROUTE} release-unreadable it cannot be read"),
    (_append(ROUTE, SHAPE), f"{ROUTE} release-unreadable a shape asks another server (SERVICE)"),
    (_append(ROUTE, PATH), f"{NQ} release-unreadable it cannot be used"),
]


WEAKER = [
    (
        _append(ROUTE, "\nivigsh:Route-broader-kind sh:deactivated true .\n"),
        ROUTE,
        "the shape `Route-broader-kind` is switched off",
    ),
    (_replace("shapes/Fact.ttl", "sh:minCount 1", "sh:minCount 0"), "shapes/Fact.ttl", "is not the one that ships"),
    (_delete("ontology/rules/names.rq"), "ontology/rules", "the derivation `names` that ships with ivig-kg is not"),
    (
        _append("shapes/release/ReleaseFile.ttl", "# weaker\n"),
        "shapes/release/ReleaseFile.ttl",
        "this is not the file that ships",
    ),
]


@pytest.mark.parametrize(("change", "path", "words"), WEAKER, ids=[words for *_, words in WEAKER])
def test_rules_that_do_not_ship_are_told(
    run: Run, release: Path, change: Callable[[Path], None], path: str, words: str
) -> None:
    """Facts meet weaker rules easily, so whoever receives a release learns which of them are not as they ship."""
    change(release)
    seal(release)

    done = run("verify", release, "--format", "concise")

    told = [line for line in done.stdout.splitlines() if words in line]
    assert told, done.output
    assert all(re.match(rf"{re.escape(path)}:\d+:\d+: warning rule-", line) for line in told), told
    assert str(release) not in done.stdout


@pytest.mark.exhaustive(every=4)
@pytest.mark.parametrize(("change", "words"), RESEALED, ids=[words for _, words in RESEALED])
def test_what_is_resealed_is_still_held_against_the_graph(
    run: Run, release: Path, change: Callable[[Path], None], words: str
) -> None:
    """Parts that are gone, profiles, rules and texts: each has one right value, and a broken part hides no other."""
    change(release)
    seal(release)
    path, code, sentence = words.split(" ", 2)

    said = found(run, release)

    assert any(one.startswith(f"{path}:") and f" {code}: " in one and sentence in one for one in said), said


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [('"version": "1.0.0"', '"version": ["1.0.0"]', "version"), ('"union": "', '"union": 1, "x": "', "union")],
)
def test_a_manifest_of_other_kinds_of_values_is_none(run: Run, release: Path, old: str, new: str, what: str) -> None:
    """What is no text could be no version and no fingerprint, and would compare as nothing."""
    edit(release / "exports/manifest.json", old, new)

    said = found(run, release / "exports")

    place = "manifest.json:1:1: error release-unreadable"
    assert said == [f"{place}: it is no manifest of exports: {what} has to be text"]


def test_without_a_manifest_nothing_is_right(run: Run, release: Path) -> None:
    """What cannot be compared is no pass, and a fingerprint that cannot be compared is none either."""
    (release / "exports/manifest.json").unlink()
    edit(release / NQ, "paragraph 2", "paragraph 3")
    names = set(sums.files(release)) - {sums.NAME}
    (release / sums.NAME).write_bytes(sums.serialize({name: sums.digest(release / name) for name in names}))

    said = found(run, release, "--fingerprint", "0" * 64)

    assert "exports/manifest.json:1:1: error release-missing-file: it is missing, and every release has it" in said
    assert any("there is no graph here that could have the fingerprint 000" in one for one in said)


def test_a_dataset_and_its_union_say_the_same(run: Run, release: Path) -> None:
    """Formats with named graphs cannot be changed apart from those without, whatever fingerprints are written down."""
    for name in ("nq", "trig"):
        path = release / f"exports/ivig-kg.{name}"
        path.write_text(path.read_text(encoding="utf-8").replace("paragraph 2", "paragraph 3"), encoding="utf-8")
    manifest = json.loads((release / "exports/manifest.json").read_text())
    union = manifest["rdfc10"]["union"]
    lines = (release / NQ).read_bytes().splitlines(keepends=True)
    manifest["rdfc10"]["dataset"] = hashlib.sha256(b"".join(sorted(lines))).hexdigest()
    (release / "exports/manifest.json").write_text(json.dumps(manifest))
    seal(release)

    said = found(run, release, "--fingerprint", union)

    assert any(
        one.startswith(f"{NQ}:1:1: error release-fingerprint: what it says is not what was sent: ") for one in said
    )
    assert any(one.startswith(NQ) and "error release-strange-triple: " in one and "paragraph 3" in one for one in said)
    assert any(
        f"it says another graph than exports/ivig-kg.ttl, which has the fingerprint {union}" in one for one in said
    )


@pytest.mark.slow
@pytest.mark.usefixtures("confined")
def test_a_question_that_never_ends_is_ended(release: Path) -> None:
    """What was received runs in a process of its own, and that process has a deadline."""
    endless = "# Which?\nSELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }\n"
    (release / "ontology/queries/names.rq").write_text(endless)
    task = examination.Task(integrity.contents(release), NQ, frozenset(), "1.0.0")

    (said,) = examination.examined(task, seconds=2)

    assert said.code == "release-limit"
    assert said.message == "the shapes, rules and questions of the release were not done within 2 s"


@pytest.mark.parametrize("form", ["jsonld", "ttl", "nq"])
def test_a_file_that_was_cut_off_hides_nothing_else(run: Run, release: Path, form: str) -> None:
    """What is left of it is no reason to look at nothing else: a table that is wrong as well is found."""
    path = release / f"exports/ivig-kg.{form}"
    path.write_bytes(path.read_bytes()[:5000])
    seal(release)
    edit(release / "tables/values.csv", "treatment", "treatmemt")
    seal(release)

    said = found(run, release)

    assert any(one.startswith(f"exports/ivig-kg.{form}:") and "release-unreadable" in one for one in said)
    assert any(one.startswith("tables/values.csv:1:1: error release-answer") for one in said)
    assert not any("release-limit" in one for one in said)


def test_a_question_that_was_changed_is_not_asked(run: Run, release: Path) -> None:
    """Where the checksum already says that it is another, nobody needs its answer."""
    (release / "ontology/queries/names.rq").write_text("SELECT * { broken")

    (said,) = found(run, release)

    assert said.startswith("ontology/queries/names.rq:1:1: error release-changed-file: ")


@pytest.mark.parametrize("name", ["<http://example.org/g#x> ", ""])
def test_a_graph_of_somebody_else_in_a_dataset_is_a_finding(run: Run, release: Path, name: str) -> None:
    """A name that no release has, and no name at all."""
    (release / NQ).write_text((release / NQ).read_text() + f"<urn:a> <urn:b> <urn:c> {name}.\n")
    for form in ("trig", "ttl", "nt", "jsonld"):
        (release / f"exports/ivig-kg.{form}").unlink()

    said = found(run, release)

    assert any(
        one.startswith(f"{NQ}:1:1: error release-unreadable: the graph ") and "is none of ours" in one for one in said
    )


def test_a_packed_file_is_unpacked_as_far_as_the_plain_one_goes(run: Run, release: Path) -> None:
    """A bomb is a finding, and is not unpacked."""
    (release / "exports/ivig-kg.nt.gz").write_bytes(gzip.compress(bytes(50_000_000)))
    seal(release)

    said = found(run, release)

    size = (release / "exports/ivig-kg.nt").stat().st_size
    assert (
        f"exports/ivig-kg.nt.gz:1:1: error release-unreadable: it has more than {size} bytes when it is unpacked"
        in said
    )


def test_links_lead_nowhere(run: Run, release: Path) -> None:
    """A list that is a link is refused: what it says came from elsewhere."""
    shutil.move(release / sums.NAME, release.parent / "elsewhere")
    (release / sums.NAME).symlink_to(release.parent / "elsewhere")

    done = run("verify", release)

    assert done.exit_code == 3
    assert "SHA256SUMS: it is a link, and leads out of what was received" in done.stderr


def test_the_list_of_something_else_is_not_that_of_a_release(run: Run, release: Path) -> None:
    """A file is checked as a graph whatever lists stand above it; the list itself is no file to check."""
    other = release.parent / "other"
    (other / "sub").mkdir(parents=True)
    shutil.copy(release / NQ, other / "sub/ivig-kg.nq")
    (other / sums.NAME).write_text("SHA256 (sub/ivig-kg.nq) = 00\n")

    listed = run("verify", release / sums.NAME)

    assert found(run, other / "sub/ivig-kg.nq") == []
    assert found(run, release / "README.md", "--fingerprint", "abc") != []
    assert listed.exit_code == 2
    assert "this is the list of a release; name the folder, and all that it lists is checked" in listed.stderr


def test_a_strange_file_among_exports_is_named(run: Run, release: Path) -> None:
    """The manifest names what was sent; packed files belong to the plain ones."""
    (release / "exports/extra.txt").write_text("x")

    (said,) = found(run, release / "exports")

    assert said.endswith("extra.txt:1:1: error release-strange-file: manifest.json does not name it, so nobody sent it")


def test_what_cannot_be_verified_is_said(run: Run, tmp_path: Path) -> None:
    """An empty folder, a list that leads out, a file of no format and a graph of somebody else: no verdict."""
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "other.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / sums.NAME).write_text(f"{'0' * 64}  ../text.txt\n")

    empty = run("verify", tmp_path)
    leading = run("verify", tmp_path / "out")
    text = run("verify", tmp_path / "text.txt")
    other = run("verify", tmp_path / "other.nt")

    assert (empty.exit_code, leading.exit_code, text.exit_code, other.exit_code) == (3, 3, 2, 3)
    assert "there is neither SHA256SUMS nor manifest.json here, so nothing was verified" in empty.stderr
    assert "SHA256SUMS:1:1: this is not a SHA-256, two blanks and a file of the release, each once" in leading.stderr
    assert (
        "no SHA256SUMS is above it, and it is no graph: .ttl, .nt, .nq, .trig, .jsonld, or those with .gz"
        in text.stderr
    )
    assert "other.nt: no fact, concept or source of ivig-kg is in this file" in other.stderr


def test_findings_are_printed_for_programs_too(run: Run, release: Path) -> None:
    """The formats are those of `check`."""
    (release / "README.md").unlink()

    done = run("verify", release, "--format", "json")

    assert done.exit_code == 1
    assert "release-missing-file" in {f["code"] for f in json.loads(done.stdout)["findings"]}
