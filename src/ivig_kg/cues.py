"""Cues: the words by which an English text shows what kind of claim it makes, how often, how surely and how bad.

The lists are short, and each has two halves where that spares a false alarm: what *tells* a kind of claim, and what is
enough to *allow* it. A text without a word of a list is not judged by it.
"""

from __future__ import annotations

import dataclasses
import re

_EFFECT = r"\b(?:side|adverse|undesirable|unwanted|untoward)[\s-]+(?:drug\s+)?(?:effects?|reactions?|events?)"
_BE = r"(?:\w+\s+){0,3}?"


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of claim.

    Attributes:
        classes: The classes of facts that make it.
        tells: What is said of this kind alone.
        allows: What may be said of it too.
    """

    classes: frozenset[str]
    tells: re.Pattern[str]
    allows: re.Pattern[str]


def _kind(classes: set[str], tells: str, allows: str) -> Kind:
    return Kind(
        frozenset(classes), re.compile(tells, re.IGNORECASE), re.compile(rf"{tells}|\b(?:{allows})", re.IGNORECASE)
    )


KINDS = (
    _kind(
        {"AdverseEffect"},
        rf"{_EFFECT}|\b(?:may|can|could|might|will|does)\s+{_BE}(?:cause|lead\s+to|result\s+in)\b|\bcauses\b",
        r"caus\w*|seen|observed|reported|experienc\w*|occur\w*|develop\w*|happen\w*|appear\w*|risks?\b|complicat\w*"
        r"|le(?:a)?d(?:s|ing)?\s+to\b|result(?:s|ed|ing)?\s+(?:in|from)\b|associated\b|toxic\w*",
    ),
    _kind(
        {"TreatmentIndication", "PreventiveIndication", "ClinicalUse"},
        r"\bindicated\s+(?:for|in|as)\b|\bindications?\b|\bto\s+(?:treat|prevent)\b|\b(?:treats|prevents)\b"
        r"|\b(?:treatment|prevention|prophylaxis|management|therapy)\s+of\b",
        r"indicat\w*|prevent\w*|prophyla\w*|manag\w*|protect\w*|replac\w*|help\w*|improv\w*|useful\b|effective\b"
        r"|efficacy\b|respon[ds]\w*|against\b|uses\b|(?<!not\sbe\s)(?<!never\sbe\s)(?<!not\s)used?\s+(?:in|to|for|as|when|of|by)\b"
        r"|treat(?:s|ed|ing|ment)?\s+(?:for|with|in)\b|therap(?:y|ies)\s+(?:for|with|in)\b",
    ),
    _kind(
        {"Contraindication"},
        r"\bcontraindicat\w*|\b(?:must|should|shall|may|can|do)\s*(?:not|never)\s+(?:be\s+)?"
        r"(?:use|given|give|take|receive|administer|inject)\w*",
        r"(?:must|should|shall|may|can|do)\s*(?:not|never|n['\u2019]t)\b|(?:are|is)n['\u2019]t\b|never\b|avoid\w*"
        r"|not\s+(?:advi[sc]\w*|allowed|for|recommended|suitable|to)\b|unsuitable\b|forbid\w*|prohibit\w*|exclu\w*",
    ),
)

_NUMBERS = r"\d|%|per\s?cent|one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|half|third|quarter"
_HOW_MANY = (
    r"all|any|each|every\w*|few\w*|main\w*|majority|many|minority|more|most\w*|less|no|nobody|none|numerous|several"
    r"|some|proportion|isolated|individual|single|sporadic|large\w*|small\w*|high\w*|low\w*"
)
_HOW_OFTEN = (
    r"(?:in)?frequen\w+|(?:un)?common\w*|rar(?:e|ely|er|est|ity)|often|seldom|some\s?times?|(?:un)?usual\w*"
    r"|occasional\w*|exceptional\w*|general\w*|typical\w*|(?:ir)?regular\w*|always|never|ever|once|twice|now\s+and\s+then"
    r"|again|times|time\s+to\s+time|hardly|scarcely|barely|nearly|almost|widespread|prevalen\w*|predominan\w*|incidence"
    r"|daily|weekly|monthly|yearly|annual\w*|repeated\w*|recurr\w*|normal\w*|ordinar\w*"
)
_KNOWN = r"(?:un)?known|(?:un)?likely|estimate\w*"
_HOW_SURE = (
    r"may|might|can|could|cannot|shall|should|must|will|would|ought|need\w*|(?:im)?probabl\w*|(?:im)?possib\w*"
    r"|potential\w*|perhaps|suspect\w*|presum\w*|assum\w*|believ\w*|thought|consider\w*|suppos\w*|appear\w*|seem\w*"
    r"|suggest\w*|indicat\w*|impl(?:y|ies|ied)|(?:un)?clear\w*|(?:un)?certain\w*|sure\w*|show\w*|prove[nds]?|proof"
    r"|establish\w*|confirm\w*|demonstrat\w*|eviden\w*|recommend\w*|advi[sc]\w*|important|essential|necessar\w*"
    r"|requir\w*|mandatory|desirable|useful|help\w*|effective|expect\w*|report\w*|observ\w*|seen|found|associat\w*"
    r"|caus\w*|link\w*|not|only|particular\w*|especially|strong\w*|limited|insufficient|claim\w*|said|theor\w*"
    r"|hypothe\w*|plausibl\w*|definite\w*|doubt\w*|risks?|chances?|tend\w*|intended|designed"
)
_WHEN = (
    r"after|at|before|beginning|between|by|during|earl\w*|end|first|following|immediate\w*|in|initial\w*|last|late\w*"
    r"|long\w*|on|period\w*|prior|since|soon\w*|start\w*|then|through\w*|times?|until|till|upon|up\s+to|when\w*|while"
    r"|within|minutes?|hours?|hourly|days?|weeks?|months?|years?|morning|evening|night|continu\w*"
)
# what the words of a source for how often, how certain and when have at least one word of
SAYS = {
    key: re.compile(rf"(?<!\w)(?:{words})(?!\w)|\d", re.IGNORECASE)
    for key, words in {
        "frequencyAsStated": f"{_NUMBERS}|{_HOW_MANY}|{_HOW_OFTEN}|{_KNOWN}",
        "certaintyAsStated": f"{_NUMBERS}|{_HOW_MANY}|{_HOW_OFTEN}|{_KNOWN}|{_HOW_SURE}",
        "timingAsStated": f"{_NUMBERS}|{_HOW_MANY}|{_HOW_OFTEN}|{_WHEN}",
    }.items()
}

_BAD = (
    r"(?<!not\s)(?<!non-)serious\w*|sever(?:e|ely|ity)|life[-\s]?threaten\w*|fatal\w*|deaths?|deadly|lethal|died|danger\w*"
    r"|grave|critical\w*|major|emergenc\w*|urgent\w*|immediate\w*|hospital\w*|disab\w*"
)
_MILD = (
    r"(?:not|never)\s+(?:\w+\s+)?serious\w*|non-?serious|mild\w*|harmless|minor|moderate\w*|slight\w*|transient\w*"
    r"|benign|self-limit\w*|well[-\s]tolerated"
)
_SHARE = r"\d\s*(?:/|:|in|of|out\s+of)\s*1[0, ]*0(?!\d)"
# what a text says at least one of where a fact has a word of a list
STATED = {
    (key, word): re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    for key, word, words in (
        ("seriousness", "serious", _BAD),
        ("seriousness", "notSerious", _MILD),
        ("frequency", "VeryCommon", rf"very\s+common\w*|{_SHARE}"),
        ("frequency", "Common", rf"(?<!very\s)common\w*|{_SHARE}"),
        ("frequency", "Uncommon", rf"uncommon\w*|{_SHARE}"),
        ("frequency", "Rare", rf"(?<!very\s)rare\w*|{_SHARE}"),
        ("frequency", "VeryRare", rf"very\s+rare\w*|{_SHARE}"),
        ("frequency", "NotKnown", r"(?:not|un)\s?known|cannot\s+be\s+estimated"),
        ("frequencyBasis", "infusions", r"infus\w+|administ\w+|inject\w+|doses?|treatments?"),
        ("frequencyBasis", "patients", r"patients?|cases?|inpatients?|outpatients?"),
        (
            "frequencyBasis",
            "people",
            r"people|persons?|individuals?|adults?|children|men|women|users?|recipients?|everybody|nobody|who",
        ),
        ("frequencyBasis", "trialSubjects", r"subjects?|trials?|stud(?:y|ies)|participants?|volunteers?"),
    )
}
# what a source says at least one of where a fact holds in one place alone; capitals count
PLACES = {
    code: re.compile(rf"(?<![\w-])(?:{code}|{words})(?!\w)")
    for code, words in {
        "AU": r"Australia\w*|TGA",
        "CA": r"Canad\w+",
        "CH": r"Swiss\w*|Switzerland|Schweiz\w*",
        "DE": r"German\w*|Deutsch\w*",
        "EU": r"E\.U\.|Europ\w+|EMA|EPAR",
        "FR": r"France|French|Fran\u00e7\w+",
        "GB": r"UK|U\.K\.|United\s+Kingdom|Brit\w+|MHRA|NHS",
        "HK": r"Hong\s+Kong",
        "JP": r"Japan\w*|PMDA",
        "MY": r"Malaysia\w*",
        "TH": r"Thai\w*",
        "US": r"USA|U\.S\.(?:A\.)?|United\s+States|America\w*|FDA|DailyMed|[\w.]+\.gov",
    }.items()
}


def is_of_kind(kind: str, text: str) -> bool:
    """Tell whether a text has a word that a fact of a class may rest on."""
    return any(kind in one.classes and one.allows.search(text) for one in KINDS)


def other_kind(kind: str, text: str) -> str | None:
    """Return the words by which a text tells another kind of claim, where no word of it is of a fact's own kind.

    Args:
        kind: The class of the fact; most classes are of no kind that is told apart.
        text: A sentence or a heading.

    >>> other_kind("TreatmentIndication", "Side effects may include headache.")
    'Side effects'
    >>> other_kind("TreatmentIndication", "It is used to treat headache, and may cause fever.")
    """
    own = next((one for one in KINDS if kind in one.classes), None)
    if own is None or own.allows.search(text):
        return None
    found = (one.tells.search(text) for one in KINDS if one is not own)
    return next((match[0] for match in found if match), None)
