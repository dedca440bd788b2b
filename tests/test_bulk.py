"""Bulk loading as the docs and the recipes of a release have it: Oxigraph, Virtuoso and Jena are run as they say."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import programs
import pytest
import servers
from click.testing import CliRunner

from conftest import ROOT
from ivig_kg.cli import main

WAIT = 120
TOTAL = json.loads((ROOT / "exports/manifest.json").read_text(encoding="utf-8"))["triples"]["dataset"]
INTERACTIONS = (ROOT / "ontology/queries/interactions.csv").read_text(encoding="utf-8")
MISSING = [
    name
    for name, there in {
        "Oxigraph": servers.oxigraph_program(),
        "Virtuoso": shutil.which("virtuoso-t") and shutil.which("isql-vt"),
        "Jena": shutil.which("java") and (programs.JARS / "jena-tdb2.jar").exists(),
    }.items()
    if not there
]
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed, so nothing was loaded in bulk: {', '.join(MISSING)}"),
]


def blocks(page: str, language: str, under: str) -> list[str]:
    """Return the code of a page in one language, under one heading."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {re.escape(under)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the exports and the questions, in which the commands are typed."""
    (tmp_path / "exports").symlink_to(ROOT / "exports")
    (tmp_path / "ontology").symlink_to(ROOT / "ontology")
    return tmp_path


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release of this checkout, as a partner gets it."""
    folder = tmp_path_factory.mktemp("release") / "ivig-kg"
    version = (ROOT / "facts/VERSION").read_text(encoding="utf-8").strip()
    done = CliRunner().invoke(main, ["-C", str(ROOT), "release", version, "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def tried(
    lines: str, place: Path, *, path: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Type lines into a shell."""
    return subprocess.run(
        ["bash", "-ec", lines],
        cwd=place,
        env=os.environ | {"PATH": os.pathsep.join([path, os.environ["PATH"]]), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )


def typed(lines: str, place: Path, *, path: str) -> str:
    """Type lines into a shell, and return what they print."""
    done = tried(lines, place, path=path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def jena(folder: Path) -> str:
    """Return a folder with the two commands of Jena that are typed: Debian ships their classes alone."""
    commands = folder / "bin"
    commands.mkdir()
    for name in ("tdb2.tdbloader", "tdb2.tdbquery"):
        words = " ".join(f"'{word}'" for word in programs.java([name], folder))
        (commands / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        (commands / name).chmod(0o755)
    return str(commands)


def test_oxigraph(place: Path) -> None:
    """The file is loaded without a server, and counted."""
    (lines,) = blocks("bulk.md", "sh", "Oxigraph")
    load, count, _serve = lines.splitlines()

    assert typed(f"{load}\n{count}", place, path=str(Path(sys.executable).parent)).split() == ["n", str(TOTAL)]


def test_virtuoso(tmp_path: Path) -> None:
    """The bulk loader takes the file, says so, and the graph is there."""
    (lines,) = blocks("bulk.md", "sql", "Virtuoso")
    folder = tmp_path / "load"
    folder.mkdir()
    shutil.copy(ROOT / "exports/ivig-kg.nq", folder)
    with servers.virtuoso(tmp_path / "virtuoso", allowed=folder) as url:
        said = servers.isql(url, lines.replace("/path/to/exports", str(folder)))
        text = (
            'SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } FILTER (STRSTARTS(STR(?g), "https://w3id.org/")) }'
        )
        found = servers.query(f"{url}/sparql", text, accept="text/csv").decode()

    assert re.search(r"ivig-kg\.nq\s+2\s+NULL", said), said
    assert int(found.split()[1]) == TOTAL


def test_jena_tdb2(place: Path, tmp_path: Path) -> None:
    """A release is loaded into a new folder, and a link is renamed over the old one, while the old one answers."""
    (lines,) = blocks("stores.md", "sh", "Jena TDB2 without a server")
    commands = jena(tmp_path)
    for release in ("old", "new"):
        printed = typed(lines.replace("tdb-new", f"tdb-{release}"), place, path=commands)

        head, rows = printed.split("\n", 1)[0].strip(), printed.replace("\r", "")
        assert (head, rows.split()[1]) == ("n", str(TOTAL))
        assert list(csv.reader(rows.splitlines()[2:])) == list(csv.reader(INTERACTIONS.splitlines()))
        assert (place / "current").resolve().name == f"tdb-{release}"


def test_the_recipe_for_oxigraph(release: Path, tmp_path: Path) -> None:
    """It loads a new store and counts it, and leaves one that is there alone."""
    path = str(Path(sys.executable).parent)

    done = tried(f"sh {release}/load/oxigraph.sh {tmp_path}/store", tmp_path, path=path)
    again = tried(f"sh {release}/load/oxigraph.sh {tmp_path}/store", tmp_path, path=path)

    assert (done.returncode, done.stdout) == (0, f"{TOTAL} of {TOTAL} quads are in {tmp_path}/store\n"), done.stderr
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"{tmp_path}/store is there already: name a new folder\n"


def test_the_recipe_for_jena(release: Path, tmp_path: Path) -> None:
    """It loads a new store and counts it."""
    done = tried(f"sh {release}/load/jena.sh {tmp_path}/store", tmp_path, path=jena(tmp_path))

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"{TOTAL} of {TOTAL} quads are in {tmp_path}/store"


def test_the_recipe_for_virtuoso(release: Path, tmp_path: Path) -> None:
    """It loads a running server and counts what is there, and fails where that is not the release alone."""
    secret = {"VIRTUOSO_PASSWORD": servers.PASSWORD}
    with servers.virtuoso(tmp_path / "virtuoso", allowed=release / "exports") as url:
        lines = f"sh {release}/load/virtuoso.sh {servers.address_of_isql(url)}"
        done = tried(lines, tmp_path, path="", environment=secret)
        servers.isql(url, "SPARQL INSERT DATA { GRAPH <https://w3id.org/ivig-kg/graph/facts> { <urn:a> <urn:b> 1 } };")
        mixed = tried(lines, tmp_path, path="", environment=secret)
        silent = tried(lines, tmp_path, path="")

    assert (done.returncode, done.stdout) == (0, f"{TOTAL} of {TOTAL} quads are in the graphs of ivig-kg\n"), (
        done.stderr
    )
    assert (mixed.returncode, mixed.stdout) == (1, f"{TOTAL + 1} of {TOTAL} quads are in the graphs of ivig-kg\n")
    assert silent.returncode != 0
    assert "set the password of the user in VIRTUOSO_PASSWORD" in silent.stderr
