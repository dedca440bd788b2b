"""Forms: is a value of the form that its key takes: an id, an address, a word, a number, a date, a line of text?

Engines differ in what they make of a number or a date that is none, so none reaches them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import unicodedata

import pyoxigraph as ox

from ivig_kg.findings import quoted
from ivig_kg.nodes import Scalar
from ivig_kg.schema import DCTERMS, XSD, Form, Key, Schema
from ivig_kg.spelling import SCHEMES, did_you_mean, is_slug, only_near, slug_of
from ivig_kg.stability import long_form, shortest

NOTHING = frozenset({"~", "null", "Null", "NULL"})

_WRITE = "write a value, or take the key out"
_PUBLIC = "write the id of a node; public identifiers stand in mappings.sssom.tsv"
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_LEXICAL = {
    XSD + "decimal": (re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"), "a number", "write digits and a point: 0.4"),
    XSD + "nonNegativeInteger": (re.compile(r"[0-9]+"), "a whole number", "write digits alone"),
}
# what a date is called, how to write it, and what makes a whole day of it
_DATES = {
    XSD + "date": ("a date", "write year, month and day: 2024-02-29", ""),
    XSD + "gYearMonth": ("year and month", "write year and month: 2024-02", "-01"),
    XSD + "gYear": ("a year", "write its four digits: 2024", "-01-01"),
}
_PART = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_PARTIAL = "where the source names no day, write issuedInMonth: 2024-02, or issuedInYear: 2024, in its place"
_PRINTED = "statedAs keeps what the source prints"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is not of the form it should have: rule, sentence, and what to do."""

    code: str
    message: str
    hint: str | None = None
    fix: str | None = None


def problem(value: Scalar, *, key: Key, schema: Schema) -> Problem | None:
    """Return what is wrong with the form of a value, or None."""
    text = value.text
    found = _as_text(value)
    if found is None and key.form is Form.WORD and not _WORD.fullmatch(text):
        message = f"`{key.name}` takes one word of its list, and {quoted(text)} is none"
        words = frozenset(schema.words)
        return Problem("not-a-word", message, did_you_mean(text, words), only_near(text, words))
    if found is None and key.form is Form.REFERENCE and not is_slug(text):
        return _as_reference(text, key, schema)
    if found is None and key.form is Form.ADDRESS:
        return _as_address(text)
    return found or _as_datatype(text, key)


def _as_text(value: Scalar) -> Problem | None:
    """Return what is wrong with a value that is not what it looks like."""
    text = value.text
    if not text:
        return Problem("empty-value", "there is no value here", "write a value, or take the key out")
    if value.plain and text in NOTHING:
        return Problem(
            "empty-value", f"{quoted(text)} stands for nothing in YAML", "write a value, or take the key out"
        )
    if "\n" in text or "\r" in text:
        return Problem("line-break", "a value is one line of text", "write it on one line; to fold long text use `>-`")
    if text != text.strip() or "  " in text:
        hint = "no blank at the ends, and one between words"
        return Problem("stray-blank", "the value has a blank too many", hint, " ".join(text.split()))
    if not unicodedata.is_normalized("NFC", text):
        message = "the value holds letters whose accents are separate characters"
        return Problem("not-nfc", message, "type the accented letters anew", unicodedata.normalize("NFC", text))
    return None


def _as_reference(text: str, key: Key, schema: Schema) -> Problem:
    prefix, colon, rest = text.partition(":")
    if colon and rest.startswith("//"):
        return Problem("iri-scheme", f"`{key.name}` takes an id of this project, not an address", _PUBLIC)
    if colon and prefix not in schema.prefixes:
        return Problem("undeclared-prefix", f"the prefix {quoted(prefix)} is not declared", _PUBLIC)
    made = slug_of(rest if colon else text)
    message = f"{quoted(text)} is not an id: lower-case words joined by hyphens"
    capitals = made if made == text.lower() else None
    return Problem("bad-reference", message, f"write `{made}`" if made else None, capitals)


def _as_address(text: str) -> Problem | None:
    if not text.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
        return Problem("iri-scheme", "an address starts with https:// or http://", "write the whole address")
    try:
        ox.NamedNode(text)
    except ValueError:
        message = f"{quoted(text)} is not a whole address"
        return Problem("bad-address", message, "no blanks, quotation marks or brackets")
    who, _, host = re.split("[/?#]", text.partition("://")[2], maxsplit=1)[0].rpartition("@")
    if who:
        return Problem(
            "bad-address", "the address has a user or a password in it", "take it out: everybody can read it"
        )
    if not re.search(r"\w", host):
        return Problem("bad-address", f"{quoted(text)} has no host", "write the whole address")
    return None


def _as_datatype(text: str, key: Key) -> Problem | None:
    pattern, what, hint = _LEXICAL.get(key.datatype or "", (None, "", ""))
    if pattern and not pattern.fullmatch(text):
        return Problem("not-a-number", f"`{key.name}` takes {what}, and {quoted(text)} is none", hint)
    if pattern and (said := long_form(text)):
        return Problem("number-form", said, _PRINTED, shortest(text))
    kind, says, rest = _DATES.get(key.datatype or "", ("", "", ""))
    if kind and not _is_day(text + rest):
        partial = _PARTIAL if key.iri == DCTERMS + "issued" and _PART.fullmatch(text) else ""
        return Problem("not-a-date", f"`{key.name}` takes {kind}, and {quoted(text)} is none", partial or says)
    return None


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False
