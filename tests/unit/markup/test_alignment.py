from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lipsync_demo.markup.alignment import bars, describe, draw
from lipsync_demo.media.sync_modes import SyncMode, Timeline, timeline

lengths = st.fractions(min_value=Fraction(1, 10), max_value=Fraction(120), max_denominator=100)
FRAME = Fraction(1, 25)


def lay(mode: SyncMode, video: Fraction | int, speech: Fraction | int) -> Timeline:
    return timeline(mode, Fraction(video), Fraction(speech), first_frame=FRAME, last_frame=FRAME)


def shares(html: str, track: str) -> list[tuple[str, float, float]]:
    """Kind, left edge and width (percent) of each bar of a track."""
    row = html.split(f'class="track {track}"')[1].split('class="track')[0]
    found = re.findall(r'class="bar (\w+)" style="left:([\d.]+)%;width:([\d.]+)%', row)
    return [(kind, float(left), float(width)) for kind, left, width in found]


@given(st.sampled_from(SyncMode), lengths, lengths)
def test_bars_cover_the_output_and_what_is_cut_without_gap_or_overlap(
    mode: SyncMode, video: Fraction, speech: Fraction
) -> None:
    laid = lay(mode, video, speech)
    for row, cut in zip(bars(laid), (laid.video_trimmed, laid.audio_trimmed), strict=True):
        assert row[0].start == 0
        assert row[-1].end == laid.output_seconds + cut
        assert all(a.end == b.start for a, b in pairwise(row))
        assert (row[-1].kind == "cut") == (cut > 0)


@given(st.sampled_from(SyncMode), lengths, lengths)
def test_the_drawing_stays_inside_its_width(
    mode: SyncMode, video: Fraction, speech: Fraction
) -> None:
    html = draw(lay(mode, video, speech))
    for track in ("video", "speech"):
        edges = [(left, left + width) for _, left, width in shares(html, track)]
        assert edges[0][0] == 0
        assert max(right for _, right in edges) <= 100.01


@given(st.sampled_from(SyncMode), lengths, lengths)
@example(SyncMode.BOUNCE, Fraction(11, 70), Fraction(49, 15))
def test_the_drawing_never_has_more_bars_than_can_be_told_apart(
    mode: SyncMode, video: Fraction, speech: Fraction
) -> None:
    laid = lay(mode, video, speech)
    assert len(bars(laid)[0]) <= 27
    assert len(describe(laid)) < 300


def test_bounce_is_drawn_to_scale() -> None:
    html = draw(lay(SyncMode.BOUNCE, 4, Fraction(71, 10)))
    (forward, backward), (speech,) = shares(html, "video"), shares(html, "speech")
    assert forward[0] == "forward"
    assert forward[1:] == pytest.approx((0, 400 / 7.1), abs=0.01)
    assert backward[0] == "backward"
    assert backward[1:] == pytest.approx((400 / 7.1, 310 / 7.1), abs=0.01)
    assert speech == ("speech", 0, 100)


def test_what_is_cut_off_is_part_of_the_scale() -> None:
    html = draw(lay(SyncMode.CUT_OFF, 4, 8))
    assert shares(html, "speech") == [("speech", 0, 50), ("cut", 50, 50)]
    assert shares(html, "video") == [("forward", 0, 50)]


@pytest.mark.parametrize(
    ("mode", "video", "speech", "words"),
    [
        (
            SyncMode.BOUNCE,
            4,
            7,
            "Output 7.00 s. Video: forward from 0 to 4.00 s, then backward from 3.96 to 0.96 s. "
            "Speech: whole, 7.00 s.",
        ),
        (
            SyncMode.SILENCE,
            4,
            9,
            "Output 9.00 s. Video: forward from 0 to 4.00 s, then the last picture held for "
            "5.00 s. Speech: whole, 9.00 s.",
        ),
        (
            SyncMode.SILENCE,
            9,
            4,
            "Output 9.00 s. Video: forward from 0 to 9.00 s. "
            "Speech: whole, 4.00 s, then silence 5.00 s.",
        ),
        (
            SyncMode.REMAP,
            4,
            8,
            "Output 8.00 s. Video: slowed to 0.50×, 0 to 4.00 s. Speech: whole, 8.00 s.",
        ),
        (
            SyncMode.CUT_OFF,
            4,
            9,
            "Output 4.00 s. Video: forward from 0 to 4.00 s. "
            "Speech: its first part, 4.00 s, then 5.00 s cut off.",
        ),
        (
            SyncMode.LOOP,
            1,
            60,
            "Output 1:00.00. Video: forward from 0 to 1.00 s, then forward from 0 to 1.00 s, "
            "then 58 more passes, from the start. Speech: whole, 1:00.00.",
        ),
    ],
)
def test_the_text_alternative_says_what_is_drawn(
    mode: SyncMode, video: int, speech: int, words: str
) -> None:
    laid = lay(mode, video, speech)
    assert describe(laid).replace("\N{NO-BREAK SPACE}", " ") == words
    assert f'aria-label="{describe(laid)}"' in draw(laid)


@given(st.fractions(FRAME, 600), st.fractions(FRAME, 600))
@example(Fraction(34, 100), Fraction(34, 100))
def test_the_ticks_do_not_touch_on_a_narrow_phone(video: Fraction, speech: Fraction) -> None:
    lane, letter = 204, 6.4
    drawn = draw(lay(SyncMode.SILENCE, video, speech))
    found = re.findall(r'<span style="left:([\d.]+)%">([^<]+)</span>', drawn)
    end = 0.0
    for share, text in found:
        width = letter * len(text)
        start = float(share) / 100 * lane - (width / 2 if end else 0)
        assert start >= end
        end = start + width
