"""What editors are told of facts files: the schema rejects nothing that `check` accepts, and helps while typing."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import yaml
import yamlcore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT, Run
from ivig_kg import editor, facts, nodes, resources, schema, words, workflow
from ivig_kg.findings import Severity
from ivig_kg.resources import SHAPES, Project
from ivig_kg.schema import SH
from language_server import LanguageServer
from test_cases import expected

if TYPE_CHECKING:  # it takes seconds
    import jsonschema

CASES = ROOT / "tests" / "cases"
RIGHT = sorted(
    [*(CASES / "valid").glob("*.yaml"), *(CASES / "base").rglob("*.yaml"), *(ROOT / "facts").rglob("*.yaml")]
)
WRONG = sorted((CASES / "invalid").glob("*.yaml"))
PAGE = ROOT / "docs" / "facts.schema.json"
SERVER = ROOT / "tests/editor/node_modules/yaml-language-server/out/server/src/server.js"
CAUGHT = 165  # of the wrong cases: those whose mistake is to be seen in one file without its neighbours

# What a value may be typed as; several are something else to a reader of YAML 1.2.
ODD = (
    *(
        "true",
        "False",
        "yes",
        "no",
        "null",
        "~",
        "",
        "0",
        "7",
        "007",
        "-1",
        "+0.4",
        "0.4",
        "0.40",
        ".5",
        "5.",
        "1e3",
        "1e-3",
    ),
    *("1e400", ".inf", ".nan", "0x10", "0o7", "1:40", "101", "2024-02-29", "2024-02-30", "2024-13-01", "0000-01-01"),
    *("2024", "0000", "2024-02", "2024-13"),
    *(
        "headache",
        "Headache pain",
        "id",
        "type",
        "a--b",
        "kg:headache",
        "https://example.org/a",
        "http://",
        "www.a.org",
    ),
    *(
        "https://example.org/a b",
        "https://example.org/\u00a0",
        "draft",
        "Draft",
        "EU",
        "NO",
        "UK",
        "g/kg",
        "en",
        "English",
    ),
    *(
        "two  blanks",
        " before",
        "after ",
        "two\nlines",
        "naïve µg/m²",
        "x" * 100,
        "y" * 101,
        "\U0001d499" * 100,
        "z" * 121,
    ),
    *("0" * 64, "1" * 64, "a" * 64, "Drug", "Fact", "Nothing"),
)


@pytest.fixture(scope="module")
def judge() -> jsonschema.Draft7Validator:
    """Return the validator of the schema that this checkout makes."""
    import jsonschema  # noqa: PLC0415  (takes seconds)

    made = editor.facts_schema(schema.load(resources.locate(ROOT)))
    jsonschema.Draft7Validator.check_schema(made)
    return jsonschema.Draft7Validator(made)


def as_edited(text: str) -> Any:
    """Return what an editor makes of a text: by the core schema of YAML 1.2, keys as text; None where it is no YAML."""
    try:
        return _json(yaml.load(text, Loader=yamlcore.CCoreLoader))  # noqa: S506  (it makes plain values)
    except (yaml.YAMLError, RecursionError, TypeError):
        return None


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _json(v) for k, v in value.items()}
    return [_json(v) for v in value] if isinstance(value, list) else value


def is_rejected(text: str, judge: jsonschema.Draft7Validator) -> bool:
    """Tell whether the schema rejects a text; what is no YAML is not the schema's to judge."""
    content = as_edited(text)
    return content is not None and not judge.is_valid(content)


def has_errors(path: Path, project: Project) -> bool:
    """Tell whether `check` rejects a file; the shapes are asked only where the words are right."""
    document = facts.read(path, shown=path.name)
    found = [*document.findings, *words.check([document], schema=schema.load(project)).findings]
    if any(f.severity is Severity.ERROR for f in found):
        return True
    return workflow.check([path], project=project).exit_code() != 0


