"""The protocol double speaks as each brand does, and each of its faults does what its name says."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
import pytest

from double import BRANDS, KINDS, Basic, Bearer, Digest, Double, Fault, describe

G = "urn:g"
TURTLE = "text/turtle"
JSON = "application/sparql-results+json"
UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"
DATA = b'<urn:a> <urn:b> 7 , 2.0 , true , "x"@en .'
COUNT = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{G}> {{ ?s ?p ?o }} }}"
PLAIN = ["fuseki", "rdf4j", "graphdb", "oxigraph"]
WAIT = 3.0


@dataclass
class Got:
    """An answer as the client saw it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of a JSON result."""
        found = json.loads(self.body)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in found]


def connect(double: Double, *, timeout: float = WAIT) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", double.port, timeout=timeout)


def send(
    double: Double, method: str, url: str, data: bytes | None = None, *, timeout: float = WAIT, **headers: str | None
) -> Got:
    """Send one request on a connection of its own, follow nothing, log in with Digest where that is asked."""
    names = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    connection = connect(double, timeout=timeout)
    try:
        path = url.removeprefix(double.root)
        connection.request(method, path, data, names)
        answer = connection.getresponse()
        got = Got(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
    if got.status == 401 and isinstance(double.auth, Digest) and "Authorization" not in names:
        return send(
            double, method, url, data, timeout=timeout, **headers, Authorization=digest(double, method, path, got)
        )
    return got


def digest(double: Double, method: str, path: str, got: Got) -> str:
    """Return the Authorization header that answers a challenge, made by the standard library's own client."""
    handler = urllib.request.HTTPDigestAuthHandler()
    handler.add_password(double.auth.realm, double.root, double.auth.user, double.auth.password)
    fields = urllib.request.parse_keqv_list(
        urllib.request.parse_http_list(got.headers["WWW-Authenticate"].removeprefix("Digest "))
    )
    wanted = urllib.request.Request(double.root + path, method=method)  # noqa: S310  (the loopback)
    return "Digest " + handler.get_authorization(wanted, fields)


def put(double: Double, data: bytes = DATA, *, graph: str | None = G, **headers: str | None) -> Got:
    return send(double, "PUT", double.graph_url(graph), data, **({"Content_Type": TURTLE} | headers))


def ask(double: Double, text: str = COUNT, *, accept: str = JSON, timeout: float = WAIT, **more: str) -> Got:
    url = f"{double.query_url}?{urlencode({'query': text, **more})}"
    return send(double, "GET", url, Accept=accept, timeout=timeout)


def update(double: Double, text: str) -> Got:
    return send(double, "POST", double.update_url, text.encode(), Content_Type=UPDATE)


def insert(*names: str, graph: str = G) -> str:
    return " ;\n".join(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:{name}> <urn:b> 1 }} }}" for name in names)


def raw_put(double: Double, *, seconds: float = 0.25) -> bytes:
    """Send a PUT to Oxigraph, and return all bytes that have come back after some time."""
    with socket.create_connection(("127.0.0.1", double.port), timeout=WAIT) as raw:
        head = f"PUT /store?graph=urn:g HTTP/1.1\r\nContent-Type: {TURTLE}\r\nContent-Length: {len(DATA)}\r\n\r\n"
        raw.sendall(head.encode() + DATA)
        time.sleep(seconds)
        return raw.recv(1 << 20)


def quads(count: int) -> list[ox.Quad]:
    return [
        ox.Quad(ox.NamedNode(f"urn:{number}"), ox.NamedNode("urn:b"), ox.Literal(number), ox.NamedNode(G))
        for number in range(count)
    ]


# The brands


