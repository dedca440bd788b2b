"""Negation: does a sentence deny what some of its words are quoted for?"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivig_kg.easing import eased
from ivig_kg.quotation import find
from ivig_kg.withholding import withheld

# classes whose facts say that something is so
AFFIRMED = frozenset(
    {
        *("AdverseEffect", "Classification", "Composition", "Interaction"),
        *("Mechanism", "Origin", "PreventiveIndication", "TreatmentIndication"),
    }
)
_RISKS = frozenset({"BoxedWarning", "Warning"})
REACH = 6  # words between a negation and what it denies
_AROUND = 500  # characters before and behind some words that are looked at
_ITEM = 4  # words that an item of a list may have

_SEEN = (
    r"(?:seen|observed|reported|found|caused?|expected|described|noted|detected|known|occur\w*|develop\w*|appear\w*)"
)
_DENIES = re.compile(
    r"(?<![\w-])(?:no-one|non-\Z|none(?![\w-])(?!\s+of\s+(?:them|these|which|whom))"
    r"|(?:no|not|nobody|never|(?<!with\sor\s)without|neither|nor|cannot|\w+n['\u2019]t)(?![\w-])"
    r"|(?:doubtful|questionable|unclear|uncertain|unknown)\s+(?:that|whether|if)(?!\w)"
    r"|unlikely(?!\s*,)(?!\w)|unrelated\s+to(?!\w)|fail\w*\s+to\s+(?:benefit|cause|help|improve|induce|lead|produce|provoke|show|result|trigger)(?!\w))",
    re.IGNORECASE,
)
# nobody had it: "0 of 80 people had headache"
_ZERO = re.compile(r"(?<![\w.,])(?:zero|0)\s*(?:of|out\s+of|/)\s*(?:the\s+)?\d+(?P<rest>[^\d,;:()]*)\Z", re.IGNORECASE)
_OF_PLACEBO = (
    r"\s+(?:(?:patients|people|subjects)\s+)?(?:in|of|on|under|with)\s+(?:the\s+)?(?:comparator|control|placebo)"
)
_NOBODY = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:in|by|among)\s+(?:none|nobody|(?:0|zero)\s*(?:of|out\s+of|/)\s*\d+|no\s+(?!less\b|fewer\b|more\b)\w+))(?!\w)"
    rf"(?!{_OF_PLACEBO})",
    re.IGNORECASE,
)
_ZERO_BEHIND = re.compile(
    r"\s*\((?P<no>(?:zero|0|none|nobody)(?:\s*(?:of|out\s+of|/)\s*\d+)?)\s*%?(?:\s+[a-z]+){0,3}\)", re.IGNORECASE
)
# what is not there; in an indication it may be why the medicine is given: a lack of antibodies
_LACKS = re.compile(
    r"(?<![\w-])(?:(?<!in\s)(?<!in\sthe\s)absence\s+of|lack\s+of|(?<!not\s)(?:devoid\s+of|free\s+(?:of|from)))(?!\w)",
    re.IGNORECASE,
)
_NOT_ALL = re.compile(r"(?<!\w)not\s+(?:all|every)(?!\w)", re.IGNORECASE)
_VERB = re.compile(
    r"(?<!\w)(?:may|can|could|might|will|would|is|are|was|were|has|have|had|do|does|did|caus\w+|leads?|led"
    r"|result\w*|increas\w*|develop\w*|contain\w*|includ\w*|provok\w*|induc\w*"
    r"|trigger\w*)(?!\w)",
    re.IGNORECASE,
)
# a clause of its own behind a comma: "heparin is none, Exemplin is one"
_CLAUSE = re.compile(rf",\s+(?!(?:and|or|nor|but)\s)(?:\w+\s+){{1,3}}{_VERB.pattern}[^,]*\Z", re.IGNORECASE)
# "if not hydrated well, headache may occur": what a condition denies, or what is denied on a condition
_CONDITION = re.compile(
    r"(?<!known\s)(?<!clear\s)(?<!certain\s)(?<!\w)(?:if|when|whenever|unless|in\s+case)(?!\w)[^,]*(,?)", re.IGNORECASE
)
# "in those who have not had it before, headache may occur"
_WHO = re.compile(r"(?<!\w)(?:who|which|where|(?:al)?though)(?!\w)[^,]*,", re.IGNORECASE)
_FORBIDS = re.compile(
    r"(?<!\w)(?:(?:should|must|may|shall|can|could|do)\s+(?:not|never)|cannot|(?:do|should|must|can)n['\u2019]t)(?!\w)",
    re.IGNORECASE,
)
# a limit, an emphasis, or a no that denies another: none of them denies what follows
_OTHERWISE = re.compile(
    r"(?:no|not)\s+(?:(?:more|less|later|earlier|longer|fewer|greater|lower)\s+than|(?:the\s+)?only|just|exceed\w*"
    r"|un\w+|infrequent\w*|rare\w*|all|every|(?:\w+ly\s+)?compatible|free\s+(?:of|from)|devoid)(?!\w)|\A\s*not\s+[^,:]*,",
    re.IGNORECASE,
)
# what stands behind the words: "headache was not seen"
_BEHIND = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:was|were|is|are|has|have|had|did|does|do|will)(?:\s+(?:not|never)|n['\u2019]t))"
    rf"\s+(?:yet\s+)?(?:been\s+)?(?:{_SEEN}|happen\w*|treated|prevented|contained|shown|confirmed|demonstrated|established|induced)(?!\w)(?!{_OF_PLACEBO})",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:was|were|is|are|been)\s+"
    r"(?:absent|lacking|ruled\s+out|excluded|refuted|disproved|unfounded|unsubstantiated)"
    r"|(?:has|have)\s+been\s+(?:abandoned|discarded|disproved|rejected|removed|replaced)|plays?\s+no\s+(?:part|role))(?!\w)",
    re.IGNORECASE,
)
# "headache is not a side effect", "was no more common than with placebo"
_NO_EFFECT = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:was|were|is|are)\s+(?:not|never|no)|(?:is|are|was|were)n['\u2019]t)\s+(?:"
    r"(?:(?:an?|the|any|one|among)\s+)*(?:(?:known|recogni[sz]ed|expected|established)\s+)?"
    r"(?:adverse|side|undesirable|unwanted|reactions?|effects?|complications?)(?!\w)"
    r"|(?:higher|greater|more\s+(?:common|frequent|often))\s+than\s+(?:(?:with|in|on|under|for|the)\s+)*"
    r"(?:placebo|controls?|untreated)(?!\w))",
    re.IGNORECASE,
)
# "the test is unaffected", "it may be given together with Exemplin"
_TOGETHER = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:is|are|was|were)\s+unaffected|remains?\s+(?:the\s+same|unchanged)|gives?\s+true|needs?\s+no\s+(?:adjustment|caution|precaution|restriction)s?|(?:may|can)\s+be\s+(?:safely\s+)?(?:co-?administered(?=\s*[.;]|\s*\Z|\s+(?:freely|safely))"
    r"|(?:given|taken|used)\s+(?:together|concomitantly|safely|simultaneously|at\s+the\s+same\s+time)))(?!\w)(?!.*\b(?:if|unless|only|after|when)\b)",
    re.IGNORECASE,
)
_COMPATIBLE = re.compile(
    r"(?<!\w)(?:is|are|be)\s+(?:\w+ly\s+)?(?<!only\s)compatible\s+with\s+(?:[\w-]+\s+){0,2}\Z", re.IGNORECASE
)
# the words before a quotation that make it say another thing: "very rare", "not common"
_TURNS = re.compile(r"(?<!\w)(?:very|less|least|not|never|\w+n['\u2019]t|un-)\s*\Z", re.IGNORECASE)
# "not contraindicated", "no contraindication"
_ALLOWS = re.compile(
    r"(?<!\w)(?:not|no|never|n['\u2019]t)\s+(?:a\s+|an\s+)?contraindicat\w*(?![^.;]*,[^.;]*\s(?:not|never)\s)",
    re.IGNORECASE,
)
_SAFE = re.compile(
    r"(?<!\w)(?:(?:may|can)\s+be\s+(?:safely\s+(?:given|used)|(?:given|used)\s+safely)|(?<!\S\s)it\s+(?:may|can)\s+be\s+(?:given|used)|(?:is|are)\s+safe"
    r"|(?:may|can)\s+safely\s+be\s+(?:given|used))"
    r"(?:\s+(?:in|to|for|with|those|people|patients|who|have|use))*\s*\Z",
    re.IGNORECASE,
)
_ALLOWS_BEHIND = re.compile(
    r"[\s,]*(?:\w+\s+){0,3}?(?P<no>(?:is|are|was|were)\s+(?:not|never|no\s+longer)(?=\s+(?:(?:listed\s+)?(?:among|as)\s+)?(?:the\s+|an?\s+)?contraindicat)"
    r"|(?:needs?|does|do)\s+not\s+(?:exclude|preclude)(?!\w))",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"(?<!e\.g)(?<!i\.e)[.!?;](?=\s|$)|(?<![:\n])\n\s*\n|(?<!\w)(?:but|however|whereas|because)(?!\w)"
    r"|(?<=[\w,)]\s)(?:although|though)(?!\w)",
    re.IGNORECASE,
)


def denied(kind: str, words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the negation by which a text denies what some of its words are quoted for.

    Args:
        kind: The class of the fact that quotes them; for most classes a negation denies nothing.
        words: The quoted words.
        text: The text of the source.
        span: The passage in it that is quoted; the sentence around it counts too. All of it where there is None.

    >>> denied("AdverseEffect", "headache", "It does not cause headache.", (12, 27))
    'not'
    >>> denied("Contraindication", "asthma", "It is not contraindicated in asthma.")
    'not contraindicated'
    """
    if kind == "Contraindication":
        return everywhere(words, text, span, _allowed)
    if kind in AFFIRMED | _RISKS:
        return everywhere(words, text, span, lambda before, behind: _denial(kind, before, behind))
    return None


