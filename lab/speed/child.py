"""Measuring in a process of its own: the engine as the local backend's workers run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import lab

ALONE = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
"""Threads of linear algebra would wait for each other on the processor's time."""


def answer(module: str, *arguments: object) -> Any:
    """What `python -m module arguments` prints in its last line, read as JSON.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    given = [str(a.resolve() if isinstance(a, Path) else a) for a in arguments]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", module, *given],
        cwd=Path(lab.__file__).resolve().parents[1],
        env={**os.environ, **ALONE},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
