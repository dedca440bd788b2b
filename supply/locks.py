"""What a user installs: the packages of the locks, and which of them comes with which extra."""

from __future__ import annotations

import importlib.metadata
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from refused import Refused

RUN = "run"
# Where somebody may install: a requirement that holds in none of these is nobody's.
SYSTEMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
PLACES = tuple(
    {
        "sys_platform": platform,
        "platform_system": system,
        "os_name": family,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    for platform, system, family in SYSTEMS
    for python in PYTHONS
)


@dataclass(frozen=True, order=True)
class Locked:
    """One entry of a lock."""

    name: str
    version: str
    marker: str = ""
    hashes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def is_for_here(self) -> bool:
        """Whether this platform and this Python want it."""
        return not self.marker or Marker(self.marker).evaluate()


@dataclass(frozen=True)
class Supply:
    """All that a user installs."""

    groups: Mapping[Locked, tuple[str, ...]]  # with what each comes: `run`, or the extras that want it
    asks: Mapping[str, frozenset[str]]  # what each package asks for by name; nothing of one that is not installed here
    direct: frozenset[str]  # what the project itself asks for, extras aside

    @property
    def run(self) -> list[Locked]:
        """What every user installs."""
        return sorted(one for one, groups in self.groups.items() if RUN in groups)


def read(path: Path) -> list[Locked]:
    """Return the entries of a lock, in its order."""
    lines = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [_entry(line, path) for line in lines if line.strip() and not line.startswith("#")]


def supply(root: Path) -> Supply:
    """Return what a user of the project in a folder installs.

    Raises:
        Refused: The locks lack something that is asked for, or something else is installed here.
    """
    project = project_of(root)
    run = read(root / "locks/run.txt")
    held = read(root / "locks/dev.txt")
    direct = [Requirement(text) for text in project["dependencies"]]
    asks = reached(direct)
    _hold(asks, run, "locks/run.txt")
    groups: dict[Locked, tuple[str, ...]] = dict.fromkeys(run, (RUN,))
    names = {one.name for one in run}
    for extra, wanted in sorted(project.get("optional-dependencies", {}).items()):
        more = reached(Requirement(text) for text in wanted)
        _hold(more, [*run, *held], "locks/dev.txt")
        for one in (one for one in held if one.name in more.keys() - names):
            groups[one] = (*groups.get(one, ()), extra)
        asks |= more
    _agree(groups)
    return Supply(
        groups=groups,
        asks={name: frozenset(wanted) for name, wanted in asks.items()},
        direct=frozenset(canonicalize_name(one.name) for one in direct),
    )


def project_of(root: Path) -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def reached(roots: Iterable[Requirement]) -> dict[str, set[str]]:
    """Return all that some requirements lead to on any platform, and what each of it asks for by name."""
    asks: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    left = [root for root in roots if _is_for_somebody(root, "")]
    while left:
        wanted = left.pop()
        name = canonicalize_name(wanted.name)
        asks.setdefault(name, set())
        for extra in {"", *wanted.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            further = [one for one in _declared(name) if _is_for_somebody(one, extra)]
            asks[name] |= {canonicalize_name(one.name) for one in further}
            left += further
    return asks


def _entry(line: str, path: Path) -> Locked:
    head, *hashes = line.split(" --hash=sha256:")
    asked = Requirement(head.strip())
    (pin, *others) = asked.specifier
    if others or pin.operator != "==" or not hashes:
        message = f"{path.name}: `{head.strip()}` is not one version with its hashes; run make lock"
        raise Refused(message)
    marker = str(asked.marker) if asked.marker else ""
    return Locked(canonicalize_name(asked.name), pin.version, marker, tuple(sorted(h.strip() for h in hashes)))


def _declared(name: str) -> list[Requirement]:
    try:
        return [Requirement(text) for text in importlib.metadata.requires(name) or ()]
    except importlib.metadata.PackageNotFoundError:
        return []


def _is_for_somebody(wanted: Requirement, extra: str) -> bool:
    marker = wanted.marker
    return marker is None or any(marker.evaluate({**place, "extra": extra}) for place in PLACES)


def _hold(asks: Mapping[str, set[str]], lock: Sequence[Locked], name: str) -> None:
    if lacking := sorted(asks.keys() - {one.name for one in lock}):
        message = f"{name} lacks {', '.join(lacking)}; run make lock"
        raise Refused(message)


def _agree(entries: Iterable[Locked]) -> None:
    """Refuse where what is installed is not what the locks say, since all that is told is read from it."""
    for one in sorted(entries):
        if one.is_for_here and (found := installed(one.name)) != Version(one.version):
            message = f"the locks say {one}, and {found or 'none'} is installed; run make build"
            raise Refused(message)


def installed(name: str) -> Version | None:
    """Return the version of a package that is installed here."""
    try:
        return Version(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return None
