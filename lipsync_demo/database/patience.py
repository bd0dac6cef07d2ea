"""Writes that are tried again while the database cannot be used."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from lipsync_demo.database.errors import DatabaseBusy

PAUSE_SECONDS = 0.5
"""Seconds between attempts."""

log = logging.getLogger(__name__)

T = TypeVar("T")


def patiently(write: Callable[[], T], seconds: float) -> T:
    """What `write` returns, tried again for so many seconds.

    A write whose connection was cut may have been done: `write` has to bear that.

    Raises:
        DatabaseBusy: the database could not be used for as long.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return write()
        except DatabaseBusy as error:
            if time.monotonic() > end:
                raise
            log.warning("A write is tried again. %s", error.what)
            time.sleep(PAUSE_SECONDS)
