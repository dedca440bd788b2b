"""Cluster: the shards of a project worked on by the machines of a Dask cluster that is there already.

Source: https://distributed.dask.org/en/stable/client.html
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from ivig_kg import shards
from ivig_kg.errors import UsageError
from ivig_kg.pipeline import Progress
from ivig_kg.resources import Project

SHARDS = 4  # for each worker: what a lost one had to do is done again by the others
WAIT = 60  # seconds for the cluster to answer


def work(address: str, project: Project, folder: Path, *, engine: str, progress: Progress | None = None) -> None:
    """Have a cluster write all shards of a project into a folder that every machine of it sees.

    Args:
        address: Of its scheduler, as tcp://HOST:PORT.
        project: Where the files are, under the same path on every machine.
        folder: Where to, under the same path on every machine.
        engine: One of `validation.ENGINES`.
        progress: Is told how far it is: shards, not documents.

    Raises:
        UsageError: Dask is not installed, or no cluster with workers answers.
    """
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
