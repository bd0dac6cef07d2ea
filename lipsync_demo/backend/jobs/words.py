"""What the local backend says of a task it could not finish."""

from __future__ import annotations


def the_source(role: str) -> str:
    return f"The {role}"


def too_long(hours: float) -> str:
    return (
        f"The task was ended after {hours:.0f} hours of rendering. Use a shorter or smaller video."
    )


INTERNAL_ERROR = "The local backend had an internal error. Its log says more; try again."


def stopped_on_task(times: int) -> str:
    return (
        f"The local backend stopped {times} times while working on this task. The machine may be "
        "out of memory: try a shorter or smaller video."
    )


CANCELLED = "Whoever started the task has stopped it."

INSTALL_AGAIN = " Install the requirements again."


def engine_not_loaded(error: object, advice: str) -> str:
    return f"The lip-sync engine cannot be loaded: {error}{advice}"


ENGINE_INTERNAL_ERROR = (
    "The local engine had an internal error. Its log says more; try other media."
)
