"""What a queue of jobs does; the store's records are the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lipsync_demo.backend.jobs.job import Job
from lipsync_demo.backend.jobs.live import LivePart


@dataclass(frozen=True)
class Health:
    """Whether jobs are rendered; `problem` says why not, None without a known cause.

    `takes` is whether a job that is accepted now will be rendered once that is over by itself.
    """

    ready: bool
    problem: str | None
    workers: int
    takes: bool = True


class JobQueue(Protocol):
    """Renders the jobs that the store has accepted, from `start` to `stop`."""

    def start(self) -> None:
        """Take up what an earlier server left, and begin."""

    def wake(self) -> None:
        """Notify the queue that the store has accepted a job."""

    def cancel(self, job_id: str) -> None:
        """Stop the work on a job that the store has marked as cancelled."""

    def live(self, job: Job, start: int) -> LivePart:
        """Return what can be watched of a job that is rendered, from byte `start` on."""

    def share(self, job: Job) -> float | None:
        """Share of the work on a job that is done, 0 to 1; None unless it is rendered."""

    def health(self) -> Health:
        """Return whether jobs are rendered, and by how many workers."""

    def stop(self) -> None:
        """End the work of this process; jobs it interrupts are queued for the next start."""
