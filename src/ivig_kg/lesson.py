"""Lesson: a small project on an invented medicine, to learn on."""

from __future__ import annotations

from pathlib import Path

from ivig_kg import writing
from ivig_kg.errors import OutputError

TEMPLATE = Path(__file__).with_name("template")


def begin(folder: Path) -> list[str]:
    """Write the project into a folder that is empty or not there yet.

    Returns:
        The names of the files, sorted.

    Raises:
        OutputError: The folder is not empty, and nothing was written; or it cannot be written.
    """
    files = {p.relative_to(TEMPLATE).as_posix(): p for p in sorted(TEMPLATE.rglob("*")) if p.is_file()}
    try:
        if folder.exists() and any(folder.iterdir()):
            message = f"{folder}: the folder is not empty, and nothing was written; name a new one"
            raise OutputError(message)
        for parent in sorted({Path(name).parent for name in files}):
            (folder / parent).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror or error}"
        raise OutputError(message) from error
    for name, path in files.items():
        writing.save(folder / name, path.read_bytes())
    return list(files)
