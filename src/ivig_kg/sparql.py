"""Queries: named questions kept as files, and questions of the user's own, over the built graph."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ivig_kg import fruitless, originals, patterns, precautions
from ivig_kg.bounds import Query, try_out
from ivig_kg.definitions import only
from ivig_kg.errors import LimitError, ShapesError, UsageError
from ivig_kg.findings import printable, quoted
from ivig_kg.rendition import Lines, short, table, visible_turtle
from ivig_kg.resources import THINGS, read_text
from ivig_kg.schema import XSD
from ivig_kg.spelling import is_slug, nearest

_RESULTS = {"csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV, "json": ox.QueryResultsFormat.JSON}
_NUMBERS = ("integer", "decimal", "nonNegativeInteger")
_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")
_LITERAL = re.compile(r'"(?P<text>[^"]*)"(?:@(?P<language>[A-Za-z-]+)|\^\^<(?P<datatype>[^>]+)>)?')


@dataclasses.dataclass(frozen=True, slots=True)
class NamedQuery:
    """One competency question: the name of its file, the question in words, its SPARQL text."""

    name: str
    question: str
    text: str


def read(folder: Path) -> list[NamedQuery]:
    """Return the named queries of a folder, sorted; the comment at the head of each is its question.

    Raises:
        ShapesError: A file would not be read, or its name can be no name of a question: it stands in exports.
    """
    found = []
    for path in only(folder, ".rq"):
        if not is_slug(path.stem):
            message = f"{quoted(str(path))}: a question is named like an id: small letters, digits and hyphens"
            raise ShapesError(message)
        text = read_text(path)
        found.append(NamedQuery(path.stem, question(text), text))
    return found


def question(text: str) -> str:
    """Return the question of a named query: the comment at the head of its text."""
    head = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return " ".join(line.lstrip("# ").rstrip() for line in head)


def store(quads: Iterable[ox.Quad]) -> ox.Store:
    """Return a store in memory that answers queries about some quads."""
    made = ox.Store()
    made.extend(quads)
    return made


def ask(
    text: str,
    *,
    over: ox.Store,
    prefixes: Mapping[str, str] | None = None,
    joined: int | None = precautions.JOINED,
) -> Any:
    """Answer a SPARQL query; the default graph is the union of the named graphs, unless the query names others (FROM).

    Args:
        text: SELECT, ASK, CONSTRUCT or DESCRIBE.
        over: The store to ask.
        prefixes: Prefixes that the text may use without declaring them.
        joined: How many parts it may have; see `precautions.refuse`.

    Raises:
        UsageError: The text is not a query, or it cannot be answered.
        LimitError: It is too long, too deep or has too many parts.
    """
    precautions.refuse(text, joined=joined)
    with _answering():
        union = not patterns.outline(text).names_graphs
        return over.query(text, use_default_graph_as_union=union, prefixes=dict(prefixes or {}), base_iri=THINGS)


def pick(answer: Any, parameters: Mapping[str, Collection[ox.NamedNode | ox.Literal]]) -> Any:
    """Return the rows of an answer in which every parameter has one of its terms, as they stand.

    Binding a variable inside the query would be no filter: where it stands in an OPTIONAL alone, the
    engine fills it into every row, and a fact would get a value that no source states.

    Args:
        answer: What `ask` gave.
        parameters: The terms that are wanted, by the variable that SELECT returns.

    Raises:
        UsageError: The answer has no rows, a parameter is none of its variables, or no row has its
            value while another has one that looks alike.
    """
    if not parameters:
        return answer
    if not isinstance(answer, ox.QuerySolutions):
        message = "a parameter picks rows, and only SELECT gives rows"
        raise UsageError(message)
    with _answering():
        content = json.loads(answer.serialize(format=ox.QueryResultsFormat.JSON) or b"{}")
        names, found = rows(_solutions(content))
    kept = list(zip(found, content["results"]["bindings"], strict=True))
    for name, wanted in parameters.items():
        if name not in names:
            message = f"?{name} is not among the variables that SELECT returns"
            raise UsageError(message)
        column = names.index(name)
        if not any(row[column] in wanted for row in found):
            values = {getattr(row[column], "value", "") for row in found}  # a triple in a triple has none
            _refuse_misspelt(name, wanted, values - {""})
        kept = [(row, binding) for row, binding in kept if row[column] in wanted]
    content["results"]["bindings"] = [binding for _, binding in kept]
    return _solutions(content)


def _solutions(content: object) -> ox.QuerySolutions:
    found = ox.parse_query_results(json.dumps(content), format=ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QuerySolutions):
        message = "the answer has no rows"
        raise UsageError(message)
    return found


def _refuse_misspelt(name: str, wanted: Collection[ox.NamedNode | ox.Literal], values: Collection[str]) -> None:
    """Raise where a value looks like one that was wanted: no rows at all would read as an answer."""
    known = frozenset(value.removeprefix(THINGS) for value in values)
    for text in dict.fromkeys(term.value.removeprefix(THINGS) for term in wanted):
        if text in known:
            message = f"no row has that term as ?{name}, but `{text}` stands there in another language or kind"
            raise UsageError(message)
        if near := nearest(text, known):
            message = f"no row has `{text}` as ?{name}; did you mean `{near}`?"
            raise UsageError(message)


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Turn what the engine raises, at once or while rows are read, into an error of ours."""
    try:
        yield
    except SyntaxError as error:
        message = f"this is not a SPARQL query: {printable(error.msg.partition(chr(10))[0])}"
        raise UsageError(message) from error
    except (ValueError, OSError, RuntimeError) as error:
        message = f"the query cannot be answered: {error}"
        raise UsageError(message) from error


