"""Whom the app calls at rest and during a run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.browser.site import ROOT
from tests.conftest import chromium
from tests.reliability.table import Result, Table

REST = 60.0
"""Seconds at rest."""
PATIENCE = 1200.0
NETWORKS = (("unshare", "-n"), ("unshare", "-r", "-n"))
"""Ways into a network of its own, as root and otherwise."""


def run(seed: int) -> Result:
    del seed  # nothing is left to chance
    alone = _way()
    found = measured(REST, alone)
    where = "kernel: a network without routes" if alone else "no network of its own is allowed here"
    rows = [
        ("calls of the app, its backend, workers and looks", found["calls"], len(found["outside"])),
        (f"of these in {REST:.0f} s at rest", found["at rest"], ""),
        ("requests of the page", found["requests"], len(found["requests outside"])),
        (where, "", found["no route"] if alone else "not counted"),
    ]
    missed = [*found["outside"], *found["requests outside"]]
    missed += [] if found["calls"] else ["nothing was written down, not even calls of the backend"]
    missed += (
        [f"{found['no route']} packets without a route"] if alone and found["no route"] else []
    )
    return Result(("who", "calls", "to the outside"), rows, missed)


def _way() -> tuple[str, ...]:
    """The words before a command that has a network of its own; none where that is forbidden."""
    for words in NETWORKS:
        try:
            subprocess.run([*words, "true"], check=True, capture_output=True)
            return words
        except (OSError, subprocess.CalledProcessError):
            continue
    return ()


def measured(rest: float, way: tuple[str, ...]) -> dict[str, Any]:
    """What `tests.reliability.quiet` found."""
    words = [str(rest), chromium() or "", "alone" if way else "shared"]
    done = subprocess.run(
        [*way, sys.executable, "-m", "tests.reliability.quiet", *words],
        cwd=ROOT,
        capture_output=True,
        timeout=PATIENCE,
    )
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    found: dict[str, Any] = json.loads(done.stdout)
    return found


TABLE = Table(
    "Quiet",
    f"{REST:.0f} s at rest with an open page, and a run of the local backend, in a network that "
    "has this machine only: every call is written down by an audit hook in each Python process, "
    "every request by the browser, and packets without a route are counted by the kernel. None "
    "leaves the machine.",
    run,
)
