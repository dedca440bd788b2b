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
    {"reading", "workplaces"},
    {
        "appearance",
        "bundles",
        "cache",
        "confinement",
        "dates",
        "easing",
        "hierarchy",
        "kept",
        "markdown",
        "nodes",
        "patterns",
        "processes",
        "quotation",
        "revisions",
        "spelling",
        "spreadsheets",
        "stability",
        "syntax",
        "textfile",
        "withholding",
        "writing",
    },
    {"bounds", "folders", "precautions", "rendition"},
    {"resources"},
    {"shacl"},
    {"definitions", "fruitless", "mentions", "originals"},
    {"grammar"},
    {"spoken"},
    {
        "allowing",
        "amending",
        "facts",
        "fixes",
        "folding",
        "identifiers",
        "lesson",
        "passages",
        "schema",
        "shares",
        "units",
    },
    {
        "arms",
        "bearings",
        "cues",
        "forms",
        "naming",
        "negation",
        "jsonld",
        "impact",
        "indexed",
        "limits",
        "quantities",
        "runs",
        "shapes",
        "stretches",
        "terms",
        "turtle",
        "unchecked",
    },
    {"absence", "orders", "retraction"},
    {
        "accounting",
        "alignment",
        "claims",
        "comparison",
        "constraints",
        "editor",
        "evidence",
        "gaps",
        "ids",
        "insertion",
        "rdf",
        "readback",
        "reference",
        "rulebook",
        "rules",
        "skeletons",
        "sparql",
        "wording",
        "words",
    },
    {"medicines"},
    {"surroundings"},
    {"belonging", "presence"},
    {
        "attribution",
        "backing",
        "catalogue",
        "compiled",
        "coverage",
        "drafts",
        "export",
        "inquiry",
        "inventory",
        "lookup",
        "changelog",
        "selects",
        "sides",
        "loading",
        "outcome",
        "questions",
        "vocabularies",
    },
    {"release", "release.citation", "release.copies", "release.counts", "release.statements", "release.sums"},
    {
        "release.agreement",
        "release.description",
        "release.fhir",
        "release.guide",
        "release.integrity",
        "release.kgx",
        "release.schemaorg",
        "release.tables",
    },
    {"release.crate"},
    {"release.assembly"},
    {"stores", "stores.credentials", "stores.deadlines", "stores.profiles", "stores.values"},
    {"stores.masking", "stores.authentication", "stores.contents"},
    {"stores.client"},
    {"stores.store"},
    {"stores.catalog", "stores.sessions"},
    {"stores.claims", "stores.remote", "stores.serving", "stores.swaps", "stores.verification"},
    {"stores.adoption", "stores.pruning"},
    {"stores.upgrade"},
    {"stores.receipts"},
    {"stores.deployment"},
    {"answers"},
    {"authoring", "compare", "dependencies", "stats", "excerpts", "provenance", "validation"},
    {"judging"},
    {"release.metadata", "release.soundness"},
    {"portions", "release.examination", "reporting"},
    {"release.verification"},
    {"listing"},
    {"pipeline"},
    {"shards"},
    {"cluster"},
    {"making"},
    {"site", "site.page", "site.readings"},
    {"site.documents"},
    {"site.rows"},
    {"site.medicines", "site.overviews", "site.pictures"},
    {"site.entries"},
    {"site.pages"},
    {"site.searching"},
    {"site.rendering"},
    {"formats", "workflow", "editions"},
    {"api", "doctor", "publishing", "repairs", "showing", "watching"},
    {"__init__", "console"},
    {"cli.completing", "cli.group"},
    {"cli.releasing", "cli.storing"},
    {"cli.asking", "cli.authoring", "cli.checking", "cli.comparing", "cli.curating", "cli.editing"},
    {"cli"},
    {"__main__"},
)
MODULES = sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the name of a module in the package, with dots; a package is named by its folder."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


NAMES = {name_of(path) for path in MODULES}


def imports(path: Path) -> set[str]:
    """Return the modules of the package that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in {
            "ivig_kg",
            "ivig_kg.cli",
            "ivig_kg.release",
            "ivig_kg.stores",
        }:
            package = "" if node.module == "ivig_kg" else node.module.removeprefix("ivig_kg.") + "."
            found |= {package + a.name if package + a.name in NAMES else package.rstrip(".") for a in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ivig_kg."):
            found.add((node.module or "").removeprefix("ivig_kg."))
    return found


def layer(name: str) -> int:
    """Return the number of a module's layer."""
    return next(n for n, names in enumerate(LAYERS) if name in names)


def test_every_module_has_its_layer() -> None:
    """A new module must be given a place."""
    assert set().union(*LAYERS) == NAMES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_down(path: Path) -> None:
    """A module imports from lower layers alone, never from its own."""
    upward = {name for name in imports(path) if layer(name) >= layer(name_of(path))}

    assert upward == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_small(path: Path) -> None:
    """When something grows past these sizes it is two things."""
    text = path.read_text(encoding="utf-8")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]

    assert text.count("\n") <= 300
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > 50] == []
    assert not re.search(r"(^|_)(utils?|helpers?|core|common|misc|models|constants|manager)$", path.stem)
