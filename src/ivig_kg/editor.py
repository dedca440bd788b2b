"""Editor: what a text editor needs to complete and underline facts files, as a JSON Schema (draft-07).

The schema knows one file and the form of each value; references and evidence need `check`. An editor
reads YAML 1.2, where a label such as `0.4` or `true` arrives as a number or as true: so text may be
those too. What the schema rejects, `check` rejects; the other way round it could not hold.

Source: https://json-schema.org/draft-07
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from ivig_kg import limits
from ivig_kg.limits import Limits
from ivig_kg.resources import THINGS, VOCABULARY, Project
from ivig_kg.schema import SKOS, XSD, Form, Key, Schema, load
from ivig_kg.spelling import MAX_SLUG, RESERVED, SCHEMES, SLUG

_Json = dict[str, object]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_TITLE = "Facts file of ivig-kg"
_SCALARS = ("string", "number", "boolean")
_ONE_LINE = r"^[^ \n]+( [^ \n]+)*$"
_SAY_LINE = "Write one line of text: no blank at its ends, one blank between words."
_SAY_ID = "An id is lower-case words joined by hyphens."
_ID: _Json = {
    "pattern": f"^(?!({'|'.join(sorted(RESERVED))})$){SLUG.pattern}$",
    "errorMessage": _SAY_ID,
    "maxLength": MAX_SLUG,
    "minimum": 0,
}
_ADDRESS: _Json = {
    "pattern": rf'^({"|".join(SCHEMES)})://[^ <>"{{}}|\\^`]*$',
    "errorMessage": "An address starts with https:// or http:// and has no blanks, quotation marks or brackets.",
}
# One word of ASCII, as `forms` asks where there is no closed list.
_WORD: _Json = {"pattern": "^[A-Za-z][A-Za-z0-9]*$", "errorMessage": "Write one word of letters and digits."}
_DATATYPES: dict[str, tuple[tuple[str, ...], _Json]] = {
    XSD + "decimal": (
        ("string", "number"),
        {"pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$", "errorMessage": "Write a number, digits and a point: 0.4."},
    ),
    XSD + "nonNegativeInteger": (
        ("string", "integer"),
        {"pattern": "^[0-9]+$", "errorMessage": "Write a whole number, digits alone.", "minimum": 0},
    ),
    XSD + "date": (
        ("string",),
        {
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            "errorMessage": "Write a date, year, month and day: 2024-02-29.",
        },
    ),
    XSD + "gYearMonth": (
        ("string",),
        {"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "errorMessage": "Write year and month: 2024-02."},
    ),
    XSD + "gYear": (
        ("string", "integer"),
        {
            "pattern": "^[0-9]{4}$",
            "errorMessage": "Write a year, its four digits: 2024.",
            "minimum": 0,
            "maximum": 9999,
        },
    ),
}
# What every reader of regular expressions takes alike: no groups with a question mark, no letter behind a backslash.
_PORTABLE = re.compile(r"(?:[^\\(]|\\[^A-Za-z0-9]|\((?!\?))*")
_READ_OTHERWISE = re.compile(r"[-+.]?[0-9.].*|true|True|TRUE|false|False|FALSE|null|Null|NULL|~|")


def text(project: Project) -> str:
    """Return the JSON Schema of a project's facts files as text.

    Raises:
        ShapesError: Ontology, shapes or context cannot be used.
    """
    return json.dumps(facts_schema(load(project)), indent=1, ensure_ascii=False) + "\n"


def facts_schema(schema: Schema) -> _Json:
    """Return the JSON Schema of facts files.

    The class of a node picks what is said of it, by if and then: a choice among thirty schemas would
    make an editor say of each why it does not fit.
    """
    writer = _Writer(schema)
    node = writer.node(None)
    return {
        "$schema": _DRAFT,
        "title": _TITLE,
        "description": "A list of facts, concepts and sources; each starts with `- id:`.",
        "type": "array",
        "minItems": 1,
        "items": node,
        "definitions": writer.definitions,
    }


class _Writer:
    """Writes the definitions, each once, and refers to them by name."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.definitions: dict[str, _Json] = {}
        self.notes = _notes(schema)
        self.limits = limits.by_class(schema)

    def node(self, under: Key | None) -> _Json:
        """Return the schema of a node that is an item of the file, or stands under a key of another node."""
        concrete = [n for n in self.schema.classes if n not in self.schema.abstract]
        names = [n for n in concrete if under is None or under.iri in self.schema.properties(self.schema.classes[n])]
        kinds = {
            "description": "What kind of thing this is.",
            "enum": names,
            "enumDescriptions": [self._means(self.schema.classes[n]) for n in names],
            "errorMessage": "This is not a type that stands here; the list of completions has them all.",
        }
        cases = [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": self._define(f"{name}.{under.name}" if under else name, self._class(name, under)),
            }
            for name in names
        ]
        node = {"type": "object", "required": ["id", "type"], "properties": {"id": self._id(), "type": kinds}}
        return self._define(f"node.{under.name}" if under else "node", node | {"allOf": cases})

    def _id(self) -> _Json:
        about = f"The name of this node. {_SAY_ID} It is never changed afterwards."
        return self._define("id", {"description": about, "type": list(_SCALARS), **_ID})

    def _class(self, name: str, under: Key | None) -> _Json:
        """Return the schema of a class: its keys, and those that it must have."""
        iri = self.schema.classes[name]
        asked = self.limits[iri]
        allowed = self.schema.allowed(iri)
        keys = [k for k in self.schema.keys.values() if k.name in allowed and (under is None or k.iri != under.iri)]
        values = {k.name: self._value(k, asked.get(k.iri, Limits()), name) for k in keys}
        needed = [k.name for k in keys if k.form is not Form.NODES and asked.get(k.iri, Limits()).least]
        kind = {"description": self._means(iri), "const": name}
        return {
            "title": name,
            "description": self._about(iri),
            "type": "object",
            "required": ["id", "type", *needed],
            "properties": {"id": self._id(), "type": kind} | values,
            "additionalProperties": False,
        }

    def _value(self, key: Key, asked: Limits, class_name: str) -> _Json:
        """Return the schema of what stands behind a key: a value, or a list of values."""
        about: _Json = {"description": self._about(key.iri, *asked.sayings)}
        if key.form is Form.NODES:
            node = self.node(key)
            ends = {"type": ["array", "object"], "minItems": 1}
            return self._define(
                f"key.{key.name}", about | ends | {"items": node, "if": {"type": "object"}, "then": node}
            )
        choices = self._choices(key, asked, class_name)
        made = about | (_listed(*_single(key, asked), asked) if choices is None else _chosen(choices, asked))
        family = (f"key.{key.name}", f"key.{key.name}.")
        same = (n for n, d in self.definitions.items() if d == made and (n == family[0] or n.startswith(family[1])))
        name = family[0] if family[0] not in self.definitions else family[1] + class_name
        return self._define(next(same, name), made)

    def _choices(self, key: Key, asked: Limits, class_name: str) -> _Json | None:
        """Return the schema of a closed list, or None where there is none."""
        if asked.choices is None or key.form in {Form.ADDRESS, Form.NODES}:
            return None
        names = {iri: name for name, iri in self.schema.words.items()}
        words = [names.get(c, c.removeprefix(THINGS)) for c in asked.choices]
        if any(_READ_OTHERWISE.fullmatch(word) for word in words):
            return None
        about = [self._means(c) for c in asked.choices]
        made: _Json = {"enum": words}
        if any(about):
            made["enumDescriptions"] = about
        made |= _message(asked, "choices")
        named = (
            n for n in (f"list.{key.name}", f"list.{key.name}.{class_name}") if self.definitions.get(n, made) == made
        )
        return self._define(next(named), made)

    def _about(self, iri: str, *more: str) -> str:
        """Return what the ontology says of a term, and more sentences, each a paragraph."""
        return "\n\n".join((*self.notes.get(iri, ()), *more))

    def _means(self, iri: str) -> str:
        """Return the first thing that the ontology says of a term: what it means."""
        return next(iter(self.notes.get(iri, ())), "")

    def _define(self, name: str, made: _Json) -> _Json:
        self.definitions.setdefault(name, made)
        return {"$ref": f"#/definitions/{name}"}


