"""The figures of a judgement: each must move when what it measures does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lab import thresholds
from lab.quality.clips import TalkingClip, closures
from lab.quality.drivers import Driver, listener, loudness, shuffled, true_shapes
from lab.quality.following import followed, pairs
from lab.quality.mouth_track import MouthTrack
from lab.quality.summary import measured, summary, table

RATE = 25
SECONDS = 8


def _mouth(seed: int) -> MouthTrack:
    """A mouth that opens and closes about three times a second, at 25 frames a second."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(RATE * SECONDS) / RATE
    waves = [np.sin(2 * np.pi * (f * seconds + rng.uniform())) for f in rng.uniform(1, 4, 4)]
    opening = np.maximum(0.08 + 0.05 * np.sum(waves, axis=0), 0)
    measures = np.stack([opening, 0.8 - opening, opening * 2, opening * 0, opening], axis=1)
    lips = np.zeros((len(seconds), 40, 3), np.float32)
    lips[..., 1] = opening[:, None]
    return MouthTrack(seconds, measures.astype("f4"), lips, np.ones(len(seconds), bool))


def _clip(seed: int, offset: float = 0.0) -> TalkingClip:
    rng = np.random.default_rng(seed)
    samples = (0.1 * rng.standard_normal(16000 * SECONDS)).astype("f4")
    return TalkingClip(
        Path(f"clip_{seed}.mp4"), f"speaker {seed}", offset, Path("w"), _mouth(seed), samples
    )


def test_a_perfect_output_is_perfect() -> None:
    face, sound = _clip(1), _clip(2)
    row = followed(face, sound, Driver.TRUTH, sound.track)
    assert row.r == pytest.approx((1, 1, 1))
    assert (row.lag, row.falsely_closed) == (0, 0)
    assert row.closures > 3
    assert row.closed == row.closures


def test_a_late_output_is_late_and_agrees_less() -> None:
    sound = _clip(2)
    late = replace(sound.track, measures=np.roll(sound.track.measures, 3, axis=0))
    row = followed(_clip(1), sound, Driver.ENGINE, late)
    assert row.lag == 3
    assert row.r[0] < 0.9


def test_the_sound_offset_of_the_true_clip_is_taken_out() -> None:
    sound = _clip(2)
    moved = replace(sound, offset=0.2)
    row = followed(_clip(1), moved, Driver.ENGINE, sound.track)
    assert row.lag == -5


def test_another_mouth_does_not_follow() -> None:
    row = followed(_clip(1), _clip(2), Driver.UNTOUCHED, _mouth(3))
    assert abs(row.r[0]) < 0.5


def test_open_lips_miss_closures_and_shut_lips_are_false() -> None:
    sound = _clip(2)
    ajar = replace(sound.track, measures=sound.track.measures + np.float32(0.05))
    assert followed(_clip(1), sound, Driver.ENGINE, ajar).closed == 0
    shut = replace(sound.track, measures=np.minimum(sound.track.measures, 0.01).astype("f4"))
    row = followed(_clip(1), sound, Driver.ENGINE, shut)
    assert row.falsely_closed == row.open_frames > 0


def test_jitter_is_relative_to_the_face_s_own_video() -> None:
    face, sound = _clip(1), _clip(2)
    rng = np.random.default_rng(0)
    shaking = face.track.lips + 0.2 * rng.standard_normal(face.track.lips.shape).astype("f4")
    assert followed(face, sound, Driver.ENGINE, face.track).jitter == pytest.approx(1)
    assert followed(face, sound, Driver.ENGINE, replace(face.track, lips=shaking)).jitter > 2


def test_a_closure_is_short_and_inside_speech() -> None:
    opening = np.full(50, 0.2, np.float32)
    opening[10:13] = opening[30:45] = 0.0
    opening[0:2] = 0.0
    speaking = np.ones(50, bool)
    assert closures(opening, speaking, 0.04) == [(10, 12)]
    speaking[5:20] = False
    assert closures(opening, speaking, 0.04) == []


def test_nobody_speaks_with_their_own_sound() -> None:
    one, two = _clip(1), _clip(2)
    again = replace(one, path=Path("other.mp4"))
    assert pairs([one, two], [again, two]) == [(one, two), (two, again)]


def test_shuffled_sound_is_the_same_sound_elsewhere() -> None:
    samples = np.arange(16000 * 4, dtype=np.float32)
    moved = shuffled(samples)
    assert np.array_equal(np.sort(moved), samples)
    assert (moved.reshape(8, -1)[:, 0] != samples.reshape(8, -1)[:, 0]).all()


def test_loudness_opens_the_mouth_where_it_is_loud() -> None:
    samples = np.full(16000, 1e-3, np.float32)
    samples[6000:10000] = 0.3
    shapes = loudness(samples)
    assert shapes.measures[25, 0] > 0
    assert shapes.speech[25] == 1
    assert shapes.speech[5] == 0


def test_true_shapes_have_unit_spread_in_speech() -> None:
    clip = _clip(2)
    shapes = true_shapes(clip, len(clip.samples))
    spoken = clip.spoken(np.arange(len(shapes.speech)) / shapes.rate)
    assert shapes.speech.all()
    assert shapes.measures[spoken, 0].std() == pytest.approx(1, abs=0.01)
    assert shapes.measures[spoken, 0].mean() == pytest.approx(0, abs=0.01)


def test_the_untouched_video_has_no_listener() -> None:
    with pytest.raises(ValueError, match="drives nothing"):
        listener(Driver.UNTOUCHED, _clip(1))


def test_the_summary_separates_grid_and_weighs_moments() -> None:
    row = followed(_clip(1), _clip(2), Driver.ENGINE, _clip(2).track)
    grid = replace(row, grid=True, r=(0.0, 0.0, 0.0), closures=10, closed=0)
    everyone, without = summary([row, grid])
    assert everyone.r[0] == pytest.approx(0.5)
    assert everyone.closed == pytest.approx(row.closed / (row.closures + 10))
    assert (without.pairs, without.r[0]) == (1, pytest.approx(1))
    assert "without GRID" in table([everyone, without])


def test_bars_are_compared_the_right_way_round() -> None:
    assert thresholds.OPENING.verdict(0.79) is thresholds.Verdict.GOAL
    assert thresholds.OPENING.verdict(0.73) is thresholds.Verdict.ENOUGH
    assert thresholds.OPENING.verdict(0.71) is thresholds.Verdict.SHORT
    assert thresholds.JITTER.verdict(1.0) is thresholds.Verdict.GOAL
    assert thresholds.JITTER.verdict(1.3) is thresholds.Verdict.SHORT


def test_what_was_judged_is_held_against_its_bar() -> None:
    row = followed(_clip(1), _clip(2), Driver.ENGINE, _clip(2).track)
    poor = replace(row, driver=Driver.SHUFFLED, r=(0.9, 0.0, 0.0))
    found = dict(measured(summary([row, poor])))
    assert found[thresholds.OPENING] == pytest.approx(1)
    assert found[thresholds.GAP] == pytest.approx(0.1)
    assert thresholds.ORACLE not in found
    assert not thresholds.all_reached(list(found.items()))
    assert "falls short" in thresholds.verdicts(found.items())
