"""Waits until an object store that is away or overloaded works again."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from fsspec.exceptions import FSTimeoutError

T = TypeVar("T")

WAIT_SECONDS: Final = 30.0
"""Seconds for which a failing store is asked again."""

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 2.0
"""Seconds between two requests; the pauses grow from one to the other."""

_BUSY: Final = frozenset(
    {
        "ConditionalRequestConflict",
        "IncompleteBody",
        "OperationAborted",
        "RequestTimeout",
        "SlowDown",
    }
)
"""Codes, of statuses below 500, that say to ask again."""


class Field(str, Enum):
    """Fields of the store's answers."""

    CODE = "Code"
    CONTENTS = "Contents"
    ERROR = "Error"
    KEY = "Key"
    METADATA = "Metadata"
    SIZE = "Size"


log = logging.getLogger(__name__)


def patiently(call: Callable[[], T], seconds: float = WAIT_SECONDS) -> T:
    """Return what `call` returns; repeat it while the store is away, for at most `seconds`.

    Raises:
        Exception: what `call` raised last.
    """
    until, pause, said = time.monotonic() + seconds, _FIRST_PAUSE, False
    while True:
        try:
            return call()
        except Exception as error:
            if not transient(error) or time.monotonic() + pause > until:
                raise
            if not said:
                log.warning("the object store is away and is waited for: %s", _said(error))
                said = True
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
        pause = min(2 * pause, _LONGEST_PAUSE)


def transient(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    if isinstance(error, (HTTPClientError, ConnectionError, FSTimeoutError)):
        return True
    answer = error if isinstance(error, ClientError) else error.__cause__
    if isinstance(answer, ClientError):
        status = answer.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = answer.response.get(Field.ERROR, {}).get(Field.CODE)
        return status >= 500 or status == 429 or code in _BUSY
    return False


def _said(error: Exception) -> str:
    """The error without addresses, which may hold a signature."""
    answer = error if isinstance(error, ClientError) else error.__cause__
    if isinstance(answer, ClientError):
        return str(answer.response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    return type(error).__name__
