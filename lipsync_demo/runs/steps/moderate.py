"""NSFW check, in a child process, of outputs that the API did not check.

The API leaves `has_nsfw_contents` null for many paid results.
"""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lipsync_demo.moderation import NSFW_SCORE
from lipsync_demo.runs.record.run import OwnCheck
from lipsync_demo.runs.steps.processes import output_tail, start_process

STOP_POLL = 0.2
"""Seconds between checks whether the run was stopped."""

CHECK_TIMEOUT = 120.0
"""Seconds until the check times out; a dozen frames take a few seconds."""

logger = logging.getLogger(__name__)


def own_checks(
    paths: Sequence[Path], flags: Sequence[bool | None], going: Callable[[], object]
) -> tuple[OwnCheck | None, ...]:
    """The check of each output whose flag is missing or null; None for the others.

    `going` is called every `STOP_POLL` seconds and may raise, which ends the process.  A failed
    check gives None, which does not mean safe.
    """
    unsaid = [path for n, path in enumerate(paths) if n >= len(flags) or flags[n] is None]
    if not unsaid:
        return ()
    found = dict(zip(unsaid, _check(unsaid, going), strict=True))
    return tuple(found.get(path) for path in paths)


def _check(paths: Sequence[Path], going: Callable[[], object]) -> Sequence[OwnCheck | None]:
    process = start_process("lipsync_demo.moderation", [str(path) for path in paths])
    deadline = time.monotonic() + CHECK_TIMEOUT
    try:
        while True:
            going()
            try:
                written, complaint = process.communicate(timeout=STOP_POLL)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    logger.warning("The NSFW check of an output timed out")
                    return [None] * len(paths)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        logger.warning("The NSFW check of an output failed: %s", output_tail(complaint))
        return [None] * len(paths)
    return [
        None
        if one is None
        else OwnCheck(one["score"], one["frames"], flagged=one["score"] >= NSFW_SCORE)
        for one in json.loads(written)
    ]
