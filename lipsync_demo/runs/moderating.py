"""Outputs the API said nothing about are looked at here, by a process of its own.

The API leaves `has_nsfw_contents` null for many results it was paid for.
"""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lipsync_demo.moderation import NSFW_SCORE
from lipsync_demo.runs.models import OwnCheck
from lipsync_demo.runs.processes import begin, last_words

PAUSE = 0.2
"""Seconds between two looks at whether the run was stopped meanwhile."""
PATIENCE = 120.0
"""Seconds after which the look is given up: a dozen frames take a few."""

logger = logging.getLogger(__name__)


def own_checks(
    paths: Sequence[Path], flags: Sequence[bool | None], going: Callable[[], object]
) -> tuple[OwnCheck | None, ...]:
    """Our own check of each output whose flag is missing or null, None for the others.

    `going` is called again and again and may raise, which ends the process.  A look that fails
    leaves None: nobody knows then, and nothing is called safe.
    """
    unsaid = [path for n, path in enumerate(paths) if n >= len(flags) or flags[n] is None]
    if not unsaid:
        return ()
    found = dict(zip(unsaid, _look(unsaid, going), strict=True))
    return tuple(found.get(path) for path in paths)


def _look(paths: Sequence[Path], going: Callable[[], object]) -> Sequence[OwnCheck | None]:
    process = begin("lipsync_demo.moderation", [str(path) for path in paths])
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            going()
            try:
                written, complaint = process.communicate(timeout=PAUSE)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    logger.warning("Our own look at an output took too long")
                    return [None] * len(paths)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        logger.warning("Our own look at an output failed: %s", last_words(complaint))
        return [None] * len(paths)
    return [
        None
        if one is None
        else OwnCheck(one["score"], one["frames"], flagged=one["score"] >= NSFW_SCORE)
        for one in json.loads(written)
    ]
