"""The rulebook: what each rule says, why it exists, and how to repair what breaks it; one page a code.

The pages are made by docs/make_rules.py and ship with the package. A rule of a user's own shapes has
no page; what its shape says of it is shown in the same form.
"""

from __future__ import annotations

import dataclasses
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

from ivig_kg import definitions
from ivig_kg.errors import FactsError, UsageError
from ivig_kg.findings import SHACL_SEVERITIES, Severity
from ivig_kg.resources import locate, shipped
from ivig_kg.schema import RDFS, SH, SKOS
from ivig_kg.spelling import did_you_mean

INDEX = "README.md"
WIDTH = 100

_BLANK = "\ue000"  # a letter that no text has
_CODE = re.compile(r"`[^`]*`")
_ENTRY = re.compile(r"- \[(?P<code>[\w-]+)\]\([\w-]+\.md\): (?P<says>.*)")


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, what it says in a sentence, why, and how to repair what breaks it; parts may be empty."""

    code: str
    severity: Severity
    says: str
    why: str
    repair: str


def explain(code: str, *, directory: Path | None = None) -> str:
    """Return the page of a rule.

    Args:
        code: The code as findings show it, with `error[...]` around it or not.
        directory: The folder of a project whose own shapes count too; no facts need be there.

    Raises:
        UsageError: There is no rule of this code.
        ShapesError: A shape of the project cannot be read.
    """
    code = code.rpartition("[")[2].partition("]")[0]
    page = shipped() / "docs" / "rules" / f"{code}.md"
    shipped_codes = {name for _, entries in _index() for name, _ in entries}
    if code in shipped_codes and not code[:1].isupper():
        return page.read_text(encoding="utf-8")
    own = _own(directory)
    if code in own:
        return rendered(own[code])
    if code in shipped_codes:
        return page.read_text(encoding="utf-8")
    near = did_you_mean(code, frozenset({*own, *shipped_codes}))
    message = f"there is no rule `{code}`; {near or '`ivig-kg explain` lists all rules'}"
    raise UsageError(message)


def listing(*, directory: Path | None = None) -> str:
    """Return every code with what its rule says, under the headings of the index of the pages."""
    found = groups(directory=directory)
    width = max(len(code) for _, entries in found for code, _ in entries)
    blocks = ("\n".join([title, *(f"  {code:{width}}  {says}" for code, says in entries)]) for title, entries in found)
    return "\n\n".join(blocks) + "\n"


def pages(*, directory: Path | None = None) -> dict[str, str]:
    """Return the page of every rule by its code; see `explain`."""
    own = _own(directory)
    folder = shipped() / "docs" / "rules"
    of_tool = {code for _, entries in _index() for code, _ in entries if not code[:1].isupper() or code not in own}
    written = {code: (folder / f"{code}.md").read_text(encoding="utf-8") for code in sorted(of_tool)}
    return {code: rendered(rule) for code, rule in own.items()} | written


def groups(*, directory: Path | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the codes of all rules with what each says, by the headings of the index of the pages; none is empty."""
    own = _own(directory)
    found = [(title, [e for e in entries if e[0] not in own]) for title, entries in _index()]
    found.append(("Shapes of this project", [(code, rule.says) for code, rule in sorted(own.items())]))
    return [(title, entries) for title, entries in found if entries]


def rendered(rule: Rule, *examples: tuple[str, str]) -> str:
    """Return the page of a rule as Markdown that reads well as plain text.

    Args:
        rule: What to say.
        examples: Further sections, each with its title and its text.
    """
    said = (("What it says", rule.says), ("Why", rule.why), ("How to repair", rule.repair))
    sections = [*((title, wrapped(text)) for title, text in said), *examples]
    parts = [f"# {rule.code}", f"Severity: {rule.severity.value}"]
    parts += [f"## {title}\n\n{text}" for title, text in sections if text]
    return "\n\n".join(parts) + "\n"


def wrapped(text: str) -> str:
    """Return text in lines of a page; what stands between backquotes stays on one line.

    >>> wrapped("Start each node with `- `.")
    'Start each node with `- `.'
    """
    kept = _CODE.sub(lambda code: code[0].replace(" ", _BLANK), text)
    return textwrap.fill(kept, WIDTH, break_long_words=False, break_on_hyphens=False).replace(_BLANK, " ")


def from_shapes(folder: Path) -> dict[str, Rule]:
    """Return the rules that the named shapes and constraints of a folder state, by code.

    Raises:
        ShapesError: A file there is not Turtle.
    """
    said: dict[str, dict[str, str]] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.ttl")):
        for triple in definitions.turtle(definitions.text(path)).triples:
            code = getattr(triple.subject, "value", "").rpartition("/")[2]
            said.setdefault(code, {}).setdefault(triple.predicate.value, getattr(triple.object, "value", ""))
            if triple.predicate.value == SH + "sparql":
                owners[getattr(triple.object, "value", "").rpartition("/")[2]] = code
    for code, owner in owners.items():  # the severity of a constraint is that of its shape
        if SH + "severity" in said[owner]:
            said.setdefault(code, {})[SH + "severity"] = said[owner][SH + "severity"]
    return {code: _rule(code, shape) for code, shape in said.items() if SH + "message" in shape}


def _rule(code: str, shape: dict[str, str]) -> Rule:
    severity = SHACL_SEVERITIES.get(shape.get(SH + "severity", "").removeprefix(SH), Severity.ERROR)
    why, repair = shape.get(SKOS + "note", ""), shape.get(RDFS + "comment", "")
    return Rule(code, severity, shape[SH + "message"], why, repair)


def _own(directory: Path | None) -> dict[str, Rule]:
    """Return the rules of a project's own shapes that the pages do not hold, or hold with other words."""
    try:
        folder = locate(directory).shapes
    except FactsError:
        folder = (directory or Path()) / "shapes"
    if not folder.is_dir() or folder.resolve() == (shipped() / "shapes").resolve():
        return {}
    pages = {code: says for _, entries in _index() for code, says in entries}
    return {code: rule for code, rule in from_shapes(folder).items() if pages.get(code) != rule.says}


def _index() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups of the index of the pages, each with its codes and what they say."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for line in (shipped() / "docs" / "rules" / INDEX).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            groups.append((line.removeprefix("## "), []))
        elif entry := _ENTRY.fullmatch(line):
            groups[-1][1].append((entry["code"], entry["says"]))
    return groups


def indexed(groups: Iterable[tuple[str, Iterable[Rule]]]) -> str:
    """Return the groups of the index as Markdown, one line a rule."""
    entries = ((title, [f"- [{r.code}]({r.code}.md): {r.says}" for r in rules]) for title, rules in groups)
    return "\n\n".join("\n".join([f"## {title}", "", *lines]) for title, lines in entries) + "\n"
