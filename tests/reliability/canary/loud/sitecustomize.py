"""Has every process that finds this first log everything."""

import logging
from typing import Any

_configured = logging.basicConfig


def _loud(**named: Any) -> None:
    _configured(**{**named, "level": logging.DEBUG})


logging.basicConfig = _loud
