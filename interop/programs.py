"""Programs: what the exports are tried with, whether it is installed, and in which version."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
JARS = Path("/usr/share/java")
WAIT = 600  # seconds for all jobs of one engine
_JENA = ("arq", "base", "core", "dboe-base", "dboe-index", "dboe-storage", "dboe-trans-data", "dboe-transaction", "iri")
_BESIDE = ("commons-codec", "commons-compress", "commons-csv", "commons-io", "commons-lang3", "commons-logging", "gson")
_ALSO = ("dexx.collection", "jackson-annotations", "jackson-core", "jackson-databind", "jsonld-java", "caffeine")
_LAST = ("httpclient", "httpcore", "httpclient-cache", "libthrift", "thrift", "protobuf", "slf4j-api", "slf4j-simple")
_MORE = ("guava", "failureaccess", "jakarta.json", "jakarta.json-api", "titanium-json-ld")
_JENA_MORE = ("cmds", "rdfconnection", "shacl", "tdb2")


class JobError(Exception):
    """A program did not do what it was asked to."""


def missing() -> list[str]:
    """Return what is not installed of all that is tried, and where it comes from."""
    needed = {
        "virtuoso-t": "virtuoso-opensource-7-bin (Debian)",
        "isql-vt": "virtuoso-opensource-7-bin (Debian)",
        "java": "openjdk-17-jdk-headless (Debian)",
        "rapper": "raptor2-utils (Debian)",
        "serdi": "serdi (Debian)",
        "node": "nodejs 20 or newer",
    }
    found = [f"{name}: {source}" for name, source in needed.items() if shutil.which(name) is None]
    if shutil.which("oxigraph", path=str(Path(sys.executable).parent)) is None:
        found.append("oxigraph: the Python package of this name")
    if not (JARS / "jena-arq.jar").exists():
        found.append("jena: libapache-jena-java (Debian)")
    if not (HERE / "js/node_modules/n3").exists():
        found.append("npm ci --ignore-scripts --no-audit --no-fund --prefix interop/js")
    return found


def versions() -> dict[str, str]:
    """Return the version of each program that is tried, by its name in the page."""
    python = {name: importlib.metadata.version(name) for name in ("rdflib", "pyoxigraph", "oxigraph", "pyshacl")}
    packages = {
        name: json.loads((HERE / f"js/node_modules/{name}/package.json").read_text(encoding="utf-8"))["version"]
        for name in ("@comunica/query-sparql-file", "n3", "jsonld", "shacl-engine")
    }
    return {
        "rdflib": python["rdflib"],
        "pyoxigraph": python["pyoxigraph"],
        "Oxigraph server": python["oxigraph"],
        "Virtuoso": _said(["virtuoso-t", "-?"], r"Version ([0-9.]+)"),
        "Jena": _named("jena-arq"),
        "Comunica": packages["@comunica/query-sparql-file"],
        "n3": packages["n3"],
        "jsonld.js": packages["jsonld"],
        "rapper": _said(["rapper", "--version"], r"([0-9][0-9.]*)"),
        "serdi": _said(["serdi", "-v"], r"([0-9][0-9.]*)"),
        "pySHACL": python["pyshacl"],
        "shacl-engine": packages["shacl-engine"],
        "Java": _said(["java", "-version"], r'"([^"]+)"'),
        "Node": _said(["node", "--version"], r"v([0-9.]+)"),
        "Python": sys.version.split()[0],
    }


def _said(words: Sequence[str], pattern: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=WAIT)  # noqa: S603  (ours)
    match = re.search(pattern, done.stdout + done.stderr)
    return match[1] if match else "unknown"


def _named(jar: str) -> str:
    """Return the version in the name of one of Debian's jars, which stands beside the name without."""
    found = sorted(path.stem.removeprefix(f"{jar}-") for path in JARS.glob(f"{jar}-[0-9]*.jar"))
    return found[-1] if found else "unknown"


def class_path(folder: Path) -> str:
    """Return the class path of Debian's Jena.

    Debian moved the classes of its own Xerces and left their messages behind, so that no class loads: they are
    put where they are looked for, in a folder before all jars.

    Args:
        folder: A folder for temporary files.
    """
    mended = folder / "messages"
    inside = "org/apache/jena/ext/xerces/"
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(inside) and not name.endswith("/"):
                target = mended / "xerces" / name.removeprefix(inside)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
    names = [f"jena-{name}" for name in (*_JENA, *_JENA_MORE)] + [*_BESIDE, *_ALSO, *_LAST, *_MORE]
    jars = [str(JARS / f"{name}.jar") for name in names if (JARS / f"{name}.jar").exists()]
    return os.pathsep.join([str(mended), *jars])


def java(words: Sequence[str], folder: Path) -> list[str]:
    """Return the words that run Java with Jena."""
    quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx2g"]
    return ["java", *quiet, "-cp", class_path(folder), *words]


def jena(jobs: Iterable[Sequence[str]], folder: Path) -> Iterator[tuple[str, bool, str]]:
    """Do jobs in one Java; yield the name of each, whether it was done, and what was said.

    Args:
        jobs: Name, verb and words of each; see Jena.java.
        folder: A folder for temporary files.
    """
    yield from _done(jobs, java([str(HERE / "Jena.java")], folder), folder)


def node(jobs: Iterable[Sequence[str]], folder: Path) -> Iterator[tuple[str, bool, str]]:
    """Do jobs in one Node; see `jena` and js/run.mjs."""
    yield from _done(jobs, ["node", "--max-old-space-size=4096", str(HERE / "js/run.mjs")], folder)


def _done(jobs: Iterable[Sequence[str]], command: Sequence[str], folder: Path) -> Iterator[tuple[str, bool, str]]:
    asked = [list(job) for job in jobs]
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".jobs", encoding="utf-8", delete=False) as file:
        file.writelines("\t".join(job) + "\n" for job in asked)
    done = subprocess.run([*command, file.name], capture_output=True, text=True, check=False, timeout=WAIT)  # noqa: S603
    said = [line.split("\t", 2) for line in done.stdout.splitlines() if line.count("\t") >= 1]
    if done.returncode or [name for name, *_ in said] != [job[0] for job in asked]:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        message = f"{command[0]} did {len(said)} of {len(asked)} jobs: {' '.join(last)}"
        raise JobError(message)
    for name, state, *words in said:
        yield name, state == "ok", " ".join(words)
