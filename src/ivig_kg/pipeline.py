"""Pipeline: a project of any size, checked and turned into quads in portions, on as many cores as there are.

A portion is a few documents with all on which the findings in them depend (see `catalogue`), so the outcome of a
document is the same whatever portion it comes in, and the same as if all had been read at once. Portions share no
state: they run in this process, in others, or on other machines.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ivig_kg import cache as caching
from ivig_kg import catalogue, dependencies, loading, processes, rdf, rules, runs
from ivig_kg import schema as vocabulary
from ivig_kg.cache import Cache
from ivig_kg.catalogue import Catalogue, Listed
from ivig_kg.errors import FactsError
from ivig_kg.findings import Position
from ivig_kg.listing import Listing
from ivig_kg.loading import Base
from ivig_kg.nodes import Document, named
from ivig_kg.outcome import Outcome
from ivig_kg.portions import Kept, Portion, Worker, from_bytes
from ivig_kg.reporting import Gathering, Report
from ivig_kg.resources import Project
from ivig_kg.schema import Triple

WHOLE = 512 * 1024  # bytes of facts files: a project that has no more is one portion
PORTION = 192 * 1024  # where it has more, the bytes of a portion
OVERLAP = 1.3  # how many times the bytes of a project its portions may have together
MANY = 100  # documents found out anew, after which the cache is looked through for what it no longer needs
MOST_LINES = 50_000  # lines of a run that are held in memory

Progress = Callable[[int, int, int], None]  # documents done, documents in all, findings


class Pipeline:
    """A project, ready to be checked and turned into quads.

    Attributes:
        project: Where the files are.
        schema: What a file may say.
        table: The table of mappings.
        about_terms: What is wrong with it.
        catalogue: The documents.
    """

    def __init__(self, project: Project, place: Path, *, engine: str, cache: Cache | None, jobs: int = 1) -> None:
        """Read what is needed to know on which others the findings in each document depend.

        Args:
            project: Where the files are.
            place: A folder for what is needed on the way.
            engine: One of `validation.ENGINES`.
            cache: Where outcomes are kept; None where they are not.
            jobs: How many processes to work in.

        Raises:
            UsageError: The cache would be kept among the facts.
            FactsError: There is no facts file.
            ShapesError: Ontology, context, shapes or a rule cannot be used.
            OutputError: The folder cannot be written.
        """
        if cache:
            project.target(cache.place)
        self.project, self._place, self._engine, self._cache, self._jobs = project, place, engine, cache, jobs
        self.schema = vocabulary.load(project)
        self._rules = tuple(rules.read(project.ontology / "rules", schema=self.schema))
        self._code = caching.name(engine, *dependencies.knowledge(project)) if cache else ""
        self._listing = Listing(project, self.schema, place, code=self._code, cache=cache)
        self._numbers = itertools.count()
        files = project.facts_files()
        if not files:
            message = f"{project.shown(project.facts)}: there is no facts file here, so nothing was checked"
            raise FactsError(message)
        apart = dependencies.is_apart(project, self._rules)
        self.catalogue = Catalogue(place / "catalogue", self._listing.found(files, jobs=jobs), apart=apart)
        names, seeming = self.catalogue.names, self.catalogue.seeming
        self.table, mapped, self.about_terms = loading.mappings(
            project, schema=self.schema, names=names, seeming=seeming
        )
        self._mapped = mapped
        beside = frozenset((*mapped, *self.schema.ontology))
        every = functools.partial(catalogue.all_ids, self.catalogue.file)
        self._bare = Base(project, self.schema, names, self._rules, beside, every=every)

    def report(
        self,
        *,
        triples: bool,
        only: Collection[str] | None = None,
        progress: Progress | None = None,
    ) -> tuple[Report, list[Path]]:
        """Check every document.

        Args:
            triples: Whether the triples are asked for.
            only: As for `reporting.Gathering`.
            progress: Is told how far it is.

        Returns:
            The report, and the files with the triples as sorted runs: those of the documents, the mappings and the
            ontology.

        Raises:
            ShapesError: The shapes cannot be used.
            UsageError: The engine is not installed.
            FactsError: A file changed meanwhile.
        """
        listed = self.catalogue.documents
        gathering = self.gathering(only)
        files: list[Path] = []
        found = done = 0
        for outcomes, run in self._outcomes(range(len(listed)), triples=triples):
            for one in outcomes:
                gathering.add(one)
                found += len(one.findings)
                done += one.counts.get("file", 0)
            files += [run] if run else []
            if progress:
                progress(done, len(listed), found)
        if triples:
            files.append(self.own_run())
        return self.reported(gathering), files

    def gathering(self, only: Collection[str] | None = None) -> Gathering:
        """Return what takes the outcomes of the documents."""
        files = {self.project.shown(path): path for path in self.project.files()}
        return Gathering(self._bare, files, only=only)

    def reported(self, gathering: Gathering) -> Report:
        """Return the report once the outcomes of all documents were added."""
        listed = self.catalogue.documents

        def documents(places: Collection[Position]) -> list[Document]:
            """Return the documents in which some findings stand."""
            names = {at.path for at in places} | {named(at.path, at.line) for at in places}
            return [self._listing.document(one) for one in listed if one.name in names]

        return gathering.report(self.table, self.about_terms, documents)

    @property
    def state(self) -> str:
        """A digest of the facts and of what they are read by, the same on every machine."""
        said = dependencies.read_by(self.project)
        return caching.name(*said, *(one.digest for one in self.catalogue.documents))

    def shard(
        self, number: int, of: int, *, progress: Progress | None = None
    ) -> Iterator[tuple[list[Outcome], Path | None]]:
        """Yield the outcomes of one of several parts of the project, a few at a time, with a file of their triples.

        Args:
            number: Which part, from 1.
            of: How many there are; together they are the project.
            progress: Is told how far it is.
        """
        beside = self.catalogue.beside
        rest = [n for n in range(len(self.catalogue.documents)) if n not in beside]
        parts = self._planned(rest)
        mine = {n for place, (several, _) in enumerate(parts) if place % of == number - 1 for n in several}
        mine |= beside if number == 1 else frozenset()
        done = found = 0
        for outcomes, run in self._outcomes(mine, triples=True):
            done += len(outcomes)
            found += sum(len(one.findings) for one in outcomes)
            if progress:
                progress(done, len(mine), found)
            yield outcomes, run

    def own_run(self) -> Path:
        """Write what no document states: mappings and ontology."""
        quads = [*rdf.quads(self._mapped, "concepts"), *rdf.of_ontology(self.schema)]
        path = self._place / "own.run"
        path.write_bytes(b"".join(runs.of_quads(quads)))
        return path

    def _outcomes(self, numbers: Collection[int], *, triples: bool) -> Iterator[tuple[list[Outcome], Path | None]]:
        """Yield the outcomes of some documents, a few at a time, with a file of their triples where it is asked for.

        First come those that are kept, then those that stand beside all others.
        """
        keys, concepts = self._keys(), self.catalogue.beside
        new: list[int] = []
        beside: set[Triple] = set()
        lines: list[bytes] = []
        for number, kept in self._kept({*numbers, *concepts}, keys):
            if kept is None:
                new.append(number)
                continue
            beside.update(quad.triple for quad in runs.parsed(kept.lines if number in concepts else ()))
            if number in numbers:
                lines += kept.lines if triples else ()
                full = len(lines) > MOST_LINES
                yield [kept.outcome], self._run(lines) if full else None
                lines = [] if full else lines
        if lines:
            yield [], self._run(lines)
        yield from self._made(new, frozenset(numbers), beside, keys, triples=triples)

    def _kept(self, numbers: Iterable[int], keys: Mapping[int, str]) -> Iterator[tuple[int, Kept | None]]:
        for number in sorted(numbers):
            yield number, from_bytes(self._cache.get(keys[number])) if self._cache else None

    def _made(
        self,
        new: Sequence[int],
        numbers: frozenset[int],
        beside: set[Triple],
        keys: Mapping[int, str],
        *,
        triples: bool,
    ) -> Iterator[tuple[list[Outcome], Path | None]]:
        """Yield what has to be found out anew; see `_outcomes`."""
        concepts = self.catalogue.beside
        if len(new) == len(self.catalogue.documents) and self.catalogue.size(new) <= WHOLE:
            whole = self._portion(new, new, keys, triples=triples)
            yield self._worker(self._bare, ()).work(whole, self._listing.document), whole.run
            return
        if first := [number for number in new if number in concepts]:
            portion = self._portion(first, self.catalogue.around(first), keys, triples=True)
            outcomes = self._worker(self._bare, ()).work(portion, self._listing.document)
            beside.update(quad.triple for quad in runs.parsed(runs.Stored(portion.written)))
            if numbers.issuperset(first):
                yield outcomes, portion.run if triples else None
        base = dataclasses.replace(self._bare, beside=self._bare.beside | beside, ids=self.catalogue.ids)
        worker = self._worker(base, [self.catalogue.documents[n] for n in sorted(concepts)])
        rest = [number for number in new if number not in concepts]
        portions = (self._portion(mine, near, keys, triples=triples) for mine, near in self._planned(rest))
        if self._jobs == 1:
            for portion in portions:
                yield worker.work(portion, self._listing.document), portion.run
        elif rest:
            yield from processes.each(worker.worked, portions, jobs=self._jobs)
        if self._cache and len(rest) > MANY:
            self._cache.prune()

    def _planned(self, numbers: Sequence[int]) -> list[tuple[frozenset[int], frozenset[int]]]:
        """Return documents in portions: small ones where few documents depend on others, larger ones where many do."""
        if not self.catalogue.apart:
            return [(frozenset(numbers), self.catalogue.around(numbers))] if numbers else []
        most, size = PORTION, self.catalogue.size(numbers)
        while True:
            found = list(self.catalogue.portions(numbers, most=most))
            if len(found) < 2 or sum(self.catalogue.size(near) for _, near in found) <= OVERLAP * size:  # noqa: PLR2004
                return found
            most *= 2

    def _worker(self, base: Base, concepts: Sequence[Listed]) -> Worker:
        return Worker(base, self._bare, tuple(concepts), self._engine, self._cache)

    def _portion(
        self, mine: Collection[int], near: Collection[int], keys: Mapping[int, str], *, triples: bool
    ) -> Portion:
        listed = self.catalogue.documents
        return Portion(
            tuple(listed[n] for n in sorted(near)),
            frozenset(listed[n].name for n in mine),
            {listed[n].name: keys[n] for n in mine},
            self._new_file() if triples else None,
        )

    def _new_file(self) -> Path:
        return self._place / f"{next(self._numbers)}.run"

    def _run(self, lines: list[bytes]) -> Path:
        path = self._new_file()
        path.write_bytes(b"".join(sorted(set(lines))))
        return path

    def _keys(self) -> dict[int, str]:
        """Return the name under which the outcome of each document is kept: it is made of all that this depends on."""
        listed = self.catalogue.documents
        if self._cache is None:
            return dict.fromkeys(range(len(listed)), "")
        common = caching.name(self._code, self.catalogue.called, *self._digests(self.catalogue.beside))
        if not self.catalogue.apart:
            common = caching.name(common, *self._digests(range(len(listed))))
            return {n: caching.name("outcome", common, one.name) for n, one in enumerate(listed)}
        around = self.catalogue.around
        return {
            n: caching.name("outcome", common, one.name, *self._digests(around([n]))) for n, one in enumerate(listed)
        }

    def _digests(self, numbers: Iterable[int]) -> Iterator[str]:
        for number in sorted(numbers):
            one = self.catalogue.documents[number]
            yield one.name
            yield one.digest
