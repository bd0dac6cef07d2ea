"""The names under which a run's files are saved: `talk_bounce_6a9ca183.mp4`."""

from __future__ import annotations

import re
from pathlib import Path

from lipsync_demo.runs.record.run import Run
from lipsync_demo.safe_names import clean_name

SHORT = 8
"""Characters of an id in a name: the whole one would let a reader act on the run."""

MOST = 60
"""Maximum characters of the input's name."""

UNNAMED = "video"
"""Stands for the input of a run that has none yet."""

_GAPS = re.compile(r"[^\w-]+|__+")


def stem(run: Run) -> str:
    """Input, mode or fields, and the beginning of the id: `talk_bounce_6a9ca183`."""
    return joined(given_name(run), run.title, run.id)


def given_name(run: Run) -> str:
    """The name of the run's video without its ending."""
    return Path(run.video.name).stem if run.video else UNNAMED


def joined(given: str, what: str, record_id: str) -> str:
    """An input's name if there is one, what was made of it, and the beginning of an id."""
    parts = (safe(given)[:MOST], safe(what), record_id[:SHORT])
    return "_".join(part for part in parts if part)


def output_name(run: Run, index: int) -> str:
    """The name of output number `index`, counted from 0."""
    count = f"-{index + 1}" if len(run.outputs) > 1 else ""
    return f"{stem(run)}{count}{run.outputs[index].suffix}"


def safe(text: str) -> str:
    """Letters and digits of any script, `-` and `_`; everything else becomes one `_`.

    >>> safe("my talk (final).v2")
    'my_talk_final_v2'
    """
    return _GAPS.sub("_", clean_name(text)).strip("_-")
