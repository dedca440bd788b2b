"""Markup stays text: a project whose every text is HTML, Markdown or script, through all that the tool writes."""

from __future__ import annotations

import collections
import html.parser
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

import hostility
from conftest import Run
from ivig_kg import markdown
from ivig_kg.cli import main

TEXTS = (
    "<img src=x onerror=alert(1)> drug",
    "</script><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "[x](javascript:alert(1))",
    "![x](http://127.0.0.1:9/x.png)",
    "a | b | c",
    "one ` two `` three ```",
    "&lt;b&gt; &amp; <b>",
    "]]> <!-- --> <![CDATA[",
    "{{ 7 * 7 }} {% raw %} ${title} $title %s {0}",
    "# heading",
    "- item",
    "1. item",
    "> quotation",
    "~~gone~~ *strong* _weak_ \\* \\",
    "<https://127.0.0.1:9/>",
)


MARKDOWN = set("h1 h2 h3 p pre code em ul li blockquote br table thead tbody tr th td a".split())  # noqa: SIM905


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with the hostile project, a release of it, one after it, and its site."""
    place = tmp_path_factory.mktemp("markup")
    hostility.write(place / "hostile", TEXTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
        _done("-C", place / "hostile", "release", "1.0.0", "-o", place / "old")
        facts = place / "hostile/facts/all.yaml"
        text = facts.read_text(encoding="utf-8")
        facts.write_text(re.sub(r'(?m)^(  note: ".*)"$', r'\1 <b>"', text), encoding="utf-8")
        (place / "hostile/facts/VERSION").write_text("1.1.0\n", encoding="utf-8")
        cited = place / "hostile/CITATION.cff"
        cited.write_text(cited.read_text(encoding="utf-8").replace("1.0.0", "1.1.0"), encoding="utf-8")
        _done("-C", place / "hostile", "release", "1.1.0", "-o", place / "new", "--previous", place / "old")
        _done("-C", place / "hostile", "site", "-o", place / "site")
        yield place


def _done(*words: str | Path) -> None:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output[-2000:]


@pytest.mark.parametrize("name", ["new/README.md", "new/CHANGES.md", "old/README.md"])
def test_markdown_shows_texts_as_they_are(name: str, made: Path) -> None:
    """No text opens an element, a link, a heading or a cell: what is left is what we wrote."""
    shown = _Tags(MarkdownIt("js-default").render((made / name).read_text(encoding="utf-8")))

    assert TEXTS[0] in shown.text
    assert shown.running == []
    assert set(shown.tags) <= MARKDOWN
    assert set(shown.links) <= {"https://creativecommons.org/publicdomain/zero/1.0/"}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_escaped_for_markdown(text: str) -> None:
    """Without the marks that keep it a text, it is the very text."""
    escaped, span = markdown.escaped(text), markdown.code(text)

    assert re.sub(r"\\([\\`*_\[\]<>&#|~.+=-])", r"\1", escaped) == text
    assert re.match(r"[#>+=-]|\d+[.)]", escaped) is None
    marks = re.match("`+", span)
    assert marks
    assert re.findall(rf"(?<!`){marks[0]}(?!`)", span) == [marks[0]] * 2


def test_json_and_triples_hold_the_very_texts(made: Path) -> None:
    """RO-Crate, schema.org, KGX, FHIR and the index are read by a parser, and say what was stated."""
    files = {p.relative_to(made / "old").as_posix(): p for p in (made / "old").rglob("*.json*") if p.suffix != ".gz"}
    held = {name: path.read_text(encoding="utf-8") for name, path in files.items()}

    values = {name: set(_strings(_parsed(name, text))) for name, text in held.items()}
    fhir = "fhir/clinical-use-definitions.json"
    for name in ("exports/ivig-kg.jsonld", "kgx/edges.jsonl", "tables/index.json", fhir):
        assert set(TEXTS) <= values[name], name
    assert TEXTS[0] in values["ro-crate-metadata.json"]
    described = ox.parse((made / "old/description.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    assert TEXTS[0] in {quad.object.value for quad in described if isinstance(quad.object, ox.Literal)}


def _parsed(name: str, text: str) -> object:
    return [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for one in content.values() if isinstance(content, dict) else content:
            yield from _strings(one)


def test_a_narrative_is_xhtml_and_holds_nothing_but_text(made: Path) -> None:
    """Each narrative of FHIR is one element `div` around the label of the fact."""
    bundle = json.loads((made / "old/fhir/clinical-use-definitions.json").read_text(encoding="utf-8"))
    told = [ET.fromstring(entry["resource"]["text"]["div"]) for entry in bundle["entry"]]  # noqa: S314  (our own)

    assert [list(one) for one in told] == [[]] * len(TEXTS)
    assert {one.tag for one in told} == {"{http://www.w3.org/1999/xhtml}div"}
    assert {one.text for one in told} == set(TEXTS)


class _Tags(html.parser.HTMLParser):
    """Counts the elements of a page, and keeps what could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: collections.Counter[str] = collections.Counter()
        self.running: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element; see `html.parser.HTMLParser`."""
        self.tags[tag] += 1
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        risky = [(name, (value or "").strip().lower()) for name, value in attrs]
        odd = [name for name, text in risky if name.startswith("on") or text.startswith(("javascript:", "data:"))]
        self.running += [f"{tag} {name}" for name in odd]

    def handle_data(self, data: str) -> None:
        """Keep a text; see `html.parser.HTMLParser`."""
        self.text += data
        if self.get_starttag_text() == "<script>":
            self.scripts.append(data)


def test_pages_of_the_site_have_no_element_more(made: Path) -> None:
    """No page has an element that a text opened, and nothing in it runs but the scripts that are ours."""
    pages = sorted((made / "site").rglob("*.html"))

    assert len(pages) > 3 * len(TEXTS)
    for path in pages:
        page = _Tags(path.read_text(encoding="utf-8"))
        assert page.running == [], path
        assert page.tags.keys() & {"b", "img", "iframe", "object", "embed", "base"} == set(), path
        assert [script for script in page.scripts if script.strip() == "alert(1)"] == [], path


def test_a_comparison_as_markdown_shows_texts_as_they_are(made: Path, run: Run) -> None:
    """`diff --format markdown` of the two releases opens no tag and no link."""
    done = run("diff", made / "old/exports/ivig-kg.nq", made / "new/exports/ivig-kg.nq", "--format", "markdown")

    shown = _Tags(MarkdownIt("js-default").render(done.stdout))
    assert done.exit_code == 0
    assert all(text in shown.text for text in TEXTS)
    assert (shown.links, shown.running, set(shown.tags) <= MARKDOWN) == ([], [], True)


@pytest.mark.parametrize("licence", ["MIT](javascript:alert(1)) [x", "a b", "<b>", "https://127.0.0.1:9/"])
def test_a_licence_that_is_none_is_refused(licence: str, citable: Path, run: Run, tmp_path: Path) -> None:
    """The licence becomes part of an address: only an identifier of SPDX can be one."""
    cited = citable / "CITATION.cff"
    cited.write_text(cited.read_text(encoding="utf-8").replace("CC0-1.0", json.dumps(licence)), encoding="utf-8")
    done = run("-C", citable, "release", "1.0.0", "-o", tmp_path / "out")

    assert done.exit_code == 3
    assert "is no identifier of SPDX" in done.stderr
    assert not (tmp_path / "out").exists()
