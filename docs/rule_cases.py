"""The cases of the tests as examples: where they are, what is found in them, and how they read once mended.

A case is a file of one of `FOLDERS` that is named as the code of a rule and marks what must be found by
`# expect: CODE`. `tests/cases/mended.toml` says what stands in place of the marked line in a right file.

Most cases are files of facts, checked with the small project of the tests. Some are tables: of mappings, or of the
terms that mappings are compared with. And some facts are wrong only where the reviewed ones are exported alone.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
import shutil
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from ivig_kg import reporting, resources, textfile, workflow
from ivig_kg.findings import Finding, Severity, concise, printable
from ivig_kg.making import Options

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "cases"
TEXTS = CASES / "texts"  # the texts of sources stand beside the cases that need them
OPTIONS = Options(sources=TEXTS)
LEAFLET = TEXTS / "leaflet.txt"
TERMS = CASES / "terms"  # cases that need a table of terms, and the one they share
TABLE_OF_TERMS = TERMS / "terms.tsv"
REVIEWED = CASES / "reviewed"  # cases of `build --only reviewed`
FOLDERS = (CASES / "invalid", TEXTS, CASES / "mappings", TERMS, REVIEWED)
MAX_LINES = 24
BATCH = 120  # with more at once a run takes longer than in proportion, with fewer the small project is read too often

_EXPECT = re.compile(r" *# expect: (?P<code>[\w-]+)(?: on line (?P<line>\d+))?")
_ID = re.compile(r"^ *(?:- )?id: ([a-z0-9-]+)", re.MULTILINE)
_TEXT = re.compile(r"^ *textFile: (\S+)", re.MULTILINE)
_TOLD_APART = re.compile(r"-case-of-\d+")
_RESERVED = {"id", "type"}


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A wrong file: its lines without the marks, and the numbers of the lines that were marked."""

    code: str
    path: Path
    lines: tuple[str, ...]
    marked: tuple[int, ...]

    @property
    def text(self) -> str:
        """The file without its marks."""
        return "\n".join(self.lines) + "\n"

    @property
    def is_table(self) -> bool:
        """Whether it is a table, of mappings or of terms."""
        return self.path.suffix == ".tsv"

    @property
    def is_of_terms(self) -> bool:
        """Whether it is itself a table of terms."""
        return self.is_table and "subject_id" not in self.text

    @property
    def is_alone(self) -> bool:
        """Whether it cannot be checked together with other cases."""
        return self.is_table or self.path.parent == REVIEWED


def case(code: str) -> Case | None:
    """Return the case of a rule, or None where there is no file of its name."""
    found = [p for folder in FOLDERS for p in sorted(folder.glob(f"{code}.*"))]
    if not found:
        return None
    lines = found[0].read_text(encoding="utf-8").split("\n")
    marks = [(n, m) for n, line in enumerate(lines, 1) if (m := _EXPECT.search(line)) and m["code"] == code]
    bare = ["#" if _EXPECT.fullmatch(line) else _EXPECT.sub("", line) for line in lines]
    while bare and not bare[-1]:
        bare.pop()
    return Case(code, found[0], tuple(bare), tuple(int(m["line"] or n) for n, m in marks))


def text_of(one: Case) -> Path:
    """Return the text that the facts of a case were read from; the leaflet where the one it names is not there."""
    named = (TEXTS / match[1] for match in _TEXT.finditer(one.text))
    return next((path for path in named if path.is_file()), LEAFLET)


def findings(cases: Iterable[Case]) -> dict[str, list[Finding]]:
    """Return what is found in some cases at their marks, by code.

    They are checked together, which is many times faster than one by one; their ids are told apart
    first. Where another case had a part in a finding, the case is checked again by itself.
    """
    every = list(cases)
    there = _together(every)
    found = {one.code: _at_marks(one, there.get(one.code, [])) for one in every}
    for one in every:
        mixed = any(place.path != f.position.path for f in found[one.code] for _, place in f.related)
        if mixed or not found[one.code]:
            found[one.code] = _at_marks(one, _checked([one])[one.code])
    return found


def _together(cases: Iterable[Case]) -> dict[str, list[Finding]]:
    """Check the cases that can stand beside one another, and return what is found in each."""
    files = [one for one in cases if not one.is_alone]
    parts = (files[begin : begin + BATCH] for begin in range(0, len(files), BATCH))
    return {code: found for part in parts for code, found in _checked(part).items()}


