"""Measures a speech track: level, noise, silence at the ends."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from lipsync_demo.engine.speech import SpeechModel, VoiceChannels, voice_channels
from lipsync_demo.media.audio import decode, mix_to_mono

RATE = 16_000
"""Sampling rate of the analysis, Hz."""
STEP = RATE // 50
"""Samples of a window of the level."""
AUDIBLE_RMS = 10 ** (-50 / 20)
"""RMS above which a window is audible (-50 dBFS)."""


@dataclass(frozen=True, slots=True)
class Voice:
    """RMS `level` of the audible windows, dBFS; `pause_db`, the level of words over pauses, dB,
    None without pauses; silence at the ends, `lead` and `trail`, seconds; `spoken`, the share of
    time with speech, 0 to 1; the voice's `channels`, of `kept` that an output has.
    """

    level: float
    pause_db: float | None
    lead: Fraction
    trail: Fraction
    spoken: float
    channels: VoiceChannels
    kept: int


def voice(path: Path) -> Voice:
    """Measure a whole track.

    Raises:
        MediaError: the file has no sound or cannot be read.
    """
    sound = decode(path)
    channels = voice_channels(sound)
    samples = mix_to_mono(sound, channels.weights)
    count = max(1, len(samples) // STEP)
    blocks = np.resize(samples, count * STEP).reshape(count, STEP)
    levels = np.sqrt((blocks.astype(np.float64) ** 2).mean(1))
    audible = np.flatnonzero(levels > AUDIBLE_RMS)
    if not len(audible):
        return Voice(-96.0, None, Fraction(0), Fraction(0), 0.0, channels, sound.channels)
    speech = SpeechModel.load().predict(samples).speech[:count]
    speech = np.pad(speech, (0, count - len(speech)))
    words, pause = levels[speech > 0.7], levels[audible[0] : audible[-1] + 1]
    pause = pause[speech[audible[0] : audible[-1] + 1] < 0.3]
    pause_db = None
    if len(words) > 10 and len(pause) > 10:
        pause_db = float(20 * np.log10(np.median(words) / max(float(np.median(pause)), 1e-5)))
    rms = float(np.sqrt((levels[audible] ** 2).mean()))
    return Voice(
        20 * float(np.log10(rms)),
        pause_db,
        Fraction(int(audible[0]) * STEP, RATE),
        Fraction(int(count - 1 - audible[-1]) * STEP, RATE),
        float((speech > 0.5).mean()),
        channels,
        sound.channels,
    )
