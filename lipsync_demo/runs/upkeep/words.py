"""What `/readyz` and `/healthz` say to those who run the page."""

from __future__ import annotations

NOBODY_ENTERS = "Nobody can enter: the access codes cannot be used. The log says why."
ENDING = "The page is about to end."
NO_BACKEND = "The local backend is not running."


def backend_not_ready(status: int) -> str:
    return f"The local backend takes no tasks now (status {status})."