@pytest.mark.parametrize("path", RIGHT, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_right_file_is_rejected(path: Path, judge: jsonschema.Draft7Validator) -> None:
    """An editor underlines nothing in a file that `check` accepts."""
    content = as_edited(path.read_text(encoding="utf-8"))

    assert content
    assert [e.message for e in judge.iter_errors(content)] == []


def test_what_the_schema_rejects_check_rejects(judge: jsonschema.Draft7Validator, base: Project) -> None:
    """Every wrong case that an editor underlines is an error of `check`, and there are many.

    That the shape which a case is named after rejects it is what test_cases.py holds.
    """
    loaded = schema.load(base)
    lenient = {t.subject.value for t in loaded.shapes if t.predicate.value == SH + "severity"}
    strict = {p for p in WRONG if {SHAPES + code for _, code in expected(p)} & (set(_shapes(loaded)) - lenient)}

    caught = {path for path in WRONG if is_rejected(path.read_text(encoding="utf-8"), judge)}

    assert [p.name for p in sorted(caught - strict) if not has_errors(p, base)] == []
    assert len(caught) >= CAUGHT


def _shapes(loaded: schema.Schema) -> Iterator[str]:
    return (t.subject.value for t in loaded.shapes if t.object == ox.NamedNode(SH + "PropertyShape"))


@pytest.mark.parametrize("value", ["[drug]", "\n    - drug"], ids=["flow", "block"])
def test_a_list_of_one_is_a_value(value: str, judge: jsonschema.Draft7Validator, base: Project, tmp_path: Path) -> None:
    """What may stand once may stand in a list of one; two values of it are rejected."""
    text = (CASES / "valid/Naming.yaml").read_text(encoding="utf-8")
    (tmp_path / "one.yaml").write_text(text.replace("about: drug", f"about: {value}"), encoding="utf-8")

    assert not has_errors(tmp_path / "one.yaml", base)
    assert not is_rejected((tmp_path / "one.yaml").read_text(encoding="utf-8"), judge)
    assert is_rejected(text.replace("about: drug", "about: [drug, product]"), judge)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Make a text from a right one by changing a few of its keys and values."""
    path = draw(st.sampled_from([p for p in RIGHT if p.parent.name == "valid"]))
    content = [_plain(n) for n in facts.read(path, shown=path.name).nodes]
    for _ in range(draw(st.integers(1, 3))):
        node = draw(st.sampled_from(list(_mappings(content))))
        key = draw(st.sampled_from([*node, *draw(st.permutations(KEYS))[:2]]))
        change = draw(st.sampled_from(["drop", "odd", "odd", "odd", "wrap", "more", "empty", "nest"]))
        if change == "drop":
            node.pop(key, None)
        else:
            odd = (draw(st.sampled_from(ODD)), draw(st.booleans()))
            old = node.get(key, odd)
            lists = {"wrap": [old], "more": [old, odd], "empty": [], "nest": {"id": odd}}
            node[key] = lists.get(change, odd)
    return "".join(f"- {_written(node)}\n" for node in content)


KEYS = sorted({"id", "type", "spelt-wrong", *schema.load(resources.locate(ROOT)).keys})


def _plain(node: nodes.Node) -> Any:
    """Return a node as lists, dictionaries, and pairs of a text with whether it stands without quotation marks."""
    if isinstance(node, nodes.Mapping):
        return {e.key.text: _plain(e.value) for e in node.entries}
    return [_plain(n) for n in node.items] if isinstance(node, nodes.Listing) else (node.text, node.plain)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        yield from (m for inner in value.values() for m in _mappings(inner))
    elif isinstance(value, list):
        yield from (m for inner in value for m in _mappings(inner))


def _written(value: Any) -> str:
    """Return a value as YAML in braces and brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}": {_written(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    text, plain = value
    return text if plain and not set(text) & set("[]{},:#\n") else json.dumps(text, ensure_ascii=False)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=damaged())
def test_a_damaged_file_is_underlined_only_where_check_finds_it_wrong(
    text: str, judge: jsonschema.Draft7Validator, base: Project, tmp_path: Path
) -> None:
    """However a right file is changed, the schema rejects it only where `check` does too."""
    (tmp_path / "damaged.yaml").write_text(text, encoding="utf-8")

    assert not is_rejected(text, judge) or has_errors(tmp_path / "damaged.yaml", base), text


@pytest.mark.parametrize(
    "shape",
    [
        "Fact-status",
        "Fact-evidence",
        "Fact-statedAs",
        "AdverseEffect-effect",
        "Source-language",
        "AdverseEffect-frequencyPercent",
    ],
)
def test_the_schema_is_made_from_the_shapes(shape: str, project: Project) -> None:
    """Without a property shape the schema is another one."""
    loaded = schema.load(project)
    dropped = ox.NamedNode(SHAPES + shape)
    left = tuple(t for t in loaded.shapes if dropped not in (t.subject, t.object))

    assert editor.facts_schema(dataclasses.replace(loaded, shapes=left)) != editor.facts_schema(loaded)


@pytest.mark.parametrize("facet", ["sh:severity sh:Warning", "sh:deactivated true"])
def test_a_rule_that_makes_no_error_underlines_nothing(facet: str, copy: Path) -> None:
    """A shape that only warns, or is switched off, asks nothing of an editor."""
    path = copy / "shapes" / "Fact.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "    sh:path ivig:evidence ;\n    sh:minCount 1 ;",
            f"    sh:path ivig:evidence ;\n    {facet} ;\n    sh:minCount 1 ;",
        )
    )

    made: Any = editor.facts_schema(schema.load(resources.locate(copy)))

    assert path.read_text(encoding="utf-8") != text
    assert "evidence" not in made["definitions"]["Naming"]["required"]
    assert "evidence" in made["definitions"]["Naming"]["properties"]


