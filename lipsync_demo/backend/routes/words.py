"""What the routes answer."""

from __future__ import annotations

METRICS_SHUT = "Metrics are told on this machine, and to whoever has LIPSYNC_METRICS_TOKEN."


def goes_on(seconds: float, address: str) -> str:
    return (
        f"Sync mode timed out after {seconds:g} s; the task goes on. "
        f"Query the result later at: {address}"
    )
