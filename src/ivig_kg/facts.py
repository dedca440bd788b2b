"""Read facts files: YAML by libyaml events, every scalar a string, every node with its place.

`yaml.safe_load` would read `1:40` as 100, `no` as False and keep the last of two equal keys. Here a
value is what the curator typed, and whatever could change it on the way is refused with its place:
duplicate keys, anchors, aliases, merge keys, tags, several documents, tabs, invisible characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ivig_kg import appearance, bundles, textfile
from ivig_kg.errors import FactsError, LimitError
from ivig_kg.findings import Finding, Position, quoted
from ivig_kg.nodes import Document, Entry, Listing, Mapping, Node, Scalar

MAX_DEPTH = 32
MAX_FINDINGS = 200  # of one file that cannot be read

_TOO_DEEP = "exceeded maximum nesting depth"
_CORE_TAGS = "tag:yaml.org,2002:"
_ID_LINE = re.compile(r"^[ -]*\bid:[ ]*([a-z0-9-]+)", re.MULTILINE)
_ID_IN_LINE = re.compile(r'"id" *: *"([a-z0-9-]+)"')
_SYNTAX_HINTS = (
    ("mapping values are not allowed", "put a value that contains `: ` between quotation marks"),
    ("did not find expected key", "every key of a node starts in the same column"),
    ("found character that cannot start any token", "put the value between quotation marks"),
    ("did not find expected '-' indicator", "every node of the list starts with `- ` in the same column"),
    ("unexpected end of stream", "a quotation mark, bracket or brace is not closed"),
)


def read(path: Path, *, shown: str, data: bytes | None = None) -> Document:
    """Read one facts file.

    Args:
        path: The file.
        shown: Its name in findings.
        data: What it holds, where that was read already.

    Returns:
        The document. A file that cannot be read as facts is a document without nodes whose
        findings say why, each with exit code 3, or 7 for a limit.

    Source: https://yaml.org/spec/1.1/
    """
    file = textfile.read(path, shown=shown, tabs=False, data=data)
    return _document(file.text, list(file.findings), shown)


def line(data: bytes, *, path: Path, shown: str, number: int) -> Document:
    """Read one document of a bundle; see `read` and `bundles`.

    Args:
        data: The line, without its end.
        path: The file.
        shown: Its name in findings.
        number: The number of the line.
    """
    file = textfile.read(path, shown=shown, tabs=False, data=data, first=number)
    return _document(file.text, list(file.findings), shown, number)


def documents(path: Path, *, shown: str) -> Iterator[Document]:
    """Yield the documents of a file: itself, or its lines where it is a bundle."""
    if bundles.is_bundle(path):
        yield from (line(data, path=path, shown=shown, number=n) for n, data in bundles.lines(path, shown=shown))
    else:
        yield read(path, shown=shown)


def parse(text: str, *, shown: str) -> Document:
    """Read the text of a facts file; see `read`.

    >>> document = parse("- id: headache\\n  type: Condition\\n", shown="concepts.yaml")
    >>> document.nodes[0].get("type").position.line
    2
    """
    return _document(text, list(textfile.characters(text, shown=shown)), shown)


def _document(text: str, findings: list[Finding], shown: str, line: int = 0) -> Document:
    """Return the document of a text, or why it cannot be read."""
    if findings:
        return _refused(shown, text, findings, line)
    reader = _Reader(shown, max(1, line))
    at = Position(shown, max(1, line), 1)
    roots = reader.run(text)
    if not reader.findings and not roots:
        reader.findings.append(_finding("empty-file", "the file holds no facts", shown, at))
    elif not reader.findings and not isinstance(roots[0], Listing):
        hint = "start every fact with `- `"
        reader.findings.append(
            _finding("not-a-list", "a facts file is a list of nodes", shown, roots[0].position, hint=hint)
        )
    elif not reader.findings and isinstance(roots[0], Listing) and not roots[0].items:
        reader.findings.append(_finding("empty-file", "the file holds no facts", shown, at))
    if reader.findings or not isinstance(roots[0], Listing):
        return _refused(shown, text, reader.findings, line)
    return Document(shown, tuple(text.split("\n")), roots[0].items, line=line)


def _refused(shown: str, text: str, findings: list[Finding], line: int) -> Document:
    ids = frozenset((_ID_IN_LINE if line else _ID_LINE).findall(text))
    return Document(shown, tuple(text.split("\n")), (), tuple(findings), ids, line)


def _finding(code: str, message: str, shown: str, at: Position | None = None, **more: Any) -> Finding:
    more.setdefault("exit_code", FactsError.exit_code)
    return Finding(code, message, at or Position(shown, 1, 1), **more)


class _Reader:
    """Turns libyaml's events into nodes, and collects what is refused on the way."""

    def __init__(self, shown: str, first: int) -> None:
        self.shown = shown
        self.first = first
        self.findings: list[Finding] = []
        self.events: Iterator[Any] = iter(())
        self.looks = appearance.Looks("")

    def run(self, text: str) -> list[Node]:
        """Return the root nodes of the text's documents: none, or one where nothing was refused."""
        yaml = _libyaml()
        self.events = yaml.parse(appearance.ended(text), Loader=yaml.CLoader)
        self.looks = appearance.Looks(text)
        roots: list[Node] = []
        try:
            for event in self.events:
                kind = type(event).__name__
                if kind == "DocumentStartEvent":
                    self._document(event, first=not roots)
                elif not kind.startswith(("Stream", "Document")):
                    roots.append(self._node(event, depth=1))
        except yaml.YAMLError as error:
            self._syntax(error)
        except _Stop:
            pass
        # libyaml gives an empty document as one plain empty scalar
        return [r for r in roots if not (isinstance(r, Scalar) and r.plain and not r.text)]

    def _document(self, event: Any, *, first: bool) -> None:
        if event.version or event.tags:
            self._refuse("yaml-directive", "a YAML directive is not allowed in a facts file", event)
        if not first:
            self._refuse("several-documents", "a facts file is one YAML document", event, hint="take `---` out")
            raise _Stop

    def _node(self, event: Any, *, depth: int) -> Node:
        kind = type(event).__name__
        if depth > MAX_DEPTH:
            found = f"the file is nested more than {MAX_DEPTH} levels deep"
            self._refuse("too-deep", found, event, exit_code=LimitError.exit_code)
            raise _Stop
        if kind == "AliasEvent":
            self._refuse("yaml-alias", f"the alias `*{event.anchor}` is not allowed: write the value out", event)
            return Scalar("", self._at(event))
        if event.anchor:
            self._refuse("yaml-anchor", f"the anchor `&{event.anchor}` is not allowed: write the value out", event)
        self._told(self.looks.of_start(event, is_value=kind == "ScalarEvent"))
        if event.tag:
            tag = quoted(event.tag.replace(_CORE_TAGS, "!!"))
            self._refuse("yaml-tag", f"the tag {tag} is not allowed: every value is text", event)
        if kind == "ScalarEvent":
            return self._scalar(event)
        return self._listing(event, depth) if kind == "SequenceStartEvent" else self._mapping(event, depth)

    def _scalar(self, event: Any) -> Scalar:
        text = event.value
        if event.style == '"':
            odd = any(map(textfile.forbidden, set(text).difference("\n")))
            bad = next(c for c in text if c != "\n" and textfile.forbidden(c)) if odd else None
            if bad:
                message = f"{textfile.forbidden(bad)} (U+{ord(bad):04X}) is not allowed in a value"
                self._refuse("forbidden-character", message, event, hint="take the escape out")
        self._told(self.looks.of_value(event))
        return Scalar(text, self._at(event), plain=not event.style)

    def _listing(self, event: Any, depth: int) -> Listing:
        items = []
        for inner in self.events:
            if type(inner).__name__ == "SequenceEndEvent":
                self._told(self.looks.of_end(event, inner))
                break
            items.append(self._node(inner, depth=depth + 1))
        return Listing(tuple(items), self._at(event))

    def _mapping(self, event: Any, depth: int) -> Mapping:
        entries: list[Entry] = []
        seen: dict[str, Position] = {}
        for inner in self.events:
            if type(inner).__name__ == "MappingEndEvent":
                self._told(self.looks.of_end(event, inner))
                break
            key = self._key(inner, self._node(inner, depth=depth + 1), seen)
            entries.append(Entry(key, self._node(next(self.events), depth=depth + 1)))
        return Mapping(tuple(entries), self._at(event))

    def _key(self, event: Any, node: Node, seen: dict[str, Position]) -> Scalar:
        if not isinstance(node, Scalar) or not node.text:
            self._refuse("key-not-text", "a key is one word of text", event)
            return Scalar("", self._at(event))
        if node.text == "<<":
            self._refuse("yaml-merge", "a merge key `<<` is not allowed: write the keys out", event)
        if node.text in seen:
            first = (("the first stands at", seen[node.text]),)
            self._refuse("duplicate-key", f"the key {quoted(node.text)} stands twice in one node", event, related=first)
        else:
            seen[node.text] = node.position
        return node

    def _at(self, event: Any) -> Position:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Position(self.shown, start.line + self.first, start.column + 1, max(1, length))

    def _told(self, found: Iterable[appearance.Deceit]) -> None:
        for one in found:
            at = Position(self.shown, one.line + self.first, one.column + 1, one.length)
            self._add(_finding(one.code, one.message, self.shown, at, hint=one.hint))

    def _refuse(self, code: str, message: str, event: Any, **more: Any) -> None:
        self._add(_finding(code, message, self.shown, self._at(event), **more))

    def _add(self, finding: Finding) -> None:
        """Keep a finding; stop where there are so many that nobody would read on."""
        self.findings.append(finding)
        if len(self.findings) == MAX_FINDINGS:
            more = _finding(finding.code, "and more may be wrong further on", self.shown, finding.position)
            self.findings.append(more)
            raise _Stop

    def _syntax(self, error: Any) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line, mark.column) if mark else (0, 0)
        at = Position(self.shown, line + self.first, column + 1)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "something is wrong"
        if _TOO_DEEP in problem:
            message = f"the file is nested more than {MAX_DEPTH} levels deep"
            self.findings.append(_finding("too-deep", message, self.shown, at, exit_code=LimitError.exit_code))
            return
        hint = next((hint for words, hint in _SYNTAX_HINTS if words in problem), None)
        self.findings.append(
            _finding("yaml-syntax", f"this cannot be read as YAML: {problem}", self.shown, at, hint=hint)
        )


class _Stop(Exception):
    """Reading cannot go on after what was just refused."""


def _libyaml() -> Any:
    """Return the yaml module, or refuse to go on without its C parser."""
    import yaml  # noqa: PLC0415  (keeps --help fast)

    if not yaml.__with_libyaml__:
        message = "PyYAML was built without libyaml, its fast parser in C; install a PyYAML wheel that has it"
        raise FactsError(message)
    return yaml