@pytest.mark.parametrize(
    ("brand", "url", "query", "write", "graph"),
    [
        ("fuseki", "/ds", "/ds/query", "/ds/update", "/ds/data?graph=urn%3Ag"),
        (
            "rdf4j",
            "/rdf4j-server/repositories/ds",
            "/rdf4j-server/repositories/ds",
            "/rdf4j-server/repositories/ds/statements",
            "/rdf4j-server/repositories/ds/rdf-graphs/service?graph=urn%3Ag",
        ),
        (
            "graphdb",
            "/repositories/ds",
            "/repositories/ds",
            "/repositories/ds/statements",
            "/repositories/ds/rdf-graphs/service?graph=urn%3Ag",
        ),
        ("oxigraph", "", "/query", "/update", "/store?graph=urn%3Ag"),
        ("virtuoso", "", "/sparql", "/sparql-auth", "/sparql-graph-crud-auth?graph-uri=urn%3Ag"),
    ],
)
def test_each_brand_has_its_own_paths(brand: str, url: str, query: str, write: str, graph: str) -> None:
    """The addresses are those of the brand's documentation."""
    with Double(brand) as double:
        found = [double.url, double.query_url, double.update_url, double.graph_url(G)]

        assert [one.removeprefix(double.root) for one in found] == [url, query, write, graph]
        assert send(double, "GET", "/nowhere").status == 404


@pytest.mark.parametrize(
    ("brand", "statuses"),
    [
        ("fuseki", [201, 200, 200, 204, 404, 404]),
        ("rdf4j", [204, 204, 200, 204, 204, 200]),
        ("graphdb", [204, 204, 200, 204, 204, 200]),
        ("oxigraph", [201, 204, 200, 204, 404, 404]),
        ("virtuoso", [201, 200, 200, 200, 404, 404]),
    ],
)
def test_graph_store_statuses_are_the_brands(brand: str, statuses: list[int]) -> None:
    """PUT new, PUT old, GET, DELETE, DELETE of a missing graph, GET of a missing graph."""
    with Double(brand) as double:
        url = double.graph_url(G)
        found = [put(double), put(double), send(double, "GET", url)]
        assert len(double.named(G)) == 4
        found += [send(double, "DELETE", url), send(double, "DELETE", url), send(double, "GET", url)]

    assert [got.status for got in found] == statuses
    assert {request.length for request in double.requests if request.method == "PUT" and request.complete} == {
        len(DATA)
    }
    assert not any(request.chunked for request in double.requests)


@pytest.mark.parametrize("brand", PLAIN)
def test_bad_graphs_change_nothing(brand: str) -> None:
    """A late syntax error is 400, an unknown type 415, and the graph is as it was; POST adds to it."""
    with Double(brand) as double:
        put(double)
        found = [
            put(double, b"<urn:a> <urn:b> 9 . <urn:a> <urn:b> ").status,
            put(double, Content_Type="text/x").status,
            put(double, Content_Type=None).status,
        ]
        assert len(double.named(G)) == 4

        assert found == [400, 415, BRANDS[brand].untyped]
        assert send(double, "POST", double.graph_url(G), b"<urn:c> <urn:b> 1 .", Content_Type=TURTLE).status < 300
        assert len(double.named(G)) == 5
        assert send(double, "HEAD", double.graph_url(G)).body == b""
        assert put(double, graph=None).status < 300
        assert next(double.store.quads_for_pattern(None, None, None, ox.DefaultGraph())) is not None


@pytest.mark.parametrize("brand", list(BRANDS))
def test_queries_are_answered_in_the_form_asked_for(brand: str) -> None:
    """JSON, XML, CSV, TSV for tables, N-Triples and Turtle for graphs, 406 for what nobody writes."""
    with Double(brand) as double:
        put(double)
        kinds = [JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"]
        tables = [ask(double, accept=f"image/png;q=0.9, {kind};q=0.5") for kind in kinds]
        construct = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{G}> {{ ?s ?p ?o }} }}"
        graphs = [ask(double, construct, accept=kind) for kind in ("application/n-triples", TURTLE)]

        assert [got.headers["Content-Type"].partition(";")[0] for got in tables] == kinds
        assert all(b"4" in got.body for got in tables)
        assert ask(double).rows == [{"n": "4"}]
        assert [len(list(ox.parse(got.body, format=ox.RdfFormat.TURTLE))) for got in graphs] == [4, 4]
        assert ask(double, accept="image/png").status == 406
        assert ask(double, "SELECT").status == 400
        form = send(
            double, "POST", double.query_url, urlencode({"query": COUNT}).encode(), Content_Type=FORM, Accept=JSON
        )
        assert form.rows == [{"n": "4"}]


@pytest.mark.parametrize("brand", PLAIN)
def test_a_query_may_be_posted_as_it_is(brand: str) -> None:
    """A direct POST of application/sparql-query is answered; another type is 415."""
    with Double(brand) as double:
        put(double)
        good = send(
            double, "POST", double.query_url, COUNT.encode(), Content_Type="application/sparql-query", Accept=JSON
        )
        bad = send(double, "POST", double.query_url, COUNT.encode(), Content_Type="text/plain")

    assert good.rows == [{"n": "4"}]
    assert bad.status == 415