def rows(answer: ox.QuerySolutions) -> tuple[list[str], list[list[Any]]]:
    """Return the variables of a SELECT answer, and a row of terms for each solution; None where there is none.

    Raises:
        UsageError: The engine failed while it looked for rows.
    """
    with _answering():
        return [v.value for v in answer.variables], [list(solution) for solution in answer]


def terms(text: str, *, languages: Collection[str], prefixes: Mapping[str, str]) -> list[ox.NamedNode | ox.Literal]:
    """Return the RDF terms that a parameter's value stands for.

    `<address>` is an IRI, `"words"`, `"words"@en` and `"1"^^<datatype>` are literals, `prefix:name`
    with a known prefix is an IRI. A bare word is the node of that id, or that text, in any language.

    >>> [str(t) for t in terms("headache", languages=["en"], prefixes={})]
    ['<https://w3id.org/ivig-kg/id/headache>', '"headache"', '"headache"@en']

    Raises:
        UsageError: It is not an RDF term.
    """
    try:
        if text.startswith("<") and text.endswith(">"):
            return [ox.NamedNode(text[1:-1])]
        if match := _LITERAL.fullmatch(text):
            datatype = ox.NamedNode(match["datatype"]) if match["datatype"] else None
            return [ox.Literal(match["text"], language=match["language"], datatype=datatype)]
    except ValueError as error:
        message = f"`{text}` is not an RDF term: {error}"
        raise UsageError(message) from error
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes and re.fullmatch(r"[\w.-]+", local):
        return [ox.NamedNode(prefixes[prefix] + local)]
    numbers = [ox.Literal(text, datatype=ox.NamedNode(XSD + name)) for name in _NUMBERS if _NUMBER.fullmatch(text)]
    node = [ox.NamedNode(THINGS + text)] if is_slug(text) else []
    return [*node, ox.Literal(text), *(ox.Literal(text, language=tag) for tag in languages), *numbers]


def written(answer: Any, *, form: str, prefixes: Mapping[str, str]) -> str:
    """Return an answer as text; see `write`."""
    made: list[bytes] = []
    write(answer, made.append, form=form, prefixes=prefixes)
    return b"".join(made).decode("utf-8")


