"""Exports: the same bytes everywhere, the same graph in every engine, written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyld
import pyoxigraph as ox
import pytest
import rdflib
import yaml

import ivig_kg
from conftest import ROOT, Run
from ivig_kg import turtle, writing
from ivig_kg.errors import OutputError

EXPORTS = ROOT / "exports"
UNION = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}
DATASET = {"nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}
FORMATS = UNION | DATASET
RDFLIB = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "nq": "nquads", "trig": "trig"}


# The datatypes that stores keep as they are, each with the form in which they do.
STABLE = {
    "string": ".+",
    "langString": ".+",
    "nonNegativeInteger": "0|[1-9][0-9]*",
    "decimal": r"0|-?(?:[1-9][0-9]*(?:\.[0-9]*[1-9])?|0\.[0-9]*[1-9])",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "gYearMonth": r"[0-9]{4}-[0-9]{2}",
    "gYear": r"[0-9]{4}",
}
SERIALIZE = "import io\nfrom ivig_kg import export\ngood = export.write\nexport.write = lambda q, f, o, **k: "


def manifest() -> dict[str, object]:
    """Return the committed manifest."""
    return json.loads((EXPORTS / "manifest.json").read_text(encoding="utf-8"))


def fingerprint(quads: object) -> str:
    """Return SHA-256 of the RDFC-1.0 N-Quads of some quads."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS).splitlines(keepends=True)
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def build(folder: Path, out: Path, **environment: str) -> dict[str, bytes]:
    """Build in a process of its own, with an environment of its own."""
    command = [sys.executable, "-m", "ivig_kg", "-C", str(folder), "build", "-o", str(out)]
    done = subprocess.run(command, env=os.environ | environment, cwd=out.parent, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def committed() -> dict[str, bytes]:
    """Return the committed exports by name."""
    return {path.name: path.read_bytes() for path in sorted(EXPORTS.iterdir())}


def test_the_committed_exports_are_what_the_facts_say(run: Run) -> None:
    """Whoever clones the repository has the exports of these facts."""
    result = run("build", "--check")

    assert result.exit_code == 0, result.stderr
    assert set(committed()) == {f"ivig-kg.{form}" for form in FORMATS} | {"manifest.json", "queries.ttl"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Auckland"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0", "TZ": "America/St_Johns"},
    ],
)
def test_bytes_do_not_depend_on_the_machine(copy: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    """Hash seed, locale, time zone and folder leave no trace."""
    assert build(copy, tmp_path / "elsewhere", **environment) == committed()


@pytest.mark.slow
def test_bytes_do_not_depend_on_files_and_their_order(copy: Path, tmp_path: Path) -> None:
    """All nodes in one file, in another order, make the same exports."""
    found = []
    for path in sorted((copy / "facts").rglob("*.yaml")):
        found += yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  (every scalar a string)
        path.unlink()
    found.sort(key=lambda node: hashlib.sha256(node["id"].encode()).digest())
    (copy / "facts/all.yaml").write_text(yaml.safe_dump(found, allow_unicode=True, width=1000), encoding="utf-8")

    assert build(copy, tmp_path / "out") == committed()


@pytest.mark.parametrize("form", FORMATS)
def test_pyoxigraph_reads_the_graph_of_the_manifest(form: str) -> None:
    """Every format has the fingerprint and the number of triples that the manifest states."""
    quads = list(ox.parse((EXPORTS / f"ivig-kg.{form}").read_bytes(), FORMATS[form]))
    kind = "union" if form in UNION else "dataset"

    assert fingerprint(quads) == manifest()["rdfc10"][kind]
    assert len(set(quads)) == manifest()["triples"][kind]


@pytest.mark.exhaustive(every=5)
@pytest.mark.parametrize("form", FORMATS)
def test_rdflib_reads_the_graph_of_the_manifest(form: str, caplog: pytest.LogCaptureFixture) -> None:
    """rdflib, with its literals left as they are, reads the same, without a warning or a line in its log."""
    rdflib.NORMALIZE_LITERALS = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parsers use what rdflib deprecates
            graph = rdflib.Graph() if form in UNION else rdflib.Dataset()
            graph.parse(EXPORTS / f"ivig-kg.{form}", format=RDFLIB[form])
            text = graph.serialize(format="nt" if form in UNION else "nquads")
    finally:
        rdflib.NORMALIZE_LITERALS = True
    quads = ox.parse(text, ox.RdfFormat.N_TRIPLES if form in UNION else ox.RdfFormat.N_QUADS)

    assert fingerprint(quads) == manifest()["rdfc10"]["union" if form in UNION else "dataset"]
    assert caplog.records == []


def test_pyld_reads_the_graph_of_the_manifest() -> None:
    """PyLD makes the same triples of the JSON-LD, with no document loader at all."""
    content = json.loads((EXPORTS / "ivig-kg.jsonld").read_text(encoding="utf-8"))

    def refuse(url: str, _options: object) -> object:
        raise AssertionError(url)

    text = pyld.jsonld.to_rdf(content, {"format": "application/n-quads", "documentLoader": refuse})

    assert fingerprint(ox.parse(text, ox.RdfFormat.N_QUADS)) == manifest()["rdfc10"]["union"]


def test_the_manifest_describes_the_files() -> None:
    """Sizes and digests are those of the files; nothing about the machine is said."""
    stated = manifest()

    files = {n: {"bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in committed().items()}
    del files["manifest.json"]
    assert stated["files"] == files
    assert stated["version"] == (ROOT / "facts/VERSION").read_text(encoding="utf-8").strip()
    assert sum(stated["triples"]["graphs"].values()) == stated["triples"]["dataset"]
    assert set(stated) == {"version", "triples", "rdfc10", "files"}


def expand(name: str, context: dict[str, object]) -> str:
    """Return the IRI of an id: one of a prefix, or one relative to the base."""
    prefix, colon, local = name.partition(":")
    if colon:
        return f"{context[prefix]}{local}" if prefix in context else name
    return f"{context['@base']}{name}"


def test_json_ld_is_flat_sorted_and_self_contained() -> None:
    """The context stands inside; one object a node, by id; values are texts, ids or tagged texts, never nodes."""
    content = json.loads((EXPORTS / "ivig-kg.jsonld").read_text(encoding="utf-8"))
    nodes = content["@graph"]
    context = json.loads((ROOT / "ontology/context.jsonld").read_text(encoding="utf-8"))["@context"]

    assert list(content) == ["@context", "@graph"]
    assert content["@context"] == context
    in_order = [line.split(" ")[0] for line in (EXPORTS / "ivig-kg.nt").read_text(encoding="utf-8").splitlines()]
    expanded = [f"<{expand(n['id'], content['@context'])}>" for n in nodes]
    assert expanded == list(dict.fromkeys(in_order))
    for node in nodes:
        for value in node.values():
            for item in value if isinstance(value, list) else [value]:
                assert isinstance(item, str) or set(item) <= {"id", "type", "@value", "@language"}
    headache = next(n for n in nodes if n["id"] == "hig-effect-headache")
    assert headache["effect"] == "headache"
    assert headache["type"] == ["AdverseEffect", "Fact"]


def test_turtle_is_readable() -> None:
    """Prefixes come first and sorted; every subject is one block, and the blocks are sorted."""
    text = (EXPORTS / "ivig-kg.ttl").read_text(encoding="utf-8")
    head, *blocks = text.removesuffix("\n").split("\n\n")
    subjects = [block.split()[0] for block in blocks]

    prefixes = head.splitlines()
    assert prefixes == sorted(prefixes, key=str.casefold)
    assert all(line.startswith("@prefix ") for line in prefixes)
    assert len(subjects) == len(set(subjects))
    assert all(block.endswith(" .") for block in blocks)
    assert "kg:hig-effect-headache a ivig:AdverseEffect , ivig:Fact ;\n" in text


def test_no_name_in_turtle_has_an_escape() -> None:
    """Virtuoso reads `fhir:a\\/b` wrongly, so the whole address is written; what is quoted stays."""
    namespace = "http://hl7.org/fhir/"
    objects = [
        *(ox.NamedNode(namespace + name) for name in ("plain", "Structure/Substance", "a,b.c", "é/è", "~")),
        ox.Literal('fhir:a\\/b "said" \\ <fhir:c\\,d>'),
        ox.Literal("5", datatype=ox.NamedNode(namespace + "type/number")),
    ]
    triples = [ox.Triple(ox.NamedNode(namespace + "s/t"), ox.NamedNode(namespace + "p"), o) for o in objects]
    output = io.BytesIO()
    readable: Any = turtle.Readable(output, depth=0)
    ox.serialize(triples, readable, format=ox.RdfFormat.TURTLE, prefixes={"fhir": namespace})
    readable.end()

    text = output.getvalue()
    assert {q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)} == set(triples)
    assert b"\\" not in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", text)
    assert b"fhir:plain" in text
    for form in ("ttl", "trig"):
        assert b"\\" not in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", (EXPORTS / f"ivig-kg.{form}").read_bytes())


def test_nothing_is_in_the_data_that_stores_change() -> None:
    """No blank node, no double, no duration, no upper case in a language tag, every decimal canonical."""
    for quad in ox.parse((EXPORTS / "ivig-kg.nq").read_bytes(), ox.RdfFormat.N_QUADS):
        assert not {type(quad.subject), type(quad.object)} & {ox.BlankNode}
        if isinstance(quad.object, ox.Literal):
            assert (quad.object.language or "") == (quad.object.language or "").lower()
            kind = quad.object.datatype.value.rpartition("#")[2]
            assert kind in STABLE
            assert re.fullmatch(STABLE[kind], quad.object.value, re.DOTALL), quad


def test_every_graph_holds_its_own() -> None:
    """Facts, concepts, sources, derived triples and the ontology each have a named graph; shapes and queries none."""
    graphs = manifest()["triples"]["graphs"]

    names = {name.rpartition("/")[2] for name in graphs}
    assert names == {"facts", "derived", "concepts", "sources", "ontology"}
    assert b"/shapes/" not in (EXPORTS / "ivig-kg.nq").read_bytes()


def test_findings_leave_the_old_exports(part: Path, run: Run) -> None:
    """With a finding nothing is written, and what stood there stands."""
    assert run("-C", part, "build").exit_code == 0
    before = {p.name: p.read_bytes() for p in (part / "exports").iterdir()}
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("effect: headache", "effect: hedache"), encoding="utf-8")

    result = run("-C", part, "build")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean `headache`?" in result.stderr
    assert {p.name: p.read_bytes() for p in (part / "exports").iterdir()} == before


@pytest.mark.slow
def test_the_python_build_writes_beside_the_facts(copy: Path) -> None:
    """`ivig_kg.build()` needs no folder, and writes what the command writes."""
    sizes = ivig_kg.build(directory=copy)

    assert sizes == {name: len(data) for name, data in committed().items()}
    assert {p.name: p.read_bytes() for p in (copy / "exports").iterdir()} == committed()


def test_stale_exports_are_named(part: Path, run: Run) -> None:
    """--check writes nothing, names what is stale or missing, and ends with exit code 1."""
    assert run("-C", part, "build").exit_code == 0
    (part / "exports/ivig-kg.nt").write_text("", encoding="utf-8")
    (part / "exports/ivig-kg.trig").unlink()

    result = run("-C", part, "build", "--check")

    assert result.exit_code == 1
    assert "ivig-kg.nt: stale" in result.stderr
    assert "ivig-kg.trig: stale" in result.stderr
    assert (part / "exports/ivig-kg.nt").read_bytes() == b""


def in_a_process(folder: Path, preparation: str) -> subprocess.CompletedProcess[str]:
    """Build in a process that something happens to."""
    code = f"{preparation}\nfrom ivig_kg.cli import main\nmain(['-C', {str(folder)!r}, 'build'])\n"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def changed(part: Path, run: Run) -> dict[str, bytes]:
    """Build, change a fact, and return the exports as they were before the change."""
    assert run("-C", part, "build").exit_code == 0
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("may cause fever", "can cause fever"), encoding="utf-8")
    return {p.name: p.read_bytes() for p in (part / "exports").iterdir()}


