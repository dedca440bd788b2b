"""Listing: every document of a project once over, for the catalogue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ivig_kg import bundles, catalogue, portions, processes
from ivig_kg import cache as caching
from ivig_kg.cache import Cache
from ivig_kg.catalogue import Listed
from ivig_kg.nodes import Document
from ivig_kg.resources import Project
from ivig_kg.schema import Schema

KEPT = 512 * 1024  # bytes of documents that are not read twice
TOGETHER = 20  # files that are listed at once


class Listing:
    """Reads the documents of a project to list them, and keeps a few of them."""

    def __init__(self, project: Project, schema: Schema, place: Path, *, code: str, cache: Cache | None) -> None:
        """Begin.

        Args:
            project: Where the files are.
            schema: What a file may say.
            place: A folder for what is unpacked.
            code: A name for all that an entry of the catalogue depends on besides its document.
            cache: Where entries are kept; None where they are not.
        """
        self._project, self._schema, self._place = project, schema, place
        self._code, self._cache = code, cache
        self._read: dict[str, Document] = {}
        self._held = 0

    def found(self, files: Sequence[Path], *, jobs: int = 1) -> Iterator[tuple[Listed, catalogue.Entry]]:
        """Yield every document; what is compressed is unpacked beside, to be read again.

        Args:
            files: The files of the project, in its order.
            jobs: How many processes to work in, where there are many files.
        """
        if jobs == 1 or len(files) < TOGETHER:
            for path in files:
                yield from self.of(path)
        else:
            for several in processes.each(self.listed, files, jobs=jobs, together=TOGETHER):
                yield from several

    def listed(self, path: Path) -> list[tuple[Listed, catalogue.Entry]]:
        """Return the documents of a file."""
        return list(self.of(path))

    def of(self, path: Path) -> Iterator[tuple[Listed, catalogue.Entry]]:
        """Yield the documents of a file."""
        shown = self._project.shown(path)
        if not bundles.is_bundle(path):
            yield self._listed(path, shown, portions.content(path) or b"")
        elif bundles.is_packed(path):
            unpacked = self._place / f"{hashlib.sha256(str(path).encode('utf-8', 'surrogateescape')).hexdigest()}.jsonl"
            with unpacked.open("wb") as file:
                for line, data in bundles.lines(path, shown=shown):
                    yield self._listed(unpacked, shown, data, line, file.tell())
                    file.write(data + b"\n")
        else:
            for line, data, start in bundles.places(path, shown=shown):
                yield self._listed(path, shown, data, line, start)

    def _listed(
        self, path: Path, shown: str, data: bytes, line: int = 0, start: int = 0
    ) -> tuple[Listed, catalogue.Entry]:
        listed = Listed(path, shown, len(data), hashlib.sha256(data).hexdigest(), line, start)
        key = caching.name("entry", self._code, listed.digest)
        kept = self._cache.get(key) if self._cache and data else None
        if kept:
            return listed, catalogue.from_json(json.loads(kept))
        found = portions.document(listed, data)
        made = catalogue.entry(found, schema=self._schema)
        if self._cache and not made.unread:
            self._cache.put(key, json.dumps(catalogue.to_json(made)).encode())
        if self._held + listed.size <= KEPT:
            self._held += listed.size
            self._read[listed.name] = found
        return listed, made

    def document(self, listed: Listed) -> Document:
        """Return a document that was listed."""
        return self._read.get(listed.name) or portions.read(listed)
