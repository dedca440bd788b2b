"""Limits: at each of them everything is as ever, and one past it there is a sentence with its status.

Others have their tests where what they bound is tested: the size and the depth of a facts file in test_facts.py, the
length of a line and the growth of a bundle in test_paths.py, the time of a question and of an answer of a store in
test_verify.py and test_load.py.
"""

from __future__ import annotations

import dataclasses
import gzip
import types
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import released
from conftest import ROOT, Run
from double import Double, Fault
from ivig_kg import evidence, precautions, reading, resources, spelling, textfile
from ivig_kg.errors import LimitError, StoreError
from ivig_kg.release import copies
from ivig_kg.stores import authentication, client, credentials, sessions, store
from ivig_kg.stores.profiles import profile

NOBODY = credentials.Credentials()


def test_a_file_has_as_many_bytes_as_are_allowed(tmp_path: Path) -> None:
    """One more is a limit that is reached, and the sentence says which file and how much."""
    path = tmp_path / "file"
    path.write_bytes(bytes(reading.TEXT))
    assert len(reading.content(path, most=reading.TEXT)) == reading.TEXT

    path.write_bytes(bytes(reading.TEXT + 1))
    with pytest.raises(LimitError, match="file: the file is larger than 1 MiB"):
        reading.content(path, most=reading.TEXT)


QUESTION = b"ASK {}"


def test_a_file_with_a_query_has_a_mebibyte(tmp_path: Path, run: Run) -> None:
    """A query of as many characters as a question may have is asked, and a file that is larger is not read."""
    path = tmp_path / "q.rq"
    path.write_bytes(QUESTION + b" " * (precautions.LONGEST - len(QUESTION)))
    fits = run("-C", ROOT / "tests/cases/base", "query", "-f", path)
    path.write_bytes(QUESTION + b" " * (reading.TEXT - len(QUESTION) + 1))
    larger = run("-C", ROOT / "tests/cases/base", "query", "-f", path)

    assert (fits.exit_code, fits.stdout) == (0, "yes\n")
    assert (larger.exit_code, larger.stdout) == (7, "")
    assert "q.rq: the file is larger than 1 MiB" in larger.stderr


