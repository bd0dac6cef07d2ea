"""What is odd about a speech track: its times, its channels, its level."""

from __future__ import annotations

import math
from fractions import Fraction

from lipsync_demo.engine.speech import VoiceChannels
from lipsync_demo.media.preflight import Finding, Fix, Severity
from lipsync_demo.media.probe import AudioInfo

NOTICED = Fraction(1, 25)
"""Seconds from which a distance between sound and picture is worth a word."""
LOUD = 10 ** (0.5 / 20)
"""Peak of full scale from which a sound beyond it is worth a word: codecs add a little."""
CLIPPED_PEAK = {"pcm_f": 1.001, "": 10 ** (3 / 20)}
"""Peak up to which samples at full scale were cut off, by the codec's name: what was clipped before
a lossy codec comes out of it at most a little higher, float samples as they were."""
STEREO = ("the left channel", "the right channel")
PLACES = ("left", "right", "centre", "bass", "left rear", "right rear")


def lost_to_clipping(audio: AudioInfo) -> float:
    """The share of samples (0 to 1) that were cut off at full scale when the sound was made."""
    most = next(peak for name, peak in CLIPPED_PEAK.items() if audio.codec.startswith(name))
    return audio.full if audio.peak <= most else 0.0


def times(audio: AudioInfo) -> list[Finding]:
    """Findings about where the sound lies, and of how many recordings it is made."""
    found = []
    if audio.chunks > 1:
        found.append(
            _finding(
                Severity.WARNING,
                f"The file is {audio.chunks} recordings joined one after the other.",
                "They are read as one here; other programs stop after the first or play a click "
                "between them.",
                Fix.JOIN,
            )
        )
    if audio.early >= NOTICED:
        found.append(
            _finding(
                Severity.WARNING,
                f"The first {float(audio.early):.2f} s of the sound come before the first "
                "picture and are left out.",
                "So sound and picture stay together; take the sound alone to use all of it.",
                Fix.ALONE,
            )
        )
    if audio.lead >= NOTICED:
        found.append(
            _finding(
                Severity.NOTE,
                f"The sound begins {float(audio.lead):.2f} s after the picture.",
                "Nothing to do: it keeps its distance, with silence before it.",
            )
        )
    if audio.holes:
        count = len(audio.holes)
        total = float(sum(end - start for start, end in audio.holes))
        found.append(
            _finding(
                Severity.WARNING,
                f"The sound has {'a hole' if count == 1 else f'{count} holes'} of "
                f"{total:.2f} s{'' if count == 1 else ' together'}: packets were lost, or the "
                "recording was paused.",
                "What is missing stays silent, and everything after it keeps its time.",
            )
        )
    return found


def level(audio: AudioInfo) -> list[Finding]:
    """Findings about sound beyond full scale of which nothing is lost."""
    if audio.peak < LOUD or lost_to_clipping(audio) > 0:
        return []
    return [
        _finding(
            Severity.NOTE,
            f"The sound goes {20 * math.log10(audio.peak):.0f} dB beyond full scale.",
            "Nothing of it is lost here: it is read whole and brought below; other programs may "
            "clip it.",
            Fix.NORMALISE,
        )
    ]


def channels(audio: AudioInfo, voice: VoiceChannels, kept: int) -> list[Finding]:
    """Findings about the channels; `kept` is how many of them an output has."""
    where = " and ".join(_name(audio, kept, number) for number in voice.channels)
    if voice.opposed:
        return [
            _finding(
                Severity.WARNING,
                "The channels are out of phase: mixed, they cancel the voice.",
                "The lips follow it all the same; make it mono, so that one loudspeaker plays it.",
                Fix.MONO,
            )
        ]
    many = f" It has {audio.channels}, the output {kept}." if audio.channels != kept else ""
    if voice.weights is not None and len(voice.audible) > len(voice.channels):
        words = f"The voice is in {where}; the others hold other sound.{many}"
        return [_finding(Severity.NOTE, words, "The lips follow the voice alone.", Fix.MONO)]
    if voice.weights is not None:
        words = f"Only {where} has sound.{many}"
        if len(voice.channels) > 1:
            words = f"Only {where} have sound.{many}"
        return [_finding(Severity.NOTE, words, "The lips follow it; mono is enough.", Fix.MONO)]
    if audio.channels > 2:
        words = f"The sound has {audio.channels} channels{f', the output {kept}' if many else ''}."
        return [_finding(Severity.NOTE, words, "One channel is enough for a voice.", Fix.MONO)]
    return []


def _name(audio: AudioInfo, kept: int, number: int) -> str:
    if kept == 2:
        return STEREO[number]
    if kept in (3, 5, 6) and not audio.layout.endswith(" channels"):
        place = number + 1 if kept == 5 and number > 2 else number
        return f"the {PLACES[place]} channel"
    return f"channel {number + 1}"


def _finding(severity: Severity, what: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(severity, what, hint, fix)
