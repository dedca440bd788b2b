"""Turtle: the text that a serializer gives, made readable and the same on every machine."""

from __future__ import annotations

from typing import BinaryIO


class Readable:
    """A file that takes Turtle or TriG and passes it on with its prefixes sorted and a blank line before each subject.

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
            return b""
        head = self._head()
        indent = len(line) - len(line.lstrip(b"\t"))
        return head + (b"\n" if indent <= self._depth and line != b"}" else b"") + line + b"\n"
