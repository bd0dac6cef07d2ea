"""What the studio says: its buttons, a run under way, recorded results."""

from __future__ import annotations

GO = "Sync the lips"
STOP = "Stop waiting"
SUBMIT_AGAIN = "Submit again"
SPEECH_TRACK = "speech track"
NO_ADDRESS = "There is no address yet."
NO_ADDRESS_HINT = "Paste one first."
NOTHING = "Nothing has been synced yet"
NOTHING_HINT = "Press “Sync the lips” to see the result here."


def ahead(count: int) -> str:
    return "1 run ahead of yours · " if count == 1 else f"{count} runs ahead of yours · "


def unusable(what: str) -> str:
    return f"There is no usable {what} yet."


def choose(what: str) -> str:
    return f"Choose a {what} first."


COMPARE_MODES = "Compare all modes"
START_COMPARISON = "Start"
CANCEL_COMPARISON = "Cancel"

MEANWHILE = "Show the recorded result meanwhile"
RUN_GOES_ON = "The run itself goes on; it is listed under Runs."
NOT_RECORDED = "Recordings exist for the sample only."
NOT_RECORDED_HINT = "Load the sample, or switch “Recorded results only” off."
LOAD_SAMPLE = "Load the sample"


def recorded(day: str, what: str) -> str:
    return f"Recorded {day}, local engine · {what}"


RESULT = "Result"

COMPARE_MODELS = "Compare models"
WHICH_MODELS = "The same clip by these models"

AGAIN_IS_BILLED = (
    "Submitting again starts a new task, and a new task is billed even if the first "
    "one was started too."
)
RUN_ID = "run"
TASK_ID = "task"
IN_PROGRESS = "Run in progress"
NO_RESULT = "Run without a result"
CHECKING = "Checking the two files"
UPLOADING = "Uploading video and speech"
WAITING = "Waiting for the result"
FETCHING = "Fetching the result"
USE_KEY_AGAIN = "Go on with this key"
LOOK_FOR_TASK = "Look for the task"
TRY_AGAIN = "Try again"
FETCH_AGAIN = "Fetch the result again"
NO_ESTIMATE = "No earlier run to judge the time by."
FAILED = "This run failed"
AGAIN_IS_FREE = "Submitting again is free: the local engine answers."
NOT_BILLED = "Nothing was sent, so nothing is billed."
QUEUED = "In the queue"
SYNCING = "Syncing the lips"
NEEDS_KEY = "This run needs your key again"
STOPPED = "You stopped waiting"
UNCLEAR = "Nobody knows yet whether the task was started"
KEY_GONE = "Your key is never stored, and this server no longer has it."
KEY_GONE_HINT = "Enter the key under “Use a WaveSpeed key”, then go on with this run."
GOES_ON = "What goes on"
UNCLEAR_HINT = "Look for the task first; that costs nothing."


def earlier(count: int) -> str:
    return "1 earlier run" if count == 1 else f"{count} earlier runs"


def any_moment(runs: str) -> str:
    return f"Any moment now, judged by {runs}."


def to_go(time: str, runs: str) -> str:
    return f"About {time} to go, judged by {runs}."


def if_stopped(means: str) -> str:
    return f"If you stop waiting: {means}"


def about(time: str) -> str:
    return f"about {time} · "


RESUME = "Resume"
PYTHON = "Python"

CHECK = "Check"
UPLOAD = "Upload"
SEND = "Send"
SYNC = "Sync"
FETCH = "Fetch"
WHY = "Why"
NEXT = "Next"
WHAT = "What"
COST = "Cost"


def done(tag: str) -> str:
    return f"Done: {tag}"


RUN = "Run"
STAMP = "Stamp"