@pytest.mark.parametrize(("brand", "seen"), [("fuseki", "0"), ("rdf4j", "1"), ("graphdb", "1"), ("oxigraph", "0")])
def test_the_default_graph_is_the_brands(brand: str, seen: str) -> None:
    """Without GRAPH, RDF4J and GraphDB see the triples of all graphs; a parameter names the graph for every brand."""
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    with Double(brand, data=quads(1)) as double:
        assert ask(double, text).rows == [{"n": seen}]
        assert ask(double, text, **{"default-graph-uri": G}).rows == [{"n": "1"}]
        assert ask(double, **{"default-graph-uri": G}).rows == [{"n": "0"}]
        assert ask(double, **{"named-graph-uri": G}).rows == [{"n": "1"}]
        assert ask(double, text, **{"default-graph-uri": "http://www.openrdf.org/schema/sesame#nil"}).rows == [
            {"n": "0"}
        ]


@pytest.mark.parametrize("brand", list(BRANDS))
def test_updates_are_carried_out(brand: str) -> None:
    """Directly and as a form; a broken one is 400."""
    with Double(brand) as double:
        direct = update(double, insert("a", "c"))
        form = send(double, "POST", double.update_url, urlencode({"update": insert("d")}).encode(), Content_Type=FORM)
        broken = update(double, "INSERT")

        assert (direct.status, form.status) == (BRANDS[brand].updated, BRANDS[brand].updated_form)
        assert broken.status == 400
        assert len(double.named(G)) == 3
    assert [request.operation for request in double.requests if request.status != 401] == ["update"] * 3


def test_one_update_is_one_transaction_unless_switched_off() -> None:
    """An update whose second operation fails leaves nothing, or what the first one did."""
    text = f"{insert('a')} ; DROP GRAPH <urn:missing>"
    with Double("oxigraph") as whole, Double("oxigraph", atomic=False) as pieces:
        assert [update(whole, text).status, update(pieces, text).status] == [500, 500]
        assert [len(whole.store), len(pieces.store)] == [0, 1]


def test_chunks_are_read_and_seen() -> None:
    """A chunked upload is read whole; the record says that it was one."""
    with Double("oxigraph") as double:
        connection = connect(double)
        connection.request("PUT", "/store?graph=urn:g", iter([DATA[:9], DATA[9:]]), {"Content-Type": TURTLE})
        assert connection.getresponse().status == 201
        connection.close()

        assert len(double.named(G)) == 4
    request = double.requests[0]
    assert (request.chunked, request.length, request.body, request.complete) == (True, None, DATA, True)
    assert len(request.digest) == 64


# Virtuoso


def test_virtuoso_asks_for_a_digest_on_its_own_paths_only() -> None:
    """The -auth paths are 401 without a digest, the others are open to readers and refuse writers."""
    with Double("virtuoso") as double:
        url = double.graph_url(G)
        challenge = send(double, "PUT", url, DATA, Content_Type=TURTLE, Authorization="Basic ZGJhOmRiYQ==")
        anonymous = send(double, "PUT", url.replace("-auth", ""), DATA, Content_Type=TURTLE)
        writer = send(double, "POST", double.query_url, urlencode({"update": insert("a")}).encode(), Content_Type=FORM)

        assert challenge.status == 401
        assert challenge.headers["WWW-Authenticate"].startswith('Digest realm="SPARQL"')
        assert (anonymous.status, writer.status) == (403, 500)
        assert put(double).status == 201
        assert send(double, "GET", url.replace("-auth", "")).status == 200
        assert send(double, "HEAD", url.replace("-auth", "")).status == 501
        assert put(double, graph=None).status == 500


def test_virtuoso_empties_a_graph_by_a_chunked_upload() -> None:
    """The answer is 201, or 204 for a graph that was there, and the graph is empty."""
    with Double("virtuoso") as double:
        found = []
        for _ in range(2):
            chunks = iter([DATA])
            path = double.graph_url(G).removeprefix(double.root)
            challenge = send(double, "GET", path, Authorization="none")
            connection = connect(double)
            headers = {"Content-Type": TURTLE, "Authorization": digest(double, "PUT", path, challenge)}
            connection.request("PUT", path, chunks, headers)
            found.append(connection.getresponse().status)
            connection.close()
            assert double.named(G) == set()
            put(double)

    assert found == [201, 204]


