"""Fuzzing: files of a project damaged by chance, each read by a command in a child process that may not fall.

What a child does is bounded and measured: it must end by itself, soon, in little memory, with one of the exit
statuses that the project knows, and every finding it prints must have a place and no character that hides.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import json
import os
import random
import re
import resource
import select
import shutil
import signal
import sys
import time
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

import allocation
from conftest import ROOT
from ivig_kg.cli import main

CASES = ROOT / "tests/cases"
FINDS = tuple(sorted((CASES / "finds").glob("*/*")))  # each once ended a command with a bug, or hung
MOST_SECONDS = 10.0
MOST_BYTES = 600 * 1024**2
STATUSES = frozenset(range(8))
_BUSY = int(2 * MOST_SECONDS)  # seconds of a processor, after which a child is ended
_NEW = 100 * 1024**2  # what a process of the tool holds before it reads anything
_SPACE = 4 * 1024**3  # of addresses: what a child takes beyond is refused, so that the machine stands

_YAML = ("- ", "|", ": ", ", ", "[", "]", "{", "}", "'", '"', "|\n", ">-\n", "#", " #", "&a ", "*a", "!x ", "!!int ")
_YAML += ("?", "? ", "---\n", "...\n", "<<: *a", "%YAML 1.1\n", "@", "`", "~", "\\", "\n  ", "\n", "id: ", "type: ")
_JSON = ("{", "}", "[", "]", '"', ":", ",", "null", "true", "1e999", "-0", '"@id"', '"@type"', '"@vocab"', '"@base"')
_JSON += ('"@context"', '"@reverse"', '"@container"', '"@language"', '"@graph"', '"@nest"', "{}", "[]", "[[", "\\u0000")
_TURTLE = ("<", ">", '"', "'''", '"""', "@prefix ", "@base ", ".", ";", ",", "[", "]", "(", ")", "_:b", " a ", "^^")
_TURTLE += (
    "@en",
    "<a>",
    "<http://[>",
    "sh:or",
    "sh:not",
    "sh:path",
    "sh:in",
    "sh:class",
    "\\u0000",
    "<< ",
    "1e9",
    "-1",
)
_SPARQL = ("{", "}", "(", ")", "?x", "$this", ".", ";", "OPTIONAL", "FILTER", "MINUS", "BIND", "GRAPH", "VALUES")
_SPARQL += ("SELECT", "CONSTRUCT", "ASK", "WHERE", "LIMIT", "0", "'", '"', "*", "+", "/", "^", "UNION", "#")
_TABLE = ("\t", "\n", "#", '"', "'", ":", "kg:", "skos:exactMatch", "HP:0002315", "semapv:", "#curie_map:\n", "\r")
_PLAIN = ("0", "1.2.0", "-", ".", "/", "..", "\n", "\r", "\x1b[31m", ":", "{", "}", "=", " ", "  ")
_ODD = ("\x00", "\x1b", "\x7f", "\u0085", "\u2028", "\u202e", "\ufeff", "\u200b", "\ufffe", "e\u0301", "\U0001f9ea")
_ODD += ("é", "\ufdfd", "\u0661", "\u0131", "1:40", "010", "0x1F", "1e400", "no", "null", "2024-02-30", "${x}", "%s")
_ODD += ("{{x}}", "\\u202e", "<script>", "'; DROP TABLE x", "=1+1", "../..", "CON", "a" * 300, "9" * 400, "-" * 50)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_WORD = re.compile(rb"\w+|\s+|.", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    Attributes:
        path: Its place in the folder that `made` fills.
        seeds: What is damaged, as patterns below the checkout; the file that stands at its place where there is none.
        commands: What reads it; one of them is taken.
        words: What is put in.
        share: How often it is tried beside the others.
    """

    path: str
    seeds: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    share: int = 2


_CHECK = ("check", "--no-cache", "--format", "json")
_SHOW = ("check", "--no-cache")
_NQUADS = "exports/ivig-kg.nq"
_ASK = ("query", "case")
_BUILD = ("build", "--no-cache")
_RELEASE = ("release", "1.0.0", "--no-cache", "-o", "other")
_FACTS = ("tests/cases/valid/*.yaml", "tests/cases/invalid/*.yaml", "tests/cases/base/facts/*.yaml")
KINDS = {
    "facts": Kind("facts/case.yaml", _FACTS, (_CHECK, _CHECK, _SHOW, ("check", "--diff"), ("stats",)), _YAML, 12),
    "source": Kind("facts/case.yaml", ("tests/cases/valid/[PS]*.yaml", "facts/sources/k*.yaml"), (_CHECK,), _YAML, 4),
    "bundle": Kind("facts/case.jsonl", (), (_CHECK, _SHOW), _JSON, 3),
    "packed": Kind("facts/case.jsonl.gz", (), (_CHECK,), _PLAIN),
    "text": Kind("texts/leaflet.txt", (), ((*_CHECK, "--sources", "texts"),), _PLAIN),
    "mappings": Kind("facts/mappings.sssom.tsv", ("tests/cases/mappings/*.tsv",), (_CHECK, _SHOW), _TABLE, 5),
    "terms": Kind("facts/terms.tsv", ("tests/cases/terms/*.tsv",), (_CHECK, _SHOW), _TABLE, 4),
    "context": Kind("ontology/context.jsonld", (), (_CHECK, ("schema",)), _JSON, 6),
    "ontology": Kind("ontology/ivig.ttl", (), (_CHECK, ("schema",)), _TURTLE, 4),
    "shape": Kind("shapes/Fact.ttl", ("shapes/*.ttl",), (_CHECK, ("schema",)), _TURTLE, 6),
    "rule": Kind("ontology/rules/case.rq", ("ontology/rules/*.rq",), (_CHECK,), _SPARQL, 4),
    "query": Kind(
        "ontology/queries/case.rq",
        ("ontology/queries/*.rq",),
        (_ASK, ("query", "--list"), _BUILD),
        _SPARQL,
        4,
    ),
    "question": Kind("case.rq", ("ontology/queries/*.rq",), (("query", "-f", "case.rq"),), _SPARQL),
    "version": Kind("facts/VERSION", (), (_RELEASE, _BUILD), _PLAIN),
    "citation": Kind("CITATION.cff", (), (_RELEASE,), _YAML),
    "nquads": Kind("exports/ivig-kg.nq", (), (("verify", _NQUADS), ("diff", _NQUADS)), _TURTLE),
    "turtle": Kind("exports/ivig-kg.ttl", (), (("verify", "exports/ivig-kg.ttl"),), _TURTLE, 1),
    "json-ld": Kind("exports/ivig-kg.jsonld", (), (("verify", "exports/ivig-kg.jsonld"),), _JSON),
    "manifest": Kind("exports/manifest.json", (), (("verify", "exports"),), _JSON),
    "sums": Kind("release/SHA256SUMS", (), (("verify", "release"),), _PLAIN, 1),
    "description": Kind("release/description.ttl", (), (("verify", "release"),), _TURTLE, 1),
    "shard": Kind("shards/shard-1-of-1.json", (), (("merge", "shards"),), _JSON),
    "edition": Kind("old.yaml", _FACTS, (("diff", "old.yaml"),), _YAML),
    "credentials": Kind("key", (), (("load", "http://127.0.0.1:9", "--dry-run", "--credentials", "key"),), _PLAIN),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended.

    Attributes:
        status: Its status; negative for a signal, None where we ended it.
        said: What it printed.
        seconds: What it took of a processor, with its own children: how busy the machine is does not matter.
        bytes: What it took of memory, at most, as if it had begun new.
    """

    status: int | None
    said: str
    seconds: float
    bytes: int

    def troubles(self) -> list[str]:
        """Return what must not be: a fall, a hang, a greedy child, a hidden character, a finding without a place."""
        found = []
        if self.status is None or self.seconds > MOST_SECONDS:
            found.append(f"it takes {self.seconds:.0f} seconds")
        elif self.status not in STATUSES or "Traceback" in self.said:
            found.append(f"it ends with {self.status}")
        if self.bytes > MOST_BYTES:
            found.append(f"it takes {self.bytes // 1024**2} MB")
        hidden = sorted({c for c in self.said if unicodedata.category(c) in _HIDDEN and c != "\n"})
        if hidden:
            found.append(f"it prints {hidden}")
        if self.said.startswith('{\n  "findings"'):
            found += _misplaced(json.JSONDecoder().raw_decode(self.said)[0]["findings"])
        return found


def _misplaced(findings: list[dict[str, object]]) -> Iterator[str]:
    """Yield the findings without a place or a sentence, or with a character that hides."""
    for finding in findings:
        placed = all(isinstance(n := finding[name], int) and n >= 1 for name in ("line", "column", "length"))
        texts = [str(finding[name] or "") for name in ("message", "hint", "subject", "path")]
        if not placed or not texts[0] or not all(text.isprintable() for text in texts):
            yield f"a finding without place or plain sentence: {finding}"


def made(folder: Path) -> Path:
    """Fill a folder with a small project, and return it."""
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(CASES / "base/facts", folder / "facts")
    shutil.copytree(CASES / "texts", folder / "texts", ignore=shutil.ignore_patterns("*.yaml"))
    (folder / "facts/VERSION").write_text("1.0.0\n", encoding="utf-8")
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (folder / "CITATION.cff").write_text(re.sub(r"(?m)^version:.*", "version: 1.0.0", cited), encoding="utf-8")
    (folder / "key").write_text("user = curator\npassword = some words\n", encoding="utf-8")
    (folder / "key").chmod(0o600)
    return folder


def furnished(folder: Path) -> Path:
    """Fill a folder with a small project and all that is made from it, so that each kind of file stands there."""
    made(folder)
    for words in (_BUILD, ("build", "--shard", "1/1", "-o", "shards"), (*_RELEASE[:-1], "release")):
        ended = child(folder, words)
        if ended.status != 0:
            raise ValueError(ended.said)
    return folder


def seeds(kind: Kind, folder: Path) -> list[bytes]:
    """Return what is damaged of a kind."""
    found = [path.read_bytes() for pattern in kind.seeds for path in sorted(ROOT.glob(pattern))]
    node = [{"id": "one-more", "type": "Condition", "label": "one more condition", "alias": ["a", "b"]}]
    lines = json.dumps(node).encode() + b"\n" + json.dumps([node[0] | {"id": "other"}]).encode() + b"\n"
    of_bundles = {".jsonl": lines, ".gz": gzip.compress(lines, mtime=0)}
    return found or [of_bundles.get(Path(kind.path).suffix) or (folder / kind.path).read_bytes()]


def damaged(data: bytes, words: tuple[str, ...], chance: random.Random) -> bytes:
    """Return a file with a few things changed: bits, bytes, words, lines, or all that follows."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = chance.choice(_WAYS)(data, words, chance)
    return data[: 3 * 1024**2]


def _flipped(data: bytes, _words: tuple[str, ...], chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes(b ^ 1 << chance.randrange(8) for b in data[at : at + 1]) + data[at + 1 :]


def _cut(data: bytes, _words: tuple[str, ...], chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 2, 9, len(data))) :]


def _worded(data: bytes, words: tuple[str, ...], chance: random.Random) -> bytes:
    """Put a word in, or in the place of another."""
    found = _WORD.findall(data)
    at = chance.randrange(len(found) + 1)
    new = chance.choice(words if chance.random() < 0.7 else _ODD).encode()
    return b"".join([*found[:at], new, *found[at + chance.randrange(2) :]])


def _moved(data: bytes, _words: tuple[str, ...], chance: random.Random) -> bytes:
    """Put a word of the file in the place of another."""
    found = _WORD.findall(data) or [b""]
    found[chance.randrange(len(found))] = chance.choice(found)
    return b"".join(found)


def _lined(data: bytes, _words: tuple[str, ...], chance: random.Random) -> bytes:
    """Take a line out, say it twice, or put it elsewhere, further in or out."""
    lines = data.splitlines(keepends=True) or [b""]
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.randrange(3)):
        shifted = chance.choice((line, b"  " + line, line.removeprefix(b"  ")))
        lines.insert(chance.randrange(len(lines) + 1), shifted)
    return b"".join(lines)


def _many(data: bytes, words: tuple[str, ...], chance: random.Random) -> bytes:
    """Put a word or a piece of the file in, very often."""
    at = chance.randrange(len(data) + 1)
    piece = chance.choice((chance.choice(words).encode(), data[at : at + chance.randrange(1, 40)]))
    return data[:at] + piece * chance.choice((2, 40, 900, 20_000)) + data[at:]


_WAYS = (_flipped, _flipped, _cut, _worded, _worded, _worded, _moved, _lined, _many)


@contextlib.contextmanager
def standing(folder: Path, path: str, data: bytes) -> Iterator[None]:
    """Have a file in the folder with some content, and then what was there before."""
    place = folder / path
    before = place.read_bytes() if place.exists() else None
    place.write_bytes(data)
    try:
        yield
    finally:
        if before is None:
            place.unlink()
        else:
            place.write_bytes(before)


def child(folder: Path, words: tuple[str, ...], *, most: float = 12 * MOST_SECONDS) -> Ended:
    """Run a command in a child of this process, in the folder, and return how it ended."""
    allocation.give_back()
    out, into = os.pipe()
    until, held = time.monotonic() + most, _held()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: these do not work on
        number = os.fork()
    if number == 0:
        os.close(out)
        _be_child(folder, words, into)
    os.close(into)
    said, late = _heard(out, until)
    if late:
        os.kill(number, signal.SIGKILL)
    _, status, used = os.wait4(number, 0)
    text = said.decode("utf-8", "backslashreplace")
    size = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Ended(None if late else os.waitstatus_to_exitcode(status), text, used.ru_utime + used.ru_stime, size - held)


def _held() -> int:
    """Return how many bytes this process holds beyond a new one of the tool; a child begins with them.

    Tests that ran before may have left it large.
    """
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text(encoding="ascii").split()[1]) if statm.exists() else 0
    return max(0, pages * resource.getpagesize() - _NEW)


def _be_child(folder: Path, words: tuple[str, ...], into: int) -> None:
    """Run the command, write what it says, and end."""
    status = 99
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_SPACE, _SPACE))
        resource.setrlimit(resource.RLIMIT_CPU, (_BUSY, _BUSY))
        os.environ |= {"IVIG_KG_TRACEBACK": "1", "SOURCE_DATE_EPOCH": "1700000000"}
        os.chdir(folder)
        result = CliRunner().invoke(main, ["-C", ".", *words])
        status = result.exit_code
        text = (result.stdout + result.stderr).encode("utf-8", "backslashreplace")
        while text:
            text = text[os.write(into, text) :]
    finally:
        os._exit(status)


def _heard(out: int, until: float) -> tuple[bytes, bool]:
    """Return what comes through a pipe to its end, and whether it did not end in time."""
    said = b""
    try:
        while (left := until - time.monotonic()) > 0:
            if select.select([out], [], [], left)[0]:
                piece = os.read(out, 1 << 16)
                if not piece:
                    return said, False
                said += piece
        return said, True
    finally:
        os.close(out)


def stands(path: Path, folder: Path) -> None:
    """See that a file of the corpus is refused, soon, in sentences."""
    kind = KINDS[path.parent.name]
    (folder / kind.path).parent.mkdir(exist_ok=True)
    with standing(folder, kind.path, path.read_bytes()):
        for words in dict.fromkeys(kind.commands[:2]):
            ended = child(folder, words)
            assert ended.troubles() == []
            assert ended.status in {1, 3, 4, 7}
            assert ended.said
