"""What tests have done in processes of their own, which find it by the name of this module."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import bounds, confinement, precautions, sparql
from ivig_kg.confinement import Give
from ivig_kg.errors import UsageError

ERRORS = {
    "usage": UsageError("not this"),
    "memory": MemoryError(),
    "odd": UnicodeDecodeError("utf-8", b"", 0, 1, "odd"),
}


def fail(name: str) -> None:
    """Raise an error by name."""
    raise ERRORS[name]


def leave(status: int) -> None:
    """End at once."""
    os._exit(status)


def wait(seconds: float) -> None:
    """Take long."""
    time.sleep(seconds)


def grow(most: int) -> None:
    """Take memory for as long as one may."""
    threading.Thread(target=confinement.watch, args=(most,), daemon=True).start()
    held = []
    while True:
        held.append(b"x" * 1_000_000)
        time.sleep(0.001)


def ask_unseen(items: Iterator[Any], _give: Give) -> None:
    """Ask what nobody looked at."""
    precautions.refuse = lambda _text, **_: None
    (text,) = items
    bounds.confine(bounds.LIMITS)
    sparql.rows(sparql.ask(text, over=ox.Store()))


def unpack(items: Iterator[Any], give: Give) -> None:
    """Leave a temporary folder behind, as who is killed does, and say where it is."""
    made = Path(tempfile.mkdtemp())
    (made / "shapes.ttl").write_text("", encoding="utf-8")
    give((list(items), made))
