"""The choice of mode and model fields, the main buttons, and the questions below them."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import header, models
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.inputs import face as inputs_face
from lipsync_demo.ui.inputs import fields
from lipsync_demo.ui.inputs import label as inputs_label
from lipsync_demo.ui.inputs import words as inputs_words
from lipsync_demo.ui.inputs.face import FaceWidgets
from lipsync_demo.ui.inputs.label import LabelWidgets
from lipsync_demo.ui.inputs.modes import choices
from lipsync_demo.ui.inputs.samples import SHOWN
from lipsync_demo.ui.studio import words
from lipsync_demo.wavespeed.model_catalogue import MODELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The question before all modes are compared."""

    panel: gr.Column
    words: gr.HTML
    start: gr.Button
    cancel: gr.Button


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsPlan(Plan):
    """The question before models are compared, with the list to tick them in."""

    ticked: gr.CheckboxGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceWidgets:
    """The parameters of a run; `fields` has a radio for each of `inputs.fields.FIELDS`.

    `looks` is the way from the main button to what the doctor has found.
    """

    model_note: gr.HTML
    mode: gr.Radio
    fields: dict[str, gr.Radio]
    drawing: gr.HTML
    findings: gr.HTML
    face: FaceWidgets
    label: LabelWidgets
    go: gr.Button
    compare: gr.Button
    compare_models: gr.Button
    hint: gr.HTML
    looks: gr.HTML
    load: gr.Button
    plan: Plan
    models_plan: ModelsPlan
    terms: gr.HTML


def build(settings: Settings) -> ChoiceWidgets:
    """Create the widgets inside the current column."""
    model = MODELS[settings.model]
    with gr.Column(elem_id="choice"):
        text = models.note(settings, None, model)
        note = html(text, visible=bool(text), elem_id="model-note")
        mode = gr.Radio(
            choices=choices(None),
            value=str(SHOWN),
            label=inputs_words.QUESTION,
            visible=model.takes_sync_mode,
            elem_id="mode",
        )
        further = fields.build(model)
        drawing = html(elem_id="drawing")
        findings = html(elem_id="findings")
        face = inputs_face.build()
        label = inputs_label.build(settings)
    with gr.Row(elem_id="start"):
        go = gr.Button(words.GO, variant="primary", size="lg", elem_id="go")
        with gr.Column(elem_id="beside", min_width=0):
            hint = html(elem_id="hint")
            looks = html(elem_id="looks")
    with gr.Row(elem_id="several"):
        compare = gr.Button(
            words.COMPARE_MODES, size="lg", visible=model.takes_sync_mode, elem_id="compare-all"
        )
        compare_models = gr.Button(words.COMPARE_MODELS, size="lg", elem_id="compare-models")
    return ChoiceWidgets(
        model_note=note,
        mode=mode,
        fields=further,
        drawing=drawing,
        findings=findings,
        face=face,
        label=label,
        go=go,
        compare=compare,
        compare_models=compare_models,
        hint=hint,
        looks=looks,
        load=gr.Button(words.LOAD_SAMPLE, visible=False, elem_id="load-sample"),
        plan=_plan(),
        models_plan=_models_plan(),
        terms=html(header.terms(settings, None), elem_id="terms"),
    )


def _plan() -> Plan:
    with gr.Column(visible=False, elem_id="plan", elem_classes="panel") as panel:
        text = html(elem_id="plan-words")
        with gr.Row():
            start = gr.Button(words.START_COMPARISON, variant="primary", elem_id="plan-start")
            cancel = gr.Button(words.CANCEL_COMPARISON, elem_id="plan-cancel")
    return Plan(panel=panel, words=text, start=start, cancel=cancel)


def _models_plan() -> ModelsPlan:
    with gr.Column(visible=False, elem_id="models-plan", elem_classes="panel") as panel:
        ticked = gr.CheckboxGroup(label=words.WHICH_MODELS, elem_id="models-list")
        text = html(elem_id="models-words")
        with gr.Row():
            start = gr.Button(words.START_COMPARISON, variant="primary", elem_id="models-start")
            cancel = gr.Button(words.CANCEL_COMPARISON, elem_id="models-cancel")
    return ModelsPlan(panel=panel, words=text, start=start, cancel=cancel, ticked=ticked)
