"""The redirects of the w3id path: a real Apache reads the file as it stands, and clients get the files they accept."""

from __future__ import annotations

import collections
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pyoxigraph as ox
import pytest
import servers

from conftest import ROOT

HTACCESS = ROOT / "w3id/.htaccess"
RESERVED = "https://ivig-kg.example.org/releases"
NAMES = "https://w3id.org/ivig-kg/"
MODULES = Path("/usr/lib/apache2/modules")
APACHE = shutil.which("apache2", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))

CONFIG = """\
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
DefaultRuntimeDir {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
StartServers 1
{modules}
{user}
DocumentRoot {folder}/root
<Directory {folder}/root>
    Options FollowSymLinks
    AllowOverride FileInfo
    Require all granted
</Directory>
"""
LOADED = ("mpm_event", "authz_core", "dir", "setenvif", "headers", "rewrite")

# What a release holds, of each kind one.
FILES = (
    "README.md",
    "description.ttl",
    "ro-crate-metadata.json",
    "exports/ivig-kg.ttl",
    "exports/ivig-kg.jsonld",
    "exports/ivig-kg.nt",
    "exports/ivig-kg.nq",
    "exports/ivig-kg.trig",
    "exports/queries.ttl",
    "exports/manifest.json",
    "ontology/ivig.ttl",
    "ontology/context.jsonld",
    "ontology/queries/side-effects.rq",
    "shapes/AdverseEffect.ttl",
    "shapes/Source.ttl",
    "shapes/release/ReleaseFile.ttl",
    "shapes/prefixes.ttl",
    "tables/index.csv",
    "kgx/nodes.tsv",
)

TURTLE, JSONLD, HTML = "text/turtle", "application/ld+json", "text/html"
NT, NQ, TRIG = "application/n-triples", "application/n-quads", "application/trig"
SPARQL = "application/sparql-query"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
EXPORT = "latest/exports/ivig-kg"


class Apache(NamedTuple):
    """A server of ours: the address of the w3id path, and the home of releases."""

    path: str
    home: str


@pytest.fixture(scope="module")
def apache() -> Iterator[Apache]:
    """Start an Apache whose w3id path leads to releases that it serves itself; each file says its own path."""
    if APACHE is None:
        pytest.skip("apache2 is not installed: no redirect was followed")
    (port,) = servers._free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="ivig-kg-w3id-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # started by root, Apache reads as somebody else, who may not look into folders of pytest
        place = folder / "root/ivig-kg/.htaccess"
        place.parent.mkdir(parents=True)
        place.write_text(HTACCESS.read_text(encoding="utf-8").replace(RESERVED, f"{url}/releases"), encoding="utf-8")
        for file in (f"{version}/{file}" for version in ("latest", "0.1.0") for file in FILES):
            held = folder / "root/releases" / file
            held.parent.mkdir(parents=True, exist_ok=True)
            held.write_text(file, encoding="utf-8")
        modules = "\n".join(f"LoadModule {module}_module {MODULES}/mod_{module}.so" for module in LOADED)
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        config = folder / "apache.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, modules=modules, user=user), encoding="utf-8")
        command = [APACHE, "-f", str(config), "-DFOREGROUND"]
        with servers._running(command, folder / "apache.log", f"{url}/releases/latest/README.md"):
            yield Apache(f"{url}/ivig-kg/", f"{url}/releases/")


@pytest.fixture(scope="module")
def client(apache: Apache) -> Iterator[httpx.Client]:
    """Return a client of the w3id path that asks for nothing by itself and follows where it is told to."""
    with httpx.Client(base_url=apache.path, trust_env=False, timeout=servers.WAIT) as one:
        del one.headers["accept"]
        yield one


def headers(accept: str | None) -> dict[str, str]:
    """Return the headers of a request that accepts something, or says nothing."""
    return {} if accept is None else {"Accept": accept}


