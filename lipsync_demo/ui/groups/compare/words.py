"""What a comparison of modes or models says."""

from __future__ import annotations

NEEDED = "Choose a video and a speech track first."
EARLIER = "Comparisons of this browser"
USE_MODE = "Use this mode"
RETRY_PAID = "Trying again starts a new task, which is billed."
TWO = "Any two of them, locked to one playhead"
GONE = "There is no such comparison here."
GONE_HINT = "It may have been removed from this server, or made on another one."
UNMEASURED = "being measured"


def plan(modes: int, runs: int) -> str:
    if runs == modes:
        return f"{modes} modes, {runs} different results: {runs} runs of one upload."
    each = "run" if runs == 1 else "runs"
    return (
        f"{modes} modes give {runs} different results for these lengths, so {runs} {each} "
        "of one upload."
    )


def same(modes: int) -> str:
    return "" if modes == 1 else "same result, run once"


def recorded(day: str) -> str:
    return (
        f"Recorded on {day} with the local engine: the sample in all five modes. "
        "“Compare all modes” in the studio does it with what is chosen there."
    )


def title(names: str, done: int, count: int) -> str:
    return f"{names}: {done} of {count} done"


TOO_FEW = "Choose two models or more."
USE_MODEL = "Use this model"
NEEDS_API = (
    "The local engine answers for one model only. With a WaveSpeed key the newer ones can be "
    "compared with it."
)


def models_question(mode: str) -> str:
    return (
        f"What does another model do with this clip? Every model is one run, all in {mode}; "
        "the files are uploaded once."
    )


def model_price(name: str, amount: str) -> str:
    return f"{name}: at least {amount}"


def model_unpriced(name: str) -> str:
    return f"{name}: the API has not said its price yet"


def models_total(amount: str, runs: int) -> str:
    return (
        f"Together at least {amount} for {runs} runs (the API's floor prices; the exact quotes "
        "follow the upload)."
    )


COMPARISON_ID = "Comparison"
STAMP = "Stamp"
