"""What is said of a run and its files."""

from __future__ import annotations

from lipsync_demo.languages import _

CONSENT = _("Use footage of people who agreed to it, and say that the result is synthetic.")
"""The line at the button of every page that starts runs."""
CANNOT_BE_READ = _("it cannot be read")

NOTHING_SENT = _("Nothing has been sent yet, so nothing goes on and nothing is billed.")
LOCAL_GOES_ON = _(
    "The local engine goes on with the task and costs nothing; resume the run to fetch its result."
)
LOCAL_IS_CANCELLED = _(
    "The local engine drops the task and takes the next one at once; it costs nothing."
)
LOCAL_WAS_CANCELLED = _("The task was cancelled: nothing goes on, and nothing is billed.")
REQUEST_ON_ITS_WAY = _(
    "The request is on its way. If it arrives, the task goes on and is billed; resume the run to "
    "look for it."
)
TASK_GOES_ON = _(
    "The API has no way to cancel: the task goes on and is billed. Resume the run within 7 days to "
    "fetch its result."
)

RUN_DELETED = _("Its run was deleted.")
