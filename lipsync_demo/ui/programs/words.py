"""What programs are told at the door for Gradio's clients, in English as the rest of an API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

TITLE: Final = "Lipsync Demo for programs"
BACK: Final = "Open the page"
ABOUT: Final = (
    "This address is for gradio_client and @gradio/client: it has the endpoints that “Use via API” "
    "describes, and nothing to press."
)
USE_VIA_API: Final = "Use via API"

VIDEO, AUDIO, MODE, MODES = "Talking video", "Speech", "Sync mode", "Sync modes"
MODEL, CARD, ID, CUTS, COMPARISON = "Model", "Card", "Id", "Cuts", "Comparison"
MADE: Final = "Result"

ABOUT_VIDEO: Final = "A video or a picture of somebody: an uploaded file, or an http(s) address."
ABOUT_AUDIO: Final = "What they are to say: an uploaded file, or an http(s) address."
ABOUT_MODE: Final = "What happens where the lengths differ; null leaves it to the model."
ABOUT_MODES: Final = "The modes to compare; null is all of them."
ABOUT_MODEL: Final = "The model's id; null is the default of this app."
CHOICES: Final = "Choices"
ABOUT_CHOICES: Final = (
    'The model\'s further fields as texts, such as {"face": "largest"} for who speaks; null is its '
    "defaults."
)
NO_CHOICES: Final = (
    "choices is no object of texts.",
    "Give the model's fields by their names, or leave it out.",
)
ABOUT_RUN_ID: Final = (
    "An id of your own, 32 hexadecimal digits. A call that is repeated with it waits for the run "
    "that there is, and never pays for another one."
)
ABOUT_ID: Final = "The id of a run or a comparison, from its card."
ABOUT_MADE: Final = "The lip-synced video."
ABOUT_CARD: Final = (
    "What is told of a run: run_id, state, model, sync_mode, timings in seconds, NSFW flags, quote "
    "and charge, error."
)
ABOUT_CUTS: Final = (
    "The lengths in seconds, each mode's output and its segments, and under quote what a run costs."
)
ABOUT_COMPARISON: Final = "Its group_id and state, and under results modes, video and card of each."


def no_file(name: str) -> tuple[str, str]:
    return (
        f"{name} is no file.",
        "Give an uploaded file, in Python and JavaScript handle_file(…), or an http(s) address.",
    )


def no_text(name: str) -> tuple[str, str]:
    return f"{name} is no text.", "Give it as a text, or leave it out."


def no_id(name: str) -> tuple[str, str]:
    return f"{name} is no id.", "Give 32 hexadecimal digits, such as uuid4().hex, or leave it out."


def no_mode(mode: str, known: Iterable[str]) -> tuple[str, str]:
    return f"There is no sync mode {mode[:40]!r}.", f"Use one of {', '.join(known)}."


def unknown(wanted: str) -> tuple[str, str]:
    return (
        f"There is no run and no comparison {wanted[:40]!r} of yours.",
        "Give the run_id or group_id of a card.",
    )


def of_runs(ended: int, count: int) -> str:
    return f"{ended} of {count} runs are at rest"


def ending(wanted: str) -> tuple[str, str]:
    return (
        "The app is being stopped.",
        f"{wanted} goes on when it is started again: call /status with this id, or make the same "
        "call with it.",
    )


def without_output(run_id: str, what: str, hint: str) -> tuple[str, str]:
    return what, f"{hint} Its run is {run_id}.".strip()
