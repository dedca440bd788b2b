"""The package: a wheel in another environment and folder does what the checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT
from ivig_kg.cli import main
from ivig_kg.release import sums

LESSON = ["README.md", "facts/concepts.yaml", "facts/exemplin.yaml", "facts/sources.yaml", "texts/exemplin.txt"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel, built without network from what is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check", "-q"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "-w", folder, ROOT], check=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the programs of an environment that has the wheel and, by a path file, its dependencies."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    bin_folder = folder / "bin"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = subprocess.run([bin_folder / "python", "-c", code], capture_output=True, text=True, check=True)
    site = Path(asked.stdout.strip())
    pip = [sys.executable, "-m", "pip", "--python", bin_folder / "python", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--disable-pip-version-check", wheel], check=True)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return bin_folder


@pytest.mark.slow
def test_the_wheel_holds_the_data(wheel: Path) -> None:
    """Facts, ontology, shapes and the pages of the rules are inside; tests and exports are not."""
    names = zipfile.ZipFile(wheel).namelist()

    assert "ivig_kg/_data/facts/monographs/human-immunoglobulin.yaml" in names
    assert "ivig_kg/_data/ontology/context.jsonld" in names
    assert "ivig_kg/_data/shapes/Fact.ttl" in names
    assert {f"ivig_kg/_data/docs/rules/{p.name}" for p in (ROOT / "docs/rules").iterdir()} <= set(names)
    assert {f"ivig_kg/template/{name}" for name in LESSON} <= set(names)
    assert not [n for n in names if n.startswith(("tests", "exports", "docs"))]


@pytest.mark.slow
def test_the_installed_tool_explains_its_rules(elsewhere: Path, tmp_path: Path) -> None:
    """In an empty folder it prints the page that the wheel carries."""
    done = subprocess.run(
        [elsewhere / "ivig-kg", "explain", "unknown-key"], cwd=tmp_path, capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (ROOT / "docs/rules/unknown-key.md").read_bytes()


@pytest.mark.slow
def test_the_installed_tool_builds_the_same_exports(elsewhere: Path, tmp_path: Path) -> None:
    """In an empty folder it works on the facts it carries, and writes the committed bytes."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [elsewhere / "ivig-kg", "build", "-o", "out"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert str(elsewhere.parent) in done.stderr
    made = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    assert made == {p.name: p.read_bytes() for p in (ROOT / "exports").iterdir()}


@pytest.mark.slow
def test_the_installed_tool_works_on_a_folder_of_ones_own(elsewhere: Path, small: Path) -> None:
    """The user's facts, with the ontology and shapes that ship with the tool."""
    done = subprocess.run(
        [elsewhere / "ivig-kg", "-C", small, "show", "treatment"],
        cwd=small,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The drug treats the treated condition\n")


def test_locks_have_hashes_and_no_address() -> None:
    """Every requirement of the locks has hashes; no registry is named; what is declared is locked."""
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "locks" / name).read_text(encoding="utf-8")
        entries = [e for e in text.replace("\\\n", " ").splitlines() if e.strip() and not e.startswith("#")]
        assert len(entries) > 8
        assert all("--hash=sha256:" in entry for entry in entries)
        assert "://" not in text
    assert "hatchling==" in (ROOT / "locks/dev.txt").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_installed_tool_writes_the_same_release(elsewhere: Path, tmp_path: Path) -> None:
    """Citation, licence, shapes and recipes are inside too: the folder is the one that the checkout writes."""
    version = (ROOT / "facts/VERSION").read_text(encoding="utf-8").strip()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    words = ["release", version, "-o", tmp_path / "installed"]
    done = subprocess.run(
        [elsewhere / "ivig-kg", *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    here = CliRunner().invoke(main, ["-C", str(ROOT), "release", version, "-o", str(tmp_path / "here")])

    assert (done.returncode, here.exit_code) == (0, 0), done.stderr
    made, wanted = (
        {name: (tmp_path / folder / name).read_bytes() for name in sums.files(tmp_path / folder)}
        for folder in ("installed", "here")
    )
    assert made == wanted
