"""Connects the studio's events to methods, and handles page loads."""

from __future__ import annotations

import secrets
from typing import Any

import gradio as gr
from gradio.blocks import Block

from lipsync_demo.runs.driving.fair_pool import THREADS
from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.ui.frame import news, notices, words
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, LATEST, UNSHOWN, Changes, Shared
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.frame.recorded_only import RecordedOnlySwitch
from lipsync_demo.ui.inputs import first_look
from lipsync_demo.ui.inputs import label as labels
from lipsync_demo.ui.inputs.samples import SHOWN
from lipsync_demo.ui.studio.input_events import InputEvents
from lipsync_demo.ui.studio.key_events import KeyEvents
from lipsync_demo.ui.studio.present_events import PresentEvents
from lipsync_demo.ui.studio.recording_events import RecordingEvents
from lipsync_demo.ui.studio.reopening import Reopening
from lipsync_demo.ui.studio.run_events import RunEvents
from lipsync_demo.ui.studio.stage import StudioStage
from lipsync_demo.ui.studio.waiting_events import WaitingEvents
from lipsync_demo.ui.studio.widgets import Widgets

FETCHED: dict[str, Any] = {"concurrency_limit": THREADS, "concurrency_id": "links"}
"""Changes of `IN_TURN` for downloads, which `FairPool` shares among visitors."""


