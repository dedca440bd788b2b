"""Pairs: beside each fact that its passage does not bear out, an honest one of the same words.

The cases are in `pairs`, a file for each class of facts. A case is a text with a passage between braces, a fact that
somebody careless or dishonest could write on it, what is told of that one, and an honest fact: of the same text, or of
another one of like words. Of the honest one nothing is told. Some cases are an honest fact alone, of words that once
were misread.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import Run

PAIRS = Path(__file__).parent / "pairs"
LABELS = {concept["id"]: concept["label"] for concept in yaml.safe_load((PAIRS / "concepts.yaml").read_text("utf-8"))}
# what is said of a fact, and not of others of the same project
JUDGED = {
    *("number-apart-from-unit", "number-not-in-passage", "passage-claims-other", "passage-cut", "passage-names-other"),
    *("quotation-names-other", "quotation-negated", "quotation-number", "quotation-says-nothing"),
    *("source-names-other", "unit-not-in-passage", "word-not-in-passage"),
}
VERBS = {
    "Administration": "is given:",
    "AdverseEffect": "may cause",
    "Contraindication": "must not be used in",
    "DosageRegimen": "is dosed for",
    "PreventiveIndication": "prevents",
    "TreatmentIndication": "treats",
}


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the class and the case of each pair."""
    for path in sorted(PAIRS.glob("*.yaml")):
        kind = "".join(word.title() for word in path.stem.split("-"))
        if path.stem != "concepts":
            yield from ((kind, case) for case in yaml.safe_load(path.read_text("utf-8")))


def label(kind: str, about: str, fields: dict[str, Any]) -> str:
    """Return a label that claims what a fact does."""
    named = [LABELS[v] for key, v in fields.items() if key not in {"about", "riskFactor"} and str(v) in LABELS]
    verb = VERBS.get(kind, "has no" if "freeOf" in fields else "contains" if "contains" in fields else "concerns")
    more = [str(fields[key]) for key in ("phase", "aspect") if key in fields]
    numbers = [str(fields[k]) for k in ("authorisationNumber", "productNumber", "identifier") if k in fields]
    return " ".join([LABELS[about], verb, *named, *more, *numbers])


def written(number: int, kind: str, text: str, fields: dict[str, Any], source: dict[str, Any]) -> tuple[str, str]:
    """Return the text of a fact, and the YAML of its source and of itself."""
    before, inside, after = re.split(r"[{}]", text)
    passage = {
        "id": f"s{number}-p",
        "type": "Passage",
        "section": "text",
        "start": len(before),
        "end": len(before) + len(inside),
        "textDigest": hashlib.sha256(inside.encode()).hexdigest(),
    }
    of = {"label": f"source {number}", "title": f"Source {number}", "sourceKind": "ProductLabel", **source}
    about = fields.get("about", "casolin")
    nodes = (
        {"id": f"s{number}", "type": "Source", **of, "textFile": f"s{number}.txt", "passages": [passage]},
        {"id": f"f{number}", "type": kind, "label": label(kind, about, fields), "about": about}
        | fields
        | {"evidence": f"s{number}-p", "status": "draft"},
    )
    return before + inside + after, "".join(f"- {json.dumps(node, ensure_ascii=False)}\n" for node in nodes)


def facts_of(case: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], set[str]]]:
    """Yield text, fields, source and what is told of each fact of a case, the forged one first if there is one."""
    head = f"Casolin\n\n{case['under']}\n\n" if "under" in case else ""
    source = case.get("source", {})
    if "forged" in case:
        yield head + case["text"], case["forged"], source, set(case["told"].split())
    yield head + case.get("other", case["text"]), case["honest"], case.get("otherSource", source), set()


@pytest.mark.slow
def test_a_fact_that_its_passage_does_not_bear_out_is_told_and_an_honest_one_is_not(small: Path, run: Run) -> None:
    """Each kind of fact: the number, the thing, the time, the row of another; what is denied, or nowhere said."""
    (small / "texts").mkdir()
    every = [(kind, *fact) for kind, case in cases() for fact in facts_of(case)]
    facts, owner = (PAIRS / "concepts.yaml").read_text("utf-8"), {}
    for number, (kind, marked, fields, source, _) in enumerate(every):
        text, nodes = written(number, kind, marked, fields, source)
        (small / f"texts/s{number}.txt").write_text(text, encoding="utf-8")
        begin = facts.count("\n")
        facts += nodes
        owner |= dict.fromkeys(range(begin + 1, facts.count("\n") + 1), number)
    (small / "facts/own.yaml").write_text(facts, encoding="utf-8")

    output = run("-C", small, "check", "--no-cache", "--format", "concise", "--sources", small / "texts").stdout

    found: list[set[str]] = [set() for _ in every]
    for line, code in re.findall(r"own\.yaml:(\d+):\d+: \w+ ([\w-]+):", output):
        if int(line) in owner and code in JUDGED:
            found[owner[int(line)]].add(code)
    wrong = [(*case, codes) for case, codes in zip(every, found, strict=True) if codes != case[-1]]
    assert wrong == []
    assert sum(bool(told) for *_, told in every) >= 375
