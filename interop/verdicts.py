"""Verdicts: three engines of SHACL agree on every case, in the nodes and the kinds of constraint of their results."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import programs
import pyoxigraph as ox
from checks import JUDGE, Check

from ivig_kg import loading, reference, resources
from ivig_kg.schema import RDF, SH, Triple
from ivig_kg.shapes import Violation

CASES = programs.ROOT / "tests/cases"
REFERENCE, OTHERS = "pySHACL", ("Jena", "shacl-engine")
_SPARQL, _TARGET = ox.NamedNode(SH + "sparql"), ox.NamedNode(SH + "targetClass")
_TYPE = ox.NamedNode(RDF + "type")
Results = Counter[tuple[str, str]]  # focus node and constraint component


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A file of facts read beside the small project of the cases: its triples, and those of the shapes."""

    name: str
    triples: tuple[Triple, ...]
    shapes: tuple[Triple, ...]
    ontology: tuple[Triple, ...]


def cases() -> Iterator[Case]:
    """Yield every case that reaches the shapes: those that are wrong in one way, and those that are right."""
    base = resources.locate(CASES / "base")
    for path in sorted((CASES / "invalid").glob("*.yaml")) + sorted((CASES / "valid").glob("*.yaml")):
        part = (loaded := loading.load(base, extra=[path])).part
        if any(part.stated[document.name] for document in part.documents if document.name.endswith(f"/{path.name}")):
            triples = {*loaded.base.beside, *part.derived}.union(*part.stated.values())
            yield Case(
                f"{path.parent.name}/{path.stem}", tuple(triples), loaded.schema.shapes, tuple(loaded.schema.ontology)
            )


def check(several: Iterable[Case], folder: Path) -> Iterator[Check]:
    """Yield what came of each case: nothing where the two others say what pySHACL says."""
    asked = {case.name: case for case in several}
    with ThreadPoolExecutor() as pool:
        running = {engine: pool.submit(_by_program, engine, asked, folder) for engine in OTHERS}
        wanted = {name: reference.validate(case.triples, case.shapes) for name, case in asked.items()}
        found = {engine: one.result() for engine, one in running.items()}
    for name, violations in wanted.items():
        yield Check(JUDGE, REFERENCE, name, _sense(name, violations))
        results = Counter((v.focus, v.component) for v in violations)
        for engine, given in found.items():
            yield Check(JUDGE, engine, name, _difference(results, given[name]))


def _sense(name: str, found: Iterable[Violation]) -> str | None:
    """Say where the reference itself cannot be right: a case for a shape breaks it, a right one breaks none."""
    kind, _, stem = name.partition("/")
    codes = {violation.code for violation in found if kind != "valid" or violation.severity != "Info"}
    if kind == "valid":
        return f"a right file breaks {', '.join(sorted(codes))}" if codes else None
    return None if stem in codes or not stem[0].isupper() else "it does not break the shape that it is for"


def _by_program(engine: str, asked: Mapping[str, Case], folder: Path) -> dict[str, Results | str]:
    """Return what Jena or shacl-engine finds, case by case; a sentence where there is no verdict."""
    place = folder / engine
    place.mkdir()
    files = {name: place / f"{name.replace('/', '-')}.nt" for name in asked}
    jobs: list[list[str]] = []
    for shapes, group in itertools.groupby(asked.values(), key=lambda case: (case.shapes, case.ontology)):
        given = shapes[0] if engine == "Jena" else _apart(*shapes)
        jobs.append(["shapes", "shapes", _written(place / f"shapes-{len(jobs)}.nt", given)])
        for case in group:
            path = _written(files[case.name], case.triples)
            jobs.append([case.name, "validate", path, f"{path}.results"])
    run = programs.jena if engine == "Jena" else programs.node
    return {name: _results(files[name]) if fine else said for name, fine, said in run(jobs, folder) if name != "shapes"}


def _apart(shapes: Iterable[Triple], ontology: Iterable[Triple]) -> Iterator[Triple]:
    """Yield shapes as shacl-engine takes them: with the ontology, and each SPARQL constraint in a shape of its own.

    It looks for subclasses in the graph of the shapes, and takes one constraint a shape.
    """
    shapes = tuple(shapes)
    yield from ontology
    for triple in shapes:
        if triple.predicate != _SPARQL:
            yield triple
            continue
        own = ox.NamedNode(f"{triple.object.value}-alone")
        yield ox.Triple(own, triple.predicate, triple.object)
        yield from (
            ox.Triple(own, t.predicate, t.object) for t in shapes if _is_target(t) and t.subject == triple.subject
        )


def _is_target(triple: Triple) -> bool:
    return triple.predicate in {_TARGET, _TYPE}


def _written(path: Path, triples: Iterable[Triple]) -> str:
    ox.serialize(triples, str(path), format=ox.RdfFormat.N_TRIPLES)
    return str(path)


def _results(path: Path) -> Results:
    lines = Path(f"{path}.results").read_text(encoding="utf-8").splitlines()
    return Counter((focus, component) for focus, component, *_ in (line.split("\t") for line in lines))


def _difference(wanted: Results, found: Results | str) -> str | None:
    if isinstance(found, str):
        return found
    if wanted == found:
        return None
    more, fewer = list((found - wanted).elements()), list((wanted - found).elements())
    return f"{found.total()} results instead of {wanted.total()}; not expected {more[:2]}, missing {fewer[:2]}"
