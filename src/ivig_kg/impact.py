"""Impact: what a change means for those who query, as major, minor or patch.

Major where a query that had an answer may lose it, minor where one may gain an answer, patch where only
words for people, positions and bookkeeping differ. See docs/decisions/0008-what-kind-of-change.md.

    major  a fact, concept, source or passage is removed, or its id changed
    major  a node has another class
    major  a value that queries match is taken away or replaced
    major  a fact is retracted or superseded
    major  a reviewed fact is not reviewed any more
    major  a direct triple is gone
    major  a mapping is gone
    major  a class, property or word is removed, or has lost a link that queries follow
    major  a named query is removed, or has other columns
    major  a named query has no answer any more, or fewer rows
    minor  a fact, concept, source or passage is added
    minor  a value that queries match is added, and none taken away
    minor  a fact is live again
    minor  a direct triple is added
    minor  a mapping is added
    minor  a class, property or word is added, or has a new link that queries follow
    minor  a named query is added, or asks otherwise with the same columns
    minor  a named query has more rows
    patch  our own words about a node change: label, definition, note, reason
    patch  the quotation that shows the place of a fact changes, or who handled the fact and when
    patch  a draft is reviewed, or a fact that is not live changes its state
    patch  the description of a source changes, or the position of a passage
    patch  the remarks on a mapping change
    patch  the words about a class, property or word change, or its links to other vocabularies
    patch  the question of a named query is worded otherwise
    patch  a named query has as many rows, with other values in them

A value that queries match is an id, a word of a list, a number, a date or plain text on a fact or a concept,
an alias, and whatever a fact is mainly about.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from typing import Any

import pyoxigraph as ox

from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.schema import RDFS, SKOS


class Impact(enum.Enum):
    """How much a change means for those who query, the heaviest first."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Change(enum.Enum):
    """What kind of change something is: the lines of the table above."""

    NODE_REMOVED = (Impact.MAJOR, "a fact, concept, source or passage is removed, or its id changed")
    CLASS_CHANGED = (Impact.MAJOR, "a node has another class")
    VALUE_GONE = (Impact.MAJOR, "a value that queries match is taken away or replaced")
    NOT_LIVE = (Impact.MAJOR, "a fact is retracted or superseded")
    NOT_REVIEWED = (Impact.MAJOR, "a reviewed fact is not reviewed any more")
    DIRECT_GONE = (Impact.MAJOR, "a direct triple is gone")
    MAPPING_GONE = (Impact.MAJOR, "a mapping is gone")
    TERM_GONE = (Impact.MAJOR, "a class, property or word is removed, or has lost a link that queries follow")
    QUERY_GONE = (Impact.MAJOR, "a named query is removed, or has other columns")
    ANSWER_GONE = (Impact.MAJOR, "a named query has no answer any more, or fewer rows")
    NODE_ADDED = (Impact.MINOR, "a fact, concept, source or passage is added")
    VALUE_ADDED = (Impact.MINOR, "a value that queries match is added, and none taken away")
    LIVE_AGAIN = (Impact.MINOR, "a fact is live again")
    DIRECT_ADDED = (Impact.MINOR, "a direct triple is added")
    MAPPING_ADDED = (Impact.MINOR, "a mapping is added")
    TERM_ADDED = (Impact.MINOR, "a class, property or word is added, or has a new link that queries follow")
    QUERY_ADDED = (Impact.MINOR, "a named query is added, or asks otherwise with the same columns")
    ANSWER_MORE = (Impact.MINOR, "a named query has more rows")
    WORDING = (Impact.PATCH, "our own words about a node change: label, definition, note, reason")
    HANDLING = (
        Impact.PATCH,
        "the quotation that shows the place of a fact changes, or who handled the fact and when",
    )
    REVIEWED = (Impact.PATCH, "a draft is reviewed, or a fact that is not live changes its state")
    DESCRIPTION = (Impact.PATCH, "the description of a source changes, or the position of a passage")
    MAPPING_REMARKS = (Impact.PATCH, "the remarks on a mapping change")
    TERM_WORDING = (
        Impact.PATCH,
        "the words about a class, property or word change, or its links to other vocabularies",
    )
    QUERY_WORDING = (Impact.PATCH, "the question of a named query is worded otherwise")
    ANSWER_OTHER = (Impact.PATCH, "a named query has as many rows, with other values in them")

    @property
    def impact(self) -> Impact:
        """Major, minor or patch."""
        return self.value[0]

    @property
    def words(self) -> str:
        """The line of the table."""
        return self.value[1]


