"""Cues: the words by which an English text shows what kind of claim it makes, how often, how surely and how bad.

The lists are short, and each has two halves where that spares a false alarm: what *tells* a kind of claim, and what is
enough to *allow* it. A text without a word of a list is not judged by it.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

_EFFECT = r"\b(?:side|adverse|undesirable|unwanted|untoward)[\s-]+(?:drug\s+)?(?:effects?|reactions?|events?)"
_BE = r"(?:\w+\s+){0,3}?"


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of claim.

    Attributes:
        classes: The classes of facts that make it.
        tells: What is said of this kind alone.
        allows: What may be said of it too.
        denies: What is said where it is not so; what the same clause has to allow it counts for nothing.
    """

    classes: frozenset[str]
    tells: re.Pattern[str]
    allows: re.Pattern[str]
    denies: re.Pattern[str]


def _kind(classes: set[str], tells: str, allows: str, denies: str = "(?!)") -> Kind:
    patterns = (tells, rf"{tells}|\b(?:{allows})", denies)
    return Kind(frozenset(classes), *(re.compile(pattern, re.IGNORECASE) for pattern in patterns))


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
        r"|efficacy\b|respon[ds]\w*|against\b|uses\b|(?<!not\sbe\s)(?<!never\sbe\s)(?<!not\s)used?\s+(?:off[\s-]label\s+)?(?:in|to|for|as|when|of|by)\b"
        r"|treat(?:s|ed|ing|ment)?\s+(?:for|with|in)\b|therap(?:y|ies)\s+(?:for|with|in)\b",
        r"\bnot\s+(?:be\s+)?(?:recommended|indicated|advised|advisable|effective|suitable|approved"
        r"|authori[sz]ed|licen[cs]ed)\b|\bineffective\b"
        r"|\bavoid\w*\s+(?:\w+\s+)?use\b|\b(?:should|must)\s+be\s+(?:\w+ly\s+)?monitored\b",
    ),
    _kind(
        {"Contraindication"},
        r"\bcontraindicat\w*|\b(?:must|should|shall|may|can|do)\s*(?:not|never)\s+(?:be\s+)?"
        r"(?:use|given|give|take|receive|administer|inject)\w*",
        r"(?:must|should|shall|may|can|do)\s*(?:not|never|n['\u2019]t)\b|(?:are|is)n['\u2019]t\b|never\b|avoid\w*"
        r"|not\s+(?:advi[sc]\w*|allowed|for|recommended|suitable|to)\b|unsuitable\b|forbid\w*|prohibit\w*|exclu\w*",
        r"\bcautio(?:n|us|usly)\b",
    ),
)

_CLAUSES = re.compile(r"[,;()]|\b(?:and|but|if|unless|when|where|which|while|who|whom)\b", re.IGNORECASE)

