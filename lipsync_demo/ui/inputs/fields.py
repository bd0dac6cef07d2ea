"""Model fields beside the sync mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gradio as gr

from lipsync_demo.wavespeed.model_catalogue import MODELS, SYNC_MODE, Choice, Model

FIELDS: Mapping[str, Choice] = {
    choice.name: choice
    for model in MODELS.values()
    for choice in model.choices
    if choice.name != SYNC_MODE
}
"""All such fields of any model, by name."""


def build(model: Model) -> dict[str, gr.Radio]:
    """Create a radio for each of `FIELDS` in the current column, visible if the model has it."""
    taken = model.defaults
    return {
        name: gr.Radio(
            choices=list(choice.values),
            value=choice.default,
            label=choice.label,
            visible=name in taken,
            elem_id=f"choice-{name}",
            elem_classes="choice-field",
        )
        for name, choice in FIELDS.items()
    }


def given(model: Model, values: Sequence[str]) -> dict[str, str]:
    """The model's fields from the radios' values, which are in the order of `FIELDS`."""
    taken = model.defaults
    held = zip(FIELDS, values, strict=True)
    return {name: value for name, value in held if name in taken and value}
