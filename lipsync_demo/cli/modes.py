"""`modes`: what each mode would do with two files."""

from __future__ import annotations

import json as jsonlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.exits import refuse
from lipsync_demo.cli.options import AsJson, Audio, Video, settings

if TYPE_CHECKING:
    from lipsync_demo.media.sync_modes import Timeline


def modes(video: Video, audio: Audio, json: AsJson = False) -> None:
    """Show what each mode would do, without a run."""
    from lipsync_demo.media.errors import MediaError
    from lipsync_demo.wavespeed.errors import WaveSpeedError

    try:
        laid = _laid(video, audio)
    except (MediaError, WaveSpeedError) as error:
        refuse(error)
    if json:
        typer.echo(jsonlib.dumps([_mode_record(timeline) for timeline in laid], indent=2))
        return
    typer.echo(words.lengths(float(laid[0].video_seconds), float(laid[0].audio_seconds)))
    for timeline in laid:
        length = f"{float(timeline.output_seconds):.3f} s"
        typer.echo(f"{timeline.mode.value:<8} {length:>12}  {timeline.sentence}")


def _laid(video: str, audio: str) -> list[Timeline]:
    from lipsync_demo.media.preflight import lay
    from lipsync_demo.media.probe import probe_audio, probe_video
    from lipsync_demo.media.sync_modes import SyncMode
    from lipsync_demo.runs.record.folder import file_name, is_url, local_path
    from lipsync_demo.wavespeed.untrusted.download import download

    chosen = settings()
    with tempfile.TemporaryDirectory(prefix="lipsync-modes-") as folder:

        def local(source: str, role: str) -> Path:
            if not is_url(source):
                return local_path(source)
            (Path(folder) / role).mkdir()
            return download(
                source,
                Path(folder) / role / file_name(source),
                limit_bytes=chosen.max_upload_mb << 20,
                allow_private=chosen.allow_private_urls,
            )

        infos = probe_video(local(video, "video")), probe_audio(local(audio, "audio"))
    return [lay(mode, *infos) for mode in SyncMode]


def _mode_record(laid: Timeline) -> dict[str, Any]:
    """One mode as JSON values; all times are seconds, a silent part has no source."""
    return {
        "sync_mode": laid.mode.value,
        "output_seconds": float(laid.output_seconds),
        "video_segments": [
            {
                "start": float(part.start),
                "end": float(part.end),
                "source_start": float(part.source_start),
                "source_end": float(part.source_end),
                "motion": part.motion.value,
                "speed": float(part.speed),
            }
            for part in laid.video
        ],
        "audio_segments": [
            {
                "start": float(part.start),
                "end": float(part.end),
                "source_start": None if part.source_start is None else float(part.source_start),
                "silent": part.silent,
            }
            for part in laid.audio
        ],
    }
