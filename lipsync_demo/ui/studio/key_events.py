"""Handles the key panel: open, use a key, forget it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.ui.frame import header, models, prices
from lipsync_demo.ui.frame.context import Changes, Shared
from lipsync_demo.ui.frame.top_bar import TopBar
from lipsync_demo.ui.studio.choice import ChoiceWidgets


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvents:
    """Each method handles one event and returns the changed widgets."""

    shared: Shared
    top: TopBar
    choice: ChoiceWidgets

    def toggle(self, panel: str) -> Changes:
        """Open or close the key panel."""
        now = "" if panel else "key"
        return {self.top.panel: now, self.top.key_panel: gr.Column(visible=bool(now))}

    def use(self, typed: str, key: SecretStr | None, model: object) -> Changes:
        """Use the typed key for this session."""
        new = header.cleaned(typed) or key
        return self._key(new, model) | {self.top.key_box: ""}

    def forget(self, model: object) -> Changes:
        """Forget the visitor's key."""
        return self._key(None, model)

    def _key(self, key: SecretStr | None, model: object) -> Changes:
        w, settings, wanted = self.top, self.shared.settings, models.chosen(model)
        prices.ask(self.shared, key, wanted)
        return {
            w.model: gr.Dropdown(choices=models.listed(settings, key)),
            self.choice.model_note: models.noted(settings, key, wanted),
            self.shared.key: key,
            w.key_note: header.key_note(key),
            w.key_forget: gr.Button(visible=key is not None),
            w.brand: header.brand(settings, key),
            self.choice.terms: header.terms(settings, key),
        }
