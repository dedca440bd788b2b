"""A Dask cluster: real worker processes on this machine, one of which is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig_kg import making, resources, workflow
from ivig_kg.errors import UsageError

sys.path.insert(0, str(ROOT / "bench"))
generate = __import__("generate")
WAIT = 60  # seconds
SHARDS = 8  # four for each of two workers


@contextlib.contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until it is no longer needed."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-m", *words], **quiet) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Return the address of a scheduler on a free port of the loopback, and its two workers."""
    distributed = pytest.importorskip("distributed")
    told = tmp_path / "scheduler.json"
    local = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told))
    with contextlib.ExitStack() as stack:
        stack.enter_context(started("distributed.cli.dask_scheduler", "--port", "0", *local))
        wait(told.is_file)
        worker = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path))
        workers = [stack.enter_context(started(*worker, *local)) for _ in range(2)]
        address = json.loads(told.read_text(encoding="utf-8"))["address"]
        with distributed.Client(address, timeout=WAIT, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=WAIT)
        yield address, workers


def wait(until: object) -> None:
    """Wait until something is so."""
    end = time.monotonic() + WAIT
    while not until():  # type: ignore[operator]
        assert time.monotonic() < end, "this takes too long"
        time.sleep(0.01)


@pytest.mark.server
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_that_loses_a_worker_writes_the_same_bytes(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, run: Run
) -> None:
    """What the lost one had to do is done by the other, and nothing is left behind."""
    address, workers = cluster
    folder = tmp_path / "labels"
    generate.generate(folder, 40)
    assert run("-C", folder, "build", "-o", folder / "one").exit_code == 0

    command = [sys.executable, "-m", "ivig_kg", "-C", str(folder), "build", "-o", str(folder / "out"), "--dask"]
    with subprocess.Popen([*command, address], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as building:
        wait(lambda: list(folder.glob(".ivig-kg-new-*/*.json")) or building.poll() is not None)
        there = len(list(folder.glob(".ivig-kg-new-*/*.json")))
        workers[0].kill()
        output, _ = building.communicate(timeout=4 * WAIT)

    assert building.returncode == 0, output
    assert 1 <= there < SHARDS
    assert workers[1].poll() is None
    for path in (folder / "one").iterdir():
        assert (folder / "out" / path.name).read_bytes() == path.read_bytes()
    assert list(folder.glob(".ivig-kg-*")) == []


@pytest.mark.server
def test_an_address_where_no_scheduler_answers_is_told(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence, and nothing is written."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("ivig_kg.cluster.WAIT", 1)
    options = making.Options(cluster="tcp://127.0.0.1:9")

    with pytest.raises(UsageError, match=re.escape("no Dask scheduler answers at tcp://127.0.0.1:9")):
        workflow.build(small / "out", project=resources.locate(small), options=options)

    assert not (small / "out").exists()


@pytest.mark.parametrize(
    "address",
    [
        *(
            "tcp://u:s3cret@127.0.0.1:1",
            "u:s3cret@127.0.0.1:1",
            "tcp://u%3As3cret%2540h:1",
            "tcp:u:s3cret@h",
            "u:s3cret",
        ),
        *("tcp://h:1?token=s3cret", "tcp://h:1#s3cret", "tls://[s3cret", "tcp://h:1/s3cret@x", "tcp://h\\s3cret@x:1"),
    ],
)
def test_an_address_that_may_hold_a_secret_is_refused_and_not_repeated(
    address: str, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked there, and nothing of it is printed."""
    monkeypatch.setattr("ivig_kg.cluster.WAIT", 1)
    result = run("-C", small, "build", "-o", small / "out", "--dask", address)

    assert result.exit_code == 2, result.output
    assert "address" in result.stderr
    assert "s3cret" not in result.output
    assert not (small / "out").exists()
