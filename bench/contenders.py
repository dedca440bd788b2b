"""Contenders: what is measured, by which commands, and up to how many labels."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import venv

import generate
from runs import ROOT

BENCH = ROOT / "bench"
PEERS = BENCH / "peers"
LOCKED = ("linkml", "morph_kgc", "pyshacl")
PYTHON = sys.executable
TOOL = (PYTHON, "-m", "ivig_kg")
IN_PROJECT = (*TOOL, "-C", "{work}")

BUILD, CHECK = "`ivig-kg build`", "`ivig-kg check`"
TWO, AGAIN = "`ivig-kg build --jobs 2`", "`ivig-kg check` after one edit"
ENGINE_SHACL, ENGINE_PYSHACL = "`ivig-kg check --engine shacl`", "`ivig-kg check --engine pyshacl`"
RDFLIB, MORPH = "script with rdflib (maps)", "morph-kgc (maps)"
LINKML, LINKML_JSON = "LinkML (validates, maps)", "LinkML from JSON, classes prepared"
SHACL, PYSHACL = "package `shacl` (validates)", "command `pyshacl` (validates)"
TABLES, DATA, CLASSES = "tables and mapping for morph-kgc", "schema and data for LinkML", "Python classes for LinkML"
HELP, CLICK = "`ivig-kg --help`", "`python -c 'import click'`"
SHIPPED = "`ivig-kg check` of the shipped facts after one edit"


@dataclasses.dataclass(frozen=True)
class Made:
    """A file of triples that a contender makes; `{work}` stands for the folder of the project."""

    path: str
    languages: bool = True


@dataclasses.dataclass(frozen=True)
class Contender:
    """What is measured.

    Attributes:
        name: How it is called on the page.
        commands: The words of each command; `{work}` stands for the folder of the project.
        most: The largest number of labels that it is given.
        needs: What has to be prepared for it.
        before: Commands that run before it each time, and are not measured.
        made: The triples it makes, which must be those of this tool.
        variables: What to set in the environment.
        statuses: The exit statuses that are no failure.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    most: int
    needs: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    made: Made | None = None
    variables: tuple[tuple[str, str], ...] = ()
    statuses: tuple[int, ...] = (0,)


def ours() -> list[Contender]:
    """Return this tool; nothing but the check after an edit uses what was found before."""
    check, build = (*IN_PROJECT, "check", "--no-cache"), (*IN_PROJECT, "build", "--no-cache", "-o", "{work}/exports")
    return [
        Contender(BUILD, (build,), 10_000),
        Contender(TWO, ((*build, "--jobs", "2"),), 10_000),
        Contender(CHECK, (check,), 10_000),
        _after_edit(AGAIN, "{work}/facts", "{work}/edited", "labels/benchmark-000000.yaml"),
        Contender(ENGINE_SHACL, ((*check, "--engine", "shacl"),), 100),
        Contender(ENGINE_PYSHACL, ((*check, "--engine", "pyshacl"),), 10),
    ]


def peers() -> list[Contender]:
    """Return the others."""
    in_linkml, linkml = _bin("linkml"), "{work}/linkml"
    of_class = ("-s", f"{linkml}/schema.yaml", "-C", "Container")
    validate = (f"{in_linkml}/linkml-validate", *of_class)
    convert = (f"{in_linkml}/linkml-convert", "--no-validate", *of_class, "-t", "ttl", "-o")
    from_yaml, from_json = f"{linkml}/from-yaml.ttl", f"{linkml}/from-json.ttl"
    classes = ("-m", f"{linkml}/classes/schema.py")
    script = (f"{_bin('pyshacl')}/python", str(PEERS / "rdflib_script.py"))
    graph, shapes = "{work}/exports/ivig-kg", "{work}/shapes.ttl"
    return [
        Contender(
            RDFLIB,
            ((*script, "{work}/facts", str(ROOT / "ontology/context.jsonld"), "{work}/script.nt"),),
            1000,
            made=Made("{work}/script.nt"),
        ),
        Contender(
            MORPH,
            ((f"{_bin('morph_kgc')}/python", "-m", "morph_kgc", "{work}/morph_kgc/config.ini"),),
            10_000,
            needs=(TABLES,),
            made=Made("{work}/morph_kgc/output.nt"),
        ),
        Contender(
            LINKML,
            ((*validate, f"{linkml}/data.yaml"), (*convert, from_yaml, f"{linkml}/data.yaml")),
            100,
            needs=(DATA,),
            made=Made(from_yaml, languages=False),
        ),
        Contender(
            LINKML_JSON,
            ((*validate, f"{linkml}/data.json"), (*convert, from_json, *classes, f"{linkml}/data.json")),
            1000,
            needs=(DATA, CLASSES),
            made=Made(from_json, languages=False),
        ),
        Contender(SHACL, ((PYTHON, str(PEERS / "shacl_alone.py"), f"{graph}.nt", shapes),), 100),
        Contender(PYSHACL, ((f"{_bin('pyshacl')}/pyshacl", "-s", shapes, f"{graph}.ttl"),), 2, statuses=(0, 1)),
    ]


def without_labels() -> list[Contender]:
    """Return what is measured once, with no generated labels."""
    return [
        Contender(HELP, ((*TOOL, "--help"),), 0),
        Contender(CLICK, ((PYTHON, "-c", "import click"),), 0),
        _after_edit(SHIPPED, str(ROOT / "facts"), "{work}/shipped", f"labels/{generate.LABEL}.yaml"),
    ]


def preparations() -> dict[str, tuple[str, ...]]:
    """Return the commands that make what peers need; they are measured, and not counted as the peers' own."""
    generator = (f"{_bin('linkml')}/gen-project", "-I", "python", "-d", "{work}/linkml/classes")
    return {
        TABLES: (PYTHON, str(PEERS / "morph_kgc_tables.py"), "{work}", "{work}/morph_kgc"),
        DATA: (PYTHON, str(PEERS / "linkml_schema.py"), "{work}", "{work}/linkml"),
        CLASSES: (*generator, "{work}/linkml/schema.yaml"),
    }


def install() -> None:
    """Make the environment of each peer from its lock, unless it is there."""
    for name in LOCKED:
        folder, lock = BENCH / f".venv-{name}", (PEERS / f"{name}.txt").read_text(encoding="utf-8")
        installed = folder / "lock.txt"
        if not installed.is_file() or installed.read_text(encoding="utf-8") != lock:
            venv.create(folder, with_pip=True, clear=True)
            pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")
            subprocess.run([str(folder / "bin/python"), *pip, str(PEERS / f"{name}.txt")], check=True)  # noqa: S603  (words of ours)
            installed.write_text(lock, encoding="utf-8")


def versions() -> dict[str, str]:
    """Return the versions of the peers that were asked for by name."""
    texts = ((PEERS / f"{name}.in").read_text(encoding="utf-8") for name in LOCKED)
    return dict(pin for text in texts for pin in re.findall(r"^(\S+)==(\S+)$", text, re.MULTILINE))


def _bin(name: str) -> str:
    return str(BENCH / f".venv-{name}/bin")


def _after_edit(name: str, facts: str, project: str, file: str) -> Contender:
    """Return a check that finds nothing changed but one file since the one before it."""
    edit = (PYTHON, str(BENCH / "edit.py"), facts, f"{project}/facts", file)
    check = (*TOOL, "-C", project, "check")
    variables = (("IVIG_KG_CACHE", f"{project}/cache"),)
    return Contender(name, (check,), 10_000, before=(edit, check, edit), variables=variables)
