"""Folding: what only follows from another finding is not shown beside it.

A finding folds others only where it is shown itself: no run passes because something was folded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ivig_kg.findings import Finding, Position, Severity
from ivig_kg.nodes import Document, Listing, Scalar
from ivig_kg.nodes import Mapping as Node
from ivig_kg.spelling import slug_of

# what a key or a value should be depends on the type of its node
_TYPE = frozenset({"abstract-type", "missing-type", "unknown-type"})
_ID = frozenset({"bad-id", "missing-id"})
_BESIDE_TYPE = _TYPE | _ID | {"duplicate-id"}
_NO_TEXT = frozenset({"file-too-large", "not-utf-8", "unreadable-file"})
_UNKNOWN_ID = "unknown-id"
# rules that judge words by the names of concepts, of which some are missing
_BY_NAMES = frozenset(
    {"label-names-other", "label-names-nothing", "label-number", "label-frequency", "label-claims-other"}
    | {"source-names-other", "passage-names-other"}
)
# rules that say that nobody says something
_NOWHERE = frozenset({"passage-uncited", "sentence-uncovered"})
_UNCOVERED = "sentence-uncovered"
_DIGEST = "passage-digest"
_NO_NUMBER = frozenset({"not-a-number", "number-form"})
# what says that a passage does not stand where it says, or not with these words
_REFUSED = {f"Passage-{key}" for key in ("start", "end", "order", "textDigest", "position")} | _NO_NUMBER
_MISPLACED = _REFUSED | {_DIGEST, "passage-position"}
# a finding, and those that say of the same value what comes first
_AFTER = {
    "mapping-names-other": frozenset({"term-label"}),
    "quotation-names-other": frozenset({"quotation-altered", "quotation-missing"}),
    "quotation-says-nothing": frozenset({"quotation-altered", "quotation-missing", "quotation-names-other"}),
    "number-not-in-passage": _NO_NUMBER,
}
# the name of a shape that holds of what the rules derive, and only where nothing was left out
_DERIVED = "-shortcut"

_Place = tuple[str, int, int]


def fold(
    findings: Collection[Finding],
    *,
    documents: Callable[[Collection[Position]], Sequence[Document]],
    lines: Mapping[str, Sequence[str]],
) -> list[Finding]:
    """Return findings without those that only follow from others of them.

    * A node whose type is missing or unknown: nothing else can be said of its keys and values.
    * A node with a bad id or none: whoever names the id that it should have is not at fault.
    * A concept with a bad type: the rows of the table of mappings that name it are not at fault.
    * A file that cannot be read: it may say what is said nowhere else, name what a label speaks of, and define any
      id where it shows none.
    * A passage whose place or digest is wrong: its sentence stands in none, and its digest is that of other words.
    * Words that do not stand in the passage, and a number that is none: what they mean is asked once they are mended.
    * Of several shapes that refuse one value, the plainest: the name with the fewest hyphens.
    * Any error: what is derived is not whole, and nothing that rests on it can be judged.

    Two mistakes that a person has to mend one by one are both kept: those at two places, and those of one
    node that are shown at its id because what they miss has no place.

    Args:
        findings: What was found.
        documents: Gives the documents in which some places are.
        lines: The lines of every file by its name in the findings.
    """
    if all(f.severity is not Severity.ERROR for f in findings):
        return list(findings)
    concerned = documents({f.position for f in findings})
    return _folded(findings, concerned, lines)


def _folded(
    findings: Collection[Finding], documents: Sequence[Document], lines: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """Return findings without those that only follow from others, with the documents that they stand in."""
    owners = _owners(documents)
    untyped = {_owner(f, owners) for f in findings if f.code in _TYPE} - {None}
    unnamed = {_owner(f, owners) for f in findings if f.code in _ID} - {None}
    seeming = set(_seeming_ids(documents, untyped | unnamed))
    told = set(findings)  # a bundle may have thousands
    unread = [d for d in documents if not told.isdisjoint(d.findings)]
    blind = any(_hides_ids(d) for d in unread)
    refused = {_owner(f, owners) for f in findings if f.code in _REFUSED} - {None}
    displaced = set(_sources(documents, {_owner(f, owners) for f in findings if f.code in _MISPLACED}))
    at_one_place = _at_one_place(findings, at_id=set(_id_places(documents)))
    wrong = any(f.severity is Severity.ERROR and not f.code.endswith(_DERIVED) for f in findings)

    def follows(finding: Finding) -> bool:
        """Tell whether a finding only follows from another."""
        owner = _owner(finding, owners)
        if finding.code == _UNKNOWN_ID and (blind or _id_at(finding, lines) in seeming):
            return True
        if (finding.code in _NOWHERE and (unread or owner in unnamed)) or (finding.code in _BY_NAMES and unread):
            return True
        if (finding.code == _UNCOVERED and owner in displaced) or (finding.code == _DIGEST and owner in refused):
            return True
        if finding.code.endswith(_DERIVED):
            return wrong
        if _is_after(finding, at_one_place.get(_place(finding.position), ())):
            return True
        return finding.code not in _BESIDE_TYPE and owner in untyped

    return [f for f in findings if not follows(f)]


def _at_one_place(findings: Iterable[Finding], *, at_id: Collection[_Place]) -> dict[_Place, list[Finding]]:
    """Return the findings about one value by its place; a node's id is the place of much that is not about it."""
    found: dict[_Place, list[Finding]] = {}
    for finding in findings:
        if _place(finding.position) not in at_id:
            found.setdefault(_place(finding.position), []).append(finding)
    return found


def _is_after(finding: Finding, beside: Iterable[Finding]) -> bool:
    """Tell whether an error at the same place says what is to be mended first."""
    errors = {f.code for f in beside if f.severity is Severity.ERROR and not f.code.endswith(_DERIVED)}
    if finding.code in _AFTER:
        return not errors.isdisjoint(_AFTER[finding.code])
    plainer = (code for code in errors if code[:1].isupper() and code.count("-") < finding.code.count("-"))
    return finding.code[:1].isupper() and any(plainer)


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
        for node in document.mappings
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


def _id_places(documents: Sequence[Document]) -> Iterator[_Place]:
    for node in (n for d in documents for n in d.mappings):
        name = node.get("id")
        yield _place(name.position if name else node.position)


def _sources(documents: Sequence[Document], passages: Collection[_Place | None]) -> Iterator[_Place]:
    """Yield the sources of some passages."""
    nodes = [n for d in documents for n in d.mappings]
    outside = {parent.text for n in nodes if _place(n.position) in passages and (parent := n.get("inSource"))}
    for node in nodes:
        name = node.get("id")
        inside = any(e.key.text == "passages" and _holds(e.values, passages) for e in node.entries)
        if inside or (name and name.text in outside):
            yield _place(node.position)


def _holds(values: Iterable[object], places: Collection[_Place | None]) -> bool:
    return any(isinstance(v, Node) and _place(v.position) in places for v in values)


def _seeming_ids(documents: Sequence[Document], wrong: Collection[_Place | None]) -> Iterator[str]:
    """Yield the ids that nodes would have if what is wrong with them were mended."""
    for node in (n for d in documents for n in d.mappings if _place(n.position) in wrong):
        named = node.get("id") or node.get("label")
        if named and (made := slug_of(named.text)):
            yield made


def _hides_ids(document: Document) -> bool:
    """Tell whether a file that cannot be read may define ids that nobody can see."""
    return not document.ids and any(f.code in _NO_TEXT for f in document.findings)
