"""Renders one job with the engine, whose models are loaded once a process.

Heavy imports are deferred because the server imports this module for its messages.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.backend.errors import INTERNAL_ERROR
from lipsync_demo.backend.jobs.live import Clearance, LiveFolder
from lipsync_demo.backend.queue import words
from lipsync_demo.child_environment import one_thread_each
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.marking import UNMARKED, Marking
from lipsync_demo.storage import StoragePlace, open_storage

log = logging.getLogger(__name__)

EXECUTION_FAILED = 1403
"""Task code for media the engine cannot process."""

UNAVAILABLE = 5003
"""Task code for an engine that cannot be loaded."""

LONGEST_RENDER_SECONDS = 7200.0
"""Timeout of one rendering."""

CHECK_SHARE = 0.08
"""Usual share of the NSFW check of the output in a job's time."""


@dataclass(frozen=True, kw_only=True)
class RenderRequest:
    """A job to render: inputs, output, the folder of cached analyses, the face to use.

    `shared` is where analyses are shared with other machines, `live` where the output can be
    watched while it is rendered; `task` is the job's id. `marking` is how the output says what it
    is.
    """

    video: Path
    audio: Path
    sync_mode: SyncMode
    output: Path
    analyses: Path
    shared: StoragePlace
    face: str
    live: LiveFolder
    task: str
    marking: Marking = UNMARKED


@dataclass(frozen=True)
class Rendered:
    """The output is written; `started_ms` is UTC milliseconds since 1970.

    `inference_ms` is a duration; `found` holds the engine's findings (`EngineReport.found`), and
    `stages` the seconds each stage took.
    """

    started_ms: int
    inference_ms: float
    nsfw: bool
    found: Mapping[str, int]
    stages: Mapping[str, float]


@dataclass(frozen=True)
class Refused:
    """No output; `code` is a task code, `error` plain text for the user."""

    code: int
    error: str


def render(
    request: RenderRequest,
    on_share: Callable[[float], None],
    interrupts: tuple[type[Exception], ...] = (),
) -> Rendered | Refused:
    """Lip-sync one job; every failure becomes a task code with a reason.

    Args:
        on_share: called with the share of the work that is done, 0 to 1.
        interrupts: errors of `on_share`, or thrown into this thread, that end the rendering; they
            are raised.
    """
    problem = load()
    if problem is not None:
        return Refused(UNAVAILABLE, problem)
    from lipsync_demo.engine import AnalysisCache, BrokenWeights, EngineError, Stage, lip_sync
    from lipsync_demo.media.errors import MediaError
    from lipsync_demo.moderation.nsfw import nsfw_flags
    from lipsync_demo.provenance.errors import SigningFailed
    from lipsync_demo.provenance.signing import sign_made

    def report(stage: Stage, done: float) -> None:
        on_share((1 - CHECK_SHARE) * stage.overall(done))

    started_ms, start = time.time_ns() // 1_000_000, time.perf_counter()
    try:
        storage = open_storage(request.shared)
        kept = AnalysisCache(request.analyses, shared=storage if storage.remote else None)
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
                ai_label=request.marking.ai_label,
            )
        rendered = time.perf_counter()
        flags = nsfw_flags(request.output)
        sign_made(request.output, request.marking, request.video, request.audio, request.sync_mode)
        stages = {stage.value: took.wall for stage, took in said.timings.items()}
        stages["check"] = time.perf_counter() - rendered
        inference_ms = (rendered - start) * 1000
        return Rendered(started_ms, inference_ms, flags, said.found(), stages)
    except interrupts:
        raise
    except BrokenWeights as error:
        return Refused(UNAVAILABLE, str(error))
    except SigningFailed as error:
        log.warning("task %s has no Content Credentials: %s", request.task, error)
        return Refused(UNAVAILABLE, str(error))
    except (EngineError, MediaError) as error:
        return Refused(EXECUTION_FAILED, str(error))
    except Exception:
        log.exception("the engine failed on a job")
        return Refused(INTERNAL_ERROR, words.ENGINE_INTERNAL_ERROR)


def load() -> str | None:
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
    one_thread_each()
    import numpy as np

    from lipsync_demo.engine import lip_sync  # noqa: F401
    from lipsync_demo.engine.face import FaceLandmarker
    from lipsync_demo.engine.speech import SpeechModel
    from lipsync_demo.moderation.nsfw import nsfw_score

    # The first use verifies the weights and caches them in memory, or at least in the page cache.
    FaceLandmarker()
    SpeechModel.load()
    nsfw_score([np.zeros((8, 8, 3), np.uint8)])
