"""Drafts: the text of a new node, with an id proposed and the keys that wait for a value."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence

from ivig_kg import facts, skeletons, textfile
from ivig_kg.errors import UsageError
from ivig_kg.findings import Position, quoted
from ivig_kg.forms import NOTHING
from ivig_kg.nodes import Entry, Listing, Scalar
from ivig_kg.nodes import Mapping as Node
from ivig_kg.schema import Schema
from ivig_kg.skeletons import Field
from ivig_kg.spelling import MAX_SLUG, nearest, slug_of

# What an id calls the kind of a fact; other classes are called by their name.
KIND_WORDS = {
    "AdverseEffect": "effect",
    "ClinicalUse": "use",
    "DosageRegimen": "regimen",
    "DosingConsideration": "dosing",
    "MonitoringRequirement": "monitoring",
    "Naming": "name",
    "PatientAdvice": "advice",
    "PreventiveIndication": "prevention",
    "ProductProperty": "property",
    "TreatmentIndication": "treatment",
    "UseInPopulation": "population",
}
UNNAMED = "new"
MAX_WHAT = 80

_PRESET = {"status": ("draft",)}
_ROOM = 20  # of an id, for a number behind it
_OPTIONAL = "# What the source says besides; take `# ` away before a key and give it a value."

Values = Mapping[str, Sequence[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A new node, and what is worth knowing about it.

    Attributes:
        name: Its id.
        lines: Its lines, as an item of a list that begins in the first column.
        notes: A sentence for each of its values that leads to nothing yet.
        source: The source that it is put under; None for an item of a file's own list.
        stands: Where the same thing stands already; then there is nothing to write.
    """

    name: str
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    source: str | None = None
    stands: Position | None = None

    @property
    def text(self) -> str:
        """The node as it is pasted into a file."""
        indent = "    " if self.source else ""
        return "".join(f"{indent}{line}\n" for line in self.lines)


def written(value: str, *, listed: bool = False) -> str:
    """Return a value as YAML that is read back as exactly this text, plain where that can be.

    Args:
        value: One line of text.
        listed: Whether it stands in a list between brackets.

    Raises:
        UsageError: It holds a character that no facts file may hold.

    >>> written("headache"), written("strain # 4")
    ('headache', '"strain # 4"')
    """
    bad = next((c for c in value if textfile.forbidden(c)), None)
    if bad is not None:
        message = f"{textfile.forbidden(bad)} (U+{ord(bad):04X}) is not allowed in the value {quoted(value)}"
        raise UsageError(message)
    if value not in NOTHING and _is_read_back(value, listed=listed):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_read_back(value: str, *, listed: bool) -> bool:
    document = facts.parse(f"- key: [{value}]\n" if listed else f"- key: {value}\n", shown="")
    match document.nodes:
        case [Node(entries=[Entry(value=Listing(items=[Scalar(text=text)]))])] if listed:
            return text == value
        case [Node(entries=[Entry(value=Scalar(text=text))])] if not listed:
            return text == value and bool(value)
    return False


def node(
    class_name: str,
    values: Values,
    *,
    schema: Schema,
    name: str,
    optional: Collection[str] = (),
    bare: bool = False,
) -> Draft:
    """Return a new node: what is given and what is required, then the rest as comments.

    Args:
        class_name: Its class.
        values: The values given, by key.
        schema: What its class may have.
        name: Its id.
        optional: Keys that are not required here.
        bare: Whether to leave the comments on what it may have besides out.

    Raises:
        UsageError: The class has no such key, or a value cannot be written.
    """
    fields = skeletons.fields(class_name, schema=schema)
    _refuse_unknown(class_name, values, ["id", *(f.key.name for f in fields)])
    preset = {f.key.name: _PRESET.get(f.key.name) for f in fields if f.required}
    filled: Values = {f.key.name: values.get(f.key.name) or preset.get(f.key.name) or () for f in fields}
    waiting = [f for f in fields if not filled[f.key.name] and f.key.name not in optional and _is_wanted(f, filled)]
    lines = [f"- id: {written(name)}", f"  type: {class_name}"]
    for field in fields:
        if filled[field.key.name]:
            lines.append(f"  {field.key.name}: {_values(filled[field.key.name])}")
        elif field in waiting:
            lines.append(f"  {field.key.name}:   # {field.says}{_or(field)}")
    rest = [f for f in fields if not filled[f.key.name] and f not in waiting]
    if rest and not bare:
        lines += [f"  {_OPTIONAL}", *(f"  # {f.key.name}:   # {f.says}" for f in rest)]
    return Draft(name, tuple(lines))


def _is_wanted(field: Field, filled: Values) -> bool:
    return field.required and not any(filled[other] for other in field.others)


def _or(field: Field) -> str:
    others = " or ".join(f"`{name}`" for name in field.others if name != field.key.name)
    return f"; this, {others}, or both: take out what the source does not name" if others else ""


def _values(values: Sequence[str]) -> str:
    if len(values) == 1:
        return written(values[0])
    return f"[{', '.join(written(v, listed=True) for v in values)}]"


def _refuse_unknown(class_name: str, values: Values, known: Sequence[str]) -> None:
    for name in values:
        if name not in known:
            near = nearest(name, frozenset(known))
            hint = f"did you mean `{near}`?" if near else f"its keys are {', '.join(sorted(known))}"
            message = f"{quoted(name)} is not a key of `{class_name}`; {hint}"
            raise UsageError(message)


def proposed_id(class_name: str, values: Values, *, schema: Schema, source: str | None, taken: Collection[str]) -> str:
    """Return an id for a new node that no other has: `<source>-<kind>-<what>` for a fact, else its plain name.

    Args:
        class_name: The class of the node.
        values: The values given, by key: what the fact says, or the label.
        schema: Which key says what a fact of the class is about.
        source: The id of the source that states the fact.
        taken: The ids that there are.
    """
    what = next((made for text in _naming(class_name, values, schema) if (made := slug_of(_short(text)))), None)
    if skeletons.is_fact(class_name, schema=schema):
        base = f"{source or 'source'}-{kind_word(class_name)}-{what or UNNAMED}"
    else:
        base = what or f"{UNNAMED}-{kind_word(class_name)}"
    base = base if len(base) <= MAX_SLUG - _ROOM else base[: MAX_SLUG - _ROOM].rpartition("-")[0] or base[:_ROOM]
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(name for name in numbered if name not in taken)


def _short(text: str) -> str:
    return text if len(text) <= MAX_WHAT else text[:MAX_WHAT].rpartition(" ")[0]


def kind_word(class_name: str) -> str:
    """Return what an id calls the kind of a node.

    >>> kind_word("AdverseEffect"), kind_word("BoxedWarning")
    ('effect', 'boxed-warning')
    """
    spaced = "".join(f"-{c.lower()}" if c.isupper() else c for c in class_name)
    return KIND_WORDS.get(class_name, spaced.removeprefix("-"))


def _naming(class_name: str, values: Values, schema: Schema) -> Iterator[str]:
    """Yield what a node could be named by, the best first."""
    fact = skeletons.is_fact(class_name, schema=schema)
    keys = [f.key.name for f in skeletons.fields(class_name, schema=schema) if f.required]
    told = [k for k in keys if k not in {"label", "about", "evidence", "status"}]
    for key in told if fact else ("label", "title"):
        yield from values.get(key, ())[:1]
