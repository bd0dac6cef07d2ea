"""Examines one input: findings, each with its remedy, if any."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from lipsync_demo.doctor import track, words
from lipsync_demo.doctor.examined import NOBODY, Examined
from lipsync_demo.doctor.faces import Faces, faces
from lipsync_demo.doctor.voice import Voice, voice
from lipsync_demo.media.container.streams import open_media
from lipsync_demo.media.info import AudioInfo, MediaInfo
from lipsync_demo.media.picture.orientation import Orientation
from lipsync_demo.media.preflight import (
    Finding,
    Fix,
    Part,
    Severity,
    check_audio,
    check_video,
)

MIN_IOD = 28.0
"""Inter-ocular distance, pixels, below which lips are a few pixels high."""
MAX_YAW = 35.0
"""Yaw, degrees, above which a face is turned away."""
MAX_CLIPPED = 0.001
"""Share of clipped samples above which they are reported."""
MIN_DBFS = -35.0
"""RMS level, dBFS, below which speech is quiet."""
MIN_PAUSE_DB = 16.0
"""Level of words over pauses, dB, below which there is noise or music."""
MIN_SPEECH_SHARE = 0.05
"""Share of the time below which a recording has no speech."""
MIN_SILENCE = 1
"""Silence at an end from which it is reported, seconds."""


def examine_video(info: MediaInfo) -> Examined:
    """Examine the talking video.

    Raises:
        MediaError: the file cannot be read.
    """
    found = check_video(info)
    video = info.video
    if video is None or info.still:
        return Examined(tuple(found), "")
    sampled = faces(info.path)
    found += _faces(sampled)
    if not video.orientation.upright:
        found.append(_stored(video.orientation))
    if video.sar != 1:
        found.append(
            _note(
                words.not_square(video.sar),
                words.SHAPE_KEPT,
            )
        )
    several = sampled.group if len(sampled.group.faces) > 1 else NOBODY
    return Examined(tuple(found), _praise(sampled, info), several)


def examine_audio(info: MediaInfo) -> Examined:
    """Examine the speech.

    Raises:
        MediaError: the file cannot be read.
    """
    found = check_audio(info)
    if info.audio is None or info.audio.silent:
        return Examined(tuple(found), "")
    speech = voice(info.path)
    known = any(finding.fix is Fix.NORMALISE for finding in found)
    found += _voice(speech, info.audio, quiet=known)
    found += [*track.times(info.audio), *track.level(info.audio)]
    found += track.channels(info.audio, speech.channels, speech.kept)
    streams = _sounds(info.path)
    if streams > 1:
        found.append(
            _warn(
                words.several_tracks(streams),
                words.KEEP_THE_FIRST,
                Fix.FIRST_STREAM,
            )
        )
    clean = speech.spoken >= MIN_SPEECH_SHARE and (
        speech.pause_db is None or speech.pause_db >= MIN_PAUSE_DB
    )
    return Examined(tuple(found), words.CLEAR_VOICE if clean else "")


def _faces(sampled: Faces) -> list[Finding]:
    if sampled.share == 0:
        return [
            _warn(
                words.NO_FACE,
                words.NO_FACE_HINT,
            )
        ]
    found = []
    if sampled.share < 0.9:
        lasts = sampled.part[1] > sampled.part[0]
        found.append(
            _warn(
                words.face_seldom(sampled.share),
                words.FACE_SELDOM_HINT,
                Fix.TRIM if lasts else None,
                sampled.part if lasts else None,
            )
        )
    if sampled.iod < MIN_IOD:
        found.append(
            _warn(
                words.small_face(sampled.iod),
                words.SMALL_FACE_HINT,
            )
        )
    if sampled.yaw > MAX_YAW:
        found.append(
            _warn(
                words.turned_away(sampled.yaw),
                words.TURNED_AWAY_HINT,
            )
        )
    if sampled.mouth_cut:
        found.append(
            _warn(
                words.mouth_cut(sampled.mouth_cut),
                words.MOUTH_CUT_HINT,
            )
        )
    elif sampled.chin_cut:
        found.append(
            _note(
                words.chin_cut(sampled.chin_cut),
                words.CHIN_CUT_HINT,
            )
        )
    if sampled.most > 1:
        found.append(
            _warn(
                words.like_faces(sampled.most),
                words.LIKE_FACES_HINT,
                Fix.CROP,
            )
        )
    return found


def _voice(speech: Voice, audio: AudioInfo, *, quiet: bool) -> list[Finding]:
    found = []
    length, clipped = audio.duration, track.lost_to_clipping(audio)
    if speech.spoken < MIN_SPEECH_SHARE:
        found.append(
            _warn(
                words.HARDLY_SPEECH,
                words.HARDLY_SPEECH_HINT,
            )
        )
    if clipped > MAX_CLIPPED:
        found.append(
            _warn(
                words.clipped(clipped),
                words.CLIPPED_HINT,
            )
        )
    if speech.level < MIN_DBFS and not quiet:
        found.append(
            _warn(
                words.quiet(speech.level),
                words.QUIET_HINT,
                Fix.NORMALISE,
            )
        )
    if speech.pause_db is not None and speech.pause_db < MIN_PAUSE_DB:
        found.append(
            _warn(
                words.other_sound(speech.pause_db),
                words.OTHER_SOUND_HINT,
            )
        )
    edges: tuple[tuple[Fraction, str, Part], ...] = (
        (speech.lead, words.START, (speech.lead, length)),
        (speech.trail, words.END, (Fraction(0), length - speech.trail)),
    )
    for seconds, place, kept in edges:
        if seconds >= MIN_SILENCE:
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


def _praise(sampled: Faces, info: MediaInfo) -> str:
    if sampled.share == 0 or info.video is None:
        return ""
    return words.faces_of_size(sampled.most, sampled.iod)


def _sounds(path: Path) -> int:
    with open_media(path) as container:
        return len(container.streams.audio)


def _warn(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.WARNING, what, hint, fix, part)


def _note(what: str, hint: str, fix: Fix | None = None, part: Part | None = None) -> Finding:
    return Finding(Severity.NOTE, what, hint, fix, part)
