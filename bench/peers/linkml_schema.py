"""Write the schema of a project as LinkML says it, and its facts as data of that schema: one file, as YAML and as JSON.

Left out are rules over two keys or two nodes, and the language of a text, which LinkML does not write. A decimal number
is a text with a pattern, so that it is written as it is read, and has no bounds.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import flat
import yaml

from ivig_kg import resources, schema
from ivig_kg.schema import RDFS, XSD, Form, Key, Schema
from ivig_kg.shapes import PropertyRule, Shapes

ROOT, CONTAINER = "Node", "Container"
THING = "kg:"
# datatypes that LinkML lacks, or would write in another way than the file: number as text, text as number
TYPES: dict[str, dict[str, Any]] = {
    "decimal": {"base": "str", "repr": "str", "pattern": r"^[+-]?[0-9]+([.][0-9]+)?$"},
    "nonNegativeInteger": {"base": "int", "minimum_value": 0},
    "gYear": {"base": "str", "repr": "str", "pattern": "^[0-9]{4}$"},
    "gYearMonth": {"base": "str", "repr": "str", "pattern": "^[0-9]{4}-[0-9]{2}$"},
}
TAKEN = {"schema": "sdo"}  # LinkML has another address for it


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the shapes of one class ask of one key."""

    required: bool = False
    single: bool = False
    kind: str | None = None
    pattern: str | None = None


