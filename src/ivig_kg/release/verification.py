"""Verification: a release, a folder of exports or a single file that was received, checked against itself.

What is found is a finding like those of facts, at its place. That all parts fit one another is no proof of who
made them: for that, hold the fingerprint against one that came by another way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ivig_kg import confinement, export, reading, workplaces
from ivig_kg.errors import FactsError, OutputError, UsageError
from ivig_kg.findings import Finding, Position, ordered
from ivig_kg.release import agreement, assembly, copies, description, examination, integrity, soundness, sums
from ivig_kg.release.copies import Copy, UnreadableError
from ivig_kg.release.examination import Task
from ivig_kg.reporting import Report
from ivig_kg.resources import THINGS, shipped

EXPORTS = "exports/"


def verify(path: Path, *, fingerprint: str | None = None) -> Report:
    """Check what was received.

    Args:
        path: The folder of a release, a folder of exports, or a file with the graph in any format.
        fingerprint: The fingerprint of the dataset, or of its union, as it is known from elsewhere.

    Raises:
        FactsError: There is nothing here that could be verified.
        OutputError: There is no room for temporary files.
    """
    report, what = Report((), {}, {}), "the files that were received"
    with workplaces.apart() as place, confinement.Child(_verify, place=place) as child:
        try:
            for found in child.results([path, fingerprint], seconds=examination.SECONDS):
                report, what = found, examination.RUN
        except (TimeoutError, MemoryError, RecursionError, ChildProcessError) as error:
            last = examination.ended(error, what, path.as_posix())
            report = dataclasses.replace(report, findings=(*report.findings, last))
    return report


def _verify(items: Iterator[Any], give: confinement.Give) -> None:
    """Give, in a process of its own, what is found by reading, then all that is found."""
    path, fingerprint = items
    confinement.limit(examination.MEMORY)
    found = _Checks(path)
    if path.is_dir():
        _folder(path, found)
    else:
        _file(path, found)
    task = found.task
    if fingerprint is not None:
        found.against(fingerprint.strip().lower())
    if not found.held and not found.findings and found.files != 1:
        message = f"{path}: there is no graph here in any format, so nothing was verified"
        raise FactsError(message)
    give(found.report())
    if task is not None:
        try:
            found.take(examination.examine(task))
        except OutputError:
            raise  # it is this machine that has no room, and no fault of the release
        except Exception as error:  # noqa: BLE001  (what was received can break what reads it in any way)
            found.take([examination.ended(error, examination.RUN, task.dataset)])
        give(found.report())


class _Checks:
    """What was found, and how much was looked at."""

    def __init__(self, path: Path = Path()) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.files = 0
        self.questions = 0
        self.held: list[Copy] = []
        self.task: Task | None = None

    @property
    def known(self) -> frozenset[str]:
        """The files that something is wrong with."""
        return frozenset(finding.position.path for finding in self.findings)

    def take(self, findings: Iterable[Finding]) -> None:
        """Take what a check finds; a file that cannot be read ends it with a finding."""
        try:
            self.findings.extend(findings)
        except UnreadableError as error:
            self.findings.append(error.finding)

    def read(self, path: str, data: bytes) -> Copy | None:
        """Read the graph of a file, or note why it cannot be read."""
        try:
            self.held.append(copies.read(path, data))
        except UnreadableError as error:
            self.findings.append(error.finding)
            return None
        return self.held[-1]

    def against(self, fingerprint: str) -> None:
        """Hold what was read against a fingerprint that came by another way."""
        fitting = [c for c in self.held if fingerprint in {c.fingerprint, copies.fingerprint(c.union)}]
        if not fitting:
            what = "no graph here has" if self.held else "there is no graph here that could have"
            place = Position(self.held[0].path if self.held else self.path.as_posix(), 1, 1)
            self.findings.append(Finding(agreement.FINGERPRINT, f"{what} the fingerprint {fingerprint}", place))
            return
        for copy in self.held:
            if copy.union != fitting[0].union:
                message = f"it says another graph than {fitting[0].path}, which has the fingerprint {fingerprint}"
                self.findings.append(Finding(agreement.FINGERPRINT, message, Position(copy.path, 1, 1)))

    def report(self) -> Report:
        """Return all of it."""
        triples = max((len(copy.lines) for copy in self.held), default=0)
        counts = {"file": self.files, "format": len(self.held), "triple": triples}
        if self.questions:
            counts["question"] = self.questions
        return Report(tuple(ordered(self.findings)), {}, counts)


def of_files(files: Mapping[str, bytes]) -> Report:
    """Check a release that is not written yet.

    Args:
        files: What each of its files holds, by its path.
    """
    found = _Checks()
    found.files = len(files)
    _exports(files, EXPORTS, found)
    _release(files, found)
    if found.task:
        found.take(examination.examined(found.task))
    return found.report()


def _folder(folder: Path, found: _Checks) -> None:
    files = integrity.contents(folder)
    found.files = len(files)
    there = frozenset(sums.files(folder))
    if sums.NAME in there:
        found.take(integrity.check(files, sums.read(folder), there=there))
        _exports(files, EXPORTS, found)
        _release(files, found)
    elif export.MANIFEST in there:
        if export.MANIFEST not in files:
            message = f"{folder / export.MANIFEST}: it is a link or no file, so nothing was verified"
            raise FactsError(message)
        _exports(files, "", found)
        if manifest := _manifest(files, "", _Checks()):
            found.take(integrity.check_strange(there, manifest))
        _judge(found)
    else:
        message = f"{folder}: there is neither {sums.NAME} nor {export.MANIFEST} here, so nothing was verified"
        raise FactsError(message)


def _exports(files: Mapping[str, bytes], prefix: str, found: _Checks) -> None:
    """Check the exports of a folder: bytes, formats, fingerprints, numbers; the right ones come first afterwards."""
    manifest = _manifest(files, prefix, found)
    if manifest is None:
        return
    found.take(integrity.check_exports(files, manifest, prefix=prefix, known=found.known))
    for name in export.NAMES:
        if prefix + name in files:
            found.read(prefix + name, files[prefix + name])
    parts = sorted(p for p in files if p.startswith(prefix) and export.is_part(p.removeprefix(prefix)))
    read = [copy for part in parts if (copy := found.read(part, files[part]))]
    if read:
        found.held = [*(copy for copy in found.held if copy not in read), copies.joined(read)]
    found.take(agreement.check(found.held, manifest))
    found.held.sort(key=lambda copy: not agreement.is_right(copy, manifest))


def _manifest(files: Mapping[str, bytes], prefix: str, found: _Checks) -> Mapping[str, Any] | None:
    path = prefix + export.MANIFEST
    if path in files:
        try:
            return copies.manifest(path, files[path])
        except UnreadableError as error:
            found.findings.append(error.finding)
    return None


def _release(files: Mapping[str, bytes], found: _Checks) -> None:
    """Check what a release says beside its exports, and whether it has all that a release has."""
    found.take(integrity.check_parts(files, assembly.PARTS, known=found.known))
    right = next((copy for copy in found.held if copy.is_dataset), None)
    if right is None:
        return
    manifest = _manifest(files, EXPORTS, _Checks()) or {}
    found.task = Task(files, right.path, found.known, manifest.get("version"))
    found.questions = sum(path.startswith("ontology/queries/") and path.endswith(".rq") for path in files)


def _file(path: Path, found: _Checks) -> None:
    """Check one file: its bytes where a list beside or above it names them, and what it says where it is the graph."""
    try:
        data = reading.content(path, most=reading.LARGEST)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise FactsError(message) from error
    found.files, shown = 1, path.as_posix()
    root = next((folder for folder in path.absolute().parents if _is_release(folder)), None)
    if root:
        name = path.absolute().relative_to(root).as_posix()
        digests = {at: digest for at, digest in sums.read(root).items() if at == name}
        if name == sums.NAME:
            message = f"{path}: this is the list of a release; name the folder, and all that it lists is checked"
            raise UsageError(message)
        found.take(_named(integrity.check({name: data}, digests, there=frozenset({name})), shown))
    elif copies.form(shown) is None:
        message = (
            f"{path}: no {sums.NAME} is above it, and it is no graph: .{', .'.join(copies.FORMATS)}, or those with .gz"
        )
        raise UsageError(message)
    if copies.form(shown) and (root is None or export.is_export(path.name.removesuffix(".gz"))):
        _graph(path, data, found)
        _judge(found)


def _is_release(folder: Path) -> bool:
    """Tell whether a folder is that of a release: its list names the description, and is no link."""
    listed = folder / sums.NAME
    return (
        listed.is_file()
        and not listed.is_symlink()
        and f"  {description.NAME}\n".encode() in reading.content(listed, most=reading.LARGEST)
    )


def _named(findings: Iterator[Finding], shown: str) -> Iterator[Finding]:
    """Give findings on one file the name that the user has for it."""
    for finding in findings:
        yield dataclasses.replace(finding, position=dataclasses.replace(finding.position, path=shown))


def _graph(path: Path, data: bytes, found: _Checks) -> None:
    """Check the graph of a file against the manifest beside it, and name triples by the formats beside it."""
    copy = found.read(path.as_posix(), data)
    if copy is None:
        return
    if not any(quad.subject.value.startswith(THINGS) for quad in copy.quads):
        message = f"{path}: no fact, concept or source of ivig-kg is in this file"
        raise FactsError(message)
    there = (at for at in path.parent.iterdir() if export.is_export(at.name))
    beside = {at.as_posix(): at for at in there if at.is_file() and not at.is_symlink()}
    files = {name: reading.content(at, most=reading.LARGEST) for name, at in beside.items()}
    prefix = path.with_name(export.MANIFEST).as_posix().removesuffix(export.MANIFEST)
    manifest = _manifest(files, prefix, found)
    if manifest is None or path.name.removesuffix(".gz") not in manifest["files"]:
        return
    others = _Checks()
    if not agreement.is_right(copy, manifest):
        for name in (name for name in files if copies.form(name) and name != path.as_posix()):
            others.read(name, files[name])
    about = agreement.check([copy, *(o for o in others.held if agreement.is_right(o, manifest))], manifest)
    found.take(finding for finding in about if finding.position.path == path.as_posix())
    named = {"files": {n: said for n, said in manifest["files"].items() if n == path.name}}
    found.take(integrity.check_exports({path.as_posix(): data}, named, prefix=prefix))


def _judge(found: _Checks) -> None:
    """Check the shapes and links of exports, or of a single file, by the shapes that ship."""
    copy = next((copy for copy in found.held if copy.is_dataset), None) or next(iter(found.held), None)
    if copy is not None:
        folders = ("ontology", "shapes")
        beside = (path for name in folders for path in (shipped() / name).glob("*.ttl"))
        files = {path.relative_to(shipped()).as_posix(): path.read_bytes() for path in beside}
        ontology, shapes = (soundness.triples_of(files, name) for name in folders)
        found.take(soundness.check(copy, shapes, ontology))
