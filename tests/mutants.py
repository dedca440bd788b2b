"""Mutants: a project's context, derivations and shapes, each wrong in one way, as by a slip or a sly hand."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from click.testing import Result

from conftest import ROOT

CONTEXT = "ontology/context.jsonld"
_ID = re.compile(r"^ *(?:- )?id: ([a-z0-9-]+)", re.MULTILINE)
_TOLD = re.compile(r": (?:error|warning) ")
_SELECT = re.compile(r'""".*?"""', re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One file of a project with one change.

    Attributes:
        kind: What was done.
        path: The file, in the project.
        text: What stands in it now; None where it is gone.
        names: Words of which one must stand in what is told.
        beside: The name that the file has now; None where it keeps its own.
    """

    kind: str
    path: str
    text: str | None
    names: tuple[str, ...]
    beside: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.names[0]} ({self.path})"


def project(folder: Path) -> Path:
    """Make a small project whose facts use every key, with ontology and shapes of its own."""
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests/cases/base/facts", folder / "facts")
    for number, path in enumerate(sorted((ROOT / "tests/cases/valid").glob("*.yaml"))):
        text = path.read_text(encoding="utf-8")
        for name in set(_ID.findall(text)):
            text = re.sub(rf"(?<![\w-]){name}(?![\w:-]|\.\w)", f"{name}-{number}", text)
        (folder / "facts" / path.name).write_text(text, encoding="utf-8")
    return folder


@contextlib.contextmanager
def applied(mutant: Mutant, folder: Path) -> Iterator[None]:
    """Put a mutant into a project, and take it out again."""
    path = folder / mutant.path
    before = path.read_bytes()
    other = path.with_name(mutant.beside) if mutant.beside else path
    try:
        if mutant.text is not None:
            path.write_text(mutant.text, encoding="utf-8")
        elif mutant.beside:
            path.rename(other)
        else:
            path.unlink()
        yield
    finally:
        other.unlink(missing_ok=True)
        path.write_bytes(before)


def noticed(found: Result, mutant: Mutant) -> bool:
    """Tell whether a run ended with an error or told a warning, and named what is wrong."""
    told = [line for line in found.output.splitlines() if found.exit_code not in {0, 1} or _TOLD.search(line)]
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line) for name in mutant.names for line in told)


def of_context() -> Iterator[Mutant]:
    """Yield each term deleted, renamed, led elsewhere, and made into another kind of value."""
    whole = json.loads((ROOT / CONTEXT).read_text(encoding="utf-8"))
    terms = whole["@context"]
    expanding = [t for t in terms if not t.startswith("@") and t not in {"id", "type"}]
    prefixes = [t for t in expanding if isinstance(terms[t], str) and terms[t].endswith(("/", "#"))]
    keys = [t for t in expanding if isinstance(terms[t], dict)]
    words = [t for t in expanding if t not in prefixes and t not in keys]
    for term in terms:
        yield _context("term deleted", terms, term, changes={term: None})
        yield _context("term renamed", terms, term, changes={term: None, f"{term}X": terms[term]})
    for group in (prefixes, words, keys):
        for one, other in zip(group, [*group[1:], group[0]], strict=True):
            if group is keys:
                mine, theirs = dict(terms[one]), dict(terms[other])
                name, name_there = ("@reverse" if "@reverse" in x else "@id" for x in (mine, theirs))
                mine[name], theirs[name_there] = theirs[name_there], mine[name]
                yield _context("ids swapped", terms, one, other, changes={one: mine, other: theirs})
            else:
                yield _context("ids swapped", terms, one, other, changes={one: terms[other], other: terms[one]})
            yield _context("id of another", terms, one, changes={one: terms[other]})
    for term in [*prefixes, *words]:
        yield _context("id misspelt", terms, term, changes={term: terms[term][:-2] + terms[term][-1]})
    for term in keys:
        yield from _of_key(terms, term)
    for name, value in (("@vocab", "https://w3id.org/ivig-kg/ontology/"), ("@language", "en"), ("@propagate", False)):
        yield _context("default added", terms, name, changes={name: value})
    yield _context("base changed", terms, "@base", changes={"@base": "https://w3id.org/ivig-kg/ID/"})
    yield _context("version changed", terms, "@version", changes={"@version": 1.0})


