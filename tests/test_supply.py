"""What a release is made of: the same bytes each time, all that comes with it, and an audit that never pretends."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import textwrap
import time
import tomllib
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "supply"))
import audit
import builds
import licences
from locks import Locked, read
from refused import Refused

Made = tuple[Path, subprocess.CompletedProcess[str]]
EPOCH = 1_700_000_000
PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)
ONE, TWO = Locked("one", "1.0"), Locked("two", "2.0")
SILENT = """\
print("Traceback (most recent call last):", file=sys.stderr)
print("lib.SomeError: Pool(host='advice.example', port=443): no answer from https://advice.example/v1", file=sys.stderr)
sys.exit(1)
"""
KNOWS_NOTHING = 'say([{"name": name, "skip_reason": "not found"} for name, _ in asked])'
KNOWS_ONE = 'say([known(n, v) if n == "one" else {"name": n, "skip_reason": "not found"} for n, v in asked])'
CLEAN = "say([known(*pair) for pair in asked])"
VULNERABLE = """\
told = {"id": "ADVICE-1", "aliases": ["OTHER-7"], "fix_versions": ["99.1"]}
say([known(*asked[0], told), *(known(*pair) for pair in asked[1:])])
sys.exit(1)
"""
HANGS = """\
subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"])
"""
FAKE = """\
#!{python}
import json, subprocess, sys
asked = [line.split("==") for line in open(sys.argv[sys.argv.index("--requirement") + 1]).read().split()]
def known(name, version, *told): return {{"name": name, "version": version, "vulns": told}}
def say(dependencies): print(json.dumps({{"dependencies": dependencies, "fixes": []}}))
{does}
"""


def fake(folder: Path, does: str) -> Path:
    """Write a program that takes the options of pip-audit, and does something else."""
    path = folder / "fake-pip-audit"
    path.write_text(FAKE.format(python=sys.executable, does=does), encoding="utf-8")
    path.chmod(0o755)
    return path


def make(checkout: Path, folder: Path, does: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Make a release of a checkout in a folder, with an auditor of ours."""
    return subprocess.run(
        [sys.executable, checkout / "supply/make.py", "--output", folder / "dist", "--auditor", fake(folder, does)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def commit(folder: Path) -> Path:
    """Commit all that is in a folder; return it."""
    git = ["git", "-C", folder, "-c", "user.name=nobody", "-c", "user.email=", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "init", "-q", "--template=", folder], check=True)
    subprocess.run([*git, "add", "--force", "."], check=True)
    dates = {"GIT_AUTHOR_DATE": f"{EPOCH} +0000", "GIT_COMMITTER_DATE": f"{EPOCH} +0000"}
    subprocess.run([*git, "commit", "-q", "-m", "All"], env={**os.environ, **dates}, check=True)
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout of what would be committed now, which nobody changes meanwhile."""
    command = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    names = sorted({name for name in listed if (ROOT / name).is_file()})
    return commit(builds.copy(ROOT, names, tmp_path_factory.mktemp("checkout"), builds.FIRST))


@pytest.fixture(scope="module")
def made(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return the folder of a release that was made while no advisory service answered, and what was said."""
    folder = tmp_path_factory.mktemp("made")
    return folder / "dist", make(checkout, folder, SILENT)


def small(folder: Path, **more: str) -> Path:
    """Write a tracked project of one module, whose data are in the sdist and, but for the shapes, in the wheel."""
    pyproject = """\
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "small"
        version = "1"
        requires-python = ">=3"
        [tool.hatch.build.targets.wheel]
        packages = ["small"]
        [tool.hatch.build.targets.wheel.force-include]
        facts = "ivig_kg/_data/facts"
        ontology = "ivig_kg/_data/ontology"
        "docs/rules" = "ivig_kg/_data/docs/rules"
        """
    texts = {
        "pyproject.toml": textwrap.dedent(pyproject) + more.pop("pyproject", ""),
        "small/__init__.py": '"""Nothing."""\n',
        **{f"{name}/a.txt": "a\n" for name in builds.DATA},
        **more,
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return commit(folder)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_two_releases_have_the_same_bytes(checkout: Path, made: Made, tmp_path: Path) -> None:
    """Whoever makes a release of the same commit, wherever and whenever, gets the same files."""
    first, _ = made
    (tmp_path / "tmp").mkdir()
    subprocess.run(["git", "clone", "-q", checkout, tmp_path / "clone"], check=True)
    settings = {"TZ": "XYZ+9", "PYTHONHASHSEED": "7", "TMPDIR": str(tmp_path / "tmp")}
    done = make(tmp_path / "clone", tmp_path, SILENT, **settings)

    assert (done.returncode, done.stderr) == (0, "")
    files = {path.name: path.read_bytes() for path in first.iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()} == files
    assert {name.rpartition(".")[2] for name in files} == {"whl", "gz", "json", "tsv", "txt", "SHA256SUMS"}


@pytest.mark.exhaustive
def test_hashes_of_a_release_are_those_of_its_files(made: Made) -> None:
    """SHA256SUMS names every other file, in the form that `sha256sum --check` reads."""
    folder, _ = made
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()

    names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
    assert lines == [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]


def test_a_build_that_writes_where_it_was_is_refused(tmp_path: Path) -> None:
    """A file with the path of the build in it differs from one build to the next, and is named."""
    hook = """\
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface

        class Hook(BuildHookInterface):
            def initialize(self, version, data):
                from pathlib import Path
                path = Path(self.root, "where.txt")
                path.write_text(self.root)
                data["force_include"][str(path)] = "small/where.txt"
        """
    settings = '[tool.hatch.build.hooks.custom]\npath = "hook.py"\n'
    root = small(tmp_path / "small", **{"hook.py": textwrap.dedent(hook), "pyproject": settings})
    (tmp_path / "work").mkdir()
    with pytest.raises(Refused) as refusal:
        builds.build(root, tmp_path / "work", epoch=EPOCH)

    lines = str(refusal.value).splitlines()
    assert lines[0] == "small-1-py3-none-any.whl: two builds of the same files differ:"
    assert lines[1:] == ["  small-1.dist-info/RECORD: bytes", "  small/where.txt: bytes"]


def test_data_that_are_not_in_the_wheel_are_named(tmp_path: Path) -> None:
    """A folder that the tool needs, and that the settings of the wheel forget, is missed; untracked files are not."""
    root = small(tmp_path / "small")
    (root / "facts/untracked.txt").write_text("nobody's\n", encoding="utf-8")
    (tmp_path / "work").mkdir()
    built = builds.build(root, tmp_path / "work", epoch=EPOCH)

    assert builds.lacking(built) == ["small-1-py3-none-any.whl: ivig_kg/_data/shapes/a.txt"]
    assert "ivig_kg/_data/facts/a.txt" in builds.members(built.wheel)
    assert "ivig_kg/_data/facts/untracked.txt" not in builds.members(built.wheel)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"data": b"b"}, ["a.txt: bytes"]),
        ({"date": (1981, 1, 1, 0, 0, 0)}, ["a.txt: date"]),
        ({"mode": 0o755}, ["a.txt: mode"]),
        ({"name": "b.txt"}, ["a.txt: is in one only", "b.txt: is in one only"]),
        ({"packing": zipfile.ZIP_DEFLATED}, ["members are equal; their order or the packing differs"]),
    ],
)
def test_what_differs_in_two_wheels_is_named(tmp_path: Path, change: dict[str, object], said: list[str]) -> None:
    """One changed byte, date, mode or name is found, and so is another packing of the same."""
    for name, changes in (("one.whl", {}), ("other.whl", change)):
        member = {"name": "a.txt", "data": b"a", "date": (1980, 1, 1, 0, 0, 0), "mode": 0o644, "packing": 0, **changes}
        info = zipfile.ZipInfo(member["name"], member["date"])
        info.external_attr, info.compress_type = member["mode"] << 16, member["packing"]
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(info, member["data"])

    assert builds.differences(tmp_path / "one.whl", tmp_path / "other.whl") == said


