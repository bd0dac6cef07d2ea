from __future__ import annotations

from dataclasses import replace

import pytest

from lipsync_demo.runs.record.file_names import output_name, stem
from tests.unit.run_factory import MakeRun, make_run

__all__ = ["make_run"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("talk.mp4", "talk_bounce_01234567.mp4"),
        ("My talk (final)..v2.MOV", "My_talk_final_v2_bounce_01234567.mp4"),
        ("Grüße я 話.mp4", "Grüße_я_話_bounce_01234567.mp4"),
        ("../..", "file_bounce_01234567.mp4"),
        ("x" * 200 + ".mp4", "x" * 60 + "_bounce_01234567.mp4"),
    ],
)
def test_a_file_is_named_after_input_mode_and_run(make_run: MakeRun, given: str, name: str) -> None:
    run = make_run()
    assert run.video is not None
    run = replace(run, video=replace(run.video, name=given), outputs=(run.folder / "output.mp4",))
    assert output_name(run, 0) == name


def test_several_outputs_are_counted_and_other_models_named(make_run: MakeRun) -> None:
    run = make_run(
        model="sync/react-1", sync_mode=None, choices={"emotion": "sad", "model_mode": "head"}
    )
    run = replace(run, outputs=(run.folder / "output.mp4", run.folder / "output-2.mp4"))
    assert output_name(run, 1) == "talk_react-1_sad_head_01234567-2.mp4"
    assert stem(replace(run, video=None)) == "video_react-1_sad_head_01234567"
