"""Processes: one thing done to many items, by as many processes of this machine as are asked for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

_LOOK = 0.5  # seconds between two looks
Item = TypeVar("Item")
Result = TypeVar("Result")


def each(call: Callable[[Item], Result], items: Iterable[Item], *, jobs: int, together: int = 1) -> Iterator[Result]:
    """Yield what a call gives for each item, in the order of the items.

    Args:
        call: What is called; where there are several processes, it is sent to each of them once.
        items: What it is called with.
        jobs: How many processes to work in; in this one where there is one.
        together: How many items are sent to a process at once.
    """
    if jobs == 1:
        yield from map(call, items)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  (slow to import, and most runs do without)

    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(call, os.getpid())) as pool:
        try:
            yield from pool.map(_call, items, chunksize=together)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_called: Callable[[Any], Any] | None = None


def _end_with(parent: int) -> None:
    """End this process once the one that asked for it is gone: killed, it can end nobody."""

    def watch() -> None:
        """Look for it again and again: that it was killed is told to nobody."""
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _begin(call: Callable[[Any], Any], parent: int) -> None:
    """Prepare a process for its items."""
    global _called  # noqa: PLW0603  (a pool of processes has no other place for what its tasks share)
    _end_with(parent)
    _called = call


def _call(item: Any) -> Any:
    assert _called is not None  # noqa: S101  (`_begin` ran)
    return _called(item)
