"""What all requests of one key to one server share in a process, so that none is a storm."""

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
from lipsync_demo.wavespeed.pacing.brake import Brake
from lipsync_demo.wavespeed.pacing.pace import Submits
from lipsync_demo.wavespeed.pacing.retries import Retry

_MOST = 1024
"""So many keys are remembered, those used last."""

_salt = secrets.token_bytes(16)
_lock = threading.Lock()
_governors: OrderedDict[tuple[object, bytes], Governor] = OrderedDict()


class Governor:
    """The queue of a key's submits and the brake of its reads.

    `clock` counts seconds and never goes back; `random` gives 0..1.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = _random.random,
        retry: Retry | None = None,
    ) -> None:
        retry = retry or Retry()
        self.submits = Submits(clock, random, retry)
        self.reads = Brake(clock, random, retry)


def governor_of(base_url: str, key: SecretStr) -> Governor:
    """The one governor of this process for this server and key; the key itself is not kept."""
    text = key.get_secret_value().strip().encode()
    name = origin(base_url), hashlib.sha256(_salt + text).digest()
    with _lock:
        found = _governors.setdefault(name, Governor())
        _governors.move_to_end(name)
        while len(_governors) > _MOST:
            _governors.popitem(last=False)
    return found
