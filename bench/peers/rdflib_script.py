"""What many projects start with: YAML read by PyYAML, put under the context, and read as JSON-LD by rdflib."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import rdflib
import yaml


def main(facts: Path, context: Path, target: Path) -> None:
    """Write the triples of all facts files into one N-Triples file."""
    graph = rdflib.Graph()
    head = json.loads(context.read_text(encoding="utf-8"))["@context"]
    for path in sorted(facts.rglob("*.yaml")):
        nodes = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  (every value a text)
        graph.parse(data=json.dumps({"@context": head, "@graph": nodes}), format="json-ld")
    graph.serialize(target, format="nt", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
