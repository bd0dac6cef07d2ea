"""Checks the output's sound against the speech: shifts, moved runs, missing ends.

Both are read by `reading`, independently of the code that made the output. Each loud channel of the
speech must be found in one of the output's.
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
MAX_SHIFT = RATE
"""Largest shift searched for, samples: a second either way."""
WINDOW = RATE // 50
"""Samples of a window of the level."""
AUDIBLE_RMS = 10 ** (-50 / 20)
"""RMS above which a window of the speech is audible (-50 dBFS)."""
KEPT_RATIO = 0.25
"""Level of a window, relative to the speech's, below which it is missing."""
SHIFT_PASS = 10.0
"""Shift up to which an output passes, milliseconds."""
SHIFT_WARN = 40.0
"""Shift above which an output fails, milliseconds."""
LOST_PASS = 40.0
"""Missing speech at an end up to which an output passes, milliseconds."""
LOST_WARN = 120.0
"""Missing speech at an end above which an output fails, milliseconds."""
MIN_CORRELATION = 0.3
"""Correlation from which two sounds are the same."""
MIN_RUN = RATE // 5
"""Shortest run between gaps that is searched for, samples."""
MAX_RUN = 10 * RATE
"""Part of a longer run that is searched for, samples."""
MAX_RUN_SHIFT = 2 * RATE
"""Largest shift of a run searched for, samples either way."""
MAX_RUNS = 20
"""Runs searched for, the longest first."""
LENGTH_TOLERANCE = 0.06
"""Allowed difference of two readings of a length, seconds: padding counts in packets."""


def check_sound(output: Path, speech: Path, laid: Timeline) -> Sequence[Check]:
    """Check shift, missing ends and moved runs of the sound.

    Raises:
        MediaError: a file has no sound or cannot be read.
    """
    given, made = read(speech), read(output)
    wanted = [laid_channel(channel, laid) for channel in given.loud]
    if not wanted:
        text = words.NOBODY_HEARD
        return [Check("sound", words.SOUND, "–", words.THE_SPEECH, Outcome.UNKNOWN, text)]
    best = [_best(made.channels, channel) for channel in wanted]
    torn = _check_runs(best[0][0], wanted[0], given.runs)
    if best[0][2] < MIN_CORRELATION and torn and torn[0].outcome is Outcome.FAIL:
        return [*torn, *_check_length(given.channels.shape[1] / RATE, laid)]
    for number, (_, _, likeness) in enumerate(best):
        if likeness < MIN_CORRELATION:
            text = words.NOT_THE_SPEECH if number == 0 else words.CHANNEL_NOT_HEARD
            return [
                Check("sound", words.SOUND, "–", words.THE_SPEECH, Outcome.FAIL, text, likeness)
            ]
    sound, shift, _ = best[0]
    head, tail = lost(sound, wanted[0], shift)
    checks = [_shift(1000 * shift / RATE), _lost("head", head), _lost("tail", tail)]
    return [*checks, *torn, *_check_length(given.channels.shape[1] / RATE, laid)]


def laid_channel(channel: Samples, laid: Timeline) -> Samples:
    """Return a channel (n,) of the speech laid along the timeline, at `RATE`."""
    out = np.zeros(round(laid.output_seconds * RATE), np.float32)
    for segment in laid.audio:
        if segment.source_start is not None:
            start, first = round(segment.start * RATE), round(segment.source_start * RATE)
            part = channel[first : first + round(segment.end * RATE) - start]
            out[start : start + len(part)] = part
    return out


def _best(channels: NDArray[np.float32], wanted: Samples) -> tuple[Samples, float, float]:
    """Return the channel, or mean of all, most like `wanted`, its shift and its correlation."""
    mean = channels.mean(axis=0, keepdims=True)
    several = np.concatenate([channels, mean]) if len(channels) > 1 else channels
    found = [(channel, *shift_of(channel, wanted)) for channel in several]
    return max(found, key=lambda one: one[2])


def _check_runs(sound: Samples, wanted: Samples, runs: Sequence[tuple[int, int]]) -> list[Check]:
    """Check the position of each run of a speech with gaps; empty without gaps."""
    if len(runs) < 2:
        return []
    longest = sorted(runs, key=lambda run: run[0] - run[1])[:MAX_RUNS]
    shifts = []
    for first, last in longest:
        part = wanted[first : min(last, first + MAX_RUN)]
        if len(part) < MIN_RUN or not part.any():
            continue
        low = max(0, first - MAX_RUN_SHIFT)
        around = sound[low : first + len(part) + MAX_RUN_SHIFT]
        if len(around) > len(part):
            found = np.abs(correlate(around, part, mode="valid", method="fft"))
            at = int(found.argmax())
            there = around[at : at + len(part)]
            if found[at] >= MIN_CORRELATION * np.sqrt((part @ part) * (there @ there)):
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


def _check_length(seconds: float, laid: Timeline) -> list[Check]:
    """Return a check if the speech is not as long as the plan assumed."""
    off = float(laid.audio_seconds) - seconds
    if abs(off) <= LENGTH_TOLERANCE:
        return []
    text = words.packets_say(seconds, abs(off), off)
    return [
        Check(
            name="speech_length",
            title=words.SPEECH_LENGTH,
            value=f"{seconds:.3f} s",
            band=f"{float(laid.audio_seconds):.3f} s ± {LENGTH_TOLERANCE:g}",
            outcome=Outcome.FAIL,
            sentence=text,
            number=round(seconds, 4),
        )
    ]


def shift_of(sound: Samples, wanted: Samples) -> tuple[float, float]:
    """Return the samples by which `sound` is later than `wanted`, and their correlation, 0 to 1."""
    length = max(len(sound), len(wanted))
    one = np.pad(sound, (0, length - len(sound)))
    other = np.pad(wanted, (0, length - len(wanted)))
    agreement = correlate(one, other, mode="full", method="fft")
    middle = length - 1
    low = max(middle - MAX_SHIFT, 0)
    # An inverted sound counts as equal.
    near = np.abs(agreement[low : middle + MAX_SHIFT + 1])
    best = int(near.argmax())
    power = float(np.sqrt((one @ one) * (other @ other))) or 1.0
    vertex = 0.0
    if 0 < best < len(near) - 1:
        before, top, after = (float(x) for x in near[best - 1 : best + 2])
        bend = before - 2 * top + after
        vertex = 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))
    return low + best - middle + vertex, float(near[best]) / power


def lost(sound: Samples, wanted: Samples, shift: float) -> tuple[float, float]:
    """Return the milliseconds of audible speech missing at the start and at the end."""
    moved = round(shift)
    placed = np.zeros(len(wanted), np.float32)
    start, stop = max(0, -moved), min(len(wanted), len(sound) - moved)
    if stop > start:
        placed[start:stop] = sound[start + moved : stop + moved]
    count = len(wanted) // WINDOW
    if count == 0:
        return 0.0, 0.0
    asked = _levels(wanted, count)
    there = _levels(placed, count)
    audible = np.flatnonzero(asked > AUDIBLE_RMS)
    kept = np.flatnonzero((asked > AUDIBLE_RMS) & (there > KEPT_RATIO * asked))
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
    way = words.LATER if milliseconds > 0 else words.EARLIER
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
    place = words.START if end == "head" else words.END
    text = (
        words.nothing_missing(place)
        if outcome is Outcome.PASS
        else words.missing(milliseconds, place)
    )
    return Check(
        f"lost_{end}", words.lost_at(place), f"{milliseconds:.0f} ms",
        words.up_to_ms(LOST_PASS), outcome, text, milliseconds,
    )  # fmt: skip
