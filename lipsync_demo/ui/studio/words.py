"""What the studio says: its buttons, a run under way, recorded results."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo.languages import _, _n, joined

GO = _("Sync the lips")
STOP = _("Stop waiting")
CANCEL = _("Stop")
SUBMIT_AGAIN = _("Submit again")
VIDEO = _("video")
SPEECH_TRACK = _("speech track")
CHOOSE_BOTH = _("Choose a video and a speech track first.")
MEND_FIRST = _("What is said above has to be mended first.")
SEEN_ONLY = _("This was started by another browser, so it can only be seen here.")
STILL_GOING = _("This run is still going on. The next one can start after it.")
NO_ADDRESS = _("There is no address yet.")
NO_ADDRESS_HINT = _("Paste one first.")
NOTHING = _("Nothing has been synced yet")
OUTPUT_GONE = _("The result of this run is not on the server any more.")
OUTPUT_GONE_HINT = _(
    "Its file was moved or removed; what was sent, answered and measured is still here. Sync the "
    "lips once more for a new one."
)
NOTHING_HINT = _("Press “Sync the lips” to see the result here.")
NOTHING_RECORDED = _("There is no recorded result of these files")
NOTHING_RECORDED_HINT = _("Choose one of the samples to see its result here.")


def ahead(count: int) -> str:
    return _n("{count} run ahead of yours · ", "{count} runs ahead of yours · ", count)


def own_under_way(count: int) -> str:
    return _n(
        "{count} run of yours is under way · ", "{count} runs of yours are under way · ", count
    )


def unusable(what: str) -> str:
    return _("There is no usable {what} yet.", what=what)


def choose(what: str) -> str:
    return _("Choose a {what} first.", what=what)


COMPARE_MODES = _("Compare all modes")
START_COMPARISON = _("Start")
CANCEL_COMPARISON = _("Cancel")

MEANWHILE = _("Show the recorded result meanwhile")
RUN_GOES_ON = _("The run itself goes on; it is listed under Runs.")
SHOW_RECORDING = _("Show the recorded result")
SHOW_RECORDED_COMPARISON = _("Show the recorded comparison")
SHOWS_RECORDING = _("Shows a recording; nothing is sent.")
NOT_RECORDED = _("There is no recording of these files.")


def not_recorded(samples: Sequence[str], *, for_all: bool) -> str:
    """Why the recorded result of what is chosen cannot be shown, and what to do about it."""
    if not samples:
        return NOT_RECORDED
    named = joined(", ", samples)
    if for_all:
        return _("Only the samples have a recorded result: {named}. Choose one.", named=named)
    return _(
        "Only the samples have a recorded result: {named}. Choose one, or switch “Recorded "
        "results only” off.",
        named=named,
    )


LOAD_SAMPLE = _("Load a sample")


def recorded(day: str, what: str) -> str:
    return _("Recorded {day}, local engine · {what}", day=day, what=what)


RESULT = _("Result")
INPUT_SOON = _(
    "A copy of the input that browsers can play is being made; then both stand here side by side."
)
TAKE = _("Take the result along")
SHARE = _("Share")
PRESENT = _("Present")

COMPARE_MODELS = _("Compare models")
WHICH_MODELS = _("The same clip by these models")

AGAIN_IS_BILLED = _(
    "Submitting again starts a new task, and a new task is billed even if the first "
    "one was started too."
)
RUN_ID = _("run")
TASK_ID = _("task")
IN_PROGRESS = _("Run in progress")
NO_RESULT = _("Run without a result")
CHECKING = _("Checking the two files")
UPLOADING = _("Uploading video and speech")
WAITING = _("Waiting for the result")
FETCHING = _("Fetching the result")
USE_KEY_AGAIN = _("Go on with this key")
LOOK_FOR_TASK = _("Look for the task")
TRY_AGAIN = _("Try again")
FETCH_AGAIN = _("Fetch the result again")
NO_ESTIMATE = _("First run of this kind: no estimate.")
FIRST_RUN = _("first run of this kind, no estimate · ")
FAILED = _("This run failed")
AGAIN_IS_FREE = _("Submitting again is free: the local engine answers.")
NOT_BILLED = _("Nothing was sent, so nothing is billed.")
QUEUED = _("In the queue")
SYNCING = _("Syncing the lips")
NEEDS_KEY = _("This run needs your key again")
STOPPED = _("You stopped waiting")
CANCELLED = _("You stopped this run")
LIVE = _("What is rendered so far")
LIVE_VIDEO = _("The first seconds of the result")
LIVE_SOON = _("The first seconds can be watched here while the rest is rendered.")
LIVE_WITHHELD = _("Nothing is shown before the result has been checked.")
STILL_RENDERING = _("Still rendering")
UNCLEAR = _("Nobody knows yet whether the task was started")
KEY_GONE = _("Your key is never stored, and this server no longer has it.")
KEY_GONE_HINT = _("Enter the key under “Use a WaveSpeed key”, then go on with this run.")
GOES_ON = _("What goes on")
UNCLEAR_HINT = _("Look for the task first; that costs nothing.")


def earlier(count: int) -> str:
    return _n("{count} earlier run", "{count} earlier runs", count)


def longer_than_pace(time: str) -> str:
    return _("It takes {time} longer than its pace promised, and goes on.", time=time)


def longer(time: str, count: int) -> str:
    return _n(
        "It takes {time} longer than an earlier run like it did, and goes on.",
        "It takes {time} longer than {count} earlier runs like it did, and goes on.",
        count,
        time=time,
    )


def by_its_pace(time: str) -> str:
    return _("About {time} to go at the pace so far.", time=time)


def to_go(time: str, runs: str) -> str:
    return _("About {time} to go, judged by {runs}.", time=time, runs=runs)


def if_cancelled(means: str) -> str:
    return _("If you stop: {means}", means=means)


HOW_FAR = _("How far the run is")


def if_stopped(means: str) -> str:
    return _("If you stop waiting: {means}", means=means)


def about(time: str) -> str:
    return _("about {time} · ", time=time)


RESUME = _("Resume")
REQUEST_JSON = _("Request JSON")
RESPONSE_JSON = _("Response JSON")
PYTHON = "Python"

CHECK = _("Check")
UPLOAD = _("Upload")
SEND = _("Send")
SYNC = _("Sync")
FETCH = _("Fetch")
WHY = _("Why")
NEXT = _("Next")
WHAT = _("What")
COST = _("Cost")


def done(tag: str) -> str:
    return _("Done: {tag}", tag=tag)


RUN = _("Run")
STAMP = _("Stamp")
