"""The guide of a release: its README, and the recipes that load it into stores.

Every recipe is run by the tests as it stands, from the folder of a release; a store that was not tried has none.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ivig_kg.findings import printable
from ivig_kg.markdown import escaped
from ivig_kg.release.citation import Citation

README = "README.md"
LICENCE = "https://spdx.org/licenses/MIT"  # of the recipes, which are code
_HERE = Path(__file__).parent


def recipes() -> dict[str, bytes]:
    """Return the recipes by their path in a release."""
    return {f"load/{path.name}": path.read_bytes() for path in sorted((_HERE / "load").glob("*.sh"))}


def readme(citation: Citation, *, date: str, manifest: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """Return the README, as Markdown.

    Args:
        citation: What the data are called, their version, authors and licence.
        date: The date of the release, as ISO 8601.
        manifest: The manifest of the exports.
        files: What is in the release: each file or folder, and in a few words what it holds.
    """
    template = string.Template((_HERE / "readme.md").read_text(encoding="utf-8"))
    return template.substitute(
        title=_told(citation.title),
        version=_told(citation.version),
        date=date,
        authors=", ".join(_told(author.name) for author in citation.authors),
        licence=_told(citation.licence),
        address=citation.licence_address,
        abstract=_told(citation.abstract),
        files="\n".join(f"| `{path}` | {holds} |" for path, holds in files.items()),
        quads=manifest["triples"]["dataset"],
        triples=manifest["triples"]["union"],
        **manifest["rdfc10"],
    )


def _told(text: str) -> str:
    """Return what somebody wrote as Markdown shows it, with nothing in it that a terminal might act on."""
    return printable(escaped(text))
