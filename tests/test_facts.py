"""Reading: a value is what was typed, and what could change it on the way is refused with its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from conftest import Run
from ivig_kg import facts, nodes
from ivig_kg.errors import FactsError

GOOD = "- id: the-case\n  type: Condition\n  label: some thing\n"


def read(folder: Path, data: bytes) -> nodes.Document:
    """Write bytes to a file and read it."""
    path = folder / "case.yaml"
    path.write_bytes(data)
    return facts.read(path, shown="case.yaml")


def codes(document: nodes.Document) -> list[tuple[str, int, int]]:
    """Return code, line and column of what was refused."""
    return [(f.code, f.position.line, f.position.column) for f in document.findings]


@pytest.mark.parametrize("typed", ["1:40", "010", "no", "2024-02-29", "1e3", "0x10", ".5", "0.40", "~x", "yes", "+1"])
def test_a_scalar_is_what_was_typed(typed: str) -> None:
    """No value turns into a number, a truth value or a date."""
    document = facts.parse(f"- id: {typed}\n", shown="case.yaml")

    node = document.nodes[0]
    assert isinstance(node, nodes.Mapping)
    value = node.get("id")
    assert value is not None
    assert value.text == typed


def test_every_node_has_its_place() -> None:
    """Keys, values, lists and mappings keep line, column and length, counted in characters."""
    text = "- id: the-case\n  label: “é” and\n  passages:\n    - id: the-case-p01\n"

    node = facts.parse(text, shown="case.yaml").nodes[0]

    assert isinstance(node, nodes.Mapping)
    places = [(e.key.text, e.key.position.line, e.value.position.column) for e in node.entries]
    assert places == [("id", 1, 7), ("label", 2, 10), ("passages", 3, 5)]
    inner = node.entries[2].values[0]
    assert (inner.position.line, inner.position.column) == (4, 7)
    assert node.entries[1].value.position.length == len("“é” and")


def test_a_byte_order_mark_and_carriage_returns_change_nothing(tmp_path: Path) -> None:
    """A file from another editor reads the same, with the same places."""
    plain = read(tmp_path, GOOD.encode())
    other = read(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert other.findings == ()
    assert other.nodes == plain.nodes


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", ("empty-file", 1, 1)),
        (b"\xef\xbb\xbf", ("empty-file", 1, 1)),
        (b"# only a remark\n", ("empty-file", 1, 1)),
        (b"[]\n", ("empty-file", 1, 1)),
        (b"--- ~\n", ("not-a-list", 1, 5)),
        (GOOD.encode("utf-16"), ("not-utf-8", 1, 1)),
        (GOOD.encode() + b"  alias: na\xefve\n", ("not-utf-8", 4, 12)),
        (GOOD.encode() + b"  alias: a\x00b\n", ("forbidden-character", 4, 11)),
        (GOOD.encode() + b"  alias: a\x1b[31mb\n", ("forbidden-character", 4, 11)),
        (GOOD.encode() + b"  alias: a\rb\n", ("forbidden-character", 4, 11)),
        (GOOD.encode() + b"  alias: \xed\xa0\x80\n", ("not-utf-8", 4, 10)),
        (GOOD.encode() + b'  alias: "\\ud800"\n', ("yaml-syntax", 4, 13)),
        (GOOD.encode() + "  alias: a\u2028b\n".encode(), ("forbidden-character", 4, 11)),
        (GOOD.encode() + "  alias: a\ufeffb\n".encode(), ("forbidden-character", 4, 11)),
        (b"- {[a]: b}\n", ("key-not-text", 1, 4)),
        (b"- ? {a: b}\n  : c\n", ("key-not-text", 1, 5)),
        (b"- : b\n", ("yaml-syntax", 1, 3)),
    ],
)
def test_what_could_change_a_value_is_refused(tmp_path: Path, data: bytes, wanted: tuple[str, int, int]) -> None:
    """The file is refused as a whole, with the place, and exit code 3."""
    document = read(tmp_path, data)

    assert codes(document)[:1] == [wanted]
    assert document.nodes == ()
    assert {f.exit_code for f in document.findings} == {3}


def test_a_duplicate_key_names_both_places() -> None:
    """The second key is the finding, the first one is named with it."""
    document = facts.parse("- id: a\n  label: b\n  label: c\n", shown="case.yaml")

    (finding,) = document.findings
    assert (finding.code, finding.position.line) == ("duplicate-key", 3)
    assert [place.line for _, place in finding.related] == [2]


def test_a_file_is_at_most_one_mebibyte(tmp_path: Path, run: Run) -> None:
    """One byte more is refused with exit code 7, before anything is parsed."""
    fits = GOOD + "#" * (1024 * 1024 - len(GOOD) - 1) + "\n"

    assert read(tmp_path, fits.encode()).findings == ()
    (finding,) = read(tmp_path, fits.encode() + b"\n").findings
    result = run("check", tmp_path / "case.yaml")

    assert (finding.code, finding.exit_code) == ("file-too-large", 7)
    assert result.exit_code == 7


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_bounded(tmp_path: Path, opening: str) -> None:
    """A file nested a hundred thousand levels deep is refused at once, without a crash."""
    document = read(tmp_path, ("- " + opening * 100_000).encode())

    (finding,) = document.findings
    assert finding.code in {"too-deep", "yaml-syntax"}
    assert finding.exit_code in {3, 7}


def test_depth_of_32_is_allowed() -> None:
    """Thirty-two levels can be read, thirty-three cannot."""
    deep = facts.parse("- " + "[" * 30 + "a" + "]" * 30 + "\n", shown="case.yaml")
    deeper = facts.parse("- " + "[" * 31 + "a" + "]" * 31 + "\n", shown="case.yaml")

    assert deep.findings == ()
    assert [f.code for f in deeper.findings] == ["too-deep"]


def test_without_libyaml_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PyYAML without its C parser is refused in a sentence, and not used slowly."""
    monkeypatch.setattr(yaml, "__with_libyaml__", False)

    with pytest.raises(FactsError, match="libyaml"):
        facts.parse("- what: nobody has read before\n", shown="case.yaml")


@pytest.mark.skipif(os.name == "nt", reason="needs named pipes")
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """A named pipe would wait forever: it is refused instead."""
    os.mkfifo(tmp_path / "pipe.yaml")

    document = facts.read(tmp_path / "pipe.yaml", shown="pipe.yaml")

    assert [f.code for f in document.findings] == ["unreadable-file"]
