"""What models read of the tools.  It is English, as the tools' names are."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from lipsync_demo import visible_label
from lipsync_demo.api.preview import Quoted
from lipsync_demo.api.runs import Progress
from lipsync_demo.face_choice import FORMS, POINT_SECONDS
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, MODES
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.model_catalogue import MODELS, SYNC_MODE

TITLE: Final = "Lipsync Demo"

_FILES_HERE = "the path of a file on this machine, or an http(s) URL"
_FILES_THERE = (
    "an http(s) URL that this server can reach, or the id of an upload: POST its name and "
    "size_bytes as JSON to /v1/uploads of this server, then PUT the bytes to the url in the "
    "answer. Paths are not taken"
)
_LIST_OF_MODES = "\n".join(
    f"- {mode.value}: {spec.texts.summary}{' The default.' if mode is DEFAULT_SYNC_MODE else ''}"
    for mode, spec in MODES.items()
)
_FREE = "Runs here are free. They are rendered on this machine, in one to three times their length."
_PAID = (
    "Runs are sent to a paid service and are billed: tell the user the price that `quote` says "
    "before you start one. A run takes one to a few minutes."
)


def instructions(*, here: bool, free: bool) -> str:
    """How the tools belong together."""
    return f"""\
Lipsync Demo makes the mouth of a talking person say another speech track. In go `video`, a clip \
of a person who talks, and `audio`, the speech: a sound file, or a video with sound. Out comes an \
MP4. Each input is {_FILES_HERE if here else _FILES_THERE}.

Video and speech are seldom equally long; `sync_mode` says what happens then:
{_LIST_OF_MODES}

In order: `doctor` tells whether the files are fit, `preview_modes` how long the output is in each \
mode, `quote` what it costs. `start_run` starts and returns at once; call `wait_run` until \
`finished` is true. The video is then the resource `output_uri`, all that is known of the run is \
`report_uri`, and `measure` checks the output. `compare_modes` makes the outputs of all modes.

