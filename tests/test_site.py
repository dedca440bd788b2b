"""The site: complete pages from a folder, which say what the graph says and run nothing that a label holds."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT, Run
from ivig_kg import loading, resources
from ivig_kg.reporting import Report
from ivig_kg.resources import THINGS, VOCABULARY
from ivig_kg.site import medicines, rows
from ivig_kg.site.readings import Readings, Settings
from web_page import WebPage

FIRST_PAGE = 200_000  # bytes, with all that it loads
HOSTILE = "</script><script>document.title='run'</script>\"'><img src=x onerror=document.title='run'> & <b>b</b>"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, WebPage]:
    """Return every page, by its path."""
    return {
        p.relative_to(site).as_posix(): WebPage(p.read_text(encoding="utf-8")) for p in sorted(site.rglob("*.html"))
    }


@pytest.mark.slow
def test_every_node_and_every_rule_has_its_page(pages: dict[str, WebPage]) -> None:
    """Facts, concepts, sources and shapes; and each page has one heading of the first order."""
    loaded = loading.load(resources.locate(ROOT))
    nodes = {q.subject.value for q in loaded.quads if q.predicate.value.endswith("prefLabel")}
    wanted = {f"id/{n.removeprefix(THINGS)}.html" for n in nodes if n.startswith(THINGS)}

    assert len(wanted) > 1000
    assert wanted <= pages.keys()
    assert {f"rules/{code}.html" for code in ("Fact-evidence", "AdverseEffect-effect")} <= pages.keys()
    assert [path for path, page in pages.items() if len(page.headings) != 1 or page.open] == []


@pytest.mark.slow
def test_every_link_leads_to_a_page_and_a_place_in_it(site: Path, pages: dict[str, WebPage]) -> None:
    """Within the site each link is relative, and its file and its anchor are there."""
    broken = []
    home = site.resolve()

    @functools.cache
    def led(folder: Path, file: str) -> tuple[str | None, bool]:
        """Return the file that a link leads to, where it is in the site, and whether it is there."""
        target = (folder / file).resolve()
        return target.relative_to(home).as_posix() if target.is_relative_to(home) else None, target.is_file()

    for path, page in pages.items():
        for link in page.links:
            if "://" in link or link.startswith("mailto:"):
                continue
            file, _, anchor = link.partition("#")
            name, there = led((site / path).parent, file) if file else (path, True)
            if not there or (anchor and name in pages and anchor not in pages[name].anchors):
                broken.append((path, link))

    assert broken == []


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[str, WebPage]) -> None:
    """Scripts and styles are files of the site, and the first page with all of them is small."""
    for path, page in pages.items():
        for load in page.loads:
            assert ((site / path).parent / load).is_file(), (path, load)
    first = ["index.html", *pages["index.html"].loads]

    assert sum((site / name).stat().st_size for name in first) < FIRST_PAGE
    assert b"url(" not in (site / "site.css").read_bytes()


@pytest.mark.slow
def test_every_page_says_in_json_ld_what_it_is(pages: dict[str, WebPage]) -> None:
    """Its name, and the nodes that it lists; a page of a node or of the vocabulary has what the graph says of them."""
    for path, page in pages.items():
        read = list(ox.parse(page.scripts["application/ld+json"].encode(), ox.RdfFormat.JSON_LD, base_iri="urn:page"))
        assert read, path
        if not path.startswith("id/") and path != "vocabulary.html":
            (named,) = [q.object.value for q in read if q.predicate.value == "https://schema.org/name"]
            assert named.startswith(page.headings[0]) or path in {"index.html", "sparql.html"}, path
    graph = {q.triple for q in ox.parse(path=str(ROOT / "exports/ivig-kg.nt"))}
    embedded = pages["vocabulary.html"].scripts["application/ld+json"].encode()
    told = {
        q.object.value
        for q in ox.parse(
            pages["concepts.html"].scripts["application/ld+json"].encode(), ox.RdfFormat.JSON_LD, base_iri="urn:page"
        )
    }
    assert {f"{THINGS}headache", f"{THINGS}thrombosis"} <= told
    assert {q.triple for q in ox.parse(embedded, ox.RdfFormat.JSON_LD)} == {
        t for t in graph if t.subject.value.startswith(VOCABULARY)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "label", "path", "words"),
    [
        ("adverse effect", "Human immunoglobulin may cause headache", "id/hig-effect-headache.html", "headache"),
        ("condition", "headache", "id/headache.html", "HP:0002315"),
        ("passage", "Human immunoglobulin (monograph), paragraph 5", "id/hig.html#passage-hig-s09", "hig-s09"),
        ("vocabulary, classes", "adverse effect", "vocabulary.html#AdverseEffect", "ivig:AdverseEffect"),
        ("rule", "Fact-evidence", "rules/Fact-evidence.html", "passage"),
        ("question", "interactions", "sparql.html#question=interactions", "interactions"),
    ],
)
def test_the_search_has_everything(
    site: Path, pages: dict[str, WebPage], kind: str, label: str, path: str, words: str
) -> None:
    """Each kind of thing that has a page or a place in one is in it once, by its name and by other words."""
    text = (site / "data/search.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("window.IVIG_SEARCH=").rstrip(";\n"))
    (found,) = [entry for entry in entries if entry[2] == path]

    assert found[1] == kind
    assert kind == "question" or found[0] == label
    assert words in found[3]
    assert len({entry[2] for entry in entries}) == len(entries)
    for _, _, where, _ in entries:
        file, _, anchor = where.partition("#")
        assert file in pages, where
        assert not anchor or anchor in pages[file].anchors or file == "sparql.html", where


@pytest.mark.slow
def test_what_is_embedded_and_beside_a_page_is_what_the_graph_says(site: Path, pages: dict[str, WebPage]) -> None:
    """Turtle, N-Triples and JSON-LD of a node, and the JSON-LD in its page, have the triples of the export."""
    graph: dict[str, set[ox.Triple]] = {}
    for quad in ox.parse(path=str(ROOT / "exports/ivig-kg.nt")):
        graph.setdefault(quad.subject.value, set()).add(quad.triple)
    formats = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}

    for path in sorted(path for path in pages if path.startswith("id/")):
        name = path.removesuffix(".html")
        wanted = graph[THINGS + name.removeprefix("id/")]
        said = {
            form: {q.triple for q in ox.parse(path=str(site / f"{name}.{form}"), format=f)}
            for form, f in formats.items()
        }
        embedded = pages[path].scripts["application/ld+json"].encode()
        said["page"] = {q.triple for q in ox.parse(embedded, formats["jsonld"])}
        assert said == dict.fromkeys(said, wanted), path


@pytest.mark.slow
def test_a_fact_says_all_that_it_rests_on(pages: dict[str, WebPage]) -> None:
    """Sentence, words as stated, passage, place, state, what follows, and how to cite and to correct it."""
    page = pages["id/hig-effect-headache.html"]
    text = " ".join(" ".join(page.text).split())

    for words in (
        "Human immunoglobulin may cause headache",
        "Human immunoglobulin (monograph) , paragraph 5, characters 1096 to 1201",
        "headache",
        "A digest of its text is kept",
        "human immunoglobulin has side effect headache by the rule shortcuts",
        "facts/monographs/human-immunoglobulin.yaml:230:7",
        "draft",
    ):
        assert words in text, words
    assert any(link.startswith("mailto:?subject=hig-effect-headache") for link in page.links)


@pytest.mark.slow
def test_a_monograph_has_its_sections_in_order(pages: dict[str, WebPage]) -> None:
    """As a pharmacist reads it; every fact about the medicine is in it once."""
    text = (ROOT / "exports/ivig-kg.nq").read_text(encoding="utf-8")
    about = [
        line.split(" ")[0]
        for line in text.splitlines()
        if "ontology/about> <https://w3id.org/ivig-kg/id/privigen-eu>" in line
    ]
    page = pages["id/privigen-eu.html"]

    for fact in about:
        name = fact.strip("<>").removeprefix(THINGS)
        assert page.links.count(f"../id/{name}.html") >= 1, name
    order = ["indications", "dosing", "contraindications", "warnings", "adverse-effects", "authorisations"]
    html = [link for link in page.links if link.startswith("#")]
    assert [link for link in html if link[1:] in order] == [f"#{a}" for a in order]


@pytest.mark.slow
def test_a_comparison_tells_claims_apart(pages: dict[str, WebPage]) -> None:
    """What one label alone says is marked as that, and superseded wording is left out."""
    text = " ".join(" ".join(pages["compare/privigen.html"].text).split())

    assert "Guillain-Barré syndrome (treatment indication) only here" in text
    assert "in an earlier wording" not in text
    assert {"compare/in-eu.html", "compare/in-us.html"} <= pages.keys()
    every = [link for link in pages["compare/of-all-jurisdictions.html"].links if link.startswith("../id/")]
    assert {"../id/privigen-eu.html", "../id/asceniv-us.html", "../id/human-immunoglobulin.html"} <= {*every}


def rows_of(*claims: dict[str, str]) -> str:
    """Return regimens of products, written out of the values in which they differ."""
    return "".join(
        f"- id: claim-{number}\n  type: DosageRegimen\n  label: Dose {number}\n"
        "  condition: treated-condition\n  evidence: passage\n  status: draft\n"
        + "".join(f"  {key}: {value}\n" for key, value in claim.items())
        for number, claim in enumerate(claims)
    )


GRAM = {"doseMax": "1", "doseUnit": "g/kg"}
HALF = {"doseMin": "0.4", "doseMax": "0.4", "doseUnit": "g/kg"}


def test_marks_speak_of_the_columns_that_are_chosen_at_first(small: Path) -> None:
    """What a third medicine says makes no difference of the first two, and letters tell all three apart."""
    text = rows_of({"about": "drug", **HALF}, {"about": "product", **HALF}, {"about": "other", **GRAM})
    text += "- id: other\n  type: Product\n  label: other\n  broader: drug\n"
    (small / "facts/claims.yaml").write_text(text, encoding="utf-8")
    loaded = loading.load(resources.locate(small))
    readings = Readings(loaded, Settings("A graph", "Somebody", "1"), Report((), {}, {}))
    several = [f"{THINGS}{name}" for name in ("drug", "product", "other")]

    marks = {}
    for first in (1, 2, 3):
        (line,) = dict(medicines.compared(readings, several, first=first))["Dosing"]
        marks[first] = line.mark
        assert (line.letters, line.shown) == (("A", "A", "B"), (1, 2, 3))

    assert marks == {1: "only here", 2: "", 3: "differs"}


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ({"doseMin": "400", "doseMax": "400", "doseUnit": "mg/kg"}, HALF, ("A", "A")),
        (HALF, {**HALF, "doseMax": "0.8"}, ("A", "B")),
        ({**GRAM, "route": "route"}, {**GRAM, "route": "other-route"}, ("A", "B")),
        ({**GRAM, "phase": "loading"}, GRAM, ("A", "B")),
        ({**GRAM, "qualifier": "below"}, GRAM, ("A", "B")),
        ({**GRAM, "jurisdiction": "EU"}, {**GRAM, "note": "said again"}, ("A", "A")),
    ],
)
def test_a_letter_is_one_claim(
    small: Path, one: dict[str, str], other: dict[str, str], letters: tuple[str, str]
) -> None:
    """Quantities are compared in one unit, every other value as it is, and whose claim it is does not matter."""
    text = rows_of({"about": "drug", **one}, {"about": "product", **other})
    (small / "facts/claims.yaml").write_text(text, encoding="utf-8")
    loaded = loading.load(resources.locate(small))
    assert [f.message for f in loaded.findings if f.severity.value == "error"] == []
    readings = Readings(loaded, Settings("A graph", "Somebody", "1"), Report((), {}, {}))

    found = dict(medicines.compared(readings, [f"{THINGS}drug", f"{THINGS}product"], first=2))

    assert [line.letters for line in found["Dosing"]] == [letters]
    assert [line.mark for line in found["Dosing"]] == ["differs" if letters[0] != letters[1] else ""]


@pytest.mark.slow
def test_a_row_drops_no_value(pages: dict[str, WebPage]) -> None:
    """State of an authorisation, people at risk, consequences: all that a file states of a fact is told in its row."""
    loaded = loading.load(resources.locate(ROOT))
    readings = Readings(loaded, Settings("A graph", "Somebody", "1"), Report((), {}, {}))
    aside = {"about", "evidence", "statedAs", "supersededBy", "frequency", "qualifier", "status"}  # in other words

    for fact in readings.facts:
        row = rows.row(readings, fact)
        people = [one.label for one in row.population]
        told = " ".join([row.fact.label, *row.strength, *people, row.jurisdiction])
        for predicate, value in readings.said.stated(fact):
            key = predicate.rpartition("/")[2]
            if key in aside or key.endswith(("#type", "Unit")) or value.value in rows.named(readings, fact):
                continue  # written out, or the title of the line
            shown = value.value if hasattr(value, "datatype") else readings.said.label(value.value)
            assert shown in told, (fact, key, shown, told)
    assert "authorisation state: Voluntarily Revoked" in " ".join(pages["id/carimune-us.html"].text)


@pytest.mark.slow
def test_the_same_facts_give_the_same_site(run: Run, small: Path, tmp_path: Path) -> None:
    """Twice the same bytes, an older site is replaced, and a file of somebody else keeps the folder."""
    first = run("-C", small, "site", "-o", tmp_path / "one")
    once = {p: p.read_bytes() for p in (tmp_path / "one").rglob("*") if p.is_file()}
    again = run("-C", small, "site", "-o", tmp_path / "one")
    (tmp_path / "one/notes.txt").write_text("mine")

    foreign = run("-C", small, "site", "-o", tmp_path / "one")

    assert (first.exit_code, again.exit_code, foreign.exit_code) == (0, 0, 6)
    assert {p: p.read_bytes() for p in once} == once
    assert "one: it holds notes.txt, which no earlier run wrote; name another folder" in foreign.stderr


def test_labels_run_nothing(run: Run, small: Path, tmp_path: Path) -> None:
    """Markup, script ends, quotes and marks of direction in a label are text on every page and in every script."""
    path = small / "facts/base.yaml"
    text = path.read_text(encoding="utf-8").replace("label: factor\n", f"label: {json.dumps(HOSTILE)}\n", 1)
    path.write_text(text, encoding="utf-8")

    done = run("-C", small, "site", "-o", tmp_path / "out")

    assert done.exit_code == 0, done.output
    page = WebPage((tmp_path / "out/id/factor.html").read_text(encoding="utf-8"))
    assert page.headings == [HOSTILE]
    (label,) = json.loads(page.scripts["application/ld+json"])["http://www.w3.org/2004/02/skos/core#prefLabel"]
    assert label["@value"] == HOSTILE
    for file in (tmp_path / "out").rglob("*"):
        if file.suffix in {".html", ".js"} and "vendor" not in file.parts:
            assert "<img" not in file.read_text(encoding="utf-8"), file


@pytest.mark.slow
def test_the_scripts_of_others_are_the_ones_written_down(site: Path) -> None:
    """Each has its SHA-256, and each package in it its version and its licence."""
    listed = json.loads((site / "vendor/vendor.json").read_text(encoding="utf-8"))

    assert {f"vendor/{file['file']}" for file in listed} == {f"vendor/{p.name}" for p in (site / "vendor").glob("*.js")}
    for file in listed:
        assert hashlib.sha256((site / "vendor" / file["file"]).read_bytes()).hexdigest() == file["sha256"]
        assert all(package["version"] and package["licence"] for package in file["packages"])


def test_addresses_are_said_where_they_are_known(run: Run, small: Path, tmp_path: Path) -> None:
    """With --base-url each page names its own address; what is no address is refused."""
    done = run("-C", small, "site", "-o", tmp_path / "out", "--base-url", "https://example.org/graph")
    wrong = run("-C", small, "site", "-o", tmp_path / "other", "--base-url", "example.org")

    text = (tmp_path / "out/id/factor.html").read_text(encoding="utf-8")
    assert (done.exit_code, wrong.exit_code) == (0, 2)
    assert '<link rel="canonical" href="https://example.org/graph/id/factor.html">' in text
    assert "https://example.org/graph/index.html" in (tmp_path / "out/sitemap.txt").read_text(encoding="utf-8")
    assert "`example.org` is no address of a site: it begins with https://, and has no ? and no #" in wrong.stderr
    assert run("-C", small, "site", "-o", tmp_path / "other", "--report-url", "javascript:x").exit_code == 2
    assert not (tmp_path / "other").exists()


def test_facts_with_errors_have_no_site(run: Run, small: Path, tmp_path: Path) -> None:
    """The findings are printed, and nothing is written."""
    with (small / "facts/base.yaml").open("a", encoding="utf-8") as file:
        file.write("- id: broken\n  type: Condition\n")

    done = run("-C", small, "site", "-o", tmp_path / "out")

    assert done.exit_code == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.source
def test_the_text_of_a_source_has_its_passages_marked(shared: Path, run: Run, part: Path, tmp_path: Path) -> None:
    """With the text at hand its page holds it, each passage linked to the facts that rest on it."""
    done = run("-C", part, "site", "-o", tmp_path / "out", "--sources", shared / "seed")

    page = WebPage((tmp_path / "out/id/hig.html").read_text(encoding="utf-8"))
    text = next(p for p in (shared / "seed").rglob("*") if p.is_file() and p.suffix == ".txt").read_text(
        encoding="utf-8"
    )
    assert done.exit_code == 0, done.output
    assert "#passage-hig-s09" in page.links
    assert " ".join(text.split())[:200] in " ".join(" ".join(page.text).split())
