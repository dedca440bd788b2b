"""Kept: what was made of something that never changes is given again for as long as the same thing comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class Kept(Generic[Given, Made]):
    """A function of one thing that cannot change, such as a tuple; equal things are not the same thing.

    >>> calls = []
    >>> length = Kept(lambda given: calls.append(given) or len(given))
    >>> given = (1, 2)
    >>> length(given), length(given), calls
    (2, 2, [(1, 2)])
    """

    def __init__(self, make: Callable[[Given], Made], *, most: int = 4) -> None:
        """Take the function, and of how many things its results are kept."""
        self._make, self._most = make, most
        self._held: tuple[tuple[Given, Made], ...] = ()

    def __call__(self, given: Given) -> Made:
        """Return what the function makes of something, made now or before."""
        for one, made in self._held:
            if one is given:
                return made
        made = self._make(given)
        self._held = ((given, made), *self._held[: self._most - 1])
        return made
