"""Profiles: where a kind of store is asked, changed and filled, and how a release is put in place there."""

from __future__ import annotations

import dataclasses
import enum
import re
from urllib.parse import unquote, urlsplit

from ivig_kg.errors import UsageError


class Swap(enum.Enum):
    """How a new release takes the place of the one before it."""

    POINTER = "pointer"
    MOVE = "move"
    PUT = "put"


class Auth(enum.Enum):
    """How a store is told who asks."""

    BASIC = "basic"
    DIGEST = "digest"
    BEARER = "bearer"


@dataclasses.dataclass(frozen=True, slots=True)
class Profile:
    """The addresses of a store, and what is known of its kind.

    `open_query` tells that the query address wants no credentials; `transactional` that one update request is one
    transaction, None where that is not known.
    """

    name: str
    query: str
    update: str | None
    graphs: str | None
    graph_parameter: str = "graph"
    auth: Auth | None = None
    swap: Swap = Swap.POINTER
    open_query: bool = False
    transactional: bool | None = None

    def guarantee(self, swap: Swap) -> str:
        """Return what readers may see while a release is put in place."""
        if swap is Swap.POINTER:
            return "a reader who follows the pointer sees the former release or the new one, whole"
        if swap is Swap.PUT:
            return (
                "graphs are replaced one after another: a reader may meet an empty graph, or a mixture of both releases"
            )
        if self.transactional:
            return "one update is one transaction here: a reader sees the former release or the new one, whole"
        if self.transactional is None:
            return "a reader sees whole releases if one update is one transaction in this store: ask its manual"
        return "an update is no transaction here: for a moment a reader may see a mixture of both releases"


NAMES = ("oxigraph", "virtuoso", "generic")
_PLAIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+-]*://[\w.-]+(?::([0-9]{1,5}))?|[\w.-]+)(?:/[\w./~-]*)?", re.ASCII)
_PORTS = range(1, 1 << 16)


def profile(name: str, url: str, *, update: str | None = None, graphs: str | None = None) -> Profile:
    """Return the profile of a store.

    Args:
        name: One of `NAMES`.
        url: The address of the server; of its query service where the profile is `generic`.
        update: The address of the update service, for `generic` alone.
        graphs: The address of the Graph Store Protocol, for `generic` alone.

    Raises:
        UsageError: An address is no address, has a password in it, or is missing or too many.
    """
    for address in (url, update, graphs):
        if address is not None:
            _refuse(address)
    if name != "generic" and (update or graphs):
        message = f"the addresses of {name} are known: --update-url and --graph-store-url go with --profile generic"
        raise UsageError(message)
    base = url.rstrip("/")
    if name == "oxigraph":
        return Profile(name, f"{base}/query", f"{base}/update", f"{base}/store", swap=Swap.MOVE, transactional=True)
    if name == "virtuoso":
        return Profile(
            name,
            f"{base}/sparql",
            f"{base}/sparql-auth",
            f"{base}/sparql-graph-crud-auth",
            graph_parameter="graph-uri",
            auth=Auth.DIGEST,
            open_query=True,
            transactional=False,
        )
    return Profile(name, url, update, graphs)


def _refuse(address: str) -> None:
    """Raise where an address cannot be used, or gives a secret away; it is not repeated then."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        message = "the address of the store is no address"
        raise UsageError(message) from error
    if has_user(address):
        message = (
            "a password in an address ends up in logs and lists of processes: set IVIG_KG_STORE_USER and "
            "IVIG_KG_STORE_PASSWORD, or name a file with --credentials"
        )
        raise UsageError(message)
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or not address.isprintable():
        message = f"{shown(address)}the address of a store is like http://127.0.0.1:7878"
        raise UsageError(message)


def has_user(address: str) -> bool:
    """Tell whether an address says who asks, before its host, be it spelt in another way.

    >>> [has_user(address) for address in ("http://u:p@h", "http://u%3Ap%40h/", "http://h/a@b", "tcp://[::1]:80")]
    [True, True, False, False]

    Raises:
        ValueError: It is no address.
    """
    where = urlsplit(address).netloc
    while (plain := unquote(where)) != where:
        where = plain
    return "@" in where


def shown(address: str) -> str:
    """Return an address that cannot be used as a sentence begins with it; nothing where it may hold a secret.

    A number after a host is a port only where an address has it, and where it can be one.

    >>> shown("ftp://127.0.0.1"), shown("ftp://h:81"), shown("u:12345678"), shown("ftp://u:12345678"), shown("u:1234")
    ("'ftp://127.0.0.1': ", "'ftp://h:81': ", '', '', '')
    """
    plain = _PLAIN.fullmatch(address)
    return f"{address!r}: " if plain and int(plain[1] or 1) in _PORTS else ""
