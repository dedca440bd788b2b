"""Offline: the tests in a namespace of the network that holds this machine alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

ENTER = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
QUICK = ["tests/test_network.py"]  # every command is in it; from times = 10 on it is every test that needs no server


def test_the_tests_need_no_network(times: int) -> None:
    """Whatever would go into the network fails there."""
    if not shutil.which("unshare") or subprocess.run([*ENTER, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody have a network of one's own (unshare -rn): not checked")
    there = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    reached = subprocess.run([*ENTER, sys.executable, "-c", there], capture_output=True, text=True, check=False)
    assert "Network is unreachable" in reached.stderr

    chosen = ["tests", "--ignore=tests/torture"] if times >= 10 else QUICK
    command = [*ENTER, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-5000:]
    assert re.search(r"\d+ passed", done.stdout)
