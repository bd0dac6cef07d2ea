"""Speech features of a phone recogniser: 288 values at 50 Hz.

The recogniser is the ASR network of the `hama` package (Apache-2.0), a Conformer (Gulati et
al. 2020, arXiv:2005.08100) of four blocks trained to transcribe phones. Its middle layers predict
the mouth better than its last ones, so only the first three blocks run; the outputs of the second
and third are the features. `recogniser` reads the weights from the installed package.
"""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import erf, expit

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.errors import BrokenWeights
from lipsync_demo.engine.speech import recogniser, spectrum
from lipsync_demo.engine.speech.recogniser import BLOCKS, CONTEXT, WIDTH

RATE = 50
"""Rows of features per second."""
FEATURES = 2 * WIDTH
"""Features per row."""
HEADS = 4
"""Attention heads."""
BLOCK_SECONDS = 16
"""Length of the blocks in which long sound is processed, seconds."""
MARGIN_SECONDS = 2
"""Context of a block on both sides, seconds."""

_EPSILON = np.float32(1e-5)


def checked(path: Path, sha256: str | None = None) -> dict[str, Floats]:
    """Return the arrays of a weights file as float32; `sha256` None skips the check.

    Raises:
        BrokenWeights: the file is missing or its checksum differs.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BrokenWeights(
            "The speech model of the local engine is missing.", "Install the app again."
        ) from error
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise BrokenWeights(
            "The speech model of the local engine is damaged.", "Install the app again."
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


class PhoneNetwork:
    """The network's first blocks. Stateless: safe to share between threads."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self._filters = weights["filters"]
        self._entry = (weights["entry.weight"], weights["entry.bias"])
        self._blocks = [_Block(weights, f"{i}.") for i in range(BLOCKS)]

    @staticmethod
    @cache
    def load() -> PhoneNetwork:
        """Return the installed network.

        Raises:
            BrokenWeights: the package is missing or its archive's checksum differs.
        """
        return PhoneNetwork(recogniser.load())

    def features(self, samples: Floats, *, warp: float = 1.0) -> Floats:
        """Return the features (n // 320 + 1, 288); row k is centred on k / 50 s.

        `samples` (n,) are mono at 16 kHz in -1 to 1. `warp` changes the apparent length of
        the vocal tract (see `spectrum.log_mel`).
        """
        samples = spectrum.levelled(samples)
        step = spectrum.SAMPLE_RATE // RATE
        total = len(samples) // step + 1
        block, margin = BLOCK_SECONDS * RATE, MARGIN_SECONDS * RATE
        out = np.empty((total, FEATURES), np.float32)
        for start in range(0, total, block):
            stop = min(start + block, total)
            low, high = max(start - margin, 0), min(stop + margin, total)
            block_out = self._features(samples, low, high, warp)
            out[start:stop] = block_out[start - low : stop - low]
        return out

    def _features(self, samples: Floats, low: int, high: int, warp: float) -> Floats:
        bands = spectrum.log_mel(samples, 2 * low - 1, 2 * high, self._filters, warp=warp)
        # The entry convolution zero-pads beyond the sound.
        if low == 0:
            bands[0] = 0
        if 2 * high - 1 > len(samples) // spectrum.HOP:
            bands[-1] = 0
        weight, bias = self._entry
        window = np.concatenate([bands[0:-2:2], bands[1:-1:2], bands[2::2]], axis=1)
        x = window @ weight + bias
        x = 0.5 * x * (1 + erf(x * np.float32(np.sqrt(0.5))))
        kept = []
        for block in self._blocks:
            x = block(x)
            kept.append(x)
        return np.concatenate(kept[-2:], axis=1)


class _Block:
    """A Conformer block: half feed-forward, attention, convolution, half feed-forward, norm."""

    def __init__(self, weights: dict[str, Floats], prefix: str) -> None:
        self._w = {n.removeprefix(prefix): w for n, w in weights.items() if n.startswith(prefix)}

    def __call__(self, x: Floats) -> Floats:
        x = x + np.float32(0.5) * self._feed(x, "feed1")
        x = x + self._attend(x)
        x = x + self._convolve(x)
        x = x + np.float32(0.5) * self._feed(x, "feed2")
        return self._norm(x, "norm")

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(-1, keepdims=True) + _EPSILON)
        out: Floats = centred / spread * self._w[f"{name}.weight"] + self._w[f"{name}.bias"]
        return out

    def _line(self, x: Floats, name: str) -> Floats:
        out: Floats = x @ self._w[f"{name}.weight"] + self._w[f"{name}.bias"]
        return out

    def _feed(self, x: Floats, name: str) -> Floats:
        wide = _swish(self._line(self._norm(x, f"{name}.norm"), f"{name}.in"))
        return self._line(wide, f"{name}.out")

    def _attend(self, x: Floats) -> Floats:
        n, depth = len(x), WIDTH // HEADS
        mixed = self._line(self._norm(x, "attend.norm"), "attend.in")
        query, key, value = mixed.reshape(n, 3, HEADS, depth).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(depth))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        return self._line((scores @ value).transpose(1, 0, 2).reshape(n, WIDTH), "attend.out")

    def _convolve(self, x: Floats) -> Floats:
        y = self._line(self._norm(x, "conv.norm"), "conv.in")
        y = y[:, :WIDTH] * expit(y[:, WIDTH:])
        padded = np.pad(y, ((CONTEXT // 2, CONTEXT // 2), (0, 0)))
        weight = self._w["conv.depth.weight"]
        total = np.broadcast_to(self._w["conv.depth.bias"], y.shape).copy()
        for k in range(CONTEXT):
            total += padded[k : k + len(y)] * weight[k]
        return self._line(_swish(total), "conv.out")


def _swish(x: Floats) -> Floats:
    out: Floats = x * expit(x)
    return out
