"""The RO-Crate of a release: its files with their sizes and digests, for repositories that read research objects.

Its context is at an address, as its specification demands; all that it says stands in the description too.
Source: https://www.researchobject.org/ro-crate/specification/1.1/
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ivig_kg.release.description import File, Release

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"


def serialize(release: Release, files: Iterable[File]) -> bytes:
    """Return the metadata file.

    Args:
        release: What is described.
        files: Every file of the release but this one.
    """
    held, citation = sorted(files, key=lambda file: file.path), release.citation
    authors = [{"@id": f"#author-{n}", "@type": a.kind, "name": a.name} for n, a in enumerate(citation.authors, 1)]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": citation.title,
        "description": citation.abstract,
        "identifier": release.iri,
        "version": citation.version,
        "datePublished": release.date,
        "license": {"@id": citation.licence_address},
        "author": [{"@id": author["@id"]} for author in authors],
        "keywords": ", ".join(citation.keywords),
        "hasPart": [{"@id": file.path} for file in held],
    }
    about = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }
    licence = {
        "@id": citation.licence_address,
        "@type": "CreativeWork",
        "name": citation.licence,
    }
    parts = [
        {
            "@id": file.path,
            "@type": "File",
            "name": file.path,
            "encodingFormat": file.media,
            "contentSize": str(file.size),
            "sha256": file.sha256,
            **({"license": {"@id": file.licence}} if file.licence else {}),
        }
        for file in held
    ]
    content = {"@context": CONTEXT, "@graph": [about, root, licence, *authors, *parts]}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
