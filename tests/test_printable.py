"""What is said can be read: no word of a user, name of a file or value of a store reaches a terminal as a command."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Run
from ivig_kg.findings import in_json, printable, sentence

HOSTILE = (
    "\x1b[2J\x1b]8;;http://127.0.0.1:9/\x07a\rb\u202ec\x9b31m\x7f\x08\nivig-kg: nothing wrong",
    "\x1b" * 100_000,
)
PLACES = {
    "query-name": lambda text: ["query", text],
    "query-text": lambda text: ["query", "-e", f"SELECT {text}"],
    "parameter": lambda text: ["query", "facts", "--param", f"{text}=x"],
    "no-parameter": lambda text: ["query", "facts", "--param", text],
    "show": lambda text: ["show", text],
    "triple": lambda text: ["show", f"a b {text}"],
    "find": lambda text: ["find", text],
    "explain": lambda text: ["explain", text],
    "check": lambda text: ["check", text[:200]],
    "diff": lambda text: ["diff", text[:200]],
    "release": lambda text: ["release", text],
    "new": lambda text: ["new", text],
    "new-key": lambda text: ["new", "Condition", "--set", f"{text}=x"],
    "no-key": lambda text: ["new", "Condition", "--set", text],
    "shard": lambda text: ["build", "--shard", text, "-o", "shards"],
    "dask": lambda text: ["build", "--dask", text],
    "site": lambda text: ["site", "--base-url", text],
    "store": lambda text: ["load", f"http://{text}"],
    "update": lambda text: ["load", "http://127.0.0.1:9", "--update-url", f"http://127.0.0.1:9/{text}"],
    "folder": lambda text: ["-C", text[:200], "check"],
    "format": lambda text: ["export", text],
    "option": lambda text: ["stats", f"--{text}"],
    "command": lambda text: [text],
}


def _is_tame(result: Result) -> None:
    """Assert that a run ended well or in a sentence, and that what it printed is text and not long."""
    printed = result.stdout + result.stderr
    assert result.exit_code in {0, 1, 2, 3, 5, 6}, printed[-500:]
    assert "a bug of ours" not in printed
    assert [c for c in printed if not c.isprintable() and c != "\n"] == []
    assert "\nivig-kg: nothing wrong" not in printed
    assert len(result.stderr) < 5_000


@pytest.mark.parametrize("place", PLACES)
def test_words_of_a_user_are_told_as_text(place: str, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands where a name is expected, the sentence on it holds nothing that a terminal acts on."""
    monkeypatch.chdir(small)

    for text in HOSTILE:
        _is_tame(run(*PLACES[place](text)))


@pytest.fixture
def misnamed(small: Path) -> Path:
    """Return a project in a folder whose name is hostile, in which something is wrong and something is right."""
    wrong = "- id: wrong\n  type: Condition\n  label: wrong\n  surfaceForm: [x]\n  colour: red\n"
    (small / "facts/a.yaml").write_text(wrong, encoding="utf-8")
    return small.rename(small.parent / "a\x1b[2J\u202e\nivig-kg: nothing wrong")


@pytest.mark.parametrize("form", ["full", "concise", "json", "github", "sarif", "junit"])
def test_names_of_files_are_told_as_text(form: str, misnamed: Path, run: Run) -> None:
    """Every format of findings names a file with a hostile name, and the formats of programs give the very name."""
    done = run("-C", misnamed, "check", "--format", form)

    _is_tame(done)
    assert done.exit_code == 1
    if form == "json":
        assert json.loads(done.stdout)["findings"][0]["path"].endswith(
            "\x1b[2J\u202e\nivig-kg: nothing wrong/facts/a.yaml"
        )
    if form == "junit":
        assert ET.fromstring(done.stdout).tag == "testsuite"  # noqa: S314  (our own)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["build", "-o", "{}"],
        ["build", "--check", "-o", "{}"],
        ["build", "--shard", "1/1", "-o", "{}"],
        ["release", "1.0.0", "-o", "{}"],
        ["site", "-o", "{}"],
        ["init", "{}"],
        ["export", "csv", "-o", "{}/x"],
        ["load", "http://127.0.0.1:9", "--exports", ".", "--receipt", "{}/x"],
        ["new", "Condition", "--set", "label=new", "--in", "{}.yaml"],
    ],
    ids=" ".join,
)
def test_names_of_folders_are_told_as_text(
    words: list[str], citable: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written is named as text, and so is what could not be written."""
    monkeypatch.chdir(citable)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    name = "a\x1b]0;title\x07\u202e\nivig-kg: nothing wrong"

    for _ in range(1 + (words[0] in {"init", "new"})):
        _is_tame(run(*(word.format(name) for word in words)))


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "SSL_CERT_FILE", "IVIG_KG_STORE_PASSWORD", "SOURCE_DATE_EPOCH"])
def test_the_environment_is_not_repeated(
    variable: str, citable: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy with a password, a password that cannot be sent, a date that is none: the value is not said."""
    monkeypatch.setenv(variable, "http://user:s3cret\x1b[2J@proxy.example:1")
    if variable == "IVIG_KG_STORE_PASSWORD":
        monkeypatch.setenv("IVIG_KG_STORE_USER", "dba")

    asking = ["load", "http://store.example:1", "--status", "--timeout", "0.2"]
    for words in (asking, ["release", "1.0.0", "-o", citable / "r"]):
        done = run("-C", citable, *words)

        _is_tame(done)
        assert "s3cret" not in done.output or variable == "SOURCE_DATE_EPOCH"


ADDRESSES = ("http://u:s3cret@127.0.0.1:9", "http://127.0.0.1:9?key=s3cret", "http://u:s3cret@[", "u:s3cret@h")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_secret_in_an_address_is_not_repeated(address: str, run: Run) -> None:
    """An address with a password or a key in it is refused without being said again."""
    generic = ["load", "http://127.0.0.1:9", "--profile", "generic", "--update-url"]
    for words in (["load", address], [*generic, address], ["query", "facts", "--endpoint", address]):
        done = run(*words)

        assert done.exit_code == 2
        assert "s3cret" not in done.output


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_at_all_is_shown_as_text(text: str) -> None:
    """Sentences, lines and JSON of any text are printable, and the JSON has the very text."""
    assert printable(text).isprintable()
    assert sentence(text).replace("\n  ", "").isprintable()
    assert in_json(text).replace("\n", "").isprintable()
    assert json.loads(in_json(text)) == text
    assert re.search(r"\n(?!  )", sentence(text)) is None