class Studio:
    """The studio's events; stateless, shared by all visitors."""

    def __init__(self, shared: Shared, widgets: Widgets, switch: RecordedOnlySwitch) -> None:
        self._shared = shared
        self._switch = switch
        self._widgets = w = widgets
        self._inputs = InputEvents(
            shared=shared, sources=w.sources, line=w.files.line, choice=w.choice
        )
        self._stage = StudioStage(shared=shared, widgets=w)
        self._recording = RecordingEvents(stage=self._stage)
        self._reopening = Reopening(stage=self._stage)
        self._runs = RunEvents(
            stage=self._stage, recording=self._recording, reopening=self._reopening
        )
        self._present = PresentEvents(shared=shared, widgets=w)
        self._waiting = WaitingEvents(stage=self._stage)
        self._key = KeyEvents(shared=shared, top=w.top, choice=w.choice)
        self._chosen = [w.sources.video, w.sources.speech, w.choice.mode]
        self._laying = [*self._chosen, shared.key, shared.session, shared.model, w.run_id]
        self._laying += [w.choice.face.chosen]
        self._laid = [w.choice.drawing, w.choice.findings, w.choice.hint, w.choice.go]
        self._laid += [w.choice.load]
        self._form = [w.sources.video, w.sources.speech, shared.model, w.choice.mode]
        self._form += [w.choice.face.chosen, *w.choice.fields.values()]
        facts = [w.sources.video_facts, w.sources.speech_facts]
        self._held = [
            *(w.sources.video, w.sources.speech, w.sources.sample, *facts),
            *(w.choice.mode, *self._laid, w.sources.previewing, w.files.line),
        ]
        o = w.outcome
        self._run = [
            *(
                w.stamp,
                o.live,
                o.stage,
                o.card,
                o.request,
                o.response,
                o.curl,
                o.python,
                o.stop,
                o.resume,
            ),
            *(o.again, o.meanwhile, o.notice, w.timer, w.choice.go, w.run_id, w.choice.findings),
        ]

    def page_opened(
        self,
        address: str,
        video: str | None,
        speech: str | None,
        mode: str,
        session: object,
        model: object,
        recorded: object,
    ) -> Changes:
        """Set up the studio on page load, with the run in the page's URL if there is one."""
        own = run_id(session) or secrets.token_hex(16)
        switched = self._switch.opened(recorded, own)
        w, wanted = self._widgets, run_id(address)
        if address and wanted is None:
            shown = self._stage.show_missing(notices.no_such_address())
        elif wanted is not None:
            shown = self._reopening.open(wanted)
        else:
            shown = self._stage.show_recording(SHOWN)
        chosen = shown.pop(w.choice.mode, mode)
        changes = self._inputs.inputs_changed(
            shown.get(w.sources.video, video),
            shown.get(w.sources.speech, speech),
            chosen,
            None,
            own,
            shown.get(self._shared.model, model),
            address,
            str(shown.get(w.choice.face.chosen, "")),
        )
        laid = changes[w.choice.mode].constructor_args
        return (
            switched
            | changes
            | shown
            | self._unknown()
            | {
                self._shared.session: own,
                w.choice.mode: gr.Radio(**laid, value=chosen),
            }
        )

    def _unknown(self) -> Changes:
        """Say what is lost on a browser that keeps no cookie; nothing for any other."""
        visitor = acting()
        if visitor is None or visitor.lasting or visitor.operator:
            return {}
        told = notices.trouble(words.NO_COOKIE, words.NO_COOKIE_HINT, warn=True)
        return {self._widgets.top.unknown: gr.HTML(told, visible=True)}

    def visit(self, wanted: str, video: str | None, speech: str | None, mode: str) -> Changes:
        """Show the run of an address, or what the form holds for an address without one."""
        if not wanted:
            return self._recording.show_inputs(video, speech, mode)
        return self._reopening.open(wanted)

    @property
    def run_id(self) -> gr.Textbox:
        """Holds the run that is shown."""
        return self._widgets.run_id

    @property
    def visited(self) -> list[Block]:
        """The widgets `visit` reads, after `run_id`."""
        return [self._widgets.run_id, *self._chosen]

    @property
    def shown(self) -> list[Block]:
        """The widgets `visit` changes."""
        return [*self._run, *self._form]

    def wire(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the events."""
        w, shared = self._widgets, self._shared
        page.load(
            self.page_opened,
            [w.run_id, *self._chosen, shared.session, shared.model, shared.recorded],
            list(
                dict.fromkeys(
                    [
                        *(*self._held, *self._run, *self._form, shared.session),
                        *(*self._switch.shown, w.top.unknown),
                    ]
                )
            ),
            js="(_, ...rest) => [window.lipsync.asked('run'), ...rest]",
            **AT_ONCE,
        )
        labels.wire(page, w.choice.label)
        self._wire_inputs()
        self._wire_runs(tab)
        self._wire_key()
        how = [shared.key, w.top.key_checked, shared.session]
        self.switched = [
            w.top.recorded_only.input(
                self._switch.switched, [w.top.recorded_only, *how], self._switch.shown, **LATEST
            ),
            w.top.recorded_ask.click(self._switch.asked, how, self._switch.shown, **LATEST),
        ]
        for done in self.switched:
            done.then(self._inputs.mode_changed, self._laying, self._laid, **AT_ONCE)

    def _wire_inputs(self) -> None:
        events, shared, sources = self._inputs, self._shared, self._widgets.sources
        choice, radios = self._widgets.choice, list(self._widgets.choice.fields.values())
        line = self._widgets.files.line
        # One event for both: the answer about the first file cannot arrive after that about both.
        each(sources.video.change, sources.speech.change)(
            events.inputs_changed, self._laying, self._held, **IN_TURN | UNSHOWN
        )
        sources.previewing.tick(
            events.preview_made,
            [sources.video],
            [sources.video, sources.video_facts, sources.previewing],
            **AT_ONCE,
        )
        news.wire(
            each(sources.video.change, sources.speech.change),
            self._recording.follow_inputs,
            [*self._chosen, self._widgets.stamp],
            self._widgets.run_id,
            self._run,
            **AT_ONCE,
        )
        self._widgets.files.wire()
        each(choice.mode.change)(events.mode_changed, self._laying, self._laid, **AT_ONCE)
        each(shared.model.change)(
            events.model_changed,
            self._laying,
            [*self._laid, choice.model_note, choice.mode, choice.compare, *radios],
            **AT_ONCE,
        )
        gr.on(
            [sources.video_fetch.click, sources.video_link.submit],
            events.fetch_video,
            [sources.video_link, shared.session],
            [sources.video, line],
            js="window.lipsync.reading",
            **IN_TURN | UNSHOWN | FETCHED,
        ).then(None, None, None, js="window.lipsync.read")
        gr.on(
            [sources.speech_fetch.click, sources.speech_link.submit],
            events.fetch_speech,
            [sources.speech_link, shared.session],
            [sources.speech, line],
            js="window.lipsync.reading",
            **IN_TURN | UNSHOWN | FETCHED,
        ).then(None, None, None, js="window.lipsync.read")

    def _wire_runs(self, tab: gr.Tab) -> None:
        events, shared, w, run = self._runs, self._shared, self._widgets, self._run
        sources, choice, outcome = w.sources, w.choice, w.outcome
        radios = list(choice.fields.values())
        news.wire(
            each(choice.mode.change),
            self._recording.show_recorded_mode,
            [choice.mode, w.stamp],
            w.run_id,
            run,
            **AT_ONCE,
        )
        choice.go.click(
            events.start,
            [
                *(*self._chosen, shared.key, shared.ids, shared.session),
                *(shared.model, choice.face.chosen, choice.label.corner, choice.label.size),
                *radios,
            ],
            [*run, shared.ids],
            **AT_ONCE,
        )
        known = [w.run_id, w.stamp]
        news.poll(w.timer, shared.pace, events.poll, known, w.run_id, run, **AT_ONCE)
        outcome.meanwhile.click(
            self._recording.show_recording_meanwhile, [w.run_id], run, **AT_ONCE
        )
        placed = [sources.video, sources.speech, choice.load, w.files.line, choice.findings]
        choice.load.click(self._recording.load_first, None, placed, **AT_ONCE)
        w.look.select(self._recording.load_sample, [choice.mode], [*run, *placed[:4]], **AT_ONCE)
        sources.sample.change(None, [sources.sample], None, js=first_look.MARK_JS)
        outcome.stage.select(self._waiting.picture_shown, None, [w.stamp, outcome.card], **AT_ONCE)
        asked = [w.run_id, shared.key, shared.session]
        outcome.stop.click(events.stop, [w.run_id], run, **AT_ONCE)
        outcome.resume.click(events.resume, asked, run, **AT_ONCE)
        outcome.again.click(events.submit_again, asked, run, **AT_ONCE)
        each(w.stamp.change, tab.select)(
            self._inputs.run_changed,
            self._laying,
            [choice.hint, choice.go],
            **AT_ONCE,
        )
        each(w.stamp.change)(
            self._present.gather,
            [w.run_id, w.stamp, shared.ids, shared.groups],
            [outcome.programme],
            **AT_ONCE,
        )
        shared.open_run.change(
            events.open_requested,
            [shared.open_run],
            list(dict.fromkeys([*run, *self._form, shared.open_run])),
            **AT_ONCE,
        )
        shared.repeat.change(
            events.repeat,
            [shared.repeat],
            [*self._form, choice.findings, shared.repeat],
            **AT_ONCE,
        )

    def _wire_key(self) -> None:
        events, shared, top, choice = (
            self._key,
            self._shared,
            self._widgets.top,
            self._widgets.choice,
        )
        top.key_open.click(events.toggle, [top.panel], [top.panel, top.key_panel], **AT_ONCE)
        key: list[Block] = [
            top.model,
            choice.model_note,
            shared.key,
            top.key_note,
            top.key_forget,
            top.brand,
        ]
        key += [choice.terms, choice.label.row, top.key_box, top.key_open, top.key_checked]
        used = gr.on(
            [top.key_use.click, top.key_box.submit],
            events.asking,
            None,
            [top.key_note],
            **AT_ONCE,
        ).then(events.use, [top.key_box, shared.key, top.model, shared.session], key, **AT_ONCE)
        chosen = [top.model, shared.session]
        forgotten = top.key_forget.click(events.forget, chosen, key, **AT_ONCE)
        self.key_changed = [used, forgotten]
        for done in self.key_changed:
            done.then(self._inputs.mode_changed, self._laying, self._laid, **AT_ONCE)
