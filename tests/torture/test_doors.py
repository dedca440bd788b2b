"""Every fault of a store at every request of every command: each ends in time, with a sentence and without a secret."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest

import released
from conftest import ROOT, Run
from double import Basic, Digest, Double, Fault
from double_faults import KINDS

SECRET = "s3cret-of-a-test"  # noqa: S105  (of a double)
TIMEOUT = 1.0
GRACE = 8.0  # seconds: to clean up after a load, to start, on a machine with other things to do
COMMANDS = {
    "load": ["--exports", "two"],
    "dry": ["--exports", "two", "--dry-run"],
    "status": ["--status"],
    "rollback": ["--rollback"],
    "prune": ["--prune", "0"],
    "query": ["SELECT * { ?s ?p ?o }"],
    "ask": ["ASK { ?s ?p ?o }"],
    "construct": ["CONSTRUCT WHERE { ?s ?p ?o }"],
}
STATUSES = ("status-301", "status-401", "status-407", "status-418", "status-500", "status-599", "status-999")
AUTHS = {"fuseki": Basic("dba", SECRET), "virtuoso": Digest("dba", SECRET), "oxigraph": None}
AT_ONCE = 30  # combinations that are tried in a run of `make torture`


def _words(double: Double, command: str, folder: Path) -> list[str | Path]:
    """Return the words of a command to a double."""
    more = [folder / word if word == "two" else word for word in COMMANDS[command]]
    kind = double.brand.name if double.brand.name != "fuseki" else "generic"
    place = double.query_url if kind == "generic" else double.url
    if command in {"query", "ask", "construct"}:
        form = ["--format", "ttl" if command == "construct" else "csv", "--auth", "basic"]
        asked = form[:2] if kind == "virtuoso" else form
        return ["-C", ROOT, "query", "-e", *more, "--endpoint", place, "--profile", kind, *asked]
    addresses = ["--update-url", double.update_url, "--graph-store-url", double.graphs_url]
    return ["load", place, "--profile", kind, *(addresses if kind == "generic" else []), *more]


def test_no_fault_of_a_store_hurts(
    tmp_path: Path, run: Run, times: int, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a store does at the first, the second or every request: it ends in time, saying nothing secret."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)
    for name, version in (("one", "1.0.0"), ("two", "2.0.0")):
        released.release(tmp_path / name, version, size=4)
    names = [name for name in KINDS if name != "status"]
    every = list(itertools.product([*names, *STATUSES], COMMANDS, AUTHS, (1, 2, None)))
    struck = 0
    for name, command, brand, nth in chance.sample(every, min(AT_ONCE * times, len(every))):
        tried = f"{name} at {nth or 'every'} of {command} to {brand}"
        with Double(brand=brand, auth=AUTHS[brand]) as double:
            for version in ("one", "two")[: 1 + (command in {"rollback", "prune"})]:
                assert run(*_words(double, "load", tmp_path)[:-1], tmp_path / version).exit_code == 0, tried
            double.faults[:] = [Fault(name, nth=nth)]
            begun = time.monotonic()
            result = run(*_words(double, command, tmp_path), "--timeout", str(TIMEOUT))
            took = time.monotonic() - begun
            elsewhere = "".join(request.text for request in double.elsewhere.requests)
            struck += bool(double.struck)
            said = f"{tried}: {result.output[-500:]}"
            assert took < TIMEOUT + GRACE, f"{took:.1f} s: {said}"
            assert result.exit_code in {0, 5}, said
            assert result.exit_code == 0 or result.stderr.count("\n") == 1, said
            assert SECRET not in result.output + elsewhere, said
            assert "Authorization" not in elsewhere, said
            assert result.stderr.replace("\n", "").isprintable(), said
            assert SECRET not in Path("ivig-kg-receipt.json").read_text(encoding="utf-8"), said
    print(f"{struck} faults struck")  # noqa: T201  (shown by -s)

    assert struck > AT_ONCE * times // 2
