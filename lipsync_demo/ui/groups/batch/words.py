"""What a batch says."""

from __future__ import annotations

from typing import Final

BATCH = "Batch"

SAMPLE_BOUNCE = "sample, back and forth"
SAMPLE_LOOP = "sample, from the start"
SAMPLE_REMAP = "sample, slowed down"
FILES = "A list as CSV or JSON lines, and the files it names"
EXPECTED = (
    "The first line names the columns; a file is named as it is uploaded here, or by its "
    "http(s) address. sync_mode and label may be left out."
)
EXAMPLE = "The samples in three modes"
SKIP = "Leave the lines above out and run the others"
AT_ONCE = "Runs at once"
LIMIT = "Spend at most (US dollars)"
START = "Start the batch"
TRY = "Try it with the samples"
EARLIER = "Batches of this browser"
NO_LIST = "There is no list yet."
NO_LIST_HINT = "Choose a CSV or JSON lines file and the files it names."
BAD = "Some lines cannot be run."
BAD_HINT = "Correct them, or say that they are to be left out."
COLUMNS: Final = ("#", "Pair", "Mode", "State", "Length", "")


def limits(most: int, megabytes: int) -> str:
    return f"Up to {most} pairs, {megabytes} MB a file."


def found(pairs: int, bad: int) -> str:
    good = "1 pair can be run." if pairs == 1 else f"{pairs} pairs can be run."
    lines = "1 line cannot." if bad == 1 else f"{bad} lines cannot."
    return f"{good} {lines}" if bad else good


def title(name: str, done: int, count: int) -> str:
    return f"{name}: {done} of {count} at rest"


def about(time: str) -> str:
    return f"about {time} to go"


BATCH_ID = "Batch"
STAMP = "Stamp"
