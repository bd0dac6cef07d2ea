from __future__ import annotations

from fractions import Fraction

import pytest

from lipsync_demo.media.sync_modes import SyncMode, timeline
from lipsync_demo.ui.inputs.modes import Timelines, choices, question


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def lay(video: int, speech: int) -> Timelines:
    return {mode: timeline(mode, Fraction(video), Fraction(speech)) for mode in SyncMode}


@pytest.mark.parametrize(
    ("video", "speech", "text"),
    [
        (
            Fraction(4),
            Fraction(72, 10),
            "The speech is 3.20 s longer than the video. What should happen?",
        ),
        (
            Fraction(5),
            Fraction(4),
            "The video is 1.00 s longer than the speech. What should happen?",
        ),
        (
            Fraction(4),
            Fraction(4) + Fraction(1, 1000),
            "The speech is less than 0.01 s longer than the video. What should happen?",
        ),
        (
            Fraction(4),
            Fraction(4),
            "Video and speech are both 4.00 s long: every mode gives the same result.",
        ),
        (None, Fraction(4), "What should happen when video and speech differ in length?"),
    ],
)
def test_the_question_is_made_from_the_two_lengths(
    video: Fraction | None, speech: Fraction | None, text: str
) -> None:
    assert plain(question(video, speech)) == text


def test_each_mode_answers_in_one_sentence_with_its_output_length() -> None:
    texts = {value: plain(text).split("\n") for text, value in choices(lay(4, 8))}
    assert list(texts) == ["cut_off", "bounce", "loop", "silence", "remap"]
    assert [lines[2] for lines in texts.values()] == [
        "4.00 s",
        "8.00 s",
        "8.00 s",
        "8.00 s",
        "8.00 s · 0.50×",
    ]
    assert all(lines[0] == mode and lines[1].endswith(".") for mode, lines in texts.items())
    assert [mode for mode, lines in texts.items() if "API default" in lines] == ["cut_off"]


def test_modes_that_make_no_difference_are_said_to_be_equal() -> None:
    texts = {value: plain(text).split("\n")[2] for text, value in choices(lay(8, 4))}
    assert texts == {
        "cut_off": "4.00 s",
        "bounce": "4.00 s · same as cut_off",
        "loop": "4.00 s · same as cut_off",
        "silence": "8.00 s",
        "remap": "4.00 s · 2.00×",
    }


def test_without_both_files_the_modes_are_still_explained() -> None:
    texts = [plain(text).split("\n") for text, _ in choices(None)]
    assert all(lines[1].endswith(".") for lines in texts)
    assert [lines[2:] for lines in texts] == [["API default"], [], [], [], []]
