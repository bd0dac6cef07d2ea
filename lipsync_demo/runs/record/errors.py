"""What can go wrong when a run is asked for; a run's own failure is its `error`.

RunsError
├── RunNotFound     no run has this id
├── GroupNotFound   no comparison or batch has this id
└── RunRefused      the run's state does not allow what was asked
"""

from __future__ import annotations


class RunsError(Exception):
    """Base: `what` happened and a `hint` at what to do next."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} {hint}".strip())
        self.what = what
        self.hint = hint


class RunNotFound(RunsError):  # noqa: N818
    """No run has this id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"There is no run with the id {run_id!r} here.",
            "Check the id, and that LIPSYNC_DATA_DIR names the folder it was made in.",
        )
        self.run_id = run_id


class GroupNotFound(RunsError):  # noqa: N818
    """No comparison or batch has this id."""

    def __init__(self, group_id: str) -> None:
        super().__init__(
            f"There is no comparison or batch with the id {group_id!r} here.",
            "Check the id, and that LIPSYNC_DATA_DIR names the folder it was made in.",
        )


class RunRefused(RunsError):  # noqa: N818
    """The run's state does not allow what was asked."""