def test_virtuoso_keeps_what_came_before_a_syntax_error() -> None:
    """The answer is 500, the old triples are gone and the new ones before the error are there."""
    with Double("virtuoso") as double:
        put(double)
        assert put(double, b"<urn:n> <urn:b> 1 . <urn:n> <urn:b> 2 . <urn:n").status == 500

        assert {triple.subject.value for triple in double.named(G)} == {"urn:n"}
        assert [put(double, Content_Type=kind).status for kind in ("application/ld+json", "application/n-quads")] == [
            500
        ] * 2
        assert put(double, gzip.compress(DATA), Content_Encoding="gzip").status == 500
        assert put(double, Content_Type="text/x").status == 200


def test_virtuoso_replaces_a_graph_before_the_eyes_of_readers() -> None:
    """Queries during a PUT see the graph empty and half full."""
    text = "\n".join(f"<urn:{number}> <urn:b> {number} ." for number in range(400)).encode()
    with Double("virtuoso", data=quads(400), pace=0.08, step=100) as double:
        writer = threading.Thread(target=put, args=(double, text))
        writer.start()
        seen = set()
        while writer.is_alive():
            seen |= {row["n"] for row in ask(double).rows}
        writer.join()

        assert "0" in seen
        assert seen & {"100", "200", "300"}
        assert ask(double).rows == [{"n": "400"}]


