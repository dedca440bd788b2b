"""Orders: does a text forbid, or call needless, what a fact says is to be done, or how it is to be given?"""

from __future__ import annotations

import re

from ivig_kg.negation import everywhere

_NEEDED = r"(?:recommended|advised|advisable|needed|necessary|required|indicated|permitted|allowed)"
# "do not stop the infusion", "no need to monitor it", "avoid exercise"
_FORBIDS = re.compile(
    r"(?<!\w)(?:(?:do|must|should|may|shall|can)\s+(?:not|never)|(?:do|must|should|may|can)n['\u2019]t|cannot|never|avoid\w*"
    rf"|no\s+need\s+(?:to|for|of)|not\s+{_NEEDED}|refrain\s+from|not\s+(?:to\s+be|for)"
    r"|(?:under|in)\s+no\s+(?:circumstances?|case)|on\s+no\s+account|rather\s+than|instead\s+of|unsuitable\s+for|unnecessary\s+to"
    r"|dispense\s+with|(?:stay|keep|kept)\s+(?:away\s+)?from)\s+(?P<rest>[^,;:]*)\Z",
    re.IGNORECASE,
)
_REACH = 5  # words between what forbids and what is forbidden
# what makes an order of it after all: "do not exceed a rate of", "do not begin before it was measured"
_TURNS = re.compile(
    r"(?<!\w)(?:and|but|or|before|until|unless|without|except|other\s+than|more|above|below|exceed\w*|delay\w*|hesitat\w*|forget\w*|omit\w*"
    r"|skip\w*|miss\w*|neglect\w*|dispense\w*|stop\w*\s+\w+ing)(?!\w)",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"[^,;.]*?(?<!\w)(?:above|before|exceed\w*|faster|longer|more|until|unless|without)(?!\w)", re.IGNORECASE
)
_NEEDLESS = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?P<no>(?:is|are|was|were|be)\s+(?:not|never)\s+(?:\w+ly\s+)?"
    rf"(?:{_NEEDED}|to\s+be\s+(?:given|used|done|taken))|(?:is|are)\s+(?:unnecessary|needless|superfluous|optional|forbidden"
    r"|prohibited|contraindicated|discouraged)|needs?\s+not\s+be|(?:does|do)\s+not\s+(?:have|need)\s+to\s+be|(?:is|are)\s+dispensable|(?:may|can)\s+be\s+(?:omitted|skipped)"
    r"|is\s+to\s+be\s+(?:avoided|shunned)|(?:has|have)\s+been\s+(?:abandoned|discarded|disproved))(?!\w)",
    re.IGNORECASE,
)
# "accidental intramuscular injection", "but not with diabetes", "except in children", "is independent of body weight"
_EXCEPT = re.compile(
    r"(?<!\w)(?:(?<=,\s)not|accidental|inadvertent|unintended|whatever|(?:every\w+|any\w+|all)\s+other\s+than|not\s+(?:with|in|for|from|by|on|to)|no\s+dos\w+\s+(?:adjustment|change|reduction)\s+(?:for|in|by|on\s+account\s+of)|except(?:\s+(?:in|for|with))?|independent(?:ly)?\s+of|irrespective\s+of|regardless\s+of"
    r"|(?:does|do|did)\s+not\s+(?:apply\s+to|(?:depend|change|vary)\s+(?:on|with))"
    r"|(?:but|\A)\s*not(?!\s+(?:all|always|every|if|only|until|when)(?!\w))(?:\s+[\w-]+){0,3}?\s+(?:n?or|and))\s+(?:(?:the|those|people|patients)\s+(?:with\s+)?)*\Z",
    re.IGNORECASE,
)
# "safety in children has not been established", "in children no check is required"
_UNKNOWN = re.compile(
    r"(?:\s+(?!(?:but|if|unless|when|where|whereas|which|while|who|whom)\s)[\w-]+){0,5}?\s+(?:(?:has|have|was|were)\s+)?(?P<no>(?:has|have|was|were)\s+not\s+(?:been\s+)?"
    r"(?:demonstrated|established|evaluated|investigated|shown|studied)"
    r"|no\s+(?!dos|other)(?:\w+\s+){1,3}?(?:(?:is|are)\s+(?:available|called\s+for|necessary|needed|required)|appl(?:y|ies)))(?!\w)",
    re.IGNORECASE,
)


def forbidden(words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the words by which a text forbids some words, or calls them needless, wherever they stand.

    Args:
        words: What is done, or how; capitals do not count.
        text: The text of the source.
        span: The passage in it; the sentence around it counts too. All of it where there is None.

    >>> forbidden("exercise", "Avoid exercise."), forbidden("urine output", "Urine output is not to be forgotten.")
    ('Avoid', None)
    """
    return everywhere(words, text, span, lambda a, b: _order(a, b) or _needless(b) or excepted_by(a), fold=True)


def excepted(words: str, text: str, span: tuple[int, int] | None = None) -> str | None:
    """Return the words by which a text excepts some words, or knows nothing of them, wherever they stand.

    >>> excepted("diabetes", "It occurs with obesity, but not with diabetes.")
    'not with'
    """
    return everywhere(words, text, span, lambda before, behind: excepted_by(before) or _unknown(behind), fold=True)


def excepted_by(before: str) -> str | None:
    """Return the words at the end of a sentence that breaks off by which it excepts what follows."""
    match = _EXCEPT.search(before)
    return match[0].strip() if match else None


def _unknown(behind: str) -> str | None:
    match = _UNKNOWN.match(behind)
    return match["no"] if match else None


def _order(before: str, behind: str) -> str | None:
    if _LIMITED.match(behind):
        return None
    for match in _FORBIDS.finditer(before):
        if len(match["rest"].split()) <= _REACH and not _TURNS.search(match["rest"]):
            return match[0].removesuffix(match["rest"]).strip()
    return None


def _needless(behind: str) -> str | None:
    match = _NEEDLESS.match(behind)
    return match["no"] if match else None
