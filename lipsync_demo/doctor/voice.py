"""The sound of a speech track: how loud, how clean, where it begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from lipsync_demo.engine.speech import SpeechModel, VoiceChannels, voice_channels
from lipsync_demo.media.audio import decode, mix_to_mono

RATE = 16_000
STEP = RATE // 50
AUDIBLE = 10 ** (-50 / 20)


@dataclass(frozen=True, slots=True)
class Voice:
    """`level` is the RMS in dBFS where there is sound, `bed` how much quieter in dB the pauses
    between words are than the words (None without pauses), `lead` and `trail` the seconds of
    silence at both ends, `spoken` the share of the time (0 to 1) in which somebody speaks.
    `channels` are those the voice is in, of `kept` that an output has.
    """

    level: float
    bed: float | None
    lead: Fraction
    trail: Fraction
    spoken: float
    channels: VoiceChannels
    kept: int


def voice(path: Path) -> Voice:
    """Listen to a whole track.

    Raises:
        MediaError: the file has no sound or cannot be read.
    """
    sound = decode(path)
    channels = voice_channels(sound)
    samples = mix_to_mono(sound, channels.weights)
    count = max(1, len(samples) // STEP)
    blocks = np.resize(samples, count * STEP).reshape(count, STEP)
    levels = np.sqrt((blocks.astype(np.float64) ** 2).mean(1))
    heard = np.flatnonzero(levels > AUDIBLE)
    if not len(heard):
        return Voice(-96.0, None, Fraction(0), Fraction(0), 0.0, channels, sound.channels)
    speech = SpeechModel.load().predict(samples).speech[:count]
    speech = np.pad(speech, (0, count - len(speech)))
    said, pause = levels[speech > 0.7], levels[heard[0] : heard[-1] + 1]
    pause = pause[speech[heard[0] : heard[-1] + 1] < 0.3]
    bed = None
    if len(said) > 10 and len(pause) > 10:
        bed = float(20 * np.log10(np.median(said) / max(float(np.median(pause)), 1e-5)))
    rms = float(np.sqrt((levels[heard] ** 2).mean()))
    return Voice(
        20 * float(np.log10(rms)),
        bed,
        Fraction(int(heard[0]) * STEP, RATE),
        Fraction(int(count - 1 - heard[-1]) * STEP, RATE),
        float((speech > 0.5).mean()),
        channels,
        sound.channels,
    )
