"""Client: one HTTP request after another to a store, each with an end in time and size; secrets go nowhere else."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import io
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from ivig_kg.errors import StoreError
from ivig_kg.stores import authentication
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.deadlines import Deadline, Loop
from ivig_kg.stores.profiles import Auth

PATIENCE = 30.0  # seconds that a small request may take
MAX_ANSWER = 1 << 28  # bytes of a graph, or of the answer to a question
MAX_SMALL = 1 << 22  # bytes of any other answer: what a store holds, that something was done, or why not
_BLOCK = 1 << 16
_EXCERPT = 160  # characters of what a store says of an error
_ROWS = re.compile("[0-9]{1,9}")
_KINDS = frozenset(
    {
        *("application/json", "application/n-triples", "application/octet-stream", "application/sparql-results+json"),
        *("application/sparql-results+xml", "application/xml", "text/csv", "text/html", "text/plain", "text/turtle"),
        *("application/problem+json", "text/xml"),
    }
)  # what an answer may be called in a sentence: another name may hold anything
_PARTIAL = "S1TAT"  # Virtuoso's state of a question that was stopped, whose answer it gives as far as it came
_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts no certificate
_UNUSABLE = "what it wants to know of us, or the proxy or certificates of the environment, are none that can be used"
_VOUCHERS = "SSL_CERT_FILE and SSL_CERT_DIR"
_HINTS = {
    HTTPStatus.UNAUTHORIZED: "it wants to know who asks",
    HTTPStatus.FORBIDDEN: "whoever asked may not do this there",
    HTTPStatus.NOT_FOUND: "there is no such address: is it another kind of store (--profile)?",
    HTTPStatus.METHOD_NOT_ALLOWED: "the address takes no such request: is it another kind of store (--profile)?",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "what was sent is more than it takes at once",
    HTTPStatus.TOO_MANY_REQUESTS: "it asks to try again later",
    HTTPStatus.SERVICE_UNAVAILABLE: "it asks to try again later",
    HTTPStatus.INSUFFICIENT_STORAGE: "it has no room left",
}


_PASSED_ON = {
    *(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT),
}  # what a proxy says that waits no longer for a store, which may be at work all the same


class NoAnswerError(StoreError):
    """No answer of the store itself arrived, so it may do what it was asked to all the same, now or later."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What a store answered: the status, the media type without its parameters, the body.

    `is_ended` tells whether it said where the body ends: else nobody sees that the connection broke before.
    `most` is the number of rows at which Virtuoso says that it cut the answer, which it says of as many too.
    """

    status: int
    kind: str
    data: bytes
    is_ended: bool
    most: int | None = None

    @property
    def named(self) -> str:
        """What kind of answer it is, in words that are not the store's: it might repeat there what it was told."""
        return self.kind if self.kind in _KINDS else "another kind of text" if self.kind else "nothing"


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `doing` says in words what for, `wanted` which statuses mean that it was done.

    `patience` is how many seconds the answer may take, `most` how many bytes it may have.
    """

    method: str
    url: str
    doing: str
    wanted: tuple[int, ...] = (200,)
    parameters: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    kind: str | None = None
    accept: str = "*/*"
    patience: float | None = PATIENCE
    most: int = MAX_SMALL


class Client:
    """Sends requests to a store, with its credentials where it has an `auth`.

    Args:
        credentials: Who asks.
        auth: How the store is told; by what the credentials are where there is none.
        deadline: When everything must be done.
        progress: Called with the number of bytes that were sent, and with that of all of a request.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        auth: Auth | None,
        deadline: Deadline,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.deadline = deadline
        self._credentials = credentials
        self._auth = authentication.of(credentials, auth)
        self._progress = progress
        self._runner = asyncio.Runner(loop_factory=Loop)
        self._tls = functools.cache(httpx.create_ssl_context)  # takes longer than most requests

    def __enter__(self) -> Self:
        return self

    @property
    def hidden(self) -> Callable[[str], str]:
        """What takes the secrets out of a text; see `Credentials.hidden`."""
        return self._credentials.hidden

    @property
    def is_challenged(self) -> bool:
        """Whether a store answers a request by asking who sends it (HTTP Digest), and wants the request once more."""
        return isinstance(self._auth, httpx.DigestAuth)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def send(self, request: Request, *, identified: bool = True) -> Answer:
        """Send a request and return the answer.

        Args:
            request: What to send.
            identified: Whether the credentials go with it.

        Raises:
            StoreError: The store cannot be reached, refuses, breaks off, takes too long, answers too much,
                or sends us elsewhere.
        """
        left = self.deadline.left()
        seconds = left if request.patience is None else min(request.patience, left)
        where = urlsplit(request.url)
        self._store = f"{where.scheme}://{where.netloc}"
        try:
            return self._runner.run(self._sent(request, seconds, self._auth if identified else None))
        except TimeoutError as error:
            message = f"{self._store}: no whole answer within {round(seconds, 1):g} s when asked to {request.doing}"
            raise NoAnswerError(message) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            message = f"{self._store}: {_unreached(error)}"
            raise StoreError(message) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            if type(error) is httpx.ProtocolError:  # of a challenge that says nothing: the request was refused
                raise StoreError(self._unasked(request)) from error
            message = f"{self._store}: the connection broke when it was asked to {request.doing}"
            raise NoAnswerError(message) from error
        except (ImportError, KeyError, IndexError, ValueError, NotImplementedError) as error:
            raise StoreError(self._unasked(request)) from error

    def _unasked(self, request: Request) -> str:
        """Return the sentence on a store that cannot be asked in the way that it wants."""
        return f"{self._store}: it could not be asked to {request.doing}: {_UNUSABLE}"

    async def _sent(self, request: Request, seconds: float, auth: httpx.Auth | None) -> Answer:
        limits = httpx.Limits(max_keepalive_connections=0)  # a store may close a connection that waits, unseen
        trusted = self._trusted(request.url)
        kept = {"trust_env": not _is_own_machine(request.url), "limits": limits, "timeout": None, "verify": trusted}
        async with asyncio.timeout(seconds), httpx.AsyncClient(**kept) as client:  # type: ignore[arg-type]
            url = httpx.URL(request.url)
            url = url.copy_merge_params(request.parameters) if request.parameters else url
            headers = {"Host": url.netloc.decode(), "Accept": request.accept, "Accept-Encoding": "identity"}
            headers["User-Agent"] = "ivig-kg"
            if request.body or request.kind:
                headers |= {"Content-Length": str(len(request.body)), "Content-Type": request.kind or ""}
            made = httpx.Request(request.method, url, headers=headers, stream=_Body(request.body, self._progress))
            answer = await authentication.sent(made, client=client, auth=auth)
            try:
                if answer.is_redirect:
                    raise StoreError(self._elsewhere(answer, request))
                return await self._received(answer, request)
            finally:
                await answer.aclose()

    def _trusted(self, url: str) -> ssl.SSLContext:
        """Return who may vouch for a store."""
        try:
            return self._tls() if url.startswith("https:") else _NOBODY
        except OSError as error:
            message = f"{self._store}: the certificates that are to vouch for it cannot be read: see {_VOUCHERS}"
            raise StoreError(message) from error

    def _elsewhere(self, answer: httpx.Response, request: Request) -> str:
        """Return the sentence on a store that sends us on, which is not followed: a graph may get lost on the way."""
        try:
            same = answer.url.join(answer.headers.get("location", "")).host == answer.url.host
        except (httpx.InvalidURL, ValueError):
            same = False
        where = "address: give that one" if same else "host; that was not followed"
        return f"{self._store}: it sends us on to another {where} (when asked to {request.doing})"

    async def _received(self, answer: httpx.Response, request: Request) -> Answer:
        """Read the body of an answer, as far as it may go."""
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            message = f"{self._store}: it answered in an encoding that was not asked for, when asked to {request.doing}"
            raise StoreError(message)
        received = io.BytesIO()  # gives what it holds without a copy
        async for block in answer.aiter_raw():
            received.write(block)
            if received.tell() > request.most:
                message = f"{self._store}: it answered more than {request.most:,} bytes when asked to {request.doing}"
                raise StoreError(message)
        data = received.getvalue()
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status_code not in request.wanted:
            kind_of_error = NoAnswerError if answer.status_code in _PASSED_ON else StoreError
            raise kind_of_error(self._refused(answer.status_code, request, self._excerpt(kind, data)))
        if answer.headers.get("x-sql-state") == _PARTIAL:
            message = f"{self._store}: it stopped and gave only a part of the answer when asked to {request.doing}"
            raise StoreError(message)
        most = answer.headers.get("x-sparql-maxrows", "")
        chunked = "chunked" in answer.headers.get("transfer-encoding", "").lower()
        is_ended = chunked or "content-length" in answer.headers
        return Answer(answer.status_code, kind, data, is_ended, int(most) if _ROWS.fullmatch(most) else None)

    def _refused(self, status: int, request: Request, excerpt: str) -> str:
        """Return the sentence on an answer that is not what was wanted."""
        try:
            name = f"{status} {HTTPStatus(status).phrase}"
            hint = _HINTS.get(HTTPStatus(status), "")
        except ValueError:
            name, hint = str(status), ""
        if status == HTTPStatus.UNAUTHORIZED:
            hint += (
                ", and does not take these credentials"
                if self._credentials
                else ": set IVIG_KG_STORE_USER and IVIG_KG_STORE_PASSWORD (query sends them with --auth), "
                "or name a file with --credentials"
            )
        told = "; ".join(part for part in (hint, f"it says: {excerpt}" if excerpt else "") if part)
        return f"{self._store}: it answered {name} when asked to {request.doing}" + (f"; {told}" if told else "")

    def _excerpt(self, kind: str, data: bytes) -> str:
        """Return the first line of what a store says in plain text, with nothing in it that was ours to keep."""
        if kind != "text/plain" or self._credentials:  # it may repeat what it was told of us
            return ""
        text = data[: 10 * _EXCERPT].decode("utf-8", "replace").strip()
        line = re.sub(r"[^ -~\u00a1-\uffff]|\ufffd", "", text.splitlines()[0]) if text else ""
        return line[:_EXCERPT]


class _Body(httpx.AsyncByteStream):
    """A body that can be sent again, as asking for a digest needs, and that tells how far it is."""

    def __init__(self, data: bytes, progress: Callable[[int, int], None] | None) -> None:
        self._data = memoryview(data)
        self._progress = progress

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._data), _BLOCK):
            yield bytes(self._data[start : start + _BLOCK])
            if self._progress:
                self._progress(min(start + _BLOCK, len(self._data)), len(self._data))


def _unreached(error: BaseException | None) -> str:
    """Return in words why nobody was reached, by what the error came from."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here: {_VOUCHERS} say whose are"
    return (
        "what answers there speaks no TLS that can be used: is its address http?" if error else "no store answers there"
    )


def _is_own_machine(url: str) -> bool:
    """Tell whether an address is on this machine, where no proxy belongs between."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
