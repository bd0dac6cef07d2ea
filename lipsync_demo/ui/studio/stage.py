"""The area that shows a run, a recording or a notice."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.run import Run
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.context import Changes, Shared
from lipsync_demo.ui.inputs.samples import FIRST, Sample, example
from lipsync_demo.ui.studio import result
from lipsync_demo.ui.studio.outcome import listing
from lipsync_demo.ui.studio.widgets import Widgets


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioStage:
    """Each method returns the changed widgets."""

    shared: Shared
    widgets: Widgets

    def show_run(self, run: Run) -> Changes:
        """Show a run's current state."""
        return self.show(self.view(run)) | {self.widgets.run_id: run.id}

    def open_run(self, wanted: str) -> Changes:
        """Show a run by its id."""
        try:
            return self.show_run(self.shared.workspace.runs.get(wanted))
        except RunNotFound as error:
            gone = self.show_missing(notices.trouble(error.what, frame_words.RUN_GONE))
            return gone | {self.widgets.run_id: wanted}

    def show_recording(self, mode: SyncMode, of: Sample = FIRST) -> Changes:
        """Show the recorded run of a sample in a mode."""
        run = example(mode, of)
        return self.show(result.of_example(run, self.shared.link) if run else result.of_nothing())

    def show_nothing(self) -> Changes:
        """Say that nothing has been synced yet."""
        return self.show(result.of_nothing())

    def show_missing(self, notice: Markup) -> Changes:
        """Say why there is no run to show."""
        return self.show(result.of_nothing(notice))

    def view(self, run: Run) -> result.View:
        """Everything the page shows about a run."""
        return result.of_run(run, self.shared.workspace, self.shared.link)

    def show(self, shown: result.View) -> Changes:
        """Show a view of a run and its buttons."""
        w, o, can = self.widgets, self.widgets.outcome, shown.actions
        # Only at once: the change of the stamp has it decided by the inputs, too.
        going: Changes = {w.choice.go: gr.Button(interactive=False)} if shown.active else {}
        return going | {
            w.stamp: shown.stamp,
            o.notice: "",
            o.live: gr.HTML(shown.live, visible=bool(shown.live)),
            o.stage: shown.stage,
            o.card: gr.HTML(shown.card, visible=bool(shown.card)),
            o.request: listing(shown.request),
            o.response: listing(shown.response),
            o.curl: listing(shown.curl),
            o.python: listing(shown.python),
            o.stop: gr.Button(shown.stop_label, visible=can.stop),
            o.resume: gr.Button(shown.resume_label, visible=can.resume),
            o.again: gr.Button(visible=can.again),
            o.meanwhile: gr.Button(visible=shown.troubled),
            w.timer: gr.Timer(active=shown.polled),
        }
