"""Publishing: a release of a project, checked, compared with the one before, and written as one folder."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from ivig_kg import changelog, editions, export, loading, making, sparql, writing
from ivig_kg.bounds import try_out
from ivig_kg.comparison import Comparison
from ivig_kg.errors import FactsError, UsageError
from ivig_kg.findings import Severity, concise
from ivig_kg.impact import Impact
from ivig_kg.making import Options
from ivig_kg.release import assembly, citation, copies, description, integrity, sums, verification
from ivig_kg.release.assembly import Before
from ivig_kg.reporting import Report
from ivig_kg.resources import VOCABULARY, Project
from ivig_kg.schema import DCTERMS, XSD

EPOCH = "SOURCE_DATE_EPOCH"
_DATES = frozenset(
    {f"{DCTERMS}issued", f"{VOCABULARY}reviewedOn"}
)  # those of a day on which the data were what they are
_MARKS = frozenset({description.NAME, f"exports/{export.MANIFEST}"})  # of a release, among the files of a folder
_NUMBERS = re.compile(r"(\d+)\.(\d+)\.(\d+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """A release that was written.

    Attributes:
        files: The size in bytes of every file, by its path.
        fingerprint: SHA-256 of the canonical form of the dataset.
        comparison: What has changed since the release before, where that was named.
    """

    files: Mapping[str, int]
    fingerprint: str
    comparison: Comparison | None


def release(
    version: str,
    folder: Path,
    *,
    project: Project,
    environment: Mapping[str, str],
    options: Options = making.DEFAULT,
    previous: Path | None = None,
) -> tuple[Report, Published | None]:
    """Check a project and write a release of it into a folder, or nothing where it has errors.

    Args:
        version: Its version, which is that of facts/VERSION.
        folder: Where it goes; an older release that stands there is replaced.
        project: Where the files are.
        environment: The environment variables: SOURCE_DATE_EPOCH is the date, else the newest date in the data.
        options: How the project is checked.
        previous: The folder of the release before.

    Raises:
        UsageError: The version is not that of the project, or too low for what has changed.
        FactsError: CITATION.cff says too little, or the release before is not whole.
        LimitError: A question that does not ship takes too long or too much memory.
        OutputError: It cannot be written; what stood there stands.
    """
    project.target(folder)
    _refuse_itself(folder, previous)
    cited = _cited(project, version)
    sums.written(folder, among=_MARKS)  # raises at once where the list there is none
    with making.exports(project, options, fail_on=Severity.ERROR) as (report, made):
        if made is None:
            return report, None
        with making.workplace() as place:
            made.fill(place, check=True)
            exports = {name: (place / name).read_bytes() for name in made.names}
    loaded = loading.load(project)
    try_out(sparql.trials(sparql.read(project.ontology / "queries")), loaded.quads)
    comparison = _compared(previous, version, project) if previous else None
    files = assembly.files(
        loaded,
        exports,
        cited=cited,
        date=_date(loaded.quads, environment),
        tool=metadata.version("ivig-kg"),
        before=Before(comparison.old, changelog.written(comparison, "markdown")) if comparison else None,
    )
    _refuse_unsound(files)
    writing.replace(folder, files, ours=functools.partial(sums.written, folder, among=_MARKS))
    fingerprint = assembly.manifest(exports)["rdfc10"]["dataset"]
    return report, Published({path: len(data) for path, data in files.items()}, fingerprint, comparison)


def _refuse_unsound(files: Mapping[str, bytes]) -> None:
    found = verification.of_files(files).findings
    if faults := [finding for finding in found if finding.severity is Severity.ERROR]:
        message = f"the release would not be sound, and was not written: {concise(faults[0])}"
        raise FactsError(message)


def _refuse_itself(folder: Path, previous: Path | None) -> None:
    if previous is not None and previous.resolve() == folder.resolve():
        message = f"{folder}: this is the release before; name another folder for the new one"
        raise UsageError(message)


def _cited(project: Project, version: str) -> citation.Citation:
    """Return what CITATION.cff says, where the version is one and the same everywhere."""
    cited = citation.read(project)
    shown = project.shown(project.facts / "VERSION")
    if project.version is None:
        message = f"{shown}: it is not there; a release is of the version that it holds"
        raise FactsError(message)
    if version != project.version:
        message = f"the version of the facts is {project.version}, not {version}: {shown} says so"
        raise UsageError(message)
    if cited.version != version:
        message = (
            f"{project.shown(project.facts.parent / citation.NAME)}: its version is {cited.version}, not {version}"
        )
        raise UsageError(message)
    return cited


def _date(quads: Iterable[Any], environment: Mapping[str, str]) -> str:
    """Return the date of the release."""
    if epoch := environment.get(EPOCH):
        try:
            return dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC).date().isoformat()
        except (ValueError, OverflowError, OSError) as error:
            message = f"{EPOCH} is `{epoch}`, and not a number of seconds since 1970"
            raise UsageError(message) from error
    days = (q.object for q in quads if q.predicate.value in _DATES)
    found = [day.value for day in days if day.datatype.value == f"{XSD}date"]
    if not found:
        message = f"no source and no review has a full date that the release could have; set {EPOCH}"
        raise FactsError(message)
    return str(max(found))


def _compared(previous: Path, version: str, project: Project) -> Comparison:
    """Return what has changed since the release before, where the version says how much that is."""
    before = _version_of(previous)
    old, new = _numbers(before), _numbers(version)
    if old is None or new is None or before == version:
        what = "they are one version" if before == version else "not both are three numbers"
        message = f"{version} after {before}: {what}, so the new one does not say how much has changed"
        raise UsageError(message)
    found = editions.differences(str(previous), None, project=project)
    comparison = dataclasses.replace(found, old=before, new=version)
    least = _least(old, comparison.impact)
    if new < least:
        wanted = ".".join(map(str, least))
        message = (
            f"{version} is too low a version after {before}: {changelog.summary(comparison)}; take {wanted} or a higher"
            f" one; `ivig-kg diff {previous}` says what it is"
        )
        raise UsageError(message)
    return comparison


def _version_of(previous: Path) -> str:
    """Return the version of the release before, where nothing in it is missing or changed."""
    files = integrity.contents(previous)
    found = list(integrity.check(files, sums.read(previous), there=frozenset(sums.files(previous))))
    found += integrity.check_parts(files, assembly.PARTS, known={f.position.path for f in found})
    path = f"exports/{export.MANIFEST}"
    version: object = None
    try:
        version = copies.manifest(path, files.get(path, b"")).get("version")
    except copies.UnreadableError as error:
        found.append(error.finding)
    if found:
        message = f"{previous}: the release before is not whole: {concise(found[0])}"
        raise FactsError(message)
    return str(version)


def _least(before: tuple[int, ...], impact: Impact | None) -> tuple[int, ...]:
    """Return the lowest version that may follow another."""
    major, minor, patch = before
    by_impact = {Impact.MAJOR: (major + 1, 0, 0), Impact.MINOR: (major, minor + 1, 0)}
    return by_impact.get(impact, (major, minor, patch + 1)) if impact else (major, minor, patch + 1)


def _numbers(version: str) -> tuple[int, ...] | None:
    match = _NUMBERS.fullmatch(version)
    return tuple(map(int, match.groups())) if match else None
