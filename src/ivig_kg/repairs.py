"""Repairs: what `check --fix` changes in the files of a project, each change tried before it is made."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ivig_kg import amending, fixes, reading, workflow, workplaces
from ivig_kg.findings import Finding, Severity
from ivig_kg.fixes import Fixed
from ivig_kg.loading import load
from ivig_kg.reporting import report
from ivig_kg.resources import Project

MAX_ROUNDS = 5


def propose(paths: Sequence[Path] = (), *, project: Project) -> list[Fixed]:
    """Return the files of a project that safe repairs would change, and write nothing.

    A repair that does not help, because its place stays wrong or something else becomes wrong, is left out.

    Args:
        paths: As for `workflow.check`: what concerns these is repaired, in these files alone.
        project: Where the files are.
    """
    found = workflow.check(paths, project=project).findings
    files = {project.shown(p): p for p in workflow.named(paths, project) or project.files()}
    fixed = []
    for shown in sorted({f.position.path for f in found if f.fix is not None} & set(files)):
        before = reading.content(files[shown])
        if files[shown].suffix == ".tsv":
            after, repaired = fixes.apply(before, (f for f in found if f.position.path == shown))
        else:
            after, tried = _repair(before, files[shown], project)
            repaired = [replace(f, position=replace(f.position, path=shown)) for f in tried]
        if repaired:
            fixed.append(Fixed(shown, before, after, tuple(repaired)))
    return fixed


def save(fixed: Iterable[Fixed]) -> None:
    """Write files with their repairs, each whole.

    Raises:
        OutputError: One of them cannot be written; those before it are.
    """
    for one in fixed:
        amending.amend(Path(one.path), one.after, before=one.before)


def _repair(data: bytes, path: Path, project: Project) -> tuple[bytes, list[Finding]]:
    """Repair a facts file as long as that helps: once a type is right, more can be said of its node."""
    done: list[Finding] = []
    wrong = _findings(data, path, project)
    for _ in range(MAX_ROUNDS):
        fixable = [f for f in wrong if f.fix is not None]
        after, repaired = fixes.apply(data, fixable)
        left = _findings(after, path, project)
        if not _helped(wrong, repaired, left):
            sure = [f for f in fixable if _helped(wrong, [f], _findings(fixes.apply(data, [f])[0], path, project))]
            after, repaired = fixes.apply(data, sure)
            left = _findings(after, path, project)
        if not repaired:
            break
        data, wrong, done = after, left, done + repaired
    return data, done


def _helped(before: list[Finding], repaired: list[Finding], after: list[Finding]) -> bool:
    """Tell whether repairs helped: the file can still be read, what they mend is gone, and no line has a new error."""
    errors, rules = (
        [collections.Counter(map(key, found)) for found in (before, repaired, after)]
        for key in (_line_of_error, lambda f: (f.position.line, f.code))
    )
    mended = all(had[k] - n >= has[k] for had, took, has in (errors, rules) for k, n in took.items() if k is not None)
    return mended and all(f.exit_code == 1 for f in after)


def _line_of_error(finding: Finding) -> int | None:
    return finding.position.line if finding.severity is Severity.ERROR else None


def _findings(data: bytes, path: Path, project: Project) -> list[Finding]:
    """Return what is wrong with a file that holds some bytes, in its project: its ids hide those of the file itself."""
    with workplaces.apart() as folder:
        trial = folder / path.name
        trial.write_bytes(data)
        return list(report(load(project, extra=[trial]), sources=None, only={project.shown(trial)}).findings)
