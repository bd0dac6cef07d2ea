"""Rate limits that all requests of one key to one server share within a process."""

from __future__ import annotations

import hashlib
import random as _random
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from pydantic import SecretStr

from lipsync_demo.wavespeed.addresses import origin
from lipsync_demo.wavespeed.pacing.read_throttle import ReadThrottle
from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.pacing.submit_queue import SubmitQueue

_MOST = 1024
"""Maximum number of cached governors; the least recently used is dropped."""

_salt = secrets.token_bytes(16)
_lock = threading.Lock()
_governors: OrderedDict[tuple[object, bytes], Governor] = OrderedDict()


class Governor:
    """The submit queue and the read throttle of one key.

    `clock` returns monotonic seconds, `random` a number from 0 to 1.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = _random.random,
        retry: Retry | None = None,
    ) -> None:
        retry = retry or Retry()
        self.submits = SubmitQueue(clock, random, retry)
        self.reads = ReadThrottle(clock, random, retry)


def governor_of(base_url: str, key: SecretStr) -> Governor:
    """This process's governor for a server and key, cached by the key's hash."""
    text = key.get_secret_value().strip().encode()
    name = origin(base_url), hashlib.sha256(_salt + text).digest()
    with _lock:
        found = _governors.setdefault(name, Governor())
        _governors.move_to_end(name)
        while len(_governors) > _MOST:
            _governors.popitem(last=False)
    return found
