"""A secret that a store repeats is printed nowhere, however it is spelt; and what is no secret stays as it is."""

from __future__ import annotations

import base64
import html
import json
import re
import time
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest

import released
from conftest import ROOT, Run
from double import Basic, Double, Fault
from ivig_kg.errors import StoreError
from ivig_kg.stores import profiles, sessions
from ivig_kg.stores.credentials import Credentials

USER = "dba"
SECRET = "s3cret-pw.of+a-test"  # noqa: S105  (of a double)
PASSWORDS = [SECRET, "it's-secret", 's"3 c/r\\e\\\\t', "pässwörd&<\U0001f600>", "a:b%41%25"]

ESCAPED = {"entities", "Turtle, in a name"}  # escapes of text, which are not looked for where they are percent-encoded


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVIG_KG_STORE_USER", USER)
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", SECRET)


def coded(text: str) -> str:
    """Return the base64 of a text."""
    return base64.b64encode(text.encode()).decode()


def spelt(secret: str) -> dict[str, str]:
    """Return ways in which a store may repeat a secret."""
    both = coded(f"{USER}:{secret}")
    named = {"!": "excl;", ".": "period;", "+": "plus;", "'": "apos;", "&": "amp;", "\\": "bsol;", ":": "colon;"}
    quoted = json.dumps(secret)[1:-1]
    return {
        "plain": secret,
        "capitals": secret.upper(),
        "base64": coded(secret),
        "without padding": coded(secret).rstrip("="),
        "as sent": both,
        "as sent without padding": both.rstrip("="),
        "for addresses": base64.urlsafe_b64encode(f"{USER}:{secret}".encode()).decode(),
        "header, in an address": quote(both, safe=""),
        "percent": quote(secret),
        "percent, all": "".join(f"%{byte:02x}" for byte in secret.encode()),
        "percent, twice": quote(quote(secret, safe=""), safe=""),
        "plus": quote_plus(secret),
        "JSON": quoted,
        "JSON, all": "".join(f"\\u{ord(c):04X}" for c in secret if ord(c) < 0x10000) if secret.isascii() else quoted,
        "JSON, twice": json.dumps(quoted)[1:-1],
        "HTML": html.escape(secret),
        "HTML, twice": html.escape(html.escape(secret)),
        "XML": escape(secret, {"'": "&apos;", '"': "&quot;"}),
        "entities": "".join(f"&{named[c]}" if (c in named) else c for c in secret),
        "Turtle, in a literal": secret.replace("\\", "\\\\").replace("'", r"\'").replace('"', r"\""),
        "Turtle, in a name": re.sub(r"([-_~.!$&'()*+,;=/?#@%])", r"\\\1", secret),
        "percent, capitals": "".join(f"%{byte:02X}" for byte in secret.upper().encode())
        if secret.isascii()
        else secret,
    }


@pytest.mark.parametrize("secret", PASSWORDS)
def test_a_secret_is_found_however_it_is_spelt(secret: str) -> None:
    """As it is, percent-encoded, escaped, and in base64, of itself and as it was sent; as a token too."""
    password, token = Credentials(USER, secret), Credentials(token=secret)

    for how, text in spelt(secret).items():
        assert password.hidden(f"<a {text} b>") == "<a [hidden] b>", how
        if "sent" not in how and "address" not in how:
            assert token.hidden(f"<a {text} b>") == "<a [hidden] b>", how


def test_a_long_secret_is_found_whole() -> None:
    """Nothing of it is left, and what only begins as it does stays: a token may begin as many do."""
    begin = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9." * 3
    token = begin + "s3cret." * 40

    for way in (token, quote(token, safe=""), token.replace(".", "%2E"), coded(token)):
        assert Credentials(token=token).hidden(f"<a {way} b>") == "<a [hidden] b>"
    assert Credentials(token=token).hidden(begin) == begin


def test_what_is_no_secret_stays() -> None:
    """The user is none, and of a secret of fewer than four characters only what is sent is looked for."""
    text = "dba says: a graph with 100% of s3cret, cyIzIGMvclx, %73 and \\u0073"

    assert Credentials(USER, SECRET).hidden(text) == text
    assert Credentials(USER, "a").hidden(text) == text
    assert Credentials(USER, "a").hidden(f"Basic {coded('dba:a')}") == "Basic [hidden]"
    assert Credentials().hidden(text) == text