def _form(key: Key) -> tuple[tuple[str, ...], _Json]:
    """Return the types that a value of a key may arrive as, and the rules of its form."""
    if key.form is Form.REFERENCE:
        return _SCALARS, dict(_ID)
    if key.form is Form.ADDRESS:
        return ("string",), dict(_ADDRESS)
    if key.form is Form.WORD:
        return ("string", "boolean"), dict(_WORD)
    types, rules = _DATATYPES.get(key.datatype or "", (_SCALARS, {}))
    return types, dict(rules) or {"pattern": _ONE_LINE, "errorMessage": _SAY_LINE}


def _single(key: Key, asked: Limits) -> tuple[tuple[str, ...], _Json]:
    """Return the types and the rules of one value that is no word of a closed list."""
    types, rules = _form(key)
    bounds = {"minimum": asked.lowest, "maximum": asked.highest}
    rules |= {name: _number(bound) for name, bound in bounds.items() if bound is not None}
    more: list[_Json] = [
        {"pattern": p, **_message(asked, "patterns")} for p in asked.patterns if _PORTABLE.fullmatch(p)
    ]
    if asked.longest is not None:  # for `maxLength` some editors count UTF-16 units
        more.append({"pattern": f"^.{{0,{asked.longest}}}$", **_message(asked, "longest")})
    return types, rules | ({"allOf": more} if more else {})


def _message(asked: Limits, name: str) -> _Json:
    """Return what an editor says where a limit is broken: the sentence of its shape."""
    return {"errorMessage": asked.why[name]} if name in asked.why else {}


def _number(text: str) -> float:
    return int(text) if text.isdecimal() else float(text)


def _ends(asked: Limits) -> _Json:
    least: _Json = {"minItems": max(1, asked.least)}
    return least if asked.most is None else least | {"maxItems": asked.most}


def _listed(types: tuple[str, ...], rules: _Json, asked: Limits) -> _Json:
    """Return the schema of one value or a list of them; a list of one is a value too.

    `items` stands behind a condition: beside `type` it would make editors complete a key by a list.
    """
    many = {"items": {"type": list(types), **rules}, **_ends(asked)}
    return {"type": [*types, "array"], **rules, "if": {"type": "array"}, "then": many}


def _chosen(choices: _Json, asked: Limits) -> _Json:
    """Return the schema of one word of a closed list, or a list of them; under a condition none would be completed."""
    return {"anyOf": [choices, {"type": "array", "items": choices, **_ends(asked)}]}


def _notes(schema: Schema) -> dict[str, list[str]]:
    """Return what the ontology says of each term: what it means, when to use it, an example."""
    found: dict[str, dict[str, str]] = {}
    for triple in schema.ontology:
        found.setdefault(triple.subject.value, {})[triple.predicate.value] = str(triple.object.value)
    return {iri: list(_sentences(said)) for iri, said in found.items() if iri.startswith(VOCABULARY)}


def _sentences(said: Mapping[str, str]) -> Iterator[str]:
    for predicate, before in ((SKOS + "definition", ""), (SKOS + "scopeNote", ""), (SKOS + "example", "Example: ")):
        if predicate in said:
            yield before + re.sub(r"\bivig:(?=[A-Za-z])", "", said[predicate])
