"""Write the digests of what ships into src/ivig_kg/originals.json, or say with --check that they are stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ivig_kg import definitions, grammar, originals
from ivig_kg.originals import Content
from ivig_kg.resources import Project, read_context, read_text
from ivig_kg.shacl import SH

ROOT = Path(__file__).resolve().parents[1]
PATH = ROOT / "src/ivig_kg" / originals.NAME


def made() -> str:
    """Return what the file has to say."""
    project = Project(ROOT, ROOT / "facts", ROOT / "ontology", ROOT / "shapes")
    given = definitions.read(project)
    content = Content(
        shapes=[triple for file in given.shapes for triple in definitions.turtle(file).triples],
        ontology=definitions.turtle(given.ontology).triples,
        context=read_context(project.ontology / "context.jsonld"),
        rules={p.stem: read_text(p) for p in sorted((project.ontology / "rules").glob("*.rq"))},
    )
    texts = [read_text(path) for path in sorted(project.ontology.glob("*/*.rq"))]
    about = [definitions.turtle(definitions.text(path)).triples for path in (ROOT / "shapes/release").glob("*.ttl")]
    asked = {f"{SH}select", f"{SH}pattern"}
    texts += [t.object.value for said in (content.shapes, *about) for t in said if t.predicate.value in asked]
    paths = dict.fromkeys(sorted(grammar.paths(content.shapes)), "")
    queries = dict.fromkeys(sorted(map(originals.of_query, texts)), "")
    found = {"files": originals.of_files(project), "queries": queries, "paths": paths} | originals.digests(content)
    return json.dumps(found, indent=0, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PATH.write_text(made(), encoding="utf-8")
    elif not PATH.is_file() or PATH.read_text(encoding="utf-8") != made():
        sys.exit(f"{PATH.name} is stale: run make docs")