_NUMBERS = (
    r"\d|%|per\s?cent|one|two|three|four|five|six|seven|eight|nine|tens?|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?|half|halves|thirds?|quarters?"
)
_HOW_MANY = (
    r"all|any|each|every\w*|few\w*|main\w*|majority|many|minority|more|most\w*|less|nobody|none|numerous|several"
    r"|multiple|various|couple|handful|some|proportion|isolated|individual|single|sporadic|large\w*|small\w*|high\w*|low\w*"
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
    r"|caus\w*|link\w*|(?:un)?relat\w*|attribut\w*|anecdot\w*|only|particular\w*|especially|strong\w*|limited|insufficient|claim\w*|said|theor\w*"
    r"|hypothe\w*|speculat\w*|plausibl\w*|definite\w*|doubt\w*|risks?|chances?|tend\w*|intended|designed"
)
_WHEN = (
    r"after|at|before|beginning|between|by|during|earl\w*|end|first|following|immediate\w*|in|initial\w*|last|late\w*"
    r"|long\w*|on|period\w*|prior|since|soon\w*|start\w*|then|through\w*|times?|until|till|upon|up\s+to|when\w*|while"
    r"|within|minutes?|hours?|hourly|days?|weeks?|months?|years?|morning|evening|night|continu\w*"
    r"|delay\w*|subsequent\w*|afterwards?|thereafter|prompt\w*|post\w*|pre(?=-)"
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
    r"(?<!not\s)(?<!no\s)(?<!non-)(?<!without\s)(?:serious\w*|sever(?:e|ely|ity)|life[-\s]?threaten\w*|fatal\w*|deaths?"
    r"|deadly|lethal|died|danger\w*|grave|critical\w*|major|emergenc\w*|urgent\w*|immediate\w*|hospital\w*|disab\w*)"
)
_MILD = (
    r"(?:not?|never)\s+(?:\w+\s+)?serious\w*|non-?serious|mild\w*|harmless|minor|moderate\w*|slight\w*|transient\w*"
    r"|benign|self-limit\w*|well[-\s]tolerated"
)
# what a text says of a number by a sign
_SIGNS = {"below": r"[<\u2264]", "above": r"[>\u2265]", "approximate": r"[~\u2248]", "mean": r"\u00b1|\+/-"}
# what a text says at least one of where a fact has a word of a list, by key and word
STATED = {
    key: {
        word: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)|{_SIGNS.get(word, '(?!)')}", re.IGNORECASE)
        for word, pattern in words.items()
    }
    for key, words in {
        "aspect": {
            "dosage": r"dos(?:es?|ages?|ing)|amounts?|regimens?",
            "treatmentDuration": r"durations?|how\s+long|length|lasts?|continu\w*|discontinu\w*|long-term|periods?",
        },
        "phase": {
            "loading": r"loading|initial\w*|induc\w*|first|start\w*",
            "maintenance": r"maint\w*|continu\w*|thereafter|subsequent\w*|afterwards|then|further|follow\w*|every|each",
            "single": r"single|once|one|1|total",
            "starting": r"start\w*|initial\w*|begin\w*|first|commenc\w*|loading",
        },
        "qualifier": {
            "above": r"above|over|(?:more|older|greater)\s+than|at\s+least|minim\w*|exceed\w*"
            r"|(?:not|no)\s+(?:less|fewer|lower|below)|or\s+(?:more|higher|greater)",
            "approximate": r"about|approx(?:imate\w*)?|around|circa|ca|roughly|nearly|almost|some|estimated",
            "below": r"below|under|(?:less|fewer|younger|lower)\s+than|up\s+to|at\s+most"
            r"|(?:not|no)\s+(?:more|greater|higher|above|exceed\w*)"
            r"|maxim\w*|within|limit\w*|until",
            "mean": r"means?|averag\w*|SD",
            "median": r"median",
        },
        "seriousness": {"serious": _BAD, "notSerious": _MILD},
        "therapyType": {
            "immunomodulation": r"(?:immuno-?)?(?:modulat|regulat|suppress)\w*",
            "replacement": r"(?:replac|substitut|supplement)\w*",
        },
        "frequency": {
            "VeryCommon": r"very\s+common\w*",
            "Common": r"(?<!very\s)common\w*",
            "Uncommon": r"uncommon\w*",
            "Rare": r"(?<!very\s)rare\w*",
            "VeryRare": r"very\s+rare\w*",
            "NotKnown": r"(?:not|un)\s?known|cannot\s+be\s+estimated",
        },
        "frequencyBasis": {
            "infusions": r"infus\w+|administ\w+|inject\w+|doses?|treatments?",
            "patients": r"patients?|cases?|inpatients?|outpatients?",
            "people": r"people|persons?|individuals?|adults?|children|men|women|users?|recipients?"
            r"|everybody|nobody|who",
            "trialSubjects": r"subjects?|trials?|stud(?:y|ies)|participants?|volunteers?",
        },
    }.items()
}
# how many of 10 000 a word for how often is said of
_OF_10_000 = {
    "VeryCommon": (1000, 10000),
    "Common": (100, 1000),
    "Uncommon": (10, 100),
    "Rare": (1, 10),
    "VeryRare": (0, 1),
}
_SHARE = re.compile(
    r"(?:(?P<most>up\sto|<=?|\u2264|(?:less|fewer)\sthan)\s?|(?P<least>>=?|\u2265|at\sleast|more\sthan)\s?)?"
    r"(?<![\d.,])(?P<some>\d{1,9}(?:[.,]\d{1,9})?)\s?(?:(?P<percent>%|per\s?cent)"
    r"|(?:/|:|in|of|out\sof)\s?(?P<of>\d{1,3}(?:[., ]\d{3})+|\d{1,9})(?![.,]?\d))",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[., ]\d{3})+")