def turned(words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the word right before some words that makes them say another thing, wherever they stand.

    >>> turned("rare", "Headache was very rare.")
    'very'
    """
    return everywhere(words, text, span, lambda before, _: _first(_TURNS, before), fold=True)


def everywhere(
    words: str,
    text: str,
    span: tuple[int, int] | None,
    no: Callable[[str, str], str | None],
    *,
    fold: bool = False,
) -> str | None:
    """Return what is said of some words in the sentence before and behind them, if it is wherever they stand.

    Args:
        words: The words.
        text: The text of the source.
        span: The passage in it in which the words are looked for; all of it where there is None.
        no: What tells it, from the sentence before the words and the text behind them.
        fold: Whether capitals do not count.
    """
    begin, end = span or (0, len(text))
    first = None
    for start, stop in find(words, text[begin:end], fold=fold):
        a, b = begin + start, begin + stop
        found = no(_sentence(text[max(0, a - _AROUND) : a]), text[b : b + _AROUND])
        if found is None:
            return None
        first = first or found
    return first


def _sentence(text: str) -> str:
    """Return the sentence that a text breaks off in."""
    return text[max((m.end() for m in _ENDS.finditer(text)), default=0) :]


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[0].strip() if match else None


def _allowed(before: str, behind: str) -> str | None:
    """Return the words by which what stands between is no contraindication."""
    return _first(_ALLOWS, before) or _first(_SAFE, before) or _behind(behind, _ALLOWS_BEHIND)


def _denial(kind: str, before: str, behind: str) -> str | None:
    """Return the negation before or behind some words of a fact of a class."""
    behind = behind[: next((m.start() for m in _ENDS.finditer(behind)), len(behind))]
    orders = kind not in _RISKS | {"Interaction"}
    lacks = not kind.endswith("Indication")
    return (
        _before(before, orders=orders)
        or (_lacking(before) if lacks else withheld(before, behind))
        or _behind(behind, _BEHIND, *((_AWAY,) if kind in AFFIRMED else ()))
        or (_none(before, behind) if kind in _RISKS | {"AdverseEffect"} else None)
        or (eased(before, behind) if kind in _RISKS | {"AdverseEffect"} else None)
        or (_first(_COMPATIBLE, before) or _behind(behind, _TOGETHER) if kind == "Interaction" else None)
    )


def _behind(text: str, *patterns: re.Pattern[str]) -> str | None:
    """Return the negation that follows, by the first pattern that finds one."""
    matches = (pattern.match(text) for pattern in patterns)
    return next((match["no"] for match in matches if match), None)


def _none(before: str, behind: str) -> str | None:
    """Return the words by which an effect was seen in nobody, or is none of the medicine."""
    zero = _ZERO.search(before)
    if zero and len(zero["rest"].split()) <= REACH:
        return zero[0][: zero.start("rest") - zero.start()]
    return _behind(behind, _NOBODY, _ZERO_BEHIND, _NO_EFFECT)


def _lacking(sentence: str) -> str | None:
    """Return the absence that the end of a sentence is said of."""
    if _NOT_ALL.search(sentence):
        return None
    for match in reversed(list(_LACKS.finditer(sentence))):
        between = sentence[match.end() :]
        if len(between.split()) <= REACH and not _VERB.search(between):
            return match[0]
    return None


def _before(sentence: str, *, orders: bool) -> str | None:
    """Return the last negation of a sentence that breaks off, if it is near its end, or over the list that ends it."""
    other = [m.span() for m in _OTHERWISE.finditer(sentence)]
    if not orders:
        other += [m.span() for m in _FORBIDS.finditer(sentence)]
    other += [m.span() for m in _WHO.finditer(sentence)]
    for match in _CONDITION.finditer(sentence):
        other.append(match.span() if match[1] else (0, match.start()))
    for match in reversed(list(_DENIES.finditer(sentence))):
        between = sentence[match.end() :]
        if _CLAUSE.search(between) or (match[0].casefold() == "without" and _VERB.search(between)):
            continue
        near = len(between.split()) <= REACH and "\n\n" not in between
        if (near or _is_over_list(between)) and not any(start <= match.start() < end for start, end in other):
            return match[0]
    return None


def _is_over_list(between: str) -> bool:
    """Tell whether a heading, of which this is the rest behind its negation, says what its list is not.

    >>> _is_over_list(" observed: headache, nausea, rash,"), _is_over_list(" for children: headache is")
    (True, False)
    """
    head, colon, items = between.rpartition(":")
    lists = all(len(item.split()) <= _ITEM for item in re.split(r"[,\n]", items)) and not _VERB.search(items)
    return (
        bool(colon) and lists and len(head.split()) <= REACH and re.search(rf"(?<!\w){_SEEN}(?!\w)", head) is not None
    )