@pytest.mark.exhaustive
def test_the_bill_of_materials_has_every_package(made: Made) -> None:
    """Each package of the lock is in it with version, hashes and licence; it is valid, dated, and names no address."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  (as the next)
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  (takes seconds)

    folder, _ = made
    (path,) = folder.glob("*.cdx.json")
    text = path.read_text(encoding="utf-8")
    bill = json.loads(text)
    lock = (ROOT / "locks/run.txt").read_text(encoding="utf-8")

    assert bill["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert [(one["name"], one["version"]) for one in bill["components"]] == PIN.findall(lock)
    assert all(one["licenses"] for one in [*bill["components"], bill["metadata"]["component"]])
    held = {h["content"] for one in bill["components"] for of in one["externalReferences"] for h in of["hashes"]}
    assert held == set(re.findall(r"sha256:(\w+)", lock))
    assert re.findall(r"\S*://\S*", text.replace(bill["$schema"], "")) == []


@pytest.mark.exhaustive
def test_the_bill_of_materials_says_who_asks_for_what(made: Made) -> None:
    """The project asks for what it declares, and every package that is wanted everywhere is asked for."""
    (path,) = made[0].glob("*.cdx.json")
    bill = json.loads(path.read_text(encoding="utf-8"))
    asks = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    names = {ref.partition("/")[2].partition("@")[0] for ref in asks[bill["metadata"]["component"]["bom-ref"]]}
    assert names == {re.split(r"[<>=]", text)[0].lower() for text in project["dependencies"]}
    everywhere = {one["bom-ref"] for one in bill["components"] if "properties" not in one}
    assert everywhere <= {ref for several in asks.values() for ref in several}


@pytest.mark.exhaustive
def test_the_table_has_every_licence(made: Made) -> None:
    """A line a package, those of the extras too, each with its licence and with what it comes."""
    lines = (made[0] / "licences.tsv").read_text(encoding="utf-8").splitlines()
    head, *rows = [line.split("\t") for line in lines]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = PIN.findall((ROOT / "locks/run.txt").read_text(encoding="utf-8"))

    assert head == ["name", "version", "licence", "comes with", "read from"]
    assert rows == sorted(rows)
    assert all(len(row) == len(head) and all(row) for row in rows)
    assert [(name, version) for name, version, _, group, _ in rows if group == "run"] == lock
    assert {group for row in rows for group in row[3].split(", ")} == {"run", *project["optional-dependencies"]}
    assert ["jinja2", "BSD-3-Clause", "run"] in [[row[0], *row[2:4]] for row in rows]


def test_a_package_without_a_licence_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that tell none, or nothing that is clear, are named, until somebody has read theirs."""
    for name, field in (("silent", ""), ("vague", "License: BSD\n"), ("clear", "License-Expression: mit\n")):
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n{field}"
        (folder / "METADATA").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    several = [Locked("silent", "1"), Locked("vague", "1"), Locked("clear", "1")]
    with pytest.raises(Refused) as refusal:
        licences.found(several)
    with pytest.raises(Refused, match="vague 1: told `MIT` when it was reviewed"):
        licences.found(several[1:], reviewed={"vague": licences.Reviewed("MIT", "MIT", "LICENSE")})
    known = licences.found(several[1:], reviewed={"vague": licences.Reviewed("BSD", "BSD-2-Clause", "LICENSE")})

    assert str(refusal.value).splitlines()[1:] == [
        "  silent 1: tells no licence, and nobody reviewed it",
        "  vague 1: tells only ['BSD'], and nobody reviewed it",
    ]
    assert [known[one].expression for one in several[1:]] == ["BSD-2-Clause", "MIT"]


