"""`run`: one run from its files to its result."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.options import (
    AiLabel,
    Audio,
    Face,
    Field,
    Model,
    Output,
    Video,
    fields,
    settings,
    with_face,
    with_label,
)
from lipsync_demo.cli.outcome import finish, reported
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import BackendName


def run(
    video: Video,
    audio: Audio,
    sync_mode: Annotated[
        SyncMode | None,
        typer.Option(
            "--sync-mode",
            "-m",
            help=f"What to do when the lengths differ; {DEFAULT_SYNC_MODE} by default. "
            "sync/react-1 takes none.",
        ),
    ] = None,
    model: Model = None,
    field: Field = None,
    face: Face = None,
    ai_label: AiLabel = None,
    backend: Annotated[
        BackendName | None,
        typer.Option(
            help="Which backend answers; by default the API when WAVESPEED_API_KEY is set."
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Lip-sync VIDEO to AUDIO and wait for the result.

    The result's path is printed; the exit code is 0 only when there is one. An
    interrupted run goes on with `resume RUN_ID`.
    """
    from lipsync_demo.cli.said import say
    from lipsync_demo.cli.servers import opened

    chosen = settings()
    name = backend or chosen.backend_name
    further = with_label(with_face(fields(field), face), ai_label)
    known = {"sync_mode": sync_mode and sync_mode.value, "backend": name}
    with reported(**known), opened(chosen, name) as workspace:
        from lipsync_demo.runs.steps.inputs import all_there, check_files

        # An app that does the work looks at them, too, and has the libraries loaded for it.
        left = name == "local" and workspace.dispatcher.delegates_local
        if not (left and all_there(video, audio)):
            check_files(video, audio, sync_mode)
        begun = workspace.service.start(
            video, audio, sync_mode, model=model, choices=further, backend=name
        )
        say(words.run_begun(begun.id))
        finish(workspace, begun, output)