def _of_key(terms: dict[str, Any], term: str) -> Iterator[Mutant]:
    said = terms[term]
    for kind in (
        "xsd:string",
        "xsd:decimal",
        "xsd:integer",
        "xsd:nonNegativeInteger",
        "xsd:date",
        "@id",
        "@vocab",
        "@json",
    ):
        if said.get("@type") != kind:
            changed = {k: v for k, v in said.items() if k != "@language"} | {"@type": kind}
            yield _context("type changed", terms, term, changes={term: changed})
    if "@type" in said:
        yield _context("type taken off", terms, term, changes={term: {k: v for k, v in said.items() if k != "@type"}})
    for language in ("en", "de", None):
        if said.get("@language", "") != language and "@type" not in said:
            yield _context("language set", terms, term, changes={term: said | {"@language": language}})
    if "@language" in said:
        yield _context(
            "language taken off", terms, term, changes={term: {k: v for k, v in said.items() if k != "@language"}}
        )
    for container in ("@list", "@set", "@language", "@index"):
        yield _context(f"container {container}", terms, term, changes={term: said | {"@container": container}})
    name, other = ("@reverse", "@id") if "@reverse" in said else ("@id", "@reverse")
    yield _context("turned round", terms, term, changes={term: {other if k == name else k: v for k, v in said.items()}})
    yield _context("id misspelt", terms, term, changes={term: said | {name: said[name] + "x"}})
    yield _context("prefix misspelt", terms, term, changes={term: said | {name: "x" + said[name]}})


def _context(kind: str, terms: dict[str, Any], *names: str, changes: dict[str, Any]) -> Mutant:
    changed = dict(terms)
    for term, value in changes.items():
        if value is None:
            del changed[term]
        else:
            changed[term] = value
    said = [terms[n] for n in names if n in terms]
    ids = [d.get("@id", d.get("@reverse")) if isinstance(d, dict) else d for d in said]
    also = [str(i).partition(":")[2] for i in ids if ":" in str(i) and "//" not in str(i)]
    text = json.dumps({"@context": changed}, ensure_ascii=False)
    return Mutant(f"context: {kind}", CONTEXT, text, (*names, *also))


def of_rules() -> Iterator[Mutant]:
    """Yield each derivation deleted, renamed, narrowed, with a triple less, and with each name misspelt."""
    for path in sorted((ROOT / "ontology/rules").glob("*.rq")):
        name, text = f"ontology/rules/{path.name}", path.read_text(encoding="utf-8")
        head, _, where = text.partition("WHERE {")
        yield Mutant("derivation: deleted", name, None, (path.stem,))
        yield Mutant("derivation: emptied", name, "", (path.stem,))
        yield Mutant("derivation: renamed", name, None, (path.stem,), beside=f"{path.stem}2.rq")
        yield Mutant("derivation: finds nothing", name, f"{head}WHERE {{ FILTER (false){where}", (path.stem,))
        yield Mutant(
            "derivation: narrowed", name, f"{head}WHERE {{ ?fact ivig:population ?narrowed .{where}", (path.stem,)
        )
        yield Mutant("derivation: no CONSTRUCT", name, text.replace("CONSTRUCT", "CONSTRUKT"), (path.stem,))
        template = re.search(r"CONSTRUCT \{(.*?)\}", text, re.DOTALL)
        assert template
        for piece in re.split(r" [;.] ", template[1]):
            less = template[1].replace(piece, "").strip(" ;.")
            yield Mutant("derivation: a triple less", name, text.replace(template[1], f" {less} "), (path.stem,))
        for number, line in enumerate(where.split("\n")):
            if line.strip(" {}") and line.strip() != "UNION":
                left = "\n".join(x for n, x in enumerate(where.split("\n")) if n != number)
                yield Mutant("derivation: a pattern less", name, f"{head}WHERE {{{left}", (path.stem,))
        for match in re.finditer(r"\b(?:ivig|skos|biolink):\w+", text):
            misspelt = text[: match.end() - 2] + text[match.end() - 1 :]
            yield Mutant("derivation: a name misspelt", name, misspelt, (path.stem,))


def of_shapes() -> Iterator[Mutant]:
    """Yield each shape switched off in one of the ways that SHACL passes over in silence."""
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        name, text = f"shapes/{path.name}", path.read_text(encoding="utf-8")
        held = tuple(re.findall(r"^ivigsh:([\w-]+) a", text, re.MULTILINE))
        yield Mutant("file: emptied", name, "", (path.stem, path.name, *held))
        yield Mutant("file: deleted", name, None, (path.stem, path.name, *held))
        yield Mutant(
            "file: only its prefixes", name, "\n".join(x for x in text.split("\n") if x[:1] == "@"), (path.name,)
        )
        yield Mutant("file: another namespace", name, text.replace("ns/shacl#", "ns/shcal#"), (path.name,))
        for match in re.finditer(
            r"^ivigsh:([\w-]+) a sh:(NodeShape|PropertyShape|SPARQLConstraint) ;", text, re.MULTILINE
        ):
            block = text[match.start() : _end(text, match.end())]
            for kind, changed in _of_shape(match[1], match[2], block):
                about = [m.rpartition(":")[2] for m in re.findall(r"sh:path (\w+:\w+)", block)]
                yield Mutant(f"shape: {kind}", name, text.replace(block, changed), (match[1], path.name, *about))


