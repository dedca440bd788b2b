"""Make a release in dist/: wheel and sdist, bill of materials, licences, audit, and the hashes of them all.

Nothing is put in place, and the exit status is 1, where a promise does not hold: two builds differ, data are lacking,
a licence is not known, a vulnerability is. Where no service answers, the release is made and says NOT AUDITED.

All dates are that of the last commit, or SOURCE_DATE_EPOCH where the environment has it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import audit
import builds
import licences
import locks
import sbom
from refused import Refused

ROOT = Path(__file__).resolve().parents[1]
SUMS = "SHA256SUMS"
FIRST_DATE, LAST_DATE = 315_619_200, 4_354_732_800  # that a zip file can hold, whatever the time zone
NAMED = 5  # names, before the rest is counted


def main() -> int:
    """Make a release, and return 1 where a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="The folder to write; dist/ by default.")
    parser.add_argument("--auditor", type=Path, default=audit.PIP_AUDIT, help="What to run in place of pip-audit.")
    words = parser.parse_args()
    try:
        old = replaceable(words.output)
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made"
            made.mkdir()
            release(made, Path(folder) / "work", auditor=words.auditor)
            put(made, words.output, old)
    except Refused as refusal:
        sys.stderr.write(f"no release: {refusal}\n")
        return 1
    return 0


def release(made: Path, work: Path, *, auditor: Path) -> None:
    """Write a release into an empty folder.

    Raises:
        Refused: A promise does not hold.
    """
    epoch = date(os.environ)
    if differing := builds.changed(ROOT):
        say(f"not what is committed, so no release to give away: {some(differing)}")
    supply = locks.supply(ROOT)
    known = licences.found(list(supply.groups))
    audited = audit.audit(supply.groups, auditor=auditor)
    if audited.vulnerable:
        raise Refused("\n  ".join(["known vulnerabilities:", *audited.lines()]))
    build(made, work, epoch=epoch)
    bill(made, supply, known, epoch=epoch)
    (made / "audit.txt").write_text(str(audited), encoding="utf-8")
    (made / SUMS).write_text("".join(sums(made)), encoding="utf-8")
    say(str(audited).rstrip())


def build(made: Path, work: Path, *, epoch: int) -> None:
    """Write the wheel and the sdist."""
    built = builds.build(ROOT, work, epoch=epoch)
    if lacking := builds.lacking(built):
        raise Refused("\n  ".join(["data are lacking:", *lacking]))
    for path in (built.wheel, built.sdist):
        shutil.copyfile(path, made / path.name)
        say(f"{path.name}: {path.stat().st_size:,} bytes, the same in two builds")
    say("the sdist makes the same wheel; both hold " + ", ".join(builds.DATA))


def bill(made: Path, supply: locks.Supply, known: Mapping[locks.Locked, licences.Licence], *, epoch: int) -> None:
    """Write the bill of materials of the wheel and the sdist, and the table of licences."""
    project = locks.project_of(ROOT)
    listed = sbom.text(project, supply, known, list(made.iterdir()), epoch=epoch)
    name = f"{project['name']}-{project['version']}.cdx.json"
    (made / name).write_text(listed, encoding="utf-8")
    say(f"{name}: {len(supply.run)} packages, valid CycloneDX 1.6")
    (made / "licences.tsv").write_text(licences.table(supply, known), encoding="utf-8")
    absent = [str(one) for one in supply.groups if not one.is_for_here]
    where = f"; not installed here: {some(absent)}" if absent else ""
    say(f"licences.tsv: {len(known)} packages, extras and all{where}")


def date(environment: Mapping[str, str]) -> int:
    """Return the date of all files, in seconds since 1970: SOURCE_DATE_EPOCH, else that of the last commit."""
    said = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not said:
        return builds.date_of_commit(ROOT)
    if not said.isdecimal() or not FIRST_DATE <= int(said) < LAST_DATE:
        message = f"SOURCE_DATE_EPOCH is `{said}`, and no number of seconds from {FIRST_DATE} to {LAST_DATE}"
        raise Refused(message)
    return int(said)


def sums(folder: Path) -> Iterator[str]:
    """Yield the lines that `sha256sum --check` reads."""
    for path in sorted(folder.iterdir()):
        yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"


def replaceable(folder: Path) -> list[Path]:
    """Return the files of an older release.

    Raises:
        Refused: The folder holds other files, which somebody may want.
    """
    held = sorted(folder.iterdir()) if folder.is_dir() else []
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines() if folder / SUMS in held else []
    ours = {SUMS, *(line.partition("  ")[2] for line in lines)}
    if others := [path.name for path in held if path.name not in ours]:
        message = f"{folder} holds what no release of ours wrote: {some(others)}; move it away"
        raise Refused(message)
    return held


def put(made: Path, folder: Path, old: Iterable[Path]) -> None:
    """Put a release in the place of an older one; its hashes come last, so that half a release has none."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(old, key=lambda path: path.name != SUMS):
        path.unlink()
    for path in sorted(made.iterdir(), key=lambda path: path.name == SUMS):
        shutil.copyfile(path, folder / path.name)


def some(names: Iterable[str]) -> str:
    """Return some names, and how many more there are."""
    several = sorted(names)
    more = [f"{len(several) - NAMED} more"] if len(several) > NAMED else []
    return ", ".join([*several[:NAMED], *more])


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
