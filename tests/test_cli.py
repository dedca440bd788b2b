"""The command line: what it prints where, how it ends, and that it never shows a traceback."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import ivig_kg
import released
from conftest import ROOT, Run, partial
from double import Digest, Double
from ivig_kg import cli, compiled, workflow
from ivig_kg.cli import main
from ivig_kg.errors import UsageError
from ivig_kg.findings import Finding, Position, Severity, as_json, concise, full
from ivig_kg.reporting import Report
from ivig_kg.validation import ENGINES

INVALID = "tests/cases/invalid"
COMMANDS = sorted(main.commands)


def test_check_of_the_project_passes_and_says_how_much(run: Run) -> None:
    """No error and no warning, notes on what was not checked and what is thin, and a last line that counts."""
    result = run("check", "--format", "concise")

    assert result.exit_code == 0
    notes = re.findall(r": (note|warning|error) ([\w-]+): ", result.stdout)
    assert {severity for severity, _ in notes} == {"note"}
    assert {"terms-unknown", "passages-unchecked", "source-undated", "source-old", "single-source"} <= {
        c for _, c in notes
    }
    facts = sum(path.read_text(encoding="utf-8").count("\n  status: ") for path in (ROOT / "facts").rglob("*.yaml"))
    files = len(list((ROOT / "facts").rglob("*.yaml")))
    rest = r"\d+ concepts, \d+ sources, \d+ passages, \d+ mappings"
    assert re.fullmatch(rf"checked {files} files, {facts} facts, {rest}: {len(notes)} notes\n", result.stderr)


def test_misspelt_key_is_a_finding_on_its_own_line(run: Run) -> None:
    """A key that the context does not define is reported where it stands, with the nearest key."""
    result = run("-C", "tests/cases/base", "check", "--format", "concise", f"{INVALID}/unknown-key.yaml")

    assert result.exit_code == 1
    assert result.stdout == (
        f"{INVALID}/unknown-key.yaml:6:3: error unknown-key: `evidnce` is not a key of a Mechanism; "
        "did you mean `evidence`?\n"
    )
    assert result.stderr == "checked 1 file, 1 fact: 1 error\n"


def test_a_finding_as_a_pharmacist_reads_it(run: Run) -> None:
    """Rule, sentence, place, the fact by its label, the line with a mark, and one hint."""
    result = run("-C", "tests/cases/base", "check", f"{INVALID}/AdverseEffect-frequency.yaml")

    assert result.exit_code == 1
    assert result.stdout == (
        "error[AdverseEffect-frequency]: "
        "frequency is one of VeryCommon, Common, Uncommon, Rare, VeryRare, NotKnown.\n"
        f"  --> {INVALID}/AdverseEffect-frequency.yaml:7:14   (The case says something)\n"
        "   |\n"
        " 7 |   frequency: Comon  # expect: AdverseEffect-frequency\n"
        "   |              ^^^^^\n"
        "   = help: did you mean `Common`?\n\n"
    )


def test_json_says_everything(run: Run) -> None:
    """One object with the findings and the counts; nothing else on standard output."""
    result = run("-C", "tests/cases/base", "check", "--format", "json", f"{INVALID}/duplicate-key.yaml")

    content = json.loads(result.stdout)
    assert result.exit_code == 3
    assert content["checked"] == {"file": 1}
    (finding,) = content["findings"]
    assert (finding["code"], finding["line"], finding["column"], finding["length"]) == ("duplicate-key", 4, 3, 5)
    assert finding["related"][0]["line"] == 3
    assert set(finding) == set(as_json(Finding("c", "m", Position("p", 1, 1))))


def test_fail_on_decides_what_counts(run: Run) -> None:
    """Notes pass by default, and fail where asked."""
    assert run("check", "--fail-on", "warning").exit_code == 0
    assert run("check", "--fail-on", "note").exit_code == 1


def test_every_unreadable_file_is_reported_and_the_rest_is_checked(small: Path, run: Run) -> None:
    """Two broken files and a wrong one: all three are told of, and the exit code is 3."""
    (small / "facts/a.yaml").write_text("- id: a\n\ttype: Condition\n", encoding="utf-8")
    (small / "facts/b.yaml").write_bytes(b"- id: \xff\n")
    (small / "facts/c.yaml").write_text("- id: c\n  type: Conditon\n  label: c\n", encoding="utf-8")

    result = run("-C", small, "check", "--format", "concise")

    assert result.exit_code == 3
    codes = [line.split(": ")[1].split()[1] for line in result.stdout.splitlines() if ": error " in line]
    assert codes == ["forbidden-character", "not-utf-8", "unknown-type"]


def test_what_refers_to_an_unreadable_file_is_not_at_fault(small: Path, run: Run) -> None:
    """Ids that a broken file seems to define count as known."""
    (small / "facts/a.yaml").write_text("- id: fine\n  type: Condition\n  label: &x fine\n", encoding="utf-8")
    (small / "facts/b.yaml").write_text(
        "- id: other\n  type: Condition\n  label: other\n  related: fine\n", encoding="utf-8"
    )

    result = run("-C", small, "check", "--format", "concise")

    assert [line for line in result.stdout.splitlines() if ": error " in line] == [
        f"{small}/facts/a.yaml:3:10: error yaml-anchor: the anchor `&x` is not allowed: write the value out"
    ]


def test_a_file_from_outside_is_read_with_the_project(tmp_path: Path, run: Run) -> None:
    """It may refer to the project's nodes, and an id it defines hides the project's."""
    path = tmp_path / "draft.yaml"
    text = (ROOT / "facts/concepts/conditions.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("alias: neurological condition", "alias: disease of the nerves"), encoding="utf-8")

    alone = run("check", path, "--format", "concise")
    named = run("check", "facts/concepts/conditions.yaml", "--format", "concise")

    assert alone.exit_code == 0, alone.stdout
    assert alone.stderr.startswith(f"checked 1 file, {text.count('- id: ')} concepts")
    assert named.exit_code == 0


def test_what_an_outside_file_breaks_elsewhere_concerns_it(tmp_path: Path, run: Run) -> None:
    """A node of another kind under a known id is reported at the facts that name it."""
    path = tmp_path / "draft.yaml"
    path.write_text("- id: headache\n  type: Route\n  label: headache\n", encoding="utf-8")

    result = run("check", path, "--format", "concise")

    assert result.exit_code == 1
    assert "facts/monographs/human-immunoglobulin.yaml" in result.stdout
    assert "AdverseEffect-effect-kind" in result.stdout


def test_a_folder_is_all_its_files(run: Run) -> None:
    """A folder stands for the facts files in it, and facts/ for the table of mappings too."""
    concepts = len(list((ROOT / "facts/concepts").glob("*.yaml")))
    files = len(list((ROOT / "facts").rglob("*.yaml")))

    assert re.match(rf"checked {concepts} files, \d+ concepts", run("check", "facts/concepts").stderr)
    assert re.match(rf"checked {files} files, \d+ facts.*mappings", run("check", "facts").stderr)
    assert re.fullmatch(r"checked 0 files, \d+ mappings: 1 note\n", run("check", "facts/mappings.sssom.tsv").stderr)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["check", "no-such-file.yaml"], 2),
        (["check", "shapes"], 3),
        (["-C", "shapes", "check"], 3),
        (["-C", "no-such-folder", "check"], 2),
        (["check", "--format", "xml"], 2),
        (["check", "--sources", "no-such-folder"], 2),
        (["export", "docx"], 2),
        (["show", "no-such-id"], 2),
        (["show"], 2),
        (["find"], 2),
        (["frobnicate"], 2),
        (["export", "ttl", "-o", "no/such/folder/file.ttl"], 6),
    ],
)
@pytest.mark.usefixtures("read_once")
def test_wrong_usage_ends_with_its_code_and_a_sentence(words: list[str], status: int, run: Run) -> None:
    """Nothing on standard output, a sentence on the other, and the documented exit code."""
    result = run(*words)

    assert result.exit_code == status
    assert result.stdout == ""
    assert len(result.stderr.strip()) > 20
    assert "Traceback" not in result.stderr


def test_no_facts_at_all_is_an_error(tmp_path: Path, run: Run) -> None:
    """A run that checked nothing does not pass."""
    (tmp_path / "facts").mkdir()

    result = run("-C", tmp_path, "check")

    assert result.exit_code == 3
    assert "nothing was checked" in result.stderr


def test_a_bug_has_its_own_exit_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw ends with 70, one sentence and no traceback."""
    monkeypatch.setattr(workflow, "show", lambda *_a, **_k: 1 / 0)

    result = run("show", "headache")

    assert result.exit_code == 70
    assert result.stderr.startswith("ivig-kg: a bug of ours: ZeroDivisionError")


