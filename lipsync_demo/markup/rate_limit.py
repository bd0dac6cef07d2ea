"""Text about the account's rate limit: before runs start, and while one waits for it."""

from __future__ import annotations

from math import ceil

from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.markup import words
from lipsync_demo.markup.figures import about, clock
from lipsync_demo.runs.record.clock import seconds_until
from lipsync_demo.runs.record.limit_delay import Outlook
from lipsync_demo.runs.record.run import Run


def reason(run: Run) -> str:
    """The wait in words, without the remaining seconds."""
    return words.SENDING if run.next_try is None else words.LIMITED


def told(run: Run) -> str:
    """The wait in words, with the remaining seconds."""
    if run.next_try is None:
        return reason(run)
    return reason(run) + words.next_try(clock(ceil(seconds_until(run.next_try))))


def counting(run: Run) -> Markup:
    """The wait as markup with a countdown in the browser."""
    if run.next_try is None:
        return Markup.escape(reason(run))
    left = player.countdown(seconds_until(run.next_try))
    return Markup.escape(reason(run) + words.next_try("{}")).format(left)


def before(outlook: Outlook | None, runs: int) -> str:
    """How long new runs take, in words; empty if the rate limit delays none."""
    if outlook is None:
        return ""
    seconds = round(outlook.pace.seconds)
    # A learned window is slightly longer than the server's own minute.
    pace = words.pace(outlook.pace.count, 60 if 57 <= seconds <= 66 else seconds)
    say = words.learned if outlook.learned else words.assumed
    return say(pace, runs, about(outlook.seconds))
