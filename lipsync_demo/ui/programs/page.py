"""Lays the endpoints out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import gradio as gr

from lipsync_demo import templates
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.ui.frame.help import DOCUMENTATION
from lipsync_demo.ui.programs import words
from lipsync_demo.ui.programs.blocks import ANSWERING, WAITING, ProgramBlocks
from lipsync_demo.ui.programs.endpoints import Endpoints
from lipsync_demo.ui.programs.paths import DOOR_STYLE
from lipsync_demo.ui.programs.values import FILE, OBJECT, TEXT, TEXTS, Value, file, one_of
from lipsync_demo.wavespeed.model_catalogue import MODELS

AT_ONCE: Final = "at_once"
"""Name of the line of calls that wait for nothing."""


def lay(endpoints: Endpoints) -> ProgramBlocks:
    """The blocks of these endpoints."""
    mode, model = one_of([mode.value for mode in SyncMode]), one_of(list(MODELS))
    modes = {"type": "array", "items": mode}
    with ProgramBlocks(title=words.TITLE, analytics_enabled=False) as blocks:
        gr.HTML(
            templates.render(
                "ui/programs/about.html", words=words, docs=DOCUMENTATION, style=DOOR_STYLE
            )
        )
        offer = _offer(gr.Button(visible=False))

        def pair() -> list[Value]:
            return [
                Value(words.VIDEO, FILE, words.ABOUT_VIDEO, file("talking.mp4")),
                Value(words.AUDIO, FILE, words.ABOUT_AUDIO, file("speech.wav")),
            ]

        def card() -> Value:
            return Value(words.CARD, OBJECT, words.ABOUT_CARD)

        def video() -> Value:
            return Value(words.MADE, FILE, words.ABOUT_MADE)

        offer(
            endpoints.sync,
            [
                *pair(),
                Value(words.MODE, mode, words.ABOUT_MODE, SyncMode.BOUNCE.value),
                Value(words.MODEL, model, words.ABOUT_MODEL),
                Value(words.CHOICES, TEXTS, words.ABOUT_CHOICES),
                Value(words.ID, TEXT, words.ABOUT_RUN_ID),
            ],
            [video(), card()],
            waits=True,
        )
        offer(
            endpoints.modes,
            [*pair(), Value(words.MODEL, model, words.ABOUT_MODEL)],
            [Value(words.CUTS, OBJECT, words.ABOUT_CUTS)],
        )
        offer(
            endpoints.status,
            [Value(words.ID, TEXT, words.ABOUT_ID, "0" * 32)],
            [video(), card()],
        )
        offer(
            endpoints.compare,
            [
                *pair(),
                Value(words.MODES, modes, words.ABOUT_MODES, [SyncMode.LOOP.value]),
                Value(words.MODEL, model, words.ABOUT_MODEL),
                Value(words.ID, TEXT, words.ABOUT_RUN_ID),
            ],
            [Value(words.COMPARISON, OBJECT, words.ABOUT_COMPARISON)],
            waits=True,
        )
    blocks_made: ProgramBlocks = blocks
    return blocks_made


def _offer(button: gr.Button) -> Callable[..., None]:
    """What names an endpoint after its function, as an event of a button that nobody sees."""

    def offer(
        function: Callable[..., Any],
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        *,
        waits: bool = False,
    ) -> None:
        button.click(
            function,
            inputs,
            outputs,
            api_name=function.__name__,
            concurrency_id=function.__name__ if waits else AT_ONCE,
            concurrency_limit=WAITING // 2 if waits else ANSWERING,
            preprocess=False,
            show_progress="hidden",
        )

    return offer
