from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.media.segments import VideoMotion
from lipsync_demo.media.sync_modes import (
    MODES,
    SyncMode,
    Timeline,
    equal_modes,
    output_seconds,
    timeline,
)

RATES = [Fraction(24_000, 1001), Fraction(25), Fraction(30_000, 1001), Fraction(30)]

modes = st.sampled_from(list(SyncMode))
lengths = st.fractions(Fraction(1, 100), Fraction(60), max_denominator=48_000)


@st.composite
def cases(draw: st.DrawFn) -> Timeline:
    """A timeline of whole frames of a known rate against any speech."""
    rate = draw(st.sampled_from(RATES))
    frames = draw(st.integers(1, 400))
    audio = Fraction(draw(st.integers(1, 16_000 * 40)), 16_000)
    frame = 1 / rate
    return timeline(draw(modes), frames * frame, audio, first_frame=frame, last_frame=frame)


@given(cases())
def test_segments_cover_the_output_without_gap_or_overlap(laid: Timeline) -> None:
    for track in (laid.video, laid.audio):
        assert track[0].start == 0
        assert track[-1].end == laid.output_seconds
        assert all(segment.start < segment.end for segment in track)
        assert all(a.end == b.start for a, b in pairwise(track))


@given(cases())
def test_no_source_time_lies_outside_the_source(laid: Timeline) -> None:
    for segment in laid.video:
        assert min(segment.source_start, segment.source_end) >= 0
        assert max(segment.source_start, segment.source_end) <= laid.video_seconds
    for sound in laid.audio:
        if sound.source_start is not None:
            assert sound.source_start + sound.end - sound.start <= laid.audio_seconds


@given(modes, lengths, lengths)
def test_lengths_are_those_of_the_matrix(mode: SyncMode, video: Fraction, audio: Fraction) -> None:
    expected = {
        SyncMode.CUT_OFF: min(video, audio),
        SyncMode.BOUNCE: audio,
        SyncMode.LOOP: audio,
        SyncMode.SILENCE: max(video, audio),
        SyncMode.REMAP: audio,
    }[mode]
    laid = timeline(mode, video, audio)
    assert laid.output_seconds == output_seconds(mode, video, audio) == expected
    assert isinstance(laid.output_seconds, Fraction)


@given(lengths, lengths, st.fractions(0, 1, max_denominator=1000))
def test_loop_silence_and_remap_show_the_source_at_the_documented_time(
    video: Fraction, audio: Fraction, part: Fraction
) -> None:
    for mode, formula in (
        (SyncMode.LOOP, lambda t: t % video),
        (SyncMode.SILENCE, lambda t: min(t, video)),
        (SyncMode.REMAP, lambda t: t * video / audio),
        (SyncMode.CUT_OFF, lambda t: t),
    ):
        laid = timeline(mode, video, audio)
        t = part * laid.output_seconds
        if t < laid.output_seconds:
            assert laid.segment_at(t).source_time(t) == formula(t)


@given(lengths, lengths, st.fractions(0, 1, max_denominator=1000))
def test_bounce_is_a_triangle_wave_but_for_the_turning_frames(
    video: Fraction, audio: Fraction, part: Fraction
) -> None:
    laid = timeline(SyncMode.BOUNCE, video, audio)
    t = part * laid.output_seconds
    if t < laid.output_seconds:
        wave = t % (2 * video)
        assert laid.segment_at(t).source_time(t) == min(wave, 2 * video - wave)


@given(cases())
def test_bounce_turns_one_frame_inside_each_end(laid: Timeline) -> None:
    if laid.mode is not SyncMode.BOUNCE:
        return
    for before, after in pairwise(laid.video):
        if after.motion is VideoMotion.HELD:
            continue
        if after.motion is VideoMotion.BACKWARD:
            assert before.source_end == laid.video_seconds
            assert after.source_start < before.source_end
        else:
            assert before.source_end == 0
            assert after.source_start > 0


