from __future__ import annotations

import math
from bisect import bisect_right
from fractions import Fraction
from itertools import chain, cycle, islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.media.container.frame_times import FrameTimes, frame_times
from lipsync_demo.media.frame_plan import FramePlan, plan
from lipsync_demo.media.sync_modes import SyncMode, Timeline, timeline
from tests.media_factory import make_video

RATES = [
    Fraction(24_000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30_000, 1001),
    Fraction(30),
    Fraction(60),
]
TIME_BASES = [Fraction(1, 12_800), Fraction(1, 90_000), Fraction(1, 1000), Fraction(1, 30_000)]

audio_lengths = st.integers(1, 16_000 * 12).map(lambda n: Fraction(n, 16_000))


def constant(rate: Fraction, frames: int, time_base: Fraction) -> FrameTimes:
    stamps = [round(n / rate / time_base) for n in range(frames + 1)]
    return FrameTimes(tuple(stamps[:-1]), stamps[-1] - stamps[-2], time_base, rate, False)


@st.composite
def constant_times(draw: st.DrawFn) -> FrameTimes:
    rate, time_base = draw(st.sampled_from(RATES)), draw(st.sampled_from(TIME_BASES))
    if draw(st.booleans()):
        time_base = 1 / rate
    return constant(rate, draw(st.integers(1, 90)), time_base)


@st.composite
def variable_times(draw: st.DrawFn) -> FrameTimes:
    time_base = draw(st.sampled_from(TIME_BASES))
    ticks = draw(st.lists(st.integers(1, 4), min_size=1, max_size=60))
    unit = max(1, round(Fraction(1, 60) / time_base))
    start = draw(st.integers(-3000, 3000))
    stamps = [start]
    for n in ticks:
        stamps.append(stamps[-1] + n * unit)
    rate = len(ticks) / ((stamps[-1] - stamps[0]) * time_base)
    return FrameTimes(tuple(stamps[:-1]), stamps[-1] - stamps[-2], time_base, rate, True)


times_of_any_kind = st.one_of(constant_times(), variable_times())


def lay(mode: SyncMode, times: FrameTimes, audio: Fraction) -> Timeline:
    first, last = times.first_frame, times.last_frame
    return timeline(mode, times.duration, audio, first_frame=first, last_frame=last)


def seconds(made: FramePlan) -> list[Fraction]:
    return [pts * made.time_base for pts in made.pts]


@given(st.sampled_from(list(SyncMode)), times_of_any_kind, audio_lengths)
def test_every_plan_covers_the_output(mode: SyncMode, times: FrameTimes, audio: Fraction) -> None:
    laid = lay(mode, times, audio)
    made = plan(laid, times)
    assert made.pts[0] == 0
    assert all(a < b for a, b in pairwise(made.pts))
    assert abs(made.end * made.time_base - laid.output_seconds) <= made.time_base
    assert made.pts[-1] * made.time_base < laid.output_seconds + made.time_base / 2
    assert all(0 <= n < len(times.pts) for n in made.sources)
    assert sum(frame.duration for frame in made) == made.end
    assert all(frame.duration > 0 for frame in made)
    longest = max(times.last_duration, *(b - a for a, b in pairwise(times.pts)), 1)
    step = max(longest * times.time_base, 1 / times.rate) + made.time_base
    assert all(frame.duration * made.time_base <= step for frame in made)


@given(
    st.sampled_from([SyncMode.LOOP, SyncMode.CUT_OFF]),
    times_of_any_kind,
    audio_lengths,
)
def test_forward_frames_keep_their_own_times(
    mode: SyncMode, times: FrameTimes, audio: Fraction
) -> None:
    laid = lay(mode, times, audio)
    made = plan(laid, times)
    assert made.time_base == times.time_base
    own = [(stamp - times.pts[0]) * times.time_base for stamp in times.pts]
    for t, source in zip(seconds(made), made.sources, strict=True):
        assert t % times.duration == own[source]
    whole, rest = divmod(laid.output_seconds, times.duration)
    assert len(made) == whole * len(own) + sum(t < rest for t in own)


@given(times_of_any_kind, audio_lengths)
def test_bounce_never_repeats_the_turning_frame(times: FrameTimes, audio: Fraction) -> None:
    made = plan(lay(SyncMode.BOUNCE, times, audio), times)
    count = len(times.pts)
    if count == 1:
        assert set(made.sources) == {0}
        return
    wave = cycle(chain(range(count), range(count - 2, 0, -1)))
    assert list(made.sources) == list(islice(wave, len(made)))
    stamps = (*times.pts, times.pts[-1] + times.last_duration)
    for frame in list(made)[:-1]:
        assert frame.duration == stamps[frame.source + 1] - stamps[frame.source]


