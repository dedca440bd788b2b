"""A scratch server of the graph, and the how-tos on asking it, run as they stand in the docs."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers

from conftest import ROOT, Run
from ivig_kg.errors import OutputError
from ivig_kg.stores import serving

WAIT = 60
IVIG_KG = [sys.executable, "-m", "ivig_kg"]
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(servers.oxigraph_program() is None, reason="no Oxigraph is installed: nothing was served"),
]


class Served:
    """The command `serve`, its address once it is there, and the folder of its temporary files."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.place = folder
        command = [*IVIG_KG, "-C", str(ROOT), "serve", *words]
        environment = os.environ | {"TMPDIR": str(folder)}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline()]
        while self.said[-1] and sum("--endpoint" in line for line in self.said) < 3:
            self.said.append(self.process.stdout.readline())
        self.url = self.said[0].partition("/query")[0]

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(WAIT)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server that lives as long as the tests of this module."""
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.end(signal.SIGTERM)


def test_it_names_its_address_and_three_questions(served: Served) -> None:
    """The questions are commands that answer when they are typed."""
    commands = [line.split() for line in served.said if "--endpoint" in line]

    assert len(commands) == 3
    assert served.url.startswith("http://127.0.0.1:")
    for words in commands:
        done = subprocess.run([*IVIG_KG, "-C", ROOT, *words[1:]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "rows)" in done.stdout


def test_nobody_writes_there(served: Served) -> None:
    """The server is read-only."""
    update = urllib.request.Request(  # noqa: S310  (the loopback)
        f"{served.url}/update", data=b"DROP ALL", headers={"Content-Type": "application/sparql-update"}
    )
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(update, timeout=WAIT)  # noqa: S310  (the loopback)

    assert error.value.code == 403
    error.value.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_nothing_left(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C, or a terminal that is closed, ends it with status 0; no server, no file and no listener stay behind."""
    one = Served(tmp_path)
    port = int(one.url.rpartition(":")[2])
    assert list(tmp_path.iterdir())

    assert one.end(number) == 0
    assert list(tmp_path.iterdir()) == []
    with socket.socket() as tried:
        assert tried.connect_ex(("127.0.0.1", port)) != 0


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place that has no room is named: standard output has."""
    resource = pytest.importorskip("resource", reason="this system has no such limit")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OutputError) as raised, serving.served(b"#" * 10_000, port=0):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert str(raised.value) == f"{tmp_path}: what is needed on the way cannot be kept there: File too large"
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_dies_is_told(tmp_path: Path) -> None:
    """Where Oxigraph ends by itself, the command does too, with status 5."""
    one = Served(tmp_path)
    children = Path(f"/proc/{one.process.pid}/task/{one.process.pid}/children")
    if not children.exists():
        one.end(signal.SIGTERM)
        pytest.skip("this system does not tell the children of a process: no server was killed")
    os.kill(int(children.read_text(encoding="ascii").split()[0]), signal.SIGKILL)

    assert one.process.wait(WAIT) == 5
    assert one.process.stdout is not None
    one.process.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    """Somebody else at the port would answer in our place."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("-C", "tests/cases/base", "serve", "--port", str(port))

    assert result.exit_code == 2
    assert f"port {port} cannot be used" in result.stderr


def test_without_oxigraph_the_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says what to install."""
    monkeypatch.setattr(serving.shutil, "which", lambda *_, **__: None)
    result = run("-C", "tests/cases/base", "serve")

    assert result.exit_code == 2
    assert "pip install 'ivig-kg[serve]'" in result.stderr


def blocks(page: str, language: str) -> list[str]:
    """Return the code of a page in one language."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def answered(command: list[str], code: str, served: Served, folder: Path | None = None) -> str:
    """Run code of a page against a server and return what it printed."""
    text = code.replace("http://127.0.0.1:7878", served.url)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [*command, text],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder or ROOT,
        env=os.environ | {"PATH": path},
        timeout=2 * WAIT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SERIOUS = """\
Human immunoglobulin can cause blood clotting disorders, which are serious and rare
Human immunoglobulin can cause kidney problems, which are serious and rare
"""