@pytest.mark.parametrize(("codes", "status"), [((), 0), ((1,), 1), ((1, 7), 7), ((7, 3, 1), 3)])
def test_what_cannot_be_read_weighs_more_than_what_is_wrong(codes: tuple[int, ...], status: int) -> None:
    """Of several findings the one that kept most from being checked gives the exit status."""
    findings = tuple(Finding("a", "B", Position("c", 1, 1), exit_code=code) for code in codes)

    assert Report(findings, {}, {}).exit_code() == status


INTERRUPTED = """
import os, signal, sys
left = int(sys.argv.pop(1))
def stop(event, arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGINT)
from ivig_kg.__main__ import run
sys.argv[0] = "ivig-kg"
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.addaudithook(stop)
run()
"""


@pytest.mark.parametrize("step", [3, 10, 30, 100, 200, 300, 500, 700])
def test_an_interrupt_ends_with_130(step: int) -> None:
    """Control-C is no bug and shows none, whichever module is being imported, or at work."""
    command = [sys.executable, "-c", INTERRUPTED, str(step), "show", "headache"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_bug() -> None:
    """`ivig-kg export nt | head -1` ends quietly."""
    command = f"{sys.executable} -m ivig_kg export nt | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)

    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.usefixtures("read_once")
def test_show_tells_what_is_known_and_who_names_it(run: Run) -> None:
    """A concept with its identifiers and the facts about it; a fact with its passage and its place."""
    concept = run("show", "headache").stdout
    fact = run("show", "kg:hig-effect-headache").stdout

    assert concept.startswith("headache\n<https://w3id.org/ivig-kg/id/headache>\nfacts/concepts/conditions.yaml:")
    assert "MESH:D006261" in concept
    assert "hig-effect-headache" in concept
    assert "facts/monographs/human-immunoglobulin.yaml:" in fact
    assert "hig-s09" in fact


@pytest.mark.usefixtures("read_once")
def test_an_unknown_id_offers_the_nearest(run: Run) -> None:
    """A misspelt id is answered with the one that looks like it."""
    assert "did you mean `headache`?" in run("show", "hedache").stderr


@pytest.mark.parametrize("words", [["kidney"], ["KIDNEY", "problem"], ["kidny"]])
@pytest.mark.usefixtures("read_once")
def test_find_finds_by_words_whatever_the_case(words: list[str], run: Run) -> None:
    """All words must be in one label or name; a misspelt word finds what looks like it."""
    result = run("find", *words)

    assert result.exit_code == 0
    assert "kidney-problem" in result.stdout
    assert "hig-effect-kidney-problem" in result.stdout


@pytest.mark.usefixtures("read_once")
def test_find_finds_by_a_name_of_the_source(run: Run) -> None:
    """A name that the monograph gives finds the drug, though its label is another."""
    assert "human-immunoglobulin " in run("find", "IVIG").stdout
    assert run("find", "zzzzzz").stdout.endswith("(0 rows)\n")


@pytest.mark.parametrize("command", ["query", "show", "find", "export", "build"])
def test_no_answer_over_facts_that_have_findings(part: Path, command: str, run: Run) -> None:
    """An answer would leave out what could not be read: it is refused."""
    path = part / "facts/monographs/human-immunoglobulin.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("effect: headache", "efect: headache"), encoding="utf-8")
    words = {"query": ["side-effects"], "show": ["headache"], "find": ["headache"], "export": ["nt"], "build": []}

    result = run("-C", part, command, *words[command])

    assert result.exit_code in {1, 3}
    assert result.stdout == ""
    assert "human-immunoglobulin.yaml" in result.stderr


def test_help_is_quick_and_imports_no_engine() -> None:
    """`--help` loads neither rdflib nor pyshacl nor pyoxigraph, for the group and for every command."""
    code = (
        "import sys\nfrom ivig_kg.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'rdflib', 'pyshacl', 'pyoxigraph', 'yaml', 'rapidfuzz'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    for words in (["--help"], *([c, "--help"] for c in COMMANDS)):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Usage:")


def in_a_terminal(**environment: str) -> bytes:
    """Run a check in a terminal and return what it shows."""
    main_end, other_end = pty.openpty()
    command = [sys.executable, "-m", "ivig_kg", "-C", "tests/cases/base", "check", f"{INVALID}/unknown-key.yaml"]
    kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM"}}
    process = subprocess.Popen(command, stdout=other_end, stderr=other_end, env=kept | environment)
    process.wait(timeout=60)
    os.close(other_end)
    shown = b""
    try:
        while block := os.read(main_end, 65536):
            shown += block
    except OSError:
        pass
    os.close(main_end)
    return shown


def test_colours_are_for_terminals_that_want_them() -> None:
    """A terminal gets colours; NO_COLOR and TERM=dumb turn them off."""
    assert b"\x1b[" in in_a_terminal(TERM="xterm")
    assert b"\x1b[" not in in_a_terminal(TERM="xterm", NO_COLOR="1")
    assert b"\x1b[" not in in_a_terminal(TERM="dumb")


def test_nothing_hidden_reaches_the_terminal() -> None:
    """Whatever stands in a file or a name, no control character of it is printed as such."""
    evil = "a\x1b[31m\u202eb"
    at = Position(evil, 1, 1)
    finding = Finding("code", evil, at, hint=evil, subject=evil, related=((evil, at),))

    for text in (concise(finding), full(finding, line=evil)):
        assert all(c.isprintable() or c == "\n" for c in text)


def test_the_command_line_holds_no_logic() -> None:
    """Every command is a few lines, and the module is a small part of the package."""
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in (ROOT / "src/ivig_kg").rglob("*.py")}

    assert sum(n for p, n in sizes.items() if p.parent.name == "cli") < 0.15 * sum(sizes.values())


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--output-file", "facts/monographs/human-immunoglobulin.yaml"],
        ["export", "csv", "-o", "facts/concepts/drugs.yaml"],
        ["schema", "-o", "shapes/Fact.ttl"],
        ["build", "-o", "facts"],
        ["build", "-o", "ontology/exports"],
        ["load", "http://127.0.0.1:1", "--receipt", "facts/receipt.json"],
    ],
)
def test_nothing_is_written_where_curators_write(words: list[str], part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the keyboard overwrites no facts, shapes or ontology."""
    monkeypatch.chdir(part)
    before = {p: p.read_bytes() for p in part.rglob("*") if p.is_file()}

    result = CliRunner().invoke(main, words)

    assert result.exit_code == 2
    assert "where curators write" in result.stderr
    with pytest.raises(UsageError, match="where curators write"):
        ivig_kg.build(part / "facts", directory=part)
    assert {p: p.read_bytes() for p in part.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", ["ontology", "shapes", "shapes/exports"])
def test_nothing_is_written_where_shapes_or_an_ontology_would_be_read(name: str, small: Path, run: Run) -> None:
    """The project has neither, and would have a broken one afterwards."""
    result = run("-C", small, "build", "-o", small / name)

    assert result.exit_code == 2
    assert "where curators write" in result.stderr
    assert not (small / name).exists()


def examples() -> list[str]:
    """Return every example line at the end of the help of a command."""
    texts = [CliRunner().invoke(main, [name, "--help"], prog_name="ivig-kg").stdout for name in COMMANDS]
    lines = [
        line.strip() for text in texts for line in re.split(r"\n  Examples?:\n", text)[1].split("\n\n")[0].splitlines()
    ]
    return [line for line in lines if not line.startswith("ivig-kg serve")]  # it ends with Ctrl-C: see test_serve.py


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a part of the project and its exports."""
    folder = partial(tmp_path_factory.mktemp("built"))
    ivig_kg.build(directory=folder)
    return folder


@pytest.mark.slow
@pytest.mark.exhaustive(every=6)
@pytest.mark.parametrize("line", examples())
def test_every_example_of_the_help_works(line: str, built: Path, tmp_path: Path) -> None:
    """Typed as it stands, in a folder with a part of the facts and their exports."""
    part = shutil.copytree(built, tmp_path / "part")
    (part / "my-question.rq").write_text("SELECT ?s { ?s a ivig:Warning }", encoding="utf-8")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    environment |= {"HOME": str(part)}

    with stores(part) if "http://" in line else contextlib.nullcontext({}) as addresses:
        typed = functools.reduce(lambda text, pair: text.replace(*pair), addresses.items(), line)
        done = subprocess.run(
            ["sh", "-c", typed], cwd=part, env=environment, capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stderr
    assert len(examples()) > len(COMMANDS)


@contextlib.contextmanager
def stores(home: Path) -> Iterator[dict[str, str]]:
    """Give stand-ins for the stores of the help; one has a release already, and one that was live before."""
    who = home / ".ivig-kg-store"
    who.write_text("user = dba\npassword = of a test\n", encoding="utf-8")
    who.chmod(0o600)
    with Double(brand="oxigraph") as open_to_all, Double(brand="virtuoso", auth=Digest("dba", "of a test")) as guarded:
        for version in ("0.0.1", "0.0.2"):
            folder = released.release(home / version, version, size=3)
            words = ["load", open_to_all.url, "--exports", str(folder), "--receipt", str(home / "receipt.json")]
            assert CliRunner().invoke(main, words).exit_code == 0
        yield {"http://127.0.0.1:7878": open_to_all.url, "http://127.0.0.1:8890": guarded.url}


def test_every_option_is_explained() -> None:
    """No option is without help, and every command shows an example."""
    for name, command in main.commands.items():
        assert all(p.help for p in command.params if p.param_type_name == "option"), name
        assert "Example" in CliRunner().invoke(cli.main, [name, "--help"]).stdout


def shell(command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `tool` is the command."""
    line = command.replace("tool", f"{sys.executable} -m ivig_kg")
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["check", "query names", "export nt", "show drug", "find drug", "query --list"])
def test_an_output_that_takes_nothing_is_told(words: str) -> None:
    """A full device or a closed output is exit code 6 and a sentence, never a bug and never a pass."""
    for place in (">/dev/full", ">&-"):
        done = shell(f"tool -C tests/cases/base {words} {place}")
        assert done.returncode == 6, (place, done.stderr)
        assert "standard output" in done.stderr
        assert "bug" not in done.stderr


@pytest.mark.parametrize("words", ["query -", "query -f -"])
def test_an_input_that_is_closed_is_told(words: str) -> None:
    """Nothing to read a query from is wrong usage, and no bug."""
    done = shell(f"tool {words} <&-")

    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input is closed" in done.stderr


def test_a_file_that_cannot_grow_is_no_export(tmp_path: Path) -> None:
    """Where the disk ends in the middle of an export, the exit code says so."""
    done = shell(f"PYTHONUNBUFFERED=1; export PYTHONUNBUFFERED; ulimit -f 100; tool export nq > {tmp_path}/out.nq")

    assert (tmp_path / "out.nq").stat().st_size < (ROOT / "exports/ivig-kg.nq").stat().st_size
    assert done.returncode == 6


def test_output_is_utf_8_whatever_the_locale() -> None:
    """A table with an ellipsis prints under any locale, and data are never re-coded."""
    done = subprocess.run(
        [sys.executable, "-m", "ivig_kg", "find", "kidney"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C"},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0
    assert "…" in done.stdout.decode("utf-8")


def test_a_folder_below_the_project_is_in_the_project(small: Path) -> None:
    """From facts/ itself the user's own facts are checked, not those that ship with the tool."""
    (small / "facts/broken.yaml").write_text("- id: x\n  type: Conditon\n", encoding="utf-8")

    done = shell("tool check --format concise", small / "facts")

    assert done.returncode == 1
    assert "broken.yaml:2:9: error unknown-type" in done.stdout


def test_facts_that_are_not_ones_own_are_said_to_be(tmp_path: Path) -> None:
    """Where there is no facts/ the shipped ones are used, and that is said."""
    done = shell("tool show fever", tmp_path)

    assert done.returncode == 0
    assert done.stderr == "no facts/ here or above: these are the facts that ship with ivig-kg\n"


def test_a_folder_that_cannot_be_read_is_not_left_out(small: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts in it would be missing without a word."""
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    (small / "facts/secret").mkdir()
    monkeypatch.setattr(os, "scandir", refuse)
    result = run("-C", small, "check")

    assert result.exit_code == 3
    assert "secret: the folder cannot be read: Permission denied" in result.stderr


@pytest.mark.slow
def test_json_on_the_error_stream_is_json_alone(copy: Path, run: Run) -> None:
    """With `build --format json` nothing stands beside the object."""
    result = run("-C", copy, "build", "--format", "json")

    assert json.loads(result.stderr)["checked"]["fact"] > 600


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"one two"])
def test_a_version_that_is_none_is_told(part: Path, run: Run, content: bytes) -> None:
    """facts/VERSION holds one word, or the build stops with its place."""
    (part / "facts/VERSION").write_bytes(content)

    result = run("-C", part, "build")

    assert result.exit_code == 3
    assert "VERSION:1:1" in result.stderr


def test_a_link_that_loops_is_told(small: Path, run: Run) -> None:
    """A file that is a link to itself is unreadable, and no crash."""
    (small / "facts/loop.yaml").symlink_to(small / "facts/loop.yaml")

    result = run("-C", small, "check", "--format", "concise")

    assert result.exit_code == 3
    assert "loop.yaml:1:1: error unreadable-file" in result.stdout


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_tells_the_same_of_a_wrong_file(run: Run, small: Path, engine: str) -> None:
    """The findings are the same letter by letter, whichever engine asked the shapes."""
    shutil.copy(f"{INVALID}/Fact-range.yaml", small / "facts/wrong.yaml")

    result = run("-C", small, "check", "--format", "concise", "--engine", engine)

    assert result.exit_code == 1
    assert result.stdout == run("-C", small, "check", "--format", "concise").stdout
    assert "Fact-range" in result.stdout


def test_an_engine_that_is_not_installed_is_told(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how to get it; another engine never answers in its place."""
    monkeypatch.setitem(sys.modules, "shacl", None)
    compiled.prepared.cache_clear()

    result = run("-C", small, "build", "--engine", "shacl")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'ivig-kg[fast]'" in result.stderr
    assert not (small / "exports").exists()


@pytest.mark.parametrize(("option", "meant"), [("fail_on", [s.value for s in Severity]), ("engine", list(ENGINES))])
@pytest.mark.parametrize("command", ["check", "build"])
def test_an_option_offers_what_there_is(command: str, option: str, meant: list[str]) -> None:
    """The words of the help are written out, so that it need not import what they stand for."""
    (found,) = (p for p in main.commands[command].params if p.name == option)

    assert list(found.type.choices) == meant