def test_a_package_for_elsewhere_is_listed(tmp_path: Path) -> None:
    """What this platform does without is not dropped: its licence is one that somebody read, or it is refused."""
    (tmp_path / "lock.txt").write_text(
        "elsewhere==1.0 ; sys_platform == 'nowhere' \\\n    --hash=sha256:00\n", encoding="utf-8"
    )
    lock = read(tmp_path / "lock.txt")
    known = licences.found(lock, not_everywhere={"elsewhere": "MIT"})
    with pytest.raises(Refused, match=r"elsewhere 1\.0: not installed here"):
        licences.found(lock)

    assert [(one.expression, one.where) for one in known.values()] == [
        ("MIT", 'reviewed: not installed here (sys_platform == "nowhere")')
    ]


@pytest.mark.exhaustive
def test_no_answer_is_no_audit_and_no_failure(made: Made) -> None:
    """Where no advisory service answers, a release is made, and says NOT AUDITED on a line of its own and in a file."""
    folder, done = made
    count = len((folder / "licences.tsv").read_text(encoding="utf-8").splitlines()) - 1
    lines = [line for line in done.stdout.splitlines() if "AUDITED" in line]

    assert (done.returncode, done.stderr) == (0, "")
    assert [line[: line.index("packages")] for line in lines] == [f"NOT AUDITED: {count} of {count} "]
    assert (folder / "audit.txt").read_text(encoding="utf-8") == lines[0] + "\n"
    assert "SomeError: Pool(host=…, port=443): no answer from …" in lines[0]
    assert "advice.example" not in done.stdout


