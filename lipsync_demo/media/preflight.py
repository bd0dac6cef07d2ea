"""What can be said about two inputs before anything is uploaded or paid.

`LIMITS` is the one home of the limits on size, length and pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from lipsync_demo.media.container.containers import ANIMATIONS
from lipsync_demo.media.segments import VideoMotion
from lipsync_demo.media.sync_modes import SyncMode, Timeline, output_seconds, timeline

if TYPE_CHECKING:  # the page reads LIMITS without loading the media libraries
    from lipsync_demo.media.probe import MediaInfo, VideoInfo


class Severity(str, Enum):
    """`error`: a run cannot work; `warning`: it may disappoint; `note`: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


class Fix(str, Enum):
    """What can be mended at once."""

    TRIM = "trim"
    CONSTANT_RATE = "constant_rate"
    SMALLER = "smaller"
    PLAIN = "plain"
    FIRST_STREAM = "first_stream"
    NORMALISE = "normalise"
    MONO = "mono"
    JOIN = "join"
    ALONE = "alone"

    def __str__(self) -> str:
        return self.value


Part = tuple[Fraction, Fraction]
"""Where a part of an input starts and ends, in seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the person: what it is, and what to do about it.

    `fix` mends it, None where a person must; `part` is what `Fix.TRIM` keeps.
    """

    severity: Severity
    what: str
    hint: str
    fix: Fix | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Largest and smallest inputs.

    `size_bytes` is what WaveSpeedAI's upload takes in one file; `long_side` and
    `other_side` are the largest picture sync.so's models take, either way up, and
    `advised_*` what its guides advise; `seconds` is where other clients of the model stop,
    `advised_seconds` where one of its documents does.  `stretch` is the factor from which a
    remap looks unnatural.
    """

    size_bytes: int = 200 * 1024 * 1024
    seconds: Fraction = Fraction(600)
    advised_seconds: Fraction = Fraction(300)
    long_side: int = 4096
    other_side: int = 2160
    advised_short_side: int = 240
    stretch: Fraction = Fraction(2)
    quiet_peak: float = 0.02


LIMITS = Limits()

# Formats the service lists for uploads; FFmpeg's names of the containers.
_VIDEO_CONTAINERS = frozenset({"mov", "mp4", "avi", "asf", "flv", "matroska", "webm", "3gp", "ogg"})
_AUDIO_CONTAINERS = frozenset({"mp3", "wav", "ogg", "aac", "flac", "webm", "m4a", "mp4"})


def lay(mode: SyncMode, video: MediaInfo, audio: MediaInfo) -> Timeline:
    """The timeline of these two files for `mode`, turning on whole frames.

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
    """Everything worth saying about running `video` with `audio` in `mode`, worst first.

    Without a mode, nothing is said about lengths that differ.
    """
    findings = [*check_video(video, limits), *check_audio(audio, limits)]
    if mode is not None and video.video is not None and not video.still and audio.audio is not None:
        findings += _check_pair(lay(mode, video, audio), limits)
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def check_video(info: MediaInfo, limits: Limits = LIMITS) -> list[Finding]:
    """Findings about a file that is to be the talking video."""
    found = _check_size(info, limits)
    video = info.video
    if video is None:
        return [*found, _error(f"{info.path.name} has no picture.", "Choose a video.")]
    if info.still:
        return [*found, _error(f"{info.path.name} is a still picture.", "Choose a video.")]
    found += _check_length("video", video.duration, limits)
    found += _check_whole("video", video.duration, video.missing)
    if len(video.sizes) > 1:
        sizes = ", ".join(f"{width} × {height}" for width, height in video.sizes)
        found.append(
            _note(
                f"The picture changes its size in the stream ({sizes}).",
                "Here every picture keeps its shape, in the largest size; whether it does at the "
                "service is not known: a plain copy is safe.",
                Fix.PLAIN,
            )
        )
    short, long = sorted((video.width, video.height))
    if long > limits.long_side or short > limits.other_side:
        found.append(
            _error(
                f"The picture is {video.width} × {video.height}; "
                f"at most {limits.long_side} × {limits.other_side} is taken.",
                "Export the video in a smaller size; 1080 lines are plenty for a face.",
                Fix.SMALLER,
            )
        )
    if short < limits.advised_short_side:
        found.append(
            _warning(
                f"The picture is only {video.width} × {video.height}.",
                "A face this small may not be found; a larger video looks better.",
            )
        )
    if video.frames == 1:
        found.append(
            _warning("The video has a single frame.", "It will look like a still picture.")
        )
    if video.vfr:
        found.append(
            _note(
                f"The frame rate varies (about {float(video.fps):.2f} a second).",
                "Nothing to do: the times of the frames are kept.",
                Fix.CONSTANT_RATE,
            )
        )
    found += _check_colours(video)
    if info.container in ANIMATIONS:
        found.append(
            _note(
                f"{info.path.name} is an animated picture ({info.container.upper()}).",
                "It is sent as MP4, which has no transparency.",
                Fix.PLAIN,
            )
        )
    elif not _listed(info, _VIDEO_CONTAINERS):
        found.append(_unlisted(info, "MP4, MOV, WebM, AVI or MKV"))
    return found


