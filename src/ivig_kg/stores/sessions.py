"""Sessions: a store opened for one command."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterator

from ivig_kg.errors import IvigKgError
from ivig_kg.stores.client import Client
from ivig_kg.stores.credentials import Credentials
from ivig_kg.stores.deadlines import Deadline
from ivig_kg.stores.profiles import Auth, Profile
from ivig_kg.stores.store import Store


@contextlib.contextmanager
def opened(
    profile: Profile,
    *,
    credentials: Credentials,
    auth: Auth | None = None,
    timeout: float,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Store]:
    """Give a store that can be asked and changed until a number of seconds is over; no error has a secret in it.

    Args:
        profile: Its addresses.
        credentials: Who asks.
        auth: How the store is told; as the profile says where there is none.
        timeout: Seconds for all requests together, > 0.
        progress: Called with the number of bytes that were sent, and with that of all of a request.
    """
    deadline = Deadline(timeout)
    with Client(credentials=credentials, auth=auth or profile.auth, deadline=deadline, progress=progress) as client:
        try:
            yield Store(profile, client)
        except Exception as error:
            if (told := credentials.hidden(str(error))) == str(error):
                chain = "".join(traceback.format_exception(error))  # what IVIG_KG_TRACEBACK shows
                if credentials.hidden(chain) == chain:
                    raise
                raise error from None
            raise (type(error) if isinstance(error, IvigKgError) else RuntimeError)(told) from None
