"""Insertion: a new node in a facts file whose other bytes stay as they are.

The text is not parsed and written anew: comments, order and quoting are the curator's. What comes out
is read back before anyone gets it: it must hold every node that was there, and the new one.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from ivig_kg import facts, reading
from ivig_kg.errors import FactsError, LimitError
from ivig_kg.findings import concise, quoted
from ivig_kg.nodes import Document, Entry, Listing, Mapping, Node, without

_DASH = re.compile(r"( *)- ")
_KEY = "passages"


@dataclasses.dataclass(frozen=True, slots=True)
class Inserted:
    """A facts file with a new node in it.

    Attributes:
        before: What it held; None where it was not there.
        after: What it is to hold.
        line: The number of the line on which the node begins.
    """

    before: bytes | None
    after: bytes
    line: int


def at_end(path: Path, lines: Sequence[str], *, name: str, shown: str) -> Inserted:
    """Return a facts file with a node at its end.

    Args:
        path: The file; one that is missing or holds nothing but comments becomes the file of this node.
        lines: The node, as an item of a list that begins in the first column.
        name: The id of the node.
        shown: The file's name in messages.

    Raises:
        FactsError: The file cannot be read as facts, or the node cannot stand at its end.
        LimitError: The file is too large.
    """
    text, document = _read(path, shown) if path.exists() else ("", facts.parse("", shown=shown))
    newline = _newline(text)
    last = document.nodes[-1] if document.nodes else None
    indent = " " * (_dash(last, document) or 0) if last else ""
    lead = "" if not text or text.endswith("\n") else newline
    lead += "" if not text or text.endswith(("\n\n", "\n\r\n")) else newline
    made = text + lead + _block(lines, indent, newline)
    _hold(document, made, lines, name=name, shown=shown)
    return Inserted(
        text.encode("utf-8") if path.exists() else None, made.encode("utf-8"), (text + lead).count("\n") + 1
    )


def under_source(path: Path, lines: Sequence[str], *, name: str, source: str, shown: str) -> Inserted:
    """Return a facts file with a passage behind the last one of its source.

    Args:
        path: The file in which the source stands.
        lines: The passage, as an item of a list that begins in the first column.
        name: The id of the passage.
        source: The id of the source.
        shown: The file's name in messages.

    Raises:
        FactsError: The file cannot be read as facts, or the passage cannot stand there.
        LimitError: The file is too large.
    """
    text, document = _read(path, shown)
    node = next((n for n in document.mappings if _named(n, source)), None)
    dash = _dash(node, document) if node else None
    if node is None or dash is None:
        raise _refusal(shown, f"the source {quoted(source)} is not an item of a list with a line of its own")
    entry = next((e for e in node.entries if e.key.text == _KEY), None)
    newline = _newline(text)
    if entry is None:
        end = _end(document, node.position.line, dash)
        keys = " " * (node.position.column - 1)
        block = f"{keys}{_KEY}:{newline}" + _block(lines, keys + "  ", newline)
    else:
        last = entry.values[-1] if entry.values else None
        items = _dash(last, document) if last else None
        if last is None or items is None:
            raise _refusal(shown, f"`{_KEY}` of {quoted(source)} is not a list with one item a line")
        end = _end(document, last.position.line, items)
        block = _block(lines, " " * items, newline)
    rows = text.split("\n")
    before = "\n".join(rows[:end]) + ("\n" if end < len(rows) else newline)
    made = before + block + "\n".join(rows[end:])
    _hold(document, made, lines, name=name, shown=shown)
    return Inserted(text.encode("utf-8"), made.encode("utf-8"), before.count("\n") + 1 + (entry is None))


def _read(path: Path, shown: str) -> tuple[str, Document]:
    """Return the text of a facts file with all that stands in it, and the document."""
    try:
        data = reading.begin(path, most=reading.TEXT + 1)
    except OSError:  # which reading it as facts tells
        data = None
    document = facts.read(path, shown=shown, data=data)
    wrong = [f for f in document.findings if f.code != "empty-file"]
    if wrong:
        kind = LimitError if any(f.exit_code == LimitError.exit_code for f in wrong) else FactsError
        message = f"nothing was written: {concise(wrong[0])}"
        raise kind(message)
    return (data or b"").decode("utf-8"), document


def _newline(text: str) -> str:
    """Return how the lines of a text end."""
    first, found, _ = text.partition("\n")
    return "\r\n" if found and first.endswith("\r") else "\n"


def _block(lines: Sequence[str], indent: str, newline: str) -> str:
    return "".join(indent + line + newline for line in lines)


def _named(node: Mapping, name: str) -> bool:
    found = node.get("id")
    return found is not None and found.text == name


def _dash(node: Node, document: Document) -> int | None:
    """Return how many blanks stand before the dash of an item, or None where it does not begin its line."""
    found = _DASH.match(document.lines[node.position.line - 1])
    return len(found[1]) if found and found.end() < node.position.column else None


def _end(document: Document, number: int, dash: int) -> int:
    """Return how many lines there are up to the end of the item that begins on a line."""
    end = number
    for count, line in enumerate(document.lines[number:], number + 1):
        if line.strip():
            if len(line) - len(line.lstrip(" ")) <= dash:
                break
            end = count
    return end


def _hold(before: Document, made: str, lines: Sequence[str], *, name: str, shown: str) -> None:
    """Refuse a text that does not hold what was there before, and the new node."""
    after = facts.parse(made.removeprefix("\ufeff"), shown=shown)
    new = [n for n in after.mappings if _named(n, name)]
    wanted = facts.parse(_block(lines, "", "\n"), shown=shown).nodes
    same = _plainly(without(after, {name}).nodes) == _plainly(before.nodes)
    if after.findings or not same or _plainly(tuple(new)) != _plainly(wanted):
        raise _refusal(shown, "a new node cannot stand there by itself")


def _refusal(shown: str, why: str) -> FactsError:
    return FactsError(f"nothing was written: {shown}: {why}; copy it in by hand")


def _plainly(nodes: Sequence[Node | Entry]) -> list[object]:
    """Return what nodes say, without their places."""
    said: list[object] = []
    for node in nodes:
        if isinstance(node, Mapping):
            said.append(("node", _plainly(node.entries)))
        elif isinstance(node, Listing):
            said.append(("list", _plainly(node.items)))
        elif isinstance(node, Entry):
            said.append((node.key.text, _plainly((node.value,))))
        else:
            said.append(node.text)
    return said