# what a source says at least one of where a fact holds in one place alone, first its authorities; capitals count
_OF_PLACES = {
    "AU": (r"TGA", r"AU|Australia\w*"),
    "CA": (r"Health\s+Canada", r"Canad\w+"),
    "CH": (r"Swissmedic", r"Swiss\w*|Switzerland|Schweiz\w*"),
    "DE": (r"BfArM|PEI", r"German\w*|Deutsch\w*"),
    "EU": (r"EMA|EPAR|European\s+Medicines\s+Agency", r"(?<!\d\s)EU(?!/)|E\.U\.|Europ\w+"),
    "FR": (r"ANSM", r"France|French|Fran\u00e7\w+"),
    "GB": (r"MHRA", r"GB|UK|U\.K\.|United\s+Kingdom|Brit\w+|NHS|National\s+Health\s+Service|England|Scotland|Wales"),
    "HK": (r"(?!)", r"HK|Hong\s+Kong"),
    "JP": (r"PMDA", r"JP|Japan\w*"),
    "MY": (r"(?!)", r"Malaysia\w*"),
    "TH": (r"(?!)", r"TH|Thai\w*"),
    "US": (
        r"FDA|DailyMed|\w{1,40}\.gov",
        r"USA|U\.S\.(?:A\.)?|\(US\)|(?:in|of|the)\sUS|US\s(?:label|licen|package|prescribing)\w*|United\s+States|America\w*",
    ),
}
PLACES = {code: re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?!\w)") for code, words in _OF_PLACES.items()}
AUTHORITIES = {code: re.compile(rf"(?<![\w-])(?:{words[0]})(?!\w)") for code, words in _OF_PLACES.items()}
_WITHIN = {"DE": "EU", "FR": "EU"}  # the authority of the one is that of the other too


def is_of_kind(kind: str, text: str) -> bool:
    """Tell whether a text has a word that a fact of a class may rest on."""
    return any(kind in one.classes and one.allows.search(text) for one in KINDS)


def told(text: str) -> frozenset[str]:
    """Return the classes of the kinds of claim that a text tells.

    >>> sorted(told("4.3 Contraindications"))
    ['Contraindication']
    """
    return frozenset[str]().union(*(one.classes for one in KINDS if one.tells.search(text)))


def other_kind(kind: str, text: str, *, under_own: bool = False) -> str | None:
    """Return the words by which a text tells another kind of claim, or denies its own, where no word allows its own.

    Args:
        kind: The class of the fact; most classes are of no kind that is told apart.
        text: A sentence or a heading.
        under_own: Whether the heading over it tells the kind of the class, so that only a denial counts.

    >>> other_kind("TreatmentIndication", "Side effects may include headache.")
    'Side effects'
    >>> other_kind("TreatmentIndication", "It is used to treat headache, and may cause fever.")
    >>> other_kind("TreatmentIndication", "Avoid use in headache.")
    'Avoid use'
    """
    own = next((one for one in KINDS if kind in one.classes), None)
    if own is None or own.tells.search(text):
        return None
    clauses = _CLAUSES.split(text)
    denials = [match[0] for clause in clauses if (match := own.denies.search(clause))]
    if own.allows.search(" , ".join(c for c in clauses if not own.denies.search(c)) if denials else text):
        return None
    found = () if under_own else (match[0] for one in KINDS if one is not own and (match := one.tells.search(text)))
    return next(itertools.chain(denials, found), None)


def says(key: str, word: str, text: str) -> bool:
    """Tell whether a text says a word of a list, in other words or, for how often, by a share.

    >>> says("frequency", "Rare", "in up to 1 in 1,000 people"), says("frequency", "Rare", "in 5 % of people")
    (True, False)
    """
    if STATED[key][word].search(text):
        return True
    if word not in _OF_10_000:
        return False
    low, high = _OF_10_000[word]
    beyond = {"most": low, "least": high}  # up to 1 in 100 is less, and more than 1 in 100 is more
    return any(low <= share <= high and share != beyond.get(limit) for share, limit in _shares(text))


def speaks(key: str, text: str) -> bool:
    """Tell whether a text says any word of a list."""
    return any(says(key, word, text) for word in STATED[key])


def _shares(text: str) -> Iterator[tuple[Fraction, str]]:
    """Yield each share that a text names, of 10 000, with `most` or `least` where it is a limit."""
    for match in _SHARE.finditer(text):
        some, of = match["some"], match["of"]
        many = _count(some) if of and _THOUSANDS.fullmatch(some) else Fraction(some.replace(",", "."))
        every = _count(of) if of else Fraction(100)
        if every:
            yield 10000 * many / every, "most" if match["most"] else "least" if match["least"] else ""


def _count(digits: str) -> Fraction:
    return Fraction(re.sub(r"[., ]", "", digits))


def other_authority(place: str, text: str) -> str | None:
    """Return the words by which a text speaks of the authority of another place.

    >>> other_authority("US", "See the EPAR."), other_authority("DE", "See the EPAR.")
    ('EPAR', None)
    """
    others = (pattern for code, pattern in AUTHORITIES.items() if code not in {place, _WITHIN.get(place)})
    return next((match[0] for pattern in others if (match := pattern.search(text))), None)
