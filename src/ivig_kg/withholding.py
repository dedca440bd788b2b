"""Withholding: is a use one that the medicine does not have? It failed, was withdrawn, is the exception from others."""

from __future__ import annotations

import re

# "used in fever, except in ITP", "formerly used in ITP"
_EXCEPT = re.compile(
    r"(?<!\w)(?:except(?:ing)?|excluding|other\s+than|apart\s+from|but\s+not)"
    r"(?:\s+(?:in|for|of|to|with|the|those|people|patients|adults|children|treat\w*|prevent\w*))*\s*\Z",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?<![\w-])(?:no|none|not|nobody|never|cannot|\w+n['\u2019]t)(?![\w-])", re.IGNORECASE)
_FORMERLY = re.compile(
    r"(?<!\w)(?:formerly|historically)\s+(?:been\s+)?(?:used|given|indicated|licen[cs]ed|approved|authori[sz]ed)(?!\w)",
    re.IGNORECASE,
)
# "it failed in ITP"; not "when steroids failed in ITP", nor "steroids failed in ITP and it is used"
_FAILED = re.compile(
    r"\s*(?:(?!(?:after|although|as|if|once|should|since|when|where|which|who)\s)\w+\s+){1,3}(?:(?:has|have|had)\s+)?"
    r"(?P<no>failed|was\s+ineffective|was\s+of\s+no\s+(?:benefit|use|value)|did\s+not\s+(?:help|work))"
    r"\s+(?:in|for|against)(?!\w)",
    re.IGNORECASE,
)
_USED = re.compile(r"(?<!\w)(?:used?|given|indicated|effective|helps?|helped|treat(?:s|ed)?)(?!\w)", re.IGNORECASE)
# an application, or a licence: "has been withdrawn for ITP"
_REFUSED = re.compile(
    r"(?<!\w)(?:(?:(?:declin|refus|reject)(?:e[ds]|s|ing)|withdr[ae]w\w*)\s+(?:an?|its|our|the|their)\s+(?:\w+\s+)?"
    r"(?:application|approval|authori[sz]ation|licen[cs]e|request|submission)s?\s+(?:for|in|to)"
    r"|(?:has|have)\s+been\s+(?:withdrawn|refused|rejected)\s+for)\s+(?:[\w-]+\s+){0,3}\Z",
    re.IGNORECASE,
)
_NOT_FOR = re.compile(
    r"(?<!\w)(?:is|was|may|must|should)\s+not\s+(?:to\s+)?(?:be\s+)?(?:approved|authori[sz]ed|given|indicated|licen[cs]ed|used)\s+(?:as|for|in|to)(?!\w)"
    r"(?!\s+(?:all|every)\s)[^.;,:]*\Z",
    re.IGNORECASE,
)
_NOT_BEHIND = re.compile(
    r"(?:(?!\s(?:and|as|because|if|in\s+whom|once|since|that|unless|when|where|whereas|which|while|whilst|who|whom|whose)\s)[^.;,:()]){0,80}?\s"
    r"(?P<no>(?:is|are|was)\s+(?:not|no\s+longer)\s+(?:approved|authori[sz]ed|indicated|licen[cs]ed|recommended)"
    r"|(?:is|are)\s+no\s+longer\s+(?:an?|among(?:\s+the|\s+its)?)\s+indications?|has\s+been\s+(?:deleted|withdrawn))(?!\w)"
    r"(?!\s+(?:above|before|below|until|unless|with|without))",
    re.IGNORECASE,
)
# what does it is not the medicine: "adequate hydration may prevent headache"
_BY_CARE = re.compile(
    r"\A\s*(?:adequate\s+|good\s+|prior\s+|sufficient\s+)?(?:antihistamines?|hydration|fluids|paracetamol|premedication|slow\w*\s+infusion)"
    r"(?:\s+with\s+(?:\w+\s+){1,3}?)?\s*(?:(?:also|can|could|may|might|should|will)\s+)*"
    r"(?:help\w*\s+(?:to\s+)?)?(?:alleviat|avoid|prevent|reduc|reliev|treat)(?:e?s|e)?\s+(?:the\s+)?(?:\w+\s+){0,2}\Z",
    re.IGNORECASE,
)


def withheld(before: str, behind: str) -> str | None:
    """Return the words by which a use is none of the medicine: no longer, not with it, or in no such case.

    Args:
        before: The sentence before the words for what it is used in.
        behind: The rest of the sentence.

    >>> withheld("It was formerly used in ", "."), withheld("Treatment of ", " in adults is not recommended.")
    ('formerly used', 'is not recommended')
    >>> withheld("It is used in ", " in adults for whom surgery is not recommended.")
    """
    failed = _FAILED.match(before)
    if failed and not _USED.search(behind):
        return failed["no"]
    match = _EXCEPT.search(before)
    if match and _NOT.search(before, 0, match.start()):
        return None  # "not used, except in"
    if match:
        return match[0].split()[0]
    found = next(filter(None, (p.search(before) for p in (_FORMERLY, _REFUSED, _NOT_FOR, _BY_CARE))), None)
    if found:
        return found[0].strip()
    match = _NOT_BEHIND.match(behind)
    return match["no"] if match else None
