"""`measure`: an output judged against its inputs, or alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli.answer import give
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.cli.options import Face, settings, with_face
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.sync_modes import SyncMode


def measure(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="The output to measure.")],
    source: Annotated[
        Path | None, typer.Option("--source", help="The talking video it was made from.")
    ] = None,
    audio: Annotated[
        Path | None, typer.Option("--audio", help="The speech it was made with.")
    ] = None,
    sync_mode: Annotated[
        SyncMode | None, typer.Option("--sync-mode", "-m", help="The mode it was made with.")
    ] = None,
    face: Face = None,
) -> None:
    """Measure an output: length, sound, repeated frames, likeness, A/V offset.

    What needs an input that is not given is reported as unknown. The exit code is 3 when a
    check failed.
    """
    from lipsync_demo.provenance.signatory import signatory
    from lipsync_demo.qa.measure import measure as measured
    from lipsync_demo.qa.models import Outcome, dump_measures

    chosen = with_face({}, face).get(FIELD)
    anchors = signatory(settings()).anchors()
    found = measured(video, source, audio, sync_mode, face=chosen, anchors=anchors)
    lines = (
        f"{check.outcome.value:<8}{check.title:<30}{check.value:<22}{check.sentence}"
        for check in found.checks
    )
    give(lambda: dump_measures(found), lines)
    if found.outcome is Outcome.FAIL:
        raise typer.Exit(ExitCode.CHECK_FAILED)