@given(times_of_any_kind, audio_lengths)
def test_silence_holds_the_last_frame_at_the_videos_rate(
    times: FrameTimes, audio: Fraction
) -> None:
    made = plan(lay(SyncMode.SILENCE, times, audio), times)
    count = len(times.pts)
    assert list(made.sources[:count]) == list(range(count))
    assert set(made.sources[count:]) <= {count - 1}
    held = max(Fraction(0), audio - times.duration)
    assert len(made) == count + math.ceil(held * times.rate)
    for n, t in enumerate(seconds(made)[count:]):
        assert abs(t - times.duration - n / times.rate) <= made.time_base / 2


@given(times_of_any_kind, audio_lengths)
def test_remap_shows_the_frame_on_screen_at_the_mapped_time(
    times: FrameTimes, audio: Fraction
) -> None:
    if audio == times.duration:
        return
    made = plan(lay(SyncMode.REMAP, times, audio), times)
    assert len(made) == math.ceil(audio * times.rate)
    own = [(stamp - times.pts[0]) * times.time_base for stamp in times.pts]
    for n, (t, source) in enumerate(zip(seconds(made), made.sources, strict=True)):
        assert abs(t - n / times.rate) <= made.time_base / 2
        assert source == bisect_right(own, n / times.rate * times.duration / audio) - 1


@pytest.mark.parametrize("rate", RATES)
def test_remap_writes_exact_times_at_common_rates(rate: Fraction) -> None:
    times = constant(rate, 50, 1 / rate / 512)
    made = plan(lay(SyncMode.REMAP, times, Fraction(7)), times)
    assert seconds(made) == [n / rate for n in range(math.ceil(7 * rate))]


@pytest.mark.parametrize("mode", list(SyncMode))
@pytest.mark.parametrize(("frames", "audio"), [(1, 600), (2, 600), (15_000, Fraction(1, 25))])
def test_extreme_lengths(mode: SyncMode, frames: int, audio: Fraction) -> None:
    times = constant(Fraction(25), frames, Fraction(1, 12_800))
    laid = lay(mode, times, Fraction(audio))
    made = plan(laid, times)
    assert made.end * made.time_base == laid.output_seconds
    assert len(made) == laid.output_seconds * 25


def test_parts_begin_where_the_video_turns_or_the_speech_ends() -> None:
    times = constant(Fraction(25), 50, Fraction(1, 25))
    parts = {mode: plan(lay(mode, times, Fraction(5)), times).parts for mode in SyncMode}
    assert parts == {
        SyncMode.CUT_OFF: (0,),
        SyncMode.BOUNCE: (0, 50, 99),
        SyncMode.LOOP: (0, 50, 100),
        SyncMode.SILENCE: (0, 50),
        SyncMode.REMAP: (0,),
    }
    assert plan(lay(SyncMode.SILENCE, times, Fraction(1)), times).parts == (0, 25)


def test_a_timeline_of_another_video_is_refused() -> None:
    times = constant(Fraction(25), 50, Fraction(1, 12_800))
    with pytest.raises(ValueError, match="frames last 2 s"):
        plan(timeline(SyncMode.LOOP, Fraction(3), Fraction(5)), times)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg"])
@pytest.mark.parametrize("rate", RATES[:1] + RATES[2:5])
def test_rates_of_real_files_are_exact(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    times = frame_times(make_video(tmp_path / f"clip{suffix}", frames=20, rate=rate, size=(96, 64)))
    assert times.rate == rate
    assert not times.variable
    assert len(times.pts) == 20
    assert abs(times.duration - 20 / rate) <= times.time_base


def test_a_variable_rate_is_kept(tmp_path: Path) -> None:
    durations = [1, 2, 1, 3, 1, 1, 4, 2]
    path = make_video(tmp_path / "clip.mp4", rate=30, vfr=durations, start=1)
    times = frame_times(path)
    assert times.variable
    assert times.duration == sum(durations[:-1], 1) / Fraction(30)
    made = plan(lay(SyncMode.LOOP, times, 3 * times.duration), times)
    assert [frame.duration * made.time_base * 30 for frame in made][:7] == durations[:7]
    assert made.sources == tuple(range(8)) * 3
