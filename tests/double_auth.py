"""How the protocol double asks for a password: Basic, Digest and Bearer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from double_store import Request


@dataclass
class Basic:
    """HTTP Basic: a user and a password for a realm."""

    user: str
    password: str
    realm: str = "store"

    def challenge(self) -> str:
        """Return the WWW-Authenticate header."""
        return f'Basic realm="{self.realm}", charset="UTF-8"'

    def user_of(self, request: Request) -> str | None:
        """Return the user that a request logs in rightly, or None."""
        good = "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return self.user if hmac.compare_digest(good, request.header("Authorization") or "") else None


@dataclass
class Bearer:
    """A bearer token."""

    token: str
    realm: str = "store"

    def challenge(self) -> str:
        """Return the WWW-Authenticate header."""
        return f'Bearer realm="{self.realm}"'

    def user_of(self, request: Request) -> str | None:
        """Return the user that a request logs in rightly, or None."""
        return "bearer" if request.header("Authorization") == f"Bearer {self.token}" else None


@dataclass
class Digest:
    """HTTP Digest (RFC 7616, qop=auth): the password never travels.

    Args:
        user: The user.
        password: The password.
        realm: The realm.
        algorithm: MD5, as Virtuoso has it, or SHA-256.
        uses: How many requests one nonce is good for; then the challenge says stale=true. None: any number.
        flood: Whether a challenge has a body that never ends, and that is said to be compressed and is not.
    """

    user: str
    password: str
    realm: str = "SPARQL"
    algorithm: str = "MD5"
    uses: int | None = None
    flood: bool = False
    nonces: dict[str, list[int]] = field(default_factory=dict, repr=False)
    stale: bool = field(default=False, repr=False)

    def challenge(self) -> str:
        """Return the WWW-Authenticate header with a fresh nonce."""
        nonce = secrets.token_hex(16)
        self.nonces[nonce] = []
        stale, self.stale = str(self.stale).lower(), False
        return (
            f'Digest realm="{self.realm}", nonce="{nonce}", opaque="5ebe2294ecd0e0f08eab7690d2a6ee69", '
            f'stale="{stale}", qop="auth", algorithm="{self.algorithm}"'
        )

    def user_of(self, request: Request) -> str | None:
        """Return the user that a request logs in rightly, or None: the URL, the nonce and its count are checked."""
        kind, _, rest = (request.header("Authorization") or "").partition(" ")
        given = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', rest)}
        url = request.path + (f"?{request.query}" if request.query else "")
        nonce, count = given.get("nonce", ""), given.get("nc", "")
        if kind != "Digest" or given.get("uri") != url or nonce not in self.nonces or not count:
            return None
        first = self._hash(f"{self.user}:{self.realm}:{self.password}")
        second = self._hash(f"{request.method}:{url}")
        good = self._hash(f"{first}:{nonce}:{count}:{given.get('cnonce')}:auth:{second}")
        used = self.nonces[nonce]
        if given.get("response") != good:
            return None
        if self.uses is not None and len(used) >= self.uses:
            self.stale = True
            return None
        if int(count, 16) in used:
            return None
        used.append(int(count, 16))
        return self.user

    def _hash(self, text: str) -> str:
        name = "md5" if self.algorithm == "MD5" else "sha256"
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