def test_a_known_vulnerability_stops_a_release(tmp_path: Path) -> None:
    """Package, version and advisory are named, and the older release stays as it was."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/old.whl").write_bytes(b"old")
    (tmp_path / "dist/SHA256SUMS").write_text("00  old.whl\n", encoding="utf-8")
    done = make(ROOT, tmp_path, VULNERABLE)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "no release: known vulnerabilities:"
    pattern = r"  VULNERABLE: [\w-]+ [\d.]+: ADVICE-1, OTHER-7; repaired in 99\.1"
    assert re.fullmatch(pattern, done.stderr.splitlines()[1])
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == ["SHA256SUMS", "old.whl"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """What no release wrote is not deleted: it is named, and nothing is made."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/thesis.odt").write_bytes(b"dear")
    done = make(ROOT, tmp_path, CLEAN)

    assert (done.returncode, done.stdout) == (1, "")
    assert "holds what no release of ours wrote: thesis.odt" in done.stderr
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["thesis.odt"]


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (SILENT, r"NOT AUDITED: 2 of 2 packages: .*SomeError.*; OSV: SomeError.*"),
        (KNOWS_NOTHING, r"NOT AUDITED: 2 of 2 packages: .* said nothing of 2 of 2 packages; OSV: .*"),
        (KNOWS_ONE, r"NOT AUDITED: 1 of 2 packages \(two 2.0\): .*\nno known vulnerability on [\d-]+: 1 package"),
        (CLEAN, r"no known vulnerability on [\d-]+: 2 packages"),
        (VULNERABLE, r"VULNERABLE: one 1.0: ADVICE-1, OTHER-7; repaired in 99.1\nno known vulnerability .*: 1 package"),
        ("print('none')", r"NOT AUDITED: 2 of 2 packages: .*it said nothing.*"),
    ],
)
def test_silence_of_a_service_is_no_clean_bill(tmp_path: Path, does: str, said: str) -> None:
    """Only a package that a service answered for is clean, whatever the exit status of pip-audit."""
    found = audit.audit([ONE, TWO], auditor=fake(tmp_path, does))

    assert re.fullmatch(said + r"\n", str(found))
    assert bool(found.vulnerable) == (does == VULNERABLE)


def test_a_service_that_hangs_is_left(tmp_path: Path) -> None:
    """The audit ends in its time, with what the auditor started, and says that nothing was audited."""
    begun = time.monotonic()
    found = audit.audit([ONE], auditor=fake(tmp_path, HANGS), seconds=1)

    assert time.monotonic() - begun < 5
    assert str(found).startswith("NOT AUDITED: 1 of 1 package: ")
    assert "no answer within" in str(found)


def test_without_an_auditor_nothing_is_audited(tmp_path: Path) -> None:
    """Where pip-audit is not installed, that is said."""
    found = audit.audit([ONE], auditor=tmp_path / "nothing")

    assert str(found) == "NOT AUDITED: 1 of 1 package: pip-audit is not installed\n"
