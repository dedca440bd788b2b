"""Ask the services that pip-audit knows for known vulnerabilities, and never take silence for a clean bill.

pip-audit exits with 0 where its service knew none of the packages. So each package is held against the answer:
it is clean, vulnerable, or not audited.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from locks import Locked

PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
SERVICES: Mapping[str, Sequence[str]] = {
    "the service that pip-audit asks by itself": (),
    "OSV": ("--vulnerability-service", "osv"),
}
SECONDS = 30  # for all services together


@dataclass
class Audit:
    """What was learnt of each package."""

    clean: set[Locked] = field(default_factory=set)
    vulnerable: dict[Locked, list[str]] = field(default_factory=dict)  # with what each advisory says
    unanswered: set[Locked] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)  # why, service by service

    def __str__(self) -> str:
        return "".join(line + "\n" for line in self.lines())

    def lines(self) -> Iterable[str]:
        """Yield a line for each vulnerability, one for all that was not audited, and one for what is clean."""
        for one, advisories in sorted(self.vulnerable.items()):
            yield from (f"VULNERABLE: {one}: {advisory}" for advisory in advisories)
        if self.unanswered:
            of = len(self.unanswered) + len(self.vulnerable) + len(self.clean)
            yield f"NOT AUDITED: {_some(self.unanswered, of)}: {'; '.join(self.reasons)}"
        if self.clean:
            today = dt.datetime.now(tz=dt.UTC).date()
            yield f"no known vulnerability on {today}: {_counted(len(self.clean))}"


def audit(packages: Iterable[Locked], *, auditor: Path = PIP_AUDIT, seconds: float = SECONDS) -> Audit:
    """Ask one service after the other for the packages that none has answered for yet.

    Args:
        packages: What to ask for, whether or not it is wanted on this platform.
        auditor: pip-audit, or a program that takes its options and answers as it does.
        seconds: How long all of it may take.
    """
    result = Audit(unanswered=set(packages))
    if not shutil.which(auditor):
        result.reasons.append("pip-audit is not installed")
        return result
    end = time.monotonic() + seconds
    for number, (service, options) in enumerate(SERVICES.items()):
        if not result.unanswered:
            break
        share = time.monotonic() + (end - time.monotonic()) / (len(SERVICES) - number)
        reasons = []
        for asked in _rounds(result.unanswered):
            answer = _answer([str(auditor), *options], asked, share - time.monotonic())
            reasons.append(answer if isinstance(answer, str) else _learn(result, asked, answer))
        result.reasons += [f"{service}: {reason}" for reason in dict.fromkeys(reasons) if reason]
    return result


def without_addresses(text: str) -> str:
    """Return the last line of what a program said, with neither hosts nor paths in it."""
    line = (text.strip().splitlines() or ["it said nothing"])[-1]
    line = re.sub(r"^(?:\w+\.)+(\w+):", r"\1:", line)  # the module of an exception
    line = re.sub(r"\w+://[^\s'\")>]+", "…", line)
    line = re.sub(r"'[^']*'", "…", line)
    line = re.sub(r"(?<![\w.])(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?(?![\w(])", "…", line)
    line = re.sub(r"(?<![\w.])\d+(?:\.\d+){3}(?::\d+)?", "…", line)
    return re.sub(r"(?<![\w…/])/[^\s'\"():,]+", "…", line)


def _rounds(packages: Iterable[Locked]) -> list[list[Locked]]:
    """Split packages so that none is in a round with two versions, which pip-audit does not take."""
    rounds: list[list[Locked]] = []
    for one in sorted(packages):
        for several in rounds:
            if one.name not in {other.name for other in several}:
                several.append(one)
                break
        else:
            rounds.append([one])
    return rounds


def _answer(command: Sequence[str], packages: Sequence[Locked], seconds: float) -> list[dict[str, Any]] | str:
    """Return what is said of each package, or why nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("".join(f"{one.name}=={one.version}\n" for one in packages), encoding="utf-8")
        options = ["--requirement", str(wanted), "--no-deps", "--disable-pip", "--format", "json", "--desc", "off"]
        options += ["--progress-spinner", "off", "--timeout", "5", "--cache-dir", f"{folder}/cache"]
        said = _said([*command, *options], seconds)
    if isinstance(said, str):
        return said
    out, err = said
    try:
        answer: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return without_addresses(err)
    return answer


def _said(command: Sequence[str], seconds: float) -> tuple[str, str] | str:
    """Run a program for some seconds, and return what it writes, or why it wrote nothing."""
    process = subprocess.Popen(  # noqa: S603  (words of ours)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with process:
        try:
            return process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # and what it started
            return f"no answer within {max(seconds, 0):.0f} s"


def _learn(result: Audit, asked: Sequence[Locked], answer: Iterable[Mapping[str, Any]]) -> str:
    """Sort packages by what was said of them, and return what is to be said of the rest."""
    said: dict[str, Mapping[str, Any]] = {canonicalize_name(of["name"]): of for of in answer}
    known = [one for one in asked if "vulns" in (of := said.get(one.name, {})) and of.get("version") == one.version]
    for one in known:
        result.unanswered.remove(one)
        if advisories := [_advisory(told) for told in said[one.name]["vulns"]]:
            result.vulnerable[one] = sorted(advisories)
        else:
            result.clean.add(one)
    rest = len(asked) - len(known)
    return f"said nothing of {rest} of {_counted(len(asked))}" if rest else ""


def _advisory(told: Mapping[str, Any]) -> str:
    names = ", ".join([told["id"], *sorted(told.get("aliases") or ())])
    fixed = " or ".join(told.get("fix_versions") or ())
    return f"{names}; {f'repaired in {fixed}' if fixed else 'not repaired yet'}"


def _some(packages: Iterable[Locked], of: int) -> str:
    several = sorted(packages)
    names = f" ({', '.join(map(str, several))})" if len(several) < of else ""
    return f"{len(several)} of {_counted(of)}{names}"


def _counted(number: int) -> str:
    return "1 package" if number == 1 else f"{number} packages"
