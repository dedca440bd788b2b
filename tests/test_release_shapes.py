"""The description of a release is held against shapes of its own, and each shape finds what only it finds."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT
from ivig_kg import loading, reference, resources, validation
from ivig_kg.release import citation, description
from ivig_kg.release.statements import Statements
from ivig_kg.schema import RDF, SH

PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in description.PREFIXES.items())
CASES = sorted((ROOT / "tests/cases/release").glob("*.ru"))


@pytest.fixture(scope="module")
def shapes() -> tuple[ox.Triple, ...]:
    """Return the triples of the shapes for a description."""
    folder = ROOT / "shapes/release"
    return tuple(q.triple for path in sorted(folder.glob("*.ttl")) for q in ox.parse(path=str(path)))


@pytest.fixture(scope="module")
def described(whole: loading.Loaded) -> tuple[ox.Triple, ...]:
    """Return the description of a release of this checkout, with one file."""
    project = resources.locate(ROOT)
    loaded = whole
    said, cited = Statements(loaded.quads), citation.read(project)
    release = description.Release(cited, "2026-01-01", "0", said, loaded.quads, loaded.table, "0.0.9")
    files = [description.File("exports/ivig-kg.nq", "application/n-quads", 3, "0" * 64)]
    return tuple(q.triple for q in ox.parse(description.serialize(release, files), ox.RdfFormat.TURTLE))


def test_what_is_written_meets_every_shape(described: tuple[ox.Triple, ...], shapes: tuple[ox.Triple, ...]) -> None:
    """The description has no violation, by our own engine and by the reference."""
    assert validation.validate(described, shapes) == []
    assert validation.validate(described, shapes, engine="pyshacl") == []


def test_every_shape_has_its_case(shapes: tuple[ox.Triple, ...]) -> None:
    """No shape goes without a description that it rejects."""
    named = {
        t.subject.value.rpartition("/")[2]
        for t in shapes
        if t.predicate.value == f"{RDF}type" and t.object.value == f"{SH}PropertyShape"
    }

    assert named == {path.stem for path in CASES}


@pytest.mark.exhaustive(every=4)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_only_this_shape_rejects_it(
    case: Path, described: tuple[ox.Triple, ...], shapes: tuple[ox.Triple, ...]
) -> None:
    """A description with one thing wrong breaks one shape."""
    graph = reference.to_rdflib(described)  # a Store would make integers of nonNegativeIntegers

    graph.update(PREFIXES + case.read_text(encoding="utf-8"))
    broken = ox.parse(graph.serialize(format="nt", encoding="utf-8"), ox.RdfFormat.N_TRIPLES)
    found = validation.validate(tuple(q.triple for q in broken), shapes)

    assert {violation.code for violation in found} == {case.stem}
