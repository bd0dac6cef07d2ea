"""Errors of requests about runs and groups; the failure of a run itself is its `error`.

RunsError
├── RunNotFound     no run has this id
├── GroupNotFound   no comparison or batch has this id
├── NotYours        it belongs to another visitor
└── RunRefused      the run's state does not allow what was asked
    ├── NothingSent     only recorded results are shown, so nothing is sent
    ├── StoreAway       the inputs cannot be stored where other machines find them
    └── LimitReached    a rate, a spend limit or an access code's limit is reached
"""

from __future__ import annotations

from datetime import datetime

from lipsync_demo.errors import ExplainedError


class RunsError(ExplainedError):
    """A run or a group cannot do what was asked."""


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


class NotYours(RunsError):  # noqa: N818
    """It belongs to another visitor, or to whoever runs the app."""


class RunRefused(RunsError):  # noqa: N818
    """The run's state does not allow what was asked."""


class NothingSent(RunRefused):
    """Only recorded results are shown, so nothing is sent."""


class StoreAway(RunRefused):
    """The inputs cannot be stored where other machines find them; nothing was begun."""


class LimitReached(RunRefused):
    """A rate, a spend limit or an access code's limit is reached.

    `ends` is when it no longer is; None if that does not come by itself.
    """

    def __init__(self, what: str, hint: str, ends: datetime | None = None) -> None:
        super().__init__(what, hint)
        self.ends = ends
