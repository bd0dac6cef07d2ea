"""Handles the key panel: open, use a key, forget it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.access.errors import TooMany
from lipsync_demo.ui.frame import header, models, notices, prices, words
from lipsync_demo.ui.frame.context import Changes, Shared
from lipsync_demo.ui.frame.top_bar import TopBar
from lipsync_demo.ui.studio.choice import ChoiceWidgets
from lipsync_demo.wavespeed.errors import BadKey, WaveSpeedError


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

    def asking(self) -> Changes:
        """Say that the API is asked about the typed key."""
        return {self.top.key_note: header.key_note(None, notices.status(words.CHECKING_KEY))}

    def use(self, typed: str, key: SecretStr | None, model: object, session: object) -> Changes:
        """Use the typed key for this session if the API accepts it, else the one before.

        A key stays in use unchecked where the API cannot be asked.
        """
        if self.shared.recorded_only(session):
            said = notices.trouble(words.KEY_NOT_ASKED, words.KEY_NOT_ASKED_HINT, warn=True)
            return self._said(said, key)
        new = header.cleaned(typed) or key
        if new is None:
            return self._said(notices.trouble(words.NO_KEY_TYPED, words.NO_KEY_TYPED_HINT), None)
        try:
            self.shared.workspace.prices.check_key(new)
        except TooMany as error:
            return self._said(notices.trouble(error.what, error.hint), key)
        except BadKey:
            text = words.key_refused(header.last_four(new))
            kept = None if new == key else key
            return self._key(kept, model, session, notices.trouble(text, words.KEY_REFUSED_HINT))
        except WaveSpeedError as error:
            said = notices.trouble(error.what, error.hint, warn=True)
            return self._key(new, model, session, said, checked=False)
        return self._key(new, model, session)

    def forget(self, model: object, session: object) -> Changes:
        """Forget the visitor's key."""
        return self._key(None, model, session)

    def _said(self, notice: str, key: SecretStr | None) -> Changes:
        return {self.top.key_note: header.key_note(key, notice), self.top.key_box: ""}

    def _key(
        self,
        key: SecretStr | None,
        model: object,
        session: object,
        notice: str = "",
        *,
        checked: bool = True,
    ) -> Changes:
        w, shared, wanted = self.top, self.shared, models.chosen(model)
        silent, settings = shared.recorded_only(session), shared.settings
        prices.ask(shared, key, wanted, session)
        return {
            w.model: gr.Dropdown(choices=models.listed(settings, key)),
            self.choice.model_note: models.noted(settings, key, wanted),
            shared.key: key,
            w.key_checked: checked,
            w.key_box: "",
            w.key_open: gr.Button(words.CHANGE_KEY if key else words.OPEN_KEY),
            w.key_note: header.key_note(key, notice, checked=checked),
            w.key_forget: gr.Button(visible=key is not None),
            w.brand: header.brand(settings, key, checked=checked, recorded_only=silent),
            self.choice.label.row: gr.Row(visible=header.backend(settings, key) == "local"),
            self.choice.terms: header.terms(settings, key, recorded_only=silent),
        }