def test_a_citation_has_a_mebibyte(citable: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So has what a release is cited by."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = citable / "CITATION.cff"
    said = path.read_bytes()
    path.write_bytes(said + b"#" * (reading.TEXT - len(said)))
    fits = run("-C", citable, "site", "-o", tmp_path / "fits")
    path.write_bytes(said + b"#" * (reading.TEXT - len(said) + 1))
    larger = run("-C", citable, "site", "-o", tmp_path / "larger")

    assert fits.exit_code == 0, fits.output
    assert larger.exit_code == 7
    assert "CITATION.cff: the file is larger than 1 MiB" in larger.stderr
    assert not (tmp_path / "larger").exists()


def test_a_version_is_a_word_of_bounded_length(small: Path) -> None:
    """A version ends with its file; what is cut is not taken for one."""
    path = small / "facts/VERSION"
    path.write_text("1" * 1000 + "\n", encoding="utf-8")
    with pytest.raises(LimitError, match="VERSION"):
        assert resources.locate(small).version

    path.write_text("1" * 999 + "\n", encoding="utf-8")
    assert resources.locate(small).version == "1" * 999


def test_a_packed_file_becomes_so_large_and_no_larger() -> None:
    """A file of a release is unpacked as far as the limit goes, with nothing of the rest held."""
    data = b"<urn:a> <urn:b> <urn:c> .\n"
    packed = gzip.compress(data)

    assert copies.unpacked("a.nt.gz", packed, most=len(data)) == data
    with pytest.raises(copies.UnreadableError, match="more than 25 bytes"):
        copies.unpacked("a.nt.gz", packed, most=len(data) - 1)


@pytest.mark.slow
def test_what_is_received_has_a_size(run: Run, tmp_path: Path) -> None:
    """A file of what is verified is read up to the limit; a hole of many gigabytes is not."""
    path = tmp_path / "ivig-kg.nt"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    (tmp_path / "manifest.json").write_text("{}")

    for words in (["verify", path], ["verify", tmp_path]):
        done = run(*words)
        assert done.exit_code == 7, done.output
        assert "ivig-kg.nt: the file is larger than 256 MiB" in done.stderr

    for size, code in ((reading.LARGEST, 1), (reading.LARGEST + 1, 7)):
        with path.open("wb") as file:
            file.truncate(size)
        assert run("verify", path).exit_code == code


@pytest.mark.parametrize("more", [0, 1])
def test_an_answer_of_a_store_has_a_size(more: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer as long as is allowed is taken, and a longer one is a fault of the store."""
    with Double() as double:
        words = ["-C", ROOT, "query", "-e", "ASK {}", "--endpoint", double.query_url, "--profile", "generic"]
        answered: list[int] = []
        received = client.Client._received

        async def noting(*given: object) -> client.Answer:
            answer = await received(*given)
            answered.append(len(answer.data))
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(client.Client, "_received", noting)
            assert run(*words).exit_code == 0

        async def bounded(self: client.Client, answer: Any, request: client.Request) -> client.Answer:
            return await received(self, answer, dataclasses.replace(request, most=max(answered) - more))

        monkeypatch.setattr(client.Client, "_received", bounded)
        done = run(*words)

    assert done.exit_code == (5 if more else 0), done.output
    assert (f"it answered more than {max(answered) - more:,} bytes" in done.stderr) == bool(more)


LARGE = ("give back the graph", "show the graph", "answer the question")


def test_only_graphs_and_answers_may_be_large(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else a load or a question asks for has little to say."""
    asked: dict[str, int] = {}
    send = client.Client.send

    def noting(self: client.Client, request: client.Request, **more: Any) -> client.Answer:
        asked[request.doing] = request.most
        return send(self, request, **more)

    monkeypatch.setattr(client.Client, "send", noting)
    monkeypatch.chdir(tmp_path)
    with Double() as double:
        for version in ("1.0.0", "2.0.0"):
            folder = released.release(tmp_path / version, version, size=2)
            assert run("load", double.url, "--exports", folder, "--swap", "put").exit_code == 0
        assert run("load", double.url, "--prune", "0").exit_code == 0
        for text in ("ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"):
            assert run("-C", ROOT, "query", "-e", text, "--endpoint", double.url).exit_code == 0

    assert {doing for doing, most in asked.items() if most == client.MAX_ANSWER} == {
        doing for doing in asked if doing.startswith(LARGE)
    }
    assert {most for doing, most in asked.items() if not doing.startswith(LARGE)} == {client.MAX_SMALL}
    assert len(asked) > 20


class Counted:
    """A buffer that holds nothing."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, block: bytes) -> None:
        """Count."""
        self.size += len(block)

    def tell(self) -> int:
        """Return how much was written."""
        return self.size

    def getvalue(self) -> bytes:
        """Return nothing."""
        return b""


@pytest.mark.parametrize("more", [0, 1])
def test_a_graph_has_a_quarter_of_a_gibibyte(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly as many bytes are read, and with one more it is a fault of the store."""
    monkeypatch.setattr(client, "io", types.SimpleNamespace(BytesIO=Counted))

    class Body(httpx.AsyncByteStream):
        """As many bytes as are allowed, or one more."""

        async def __aiter__(self) -> AsyncIterator[bytes]:
            block = bytes(1 << 20)
            for _ in range(client.MAX_ANSWER >> 20):
                yield block
            yield bytes(more)

    async def answered(_: object, **__: object) -> httpx.Response:
        said = {"Content-Type": "text/turtle", "Transfer-Encoding": "chunked"}
        return httpx.Response(200, stream=Body(), headers=said)

    monkeypatch.setattr(authentication, "sent", answered)
    with sessions.opened(profile("oxigraph", "http://127.0.0.1:9"), credentials=NOBODY, timeout=60) as opened:
        if not more:
            assert list(opened.get("urn:g", doing="give back")) == []
            return
        with pytest.raises(StoreError, match="it answered more than 268,435,456 bytes when asked to give back"):
            opened.get("urn:g", doing="give back")


@pytest.mark.parametrize("more", [0, 1])
def test_what_a_store_says_of_its_releases_has_four_mebibytes(more: int, run: Run) -> None:
    """A catalog of as many bytes is read, and of one more it is not."""
    text = '{"head": {"vars": ["s", "p", "o"]}, "results": {"bindings": []}}'
    value = text.ljust(client.MAX_SMALL + more)
    with Double(faults=[Fault("bad-json", "query", value=value)]) as double:
        done = run("load", double.url, "--status")

    assert done.exit_code == (5 if more else 0), done.output
    assert ("it answered more than 4,194,304 bytes" in done.stderr) == bool(more)


@pytest.mark.parametrize("more", [0, 1])
def test_a_table_with_more_than_the_standard_says_has_a_size(more: int, run: Run) -> None:
    """An engine may say what it likes beside an answer of sixteen mebibytes; a larger one is read as it stands."""
    text = '{"metadata": {"x": [1]}, "head": {"vars": ["s"]}, "results": {"bindings": [], "odd": 1}, "odd": [{}]}'
    value = text.ljust(store.MAX_ODD + more)
    with Double(faults=[Fault("bad-json", "query", nth=3, value=value)]) as double:
        done = run("-C", ROOT, "query", "-e", "SELECT * { ?s ?p ?o }", "--endpoint", double.url, "--format", "csv")

    assert done.exit_code == (5 if more else 0), done.output
    assert done.stdout == ("" if more else "s\n")
    assert ("damaged" in done.stderr) == bool(more)


def test_a_file_of_credentials_is_short(run: Run, tmp_path: Path) -> None:
    """At the limit it is read, and one past it the sentence says what such a file is."""
    path = tmp_path / "credentials"
    lines = b"token = of-a-test\n"
    most = credentials._LONGEST
    for size in (most, most + 1):
        path.write_bytes(lines + b"#" * (size - len(lines)))
        path.chmod(0o600)
        done = run("-C", ROOT, "load", "http://127.0.0.1:9", "--credentials", path, "--timeout", "1", "--status")

        assert done.exit_code == (5 if size == most else 2), done.output
        assert ("this one is longer than 10,000 bytes" in done.stderr) == (size > most)
        assert "of-a-test" not in done.output


def test_an_id_has_120_characters() -> None:
    """One more is none."""
    assert spelling.is_slug("a" * spelling.MAX_SLUG)
    assert not spelling.is_slug("a" * (spelling.MAX_SLUG + 1))


def test_a_position_has_eleven_digits() -> None:
    """A number that no text is long enough for is none, before anybody computes with it."""
    assert evidence._is_count("9" * evidence.MAX_DIGITS)
    assert not evidence._is_count("9" * (evidence.MAX_DIGITS + 1))


def test_so_many_characters_are_named_and_the_rest_are_said() -> None:
    """A file full of what it may not hold has a finding a line up to a number of them, and one on the rest."""
    most = textfile.MAX_CHARACTER_FINDINGS
    found = [[f.message for f in textfile.characters("\u202e\n" * count, shown="a")] for count in (most, most + 1)]

    assert [len(messages) for messages in found] == [most, most + 1]
    assert found[0][-1] != found[1][-1] == "and more such characters follow"


@pytest.mark.parametrize("more", [0, 1])
def test_the_text_of_a_source_is_no_library(tmp_path: Path, run: Run, more: int) -> None:
    """At the limit it is read; one byte more is told at its file, and everything else is checked."""
    assert run("init", tmp_path / "new").exit_code == 0
    text = tmp_path / "new/texts/exemplin.txt"
    text.write_bytes(text.read_bytes().ljust(evidence.MAX_TEXT + more))

    result = run("-C", tmp_path / "new", "check", "--sources", tmp_path / "new/texts", "--format", "concise")

    assert ("the text of the source cannot be read" in result.stdout) is bool(more)
    assert ("the file is larger than 2 MiB" in result.stdout) is bool(more)
    assert result.exit_code == 1
