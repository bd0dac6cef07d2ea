"""Checks two inputs before anything is uploaded or paid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from lipsync_demo.media import words
from lipsync_demo.media.container.containers import ANIMATIONS
from lipsync_demo.media.formats import LISTED_CONTAINERS
from lipsync_demo.media.info import MediaInfo, VideoInfo
from lipsync_demo.media.limits import LIMITS, Limits
from lipsync_demo.media.segments import VideoMotion
from lipsync_demo.media.sync_modes import SyncMode, Timeline, output_seconds, timeline


class Severity(str, Enum):
    """`error`: a run cannot work; `warning`: it may disappoint; `note`: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


class Fix(str, Enum):
    """Remedies that the app can apply itself."""

    TRIM = "trim"
    CONSTANT_RATE = "constant_rate"
    SMALLER = "smaller"
    PLAIN = "plain"
    FIRST_STREAM = "first_stream"
    NORMALISE = "normalise"
    MONO = "mono"
    JOIN = "join"
    ALONE = "alone"
    CROP = "crop"

    def __str__(self) -> str:
        return self.value


Part = tuple[Fraction, Fraction]
"""Start and end of a part of an input, seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: `what` it is, and what to do about it (`hint`).

    `fix` is the remedy the app can apply, if any; `part` is what `Fix.TRIM` keeps.
    """

    severity: Severity
    what: str
    hint: str
    fix: Fix | None = None
    part: Part | None = None


def lay(mode: SyncMode, video: MediaInfo, audio: MediaInfo) -> Timeline:
    """Return the timeline of two files for `mode`, turning on whole frames.

    Raises:
        ValueError: `video` has no picture or `audio` no sound.
    """
    if video.video is None or audio.audio is None:
        raise ValueError("a timeline needs a picture and a sound")
    return timeline(
        mode,
        video.video.duration,
        audio.audio.duration,
        first_frame=video.video.first_frame,
        last_frame=video.video.last_frame,
    )


def check(
    video: MediaInfo, audio: MediaInfo, mode: SyncMode | None, limits: Limits = LIMITS
) -> list[Finding]:
    """Return the findings about running `video` with `audio` in `mode`, worst first.

    Without a mode, lengths are not compared.
    """
    findings = [*check_video(video, limits), *check_audio(audio, limits)]
    if mode is not None and video.video is not None and not video.still and audio.audio is not None:
        findings += _check_pair(lay(mode, video, audio), limits)
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def check_video(info: MediaInfo, limits: Limits = LIMITS) -> list[Finding]:
    """Return the findings about a talking video."""
    found = _check_size(info, limits)
    video = info.video
    if video is None:
        return [*found, _error(words.no_picture(info.path.name), words.CHOOSE_VIDEO)]
    if info.still:
        return [*found, _error(words.still(info.path.name), words.CHOOSE_VIDEO)]
    found += _check_length("video", video.duration, limits)
    found += _check_whole("video", video.duration, video.missing)
    if len(video.sizes) > 1:
        sizes = ", ".join(f"{width} × {height}" for width, height in video.sizes)
        found.append(
            _note(
                words.sizes_change(sizes),
                words.SIZES_CHANGE_HINT,
                Fix.PLAIN,
            )
        )
    short, long = sorted((video.width, video.height))
    if long > limits.long_side or short > limits.other_side:
        found.append(
            _error(
                words.large_picture(video.width, video.height, limits.long_side, limits.other_side),
                words.LARGE_PICTURE_HINT,
                Fix.SMALLER,
            )
        )
    if short < limits.advised_short_side:
        found.append(
            _warning(
                words.small_picture(video.width, video.height),
                words.SMALL_PICTURE_HINT,
            )
        )
    if video.frames == 1:
        found.append(_warning(words.SINGLE_FRAME, words.SINGLE_FRAME_HINT))
    if video.vfr:
        found.append(
            _note(
                words.varying_rate(float(video.fps)),
                words.VARYING_RATE_HINT,
                Fix.CONSTANT_RATE,
            )
        )
    found += _check_colours(video)
    if info.container in ANIMATIONS:
        found.append(
            _note(
                words.animated(info.path.name, info.container.upper()),
                words.ANIMATED_HINT,
                Fix.PLAIN,
            )
        )
    elif not _listed(info, "video"):
        found.append(_unlisted(info, words.VIDEO_FORMATS))
    return found


