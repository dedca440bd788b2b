"""Grammar: is every shape written so that it is asked?

SHACL ignores what it does not know: a misspelt `sh:minCuont`, a class that does not exist or a list that is cut off
makes a rule to which everything conforms, and nobody is told. So the shapes are held to a grammar before they are used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import fruitless, mentions, originals, patterns, precautions, shacl
from ivig_kg.bounds import Query, try_out
from ivig_kg.errors import ShapesError
from ivig_kg.resources import VOCABULARY
from ivig_kg.shacl import RDF, SH, Said
from ivig_kg.spelling import did_you_mean

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_REMARKS = (SH, RDF, _RDFS, _OWL, "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/")
_CLASSES = frozenset({_OWL + "Class", _RDFS + "Class"})

Problem = tuple[str, str]  # a word of the file at which it is, and what is wrong
_PATHS = frozenset({"path", "targetSubjectsOf", "targetObjectsOf", *shacl.PATHS - {"alternativePath"}, *shacl.PAIRS})
_LEADING = frozenset({*shacl.TO_SHAPES, "sparql", "prefixes", "declare"})
_USES = frozenset({*(SH + name for name in shacl.TO_SHAPES), RDF + "first"})
_COUNTS = frozenset({"qualifiedMinCount", "qualifiedMaxCount"})
# values with which a term asks for nothing
_IDLE = {
    **dict.fromkeys(("minCount", "minLength", "qualifiedMinCount"), frozenset({"0"})),
    **dict.fromkeys(("uniqueLang", "closed"), frozenset({"false", "0"})),
}
# patterns that are found in every text; they are known by how they are written, since one that is tried may never end
_ANY = r"\(?(?:\?:)?(?:\.|\[(?:\\s\\S|\\S\\s)\])\*\)?"
_EVERYTHING = re.compile(rf"\^?(?:{_ANY})*|(?:{_ANY})*\$?|\^\(?\[(?:\\s\\S|\\S\\s)\]\*\)?\$")
_GIVEN = ("this", "PATH", "value", "currentShape", "shapesGraph")  # variables of a constraint that have a value
_NOT_HERE = {
    "graph": "asks for graphs by their names, and shapes see one graph without a name",
    "values": "has VALUES, which SHACL does not allow: it gives `$this` its value itself",
}
_OF_SHAPES = frozenset({"and", "or", "xone"})
# what stands in the terms of SHACL and in few other vocabularies
_TELLING = (shacl.ASKS | shacl.TARGETS | {"path", "severity", "deactivated"}) - {"in", "class", "and", "or", "not"}


def check(files: Mapping[Path, Sequence[Any]], *, ontology: Collection[Any], properties: Collection[str] = ()) -> None:
    """Refuse shapes of which one would never be asked, or not as it is meant.

    Args:
        files: The triples of every file of the shapes, each subject's together in the order of the file.
        ontology: The triples of the ontology.
        properties: The addresses of the properties that the context has a key for.

    Raises:
        ShapesError: There is one; the message has file, line and column.
        LimitError: The query of a constraint takes too long or too much memory, even where there is nothing to ask.
    """
    said = Said([t for triples in files.values() for t in triples])
    known = _Known(ontology, properties, said)
    try_out(_trials(said))
    home: dict[Any, Path] = {}
    for path, triples in files.items():
        for word, message in (*_of_file(triples), *_twice(path, triples, home, said)):
            raise _error(path, word, message)
    for path, triples in files.items():
        for node in dict.fromkeys(t.subject for t in triples):
            for word, message in _of_node(node, said, known):
                raise _error(path, word, message)


def paths(shapes: Iterable[Any]) -> set[str]:
    """Return the addresses of all properties that stand in a path of some shapes."""
    said, found = Said(tuple(shapes)), set[str]()
    for node in said.of:
        for name in said.names(node) & {*_PATHS, "alternativePath"}:
            for value in said.values(node, name):
                found.update(term.value for term in (value, *(said.members(value) or ())) if _is_no_list(term))
    return found


def _is_no_list(term: Any) -> bool:
    return isinstance(term, ox.NamedNode) and term.value != f"{RDF}nil"


def _trials(said: Said) -> Iterator[Query]:
    """Yield the queries of constraints that do not ship, to be tried out before they are read."""
    for node in said.of:
        for text in said.values(node, "select"):
            if not (originals.is_shipped(text.value) or precautions.too_much(text.value)):
                yield Query(
                    f"the query of the constraint {_local(node)}".rstrip(),
                    text.value,
                    tuple(prefixes(node, said).items()),
                )


def prefixes(node: Any, said: Said) -> dict[str, str]:
    """Return the prefixes that a constraint may use in its query."""
    declared = [d for ontology in said.values(node, "prefixes") for d in said.values(ontology, "declare")]
    return {p.value: n.value for d in declared for p in said.values(d, "prefix") for n in said.values(d, "namespace")}


class _Known:
    """What the ontology and the context know, and which properties are parameters of constraints of one's own."""

    def __init__(self, ontology: Collection[Any], properties: Collection[str], said: Said) -> None:
        self.subjects = frozenset(t.subject.value for t in ontology)
        self.names = mentions.vocabulary(ontology, {*properties, *originals.shipped()["paths"]})
        kinds = {RDF + "type", _RDFS + "subClassOf"}
        classes = {t.subject.value for t in ontology if t.object.value in _CLASSES}
        parameters = {node for one in said.of for node in said.values(one, "parameter")}
        self.parameters = frozenset(path.value for node in parameters for path in said.values(node, "path"))
        self.classes = classes | {t.object.value for t in ontology if t.predicate.value in kinds}


