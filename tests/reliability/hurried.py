"""The product's patience, shortened: hundreds of faults in minutes instead of hours."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from lipsync_demo.runs.driving import state_machine
from lipsync_demo.runs.steps import check, submit
from lipsync_demo.wavespeed import transport
from lipsync_demo.wavespeed.pacing import governor, submit_queue
from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.transport import Timeouts
from lipsync_demo.wavespeed.untrusted import download

WINDOW_SECONDS = 0.5


@dataclass(frozen=True)
class _Timeouts(Timeouts):
    connect: float = 2
    read: float = 2
    submit: float = 2
    stall: float = 2
    transfer: float = 3
    upload: float = 2


@dataclass(frozen=True)
class _Retry(Retry):
    attempts: int = 3
    first: float = 0.1
    slowest: float = 0.4
    longest_retry_after: float = 0.5


_SHORT = (
    (transport, {"Timeouts": _Timeouts, "Retry": _Retry}),
    (governor, {"Retry": _Retry, "_governors": OrderedDict()}),
    (
        download,
        {"Retry": _Retry, "_OPENING_SECONDS": 2, "_STALL_SECONDS": 1, "_CONNECT_SECONDS": 1},
    ),
    (check, {"LINK_SECONDS": 3}),
    (submit, {"WINDOW_SECONDS": WINDOW_SECONDS, "LOOPBACK_DELAYS": (0.1, 0.2, 0.4)}),
    (state_machine, {"WINDOW_SECONDS": WINDOW_SECONDS}),
    (submit_queue, {"WINDOW_SECONDS": WINDOW_SECONDS, "MIN_BACKOFF_SECONDS": 0.2}),
)


@contextmanager
def hurried() -> Iterator[None]:
    """Shorten every timeout and pause between the client and a server, of this process."""
    with ExitStack() as patches:
        for module, values in _SHORT:
            for name, value in values.items():
                patches.enter_context(patch.object(module, name, value))
        patches.enter_context(patch.dict(download.download.__kwdefaults__, limit_seconds=3.0))
        yield
