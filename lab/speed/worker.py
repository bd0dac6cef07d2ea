"""Runs a measurement in a subprocess, as the local backend's workers run the engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import lab

SINGLE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
"""Environment that keeps linear algebra on one thread: threads would spin and wait."""


def run_json(module: str, *arguments: object) -> Any:
    """Return the last line that `python -m module arguments` prints, parsed as JSON.

    Raises:
        subprocess.CalledProcessError: the process failed.
    """
    given = [str(a.resolve() if isinstance(a, Path) else a) for a in arguments]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", module, *given],
        cwd=Path(lab.__file__).resolve().parents[1],
        env={**os.environ, **SINGLE_THREAD},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
