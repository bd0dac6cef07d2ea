"""Every text the page, its shared links and its reports show, by the place it stands at.

What a mode does is said by `media/sync_modes.py`, what is wrong with a file by
`media/preflight.py` and what went wrong at the API by `wavespeed/errors.py`: those texts are
shown as they are.
"""

from __future__ import annotations


class Page:
    """The frame around every view."""

    TITLE = "Lipsync Demo"
    STUDIO = "Studio"
    COMPARE = "Compare"
    BATCH = "Batch"
    RUNS = "Runs"
    MONEY = "Money"


class Studio:
    """The view with the inputs, the modes and the result."""


class Doctor:
    """What is found in the inputs, and what can be done about it at once."""


class Compare:
    """The modes side by side, and two videos locked to one playhead."""


class Batch:
    """Many pairs one after the other."""


class Runs:
    """The history: looking for runs, judging, repeating and deleting them."""


class Money:
    """Quotes, balance, limits and the ledger."""


class Report:
    """What a report says, as a file and behind a shared link."""


class Demo:
    """Recorded results and the presenter's view."""


class Result:
    """The measured result card."""