KINDS = [
    # things: the export of each format
    ("id/hig-effect-headache", TURTLE, f"{EXPORT}.ttl"),
    ("id/hig-effect-headache", JSONLD, f"{EXPORT}.jsonld"),
    ("id/hig-effect-headache", NT, f"{EXPORT}.nt"),
    ("id/hig-effect-headache", NQ, f"{EXPORT}.nq"),
    ("id/hig-effect-headache", TRIG, f"{EXPORT}.trig"),
    ("id/hig-effect-headache", HTML, "latest/README.md"),
    ("id/", TURTLE, f"{EXPORT}.ttl"),
    # the ontology and its terms: a file of its own in Turtle
    ("ontology/", TURTLE, "latest/ontology/ivig.ttl"),
    ("ontology", TURTLE, "latest/ontology/ivig.ttl"),
    ("ontology/AdverseEffect", TURTLE, "latest/ontology/ivig.ttl"),
    ("ontology/unit-g-per-kg", TURTLE, "latest/ontology/ivig.ttl"),
    ("ontology/", JSONLD, f"{EXPORT}.jsonld"),
    ("ontology/about", JSONLD, f"{EXPORT}.jsonld"),
    ("ontology/about", NT, f"{EXPORT}.nt"),
    ("ontology/about", NQ, f"{EXPORT}.nq"),
    ("ontology/about", TRIG, f"{EXPORT}.trig"),
    ("ontology/", HTML, "latest/README.md"),
    ("ontology/about", HTML, "latest/README.md"),
    # graphs: the dataset for a client that reads datasets
    ("graph/facts", TRIG, f"{EXPORT}.trig"),
    ("graph/facts", NQ, f"{EXPORT}.nq"),
    ("graph/facts", TURTLE, f"{EXPORT}.ttl"),
    ("graph/facts", JSONLD, f"{EXPORT}.jsonld"),
    ("graph/facts", NT, f"{EXPORT}.nt"),
    ("graph/facts", HTML, "latest/README.md"),
    ("graph/facts", f"{TURTLE}, {TRIG}", f"{EXPORT}.trig"),
    ("graph/facts", f"{TURTLE}, {NQ}", f"{EXPORT}.nq"),
    ("graph/facts", f"{NQ}, {TRIG}", f"{EXPORT}.trig"),
    ("graph/facts", f"{TURTLE}, {TRIG};q=0.9", f"{EXPORT}.ttl"),
    ("graph/facts", f"{TRIG};q=0, */*", f"{EXPORT}.ttl"),
    ("id/headache", f"{TRIG}, {TURTLE}", f"{EXPORT}.ttl"),
    # shapes: the file of the class
    ("shapes/AdverseEffect", TURTLE, "latest/shapes/AdverseEffect.ttl"),
    ("shapes/AdverseEffect-effect", TURTLE, "latest/shapes/AdverseEffect.ttl"),
    ("shapes/AdverseEffect-effect-kind", TURTLE, "latest/shapes/AdverseEffect.ttl"),
    ("shapes/AdverseEffect-effect", HTML, "latest/README.md"),
    ("shapes/AdverseEffect-effect", f"{JSONLD}, {TURTLE};q=0.1", "latest/shapes/AdverseEffect.ttl"),
    ("shapes/", TURTLE, "latest/shapes/prefixes.ttl"),
    ("shapes/prefix-skos", TURTLE, "latest/shapes/prefixes.ttl"),
    ("shapes/ReleaseFile", TURTLE, "latest/shapes/release/ReleaseFile.ttl"),
    ("shapes/ReleaseFile-title", TURTLE, "latest/shapes/release/ReleaseFile.ttl"),
    ("shapes/month", TURTLE, "latest/shapes/Source.ttl"),
    # questions: the text of one, or all of them as Turtle
    ("query/side-effects", SPARQL, "latest/ontology/queries/side-effects.rq"),
    ("query/side-effects", SPARQL.upper(), "latest/ontology/queries/side-effects.rq"),
    ("query/side-effects", "application/*", "latest/ontology/queries/side-effects.rq"),
    ("query/side-effects", f"{TURTLE};q=0, */*", "latest/ontology/queries/side-effects.rq"),
    ("query/side-effects", TURTLE, "latest/exports/queries.ttl"),
    ("query/side-effects", HTML, "latest/README.md"),
    ("query/", TURTLE, "latest/exports/queries.ttl"),
    ("query/", f"{SPARQL}, {TURTLE};q=0.5", "latest/exports/queries.ttl"),
    ("query/prefix/skos", TURTLE, "latest/exports/queries.ttl"),
    # releases: the description, the crate, the page
    ("release/0.1.0", TURTLE, "0.1.0/description.ttl"),
    ("release/0.1.0", JSONLD, "0.1.0/ro-crate-metadata.json"),
    ("release/0.1.0", HTML, "0.1.0/README.md"),
    ("release/0.1.0", f"{NT}, {TURTLE};q=0.5", "0.1.0/description.ttl"),
    ("release/0.1.0/", TURTLE, "0.1.0/description.ttl"),
    ("release/", TURTLE, "latest/description.ttl"),
    ("release/", JSONLD, "latest/ro-crate-metadata.json"),
    ("release/", HTML, "latest/README.md"),
    ("release", TURTLE, "latest/description.ttl"),
    ("", TURTLE, "latest/description.ttl"),
    ("", JSONLD, "latest/ro-crate-metadata.json"),
    ("", HTML, "latest/README.md"),
    # a file of a release: that file, whatever is accepted
    ("release/0.1.0/exports/ivig-kg.nq", HTML, "0.1.0/exports/ivig-kg.nq"),
    ("release/0.1.0/exports/manifest.json", "image/png", "0.1.0/exports/manifest.json"),
    ("release/0.1.0/README.md", TURTLE, "0.1.0/README.md"),
    ("release/0.1.0/ontology/queries/side-effects.rq", None, "0.1.0/ontology/queries/side-effects.rq"),
    ("release/0.1.0/kgx/nodes.tsv", "*/*", "0.1.0/kgx/nodes.tsv"),
    ("release/0.1.0/tables/index.csv", "text/*;q=0", "0.1.0/tables/index.csv"),
]
# who says nothing, or takes anything, gets Turtle of every kind
KINDS += [
    (path, accept, file)
    for path, file in {
        "id/headache": f"{EXPORT}.ttl",
        "ontology/": "latest/ontology/ivig.ttl",
        "ontology/about": "latest/ontology/ivig.ttl",
        "graph/facts": f"{EXPORT}.ttl",
        "shapes/AdverseEffect": "latest/shapes/AdverseEffect.ttl",
        "query/side-effects": "latest/exports/queries.ttl",
        "release/0.1.0": "0.1.0/description.ttl",
        "release/": "latest/description.ttl",
        "": "latest/description.ttl",
    }.items()
    for accept in (None, "", "*/*")
]
ACCEPTED = [
    # the highest q, wherever it stands and however it is written
    ("text/turtle;q=0.2, application/ld+json;q=0.8", "jsonld"),
    ("application/ld+json;q=0.8, text/turtle;q=0.2", "jsonld"),
    ("text/turtle;q=0.8,application/ld+json;q=0.85", "jsonld"),
    ("text/turtle;q=0.85,application/ld+json;q=0.8", "ttl"),
    ("text/turtle;q=0.009,application/ld+json;q=0.01", "jsonld"),
    ("text/turtle;q=0.999,application/ld+json", "jsonld"),
    ("text/turtle;q=0.999,application/ld+json;q=1.000", "jsonld"),
    ("text/turtle ; q=0.2 , application/ld+json ; q=0.8", "jsonld"),
    ("text/turtle;Q=0.2,application/ld+json;Q=0.8", "jsonld"),
    ("application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6", "nq"),
    ("application/rdf+xml, application/n-triples;q=0.7, text/html;q=0.3", "nt"),
    # equal ones: Turtle first, then in an order that does not depend on how 1 or 0.5 is written
    ("application/ld+json, text/turtle", "ttl"),
    ("application/ld+json;q=1.0, text/turtle", "ttl"),
    ("application/ld+json;q=0.50, text/turtle;q=0.5", "ttl"),
    ("application/n-triples, application/ld+json", "jsonld"),
    ("text/html, application/ld+json", "jsonld"),
    # q=0 refuses, and what is said of one type counts more than what is said of many
    ("text/turtle;q=0, application/ld+json;q=0.1", "jsonld"),
    ("text/turtle;q=0.0, */*", "jsonld"),
    ("*/*, text/turtle;q=0.000", "jsonld"),
    ("application/ld+json;q=0, application/*", "nt"),
    ("*/*;q=0.1, application/n-triples", "nt"),
    ("application/*;q=0.1, application/trig, text/*;q=0.2", "trig"),
    ("text/*;q=0.3, */*;q=0.9", "jsonld"),
    ("text/turtle;q=0.4, text/*;q=0.9", "html"),
    # many types at once
    ("text/*", "ttl"),
    ("application/*", "jsonld"),
    ("image/*, text/*;q=0.5", "ttl"),
    ("image/png, */*;q=0.1", "ttl"),
    # other parameters, letters of either case
    ("text/turtle;charset=utf-8;q=0.2, application/ld+json;q=0.8", "jsonld"),
    ("text/turtle; charset=utf-8, application/ld+json;q=0.8", "ttl"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted";q=0.9, text/turtle;q=0.5', "jsonld"),
    ("Text/Turtle", "ttl"),
    ("APPLICATION/LD+JSON, text/turtle;q=0.9", "jsonld"),
    # names that only begin or end like one of ours
    ("text/turtle-star, application/ld+json;q=0.1", "jsonld"),
    ("application/x-trig, application/trig-star, application/n-triples;q=0.1", "nt"),
    (BROWSER, "html"),
]
# every type by its name, in capitals, and by both wildcards where all that come before it are refused
RANKED = {TURTLE: "ttl", JSONLD: "jsonld", NT: "nt", NQ: "nq", TRIG: "trig", HTML: "html"}
for rank, (name, ending) in enumerate(RANKED.items()):
    refused = "".join(f", {other};q=0" for other in list(RANKED)[:rank])
    ACCEPTED += [
        (name.upper(), ending),
        (f"*/*{refused}", ending),
        (f"{name.partition('/')[0].upper()}/*{refused}", ending),
    ]
KINDS += [("id/headache", a, "latest/README.md" if e == "html" else f"{EXPORT}.{e}") for a, e in ACCEPTED]

REFUSED = [
    ("id/headache", "image/png"),
    ("id/headache", "text/turtle;q=0"),
    ("id/headache", "*/*;q=0"),
    ("id/headache", "*/*;Q=0"),
    ("id/headache", "*/*;q=0.000, application/*;q=0, image/png"),
    ("id/headache", "application/rdf+xml"),
    ("id/headache", "text/turtles, xtext/turtle"),
    ("ontology/", "image/png"),
    ("graph/facts", SPARQL),
    ("graph/facts", f"{TRIG};q=0, {NQ};q=0"),
    ("shapes/AdverseEffect", JSONLD),
    ("query/side-effects", NT),
    ("query/", SPARQL),
    ("release/0.1.0", TRIG),
    ("release/", "application/json"),
    ("", "image/*"),
]

UNKNOWN = [
    "nothing",
    "ids/headache",
    "id",
    "id/Headache",
    "id/headache/",
    "id/headache.ttl",
    "id/head/ache",
    "ontology/1",
    "ontology/about/more",
    "graph",
    "graph/facts/more",
    "shapes/other",
    "shapes/AdverseEffect/",
    "shapes/AdverseEffect.ttl",
    "query/side-effects.rq",
    "query/prefix/a/b",
    "release/.hidden",
    "release/-1",
    "release/0.1.0/.htaccess",
    "release/0.1.0/exports/",
]

# What somebody may put behind each kind of name who wants a client to go elsewhere, or another header in the answer.
HOSTILE = [
    "https://evil.example/",
    "//evil.example/",
    "@evil.example/x",
    ":80@evil.example",
    ".evil.example/",
    "%2f%2fevil.example",
    "%5c%5cevil.example",
    "\\\\evil.example",
    "..",
    "../",
    "../../x",
    "x/../../../x",
    "%2e%2e/%2e%2e/x",
    "..%2f..%2fx",
    "..%5c..%5cx",
    "%252e%252e/x",
    "%252e%252e%252fx",
    "x%0a",
    "x%0d%0aSet-Cookie:%20a=b",
    "x%0d%0a%0d%0a<html>",
    "%00",
    "x%00.ttl",
    "%e5%98%8a%e5%98%8dx:y",
    "h%c3%a9",
    "a%20b",
    "a%3fb",
    "a%23b",
    "?to=https://evil.example/",
    "?%0d%0aX:%20y",
    "x?/../..",
    "$1",
    "%1",
    "%251",
    "%25%7BENV:FORMAT%7D",
    "%{HTTP_HOST}",
    "%22%3E%3Cscript%3E",
    "x;y=z",
    "a" * 4000,
]


def test_the_home_of_releases_is_set_once() -> None:
    """The file names one address, the reserved one, in one place: whoever publishes it has one line to change."""
    text = HTACCESS.read_text(encoding="utf-8")

    assert re.findall(r"\w+://[^\s\]]+", text) == [RESERVED]
    assert text.count("example") == 1
    assert {line.split()[2].partition("}/")[0] for line in text.splitlines() if "R=303" in line} == {
        "%{ENV:FOLDER",
        "%{ENV:HOME_OF_RELEASES",
    }


def test_the_readme_says_what_is_missing() -> None:
    """The page of the w3id path names the reserved home, and says that path and contact are not there yet."""
    text = " ".join((ROOT / "w3id/README.md").read_text(encoding="utf-8").split())

    assert RESERVED in text
    assert "not registered" in text
    assert "to be filled in" in text


def told() -> dict[str, set[str]]:
    """Return the files of a release that tell of each name, by what stands behind the w3id path in it."""
    files = collections.defaultdict(set)
    for place in ("exports/ivig-kg.ttl", "exports/queries.ttl", "ontology/ivig.ttl", *Path().glob("shapes/**/*.ttl")):
        for triple in ox.parse(path=place, format=ox.RdfFormat.TURTLE):
            if isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(NAMES):
                files[triple.subject.value.removeprefix(NAMES)].add(str(place))
    return files


@pytest.mark.server
@pytest.mark.parametrize(("path", "accept", "file"), KINDS)
def test_a_name_leads_to_the_file_that_is_accepted(
    apache: Apache, client: httpx.Client, path: str, accept: str | None, file: str
) -> None:
    """Every kind of name is answered by 303 to one file, in the format the client likes best; the file is there."""
    answer = client.get(path, headers=headers(accept))
    followed = client.get(path, headers=headers(accept), follow_redirects=True)

    assert (answer.status_code, answer.headers.get("location")) == (303, apache.home + file)
    assert answer.headers.get_list("vary") == ["Accept"]
    assert (followed.status_code, followed.text) == (200, file)


@pytest.mark.server
def test_what_stands_behind_a_question_mark_is_dropped(apache: Apache, client: httpx.Client) -> None:
    """No redirect carries the query of a request on: files know none."""
    asked = {(path, accept): apache.home + file for path, accept, file in KINDS}
    seen = {
        (path, accept): client.get(path, params={"to": "x"}, headers=headers(accept)).headers.get("location")
        for path, accept in asked
    }

    assert seen == asked


@pytest.mark.server
@pytest.mark.parametrize(("path", "accept"), REFUSED)
def test_nothing_acceptable_is_said_to_be_so(client: httpx.Client, path: str, accept: str) -> None:
    """A name that has no format the client takes is answered by 406, which a cache keeps for such clients alone."""
    answer = client.get(path, headers=headers(accept))

    assert (answer.status_code, answer.headers.get("location")) == (406, None)
    assert answer.headers.get_list("vary") == ["Accept"]


@pytest.mark.server
@pytest.mark.parametrize("accept", [None, TURTLE, HTML, "image/png"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_no_name_is_not_found(client: httpx.Client, path: str, accept: str | None) -> None:
    """A path that is no name of the project is answered by 404, whatever the client takes."""
    answer = client.get(path, headers=headers(accept))

    assert (answer.status_code, answer.headers.get("location")) == (404, None)


@pytest.mark.server
@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("id/headache", JSONLD, 303),
        ("release/0.1.0/exports/ivig-kg.nq", None, 303),
        ("id/headache", "image/png", 406),
        ("nothing", TURTLE, 404),
    ],
)
def test_head_is_answered_as_get(client: httpx.Client, path: str, accept: str | None, status: int) -> None:
    """HEAD gets the status and the headers of GET, and no body."""
    get = client.get(path, headers=headers(accept))
    head = client.head(path, headers=headers(accept))

    assert (head.status_code, head.content) == (status, b"")
    assert [head.headers.get(h) for h in ("location", "vary")] == [get.headers.get(h) for h in ("location", "vary")]


@pytest.mark.server
@pytest.mark.parametrize("kind", ["", "id/", "ontology/", "graph/", "shapes/", "query/", "release/", "release/0.1.0/"])
def test_no_name_leads_elsewhere(apache: Apache, client: httpx.Client, kind: str) -> None:
    """Whatever stands behind a kind of name, a redirect goes below the home of releases, and adds no header."""
    plain = client.get("id/headache")
    below = re.compile(re.escape(apache.home) + r"\w[\w.+~-]*(/\w[\w.+~-]*)*", re.ASCII)
    path = httpx.URL(apache.path).raw_path + kind.encode()
    answers = [client.get("", extensions={"target": path + rest.encode("ascii")}) for rest in HOSTILE]

    assert {303, 404} <= {answer.status_code for answer in answers}
    for answer, rest in zip(answers, HOSTILE, strict=True):
        to = answer.headers.get("location")
        assert answer.status_code == 303 if to else answer.status_code in {400, 403, 404}, rest
        assert to is None or below.fullmatch(to), rest
        assert set(answer.headers) <= {*plain.headers, "connection"}, rest


@pytest.mark.server
def test_every_name_leads_to_a_file_that_tells_of_it(apache: Apache, client: httpx.Client) -> None:
    """A reader of Turtle is led from each subject of data, ontology, questions and shapes to a file that has it."""
    files = told()
    seen = {name: client.get(name, headers=headers(TURTLE)).headers.get("location", "") for name in files}

    assert {name.partition("/")[0] for name in files} == {"id", "ontology", "query", "shapes"}
    assert {name: to for name, to in seen.items() if to.removeprefix(f"{apache.home}latest/") not in files[name]} == {}
