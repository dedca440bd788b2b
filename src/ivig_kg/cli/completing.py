"""What a shell offers behind TAB: ids, names of queries, codes of rules, kinds of nodes, keys and values.

A shell waits for it, so facts are scanned and not checked, and whatever goes wrong offers nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

if TYPE_CHECKING:
    from ivig_kg.resources import Project
    from ivig_kg.schema import Schema

_Offer = list[CompletionItem]
_Complete = Callable[[click.Context, click.Parameter, str], _Offer]

_LINE = r"(?m)^[ -]*\b(?P<key>id|type|label):[ ]+[\"']?(?P<value>.*?)[\"']?[ ]*(?:[ ]#.*)?$"
_LABEL = r"\bSTR\(\?\w+\)\s+AS\s+\?(\w+)"  # such a column holds labels, not ids
_PASSAGE = "passage"  # `new passage` finds words in a source


@add_completion_class
class Bash(BashComplete):
    """Completion for bash, which takes `NAME=VALUE` for three words and completes the last of them."""

    behind_equals = False

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one at the cursor, and that one, with `NAME=VALUE` as one word."""
        args, incomplete = super().get_completion_args()
        words = [incomplete]
        for word in reversed(args):
            if words[0] == "=" and word.startswith("-"):
                words[0] = ""  # --format=csv
            elif words[0].startswith("=") or word == "=":
                words[0] = word + words[0]
                continue
            words.insert(0, word)
        self.behind_equals = "=" in words[-1]
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return an item as the script of bash reads it: behind `=`, without what stands before."""
        if self.behind_equals:
            item = CompletionItem(item.value.partition("=")[2] or item.value, item.type)
        return super().format_completion(item)


def silent(complete: _Complete) -> _Complete:
    """Return a completion that offers what fits what was typed, sorted, and nothing where an error comes up."""

    @functools.wraps(complete)
    def offer(ctx: click.Context, param: click.Parameter, incomplete: str) -> _Offer:
        """Return what `complete` offers, or nothing."""
        try:
            found = complete(ctx, param, incomplete)
        except Exception:  # noqa: BLE001  (a message would stand in the middle of what is being typed)
            return []
        return sorted((i for i in found if i.value.startswith(incomplete)), key=lambda i: str(i.value))

    return offer


@silent
def ids(ctx: click.Context, _param: click.Parameter, _incomplete: str) -> _Offer:
    """Offer the ids of a project, each with its label."""
    return [CompletionItem(name, help=label or kind) for name, kind, label in _nodes(_project(ctx))]


@silent
def queries(ctx: click.Context, _param: click.Parameter, _incomplete: str) -> _Offer:
    """Offer the named queries, each with its question."""
    from ivig_kg import sparql  # noqa: PLC0415  (keeps --help fast)

    return [CompletionItem(q.name, help=q.question) for q in sparql.read(_project(ctx).ontology / "queries")]


@silent
def codes(_ctx: click.Context, _param: click.Parameter, _incomplete: str) -> _Offer:
    """Offer the codes of the rules that have a page."""
    from ivig_kg.resources import shipped  # noqa: PLC0415  (keeps --help fast)

    pages = (shipped() / "docs" / "rules").glob("*.md")
    return [CompletionItem(page.stem) for page in pages if page.stem != "README"]


@silent
def kinds(ctx: click.Context, _param: click.Parameter, _incomplete: str) -> _Offer:
    """Offer the classes that files use, and `passage`."""
    schema = _schema(_project(ctx))
    return [CompletionItem(name) for name in (*(set(schema.classes) - schema.abstract), _PASSAGE)]


@silent
def parameters(ctx: click.Context, _param: click.Parameter, incomplete: str) -> _Offer:
    """Offer `VARIABLE=` for what the query returns, and values once the variable is clear."""
    from ivig_kg import sparql  # noqa: PLC0415  (keeps --help fast)

    project = _project(ctx)
    schema = _schema(project)
    text = ctx.params.get("text")
    if text is None:
        text = sparql.by_name(sparql.read(project.ontology / "queries"), _first(ctx, "name")).text
    names, _ = sparql.rows(sparql.ask(text, over=sparql.store(()), prefixes=schema.prefixes))
    labels = frozenset(re.findall(_LABEL, text))
    return _pairs(incomplete, names, lambda name: [] if name in labels else _values(name, schema, project))


@silent
def settings(ctx: click.Context, _param: click.Parameter, incomplete: str) -> _Offer:
    """Offer `KEY=` for what a node of the kind may have, and values once the key is clear."""
    project = _project(ctx)
    schema = _schema(project)
    kind = next((i for n, i in schema.classes.items() if n.casefold() == _first(ctx, "kind").casefold()), None)
    names = sorted(schema.allowed(kind) if kind else schema.keys)
    return _pairs(incomplete, names, lambda name: _values(name, schema, project))


def _first(ctx: click.Context, name: str) -> str:
    """Return the first argument; while the last option has no value yet, Click has not told it from the others."""
    return str(ctx.params.get(name) or next(iter(ctx.args), ""))


def _pairs(incomplete: str, names: list[str], values: Callable[[str], _Offer]) -> _Offer:
    """Return `NAME=` for several names, `NAME=VALUE` for one: a shell then adds no blank behind `=`."""
    name, equals, _ = incomplete.partition("=")
    fitting = [n for n in names if (n == name if equals else n.startswith(name))]
    if len(fitting) == 1 and (found := values(fitting[0])):
        return [CompletionItem(f"{fitting[0]}={v.value}", help=v.help) for v in found]
    return [CompletionItem(f"{n}=") for n in fitting]


def _values(name: str, schema: Schema, project: Project) -> _Offer:
    """Return what a key may be: the words of its closed list, or the ids of what it leads to; ids for no key."""
    from ivig_kg import limits  # noqa: PLC0415  (keeps --help fast)
    from ivig_kg.schema import Form  # noqa: PLC0415

    key = schema.keys.get(name)
    if key is not None and key.form is not Form.REFERENCE:
        asked = (own.get(key.iri) for own in limits.by_class(schema).values())
        choices = {c for found in asked if found for c in found.choices or ()}
        words = {iri: word for word, iri in schema.words.items()}
        return [CompletionItem(words.get(c, c)) for c in choices]
    wanted = _classes(name, schema)
    return [CompletionItem(n, help=label) for n, kind, label in _nodes(project) if not wanted or kind in wanted]


def _classes(name: str, schema: Schema) -> set[str]:
    """Return the classes that a key leads to, or that a variable is named after; none where neither is known."""
    key = schema.keys.get(name)
    wanted = schema.ranges(key.iri) if key else {i for n, i in schema.classes.items() if n.casefold() == name}
    return {n for n, iri in schema.classes.items() if wanted & schema.ancestors(iri)}


def _nodes(project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield id, type and label of every node, as the lines of the files have them."""
    for path in project.facts_files():
        found: list[dict[str, str]] = []
        for line in re.finditer(_LINE, path.read_text(encoding="utf-8", errors="replace")):
            if line["key"] == "id":
                found.append({})
            if found:
                found[-1].setdefault(line["key"], line["value"])
        yield from ((node["id"], node.get("type", ""), node.get("label", "")) for node in found)


def _project(ctx: click.Context) -> Project:
    """Return the project that the words before the cursor name, as the commands would."""
    from ivig_kg import resources  # noqa: PLC0415  (keeps --help fast)

    root = ctx.find_root()
    folder: Path | None = root.params.get("directory")
    if folder is None and root.get_parameter_source("directory") is ParameterSource.COMMANDLINE:
        message = "there is no such folder"
        raise click.UsageError(message)
    return resources.locate(folder)


def _schema(project: Project) -> Schema:
    from ivig_kg import schema  # noqa: PLC0415  (keeps --help fast)

    return schema.load(project)
