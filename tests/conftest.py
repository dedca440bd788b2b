"""What the tests share: the folders, the base project of the cases, and the command line."""

from __future__ import annotations

import collections
import contextlib
import functools
import gc
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner, Result

import allocation
from ivig_kg import answers, confinement, facts, inquiry, loading, patterns, resources, workflow
from ivig_kg.cli import main
from ivig_kg.findings import Finding
from ivig_kg.nodes import Document

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
TORTURE = ROOT / "tests/torture"
LONG = 50_000  # characters of a text that is not kept

Run = Callable[..., Result]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked as exhaustive to tests/torture, which imports it, but for every nth of its cases.

    Those are not tried there again.
    """
    counts = collections.Counter[str]()
    left, kept = [], []
    for item in items:
        marker = item.get_closest_marker("exhaustive")
        every = marker.kwargs.get("every") if marker else 1
        name = item.nodeid.partition("[")[0]
        here = every is not None and counts[name] % every == 0
        mine = marker is None or here is not (TORTURE in item.path.parents)
        counts[name] += 1
        (kept if mine else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("NO_COLOR", "FORCE_COLOR", "IVIG_KG_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IVIG_KG_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # else each of hundreds of children compiles all of it
        yield


@pytest.fixture(scope="session", autouse=True)
def _each_text_once() -> Iterator[None]:
    """Read a text of facts, or of a query, once for all tests of a process; what comes of it cannot change."""
    read = facts._document
    kept = functools.lru_cache(maxsize=1000)(lambda text, shown, line: read(text, [], shown, line))

    def document(text: str, findings: list[Finding], shown: str, line: int = 0) -> Document:
        """Return the document of a text."""
        is_kept = not findings and len(text) < LONG
        return kept(text, shown, line) if is_kept else read(text, findings, shown, line)

    def once(look: Callable[[str], Any]) -> Callable[[str], Any]:
        """Return a function that looks at a text once."""
        seen = functools.lru_cache(maxsize=1000)(look)
        return lambda text: seen(text) if len(text) < LONG else look(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts, "_document", document)
        for name in ("outline", "depth", "joins", "asks_elsewhere"):
            patch.setattr(patterns, name, once(getattr(patterns, name)))
        yield


@pytest.fixture(scope="session", autouse=True)
def _little_ado_about_memory() -> None:
    """Look for garbage as seldom as `ivig_kg.__main__` does, and keep memory for the next test."""
    gc.set_threshold(100_000, 50, 100)
    allocation.keep()


@pytest.fixture
def run() -> Run:
    """Return a function that runs the command line with some words."""

    def invoke(*words: str | Path, text: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(w) for w in words], input=text)

    return invoke


@pytest.fixture(scope="session")
def project() -> resources.Project:
    """Return the project of this checkout."""
    return resources.locate(ROOT)


@pytest.fixture(scope="session")
def whole(project: resources.Project) -> loading.Loaded:
    """Return the project of this checkout as it was read, once for all who only look at it."""
    with contextlib.chdir(ROOT):
        return loading.readable(project)


@pytest.fixture
def read_once(whole: loading.Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands that ask the project of this checkout find it read already; any other project they read."""

    def given(project: resources.Project, **more: Any) -> loading.Loaded:
        """Return a project as it was read."""
        return whole if project == whole.project and not more else loading.load(project, **more)

    def readable(project: resources.Project) -> loading.Loaded:
        """Return a project in which nothing is wrong as it was read."""
        return whole if project == whole.project else loading.readable(project)

    monkeypatch.setattr(workflow, "load", given)
    monkeypatch.setattr(workflow, "readable", readable)


class Inside:
    """What stands for `confinement.Child`: it does the same call with the same items, in this process."""

    def __init__(self, call: confinement.Call, *, place: Path | None = None) -> None:
        self._call, self._place = call, place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to end."""

    def results(self, items: Iterable[Any], *, seconds: float) -> Iterator[Any]:
        """Yield what the call gives back."""
        assert seconds > 0
        given: list[Any] = []
        self._call(iter([*items]), given.append)
        yield from given


@pytest.fixture
def confined() -> None:
    """Do what has a process of its own in one, whatever else a file of tests does."""


@pytest.fixture
def unconfined(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do in this process what has one of its own, and no limits, where what comes of it is looked at.

    Each process imports all of it anew. That they end whatever is asked, tests/test_asking.py looks at.
    """
    if "confined" in request.fixturenames:
        return
    for module in (confinement, inquiry, answers):
        monkeypatch.setattr(module, "Child", Inside)
    for name in ("limit", "close"):
        monkeypatch.setattr(confinement, name, lambda *_: None)


@pytest.fixture
def base() -> resources.Project:
    """Return the small project that the cases are read with."""
    return resources.locate(Path("tests/cases/base"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of facts/, ontology/, shapes/ and CITATION.cff to damage."""
    for name in ("facts", "ontology", "shapes"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name)
    shutil.copy(ROOT / "CITATION.cff", tmp_path / "copy")
    return tmp_path / "copy"


PART = {"hig", "hizentra-eu-2022", "hizentra-us-2023"}


def partial(folder: Path) -> Path:
    """Copy the monograph, two labels that name each other, and all that these are read with into a folder."""
    for name in ("facts", "ontology", "shapes"):
        shutil.copytree(ROOT / name, folder / name)
    for path in [*(folder / "facts/labels").iterdir(), *(folder / "facts/sources").iterdir()]:
        if path.stem not in PART:
            path.unlink()
    shutil.copy(ROOT / "CITATION.cff", folder)
    return folder


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """Return a folder with a part of the project to damage, in which nothing is wrong; it takes a third of the time."""
    return partial(tmp_path / "part")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a folder with the facts of the cases' base alone; ontology and shapes are the package's."""
    shutil.copytree(ROOT / "tests/cases/base/facts", tmp_path / "small" / "facts")
    return tmp_path / "small"


def cited(folder: Path) -> Path:
    """Write what a release needs beside facts into a folder: a version, and how to cite it."""
    (folder / "facts/VERSION").write_text("1.0.0\n", encoding="utf-8")
    said = "title: A small graph\nabstract: Facts to try releases on.\nversion: 1.0.0\nlicense: CC0-1.0\n"
    authors = "authors:\n  - name: The maintainers\n  - given-names: Given\n    family-names: Family\n"
    (folder / "CITATION.cff").write_text(said + authors, encoding="utf-8")
    return folder


@pytest.fixture
def citable(small: Path) -> Path:
    """Return the folder `small` with what a release needs beside facts."""
    return cited(small)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site of this checkout."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = CliRunner().invoke(main, ["-C", str(ROOT), "site", "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the monograph's text, which is no part of this project."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: the text of the monograph was not checked")
    return SHARED