@pytest.mark.exhaustive(every=2)
@pytest.mark.parametrize(
    ("preparation", "status"),
    [
        ("import os\nfrom ivig_kg import writing\nwriting._exchange = lambda *a: os.kill(os.getpid(), 9)", -9),
        ("import os\nfrom ivig_kg import readback\nreadback.check = lambda *a, **k: os.kill(os.getpid(), 9)", -9),
        ("import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))", 6),
        (SERIALIZE + "(good(q, f, p := io.BytesIO(), **k), o.write(p.getvalue()[:-9]))", 6),
        (SERIALIZE + "good(list(q)[1:], f, o, **k)", 6),
    ],
    ids=["killed-before-the-move", "killed-while-reading-back", "disk-full", "cut-short", "one-triple-lost"],
)
def test_whatever_happens_the_old_exports_stand(part: Path, run: Run, preparation: str, status: int) -> None:
    """A kill, a full disk, or a file that reads back differently leaves every old export as it was."""
    before = changed(part, run)

    done = in_a_process(part, preparation)

    assert done.returncode == status, done.stderr
    assert {p.name: p.read_bytes() for p in (part / "exports").iterdir() if p.is_file()} == before


def holding(**texts: str) -> Callable[[Path], None]:
    """Return what fills a folder with some files."""

    def fill(folder: Path) -> None:
        """Write them."""
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")

    return fill


