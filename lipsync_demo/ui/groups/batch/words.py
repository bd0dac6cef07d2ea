"""What a batch says."""

from __future__ import annotations

from typing import Final

from lipsync_demo.languages import _, _n

BATCH = _("Batch")

SAMPLE_BOUNCE = _("sample, back and forth")
SAMPLE_LOOP = _("sample, from the start")
SAMPLE_REMAP = _("sample, slowed down")
FILES = _("A list as CSV or JSON lines, and the files it names")
EXPECTED = _(
    "The first line names the columns; a file is named as it is uploaded here, or by its "
    "http(s) address. sync_mode, label and face may be left out; face says who of several people "
    "speaks, for the local engine only."
)
EXAMPLE = _("The samples in three modes")
SKIP = _("Leave the lines above out and run the others")
AT_ONCE = _("Runs at once")
LIMIT = _("Spend at most (US dollars)")
START = _("Start the batch")
TRY = _("Try it with the samples")
EARLIER = _("Batches of this browser")
NO_LIST = _("There is no list yet.")
NO_LIST_HINT = _("Choose a CSV or JSON lines file and the files it names.")
BAD = _("Some lines cannot be run.")
BAD_HINT = _("Correct them, or say that they are to be left out.")
COLUMNS: Final = ("#", _("Pair"), _("Mode"), _("State"), _("Length"), "")


def limits(most: int, megabytes: int) -> str:
    return _("Up to {most} pairs, {megabytes} MB a file.", most=most, megabytes=megabytes)


def found(pairs: int, bad: int) -> str:
    good = _n("{count} pair can be run.", "{count} pairs can be run.", pairs)
    lines = _n("{count} line cannot.", "{count} lines cannot.", bad)
    return f"{good} {lines}" if bad else good


def title(name: str, done: int, count: int) -> str:
    return _("{name}: {done} of {count} done", name=name, done=done, count=count)


def about(time: str) -> str:
    return _("about {time} to go", time=time)


BATCH_ID = _("Batch")
STAMP = _("Stamp")
