"""Work that must not disturb the page, in Python processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

KEPT_CHARACTERS = 2000
"""Characters of what a process wrote that are logged when it fails."""


def begin(
    module: str, arguments: Sequence[str], *, stdout: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start `python -m module` with what it complains of piped; the key is no business of it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WAVESPEED_")}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=Path(__file__).resolve().parents[3],
    )


def last_words(written: bytes) -> str:
    """The end of what a process wrote, for the log."""
    return written.decode(errors="replace")[-KEPT_CHARACTERS:]
