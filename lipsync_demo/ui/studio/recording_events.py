"""Handles the recorded sample that replaces a run."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.ui.frame import notices, sent
from lipsync_demo.ui.frame.context import Changes, Shared, unchanged
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.frame.news import Told
from lipsync_demo.ui.inputs import files
from lipsync_demo.ui.inputs.samples import FIRST, SHOWN, Sample, held, named
from lipsync_demo.ui.inputs.uploads import place
from lipsync_demo.ui.studio import obstacle, result, words
from lipsync_demo.ui.studio.stage import StudioStage


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEvents:
    """Each method handles one event and returns the changed widgets."""

    stage: StudioStage

    @property
    def _shared(self) -> Shared:
        return self.stage.shared

    def show_recorded_mode(self, mode: str, stamp: str) -> Told:
        """Show the recording of the chosen mode if a recording is open."""
        if not stamp.startswith(result.RECORDED):
            return None
        return "", self.stage.show_recording(SyncMode(mode), result.recorded_of(stamp))

    def follow_inputs(self, video: str | None, speech: str | None, mode: str, stamp: str) -> Told:
        """Show the sample's recording beside the sample only, and nothing beside other inputs."""
        of = held(video, speech)
        if of is None and stamp.startswith(result.RECORDED):
            return "", self.stage.show_nothing()
        if of is not None and stamp == result.UNSYNCED:
            return "", self.stage.show_recording(SyncMode(mode), of)
        return None

    def show_inputs(self, video: str | None, speech: str | None, mode: str) -> Changes:
        """Show what no run is open for: the recording of a sample, else that nothing was synced."""
        of = held(video, speech)
        shown = self.stage.show_recording(SyncMode(mode), of) if of else self.stage.show_nothing()
        return shown | {self.stage.widgets.run_id: ""}

    def load_sample(self, mode: str, event: gr.EventData) -> Changes:
        """Put a sample's files in as inputs, and show its recording."""
        of = named(sent.text(event, "sample"))
        shown = self.stage.show_recording(SyncMode(mode), of) | {self.stage.widgets.run_id: ""}
        return shown | self._load(of)

    def load_first(self) -> Changes:
        """Put the first sample's files in as inputs."""
        return self._load(FIRST)

    def _load(self, of: Sample) -> Changes:
        w = self.stage.widgets
        paths = [place(path, self._shared.uploads) for path in (of.video, of.speech)]
        if None in paths:
            return unchanged()
        return {
            w.sources.video: str(paths[0]),
            w.sources.speech: str(paths[1]),
            w.choice.load: gr.Button(visible=False),
            w.choice.findings: "",
            w.files.line: files.told(Markup("")),
        }

    def show_recording_meanwhile(self, current: str) -> Changes:
        """Show the recording while a run waits for the network."""
        try:
            run = self._shared.workspace.runs.get(run_id(current) or "")
        except RunNotFound:
            return unchanged()
        text = notices.status(words.RUN_GOES_ON)
        return self.stage.show_recording(run.sync_mode or SHOWN) | {
            self.stage.widgets.run_id: "",
            self.stage.widgets.outcome.notice: text,
        }

    def replace_run(self, video: str | None, speech: str | None, mode: str) -> Changes:
        """Show the recording instead of starting a run; only for a sample."""
        w = self.stage.widgets
        of = held(video, speech)
        if of is None:
            for_all = self._shared.workspace.recorded_only.for_all
            why = obstacle.of_recordings(video, speech, for_all=for_all)
            return {w.choice.findings: notices.trouble(words.NOT_RECORDED, why)}
        return self.stage.show_recording(SyncMode(mode), of) | {
            w.run_id: "",
            w.choice.findings: "",
        }
