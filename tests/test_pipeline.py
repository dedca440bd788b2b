"""The pipeline: in whatever portions a project is worked on, it comes to the same."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT, Run
from ivig_kg import bundles, catalogue, console, loading, pipeline, reporting, resources, workflow
from ivig_kg.errors import FactsError
from ivig_kg.findings import Finding
from ivig_kg.making import Options
from ivig_kg.resources import Project

CASES = ROOT / "tests/cases/invalid"
NODE = re.compile(r"^(?=- )", re.MULTILINE)
LABELS = 7
sys.path.insert(0, str(ROOT / "bench"))
generate = __import__("generate")


def whole(project: Project) -> reporting.Report:
    """Check a project that is read all at once."""
    return reporting.report(loading.load(project), sources=None)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every document be a portion of its own, whatever it costs."""
    monkeypatch.setattr(pipeline, "WHOLE", 0)
    monkeypatch.setattr(pipeline, "PORTION", 1)
    monkeypatch.setattr(pipeline, "OVERLAP", float("inf"))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Return a folder with a project of a few labels; ontology and shapes are the package's."""
    generate.generate(tmp_path / "labels", LABELS)
    return tmp_path / "labels"


def misspell(folder: Path, number: int) -> None:
    """Misspell a word in one label."""
    path = folder / f"facts/labels/benchmark-{number:06}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("frequency: Common", "frequency: Comon", 1), encoding="utf-8")