def test_virtuoso_answers_with_its_own_triples_and_its_own_values() -> None:
    """A query without a graph sees system triples; a boolean is 1, a decimal may be an integer, ASK is a table."""
    for integers, kind in ((False, "decimal"), (True, "integer")):
        with Double("virtuoso", integers=integers) as double:
            put(double)
            got = ask(double, f"SELECT ?o {{ GRAPH <{G}> {{ ?s ?p ?o }} }}")
            terms = [row["o"] for row in json.loads(got.body)["results"]["bindings"]]
            values = {(term["value"], term.get("datatype", "").rpartition("#")[2]) for term in terms}

            assert values == {("1", "boolean"), ("2", kind), ("7", "integer"), ("x", "")}
            assert ask(double, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == [{"n": "2500"}]
            assert ask(double, "ASK { ?s ?p ?o }").rows == [{"__ASK_RETVAL": "1"}]
            assert b'"o"\n' in ask(double, f"SELECT ?o {{ GRAPH <{G}> {{ ?s ?p ?o }} }}", accept="text/csv").body
            turtle = send(double, "GET", double.graph_url(G), Accept=TURTLE)
            assert b" 2 " in turtle.body


def test_virtuoso_refuses_and_forgets_some_updates() -> None:
    """Blank nodes and more than 1,000 triples are 400; INSERT .. WHERE { OPTIONAL } inserts nothing without a match."""
    many = "".join(f"<urn:a> <urn:b> {number} ." for number in range(1001))
    swap = "DELETE { GRAPH <urn:g> { <urn:a> <urn:p> ?o } } INSERT { GRAPH <urn:g> { <urn:a> <urn:p> <urn:n> } } WHERE "
    with Double("virtuoso") as double:
        found = [
            update(double, "INSERT DATA { GRAPH <urn:g> { [] <urn:b> 1 } }"),
            update(double, f"INSERT DATA {{ GRAPH <urn:g> {{ {many} }} }}"),
            update(double, swap + "{ OPTIONAL { GRAPH <urn:g> { <urn:a> <urn:p> ?o } } }"),
        ]
        assert [got.status for got in found] == [400, 400, 200]
        assert double.named(G) == set()
        update(double, f"{insert('a')} ; DROP GRAPH <urn:missing>")
        assert len(double.named(G)) == 1
        put(double, b"<urn:a> <urn:b> 1 , true .")
        assert len(double.named(G)) == 1
        by_get = send(double, "GET", f"{double.update_url}?{urlencode({'update': insert('w')})}")

        assert (by_get.status, len(double.named(G))) == (200, 2)


def test_virtuoso_never_answers_a_direct_query() -> None:
    """A POST of application/sparql-query hangs until the client or the double gives up."""
    with Double("virtuoso") as double, pytest.raises(TimeoutError):
        send(double, "POST", double.query_url, b"ASK {}", Content_Type="application/sparql-query", timeout=0.2)


# Passwords


@pytest.mark.parametrize(
    ("auth", "good"), [(Basic("u", "p"), "Basic dTpw"), (Bearer("t"), "Bearer t"), (Digest("u", "p", "r"), None)]
)
def test_a_password_is_asked_for(auth: Basic | Bearer | Digest, good: str | None) -> None:
    """401 with a challenge and its realm; the right answer passes, and the record knows the user."""
    with Double("fuseki", auth=auth) as double:
        bad = put(double, Authorization="Basic eDp5")
        more = {} if good is None else {"Authorization": good}

        assert bad.status == 401
        assert f'realm="{auth.realm}"' in bad.headers["WWW-Authenticate"]
        assert double.named(G) == set()
        assert put(double, **more).status == 201
        assert double.requests[-1].user == ("bearer" if isinstance(auth, Bearer) else "u")


@pytest.mark.parametrize(("uses", "stale"), [(None, "false"), (1, "true")])
def test_a_nonce_may_wear_out(uses: int | None, stale: str) -> None:
    """A digest that was seen before is refused; a nonce that is used up is answered with stale=true."""
    with Double("fuseki", auth=Digest("u", "p", uses=uses)) as double:
        path = double.graph_url(G).removeprefix(double.root)
        header = digest(double, "GET", path, send(double, "GET", path, Authorization="none"))
        first, again = (send(double, "GET", path, Authorization=header) for _ in range(2))

    assert (first.status, again.status) == (404, 401)
    assert f'stale="{stale}"' in again.headers["WWW-Authenticate"]


# The faults


def test_every_fault_has_a_line_and_a_name() -> None:
    """The table is long enough, every kind says what it does, and a misspelt name is an error."""
    assert len(KINDS) >= 25
    assert all(kind.meaning.endswith(".") for kind in KINDS.values())
    assert len(describe().splitlines()) == len(KINDS)
    for name, operation in (("hangs", None), ("hang", "puts"), ("status-9", None)):
        with pytest.raises(ValueError, match="no such fault"):
            Fault(name, operation)


def test_a_fault_strikes_the_request_it_is_set_for() -> None:
    """The second PUT fails, not the first, not the query between, not the third; the double says which fault struck."""
    fault = Fault("status-503", "put", nth=2, value="7")
    with Double("fuseki", faults=[fault, Fault("status-500", "get", nth=range(2, 4))]) as double:
        found = [put(double), ask(double), put(double), put(double)]
        reads = [send(double, "GET", double.graph_url(G)).status for _ in range(4)]

    assert [got.status for got in found] == [201, 200, 503, 200]
    assert found[2].headers["Retry-After"] == "7"
    assert reads == [200, 500, 500, 200]
    assert double.struck[0] == fault
    assert len(double.struck) == 3


@pytest.mark.parametrize(
    ("name", "problem", "stored"),
    [
        ("reset-before-answer", ConnectionResetError, 4),
        ("reset-before-carrying-out", ConnectionResetError, 0),
        ("closed-before-answer", http.client.RemoteDisconnected, 4),
        ("cut-in-request-body", ConnectionResetError, 0),
        ("cut-in-answer-headers", None, 4),
        ("cut-in-answer-body", http.client.IncompleteRead, 4),
        ("hang", TimeoutError, 4),
        ("never-reads", TimeoutError, 0),
        ("http-0.9", http.client.BadStatusLine, 4),
        ("drip-headers", None, 4),
        ("drip-body", None, 4),
        ("header-flood", http.client.HTTPException, 4),
        ("endless-answer", None, 4),
    ],
)
def test_connections_break(name: str, problem: type[Exception] | None, stored: int) -> None:
    """The client sees the trouble that the name says, the store has the triples or not, and the end is quick."""
    sizes = {
        "cut-in-answer-headers": (15, 15),  # http.client takes this for a whole answer
        "drip-headers": (1, 3),
        "drip-body": (50, 200),
        "endless-answer": (20_000, 1 << 20),
    }
    with Double("oxigraph", faults=[Fault(name, size=15)]) as double:
        started = time.monotonic()
        if problem is None:
            assert sizes[name][0] <= len(raw_put(double)) <= sizes[name][1]
        else:
            with pytest.raises(problem):
                put(double, timeout=0.2)
        assert len(double.store) == stored
        assert double.struck
        ended = time.monotonic()
    assert time.monotonic() - ended < 1
    assert ended - started < 2


def test_a_refused_connection_and_a_store_that_is_back() -> None:
    """Nobody listens: from the start, or after the first of the matching requests; `listen` opens the same port."""
    with Double(faults=[Fault("refuse")]) as double, pytest.raises(ConnectionRefusedError):
        ask(double)
    with Double(faults=[Fault("refuse", "put", nth=2)]) as double:
        assert ask(double).status == 200
        assert put(double).headers["Connection"] == "close"
        with pytest.raises(ConnectionRefusedError):
            ask(double)
        double.listen()
        assert ask(double).rows == [{"n": "4"}]


def again(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/query?query=ASK%7B%7D")
    return connection.getresponse().status


def test_a_kept_connection_is_closed_between_requests() -> None:
    """The first answer promises a kept connection; the second request on it fails."""
    with Double(faults=[Fault("closed-keep-alive", nth=1)]) as double:
        connection = connect(double)
        connection.request("GET", "/query?query=ASK%7B%7D")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Connection"], bool(answer.read())) == (200, None, True)
        time.sleep(0.05)
        connection.auto_open = 0
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            again(connection)
        connection.close()

        assert ask(double).status == 200


def test_a_kept_connection_serves_many_requests() -> None:
    """Without a fault one connection is enough."""
    with Double("fuseki") as double:
        connection = connect(double)
        for _ in range(3):
            connection.request("PUT", "/ds/data?graph=urn:g", DATA, {"Content-Type": TURTLE})
            assert connection.getresponse().read()
        connection.close()

    assert len(double.requests) == 3


def test_a_slow_reader_takes_its_time() -> None:
    """The body is read byte by byte and then answered as usual."""
    with Double(faults=[Fault("slow-reader", seconds=0.005)]) as double:
        started = time.monotonic()

        assert put(double).status == 201
        assert time.monotonic() - started > 0.005 * len(DATA)


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        ("lie-stored", {"a"}),
        ("lie-swapped", {"a"}),
        ("lie-emptied", {"a"}),
        ("lie-stored-half", {"a", "d"}),
        ("update-half", {"a", "c"}),
        ("lie-extra", {"a", "c", "d"}),
    ],
)
def test_updates_that_lie(name: str, subjects: set[str]) -> None:
    """The answer is 204, and the store is not what it should be."""
    with Double("oxigraph", faults=[Fault(name, "update", nth=2)]) as double:
        update(double, insert("a"))
        assert update(double, insert("c", "d")).status == 204

        assert {triple.subject.value.removeprefix("urn:") for triple in double.named(G)} == subjects
        assert len(double.store) == len(subjects) + (name == "lie-extra")


