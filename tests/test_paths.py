"""Archives and paths: bombs, damaged archives, links, pipes and strange names end in a sentence, and nothing waits."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig_kg import bundles, reading
from ivig_kg.errors import FactsError, LimitError
from ivig_kg.release import sums

zstd = pytest.importorskip("backports.zstd")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes, links and limits as Linux has them")

MEMORY = 2 << 30  # bytes of address space: enough for the tool and far too little for what the bombs become
SECONDS = 30
LINE = b'[{"id": "from-bundle", "type": "Condition", "label": "condition from a bundle"}]\n'
OTHER = LINE.replace(b"bundle", b"other")
PACKED: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstd.compress}


def bounded(*words: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process with little memory and little time."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))"
    code = f"{limit}\nfrom ivig_kg.__main__ import run\nrun()"
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)


@pytest.fixture
def bundle(small: Path) -> Callable[[str, bytes], Path]:
    """Return a function that puts a bundle into the facts of the small project."""

    def put(ending: str, data: bytes) -> Path:
        path = small / f"facts/more.jsonl{ending}"
        path.write_bytes(data)
        return path

    return put


@pytest.mark.parametrize(
    ("ending", "filler", "said"),
    [
        *((ending, b" ", "more than 400 times as large") for ending in PACKED),
        (".zst", b"\n", "more than 400 times as large"),
        (".zst", b"[{}]\n", "more than 4 documents for each byte"),
        (".zst", b"[]\n", "more than 1,000 documents that hold no fact"),
    ],
    ids=repr,
)
def test_a_bomb_is_put_down(
    ending: str, filler: bytes, said: str, bundle: Callable[[str, bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What becomes hundreds of times as large is a limit that is reached."""
    monkeypatch.setattr(bundles, "ANYHOW", 1 << 18)
    path = bundle(ending, PACKED[ending](filler * ((8 << 20) // len(filler))))
    assert path.stat().st_size * bundles.RATIO < 8 << 20

    with pytest.raises(LimitError, match=said):
        for _ in bundles.lines(path, shown="more"):
            pass


def test_a_bomb_is_told_in_a_sentence(small: Path, bundle: Callable[[str, bytes], Path]) -> None:
    """A gigabyte of blanks in a megabyte ends the run with status 7, whatever is asked of the facts."""
    bundle(".gz", gzip.compress(b" " * (1 << 20), 9) * 1024)

    done = bounded("-C", small, "check")

    assert (done.returncode, done.stdout) == (7, "")
    assert "more.jsonl.gz: the file becomes more than 400 times as large when it is unpacked" in done.stderr


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("ending", ["", *PACKED])
def test_documents_without_a_fact_are_few(ending: str, more: int, tmp_path: Path) -> None:
    """They cost as much as others and say nothing, however well or badly they are packed."""
    path = tmp_path / f"more.jsonl{ending}"
    one = PACKED[ending](b"[]\n") if ending else b"[]\n"
    path.write_bytes(one * (bundles.MOST_EMPTY + more))

    if more:
        with pytest.raises(LimitError, match="more than 1,000 documents that hold no fact"):
            list(bundles.lines(path, shown="more"))
    else:
        assert len(list(bundles.lines(path, shown="more"))) == bundles.MOST_EMPTY


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("ending", PACKED)
def test_documents_have_an_id_each(ending: str, more: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many documents in so few bytes are no facts: all of them are the same."""
    path = tmp_path / f"more.jsonl{ending}"
    path.write_bytes(PACKED[ending](b"[{}]\n" * (3000 + more)))
    assert path.stat().st_size * bundles.MOST < 3000
    monkeypatch.setattr(bundles, "MOST_ANYHOW", 3000)

    if more:
        with pytest.raises(LimitError, match="more than 4 documents for each byte"):
            list(bundles.lines(path, shown="more"))
    else:
        assert len(list(bundles.lines(path, shown="more"))) == 3000


@pytest.mark.parametrize("ending", PACKED)
def test_a_bundle_may_become_so_large_and_no_larger(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit it is read, and one byte further it is not."""
    data = LINE * 100
    path = tmp_path / f"more.jsonl{ending}"
    path.write_bytes(PACKED[ending](data))
    monkeypatch.setattr(bundles, "RATIO", 1)

    monkeypatch.setattr(bundles, "ANYHOW", len(data))
    assert len(list(bundles.lines(path, shown="more"))) == 100
    monkeypatch.setattr(bundles, "ANYHOW", len(data) - 1)
    with pytest.raises(LimitError):
        list(bundles.lines(path, shown="more"))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""], ids=["newline", "return", "end"])
@pytest.mark.parametrize("ending", ["", *PACKED])
def test_a_line_may_be_so_long_and_no_longer(ending: str, end: bytes, tmp_path: Path) -> None:
    """A document of a bundle has a limit as a file has; what is beyond is neither held nor taken for a document."""
    path = tmp_path / f"more.jsonl{ending}"
    for more, rest in [(0, LINE), (1, LINE), (1 << 18, LINE)]:
        data = b" " * (reading.TEXT + more) + end + (rest if end else b"")
        path.write_bytes(PACKED[ending](data) if ending else data)

        first, *others = bundles.lines(path, shown="more")

        assert (len(first[1]) > reading.TEXT) == (more > 0)
        assert len(first[1]) <= reading.TEXT + 2
        assert others == ([(2, LINE.rstrip())] if end else [])


def test_what_is_cut_off_is_not_taken_for_an_end(tmp_path: Path) -> None:
    """Returns at the very place where a line is cut do not make it short enough."""
    path = tmp_path / "more.jsonl"
    path.write_bytes(b" " * reading.TEXT + b"\r\r" + LINE)

    ((_, line),) = bundles.lines(path, shown="more")

    assert len(line) > reading.TEXT


DAMAGED: dict[str, Callable[[bytes, bytes], bytes]] = {
    "cut": lambda one, _: one[:-6],
    "cut-in-the-second-member": lambda one, two: one + two[:-9],
    "rubbish-behind-it": lambda one, _: one + b"garbage!",
    "nothing": lambda *_: b"",
    "something-else": lambda *_: b"hello there",
    "no-facts": lambda *_: b"",
}


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("ending", PACKED)
def test_a_damaged_archive_is_refused_whole(
    ending: str, name: str, small: Path, bundle: Callable[[str, bytes], Path], run: Run
) -> None:
    """What cannot be read to its end gives no facts at all, and the sentence names the file."""
    pack = PACKED[ending]
    data = pack(b"") if name == "no-facts" else DAMAGED[name](pack(LINE), pack(OTHER))
    bundle(ending, data)

    done = run("-C", small, "build", "-o", small / "out")

    assert done.exit_code == 3
    assert f"more.jsonl{ending}: the file " in done.stderr
    assert not (small / "out").exists()


@pytest.mark.parametrize("ending", PACKED)
def test_members_one_after_the_other_are_one_archive(
    ending: str, small: Path, bundle: Callable[[str, bytes], Path], run: Run
) -> None:
    """What `cat a.gz b.gz` makes has the facts of both."""
    bundle(ending, PACKED[ending](LINE) + PACKED[ending](OTHER))

    found = run("-C", small, "find", "condition", "from")

    assert found.exit_code == 0
    assert "from-bundle" in found.stdout
    assert "from-other" in found.stdout


def linked(folder: Path, name: str, target: str | Path) -> None:
    """Put a link into the facts of a project."""
    (folder / "facts" / name).symlink_to(target)


@pytest.mark.parametrize("name", ["secret.yaml", "secret.jsonl", "mappings.sssom.tsv", "terms.tsv", "folder"])
def test_a_link_out_of_the_project_is_not_followed(name: str, small: Path, tmp_path: Path, run: Run) -> None:
    """Whoever sends facts does not get a line of another file of this machine shown."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.yaml").write_text("the-word: of nobody else\n", encoding="utf-8")
    linked(small, name, tmp_path / ("elsewhere" if name == "folder" else "elsewhere/secret.yaml"))

    for words in (["check"], ["check", small / "facts"], ["build", "-o", tmp_path / "out"]):
        done = run("-C", small, *words)
        assert done.exit_code == 3
        assert "this link leads out of the project" in done.stderr
        assert "the-word" not in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["CITATION.cff", "facts/VERSION"])
def test_a_release_takes_nothing_from_outside(name: str, citable: Path, tmp_path: Path, run: Run) -> None:
    """What a release is cited by, and its version, stand in the project; a link out of it is told."""
    (citable / name).rename(tmp_path / "elsewhere")
    (citable / name).symlink_to(tmp_path / "elsewhere")

    done = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")

    assert done.exit_code == 3
    assert f"{name}: this link leads out of the project" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("target", ["/", "/etc", "../.."])
def test_a_link_to_a_folder_above_walks_nowhere(target: str, small: Path, run: Run) -> None:
    """No folder of this machine is gone through because of a link."""
    linked(small, "more", target)

    done = run("-C", small, "check")

    assert done.exit_code == 3
    assert "facts/more: this link leads out of the project" in done.stderr


def test_links_in_a_project_are_followed_once(small: Path, run: Run) -> None:
    """A loop ends, and a link inside the project is what it leads to."""
    linked(small, "loop", ".")
    linked(small, "up", "..")
    (small / "kept").mkdir()
    (small / "kept/more.yaml").write_text("- id: linked\n  type: Condition\n  label: linked condition\n")
    linked(small, "more.yaml", small / "kept/more.yaml")

    (small / "kept/more.yaml").rename(small / "kept/more.txt")
    (small / "facts/more.yaml").unlink()
    linked(small, "more.yaml", small / "kept/more.txt")
    found = run("-C", small, "find", "linked")

    assert found.exit_code == 0
    assert "linked condition" in found.stdout


def test_the_folder_of_the_facts_may_be_a_link(small: Path, tmp_path: Path, run: Run) -> None:
    """The user's own link to facts is no trick of whoever wrote them."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/facts").symlink_to(small / "facts")

    assert run("-C", tmp_path / "mine", "check").exit_code == 0


def pipe(path: Path) -> None:
    """Make a pipe that nobody writes into and nobody reads from."""
    path.unlink(missing_ok=True)
    os.mkfifo(path, 0o600)


def device(path: Path) -> None:
    """Make a link to a device that never ends."""
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def plug(path: Path) -> None:
    """Make a socket."""
    path.unlink(missing_ok=True)
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


INPUTS = {
    "facts/more.yaml": (["check"], 3),
    "facts/more.jsonl": (["check"], 3),
    "facts/more.jsonl.gz": (["build", "-o", "out"], 3),
    "facts/VERSION": (["build", "-o", "out"], 3),
    "facts/mappings.sssom.tsv": (["check"], 3),
    "facts/terms.tsv": (["check"], 3),
    "ontology/rules/aa.rq": (["check"], 4),
    "ontology/context.jsonld": (["check"], 4),
    "shapes/Fact.ttl": (["check"], 4),
    "ontology/queries/aa.rq": (["query", "--list"], 4),
    "CITATION.cff": (["site", "-o", "out"], 3),
    "x.yaml": (["check", "x.yaml"], 3),
    "y.yaml": (["new", "condition", "--label", "a", "--in", "y.yaml"], 3),
    "q.rq": (["query", "-f", "q.rq"], 2),
    "x.ttl": (["verify", "x.ttl"], 3),
    "z.ttl": (["diff", "z.ttl"], 2),
    "received/SHA256SUMS": (["verify", "received"], 3),
    "received/manifest.json": (["verify", "received"], 3),
    "exports/manifest.json": (["load", "http://127.0.0.1:9"], 3),
    "exports/ivig-kg.nq": (["build", "--check"], 1),
    "credentials": (["load", "http://127.0.0.1:9", "--credentials", "credentials"], 2),
}


STRANGER = [(name, what) for name in ("facts/more.jsonl", "q.rq", "x.ttl") for what in (device, plug)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project with ontology, shapes and exports of its own."""
    home = tmp_path_factory.mktemp("strange") / "home"
    shutil.copytree(ROOT / "tests/cases/base/facts", home / "facts")
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, home / name)
    (home / "received").mkdir()
    done = bounded("-C", home, "build")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def strange(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Callable[[Path], None]], None]]:
    """Return a function that makes something strange of a file; afterwards it is what it was."""
    monkeypatch.chdir(whole)
    kept: list[tuple[Path, bytes | None]] = []

    def make(name: str, what: Callable[[Path], None]) -> None:
        path = whole / name
        kept.append((path, path.read_bytes() if path.is_file() else None))
        what(path)

    yield make
    for path, data in kept:
        path.unlink()
        if data is not None:
            path.write_bytes(data)


@pytest.mark.parametrize(("name", "what"), [*((name, pipe) for name in INPUTS), *STRANGER])
def test_nothing_waits_for_what_is_no_file(
    name: str,
    what: Callable[[Path], None],
    strange: Callable[[str, Callable[[Path], None]], None],
    run: Run,
) -> None:
    """A pipe without a writer, a device without an end and a socket are refused wherever a file is read."""
    words, status = INPUTS[name]
    strange(name, what)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = run(*words)

    assert done.exit_code == status, done.output
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    assert Path(name).name in done.output
    assert "a bug of ours" not in done.output


def test_nobody_waits_for_a_reader(small: Path, tmp_path: Path, run: Run) -> None:
    """A pipe that nobody reads from cannot be written to, and a pipe with a reader can."""
    os.mkfifo(tmp_path / "pipe")

    refused = run("-C", small, "export", "nt", "-o", tmp_path / "pipe")
    with (tmp_path / "read").open("wb") as to, subprocess.Popen(["cat", tmp_path / "pipe"], stdout=to) as reader:
        done = bounded("-C", small, "export", "nt", "-o", tmp_path / "pipe")
        reader.wait(SECONDS)

    assert refused.exit_code == 6
    assert "pipe: cannot be written" in refused.stderr
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "read").read_bytes() == run("-C", small, "export", "nt").stdout_bytes


NAMES = [
    "dot..yaml",
    "-C.yaml",
    "--fix.yaml",
    "#.yaml",
    "%00%2e%2e.yaml",
    "..hidden.yaml",
    " blank.yaml",
    "CONE.yaml",
    "\u00e9\u4e2d.yaml",
    "x" * 195 + ".yaml",
]
REFUSED = {
    "CON.yaml": "a name that means something else on Windows",
    "NUL.yaml": "a name that means something else on Windows",
    "aux.yaml": "a name that means something else on Windows",
    "com1.x.yaml": "a name that means something else on Windows",
    "Lpt9 .yaml": "a name that means something else on Windows",
    "prn/one.yaml": "a name that means something else on Windows",
    "folder./one.yaml": "a name that means something else on Windows",
    "stream.yaml:hidden.yaml": "a ':' in its name, which not every system has",
    "what?.yaml": "a '?' in its name, which not every system has",
    "back\\slash.yaml": "a '\\\\' in its name, which not every system has",
    "\u202egnp.yaml": "characters that are no letters to read",
    "a\nb.yaml:1:1: error forged.yaml": "characters that are no letters to read",
    "\x1b[31mred\x07.yaml": "characters that are no letters to read",
    os.fsdecode(b"no-utf-8-\xff.yaml"): "characters that are no letters to read",
    "x" * 196 + ".yaml": "a name of more than 200 bytes",
    "\u00e9" * 100 + ".yaml": "a name of more than 200 bytes",
}


@pytest.mark.parametrize("name", REFUSED, ids=range(len(REFUSED)))
def test_a_name_that_not_every_system_has_is_refused(small: Path, run: Run, name: str) -> None:
    """In a sentence without control characters, and nothing is written."""
    (small / "facts" / name).parent.mkdir(exist_ok=True)
    (small / "facts" / name).write_text("- id: a\n  type: Condition\n  label: a\n", encoding="utf-8")

    result = run("-C", small, "build", "-o", small / "out")

    assert result.exit_code == 3
    assert f": this file has {REFUSED[name]}; give it another name" in result.stderr
    assert result.stderr.removesuffix("\n").isprintable()
    assert not (small / "out").exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [("more.yaml", "More.yaml"), ("a/more.yaml", "A/more.yaml"), ("caf\u00e9.yaml", "cafe\u0301.yaml")],
    ids=ascii,
)
def test_two_names_that_are_one_elsewhere_are_refused(small: Path, run: Run, one: str, other: str) -> None:
    """Where capitals or accents are not told apart, one of the two files would take the place of the other."""
    for name, fact in ((one, "one"), (other, "other")):
        path = small / "facts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"- id: {fact}-more\n  type: Condition\n  label: {fact} more\n", encoding="utf-8")

    result = run("-C", small, "check")

    assert result.exit_code == 3
    assert "this is the name of facts/" in result.stderr
    assert "; give one of them another name" in result.stderr
    (small / "facts" / other).rename(small / "facts/unlike.yaml")
    assert run("-C", small, "check").exit_code == 0


def test_a_strange_name_is_a_name(small: Path, run: Run) -> None:
    """The facts of each such file are read, and a finding in it is one line without control characters."""
    for number, name in enumerate(NAMES):
        text = f"- id: strange-{number}\n  type: Condition\n  label: strange condition {number}\n"
        (small / "facts" / name).write_text(text, encoding="utf-8")
    built = run("-C", small, "build", "-o", small / "out")
    assert built.exit_code == 0, built.output
    graph = (small / "out/ivig-kg.nt").read_text(encoding="utf-8")
    assert all(f"/strange-{number}>" in graph for number in range(len(NAMES)))

    for name in NAMES:
        path = small / "facts" / name
        path.write_text(path.read_text(encoding="utf-8").replace("Condition", "Conditon"), encoding="utf-8")
    for form in ("full", "concise", "json", "github", "sarif", "junit"):
        done = run("-C", small, "check", "--format", form)

        assert done.exit_code == 1, done.output
        assert not {c for c in done.output if c != "\n" and not c.isprintable()}
        if form == "concise":
            lines = [line for line in done.stdout.splitlines() if "unknown-type" in line]
            assert len(lines) == len(NAMES)
            assert not any(line.startswith("b.yaml") for line in done.stdout.splitlines())


def test_a_path_that_is_too_long_is_told(small: Path, run: Run) -> None:
    """A name of 256 bytes and a path of 4,096 are refused by the system, and that is a sentence."""
    for long in ("x" * 256, "/".join(["x" * 200] * 21)):
        for words in (["build", "-o", long], ["release", "1", "-o", long], ["site", "-o", long], ["init", long]):
            done = run("-C", small, *words)
            assert done.exit_code in {2, 3, 6}, done.output
            assert "a bug of ours" not in done.output
        for words in (["check", long], ["verify", long], ["diff", long], ["query", "-f", long]):
            done = run("-C", small, *words)
            assert done.exit_code in {2, 3}, done.output


OUTSIDE = ["../secret", "/etc/hostname", "exports/../../secret", "./exports/ivig-kg.nt", "..\\secret", "a\\..\\b", ""]


@pytest.mark.parametrize("name", OUTSIDE, ids=repr)
def test_sums_name_nothing_outside(name: str, tmp_path: Path, run: Run) -> None:
    """A list of a release that leads out of it is no list."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "received").mkdir()
    (tmp_path / "received/SHA256SUMS").write_text(f"{'0' * 64}  {name}\n")

    done = run("verify", tmp_path / "received")

    assert done.exit_code == 3
    assert "SHA256SUMS:1:1" in done.stderr
    with pytest.raises(FactsError):
        sums.read(tmp_path / "received")


def test_a_list_names_so_many_files_and_no_more(tmp_path: Path, run: Run) -> None:
    """Each that is not there would be a finding."""
    lines = [f"{'0' * 64}  f{number}\n" for number in range(sums.MOST + 1)]
    (tmp_path / "SHA256SUMS").write_text("".join(lines[1:]))
    most = sums.read(tmp_path)
    (tmp_path / "SHA256SUMS").write_text("".join(lines))

    done = run("verify", tmp_path)

    assert len(most) == sums.MOST
    assert (done.exit_code, done.stdout) == (7, "")
    assert done.stderr.endswith("SHA256SUMS: it names more than 20,000 files\n")


@pytest.mark.parametrize("name", OUTSIDE[:3])
def test_a_manifest_names_nothing_outside(name: str, whole: Path, tmp_path: Path, run: Run) -> None:
    """What a manifest names beyond its folder is missing, even where there is such a file with these bytes."""
    shutil.copytree(whole / "exports", tmp_path / "received")
    (tmp_path / "secret").write_text("secret")
    path = tmp_path / "received/manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    said["files"][name] = {"bytes": 6, "sha256": sums.digest(tmp_path / "secret")}
    path.write_text(json.dumps(said), encoding="utf-8")

    done = run("verify", tmp_path / "received", "--format", "concise")

    assert done.exit_code == 1
    assert "release-missing-file" in done.stdout


def git(folder: Path, *words: str, given: bytes | None = None) -> str:
    """Run git, and return what it prints."""
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "core.longpaths=true"]
    done = subprocess.run(["git", "-C", folder, *who, *words], input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.parametrize("name", ["..", ".", "..\\..\\more"])
def test_a_forged_revision_writes_nothing_outside(name: str, small: Path, run: Run) -> None:
    """A tree of git that names a folder above is refused: whoever sends a repository does not write into others."""
    git(small, "init", "-q")
    blob = git(small, "hash-object", "-w", "--stdin", given=b"- id: more\n")

    def tree(*entries: tuple[str, str, str]) -> str:
        data = b"".join(f"{mode} {what}\0".encode() + bytes.fromhex(sha) for mode, what, sha in entries)
        return git(small, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=data)

    inner = tree(("100644", "written.yaml", blob))
    facts = tree(("40000", name, tree(("40000", name, inner))))
    commit = git(small, "commit-tree", tree(("40000", "facts", facts)), "-m", "forged")

    done = run("-C", small, "diff", commit)

    assert done.exit_code == 3
    assert "leads out of its folder" in done.stderr


def test_shards_of_two_runs_are_not_mixed(small: Path, run: Run) -> None:
    """Triples of one run beside the outcomes of another, as a kill between the two moves leaves them, are refused."""
    words = ["-C", small, "build", "--shard", "1/1"]
    assert run(*words, "-o", small / "old").exit_code == 0
    (small / "facts/more.yaml").write_text("- id: more\n  type: Condition\n  label: one more\n", encoding="utf-8")
    assert run(*words, "-o", small / "new").exit_code == 0
    (small / "facts/more.yaml").unlink()
    shutil.copy(small / "new/shard-1-of-1.nq.gz", small / "old")

    done = run("-C", small, "merge", small / "old", "-o", small / "out")

    assert done.exit_code == 3
    assert "the shard was cut off or changed after it was written" in done.stderr
    assert not (small / "out").exists()


@pytest.mark.parametrize("damage", ["bomb", "outcomes", "no-utf-8"])
def test_a_forged_shard_is_refused(damage: str, small: Path, run: Run) -> None:
    """A shard that becomes larger than it says, or whose outcomes are none, ends the merge."""
    assert run("-C", small, "build", "--shard", "1/1", "-o", small / "shards").exit_code == 0
    told, packed = small / "shards/shard-1-of-1.json", small / "shards/shard-1-of-1.nq.gz"
    head, *rest = told.read_bytes().splitlines(keepends=True)
    if damage == "bomb":
        packed.write_bytes(gzip.compress(bytes(64 << 20)))
        said = json.loads(head) | {"sha256": sums.digest(packed)}
        head = json.dumps(said).encode() + b"\n"
    else:
        rest = [b"[]\n" if damage == "outcomes" else b"\xff\n"]
    told.write_bytes(b"".join([head, *rest]))

    done = run("-C", small, "merge", small / "shards", "-o", small / "out")

    assert done.exit_code == 3, done.output
    assert "shard-1-of-1" in done.stderr
    assert not (small / "out").exists()


def test_a_name_that_no_file_can_have_is_told(small: Path, run: Run) -> None:
    """It is no bug of ours."""
    result = run("-C", small, "new", "Condition", "--label", "x", "--in", small / f"facts/{'a' * 300}.yaml")

    assert result.exit_code == 3
    assert result.stderr.endswith("a.yaml: cannot be read: File name too long\n")


def test_a_link_among_exports_is_strange(part: Path, run: Run) -> None:
    """Also where it leads to a folder, in a folder of its own."""
    assert run("-C", part, "build", "-o", part / "exports").exit_code == 0
    (part / "exports/x").mkdir()
    (part / "exports/x/y").symlink_to("..")

    result = run("verify", part / "exports", "--format", "concise")

    assert result.exit_code == 1
    assert "x/y:1:1: error release-strange" in result.stdout


CLOSED: dict[str, tuple[str, int, list[str], int, str]] = {
    "output": ("out/mine", 0o000, ["site", "-o", "out"], 6, "out/mine, which cannot be read"),
    "exports": ("exports", 0o000, ["diff", "exports"], 3, "exports: the folder cannot be read"),
    "release": ("received/exports", 0o000, ["diff", "received"], 3, "received/exports: the folder cannot be read"),
    "facts": ("facts", 0o444, ["check"], 3, "facts: the folder cannot be read"),
    "project": ("out", 0o444, ["-C", "out", "check"], 3, "out: the folder cannot be read"),
}


@pytest.mark.parametrize("name", CLOSED)
def test_a_folder_that_is_closed_is_told_and_stands(name: str, small: Path) -> None:
    """What this user may not look into is neither passed over nor deleted."""
    folder, rights, words, status, message = CLOSED[name]
    powers = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    if powers and not shutil.which(powers[0]):
        pytest.skip("root may look into every folder")
    (small / folder).mkdir(parents=True, exist_ok=True)
    (small / folder / "diary.txt").write_text("mine\n")
    (small / folder).chmod(rights)

    command = [*powers, sys.executable, "-m", "ivig_kg", *words]
    done = subprocess.run(command, cwd=small, capture_output=True, text=True, check=False, timeout=SECONDS)
    (small / folder).chmod(0o755)

    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert (small / folder / "diary.txt").read_text() == "mine\n"


@pytest.mark.slow
@pytest.mark.parametrize("words", [["verify", "deep"], ["site", "-o", "deep"]], ids=lambda w: w[0])
def test_folders_that_are_too_deep_are_told(words: list[str], small: Path) -> None:
    """Nobody looks to the end of them, so what they hold is neither right nor ours."""
    (small / "deep").mkdir()
    (small / "deep/SHA256SUMS").write_text("", encoding="utf-8")
    make = "import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(1200):\n    os.mkdir('d')\n    os.chdir('d')\n"
    subprocess.run([sys.executable, "-c", make, small / "deep"], check=True)

    done = bounded("-C", small, *(str(small / word) if word == "deep" else word for word in words))

    subprocess.run(["rm", "-r", small / "deep"], check=True)

    assert done.returncode in {3, 6}
    assert "too deep to look into" in done.stderr


def test_a_folder_with_the_name_of_an_export_stands(small: Path, run: Run) -> None:
    """It is nothing that an earlier run wrote."""
    (small / "out/ivig-kg.nq").mkdir(parents=True)
    (small / "out/ivig-kg.nq/diary.txt").write_text("mine\n")

    assert run("-C", small, "build", "-o", small / "out").exit_code == 6
    assert (small / "out/ivig-kg.nq/diary.txt").read_text() == "mine\n"


@pytest.mark.parametrize("words", [["export", "ttl", "-o"], ["schema", "-o"], ["check", "--output-file"]], ids=" ".join)
def test_nobody_waits_for_a_pipe_in_the_place_of_a_folder(words: list[str], small: Path) -> None:
    """Nothing can be written below it, which is told at once."""
    os.mkfifo(small / "pipe")

    done = bounded("-C", small, *words, small / "pipe/x")

    assert done.returncode == 6
    assert "pipe/x: cannot be written: Not a directory" in done.stderr


@pytest.mark.parametrize("name", ["ivig-kg.nq", "exports", "ontology/queries", "ontology/queries/a.rq"])
def test_a_received_folder_leads_nowhere_else(name: str, small: Path, tmp_path: Path, run: Run) -> None:
    """Whoever sends exports does not get a line of another file of this machine shown."""
    assert run("-C", small, "export", "nq", "-o", tmp_path / "ivig-kg.nq").exit_code == 0
    received, elsewhere = tmp_path / "received", tmp_path / "elsewhere"
    (received / "exports").mkdir(parents=True)
    shutil.copy(tmp_path / "ivig-kg.nq", received / "exports")
    if name == "exports":
        (received / name).rename(elsewhere)
    else:
        elsewhere.write_text("the-word of nobody else\n")
    (received / name).parent.mkdir(parents=True, exist_ok=True)
    (received / name).symlink_to(elsewhere)

    done = run("-C", small, "diff", received)

    assert done.exit_code == 3
    assert f"received/{name}: this link leads out of what was received" in done.stderr
    assert "the-word" not in done.output


def test_a_received_folder_may_be_named_by_a_link(small: Path, tmp_path: Path, run: Run) -> None:
    """The user's own link is no trick, and one that stays in the folder leads nowhere else."""
    (tmp_path / "received").mkdir()
    assert run("-C", small, "export", "nq", "-o", tmp_path / "received/kept.nq").exit_code == 0
    (tmp_path / "received/ivig-kg.nq").symlink_to("kept.nq")
    (tmp_path / "mine").symlink_to("received")

    assert run("-C", small, "diff", tmp_path / "mine").exit_code == 0


@pytest.mark.parametrize("what", [pipe, plug])
def test_a_text_that_is_no_file_is_told(small: Path, run: Run, tmp_path: Path, what: Callable[[Path], None]) -> None:
    """It is there, so it is not called missing, and nobody waits for it."""
    (tmp_path / "texts").mkdir()
    what(tmp_path / "texts/source.txt")
    path = small / "facts/base.yaml"
    text = path.read_text(encoding="utf-8").replace("  sourceKind: ", "  textFile: source.txt\n  sourceKind: ", 1)
    path.write_text(text, encoding="utf-8")

    result = run("-C", small, "check", "--sources", tmp_path / "texts", "--format", "concise")

    assert result.exit_code == 1
    assert "error source-text: the text of the source cannot be read: " in result.stdout


def test_a_link_that_leads_to_itself_is_told_and_stands(small: Path, run: Run, tmp_path: Path) -> None:
    """Nobody knows what was meant to be written there."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    result = run("-C", small, "export", "nt", "-o", tmp_path / "loop")

    assert (result.exit_code, result.stdout) == (6, "")
    assert "loop: cannot be written: it is a link that leads to itself" in result.stderr
    assert (tmp_path / "loop").is_symlink()