@given(st.sampled_from(RATES), st.integers(1, 500), st.integers(1, 500), st.integers(8000, 96_000))
def test_remap_has_the_exact_speed(rate: Fraction, frames: int, samples: int, hertz: int) -> None:
    video, audio = frames / rate, Fraction(samples * 97, hertz)
    (segment,) = timeline(SyncMode.REMAP, video, audio).video
    assert segment.speed == video / audio
    assert segment.source_time(audio) == video


@given(cases())
def test_trimmed_parts_are_what_is_left(laid: Timeline) -> None:
    heard = min(laid.audio_seconds, laid.output_seconds)
    assert laid.audio_trimmed == laid.audio_seconds - heard
    keeps_all = laid.mode in (SyncMode.REMAP, SyncMode.SILENCE)
    shown = laid.video_seconds if keeps_all else min(laid.video_seconds, laid.output_seconds)
    assert laid.video_trimmed == laid.video_seconds - shown


@given(lengths, lengths)
def test_modes_said_to_be_equal_are_and_the_rest_are_not(video: Fraction, audio: Fraction) -> None:
    groups = equal_modes(video, audio)
    assert sorted(mode for group in groups for mode in group) == sorted(SyncMode)
    for group in groups:
        first, *others = (timeline(mode, video, audio) for mode in group)
        assert all(laid.video == first.video for laid in others)
        assert all(laid.audio == first.audio for laid in others)
    if video == audio:
        assert len(groups) == 1
    elif video > audio:
        assert (SyncMode.CUT_OFF, SyncMode.BOUNCE, SyncMode.LOOP) in groups
        assert len(groups) == 3
    else:
        assert len(groups) == 5


def test_the_documented_example() -> None:
    video, audio = Fraction(4), Fraction("8.64")
    frame = Fraction(1, 25)
    legs = timeline(SyncMode.BOUNCE, video, audio, first_frame=frame, last_frame=frame).video
    assert [(leg.start, leg.end, leg.source_start, leg.source_end) for leg in legs] == [
        (0, 4, 0, 4),
        (4, Fraction("7.96"), Fraction("3.96"), 0),
        (Fraction("7.96"), Fraction("8.64"), Fraction("0.04"), Fraction("0.72")),
    ]
    assert [leg.speed for leg in legs] == [1, -1, 1]
    (slowed,) = timeline(SyncMode.REMAP, video, audio).video
    assert 1 / slowed.speed == Fraction("2.16")


def test_a_single_frame_is_held_instead_of_bounced() -> None:
    frame = Fraction(1, 25)
    laid = timeline(SyncMode.BOUNCE, frame, Fraction(2), first_frame=frame, last_frame=frame)
    assert [leg.motion for leg in laid.video] == [VideoMotion.FORWARD, VideoMotion.HELD]
    same = equal_modes(frame, Fraction(2), first_frame=frame, last_frame=frame)
    assert (SyncMode.BOUNCE, SyncMode.SILENCE) in same


def test_extreme_lengths_stay_exact() -> None:
    video, audio = Fraction(1, 25), Fraction(600)
    laid = timeline(SyncMode.LOOP, video, audio)
    assert len(laid.video) == 15_000
    assert laid.video[-1].end == 600
    assert laid.segment_at(Fraction("599.99")) == laid.video[-1]


@pytest.mark.parametrize("lengths", [(0, 1), (1, 0), (-1, 1)])
def test_a_length_must_be_positive(lengths: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="longer than zero"):
        timeline(SyncMode.LOOP, Fraction(lengths[0]), Fraction(lengths[1]))


@pytest.mark.parametrize("t", [-1, 2, 3])
def test_outside_the_output_there_is_no_segment(t: int) -> None:
    laid = timeline(SyncMode.LOOP, Fraction(1), Fraction(2))
    with pytest.raises(ValueError, match="outside"):
        laid.segment_at(Fraction(t))


@given(modes, lengths, lengths)
def test_the_sentence_fits_the_direction(mode: SyncMode, video: Fraction, audio: Fraction) -> None:
    sentence = timeline(mode, video, audio).sentence
    texts = MODES[mode].texts
    assert sentence.endswith(".")
    if audio > video:
        assert sentence == texts.audio_longer
    elif video > audio:
        assert sentence == texts.video_longer
    else:
        assert "equally long" in sentence
