"""`sync`: two files to a result on this machine, without a server or a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo import visible_label
from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import AiLabel, Audio, Face, Video, with_face, with_label
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode


def sync(
    video: Video,
    audio: Audio,
    output: Annotated[
        Path, typer.Argument(metavar="OUTPUT", help="The MP4 to write.", dir_okay=False)
    ],
    sync_mode: Annotated[
        SyncMode, typer.Option("--sync-mode", "-m", help="What to do when the lengths differ.")
    ] = DEFAULT_SYNC_MODE,
    face: Face = None,
    ai_label: AiLabel = None,
) -> None:
    """Lip-sync VIDEO to AUDIO with the local engine alone.

    No server is started, nothing is sent and no run is kept: for scripts that want the file, which
    is signed as any other output. The path of OUTPUT is printed.
    """
    from lipsync_demo.cli.bar import Bar
    from lipsync_demo.cli.inputs import local_files
    from lipsync_demo.library.local import lip_sync
    from lipsync_demo.settings import read_settings

    chosen = with_face({}, face).get(FIELD) or read_settings().face
    label = with_label({}, ai_label).get(visible_label.FIELD)
    with local_files(video, audio) as (picture, sound), Bar() as bar:
        try:
            made = lip_sync(
                picture,
                sound,
                sync_mode,
                output,
                face=chosen,
                ai_label=label,
                on_progress=lambda stage, share: bar.show(words.ENGINE_STAGES[stage], share),
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    record = {
        "state": "done",
        "output": str(made.output),
        "sync_mode": sync_mode.value,
        "face": chosen,
        "output_seconds": made.seconds,
        "frames": made.frames,
        "synced": made.synced,
        "width": made.width,
        "height": made.height,
    }
    give(lambda: record, [made.output])
