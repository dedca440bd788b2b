"""Try a release with other programs: read it, ask every named question, judge every case; write the page.

Exit status 1 where anything is not as expected. A known difference has to be there still.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import answers
import engines
import page
import programs
import readers
import verdicts
from checks import ASK, Check
from exports import OTHERS, Document, Exports

from ivig_kg import publishing, resources


def tried() -> Iterator[Check]:
    """Yield all that is tried; the cases are judged in a process beside, where pySHACL may set rdflib up."""
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1, get_context("spawn")) as beside:
        folder = Path(name)
        judged = beside.submit(judge, folder)
        release = released(folder)
        tried = [Exports(release / "exports"), *(Document(release, other) for other in OTHERS)]
        for number, exports in enumerate(tried):
            place = folder / f"tried-{number}"
            place.mkdir()
            for reader in readers.READERS:
                yield from readers.check(reader, exports, place)
        yield from asked(release, folder)
        yield from judged.result()


def released(folder: Path) -> Path:
    """Write a release of this checkout, as a partner gets it, and return its folder."""
    project = resources.locate(programs.ROOT)
    report, _ = publishing.release(str(project.version), folder / "release", project=project, environment={})
    if report.exit_code():
        sys.exit(f"there is no release: {report.summary()}")
    return folder / "release"


def judge(folder: Path) -> list[Check]:
    """Return what came of the cases."""
    return list(verdicts.check(verdicts.cases(), folder))


def asked(release: Path, folder: Path) -> Iterator[Check]:
    """Yield what each engine answers to each question; those that are programs of their own run beside the others."""
    queries = {path.stem: path for path in sorted((release / "ontology/queries").glob("*.rq"))}
    exports = release / "exports"
    wanted = engines.expected(exports, queries)
    for name, path in queries.items():
        said = answers.as_committed(wanted[name], path.with_suffix(".csv").read_text(encoding="utf-8"))
        yield Check(ASK, "the answer beside it", name, said)
    with ThreadPoolExecutor(2) as pool:
        running: dict[str, Future[engines.Given]] = {
            engine: pool.submit(ask, exports, queries, folder) for engine, ask in engines.ENGINES.items()
        }
        for engine, given in running.items():
            for (name, over), answer in given.result().items():
                said = answer if isinstance(answer, str) else answers.difference(wanted[name], answer)
                yield Check(ASK, engine, f"{name} over the {over}", said)


def main() -> None:
    """Try everything, say what differs, write the page where all is as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-page", action="store_true", help="Leave docs/interop.md as it is.")
    words = parser.parse_args()
    if missing := programs.missing():
        sys.exit("\n".join(["not installed, so nothing was tried:", *(f"  {name}" for name in missing)]))
    begun, found = time.monotonic(), []
    for check in tried():
        found.append(check)
        if not check.is_fine:
            sys.stdout.write(f"{check}\n")
            sys.stdout.flush()
    failed = sum(not check.is_fine for check in found)
    if not failed and not words.no_page:
        page.write(found, seconds=time.monotonic() - begun)
    sys.stdout.write(f"{len(found) - failed} passed, {failed} failed\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
