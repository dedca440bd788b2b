"""Bounds: how much time and memory a query may take, in a process of its own: one can be written that never ends."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from ivig_kg import confinement
from ivig_kg.confinement import Child, Give
from ivig_kg.errors import LimitError

_TOGETHER = 20_000  # quads that are sent at once
MEGABYTE = 1_000_000
SECONDS = 60  # for a question
MEMORY = 500 * MEGABYTE  # bytes, beside the graph
PATIENCE = 10  # seconds for what is asked again and again of a project: it is no exploration
PACE = 20_000  # triples for each second more
MAX_ANSWER = 100 * MEGABYTE  # bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much a question may take.

    Attributes:
        seconds: How long it may take, from when the graph is at hand on.
        memory: How many bytes of memory it may take, beside the graph.
        answer: How many bytes its answer may have.
    """

    seconds: float = SECONDS
    memory: int = MEMORY
    answer: int = MAX_ANSWER


LIMITS = Limits()
MANY = Limits(seconds=5 * SECONDS)  # for all the questions of an edition together


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """A query that somebody wrote: what it is called, as the subject of a sentence, its text and its prefixes."""

    name: str
    text: str
    prefixes: tuple[tuple[str, str], ...] = ()


def try_out(queries: Iterable[Query], triples: Collection[ox.Triple | ox.Quad] = ()) -> None:
    """Ask queries of a graph in a process of its own, before they are asked of it where nobody could end them.

    What cannot be read is passed over: whoever asks it then says what is wrong with it. A large project comes in
    portions of like size: what was tried out once is not tried again, unless the graph is more than twice as large.

    Args:
        queries: The queries.
        triples: The graph.

    Raises:
        LimitError: Together they took too long or too much memory, or one ended the process.
    """
    limits = Limits(seconds=PATIENCE + len(triples) // PACE)
    asked = [q for q in queries if _tried.get(q, -1) < len(triples) // 2]
    names = iter(asked)
    current = next(names, None)
    if current is None:
        return
    sent = itertools.chain([limits, asked], portions(t if isinstance(t, ox.Quad) else ox.Quad(*t) for t in triples))
    with Child(_try) as child, told(limits, lambda: current.name if current else "the query", options=False):
        for _ in child.results(sent, seconds=limits.seconds):
            current = next(names, None)
    _tried.update(dict.fromkeys(asked, len(triples)))


_tried: dict[Query, int] = {}  # of how many triples each query was asked in this process


def _try(items: Iterator[Any], give: Give) -> None:
    """Answer each query to its end."""
    limits, asked = next(items), next(items)
    store = received(items)
    confine(limits)
    for query in asked:
        with contextlib.suppress(SyntaxError, ValueError, OSError, RuntimeError):
            answer: Any = store.query(query.text, prefixes=dict(query.prefixes), use_default_graph_as_union=True)
            rows = answer if isinstance(answer, ox.QuerySolutions | ox.QueryTriples) else ()
            for _ in rows:
                pass
        give(None)


@contextlib.contextmanager
def told(limits: Limits, what: Callable[[], str], *, options: bool) -> Iterator[None]:
    """Turn the end of a process into a sentence.

    Args:
        limits: What it was allowed.
        what: Gives what was asked, to begin the sentence with.
        options: Whether whoever asked can allow more by options.

    Raises:
        LimitError: The process was ended, or ended itself.
    """
    hint = "; ask for less, or allow it more ({})" if options else ""
    try:
        yield
    except TimeoutError as error:
        message = f"{what()} was not answered within {limits.seconds:g} s{hint.format('--timeout')}"
        raise LimitError(message) from error
    except MemoryError as error:
        most = f"{limits.memory / MEGABYTE:g} MB"
        message = f"{what()} takes more than {most} of memory{hint.format('--memory')}"
        raise LimitError(message) from error
    except RecursionError as error:
        message = f"{what()} has more parts in parts than can be followed; ask it in several questions"
        raise LimitError(message) from error
    except ChildProcessError as error:
        message = f"{what()} ended the process that was to answer it: {error}"
        raise LimitError(message) from error


def portions(quads: Iterable[ox.Quad]) -> Iterator[bytes]:
    """Yield a graph as it is sent: some quads after the other, so that it is never held twice."""
    rest = iter(quads)
    while several := list(itertools.islice(rest, _TOGETHER)):
        yield ox.serialize(several, format=ox.RdfFormat.N_QUADS) or b""


def received(sent: Iterable[bytes]) -> ox.Store:
    """Return the graph that was sent, with the names of its blank nodes, in its order."""
    made = ox.Store()
    for portion in sent:
        made.extend(ox.parse(portion, format=ox.RdfFormat.N_QUADS))
    return made


def confine(limits: Limits) -> None:
    """Let this process take no more memory than is allowed, and open nothing."""
    confinement.limit(limits.memory)
    confinement.close()
