"""What the log says of a measurement that ends without measures."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.upkeep import measure
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.runs.storage.test_run_table import make_run


@pytest.mark.parametrize("deleted", [False, True])
def test_only_a_run_that_is_still_there_could_not_be_measured(
    settings: Settings,
    work: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    deleted: bool,
) -> None:
    """Its output is no video; or it goes as the measurement begins."""
    made = make_run(settings.runs_dir)
    output = made.folder / "output.mp4"
    output.parent.mkdir(parents=True)
    output.write_bytes(b"no video")
    run = replace(made, state=RunState.DONE, outputs=(output,))
    work.runs.add(run, None)
    begin = measure.start_process

    def begun(*given: object, **named: object) -> object:
        if deleted:
            shutil.rmtree(run.folder)
        return begin(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(measure, "start_process", begun)
    work.measuring.request(run)
    work.measuring.wait(run.id, every=0.01)
    assert ("could not be measured" in caplog.text) is not deleted
    assert Path(run.folder).exists() is not deleted