def _check_colours(video: VideoInfo) -> list[Finding]:
    """What becomes of colours that an ordinary screen cannot show."""
    found = []
    if video.dolby_vision is not None:
        profile = f", profile {video.dolby_vision}" if video.dolby_vision else ""
        if video.dolby_alone:
            return [
                _warning(
                    f"The video is Dolby Vision{profile}, without a layer for other players.",
                    "Its colours come out wrong: export it as SDR, or as HDR in HLG.",
                )
            ]
        found.append(
            _note(
                f"The video is Dolby Vision{profile}; its base layer is {video.range_name}.",
                "The base layer is used, as players without Dolby Vision do.",
            )
        )
    if video.hdr:
        found.append(
            _note(
                f"The video is in high dynamic range ({video.range_name}).",
                "The result is in standard range (BT.709), as ordinary screens show it: "
                "highlights are softer.",
            )
        )
    elif video.bit_depth > 8:
        found.append(
            _note(
                f"The picture has {video.bit_depth} bits a colour.",
                "The result has 8, as ordinary screens do.",
            )
        )
    return found


def check_audio(info: MediaInfo, limits: Limits = LIMITS) -> list[Finding]:
    """Findings about a file that is to be the speech."""
    found = _check_size(info, limits)
    audio = info.audio
    if audio is None:
        return [*found, _error(f"{info.path.name} has no sound.", "Choose a file with speech.")]
    found += _check_length("speech", audio.duration, limits)
    found += _check_whole("speech", audio.duration, audio.missing)
    if audio.silent:
        found.append(
            _error(
                f"{info.path.name} is silent from start to end.",
                "Choose a recording in which somebody speaks.",
            )
        )
    elif audio.peak < limits.quiet_peak:
        found.append(
            _warning(
                "The speech is very quiet.",
                "Make it louder, or the lips may hardly move.",
                Fix.NORMALISE,
            )
        )
    if info.video is not None and not info.still:
        found.append(
            _note(
                f"{info.path.name} is a video; only its sound is used.",
                "Export the sound as MP3 or WAV if the service refuses the file.",
            )
        )
    elif not _listed(info, _AUDIO_CONTAINERS):
        found.append(_unlisted(info, "MP3, WAV, M4A, OGG or FLAC"))
    return found


def _check_pair(laid: Timeline, limits: Limits) -> list[Finding]:
    found = []
    first = laid.video[0]
    if first.motion is VideoMotion.STRETCHED:
        if first.speed >= limits.stretch:
            found.append(_unnatural(laid.mode, f"{float(first.speed):.2f} times faster"))
        elif first.speed <= 1 / limits.stretch:
            found.append(_unnatural(laid.mode, f"{float(1 / first.speed):.2f} times slower"))
    if laid.audio_trimmed > 0:
        found.append(
            _note(
                f"The last {float(laid.audio_trimmed):.2f} s of the speech are cut.",
                f"Choose {_keeping(laid)} to keep them.",
            )
        )
    return found


def _check_size(info: MediaInfo, limits: Limits) -> list[Finding]:
    if info.size_bytes <= limits.size_bytes:
        return []
    return [
        _error(
            f"{info.path.name} is {math.ceil(info.size_bytes * 10 / 2**20) / 10:.1f} MB; "
            f"at most {limits.size_bytes // 2**20} MB are taken.",
            "Export it smaller, or give a link to it instead.",
        )
    ]


def _listed(info: MediaInfo, formats: frozenset[str]) -> bool:
    return bool(formats & set(info.container.split(",")))


def _unlisted(info: MediaInfo, formats: str) -> Finding:
    return _note(
        f"{info.path.name} is in a format the service does not list ({info.container}).",
        f"The local engine takes it; for the service export it as {formats}.",
    )


def _check_length(kind: str, seconds: Fraction, limits: Limits) -> list[Finding]:
    length = f"The {kind} is {float(seconds):.0f} s long"
    if seconds > limits.seconds:
        what = f"{length}; at most {int(limits.seconds)} s are taken."
        kept = (Fraction(0), limits.seconds)
        return [_error(what, f"Cut the {kind} into shorter pieces.", Fix.TRIM, kept)]
    if seconds > limits.advised_seconds:
        what = f"{length}; the service may refuse more than {int(limits.advised_seconds)} s."
        return [_warning(what, f"Cut the {kind} into shorter pieces if it does.")]
    return []


def _check_whole(kind: str, seconds: Fraction, missing: Fraction) -> list[Finding]:
    if not missing:
        return []
    return [
        _warning(
            f"The {kind} is cut off: {float(seconds):.2f} of {float(seconds + missing):.2f} s are "
            "in the file.",
            "It was probably not copied to its end: copy, export or download it again.",
        )
    ]


def _keeping(laid: Timeline) -> str:
    """The modes that play all of the speech, as a list in words."""
    video, audio = laid.video_seconds, laid.audio_seconds
    *modes, last = (str(m) for m in SyncMode if output_seconds(m, video, audio) >= audio)
    return f"{', '.join(modes)} or {last}" if modes else last


def _unnatural(mode: SyncMode, factor: str) -> Finding:
    return _warning(
        f"{mode} plays the video {factor}.",
        "That looks unnatural; loop or bounce keeps its own speed.",
    )


def _error(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.ERROR, what, hint, fix, part)


def _warning(what: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(Severity.WARNING, what, hint, fix)


def _note(what: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(Severity.NOTE, what, hint, fix)
