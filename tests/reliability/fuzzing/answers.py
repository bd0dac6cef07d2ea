"""What is kept of the answers to odd requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

TRACES = ("Traceback (most recent call last)", 'File "/', "site-packages", "lipsync_demo/")
"""What only the server's own people should read."""
MISTAKES = ("made a mistake", "internal error")
"""What the page and the backend say of an exception that nobody foresaw."""


@dataclass
class Answers:
    """Counts of statuses, and the requests whose answers nobody should have got."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    traces: int = 0

    @property
    def cases(self) -> int:
        return self.statuses.total()

    @property
    def server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)

    def take(self, status: int, text: str, request: str) -> None:
        """Count an answer to a request, which is described in a line."""
        self.statuses[status] += 1
        traced = any(trace in text for trace in TRACES)
        self.traces += traced
        if status >= 500 or traced or any(mistake in text for mistake in MISTAKES):
            self.faults.append(f"{status} to {request[:600]}: {text[:300]}")
