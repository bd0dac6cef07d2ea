"""Which broker servers and workers share, and the limits of a worker."""

from __future__ import annotations

from dataclasses import dataclass, field

from lipsync_demo.backend.queue.rendering import LONGEST_RENDER_SECONDS


@dataclass(frozen=True, kw_only=True)
class Broker:
    """The broker and what it is told.

    Attributes:
        url: Celery's, such as `redis://host:6379/0`; it may hold a password.
        visibility_seconds: seconds after which Redis delivers a message again that nobody has
            acknowledged; renderings may be longer.
    """

    url: str = field(repr=False)
    visibility_seconds: int = 3600


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of a worker.

    Attributes:
        render_seconds: the soft time limit of a rendering, which is ended with a sentence; the hard
            one, which kills the process, follows.
        memory_mb: a process that has used more resident memory is replaced after its job.
        grace_seconds: seconds for the renderings under way when the worker is told to end.
        lease_seconds: seconds without a sign of life after which its jobs are taken from it; the
            database may be away for as long.
    """

    render_seconds: float = LONGEST_RENDER_SECONDS
    memory_mb: int = 2048
    grace_seconds: float = 25.0
    lease_seconds: float = 45.0
