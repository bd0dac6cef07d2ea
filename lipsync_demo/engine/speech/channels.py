"""The voice of a sound as one channel: what is listened to, whatever the layout.

The plain mean of the channels loses a voice whose channels are out of phase and buries one
that has a channel to itself. So the channels in which somebody speaks are taken, the speech
model being the judge wherever the channels are not alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lipsync_demo.engine.arrays import Doubles, Floats, Indices
from lipsync_demo.engine.speech.model import SpeechModel
from lipsync_demo.engine.speech.spectrum import SAMPLE_RATE, frame_power
from lipsync_demo.media.audio import blocks_of, decode, mixed

if TYPE_CHECKING:
    from pydub import AudioSegment


AUDIBLE = 1e-6
"""Power, of full scale, below which a channel is silent."""
BESIDE = 10 ** (-45 / 10)
"""Power, of the loudest channel, below which a channel is silent."""
ALIKE = 0.5
"""Correlation from which two channels hold the same sound."""
APART = 10.0
"""Ratio of power up to which channels that are alike count as one picture of a sound."""
OPPOSED = -0.3
"""Correlation below which one of two channels is turned round."""
STRETCH_SECONDS = 5
"""Seconds of a stretch of sound; a channel is judged by its loudest ones."""
STRETCHES = 4
"""Stretches by which a channel is judged."""
SPEAKING = 0.5
"""Share of the time somebody speaks, of that in the channel with most speech, that makes a
channel one of the speaking ones."""
LEAST = 0.01
"""Share of its loudest channel's power that a mix must have: less is the voice cancelled."""
SPOKEN = 0.05
"""Share of the time below which nobody speaks at all."""


@dataclass(frozen=True, slots=True)
class VoiceChannels:
    """`weights` say what each channel counts in the voice, None when all count alike.

    `audible` are the numbers of the channels with any sound in them, `opposed` whether the
    voice's channels cancel each other when they are simply added.
    """

    weights: tuple[float, ...] | None
    audible: tuple[int, ...]
    opposed: bool

    @property
    def channels(self) -> tuple[int, ...]:
        """The numbers of the channels the voice is taken from; none when all count alike."""
        return tuple(n for n, weight in enumerate(self.weights or ()) if weight)


def hear(sound: AudioSegment, rate: int = SAMPLE_RATE) -> Floats:
    """The voice as mono (n,) in -1 to 1, n = the sound's length times `rate`, rounded."""
    return mixed(sound, voice_of(sound).weights, rate)


def speech_samples(path: Path, rate: int = SAMPLE_RATE) -> Floats:
    """The voice in a file, as `hear` gives it.

    Raises:
        MediaError: as `media.audio.decode`.
    """
    return hear(decode(path), rate)


def voice_of(sound: AudioSegment) -> VoiceChannels:
    """In which channels of a sound somebody speaks."""
    if sound.channels == 1:
        return VoiceChannels(None, (0,), opposed=False)
    likeness, power = _likeness(sound)
    audible = np.flatnonzero((power >= AUDIBLE) & (power >= BESIDE * power.max()))
    taken = audible
    among = np.ix_(audible, audible)
    alike = len(audible) < 2 or (
        likeness[among].min() >= ALIKE and power[audible].max() <= APART * power[audible].min()
    )
    if not alike:
        spoken = np.array([_spoken(sound, int(n)) for n in audible])
        if spoken.max() >= SPOKEN:
            taken = audible[spoken >= SPEAKING * spoken.max()]
    found = _voice(taken, audible, likeness)
    weights = np.asarray(found.weights or [1 / len(power)] * len(power)) * np.sqrt(power)
    if len(taken) and weights @ likeness @ weights < LEAST * power[taken].max():
        return _voice(taken[[power[taken].argmax()]], audible, likeness)
    return found


def _voice(taken: Indices, audible: Indices, likeness: Doubles) -> VoiceChannels:
    count = len(likeness)
    if not len(taken):
        return VoiceChannels(None, (), opposed=False)
    weights = np.zeros(count)
    weights[taken] = 1 / len(taken)
    turned = likeness[taken[0]] < OPPOSED
    opposed = bool(turned[taken].any())
    weights[turned] *= -1
    even = len(taken) == count and not opposed
    return VoiceChannels(
        None if even else tuple(weights.tolist()), tuple(audible.tolist()), opposed
    )


def _likeness(sound: AudioSegment) -> tuple[Doubles, Doubles]:
    """Correlations of the channels with each other, and the mean power of each."""
    products = np.zeros((sound.channels, sound.channels))
    for block in blocks_of(sound):
        products += (block.T @ block).astype(np.float64)
    power = np.diag(products).copy()
    scale = np.sqrt(np.outer(power, power))
    likeness = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    return likeness, power / max(1, int(sound.frame_count()))


def _spoken(sound: AudioSegment, channel: int) -> float:
    """The share of the time (0 to 1) in which somebody speaks in the loudest parts of a channel."""
    weights = np.eye(sound.channels)[channel]
    samples = mixed(sound, weights)
    length = STRETCH_SECONDS * SAMPLE_RATE
    parts = np.array_split(samples, max(1, round(len(samples) / length)))
    loudest = sorted(parts, key=lambda part: -float(part @ part))[:STRETCHES]
    heard = np.concatenate(loudest)
    speech = SpeechModel.load().predict(heard).speech
    level = np.sqrt(frame_power(heard)[::2])[: len(speech)]
    loud = level >= level.max() / 100
    return float((speech[: len(level)][loud] > 0.5).mean())