def _end(text: str, begin: int) -> int:
    """Return where a block ends: its full stop, outside of a query and of a sentence."""
    masked = _SELECT.sub(lambda m: "x" * len(m[0]), text)
    masked = re.sub(r'"[^"\n]*"', lambda m: "x" * len(m[0]), masked)
    return masked.index(" .\n", begin) + len(" .\n")


def _of_shape(name: str, kind: str, block: str) -> Iterator[tuple[str, str]]:
    yield "deleted", ""
    yield "renamed", block.replace(f"ivigsh:{name} a", f"ivigsh:{name}x a")
    yield "switched off", block.replace(" ;\n", " ;\n    sh:deactivated true ;\n", 1)
    yield (
        "lowered",
        re.sub(r"    sh:severity sh:\w+ ;\n", "", block).replace(" ;\n", " ;\n    sh:severity sh:Info ;\n", 1),
    )
    yield "given twice", f"{block}\n{block}"
    yield "type misspelt", block.replace(f" a sh:{kind}", f" a sh:{kind}x")
    for term in sorted(set(re.findall(r"(?<![\w:])sh:([a-z]\w+)", _SELECT.sub("", block))) - {"message"}):
        yield "term misspelt", re.sub(rf"(?<![\w:])sh:{term}\b", f"sh:{_typo(term)}", block)
    for term in ("targetClass", "path", "class"):
        for value in re.findall(rf"sh:{term} (ivig:\w+)", block):
            yield f"{term} misspelt", block.replace(f"sh:{term} {value}", f"sh:{term} {_typo(value)}")
            wrong = (
                "ivig:about"
                if term == "path" and value != "ivig:about"
                else "ivig:note"
                if term == "path"
                else "ivig:Route"
            )
            if wrong != value:
                yield f"{term} of another", block.replace(f"sh:{term} {value}", f"sh:{term} {wrong}")
    yield from _weakened(block)
    if query := _SELECT.search(block):
        yield from _of_query(block, query[0])


def _weakened(block: str) -> Iterator[tuple[str, str]]:
    bare = _SELECT.sub("", block)
    for match in re.finditer(r"sh:(min|max)Count (\d)", bare):
        yield "count changed", block.replace(match[0], f"sh:{match[1]}Count {0 if match[1] == 'min' else 9}")
        yield "count as text", block.replace(match[0], f'sh:{match[1]}Count "one"')
    for match in re.finditer(r"sh:datatype xsd:(\w+)", bare):
        yield "datatype misspelt", block.replace(match[0], f"sh:datatype xsd:{_typo(match[1])}")
        yield "datatype of another", block.replace(match[0], "sh:datatype xsd:string")
    for match in re.finditer(r'sh:pattern "([^"]*)"', bare):
        yield "pattern of anything", block.replace(match[0], 'sh:pattern "."')
        yield "pattern broken", block.replace(match[0], 'sh:pattern "("')
    for match in re.finditer(r"(sh:(?:in|alternativePath|or)) \(([^()]*)\)", bare):
        rest = " ".join(match[2].split())
        yield "list emptied", block.replace(match[0], f"{match[1]} ()")
        yield "list cut off", block.replace(match[0], f"{match[1]} [ <{RDF}first> {rest.split(' ')[0]} ]")
        yield "list with more", block.replace(match[0], f"{match[1]} ( {rest} ivig:Fact )")
    for term in ("minCount", "maxCount", "class", "datatype", "in", "pattern", "disjoint", "maxLength", "sparql"):
        if re.search(rf"sh:{term} [^;.]*;\s", bare) and not re.search(rf"sh:{term} [^;.]*[\[\"]", bare):
            yield "constraint taken out", re.sub(rf"sh:{term} [^;.]*;\s", "", block, count=1)


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def _of_query(block: str, query: str) -> Iterator[tuple[str, str]]:
    yield "query broken", block.replace(query, query.replace("WHERE {", "WHERE {{", 1))
    yield "query finds nothing", block.replace(query, query.replace("WHERE {", "WHERE { FILTER (false)", 1))
    yield "query narrowed", block.replace(query, query.replace("WHERE {", "WHERE { $this a ivig:Route .", 1))
    yield "query of another node", block.replace(query, query.replace("$this", "?that"))
    yield "query is empty", block.replace(query, '""')
    for match in re.finditer(r"\bivig:\w+", query):
        misspelt = query[: match.end() - 2] + query[match.end() - 1 :]
        yield "name in a query misspelt", block.replace(query, misspelt)


def _typo(word: str) -> str:
    """Return a word with two letters in the wrong order, or one more where that changes nothing."""
    turned = word[:-2] + word[-1] + word[-2]
    return turned if turned != word else word + word[-1]
