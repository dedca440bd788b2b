"""Easing: is some harm what a medicine does good to? It lowered the risk of headache, it does not cause headache."""

from __future__ import annotations

import re

# a good that the medicine does is no harm: "it lowered the risk of headache", "headache improved with Exemplin"
_EASED_BEFORE = re.compile(
    r"(?<!\w)(?:reduc|lower|decreas|prevent|reliev|alleviat|improv|protect)(?:e[ds]|s|ed)\s+(?:against\s+)?(?:(?:the|their)\s+)?"
    r"(?:(?:chances?|frequency|incidence|likelihood|number|rates?|risks?|severity)(?:\s+(?:of|for))?\s+)?(?:\w+\s+)?\Z",
    re.IGNORECASE,
)
_EASED_BEHIND = re.compile(
    r"\s+(?i:(?:was|were|is|are)\s+)?(?P<no>(?i:improv|resolv|reduc|lower|decreas|reliev|alleviat|prevent)(?i:e[ds]|s|ed))"
    r"\s+(?i:by|with|on|under|after)\s+(?:[A-Z]|(?i:it|the\s+medicine|immunoglobulins?)(?!\w))"
)
# what eases it is not the medicine, but how it is given
_CARE = re.compile(
    r"(?<!\w)(?:should|must|slow\w*|rates?|water|drink\w*|hydrat\w*|fluids?|premedic\w*|pre-?treat\w*|paracetamol"
    r"|antihistamin\w*|stopp\w*|interrupt\w*|doses?)(?!\w)",
    re.IGNORECASE,
)


def eased(before: str, behind: str) -> str | None:
    """Return the verb by which the medicine does good to what some words name.

    Args:
        before: The sentence before the words.
        behind: The text behind them.

    >>> eased("It lowered the risk of ", "."), eased("Slow infusion lowers the risk of ", ".")
    ('lowered the risk of', None)
    """
    if _CARE.search(before) or _CARE.search(behind):
        return None
    match, verb = _EASED_BEHIND.match(behind), _EASED_BEFORE.search(before)
    return match["no"] if match else verb[0].strip() if verb else None