def refused(*_: Path) -> None:
    """Stand for a system, or a mount, where folders cannot change places."""
    raise OSError(18, "Invalid cross-device link")


STOPPED = """
import os, sys
from pathlib import Path
from ivig_kg import writing
left = int(sys.argv[2])
def stop(event, arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), int(sys.argv[3]))
sys.addaudithook(stop)
def fill(folder):
    for name in "abc":
        (folder / name).write_bytes(b"new")
writing.write(Path(sys.argv[1]), "abc", fill=fill)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="folders change places in one step on Linux alone")
@pytest.mark.parametrize("signal", [9, 2], ids=["kill", "interrupt"])
def test_a_run_stopped_at_any_step_leaves_all_old_or_all_new(tmp_path: Path, signal: int) -> None:
    """At every step that Python takes while it writes; and the next run that ends leaves nothing else behind."""
    exports = tmp_path / "exports"
    seen = set()
    for step in range(1, 1000):
        exports.mkdir(exist_ok=True)
        for name in "abc":
            (exports / name).write_text("old", encoding="utf-8")
        command = [sys.executable, "-c", STOPPED, str(exports), str(step), str(signal)]
        done = subprocess.run(command, capture_output=True, check=False)
        seen.add(tuple((exports / n).read_text(encoding="utf-8") for n in "abc"))
        assert len(list(exports.iterdir())) == 3
        if done.returncode == 0:
            break

    assert seen == {("old",) * 3, ("new",) * 3}
    assert step > 20
    assert list(tmp_path.iterdir()) == [exports]


def test_two_who_write_at_once_do_not_sweep_each_other(tmp_path: Path) -> None:
    """What a running build has in its temporary folder stays, whoever starts beside it."""
    exports = tmp_path / "exports"

    def begin_another(folder: Path) -> None:
        holding(a="first")(folder)
        writing.write(exports, ["a"], fill=holding(a="second"))

    writing.write(exports, ["a"], fill=begin_another)

    assert (exports / "a").read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [exports]


def test_a_folder_keeps_its_mode_and_what_else_is_in_it(tmp_path: Path) -> None:
    """A file of somebody else's stays, and so do the rights of the folder."""
    tmp_path.chmod(0o750)
    for others in [{}, {"README": b"mine"}]:
        for name, data in others.items():
            (tmp_path / name).write_bytes(data)
        writing.write(tmp_path, ["a"], fill=holding(a="new"))

        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"new"} | others
        assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_trouble_in_the_middle_of_the_move_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files move one by one and the third cannot, the first two are put back."""
    for name in "abc":
        (tmp_path / name).write_text("old", encoding="utf-8")
    monkeypatch.setattr(writing, "_exchange", refused)
    moves = []
    replace = Path.replace

    def third_fails(self: Path, target: Path) -> Path:
        moves.append(target)
        if len(moves) == 3:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", third_fails)
    with pytest.raises(OutputError, match="No space left"):
        writing.write(tmp_path, ["a", "b", "c"], fill=holding(a="new", b="new", c="new"))

    assert [(tmp_path / n).read_text(encoding="utf-8") for n in "abc"] == ["old"] * 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "c"]


def test_an_output_that_is_a_file_is_told(tmp_path: Path, run: Run) -> None:
    """A file where a folder should be made is exit code 2 or 6, and stays."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    result = run("build", "-o", tmp_path / "file" / "out")

    assert result.exit_code == 6
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.exhaustive(every=5)
@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("form", FORMATS)
def test_one_format_is_the_committed_file(form: str, run: Run, tmp_path: Path) -> None:
    """`export` gives the bytes of that export, on the screen and in a file."""
    wanted = (EXPORTS / f"ivig-kg.{form}").read_bytes()

    assert run("export", form).stdout_bytes == wanted
    assert run("export", form, "-o", tmp_path / "one").exit_code == 0
    assert (tmp_path / "one").read_bytes() == wanted


