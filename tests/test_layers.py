"""The house: imports run down, modules stay small, and names say something."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from conftest import ROOT

SOURCE = ROOT / "src/ivig_kg"
LAYERS = (
    {"errors", "findings"},
    {"nodes", "textfile", "resources", "spelling", "writing"},
    {"facts", "schema"},
    {"forms", "jsonld"},
    {"accounting", "evidence", "export", "ids", "rdf", "rules", "sparql", "terms", "validation", "words"},
    {"lookup", "loading"},
    {"reporting"},
    {"workflow"},
    {"api"},
    {"__init__", "console"},
    {"cli"},
    {"__main__"},
)
MODULES = sorted(SOURCE.glob("*.py"))


def imports(path: Path) -> set[str]:
    """Return the modules of the package that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "ivig_kg":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ivig_kg."):
            found.add((node.module or "").removeprefix("ivig_kg."))
    return found


def layer(name: str) -> int:
    """Return the number of a module's layer."""
    return next(n for n, names in enumerate(LAYERS) if name in names)


def test_every_module_has_its_layer() -> None:
    """A new module must be given a place."""
    assert {p.stem for p in MODULES} == set().union(*LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_imports_run_down(path: Path) -> None:
    """A module imports from lower layers alone, never from its own."""
    upward = {name for name in imports(path) if layer(name) >= layer(path.stem)}

    assert upward == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_modules_and_functions_stay_small(path: Path) -> None:
    """When something grows past these sizes it is two things."""
    text = path.read_text(encoding="utf-8")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]

    assert text.count("\n") <= 300
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > 50] == []
    assert not re.search(r"(^|_)(utils?|helpers?|core|common|misc|models|constants|manager)$", path.stem)
