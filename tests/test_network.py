"""The network: no command goes into it unless it is asked to, whatever addresses stand in the files."""

from __future__ import annotations

import http.server
import ipaddress
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from conftest import ROOT, Run
from double import Double
from ivig_kg.cli import main

WORDS: dict[str, list[str]] = {
    "build": ["build", "-o", "made"],
    "check": ["check"],
    "diff": ["diff", "exports"],
    "doctor": ["doctor"],
    "explain": ["explain", "unknown-key"],
    "export": ["export", "jsonld", "-o", "made"],
    "find": ["find", "condition"],
    "init": ["init", "made"],
    "load": ["load", "STORE", "--receipt", "made"],
    "merge": ["merge", "shards", "-o", "made"],
    "new": ["new", "condition", "--label", "a"],
    "query": ["query", "--list"],
    "release": ["release", "1.0.0", "-o", "made"],
    "schema": ["schema"],
    "serve": [],  # its server listens at this machine alone, and asks nobody: see test_serve.py
    "show": ["show", "condition"],
    "site": ["site", "-o", "made"],
    "stats": ["stats"],
    "verify": ["verify", "exports"],
}


@pytest.fixture(autouse=True)
def _dated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def is_own(address: object) -> bool:
    """Tell whether an address is one of this machine."""
    if not isinstance(address, tuple):
        return True  # a socket of the file system
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list of who was asked for or called, this machine and others: a call of Python goes no other way."""
    found: list[object] = []

    def noting(name: str, good: Callable[..., Any], at: int) -> Callable[..., Any]:
        def noted(*words: Any, **more: Any) -> Any:
            address = words[at] if name != "getaddrinfo" else (words[0], 0)
            found.append(address)
            if not is_own(address):
                message = "a test has no network"
                raise OSError(message)
            return good(*words, **more)

        return noted

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, noting(name, getattr(socket.socket, name), 1))
    monkeypatch.setattr(socket.socket, "sendto", noting("sendto", socket.socket.sendto, -1))
    monkeypatch.setattr(socket, "getaddrinfo", noting("getaddrinfo", socket.getaddrinfo, 0))
    return found


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project with ontology, shapes, exports and shards of its own."""
    home = tmp_path_factory.mktemp("network") / "home"
    shutil.copytree(ROOT / "tests/cases/base/facts", home / "facts")
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, home / name)
    (home / "facts/VERSION").write_text("1.0.0\n", encoding="utf-8")
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version:"))
    (home / "CITATION.cff").write_text(text.replace(version, "version: 1.0.0"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for words in (["build"], ["build", "--shard", "1/1", "-o", "shards"]):
            done = CliRunner().invoke(main, words)
            assert done.exit_code == 0, done.output
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of it, as the working folder."""
    monkeypatch.chdir(shutil.copytree(prepared, tmp_path / "home"))
    return tmp_path / "home"


def test_a_call_into_the_network_is_noted(gone: list[object]) -> None:
    """What the tests below rely on: a call is seen, and does not leave."""
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="no network"):
        socket.getaddrinfo("example.org", 80)

    assert not any(map(is_own, gone))
    assert len(gone) >= 2


def test_every_command_is_here() -> None:
    """A new command has to say here what it is called with."""
    assert WORDS.keys() == main.commands.keys()
    assert all(isinstance(command, click.Command) for command in main.commands.values())


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", [name for name, words in WORDS.items() if words and name != "load"])
def test_a_command_calls_nobody(name: str, gone: list[object], run: Run) -> None:
    """Not even this machine is called, and no name is asked for."""
    done = run(*WORDS[name])

    assert done.exit_code in {0, 1}, done.output
    assert gone == []


@pytest.mark.usefixtures("home")
def test_a_load_calls_the_store_alone(gone: list[object], run: Run) -> None:
    """The one address that was named."""
    with Double() as store:
        done = run(*(word.replace("STORE", store.url) for word in WORDS["load"]))

    assert done.exit_code == 0, done.output
    assert gone
    assert all(map(is_own, gone))


class Canary:
    """A server that is named in files, and that nobody should ask."""

    def __init__(self) -> None:
        """Note what it is asked for."""
        self.asked: list[str] = []
        self.url = ""


@pytest.fixture(scope="module")
def listening() -> Iterator[Canary]:
    """Listen on this machine."""
    canary = Canary()

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle(self) -> None:
            canary.asked.append("a connection")
            super().handle()

        def do_GET(self) -> None:
            canary.asked.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_GET  # noqa: N815  (the names that http.server asks for)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        canary.url = f"http://127.0.0.1:{server.server_port}/canary"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield canary
        server.shutdown()


@pytest.fixture
def canary(listening: Canary) -> Canary:
    """Return the server, asked for nothing so far."""
    listening.asked.clear()
    return listening


def append(name: str, text: str) -> Callable[[Path, str], None]:
    """Return what puts a text with an address at the end of a file."""

    def change(home: Path, url: str) -> None:
        path = home / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text.replace("URL", url), encoding="utf-8")

    return change


def into_json(name: str, **more: str) -> Callable[[Path, str], None]:
    """Return what puts an address into the object of a JSON file; `at_` stands for an @, and `all` replaces it."""

    def change(home: Path, url: str) -> None:
        path = home / name
        said = json.loads(path.read_text(encoding="utf-8"))
        for word, value in more.items():
            key = word.replace("at_", "@")
            inner = said["@context"] if key == "@import" else said
            inner[key] = value.replace("URL", url)
        path.write_text(json.dumps(said), encoding="utf-8")

    return change


OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
IMPORTS = f"\n<https://w3id.org/ivig-kg/ontology/> <{OWL}imports> <URL> .\n"
GRAPH = f"\n<https://w3id.org/ivig-kg/ontology/> <{SH}shapesGraph> <URL> .\n<URL> <{SH}entailment> <URL> .\n"
SERVICE = "CONSTRUCT { ?fact a <URL> } WHERE { ?fact a ivig:Fact . SERVICE <URL> { ?s ?p ?o } }\n"
NAMED: dict[str, tuple[Callable[[Path, str], None], list[str]]] = {
    "owl:imports of the ontology": (append("ontology/ivig.ttl", IMPORTS), ["check"]),
    "owl:imports of the ontology, pySHACL": (append("ontology/ivig.ttl", IMPORTS), ["check", "--engine", "pyshacl"]),
    "owl:imports of the shapes": (append("shapes/Fact.ttl", IMPORTS), ["check", "--engine", "pyshacl"]),
    "owl:imports of the shapes, at once": (append("shapes/Fact.ttl", IMPORTS), ["build", "-o", "made"]),
    "sh:shapesGraph": (append("shapes/Fact.ttl", GRAPH), ["check", "--engine", "pyshacl"]),
    "@import of the context": (into_json("ontology/context.jsonld", at_import="URL"), ["check"]),
    "a context elsewhere": (into_json("ontology/context.jsonld", at_context="URL"), ["check"]),
    "a context elsewhere in what was received": (
        into_json("exports/ivig-kg.jsonld", at_context="URL"),
        ["verify", "exports"],
    ),
    "a context elsewhere in one file": (
        into_json("exports/ivig-kg.jsonld", at_context="URL"),
        ["verify", "exports/ivig-kg.jsonld"],
    ),
    "a context elsewhere in an edition": (
        into_json("exports/ivig-kg.jsonld", at_context="URL"),
        ["diff", "exports/ivig-kg.jsonld"],
    ),
    "a context in a value": (append("facts/base.yaml", '- "@context": URL\n  id: a\n  type: Condition\n'), ["check"]),
    "$schema of a facts file": (
        append("facts/more.yaml", "# yaml-language-server: $schema=URL\n- id: a\n  type: Condition\n  label: a\n"),
        ["check"],
    ),
    "the curie map of the mappings": (
        append("facts/mappings.sssom.tsv", "#curie_map:\n#  X: URL/\nsubject_id\tpredicate_id\tobject_id\n"),
        ["check"],
    ),
    "SERVICE in a rule": (append("ontology/rules/service.rq", "# Why.\n" + SERVICE), ["check"]),
    "SERVICE in a named query": (
        append("ontology/queries/service.rq", "# What?\nSELECT * { SERVICE <URL> { ?s ?p ?o } }\n"),
        ["query", "service"],
    ),
    "SERVICE in a release": (
        append("ontology/queries/service.rq", "# What?\nSELECT * { SERVICE <URL> { ?s ?p ?o } }\n"),
        ["release", "1.0.0", "-o", "made"],
    ),
    "SERVICE": (append("x", ""), ["query", "-e", "SELECT * { SERVICE <URL> { ?s ?p ?o } }"]),
    "SERVICE SILENT": (append("x", ""), ["query", "-e", "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }"]),
    "SERVICE with a variable": (
        append("x", ""),
        ["query", "-e", "SELECT * { VALUES ?u { <URL> } SERVICE SILENT ?u { ?s ?p ?o } }"],
    ),
    "FROM": (append("x", ""), ["query", "-e", "SELECT * FROM <URL> { ?s ?p ?o }"]),
    "FROM NAMED": (append("x", ""), ["query", "-e", "SELECT * FROM NAMED <URL> { GRAPH <URL> { ?s ?p ?o } }"]),
    "DESCRIBE": (append("x", ""), ["query", "-e", "DESCRIBE <URL>"]),
    "LOAD": (append("x", ""), ["query", "-e", "LOAD <URL>"]),
}


@pytest.mark.exhaustive(every=3)
@pytest.mark.parametrize("name", NAMED)
def test_an_address_in_a_file_is_not_called(name: str, canary: Canary, home: Path, run: Run) -> None:
    """Whatever comes of it, the server that is named is asked nothing."""
    change, words = NAMED[name]
    change(home, canary.url)

    done = run(*(word.replace("URL", canary.url) for word in words))

    assert canary.asked == []
    assert "a bug of ours" not in done.output


def test_a_canary_that_is_asked_sings(canary: Canary, home: Path, run: Run) -> None:
    """What the test above relies on: whoever asks the server is noted."""
    done = run("-C", home, "query", "-e", "ASK {}", "--endpoint", canary.url)

    assert done.exit_code == 5
    assert canary.asked
