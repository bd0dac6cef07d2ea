"""A worker process: loads the engine once, then renders one job after another.

Heavy imports are deferred because the server imports this module for its messages.
"""

from __future__ import annotations

import functools
import logging
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lipsync_demo.backend.errors import INTERNAL_ERROR
from lipsync_demo.backend.jobs import words
from lipsync_demo.backend.jobs.live import Clearance, LiveFolder
from lipsync_demo.backend.parent_watch import die_with_parent
from lipsync_demo.media.sync_modes import SyncMode

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

Share: TypeAlias = "Synchronized[float]"
"""A number that both processes see."""

log = logging.getLogger(__name__)

EXECUTION_FAILED = 1403
"""Task code for media the engine cannot process."""

UNAVAILABLE = 5003
"""Task code for an engine that cannot be loaded."""

CHECK_SHARE = 0.08
"""Usual share of the NSFW check of the output in a job's time."""

_NICENESS = 5
"""Increment of the worker's niceness, so that it does not slow the page down."""


@dataclass(frozen=True)
class Loaded:
    """The first message of a worker; `problem` says why it cannot render, None if it can."""

    problem: str | None


@dataclass(frozen=True)
class RenderRequest:
    """A job for a worker: inputs, output, the folder of cached analyses, the face to use.

    `live` is where the output can be watched while it is rendered.
    """

    video: Path
    audio: Path
    sync_mode: SyncMode
    output: Path
    analyses: Path
    face: str
    live: LiveFolder


@dataclass(frozen=True)
class Rendered:
    """The output is written; `started_ms` is UTC milliseconds since 1970.

    `inference_ms` is a duration; `found` holds the engine's findings (`EngineReport.found`).
    """

    started_ms: int
    inference_ms: float
    nsfw: bool
    found: Mapping[str, int]


@dataclass(frozen=True)
class Refused:
    """No output; `code` is a task code, `error` plain text for the user."""

    code: int
    error: str


def main(connection: Connection, share: Share) -> None:
    """Render jobs until the other end closes; `share` shows how much of one is done."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Standard output is reserved for the server's ready line; it is not read afterwards.
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    logging.basicConfig(format="%(asctime)s worker %(levelname)s %(name)s: %(message)s")
    connection.send(Loaded(_load()))
    while True:
        try:
            request: RenderRequest = connection.recv()
        except EOFError:
            return
        share.value = 0.0
        connection.send(render(request, share))


def _load() -> str | None:
    """Load the engine's models once; return why that failed, None on success."""
    try:
        _warm()
    except Exception as error:
        log.warning("the engine cannot be loaded", exc_info=True)
        advice = "" if hasattr(error, "hint") else words.INSTALL_AGAIN
        return words.engine_not_loaded(error, advice)
    return None


@functools.cache
def _warm() -> None:
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    import numpy as np

    from lipsync_demo.engine import lip_sync  # noqa: F401
    from lipsync_demo.engine.face import FaceLandmarker
    from lipsync_demo.engine.speech import SpeechModel
    from lipsync_demo.moderation.nsfw import nsfw_score

    # The first use verifies the weights and caches them in memory, or at least in the page cache.
    FaceLandmarker()
    SpeechModel.load()
    nsfw_score([np.zeros((8, 8, 3), np.uint8)])


def render(request: RenderRequest, share: Share | None = None) -> Rendered | Refused:
    """Lip-sync one job; every failure becomes a task code with a reason.

    `share` is kept at the share of the work that is done, 0 to 1.
    """
    problem = _load()
    if problem is not None:
        return Refused(UNAVAILABLE, problem)
    from lipsync_demo.engine import AnalysisCache, BrokenWeights, EngineError, Stage, lip_sync
    from lipsync_demo.media.errors import MediaError
    from lipsync_demo.moderation.nsfw import nsfw_flags

    def report(stage: Stage, done: float) -> None:
        if share is not None:
            share.value = (1 - CHECK_SHARE) * stage.overall(done)

    started_ms, start = time.time_ns() // 1_000_000, time.perf_counter()
    try:
        kept = AnalysisCache(request.analyses)
        with Clearance(request.video, request.live):
            said = lip_sync(
                request.video,
                request.audio,
                request.sync_mode,
                request.output,
                on_progress=report,
                cache=kept,
                face=request.face,
                live=request.live.copy,
            )
        inference_ms = (time.perf_counter() - start) * 1000
        return Rendered(started_ms, inference_ms, nsfw_flags(request.output), said.found())
    except BrokenWeights as error:
        return Refused(UNAVAILABLE, str(error))
    except (EngineError, MediaError) as error:
        return Refused(EXECUTION_FAILED, str(error))
    except Exception:
        log.exception("the engine failed on a job")
        return Refused(
            INTERNAL_ERROR,
            words.ENGINE_INTERNAL_ERROR,
        )
