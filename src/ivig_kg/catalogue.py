"""Catalogue: which documents a project has, and on which others the findings in each of them depend.

A shape or a rule of this project looks at a fact, at what it names, and at other facts on the same medicine;
words are compared with the names of all concepts. So the findings in a document depend on

* the documents that share a medicine with its facts, the name of a concept or an id,
* those that name a node of it,
* those that all of these name, and those that these name, and so on,

besides ontology, mappings, the names of all concepts, and the files that hold nothing but concepts, which stand
beside every document. What is kept in memory of a document is a few words; ids are in a database on the disk.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import itertools
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ivig_kg import ids, naming
from ivig_kg.naming import SHOWN, Given, Names
from ivig_kg.nodes import Document, named
from ivig_kg.quotation import normal
from ivig_kg.schema import Schema

MAX_BESIDE = 1024 * 1024  # bytes of files that hold concepts alone and stand beside every document

_DEFINED, _NAMED, _SHARED = "defined", "named", "shared"
_PAIRS = """
SELECT DISTINCT one.document, other.document FROM words one JOIN words other ON other.word = one.word
WHERE one.kind = ? AND other.kind = ?
"""
_TWICE = """
SELECT word, document FROM words WHERE kind = ? AND word IN (
    SELECT word FROM words WHERE kind = ? GROUP BY word HAVING count(DISTINCT document) > 1
) ORDER BY word
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue needs to know of one document.

    Attributes:
        ids: The ids that it defines, or seems to define where it cannot be read.
        named: The ids that it names and does not define.
        shared: What documents share that look at one another: medicines of facts, and names of concepts.
        given: What it adds to the names of the project.
        unread: Whether it cannot be read.
        plain: Whether it holds concepts and nothing else.
    """

    ids: tuple[str, ...]
    named: tuple[str, ...]
    shared: tuple[str, ...]
    given: Given
    unread: bool
    plain: bool


def entry(document: Document, *, schema: Schema) -> Entry:
    """Return what the catalogue needs to know of a document."""
    own = frozenset(name.text for name, _ in ids.defined([document])) | document.ids
    named = {value.text for _, _, value in ids.references([document], schema=schema)} - own
    shared: set[str] = set()
    plain = not document.findings
    for node in document.mappings:
        class_iri = schema.classes.get(node.text("type"), "")
        graph = schema.graph_of(class_iri)
        plain = plain and graph == "concepts"
        if graph == "facts":
            shared.update(f"about {value.text}" for value in node.scalars("about"))
            shared.update(() if node.scalars("about") else ("about",))
        elif graph == "concepts":
            shared.update(f"{class_iri} {normal(v.text).casefold()}" for v in naming.values(node, schema, SHOWN))
    return Entry(
        tuple(sorted(own)),
        tuple(sorted(named)),
        tuple(sorted(shared)),
        naming.given(document, schema=schema),
        unread=bool(document.findings),
        plain=plain,
    )


def to_json(one: Entry) -> list[Any]:
    """Return an entry as JSON; `from_json` reads it."""
    given = one.given
    return [one.ids, one.named, one.shared, [given.concepts, given.names, given.broader], one.unread, one.plain]


def from_json(content: list[Any]) -> Entry:
    """Return the entry that JSON stands for.

    Raises:
        TypeError, ValueError: It is not what `to_json` gave.
    """
    own, named, shared, (concepts, names, broader), unread, plain = content
    given = Given(
        tuple((name, kind, label, tuple(aliases), tuple(other)) for name, kind, label, aliases, other in concepts),
        tuple((about, name) for about, name in names),
        tuple((name, tuple(wider)) for name, wider in broader),
    )
    return Entry(tuple(own), tuple(named), tuple(shared), given, unread=unread, plain=plain)


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """One document of a project.

    Attributes:
        file: The file to read it from.
        path: The name of its file as it is shown.
        size: How many bytes it has.
        digest: SHA-256 of these.
        line: The line that it is, where its file has a document a line; else 0.
        start: Where this line begins in the file to read it from, in bytes.
    """

    file: Path
    path: str
    size: int
    digest: str
    line: int = 0
    start: int = 0

    @property
    def name(self) -> str:
        """What tells it from every other document."""
        return named(self.path, self.line)


class Catalogue:
    """The documents of a project by number, in its order.

    Attributes:
        documents: The documents.
        names: What the concepts are called.
        called: A digest of these names.
        apart: Whether the findings in a document depend on some others alone.
        beside: The numbers of the documents that stand beside all others.
        ids: The ids that these define.
        seeming: The ids of documents that cannot be read.
    """

    def __init__(self, file: Path, found: Iterable[tuple[Listed, Entry]], *, apart: bool) -> None:
        """List some documents.

        Args:
            file: Where the database is to be.
            found: The documents, in the order of the project.
            apart: Whether the findings in a document depend on some others alone; on all where it is False.
        """
        self.file = file
        self.documents: list[Listed] = []
        self._database = sqlite3.connect(file)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE words (kind TEXT, word TEXT, document INTEGER)")
        given: list[Given] = []
        plain: dict[int, Entry] = {}
        seeming: set[str] = set()
        held = 0
        for number, (listed, one) in enumerate(found):
            self.documents.append(listed)
            if one.plain and held + listed.size <= MAX_BESIDE:
                plain[number] = one
                held += listed.size
            given += [one.given] if one.given != Given() else []
            seeming.update(one.ids if one.unread else ())
            words = {_DEFINED: one.ids, _NAMED: one.named, _SHARED: one.shared}
            rows = ((kind, word, number) for kind, several in words.items() for word in several)
            self._database.executemany("INSERT INTO words VALUES (?, ?, ?)", rows)
        self.called = hashlib.sha256(repr(given).encode("utf-8", "surrogatepass")).hexdigest()
        self.names: Names = naming.names(given)
        self.seeming = frozenset(seeming)
        self._database.execute("CREATE INDEX word ON words (kind, word)")
        self.apart = apart
        self._set_apart(plain, apart=apart)
        self._database.close()

    def _set_apart(self, plain: dict[int, Entry], *, apart: bool) -> None:
        """Find the documents that stand beside all others, and what the others have to do with one another."""
        known = {word: number for number, one in plain.items() for word in one.ids}
        while leads_out := [n for n, one in plain.items() if self._names_others(one, known)]:
            for number in leads_out:
                known = {word: n for word, n in known.items() if n != number}
                del plain[number]
        self.beside = frozenset(plain if apart else ())
        self.ids = frozenset(known if apart else ())
        self._leads: dict[int, set[int]] = {}
        self._led: dict[int, set[int]] = {}
        for one, other in self._database.execute(_PAIRS, (_NAMED, _DEFINED)) if apart else ():
            if other not in self.beside:
                self._leads.setdefault(one, set()).add(other)
                self._led.setdefault(other, set()).add(one)
        self._alike: dict[int, list[frozenset[int]]] = {}
        for kind in (_SHARED, _DEFINED) if apart else ():
            twice = self._database.execute(_TWICE, (kind, kind))
            for _, rows in itertools.groupby(twice, key=lambda row: row[0]):
                group = frozenset(number for _, number in rows)
                for number in group:
                    self._alike.setdefault(number, []).append(group)
        self._database.execute("DELETE FROM words WHERE kind != ?", (_DEFINED,))
        self._database.commit()

    def _names_others(self, one: Entry, known: Collection[str]) -> bool:
        """Tell whether a document names a node that stands in none of those that define some ids."""
        out = (word for word in one.named if word not in known)
        query = "SELECT 1 FROM words WHERE kind = ? AND word = ?"
        return any(self._database.execute(query, (_DEFINED, word)).fetchone() for word in out)

    def around(self, numbers: Iterable[int]) -> frozenset[int]:
        """Return some documents with all on which the findings in them depend, those beside all others left out."""
        numbers = frozenset(numbers)
        if not self.apart:
            return frozenset(range(len(self.documents)))
        near = set(numbers)
        for number in numbers:
            near = near.union(*self._alike.get(number, ()))
            near |= self._led.get(number, set())
        todo = list(near)
        while todo:
            new = self._leads.get(todo.pop(), set()) - near
            near |= new
            todo += new
        return frozenset(near)

    def size(self, numbers: Iterable[int]) -> int:
        """Return how many bytes some documents have."""
        return sum(self.documents[n].size for n in numbers)

    def portions(self, numbers: Sequence[int], *, most: int) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
        """Yield documents in portions, each with all on which the findings in them depend.

        Args:
            numbers: The documents, in the order of the project.
            most: How many bytes the files of a portion may have, unless one document alone depends on more.
        """
        left, order = set(numbers), collections.deque(numbers)
        while left:
            mine: set[int] = set()
            near: set[int] = set()
            size, queue = 0, collections.deque[int]()
            while queue or left:
                while order and order[0] not in left:
                    order.popleft()
                number = queue.popleft() if queue else order[0]
                if number not in left:
                    continue
                more = self.around([number]) - near
                if mine and size + self.size(more) > most:
                    if queue:
                        continue
                    break
                left.remove(number)
                mine.add(number)
                near |= more
                size += self.size(more)
                queue += sorted(more - {number})
            yield frozenset(mine), frozenset(near)


def all_ids(file: Path) -> Iterator[str]:
    """Yield every id that the documents of a catalogue define.

    Args:
        file: Where its database is.
    """
    with contextlib.closing(sqlite3.connect(file)) as database:
        yield from (word for (word,) in database.execute("SELECT DISTINCT word FROM words WHERE kind = ?", (_DEFINED,)))
