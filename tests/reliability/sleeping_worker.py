"""A worker whose engine is replaced by a sleep, to measure all that is not the engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from lipsync_demo.backend.queue import celery_worker
from lipsync_demo.backend.queue.broker import Limits
from lipsync_demo.backend.queue.rendering import Refused, Rendered, RenderRequest
from lipsync_demo.backend.server import broker_of, place_of
from lipsync_demo.backend.worker import required, work
from lipsync_demo.settings import read_settings

BEAT_SECONDS = 0.1
OUTPUT = b"x" * 100_000


def main(seconds: float, processes: int) -> int:
    def slept(
        request: RenderRequest,
        on_share: Callable[[float], None],
        interrupts: tuple[type[Exception], ...] = (),
    ) -> Rendered | Refused:
        del interrupts
        began = time.time()
        while (left := seconds - (time.time() - began)) > 0:
            time.sleep(min(left, BEAT_SECONDS))
            on_share(1 - left / seconds)
        request.output.write_bytes(OUTPUT)
        return Rendered(round(began * 1000), seconds * 1000, False, {}, {})

    celery_worker.load = lambda: None  # type: ignore[assignment]
    celery_worker.render = slept  # type: ignore[assignment]
    settings = read_settings()
    limits = Limits(lease_seconds=settings.lease_seconds)
    broker = required(broker_of(settings))
    return work(place_of(settings), broker, limits, processes=processes, face=settings.face)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
