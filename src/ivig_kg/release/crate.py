"""The RO-Crate of a release: its files with their sizes and digests, for repositories that read research objects.

Its context is at an address, as its specification demands; all that it says stands in the description too.
Source: https://www.researchobject.org/ro-crate/specification/1.1/
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ivig_kg.release.description import ABOUT, LICENCE, RELEASES, TITLE, File

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"


def serialize(files: Iterable[File], *, version: str, date: str) -> bytes:
    """Return the metadata file.

    Args:
        files: Every file of the release but this one.
        version: The version of the data.
        date: The date of the release, as ISO 8601.
    """
    held = sorted(files, key=lambda file: file.path)
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": TITLE,
        "description": ABOUT,
        "identifier": RELEASES + version,
        "version": version,
        "datePublished": date,
        "license": {"@id": LICENCE},
        "hasPart": [{"@id": file.path} for file in held],
    }
    about = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }
    licence = {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "Creative Commons Attribution 4.0 International",
        "identifier": "CC-BY-4.0",
    }
    parts = [
        {
            "@id": file.path,
            "@type": "File",
            "name": file.path,
            "encodingFormat": file.media,
            "contentSize": str(file.size),
            "sha256": file.sha256,
        }
        for file in held
    ]
    content = {"@context": CONTEXT, "@graph": [about, root, licence, *parts]}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