@pytest.mark.parametrize("brand", ["fuseki", "virtuoso"])
@pytest.mark.parametrize(
    ("name", "count", "changed"),
    [
        ("lie-stored", 0, 0),
        ("lie-stored-half", 2, 0),
        ("lie-emptied", 0, 0),
        ("lie-changed-value", 4, 1),
        ("lie-extra", 5, 1),
    ],
)
def test_graphs_that_lie(brand: str, name: str, count: int, changed: int) -> None:
    """PUT is answered as done, and the graph is not what was sent."""
    with Double("fuseki") as honest:
        put(honest)
        sent = honest.named(G)
    with Double(brand, faults=[Fault(name, "put")]) as double:
        assert put(double).status == 201

        assert len(double.named(G)) == count
        assert len(double.named(G) - sent) == changed


@pytest.mark.parametrize(
    ("fault", "rows"),
    [
        (Fault("lie-count"), [{"n": "0"}]),
        (Fault("lie-count", value="7"), [{"n": "7"}]),
        (Fault("missing-variables"), [{}]),
        (Fault("unbound-variables"), [{}]),
        (Fault("duplicate-rows"), [{"n": "4"}, {"n": "4"}]),
        (Fault("truncated-results", rows=0), []),
    ],
)
def test_results_that_lie(fault: Fault, rows: list[dict[str, str]]) -> None:
    """The results have status 200 and the right type and are wrong."""
    with Double(faults=[fault]) as double:
        put(double)
        got = ask(double)

    assert (got.status, got.headers["Content-Type"], got.rows) == (200, JSON, rows)