def test_every_type_and_key_says_what_it_means(judge: jsonschema.Draft7Validator) -> None:
    """Whoever points at a type or a key is told what it is for."""
    silent = [
        name
        for name, made in judge.schema["definitions"].items()
        if not name.startswith(("node", "list.")) and not made.get("description")
    ]

    assert silent == []


def test_the_schema_of_the_checkout_is_fresh(run: Run) -> None:
    """The file that editors of this folder read is the one that ontology, shapes and context make."""
    result = run("schema")

    assert result.exit_code == 0
    assert result.stdout == PAGE.read_text(encoding="utf-8"), "run: ivig-kg schema -o docs/facts.schema.json"


def test_schema_is_written_to_a_file_for_shapes_of_ones_own(run: Run, copy: Path, tmp_path: Path) -> None:
    """A project with shapes of its own gets a schema of its own."""
    path = copy / "shapes" / "Naming.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("sh:minCount 1 ;", ""), encoding="utf-8")

    result = run("-C", copy, "schema", "-o", tmp_path / "own.json")

    own = json.loads((tmp_path / "own.json").read_text(encoding="utf-8"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "name" in json.loads(PAGE.read_text(encoding="utf-8"))["definitions"]["Naming"]["required"]
    assert "name" not in own["definitions"]["Naming"]["required"]


def test_vs_code_finds_the_schema() -> None:
    """The settings of this folder lead from its facts to the schema."""
    found = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]

    assert {(ROOT / path): pattern for path, pattern in found.items()} == {PAGE: "facts/**/*.yaml"}


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    """Return the language server with the schema of the checkout."""
    if not SERVER.is_file() or shutil.which("node") is None:
        pytest.skip("the YAML language server is not there: npm ci --ignore-scripts --prefix tests/editor")
    with LanguageServer(SERVER, PAGE) as started:
        yield started


def told(found: Sequence[dict[str, Any]]) -> set[tuple[int, str]]:
    """Return line and message of what is underlined."""
    return {(d["range"]["start"]["line"] + 1, d["message"]) for d in found}


@pytest.mark.editor
@pytest.mark.parametrize("path", RIGHT, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_an_editor_accepts_a_right_file(path: Path, server: LanguageServer) -> None:
    """The language server that VS Code runs underlines nothing in a file that `check` accepts."""
    assert told(server.open(path.name, path.read_text(encoding="utf-8"))) == set()


@pytest.mark.editor
def test_an_editor_underlines_mistakes_in_plain_words(server: LanguageServer) -> None:
    """A misspelt key, word, type, id and date are each underlined, on their line, with what to write."""
    text = (
        "- id: Headache\n"
        "  type: AdverseEffect\n"
        "  label: a label\n"
        "  about: human-immunoglobulin\n"
        "  effect: headache\n"
        "  efect: headache\n"
        "  seriousness: seriuos\n"
        "  curatedOn: 2024-13-01\n"
        "  evidence: hig-s09\n"
        "- id: other\n"
        "  type: Adverse\n"
    )

    assert told(server.open("wrong.yaml", text)) == {
        (1, 'Missing property "status".'),
        (1, "An id is lower-case words joined by hyphens."),
        (6, "Property efect is not allowed."),
        (7, "seriousness is one of serious, notSerious. Leave it out where the source does not say."),
        (8, "Write a date, year, month and day: 2024-02-29."),
        (11, "This is not a type that stands here; the list of completions has them all."),
    }


@pytest.mark.editor
def test_an_editor_completes_types_keys_and_words(server: LanguageServer) -> None:
    """Behind `type:` come the types, under a type its keys, behind `status:` its words; `- ` brings whole nodes."""
    server.open("half.yaml", "- id: x\n  type: AdverseEffect\n  status: \n  \n- id: y\n  type: \n")

    states = server.complete("half.yaml", 3, 11)
    keys = server.complete("half.yaml", 4, 3)
    types = server.complete("half.yaml", 6, 9)

    server.open("new.yaml", "- id: x\n  type: Drug\n- \n")
    skeletons = server.complete("new.yaml", 3, 3)

    assert set(states) == {"draft", "reviewed", "retracted"}
    assert keys["effect"] == "effect: "
    assert "interactsWith" not in keys
    assert {"AdverseEffect", "Drug", "Source"} <= set(types)
    assert "Fact" not in types
    assert skeletons["Naming"].split("\n  ")[:3] == ["id: $1", "type: Naming", "label: $2"]
