"""Fetches or copies a run's two inputs into its folder, measures and checks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lipsync_demo.files import digest
from lipsync_demo.looks.calls import packaged, probe_audio, probe_video
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.preflight import Finding, Severity, check
from lipsync_demo.media.sync_modes import SyncMode, output_seconds
from lipsync_demo.runs.record.folder import RunFolder, file_name, is_url, local_path
from lipsync_demo.runs.record.run import MediaRecord


@dataclass(frozen=True, slots=True)
class CheckedInputs:
    """Both inputs in the run's folder, with warnings and the expected length of the output.

    `expected_seconds` is None without a mode.
    """

    video: MediaRecord
    audio: MediaRecord
    warnings: tuple[str, ...]
    expected_seconds: Fraction | None


def check_inputs(
    folder: RunFolder,
    video: str,
    audio: str,
    mode: SyncMode | None,
    *,
    limit_bytes: int,
    fetch: Callable[[str, Path], object],
) -> CheckedInputs:
    """Bring `video` and `audio` (paths or URLs) into the folder and check them.

    `fetch` downloads a URL to a path.

    Raises:
        MediaError: a file cannot be read or used.
        DownloadFailed: a URL cannot be downloaded.
    """
    paths = {}
    for role, source in (("video", video), ("audio", audio)):
        if is_url(source):
            paths[role] = folder.input_path(role, source)
            fetch(source, paths[role])
        else:
            paths[role] = folder.copy_input(role, source, limit_bytes)
    video_info, audio_info = probe_video(paths["video"]), probe_audio(paths["audio"])
    # The speech may be the audio stream of a video whose picture has another length.
    lengths = video_info.duration, audio_info.audio.duration if audio_info.audio else Fraction(0)
    findings = check(video_info, audio_info, mode)
    _refuse(findings)
    return CheckedInputs(
        video=_record(video_info, video, lengths[0]),
        audio=_record(audio_info, audio, lengths[1]),
        warnings=tuple(f"{f.what} {f.hint}" for f in findings if f.severity is Severity.WARNING),
        expected_seconds=None if mode is None else output_seconds(mode, *lengths),
    )


def check_files(video: str, audio: str, mode: SyncMode | None) -> None:
    """Check the inputs that are files of this machine, before a run begins; URLs are left out.

    Raises:
        MediaError: a file cannot be read or used.
    """
    picture = None if is_url(video) else probe_video(local_path(video))
    sound = None if is_url(audio) else probe_audio(local_path(audio))
    if picture is not None and sound is not None:
        _refuse(check(picture, sound, mode))


def all_there(*sources: str) -> bool:
    """Whether the inputs that are no URLs are files of this machine."""
    try:
        return all(is_url(source) or local_path(source).is_file() for source in sources)
    except (MediaError, OSError):
        return False


def _refuse(findings: Sequence[Finding]) -> None:
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise MediaError(finding.what, finding.hint)


def _record(info: MediaInfo, source: str, seconds: Fraction) -> MediaRecord:
    video = info.video
    return MediaRecord(
        name=file_name(source),
        path=info.path,
        size_bytes=info.size_bytes,
        sha256=digest(info.path),
        seconds=seconds,
        width=video.width if video else None,
        height=video.height if video else None,
        fps=video.fps if video else None,
        sent=packaged(info),
    )