{_FREE if free else _PAID}"""


TITLES: Final = {
    "doctor": "Check the files",
    "preview_modes": "Preview the sync modes",
    "quote": "Say the price",
    "start_run": "Start a lip-sync",
    "wait_run": "Wait for a run",
    "get_run": "Look at a run",
    "stop_run": "Stop a run",
    "list_runs": "List the runs",
    "measure": "Measure an output",
    "compare_modes": "Compare the sync modes",
    "wait_comparison": "Wait for a comparison",
}

_COSTS_NOTHING = "Costs nothing, sends nothing to the model"
_WAITING = (
    "Returns when it has ended, else after `seconds`, with `finished` false: call it again then. "
    "Sends progress meanwhile."
)
_ONCE = (
    "If you do not know whether a call arrived, repeat it with the same `request_id`: nothing is "
    "started twice."
)
_IS_FREE = "It is free here: nothing leaves this machine."
_IS_BILLED = (
    "It is billed: the answer says the price. It is refused if it costs more than `max_price_usd`, "
    "or more than your token may spend."
)

_DESCRIPTIONS: Final = {
    "doctor": "Say what may go wrong with a talking video, a speech track or both, before a run: "
    "no face, several people, background noise, formats that are not taken. Each finding has a "
    f"severity and a hint; an `error` keeps a run from working. {_COSTS_NOTHING}; takes seconds.",
    "preview_modes": "Say what each `sync_mode` would do with this pair: the output's length, what "
    f"is cut, and which modes give the same. {_COSTS_NOTHING}; takes a second or two.",
    "quote": "Say what a run costs and whether you may start it now (`allowed`, else `obstacle`). "
    "`amount` is for each run, in `currency`; if `exact` is false it is the least a run costs, and "
    f"long files cost more. {_COSTS_NOTHING}; takes a second or two.",
    "start_run": "Start to lip-sync `video` to `audio`, and return the price and the run without "
    f"waiting for it; then call `wait_run`. {{price}} {_ONCE}",
    "wait_run": f"Wait for a run. {_WAITING} A `done` run has `output_uri`; a `failed` one says "
    "`error.what` and `error.hint`.",
    "get_run": "Tell how a run is now, without waiting. Takes no time.",
    "stop_run": "Stop a run; `stop_means` says what goes on nevertheless. A task that was sent to "
    "a paid service is billed all the same. A run that has ended is unchanged.",
    "list_runs": "List your runs, newest first. Takes no time.",
    "measure": "Check the output of a run that is done: its length, sound, repeated frames, "
    "likeness to the video, offset between lips and sound. Each check has an `outcome` (pass, "
    f"warn, fail, unknown) and a sentence. {_COSTS_NOTHING}; takes some seconds. `ready` is false "
    "until it is there: call it again then.",
    "compare_modes": "Start one run for every `sync_mode` that gives another output of this pair, "
    f"and return without waiting for them; then call `wait_comparison`. {{price}} {_ONCE}",
    "wait_comparison": f"Wait for all runs of a comparison. {_WAITING}",
}


def describe(name: str, *, free: bool) -> str:
    """What a tool does, what it costs, how long it takes."""
    return _DESCRIPTIONS[name].format(price=_IS_FREE if free else _IS_BILLED)


VIDEO: Final = "The talking video: a clip of a person who talks"
AUDIO: Final = "The speech: a sound file, or a video with sound"
MODE: Final = (
    "What happens when video and speech are not equally long. "
    + " ".join(f"{mode.value}: {spec.texts.summary}" for mode, spec in MODES.items())
    + f" By default {DEFAULT_SYNC_MODE.value}; sync/react-1 takes none."
)
MODES_WANTED: Final = "Only these modes; all of them by default."
MODEL: Final = f"The model; by default the one of this server, usually {MODEL_ID}."
_FIELDS = (
    f"{choice.name} of {model.id}, by default {choice.default} ({', '.join(choice.values)})"
    for model in MODELS.values()
    for choice in model.choices
    if choice.name != SYNC_MODE
)
FIELDS: Final = (
    f"Further fields: {'; '.join(_FIELDS)}; {visible_label.FIELD} of free local runs, a label in "
    "the picture that says that it is AI-generated: "
    f"{visible_label.OFF}, or a corner ({', '.join(visible_label.CORNERS)})."
)
RUNS: Final = "How many such runs."
RUN_ID: Final = "The run's id, as `start_run` or `list_runs` says it."
COMPARISON_ID: Final = "The `group_id` that `compare_modes` returned."
SECONDS: Final = "Wait no longer than this; clients often give up after 60 seconds."
LIMIT: Final = "How many at most."
STATE: Final = "Only runs in this state."
AFTER: Final = "Go on after this run: what `next` said."
MAX_PRICE: Final = (
    "The most that all of it may cost in US dollars; what costs more is not sent. 0 is enough "
    "where runs are free."
)
REQUEST_ID: Final = (
    "A text that you make up for this request, such as a UUID; use it again only to repeat the "
    "very same request."
)
FACE: Final = (
    f"Which of several people speaks: {FORMS}. X,Y is a point, as shares of width and height, in "
    f"the middle of the first {POINT_SECONDS} s; `doctor` names those of all faces. For free local "
    "runs only."
)

WITH_THESE: Final = "With these two files."
NEVER_SHOWN: Final = "At the end of the video, never shown."
NEVER_HEARD: Final = "At the end of the speech, never heard."
SAME: Final = "Other modes with this very output."
DEFAULT_FINDINGS: Final = "What may go wrong in the default mode."
SAYS: Final = "The price as a sentence, to tell the user."
FINISHED: Final = "False while it goes on by itself: wait again then."
SHARE: Final = "Share of the current step that is done, 0 to 1."
NSFW: Final = "Whether each output was judged not safe for work; null where nobody checked."
QUOTED: Final = "What this run was quoted at, once its files were uploaded."
CHARGED: Final = "What it was charged, less what was refunded."
STOP_MEANS: Final = "What goes on nevertheless if it is stopped."
OUTPUT_URI: Final = "The resource with the video, once there is one."
REPORT_URI: Final = "The resource with all that is known of the run."
OUTPUT_FILES: Final = "Where the outputs are: paths on your machine, or addresses of this server."
NEXT: Final = "`after` of the next call; null at the end of the list."


def named_so(about: str, *, here: bool) -> str:
    """What an input is, and how it is named."""
    return f"{about}. Name it by {_FILES_HERE if here else _FILES_THERE}."


def price(quoted: Quoted, *, free: bool) -> str:
    """The price as a sentence."""
    if free:
        return "This is free: it runs on this machine."
    if quoted.total is None:
        return "The price is not known at the moment."
    least = "" if quoted.exact else "at least "
    each = "" if quoted.runs == 1 else f" ({quoted.runs} runs of {quoted.amount})"
    return f"This costs {least}{quoted.total} {quoted.currency}{each}."


PRICE_UNKNOWN = "The service does not say what this costs at the moment, so nothing was sent."
ASK_AGAIN = "Try again in a minute."


def too_dear(quoted: Quoted, most: Decimal) -> str:
    says = price(quoted, free=False)
    return f"{says} That is more than the {most} USD of max_price_usd, so nothing was sent."


ASK_USER = "Tell the user the price; if they agree, call again with a higher max_price_usd."

START_ANEW = (
    "Nothing was sent and nothing is billed. Tell the user the price; if they agree, start it anew "
    "with a higher max_price_usd and another request_id."
)


def other_request(request_id: str) -> str:
    return f"The request_id {request_id!r} has started something with other arguments."


NEW_REQUEST_ID = "Use a new request_id for a new request. Nothing was started."


def not_a_file(text: str) -> str:
    return f"{text!r} is neither a URL nor the id of an upload."


NAME_FILES_SO = f"Give {_FILES_THERE}."

MEASURING = "Measuring the output"


def step(run: Run, how: Progress) -> str:
    """What a run does at the moment."""
    rendering = run.state is RunState.WAITING and run.backend == "local"
    doing = "rendering" if rendering else run.state.value
    share = "" if how.share is None else f", {how.share:.0%}"
    left = how.seconds_left
    return f"{doing}{share}" + (f", about {left:.0f} s left" if left and left >= 1 else "")


def of_all(ended: int, count: int) -> str:
    return f"{ended} of {count} runs have ended"


OUTPUT: Final = "Lip-synced video"
REPORT: Final = "Report of a run"
REPORT_PAGE: Final = "Report of a run as a page"
REPORT_SAYS: Final = "The inputs, choices, price, timings and checks of a run, as JSON."


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.3g} MB"


def output_says(most: int) -> str:
    return f"The MP4 of a run that is done, up to {_megabytes(most)}; of a larger one the address."


def page_says(most: int) -> str:
    return f"One HTML page with the videos in it, up to {_megabytes(most)}; else its address."


def of_run(title: str, run: Run) -> str:
    return f"{title} {run.id[:8]} ({run.title})"


def too_large(size: int, most: int, where: str) -> str:
    return f"This has {_megabytes(size)}, and at most {_megabytes(most)} are given here: {where}"


def report_command(run_id: str) -> str:
    return f"python -m lipsync_demo report {run_id}"


def wrong_arguments(wrong: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{name}: {problem}." for name, problem in wrong)


SEE_SCHEMA = "Correct the arguments; the tool's schema says what each may be."
SEE_TOOLS = "List the tools to see which there are."
LOOK_AT_PATH = "Check the path and the rights on the file."


def broken(name: str) -> str:
    return f"{name} has failed because of a fault in Lipsync Demo."


SEE_LOG = "Try once more; if it fails again, its log says why."

SESSIONS = "This token has opened too many sessions."
SESSIONS_HINT = "End sessions that are not used any more, or wait ten minutes."
ENDING = "The app is ending. Ask again in a moment."
