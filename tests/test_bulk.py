"""Bulk loading as the docs say it: the commands of Oxigraph, Virtuoso and Jena TDB2 are run as they stand there."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import programs
import pytest
import servers

from conftest import ROOT

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


def typed(lines: str, place: Path, *, path: str) -> str:
    """Type lines into a shell, and return what they print."""
    done = subprocess.run(
        ["bash", "-ec", lines],
        cwd=place,
        env=os.environ | {"PATH": os.pathsep.join([path, os.environ["PATH"]])},
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("tdb2.tdbloader", "tdb2.tdbquery"):
        words = " ".join(f"'{word}'" for word in programs.java([name], tmp_path))
        (commands / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        (commands / name).chmod(0o755)
    for release in ("old", "new"):
        printed = typed(lines.replace("tdb-new", f"tdb-{release}"), place, path=str(commands))

        head, rows = printed.split("\n", 1)[0].strip(), printed.replace("\r", "")
        assert (head, rows.split()[1]) == ("n", str(TOTAL))
        assert list(csv.reader(rows.splitlines()[2:])) == list(csv.reader(INTERACTIONS.splitlines()))
        assert (place / "current").resolve().name == f"tdb-{release}"
