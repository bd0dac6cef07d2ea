"""`modes`: what each mode would do with two files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.inputs import local_files
from lipsync_demo.cli.options import Audio, Video

if TYPE_CHECKING:
    from lipsync_demo.media.sync_modes import Timeline


def modes(video: Video, audio: Audio) -> None:
    """Show what each mode would do, without a run."""
    from lipsync_demo.media.preflight import lay
    from lipsync_demo.media.probe import probe_audio, probe_video
    from lipsync_demo.media.sync_modes import SyncMode

    with local_files(video, audio) as (picture, sound):
        infos = probe_video(picture), probe_audio(sound)
    laid = [lay(mode, *infos) for mode in SyncMode]
    give(lambda: [_mode_record(timeline) for timeline in laid], _lines(laid))


def _lines(laid: list[Timeline]) -> Iterator[str]:
    yield words.lengths(float(laid[0].video_seconds), float(laid[0].audio_seconds))
    for timeline in laid:
        length = f"{float(timeline.output_seconds):.3f} s"
        yield f"{timeline.mode.value:<8} {length:>12}  {timeline.sentence}"


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
