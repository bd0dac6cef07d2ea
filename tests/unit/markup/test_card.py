from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.markup.card import as_expected, card
from lipsync_demo.markup.details import OutputFacts
from lipsync_demo.runs.record.run import OwnCheck
from tests.media_factory import make_speechlike
from tests.unit.run_factory import MakeRun

OUTPUT = OutputFacts(800_000, 720, 720, Fraction(25))


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")


def test_every_time_of_the_run_is_there(make_run: MakeRun) -> None:
    shown = text(card(make_run(), [OUTPUT]))
    for words in (
        "Upload 0.50 s",
        "Queue 0.25 s",
        "Inference 4.90 s",
        "Download 0.10 s",
        "Everything else 0.25 s",
        "Total 6.00 s",
    ):
        assert words in shown


def test_a_wait_that_a_browser_measured_is_told_in_two_parts(make_run: MakeRun) -> None:
    times = {"upload": 0.5, "queue": 0.2, "inference": 4.9, "task": 5.5, "total": 6.0}
    before = text(card(make_run(timings=times), [OUTPUT]))
    assert "6.00 s start to result" in before
    assert "click" not in before
    run = make_run(timings={**times, "picture": 6.75})
    shown = text(card(run, [OUTPUT]))
    assert "6.75 s click to picture" in shown
    assert "Until it was shown 0.75 s Total 6.75 s" in shown
    told = "6.75 s from the click to the picture, measured in the browser: 1.25 s here, 5.50 s"
    assert f"{told} at the API." in shown
    assert f"{told} in the local engine." in text(card(replace(run, backend="local"), [OUTPUT]))
    # A run that was not followed throughout: the server's own figures are what is known.
    del times["task"]
    followed = text(card(make_run(timings={**times, "picture": 6.75}), [OUTPUT]))
    assert "1.65 s here, 5.10 s at the API." in followed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"reused_analysis": 1, "reused_frames": 172}, "analysis and 96 % of the picture reused"),
        ({"reused_analysis": 1, "reused_frames": 178}, "analysis and 100 % of the picture reused"),
        ({"reused_analysis": 1, "reused_frames": 0}, "analysis reused from an earlier run"),
        ({"reused_analysis": 0, "reused_frames": 89}, "50 % of the picture reused"),
    ],
)
def test_a_time_that_earlier_runs_shortened_says_so(
    make_run: MakeRun, said: dict[str, int], expected: str
) -> None:
    answer = {"id": "x", "engine": {"frames": 178, **said}}
    shown = text(card(make_run(prediction=answer), [OUTPUT]))
    assert f"4.90 s: {expected}" in shown
    assert "inference, parts reused" in shown


def test_nothing_is_said_to_be_reused_unless_the_engine_says_so(make_run: MakeRun) -> None:
    counts = {"frames": 178, "reused_analysis": 0, "reused_frames": 0}
    for answer in ({"id": "x"}, {"id": "x", "engine": counts}, {"id": "x", "engine": "odd"}):
        assert "reused" not in text(card(make_run(prediction=answer), [OUTPUT]))


def test_lengths_sizes_ids_and_model_are_there(make_run: MakeRun) -> None:
    run = make_run()
    shown = text(card(run, [OUTPUT]))
    assert "7.10 s, expected 7.10 s" in shown
    assert "720×720 · 25 fps · 800 kB" in shown
    assert "talk.mp4 · 4.00 s · 720×720 · 25 fps · 306 kB" in shown
    assert "sync/lipsync-1.9.0-beta" in shown
    assert run.id in shown
    assert str(run.prediction_id) in shown


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (Fraction(71, 10), True),
        (Fraction(71, 10) + Fraction(1, 25), True),
        (Fraction(71, 10) - Fraction(1, 24), False),
        (None, None),
    ],
)
def test_a_length_is_as_expected_to_within_one_frame(
    make_run: MakeRun, actual: Fraction | None, expected: bool | None
) -> None:
    assert as_expected(make_run(output_seconds=actual)) is expected


def test_a_wrong_length_is_called_wrong(make_run: MakeRun) -> None:
    shown = text(card(make_run(output_seconds=Fraction(4)), [OUTPUT]))
    assert "Length is not what the mode promised" in shown
    assert "7.10 s expected" in shown


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((False,), "clear NSFW, 1 of 1"),
        ((False, True), "flagged NSFW, 1 of 2"),
        ((False, None), "unknown NSFW, 1 of 2"),
        ((), "unknown NSFW, 1 of 1"),
    ],
)
def test_the_worst_flag_of_all_outputs_stands_in_the_tile(
    make_run: MakeRun, flags: tuple[bool | None, ...], words: str
) -> None:
    assert words in text(card(make_run(has_nsfw_contents=flags), [OUTPUT]))


def test_an_output_the_api_did_not_check_is_said_to_be(make_run: MakeRun) -> None:
    own = (OwnCheck(0.034, 8, flagged=False),)
    shown = text(card(make_run(has_nsfw_contents=(None,), own_checks=own), [OUTPUT]))
    assert "clear NSFW, 1 of 1, our own check" in shown
    assert "Output: not checked by the API; our own check of 8 frames" in shown
    assert "clear, highest score 0.03" in shown
    unseen = text(card(make_run(has_nsfw_contents=(None,)), [OUTPUT]))
    assert "Output: not checked for not-safe-for-work content, by the API or here" in unseen


def test_the_model_and_its_own_fields_are_there(make_run: MakeRun) -> None:
    run = make_run(
        model="sync/react-1", sync_mode=None, choices={"emotion": "sad", "model_mode": "head"}
    )
    shown = text(card(run, [OUTPUT]))
    for words in ("Model sync/react-1", "Emotion sad", "What moves head"):
        assert words in shown
    assert "Mode" not in shown.replace("Model", "")


def test_a_local_result_is_called_synthetic(make_run: MakeRun) -> None:
    assert "Synthetic" in text(card(make_run(backend="local"), [OUTPUT]))


def test_what_the_engine_found_is_said_when_it_says_it(make_run: MakeRun) -> None:
    assert "In the video" not in text(card(make_run(), [OUTPUT]))
    said = {"faces": 2, "shots": 1, "frames": 178, "synced": 170, "passed_through": 8}
    shown = text(card(make_run(prediction={"id": "x", "engine": said}), [OUTPUT]))
    assert "2 faces in 1 shot · lips moved in 170 of 178 frames" in shown
    odd = make_run(prediction={"id": "x", "engine": "<b>"})
    assert "In the video" not in text(card(odd, [OUTPUT]))


def test_the_speech_is_drawn_where_its_file_is(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    assert run.audio is not None
    assert 'class="wave"' not in card(run, [OUTPUT])
    spoken = replace(run.audio, path=make_speechlike(tmp_path / "spoken.wav", 2))
    assert 'class="wave"' in card(replace(run, audio=spoken), [OUTPUT])