@pytest.mark.parametrize("number", [0, 1])
def test_the_how_to_for_python(number: int, served: Served) -> None:
    """Rdflib and SPARQLWrapper print what the graph says."""
    printed = answered([sys.executable, "-c"], blocks("querying.md", "python")[number], served)

    assert printed == ("other medications | may\n", SERIOUS)[number]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R is installed: its how-to was not run")
def test_the_how_to_for_r(served: Served) -> None:
    """Base R reads the answer as a data frame."""
    (code,) = blocks("querying.md", "r")

    assert answered(["Rscript", "-e"], code, served).splitlines()[1].split() == ["1", "other", "medications", "may"]


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node is installed: its how-to was not run")
def test_the_how_to_for_javascript(served: Served) -> None:
    """A plain fetch prints the rows."""
    (code,) = blocks("querying.md", "js")

    assert answered(["node", "--input-type=module", "-e"], code, served) == "other medications may\n"


def test_the_how_to_for_the_command_line(served: Served) -> None:
    """The questions at an endpoint are answered as those at home are."""
    printed = answered(["bash", "-ec"], blocks("querying.md", "sh")[1], served, ROOT)

    assert (ROOT / "ontology/queries/interactions.csv").read_text(encoding="utf-8") in printed
    assert "hig-effect-headache" in printed


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice is installed: its how-to was not run")
def test_the_how_to_for_a_spreadsheet(served: Served, tmp_path: Path) -> None:
    """LibreOffice makes a workbook, and every cell of it is what the question answered."""
    shutil.copytree(ROOT / "tests/cases/base/facts", tmp_path / "facts")
    code = blocks("querying.md", "sh")[2].replace("soffice", f"soffice -env:UserInstallation=file://{tmp_path}/office")
    answered(["bash", "-ec"], code, served, tmp_path)
    back = f"-env:UserInstallation=file://{tmp_path}/office"
    convert = ["soffice", back, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "facts.xlsx"]
    (tmp_path / "facts.csv").rename(tmp_path / "asked.csv")
    subprocess.run(convert, cwd=tmp_path, check=True, capture_output=True, timeout=2 * WAIT)

    asked, kept = ((tmp_path / name).read_text(encoding="utf-8") for name in ("asked.csv", "facts.csv"))
    assert list(csv.reader(kept.splitlines())) == list(csv.reader(asked.splitlines()))


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that never answers is not waited for without end."""
    program = tmp_path / "oxigraph"
    program.write_text("#!/bin/sh\ncase $1 in load) exit 0;; *) exec sleep 60;; esac\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(serving, "_program", lambda: str(program))
    monkeypatch.setattr(serving, "WAIT", 1.0)
    begun = time.monotonic()
    with pytest.raises(serving.StoreError, match="does not start"), serving.served(b"", port=0):
        pass

    assert time.monotonic() - begun < WAIT


SERVING = """
import sys
from ivig_kg.errors import OutputError
from ivig_kg.stores import serving

serving._program = lambda: sys.argv[1]
with serving.served(b"", port=0):
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("step", ["load", "serve-read-only"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_who_is_ended_while_it_starts_leaves_nothing(number: int, step: str, tmp_path: Path) -> None:
    """Neither the program that loads nor the server that has not answered yet, nor a file."""
    program, running = tmp_path / "oxigraph", tmp_path / "running"
    program.write_text(
        f"#!/bin/sh\nif [ $1 = {step} ]; then echo $$ > {running}.new; mv {running}.new {running}; exec sleep 60; fi\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    (tmp_path / "scratch").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVING, str(program)],
        env={**os.environ, "TMPDIR": str(tmp_path / "scratch")},
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  (no threads)
    )
    try:
        end = time.monotonic() + WAIT
        while not running.exists() and time.monotonic() < end:
            time.sleep(0.02)
        child = int(running.read_text(encoding="utf-8"))
        process.send_signal(number)
        assert process.wait(WAIT) != 0
    finally:
        process.kill()
        process.wait(WAIT)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert list((tmp_path / "scratch").iterdir()) == []