def _error(path: Path, word: str, message: str) -> ShapesError:
    """Return an error at the place of a word: where a line begins with it, else where it stands first."""
    line, column = shacl.place(path.read_text(encoding="utf-8"), word) or (1, 1)
    return ShapesError(f"{path}:{line}:{column}: {message}")


def _local(node: Any) -> str:
    return re.split(r"[/#]", node.value)[-1] if isinstance(node, ox.NamedNode) else ""


def _of_file(triples: Sequence[Any]) -> Iterator[Problem]:
    """Find a file that asks nothing, and what only looks like a term of SHACL."""
    used = [t for triple in triples for t in (triple.predicate, triple.object) if isinstance(t, ox.NamedNode)]
    terms = [t.value.removeprefix(SH) for t in used if t.value.startswith(SH)]
    if not terms:
        yield "", "there is no shape in this file, so it asks nothing; delete it if that is meant"
    for predicate in dict.fromkeys(triple.predicate.value for triple in triples):
        name = re.split(r"[/#]", predicate)[-1]
        if name in _TELLING and not predicate.startswith(_REMARKS):
            yield name, f"<{predicate}> is no term of SHACL, so it would be passed over; did you mean <{SH}{name}>?"
    for name in terms:
        if name in shacl.ADVANCED:
            yield name, f"`{name}` is of an extension of SHACL that nothing here asks, so it would be passed over"
        elif name not in shacl.TERMS:
            near = did_you_mean(name, shacl.TERMS)
            yield name, f"`{name}` is no term of SHACL, so it would be passed over" + (f"; {near}" if near else "")


def _twice(path: Path, triples: Sequence[Any], home: dict[Any, Path], said: Said) -> Iterator[Problem]:
    """Find a name that two shapes have: they would be read as one."""
    before: Any = None
    typed: set[Any] = set()
    for subject, predicate, value in triples:
        if not isinstance(subject, ox.NamedNode) or _OWL + "Ontology" in said.kinds(subject):
            continue  # a list or a path stands amid what is said of a shape; prefixes may be declared in several files
        begins = subject != before and subject in home
        before = subject
        again = predicate.value == RDF + "type" and (subject, value) in typed
        if again or begins:
            where = "in this file" if home[subject] == path else f"in {home[subject].name} too"
            yield _local(subject), f"the name `{_local(subject)}` is given twice, {where}: the two would be one shape"
        typed.add((subject, value))
        home.setdefault(subject, path)


