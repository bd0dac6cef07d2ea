"""What a run says of itself on the page, behind a shared link and in a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

APP = "Lipsync Demo"

WAVEFORM = "Loudness of the speech, from its start to its end"
HEARD = "The speech"
LENGTH = "length"

INPUT_VIDEO = "Input video"


def output_of(mode: str, run_id: str) -> str:
    return f"{mode} · {run_id[:6]}"


def as_expected(length: str) -> str:
    return f"{length}, as expected"


def not_expected(length: str, expected: str) -> str:
    return f"{length}, expected {expected}"


def charged(amount: str, refunded: str | None, *, by_balance: bool) -> str:
    if by_balance:
        return f"{amount} by the balance"
    if refunded is None:
        return amount
    return f"{amount}, refunded" if refunded == amount else f"{amount}, {refunded} refunded"


LOCAL_ENGINE = "local engine"

PRESENT = "Present"
BESIDE_THE_INPUT = "Beside the input"
CLOSE = "Close"
WENT_IN = "What went in"
HAPPENED = "What happened"
CAME_OUT = "What came out"


def checks_passed(passed: int, of: int) -> str:
    return f"{passed} of {of} checks passed"


INFERENCE = "inference"
MEASURING = "The result is being measured; the checks appear here in a few seconds."
NOT_MEASURED = "This result has not been measured."
ALL_CHECKS = "What was measured"
OUTPUT = "output"
SOURCE = "source clip"
OFFSET = "Sound later than the lips"
PROXY = (
    "The offset of sound and lips is a proxy: an estimate by the local engine's speech "
    "model. Compare it with the source clip's own, and look yourself."
)
OWN_MODEL = "The local engine moves lips by that same model, so its own results agree with it."


def checks_summary(passed: int, warned: int, failed: int, unknown: int) -> str:
    words = [f"{passed} checks passed"]
    words += [f"{warned} to look at"] if warned else []
    words += [f"{failed} failed"] if failed else []
    words += [f"{unknown} could not be made"] if unknown else []
    return " · ".join(words)


def offset_of(name: str, milliseconds: float, confidence: float) -> str:
    return f"{name} {milliseconds:+.0f} ms, confidence {confidence:.2f}"


MORE = "Everything else"
AS_EXPECTED = "as expected"
BY_LOCAL_ENGINE = "local engine, in place of the hosted model"
ANSWERED_BY = "Answered by"
FOUND = "In the video"
SYNTHETIC = "Synthetic: the file itself says so in its metadata."
LENGTH_AS_PROMISED = "Length is what the mode promised"
LENGTH_NOT_PROMISED = "Length is not what the mode promised"
CHOICES: Final[Mapping[str, str]] = {"sync_mode": "Mode", "model_mode": "What moves"}


def choice(name: str) -> str:
    return CHOICES.get(name, name.replace("_", " ").capitalize())


def flag(which: str) -> str:
    return f"{which}: not-safe-for-work flag"


def own_check(which: str, frames: int) -> str:
    looked = "1 frame" if frames == 1 else f"{frames} frames"
    return f"{which}: not checked by the API; our own check of {looked}"


def unchecked(which: str) -> str:
    return f"{which}: not checked for not-safe-for-work content, by the API or here"


def own_score(word: str, score: float) -> str:
    return f"{word}, highest score {score:.2f}"


def nsfw_tile(counted: int, of: int, own: bool) -> str:
    return f"NSFW, {counted} of {of}{', our own check' if own else ''}"


def found(counts: Mapping[str, int]) -> str:
    faces, shots = counts.get("faces", 0), counts.get("shots", 0)
    return (
        f"{faces} face{'' if faces == 1 else 's'} in {shots} shot{'' if shots == 1 else 's'} · "
        f"lips moved in {counts.get('synced', 0)} of {counts.get('frames', 0)} frames"
    )


TO_RESULT = "click to result"
ACCOUNT_LIMIT = "Account's limit"
TIME_SPENT = "Where the time went"
TOTAL = "Total"


def download(number: int, of: int) -> str:
    return "Download" if of == 1 else f"Download {number}"


WAITS = "Runs that meet the limit wait and go on by themselves."


def learned(pace: str, runs: int, time: str) -> str:
    return f"This account takes {pace}, so {runs} runs take {time}. {WAITS}"


def assumed(pace: str, runs: int, time: str) -> str:
    return (
        f"On the default account level, which takes {pace}, {runs} runs take {time}; higher "
        f"levels are faster. {WAITS}"
    )


def pace(count: int, seconds: int) -> str:
    videos = "1 video" if count == 1 else f"{count} videos"
    return f"{videos} a minute" if seconds == 60 else f"{videos} in {seconds} s"


FLAGGED = "The backend flagged this output as not safe for work."
NOT_CHECKED = "The API did not check whether this output is safe for work, and nobody else has yet."
BEING_CHECKED = (
    "The API did not check whether this output is safe for work; it is being checked here now."
)
SHOW_ANYWAY = "Show anyway"


def flagged_here(frames: int) -> str:
    looked = "1 frame" if frames == 1 else f"{frames} frames"
    return f"Not checked by the API; our own check of {looked} found this output not safe for work."


def covered_result(tag: str) -> str:
    return f"Result, {tag}"


SENDING = "Sending the request"
LIMITED = "Waiting for the account's limit"


def next_try(time: str) -> str:
    return f", next try in {time}"


BACK_AND_FORTH = "back and forth"
AGAIN_AND_AGAIN = "from the start"
FIRST_PART = "its first part"
HELD = "last picture held"
CUT_OFF = "cut off"
SPED_UP = "sped up"


def more_passes(count: int, how: str) -> str:
    return f"{count} more passes, {how}"


def held_for(length: str) -> str:
    return f"the last picture held for {length}"


def backward(start: str, end: str) -> str:
    return f"backward from {start} to {end} s"


def forward(start: str, end: str) -> str:
    return f"forward from {start} to {end} s"


def cut_off_for(length: str) -> str:
    return f"{length} cut off"


def more(count: int) -> str:
    return f"{count} more"


def backward_from(start: str, end: str) -> str:
    return f"◂ backward {start} → {end}"


def forward_from(start: str, end: str) -> str:
    return f"forward {start} → {end}"


def silence_for(length: str) -> str:
    return f"silence {length}"


def alignment(output: str, video: str, speech: str) -> str:
    return f"Output {output}. Video: {video}. Speech: {speech}."


UPLOAD = "Upload"
QUEUE = "Queue"
INFERENCE_STEP = "Inference"
DOWNLOAD = "Download"


def expected(length: str) -> str:
    return f"{length} expected"


def length_expected(length: str, expected: str) -> str:
    return f"{length}, expected {expected}"


def output_number(number: int) -> str:
    return f"Output {number}"


OUTPUT_VIDEO = "Output"

MODEL = "Model"
RUN = "Run"
TASK = "Task"
VIDEO = "Video"
SPEECH = "Speech"
QUOTED = "Quoted"
CHARGED = "Charged"
NOTE = "Note"


def at_rate(rate: str) -> str:
    return f" · {rate} fps"


def picture(width: int, height: int, rate: str, size: str) -> str:
    return f"{width}×{height} · {rate} fps · {size}"


def minutes(minutes: int, seconds: int) -> str:
    return f"{minutes} min {seconds:02d} s"


def about_seconds(seconds: int) -> str:
    return f"about {seconds} s"


def about_long(count: int, unit: str) -> str:
    return f"about {count} {unit}{'' if count == 1 else 's'}"
