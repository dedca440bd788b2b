"""Turtle: the text that a serializer gives, made readable and the same on every machine."""

from __future__ import annotations

import re
from typing import BinaryIO

# a literal or an address, which stay as they are, or a prefix and a local name
_TOKEN = re.compile(
    rb"""
    "(?:[^"\\]|\\.)*" | <[^<>]*>
    | (?P<prefix>[\w.-]*):(?P<local>(?:[\w:%\x80-\xff-]|\.(?=[\w:%\\.-])|\\.)*)
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(rb"\\(.)")


class Readable:
    """A file that takes Turtle or TriG and passes it on with its prefixes sorted and a blank line before each subject.

    A name with a backslash in it (`fhir:Structure\\/Substance`) becomes an address: Virtuoso reads it wrongly.
    A literal never holds a line break there, so every line is a prefix, a graph, a subject or a value.
    """

    def __init__(self, output: BinaryIO, *, depth: int) -> None:
        """Begin.

        Args:
            output: Where the text goes.
            depth: At how many tabs subjects stand: none in Turtle, one in TriG.
        """
        self._output = output
        self._depth = depth
        self._begun = b""
        self._prefixes: list[bytes] | None = []
        self._addresses: dict[bytes, bytes] = {}

    def write(self, data: bytes) -> int:
        """Take some of the text."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        self._output.write(b"".join(map(self._line, lines)))
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is passed on at once."""

    def end(self) -> None:
        """Pass on what was left, which is nothing but prefixes where there are no triples."""
        self._output.write(self._head())

    def _head(self) -> bytes:
        head, self._prefixes = self._prefixes or [], None
        return b"".join(line + b"\n" for line in sorted(head, key=lambda line: line.decode().casefold()))

    def _line(self, line: bytes) -> bytes:
        if self._prefixes is not None and line.startswith(b"@prefix "):
            self._prefixes.append(line)
            _, prefix, address, _ = line.split(b" ")
            self._addresses[prefix.rstrip(b":")] = address.strip(b"<>")
            return b""
        if b"\\" in line:
            line = _TOKEN.sub(self._plain, line)
        head = self._head()
        indent = len(line) - len(line.lstrip(b"\t"))
        return head + (b"\n" if indent <= self._depth and line != b"}" else b"") + line + b"\n"

    def _plain(self, token: re.Match[bytes]) -> bytes:
        """Return a token, with the whole address where its local name has an escape."""
        local = token["local"]
        if not local or b"\\" not in local:
            return token[0]
        return b"<" + self._addresses[token["prefix"]] + _ESCAPE.sub(rb"\1", local) + b">"
