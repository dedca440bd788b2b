"""Authentication: how a request says who sends it."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from ivig_kg.errors import UsageError
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.profiles import Auth


def of(credentials: Credentials, auth: Auth | None) -> httpx.Auth | None:
    """Return how a request says who sends it.

    Raises:
        UsageError: The credentials are none for this way.
    """
    if not credentials:
        return None
    if credentials.token is not None:
        if auth in {Auth.BASIC, Auth.DIGEST}:
            message = f"{auth.value} wants a user and a password, and there is a token (--auth)"
            raise UsageError(message)
        return _Bearer(credentials.token)
    if auth is Auth.BEARER:
        message = "bearer wants a token, and there is a user (--auth)"
        raise UsageError(message)
    make = httpx.DigestAuth if auth is Auth.DIGEST else httpx.BasicAuth
    return make(credentials.user or "", credentials.password or "")


async def sent(request: httpx.Request, *, client: httpx.AsyncClient, auth: httpx.Auth | None) -> httpx.Response:
    """Send a request as often as its way of saying who asks wants, and return the last answer, unread.

    Of the answers before it only the head is looked at: httpx would read and unpack them, however large they are.
    """
    flow = (auth or httpx.Auth()).auth_flow(request)
    wanted = next(flow)
    while True:
        answer = await client.send(wanted, auth=None, stream=True)
        try:
            wanted = flow.send(answer)
        except StopIteration:
            return answer
        except BaseException:
            await answer.aclose()
            raise
        await answer.aclose()


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token; see `httpx.Auth.auth_flow`."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
