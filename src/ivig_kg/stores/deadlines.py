"""Deadlines: the moment at which everything must be done, and a loop in which nothing goes on after it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from ivig_kg.errors import StoreError

TIDYING = 6.0  # seconds beyond a deadline that cleaning up after a failure may take, in all
clock = time.monotonic


class Deadline:
    """The moment at which everything must be done."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = clock() + seconds
        self._more = 0.0

    @contextlib.contextmanager
    def extended(self, seconds: float) -> Iterator[None]:
        """Move the moment by some seconds meanwhile, to clean up; however often that is done, it is not moved further.

        Args:
            seconds: How many, of `TIDYING` at most.
        """
        before, self._more = self._more, max(self._more, min(seconds, TIDYING))
        try:
            yield
        finally:
            self._more = before

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            StoreError: There are none.
        """
        if self.rest <= 0:
            message = f"the time of {self.seconds:g} s is over (--timeout)"
            raise StoreError(message)
        return self.rest

    @property
    def rest(self) -> float:
        """The seconds that are left; less than none where it is over."""
        return self._end + self._more - clock()

    @property
    def last(self) -> float:
        """The seconds after which nothing is done any more, not even to clean up."""
        return self._end + TIDYING - clock()


class Timed(io.BytesIO):
    """What a store answered, to be read by a parser piece by piece as long as there is time.

    Given as one text it would be parsed in one call, however long that takes: names of columns take a time that grows
    with their square, and a text without triples is never looked at in between.
    """

    def __init__(self, data: bytes, deadline: Deadline) -> None:
        super().__init__(data)
        self._deadline = deadline

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next piece.

        Raises:
            StoreError: There is no time left.
        """
        self._deadline.left()
        return super().read(size)


class Loop(asyncio.SelectorEventLoop):
    """A loop in which nothing waits for the name of a host to be looked up once the time is over.

    What asyncio does for that goes on until the system gives up, some ten seconds, and the program does not end before.
    """

    async def getaddrinfo(self, *words: Any, **more: Any) -> Any:
        """Look a name up; see `socket.getaddrinfo`."""
        found: asyncio.Future[Any] = self.create_future()

        def tell(call: Callable[[Any], None], result: object) -> None:
            """Hand over what was found, unless nobody waits for it any more."""
            if not found.done():
                call(result)

        def look() -> None:
            """Look, in a thread that ends with the program."""
            told: tuple[Callable[[Any], None], object]
            try:
                told = (found.set_result, socket.getaddrinfo(*words, **more))
            except OSError as error:
                told = (found.set_exception, error)
            except Exception as error:  # noqa: BLE001  (a name that is none)
                told = (found.set_exception, OSError(str(error)))
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self.call_soon_threadsafe(tell, *told)

        threading.Thread(target=look, daemon=True).start()
        return await found
