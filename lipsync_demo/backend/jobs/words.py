"""What the local backend says of a task it could not finish."""

from __future__ import annotations


def the_source(role: str) -> str:
    return f"The {role}"


def stopped_on_task(times: int) -> str:
    return (
        f"The local backend stopped {times} times while working on this task. The machine may be "
        "out of memory: try a shorter or smaller video."
    )


CANCELLED = "Whoever started the task has stopped it."
