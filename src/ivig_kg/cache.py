"""Cache: what was found out of a document is kept under a name made of all that it was found out from.

So an entry is never out of date: where anything differs, its name differs, and it is not found. An entry that was
cut short or tampered with is not one. The folder can be deleted at any time, and two runs may use it at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import zlib
from pathlib import Path

VARIABLE = "IVIG_KG_CACHE"
MOST = 2 * 1024**3  # bytes; where there are more, the oldest half is deleted
_DIGEST = 32


def folder() -> Path | None:
    """Return where entries are kept: what IVIG_KG_CACHE says, else where this system keeps such files, if it says."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    try:
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "ivig-kg"
        if sys.platform == "darwin":
            return Path.home() / "Library/Caches/ivig-kg"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ivig-kg"
    except RuntimeError:  # whoever runs this has no home
        return None


def name(*parts: str | bytes) -> str:
    """Return the name of what follows from some parts, each of which counts with its length."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


class Cache:
    """Entries in a folder, each in a file of its own."""

    def __init__(self, place: Path) -> None:
        """Take the folder, which need not exist."""
        self.place = place

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a name; None where there is nothing, or not what was put there."""
        try:
            data = self._path(key).read_bytes()
            content = zlib.decompress(data[_DIGEST:])
        except (OSError, zlib.error):
            return None
        return content if hashlib.sha256(key.encode() + content).digest() == data[:_DIGEST] else None

    def put(self, key: str, content: bytes) -> None:
        """Keep something under a name; where that cannot be, nothing is kept and nothing is said."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
                try:
                    file.write(hashlib.sha256(key.encode() + content).digest() + zlib.compress(content, 1))
                    file.close()
                    Path(file.name).replace(path)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)

    def prune(self, most: int = MOST) -> None:
        """Delete the oldest half of the entries where all together have more bytes than allowed."""
        with contextlib.suppress(OSError):
            kept = [(path.stat(), path) for path in self.place.glob("*/*") if path.is_file()]
            if sum(stat.st_size for stat, _ in kept) > most:
                kept.sort(key=lambda pair: pair[0].st_mtime_ns)
                for _, path in kept[: (len(kept) + 1) // 2]:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.place / key[:2] / key[2:]