@pytest.mark.parametrize("secret", ["\\" * 40 + "a", '"' * 40 + "a", "%25" * 14 + "a", "&amp;" * 10])
@pytest.mark.parametrize("text", ["\\" * 20_000, '"' * 20_000, "%25" * 9_000, "%" + "25" * 9_000, "&amp;" * 5_000])
def test_a_text_is_looked_through_once(secret: str, text: str) -> None:
    """No answer of a store takes more time than its length is worth."""
    begun = time.process_time()
    Credentials(USER, secret).hidden(text)

    assert time.process_time() - begun < 2


def rows(*values: Any, names: tuple[str, ...] = ("s",)) -> str:
    """Return the JSON of an answer with a term in each row."""
    terms = [value if isinstance(value, dict) else {"type": "literal", "value": value} for value in values]
    bindings = [{names[0]: term} for term in terms]
    return json.dumps({"head": {"vars": list(names)}, "results": {"bindings": bindings}})


def answered(run: Run, answer: str, *, form: str, text: str = "SELECT * { ?s ?p ?o }", auth: str = "basic") -> Any:
    """Return what a question comes to that a store answers with a text."""
    faults = [Fault("bad-json", "query", nth=3, value=answer)]
    with Double(brand="fuseki", auth=Basic(USER, SECRET) if auth else None, faults=faults) as double:
        words = ["-C", ROOT, "query", "-e", text, "--endpoint", double.query_url, "--profile", "generic"]
        return run(*words, "--format", form, *(["--auth", auth] if auth else []))


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json"])
def test_no_answer_shows_a_secret(form: str, run: Run) -> None:
    """It is taken out before a cell is cut, and whoever reads is told so."""
    ways = spelt(SECRET)
    cut = [" " * (60 - n) + SECRET for n in range(1, len(SECRET))]
    terms = [
        *({"type": "uri", "value": f"urn:{quote(way, safe='%')}"} for how, way in ways.items() if how not in ESCAPED),
        {"type": "uri", "value": "s3cret-pw.of+a-test:x"},
        {"type": "literal", "value": "x", "datatype": f"urn:{SECRET}"},
        {
            "type": "triple",
            "value": {part: {"type": "uri", "value": f"urn:{SECRET}"} for part in ("subject", "predicate", "object")},
        },
    ]
    result = answered(run, rows(*ways.values(), *cut, *terms), form=form)

    assert result.exit_code == 0, result.output
    for way in (*ways.values(), SECRET[:8]):
        assert way not in result.output
    assert "hidden" in result.stdout
    assert result.stderr.count("\n") == 1
    assert "the store repeated what it was told of who asks" in result.stderr


