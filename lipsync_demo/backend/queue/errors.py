"""Why a rendering ended without an answer."""

from __future__ import annotations


class Cancelled(Exception):  # noqa: N818
    """Nobody wants the outcome: the client has cancelled the job, or another has claimed it."""


class WorkerDied(Exception):  # noqa: N818
    """The process that rendered died before it answered."""


class RenderTimeout(Exception):  # noqa: N818
    """The rendering timed out and was ended."""
