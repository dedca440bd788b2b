"""Hostile and damaged files: no crash, no silent change, and every refusal with file and line."""

from __future__ import annotations

import dataclasses
import re

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from ivig_kg import facts, loading, nodes, quotation, resources
from ivig_kg.ids import defined

FILES = sorted((ROOT / "facts").rglob("*.yaml"))
TEXTS = {p.relative_to(ROOT / "facts").as_posix(): p.read_text(encoding="utf-8") for p in FILES}
PROJECT = resources.locate(ROOT)
SHIFTS = ["", " ", "  ", "\t", "- ", "#", " #", ":", ": ", "-", "'", '"', "&a ", "*a", "!x "]
SHIFTS += ["{", "[", "]", "|", ">", "\n", "é", "\u202e", "0"]


def typed_values(text: str) -> list[str]:
    """Return what stands after `key:` on each line, as the eye reads it, quotation marks taken off."""
    found = []
    for line in text.split("\n"):
        match = re.fullmatch(r" *(?:- )?[A-Za-z]+: +(\S.*)", line.rstrip("\r"))
        if match and not match[1].startswith(("#", "|", ">", "[", "{")):
            shown = re.split(r"  #", match[1])[0].rstrip()
            marked = len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "'\""
            found.append(shown[1:-1].replace('\\"', '"') if marked else shown)
    return found


@pytest.fixture(scope="module")
def bases(whole: loading.Loaded) -> dict[str, loading.Base]:
    """Return, by the name of each file, what it is read beside: the ids of all other files, and no triple of theirs."""
    ids = {d.path: {name.text for name, _ in defined([d])} for d in whole.documents}
    shown = {name: (PROJECT.facts / name).relative_to(ROOT).as_posix() for name in TEXTS}
    return {
        name: dataclasses.replace(
            whole.base,
            rules=(),
            beside=frozenset(),
            ids=frozenset[str]().union(*(found for other, found in ids.items() if other != path)),
        )
        for name, path in shown.items()
    }


def accepted(base: loading.Base, text: str) -> list[ox.Triple] | None:
    """Return the triples of a file of the project with another text, or None where it is refused with a place."""
    part = loading.read(base, [facts.parse(text, shown="case.yaml")])
    for finding in part.findings:
        assert finding.position.line >= 1
        assert finding.message
    return None if part.findings else [triple for triples in part.stated.values() for triple in triples]


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a facts file with one thing changed: a line deleted, doubled or moved, or characters put in or taken out."""
    name = draw(st.sampled_from(sorted(TEXTS)))
    text = TEXTS[name]
    lines = text.split("\n")
    kind = draw(st.sampled_from(["delete", "double", "swap", "insert", "cut", "truncate"]))
    number = draw(st.integers(0, len(lines) - 2))
    if kind == "delete":
        del lines[number]
    elif kind == "double":
        lines.insert(number, lines[number])
    elif kind == "swap":
        lines[number], lines[number + 1] = lines[number + 1], lines[number]
    elif kind == "truncate":
        return name, text[: draw(st.integers(0, len(text)))]
    else:
        column = draw(st.integers(0, len(lines[number])))
        added = draw(st.sampled_from(SHIFTS)) if kind == "insert" else ""
        lines[number] = lines[number][:column] + added + lines[number][column + (kind == "cut") :]
    return name, "\n".join(lines)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, derandomize=True)
@given(mutant=mutants())
def test_a_damaged_file_is_refused_or_read_whole(bases: dict[str, loading.Base], mutant: tuple[str, str]) -> None:
    """Whatever is changed in a facts file, every value that stands there is in the graph, or there is a finding."""
    name, text = mutant
    triples = accepted(bases[name], text)

    if triples is not None:
        graph = {t.object.value for t in triples} | {t.subject.value for t in triples}
        local = {value.rpartition("/")[2] for value in graph}
        for value in typed_values(text):
            assert value in graph or value in local, value


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    """The reader has an answer to every text, with a place in it."""
    document = facts.parse(text, shown="case.yaml")

    count = text.count("\n") + 1
    assert bool(document.nodes) != bool(document.findings)
    assert all(1 <= f.position.line <= count + 1 for f in document.findings)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(value=st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_quoted_value_comes_out_as_it_went_in(value: str) -> None:
    """Between single quotation marks every text is itself, or is refused."""
    text = "- id: '" + value.replace("'", "''") + "'\n"
    document = facts.parse(text, shown="case.yaml")

    if document.nodes and "\n" not in value and "\r" not in value:
        (node,) = document.nodes
        assert isinstance(node, nodes.Mapping)
        found = node.get("id")
        assert found is not None
        assert found.text == value


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    text=st.text(st.one_of(st.characters(codec="ascii"), st.sampled_from(" \t\n\x1c\u00a0\u2019\u0301e")), max_size=60)
)
def test_a_text_has_one_normal_form(text: str) -> None:
    """It is the same with the places of its characters and without."""
    assert quotation.normal(text) == quotation.read(text).normal
