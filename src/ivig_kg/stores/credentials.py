"""Credentials: what a store wants to know of who writes, from the environment or a file of its own, and never shown."""

from __future__ import annotations

import base64
import dataclasses
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from ivig_kg import reading
from ivig_kg.errors import UsageError

VARIABLES = {"user": "IVIG_KG_STORE_USER", "password": "IVIG_KG_STORE_PASSWORD", "token": "IVIG_KG_STORE_TOKEN"}
HIDDEN = "[hidden]"
_SHORTEST = 4  # characters of a secret that is looked for in what is said: a shorter one is part of many words
_LONGEST = 10_000  # bytes of a file of credentials


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
        """Return a text without the secrets: a store may repeat them, also in the form in which they were sent.

        >>> Credentials("dba", "s3cret").hidden("<urn:s3cret> and ZGJhOnMzY3JldA==")
        '<urn:[hidden]> and [hidden]'
        """
        secrets = [word for word in (self.password, self.token) if word]
        if self.user and self.password:
            secrets.append(base64.b64encode(f"{self.user}:{self.password}".encode()).decode())
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST:
                text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
        return text


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
        if not re.fullmatch(r"[^\x00-\x1f\x7f\"\\:]+" if key == "user" else r"[^\x00-\x1f\x7f]+", value):
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
