"""What the page shows of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.studio import words
from lipsync_demo.ui.studio.result import of_run


def test_a_run_whose_output_is_gone_opens_and_says_so(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    run = make_run(request={"sync_mode": "bounce"})
    run = replace(run, outputs=(tmp_path / "gone.mp4",))
    with Workspace(settings) as workspace:
        view = of_run(run, workspace, signed_media(settings).sign)
    assert words.OUTPUT_GONE in view.stage
    assert 'role="alert"' in view.stage
    assert "download" not in view.stage
    assert json.loads(view.request)["sync_mode"] == "bounce"
    assert view.card
    assert not view.active
    assert not view.polled
