"""Words: is every key, type and value one that the vocabulary knows, on a node that may have it?

JSON-LD drops what it does not know without a word, so nothing reaches it that was not found good here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from ivig_kg import forms
from ivig_kg.findings import Finding, Position, Severity, quoted
from ivig_kg.nodes import Document, Entry, Listing, Mapping, Scalar
from ivig_kg.resources import THINGS
from ivig_kg.schema import Form, Key, Schema
from ivig_kg.spelling import RESERVED, did_you_mean, is_slug, nearest, only_near, slug_of, with_article

MAX_KINDS = 3
MAX_TRAILING = 2000  # lines of one file that are told to end with blanks
_FIX = "`ivig-kg check --fix` takes them off"

_WRITE_A_NODE = "write `- id: …` and the other keys below it"


@dataclasses.dataclass(slots=True)
class Reading:
    """What was found in the words of some documents.

    Attributes:
        findings: What is wrong.
        rejected: Places of keys and values that must not be mapped to RDF.
        unmapped: Places of whole nodes that must not be.
        reported: (subject, property) pairs, as IRIs, that a finding speaks of already.
    """

    findings: list[Finding] = dataclasses.field(default_factory=list)
    rejected: set[Position] = dataclasses.field(default_factory=set)
    unmapped: set[Position] = dataclasses.field(default_factory=set)
    reported: set[tuple[str, str]] = dataclasses.field(default_factory=set)


def check(documents: Iterable[Document], *, schema: Schema) -> Reading:
    """Check the words of every node of some documents."""
    reading = Reading()
    for document in documents:
        reading.findings += _trailing(document)
        for node in document.nodes:
            if isinstance(node, Mapping):
                _Checker(schema, reading).node(node)
            else:
                message = "an item of the list is not a node"
                reading.findings.append(Finding("not-a-node", message, node.position, hint=_WRITE_A_NODE))
                reading.unmapped.add(node.position)
    return reading


def _trailing(document: Document) -> Iterator[Finding]:
    """Find blanks at the ends of lines: no value has any, and what compares files shows them as a change."""
    count = 0
    for number, line in enumerate(document.lines, document.first):
        bare = line.removesuffix("\r")
        blanks = len(bare) - len(bare.rstrip(" "))
        if blanks and not document.findings:
            count += 1
            said = "the line ends with blanks" + (", and more lines do" if count == MAX_TRAILING else "")
            at = Position(document.path, number, len(bare) - blanks + 1, blanks)
            yield Finding("trailing-blank", said, at, Severity.NOTE, hint=_FIX, fix="")
        if count == MAX_TRAILING:
            return


class _Checker:
    """Checks one node after the other; findings gather in the reading."""

    def __init__(self, schema: Schema, reading: Reading) -> None:
        self.schema = schema
        self.reading = reading
        self.subject = ""
        self.label: str | None = None

    def node(self, node: Mapping, *, under: Key | None = None) -> None:
        """Check a node with its type, its keys and the nodes under it."""
        self.label = node.name
        self.subject = self._id(node)
        type_name = self._type(node) or ""
        class_iri = self.schema.classes.get(type_name)
        inner: list[tuple[Entry, Key]] = []
        if under and class_iri and under.iri not in self.schema.properties(class_iri):
            message = f"{with_article(type_name or '')} does not stand under `{under.name}`"
            self._reject("misplaced-node", message, node.position, hint="write it as an item of the list by itself")
        for entry in node.entries:
            if entry.key.text in {"id", "type"}:
                continue
            key = self._key(entry, type_name, class_iri)
            if key is None:
                continue
            if under and key.iri == under.iri:
                message = f"`{key.name}` is said already by standing under `{under.name}`"
                self._reject("said-twice", message, entry.key.position, key, hint=f"take `{key.name}` out")
            elif key.form is Form.NODES:
                inner.append((entry, key))
            else:
                self._values(entry, key)
        for entry, key in inner:
            self._nodes(entry, key)

    def _find(
        self, code: str, message: str, position: Position, *, hint: str | None = None, fix: str | None = None
    ) -> None:
        self.reading.findings.append(Finding(code, message, position, hint=hint, subject=self.label, fix=fix))

    def _reject(
        self,
        code: str,
        message: str,
        position: Position,
        key: Key | None = None,
        *,
        hint: str | None = None,
        fix: str | None = None,
    ) -> None:
        self._find(code, message, position, hint=hint, fix=fix)
        self.reading.rejected.add(position)
        if key:
            self.reading.reported.add((self.subject, key.iri))

    def _id(self, node: Mapping) -> str:
        """Return the IRI of a node; a node without a good id is not mapped."""
        entry = next((e for e in node.entries if e.key.text == "id"), None)
        if entry is None:
            self._find(
                "missing-id",
                "the node has no id",
                node.position,
                hint="add `id:` with lower-case words joined by hyphens",
            )
        elif not isinstance(entry.value, Scalar):
            self._find("bad-id", "an id is one word", entry.value.position)
        elif not is_slug(entry.value.text) or (entry.value.plain and entry.value.text in forms.NOTHING):
            taken = entry.value.text in RESERVED
            hint = f"write `{made}`" if (made := slug_of(entry.value.text)) else None
            what = "a word that JSON-LD keeps for itself" if taken else "not an id: lower-case words joined by hyphens"
            message = f"{quoted(entry.value.text)} is {what}"
            self._find("bad-id", message, entry.value.position, hint=hint)
        else:
            return THINGS + entry.value.text
        self.reading.unmapped.add(node.position)
        return ""

    def _type(self, node: Mapping) -> str | None:
        """Return the name of a node's class where it is a good one; else the node is not mapped."""
        entry = next((e for e in node.entries if e.key.text == "type"), None)
        if entry is None:
            self._find(
                "missing-type",
                "the node has no type",
                node.position,
                hint="add `type:` with the kind of fact or concept",
            )
        elif not isinstance(entry.value, Scalar):
            self._find("unknown-type", "a node has one type, a single word", entry.value.position)
        elif (name := entry.value.text) in self.schema.abstract:
            message = f"{quoted(name)} is not used by itself"
            self._find("abstract-type", message, entry.value.position, hint=self._kinds(name))
        elif name not in self.schema.classes:
            concrete = frozenset(self.schema.classes) - self.schema.abstract
            hint, fix = did_you_mean(name, concrete), only_near(name, concrete)
            self._find("unknown-type", f"{quoted(name)} is not a type", entry.value.position, hint=hint, fix=fix)
        else:
            return name
        self.reading.unmapped.add(node.position)
        return None

    def _kinds(self, abstract: str) -> str:
        iri = self.schema.classes[abstract]
        kinds = sorted(n for n, i in self.schema.classes.items() if iri in self.schema.ancestors(i) - {i})
        return "use one of its kinds: " + ", ".join(k for k in kinds if k not in self.schema.abstract)

    def _key(self, entry: Entry, type_name: str, class_iri: str | None) -> Key | None:
        """Return the key of an entry where it is known and allowed on the type."""
        name = entry.key.text
        key = self.schema.keys.get(name)
        allowed = self.schema.allowed(class_iri) if class_iri else frozenset(self.schema.keys)
        if key is None:
            on = f"a key of {with_article(type_name or '')}" if type_name else "a key"
            near = nearest(name, allowed | {"id", "type"})
            meant = self.schema.keys.get(near or "")
            hint = f"did you mean `{near}`?" if near else None
            fix = only_near(name, allowed | {"id", "type"})
            self._reject("unknown-key", f"{quoted(name)} is not {on}", entry.key.position, meant, hint=hint, fix=fix)
            return None
        if class_iri and name not in allowed:
            message = f"`{name}` does not belong on {with_article(type_name or '')}"
            hint = did_you_mean(name, allowed - {name}) or self._belongs(name)
            self._reject("misplaced-key", message, entry.key.position, key, hint=hint)
            return None
        return key

    def _belongs(self, name: str) -> str | None:
        """Return the hint that says on which types a key belongs, where they are few."""
        concrete = {n: i for n, i in self.schema.classes.items() if n not in self.schema.abstract}
        kinds = sorted(n for n, i in concrete.items() if name in self.schema.allowed(i))
        return f"it belongs on {' or '.join(map(with_article, kinds))}" if 0 < len(kinds) <= MAX_KINDS else None

    def _values(self, entry: Entry, key: Key) -> None:
        if isinstance(entry.value, Listing) and not entry.value.items:
            self._reject(
                "empty-value", "the list is empty", entry.value.position, key, hint="write a value, or take the key out"
            )
        seen: dict[str, Position] = {}
        for value in entry.values:
            if not isinstance(value, Scalar):
                self._reject(
                    "not-a-value",
                    f"the value of `{key.name}` is {key.form.value}, not a nested structure",
                    value.position,
                    key,
                )
            elif value.text in seen:
                finding = Finding(
                    "said-twice", f"{quoted(value.text)} stands twice here", value.position, subject=self.label
                )
                self.reading.findings.append(
                    dataclasses.replace(finding, related=(("the first stands at", seen[value.text]),))
                )
                self.reading.rejected.add(value.position)
            else:
                seen[value.text] = value.position
                self._value(value, key)

    def _value(self, value: Scalar, key: Key) -> None:
        problem = forms.problem(value, key=key, schema=self.schema)
        if problem:
            self._reject(problem.code, problem.message, value.position, key, hint=problem.hint, fix=problem.fix)

    def _nodes(self, entry: Entry, key: Key) -> None:
        """Check the nodes that stand under a node, such as passages under their source."""
        outer = self.subject
        for item in entry.values:
            if isinstance(item, Mapping):
                self.node(item, under=key)
            else:
                self.subject = outer
                self._reject("not-a-node", f"`{key.name}` holds nodes", item.position, key, hint=_WRITE_A_NODE)
        if isinstance(entry.value, Listing) and not entry.value.items:
            hint = "write a node, or take the key out"
            self._reject("empty-value", "the list is empty", entry.value.position, hint=hint)
