"""Extracts the voice of a sound as mono.

The mean of all channels cancels a voice that is out of phase and buries one that has a channel to
itself. So only channels with speech are mixed; where channels differ, the speech model tells which
they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lipsync_demo.engine.arrays import Doubles, Floats, Indices
from lipsync_demo.engine.speech.model import SpeechModel
from lipsync_demo.engine.speech.spectrum import SAMPLE_RATE, frame_power
from lipsync_demo.media.audio import blocks_of, decode, mix_to_mono

if TYPE_CHECKING:
    from pydub import AudioSegment


MIN_POWER = 1e-6
"""Power, relative to full scale, below which a channel is silent."""
MIN_POWER_RATIO = 10 ** (-45 / 10)
"""Power, relative to the loudest channel, below which a channel is silent (-45 dB)."""
MIN_CORRELATION = 0.5
"""Correlation from which two channels carry the same sound."""
MAX_POWER_RATIO = 10.0
"""Largest ratio of power of channels that count as one stereo image."""
OPPOSED_CORRELATION = -0.3
"""Correlation below which one of two channels is inverted."""
STRETCH_SECONDS = 5
"""Length of a stretch of sound, seconds."""
STRETCHES = 4
"""Number of loudest stretches in which speech is detected."""
MIN_SPEECH_RATIO = 0.5
"""Speech share, relative to the largest of all channels, from which a channel has the voice."""
MIN_MIX_POWER = 0.01
"""Power of a mix, relative to its loudest channel, below which the voice has been cancelled."""
MIN_SPEECH_SHARE = 0.05
"""Speech share below which a sound has no speech."""


@dataclass(frozen=True, slots=True)
class VoiceChannels:
    """The weights of each channel in the voice; None if they are equal.

    `audible` are the indices of the channels with any sound; `opposed` tells whether the voice's
    channels are out of phase.
    """

    weights: tuple[float, ...] | None
    audible: tuple[int, ...]
    opposed: bool

    @property
    def channels(self) -> tuple[int, ...]:
        """Indices of the channels with the voice; empty if all weights are equal."""
        return tuple(n for n, weight in enumerate(self.weights or ()) if weight)


def extract_voice(sound: AudioSegment, rate: int = SAMPLE_RATE) -> Floats:
    """Return the voice as mono samples (n,) in -1 to 1 at `rate` Hz."""
    return mix_to_mono(sound, voice_channels(sound).weights, rate)


def speech_samples(path: Path, rate: int = SAMPLE_RATE) -> Floats:
    """Return the voice of a file, as `extract_voice` does.

    Raises:
        MediaError: as `media.audio.decode`.
    """
    return extract_voice(decode(path), rate)


def voice_channels(sound: AudioSegment) -> VoiceChannels:
    """Return the channels of a sound that carry the voice."""
    if sound.channels == 1:
        return VoiceChannels(None, (0,), opposed=False)
    likeness, power = _correlations(sound)
    audible = np.flatnonzero((power >= MIN_POWER) & (power >= MIN_POWER_RATIO * power.max()))
    taken = audible
    among = np.ix_(audible, audible)
    alike = len(audible) < 2 or (
        likeness[among].min() >= MIN_CORRELATION
        and power[audible].max() <= MAX_POWER_RATIO * power[audible].min()
    )
    if not alike:
        spoken = np.array([_speech_share(sound, int(n)) for n in audible])
        if spoken.max() >= MIN_SPEECH_SHARE:
            taken = audible[spoken >= MIN_SPEECH_RATIO * spoken.max()]
    found = _voice(taken, audible, likeness)
    weights = np.asarray(found.weights or [1 / len(power)] * len(power)) * np.sqrt(power)
    if len(taken) and weights @ likeness @ weights < MIN_MIX_POWER * power[taken].max():
        return _voice(taken[[power[taken].argmax()]], audible, likeness)
    return found


def _voice(taken: Indices, audible: Indices, likeness: Doubles) -> VoiceChannels:
    count = len(likeness)
    if not len(taken):
        return VoiceChannels(None, (), opposed=False)
    weights = np.zeros(count)
    weights[taken] = 1 / len(taken)
    turned = likeness[taken[0]] < OPPOSED_CORRELATION
    opposed = bool(turned[taken].any())
    weights[turned] *= -1
    even = len(taken) == count and not opposed
    return VoiceChannels(
        None if even else tuple(weights.tolist()), tuple(audible.tolist()), opposed
    )


def _correlations(sound: AudioSegment) -> tuple[Doubles, Doubles]:
    """Return the correlations (c, c) of the c channels and their mean powers (c,)."""
    products = np.zeros((sound.channels, sound.channels))
    for block in blocks_of(sound):
        products += (block.T @ block).astype(np.float64)
    power = np.diag(products).copy()
    scale = np.sqrt(np.outer(power, power))
    likeness = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    return likeness, power / max(1, int(sound.frame_count()))


def _speech_share(sound: AudioSegment, channel: int) -> float:
    """Return the share of frames with speech, 0 to 1, in a channel's loudest stretches."""
    weights = np.eye(sound.channels)[channel]
    samples = mix_to_mono(sound, weights)
    length = STRETCH_SECONDS * SAMPLE_RATE
    parts = np.array_split(samples, max(1, round(len(samples) / length)))
    loudest = sorted(parts, key=lambda part: -float(part @ part))[:STRETCHES]
    loud_samples = np.concatenate(loudest)
    speech = SpeechModel.load().predict(loud_samples).speech
    level = np.sqrt(frame_power(loud_samples)[::2])[: len(speech)]
    loud = level >= level.max() / 100
    return float((speech[: len(level)][loud] > 0.5).mean())
