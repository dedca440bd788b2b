"""Doctor: is what ivig-kg needs here, which files does it read, and what is stale, unchecked or left over?"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from ivig_kg import resources, workflow, workplaces
from ivig_kg.errors import IvigKgError
from ivig_kg.findings import Severity, in_json, printable
from ivig_kg.making import Options
from ivig_kg.reporting import Report
from ivig_kg.resources import Project

PACKAGES = ("click", "httpx", "Jinja2", "pyoxigraph", "pyshacl", "PyYAML", "rapidfuzz", "rdflib")
EXTRAS = {
    "shacl": "fast",
    "backports-zstd": "zstd",
    "distributed": "dask",
    "oxigraph": "serve",
}  # what a package is for that may be missing: the extra that installs it
PYTHON = (3, 11)
ABOUT_RULES = frozenset({"rule-changed", "rule-missing", "rule-off"})  # a check that asks less finds less


class State(enum.Enum):
    """How it stands with one thing."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """One thing that was looked at.

    Attributes:
        topic: `installed`, `project`, `facts`, `exports`, `left over` or `terminal`.
        message: How it stands, in one sentence.
        state: Whether that is well.
        repair: What to do about it; None where all is well.
    """

    topic: str
    message: str
    state: State = State.OK
    repair: str | None = None


def examine(
    directory: Path | None,
    *,
    sources: Path | None,
    environment: Mapping[str, str],
    encoding: str | None,
    is_terminal: bool,
) -> list[Result]:
    """Look at everything, and say how it stands.

    Args:
        directory: The folder that the user named, as for `resources.locate`.
        sources: The folder with the texts of the sources, where they are at hand.
        environment: The environment variables.
        encoding: The encoding of standard output.
        is_terminal: Whether standard output is a terminal.
    """
    found = [*_installed()]
    try:
        project = resources.locate(directory)
    except IvigKgError as error:
        found.append(
            Result("project", str(error), State.WRONG, "name a folder with facts/ in it, or make one: ivig-kg init DIR")
        )
    else:
        found += [*_project(project), *_content(project, sources), *_left_over(project)]
    return [*found, *_terminal(environment, encoding, is_terminal=is_terminal)]


def exit_code(results: Sequence[Result]) -> int:
    """Return 1 where something is wrong, else 0."""
    return int(any(r.state is State.WRONG for r in results))


def as_text(results: Sequence[Result]) -> str:
    """Return one line a result, with what to do below it."""
    lines = []
    for result in results:
        lines.append(f"{result.state.value:<5}  {result.topic:<9}  {printable(result.message)}")
        if result.repair:
            lines.append(f"{'':<18}= help: {printable(result.repair)}")
    return "\n".join(lines) + "\n"


def as_json(results: Sequence[Result]) -> str:
    """Return the results as JSON: state, topic, message and repair (null where all is well)."""
    content = [dataclasses.asdict(r) | {"state": r.state.value} for r in results]
    return in_json({"results": content})


def _installed() -> Iterator[Result]:
    version = platform.python_version()
    if sys.version_info >= PYTHON:
        yield Result("installed", f"Python {version}")
    else:
        yield Result("installed", f"Python {version} is too old", State.WRONG, "use Python 3.11 or newer")
    for name in ("ivig-kg", *PACKAGES):
        try:
            yield Result("installed", f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield Result("installed", f"{name} is missing", State.WRONG, f"install it: pip install {name}")
    for name, extra in EXTRAS.items():
        try:
            yield Result("installed", f"{name} {metadata.version(name)}, of the extra [{extra}]")
        except metadata.PackageNotFoundError:
            yield Result("installed", f"without the extra [{extra}]: pip install 'ivig-kg[{extra}]' adds {name}")
    if getattr(importlib.import_module("yaml"), "__with_libyaml__", False):
        yield Result("installed", "libyaml, the parser in C that PyYAML needs here")
    else:
        message = "PyYAML was built without libyaml, and no facts file can be read"
        yield Result("installed", message, State.WRONG, "install a PyYAML wheel that has it: pip install PyYAML")


def _project(project: Project) -> Iterator[Result]:
    if project.is_shipped:
        message = f"there is no facts/ here or above, so the facts that ship with ivig-kg are read: {project.facts}"
        yield Result("project", message, State.WARN, "go to a project, name one with -C, or make one: ivig-kg init DIR")
    else:
        yield Result("project", f"the project in {project.home}")
    for name, folder in (("ontology", project.ontology), ("shapes", project.shapes)):
        whose = "the project's own" if folder.parent == project.home else "those that ship with ivig-kg"
        yield Result("project", f"{name}: {whose}, in {folder}")


def _content(project: Project, sources: Path | None) -> Iterator[Result]:
    """Say what is wrong or unchecked in the facts, and whether the exports are what they say."""
    folder = project.home / "exports"
    try:
        report, stale = workflow.stale(folder, project=project, options=Options(sources=sources))
    except IvigKgError as error:
        yield Result("facts", str(error), State.WRONG, "run ivig-kg check once that is mended")
        return
    yield from _facts(report)
    if report.exit_code():
        message = "whether the exports are what the facts say is not known while the facts have errors"
        yield Result("exports", message, State.WARN, "mend the facts first")
    elif project.is_shipped:
        yield Result("exports", "none are kept for the facts that ship")
    elif not folder.is_dir():
        yield Result("exports", "there are no exports yet", State.WARN, "write them: ivig-kg build")
    elif stale:
        message = f"not what the facts say: {', '.join(stale)}"
        yield Result("exports", message, State.WRONG, "write them anew: ivig-kg build")
    else:
        yield Result("exports", "they are what the facts say")


def _facts(report: Report) -> Iterator[Result]:
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    if errors:
        yield Result("facts", report.summary(), State.WRONG, "see where and why: ivig-kg check")
    elif warnings:
        yield Result("facts", report.summary(), State.WARN, "see where and why: ivig-kg check")
    else:
        yield Result("facts", report.summary())
    for finding in (f for f in report.findings if f.severity is Severity.NOTE or f.code in ABOUT_RULES):
        yield Result(
            "facts", finding.message, State.WARN, finding.hint or "nothing checks them; read them again by hand"
        )


def _left_over(project: Project) -> Iterator[Result]:
    """Say what killed runs left where ivig-kg writes: beside the exports, in them, and beside facts."""
    below = {p.parent for p in project.facts_files()} if not project.is_shipped else set()
    places = {project.home, project.home / "exports", *below}
    found = sorted(left for place in places for left in place.glob(workplaces.TEMPORARY + "*"))
    for left in found:
        message = f"{os.path.relpath(left)} is what a run that was killed has left"
        yield Result("left over", message, State.WARN, "delete it, unless ivig-kg is at work there")
    if not found:
        yield Result("left over", "nothing of killed runs")


def _terminal(environment: Mapping[str, str], encoding: str | None, *, is_terminal: bool) -> Iterator[Result]:
    why = None
    if not is_terminal:
        why = "standard output is no terminal"
    elif environment.get("NO_COLOR"):
        why = "NO_COLOR is set"
    elif environment.get("TERM") == "dumb":
        why = "TERM is dumb"
    yield Result("terminal", f"colours off: {why}" if why else "colours on")
    if (encoding or "").replace("-", "").casefold() == "utf8":
        yield Result("terminal", f"encoding {encoding}")
    else:
        message = f"the encoding is {encoding or 'not known'}, and ivig-kg writes UTF-8"
        yield Result("terminal", message, State.WARN, "set the terminal to UTF-8, for example with PYTHONUTF8=1")