def _check_colours(video: VideoInfo) -> list[Finding]:
    """Return the findings about colours that need conversion."""
    found = []
    if video.dolby_vision is not None:
        profile = words.dolby_profile(video.dolby_vision) if video.dolby_vision else ""
        if video.dolby_incompatible:
            return [
                _warning(
                    words.dolby_incompatible(profile),
                    words.DOLBY_ALONE_HINT,
                )
            ]
        found.append(
            _note(
                words.dolby(profile, video.range_name),
                words.DOLBY_HINT,
            )
        )
    if video.hdr:
        found.append(
            _note(
                words.high_range(video.range_name),
                words.HIGH_RANGE_HINT,
            )
        )
    elif video.bit_depth > 8:
        found.append(
            _note(
                words.deep_colours(video.bit_depth),
                words.DEEP_COLOURS_HINT,
            )
        )
    return found


def check_audio(info: MediaInfo, limits: Limits = LIMITS) -> list[Finding]:
    """Return the findings about a speech file."""
    found = _check_size(info, limits)
    audio = info.audio
    if audio is None:
        return [*found, _error(words.no_sound(info.path.name), words.CHOOSE_SPEECH)]
    found += _check_length("speech", audio.duration, limits)
    found += _check_whole("speech", audio.duration, audio.missing)
    if audio.silent:
        found.append(
            _error(
                words.silent(info.path.name),
                words.SILENT_HINT,
            )
        )
    elif audio.peak < limits.quiet_peak:
        found.append(
            _warning(
                words.VERY_QUIET,
                words.VERY_QUIET_HINT,
                Fix.NORMALISE,
            )
        )
    if info.video is not None and not info.still:
        found.append(
            _note(
                words.video_as_speech(info.path.name),
                words.VIDEO_AS_SPEECH_HINT,
            )
        )
    elif not _listed(info, "audio"):
        found.append(_unlisted(info, words.AUDIO_FORMATS))
    return found


def _check_pair(laid: Timeline, limits: Limits) -> list[Finding]:
    found = []
    first = laid.video[0]
    if first.motion is VideoMotion.STRETCHED:
        if first.speed >= limits.stretch:
            found.append(_unnatural(laid, words.faster(float(first.speed))))
        elif first.speed <= 1 / limits.stretch:
            found.append(_unnatural(laid, words.slower(float(1 / first.speed))))
    if laid.audio_trimmed > 0:
        found.append(
            _note(
                words.speech_cut(float(laid.audio_trimmed)),
                words.choose_to_keep(_keeping(laid)),
            )
        )
    return found


def _check_size(info: MediaInfo, limits: Limits) -> list[Finding]:
    if info.size_bytes <= limits.size_bytes:
        return []
    return [
        _error(
            words.large_file(
                info.path.name,
                math.ceil(info.size_bytes * 10 / 2**20) / 10,
                limits.size_bytes // 2**20,
            ),
            words.LARGE_FILE_HINT,
        )
    ]


def _listed(info: MediaInfo, kind: str) -> bool:
    return not LISTED_CONTAINERS[kind].isdisjoint(info.container.split(","))


def _unlisted(info: MediaInfo, formats: str) -> Finding:
    return _note(
        words.unlisted_format(info.path.name, info.container),
        words.unlisted_format_hint(formats),
    )


def _check_length(kind: str, seconds: Fraction, limits: Limits) -> list[Finding]:
    length = words.length_of(kind, float(seconds))
    if seconds > limits.seconds:
        what = words.too_long(length, int(limits.seconds))
        kept = (Fraction(0), limits.seconds)
        return [_error(what, words.cut_shorter(kind), Fix.TRIM, kept)]
    if seconds > limits.advised_seconds:
        what = words.maybe_too_long(length, int(limits.advised_seconds))
        return [_warning(what, words.maybe_cut_shorter(kind))]
    return []


def _check_whole(kind: str, seconds: Fraction, missing: Fraction) -> list[Finding]:
    if not missing:
        return []
    return [
        _warning(
            words.cut_off(kind, float(seconds), float(seconds + missing)),
            words.CUT_OFF_HINT,
        )
    ]


def _keeping(laid: Timeline) -> str:
    """Return the modes that play all of the speech, as words."""
    video, audio = laid.video_seconds, laid.audio_seconds
    return words.one_of([str(m) for m in SyncMode if output_seconds(m, video, audio) >= audio])


def _unnatural(laid: Timeline, factor: str) -> Finding:
    """Return a warning that names the modes of the same length without stretched or held frames."""
    others = {m: timeline(m, laid.video_seconds, laid.audio_seconds) for m in SyncMode}
    lively = [
        str(mode)
        for mode, other in others.items()
        if other.output_seconds == laid.output_seconds
        and all(abs(segment.speed) == 1 for segment in other.video)
    ]
    return _warning(
        words.unnatural_speed(laid.mode, factor), words.unnatural_speed_hint(words.one_of(lively))
    )


def _error(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.ERROR, what, hint, fix, part)


def _warning(what: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(Severity.WARNING, what, hint, fix)


def _note(what: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(Severity.NOTE, what, hint, fix)
