"""What `/readyz` says to those who run the page."""

from __future__ import annotations

ENDING = "The page is about to end."
NO_BACKEND = "The local backend is not running."


def backend_not_ready(status: int) -> str:
    return f"The local backend takes no tasks now (status {status})."
