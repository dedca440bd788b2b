"""The description of a release: VoID, DCAT 3 and PROV, every number counted from the data, no blank node.

Source: https://www.w3.org/TR/void/ https://www.w3.org/TR/vocab-dcat-3/ https://www.w3.org/TR/prov-o/
"""

from __future__ import annotations

import collections
import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from ivig_kg import turtle
from ivig_kg.release import counts
from ivig_kg.release.citation import Citation
from ivig_kg.release.statements import Statements, curie, local
from ivig_kg.resources import GRAPHS, THINGS, VOCABULARY
from ivig_kg.schema import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Triple
from ivig_kg.terms import Table

NAME = "description.ttl"
RELEASES = "https://w3id.org/ivig-kg/release/"
WITHOUT_TEXT = "No text of this source is in the release: short terms as stated, and digests."
UNLICENSED = f"No licence is recorded. {WITHOUT_TEXT}"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
PROV = "http://www.w3.org/ns/prov#"
SPDX = "http://spdx.org/rdf/terms#"
MEDIA = "https://www.iana.org/assignments/media-types/"
PREFIXES = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "spdx": SPDX,
    "void": VOID,
    "xsd": XSD,
    "ivig": VOCABULARY,
    "kg": THINGS,
}


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file of a release: its path in it, media type, size, SHA-256, and its licence where it has one of its own."""

    path: str
    media: str
    size: int
    sha256: str
    licence: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Release:
    """What a description is made from.

    Attributes:
        citation: What the data are called, their version, authors and licence.
        date: The date of the release, as ISO 8601.
        tool: The version of the tool.
        said: What the dataset says.
        quads: The dataset.
        table: The mappings, whose remarks name the licence of each vocabulary.
        previous: The version of the release before it, or None.
    """

    citation: Citation
    date: str
    tool: str
    said: Statements
    quads: tuple[Any, ...]
    table: Table
    previous: str | None = None

    @property
    def iri(self) -> str:
        """The IRI of the release."""
        return RELEASES + self.citation.version


def serialize(release: Release, files: Iterable[File]) -> bytes:
    """Return the description as Turtle.

    Args:
        release: What is described.
        files: The files that hold it in one form or another.
    """
    triples = {
        *_of_release(release),
        *_of_graphs(release),
        *numbers(release.iri, release.quads),
        *_of_links(release),
        *_of_files(release, files),
    }
    output = io.BytesIO()
    readable = turtle.Readable(output, depth=0)
    ordered = sorted(triples, key=lambda t: (t.subject.value, t.predicate.value != f"{RDF}type", str(t)))
    ox.serialize(ordered, cast("BinaryIO", readable), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    readable.end()
    return output.getvalue()


def _of_release(release: Release) -> Iterator[Triple]:
    iri, said, citation = release.iri, release.said, release.citation
    for kind in (f"{DCAT}Dataset", f"{VOID}Dataset", f"{PROV}Entity"):
        yield _link(iri, f"{RDF}type", kind)
    yield _text(iri, f"{DCTERMS}title", citation.title, language="en")
    yield _text(iri, f"{DCTERMS}description", citation.abstract, language="en")
    yield _text(iri, f"{DCAT}version", citation.version)
    yield _text(iri, f"{DCTERMS}issued", release.date, datatype="date")
    yield _link(iri, f"{DCTERMS}license", citation.licence_address)
    for keyword in citation.keywords:
        yield _text(iri, f"{DCAT}keyword", keyword, language="en")
    for number, author in enumerate(citation.authors, 1):
        agent = f"{iri}#author-{number}"
        yield _link(iri, f"{DCTERMS}creator", agent)
        for kind in ("Agent", author.kind):
            yield _link(agent, f"{RDF}type", FOAF + kind)
        yield _text(agent, f"{FOAF}name", author.name)
    yield _text(iri, f"{VOID}uriSpace", THINGS)
    yield _link(iri, f"{VOID}vocabulary", VOCABULARY)
    if release.previous:
        yield _link(iri, f"{DCAT}previousVersion", RELEASES + release.previous)
        yield _link(iri, f"{PROV}wasRevisionOf", RELEASES + release.previous)
    build, tool = f"{iri}#build", f"{iri}#tool"
    yield _link(iri, f"{PROV}wasGeneratedBy", build)
    yield _link(build, f"{RDF}type", f"{PROV}Activity")
    yield _link(build, f"{PROV}wasAssociatedWith", tool)
    yield _link(tool, f"{RDF}type", f"{PROV}SoftwareAgent")
    yield _text(tool, f"{RDFS}label", f"ivig-kg {release.tool}")
    for source in said.graphs.get("sources", []):
        if said.kind(source) == "Source":
            yield from _of_source(release, source)


def _of_source(release: Release, source: str) -> Iterator[Triple]:
    yield _link(release.iri, f"{PROV}wasDerivedFrom", source)
    yield _link(f"{release.iri}#build", f"{PROV}used", source)
    for kind in (f"{PROV}Entity", f"{DCTERMS}BibliographicResource"):
        yield _link(source, f"{RDF}type", kind)
    yield _text(source, f"{DCTERMS}title", release.said.text(source, f"{DCTERMS}title") or local(source))
    licences = release.said.iris(source, f"{DCTERMS}license")
    for licence in licences:
        yield _link(source, f"{DCTERMS}license", licence)
    yield _text(source, f"{DCTERMS}rights", WITHOUT_TEXT if licences else UNLICENSED, language="en")


def _of_graphs(release: Release) -> Iterator[Triple]:
    """Yield what is said of each named graph beside its numbers."""
    for name in sorted({quad.graph_name.value.removeprefix(GRAPHS) for quad in release.quads}):
        subset = f"{release.iri}#{name}"
        yield _link(release.iri, f"{VOID}subset", subset)
        yield _link(subset, f"{RDF}type", f"{VOID}Dataset")
        yield _text(subset, f"{DCTERMS}title", f"The named graph of {name}", language="en")
        yield _text(subset, f"{DCTERMS}identifier", GRAPHS + name)
    yield _link(f"{release.iri}#derived", f"{PROV}wasDerivedFrom", f"{release.iri}#facts")


def numbers(iri: str, quads: Iterable[Any]) -> Iterator[Triple]:
    """Yield the numbers of a dataset and of each of its named graphs, with the partitions by class and property.

    Args:
        iri: The IRI of the release.
        quads: The dataset.
    """
    graphs = collections.defaultdict(list)
    for quad in quads:
        graphs[quad.graph_name.value.removeprefix(GRAPHS)].append(quad.triple)
    yield from _counted(iri, (triple for triples in graphs.values() for triple in triples))
    for name, triples in sorted(graphs.items()):
        subset = f"{iri}#{name}"
        yield from _counted(subset, triples)
        found = counts.count(triples)
        for kind, number in found.by_class.items():
            part = f"{subset}-class-{_name(kind)}"
            yield _link(subset, f"{VOID}classPartition", part)
            yield _link(part, f"{VOID}class", kind)
            yield _number(part, "entities", number)
        for predicate, number in found.by_property.items():
            part = f"{subset}-property-{_name(predicate)}"
            yield _link(subset, f"{VOID}propertyPartition", part)
            yield _link(part, f"{VOID}property", predicate)
            yield _number(part, "triples", number)


def _counted(dataset: str, triples: Iterable[Any]) -> Iterator[Triple]:
    found = counts.count(triples)
    yield _number(dataset, "triples", found.triples)
    yield _number(dataset, "distinctSubjects", found.subjects)
    yield _number(dataset, "distinctObjects", found.objects)
    yield _number(dataset, "classes", len(found.by_class))
    yield _number(dataset, "properties", len(found.by_property))


def _of_links(release: Release) -> Iterator[Triple]:
    """Yield a linkset for each vocabulary and kind of mapping, with what the mappings say of its licence."""
    groups = collections.defaultdict(set)
    for row in release.table.rows:
        groups[row.prefix, row.cells["predicate_id"]].add(row.cells.get("other", ""))
    number = collections.Counter((row.prefix, row.cells["predicate_id"]) for row in release.table.rows)
    for (prefix, predicate), remarks in sorted(groups.items()):
        links = f"{release.iri}#links-{_word(prefix)}-{local(predicate.partition(':')[2])}"
        target = f"{release.iri}#vocabulary-{_word(prefix)}"
        yield _link(release.iri, f"{VOID}subset", links)
        for kind in ("Dataset", "Linkset"):
            yield _link(links, f"{RDF}type", f"{VOID}{kind}")
        yield _text(links, f"{DCTERMS}title", f"The links to {prefix} by {predicate}", language="en")
        yield _link(links, f"{VOID}linkPredicate", SKOS + predicate.partition(":")[2])
        yield _link(links, f"{VOID}subjectsTarget", f"{release.iri}#concepts")
        yield _link(links, f"{VOID}objectsTarget", target)
        yield _number(links, "triples", number[prefix, predicate])
        yield _link(target, f"{RDF}type", f"{VOID}Dataset")
        yield _text(target, f"{DCTERMS}title", prefix)
        yield _text(target, f"{VOID}uriSpace", release.table.prefixes[prefix])
        for remark in remarks - {""}:
            yield _text(target, f"{DCTERMS}rights", remark)


def _of_files(release: Release, files: Iterable[File]) -> Iterator[Triple]:
    for file in files:
        node, checksum = f"{release.iri}#{file.path}", f"{release.iri}#{file.path}-sha256"
        yield _link(release.iri, f"{DCAT}distribution", node)
        yield _link(node, f"{RDF}type", f"{DCAT}Distribution")
        yield _text(node, f"{DCTERMS}title", file.path)
        yield _link(node, f"{DCAT}downloadURL", f"{release.iri}/{file.path}")
        yield _link(node, f"{DCAT}mediaType", MEDIA + file.media)
        if file.path.endswith(".gz"):
            yield _link(node, f"{DCAT}compressFormat", f"{MEDIA}application/gzip")
        yield _text(node, f"{DCAT}byteSize", str(file.size), datatype="nonNegativeInteger")
        yield _link(node, f"{DCTERMS}license", file.licence or release.citation.licence_address)
        yield _link(node, f"{SPDX}checksum", checksum)
        yield _link(checksum, f"{RDF}type", f"{SPDX}Checksum")
        yield _link(checksum, f"{SPDX}algorithm", f"{SPDX}checksumAlgorithm_sha256")
        yield _text(checksum, f"{SPDX}checksumValue", file.sha256, datatype="hexBinary")


def _name(iri: str) -> str:
    """Return the name of a class or property within an IRI."""
    return _word(curie(iri, _known()).replace(":", "-", 1))


def _known() -> Mapping[str, str]:
    return PREFIXES | {
        "biolink": "https://w3id.org/biolink/vocab/",
        "oa": "http://www.w3.org/ns/oa#",
        "qudt": "http://qudt.org/schema/qudt/",
        "schema": "https://schema.org/",
    }


def _word(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in text)


def _link(subject: str, predicate: str, target: str) -> Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(target))


def _text(
    subject: str, predicate: str, text: str, *, language: str | None = None, datatype: str | None = None
) -> Triple:
    kind = ox.NamedNode(XSD + datatype) if datatype else None
    literal = ox.Literal(text, language=language) if language else ox.Literal(text, datatype=kind)
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), literal)


def _number(subject: str, what: str, number: int) -> Triple:
    return _text(subject, VOID + what, str(number), datatype="integer")