def test_no_name_of_a_column_a_node_or_a_language_shows_a_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does anything else that a store may choose."""
    monkeypatch.setattr(f"{__name__}.SECRET", "s3cretpw")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", "s3cretpw")
    terms = [{"type": "bnode", "value": "s3cretpw"}, {"type": "literal", "value": "a", "xml:lang": "en-s3cretpw"}]
    result = answered(run, rows(*terms, names=("s3cretpw", "other")), form="json")

    assert result.exit_code == 0, result.output
    assert "s3cretpw" not in result.output
    assert json.loads(result.stdout)["head"]["vars"] == ["hidden0", "other"]


def test_names_of_columns_still_differ(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store may call another column as one is called in which something was hidden."""
    monkeypatch.setattr(f"{__name__}.SECRET", "s3cretpw")
    monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", "s3cretpw")
    result = answered(run, rows("a", names=("hidden0", "s3cretpw", "hidden1", "xs3cretpw")), form="json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["head"]["vars"] == ["hidden0", "hidden2", "hidden1", "hidden3"]


@pytest.mark.parametrize("form", ["table", "ttl"])
def test_no_triple_shows_a_secret(form: str, run: Run) -> None:
    """The answer to CONSTRUCT is Turtle in which nothing is left of it."""
    answer = f'<urn:a> <urn:{SECRET}> "{SECRET}" , <urn:{quote(coded(SECRET))}> .'
    result = answered(run, answer, form=form, text="CONSTRUCT WHERE { ?s ?p ?o }")

    assert result.exit_code == 0, result.output
    assert SECRET not in result.output
    assert result.stdout.endswith('<urn:a> <urn:%5Bhidden%5D> "[hidden]" , <urn:%5Bhidden%5D> .\n')
    assert "the store repeated" in result.stderr


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json"])
def test_an_answer_without_a_secret_is_what_it_was(form: str, run: Run) -> None:
    """The same bytes as of a store that nobody is known to, and nothing is told."""
    answer = rows(
        "s3cret",
        "[hidden]",
        'a"b',
        {"type": "literal", "value": "x", "xml:lang": "en"},
        {"type": "bnode", "value": "b"},
    )
    known, unknown = (answered(run, answer, form=form, auth=auth) for auth in ("basic", ""))

    assert known.exit_code == 0, known.output
    assert (known.stdout, known.stderr) == (unknown.stdout, "")


def entry(version: str) -> str:
    """Return what a catalog says of a load under way."""
    words = ("s", "p", "o")
    node, valid = f"https://w3id.org/ivig-kg/release/{version}/aabbccdd", "http://purl.org/dc/terms/valid"
    row = ({"type": "uri", "value": node}, {"type": "uri", "value": valid}, {"type": "literal", "value": "2020"})
    return json.dumps({"head": {"vars": words}, "results": {"bindings": [dict(zip(words, row, strict=True))]}})


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("version", [SECRET, coded(SECRET).rstrip("="), coded(f"{USER}:{SECRET}").rstrip("=")])
def test_no_status_shows_a_secret(version: str, form: str, run: Run) -> None:
    """A store may name its releases as it likes."""
    faults = [Fault("bad-json", "query", value=entry(version))]
    with Double(brand="fuseki", auth=Basic(USER, SECRET), faults=faults) as double:
        words = ["load", double.query_url, "--profile", "generic", "--update-url", double.update_url]
        result = run(*words, "--graph-store-url", double.graphs_url, "--status", "--format", form)

    assert result.exit_code == 0, result.output
    assert version not in result.output
    assert "[hidden]" in result.stdout


def test_no_line_and_no_receipt_shows_a_secret(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a load tells on its way, what it ends with and what it writes down of the release before."""
    folders = [released.release(tmp_path / name, name, size=2) for name in ("s3cretpw", "2.0.0", "3.0.0")]
    with Double(brand="oxigraph") as double:
        words = ["load", double.url]
        for folder in folders[:2]:
            assert run(*words, "--exports", folder).exit_code == 0
        monkeypatch.setenv("IVIG_KG_STORE_PASSWORD", "s3cretpw")
        said = ""
        for more in (["--rollback", "--dry-run"], ["--rollback"], ["--status"], ["--exports", folders[2], "--dry-run"]):
            for form in ("text", "json"):
                result = run(*words, *more, "--format", form)
                assert result.exit_code == 0 or "nothing was changed" in result.output or "no release" in result.output
                said += result.output
        said += run(*words, "--exports", folders[2]).output + run(*words, "--prune", "0").output

    assert "[hidden]" in said
    assert "s3cretpw" not in said + Path("ivig-kg-receipt.json").read_text(encoding="utf-8")


def test_a_bug_shows_no_secret() -> None:
    """What nobody thought of is told without it too."""
    message, profile = f"a {SECRET}", profiles.profile("oxigraph", "http://127.0.0.1:9")
    with (
        pytest.raises(RuntimeError, match=r"^a \[hidden\]$"),
        sessions.opened(profile, credentials=Credentials(USER, SECRET), timeout=1),
    ):
        raise LookupError(message)


@pytest.mark.parametrize("kind", [LookupError, StoreError])
def test_what_led_to_an_error_shows_no_secret(kind: type[Exception]) -> None:
    """IVIG_KG_TRACEBACK prints it with the error; the error itself says what it said."""
    profile = profiles.profile("oxigraph", "http://127.0.0.1:9")
    cause, error = ValueError(f"a {SECRET}"), kind("plain")
    with (
        pytest.raises(kind, match=r"^plain$") as raised,
        sessions.opened(profile, credentials=Credentials(USER, SECRET), timeout=1),
    ):
        raise error from cause

    assert SECRET not in "".join(traceback.format_exception(raised.value))