MAIN = VOCABULARY + "mainProperty"
STATUS = VOCABULARY + "status"
SUPERSEDED = VOCABULARY + "supersededBy"

_ALIAS = SKOS + "altLabel"
_HANDLING = frozenset(
    VOCABULARY + name for name in ("statedAs", "curator", "curatedOn", "reviewer", "reviewedOn", "retractedOn")
)
# `quotes` is read by the checks alone
_TO_READ = frozenset(
    {RDFS + "seeAlso", RDFS + "isDefinedBy", "http://purl.org/dc/terms/license", VOCABULARY + "quotes"}
)

Term = Any
Values = dict[str, frozenset[Term]]


def heaviest(changes: Iterable[Change]) -> Impact | None:
    """Return the heaviest impact of some changes, or None where there are none.

    >>> heaviest([Change.WORDING, Change.NODE_ADDED])
    <Impact.MINOR: 'minor'>
    """
    found = {change.impact for change in changes}
    return next((impact for impact in Impact if impact in found), None)


def of_value(
    predicate: str, *, gone: Collection[Term], new: Collection[Term], kind: str, main: Collection[str]
) -> Change:
    """Return what kind of change it is that a node has other values of a property.

    Args:
        predicate: The property.
        gone: The values that were taken away.
        new: The values that were added.
        kind: fact, concept, source or passage.
        main: The properties that lead from facts to what they say.
    """
    terms = [*gone, *new]
    if kind in {"source", "passage"} and not any(_inner(t) for t in terms):
        return Change.DESCRIPTION
    if predicate in _HANDLING:
        return Change.HANDLING
    if predicate not in main and predicate != _ALIAS and all(getattr(t, "language", None) for t in terms):
        return Change.WORDING
    return Change.VALUE_GONE if gone else Change.VALUE_ADDED


def _inner(term: Term) -> bool:
    """Tell whether a value is a node or a word of ours, that a query can follow."""
    return isinstance(term, ox.NamedNode) and term.value.startswith((THINGS, VOCABULARY))


def of_state(predicate: str, *, old: Values, new: Values) -> Change:
    """Return what kind of change it is that a fact has another status, or another successor."""
    if is_live(old) and not is_live(new):
        return Change.NOT_LIVE
    if is_live(new) and not is_live(old):
        return Change.LIVE_AGAIN
    lost = _has_status(old, "reviewed") and not _has_status(new, "reviewed")
    return Change.NOT_REVIEWED if predicate == STATUS and lost else Change.REVIEWED


def is_live(values: Values) -> bool:
    """Tell whether a fact is neither retracted nor superseded."""
    return not _has_status(values, "retracted") and SUPERSEDED not in values


def _has_status(values: Values, word: str) -> bool:
    return any(t.value == VOCABULARY + word for t in values.get(STATUS, ()))


def of_term(predicate: str, *, gone: Collection[Term], new: Collection[Term]) -> Change:
    """Return what kind of change it is that a class, property or word has other values of a property."""
    if predicate in _TO_READ or predicate.startswith(SKOS):
        return Change.TERM_WORDING
    if any(isinstance(t, ox.NamedNode) for t in gone):
        return Change.TERM_GONE
    return Change.TERM_ADDED if any(isinstance(t, ox.NamedNode) for t in new) else Change.TERM_WORDING
