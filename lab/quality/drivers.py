"""Drivers of a mouth: the speech model and its baselines."""

from __future__ import annotations

from enum import Enum

import numpy as np

from lab.quality.clips import TalkingClip
from lab.training.clips import CLOSED_OPENING
from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.geometry import MEASURES
from lipsync_demo.engine.pipeline import Listener
from lipsync_demo.engine.speech import spectrum
from lipsync_demo.engine.speech.model import LIP_TERMS, RATE, SpeechShapes
from lipsync_demo.engine.speech.spectrum import SAMPLE_RATE

PIECE_SECONDS = 0.5
"""Length of the pieces in which sound is shuffled, seconds."""
MIN_LEVEL = 1e-4
"""Floor of the RMS level."""


class Driver(str, Enum):
    """What determines the mouth shapes."""

    ENGINE = "engine"
    TRUTH = "truth"
    LOUDNESS = "loudness"
    SHUFFLED = "shuffled"
    UNTOUCHED = "untouched"

    def __str__(self) -> str:
        return self.value


def listener(driver: Driver, clip: TalkingClip) -> Listener:
    """Return the listener of `driver` for the sound of `clip`, which may be truncated.

    Raises:
        ValueError: the driver changes no mouth.
    """
    if driver is Driver.ENGINE:
        return clip.model().predict
    if driver is Driver.TRUTH:
        return lambda samples: true_shapes(clip, len(samples))
    if driver is Driver.LOUDNESS:
        return loudness
    if driver is Driver.SHUFFLED:
        model = clip.model()
        return lambda samples: model.predict(shuffled(samples))
    raise ValueError(f"{driver} drives nothing")


def true_shapes(clip: TalkingClip, length: int) -> SpeechShapes:
    """Return the clip's true mouth, standardised over its speech, for `length` samples.

    Speech is 1 throughout, so that pauses show the true mouth, too.
    """
    seconds = np.arange(length // (SAMPLE_RATE // RATE) + 1) / RATE
    speaking = clip.spoken(seconds)
    mouth = clip.mouth(seconds)
    own = mouth[speaking]
    units = (mouth - own.mean(0)) / np.maximum(own.std(0), 1e-4)
    return _shapes(units, np.ones(len(mouth), bool), mouth[:, 0] < CLOSED_OPENING)


def loudness(samples: Floats) -> SpeechShapes:
    """Return the level of mono `samples` (n,) as opening, roundness and jaw."""
    power = np.convolve(spectrum.frame_power(samples), np.ones(5) / 5, "same")[::2]
    level = 10 * np.log10(np.maximum(power, MIN_LEVEL**2))
    speaking = level > level.max() - 30
    own = level[speaking]
    units = np.zeros((len(level), len(MEASURES)), np.float32)
    for name in ("opening", "roundness", "jaw"):
        units[:, MEASURES.index(name)] = (level - own.mean()) / max(float(own.std()), 1e-4)
    return _shapes(units, speaking, np.zeros(len(level), bool))


def shuffled(samples: Floats, seed: int = 0) -> Floats:
    """Return the samples (n,) in pieces of half a second, in another order."""
    piece = int(PIECE_SECONDS * SAMPLE_RATE)
    pieces = [samples[at : at + piece] for at in range(0, len(samples), piece)]
    order = np.random.default_rng(seed).permutation(len(pieces))
    if len(pieces) > 1 and (order == np.arange(len(pieces))).any():
        order = np.roll(np.arange(len(pieces)), len(pieces) // 2)
    return np.concatenate([pieces[k] for k in order])


def _shapes(units: Floats, speaking: Flags, closed: Flags) -> SpeechShapes:
    return SpeechShapes(
        measures=units.astype(np.float32),
        lips=np.zeros((len(units), LIP_TERMS), np.float32),
        closed=closed.astype(np.float32),
        speech=speaking.astype(np.float32),
    )
