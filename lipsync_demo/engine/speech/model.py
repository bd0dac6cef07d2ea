"""Speech to mouth shapes.

A small network over the features of `phone_features`: a 1x1 layer to 48 channels and three residual
convolutions of 5 taps (dilation 1, 2, 4), each with a group norm; four of them, fitted from
different seeds by `lab/training/speech.py`, are averaged. It is speaker-independent: its measures
are in units of ordinary speech, which `person_range` converts to one person's.
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
"""Rows per second."""
LIP_TERMS = 8
"""Principal components of the lips' shape."""
OUTPUTS = len(MEASURES) + LIP_TERMS + 2
"""Outputs per row: measures, lip terms, closure and speech logits."""
CHANNELS = 48
"""Channels of a layer."""
GROUPS = 4
"""Groups of the group norm."""
TAPS = 5
"""Kernel size of a convolution, rows."""
DILATIONS = (1, 2, 4)
"""Dilations of the convolutions, rows."""

SILENCE_RMS = 1e-4
"""RMS below which there is no speech (-80 dBFS)."""
SOUND_RMS = 4e-4
"""RMS above which the network decides (-68 dBFS)."""

PADDING_ROWS = 15
"""Rows of silence padded on both sides: the recogniser takes an abrupt start or end, even of a
tone, for speech."""


@dataclass(frozen=True, eq=False, slots=True)
class SpeechShapes:
    """Mouth shapes at `rate` Hz; row k is at k / rate seconds.

    `measures` (n, 5) in the order of `geometry.MEASURES` and the principal components `lips`
    (n, 8) have mean 0 and variance 1 over ordinary speech; `closed` (n,) is the probability of a
    phoneme that closes the lips (P, B, M), `speech` (n,) that of speech. Without speech the other
    values are meaningless: the mouth rests.
    """

    measures: Floats
    lips: Floats
    closed: Floats
    speech: Floats
    rate: int = RATE


class SpeechModel:
    """The fitted networks. Stateless: safe to share between threads."""

    def __init__(self, weights: dict[str, Floats], recogniser: PhoneNetwork) -> None:
        self._w = weights
        self._recogniser = recogniser

    @staticmethod
    @cache
    def load() -> SpeechModel:
        """Return the installed model.

        Raises:
            BrokenWeights: a weights file is missing or its checksum differs.
        """
        return SpeechModel(phone_features.checked(WEIGHTS, WEIGHTS_SHA256), PhoneNetwork.load())

    @staticmethod
    def of(path: Path) -> SpeechModel:
        """Return the model of a weights file written by `lab/training/speech.py`.

        Raises:
            BrokenWeights: the file or the recogniser is missing.
        """
        return SpeechModel(phone_features.checked(path), PhoneNetwork.load())

    def predict(self, samples: Floats) -> SpeechShapes:
        """Return n // 320 + 1 rows for mono `samples` (n,) at 16 kHz in -1 to 1."""
        samples = np.nan_to_num(np.asarray(samples, np.float32))
        features = self._recogniser.features(
            np.pad(samples, PADDING_ROWS * spectrum.SAMPLE_RATE // RATE)
        )
        out = np.empty((len(features), OUTPUTS), np.float32)
        block, margin = phone_features.BLOCK_SECONDS * RATE, phone_features.MARGIN_SECONDS * RATE
        for start in range(0, len(features), block):
            low, stop = max(start - margin, 0), min(start + block, len(features))
            block_out = self._run(features[low : stop + margin])
            out[start:stop] = block_out[start - low : stop - low]
        out = out[PADDING_ROWS : len(out) - PADDING_ROWS]
        shapes = (out[:, :-2] - self._w["middle"]) / self._w["spread"]
        audible = _audible(samples)[: len(out)]
        speech = expit(out[:, -1]) * audible
        return SpeechShapes(
            measures=shapes[:, : len(MEASURES)],
            lips=shapes[:, len(MEASURES) :],
            closed=expit(out[:, -2]) * speech,
            speech=speech,
        )

    def _run(self, features: Floats) -> Floats:
        """Return the raw outputs (n, 15), averaged over the seeds."""
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
    """Normalise over time and each group of channels, per seed (Wu and He 2018)."""
    grouped = x.reshape(*x.shape[:2], GROUPS, -1)
    mean = grouped.mean((1, 3), keepdims=True)
    variance = grouped.var((1, 3), keepdims=True)
    out: Floats = ((grouped - mean) / np.sqrt(variance + np.float32(1e-5))).reshape(x.shape)
    return out


def _audible(samples: Floats) -> Floats:
    """Return 0 (silence) to 1 (sound) at 50 Hz."""
    level = np.sqrt(spectrum.frame_power(samples)[::2])
    return np.clip((level - SILENCE_RMS) / (SOUND_RMS - SILENCE_RMS), 0, 1).astype(np.float32)
