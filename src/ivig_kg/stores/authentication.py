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


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token; see `httpx.Auth.auth_flow`."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
