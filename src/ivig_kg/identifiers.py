"""Identifiers: what those of each public vocabulary look like, and the closed lists of the table of mappings."""

from __future__ import annotations

import re

PREDICATES = frozenset(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow"))
# Every kind of matching process, and the review of a mapping that others made.
# Source: https://mapping-commons.github.io/semantic-mapping-vocabulary/ (semapv-terms.tsv)
JUSTIFICATIONS = frozenset(
    f"semapv:{process}"
    for process in (
        "BackgroundKnowledgeBasedMatching",
        "CompositeMatching",
        "InstanceBasedMatching",
        "LexicalMatching",
        "LexicalSimilarityThresholdMatching",
        "LogicalReasoning",
        "ManualMappingCuration",
        "MappingChaining",
        "MappingInversion",
        "MappingReview",
        "SemanticSimilarityThresholdMatching",
        "StructuralMatching",
        "UnspecifiedMatching",
    )
)
NO_LABELS = frozenset({"ATC", "EDQM", "ICD10WHO", "emarms", "icd11.foundation", "whoeml"})
NEVER_EXACT = frozenset({"OAE", "VO"})

_SEVEN = (r"\d{7}", "seven digits")
_DIGITS = (r"\d+", "digits alone")
_FORMS = dict.fromkeys(("EFO", "HP", "MONDO", "OAE", "SYMP", "VO"), _SEVEN) | {
    "DOID": _DIGITS,
    "MESH": (r"[CD]\d{6,9}", "C or D and six to nine digits"),
    "NCIT": (r"C\d+", "C and digits"),
    "Orphanet": _DIGITS,
    "wikidata": (r"Q\d+", "Q and digits"),
}
_OTHER_NAMES = {
    "hpo": "HP",
    "icd10": "ICD10WHO",
    "icd10-cm": "ICD10CM",
    "msh": "MESH",
    "nci": "NCIT",
    "nci thesaurus": "NCIT",
    "ordo": "Orphanet",
    "orpha": "Orphanet",
    "rxcui": "RXNORM",
    "wd": "wikidata",
}


def form(prefix: str, local: str) -> str | None:
    """Return what an identifier should look like after its prefix, or None where it does, or where nobody says.

    >>> form("HP", "001237"), form("HP", "0012378"), form("other", "x")
    ('seven digits', None, None)
    """
    pattern, words = _FORMS.get(prefix, (".*", ""))
    return None if re.fullmatch(pattern, local, re.ASCII | re.DOTALL) else words


def usual(prefix: str) -> str | None:
    """Return the prefix that stands for a vocabulary which is often named otherwise.

    >>> usual("HPO")
    'HP'
    """
    return _OTHER_NAMES.get(prefix.casefold())