class Model:
    """The schema of a project in the words of LinkML."""

    def __init__(self, found: Schema) -> None:
        """Sort what the shapes ask by class and property."""
        self._found = found
        self._keys = {k.name: k for k in found.keys.values() if k.form is not Form.NODES}
        self._rules: dict[tuple[str, str], list[PropertyRule]] = {}
        for rule in Shapes(found.shapes).rules:
            if isinstance(rule, PropertyRule) and len(rule.paths) == 1:
                for target in rule.targets:
                    self._rules.setdefault((target, rule.paths[0]), []).append(rule)

    def is_single(self, class_iri: str, key: Key) -> bool:
        """Tell whether nodes of a class have a key once."""
        return any(self._asked(above, key).single for above in self._found.ancestors(class_iri))

    def document(self) -> dict[str, Any]:
        """Return the schema."""
        words = {name: self._words(key) for name, key in self._keys.items()}
        prefixes = {TAKEN.get(name, name): iri for name, iri in self._found.prefixes.items()}
        return {
            "id": f"{resources.VOCABULARY}linkml",
            "name": "ivig",
            "prefixes": {"linkml": "https://w3id.org/linkml/", **prefixes},
            "imports": ["linkml:types"],
            "default_prefix": "ivig",
            "default_range": "string",
            "types": {f"own_{name}": {"uri": f"xsd:{name}", **said} for name, said in TYPES.items()},
            "enums": {_enum(name): {"permissible_values": values} for name, values in words.items() if values},
            "slots": {name: self._slot(key, words[name]) for name, key in self._keys.items()},
            "classes": {CONTAINER: self._container(), ROOT: _root(), **self._classes()},
        }

    def data(self, nodes: Iterable[flat.Node]) -> dict[str, list[dict[str, Any]]]:
        """Return the nodes by their class."""
        found: dict[str, list[dict[str, Any]]] = {}
        for node in nodes:
            iri = self._found.classes[node["type"]]
            said = ((self._keys[n], flat.texts(v)) for n, v in node.items() if n not in {"id", "type"})
            values = {key.name: self._value(iri, key, several) for key, several in said}
            found.setdefault(_list(node["type"]), []).append({"id": THING + node["id"], **values})
        return found

    def _value(self, class_iri: str, key: Key, several: list[str]) -> Any:
        whole = key.datatype == XSD + "nonNegativeInteger"
        read = [THING + v if key.form is Form.REFERENCE else int(v) if whole else v for v in several]
        return read[0] if self.is_single(class_iri, key) else read

    def _asked(self, class_iri: str, key: Key) -> Asked:
        said: dict[str, Any] = {}
        for rule in self._rules.get((class_iri, key.iri), ()):
            said |= rule.parameters
        several = sum(k.iri == key.iri for k in self._keys.values()) > 1
        kind, pattern = said.get("class"), said.get("pattern")
        return Asked(
            required="minCount" in said and not several,
            single="maxCount" in said,
            kind=self._name(kind.value) if kind else None,
            pattern=pattern.value if pattern and key.form is Form.TEXT and not key.datatype else None,
        )

    def _name(self, class_iri: str) -> str:
        return next(name for name, iri in self._found.classes.items() if iri == class_iri)

    def _words(self, key: Key) -> dict[str, dict[str, str]]:
        """Return the values of the closed list of a key; none where it has none."""
        rules = (rule for (_, path), several in self._rules.items() if path == key.iri for rule in several)
        words = dict.fromkeys(value.value for rule in rules for value in rule.parameters.get("in", ()))
        if key.form is Form.WORD:
            return {n: {"meaning": f"ivig:{n}"} for n, iri in self._found.words.items() if iri in words}
        return {text: {} for text in words}

    def _slot(self, key: Key, words: dict[str, Any]) -> dict[str, Any]:
        users = [iri for iri in self._found.classes.values() if key.name in self._found.allowed(iri)]
        several = not all(self.is_single(iri, key) for iri in users)
        return {"slot_uri": key.iri, "range": _range(key, words), **({"multivalued": True} if several else {})}

    def _classes(self) -> dict[str, Any]:
        return {name: self._class(name, iri) for name, iri in self._found.classes.items()}

    def _class(self, name: str, iri: str) -> dict[str, Any]:
        above = self._above(iri)
        had = self._found.allowed(self._found.classes[above]) if above else frozenset()
        usage = {key.name: dict(self._usage(iri, key)) for key in self._keys.values()}
        return {
            "class_uri": iri,
            "is_a": above or ROOT,
            **({"abstract": True} if name in self._found.abstract else {}),
            "slots": sorted((self._found.allowed(iri) & self._keys.keys()) - had),
            "slot_usage": {n: said for n, said in usage.items() if said and n in self._found.allowed(iri)},
        }

    def _above(self, iri: str) -> str | None:
        direct = {
            t.object.value
            for t in self._found.ontology
            if t.subject.value == iri and t.predicate.value == RDFS + "subClassOf"
        }
        return next((name for name, other in self._found.classes.items() if other in direct), None)

    def _usage(self, iri: str, key: Key) -> Iterator[tuple[str, Any]]:
        asked = self._asked(iri, key)
        if asked.required:
            yield "required", True
        if asked.single:
            yield "multivalued", False
        if asked.kind and key.form is Form.REFERENCE:
            yield "range", asked.kind
        if asked.pattern:
            yield "pattern", asked.pattern

    def _container(self) -> dict[str, Any]:
        several = {"multivalued": True, "inlined": True, "inlined_as_list": True}
        names = (name for name in self._found.classes if name not in self._found.abstract)
        return {"tree_root": True, "attributes": {_list(name): {"range": name, **several} for name in names}}


def main(project: Path, target: Path) -> None:
    """Write schema and data into a new folder."""
    found = schema.load(resources.locate(project))
    model = Model(found)
    target.mkdir()
    with (target / "schema.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(model.document(), file, sort_keys=False, Dumper=yaml.CSafeDumper)
    data = model.data(flat.nodes(project / "facts", found))
    with (target / "data.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(data, file, sort_keys=False, allow_unicode=True, Dumper=yaml.CSafeDumper)
    (target / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _root() -> dict[str, Any]:
    return {"abstract": True, "attributes": {"id": {"identifier": True, "range": "uriorcurie"}}}


def _list(class_name: str) -> str:
    return f"listOf{class_name}"


def _enum(key_name: str) -> str:
    return f"{key_name[0].upper()}{key_name[1:]}Word"


def _range(key: Key, words: dict[str, Any]) -> str:
    if words:
        return _enum(key.name)
    if key.form is Form.REFERENCE:
        return ROOT
    if key.form is Form.ADDRESS:
        return "uri"
    datatype = (key.datatype or XSD + "string").removeprefix(XSD)
    return f"own_{datatype}" if datatype in TYPES else datatype


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