def write(answer: Any, give: Callable[[bytes], None], *, form: str, prefixes: Mapping[str, str]) -> None:
    """Write an answer piece by piece.

    Args:
        answer: What `ask` gave.
        give: What takes the pieces.
        form: `table`, `csv`, `tsv` or `json`; `ttl` for CONSTRUCT and DESCRIBE, which a table shows as Turtle too.
        prefixes: They shorten IRIs in tables and Turtle; the other formats are the W3C's.

    Raises:
        UsageError: The format does not fit the kind of query.
    """
    if isinstance(answer, ox.QueryTriples):
        if form not in {"ttl", "table"}:
            message = f"CONSTRUCT and DESCRIBE give triples: use --format ttl, not {form}"
            raise UsageError(message)
        with _answering():
            made = ox.serialize(sorted(answer, key=str), format=ox.RdfFormat.TURTLE, prefixes=dict(prefixes)) or b""
        give(made if form == "ttl" else visible_turtle(made.decode("utf-8")).encode("utf-8"))
        return
    if form == "ttl":
        message = "SELECT and ASK give rows: use --format table, csv, tsv or json"
        raise UsageError(message)
    if isinstance(answer, ox.QueryBoolean) and form != "json":
        yes, no = (b"yes\n", b"no\n") if form == "table" else (b"true\n", b"false\n")
        give(yes if answer else no)
    elif form in _RESULTS:
        lines: Any = Lines(give)
        with _answering():
            answer.serialize(lines, format=_RESULTS[form])
        lines.end()
    else:
        names, found = rows(answer)
        give(table(names, [[short(term, prefixes) for term in row] for row in found]).encode("utf-8"))


def by_name(queries: list[NamedQuery], name: str) -> NamedQuery:
    """Return a named query.

    Raises:
        UsageError: There is none of this name.
    """
    found = next((q for q in queries if q.name == name), None)
    if found is None:
        message = f"there is no query `{name}`; --list shows all"
        raise UsageError(message)
    return found


def trials(queries: Iterable[NamedQuery]) -> Iterator[Query]:
    """Yield those of some named queries that do not ship, to be tried out before they are asked."""
    for named in queries:
        known = originals.is_shipped(named.text) or precautions.too_much(named.text)
        if not (known or patterns.asks_elsewhere(named.text)):
            yield Query(f"the question `{named.name}`", named.text)


def check(queries: Iterable[NamedQuery]) -> None:
    """Raise where a named query cannot be answered, or not within limits, or not alike in all triple stores.

    Raises:
        ShapesError: It cannot be answered, or not alike.
        LimitError: It takes too long or too much memory, even where there is nothing to ask.
    """
    queries = list(queries)
    try_out(trials(queries))
    nothing = ox.Store()  # tells whether a query can be read
    for named in queries:
        try:
            ask(named.text, over=nothing)
        except (UsageError, LimitError) as error:
            message = f"query {named.name}: a named query stands alone and declares every prefix that it uses: {error}"
            raise ShapesError(message) from error
        if why := None if originals.is_shipped(named.text) else fruitless.reason(named.text):
            message = f"query {named.name}: it {why}"
            raise ShapesError(message)
        for line, number in patterns.numbers(named.text):
            message = (
                f"query {named.name}, line {line}: the number {quoted(number)} stands in a triple pattern, where triple"
                " stores differ in what equals it: write a variable in its place, and compare that in a FILTER"
            )
            raise ShapesError(message)


def listing(queries: Iterable[NamedQuery], *, form: str) -> str:
    """Return the named queries with their questions, as a table or as JSON."""
    rows = [[q.name, q.question] for q in queries]
    if form == "json":
        return json.dumps([{"name": n, "question": q} for n, q in rows], indent=2, ensure_ascii=False) + "\n"
    width = max((len(n) for n, _ in rows), default=0)
    return "".join(f"{n.ljust(width)}  {q}\n" for n, q in rows)
