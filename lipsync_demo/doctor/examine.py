"""Everything worth saying about one input, each with the remedy that mends it at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lipsync_demo.doctor import track, words
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
                words.not_square(video.sar),
                words.SHAPE_KEPT,
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
                words.several_tracks(streams),
                words.KEEP_THE_FIRST,
                Fix.FIRST_STREAM,
            )
        )
    clean = heard.spoken >= SPOKEN and (heard.bed is None or heard.bed >= NOISY_DB)
    return Examined(tuple(found), words.CLEAR_VOICE if clean else "")


def _faces(seen: Faces) -> list[Finding]:
    if seen.share == 0:
        return [
            _warn(
                words.NO_FACE,
                words.NO_FACE_HINT,
            )
        ]
    found = []
    if seen.share < 0.9:
        lasts = seen.part[1] > seen.part[0]
        found.append(
            _warn(
                words.face_seldom(seen.share),
                words.FACE_SELDOM_HINT,
                Fix.TRIM if lasts else None,
                seen.part if lasts else None,
            )
        )
    if seen.iod < SMALL_IOD:
        found.append(
            _warn(
                words.small_face(seen.iod),
                words.SMALL_FACE_HINT,
            )
        )
    if seen.yaw > TURNED:
        found.append(
            _warn(
                words.turned_away(seen.yaw),
                words.TURNED_AWAY_HINT,
            )
        )
    if seen.mouth_cut:
        found.append(
            _warn(
                words.mouth_cut(seen.mouth_cut),
                words.MOUTH_CUT_HINT,
            )
        )
    elif seen.chin_cut:
        found.append(
            _note(
                words.chin_cut(seen.chin_cut),
                words.CHIN_CUT_HINT,
            )
        )
    if seen.most > 1:
        found.append(
            _warn(
                words.like_faces(seen.most),
                words.LIKE_FACES_HINT,
            )
        )
    return found


def _voice(heard: Voice, audio: AudioInfo, *, quiet: bool) -> list[Finding]:
    found = []
    length, clipped = audio.duration, track.lost_to_clipping(audio)
    if heard.spoken < SPOKEN:
        found.append(
            _warn(
                words.HARDLY_SPEECH,
                words.HARDLY_SPEECH_HINT,
            )
        )
    if clipped > CLIPPED:
        found.append(
            _warn(
                words.clipped(clipped),
                words.CLIPPED_HINT,
            )
        )
    if heard.level < QUIET_DBFS and not quiet:
        found.append(
            _warn(
                words.quiet(heard.level),
                words.QUIET_HINT,
                Fix.NORMALISE,
            )
        )
    if heard.bed is not None and heard.bed < NOISY_DB:
        found.append(
            _warn(
                words.other_sound(heard.bed),
                words.OTHER_SOUND_HINT,
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
                    words.silence(float(seconds), place),
                    words.SILENCE_HINT,
                    Fix.TRIM,
                    kept,
                )
            )
    return found


def _stored(orientation: Orientation) -> Finding:
    what = words.stored_turned(orientation)
    if orientation.mirrored:
        return _note(
            what,
            words.STORED_TURNED_HINT,
            Fix.PLAIN,
        )
    return _note(what, words.SET_UPRIGHT)


def _praise(seen: Faces, info: MediaInfo) -> str:
    if seen.share == 0 or info.video is None:
        return ""
    return words.faces_of_size(seen.most, seen.iod)


def _sounds(path: Path) -> int:
    with open_media(path) as container:
        return len(container.streams.audio)


def _warn(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.WARNING, what, hint, fix, part)


def _note(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.NOTE, what, hint, fix, part)
