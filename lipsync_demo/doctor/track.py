"""Findings about a speech track: times, channels, level."""

from __future__ import annotations

import math
from fractions import Fraction

from lipsync_demo.doctor import words
from lipsync_demo.engine.speech import VoiceChannels
from lipsync_demo.languages import joined
from lipsync_demo.media.info import AudioInfo
from lipsync_demo.media.preflight import Finding, Fix, Severity

MIN_OFFSET = Fraction(1, 25)
"""Offset between sound and picture from which it is reported, seconds."""
MIN_OVERSHOOT = 10 ** (0.5 / 20)
"""Peak, relative to full scale, from which it is reported (0.5 dB): codecs overshoot a little."""
CLIPPED_PEAK = {"pcm_f": 1.001, "": 10 ** (3 / 20)}
"""Peak, by codec prefix, up to which samples at full scale are clipped: a lossy codec overshoots
clipped sound a little, float samples do not."""
STEREO = (words.LEFT, words.RIGHT)
"""Names of two channels."""
PLACES = (
    words.LEFT_FRONT,
    words.RIGHT_FRONT,
    words.CENTRE,
    words.BASS,
    words.LEFT_REAR,
    words.RIGHT_REAR,
)
"""Names of the channels of 5.1."""


def lost_to_clipping(audio: AudioInfo) -> float:
    """Return the share of clipped samples, 0 to 1."""
    most = next(peak for name, peak in CLIPPED_PEAK.items() if audio.codec.startswith(name))
    return audio.full if audio.peak <= most else 0.0


def times(audio: AudioInfo) -> list[Finding]:
    """Return findings about gaps, offsets and concatenated recordings."""
    found = []
    if audio.chunks > 1:
        found.append(
            _finding(
                Severity.WARNING,
                words.joined(audio.chunks),
                words.JOINED_HINT,
                Fix.JOIN,
            )
        )
    if audio.early >= MIN_OFFSET:
        found.append(
            _finding(
                Severity.WARNING,
                words.early(float(audio.early)),
                words.EARLY_HINT,
                Fix.ALONE,
            )
        )
    if audio.lead >= MIN_OFFSET:
        found.append(
            _finding(
                Severity.NOTE,
                words.late(float(audio.lead)),
                words.LATE_HINT,
            )
        )
    if audio.holes:
        count = len(audio.holes)
        total = float(sum(end - start for start, end in audio.holes))
        found.append(
            _finding(
                Severity.WARNING,
                words.holes(count, total),
                words.HOLES_HINT,
            )
        )
    return found


def level(audio: AudioInfo) -> list[Finding]:
    """Return findings about unclipped sound beyond full scale."""
    if audio.peak < MIN_OVERSHOOT or lost_to_clipping(audio) > 0:
        return []
    return [
        _finding(
            Severity.NOTE,
            words.beyond_full_scale(20 * math.log10(audio.peak)),
            words.BEYOND_FULL_SCALE_HINT,
            Fix.NORMALISE,
        )
    ]


def channels(audio: AudioInfo, voice: VoiceChannels, kept: int) -> list[Finding]:
    """Return findings about the channels; `kept` is their number in an output."""
    where = joined(words.AND, (_name(audio, kept, number) for number in voice.channels))
    if voice.opposed:
        return [
            _finding(
                Severity.WARNING,
                words.OUT_OF_PHASE,
                words.OUT_OF_PHASE_HINT,
                Fix.MONO,
            )
        ]
    many = words.channels_kept(audio.channels, kept) if audio.channels != kept else ""
    if voice.weights is not None and len(voice.audible) > len(voice.channels):
        what = words.voice_in(where, many)
        return [_finding(Severity.NOTE, what, words.VOICE_IN_HINT, Fix.MONO)]
    if voice.weights is not None:
        what = words.one_sounds(where, many)
        if len(voice.channels) > 1:
            what = words.several_sound(where, many)
        return [_finding(Severity.NOTE, what, words.MONO_IS_ENOUGH, Fix.MONO)]
    if audio.channels > 2:
        what = words.several_channels(audio.channels, many, kept)
        return [_finding(Severity.NOTE, what, words.SEVERAL_CHANNELS_HINT, Fix.MONO)]
    return []


def _name(audio: AudioInfo, kept: int, number: int) -> str:
    if kept == 2:
        return STEREO[number]
    if kept in (3, 5, 6) and not audio.layout.endswith(" channels"):
        place = number + 1 if kept == 5 and number > 2 else number
        return words.channel_at(PLACES[place])
    return words.channel_number(number + 1)


def _finding(severity: Severity, what: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(severity, what, hint, fix)