def _checked(cases: Sequence[Case]) -> dict[str, list[Finding]]:
    """Check some cases with the small project of the tests, and return what is found in each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(CASES / "base" / "facts", folder / "facts")
        paths = {}
        for number, one in enumerate(cases):
            paths[one.code] = _placed(one, folder)
            text = one.text if len(cases) == 1 else _apart(one.text, number)
            paths[one.code].write_text(text, encoding="utf-8")
        report = _report(cases, list(paths.values()), folder)
        return {code: [f for f in report.findings if Path(f.position.path) == path] for code, path in paths.items()}


def _placed(one: Case, folder: Path) -> Path:
    """Return where a case stands in a project, or beside it; what it needs beside it is put there."""
    if one.path.parent == TERMS:
        shutil.copy(TABLE_OF_TERMS, folder / "facts")
    if one.is_table:
        return folder / "facts" / (TABLE_OF_TERMS.name if one.is_of_terms else "mappings.sssom.tsv")
    return folder / "facts" / one.path.name if one.is_alone else folder / f"{one.code}.yaml"


def _report(cases: Sequence[Case], paths: Sequence[Path], folder: Path) -> reporting.Report:
    project = resources.locate(folder)
    if any(one.path.parent == REVIEWED for one in cases):
        report, _ = workflow.stale(folder / "exports", project=project, options=OPTIONS, only="reviewed")
        return report
    inside = any(one.is_table for one in cases)
    return workflow.check(() if inside else paths, project=project, options=OPTIONS)


def _apart(text: str, number: int) -> str:
    """Return the text of a case with ids that no other case has; the names of files stay."""
    for name in set(_ID.findall(text)) - _RESERVED:
        text = re.sub(rf"(?<![\w-]){name}(?![\w-]|\.\w)", f"{name}-case-of-{number}", text)
    return text


def _at_marks(one: Case, report: list[Finding]) -> list[Finding]:
    return [f for f in report if f.code == one.code and f.position.line in one.marked]


def mended(one: Case) -> Case:
    """Return a case with what is wrong in it mended, as tests/cases/mended.toml says.

    Raises:
        LookupError: It says nothing about this case.
    """
    table = _mended()
    lines = list(one.lines)
    if one.code in table["replaced"]:
        at = one.marked[0] - 1
        lines[at : at + 1] = table["replaced"][one.code].splitlines()
    elif one.code in table["added"]:
        end = next((n for n, line in enumerate(lines) if line.startswith("  evidence:") or not line), len(lines))
        lines[end:end] = table["added"][one.code].splitlines()
    elif one.code in table["whole"]:
        lines = table["whole"][one.code].splitlines()
    else:
        message = f"{one.code}: tests/cases/mended.toml does not say how {one.path.name} reads once it is mended"
        raise LookupError(message)
    return dataclasses.replace(one, lines=tuple(lines))


@functools.cache
def _mended() -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = tomllib.loads((CASES / "mended.toml").read_text(encoding="utf-8"))
    return said


def remaining(cases: Iterable[Case]) -> dict[str, list[Finding]]:
    """Return the errors that are still found in some mended cases, and findings of their own rule, by code."""
    every = list(cases)
    found = _together(every)
    found |= _together(one for one in every if not one.is_alone and _serious(one, found[one.code]))
    for one in every:
        if one.is_alone or _serious(one, found[one.code]):
            found |= _checked([one])
    return {one.code: serious for one in every if (serious := _serious(one, found[one.code]))}


def _serious(one: Case, found: list[Finding]) -> list[Finding]:
    """Return the findings that no mended case has; those in which another file has a part are left out."""
    alone = [f for f in found if all(place.path == f.position.path for _, place in f.related)]
    return [f for f in alone if f.severity is Severity.ERROR or f.code == one.code]


def shown(one: Case) -> str:
    """Return a case as a page shows it."""
    if one.is_of_terms:
        return terms(one.text)
    if one.is_table:
        return block("\n".join(_rows(one.text)))
    return block("\n".join(one.lines[n - 1] for n in _kept(one)) or "(an empty file)")


def told(one: Case, found: Iterable[Finding]) -> str:
    """Return the findings in a case as lines of text; lines are counted as the page shows them."""
    lines = {number: f"line {n}" for n, number in enumerate(_kept(one), 1)}
    texts = []
    for finding in found:
        plain = dataclasses.replace(finding, related=() if one.is_table else finding.related)
        text = _TOLD_APART.sub("", concise(plain).removeprefix(f"{finding.position}: "))
        text = text.replace(TEXTS.as_posix(), "DIR")  # where the texts are is the reader's own
        for _, place in plain.related:
            text = text.replace(str(place), lines[place.line])
        place_first = not one.is_table and finding.position.line in lines
        texts.append(f"{lines[finding.position.line]}: {text}" if place_first else text)
    return block("\n".join(texts))


def _kept(one: Case) -> list[int]:
    """Return the numbers of the lines that a page shows: of a long file the nodes that hold a marked line."""
    numbers = [n for n, line in enumerate(one.lines, 1) if not line.startswith("#")]
    if len(numbers) <= MAX_LINES:
        return numbers
    nodes: list[list[int]] = []
    for number in numbers:
        if one.lines[number - 1].startswith("- ") or not nodes:
            nodes.append([])
        nodes[-1].append(number)
    return [n for node in nodes if set(node) & set(one.marked) for n in node]


def block(text: str) -> str:
    """Return text as an indented block of Markdown, with a letter that does not show written as an escape."""
    return "\n".join(f"    {_visible(line)}".rstrip() for line in text.rstrip("\n").split("\n"))


def terms(text: str) -> str:
    """Return a table of terms as a block, each cell under the column that it would be read in."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    widths = [max(map(len, column)) for column in itertools.zip_longest(*rows, fillvalue="")]
    return block("\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)) for row in rows))


def _visible(line: str) -> str:
    if not unicodedata.is_normalized("NFC", line):
        line = "".join(f"\\u{ord(c):04x}" if unicodedata.combining(c) else c for c in line)
    return "".join(c if c.isprintable() and not textfile.forbidden(c) else _escaped(c) for c in line)


def _escaped(char: str) -> str:
    """Return a character as an escape, also one that counts as printable and shows nothing."""
    escaped = printable(char)
    return escaped if escaped != char else f"\\u{ord(char):04x}"


def _rows(text: str) -> list[str]:
    """Return a table of mappings as lines to read: of each row its columns with what they hold."""
    lines = [line for line in text.split("\n") if line and line != "#"]
    table = [line for line in lines if not line.startswith("#")]
    header = table[0].split("\t")
    out = [line for line in lines if line.startswith("#")]
    for row in table[1:]:
        cells = row.split("\t")
        if len(cells) != len(header):
            out += ["", " | ".join(header), " | ".join(cells)]
        else:
            out += ["", *(f"{c:22}{v}" for c, v in zip(header, cells, strict=True) if v)]
    return out[1:] if out and not out[0] else out