def _of_node(node: Any, said: Said, known: _Known) -> Iterator[Problem]:
    """Find what is wrong with one node of the shapes."""
    names, kinds, here = said.names(node), said.kinds(node), _local(node)
    called = f"`{here}`" if here else "a shape without a name"
    if len(kinds_of_path := sorted(names & shacl.PATHS)) > 1:
        yield here or kinds_of_path[0], f"{called} has a path of two kinds: {' and '.join(kinds_of_path)}"
    for name in sorted(names):
        values = said.values(node, name)
        if name in shacl.ONCE and len(values) > 1:
            yield here or name, f"{called} says `sh:{name}` twice, and one of the two would be passed over"
        for value in values:
            yield from (
                (word or here or name, f"{called} {wrong}") for word, wrong in _of_value(name, value, said, known)
            )
    if kinds & {"NodeShape", "PropertyShape"} or names & {"path", *shacl.TARGETS, *shacl.ASKS}:
        yield from ((here, f"{called} {wrong}") for wrong in _of_shape(node, said, known))
    if "SPARQLConstraint" in kinds or "select" in names:
        yield from ((word or here or "select", f"{called} {wrong}") for word, wrong in _of_query(node, said, known))


def _of_shape(node: Any, said: Said, known: _Known) -> Iterator[str]:
    """Find a shape that is asked of nothing, asks for nothing, or has no path that it needs."""
    names, kinds, uses = said.names(node), said.kinds(node), said.used.get(node, set())
    is_class = bool(kinds & _CLASSES) and node.value in known.classes
    if not (names & shacl.TARGETS or is_class or uses & _USES):
        yield "is asked of nothing: it has no `sh:targetClass`, and no other shape names it"
    if not _asks(node, said, known):
        yield "asks for nothing: it has no constraint"
    if ("qualifiedValueShape" in names) is not bool(names & _COUNTS):
        yield "has one of `sh:qualifiedValueShape` and its counts without the other"
    if ("PropertyShape" in kinds or SH + "property" in uses) and "path" not in names:
        yield "has to have one `sh:path`"


def _asks(node: Any, said: Said, known: _Known) -> bool:
    """Tell whether a shape asks for anything: by a term of SHACL, or by a parameter of somebody's own."""
    asked = {n for n in said.names(node) & shacl.ASKS if any(not _is_idle(n, value) for value in said.values(node, n))}
    return bool(asked - {"qualifiedValueShape"}) or not known.parameters.isdisjoint(said.of[node])


def _is_idle(name: str, value: Any) -> bool:
    """Tell whether every value meets what a term of SHACL asks for."""
    text = getattr(value, "value", "")
    return _EVERYTHING.fullmatch(text) is not None if name == "pattern" else text in _IDLE.get(name, ())


def _of_query(node: Any, said: Said, known: _Known) -> Iterator[Problem]:
    """Find a SPARQL constraint that nobody asks, or whose query cannot be read or finds no node."""
    texts = said.values(node, "select")
    if not texts:
        yield "", "is a SPARQL constraint without a query: it has no `sh:select`"
    if not said.used.get(node):
        yield "", "is asked by no shape"
    declared = prefixes(node, said)
    if not said.values(node, "message"):
        yield "", "has no `sh:message`, so nobody would be told what is wrong"
    for text in texts:
        if too_much := precautions.too_much(text.value):
            yield "", f"has a query that {too_much}"
            continue
        try:
            answer: Any = ox.Store().query(text.value, prefixes=declared)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            yield "", f"has a query that cannot be read: {getattr(error, 'msg', error)}"
            continue
        if not isinstance(answer, ox.QuerySolutions) or "this" not in {v.value for v in answer.variables}:
            yield "", "has a query that does not select `$this`, so no node could break it"
        if not originals.is_shipped(text.value):
            yield from _of_words(text.value, declared, known)


