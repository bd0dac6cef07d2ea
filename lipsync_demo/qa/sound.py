"""The output's sound against the speech it was asked for: shifted, or cut at head or tail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from lipsync_demo.media.audio import decode, lay_sound, resample, speech_samples
from lipsync_demo.media.sync_modes import Timeline
from lipsync_demo.qa.models import Check, Outcome

Samples = NDArray[np.float32]
RATE = 16_000
SEARCH = RATE
"""Samples of the largest shift that is looked for: a second either way."""
WINDOW = RATE // 50
AUDIBLE = 10 ** (-50 / 20)
"""RMS above which a window of the speech counts as heard (-50 dBFS)."""
KEPT = 0.25
"""Share of a window's level below which it is missing."""
SHIFT_PASS, SHIFT_WARN = 10.0, 40.0
LOST_PASS, LOST_WARN = 40.0, 120.0


def check_sound(output: Path, speech: Path, laid: Timeline) -> Sequence[Check]:
    """Shift, lost head and lost tail of the sound.

    Raises:
        MediaError: a file has no sound or cannot be read.
    """
    wanted = resample(lay_sound(decode(speech), laid))
    heard = speech_samples(output)
    shift, likeness = shift_of(heard, wanted)
    if likeness < 0.3:
        words = "The output's sound is not the speech it was given."
        return [Check("sound", "Sound", "–", "the speech", Outcome.FAIL, words, likeness)]
    head, tail = lost(heard, wanted, shift)
    milliseconds = 1000 * shift / RATE
    return [_shift(milliseconds), _lost("head", head), _lost("tail", tail)]


def shift_of(heard: Samples, wanted: Samples) -> tuple[float, float]:
    """By how many samples `heard` is later than `wanted`, and how alike they are there (0..1)."""
    length = max(len(heard), len(wanted))
    one = np.pad(heard, (0, length - len(heard)))
    other = np.pad(wanted, (0, length - len(wanted)))
    agreement = correlate(one, other, mode="full", method="fft")
    middle = length - 1
    low = max(middle - SEARCH, 0)
    near = agreement[low : middle + SEARCH + 1]
    best = int(near.argmax())
    power = float(np.sqrt((one @ one) * (other @ other))) or 1.0
    vertex = 0.0
    if 0 < best < len(near) - 1:
        before, top, after = (float(x) for x in near[best - 1 : best + 2])
        bend = before - 2 * top + after
        vertex = 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))
    return low + best - middle + vertex, float(near[best]) / power


def lost(heard: Samples, wanted: Samples, shift: float) -> tuple[float, float]:
    """Milliseconds of audible speech that are missing at the start and at the end."""
    moved = round(shift)
    placed = np.zeros(len(wanted), np.float32)
    start, stop = max(0, -moved), min(len(wanted), len(heard) - moved)
    if stop > start:
        placed[start:stop] = heard[start + moved : stop + moved]
    count = len(wanted) // WINDOW
    if count == 0:
        return 0.0, 0.0
    asked = _levels(wanted, count)
    there = _levels(placed, count)
    audible = np.flatnonzero(asked > AUDIBLE)
    kept = np.flatnonzero((asked > AUDIBLE) & (there > KEPT * asked))
    if not len(audible):
        return 0.0, 0.0
    if not len(kept):
        return 0.0, float(audible[-1] - audible[0] + 1) * 20
    return float(kept[0] - audible[0]) * 20, float(audible[-1] - kept[-1]) * 20


def _levels(samples: Samples, count: int) -> NDArray[np.float64]:
    blocks = samples[: count * WINDOW].reshape(count, WINDOW).astype(np.float64)
    return np.asarray(np.sqrt((blocks**2).mean(1)))


def _shift(milliseconds: float) -> Check:
    size = abs(milliseconds)
    outcome = (
        Outcome.PASS if size <= SHIFT_PASS else Outcome.WARN if size <= SHIFT_WARN else Outcome.FAIL
    )
    way = "later" if milliseconds > 0 else "earlier"
    words = (
        "The speech begins where it was put."
        if outcome is Outcome.PASS
        else f"The speech is {size:.0f} ms {way} than it was put."
    )
    return Check(
        "sound_shift", "Speech in its place", f"{round(milliseconds, 1) + 0.0:+.1f} ms",
        f"±{SHIFT_PASS:g} ms",
        outcome, words, round(milliseconds, 2),
    )  # fmt: skip


def _lost(end: str, milliseconds: float) -> Check:
    outcome = (
        Outcome.PASS
        if milliseconds <= LOST_PASS
        else Outcome.WARN
        if milliseconds <= LOST_WARN
        else Outcome.FAIL
    )
    place = "start" if end == "head" else "end"
    words = (
        f"Nothing of the speech is missing at the {place}."
        if outcome is Outcome.PASS
        else f"{milliseconds:.0f} ms of the speech are missing at the {place}."
    )
    return Check(
        f"lost_{end}", f"Speech lost at the {place}", f"{milliseconds:.0f} ms",
        f"up to {LOST_PASS:g} ms", outcome, words, milliseconds,
    )  # fmt: skip
