"""Lesson: a small project on an invented medicine, to learn on."""

from __future__ import annotations

from pathlib import Path

from ivig_kg import writing

TEMPLATE = Path(__file__).with_name("template")


def begin(folder: Path) -> list[str]:
    """Write the project into a folder that is empty or not there yet.

    Returns:
        The names of the files, sorted.

    Raises:
        OutputError: The folder is not empty, and nothing was written; or it cannot be written.
    """
    files = {p.relative_to(TEMPLATE).as_posix(): p.read_bytes() for p in sorted(TEMPLATE.rglob("*")) if p.is_file()}
    writing.begin(folder, files)
    return list(files)
