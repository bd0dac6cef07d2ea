"""The switch “Recorded results only”: its banner, and what the buttons do while it is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import header, words
from lipsync_demo.ui.frame.context import OFF, ON, Changes, Shared, unchanged
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.frame.top_bar import TopBar


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedOnlySwitch:
    """The events of the switch; the guard itself is below the views, in `runs`.

    `compare` shows the recorded comparison while it is on; its labels are those of off and on.
    `silent` are the buttons that send something and cannot be used then, `panels` the questions
    before something is sent, `terms` the lines under the main button.
    """

    shared: Shared
    top: TopBar
    compare: gr.Button
    compare_labels: tuple[str, str]
    silent: Sequence[gr.Button]
    panels: Sequence[gr.Column]
    terms: gr.HTML

    def opened(self, remembered: object, session: str) -> Changes:
        """Show how the session switched it; as the browser remembers where the server cannot."""
        guard = self.shared.workspace.recorded_only
        # A version before remembered true, and could not remember that it was switched off.
        kept_on = remembered in (ON, True)
        if kept_on and guard.switched(session) is None:
            guard.switch(session, True)
        if guard.on(session):
            return self._look(True, None, checked=True)
        shown = {self.top.recorded_only: gr.Checkbox(value=False, interactive=True)}
        return shown | ({self.shared.recorded: OFF} if kept_on else {})

    def asked(self, key: SecretStr | None, checked: bool, session: object) -> Changes:
        """Show how it stands, in a page of the session that may show it otherwise."""
        own = run_id(session)
        if own is None:
            return unchanged()
        return self._look(self.shared.workspace.recorded_only.on(own), key, checked)

    def switched(self, on: bool, key: SecretStr | None, checked: bool, session: object) -> Changes:
        """Switch it for this browser session."""
        guard, own = self.shared.workspace.recorded_only, run_id(session)
        if own is not None:
            guard.switch(own, on)
        return self._look(guard.on(own), key, checked)

    @property
    def shown(self) -> list[gr.blocks.Block]:
        """The widgets that the switch changes."""
        top = self.top
        bar = [top.recorded_only, top.banner, top.brand, top.key_open, self.shared.recorded]
        return [*bar, self.compare, *self.silent, *self.panels, self.terms]

    def _look(self, on: bool, key: SecretStr | None, checked: bool) -> Changes:
        top, settings = self.top, self.shared.settings
        for_all = self.shared.workspace.recorded_only.for_all
        closed = {panel: gr.Column(visible=False) for panel in self.panels} if on else {}
        return {
            top.recorded_only: gr.Checkbox(value=on, interactive=not for_all),
            top.banner: gr.HTML(banner(for_all) if on else "", visible=on),
            top.brand: header.brand(settings, key, checked=checked, recorded_only=on),
            top.key_open: gr.Button(visible=not for_all),
            **({} if for_all else {self.shared.recorded: ON if on else OFF}),
            self.terms: header.terms(settings, key, recorded_only=on),
            self.compare: gr.Button(self.compare_labels[on]),
            **{button: gr.Button(interactive=not on) for button in self.silent},
            **closed,
        }


def banner(for_all: bool) -> str:
    """The line above every view while the switch is on."""
    more = words.FOR_ALL if for_all else words.SWITCH_OFF
    return render_macro(header.TEMPLATE, "banner", words.NOTHING_SENT, more)
