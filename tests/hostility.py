"""A project whose every text is hostile: written for the tests that ask what becomes of such texts on the way out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

CITATION = """\
title: {0}
abstract: {0}
version: 1.0.0
license: CC0-1.0
authors:
  - name: {0}
"""
DRUG = """\
- id: drug
  type: Drug
  label: {0}
  definition: {0}

"""
FACT = """\
- id: condition-{n}
  type: Condition
  label: {1}
  definition: {0}

- id: source-{n}
  type: Source
  label: {0}
  title: {0}
  publisher: {0}
  sourceKind: Monograph
  passages:
    - id: passage-{n}
      type: Passage
      section: {0}

- id: effect-{n}
  type: AdverseEffect
  label: {0}
  about: drug
  effect: condition-{n}
  statedAs: {1}
  frequencyAsStated: {0}
  certaintyAsStated: {0}
  note: {0}
  evidence: passage-{n}
  status: draft

"""
MAPPINGS = """\
#mapping_set_id: https://w3id.org/ivig-kg/mappings/hostile
#license: "https://spdx.org/licenses/CC0-1.0"
#curie_map:
#  "MONDO": "http://purl.obolibrary.org/obo/MONDO_"
#  "bioregistry": "https://bioregistry.io/"
#  "semapv": "https://w3id.org/semapv/vocab/"
#  "skos": "http://www.w3.org/2004/02/skos/core#"
"""
COLUMNS = "subject_id subject_label subject_category predicate_id object_id object_label object_source"
COLUMNS += " mapping_justification comment"
ROW = (
    "kg:condition-{n}\t{1}\tdisease\tskos:exactMatch\tMONDO:{number:07}\t{0}\tbioregistry:mondo\t"
    "semapv:ManualMappingCuration\t{0}\n"
)


def write(folder: Path, texts: Sequence[str]) -> Path:
    """Write a project in which each text is all that it can be: label, quotation, note, title, section, comment."""
    (folder / "facts").mkdir(parents=True)
    (folder / "facts/VERSION").write_text("1.0.0\n", encoding="utf-8")
    facts = DRUG.format(_yaml(f"{texts[0]} drug"))
    rows = MAPPINGS + "\t".join(COLUMNS.split()) + "\n"
    for n, text in enumerate(texts):
        facts += FACT.format(_yaml(text), _yaml(called(text, n)), n=n)
        rows += ROW.format(_cell(text), _cell(called(text, n)), n=n, number=n + 1)
    (folder / "facts/all.yaml").write_text(facts, encoding="utf-8")
    (folder / "facts/mappings.sssom.tsv").write_text(rows, encoding="utf-8")
    (folder / "CITATION.cff").write_text(CITATION.format(_yaml(texts[0])), encoding="utf-8")
    return folder


def called(text: str, number: int) -> str:
    """Return the label of the concept that stands for a text."""
    return f"{text} thing {number}"


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if '"' in text else text
