"""Speech to mouth shapes: what the lips of a person who says this would do.

A small network over the features of `phone_features`: a 1x1 layer to 48 channels and three residual
convolutions of 5 taps (dilation 1, 2, 4), each with a group norm; four of them, fitted from
different seeds by `lab/training/speech.py`, are averaged. It knows people in general: its
measures are in units of ordinary speech, which `person_range` turns into one person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import erf, expit

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import MEASURES
from lipsync_demo.engine.speech import phone_features, spectrum
from lipsync_demo.engine.speech.phone_features import PhoneNetwork

WEIGHTS = Path(__file__).parents[1] / "weights" / "speech.npz"
WEIGHTS_SHA256 = "b12f0f63a65e8fb1656a0d02505a63da799b1a4227bab756c00e810bcd266ff0"

RATE = phone_features.RATE
LIP_TERMS = 8
OUTPUTS = len(MEASURES) + LIP_TERMS + 2
CHANNELS = 48
"""Channels of the network's layers."""
GROUPS = 4
"""Groups of channels that are normalised together."""
TAPS = 5
"""Rows a convolution sees, DILATIONS apart."""
DILATIONS = (1, 2, 4)

SILENCE = 1e-4
"""RMS below which nothing is said (-80 dBFS)."""
SOUND = 4e-4
"""RMS above which the network decides (-68 dBFS)."""

LEAD = 15
"""Rows of silence heard before and after the sound: where a sound begins or ends abruptly, the
recogniser takes even a tone for speech, after silence it does not."""


@dataclass(frozen=True, eq=False, slots=True)
class SpeechShapes:
    """Mouth shapes `rate` times a second; row k belongs to the moment k / rate s.

    `measures` (n, 5) in the order of `geometry.MEASURES`, mean 0 and variance 1 over ordinary
    speech; `lips` (n, 8) terms of the lips' principal shapes, likewise; `closed` (n,) the
    probability that a sound closes the lips (P, B, M); `speech` (n,) that someone speaks.
    Where nobody does, the other values mean nothing: the mouth rests.
    """

    measures: Floats
    lips: Floats
    closed: Floats
    speech: Floats
    rate: int = RATE


class SpeechModel:
    """The fitted networks. Holds no state: safe to share between threads."""

    def __init__(self, weights: dict[str, Floats], hearing: PhoneNetwork) -> None:
        self._w = weights
        self._hearing = hearing

    @staticmethod
    @cache
    def load() -> SpeechModel:
        """The model of this installation.

        Raises:
            BrokenWeights: a weights file is missing or its checksum differs.
        """
        return SpeechModel(phone_features.checked(WEIGHTS, WEIGHTS_SHA256), PhoneNetwork.load())

    @staticmethod
    def of(path: Path) -> SpeechModel:
        """A model fitted here, from any weights file that `lab/training/speech.py` wrote.

        Raises:
            BrokenWeights: the file is missing, or the recogniser is.
        """
        return SpeechModel(phone_features.checked(path), PhoneNetwork.load())

    def predict(self, samples: Floats) -> SpeechShapes:
        """Shapes for `samples` (n,), mono sound at 16 kHz in -1 to 1; n // 320 + 1 rows."""
        samples = np.nan_to_num(np.asarray(samples, np.float32))
        features = self._hearing.hear(np.pad(samples, LEAD * spectrum.SAMPLE_RATE // RATE))
        out = np.empty((len(features), OUTPUTS), np.float32)
        block, margin = phone_features.BLOCK_SECONDS * RATE, phone_features.MARGIN_SECONDS * RATE
        for start in range(0, len(features), block):
            low, stop = max(start - margin, 0), min(start + block, len(features))
            said = self._run(features[low : stop + margin])
            out[start:stop] = said[start - low : stop - low]
        out = out[LEAD : len(out) - LEAD]
        shapes = (out[:, :-2] - self._w["middle"]) / self._w["spread"]
        heard = _audible(samples)[: len(out)]
        speech = expit(out[:, -1]) * heard
        return SpeechShapes(
            measures=shapes[:, : len(MEASURES)],
            lips=shapes[:, len(MEASURES) :],
            closed=expit(out[:, -2]) * speech,
            speech=speech,
        )

    def _run(self, features: Floats) -> Floats:
        """Raw outputs (n, 15), the mean over the seeds."""
        w, n = self._w, len(features)
        x = features @ w["in.weight"] + w["in.bias"][:, None]
        x = _gelu(x)
        reach = TAPS // 2
        for i, dilation in enumerate(DILATIONS):
            padded = np.pad(x, ((0, 0), (reach * dilation, reach * dilation), (0, 0)))
            taps = [padded[:, k * dilation : k * dilation + n] for k in range(TAPS)]
            y = np.concatenate(taps, axis=2) @ w[f"{i}.weight"] + w[f"{i}.bias"][:, None]
            y = _group_norm(y) * w[f"{i}.norm.weight"][:, None] + w[f"{i}.norm.bias"][:, None]
            x = x + _gelu(y)
        out: Floats = (x @ w["out.weight"] + w["out.bias"][:, None]).mean(0)
        return out


def _gelu(x: Floats) -> Floats:
    return np.asarray(0.5 * x * (1 + erf(x * np.float32(np.sqrt(0.5)))), np.float32)


def _group_norm(x: Floats) -> Floats:
    """Over time and each quarter of the channels, per seed (Wu and He 2018)."""
    grouped = x.reshape(*x.shape[:2], GROUPS, -1)
    mean = grouped.mean((1, 3), keepdims=True)
    variance = grouped.var((1, 3), keepdims=True)
    out: Floats = ((grouped - mean) / np.sqrt(variance + np.float32(1e-5))).reshape(x.shape)
    return out


def _audible(samples: Floats) -> Floats:
    """0 where there is silence, 1 where there is sound, at 50 Hz."""
    level = np.sqrt(spectrum.frame_power(samples)[::2])
    return np.clip((level - SILENCE) / (SOUND - SILENCE), 0, 1).astype(np.float32)
