"""As typed: values in every style of YAML, and what programs that are not ours read of them in every format.

`stored` writes values into facts files, reads them as the tool does, writes the graph in all formats, and reads each
of these with pyoxigraph and rdflib, JSON-LD with PyLD too. A value is the same everywhere, or it is refused.
"""

from __future__ import annotations

import dataclasses
import io
import json
import random
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyld
import pyoxigraph as ox
import rdflib

from conftest import ROOT
from ivig_kg import export, facts, loading, readback, resources, runs, schema, stability
from ivig_kg.findings import Finding, Severity
from ivig_kg.resources import THINGS

PROJECT = resources.locate(ROOT)
KEYS = schema.load(PROJECT).keys
FORMATS = readback.FORMATS | {"jsonld": ox.RdfFormat.JSON_LD}
# what has fooled programs elsewhere: each of our own making
NAUGHTY: tuple[str, ...] = tuple(json.loads((ROOT / "tests/cases/naughty-strings.json").read_text(encoding="utf-8")))
_CLASSES: tuple[Callable[[random.Random], int], ...] = (
    lambda chance: chance.randrange(0x20, 0x7F),
    lambda chance: chance.randrange(0x20, 0x7F),
    lambda chance: chance.randrange(0xA0, 0x370),
    lambda chance: chance.randrange(0x370, 0x1000),
    lambda chance: chance.randrange(0x1000, 0xD800),
    lambda chance: chance.randrange(0xE000, 0x110000),
    lambda chance: ord(chance.choice("'\"\\#:-[]{},&*!|>%@`? \t\n\r/<=^~$")),
    lambda chance: ord(
        chance.choice("\x00\x07\x1b\x7f\x85\u00ad\u200b\u2028\u2029\u202e\u2066\ufeff\ufffe\u0301\u0345")
    ),
)


def _characters(chance: random.Random, count: int) -> str:
    """Return some characters; how odd they may be is chosen for each."""
    kinds = (_CLASSES[: chance.choice((2, 2, 4, 5, 7, 8))] for _ in range(count))
    return "".join(chr(chance.choice(kind)(chance)) for kind in kinds)


def text(chance: random.Random) -> str:
    """Return some text: one that has fooled others, or characters of every kind."""
    if chance.random() < 0.3:
        return chance.choice(NAUGHTY)
    made = [
        chr(chance.choice(_CLASSES[: chance.choice((2, 2, 4, 5, 7, 8))])(chance))
        for _ in range(chance.randrange(1, 24))
    ]
    return "".join(made)


def decimal(chance: random.Random) -> str:
    """Return what is a number, or almost one."""
    digits = "".join(chance.choice("0123456789") for _ in range(chance.choice((1, 1, 2, 3, 18, 40, 400))))
    point = chance.randrange(len(digits) + 1)
    shown = chance.choice((digits, digits[:point] + "." + digits[point:], "0." + digits, digits + ".0"))
    end = chance.choice(("", "", "", "", "e3", "E-3", "0", " ", "_0", ",5", "%", "٣", "d"))
    return chance.choice(("", "", "", "-", "+", "00", "--")) + shown + end


