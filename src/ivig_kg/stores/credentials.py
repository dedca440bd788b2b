"""Credentials: what a store wants to know of who writes, from the environment or a file of its own, and never shown."""

from __future__ import annotations

import base64
import dataclasses
import functools
import html.entities
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ivig_kg import reading
from ivig_kg.errors import StoreError, UsageError

VARIABLES = {"user": "IVIG_KG_STORE_USER", "password": "IVIG_KG_STORE_PASSWORD", "token": "IVIG_KG_STORE_TOKEN"}
HIDDEN = "[hidden]"
MAX_SEARCHED = 1 << 20  # characters of a text: to look for secrets may take a second and a half for so many
_SHORTEST = 4  # characters of a secret that is looked for in what is said: a shorter one is part of many words
_LONGEST = 10_000  # bytes of a file of credentials, or of one in the environment
_VALUE = r"[^\x00-\x1f\x7f\ud800-\udfff]+"
_USER = r"[^\x00-\x1f\x7f\ud800-\udfff\"\\:]+"
_BITS = 6  # of a character of base64
_BEGINNING = 32  # letters of a secret that are looked for before all of it is
_PADDING = r"(?i:=|%(?:25)*3d|\\+u003d|&(?:amp;)*(?:#61|#x3d|equals);){0,2}"
Hide = Callable[[str], str]  # takes secrets out of a text


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

        That is base64, with its padding or without, of a secret or of a user and a password as they are sent; and each
        letter of all that as `_ways` says.

        >>> Credentials("dba", "s3cret").hidden("<urn:s3cret>, s%33cret and ZGJhOnMzY3JldA==")
        '<urn:[hidden]>, [hidden] and [hidden]'

        Raises:
            StoreError: The text is too long.
        """
        patterns = _patterns(self.user, self.password, self.token)
        if patterns and len(text) > MAX_SEARCHED:
            message = f"the store gave a text of more than {MAX_SEARCHED:,} characters, too long to look for secrets in"
            raise StoreError(message)
        for begin, whole in patterns:
            if _compiled(begin).search(text):
                text = _compiled(whole).sub(HIDDEN, text)
        return text


@functools.lru_cache(maxsize=1)
def _patterns(user: str | None, password: str | None, token: str | None) -> list[tuple[str, str]]:
    """Return what finds secrets in a text, the longest first: their first letters, and all of them.

    A long pattern takes longer to compile than a text takes to be looked through for its beginning.
    """
    words = [word for word in (password, token) if word and len(word) >= _SHORTEST]
    sent = [*words, *([f"{user}:{password}"] if user and password else [])]
    found = {(word, "", ""): len(word) for word in words}
    for text in sent:
        data = text.encode()
        certain = len(data) * 8 // _BITS  # the character after these depends on what follows
        for coded in {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}:
            if certain >= _SHORTEST:
                last = "[A-Za-z0-9+/_-]?" if coded[certain:] else ""
                found[coded[:certain], last, _PADDING] = certain
    made = []
    for word, last, padding in sorted(found, key=lambda known: (-found[known], known)):
        cased = bool(padding)
        letters = [_spelt(part, cased) for part in re.findall(r"(?s:\\+|.)", word)]
        whole = "".join(letters) + last + padding
        made.append(("".join(letters[:_BEGINNING]), whole))
    return made


_compiled = functools.lru_cache(maxsize=20)(re.compile)


@functools.lru_cache(maxsize=1000)
def _spelt(part: str, cased: bool) -> str:  # noqa: FBT001  (kept by its arguments)
    """Return a pattern of a letter, or of backslashes, spelt in any way; capitals are small letters unless `cased`.

    Each way begins with a character of its own, so that the others of a text are passed over at once. Backslashes may
    become more with each escape, so as many as stand together are looked for as one.
    """
    letter, number = part[0], len(part)
    both = {letter} if cased else {letter, *(other for other in (letter.lower(), letter.upper()) if len(other) == 1)}
    ways = [way for one in sorted(both) for way in _ways(one)]
    if letter != "\\":
        return f"(?:{'|'.join(dict.fromkeys(ways))})"
    coded = "|".join(way for way in ways if way != r"\\") if number == 1 else f"(?>{'|'.join(ways)}){{{number}}}"
    return rf"(?:\\\\{{{number - 1},{number * 4 + 8}}}+|{coded})"


def _ways(letter: str) -> Iterator[str]:
    """Yield patterns of the ways to spell a letter.

    They are: itself, be it after backslashes, as in Turtle; the escapes of JSON and Turtle by number; percent-encoded;
    the entities of HTML and XML by name or number. What escapes may have been escaped again in the same way.
    """
    units = [unit.hex() for unit in re.findall(b"(?s:..)", letter.encode("utf-16-be"))]
    numbers = [r"\\{0,9}".join(f"u{_digits(unit)}" for unit in units), f"U{_digits(f'{ord(letter):08x}')}"]
    itself = [] if letter == "\\" else [re.escape(letter)]
    yield from numbers
    yield rf"\\\\{{0,8}}(?:{'|'.join([*itself, *numbers])})"
    for code in ("utf-8", "latin-1"):
        if data := letter.encode(code, "ignore"):
            yield "".join(f"%(?:25)*{_digits(f'{byte:02x}')}" for byte in data)
    names = [rf"#(?:0*{ord(letter)}|[Xx]0*{_digits(f'{ord(letter):x}')})", *_entities().get(letter, ())]
    yield f"&(?:amp;)*(?:{'|'.join(names)});"
    if letter == " ":
        yield from (r"\+", r"%(?:25)*2[Bb]")
    yield re.escape(letter)  # at last: "%" and "&" begin other ways


def _digits(number: str) -> str:
    """Return a pattern of a hexadecimal number in capitals or small letters."""
    return re.sub("[a-f]", lambda digit: f"[{digit[0].upper()}{digit[0]}]", number)


@functools.lru_cache(maxsize=1)
def _entities() -> dict[str, list[str]]:
    """Return the names of entities by the character that they stand for."""
    found: dict[str, list[str]] = {}
    for name, letter in html.entities.html5.items():
        if name.endswith(";"):
            found.setdefault(letter, []).append(name[:-1])
    return found


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
        if len(value.encode("utf-8", "surrogatepass")) > _LONGEST:
            message = f"{where}: the {key} is longer than {_LONGEST:,} bytes"
            raise UsageError(message)
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
            data = opened.read(_LONGEST + 1)
        if len(data) > _LONGEST:
            message = f"{file}: a file of credentials has three lines, and this one is longer than {_LONGEST:,} bytes"
            raise UsageError(message)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"{file}: cannot be read: {reason}"
        raise UsageError(message) from error
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
