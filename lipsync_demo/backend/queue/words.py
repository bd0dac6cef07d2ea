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
