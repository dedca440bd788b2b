"""Cluster: the shards of a project worked on by the machines of a Dask cluster that is there already.

Source: https://distributed.dask.org/en/stable/client.html
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

from ivig_kg import shards
from ivig_kg.errors import UsageError
from ivig_kg.pipeline import Progress
from ivig_kg.resources import Project
from ivig_kg.stores import profiles

SHARDS = 4  # for each worker: what a lost one had to do is done again by the others
WAIT = 60  # seconds for the cluster to answer
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+-]*://)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?/?", re.ASCII)


def work(address: str, project: Project, folder: Path, *, engine: str, progress: Progress | None = None) -> None:
    """Have a cluster write all shards of a project into a folder that every machine of it sees.

    Args:
        address: Of its scheduler, as tcp://HOST:PORT.
        project: Where the files are, under the same path on every machine.
        folder: Where to, under the same path on every machine.
        engine: One of `validation.ENGINES`.
        progress: Is told how far it is: shards, not documents.

    Raises:
        UsageError: The address is none or has a password in it, Dask is not installed, or no cluster with workers
            answers.
    """
    _refuse(address)
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        message = "a cluster needs the extra dask: pip install 'ivig-kg[dask]'"
        raise UsageError(message) from error
    try:
        client = distributed.Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"no Dask scheduler answers at {address}"
        raise UsageError(message) from error
    with client:
        workers = len(client.scheduler_info()["workers"])
        if not workers:
            message = f"the Dask scheduler at {address} has no workers"
            raise UsageError(message)
        of = SHARDS * workers
        tasks = [
            client.submit(shards.write, project, number, of, folder, engine=engine, pure=False)
            for number in range(1, of + 1)
        ]
        findings = 0
        for done, task in enumerate(distributed.as_completed(tasks, loop=client.loop), 1):
            findings += task.result()
            if progress:
                progress(done, of, findings)


def _refuse(address: str) -> None:
    """Raise where an address gives a secret away, or might; it is not repeated then."""
    try:
        has_user = profiles.has_user(address)
    except ValueError:
        has_user = False
    if has_user:
        message = "a password in an address ends up in logs and lists of processes: name the scheduler without it"
        raise UsageError(message)
    if not _ADDRESS.fullmatch(address):
        message = f"{profiles.shown(address)}the address of a scheduler is like tcp://127.0.0.1:8786"
        raise UsageError(message)