def _of_words(text: str, declared: Mapping[str, str], known: _Known) -> Iterator[Problem]:
    """Find why the query of a constraint finds nothing, whatever the facts say."""
    given = {*_GIVEN, *(re.split(r"[/#]", path)[-1] for path in known.parameters)}
    if why := fruitless.reason(text, given=given):
        yield "", f"has a query that {why}"
    words = {said.lower() for kind, said in patterns.tokens(text) if kind == "word"}
    for word, wrong in _NOT_HERE.items():
        if word in words:
            yield "", f"has a query that {wrong}"
    # where the context lacks a name that ships, whoever reads the context says so
    for name in mentions.unknown(text, declared, known=known.names):
        word = name.rpartition("/" if name[0] == "<" else ":")[2].rstrip(">")
        yield word, f"asks for `{name}`, {mentions.NOWHERE}"


def _of_value(name: str, value: Any, said: Said, known: _Known) -> Iterator[Problem]:
    """Find a value that its term of SHACL cannot have."""
    text, local = getattr(value, "value", ""), _local(value)
    if local and text.startswith(VOCABULARY) and text not in known.subjects:
        yield local, f"speaks of `{local}`, which the ontology does not define"
    elif name in _PATHS and isinstance(value, ox.NamedNode) and text not in known.names:
        yield local or name, f"has <{text}> after `sh:{name}`, {mentions.NOWHERE}"
    elif name in _PATHS and text in known.classes:
        yield local, f"has the class `{local}` after `sh:{name}`, where a property belongs"
    elif name in {"targetClass", "class"} and (text not in known.classes or text.startswith((_OWL, _RDFS, RDF))):
        yield local, f"speaks of the class <{text}>, which the ontology does not know, or of which no fact is"
    elif name in shacl.PLAIN and not shacl.PLAIN[name](value):
        yield local, f"has `{local or text}` after `sh:{name}`, which is none of what can stand there"
    elif (name in _LEADING or isinstance(value, ox.BlankNode)) and value not in said.of:
        yield local, f"leads to {_called(value)}, which no file of the shapes defines"
    elif name in shacl.TO_SHAPES and isinstance(value, ox.BlankNode) and not _asks(value, said, known):
        yield "", f"leads to a shape after `sh:{name}` that asks for nothing"
    elif name in shacl.LISTS or (name == "path" and RDF + "first" in said.of.get(value, {})):
        members = said.members(value)
        if members is None:
            yield "", f"has a list after `sh:{name}` that is empty or broken"
        yield from _of_members(name, members or [], said, known)


def _called(node: Any) -> str:
    return f"`{_local(node) or node.value}`" if not isinstance(node, ox.BlankNode) else "an empty node"


def _of_members(name: str, members: Sequence[Any], said: Said, known: _Known) -> Iterator[Problem]:
    """Find a member of a list that its term of SHACL cannot have."""
    for member in members:
        local = _local(member)
        if local and member.value.startswith(VOCABULARY) and member.value not in known.subjects:
            yield local, f"lists `{local}`, which the ontology does not define"
        elif name in {"path", "alternativePath"} and isinstance(member, ox.Literal):
            yield "", "has text in a path, where a property belongs"
        elif (
            name in {"path", "alternativePath"} and isinstance(member, ox.NamedNode) and member.value not in known.names
        ):
            yield local, f"has <{member.value}> in a path, {mentions.NOWHERE}"
        elif name in {"path", "alternativePath"} and _is_no_list(member) and member.value in known.classes:
            yield local, f"has the class `{local}` in a path, where a property belongs"
        elif name in _OF_SHAPES and member not in said.of:
            yield local, f"lists {_called(member)} after `sh:{name}`, which no file of the shapes defines"
        elif name in _OF_SHAPES and isinstance(member, ox.BlankNode) and not _asks(member, said, known):
            yield "", f"lists a shape after `sh:{name}` that asks for nothing"
    if len(set(members)) != len(members):
        yield "", f"lists something twice after `sh:{name}`"
