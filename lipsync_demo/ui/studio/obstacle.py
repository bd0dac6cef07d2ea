"""What keeps the main button from working, said beside it."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.inputs.samples import SAMPLES, comparison, held
from lipsync_demo.ui.studio import words


def of_inputs(video: object, speech: object, held: Sequence[str | None]) -> str:
    """Say which input is missing or unusable; empty if both can be used.

    `held` are the values of both widgets: an unusable input has one.
    """
    if not any(held):
        return words.CHOOSE_BOTH
    named = zip((words.VIDEO, words.SPEECH_TRACK), (video, speech), held, strict=True)
    for name, found, path in named:
        if found is None:
            return words.unusable(name) if path else words.choose(name)
    return ""


def of_recordings(video: str | None, speech: str | None, *, for_all: bool) -> str:
    """Say that there is no recording of what both widgets hold; empty if there is one.

    `for_all` is whether recordings only are shown to everybody, so that no one can change that.
    """
    of = held(video, speech)
    if of is not None and comparison(of):
        return ""
    named = [one.title for one in SAMPLES if one.complete and comparison(one)]
    return words.not_recorded(named, for_all=for_all)


def of_findings(found: Sequence[Finding]) -> str:
    """Say that a finding above the button refuses the run; empty without such a finding."""
    refused = any(finding.severity is Severity.ERROR for finding in found)
    return words.MEND_FIRST if refused else ""


def of_run(workspace: Workspace, shown: object) -> str:
    """Say that the run on the page is still going on; empty if it is not."""
    known = run_id(shown)
    try:
        going = known is not None and workspace.runs.get(known).state.active
    except RunNotFound:
        going = False
    return words.STILL_GOING if going else ""
