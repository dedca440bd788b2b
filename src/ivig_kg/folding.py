"""Folding: what only follows from another finding is not shown beside it.

A finding folds others only where it is shown itself: no run passes because something was folded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.nodes import Document, Listing, Scalar, mappings
from ivig_kg.nodes import Mapping as Node
from ivig_kg.spelling import slug_of

# what a key or a value should be depends on the type of its node
_TYPE = frozenset({"abstract-type", "missing-type", "unknown-type"})
_ID = frozenset({"bad-id", "missing-id"})
_BESIDE_TYPE = _TYPE | _ID | {"duplicate-id"}
_NO_TEXT = frozenset({"file-too-large", "not-utf-8", "unreadable-file"})
_UNKNOWN_ID = "unknown-id"
# rules that say that nobody says something
_NOWHERE = frozenset({"passage-uncited", "sentence-uncovered"})
# the name of a shape that holds of what the rules derive, and only where nothing was left out
_DERIVED = "-shortcut"

_Place = tuple[str, int, int]


def fold(
    findings: Collection[Finding], *, documents: Sequence[Document], lines: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """Return findings without those that only follow from others of them.

    * A node whose type is missing or unknown: nothing else can be said of its keys and values.
    * A node with a bad id or none: whoever names the id that it should have is not at fault.
    * A concept with a bad type: the rows of the table of mappings that name it are not at fault.
    * A file that cannot be read: it may say what is said nowhere else, and define any id where it shows none.
    * Any error: what is derived is not whole, and nothing that rests on it can be judged.

    Two mistakes that a person has to mend one by one are both kept.

    Args:
        findings: What was found.
        documents: The documents that it was found in.
        lines: The lines of every file by its name in the findings.
    """
    owners = _owners(documents)
    untyped = {_owner(f, owners) for f in findings if f.code in _TYPE} - {None}
    unnamed = {_owner(f, owners) for f in findings if f.code in _ID} - {None}
    seeming = set(_seeming_ids(documents, untyped | unnamed))
    unread = [d for d in documents if any(f in findings for f in d.findings)]
    blind = any(_hides_ids(d) for d in unread)
    wrong = any(f.severity is Severity.ERROR and not f.code.endswith(_DERIVED) for f in findings)

    def follows(finding: Finding) -> bool:
        """Tell whether a finding only follows from another."""
        owner = _owner(finding, owners)
        if finding.code == _UNKNOWN_ID and (blind or _id_at(finding, lines) in seeming):
            return True
        if finding.code in _NOWHERE and (unread or owner in unnamed):
            return True
        if finding.code.endswith(_DERIVED):
            return wrong
        return finding.code not in _BESIDE_TYPE and owner in untyped

    return [f for f in findings if not follows(f)]


def text_at(finding: Finding, lines: Mapping[str, Sequence[str]]) -> str:
    """Return the text that a finding points at; empty where its line is not at hand."""
    at = finding.position
    found = lines.get(at.path, ())
    return found[at.line - 1][at.column - 1 : at.column - 1 + at.length] if at.line <= len(found) else ""


def _id_at(finding: Finding, lines: Mapping[str, Sequence[str]]) -> str:
    return text_at(finding, lines).strip("\"'").removeprefix("kg:")


def _place(position: Position) -> _Place:
    return position.path, position.line, position.column


def _owners(documents: Sequence[Document]) -> dict[_Place, _Place]:
    """Return for every place at which something can be found the node that it belongs to."""
    return {
        _place(position): _place(node.position)
        for document in documents
        for node in mappings(document.nodes)
        for position in _positions(node)
    }


def _owner(finding: Finding, owners: Mapping[_Place, _Place]) -> _Place | None:
    return owners.get(_place(finding.position))


def _positions(node: Node) -> Iterator[Position]:
    yield node.position
    for entry in node.entries:
        yield entry.key.position
        if isinstance(entry.value, Scalar | Listing):
            yield entry.value.position
        yield from (value.position for value in entry.values if isinstance(value, Scalar | Listing))


def _seeming_ids(documents: Sequence[Document], wrong: Collection[_Place | None]) -> Iterator[str]:
    """Yield the ids that nodes would have if what is wrong with them were mended."""
    for node in (n for d in documents for n in mappings(d.nodes) if _place(n.position) in wrong):
        named = node.get("id") or node.get("label")
        if named and (made := slug_of(named.text)):
            yield made


def _hides_ids(document: Document) -> bool:
    """Tell whether a file that cannot be read may define ids that nobody can see."""
    return not document.ids and any(f.code in _NO_TEXT for f in document.findings)
