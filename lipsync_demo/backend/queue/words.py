"""What is said of a task that could not be rendered."""

from __future__ import annotations


def too_long(hours: float) -> str:
    return (
        f"The task was ended after {hours:.0f} hours of rendering. Use a shorter or smaller video."
    )


INTERNAL_ERROR = "The local backend had an internal error. Its log says more; try again."

INSTALL_AGAIN = " Install the requirements again."


def engine_not_loaded(error: object, advice: str) -> str:
    return f"The lip-sync engine cannot be loaded: {error}{advice}"


ENGINE_INTERNAL_ERROR = (
    "The local engine had an internal error. Its log says more; try other media."
)

NO_WORKER = (
    "No worker is running. Start one with `python -m lipsync_demo worker`, with the same settings "
    "as this server; tasks wait until then."
)

BROKER_AWAY = (
    "The broker of LIPSYNC_QUEUE_URL cannot be reached. Tasks are kept and wait until it is back."
)

NO_BROKER = "A worker needs a broker, and none is set."

SET_BROKER = (
    "Set LIPSYNC_QUEUE_URL to that of the servers, such as redis://localhost:6379/0; without a "
    "broker the server renders itself and needs no worker."
)
