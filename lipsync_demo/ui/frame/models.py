"""The choice of model: the list in the header, and notes about the model."""

from __future__ import annotations

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.languages import joined
from lipsync_demo.runs.steps.parameters import api_only
from lipsync_demo.settings import MODEL_ID, Settings
from lipsync_demo.ui.frame import header, notices, words
from lipsync_demo.wavespeed.model_catalogue import DEFAULT, MODELS, Model


def chosen(model_id: object) -> Model:
    """Return the model with this id; the default for an unknown id."""
    return MODELS.get(str(model_id), DEFAULT)


def answered(settings: Settings, key: SecretStr | None, model: Model) -> bool:
    """Whether the backend of this visitor's runs has the model."""
    return model.local or header.backend(settings, key) != "local"


def listed(settings: Settings, key: SecretStr | None) -> list[tuple[str, str]]:
    """`(text, id)` of every model; the text of an unavailable one says what it needs."""
    return [
        (m.name if answered(settings, key, m) else words.needs_key(m.name), m.id)
        for m in MODELS.values()
    ]


def noted(settings: Settings, key: SecretStr | None, model: Model) -> gr.HTML:
    """Return the widget of `note`, hidden if it is empty."""
    text = note(settings, key, model)
    return gr.HTML(text, visible=bool(text))


def note(settings: Settings, key: SecretStr | None, model: Model) -> str:
    """Describe a model that is not the default, or say why it cannot be used; else empty."""
    if not answered(settings, key, model):
        refusal = api_only(model.id)
        return notices.trouble(refusal.what, refusal.hint, warn=True)
    if model.id == MODEL_ID:
        return ""
    text = [model.words, "" if model.takes_sync_mode else words.no_mode(model.name)]
    return notices.status(joined(" ", filter(None, text)))
