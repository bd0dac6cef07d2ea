"""The fields beside the sync mode that only some models take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gradio as gr

from lipsync_demo.wavespeed.catalogue import MODELS, SYNC_MODE, Choice, Model

FIELDS: Mapping[str, Choice] = {
    choice.name: choice
    for model in MODELS.values()
    for choice in model.choices
    if choice.name != SYNC_MODE
}
"""Every field beside the sync mode that some model takes, by its name."""


def build(model: Model) -> dict[str, gr.Radio]:
    """A radio for each of `FIELDS` inside the current column, shown where the model takes it."""
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
    """What the radios hold, in the order of `FIELDS`, of what the model takes."""
    taken = model.defaults
    held = zip(FIELDS, values, strict=True)
    return {name: value for name, value in held if name in taken and value}
