"""Child Python processes for work that must not slow the page down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lipsync_demo.child_environment import child_environment

KEPT_CHARACTERS = 2000
"""Characters of a failed process's stderr that are logged."""


def start_process(
    module: str, arguments: Sequence[str], *, stdout: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start `python -m module` with its stderr piped; its environment has no settings."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=child_environment(),
        cwd=Path(__file__).resolve().parents[3],
    )


def output_tail(written: bytes) -> str:
    """The end of a process's output, decoded for the log."""
    return written.decode(errors="replace")[-KEPT_CHARACTERS:]