@pytest.mark.usefixtures("read_once")
def test_csv_has_one_row_a_fact(run: Run) -> None:
    """The spreadsheet is the answer of the query `facts`."""
    result = run("export", "csv")

    assert result.stdout == (ROOT / "ontology/queries/facts.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("read_once")
def test_export_follows_a_link_and_writes_to_a_device(run: Run, tmp_path: Path) -> None:
    """A link stays a link, and a device a device."""
    (tmp_path / "target").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "target")

    assert run("export", "nt", "-o", tmp_path / "link").exit_code == 0
    assert run("export", "nt", "-o", os.devnull).exit_code == 0

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == (EXPORTS / "ivig-kg.nt").read_bytes()
    assert not Path(os.devnull).is_file()


def test_export_with_findings_writes_nothing(part: Path, run: Run, tmp_path: Path) -> None:
    """Findings go to the error stream, and no file appears."""
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("effect: headache", "effect: hedache"), encoding="utf-8")

    result = run("-C", part, "export", "ttl", "-o", tmp_path / "out.ttl")

    assert (result.exit_code, result.stdout) == (1, "")
    assert not (tmp_path / "out.ttl").exists()


def test_values_are_not_rewritten(small: Path, run: Run) -> None:
    """Numbers, dates and texts leave as they were typed, in every format."""
    (small / "facts/more.yaml").write_text(
        (ROOT / "tests/cases/valid/AdverseEffect.yaml").read_text(encoding="utf-8").replace("2.5", "1000000.5"),
        encoding="utf-8",
    )
    for form, kind in FORMATS.items():
        data = run("-C", small, "export", form).stdout_bytes
        values = {q.object.value for q in ox.parse(data, kind) if isinstance(q.object, ox.Literal)}
        assert {"1000000.5", "4.1", "49", "hello"} <= values


def test_a_date_of_less_than_a_day_leaves_under_its_own_key(small: Path, run: Run) -> None:
    """Day, month and year are one property under three keys, and each value has the key that gives its datatype."""
    shutil.copy(ROOT / "tests/cases/valid/Source.yaml", small / "facts")

    graph = json.loads(run("-C", small, "export", "jsonld").stdout_bytes)["@graph"]

    keys = ("date", "issuedInMonth", "issuedInYear", "dcterms:issued")
    dated = {n["id"]: {k: n[k] for k in keys if k in n} for n in graph if n.get("type") == "Source"}
    assert dated["full-case"] == {"date": "2024-02-29"}
    assert dated["month-case"] == {"issuedInMonth": "2024-02"}
    assert dated["year-case"] == {"issuedInYear": "2024"}