def test_truncated_graphs_and_opposite_answers() -> None:
    """CONSTRUCT and GET stop at the limit; ASK says no for yes."""
    construct = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
    with Double(data=quads(9), faults=[Fault("truncated-results", rows=3), Fault("lie-ask")]) as double:
        kind = "application/n-triples"

        assert ask(double, construct, accept=kind).body.count(b"\n") == 3
        assert send(double, "GET", double.graph_url(G), Accept=kind).body.count(b"\n") == 3
        assert json.loads(ask(double, "ASK { GRAPH ?g { ?s ?p ?o } }").body)["boolean"] is False


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("wrong-content-type", lambda got: got.headers["Content-Type"].startswith("text/html") and got.status == 200),
        ("200-with-error-text", lambda got: b"Error" in got.body and got.status == 200),
        ("bad-json", lambda got: got.headers["Content-Type"] == JSON and not got.body.endswith(b"}")),
        ("deep-json", lambda got: got.body.count(b"[") == 100_000),
        ("invalid-utf8", lambda got: b"\xff" in got.body),
        ("204-no-content", lambda got: got.status == 204),
        ("echo-in-type", lambda got: "none" in got.headers["Content-Type"]),
        ("many-rows", lambda got: len(got.body) > 20_000_000 and len(got.rows) > 100_000),
        ("empty-200", lambda got: (got.status, got.body) == (200, b"")),
        ("duplicate-header", lambda got: len(got.headers.get_all("Content-Length")) == 2),
        ("gzip-broken", lambda got: got.headers["Content-Encoding"] == "gzip" and got.body.startswith(b"{")),
        ("gzip-bomb", lambda got: len(got.body) < 500_000 and len(gzip.decompress(got.body)) > 50_000_000),
        ("status-500", lambda got: got.status == 500),
        ("status-413", lambda got: (got.status, got.headers["Retry-After"]) == (413, "1")),
        ("status-429", lambda got: (got.status, got.headers["Retry-After"]) == (429, "1")),
        ("status-401", lambda got: got.headers["WWW-Authenticate"].startswith("Basic")),
        ("continue-many", lambda got: got.rows == [{"n": "1"}]),
    ],
)
def test_answers_that_are_none(name: str, check: Callable[[Got], bool]) -> None:
    """Each odd answer to a query is what its name says."""
    with Double(data=quads(1), faults=[Fault(name)]) as double:
        if name == "continue-many":
            # http.client takes 102 for the answer: only the raw bytes show all
            with socket.create_connection(("127.0.0.1", double.port), timeout=WAIT) as raw:
                raw.sendall(b"GET /query?query=ASK%7B%7D HTTP/1.1\r\nConnection: close\r\n\r\n")
                text = b"".join(iter(lambda: raw.recv(65536), b""))
            assert [line.split()[1] for line in text.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")] == [
                b"100",
                b"102",
                b"103",
                b"200",
            ]
            return
        assert check(ask(double))


