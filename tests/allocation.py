"""Allocation: a process of tests keeps the memory that one test took for the next, instead of asking for it anew.

The C library gives large pieces back at once, and the system fills them with zeros when they are asked for again:
where hundreds of tests build the same project that is an eighth of their time.
Source: https://man7.org/linux/man-pages/man3/mallopt.3.html
"""

from __future__ import annotations

import contextlib
import ctypes
from typing import Any

_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc
_MOST = 1024**3  # bytes that are kept
_PIECE = 32 * 1024**2  # bytes of a piece that is kept, at most; glibc takes no more


def keep() -> None:
    """Keep what is no longer used; nothing where the C library is another one."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library: Any = ctypes.CDLL(None)
        library.mallopt(_TRIM, _MOST)
        library.mallopt(_MMAP, _PIECE)


def give_back() -> None:
    """Give back what was kept, before memory is measured."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library: Any = ctypes.CDLL(None)
        library.malloc_trim(0)