def exports(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.slow
def test_portions_find_what_the_whole_finds_and_give_the_same_exports(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the facts of this project, which are linked in many ways."""
    monkeypatch.setattr(pipeline, "WHOLE", 0)
    monkeypatch.setattr(pipeline, "PORTION", 100_000)
    monkeypatch.setattr(pipeline, "OVERLAP", float("inf"))

    report, _ = workflow.build(tmp_path / "exports", project=project)

    expected = whole(project)
    assert (report.findings, report.checked) == (expected.findings, expected.checked)
    assert exports(tmp_path / "exports") == exports(ROOT / "exports")


def constraints(project: Project) -> set[str]:
    """Return the codes of the rules that may look at more than one node."""
    shapes = loading.load(project).schema.shapes
    return {t.object.value.rpartition("/")[2] for t in shapes if t.predicate.value.endswith("#sparql")}


def linked() -> list[Path]:
    """Return the cases that a SPARQL constraint refuses, and those with more than one node."""
    rules = constraints(resources.locate(ROOT / "tests/cases/base"))
    paths = sorted(CASES.glob("*.yaml"))
    return [p for p in paths if p.stem in rules or len(NODE.findall(p.read_text(encoding="utf-8"))) > 1]


def scattered(folder: Path, *paths: Path) -> Project:
    """Return a project with every node of some files in a file of its own."""
    (folder / "facts").mkdir(parents=True)
    for number, path in enumerate(paths):
        for place, text in enumerate(NODE.split(path.read_text(encoding="utf-8"))[1:]):
            (folder / f"facts/{number}-{place:03}.yaml").write_text(text, encoding="utf-8")
    return resources.locate(folder)


@pytest.mark.exhaustive(every=4)
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("path", linked(), ids=lambda p: p.stem)
def test_nodes_in_files_of_their_own_are_judged_as_if_they_stood_together(path: Path, tmp_path: Path) -> None:
    """Every document is worked on with those alone that the catalogue says, and nothing is missed or added."""
    split = scattered(tmp_path, ROOT / "tests/cases/base/facts/base.yaml", path)

    report = workflow.check(project=split)

    expected = whole(split)
    assert report.findings == expected.findings
    assert report.checked == expected.checked


@pytest.mark.usefixtures("tiny")
def test_a_shape_that_a_concept_breaks_through_a_fact_is_told_once(tmp_path: Path) -> None:
    """What a rule derives of a substance makes it wrong: the finding stands in the file of the concepts."""
    (tmp_path / "facts").mkdir()
    base = (ROOT / "tests/cases/base/facts/base.yaml").read_text(encoding="utf-8")
    nodes = NODE.split(base)[1:]
    concepts = [
        n for n in nodes if re.search(r"^  type: (Drug|Product|Condition|Population|Substance)$", n, re.MULTILINE)
    ]
    (tmp_path / "facts/a.yaml").write_text("".join(concepts), encoding="utf-8")
    (tmp_path / "facts/b.yaml").write_text("".join(n for n in nodes if n not in concepts), encoding="utf-8")
    fact = "- {id: harm, type: Warning, label: Not this, about: drug, becauseOf: substance, risk: people"
    with (tmp_path / "facts/b.yaml").open("a", encoding="utf-8") as file:
        file.write(f"{fact}, statedAs: words, evidence: passage, status: draft}}\n")
    split = resources.locate(tmp_path)

    found = workflow.check(project=split)

    expected = whole(split)
    assert found.findings == expected.findings
    assert found.checked == expected.checked
    places = [f.position.path.rpartition("/")[2] for f in found.findings if f.code == "Substance-carriesRisk-kind"]
    assert places == ["a.yaml"]


@pytest.mark.usefixtures("tiny")
def test_rules_of_somebody_else_see_everything(tmp_path: Path) -> None:
    """A shape that does not ship may look anywhere, so with it no document is judged apart from the others."""
    split = scattered(tmp_path, ROOT / "tests/cases/base/facts/base.yaml")
    shutil.copytree(ROOT / "shapes", tmp_path / "shapes")
    path = tmp_path / "shapes/Fact.ttl"
    ours = """
ivigsh:Fact-other a sh:NodeShape ; sh:targetClass ivig:Fact ; sh:sparql ivigsh:Fact-alone .
ivigsh:Fact-alone a sh:SPARQLConstraint ;
    sh:prefixes <https://w3id.org/ivig-kg/shapes/> ; sh:message "There is one fact."@en ;
    sh:select "SELECT $this { $this a ivig:Fact . ?other a ivig:Fact . FILTER ($this != ?other) }" .
"""
    path.write_text(path.read_text(encoding="utf-8") + ours, encoding="utf-8")
    fact = "- {id: second, type: ClinicalUse, label: Elsewhere, about: one, condition: other, status: draft}"
    (tmp_path / "facts/9.yaml").write_text(fact + "\n", encoding="utf-8")
    split = resources.locate(tmp_path)

    found = workflow.check(project=split).findings

    assert found == whole(split).findings
    assert [f.position.path.rpartition("/")[2] for f in found if f.code == "Fact-alone"][-1:] == ["9.yaml"]


@pytest.mark.slow
def test_two_processes_write_the_same_bytes_as_one(labels: Path, run: Run) -> None:
    """And so do four shards, in whatever order they come."""
    for name, words in {"one": (), "two": ("--jobs", "2")}.items():
        assert run("-C", labels, "build", "--no-cache", "-o", labels / name, *words).exit_code == 0
    for number in (3, 1, 4, 2):
        done = run("-C", labels, "build", "--shard", f"{number}/4", "-o", labels / "shards")
        assert done.exit_code == 0, done.stderr
    merged = run("-C", labels, "merge", labels / "shards", "-o", labels / "merged")

    assert merged.exit_code == 0, merged.stderr
    assert exports(labels / "one") == exports(labels / "two") == exports(labels / "merged")
    assert len(exports(labels / "one")) == 7


@pytest.mark.slow
def test_what_processes_find_is_what_one_finds(labels: Path) -> None:
    """Down to the last note."""
    misspell(labels, 3)
    project = resources.locate(labels)

    several = workflow.check(project=project, options=Options(jobs=3))

    assert several.findings == workflow.check(project=project).findings == whole(project).findings
    assert "AdverseEffect-frequency" in {f.code for f in several.findings}


@pytest.fixture
def shards(labels: Path, run: Run) -> Path:
    """Return a folder with the two shards of a project."""
    for number in (1, 2):
        assert run("-C", labels, "build", "--shard", f"{number}/2", "-o", labels / "shards").exit_code == 0
    return labels / "shards"


def merged(shards: Path, run: Run) -> str:
    """Return why shards cannot be merged, and see that nothing was written."""
    done = run("-C", shards.parent, "merge", shards, "-o", shards.parent / "out")
    assert done.exit_code == 3
    assert not (shards.parent / "out").exists()
    return done.stderr


def test_shards_that_are_no_whole_are_refused(shards: Path, run: Run) -> None:
    """One is missing, cut short, changed, made from other facts, of another division, or there is none."""
    packed = shards / "shard-2-of-2.nq.gz"
    data = packed.read_bytes()
    packed.write_bytes(data[: len(data) // 2])
    assert "shard-2-of-2.json: the shard was cut off or changed" in merged(shards, run)
    packed.unlink()
    assert "shard 2 of 2 is missing" in merged(shards, run)
    packed.write_bytes(data)
    told = packed.with_name("shard-2-of-2.json")
    outcomes = told.read_bytes()
    told.write_bytes(outcomes.replace(b'"error"', b'"note"', 1).replace(b"passage", b"Passage", 1))
    assert "shard-2-of-2.json: the shard was cut off or changed" in merged(shards, run)
    told.write_bytes(outcomes)
    label = shards.parent / "facts/labels/benchmark-000001.yaml"
    before = label.read_text(encoding="utf-8")
    label.write_text(before + "# changed\n", encoding="utf-8")
    assert "the facts are no longer those that this shard was made from" in merged(shards, run)
    label.write_text(before, encoding="utf-8")
    shutil.copy(shards / "shard-1-of-2.json", shards / "shard-1-of-3.json")
    (shards / "shard-1-of-3.json").write_text('{"shard": 1, "of": 3, "facts": ""}\n', encoding="utf-8")
    assert "two different divisions" in merged(shards, run)
    (shards / "shard-1-of-3.json").write_text("[]\n", encoding="utf-8")
    assert "this is no shard" in merged(shards, run)
    assert "there are no shards here" in merged(shards.parent / "facts", run).replace("\n", " ")


@pytest.mark.parametrize("words", ["0/2", "3/2", "a/b", "2"])
def test_a_shard_is_a_number_of_a_number(words: str, labels: Path, run: Run) -> None:
    """Anything else is wrong usage, and nothing is written."""
    done = run("-C", labels, "build", "--shard", words, "-o", labels / "shards")

    assert done.exit_code == 2
    assert "is not a shard" in done.stderr
    assert not (labels / "shards").exists()


def test_a_wrong_fact_in_a_shard_is_told_by_the_merge(labels: Path, run: Run) -> None:
    """The shard is written; merging tells the finding at its place and writes no export."""
    misspell(labels, 2)
    for number in (1, 2):
        assert run("-C", labels, "build", "--shard", f"{number}/2", "-o", labels / "shards").exit_code == 0

    done = run("-C", labels, "merge", labels / "shards", "-o", labels / "out", "--format", "concise")

    assert done.exit_code == 1
    assert "benchmark-000002.yaml" in done.stderr
    assert "AdverseEffect-frequency" in done.stderr
    assert not (labels / "out").exists()


@pytest.mark.slow
def test_parts_are_the_dataset_in_sorted_files(labels: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is N-Quads by itself, all together are the dataset, and the manifest names each with its digest."""
    monkeypatch.setattr("ivig_kg.export.PART", 2000)
    assert run("-C", labels, "build", "-o", labels / "all").exit_code == 0
    done = run("-C", labels, "build", "--parts", "-o", labels / "parts")
    assert done.exit_code == 0, done.stderr

    packed = sorted((labels / "parts").glob("*.nq.gz"))
    quads = [q for p in packed for q in ox.parse(gzip.decompress(p.read_bytes()), ox.RdfFormat.N_QUADS)]
    dataset = list(ox.parse((labels / "all/ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS))
    told = json.loads((labels / "parts/manifest.json").read_text(encoding="utf-8"))

    assert len(packed) == -(-len(dataset) // 2000) > 3
    assert len(quads) == len(dataset)
    assert set(quads) == set(dataset)
    assert told["rdfc10"] == json.loads((labels / "all/manifest.json").read_text(encoding="utf-8"))["rdfc10"]
    assert set(told["files"]) == {p.name for p in packed} | {"queries.ttl"}
    assert run("-C", labels, "build", "--parts", "--check", "-o", labels / "parts").exit_code == 0


@pytest.mark.slow
def test_no_part_of_an_earlier_run_is_left(labels: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads all of the folder loads one graph: older parts and other formats go, foreign files stay."""
    folder = labels / "parts"
    monkeypatch.setattr("ivig_kg.export.PART", 1000)
    assert run("-C", labels, "build", "--parts", "-o", folder).exit_code == 0
    many = len(list(folder.iterdir()))
    monkeypatch.setattr("ivig_kg.export.PART", 5000)
    for foreign in ((), ("README",)):
        assert run("-C", labels, "build", "-o", folder).exit_code == 0
        assert "ivig-kg.ttl" in exports(folder)
        for name in foreign:
            (folder / name).write_text("mine", encoding="utf-8")
        assert run("-C", labels, "build", "--parts", "-o", folder).exit_code == 0

        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert set(exports(folder)) == {*told["files"], "manifest.json", *foreign}
        assert len(told["files"]) < many


def test_parts_need_a_folder_of_their_own(labels: Path, run: Run) -> None:
    """exports/ holds all formats."""
    done = run("-C", labels, "build", "--parts")

    assert done.exit_code == 2
    assert "--parts need -o" in done.stderr
    assert not (labels / "exports").exists()


def as_bundle(folder: Path, ending: str) -> Project:
    """Return a project with the facts of a folder in one bundle, but for its concepts and its table."""
    lines = []
    for path in sorted((folder / "facts/labels").glob("*.yaml")):
        nodes = [plain(node) for node in loading.facts.read(path, shown=path.name).nodes]
        lines.append(json.dumps(nodes, ensure_ascii=False))
    made = folder.with_name("bundled")
    shutil.copytree(folder / "facts", made / "facts", ignore=lambda *_: ["labels"])
    data = ("\n".join(lines) + "\n").encode()
    path = made / f"facts/labels.jsonl{ending}"
    if ending == ".zst":
        path.write_bytes(pytest.importorskip("backports.zstd").compress(data))
    else:
        path.write_bytes(gzip.compress(data) if ending else data)
    return resources.locate(made)


def plain(node: object) -> object:
    """Return a node as JSON."""
    if isinstance(node, loading.nodes.Mapping):
        return {e.key.text: plain(e.value) for e in node.entries}
    if isinstance(node, loading.nodes.Listing):
        return [plain(item) for item in node.items]
    return getattr(node, "text", None)


@pytest.mark.slow
@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_a_bundle_says_what_its_files_say(ending: str, labels: Path, tmp_path: Path) -> None:
    """A document a line of JSON, compressed or not, gives the same exports as a file a document."""
    bundled = as_bundle(labels, ending)
    _, made = workflow.build(tmp_path / "one", project=resources.locate(labels))
    _, again = workflow.build(tmp_path / "other", project=bundled)

    assert made == again != {}
    assert exports(tmp_path / "one") == exports(tmp_path / "other")


@pytest.mark.slow
@pytest.mark.exhaustive(every=2)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_mistake_in_a_bundle_has_its_line_and_column(ending: str, labels: Path, run: Run) -> None:
    """And the line is shown; whole or in portions, the place is the same."""
    misspell(labels, 4)
    bundled = as_bundle(labels, ending)

    done = run("-C", bundled.home, "check", "--format", "concise")
    shown = run("-C", bundled.home, "check")
    (place,) = re.findall(rf"labels\.jsonl{ending}:(\d+):(\d+): error AdverseEffect-frequency", done.stdout)

    line = list(bundles.lines(bundled.facts / f"labels.jsonl{ending}", shown=""))[4][1].decode()
    assert place == ("5", str(line.index('"Comon"') + 1))
    assert '"Comon"' in shown.stdout
    assert whole(bundled).findings == workflow.check(project=bundled).findings


def test_a_damaged_bundle_is_refused(labels: Path, run: Run) -> None:
    """A line that is no list of nodes is a finding at its place; a file that ends too soon stops everything."""
    bundled = as_bundle(labels, ".gz")
    path = bundled.facts / "labels.jsonl.gz"
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text.replace(b'[{"id"', b'{"id"', 1)))
    done = run("-C", bundled.home, "check", "--format", "concise")
    assert done.exit_code == 3
    assert "labels.jsonl.gz:1:" in done.stdout

    packed = gzip.compress(text)
    path.write_bytes(packed[: len(packed) // 2])
    done = run("-C", bundled.home, "check")
    assert done.exit_code == 3
    assert "labels.jsonl.gz: the file cannot be read after line" in done.stderr


def test_a_file_that_changes_meanwhile_is_refused(labels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was listed is what is read, or there is no verdict: nothing is kept under another document's name."""
    monkeypatch.setattr(pipeline, "WHOLE", 0)
    path = labels / "facts/labels/benchmark-000006.yaml"
    begin = catalogue.Catalogue.around

    def change(self: catalogue.Catalogue, numbers: object) -> frozenset[int]:
        """Change a file once everything is listed."""
        path.write_text("- id: other\n", encoding="utf-8")
        return begin(self, numbers)  # type: ignore[arg-type]

    monkeypatch.setattr(catalogue.Catalogue, "around", change)
    monkeypatch.setattr("ivig_kg.listing.KEPT", 0)
    with pytest.raises(FactsError, match="the file changed while the facts were read"):
        workflow.check(project=resources.locate(labels))


@pytest.mark.slow
def test_a_misspelt_id_is_told_with_its_near_one_from_a_file_far_away(
    labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hints come from all ids of the project, whatever portion a document is in."""
    monkeypatch.setattr(pipeline, "WHOLE", 0)
    monkeypatch.setattr(pipeline, "PORTION", 1)
    path = labels / "facts/labels/benchmark-000000.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("  status: draft\n", "  status: draft\n  conflictsWith: benchmark-000005-labl-name\n", 1),
        encoding="utf-8",
    )
    project = resources.locate(labels)

    def hints(findings: tuple[Finding, ...]) -> list[str | None]:
        """Return the hints on unknown ids."""
        return [f.hint for f in findings if f.code == "unknown-id"]

    assert hints(workflow.check(project=project).findings) == hints(whole(project).findings)
    assert hints(whole(project).findings) != []


def test_nothing_is_said_of_progress_where_nobody_watches(labels: Path) -> None:
    """Standard error of a pipe holds the summary alone."""
    command = [sys.executable, "-m", "ivig_kg", "-C", str(labels), "check", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stderr.startswith("checked ")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_makefile_of_the_page_on_scale_works(labels: Path) -> None:
    """Its shards are worked on by several makes at once and merged to what one build writes."""
    page = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    (makefile,) = re.findall(r"^```make\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (labels / "Makefile").write_text(makefile, encoding="utf-8")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["make", "-j", "2", "N=3"], cwd=labels, env=environment, check=True, capture_output=True)
    command = [sys.executable, "-m", "ivig_kg", "build", "--parts", "-o", "one"]
    subprocess.run(command, cwd=labels, check=True, capture_output=True)

    assert exports(labels / "parts") == exports(labels / "one")


def test_how_far_a_run_is_stands_on_one_line_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the first second; then documents, findings, rate and time left; and at the end the line is gone."""
    clock = iter([0.0, 0.5, 1.05, 1.1, 4.0, 10.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    told = []

    show = console.progress()
    assert show is not None
    for done in (1, 5, 6, 20, 50):
        show(done, 50, 3)
        told.append(terminal.getvalue().rpartition("\r")[2])
        terminal.truncate(0)
        terminal.seek(0)

    start = "\x1b[K"
    assert told == [
        "",
        f"{start}5 of 50 documents, 3 findings, 4.8 a second, 9 s left",
        "",
        f"{start}20 of 50 documents, 3 findings, 5.0 a second, 6 s left",
        start,
    ]


@pytest.mark.parametrize(("is_terminal", "term"), [(False, "xterm"), (True, "dumb")])
def test_no_line_is_written_where_it_cannot_be_taken_away(
    *, is_terminal: bool, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe, a file, a terminal that cannot."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", term)

    assert console.progress() is None
