"""Finds programs that Debian's packages bring."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PLACES = ("/usr/bin", "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin")))
"""Where Debian puts servers."""


def program(name: str) -> str:
    """The path of a program; skips the test by name when it is absent, which CI does not allow."""
    found = shutil.which(name, path=os.pathsep.join((os.environ["PATH"], *PLACES)))
    if found is None:
        absent(name)
    return found


def absent(name: str) -> NoReturn:
    """Skip the test, which CI does not allow."""
    reason = f"{name} is not installed"
    if os.environ.get("LIPSYNC_REQUIRE_ALL_RINGS"):
        pytest.fail(reason)
    pytest.skip(reason)
