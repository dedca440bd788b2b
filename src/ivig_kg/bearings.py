"""Bearings: what the words beside a number say that it is: a least or a most, how long or how often, a spread.

Both ends of a range, and every time of a fact, have a key of their own. `At most 2 g/kg` gives no least dose, and
`every 4 weeks` no course.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NEAR = 100  # characters before a number that say what it is
_MORE = (
    r"(?:above|beyond|more\s+than|greater\s+than|longer\s+than|older\s+than|later\s+than|higher\s+than|exceed\w*"
    r"|surpass\w*)"
)
_LESS = (
    r"(?:below|under|less\s+than|fewer\s+than|lower\s+than|shorter\s+than|younger\s+than|earlier\s+than"
    r"|under\s+the\s+age\s+of)"
)


def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})\s*\Z", re.IGNORECASE)


# "not above 25", "do not store above 25"; and not "not studied above 65 years"
_NEGATED = re.compile(
    r"(?<!\w)(?:(?:not|no)\s+(?:(?:be|drop|fall|go|sink|to|wait)\s+)*|(?:(?:do|must|should|may|shall)\s+not|not\s+to\s+be|never|at\s+no\s+time|avoid)\s+(?:[^\s.;]+\s+){0,8})\Z",
    re.IGNORECASE,
)
# "do not give 2 g/kg", "a dose of 2 g/kg is not recommended"
_NEVER = _ending(
    r"avoid\w*(?:\s+(?:a|the))?(?:\s+(?:doses?|rates?)\s+of)?|overdos\w+\s+of"
    r"|no\s+(?:delay|gap|interval|pause|wait(?:ing)?)(?:\s+(?:for|of))?"
    r"|(?:(?:do|must|should|may|shall)\s+(?:not|never)|never)\s+(?:be\s+)?(?:give|given|use|used|administer\w*|infuse[ds]?|inject\w*)"
)
_UNWANTED = re.compile(
    r"\S*\s+(?:[^\s.;,]+\s+){0,6}?(?P<no>(?:is|are|was|were)\s+(?:not|never)\s+(?:recommended|advised|advisable|needed|necessary"
    r"|required|indicated|permitted|allowed)|(?:must|should|may|shall|can)\s+(?:not|never)\s+be\s+(?:given|used|administered|infused)"
    r"|(?:is|are|has\s+been|have\s+been)\s+(?:discouraged|abandoned|harmful|contraindicated)|(?:offers?|has|have)\s+no\s+benefit)(?!\w)",
    re.IGNORECASE,
)
_ABOVE, _BELOW = _ending(_MORE), _ending(_LESS)
_SIGNS = {"Min": re.compile(r"[<\u2264]=?\s*\Z"), "Max": re.compile(r"[>\u2265]=?\s*\Z")}
_LIMITS = {
    "Min": _ending(
        r"at\s+most|up\s+to(?:\s+(?:a|the)\s+maximum\s+of)?|maxim\w+(?:\s+\w+){0,2}?(?:\s+(?:of|is|to))?|within"
    ),
    "Max": _ending(r"at\s+least|lowest(?:\s+[a-z]+){0,6}?\s+is|minim\w+(?:\s+\w+){0,2}?(?:\s+(?:of|is))?"),
}
# "2 years or older", "2 g/kg or less"
_OR = {
    "Max": re.compile(
        r"\S*\s+[^\s,;]+(?:\s+of\s+age)?\s+(?:(?:or|and)\s+(?P<no>more|above|over|older|higher|longer)"
        r"|(?P<end>is\s+the\s+(?:lowest\s+dose|minimum(?:\s+dose)?|lower\s+limit)))(?!\w)",
        re.IGNORECASE,
    ),
    "Min": re.compile(
        r"\S*\s+[^\s,;]+(?:\s+of\s+age)?\s+(?:(?:or|and)\s+(?P<no>less|below|under|younger|lower|slower|shorter)"
        r"|(?P<end>is\s+the\s+(?:absolute\s+)?(?:ceiling|(?:highest|maximal)\s+dose|maximum|upper\s+limit)))(?!\w)",
        re.IGNORECASE,
    ),
}
_RANGE = re.compile(r"[\d.,]+\s*(?:to|and|-)\s*\d")
# what a limit is that is told with it: rates above 4 have not been studied, a level below 4 must not be accepted
_UNTRIED = re.compile(
    r"\S*\s+(?:[^\s.;,]+\s+){0,6}?(?:(?:has|have|was|were|is|are)\s+(?:not|never)\s+(?:been\s+)?"
    r"(?:studied|tested|tried|evaluated|assessed|effective)|(?:must|should)\s+(?:not|be\s+avoided)|(?:is|are)\s+(?:best\s+)?avoided)"
    r"(?!\w)",
    re.IGNORECASE,
)
_FROM = re.compile(r"[\d.,]+\s*(?:to|or|and|-)\s*\Z")  # the other end of a range
# what is often given beside it, with a dose of its own: "with aspirin 80 mg/kg"
_COMEDICATION = _ending(
    r"(?:acetylsalicylic\s+acid|anti-d(?:\s+immunoglobulin)?|aspirin|ciclosporin|cyclophosphamide|cyclosporine?|dexamethasone|infliximab"
    r"|(?:methyl)?prednisolone|prednisone|rituximab)(?:\s+(?:about|at|daily|up\s+to))*"
)
_ITS_OWN = re.compile(r"\S*\s+[^\s.;,]*(?:\s+[^\s.;,]+){0,2}?\s+of\s")  # "with aspirin 2 g/kg of Casolin"
_SPREAD = re.compile(r"(?:\u00b1|\+/?-|(?<!\w)(?:SD|standard\s+deviation)(?:\s+(?:of|is))?)\s*\Z", re.IGNORECASE)
_HOW_OFTEN = r"every|each|at\s+intervals?\s+of"
_HOW_LONG = r"for(?:\s+(?:about|at\s+least|up\s+to|another|the\s+(?:first|next|last)))?|last(?:s|ed|ing)|during|over"
_GONE = r"(?:resolv|disappear|recover|subsid|clear)\w*\s+(?:in|within|after)|persist\w*(?:\s+for)?"
# what a number with a unit of time is not, by the beginning of its key
_TIMES = {
    "age": _ending(rf"{_HOW_OFTEN}|for(?:\s+(?:about|at\s+least|up\s+to))?|last(?:s|ed|ing)|during|after"),
    "course": _ending(rf"{_HOW_OFTEN}|aged|once\s+in|follows"),
    "duration": _ending(
        rf"{_HOW_OFTEN}|aged|(?:start|began|begin|appear|occurr)\w*(?:\s+(?:about|after|at|on\s+average|within))*"
    ),
    "interval": _ending(rf"{_HOW_LONG}|over\s+a\s+period\s+of|(?:reached|seen|measured|benefit)\s+after|aged"),
    "onset": _ending(rf"{_HOW_OFTEN}|for(?:\s+(?:about|up\s+to))?|last(?:s|ed|ing)|{_GONE}|aged"),
    "wait": _ending(rf"{_HOW_OFTEN}|aged"),
}
_RATES = {
    "startRate": _ending(
        r"(?:increas|rais|climb|ris)\w*(?:\s+\w+){0,4}?\s+to(?:\s+a\s+maximum\s+of)?|maxim\w+(?:\s+(?!initial|start|begin)[a-z]+){0,3}"
    ),
    "rate": _ending(
        r"(?<!after\s)(?<!after\sthe\s)(?:initial|start|begin)\w*(?![^.;]*(?:increas|rais|maxim|up\s+to))[^\d.;,]{0,40}"
    ),
}


def contrary(key: str, text: str, starts: Iterable[int]) -> str | None:
    """Return the words by which a number is not what a key says, if such words stand beside it wherever it stands.

    Args:
        key: The key, such as `doseMin`.
        text: The text, as quotations are compared.
        starts: Where the number begins in it.

    >>> text = "a dose of at most 2 g/kg every 4 weeks"
    >>> contrary("doseMin", text, [18]), contrary("doseMax", text, [18]), contrary("courseMax", text, [31])
    ('at most', None, 'every')
    """
    found = [_words(key, text[max(0, start - _NEAR) : start], text[start : start + _NEAR]) for start in starts]
    return found[0] if found and all(found) else None


def _words(key: str, before: str, behind: str) -> str | None:
    """Return the words that say that the number between some words is not what a key says."""
    what, end = key[:-3], key[-3:]
    unwanted, upper, lower = _UNWANTED.match(behind), _ABOVE.search(before), _BELOW.search(before)
    if bound := upper or lower:
        return _bound(bound, key, before, is_unwanted=bool(unwanted or _UNTRIED.match(behind)))
    if match := _OR[end].match(behind) if end in _OR else None:
        return match["no"] or match["end"]
    if unwanted and what != "age":
        return unwanted["no"]
    if what in _TIMES and (match := _TIMES[what].search(_FROM.sub("", before))):
        return match[0].strip()
    beside = _COMEDICATION if what == "dose" and not _ITS_OWN.match(behind) else None
    for pattern in filter(None, (beside, _NEVER, _SPREAD, _RATES.get(what), _SIGNS.get(end), _LIMITS.get(end))):
        match = pattern.search(before)
        if match and not (match[0].startswith("within") and _RANGE.match(behind)):
            return match[0].strip()
    return None


def _bound(bound: re.Match[str], key: str, before: str, *, is_unwanted: bool) -> str | None:
    """Return a bound right before a number, if it is that of the other end than a key says.

    What is forbidden or untried beyond a bound is bounded by it: `do not infuse more than 8`. Of ages it is not: who
    is not to be treated is told by them.
    """
    is_turned = key[:-3] != "age" and (is_unwanted or _NEGATED.search(before, 0, bound.start()) is not None)
    is_direct = (
        re.search(r"(?:not|no)\s+(?:(?:be|drop|fall|go|sink)\s+)?\Z", before[: bound.start()], re.IGNORECASE)
        is not None
    )
    is_most = (_BELOW.search(before) is not None) != (is_turned or is_direct)
    return bound[0].strip() if is_most == (key.endswith("Min")) else None
