"""Credentials: what a store wants to know of who writes, from the environment or a file of its own, and never shown."""

from __future__ import annotations

import base64
import dataclasses
import functools
import html
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from ivig_kg import reading
from ivig_kg.errors import UsageError

VARIABLES = {"user": "IVIG_KG_STORE_USER", "password": "IVIG_KG_STORE_PASSWORD", "token": "IVIG_KG_STORE_TOKEN"}
HIDDEN = "[hidden]"
_SHORTEST = 4  # characters of a secret that is looked for in what is said: a shorter one is part of many words
_LONGEST = 10_000  # bytes of a file of credentials
_VALUE = r"[^\x00-\x1f\x7f\ud800-\udfff]+"
_USER = r"[^\x00-\x1f\x7f\ud800-\udfff\"\\:]+"
_BITS = 6  # of a character of base64
_PADDING = r"(?i:=|%(?:25)*3d|\\+u003d){0,2}"


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """A user with a password, or a token; all None where a store is open."""

    user: str | None = None
    password: str | None = None
    token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials({HIDDEN})"

    def __bool__(self) -> bool:
        return self.token is not None or self.user is not None

    def hidden(self, text: str) -> str:
        """Return a text without the secrets: a store may repeat them, as they are or in another spelling.

        That is percent-encoding, the escapes of JSON, Turtle and HTML, and base64, with its padding or without,
        of a secret or of a user and a password as they are sent.

        >>> Credentials("dba", "s3cret").hidden("<urn:s3cret>, s%33cret and ZGJhOnMzY3JldA==")
        '<urn:[hidden]>, [hidden] and [hidden]'
        """
        pattern = _pattern(self.user, self.password, self.token)
        return pattern.sub(HIDDEN, text) if pattern else text


@functools.lru_cache(maxsize=1)
def _pattern(user: str | None, password: str | None, token: str | None) -> re.Pattern[str] | None:
    """Return what finds secrets in a text, the longest first; None where there is none that is looked for."""
    words = [word for word in (password, token) if word and len(word) >= _SHORTEST]
    sent = [*words, *([f"{user}:{password}"] if user and password else [])]
    known = {f"(?i:{_spelt(word)})": len(word) for word in words}
    for text in sent:
        data = text.encode()
        certain = len(data) * 8 // _BITS  # the character after these depends on what follows
        for coded in {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}:
            if certain >= _SHORTEST:
                known[f"{_spelt(coded[:certain])}{'[A-Za-z0-9+/_-]?' if coded[certain:] else ''}{_PADDING}"] = certain
    return re.compile("|".join(sorted(known, key=lambda part: (-known[part], part)))) if known else None


def _spelt(word: str) -> str:
    """Return a pattern of a word in which each letter may be spelt in its own way."""
    parts = re.findall(r"(?s:\\+|.)", word)
    return "".join(f"(?:{'|'.join(dict.fromkeys(_ways(part[0], len(part))))})" for part in parts)


def _ways(letter: str, number: int) -> Iterator[str]:
    """Yield patterns of the ways to spell a letter some times: encoded, be it again and again, escaped, as it is.

    Backslashes may become more with each escape, so as many as stand together are looked for as one.
    """
    for code in ("utf-8", "latin-1"):
        if data := letter.encode(code, "ignore"):
            yield "".join(f"%(?:25)*(?i:{byte:02x})" for byte in data) * number
    units = re.findall(b"(?s:..)", letter.encode("utf-16-be"))
    yield "".join(rf"\\{{0,9}}u(?i:{unit.hex()})" for unit in units) * number
    yield rf"\\{{0,9}}U(?i:{ord(letter):08x})|&#(?:0*{ord(letter)}|[Xx]0*(?i:{ord(letter):x}));"
    yield re.escape(html.escape(letter))
    if letter == " ":
        yield r"\+|%(?:25)*2[Bb]"
    if letter == "\\":
        yield rf"\\{{{number},{number * 4 + 8}}}+"
    else:
        yield (r"\\{0,9}" if letter in '"/' else "") + re.escape(letter)


def find(file: Path | None, environment: Mapping[str, str] = os.environ) -> Credentials:
    """Return the credentials of a file, else those of the environment.

    Args:
        file: Lines `user = ...`, `password = ...` or `token = ...`; nobody but its owner may read it.
        environment: Where the variables of `VARIABLES` are looked for.

    Raises:
        UsageError: The file can be read by others, or is not of this form; a value cannot be sent;
            a user has no password, or there is a token too.
    """
    stated = (
        _read(file) if file else {key: environment[name] for key, name in VARIABLES.items() if environment.get(name)}
    )
    where = str(file) if file else "the environment"
    for key, value in stated.items():
        if not re.fullmatch(_USER if key == "user" else _VALUE, value):
            message = f"{where}: the {key} holds a character that cannot be sent"
            raise UsageError(message)
    if not re.fullmatch(r"[!-~]*", stated.get("token", "")):
        message = f"{where}: the token holds a character that cannot be sent"
        raise UsageError(message)
    found = Credentials(**stated)
    if (found.user is None) != (found.password is None):
        message = f"{where}: a user and a password belong together, and one of them is missing"
        raise UsageError(message)
    if found.user and found.token:
        message = f"{where}: there is a user and a token; a store is told one of them"
        raise UsageError(message)
    return found


def _read(file: Path) -> dict[str, str]:
    """Return what a file states, after a look at who may read it."""
    try:
        with reading.opened(file) as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                message = f"{file}: others can read this file; chmod 600 it"
                raise UsageError(message)
            text = opened.read(_LONGEST + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"{file}: cannot be read: {reason}"
        raise UsageError(message) from error
    if len(text) > _LONGEST:
        message = f"{file}: a file of credentials has three lines, and this one is longer than {_LONGEST:,} bytes"
        raise UsageError(message)
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        key, sign, value = (part.strip() for part in line.partition("="))
        if not key or key.startswith("#"):
            continue
        if not sign or key not in VARIABLES or key in found:
            message = f"{file}:{number}: write user = ..., password = ... or token = ..., each once"
            raise UsageError(message)
        found[key] = value
    return found
