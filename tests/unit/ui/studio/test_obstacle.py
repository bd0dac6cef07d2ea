from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.ui.inputs.samples import SAMPLES
from lipsync_demo.ui.inputs.uploads import place
from lipsync_demo.ui.studio import obstacle

FOUND = object()


@pytest.mark.parametrize(
    ("video", "speech", "held", "told"),
    [
        (FOUND, FOUND, ("a", "b"), ""),
        (None, None, (None, None), "Choose a video and a speech track first."),
        (None, FOUND, (None, "b"), "Choose a video first."),
        (FOUND, None, ("a", None), "Choose a speech track first."),
        (None, FOUND, ("a", "b"), "There is no usable video yet."),
        (None, None, (None, "b"), "Choose a video first."),
    ],
)
def test_the_input_that_is_missing_is_named(
    video: object, speech: object, held: tuple[str | None, str | None], told: str
) -> None:
    assert obstacle.of_inputs(video, speech, held) == told


@pytest.mark.parametrize(("severity", "stops"), [(Severity.ERROR, True), (Severity.WARNING, False)])
def test_only_a_finding_that_refuses_the_run_stops_the_button(
    severity: Severity, stops: bool
) -> None:
    assert bool(obstacle.of_findings([Finding(severity, "It is so.", "Mend it.")])) is stops


def test_a_pair_without_a_recording_is_told_which_have_one(tmp_path: Path) -> None:
    for one in SAMPLES:
        video, speech = (str(place(path, tmp_path)) for path in (one.video, one.speech))
        assert obstacle.of_recordings(video, speech, for_all=False) == ""
    told = obstacle.of_recordings("my clip.mp4", speech, for_all=False)
    assert "Portrait, Drawing, Photograph" in told
    assert "off" in told
    # What is set for everybody cannot be switched off on the page.
    told = obstacle.of_recordings(None, None, for_all=True)
    assert told.endswith("Portrait, Drawing, Photograph. Choose one.")
