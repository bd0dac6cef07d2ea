"""The output's sound against the speech it was asked for: shifted, torn, or cut at its ends.

Both are read by `reading`, not by what made the output, and channel by channel: of those of
the speech that are loud each must be found in one of the output's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from lipsync_demo.media.sync_modes import Timeline
from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.sound import words
from lipsync_demo.qa.sound.reading import RATE, read

Samples = NDArray[np.float32]
SEARCH = RATE
"""Samples of the largest shift that is looked for: a second either way."""
WINDOW = RATE // 50
AUDIBLE = 10 ** (-50 / 20)
"""RMS above which a window of the speech counts as heard (-50 dBFS)."""
KEPT = 0.25
"""Share of a window's level below which it is missing."""
SHIFT_PASS, SHIFT_WARN = 10.0, 40.0
LOST_PASS, LOST_WARN = 40.0, 120.0
ALIKE = 0.3
"""Correlation from which two sounds are the same."""
LEAST_RUN, MOST_RUN, SEARCH_RUN = RATE // 5, 10 * RATE, 2 * RATE
"""Samples of a stretch between holes: the shortest that is looked for, how much of a longer one,
and how far on both sides."""
MOST_RUNS = 20
LENGTH = 0.06
"""Seconds by which two readings of a length may differ: padding is told in packets."""


def check_sound(output: Path, speech: Path, laid: Timeline) -> Sequence[Check]:
    """Shift, lost head and lost tail of the sound, and stretches that lie elsewhere.

    Raises:
        MediaError: a file has no sound or cannot be read.
    """
    given, made = read(speech), read(output)
    wanted = [laid_channel(channel, laid) for channel in given.loud]
    if not wanted:
        text = words.NOBODY_HEARD
        return [Check("sound", words.SOUND, "–", words.THE_SPEECH, Outcome.UNKNOWN, text)]
    best = [_best(made.channels, channel) for channel in wanted]
    torn = _torn(best[0][0], wanted[0], given.runs)
    if best[0][2] < ALIKE and torn and torn[0].outcome is Outcome.FAIL:
        return [*torn, *_as_long(given.channels.shape[1] / RATE, laid)]
    for number, (_, _, likeness) in enumerate(best):
        if likeness < ALIKE:
            text = words.NOT_THE_SPEECH if number == 0 else words.CHANNEL_NOT_HEARD
            return [
                Check("sound", words.SOUND, "–", words.THE_SPEECH, Outcome.FAIL, text, likeness)
            ]
    heard, shift, _ = best[0]
    head, tail = lost(heard, wanted[0], shift)
    checks = [_shift(1000 * shift / RATE), _lost("head", head), _lost("tail", tail)]
    return [*checks, *torn, *_as_long(given.channels.shape[1] / RATE, laid)]


def laid_channel(channel: Samples, laid: Timeline) -> Samples:
    """A channel of the speech as the mode lays it."""
    out = np.zeros(round(laid.output_seconds * RATE), np.float32)
    for segment in laid.audio:
        if segment.source_start is not None:
            start, first = round(segment.start * RATE), round(segment.source_start * RATE)
            part = channel[first : first + round(segment.end * RATE) - start]
            out[start : start + len(part)] = part
    return out


def _best(channels: NDArray[np.float32], wanted: Samples) -> tuple[Samples, float, float]:
    """The channel, or the sum of them, that is most like `wanted`, its shift and likeness."""
    mean = channels.mean(axis=0, keepdims=True)
    several = np.concatenate([channels, mean]) if len(channels) > 1 else channels
    found = [(channel, *shift_of(channel, wanted)) for channel in several]
    return max(found, key=lambda one: one[2])


def _torn(heard: Samples, wanted: Samples, runs: Sequence[tuple[int, int]]) -> list[Check]:
    """Where each stretch of a speech with holes lies; nothing to tell of one without."""
    if len(runs) < 2:
        return []
    longest = sorted(runs, key=lambda run: run[0] - run[1])[:MOST_RUNS]
    shifts = []
    for first, last in longest:
        part = wanted[first : min(last, first + MOST_RUN)]
        if len(part) < LEAST_RUN or not part.any():
            continue
        low = max(0, first - SEARCH_RUN)
        around = heard[low : first + len(part) + SEARCH_RUN]
        if len(around) > len(part):
            found = np.abs(correlate(around, part, mode="valid", method="fft"))
            at = int(found.argmax())
            there = around[at : at + len(part)]
            if found[at] >= ALIKE * np.sqrt((part @ part) * (there @ there)):
                shifts.append(1000 * (low + at - first) / RATE)
    if not shifts:
        return []
    worst = max(shifts, key=abs)
    outcome = _shifted(worst)
    text = (
        words.STRETCHES_IN_PLACE
        if outcome is Outcome.PASS
        else words.stretch_moved(abs(worst), worst)
    )
    return [
        Check(
            name="sound_holes",
            title=words.SPEECH_AFTER_HOLES,
            value=f"{worst + 0.0:+.1f} ms",
            band=f"±{SHIFT_PASS:g} ms",
            outcome=outcome,
            sentence=text,
            number=round(worst, 2),
        )
    ]


def _as_long(seconds: float, laid: Timeline) -> list[Check]:
    """A word when the speech is not as long as the plan took it for."""
    off = float(laid.audio_seconds) - seconds
    if abs(off) <= LENGTH:
        return []
    text = words.packets_say(seconds, abs(off), off)
    return [
        Check(
            name="speech_length",
            title=words.SPEECH_LENGTH,
            value=f"{seconds:.3f} s",
            band=f"{float(laid.audio_seconds):.3f} s ± {LENGTH:g}",
            outcome=Outcome.FAIL,
            sentence=text,
            number=round(seconds, 4),
        )
    ]


def shift_of(heard: Samples, wanted: Samples) -> tuple[float, float]:
    """By how many samples `heard` is later than `wanted`, and how alike they are there (0..1)."""
    length = max(len(heard), len(wanted))
    one = np.pad(heard, (0, length - len(heard)))
    other = np.pad(wanted, (0, length - len(wanted)))
    agreement = correlate(one, other, mode="full", method="fft")
    middle = length - 1
    low = max(middle - SEARCH, 0)
    # Turned round, a sound is heard as it was.
    near = np.abs(agreement[low : middle + SEARCH + 1])
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


def _shifted(milliseconds: float) -> Outcome:
    size = abs(milliseconds)
    return (
        Outcome.PASS if size <= SHIFT_PASS else Outcome.WARN if size <= SHIFT_WARN else Outcome.FAIL
    )


def _shift(milliseconds: float) -> Check:
    size = abs(milliseconds)
    outcome = _shifted(milliseconds)
    way = "later" if milliseconds > 0 else "earlier"
    text = words.BEGINS_IN_PLACE if outcome is Outcome.PASS else words.begins_moved(size, way)
    return Check(
        "sound_shift", words.SPEECH_IN_PLACE, f"{round(milliseconds, 1) + 0.0:+.1f} ms",
        f"±{SHIFT_PASS:g} ms",
        outcome, text, round(milliseconds, 2),
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
    text = (
        words.nothing_missing(place)
        if outcome is Outcome.PASS
        else words.missing(milliseconds, place)
    )
    return Check(
        f"lost_{end}", words.lost_at(place), f"{milliseconds:.0f} ms",
        words.up_to_ms(LOST_PASS), outcome, text, milliseconds,
    )  # fmt: skip
