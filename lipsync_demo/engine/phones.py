"""How much each moment of sound resembles each speech sound of English.

Scores come from the Gaussian mixtures of the US English model inside the pocketsphinx package
(Alpha Cephei, BSD): 42 phones of three states, 5126 context-dependent mixtures over 42 codebooks
of 3 x 128 Gaussians. They are worked out here for every mixture and then collapsed by maximum to
the 126 phone states; a decoder prunes most of them and writes the rest to files only. Phone
probabilities come from forward-backward over a loop of all phones (Rabiner 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lipsync_demo.engine.sound import Array

STATES = 3
_MIXTURE_STEP = 1024 * np.log(1.0001)
_VARIANCE_FLOOR = 1e-4
_TINY = np.float32(1e-30)
_BLOCK = 1000


@dataclass(frozen=True)
class PhoneModel:
    """The acoustic model, laid out for matrix products.

    `names`: the phones in the model's order. `gaussians`: per stream (27, phones * 128), so that
    `[x², x, 1] @ gaussians` is the log density. `mixtures`: per phone and stream (128, mixtures
    of that phone), their weights; `groups`: per phone, where each state's mixtures start.
    `stay`: (phones, 3) probabilities of staying in a state.
    """

    names: tuple[str, ...]
    gaussians: tuple[Array, ...]
    mixtures: tuple[tuple[Array, ...], ...]
    groups: tuple[npt.NDArray[np.intp], ...]
    stay: Array

    @staticmethod
    @cache
    def load() -> PhoneModel:
        """Read the model from the installed pocketsphinx package."""
        from pocketsphinx import get_model_path

        return _read(Path(get_model_path("en-us")) / "en-us")

    def scores(self, streams: tuple[Array, Array, Array]) -> Array:
        """Log-likelihood of each phone state, (frames, 126), up to a constant for each frame.

        `streams` are normalised cepstra with their first and second differences, (frames, 13).
        """
        blocks = [
            self._block([s[i : i + _BLOCK] for s in streams])
            for i in range(0, len(streams[0]), _BLOCK)
        ]
        return np.concatenate(blocks) if blocks else np.zeros((0, len(self.names) * STATES), "f4")

    def _block(self, streams: list[Array]) -> Array:
        n, phones = len(streams[0]), len(self.names)
        densities = []
        best = np.zeros((n, phones), np.float32)
        for x, table in zip(streams, self.gaussians, strict=True):
            terms = np.concatenate([x * x, x, np.ones((n, 1), np.float32)], axis=1)
            log_density = (terms @ table).reshape(n, phones, -1)
            top = log_density.max(axis=2)
            best += top
            densities.append(np.exp(log_density - top[..., None]))
        out = np.empty((n, phones, STATES), np.float32)
        for p, (weights, starts) in enumerate(zip(self.mixtures, self.groups, strict=True)):
            likely = densities[0][:, p] @ weights[0]
            for stream in (1, 2):
                likely *= densities[stream][:, p] @ weights[stream]
            out[:, p] = np.maximum.reduceat(likely, starts, axis=1)
        logs = np.log(np.maximum(out, _TINY)) + best[..., None]
        return logs.reshape(n, -1)

    def posteriors(self, scores: Array, *, scale: float = 0.1, enter: float = 0.02) -> Array:
        """Probability of each phone at each frame, (frames, 42), given the whole stretch.

        `scale` tempers the scores, whose frames are far from independent; `enter` is the
        probability of one phone following another.
        """
        n, phones = len(scores), len(self.names)
        if not n:
            return np.zeros((0, phones), np.float32)
        likely = np.exp(scale * (scores - scores.max(axis=1, keepdims=True))).astype(np.float64)
        likely = np.maximum(likely, 1e-12)
        step = self._steps(enter)
        forward = np.empty_like(likely)
        state = np.zeros(phones * STATES)
        state[::STATES] = 1 / phones
        for t in range(n):
            state = (state @ step if t else state) * likely[t]
            state /= state.sum()
            forward[t] = state
        state = np.ones(phones * STATES)
        both = np.empty_like(likely)
        back = np.ascontiguousarray(step.T)
        for t in range(n - 1, -1, -1):
            both[t] = forward[t] * state
            state = (likely[t] * state) @ back
            state /= state.sum()
        both /= both.sum(axis=1, keepdims=True)
        return both.reshape(n, phones, STATES).sum(axis=2).astype(np.float32)

    def _steps(self, enter: float) -> npt.NDArray[np.float64]:
        phones = len(self.names)
        step = np.zeros((phones, STATES, phones, STATES))
        for p in range(phones):
            for s in range(STATES):
                step[p, s, p, s] = self.stay[p, s]
                if s + 1 < STATES:
                    step[p, s, p, s + 1] = 1 - self.stay[p, s]
            step[p, -1, :, 0] = (1 - self.stay[p, -1]) * enter
        return step.reshape(phones * STATES, -1)


def _read(folder: Path) -> PhoneModel:
    names, state_of = _definitions((folder / "mdef").read_bytes())
    phones = len(names)
    means, variances = (_parameters(folder / n) for n in ("means", "variances"))
    gaussians = []
    for stream in range(3):
        mean, variance = means[:, stream], np.maximum(variances[:, stream], _VARIANCE_FLOOR)
        constant = -0.5 * (mean**2 / variance + np.log(2 * np.pi * variance)).sum(axis=-1)
        table = np.concatenate([-0.5 / variance, mean / variance, constant[..., None]], axis=-1)
        gaussians.append(np.ascontiguousarray(table.reshape(-1, table.shape[-1]).T))
    weights = np.exp(-_MIXTURE_STEP * _mixture_bytes(folder / "sendump", len(state_of)))
    mixtures, groups = [], []
    for p in range(phones):
        own = np.flatnonzero(state_of // STATES == p)
        own = own[np.argsort(state_of[own], kind="stable")]
        mixtures.append(tuple(np.ascontiguousarray(weights[s][:, own], "f4") for s in range(3)))
        groups.append(np.searchsorted(state_of[own], p * STATES + np.arange(STATES)))
    stay = _transitions(folder / "transition_matrices")
    return PhoneModel(names, tuple(gaussians), tuple(mixtures), tuple(groups), stay)


def _body(path: Path) -> bytes:
    data = path.read_bytes()
    return data[data.index(b"endhdr\n") + 7 + 4 :]


def _parameters(path: Path) -> Array:
    """Means or variances as (phones, streams, densities, 13)."""
    body = _body(path)
    phones, streams, densities = np.frombuffer(body, "<i4", 3)
    values = np.frombuffer(body, "<f4", offset=4 * (3 + streams + 1))
    values = values[: phones * streams * densities * 13]
    return values.reshape(phones, streams, densities, 13)


def _mixture_bytes(path: Path, senones: int) -> npt.NDArray[np.uint8]:
    """Quantised mixture weights as (streams, densities, mixtures)."""
    data = path.read_bytes()
    densities = 128
    values = np.frombuffer(data, np.uint8, offset=len(data) - 3 * densities * senones)
    return values.reshape(3, densities, senones)


def _transitions(path: Path) -> Array:
    body = _body(path)
    phones, sources, targets = np.frombuffer(body, "<i4", 3)
    values = np.frombuffer(body, "<f4", phones * sources * targets, offset=16)
    table = values.reshape(phones, sources, targets)
    table = table / table.sum(axis=2, keepdims=True)
    return np.stack([table[:, s, s] for s in range(sources)], axis=1).astype(np.float32)


def _definitions(data: bytes) -> tuple[tuple[str, ...], npt.NDArray[np.intp]]:
    """Phone names, and the phone state (0-125) each mixture belongs to."""
    start = 12 + int.from_bytes(data[8:12], "little")
    phones, total, _, _, senones, _, sequences, _, tree, _ = np.frombuffer(
        data, "<i4", 10, offset=start
    )
    at = start + 40
    names = []
    for _ in range(phones):
        end = data.index(b"\0", at)
        names.append(data[at:end].decode("ascii"))
        at = end + 1
    at = start + 40 + -(-(at - start - 40) // 4) * 4
    at += 8 * int(tree)
    rows = np.frombuffer(data, "<i4", 3 * total, offset=at).reshape(-1, 3)
    at += 12 * int(total) + 4
    table = np.frombuffer(data, "<i2", STATES * sequences, offset=at).reshape(-1, STATES)
    base = (rows[:, 2] >> 8) & 255
    base[:phones] = np.arange(phones)
    state_of = np.empty(senones, np.intp)
    for s in range(STATES):
        state_of[table[rows[:, 0], s]] = base * STATES + s
    return tuple(names), state_of