def address(chance: random.Random) -> str:
    """Return what is an address, or almost one."""
    rest = _characters(chance, chance.randrange(20))
    odd = chance.choice(("", "?a=b&c=%20", "#a", "//a/../b/./c", "[::1]", ":80/", "%zz", "%C3%A9", "é", "@", "'"))
    return (
        chance.choice(("https://a.example/", "https://a.example/", "http://a", "HTTPS://a/", "ftp://a/")) + odd + rest
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Carrier:
    """A node that carries a value under a key, and how such values are made."""

    head: str
    key: str
    make: Callable[[random.Random], str]

    @property
    def property(self) -> str:
        """The property that the key stands for."""
        return KEYS[self.key].iri


CARRIERS = {
    "label": Carrier("type: Condition", "label", text),
    "title": Carrier("type: Source", "title", text),
    "decimal": Carrier("type: DosageRegimen", "doseMin", decimal),
    "address": Carrier("type: Source", "url", address),
}


def plain(value: str, _chance: random.Random) -> str | None:
    """Return a value as it is; none where it would be a quoted one, a list, or have a comment behind it."""
    other = value.startswith(("'", '"', "[", "{")) or "  #" in value
    return None if other or {"\n", "\r"} & set(value) else value


def single(value: str, _chance: random.Random) -> str | None:
    """Return a value between single quotation marks."""
    return None if {"\n", "\r"} & set(value) else "'" + value.replace("'", "''") + "'"


def double(value: str, chance: random.Random) -> str | None:
    """Return a value between double quotation marks, some of its characters as escapes."""
    out = []
    for char in value:
        code = ord(char)
        if char in '"\\' or not char.isprintable() or chance.random() < 0.2:
            out.append(f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def literal(value: str, _chance: random.Random) -> str | None:
    """Return a value as a block of lines that stay."""
    return None if "\r" in value else "|2-\n" + "\n".join(f"    {line}" for line in value.split("\n"))


def folded(value: str, _chance: random.Random) -> str | None:
    """Return a value as a block of lines that are joined."""
    return None if {"\n", "\r"} & set(value) else f">2-\n    {value}"


Style = Callable[[str, random.Random], str | None]
STYLES: tuple[Style, ...] = (plain, single, double, literal, folded)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some values: how many were stored as typed, which findings refuse the others, what is wrong."""

    stored: int
    refused: tuple[Finding, ...]
    wrong: tuple[str, ...]


Values = dict[str, set[tuple[str, str, str]]]


def stored(folder: Path, carrier: Carrier, typed: Sequence[tuple[str, str]]) -> Outcome:
    """Write values into a facts file, and see that each is stored as it was typed, or refused with a place.

    Args:
        folder: An empty folder.
        carrier: What carries them.
        typed: Each value, and how it is written in the file.
    """
    refused: list[Finding] = []
    lines: list[str] = []
    wanted: dict[str, tuple[str, int]] = {}
    for number, (value, shown) in enumerate(typed):
        node = f"- id: n-{number}\n  {carrier.head}\n  {carrier.key}: {shown}\n"
        if found := facts.parse(node, shown="facts/case.yaml").findings:
            refused += found
        else:
            wanted[f"n-{number}"] = value, len(lines) + 1
            lines += node.split("\n")[:-1]
    (folder / "facts").mkdir(parents=True, exist_ok=True)
    (folder / "facts/case.yaml").write_bytes(("\n".join(lines) + "\n").encode())
    loaded = loading.load(resources.Project(folder, folder / "facts", PROJECT.ontology, PROJECT.shapes))
    errors = [f for f in loaded.findings if f.severity is Severity.ERROR and f.code != "missing-id"]
    refused += errors
    starts = sorted((line, name) for name, (_, line) in wanted.items())
    at = {f.position.line for f in errors}
    ends = [line for line, _ in starts[1:]] + [len(lines) + 1]
    for (line, name), end in zip(starts, ends, strict=True):
        if at & set(range(line, end)):
            del wanted[name]
    # a number that is not in its shortest form is refused by the shape Data-value: see test_stability.py
    odd = {q.subject.value.removeprefix(THINGS) for q in loaded.quads if stability.problem(q.object)}
    wanted = {name: typed for name, typed in wanted.items() if name not in odd}
    quads = [q for q in loaded.quads if q.subject.value.removeprefix(THINGS) in wanted]
    expected = {THINGS + name: value for name, (value, _) in wanted.items()}
    wrong = list(_differences("graph", _of_oxigraph(quads, carrier), expected))
    if quads:
        for where, read in _readings(quads, carrier, loaded):
            wrong += _differences(where, read, expected)
    wrong += [f"a finding without a place: {f}" for f in refused if not _is_placed(f)]
    return Outcome(len(wanted), tuple(refused), tuple(wrong))


def _is_placed(finding: Finding) -> bool:
    return finding.position.line >= 1 and finding.position.column >= 1 and finding.message.isprintable()


def _differences(where: str, read: Mapping[str, str | None], expected: Mapping[str, str]) -> Iterable[str]:
    for name, value in expected.items():
        if read.get(name) != value:
            yield f"{where}: {value!r} is {read.get(name)!r}"


def _readings(quads: list[ox.Quad], carrier: Carrier, loaded: loading.Loaded) -> Iterable[tuple[str, dict[str, str]]]:
    """Yield what each program reads of each format, with their names."""
    run = runs.of_quads(quads)
    for form in export.FORMATS:
        output = io.BytesIO()
        export.write(run, form, output, schema=loaded.schema, prefixes=loaded.prefixes)
        data = output.getvalue()
        again = ox.parse(data, FORMATS[form])
        yield f"{form} by pyoxigraph", _of_oxigraph(again, carrier)
        yield f"{form} by rdflib", _of_rdflib(data, form, carrier)
        if form == "jsonld":
            normal = pyld.jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"})
            yield "jsonld by PyLD", _of_oxigraph(ox.parse(normal, ox.RdfFormat.N_QUADS), carrier)


def _of_oxigraph(quads: Iterable[Any], carrier: Carrier) -> dict[str, str]:
    return {q.subject.value: q.object.value for q in quads if q.predicate.value == carrier.property}


def _of_rdflib(data: bytes, form: str, carrier: Carrier) -> dict[str, str]:
    names = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt11", "nq": "nquads", "trig": "trig"}
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parsers use what rdflib deprecates
            graph = rdflib.Dataset() if form in readback.DATASET else rdflib.Graph()
            graph.parse(data=data, format=names[form])
        found = list(graph.quads()) if isinstance(graph, rdflib.Dataset) else list(graph)
    finally:
        rdflib.NORMALIZE_LITERALS = before
    return {str(t[0]): str(t[2]) for t in found if str(t[1]) == carrier.property}


def written(
    values: Iterable[str], *, styles: Sequence[Style] = STYLES, chance: random.Random | None = None
) -> list[tuple[str, str]]:
    """Return each value as it is meant, with how it is written in each style that can hold it."""
    found = []
    for value in values:
        for style in styles:
            shown = style(value, chance or random.Random(ascii(value)))  # noqa: S311  (no secret)
            if shown is not None and _is_text(shown):
                meant = value.strip(" ") if style is plain else value.rstrip("\n") if style is literal else value
                found.append((meant, shown))
    return found


def _is_text(shown: str) -> bool:
    try:
        shown.encode()
    except UnicodeEncodeError:  # half a character: only an escape can write it
        return False
    return True


def chosen(carrier: Carrier, count: int, chance: random.Random) -> list[tuple[str, str]]:
    """Return some values of a carrier, each as it is meant, with how it is written in a style taken by chance."""
    found: list[tuple[str, str]] = []
    while len(found) < count:
        found += written([carrier.make(chance)], styles=[chance.choice(STYLES)], chance=chance)
    return found