def test_bad_json_cannot_be_read() -> None:
    """The results end in the middle."""
    with Double(data=quads(3), faults=[Fault("bad-json")]) as double:
        got = ask(double)

    assert int(got.headers["Content-Length"]) == len(got.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(got.body)


def test_an_error_may_come_after_the_deed() -> None:
    """A status fault does nothing, or everything when it is `carried`; read-only does nothing."""
    for fault, count in ((Fault("status-507"), 0), (Fault("status-507", carried=True), 4), (Fault("read-only"), 0)):
        with Double(faults=[fault]) as double:
            assert put(double).status in {507, 403}
            assert len(double.store) == count


def test_secrets_are_echoed() -> None:
    """The error repeats the password's header, with an escape sequence."""
    with Double("fuseki", auth=Basic("u", "p"), faults=[Fault("echo-secrets", value="403")]) as double:
        got = put(double, Authorization="Basic dTpw")

    assert got.status == 403
    assert b"Basic dTpw" in got.body
    assert b"\x1b[2J" in got.body


def test_redirects_lead_to_another_host_that_tells() -> None:
    """A client that follows is seen: what arrived there is on record, secrets and data too."""
    with Double(faults=[Fault("login-page", "query"), Fault("redirect-other-host-307", "put")]) as double:
        moved = put(double, Authorization="Bearer t")
        assert moved.status == 307
        assert (urlsplit(moved.headers["Location"]).hostname, double.named(G)) == ("localhost", set())
        wanted = urllib.request.Request(double.query_url + "?query=ASK%7B%7D", headers={"Authorization": "Bearer t"})  # noqa: S310
        with urllib.request.urlopen(wanted, timeout=WAIT) as page:  # noqa: S310  (the loopback)
            assert page.headers["Content-Type"].startswith("text/html")

        assert [request.path for request in double.elsewhere.requests] == ["/login"]
        assert "Bearer t" in double.elsewhere.requests[0].text  # urllib carries it along: a loader must not


def test_redirects_on_the_same_host() -> None:
    """307 leads to where the request is carried out, or round and round, or to a file."""
    faults = [
        Fault("redirect-same-host-307", "put"),
        Fault("redirect-loop", "get"),
        Fault("redirect-strange", "delete"),
    ]
    with Double(faults=faults) as double:
        first = put(double)
        second = send(double, "PUT", first.headers["Location"], DATA, Content_Type=TURTLE)
        loop = send(double, "GET", double.graph_url(G))
        strange = send(double, "DELETE", double.graph_url(G))

        assert (first.status, second.status, len(double.named(G))) == (307, 201, 4)
        assert double.root + loop.headers["Location"] == double.graph_url(G)
        assert strange.headers["Location"].startswith("file:")


def test_reads_may_be_stale_and_commits_late() -> None:
    """A stale read is of the state before the last write; a slow commit shows after its time."""
    with Double("fuseki", faults=[Fault("stale-reads", nth=2)]) as double:
        put(double)
        assert [ask(double).rows[0]["n"] for _ in range(3)] == ["4", "0", "4"]
    with Double("fuseki", faults=[Fault("slow-commit", "put", seconds=0.5)]) as double:
        assert put(double).status == 201
        assert ask(double).rows == [{"n": "0"}]
        patience = time.monotonic() + WAIT
        while ask(double).rows != [{"n": "4"}]:
            assert time.monotonic() < patience
    with Double("fuseki", faults=[Fault("slow-answer", "put", seconds=0.15)]) as double:
        started = time.monotonic()
        assert put(double).status == 201
        assert time.monotonic() - started > 0.14


def expecting(double: Double, *, timeout: float = WAIT) -> bytes:
    """Send the head of a PUT with Expect: 100-continue, and return the first bytes that come back."""
    with socket.create_connection(("127.0.0.1", double.port), timeout=timeout) as raw:
        head = f"PUT /store?graph=urn:g HTTP/1.1\r\nContent-Type: {TURTLE}\r\nContent-Length: {len(DATA)}\r\n"
        raw.sendall(head.encode() + b"Expect: 100-continue\r\n\r\n")
        first = raw.recv(65536)
        if first.startswith(b"HTTP/1.1 100"):
            raw.sendall(DATA)
            first += raw.recv(65536)
        return first


def test_expect_100_continue_has_its_oddities() -> None:
    """100 comes when the body is wanted; or 417, or nothing, or 413 at once, or 401 without it."""
    with Double() as double:
        found = expecting(double)
        assert found.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201")
    for fault, start in ((Fault("continue-417"), b"HTTP/1.1 417"), (Fault("answer-before-body"), b"HTTP/1.1 413")):
        with Double(faults=[fault]) as double:
            assert expecting(double).startswith(start)
            assert len(double.store) == 0
    with Double(faults=[Fault("continue-never")]) as double, pytest.raises(TimeoutError):
        expecting(double, timeout=0.2)
    with Double(auth=Basic("u", "p")) as double:
        assert expecting(double).startswith(b"HTTP/1.1 401")


def test_the_end_leaves_nothing_behind() -> None:
    """Hanging handlers, timers and listeners are gone when the double is."""
    before = set(threading.enumerate())
    with Double(faults=[Fault("hang", "query"), Fault("slow-commit", "put", seconds=60)]) as double:
        put(double)
        with pytest.raises(TimeoutError):
            ask(double, timeout=0.1)
        port = double.port
    time.sleep(0.05)

    assert [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()] == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
