"""Syntax: RDF text of others is looked at before an engine reads it that would fall over it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run
from ivig_kg import syntax

DEEP = 50_000  # triples in triples end the process of the engine
IN_A_TRIPLE = "a triple stands in a triple, which no file of ours has"
TOO_DEEP = "brackets stand in brackets more than 100 deep"


def lists(depth: int, opening: str = "[ <urn:p> ", closing: str = "]") -> str:
    """Return Turtle with brackets in brackets."""
    return f"<urn:a> <urn:b> {opening * depth}1{closing * depth} ."


def triples(depth: int) -> str:
    """Return N-Triples with triples in triples."""
    return f"<urn:a> <urn:b> {'<<( <urn:a> <urn:b> ' * depth}<urn:c>{' )>>' * depth} .\n"


@pytest.mark.parametrize("text", [lists(100), lists(100, "( ", " )"), '<urn:a> <urn:b> "((((" . # ' + "[" * 200])
def test_what_is_not_too_deep_is_read(text: str) -> None:
    """At the limit, and where brackets are text or remarks."""
    assert list(syntax.parse(text, ox.RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("text", "said", "column"),
    [
        (lists(101), TOO_DEEP, 17 + 10 * 100),
        (lists(101, "( ", " )"), TOO_DEEP, 17 + 2 * 100),
        ("<urn:a> <urn:é\\u0023> " + "[ <urn:p> " * 101, TOO_DEEP, 23 + 10 * 100),
        ("<urn:a> <urn:b> " + "[ <urn:p> 'a\\'[' , " * 101, TOO_DEEP, 17 + 19 * 100),
        ("PREFIX e: <urn:e>\ne:a\\#b e:b " + "[ e:p " * 101, TOO_DEEP, 12 + 6 * 100),
        (triples(1), IN_A_TRIPLE, 17),
        ("<urn:a> <urn:b> <urn:c> {| <urn:d> <urn:e> |} .", IN_A_TRIPLE, 25),
        ('{"@graph": ' + "[" * 100, TOO_DEEP, 12 + 99),
    ],
)
def test_what_is_too_deep_is_refused_with_its_place(text: str, said: str, column: int) -> None:
    """One past the limit; escapes, texts and remarks do not hide a bracket."""
    with pytest.raises(SyntaxError) as caught:
        syntax.parse(text, ox.RdfFormat.TURTLE)

    assert (caught.value.msg, caught.value.offset) == (said, column)


@pytest.mark.parametrize("name", ["ontology/ivig.ttl", "shapes/Fact.ttl"])
@pytest.mark.parametrize(("wrong", "said"), [(triples(DEEP), IN_A_TRIPLE), (lists(1000), TOO_DEEP)])
def test_definitions_that_would_end_the_process_are_refused(
    part: Path, run: Run, name: str, wrong: str, said: str
) -> None:
    """With the place in the file, and exit code 4."""
    with (part / name).open("a", encoding="utf-8") as file:
        file.write(wrong)

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert said in result.stderr
    assert name in result.stderr


def test_a_literal_with_a_direction_is_refused(part: Path, run: Run) -> None:
    """Not every store knows one, and JSON-LD would lose it."""
    with (part / "ontology/ivig.ttl").open("a", encoding="utf-8") as file:
        file.write('ivig:Drug rdfs:comment "right to left"@en--rtl .\n')

    result = run("-C", part, "check")

    assert result.exit_code == 4
    assert "`right to left` has a direction, which not every triple store keeps" in result.stderr


@pytest.mark.parametrize("suffix", ["nt", "nq", "ttl"])
def test_a_received_graph_that_would_end_the_process_is_refused(tmp_path: Path, run: Run, suffix: str) -> None:
    """By those who verify it, and by those who compare it."""
    received = tmp_path / f"received.{suffix}"
    received.write_text(triples(DEEP), encoding="utf-8")

    verified, compared = run("verify", received), run("diff", received, ".")

    assert verified.exit_code == 1
    assert IN_A_TRIPLE in verified.stdout
    assert compared.exit_code == 3
    assert f"{received}:1:17: this is not an export: {IN_A_TRIPLE}" in compared.stderr
