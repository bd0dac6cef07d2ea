"""Everything worth saying about one input, each with the remedy that mends it at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lipsync_demo.doctor import track
from lipsync_demo.doctor.faces import Faces, faces
from lipsync_demo.doctor.voice import Voice, voice
from lipsync_demo.media.container.streams import open_media
from lipsync_demo.media.picture.orientation import Orientation
from lipsync_demo.media.preflight import (
    Finding,
    Fix,
    Part,
    Severity,
    check_audio,
    check_video,
)
from lipsync_demo.media.probe import AudioInfo, MediaInfo

SMALL_IOD = 28.0
"""Pixels between the eyes below which lips are a few pixels high."""
TURNED = 35.0
"""Degrees from which a face counts as turned away."""
CLIPPED = 0.001
QUIET_DBFS = -35.0
NOISY_DB = 16.0
"""Pauses less than this below the words are not pauses: something else is heard in them."""
SPOKEN = 0.05
"""Share of the time below which a recording has no speech."""
SILENCE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in one input; `praise` says what is fine, in a few words."""

    found: tuple[Finding, ...]
    praise: str


def examine_video(info: MediaInfo) -> Examined:
    """Look at the talking video.

    Raises:
        MediaError: the file cannot be read.
    """
    found = check_video(info)
    video = info.video
    if video is None or info.still:
        return Examined(tuple(found), "")
    seen = faces(info.path)
    found += _faces(seen)
    if not video.orientation.upright:
        found.append(_stored(video.orientation))
    if video.sar != 1:
        found.append(
            _note(
                f"Its pixels are not square ({video.sar}).",
                "Nothing to do: the shape of the picture is kept.",
            )
        )
    return Examined(tuple(found), _praise(seen, info))


def examine_audio(info: MediaInfo) -> Examined:
    """Listen to the speech.

    Raises:
        MediaError: the file cannot be read.
    """
    found = check_audio(info)
    if info.audio is None or info.audio.silent:
        return Examined(tuple(found), "")
    heard = voice(info.path)
    known = any(finding.fix is Fix.NORMALISE for finding in found)
    found += _voice(heard, info.audio, quiet=known)
    found += [*track.times(info.audio), *track.level(info.audio)]
    found += track.channels(info.audio, heard.channels, heard.kept)
    streams = _sounds(info.path)
    if streams > 1:
        found.append(
            _warn(
                f"The file has {streams} sound tracks; the first one is used.",
                "Keep only the first, so that everybody hears the same.",
                Fix.FIRST_STREAM,
            )
        )
    clean = heard.spoken >= SPOKEN and (heard.bed is None or heard.bed >= NOISY_DB)
    return Examined(tuple(found), "clear voice" if clean else "")


def _faces(seen: Faces) -> list[Finding]:
    if seen.share == 0:
        return [
            _warn(
                "No face was found in the video.",
                "Without a face there are no lips to move: choose a video in which somebody "
                "looks at the camera.",
            )
        ]
    found = []
    if seen.share < 0.9:
        lasts = seen.part[1] > seen.part[0]
        found.append(
            _warn(
                f"A face is in sight in {seen.share:.0%} of the video only.",
                "Where there is none the picture stays as it is; cut to the part with the face.",
                Fix.TRIM if lasts else None,
                seen.part if lasts else None,
            )
        )
    if seen.iod < SMALL_IOD:
        found.append(
            _warn(
                f"The face is small: {seen.iod:.0f} pixels between the eyes.",
                "Lips of a few pixels cannot be moved well; a closer shot looks better.",
            )
        )
    if seen.yaw > TURNED:
        found.append(
            _warn(
                f"The face is turned away by about {seen.yaw:.0f}°.",
                "A face that looks at the camera works better.",
            )
        )
    if seen.mouth_cut:
        found.append(
            _warn(
                f"The picture's edge cuts the mouth in {seen.mouth_cut:.0%} of the video.",
                "There the lips stay as they are; choose a wider shot, with mouth and chin in "
                "the picture.",
            )
        )
    elif seen.chin_cut:
        found.append(
            _note(
                f"The chin is outside the picture in {seen.chin_cut:.0%} of the video.",
                "The lips move and the edge keeps still; a wider shot looks better.",
            )
        )
    if seen.most > 1:
        found.append(
            _warn(
                f"There are {seen.most} faces of like size.",
                "The one that speaks is taken, the largest where that is unclear; crop the "
                "video to one person to be sure.",
            )
        )
    return found


def _voice(heard: Voice, audio: AudioInfo, *, quiet: bool) -> list[Finding]:
    found = []
    length, clipped = audio.duration, track.lost_to_clipping(audio)
    if heard.spoken < SPOKEN:
        found.append(
            _warn(
                "Hardly any speech is heard.",
                "Without a voice the lips rest; choose a recording in which somebody speaks.",
            )
        )
    if clipped > CLIPPED:
        found.append(
            _warn(
                f"{clipped:.1%} of the speech is clipped: it was recorded too loud.",
                "What is lost cannot be brought back; record it again at a lower level.",
            )
        )
    if heard.level < QUIET_DBFS and not quiet:
        found.append(
            _warn(
                f"The speech is quiet ({heard.level:.0f} dBFS).",
                "Bring it to an ordinary level.",
                Fix.NORMALISE,
            )
        )
    if heard.bed is not None and heard.bed < NOISY_DB:
        found.append(
            _warn(
                f"Something besides the voice is heard: pauses are only {heard.bed:.0f} dB "
                "quieter than words.",
                "Music or noise under the speech can move the lips; use the voice alone.",
            )
        )
    edges: tuple[tuple[Fraction, str, Part], ...] = (
        (heard.lead, "start", (heard.lead, length)),
        (heard.trail, "end", (Fraction(0), length - heard.trail)),
    )
    for seconds, place, kept in edges:
        if seconds >= SILENCE_SECONDS:
            found.append(
                _note(
                    f"The speech has {float(seconds):.1f} s of silence at its {place}.",
                    "Cut it away if the lips should not wait.",
                    Fix.TRIM,
                    kept,
                )
            )
    return found


def _stored(orientation: Orientation) -> Finding:
    what = f"The picture is stored {orientation}."
    if orientation.mirrored:
        return _note(
            what,
            "Here it is shown as players show it; whether the service does is not known: "
            "a plain copy is safe.",
            Fix.PLAIN,
        )
    return _note(what, "Nothing to do: it is set upright, here and by the service.")


def _praise(seen: Faces, info: MediaInfo) -> str:
    if seen.share == 0 or info.video is None:
        return ""
    return f"{'one face' if seen.most <= 1 else f'{seen.most} faces'}, {seen.iod:.0f} px"


def _sounds(path: Path) -> int:
    with open_media(path) as container:
        return len(container.streams.audio)


def _warn(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.WARNING, what, hint, fix, part)


def _note(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.NOTE, what, hint, fix, part)
